/*
 * Where results come from. A notification says that a call begins; an exit source says how it ended. Behind
 * this interface are bpf (supervisor/results_bpf.c) and, where that is not allowed, ptrace
 * (supervisor/trace_source.c); without one, lines end in "= ?".
 */
#ifndef PROCTOR_SUPERVISOR_RESULTS_H
#define PROCTOR_SUPERVISOR_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "decode/decoder.h"
#include "decode/mem.h"
#include "decode/select.h"

enum record_type {
    RECORD_RESULT, /* a notified call returned */
    RECORD_SIGNAL, /* a signal is about to be delivered */
    RECORD_BEGIN,  /* a call that is not notified begins: see `begin` */
};

/* A piece of the target's memory as it was when the call returned. */
struct capture {
    uint64_t addr;
    uint32_t size;
    const void *bytes;
};

enum { CAPTURES_MAX = 96 };

struct record {
    enum record_type type;
    pid_t pid; /* of the task when the record was made: after an exec by a thread it is the leader's */
    pid_t tid;
    int number;     /* of the call, ABI bit included */
    bool compat;    /* RECORD_BEGIN: the call is i386's; RECORD_SIGNAL: so is the code at `instruction` */
    int64_t result; /* RECORD_RESULT: as the kernel returns it */
    /* RECORD_SIGNAL, where `live` is NULL: where the task was in its program. */
    uint64_t instruction;
    /* CLOCK_MONOTONIC after seccomp has let the call go (0: the source has put it into the slot), and when it
     * returned or the signal came */
    int64_t begin_ns;
    int64_t end_ns;
    unsigned captures;
    struct capture capture[CAPTURES_MAX];
    struct mem *live;    /* the target's own memory, as it stands still; NULL: see capture */
    int signal;          /* RECORD_SIGNAL */
    const void *siginfo; /* RECORD_SIGNAL: the start of the kernel's siginfo_t, or NULL */
    size_t siginfo_size; /* at most 128 */
    /* The task's, as struct user_regs_struct begins (see registers_from_user). RECORD_BEGIN: never NULL.
     * RECORD_SIGNAL: NULL: not recorded; else its stack is among what was captured. */
    const void *registers;
};

/* A call that was interrupted before it began. */
struct interrupted {
    uint64_t instruction; /* behind it */
    int number;
};

struct results {
    const char *name; /* "bpf" */
    /*
     * Fills in the oldest record that is there now and leaves it there; what it points to is valid until pop.
     * False when there is none. Every call that was notified and let go makes one record, shown or not.
     */
    bool (*peek)(struct results *results, struct record *record);
    /* Removes the record that peek gave. */
    void (*pop)(struct results *results);
    /* Makes records for the tasks under the newest filter of task `tid`, from its next call on. 0 or a
     * negative errno. */
    int (*follow)(struct results *results, pid_t tid);
    /*
     * Records the calls of this number as well, from the next one on, if they are not recorded yet. 0 or a
     * negative errno: their results will not come.
     */
    int (*want)(struct results *results, const struct abi *abi, int number);
    /*
     * Makes a record when one of these calls begins, too, so that it needs no notification; they are among
     * those that are recorded from the start. NULL: the source can't.
     */
    void (*begin)(struct results *results, const struct selection *calls);
    /*
     * Remembers from now on where calls are interrupted before they begin, as nobody has received them yet:
     * these, and those that are recorded later. NULL, as the next two: the source can't.
     */
    void (*watch_interrupted)(struct results *results, const struct selection *calls);
    /* How many were, so far. */
    uint64_t (*interruptions)(struct results *results);
    /* Whether the last call that task `tid` made with its stack pointer at `stack` was; then which. */
    bool (*interrupted)(struct results *results, pid_t tid, uint64_t stack, struct interrupted *call);
    /* How many records were lost since the start. */
    uint64_t (*lost)(struct results *results);
    /* Whether a result of task `tid` was lost that came after this time (CLOCK_MONOTONIC). */
    bool (*lost_of)(struct results *results, pid_t tid, int64_t since_ns);
    void (*close)(struct results *results);
};

#endif
