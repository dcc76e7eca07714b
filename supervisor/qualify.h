/* The qualifiers of -e besides trace: what is shown of the calls, descriptors and signals that they name. */
#ifndef PROCTOR_SUPERVISOR_QUALIFY_H
#define PROCTOR_SUPERVISOR_QUALIFY_H

#include "decode/base/error.h"
#include "decode/dump.h"
#include "decode/inject.h"
#include "decode/select.h"

struct qualifiers {
    struct selection abbreviated; /* -e abbrev=; -v: none */
    struct selection raw;         /* -e raw=: arguments are numbers */
    struct selection decoded;     /* -e verbose=: structures are decoded */
    uint64_t signals;             /* -e signal=: bit N - 1 for signal N */
    struct dump_fds dumped;       /* -e read=, -e write= */
    struct injections injections; /* -e inject=, -e fault= */
};

/* Everything decoded and abbreviated, all signals, nothing raw, no injections. */
void qualifiers_init(struct qualifiers *q);
void qualifiers_free(struct qualifiers *q);

/*
 * Reads `name`=`set`. Returns 0, or -EINVAL with err naming what is wrong with it: an unknown call or signal,
 * or a qualifier of strace's that can't be had here, and why.
 */
int qualifiers_parse(struct qualifiers *q, const char *name, size_t length, const char *set,
                     struct error *err);

/* How a call is decoded: `base`, changed in `own` where qualifiers say so. q: may be NULL. */
const struct decode_options *qualifiers_apply(const struct qualifiers *q, const struct decode_options *base,
                                              const struct abi *abi, enum call_id id,
                                              struct decode_options *own);

static inline bool qualifiers_show_signal(const struct qualifiers *q, int signal)
{
    return !q || signal < 1 || signal > 64 || q->signals >> (signal - 1) & 1;
}

#endif
