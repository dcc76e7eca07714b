/* ioctl: names of requests, and the arguments of those that programs commonly make. */
#ifndef PROCTOR_DECODE_KINDS_IOCTL_H
#define PROCTOR_DECODE_KINDS_IOCTL_H

#include <linux/ioctl.h>

#include "decode/decoder.h"
#include "decode/xlat.h"

/* "TIOCGWINSZ", or several names joined by "or" for a number that means different things. */
extern const struct xlat xlat_ioctl_names;

extern const struct kind kind_ioctl_request;
extern const struct kind kind_ioctl_arg;    /* the second argument is the request */
extern const struct kind kind_ioctl_result; /* a descriptor, or 0x40000000 (CLONE_NEWNET), by the request */

/* What the argument of a request is. */
enum ioctl_as {
    IOCTL_NOTHING,  /* no argument */
    IOCTL_INT,      /* the register is a number */
    IOCTL_UNSIGNED, /* the same, a full word */
    IOCTL_HEX,
    IOCTL_ADDR,   /* NULL, or the address of something that is not shown */
    IOCTL_HEXINT, /* 32 bits of it */
    IOCTL_FD,
    IOCTL_ENUM,      /* aux: xlat; of `size` bytes, 0: a full word */
    IOCTL_FLAGS,     /* aux: xlat */
    IOCTL_STRING,    /* a pointer to a string */
    IOCTL_NUMBER_AT, /* a pointer to a number of `size` bytes (0: a long), signed */
    IOCTL_UNSIGNED_AT,
    IOCTL_HEX_AT,
    IOCTL_ENUM_AT,   /* aux: xlat */
    IOCTL_FLAGS_AT,  /* aux: xlat */
    IOCTL_PAIR_AT,   /* two numbers, of 32 bits if `size` is 4, else of 64 */
    IOCTL_TEXT_AT,   /* `size` bytes, a string up to its NUL */
    IOCTL_LAYOUT_AT, /* aux: struct layout */
    IOCTL_DECODED,   /* aux: struct kind */
    IOCTL_GROWS,     /* aux: struct ioctl_growth; DIR_INOUT */
    IOCTL_CHANGES,   /* aux: struct ioctl_change; DIR_INOUT */
};

struct ioctl_shape {
    uint32_t request;
    uint8_t as; /* enum ioctl_as */
    uint8_t
        direction; /* DIR_IN, DIR_OUT, DIR_INOUT; DIR_OUT_ANY: as INOUT, and at exit of failed calls too */
    uint16_t size;
    const void *aux;
};

/* One structure, of which some members ask and others are filled in: {index=1, name="a"}. */
struct ioctl_growth {
    const struct layout *asked, *told;
    const struct layout *replaced; /* one of the members asked, if the call may replace it: {count=4 => 2} */
};

/* What is asked, and the answer in its place: {index=1} => {name="a"}; with DIR_OUT_ANY, the address if it
 * failed. */
struct ioctl_change {
    struct ioctl_shape asked, told;
};

/* Shapes of one device family. */
struct ioctl_shapes {
    const struct ioctl_shape *shapes;
    uint32_t count;
};
#define IOCTL_SHAPES(id, ...)                                                                                \
    static const struct ioctl_shape id##_shapes[] = {__VA_ARGS__};                                           \
    const struct ioctl_shapes ioctl_shapes_##id = {id##_shapes, sizeof(id##_shapes) / sizeof(id##_shapes[0])}

/* Lines of IOCTL_SHAPES: a structure by its layout_LAYOUT, what NAME_kind decodes, or a number. */
#define AT(request, direction, layout)                                                                       \
    {                                                                                                        \
        request, IOCTL_LAYOUT_AT, DIR_##direction, 0, &layout_##layout                                       \
    }
#define BY(request, direction, name)                                                                         \
    {                                                                                                        \
        request, IOCTL_DECODED, DIR_##direction, 0, &name##_kind                                             \
    }
#define PLAIN(request, as, direction, size)                                                                  \
    {                                                                                                        \
        request, IOCTL_##as, DIR_##direction, size, NULL                                                     \
    }
/* struct ioctl_growth grows_ID and struct ioctl_change changes_ID of two layouts, and their lines. */
#define GROWTH(id, asked_, told_, ...)                                                                       \
    static const struct ioctl_growth grows_##id = {                                                          \
        .asked = &layout_##asked_, .told = &layout_##told_, ##__VA_ARGS__}
#define CHANGE(id, asked_, told_)                                                                            \
    static const struct ioctl_change changes_##id = {{.as = IOCTL_LAYOUT_AT, .aux = &layout_##asked_},       \
                                                     {.as = IOCTL_LAYOUT_AT, .aux = &layout_##told_}}
#define GROWS(request, id)                                                                                   \
    {                                                                                                        \
        request, IOCTL_GROWS, DIR_INOUT, 0, &grows_##id                                                      \
    }
#define CHANGES(request, id)                                                                                 \
    {                                                                                                        \
        request, IOCTL_CHANGES, DIR_INOUT, 0, &changes_##id                                                  \
    }
/* A name or flags: by xlat_XLAT. */
#define NAMED(request, as, direction, size, xlat)                                                            \
    {                                                                                                        \
        request, IOCTL_##as, DIR_##direction, size, &xlat_##xlat                                             \
    }

#define FAMILY(id) extern const struct ioctl_shapes ioctl_shapes_##id;
#include "decode/kinds/ioctl_families.def"
#undef FAMILY

/* The shape of a request to an input device whose number says more than what is asked; NULL: it is none. */
const struct ioctl_shape *ioctl_input_shape(uint32_t request);

/* VIDIOC_CREATE_BUFS, and what it has made, which is shown behind its result. */
bool ioctl_creates_buffers(uint32_t request);
void decode_created_buffers(struct decoder *d, uint64_t addr);

extern const struct xlat xlat_kvm_caps; /* KVM_CAP_IRQCHIP */

#endif
