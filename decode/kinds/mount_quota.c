/* quotactl and quotactl_fd: one number holds a command and what it counts for, and rules the rest. */
#include <linux/dqblk_xfs.h>
#include <linux/quota.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/mount.h"

/* The commands of Linux 2.4 and before, kept for their names. */
#define OLD(number, name)                                                                                    \
    {                                                                                                        \
        (number) << 8, name                                                                                  \
    }
XLAT(quota_cmd, "Q_???", OLD(0x1, "Q_V1_QUOTAON"), OLD(0x2, "Q_V1_QUOTAOFF"), OLD(0x3, "Q_V1_GETQUOTA"),
     OLD(0x4, "Q_V1_SETQUOTA"), OLD(0x5, "Q_V1_SETUSE"), OLD(0x6, "Q_V1_SYNC"), OLD(0x7, "Q_SETQLIM"),
     OLD(0x8, "Q_V1_GETSTATS"), OLD(0x10, "Q_V1_RSQUASH"), OLD(0xd, "Q_V2_GETQUOTA"),
     OLD(0xe, "Q_V2_SETQUOTA"), OLD(0xf, "Q_V2_SETUSE"), OLD(0x9, "Q_V2_GETINFO"), OLD(0xa, "Q_V2_SETINFO"),
     OLD(0xb, "Q_V2_SETGRACE"), OLD(0xc, "Q_V2_SETFLAGS"), OLD(0x11, "Q_V2_GETSTATS"), X(Q_SYNC),
     X(Q_QUOTAON), X(Q_QUOTAOFF), X(Q_GETFMT), X(Q_GETINFO), X(Q_SETINFO), X(Q_GETQUOTA), X(Q_SETQUOTA),
     X(Q_GETNEXTQUOTA), X(Q_XQUOTAON), X(Q_XQUOTAOFF), X(Q_XGETQUOTA), X(Q_XSETQLIM), X(Q_XGETQSTAT),
     X(Q_XQUOTARM), X(Q_XQUOTASYNC), X(Q_XGETQSTATV), X(Q_XGETNEXTQUOTA));
XLAT(quota_type, "???QUOTA", X(USRQUOTA), X(GRPQUOTA), X(PRJQUOTA));
XLAT(quota_format, "QFMT_VFS_???", X(QFMT_VFS_OLD), X(QFMT_VFS_V0), X(QFMT_OCFS2), X(QFMT_VFS_V1),
     {5, "QFMT_SHMEM"});
XLAT(dqblk_valid, "QIF_???", X(QIF_BLIMITS), X(QIF_SPACE), X(QIF_ILIMITS), X(QIF_INODES), X(QIF_BTIME),
     X(QIF_ITIME));
XLAT(dqinfo_flags, "DQF_???", X(DQF_ROOT_SQUASH), X(DQF_SYS_FILE));
XLAT(dqinfo_valid, "IIF_???", X(IIF_BGRACE), X(IIF_IGRACE), X(IIF_FLAGS));
XLAT(xfs_dqblk_flags, "FS_???_QUOTA", X(FS_USER_QUOTA), X(FS_PROJ_QUOTA), X(FS_GROUP_QUOTA));
XLAT(xfs_quota_flags, "FS_QUOTA_???", X(FS_QUOTA_UDQ_ACCT), X(FS_QUOTA_UDQ_ENFD), X(FS_QUOTA_GDQ_ACCT),
     X(FS_QUOTA_GDQ_ENFD), X(FS_QUOTA_PDQ_ACCT), X(FS_QUOTA_PDQ_ENFD));

/* Up to dqb_valid the two structures agree; on i386 the first ends there, without padding. */
struct dqblk {
    uint64_t dqb_bhardlimit, dqb_bsoftlimit, dqb_curspace, dqb_ihardlimit, dqb_isoftlimit, dqb_curinodes;
    uint64_t dqb_btime, dqb_itime;
    uint32_t dqb_valid;
} __attribute__((packed));

#define DQBLK(type)                                                                                          \
    MEMBER(type, dqb_bhardlimit, UINT), MEMBER(type, dqb_bsoftlimit, UINT),                                  \
        MEMBER(type, dqb_curspace, UINT), MEMBER(type, dqb_ihardlimit, UINT),                                \
        MEMBER(type, dqb_isoftlimit, UINT), MEMBER(type, dqb_curinodes, UINT),                               \
        MEMBER(type, dqb_btime, UINT, .detail = true), MEMBER(type, dqb_itime, UINT, .detail = true),        \
        MEMBER(type, dqb_valid, FLAGS, .detail = true, .xlat = &xlat_dqblk_valid)
LAYOUT(dqblk, struct dqblk, DQBLK(struct dqblk));
LAYOUT(nextdqblk, struct if_nextdqblk, DQBLK(struct if_nextdqblk), MEMBER(struct if_nextdqblk, dqb_id, UINT));

#define DQINFO(member, as, ...) MEMBER(struct if_dqinfo, member, as, ##__VA_ARGS__)
LAYOUT(dqinfo, struct if_dqinfo, DQINFO(dqi_bgrace, UINT), DQINFO(dqi_igrace, UINT),
       DQINFO(dqi_flags, FLAGS, .xlat = &xlat_dqinfo_flags),
       DQINFO(dqi_valid, FLAGS, .xlat = &xlat_dqinfo_valid));

#define XFS(member, as, ...) MEMBER(fs_disk_quota_t, member, as, ##__VA_ARGS__)
LAYOUT(xfs_dqblk, fs_disk_quota_t, XFS(d_version, INT), XFS(d_flags, FLAGS, .xlat = &xlat_xfs_dqblk_flags),
       XFS(d_fieldmask, HEX), XFS(d_id, UINT), XFS(d_blk_hardlimit, UINT), XFS(d_blk_softlimit, UINT),
       XFS(d_ino_hardlimit, UINT), XFS(d_ino_softlimit, UINT), XFS(d_bcount, UINT), XFS(d_icount, UINT),
       XFS(d_itimer, INT, .detail = true), XFS(d_btimer, INT, .detail = true),
       XFS(d_iwarns, UINT, .detail = true), XFS(d_bwarns, UINT, .detail = true),
       XFS(d_rtb_hardlimit, UINT, .detail = true), XFS(d_rtb_softlimit, UINT, .detail = true),
       XFS(d_rtbcount, UINT, .detail = true), XFS(d_rtbtimer, INT, .detail = true),
       XFS(d_rtbwarns, UINT, .detail = true));

/* The same members on i386, whose 64-bit numbers are aligned to 4. */
struct qfilestat_i386 {
    uint64_t qfs_ino, qfs_nblks;
    uint32_t qfs_nextents;
} __attribute__((packed, aligned(4)));
struct quota_stat_i386 {
    int8_t qs_version;
    uint16_t qs_flags;
    int8_t qs_pad;
    struct qfilestat_i386 qs_uquota, qs_gquota;
    uint32_t qs_incoredqs;
    int32_t qs_btimelimit, qs_itimelimit, qs_rtbtimelimit;
    uint16_t qs_bwarnlimit, qs_iwarnlimit;
};
_Static_assert(sizeof(struct qfilestat_i386) == 20, "fs_qfilestat_t of i386");

#define QFILE(id, type)                                                                                      \
    LAYOUT(id, type, MEMBER(type, qfs_ino, UINT), MEMBER(type, qfs_nblks, UINT),                             \
           MEMBER(type, qfs_nextents, UINT))
QFILE(qfilestat, fs_qfilestat_t);
QFILE(qfilestat_i386, struct qfilestat_i386);
QFILE(qfilestatv, struct fs_qfilestatv);

#define STAT_INNER(type, member, inner) MEMBER(type, member, BLOCK, .detail = true, .layout = &layout_##inner)
#define STAT_FLAGS(type) MEMBER(type, qs_flags, FLAGS, .detail = true, .xlat = &xlat_xfs_quota_flags)
#define STAT_LIMITS(type)                                                                                    \
    MEMBER(type, qs_btimelimit, INT, .detail = true), MEMBER(type, qs_itimelimit, INT, .detail = true),      \
        MEMBER(type, qs_rtbtimelimit, INT, .detail = true),                                                  \
        MEMBER(type, qs_bwarnlimit, UINT, .detail = true), MEMBER(type, qs_iwarnlimit, UINT, .detail = true)
#define QUOTA_STAT(id, type, inner)                                                                          \
    LAYOUT(id, type, MEMBER(type, qs_version, INT), STAT_FLAGS(type), STAT_INNER(type, qs_uquota, inner),    \
           STAT_INNER(type, qs_gquota, inner), MEMBER(type, qs_incoredqs, UINT, .detail = true),             \
           STAT_LIMITS(type))
QUOTA_STAT(quota_stat, fs_quota_stat_t, qfilestat);
QUOTA_STAT(quota_stat_i386, struct quota_stat_i386, qfilestat_i386);
LAYOUT(quota_statv, struct fs_quota_statv, MEMBER(struct fs_quota_statv, qs_version, INT),
       STAT_FLAGS(struct fs_quota_statv), MEMBER(struct fs_quota_statv, qs_incoredqs, UINT, .detail = true),
       STAT_INNER(struct fs_quota_statv, qs_uquota, qfilestatv),
       STAT_INNER(struct fs_quota_statv, qs_gquota, qfilestatv),
       STAT_INNER(struct fs_quota_statv, qs_pquota, qfilestatv), STAT_LIMITS(struct fs_quota_statv));

enum identity { ID_UNUSED, ID_OWNER, ID_FORMAT };
enum data { DATA_UNUSED, DATA_ADDR, DATA_PATH, DATA_IN, DATA_OUT };

struct quota_command {
    uint32_t command;
    uint8_t identity; /* enum identity */
    uint8_t data;     /* enum data; IN and OUT: by layout, or by xlat a number of 32 bits */
    const struct layout *layout;
    const struct xlat *xlat;
    bool flags; /* the number is a flag set */
};

static const struct quota_command commands[] = {
    {Q_SYNC, ID_UNUSED, DATA_UNUSED, NULL, NULL, false},
    {Q_XQUOTASYNC, ID_UNUSED, DATA_UNUSED, NULL, NULL, false},
    {Q_QUOTAOFF, ID_UNUSED, DATA_UNUSED, NULL, NULL, false},
    {Q_QUOTAON, ID_FORMAT, DATA_PATH, NULL, NULL, false},
    {Q_GETFMT, ID_UNUSED, DATA_OUT, NULL, &xlat_quota_format, false},
    {Q_GETINFO, ID_UNUSED, DATA_OUT, &layout_dqinfo, NULL, false},
    {Q_SETINFO, ID_UNUSED, DATA_IN, &layout_dqinfo, NULL, false},
    {Q_GETQUOTA, ID_OWNER, DATA_OUT, &layout_dqblk, NULL, false},
    {Q_SETQUOTA, ID_OWNER, DATA_IN, &layout_dqblk, NULL, false},
    {Q_GETNEXTQUOTA, ID_OWNER, DATA_OUT, &layout_nextdqblk, NULL, false},
    {Q_XGETQUOTA, ID_OWNER, DATA_OUT, &layout_xfs_dqblk, NULL, false},
    {Q_XGETNEXTQUOTA, ID_OWNER, DATA_OUT, &layout_xfs_dqblk, NULL, false},
    {Q_XSETQLIM, ID_OWNER, DATA_IN, &layout_xfs_dqblk, NULL, false},
    {Q_XGETQSTAT, ID_UNUSED, DATA_OUT, &layout_quota_stat, NULL, false},
    {Q_XGETQSTATV, ID_UNUSED, DATA_OUT, &layout_quota_statv, NULL, false},
    {Q_XQUOTAON, ID_UNUSED, DATA_IN, NULL, &xlat_xfs_quota_flags, true},
    {Q_XQUOTAOFF, ID_UNUSED, DATA_IN, NULL, &xlat_xfs_quota_flags, true},
    {Q_XQUOTARM, ID_UNUSED, DATA_IN, NULL, &xlat_xfs_dqblk_flags, true},
};
static const struct quota_command unknown_command = {0, ID_OWNER, DATA_ADDR, NULL, NULL, false};

/* quotactl has the command first, quotactl_fd second, behind its descriptor. */

static const struct quota_command *command_of(const struct decoder *d)
{
    bool by_fd = d->call->args[0].kind == &kind_fd;
    uint32_t command = (uint32_t)d->args[by_fd ? 1 : 0] >> SUBCMDSHIFT;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (commands[i].command == command) {
            return &commands[i];
        }
    }
    return &unknown_command;
}

/* Where -X shows numbers, the whole of QCMD(...) is one: a part with a name is just that name. */
static void decode_quota_part(struct decoder *d, const struct xlat *xlat, uint32_t number)
{
    const char *name = xlat_name(xlat, number);
    if (name) {
        values_word(d->out, NULL, name);
    } else {
        values_xlat(d->out, VALUE_ENUM, NULL, xlat, number);
    }
}

static void decode_quota_cmd(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t index = values_open_func(d->out, name, "QCMD");
    values_stand_for(d->out, index, (uint32_t)raw, VALUE_AS_INT);
    decode_quota_part(d, &xlat_quota_cmd, (uint32_t)raw >> SUBCMDSHIFT);
    decode_quota_part(d, &xlat_quota_type, (uint32_t)raw & SUBCMDMASK);
    values_close(d->out);
}

static void decode_quota_id(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    switch (command_of(d)->identity) {
    case ID_OWNER:
        decode_id(d, name, &kind_uid, raw);
        break;
    case ID_FORMAT:
        values_xlat(d->out, VALUE_ENUM, name, &xlat_quota_format, (uint32_t)raw);
        break;
    default:
        break;
    }
}

static void decode_quota_struct(struct decoder *d, const char *name, const struct quota_command *c,
                                uint64_t addr)
{
    uint32_t number;
    const struct layout *layout = c->layout;

    if (layout == &layout_quota_stat && d->abi->long_size == 4) {
        layout = &layout_quota_stat_i386;
    }
    if (layout) {
        decode_layout_at(d, name, addr, layout, UINT64_MAX);
    } else if (decode_object(d, name, addr, &number, sizeof(number))) {
        values_open(d->out, VALUE_REF, name);
        values_xlat(d->out, c->flags ? VALUE_FLAGS : VALUE_ENUM, NULL, c->xlat, number);
        values_close(d->out);
    }
}

static void decode_quota_data(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    const struct quota_command *c = command_of(d);
    bool decodes_at_exit = c->data == DATA_OUT;

    if (d->at_exit && (!decodes_at_exit || d->result < 0)) {
        return; /* the entry's value stands */
    }
    switch (c->data) {
    case DATA_PATH:
        decode_cstring(d, name, raw, VALUE_PATH);
        break;
    case DATA_IN:
    case DATA_OUT:
        if (decodes_at_exit == d->at_exit) {
            decode_quota_struct(d, name, c, raw);
            break;
        }
        decode_addr(d, name, raw);
        break;
    case DATA_ADDR:
        decode_addr(d, name, raw);
        break;
    default:
        break;
    }
}

const struct kind kind_quota_cmd = {.decode = decode_quota_cmd};
const struct kind kind_quota_id = {.decode = decode_quota_id};
const struct kind kind_quota_data = {.decode = decode_quota_data,
                                     .direction = DIR_INOUT,
                                     .extent = EXTENT_FIXED,
                                     .size = sizeof(struct fs_quota_statv)};
