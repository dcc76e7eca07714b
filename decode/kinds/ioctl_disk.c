/* Requests to disks: partitions and traces (linux/fs.h), ATA (linux/hdreg.h), loop and network devices. */
#include <errno.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/loop.h>
#include <linux/nbd.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(blkpg_ops, "BLKPG_???", {1, "BLKPG_ADD_PARTITION"}, {2, "BLKPG_DEL_PARTITION"},
     {3, "BLKPG_RESIZE_PARTITION"});

/* struct blkpg_ioctl_arg and, behind its pointer, struct blkpg_partition. */
struct partition {
    int64_t start, length;
    int32_t number;
    char device[64], volume[64];
};

static void append_partition(struct decoder *d, uint64_t addr)
{
    struct partition p;
    if (!decode_object(d, "data", addr, &p, offsetof(struct partition, volume) + sizeof(p.volume))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, "data");
    values_add(d->out, VALUE_INT, "start", (uint64_t)p.start);
    values_add(d->out, VALUE_INT, "length", (uint64_t)p.length);
    values_add(d->out, VALUE_INT, "pno", (uint64_t)(int64_t)p.number);
    decode_char_array(d, "devname", p.device, sizeof(p.device));
    decode_char_array(d, "volname", p.volume, sizeof(p.volume));
    values_close(d->out);
}

static void decode_blkpg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t words[6] = {0};
    bool wide = d->abi->pointer_size == 8;
    uint64_t data;
    if (!decode_object(d, name, raw, words, wide ? 24 : 16)) {
        return;
    }
    memcpy(&data, words + 4, sizeof(data));
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "op", &xlat_blkpg_ops, words[0]);
    values_add(d->out, VALUE_INT, "flags", (uint64_t)(int64_t)(int32_t)words[1]);
    values_add(d->out, VALUE_INT, "datalen", (uint64_t)(int64_t)(int32_t)words[2]);
    append_partition(d, wide ? data : words[3]);
    values_close(d->out);
}

/* struct blk_user_trace_setup: for 32 bits, numbers of 64 are aligned to four bytes. */
struct trace_64 {
    char name[32];
    uint16_t act_mask;
    uint32_t buf_size, buf_nr;
    uint64_t start_lba, end_lba;
    uint32_t pid;
};
struct trace_32 {
    char name[32];
    uint16_t act_mask, padding;
    uint32_t buf_size, buf_nr;
    uint64_t start_lba, end_lba;
    uint32_t pid;
} __attribute__((packed));
#define TRACE(type)                                                                                          \
    LAYOUT(type##_asked, struct type, MEMBER(struct type, act_mask, UINT),                                   \
           MEMBER(struct type, buf_size, UINT), MEMBER(struct type, buf_nr, UINT),                           \
           MEMBER(struct type, start_lba, UINT), MEMBER(struct type, end_lba, UINT),                         \
           MEMBER(struct type, pid, PID));                                                                   \
    LAYOUT(type##_told, struct type, MEMBER(struct type, name, CHARS));                                      \
    GROWTH(type, type##_asked, type##_told)
TRACE(trace_64);
TRACE(trace_32);

XLAT(loop_flags, "LO_FLAGS_???", X(LO_FLAGS_READ_ONLY), {2, "LO_FLAGS_USE_AOPS"}, X(LO_FLAGS_AUTOCLEAR),
     X(LO_FLAGS_PARTSCAN), X(LO_FLAGS_DIRECT_IO));
XLAT(loop_ciphers, "LO_CRYPT_???", X(LO_CRYPT_NONE), X(LO_CRYPT_XOR), X(LO_CRYPT_DES), X(LO_CRYPT_FISH2),
     X(LO_CRYPT_BLOW), X(LO_CRYPT_CAST128), X(LO_CRYPT_IDEA), X(LO_CRYPT_DUMMY), X(LO_CRYPT_SKIPJACK),
     X(LO_CRYPT_CRYPTOAPI));

static void append_cipher(struct decoder *d, uint32_t type, uint32_t key_size)
{
    values_xlat(d->out, VALUE_ENUM, "lo_encrypt_type", &xlat_loop_ciphers, type);
    values_add(d->out, VALUE_UINT, "lo_encrypt_key_size", key_size);
}

static void append_key(struct decoder *d, const void *key, uint32_t key_size)
{
    values_string(d->out, "lo_encrypt_key", key, key_size < LO_KEY_SIZE ? key_size : LO_KEY_SIZE, 0);
}

static void append_hex_numbers(struct decoder *d, const char *name, const uint64_t *numbers, unsigned n)
{
    values_open(d->out, VALUE_ARRAY, name);
    for (unsigned i = 0; i < n; i++) {
        values_add(d->out, VALUE_HEX, NULL, numbers[i]);
    }
    values_close(d->out);
}

static void append_loop(struct decoder *d, const char *name, const struct loop_info64 *info)
{
    bool verbose = d->options->verbose;
    bool encrypted = verbose || info->lo_encrypt_type != LO_CRYPT_NONE;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    if (verbose) {
        decode_device(d, "lo_device", info->lo_device);
        values_add(d->out, VALUE_UINT, "lo_inode", info->lo_inode);
        decode_device(d, "lo_rdevice", info->lo_rdevice);
    }
    values_add(d->out, VALUE_HEX, "lo_offset", info->lo_offset);
    if (verbose) {
        values_add(d->out, VALUE_UINT, "lo_sizelimit", info->lo_sizelimit);
    }
    values_add(d->out, VALUE_UINT, "lo_number", info->lo_number);
    if (encrypted) {
        append_cipher(d, info->lo_encrypt_type, info->lo_encrypt_key_size);
    }
    append_flags(d, "lo_flags", &xlat_loop_flags, info->lo_flags);
    decode_char_array(d, "lo_file_name", (const char *)info->lo_file_name, sizeof(info->lo_file_name));
    if (encrypted) {
        decode_char_array(d, "lo_crypt_name", (const char *)info->lo_crypt_name, sizeof(info->lo_crypt_name));
        append_key(d, info->lo_encrypt_key, info->lo_encrypt_key_size);
    }
    if (verbose) {
        append_hex_numbers(d, "lo_init", (const uint64_t[2]){info->lo_init[0], info->lo_init[1]}, 2);
    } else {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_loop_info(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct loop_info64 info;
    if (decode_object(d, name, raw, &info, sizeof(info))) {
        append_loop(d, name, &info);
    }
}

/* struct loop_config of LOOP_CONFIGURE (Linux 5.8). */
struct loop_setup {
    uint32_t fd;
    uint32_t block_size;
    struct loop_info64 info;
    uint64_t reserved[8];
};

static void decode_loop_setup(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct loop_setup setup;
    if (!decode_object(d, name, raw, &setup, sizeof(setup))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_fd_number(d, "fd", (int)setup.fd);
    values_add(d->out, VALUE_UINT, "block_size", setup.block_size);
    append_loop(d, "info", &setup.info);
    static const uint64_t unused[8];
    if (memcmp(setup.reserved, unused, sizeof(unused)) != 0) {
        append_hex_numbers(d, "__reserved", setup.reserved, 8);
    }
    values_close(d->out);
}

enum { LOOP_INFO_SIZE_64 = 168, LOOP_INFO_SIZE_32 = 140, DEVICE_SIZE_64 = 8, DEVICE_SIZE_32 = 2 };

/* struct loop_info: the kernel takes that of compat from x32 programs, too (drivers/block/loop.c). */
static void decode_old_loop_info(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[LOOP_INFO_SIZE_64];
    bool wide = d->abi->pointer_size == 8, verbose = d->options->verbose;
    size_t size = wide ? LOOP_INFO_SIZE_64 : LOOP_INFO_SIZE_32;
    uint8_t device_size = wide ? DEVICE_SIZE_64 : DEVICE_SIZE_32;
    (void)kind;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    f.long_size = d->abi->pointer_size;
    f.align_max = d->abi->pointer_size;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "lo_number", (uint64_t)field_signed(&f, 4));
    uint64_t device = field_unsigned(&f, device_size), inode = field_ulong(&f);
    uint64_t behind = field_unsigned(&f, device_size);
    if (verbose) {
        decode_device(d, "lo_device", device);
        values_add(d->out, VALUE_UINT, "lo_inode", inode);
        decode_device(d, "lo_rdevice", behind);
    }
    values_add(d->out, VALUE_HEX, "lo_offset", field_unsigned(&f, 4));
    uint32_t type = (uint32_t)field_unsigned(&f, 4), key_size = (uint32_t)field_unsigned(&f, 4);
    bool encrypted = verbose || type != LO_CRYPT_NONE;
    if (encrypted) {
        append_cipher(d, type, key_size);
    }
    append_flags(d, "lo_flags", &xlat_loop_flags, field_unsigned(&f, 4));
    decode_char_array(d, "lo_name", (const char *)bytes + f.at, LO_NAME_SIZE);
    f.at += LO_NAME_SIZE;
    if (encrypted) {
        append_key(d, bytes + f.at, key_size);
    }
    f.at += LO_KEY_SIZE;
    if (verbose) {
        uint64_t numbers[4] = {field_ulong(&f)};
        numbers[1] = field_ulong(&f);
        append_hex_numbers(d, "lo_init", numbers, 2);
        for (unsigned i = 0; i < 4; i++) {
            numbers[i] = field_unsigned(&f, 1);
        }
        append_hex_numbers(d, "reserved", numbers, 4);
    } else {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

struct geometry_64 {
    uint8_t heads, sectors;
    uint16_t cylinders;
    uint64_t start;
};
struct geometry_32 {
    uint8_t heads, sectors;
    uint16_t cylinders;
    uint32_t start;
};
#define GEOMETRY(type)                                                                                       \
    LAYOUT(type, struct type, MEMBER(struct type, heads, UINT), MEMBER(struct type, sectors, UINT),          \
           MEMBER(struct type, cylinders, UINT), MEMBER(struct type, start, UINT))
GEOMETRY(geometry_64);
GEOMETRY(geometry_32);

static void decode_geometry(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_layout_at(d, name, raw, d->abi->pointer_size == 8 ? &layout_geometry_64 : &layout_geometry_32,
                     UINT64_MAX);
}

extern const struct xlat xlat_ata_commands;
XLAT(bus_states, "BUSSTATE_???", {0, "BUSSTATE_OFF"}, {1, "BUSSTATE_ON"}, {2, "BUSSTATE_TRISTATE"});
XLAT(ide_nice, "IDE_NICE_???", {1 << 0, "1 << IDE_NICE_DSC_OVERLAP"}, {1 << 1, "1 << IDE_NICE_ATAPI_OVERLAP"},
     {1 << 3, "1 << IDE_NICE_1"}, {1 << 2, "1 << IDE_NICE_0"}, {1 << 4, "1 << IDE_NICE_2"});

struct ata_request {
    uint8_t command, sector_number, feature, sector_count;
};
struct ata_answer {
    uint8_t status, error, nsector, sector_count;
};
LAYOUT(ata_request, struct ata_request, MEMBER(struct ata_request, command, ENUM, .xlat = &xlat_ata_commands),
       MEMBER(struct ata_request, sector_number, UINT), MEMBER(struct ata_request, feature, UINT),
       MEMBER(struct ata_request, sector_count, UINT));
enum { SECTOR_SIZE = 512 };

/* A disk that refuses tells why: then the call fails with EIO. */
static void decode_ata(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ata_answer answer;
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0;
    (void)kind;
    if (!d->at_exit) {
        decode_layout_at(d, name, raw, &layout_ata_request, UINT64_MAX);
        return;
    }
    if (!entry || (d->result < 0 && d->result != -EIO) ||
        !mem_read(d->mem, decode_word(d, raw), &answer, sizeof(answer))) {
        return;
    }
    values_open(d->out, VALUE_CHANGE, name);
    values_again(d->out, NULL, entry);
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_HEX, "status", answer.status);
    values_add(d->out, VALUE_UINT, "error", answer.error);
    values_add(d->out, VALUE_UINT, "nsector", answer.nsector);
    if (answer.sector_count) {
        decode_hex_bytes(d, "buf", raw + sizeof(answer), (uint64_t)answer.sector_count * SECTOR_SIZE);
    }
    values_close(d->out);
    values_close(d->out);
}

static void append_port(struct decoder *d, const void *element, void *context)
{
    uint32_t port;
    (void)context;
    memcpy(&port, element, sizeof(port));
    values_add(d->out, VALUE_HEX, NULL, port);
}

static void decode_ports(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, decode_word(d, raw), 3, sizeof(uint32_t), append_port, NULL);
}

/* kind->size bytes of what a disk says of itself. */
static void decode_identity(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_data(d, name, raw, kind->size);
}

XLAT(nbd_flags, "NBD_IOC_FLAG_???", X(NBD_FLAG_HAS_FLAGS), X(NBD_FLAG_READ_ONLY), X(NBD_FLAG_SEND_FLUSH),
     X(NBD_FLAG_SEND_FUA), {1 << 4, "NBD_FLAG_ROTATIONAL"}, X(NBD_FLAG_SEND_TRIM),
     {1 << 6, "NBD_FLAG_SEND_WRITE_ZEROES"}, {1 << 7, "NBD_FLAG_SEND_DF"}, X(NBD_FLAG_CAN_MULTI_CONN),
     {1 << 9, "NBD_FLAG_SEND_RESIZE"}, {1 << 10, "NBD_FLAG_SEND_CACHE"});

static const struct kind blkpg_kind = {.decode = decode_blkpg};
static const struct kind loop_info_kind = {.decode = decode_loop_info};
static const struct kind old_loop_info_kind = {.decode = decode_old_loop_info};
static const struct kind loop_setup_kind = {.decode = decode_loop_setup};
static const struct kind geometry_kind = {.decode = decode_geometry};
static const struct kind ata_kind = {.decode = decode_ata};
static const struct kind ports_kind = {.decode = decode_ports};
static const struct kind identity_kind = {.decode = decode_identity, .size = 512};
static const struct kind old_identity_kind = {.decode = decode_identity, .size = 142};

enum {
    LOOP_CONFIGURE_ = 0x4c0a,
    BLKPG_ = 0x1269,
    BLKTRACESETUP_ = 0xc0481273U,
    BLKTRACESETUP_32 = 0xc0401273U
};
enum { HDIO_GET_ADDRESS_ = 0x310 };

IOCTL_SHAPES(disk, BY(BLKPG_, IN, blkpg), GROWS(BLKTRACESETUP_, trace_64), GROWS(BLKTRACESETUP_32, trace_32),
             PLAIN(BLKTRACESTART, NOTHING, IN, 0), PLAIN(BLKTRACESTOP, NOTHING, IN, 0),
             PLAIN(BLKTRACETEARDOWN, NOTHING, IN, 0), BY(LOOP_SET_STATUS, IN, old_loop_info),
             BY(LOOP_GET_STATUS, OUT, old_loop_info), BY(LOOP_SET_STATUS64, IN, loop_info),
             BY(LOOP_GET_STATUS64, OUT, loop_info), BY(LOOP_CONFIGURE_, IN, loop_setup),
             PLAIN(LOOP_SET_FD, FD, IN, 0), PLAIN(LOOP_CHANGE_FD, FD, IN, 0),
             PLAIN(LOOP_CLR_FD, NOTHING, IN, 0), PLAIN(LOOP_SET_CAPACITY, NOTHING, IN, 0),
             PLAIN(LOOP_CTL_GET_FREE, NOTHING, IN, 0), PLAIN(LOOP_CTL_ADD, INT, IN, 0),
             PLAIN(LOOP_CTL_REMOVE, INT, IN, 0), PLAIN(LOOP_SET_DIRECT_IO, UNSIGNED, IN, 0),
             PLAIN(LOOP_SET_BLOCK_SIZE, UNSIGNED, IN, 0), BY(HDIO_GETGEO, OUT, geometry),
             BY(HDIO_DRIVE_CMD, OUT_ANY, ata), BY(HDIO_DRIVE_RESET, IN, ports), BY(HDIO_SCAN_HWIF, IN, ports),
             BY(HDIO_GET_IDENTITY, OUT, identity), BY(HDIO_OBSOLETE_IDENTITY, OUT, old_identity),
             PLAIN(HDIO_GET_32BIT, UNSIGNED_AT, OUT, 0), PLAIN(HDIO_GET_ACOUSTIC, UNSIGNED_AT, OUT, 0),
             PLAIN(HDIO_GET_ADDRESS_, UNSIGNED_AT, OUT, 0), PLAIN(HDIO_GET_DMA, UNSIGNED_AT, OUT, 0),
             PLAIN(HDIO_GET_KEEPSETTINGS, UNSIGNED_AT, OUT, 0),
             PLAIN(HDIO_GET_MULTCOUNT, UNSIGNED_AT, OUT, 0), PLAIN(HDIO_GET_NOWERR, UNSIGNED_AT, OUT, 0),
             PLAIN(HDIO_GET_UNMASKINTR, UNSIGNED_AT, OUT, 0), PLAIN(HDIO_GET_WCACHE, UNSIGNED_AT, OUT, 0),
             NAMED(HDIO_GET_BUSSTATE, ENUM_AT, OUT, 0, bus_states),
             NAMED(HDIO_GET_NICE, FLAGS_AT, OUT, 0, ide_nice),
             NAMED(HDIO_SET_BUSSTATE, ENUM, IN, 0, bus_states), NAMED(HDIO_SET_NICE, FLAGS, IN, 0, ide_nice),
             PLAIN(HDIO_SET_32BIT, UNSIGNED, IN, 0), PLAIN(HDIO_SET_ACOUSTIC, UNSIGNED, IN, 0),
             PLAIN(HDIO_SET_ADDRESS, UNSIGNED, IN, 0), PLAIN(HDIO_SET_DMA, UNSIGNED, IN, 0),
             PLAIN(HDIO_SET_KEEPSETTINGS, UNSIGNED, IN, 0), PLAIN(HDIO_SET_MULTCOUNT, UNSIGNED, IN, 0),
             PLAIN(HDIO_SET_NOWERR, UNSIGNED, IN, 0), PLAIN(HDIO_SET_PIO_MODE, UNSIGNED, IN, 0),
             PLAIN(HDIO_SET_UNMASKINTR, UNSIGNED, IN, 0), PLAIN(HDIO_SET_WCACHE, UNSIGNED, IN, 0),
             PLAIN(HDIO_UNREGISTER_HWIF, UNSIGNED, IN, 0), PLAIN(NBD_SET_SOCK, FD, IN, 0),
             PLAIN(NBD_SET_BLKSIZE, UNSIGNED, IN, 0), PLAIN(NBD_SET_SIZE, UNSIGNED, IN, 0),
             PLAIN(NBD_SET_SIZE_BLOCKS, UNSIGNED, IN, 0), PLAIN(NBD_SET_TIMEOUT, UNSIGNED, IN, 0),
             NAMED(NBD_SET_FLAGS, FLAGS, IN, 0, nbd_flags), PLAIN(NBD_DISCONNECT, NOTHING, IN, 0),
             PLAIN(NBD_CLEAR_SOCK, NOTHING, IN, 0), PLAIN(NBD_DO_IT, NOTHING, IN, 0),
             PLAIN(NBD_CLEAR_QUE, NOTHING, IN, 0), PLAIN(NBD_PRINT_DEBUG, NOTHING, IN, 0));
