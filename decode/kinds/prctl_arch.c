#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/prctl.h"
#include "decode/kinds/process.h"

XLAT_ORDERED(arch_prctl_option, "ARCH_???", {0x1001, "ARCH_SET_GS"}, {0x1002, "ARCH_SET_FS"},
             {0x1003, "ARCH_GET_FS"}, {0x1004, "ARCH_GET_GS"}, {0x1011, "ARCH_GET_CPUID"},
             {0x1012, "ARCH_SET_CPUID"}, {0x1021, "ARCH_GET_XCOMP_SUPP"}, {0x1022, "ARCH_GET_XCOMP_PERM"},
             {0x1023, "ARCH_REQ_XCOMP_PERM"}, {0x1024, "ARCH_GET_XCOMP_GUEST_PERM"},
             {0x1025, "ARCH_REQ_XCOMP_GUEST_PERM"}, {0x2001, "ARCH_MAP_VDSO_X32"},
             {0x2002, "ARCH_MAP_VDSO_32"}, {0x2003, "ARCH_MAP_VDSO_64"}, {0x4001, "ARCH_GET_UNTAG_MASK"},
             {0x4002, "ARCH_ENABLE_TAGGED_ADDR"}, {0x4003, "ARCH_GET_MAX_TAG_BITS"},
             {0x4004, "ARCH_FORCE_TAGGED_SVA"}, {0x5001, "ARCH_SHSTK_ENABLE"}, {0x5002, "ARCH_SHSTK_DISABLE"},
             {0x5003, "ARCH_SHSTK_LOCK"}, {0x5004, "ARCH_SHSTK_UNLOCK"}, {0x5005, "ARCH_SHSTK_STATUS"});
enum {
    GET_FS = 0x1003,
    GET_GS = 0x1004,
    GET_CPUID = 0x1011,
    GET_XCOMP_SUPP = 0x1021,
    GET_XCOMP_PERM = 0x1022,
    REQ_XCOMP_PERM = 0x1023,
    GET_XCOMP_GUEST_PERM = 0x1024,
    REQ_XCOMP_GUEST_PERM = 0x1025,
};

#define MASK(name, bits)                                                                                     \
    {                                                                                                        \
        bits, "XFEATURE_MASK_" #name                                                                         \
    }
/* Sets of state components of XSAVE, and the components' numbers. */
XLAT(xfeatures, NULL, MASK(FPSSE, 0x3), MASK(FP, 0x1), MASK(SSE, 0x2), MASK(YMM, 0x4), MASK(BNDREGS, 0x8),
     MASK(BNDCSR, 0x10), MASK(AVX512, 0xe0), MASK(OPMASK, 0x20), MASK(ZMM_Hi256, 0x40), MASK(Hi16_ZMM, 0x80),
     MASK(PT, 0x100), MASK(PKRU, 0x200), MASK(PASID, 0x400), MASK(LBR, 0x8000), MASK(XTILE, 0x60000),
     MASK(XTILE_CFG, 0x20000), MASK(XTILE_DATA, 0x40000));
XLAT(xfeature, "XFEATURE_???", {0, "XFEATURE_FP"}, {1, "XFEATURE_SSE"}, {2, "XFEATURE_YMM"},
     {3, "XFEATURE_BNDREGS"}, {4, "XFEATURE_BNDCSR"}, {5, "XFEATURE_OPMASK"}, {6, "XFEATURE_ZMM_Hi256"},
     {7, "XFEATURE_Hi16_ZMM"}, {8, "XFEATURE_PT_UNIMPLEMENTED_SO_FAR"}, {9, "XFEATURE_PKRU"},
     {10, "XFEATURE_PASID"}, {15, "XFEATURE_LBR"}, {17, "XFEATURE_XTILE_CFG"}, {18, "XFEATURE_XTILE_DATA"});

/* Writes the names of a set of features, and in hexadecimal the bits that have none. */
static void name_features(char *text, size_t n, uint64_t bits)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < xlat_xfeatures.count; i++) {
        const struct xlat_entry *entry = &xlat_xfeatures.entries[i];
        if ((bits & entry->value) == entry->value && used < n) {
            used += (size_t)snprintf(text + used, n - used, "%s%s", used ? "|" : "", entry->name);
            bits &= ~entry->value;
        }
    }
    if (bits && used < n) {
        snprintf(text + used, n - used, "%s%#llx", used ? "|" : "", (unsigned long long)bits);
    }
}

/* strace shows the number and, as a comment, the names. */
static void decode_xfeatures_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t bits;
    char text[512];
    if (decode_object(d, name, raw, &bits, sizeof(bits))) {
        values_open(d->out, VALUE_REF, name);
        uint32_t index = values_add(d->out, VALUE_HEX, NULL, bits);
        name_features(text, sizeof(text), bits);
        values_note(d->out, index, text, strlen(text));
        values_close(d->out);
    }
}

static void decode_xfeature(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t number = decode_word(d, raw);
    uint32_t index = values_add(d->out, VALUE_HEX, name, number);
    const char *word = xlat_name(&xlat_xfeature, number);
    word = word ? word : xlat_xfeature.unknown;
    values_note(d->out, index, word, strlen(word));
}

static const struct kind xfeatures_out = {.decode = decode_xfeatures_out, .direction = DIR_OUT};
static const struct kind xfeature = {.decode = decode_xfeature};

static void decode_arch_prctl_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    switch ((uint32_t)d->args[0]) {
    case GET_FS:
    case GET_GS:
        decode_as(d, name, &kind_addr_out, raw);
        break;
    case GET_CPUID: /* takes none */
        break;
    case GET_XCOMP_SUPP:
    case GET_XCOMP_PERM:
    case GET_XCOMP_GUEST_PERM:
        decode_as(d, name, &xfeatures_out, raw);
        break;
    case REQ_XCOMP_PERM:
    case REQ_XCOMP_GUEST_PERM:
        decode_as(d, name, &xfeature, raw);
        break;
    default:
        decode_as(d, name, &kind_hex, raw);
        break;
    }
}

KIND_ENUM(arch_prctl_option, arch_prctl_option);
const struct kind kind_arch_prctl_arg = {
    .decode = decode_arch_prctl_arg, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 8};
