#include "supervisor/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/render.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

static void set_example(struct tally_line *line, const struct event *event, const char *process)
{
    static const struct render_options options = {.column = 0};
    struct buf call = {0};
    render_call_start(&call, event, &options);
    snprintf(line->example, sizeof(line->example), "[pid %d, %.15s] %.*s)", event->process.pid, process,
             (int)(call.len < 200 ? call.len : 200), call.len ? call.data : "");
    buf_free(&call);
}

void tally_add(struct tally *tally, const char *rule, const char *done, const struct event *event,
               const char *process)
{
    const char *call = event->call->name ? event->call->name : "?";
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_line *line = &tally->lines[i];
        if (same(line->rule, rule) && same(line->call, call) && same(line->done, done)) {
            line->count++;
            return;
        }
    }
    if (tally->count == TALLY_MAX) {
        tally->others++;
        return;
    }
    struct tally_line *line = &tally->lines[tally->count++];
    *line = (struct tally_line){.rule = rule, .call = call, .done = done, .count = 1};
    set_example(line, event, process);
}

static int compare(const void *a, const void *b)
{
    const struct tally_line *x = a;
    const struct tally_line *y = b;
    return x->count > y->count ? -1 : x->count < y->count;
}

void tally_print(struct tally *tally, bool audit, struct buf *out)
{
    if (!tally->count) {
        return;
    }
    qsort(tally->lines, tally->count, sizeof(tally->lines[0]), compare);
    buf_str(out, audit ? "What would have been denied:\n" : "What was denied:\n");
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_line *line = &tally->lines[i];
        buf_printf(out, "%8llu  %-16s %-8s by %s; first: %s\n", (unsigned long long)line->count, line->call,
                   line->done, line->rule ? line->rule : "the profile", line->example);
    }
    if (tally->others) {
        buf_printf(out, "%8llu  others\n", (unsigned long long)tally->others);
    }
}
