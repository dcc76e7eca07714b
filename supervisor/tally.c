#include "supervisor/tally.h"

#include <inttypes.h>
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

void tally_add(struct tally *tally, enum tally_kind kind, const char *rule, const char *done,
               const struct event *event, const char *process)
{
    const char *call = event->call->name ? event->call->name : "?";
    for (size_t i = 0; i < tally->count; i++) {
        struct tally_line *line = &tally->lines[i];
        if (line->kind == kind && same(line->rule, rule) && same(line->call, call) &&
            same(line->done, done)) {
            line->count++;
            return;
        }
    }
    if (tally->count == TALLY_MAX) {
        tally->others++;
        return;
    }
    struct tally_line *line = &tally->lines[tally->count++];
    *line = (struct tally_line){.kind = kind, .rule = rule, .call = call, .done = done, .count = 1};
    set_example(line, event, process);
}

static int compare(const void *a, const void *b)
{
    const struct tally_line *x = a;
    const struct tally_line *y = b;
    return x->count > y->count ? -1 : x->count < y->count;
}

static void sort(struct tally *tally)
{
    qsort(tally->lines, tally->count, sizeof(tally->lines[0]), compare);
}

static void print_kind(const struct tally *tally, enum tally_kind kind, const char *title, struct buf *out)
{
    bool any = false;
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_line *line = &tally->lines[i];
        if (line->kind != kind) {
            continue;
        }
        buf_str(out, any ? "" : title);
        any = true;
        buf_printf(out, "%8" PRIu64 "  %-16s %-8s by %s; first: ", line->count, line->call,
                   line->done ? line->done : "", line->rule ? line->rule : "the profile");
        render_plain(out, line->example, strlen(line->example));
        buf_char(out, '\n');
    }
}

void tally_text(struct tally *tally, bool audit, uint64_t suppressed, struct buf *out)
{
    static const char *const titles[TALLY_KINDS][2] = {
        [TALLY_DENIED] = {"What was denied:\n", "What would have been denied:\n"},
        [TALLY_HELD] = {"What was held back:\n", "What would have been held back:\n"},
        [TALLY_REPORTED] = {"What was reported:\n", "What was reported:\n"}};
    sort(tally);
    for (enum tally_kind kind = TALLY_DENIED; kind < TALLY_KINDS; kind++) {
        print_kind(tally, kind, titles[kind][audit], out);
    }
    if (tally->others) {
        buf_printf(out, "%8" PRIu64 "  others\n", tally->others);
    }
    if (suppressed) {
        buf_printf(out, "%8" PRIu64 "  alerts were not written (--rate-limit)\n", suppressed);
    }
}

static void put_string(struct buf *out, const char *key, const char *text)
{
    buf_str(out, key);
    if (text) {
        render_json_string(out, text, strlen(text));
    } else {
        buf_str(out, "null");
    }
}

void tally_json(struct tally *tally, bool audit, uint64_t suppressed, struct buf *out)
{
    static const char *const kinds[TALLY_KINDS] = {
        [TALLY_DENIED] = "denied", [TALLY_HELD] = "held", [TALLY_REPORTED] = "reported"};
    if (!tally->count) {
        return;
    }
    sort(tally);
    buf_printf(out, "{\"type\":\"summary\",\"mode\":\"%s\",\"found\":[", audit ? "audit" : "enforce");
    for (size_t i = 0; i < tally->count; i++) {
        const struct tally_line *line = &tally->lines[i];
        put_string(out, i ? ",{\"rule\":" : "{\"rule\":", line->rule);
        put_string(out, ",\"call\":", line->call);
        put_string(out, ",\"kind\":", kinds[line->kind]);
        put_string(out, ",\"done\":", line->done);
        buf_printf(out, ",\"count\":%" PRIu64, line->count);
        put_string(out, ",\"first\":", line->example);
        buf_char(out, '}');
    }
    buf_printf(out, "],\"others\":%" PRIu64 ",\"suppressed\":%" PRIu64 "}\n", tally->others, suppressed);
}
