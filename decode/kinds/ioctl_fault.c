/* Requests to descriptors that handle page faults (linux/userfaultfd.h). */
#include <linux/ioctl.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(uffd_features, "UFFD_FEATURE_???", {0x1, "UFFD_FEATURE_PAGEFAULT_FLAG_WP"},
     {0x2, "UFFD_FEATURE_EVENT_FORK"}, {0x4, "UFFD_FEATURE_EVENT_REMAP"}, {0x8, "UFFD_FEATURE_EVENT_REMOVE"},
     {0x10, "UFFD_FEATURE_MISSING_HUGETLBFS"}, {0x20, "UFFD_FEATURE_MISSING_SHMEM"},
     {0x40, "UFFD_FEATURE_EVENT_UNMAP"}, {0x80, "UFFD_FEATURE_SIGBUS"}, {0x100, "UFFD_FEATURE_THREAD_ID"},
     {0x200, "UFFD_FEATURE_MINOR_HUGETLBFS"}, {0x400, "UFFD_FEATURE_MINOR_SHMEM"},
     {0x800, "UFFD_FEATURE_EXACT_ADDRESS"}, {0x1000, "UFFD_FEATURE_WP_HUGETLBFS_SHMEM"},
     {0x2000, "UFFD_FEATURE_WP_UNPOPULATED"}, {0x4000, "UFFD_FEATURE_POISON"},
     {0x8000, "UFFD_FEATURE_WP_ASYNC"}, {0x10000, "UFFD_FEATURE_MOVE"});
XLAT(uffd_api_ioctls, "_UFFDIO_???", {1 << 0, "1<<_UFFDIO_REGISTER"}, {1 << 1, "1<<_UFFDIO_UNREGISTER"},
     {UINT64_C(1) << 0x3f, "1<<_UFFDIO_API"});
XLAT(uffd_range_ioctls, "1<<_UFFDIO_???", {1 << 2, "1<<_UFFDIO_WAKE"}, {1 << 3, "1<<_UFFDIO_COPY"},
     {1 << 4, "1<<_UFFDIO_ZEROPAGE"}, {1 << 5, "1<<_UFFDIO_MOVE"}, {1 << 6, "1<<_UFFDIO_WRITEPROTECT"},
     {1 << 7, "1<<_UFFDIO_CONTINUE"}, {1 << 8, "1<<_UFFDIO_POISON"});
XLAT(uffd_register_modes, "UFFDIO_REGISTER_MODE_???", {1, "UFFDIO_REGISTER_MODE_MISSING"},
     {2, "UFFDIO_REGISTER_MODE_WP"}, {4, "UFFDIO_REGISTER_MODE_MINOR"});
XLAT(uffd_copy_modes, "UFFDIO_COPY_MODE_???", {1, "UFFDIO_COPY_MODE_DONTWAKE"}, {2, "UFFDIO_COPY_MODE_WP"});
XLAT(uffd_zero_modes, "UFFDIO_ZEROPAGE_MODE_???", {1, "UFFDIO_ZEROPAGE_MODE_DONTWAKE"});
XLAT(uffd_move_modes, "UFFDIO_MOVE_MODE_???", {1, "UFFDIO_MOVE_MODE_DONTWAKE"},
     {2, "UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES"});
XLAT(uffd_protect_modes, "UFFDIO_WRITEPROTECT_MODE_???", {1, "UFFDIO_WRITEPROTECT_MODE_WP"},
     {2, "UFFDIO_WRITEPROTECT_MODE_DONTWAKE"});
XLAT(uffd_continue_modes, "UFFDIO_CONTINUE_MODE_???", {1, "UFFDIO_CONTINUE_MODE_DONTWAKE"},
     {2, "UFFDIO_CONTINUE_MODE_WP"});
XLAT(uffd_poison_modes, "UFFDIO_POISON_MODE_???", {1, "UFFDIO_POISON_MODE_DONTWAKE"});

/* The features that were asked for at entry, which the kernel replaces by those it has. */
static uint64_t features_asked(const struct decoder *d)
{
    const struct value *before = values_at(d->out, d->value[d->arg]);
    return d->value[d->arg] && before->type == VALUE_STRUCT ? values_at(d->out, before->last)->number : 0;
}

/* Where the kernel changes none, strace has them once. */
static void decode_uffd_api(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct {
        uint64_t api, features, ioctls;
    } api;
    uint64_t asked = d->at_exit ? features_asked(d) : 0;
    (void)kind;
    if (!decode_object(d, name, raw, &api, sizeof(api))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "api", api.api);
    if (d->at_exit && asked != api.features) {
        values_open(d->out, VALUE_CHANGE, "features");
        append_flags(d, NULL, &xlat_uffd_features, asked);
        append_flags(d, "features", &xlat_uffd_features, api.features); /* strace names both */
        values_close(d->out);
    } else {
        append_flags(d, "features", &xlat_uffd_features, api.features);
    }
    if (d->at_exit) {
        append_flags(d, "ioctls", &xlat_uffd_api_ioctls, api.ioctls);
    }
    values_close(d->out);
}

struct fault_range {
    uint64_t start, len;
};
LAYOUT(fault_range, struct fault_range, MEMBER(struct fault_range, start, HEX),
       MEMBER(struct fault_range, len, HEX));

/* What is done to a range, or from one to another, and behind it the kernel's answer. */
#define REQUEST(id, modes, answer, as, ...)                                                                  \
    struct id##_request {                                                                                    \
        struct fault_range range;                                                                            \
        uint64_t mode, answer;                                                                               \
    };                                                                                                       \
    LAYOUT(id##_asked, struct id##_request,                                                                  \
           MEMBER(struct id##_request, range, BLOCK, .layout = &layout_fault_range),                         \
           MEMBER(struct id##_request, mode, FLAGS, .xlat = &xlat_uffd_##modes));                            \
    LAYOUT(id##_told, struct id##_request, MEMBER(struct id##_request, answer, as, ##__VA_ARGS__));          \
    GROWTH(id, id##_asked, id##_told)
#define MOVE(id, modes, answer)                                                                              \
    struct id##_request {                                                                                    \
        uint64_t dst, src, len, mode, answer;                                                                \
    };                                                                                                       \
    LAYOUT(id##_asked, struct id##_request, MEMBER(struct id##_request, dst, HEX),                           \
           MEMBER(struct id##_request, src, HEX), MEMBER(struct id##_request, len, HEX),                     \
           MEMBER(struct id##_request, mode, FLAGS, .xlat = &xlat_uffd_##modes));                            \
    LAYOUT(id##_told, struct id##_request, MEMBER(struct id##_request, answer, HEX));                        \
    GROWTH(id, id##_asked, id##_told)

REQUEST(register_range, register_modes, ioctls, FLAGS, .xlat = &xlat_uffd_range_ioctls);
REQUEST(zero_range, zero_modes, zeropage, HEX);
REQUEST(continue_range, continue_modes, mapped, UINT);
REQUEST(poison_range, poison_modes, updated, UINT);
MOVE(copy_range, copy_modes, copy);
MOVE(move_range, move_modes, move);

struct fault_protection {
    struct fault_range range;
    uint64_t mode;
};
LAYOUT(protection, struct fault_protection,
       MEMBER(struct fault_protection, range, BLOCK, .layout = &layout_fault_range),
       MEMBER(struct fault_protection, mode, FLAGS, .xlat = &xlat_uffd_protect_modes));

static const struct kind uffd_api_kind = {.decode = decode_uffd_api};

/* Those that installed headers may lack came with Linux 6.6 (POISON) and 6.8 (MOVE). */
enum {
    UFFDIO_API_ = 0xc018aa3fU,
    UFFDIO_REGISTER_ = 0xc020aa00U,
    UFFDIO_UNREGISTER_ = 0x8010aa01U,
    UFFDIO_WAKE_ = 0x8010aa02U,
    UFFDIO_COPY_ = 0xc028aa03U,
    UFFDIO_ZEROPAGE_ = 0xc020aa04U,
    UFFDIO_MOVE_ = 0xc028aa05U,
    UFFDIO_WRITEPROTECT_ = 0xc018aa06U,
    UFFDIO_CONTINUE_ = 0xc020aa07U,
    UFFDIO_POISON_ = 0xc020aa08U
};
IOCTL_SHAPES(fault, BY(UFFDIO_API_, INOUT, uffd_api), GROWS(UFFDIO_REGISTER_, register_range),
             AT(UFFDIO_UNREGISTER_, IN, fault_range), AT(UFFDIO_WAKE_, IN, fault_range),
             GROWS(UFFDIO_COPY_, copy_range), GROWS(UFFDIO_ZEROPAGE_, zero_range),
             GROWS(UFFDIO_MOVE_, move_range), AT(UFFDIO_WRITEPROTECT_, IN, protection),
             GROWS(UFFDIO_CONTINUE_, continue_range), GROWS(UFFDIO_POISON_, poison_range));
