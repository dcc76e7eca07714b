/* NETLINK_CRYPTO: the algorithms that the kernel has. */
#include <linux/cryptouser.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/nlattr.h"

XLAT_ORDERED(nl_crypto, "CRYPTOCFGA_???", {0, "CRYPTOCFGA_UNSPEC"}, {1, "CRYPTOCFGA_PRIORITY_VAL"},
             {2, "CRYPTOCFGA_REPORT_LARVAL"}, {3, "CRYPTOCFGA_REPORT_HASH"},
             {4, "CRYPTOCFGA_REPORT_BLKCIPHER"}, {5, "CRYPTOCFGA_REPORT_AEAD"},
             {6, "CRYPTOCFGA_REPORT_COMPRESS"}, {7, "CRYPTOCFGA_REPORT_RNG"}, {8, "CRYPTOCFGA_REPORT_CIPHER"},
             {9, "CRYPTOCFGA_REPORT_AKCIPHER"}, {10, "CRYPTOCFGA_REPORT_KPP"},
             {11, "CRYPTOCFGA_REPORT_ACOMP"}, {12, "CRYPTOCFGA_STAT_LARVAL"}, {13, "CRYPTOCFGA_STAT_HASH"},
             {14, "CRYPTOCFGA_STAT_BLKCIPHER"}, {15, "CRYPTOCFGA_STAT_AEAD"},
             {16, "CRYPTOCFGA_STAT_COMPRESS"}, {17, "CRYPTOCFGA_STAT_RNG"}, {18, "CRYPTOCFGA_STAT_CIPHER"},
             {19, "CRYPTOCFGA_STAT_AKCIPHER"}, {20, "CRYPTOCFGA_STAT_KPP"}, {21, "CRYPTOCFGA_STAT_ACOMP"},
             {22, "CRYPTOCFGA_REPORT_SIG"});

/* A string in a field: one that fills it has no NUL. */
static void show_text(struct decoder *d, const char *name, const void *bytes)
{
    size_t n = strnlen(bytes, CRYPTO_MAX_NAME);
    bool whole = n < CRYPTO_MAX_NAME;
    values_string(d->out, name, bytes, whole ? n : CRYPTO_MAX_NAME - 1, whole ? 0 : VALUE_MORE);
}

/* The structures of reports: strings of CRYPTO_MAX_NAME bytes, and numbers of 32 bits behind them. */
struct report {
    const char *const *strings;
    const char *const *numbers; /* both end with NULL */
    uint32_t size;
};

static bool show_report(struct decoder *d, uint64_t addr, uint64_t length, const struct report *report)
{
    uint8_t bytes[3 * CRYPTO_MAX_NAME];
    const uint8_t *p = bytes;
    if (length < report->size) {
        decode_data(d, NULL, addr, length);
        return true;
    }
    if (!mem_read(d->mem, addr, bytes, report->size)) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    for (const char *const *name = report->strings; *name; name++, p += CRYPTO_MAX_NAME) {
        show_text(d, *name, p);
    }
    for (const char *const *name = report->numbers; *name; name++, p += sizeof(uint32_t)) {
        append_uint(d, *name, load32(p));
    }
    values_close(d->out);
    return true;
}

#define REPORT(id, structure, strings_, ...)                                                                 \
    static bool show_##id(struct decoder *d, uint64_t addr, uint64_t length,                                 \
                          const struct nlattr_context *context)                                              \
    {                                                                                                        \
        static const char *const numbers[] = {__VA_ARGS__, NULL};                                            \
        static const struct report report = {strings_, numbers, sizeof(struct structure)};                   \
        (void)context;                                                                                       \
        return show_report(d, addr, length, &report);                                                        \
    }                                                                                                        \
    static const struct nlattr_function id = {show_##id}
static const char *const type_alone[] = {"type", NULL};
static const char *const type_and_iv[] = {"type", "geniv", NULL};
REPORT(hash, crypto_report_hash, type_alone, "blocksize", "digestsize");
REPORT(block, crypto_report_blkcipher, type_and_iv, "blocksize", "min_keysize", "max_keysize", "ivsize");
REPORT(aead, crypto_report_aead, type_and_iv, "blocksize", "maxauthsize", "ivsize");
REPORT(rng, crypto_report_rng, type_alone, "seedsize");
REPORT(cipher, crypto_report_cipher, type_alone, "blocksize", "min_keysize", "max_keysize");

/* The others have a type only. */
static bool show_plain(struct decoder *d, uint64_t addr, uint64_t length,
                       const struct nlattr_context *context)
{
    uint8_t bytes[CRYPTO_MAX_NAME];
    size_t n = length < sizeof(bytes) ? (size_t)length : sizeof(bytes);
    (void)context;
    if (!mem_read(d->mem, addr, bytes, n)) {
        return false;
    }
    size_t text = strnlen((const char *)bytes, n);
    values_open(d->out, VALUE_STRUCT, NULL);
    values_string(d->out, "type", bytes, text, text < n ? 0 : VALUE_MORE);
    values_close(d->out);
    return true;
}
static const struct nlattr_function plain = {show_plain};

NLATTR_TABLE(algorithm, xlat_nl_crypto, NUMBER(CRYPTOCFGA_PRIORITY_VAL, 4),
             SHOW(CRYPTOCFGA_REPORT_LARVAL, plain), SHOW(CRYPTOCFGA_REPORT_HASH, hash),
             SHOW(CRYPTOCFGA_REPORT_BLKCIPHER, block), SHOW(CRYPTOCFGA_REPORT_AEAD, aead),
             SHOW(CRYPTOCFGA_REPORT_COMPRESS, plain), SHOW(CRYPTOCFGA_REPORT_RNG, rng),
             SHOW(CRYPTOCFGA_REPORT_CIPHER, cipher), SHOW(CRYPTOCFGA_REPORT_AKCIPHER, plain),
             SHOW(CRYPTOCFGA_REPORT_KPP, plain), SHOW(CRYPTOCFGA_REPORT_ACOMP, plain),
             SHOW(22 /* CRYPTOCFGA_REPORT_SIG */, plain));

bool netlink_crypto(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    struct crypto_user_alg algorithm;
    if (type < CRYPTO_MSG_NEWALG || type > CRYPTO_MSG_GETALG) {
        return false;
    }
    if (length < sizeof(algorithm)) {
        decode_data(d, NULL, addr, length);
        return true;
    }
    if (!mem_read(d->mem, addr, &algorithm, sizeof(algorithm))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    show_text(d, "cru_name", algorithm.cru_name);
    show_text(d, "cru_driver_name", algorithm.cru_driver_name);
    show_text(d, "cru_module_name", algorithm.cru_module_name);
    append_hex(d, "cru_type", algorithm.cru_type);
    append_hex(d, "cru_mask", algorithm.cru_mask);
    append_uint(d, "cru_refcnt", algorithm.cru_refcnt);
    append_hex(d, "cru_flags", algorithm.cru_flags);
    values_close(d->out);
    if (length > sizeof(algorithm)) {
        nlattr_show(d, addr + sizeof(algorithm), length - sizeof(algorithm), &nlattr_algorithm,
                    &(struct nlattr_context){0});
    }
    return true;
}
