#include "decode/kinds/rlimit.h"

#include <linux/ioprio.h>
#include <sys/resource.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"

XLAT(resource, "RLIMIT_???", X(RLIMIT_CPU), X(RLIMIT_FSIZE), X(RLIMIT_DATA), X(RLIMIT_STACK), X(RLIMIT_CORE),
     X(RLIMIT_RSS), X(RLIMIT_NPROC), X(RLIMIT_NOFILE), X(RLIMIT_MEMLOCK), X(RLIMIT_AS), X(RLIMIT_LOCKS),
     X(RLIMIT_SIGPENDING), X(RLIMIT_MSGQUEUE), X(RLIMIT_NICE), X(RLIMIT_RTPRIO), X(RLIMIT_RTTIME));
/* The argument is 32 bits wide. */
XLAT(rusage_who, "RUSAGE_???", X(RUSAGE_SELF), {UINT32_MAX, "RUSAGE_CHILDREN"},
     {UINT32_MAX - 1, "RUSAGE_BOTH"}, X(RUSAGE_THREAD));
XLAT(priority_which, "PRIO_???", X(PRIO_PROCESS), X(PRIO_PGRP), X(PRIO_USER));
XLAT(ioprio_which, "IOPRIO_WHO_???", X(IOPRIO_WHO_PROCESS), X(IOPRIO_WHO_PGRP), X(IOPRIO_WHO_USER));
XLAT(ioprio_class, "IOPRIO_CLASS_???", X(IOPRIO_CLASS_NONE), X(IOPRIO_CLASS_RT), X(IOPRIO_CLASS_BE),
     X(IOPRIO_CLASS_IDLE));

static void decode_limit(struct decoder *d, const char *name, uint64_t limit, bool wide)
{
    uint32_t index = 0;
    if (limit == (wide ? UINT64_MAX : UINT32_MAX)) {
        index = values_word(d->out, name, wide ? "RLIM64_INFINITY" : "RLIM_INFINITY");
    } else if (limit > 1024 && limit % 1024 == 0) {
        index = values_wordf(d->out, name, "%llu*1024", (unsigned long long)limit / 1024);
    } else {
        values_add(d->out, VALUE_UINT, name, limit);
        return;
    }
    values_stand_for(d->out, index, limit, VALUE_AS_UINT);
}

/* kind->option: the limits have 64 bits on every ABI. */
static void decode_rlimit(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool wide = kind->option || d->abi->long_size == 8;
    uint64_t limits[2] = {0};
    uint32_t narrow[2] = {0};

    if (!decode_object(d, name, raw, wide ? (void *)limits : narrow,
                       wide ? sizeof(limits) : sizeof(narrow))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_limit(d, "rlim_cur", wide ? limits[0] : narrow[0], wide);
    decode_limit(d, "rlim_max", wide ? limits[1] : narrow[1], wide);
    values_close(d->out);
}

/* kind->size: what -X raw shows of it. */
static void decode_ioprio(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t priority = (uint32_t)raw;
    uint32_t index = values_open_func(d->out, name, "IOPRIO_PRIO_VALUE");
    values_at(d->out, index)->number = priority;
    values_at(d->out, index)->flags |= (uint16_t)(kind->size | VALUE_UNNAMED);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ioprio_class, priority >> IOPRIO_CLASS_SHIFT);
    values_add(d->out, VALUE_UINT, NULL, priority & ((1U << IOPRIO_CLASS_SHIFT) - 1));
    values_close(d->out);
}

static void decode_ioprio_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_INT, NULL, raw);
    decode_ioprio(d, NULL, kind, raw);
    values_close(d->out);
}

#define OUT .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 16
KIND_ENUM(resource, resource);
const struct kind kind_rlimit = {.decode = decode_rlimit};
const struct kind kind_rlimit_out = {.decode = decode_rlimit, OUT};
const struct kind kind_rlimit64 = {.decode = decode_rlimit, .option = 1};
const struct kind kind_rlimit64_out = {.decode = decode_rlimit, .option = 1, OUT};
KIND_ENUM(rusage_who, rusage_who);
/* kind->option: the first argument where this one is a process; one more, and it is a group. */
static void decode_who(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if ((uint32_t)d->args[0] == kind->option) {
        decode_pid(d, name, (int32_t)raw);
    } else if ((uint32_t)d->args[0] == kind->option + 1U) {
        decode_id_of(d, name, (int32_t)raw, ID_OF_GROUP);
    } else {
        kind_int.decode(d, name, &kind_int, raw);
    }
}

KIND_ENUM(priority_which, priority_which);
KIND_ENUM(ioprio_which, ioprio_which);
const struct kind kind_priority_who = {.decode = decode_who, .option = PRIO_PROCESS};
const struct kind kind_ioprio_who = {.decode = decode_who, .option = IOPRIO_WHO_PROCESS};
const struct kind kind_ioprio = {.decode = decode_ioprio, .size = VALUE_AS_INT};
const struct kind kind_ioprio_hex = {.decode = decode_ioprio, .size = VALUE_AS_HEX};
const struct kind kind_ioprio_result = {.decode = decode_ioprio_result, .size = VALUE_NOT_RAW};
