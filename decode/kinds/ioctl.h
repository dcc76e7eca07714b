/* ioctl: names of requests, and the arguments of those that programs commonly make. */
#ifndef PROCTOR_DECODE_KINDS_IOCTL_H
#define PROCTOR_DECODE_KINDS_IOCTL_H

#include "decode/decoder.h"
#include "decode/xlat.h"

/* "TIOCGWINSZ", or several names joined by "or" for a number that means different things. */
extern const struct xlat xlat_ioctl_names;

extern const struct kind kind_ioctl_request;
extern const struct kind kind_ioctl_arg; /* the second argument is the request */

/* What the argument of a request is. */
enum ioctl_as {
    IOCTL_NOTHING,  /* no argument */
    IOCTL_INT,      /* the register is a number */
    IOCTL_UNSIGNED, /* the same, a full word */
    IOCTL_FD,
    IOCTL_ENUM,      /* aux: xlat */
    IOCTL_FLAGS,     /* aux: xlat */
    IOCTL_STRING,    /* a pointer to a string */
    IOCTL_NUMBER_AT, /* a pointer to a number of `size` bytes (0: a long), signed */
    IOCTL_UNSIGNED_AT,
    IOCTL_HEX_AT,
    IOCTL_FLAGS_AT,  /* aux: xlat */
    IOCTL_PAIR_AT,   /* two 64-bit numbers */
    IOCTL_TEXT_AT,   /* `size` bytes, a string up to its NUL */
    IOCTL_LAYOUT_AT, /* aux: struct layout */
    IOCTL_DECODED,   /* aux: struct kind */
};

struct ioctl_shape {
    uint32_t request;
    uint8_t as;        /* enum ioctl_as */
    uint8_t direction; /* DIR_IN, DIR_OUT, DIR_INOUT */
    uint16_t size;
    const void *aux;
};

/* Shapes of one device family. */
struct ioctl_shapes {
    const struct ioctl_shape *shapes;
    uint32_t count;
};
#define IOCTL_SHAPES(id, ...)                                                                                \
    static const struct ioctl_shape id##_shapes[] = {__VA_ARGS__};                                           \
    const struct ioctl_shapes ioctl_shapes_##id = {id##_shapes, sizeof(id##_shapes) / sizeof(id##_shapes[0])}

extern const struct ioctl_shapes ioctl_shapes_term, ioctl_shapes_file, ioctl_shapes_net, ioctl_shapes_misc,
    ioctl_shapes_structures, ioctl_shapes_devices, ioctl_shapes_seccomp;

/* The shape of a request to an input device whose number says more than what is asked; NULL: it is none. */
const struct ioctl_shape *ioctl_input_shape(uint32_t request);

extern const struct xlat xlat_kvm_caps; /* KVM_CAP_IRQCHIP */

/* Appends the first n bytes as a string that ends at its NUL. */
void decode_char_array(struct decoder *d, const char *name, const char *bytes, size_t n);

#endif
