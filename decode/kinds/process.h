/* Kinds of the process family that fit nowhere else, and helpers by which calls with sub-functions are made.
 */
#ifndef PROCTOR_DECODE_KINDS_PROCESS_H
#define PROCTOR_DECODE_KINDS_PROCESS_H

#include "decode/decoder.h"

/*
 * Decodes an argument whose meaning another argument decides as if its kind were `kind`. The argument's own
 * kind must have DIR_INOUT if any that it may stand for is written by the call: what `kind` writes is shown
 * as an address at entry and decoded at exit.
 */
void decode_as(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw);

/* A result and the name of its value or its bits: 1 (SUID_DUMP_USER). No remark where there is no name. */
void decode_result_enum(struct decoder *d, const struct xlat *xlat, uint64_t number);
void decode_result_flags(struct decoder *d, const struct xlat *xlat, uint64_t bits);

/* A kind whose decode gives [name] for the 32 bits that a call writes, named by a table. */
#define KIND_ENUM_OUT(id, table)                                                                             \
    const struct kind kind_##id = {.decode = decode_enum_at,                                                 \
                                   .aux = &xlat_##table,                                                     \
                                   .size = 4,                                                                \
                                   .direction = DIR_OUT,                                                     \
                                   .extent = EXTENT_FIXED}
decode_fn decode_enum_at;

extern const struct kind kind_int_out;    /* [5], 32 bits, signed */
extern const struct kind kind_uint_out;   /* [5], 32 bits */
extern const struct kind kind_addr_out;   /* [0x7f00], a pointer */
extern const struct kind kind_signal_out; /* [SIGTERM] */

extern const struct kind kind_personality;
extern const struct kind kind_personality_result;
extern const struct kind kind_pidfd_flags;
extern const struct kind kind_pidfd_signal_flags;
extern const struct kind kind_kcmp_type;
extern const struct kind kind_kcmp_index; /* what the third argument says it is */

/* Segment descriptors of i386. */
extern const struct kind kind_user_desc;        /* set_thread_area */
extern const struct kind kind_user_desc_inout;  /* get_thread_area: a number in, the rest out */
extern const struct kind kind_ldt_entry;        /* modify_ldt: where the next argument is the size of one */
extern const struct kind kind_ldt_result;       /* of modify_ldt: bytes, or an error as a positive number */
extern const struct kind kind_user_desc_result; /* the number that set_thread_area chose */

#endif
