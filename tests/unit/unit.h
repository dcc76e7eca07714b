/* What every unit test needs: Check, a runner, and a decoder over a buffer that stands for the target's
 * memory. */
#ifndef PROCTOR_TESTS_UNIT_H
#define PROCTOR_TESTS_UNIT_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "decode/call.h"
#include "decode/event.h"
#include "decode/render.h"

/* Runs a suite and returns main's status. */
static inline int unit_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}

enum { UNIT_BASE = 0x10000, UNIT_SIZE = 0x4000 };

/* A target: UNIT_SIZE bytes of memory at UNIT_BASE, everything else unmapped. */
struct unit_target {
    struct decode_options options;
    struct mem_buffer memory;
    unsigned char bytes[UNIT_SIZE];
    enum abi_id abi;
    uint64_t stack; /* the stack pointer */
    const struct fd_names *fds;
    /* What the next call writes into the memory, between its entry and its exit. */
    struct unit_written {
        size_t offset;
        const void *bytes;
        size_t n;
    } written;
    struct event event;
    struct buf text;
};

static inline void unit_start(struct unit_target *t)
{
    memset(t, 0, sizeof(*t));
    setenv("TZ", "UTC0", 1); /* dates are the same everywhere */
    t->options = (struct decode_options){.string_max = 32, .array_max = 32};
    mem_buffer_init(&t->memory, UNIT_BASE, t->bytes, sizeof(t->bytes));
    ck_assert_int_eq(values_init(&t->event.values), 0);
}

static inline void unit_end(struct unit_target *t)
{
    values_free(&t->event.values);
    buf_free(&t->text);
}

/* Puts bytes at an offset of the target's memory; returns their address there. */
static inline uint64_t unit_put(struct unit_target *t, size_t offset, const void *bytes, size_t n)
{
    ck_assert(offset + n <= sizeof(t->bytes));
    memcpy(t->bytes + offset, bytes, n);
    return UNIT_BASE + offset;
}

/*
 * Decodes a call at entry and, if `exited`, at its exit with `result`; returns its text up to and including
 * the result, without the newline: `openat(AT_FDCWD, "/", O_RDONLY) = 3`. NUL-terminated; valid until the
 * next call.
 */
static inline const char *unit_call(struct unit_target *t, enum call_id id,
                                    const uint64_t args[CALL_ARGS_MAX], bool exited, int64_t result)
{
    struct render_options render = {.column = 0};
    struct render_state state = {0};
    struct event *e = &t->event;
    struct decoder d = {.options = &t->options,
                        .mem = &t->memory.mem,
                        .fds = t->fds,
                        .abi = &abis[t->abi],
                        .call = call_line_in(&abis[t->abi], id),
                        .args = e->args,
                        .out = &e->values,
                        .stack = t->stack};
    values_reset(&e->values);
    e->type = EVENT_CALL;
    e->abi = d.abi;
    e->call = d.call;
    e->number = call_number(d.abi, id);
    memcpy(e->args, args, sizeof(e->args));
    e->result_state = exited ? RESULT_KNOWN : RESULT_UNKNOWN;
    e->result = d.result = result;
    e->duration_ns = -1;
    decode_entry(&d);
    if (t->written.n) {
        memcpy(t->bytes + t->written.offset, t->written.bytes, t->written.n);
        t->written.n = 0;
    }
    e->result_value = exited ? decode_exit(&d) : 0;
    memcpy(e->value, d.value, sizeof(e->value));
    t->text.len = 0;
    render_text(&t->text, e, &render, &state, PID_NONE);
    ck_assert(t->text.len > 0 && t->text.data[t->text.len - 1] == '\n');
    t->text.data[t->text.len - 1] = 0;
    return t->text.data;
}

/* unit_call with the arguments spelled out, at entry. */
#define unit_entry(t, id, ...) unit_call(t, id, (const uint64_t[CALL_ARGS_MAX]){__VA_ARGS__}, false, 0)
/* The same at exit with a result. */
#define unit_exit(t, id, result, ...)                                                                        \
    unit_call(t, id, (const uint64_t[CALL_ARGS_MAX]){__VA_ARGS__}, true, result)

#endif
