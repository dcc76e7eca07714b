/*
 * From a selection of calls to a BPF program. libseccomp builds it; this adds what libseccomp's tables do not
 * know.
 */
#ifndef PROCTOR_LAUNCHER_FILTER_H
#define PROCTOR_LAUNCHER_FILTER_H

#include <linux/filter.h>

#include "decode/base/error.h"
#include "decode/scalar.h"
#include "decode/select.h"

/* How the supervisor gets a call that is selected. */
enum filter_how {
    FILTER_NOTIFY, /* by the listener */
    FILTER_TRACE,  /* by a stop of the tracer (ptrace); without a tracer the call fails with ENOSYS */
    FILTER_ALONE,  /* not at all: the filter answers by itself (launcher/filter_oci.h) */
};

/* Errors with which the kernel answers calls by itself; 0: it does not. */
struct filter_errors {
    uint16_t of[ABI_COUNT][CALL_COUNT];
};

struct filter_spec {
    struct selection notify; /* calls sent to the supervisor */
    enum filter_how how;
    struct call_set refuse; /* calls answered with ENOSYS in the kernel, on every ABI (--no-io-uring) */
    const struct filter_errors *errors; /* NULL: none */
    /* Calls about which their arguments decide; where no rule holds the above does. NULL: none. */
    const struct scalar_table *scalars;
};

struct filter {
    struct sock_filter *code;
    unsigned short length; /* instructions */
    enum filter_how how;
    unsigned long flags; /* FILTER_ALONE: SECCOMP_FILTER_FLAG_* */
};

/* The action of a selected call: what stands in `scalars` for one that is to be sent. */
uint32_t filter_selected(enum filter_how how);

/*
 * Builds the program. Everything not named is allowed by a constant, whatever its arguments, so that the
 * kernel's per-filter bitmap answers it (kernel/seccomp.c, seccomp_cache_prepare). On success the caller owns
 * *filter and releases it with filter_free. Returns 0, -ENOMEM, or another negative errno with err filled.
 */
int filter_build(const struct filter_spec *spec, struct filter *filter, struct error *err);
void filter_free(struct filter *filter);

/* Whether the listener of a filter that filter_load loads keeps a received call from being interrupted
 * (5.19). */
bool filter_waits_undisturbed(void);

/*
 * Loads the program into the calling thread, with a new listener if it notifies; every flag the kernel has is
 * used. Returns the listener (close-on-exec), 0 for a filter without one, or a negative errno: -EBUSY another
 * listener is installed, -EACCES neither no_new_privs nor CAP_SYS_ADMIN. Async-signal-safe: called between
 * fork and exec.
 */
int filter_load(const struct filter *filter);

#endif
