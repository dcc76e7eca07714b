/*
 * Injections as strace writes them: what is done to calls instead of, before or after what the kernel does.
 *
 *     SET[:error=ERRNO|:retval=N][:signal=SIG][:syscall=CALL][:delay_enter=TIME][:delay_exit=TIME]
 *        [:poke_enter=@argN=HEX,...][:poke_exit=@argN=HEX,...][:when=FIRST[..LAST][+[STEP]]]
 *
 * Pure: parsing, and the question whether an invocation is one of those that `when` means.
 */
#ifndef PROCTOR_DECODE_INJECT_H
#define PROCTOR_DECODE_INJECT_H

#include "decode/base/error.h"
#include "decode/select.h"

/* What an injection does; any of them together, but ERROR and RETVAL. */
enum {
    INJECT_ERROR = 1 << 0,
    INJECT_RETVAL = 1 << 1,
    INJECT_SIGNAL = 1 << 2,
    INJECT_SYSCALL = 1 << 3, /* the call that is made in the place of one that gets an error or a value */
    INJECT_DELAY_ENTER = 1 << 4,
    INJECT_DELAY_EXIT = 1 << 5,
    INJECT_POKE_ENTER = 1 << 6,
    INJECT_POKE_EXIT = 1 << 7,
    INJECT_WHEN = 1 << 8, /* not every invocation */
};

/* What only a tracer that stops the task when the call returns can do. */
enum { INJECT_AT_EXIT = INJECT_SYSCALL | INJECT_DELAY_EXIT | INJECT_POKE_EXIT };

/* Bytes written to where an argument points. */
struct poke {
    unsigned arg; /* index, from 0 */
    uint32_t length;
    unsigned char *bytes; /* owned */
};

struct pokes {
    struct poke args[CALL_ARGS_MAX];
    unsigned count;
};

struct injection {
    struct selection calls;
    bool traced_only; /* of `all` and !SET: of these calls, those that are shown */
    unsigned what;    /* INJECT_* */
    int error;        /* positive errno */
    int64_t value;
    int signal;
    enum call_id replacement;
    int64_t delay_enter_ns;
    int64_t delay_exit_ns;
    struct pokes enter;
    struct pokes exit;
    uint32_t first; /* invocations counted from 1; last 0: without end; step 0: `first` alone */
    uint32_t last;
    uint32_t step;
};

struct injections {
    struct injection *items; /* owned */
    size_t count;
};

/*
 * Adds the injection that `text` (what follows inject= or fault=) describes. `fault`: only error= and when=
 * may be given, and the error is ENOSYS unless one is. Returns 0, -ENOMEM, or -EINVAL with err naming what is
 * wrong and in which column of `text`, which stands in the hint.
 */
int injections_add(struct injections *injections, const char *text, bool fault, struct error *err);
void injections_free(struct injections *injections);

/*
 * The injection for a call made through `abi`: of several, the last. shown: whether the call is traced. NULL:
 * none.
 */
const struct injection *injections_find(const struct injections *injections, const struct abi *abi,
                                        enum call_id id, bool shown);

/* True if `when` means the nth invocation, counted from 1. */
bool injection_due(const struct injection *injection, uint32_t nth);

/* The union of `what` of all: which sources of calls and results can serve them. */
unsigned injections_what(const struct injections *injections);

/*
 * A value that the program will take for an error, as the C library does those from -4095 to -1: that error,
 * or 0. compat: also as a program with 32-bit registers sees it.
 */
int injection_looks_like_error(const struct injection *injection, bool *compat);

#endif
