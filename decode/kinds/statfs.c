/* statfs and ustat: what a file system says of itself. */
#include <linux/magic.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/stat.h"

/* Linux 6.18's include/uapi/linux/magic.h, and those file systems that keep their number to themselves. */
XLAT_ORDERED(
    fs_magic, NULL, {0x2f, "QNX4_SUPER_MAGIC"}, {0x33, "Z3FOLD_MAGIC"}, {0x187, "AUTOFS_SUPER_MAGIC"},
    {0x1373, "DEVFS_SUPER_MAGIC"}, {0x137d, "EXT_SUPER_MAGIC"}, {0x137f, "MINIX_SUPER_MAGIC"},
    {0x138f, "MINIX_SUPER_MAGIC2"}, {0x1cd1, "DEVPTS_SUPER_MAGIC"}, {0x2468, "MINIX2_SUPER_MAGIC"},
    {0x2478, "MINIX2_SUPER_MAGIC2"}, {0x3434, "NILFS_SUPER_MAGIC"}, {0x4244, "HFS_SUPER_MAGIC"},
    {0x482b, "HFSPLUS_SUPER_MAGIC"}, {0x4d44, "MSDOS_SUPER_MAGIC"}, {0x4d5a, "MINIX3_SUPER_MAGIC"},
    {0x517b, "SMB_SUPER_MAGIC"}, {0x564c, "NCP_SUPER_MAGIC"}, {0x5df5, "EXOFS_SUPER_MAGIC"},
    {0x6969, "NFS_SUPER_MAGIC"}, {0x7275, "ROMFS_MAGIC"}, {0x72b6, "JFFS2_SUPER_MAGIC"},
    {0x9660, "ISOFS_SUPER_MAGIC"}, {0x9fa0, "PROC_SUPER_MAGIC"}, {0x9fa1, "OPENPROM_SUPER_MAGIC"},
    {0x9fa2, "USBDEVICE_SUPER_MAGIC"}, {0xadf5, "ADFS_SUPER_MAGIC"}, {0xadff, "AFFS_SUPER_MAGIC"},
    {0xef51, "EXT2_OLD_SUPER_MAGIC"}, {0xef53, "EXT2_SUPER_MAGIC"}, {0xf15f, "ECRYPTFS_SUPER_MAGIC"},
    {0x11954, "UFS_MAGIC"}, {0x27e0eb, "CGROUP_SUPER_MAGIC"}, {0x414a53, "EFS_SUPER_MAGIC"},
    {0xc0ffee, "HOSTFS_SUPER_MAGIC"}, {0xc36400, "CEPH_SUPER_MAGIC"}, {0x1021994, "TMPFS_MAGIC"},
    {0x1021997, "V9FS_MAGIC"}, {0x1161970, "GFS2_MAGIC"}, {0x12fd16d, "XIAFS_SUPER_MAGIC"},
    {0x12ff7b4, "XENIX_SUPER_MAGIC"}, {0x12ff7b5, "SYSV4_SUPER_MAGIC"}, {0x12ff7b6, "SYSV2_SUPER_MAGIC"},
    {0x12ff7b7, "COH_SUPER_MAGIC"}, {0x2011994, "SHMFS_SUPER_MAGIC"}, {0x9041934, "ANON_INODE_FS_MAGIC"},
    {0xbad1dea, "FUTEXFS_SUPER_MAGIC"}, {0xbd00bd0, "LL_SUPER_MAGIC"}, {0xbd00bd1, "LUSTRE_SUPER_MAGIC"},
    {0x11307854, "MTD_INODE_FS_MAGIC"}, {0x13661366, "BALLOON_KVM_MAGIC"}, {0x15013346, "UDF_SUPER_MAGIC"},
    {0x1badface, "BFS_MAGIC"}, {0x2011bab0, "EXFAT_SUPER_MAGIC"}, {0x24051905, "UBIFS_SUPER_MAGIC"},
    {0x28cd3d45, "CRAMFS_MAGIC"}, {0x2fc12fc1, "ZFS_SUPER_MAGIC"}, {0x3153464a, "JFS_SUPER_MAGIC"},
    {0x42465331, "BEFS_SUPER_MAGIC"}, {0x42494e4d, "BINFMTFS_MAGIC"}, {0x43415d53, "SMACK_MAGIC"},
    {0x444d4142, "DMA_BUF_MAGIC"}, {0x453dcd28, "CRAMFS_MAGIC_WEND"}, {0x454d444d, "DEVMEM_MAGIC"},
    {0x474d454d, "GUEST_MEMFD_MAGIC"}, {0x47504653, "GPFS_SUPER_MAGIC"}, {0x50494446, "PID_FS_MAGIC"},
    {0x50495045, "PIPEFS_MAGIC"}, {0x52654973, "REISERFS_SUPER_MAGIC"}, {0x5345434d, "SECRETMEM_MAGIC"},
    {0x5346414f, "AFS_SUPER_MAGIC"}, {0x5346544e, "NTFS_SB_MAGIC"}, {0x534f434b, "SOCKFS_MAGIC"},
    {0x54190100, "UFS_CIGAM"}, {0x565a4653, "VZFS_SUPER_MAGIC"}, {0x57ac6e9d, "STACK_END_MAGIC"},
    {0x58295829, "ZSMALLOC_MAGIC"}, {0x58465342, "XFS_SUPER_MAGIC"}, {0x5a3c69f0, "AAFS_MAGIC"},
    {0x5a4f4653, "ZONEFS_MAGIC"}, {0x6165676c, "PSTOREFS_MAGIC"}, {0x61756673, "AUFS_SUPER_MAGIC"},
    {0x62646576, "BDEVFS_MAGIC"}, {0x62656570, "CONFIGFS_MAGIC"}, {0x62656572, "SYSFS_MAGIC"},
    {0x63677270, "CGROUP2_SUPER_MAGIC"}, {0x64626720, "DEBUGFS_MAGIC"}, {0x64646178, "DAXFS_MAGIC"},
    {0x65735543, "FUSE_CTL_SUPER_MAGIC"}, {0x65735546, "FUSE_SUPER_MAGIC"}, {0x68191122, "QNX6_SUPER_MAGIC"},
    {0x6b414653, "AFS_FS_MAGIC"}, {0x6c6f6f70, "BINDERFS_SUPER_MAGIC"}, {0x6e736673, "NSFS_MAGIC"},
    {0x73636673, "SECURITYFS_MAGIC"}, {0x73717368, "SQUASHFS_MAGIC"}, {0x73727279, "BTRFS_TEST_MAGIC"},
    {0x73757245, "CODA_SUPER_MAGIC"}, {0x7461636f, "OCFS2_SUPER_MAGIC"}, {0x74726163, "TRACEFS_MAGIC"},
    {0x794c7630, "OVERLAYFS_SUPER_MAGIC"}, {0x858458f6, "RAMFS_MAGIC"}, {0x9123683e, "BTRFS_SUPER_MAGIC"},
    {0x958458f6, "HUGETLBFS_MAGIC"}, {0xa501fcf5, "VXFS_SUPER_MAGIC"}, {0xabba1974, "XENFS_SUPER_MAGIC"},
    {0xc7571590, "PPC_CMM_MAGIC"}, {0xc97e8168, "LOGFS_MAGIC"}, {0xca451a4e, "BCACHEFS_SUPER_MAGIC"},
    {0xcafe4a11, "BPF_FS_MAGIC"}, {0xde5e81e4, "EFIVARFS_MAGIC"}, {0xe0f5e1e2, "EROFS_SUPER_MAGIC_V1"},
    {0xf2f52010, "F2FS_SUPER_MAGIC"}, {0xf97cff8c, "SELINUX_MAGIC"}, {0xf995e849, "HPFS_SUPER_MAGIC"},
    {0xfe534d42, "SMB2_SUPER_MAGIC"}, {0xff534d42, "CIFS_SUPER_MAGIC"});

/* ST_VALID (2.6.36) tells that the kernel fills f_flags at all. */
enum { ST_VALID = 0x20 };
XLAT(statfs_flags, "ST_???", X(ST_VALID), {0x1, "ST_RDONLY"}, {0x2, "ST_NOSUID"}, {0x4, "ST_NODEV"},
     {0x8, "ST_NOEXEC"}, {0x10, "ST_SYNCHRONOUS"}, {0x40, "ST_MANDLOCK"}, {0x400, "ST_NOATIME"},
     {0x800, "ST_NODIRATIME"}, {0x1000, "ST_RELATIME"}, {0x2000, "ST_NOSYMFOLLOW"});

#define STATFS_STRUCT(id, word, count)                                                                       \
    struct id {                                                                                              \
        word f_type, f_bsize;                                                                                \
        count f_blocks, f_bfree, f_bavail, f_files, f_ffree;                                                 \
        uint32_t f_fsid[2];                                                                                  \
        word f_namelen, f_frsize, f_flags, spare[4];                                                         \
    } __attribute__((packed))

STATFS_STRUCT(statfs_64, uint64_t, uint64_t);
STATFS_STRUCT(statfs_32, uint32_t, uint32_t);
STATFS_STRUCT(statfs64_32, uint32_t, uint64_t);
_Static_assert(sizeof(struct statfs_64) == 120, "struct statfs of x86-64");
_Static_assert(sizeof(struct statfs_32) == 64, "struct statfs of i386");
_Static_assert(sizeof(struct statfs64_32) == 84, "struct statfs64 of i386");

/* f_fsid is shown as {val=[...]} between the two tables. */
#define STATFS_LAYOUT(id)                                                                                    \
    LAYOUT(id##_head, struct id, MEMBER(struct id, f_type, ENUM, .xlat = &xlat_fs_magic),                    \
           MEMBER(struct id, f_bsize, UINT), MEMBER(struct id, f_blocks, UINT),                              \
           MEMBER(struct id, f_bfree, UINT), MEMBER(struct id, f_bavail, UINT),                              \
           MEMBER(struct id, f_files, UINT), MEMBER(struct id, f_ffree, UINT));                              \
    LAYOUT(id##_tail, struct id, MEMBER(struct id, f_namelen, UINT), MEMBER(struct id, f_frsize, UINT),      \
           MEMBER(struct id, f_flags, FLAGS, .xlat = &xlat_statfs_flags, .when = ST_VALID))
STATFS_LAYOUT(statfs_64);
STATFS_LAYOUT(statfs_32);
STATFS_LAYOUT(statfs64_32);

struct statfs_form {
    const struct layout *head;
    const struct layout *tail;
    size_t fsid;
    size_t flags;
};
#define STATFS_FORM(id)                                                                                      \
    {                                                                                                        \
        &layout_##id##_head, &layout_##id##_tail, offsetof(struct id, f_fsid), offsetof(struct id, f_flags)  \
    }
static const struct statfs_form form_64 = STATFS_FORM(statfs_64);
static const struct statfs_form form_32 = STATFS_FORM(statfs_32);
static const struct statfs_form form64_32 = STATFS_FORM(statfs64_32);

static void decode_fsid(struct decoder *d, const unsigned char *bytes)
{
    uint32_t half[2];
    memcpy(half, bytes, sizeof(half));
    values_open(d->out, VALUE_STRUCT, "f_fsid");
    values_open(d->out, VALUE_ARRAY, "val");
    values_add(d->out, VALUE_HEX, NULL, half[0]);
    values_add(d->out, VALUE_HEX, NULL, half[1]);
    values_close(d->out);
    values_close(d->out);
}

/* kind->aux: the form; NULL: that of the ABI's own statfs. */
static void decode_statfs(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct statfs_form *own = d->abi->long_size == 8 ? &form_64 : &form_32;
    const struct statfs_form *form = kind->aux ? kind->aux : own;
    unsigned char bytes[sizeof(struct statfs_64)];

    if (!decode_object(d, name, raw, bytes, form->head->size)) {
        return;
    }
    struct block block = {.bytes = bytes, .size = form->head->size, .mask = bytes[form->flags]};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, form->head);
    decode_fsid(d, bytes + form->fsid);
    decode_members(d, &block, form->tail);
    values_close(d->out);
}

struct ustat_64 {
    uint32_t f_tfree, pad;
    uint64_t f_tinode;
    char f_fname[6], f_fpack[6];
    uint32_t end;
};
struct ustat_32 {
    uint32_t f_tfree, f_tinode;
    char f_fname[6], f_fpack[6];
};
LAYOUT(ustat_64, struct ustat_64, MEMBER(struct ustat_64, f_tfree, UINT),
       MEMBER(struct ustat_64, f_tinode, UINT));
LAYOUT(ustat_32, struct ustat_32, MEMBER(struct ustat_32, f_tfree, UINT),
       MEMBER(struct ustat_32, f_tinode, UINT));

static void decode_ustat(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_layout_at(d, name, raw, d->abi->long_size == 8 ? &layout_ustat_64 : &layout_ustat_32, UINT64_MAX);
}

#define OUT(function, type, form)                                                                            \
    {                                                                                                        \
        .decode = (function), .aux = (form), .size = sizeof(type), .direction = DIR_OUT,                     \
        .extent = EXTENT_FIXED                                                                               \
    }
const struct kind kind_statfs_out = OUT(decode_statfs, struct statfs_64, NULL);
const struct kind kind_statfs64_out = OUT(decode_statfs, struct statfs64_32, &form64_32);
const struct kind kind_ustat_out = OUT(decode_ustat, struct ustat_64, NULL);
