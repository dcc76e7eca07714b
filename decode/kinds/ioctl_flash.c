/* Requests to flash memory: raw (mtd/mtd-abi.h), and volumes on it (mtd/ubi-user.h). */
#include <mtd/mtd-abi.h>
#include <mtd/ubi-user.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(mtd_modes, "MTD_OPS_???", X(MTD_OPS_PLACE_OOB), X(MTD_OPS_AUTO_OOB), X(MTD_OPS_RAW));
XLAT(mtd_file_modes, "MTD_FILE_MODE_???", X(MTD_FILE_MODE_NORMAL), X(MTD_FILE_MODE_OTP_FACTORY),
     X(MTD_FILE_MODE_OTP_USER), X(MTD_FILE_MODE_RAW));
XLAT(mtd_types, "MTD_???", X(MTD_ABSENT), X(MTD_RAM), X(MTD_ROM), X(MTD_NORFLASH), X(MTD_NANDFLASH),
     X(MTD_DATAFLASH), X(MTD_UBIVOLUME), X(MTD_MLCNANDFLASH));
XLAT(mtd_flags, "MTD_???", X(MTD_WRITEABLE), X(MTD_BIT_WRITEABLE), X(MTD_NO_ERASE), X(MTD_POWERUP_LOCK),
     {0x4000, "MTD_SLC_ON_MLC_EMULATION"});

struct mtd_info {
    uint8_t type, pad[3];
    uint32_t flags, size, erasesize, writesize, oobsize;
    uint64_t padding;
};
LAYOUT(erase, struct erase_info_user, MEMBER(struct erase_info_user, start, HEX),
       MEMBER(struct erase_info_user, length, HEX));
LAYOUT(erase64, struct erase_info_user64, MEMBER(struct erase_info_user64, start, HEX),
       MEMBER(struct erase_info_user64, length, HEX));
LAYOUT(oob64, struct mtd_oob_buf64, MEMBER(struct mtd_oob_buf64, start, HEX),
       MEMBER(struct mtd_oob_buf64, length, HEX), MEMBER(struct mtd_oob_buf64, usr_ptr, ADDR));
LAYOUT(otp, struct otp_info, MEMBER(struct otp_info, start, HEX), MEMBER(struct otp_info, length, HEX),
       MEMBER(struct otp_info, locked, UINT));
LAYOUT(mtd_write, struct mtd_write_req, MEMBER(struct mtd_write_req, start, HEX),
       MEMBER(struct mtd_write_req, len, HEX), MEMBER(struct mtd_write_req, ooblen, HEX),
       MEMBER(struct mtd_write_req, usr_data, ADDR), MEMBER(struct mtd_write_req, usr_oob, ADDR),
       MEMBER(struct mtd_write_req, mode, ENUM, .xlat = &xlat_mtd_modes));
LAYOUT(mtd_info, struct mtd_info, MEMBER(struct mtd_info, type, ENUM, .xlat = &xlat_mtd_types),
       MEMBER(struct mtd_info, flags, FLAGS, .xlat = &xlat_mtd_flags), MEMBER(struct mtd_info, size, HEX),
       MEMBER(struct mtd_info, erasesize, HEX), MEMBER(struct mtd_info, writesize, HEX),
       MEMBER(struct mtd_info, oobsize, HEX), MEMBER(struct mtd_info, padding, HEX));
LAYOUT(ecc_stats, struct mtd_ecc_stats, MEMBER(struct mtd_ecc_stats, corrected, HEX),
       MEMBER(struct mtd_ecc_stats, failed, HEX), MEMBER(struct mtd_ecc_stats, badblocks, HEX),
       MEMBER(struct mtd_ecc_stats, bbtblocks, HEX));

XLAT(mtd_protected, "MTD_OTP_???", X(MTD_OTP_OFF), X(MTD_OTP_FACTORY), X(MTD_OTP_USER));
XLAT(mtd_ecc, "MTD_NANDECC_???", X(MTD_NANDECC_OFF), X(MTD_NANDECC_PLACE), X(MTD_NANDECC_AUTOPLACE),
     X(MTD_NANDECC_PLACEONLY), X(MTD_NANDECC_AUTOPL_USR));

struct oob_64 {
    uint32_t start, length;
    uint64_t ptr;
};
struct oob_32 {
    uint32_t start, length, ptr;
};
#define OOB(type)                                                                                            \
    LAYOUT(type, struct type, MEMBER(struct type, start, HEX), MEMBER(struct type, length, HEX),             \
           MEMBER(struct type, ptr, ADDR))
OOB(oob_64);
OOB(oob_32);

/* nand_oobinfo's pairs are numbers, nand_ecclayout_user's have names. */
LAYOUT(free_pair, struct nand_oobfree, MEMBER(struct nand_oobfree, offset, HEX),
       MEMBER(struct nand_oobfree, length, HEX));
LAYOUT(ecc_layout, struct nand_ecclayout_user, MEMBER(struct nand_ecclayout_user, eccbytes, HEX),
       MEMBER(struct nand_ecclayout_user, eccpos, ARRAY, .each = AS_HEX, .width = 4),
       MEMBER(struct nand_ecclayout_user, oobavail, HEX),
       MEMBER(struct nand_ecclayout_user, oobfree, ARRAY, .each = AS_BLOCK,
              .width = sizeof(struct nand_oobfree), .layout = &layout_free_pair));

struct pair {
    uint32_t number[2];
};
struct oob_info {
    uint32_t useecc, eccbytes;
    struct pair oobfree[8];
    uint32_t eccpos[32];
};

static void append_pair(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    struct pair pair;
    memcpy(&pair, bytes, sizeof(pair));
    values_open(d->out, VALUE_ARRAY, m->name);
    values_add(d->out, VALUE_HEX, NULL, pair.number[0]);
    values_add(d->out, VALUE_HEX, NULL, pair.number[1]);
    values_close(d->out);
}

LAYOUT(oob_info, struct oob_info, MEMBER(struct oob_info, useecc, ENUM, .xlat = &xlat_mtd_ecc),
       MEMBER(struct oob_info, eccbytes, HEX),
       MEMBER(struct oob_info, oobfree, ARRAY, .each = AS_OWN, .width = sizeof(struct pair),
              .own = append_pair),
       MEMBER(struct oob_info, eccpos, ARRAY, .each = AS_HEX, .width = 4));

#define REGION(member) MEMBER(struct region_info_user, member, HEX)
LAYOUT(region_asked, struct region_info_user, REGION(regionindex));
LAYOUT(region_told, struct region_info_user, REGION(offset), REGION(erasesize), REGION(numblocks));
GROWTH(region, region_asked, region_told);

XLAT(ubi_types, "UBI_???_VOLUME", X(UBI_DYNAMIC_VOLUME), X(UBI_STATIC_VOLUME));
XLAT(ubi_flags, "UBI_VOL_???", X(UBI_VOL_SKIP_CRC_CHECK_FLG));
XLAT(ubi_properties, "UBI_VOL_PROP_???", X(UBI_VOL_PROP_DIRECT_WRITE));
XLAT(ubi_data, "UBI_???", {1, "UBI_LONGTERM"}, {2, "UBI_SHORTTERM"}, {3, "UBI_UNKNOWN"});

LAYOUT(resized, struct ubi_rsvol_req, MEMBER(struct ubi_rsvol_req, bytes, INT),
       MEMBER(struct ubi_rsvol_req, vol_id, INT));
LAYOUT(block_changed, struct ubi_leb_change_req, MEMBER(struct ubi_leb_change_req, lnum, INT),
       MEMBER(struct ubi_leb_change_req, bytes, INT),
       MEMBER(struct ubi_leb_change_req, dtype, ENUM, .xlat = &xlat_ubi_data));
LAYOUT(block_mapped, struct ubi_map_req, MEMBER(struct ubi_map_req, lnum, INT),
       MEMBER(struct ubi_map_req, dtype, ENUM, .xlat = &xlat_ubi_data));
LAYOUT(property, struct ubi_set_vol_prop_req,
       MEMBER(struct ubi_set_vol_prop_req, property, ENUM, .xlat = &xlat_ubi_properties),
       MEMBER(struct ubi_set_vol_prop_req, value, HEX));

/* struct ubi_attach_req of Linux 6.7, with what was padding before. */
struct attachment {
    int32_t ubi_num, mtd_num, vid_hdr_offset;
    int16_t max_beb_per1024;
    int8_t disable_fm, need_resv_pool, padding[8];
};
#define ATTACHMENT(member) MEMBER(struct attachment, member, INT)
LAYOUT(attachment, struct attachment, ATTACHMENT(ubi_num), ATTACHMENT(mtd_num), ATTACHMENT(vid_hdr_offset),
       ATTACHMENT(max_beb_per1024), ATTACHMENT(disable_fm), ATTACHMENT(need_resv_pool));

#define VOLUME(member, ...) MEMBER(struct ubi_mkvol_req, member, ##__VA_ARGS__)
LAYOUT(volume, struct ubi_mkvol_req, VOLUME(vol_id, INT), VOLUME(alignment, INT), VOLUME(bytes, INT),
       VOLUME(vol_type, ENUM, .xlat = &xlat_ubi_types), VOLUME(flags, FLAGS, .xlat = &xlat_ubi_flags),
       VOLUME(name_len, INT));

/* A name of `length` characters, behind which its NUL should be. */
static void append_volume_name(struct decoder *d, const char *name, int length)
{
    length = length < 0 ? 0 : length < UBI_MAX_VOLUME_NAME ? length : UBI_MAX_VOLUME_NAME;
    decode_char_array(d, "name", name, (size_t)length + 1);
}

static void decode_volume(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ubi_mkvol_req volume;
    (void)kind;
    if (decode_object(d, name, raw, &volume, sizeof(volume))) {
        values_open(d->out, VALUE_STRUCT, name);
        decode_members(d, &(struct block){.bytes = (const unsigned char *)&volume, .size = sizeof(volume)},
                       &layout_volume);
        append_volume_name(d, volume.name, volume.name_len);
        values_close(d->out);
    }
}

/* One of struct ubi_rnvol_req's. */
struct renamed {
    int32_t vol_id;
    int16_t name_len;
    int8_t padding[2];
    char name[UBI_MAX_VOLUME_NAME + 1];
};

static void append_renamed(struct decoder *d, const void *element, void *context)
{
    struct renamed one;
    (void)context;
    memcpy(&one, element, sizeof(one));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_INT, "vol_id", (uint64_t)(int64_t)one.vol_id);
    values_add(d->out, VALUE_INT, "name_len", (uint64_t)(int64_t)one.name_len);
    append_volume_name(d, one.name, one.name_len);
    values_close(d->out);
}

static void decode_renamed(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ubi_rnvol_req all; /* the kernel takes all of it, so all of it has to be there */
    (void)kind;
    if (!decode_object(d, name, raw, &all, sizeof(all))) {
        return;
    }
    int32_t count = all.count;
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "count", (uint64_t)(int64_t)count);
    decode_array(d, "ents", raw + offsetof(struct ubi_rnvol_req, ents),
                 count < 0 || count > UBI_MAX_RNVOL ? UBI_MAX_RNVOL : (uint32_t)count, sizeof(struct renamed),
                 append_renamed, NULL);
    values_close(d->out);
}

static const struct kind volume_kind = {.decode = decode_volume};
static const struct kind renamed_kind = {.decode = decode_renamed};

/* The number that was given to what was made stands where the request did. */
static const struct ioctl_change changes_volume_made = {{.as = IOCTL_DECODED, .aux = &volume_kind},
                                                        {.as = IOCTL_NUMBER_AT, .size = 4}};
static const struct ioctl_change changes_attached = {{.as = IOCTL_LAYOUT_AT, .aux = &layout_attachment},
                                                     {.as = IOCTL_NUMBER_AT, .size = 4}};

enum { MEMWRITEOOB_32 = 0xc00c4d03U, MEMREADOOB_32 = 0xc00c4d04U };

IOCTL_SHAPES(flash, AT(MEMERASE, IN, erase), AT(MEMLOCK, IN, erase), AT(MEMUNLOCK, IN, erase),
             AT(MEMISLOCKED, IN, erase), AT(MEMERASE64, IN, erase64), AT(MEMWRITEOOB, IN, oob_64),
             AT(MEMREADOOB, IN, oob_64), AT(MEMWRITEOOB_32, IN, oob_32), AT(MEMREADOOB_32, IN, oob_32),
             AT(MEMWRITEOOB64, IN, oob64), AT(MEMREADOOB64, IN, oob64), AT(MEMWRITE, IN, mtd_write),
             AT(OTPGETREGIONINFO, OUT, otp), AT(OTPLOCK, IN, otp), AT(MEMGETINFO, OUT, mtd_info),
             AT(ECCGETSTATS, OUT, ecc_stats), AT(ECCGETLAYOUT, OUT, ecc_layout),
             AT(MEMGETOOBSEL, OUT, oob_info), NAMED(OTPSELECT, ENUM_AT, IN, 4, mtd_protected),
             GROWS(MEMGETREGIONINFO, region), NAMED(MTDFILEMODE, ENUM, IN, 0, mtd_file_modes),
             PLAIN(MEMGETBADBLOCK, UNSIGNED_AT, IN, 8), PLAIN(MEMSETBADBLOCK, UNSIGNED_AT, IN, 8),
             PLAIN(OTPGETREGIONCOUNT, UNSIGNED_AT, OUT, 4), PLAIN(MEMGETREGIONCOUNT, NUMBER_AT, OUT, 4),
             CHANGES(UBI_IOCMKVOL, volume_made), CHANGES(UBI_IOCATT, attached), AT(UBI_IOCRSVOL, IN, resized),
             BY(UBI_IOCRNVOL, IN, renamed), AT(UBI_IOCEBCH, IN, block_changed),
             AT(UBI_IOCEBMAP, IN, block_mapped), AT(UBI_IOCSETVOLPROP, IN, property),
             PLAIN(UBI_IOCVOLUP, NUMBER_AT, IN, 8), PLAIN(UBI_IOCDET, NUMBER_AT, IN, 4),
             PLAIN(UBI_IOCEBER, NUMBER_AT, IN, 4), PLAIN(UBI_IOCEBISMAP, NUMBER_AT, IN, 4),
             PLAIN(UBI_IOCEBUNMAP, NUMBER_AT, IN, 4), PLAIN(UBI_IOCRMVOL, NUMBER_AT, IN, 4),
             PLAIN(UBI_IOCRPEB, NUMBER_AT, IN, 4), PLAIN(UBI_IOCSPEB, NUMBER_AT, IN, 4),
             PLAIN(UBI_IOCVOLCRBLK, NOTHING, IN, 0), PLAIN(UBI_IOCVOLRMBLK, NOTHING, IN, 0));
