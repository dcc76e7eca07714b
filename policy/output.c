#include "policy/output.h"

#include <errno.h>
#include <string.h>

#include "decode/render.h"
#include "policy/field_event.h"
#include "policy/match.h"
#include "policy/parser.h"

static int add_part(struct output *output, struct arena *arena, const struct output_part *part)
{
    struct output_part *new = arena_append(arena, &output->parts, &output->count, sizeof(*output->parts));
    if (new) {
        *new = *part;
    }
    return new ? 0 : -ENOMEM;
}

static int add_literal(struct output *output, struct arena *arena, const char *s, size_t n)
{
    struct output_part part = {.text = {s, n}};
    return n ? add_part(output, arena, &part) : 0;
}

/* The field after a '%' at `start`; moves *at past it. */
static int add_field(struct output *output, struct arena *arena, const struct phrase *phrase, size_t *at,
                     struct error *err)
{
    struct output_part part = {.is_field = true};
    struct ast_operand operand;
    size_t start = *at;
    if (!parse_operand(arena, phrase, at, &operand, err)) {
        return -EINVAL;
    }
    /* A full stop after a field ends the sentence. */
    while (!operand.arg.s && !operand.count && operand.field.n &&
           operand.field.s[operand.field.n - 1] == '.') {
        operand.field.n--;
        operand.field.s = arena_copy(arena, operand.field.s, operand.field.n);
        if (!operand.field.s) {
            return error_errno(err, ENOMEM, "rules");
        }
        --*at;
    }
    int status = field_resolve(arena, &operand, phrase, &part.field, err);
    part.text = (struct text){phrase->text + start, *at - start};
    return status ? status : add_part(output, arena, &part);
}

int output_parse(struct output *output, struct arena *arena, const struct phrase *phrase, struct error *err)
{
    const char *text = phrase->text;
    size_t end = phrase->length;
    while (end && strchr(" \t\n", text[end - 1])) {
        end--;
    }
    size_t from = 0;
    int status = 0;
    *output = (struct output){.parts = NULL};
    for (size_t i = 0; i < end && !status;) {
        if (text[i] != '%') {
            i++;
            continue;
        }
        status = add_literal(output, arena, text + from, i - from);
        if (text[i + 1] == '%') { /* "%%" is '%' */
            from = i + 1;
            i += 2;
            continue;
        }
        i++;
        if (!status) {
            status = add_field(output, arena, phrase, &i, err);
        }
        from = i;
    }
    if (!status && from < end) {
        status = add_literal(output, arena, text + from, end - from);
    }
    return status == -ENOMEM ? error_errno(err, ENOMEM, "rules") : status;
}

void output_text(struct buf *out, const struct output *output, struct reader *reader)
{
    for (size_t i = 0; i < output->count; i++) {
        const struct output_part *part = &output->parts[i];
        if (!part->is_field) {
            buf_bytes(out, part->text.s, part->text.n);
        } else if (!field_print(reader, &part->field, out)) {
            buf_str(out, "<NA>");
        }
    }
}

/* The line of an alert: time, priority, output, with what would break a line or a terminal shown as '.'. */
static void put_line(struct buf *out, const struct alert *alert, struct reader *reader)
{
    size_t start = out->len;
    event_time(out, reader->subject->event->time_ns, TIME_CLOCK);
    buf_str(out, ": ");
    buf_str(out, priority_name(alert->rule->priority));
    buf_char(out, ' ');
    output_text(out, alert->output, reader);
    for (size_t i = start; i < out->len; i++) {
        unsigned char c = (unsigned char)out->data[i];
        if (c < 0x20 || c == 0x7f) {
            out->data[i] = '.';
        }
    }
}

void alert_text(struct buf *out, const struct alert *alert, struct reader *reader)
{
    put_line(out, alert, reader);
    if (alert->denied) {
        buf_str(out, alert->audit ? " (would be denied: " : " (denied: ");
        buf_str(out, alert->denied);
        buf_char(out, ')');
    }
    if (alert->held) {
        buf_str(out, alert->audit ? " (would be " : " (");
        buf_str(out, alert->held);
        buf_char(out, ')');
    }
    buf_char(out, '\n');
}

static void put_field(struct buf *out, const struct output_part *part, struct reader *reader)
{
    struct field_value value;
    render_json_string(out, part->text.s, part->text.n);
    buf_char(out, ':');
    if (!field_read(reader, &part->field, 0, &value)) {
        buf_str(out, "null");
    } else if (part->field.type == FIELD_INT || part->field.type == FIELD_BOOL) {
        field_print(reader, &part->field, out);
    } else if (part->field.type == FIELD_TEXT) {
        render_json_string(out, value.text.s, value.text.n);
    } else {
        buf_char(out, '"');
        field_print(reader, &part->field, out);
        buf_char(out, '"');
    }
}

static bool shown_before(const struct output *output, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (output->parts[k].is_field && match_equal(output->parts[k].text, output->parts[i].text)) {
            return true;
        }
    }
    return false;
}

static void put_fields(struct buf *out, const struct output *output, struct reader *reader)
{
    bool first = true;
    buf_str(out, ",\"output_fields\":{");
    for (size_t i = 0; i < output->count; i++) {
        if (output->parts[i].is_field && !shown_before(output, i)) {
            buf_str(out, first ? "" : ",");
            put_field(out, &output->parts[i], reader);
            first = false;
        }
    }
    buf_char(out, '}');
}

void alert_json(struct buf *out, const struct alert *alert, struct reader *reader)
{
    const struct rule *rule = alert->rule;
    struct buf line = {0};
    put_line(&line, alert, reader);
    buf_char(out, '{');
    if (reader->subject->hostname) {
        buf_str(out, "\"hostname\":");
        render_json_string(out, reader->subject->hostname, strlen(reader->subject->hostname));
        buf_char(out, ',');
    }
    buf_str(out, "\"output\":");
    render_json_string(out, line.data, line.len);
    put_fields(out, alert->output, reader);
    (void)render_json_member(out, "priority", priority_name(rule->priority));
    (void)render_json_member(out, "rule", rule->name.s);
    (void)render_json_member(out, "source", rule->source.s);
    buf_str(out, ",\"tags\":[");
    for (size_t i = 0; i < rule->tag_count; i++) {
        buf_str(out, i ? "," : "");
        render_json_string(out, rule->tags[i].s, rule->tags[i].n);
    }
    buf_str(out, "],\"time\":\"");
    event_time(out, reader->subject->event->time_ns, TIME_ISO8601);
    buf_char(out, '"');
    if (alert->predicted) {
        buf_str(out, ",\"predicted\":true");
    }
    (void)render_json_member(out, alert->audit ? "would_deny" : "denied", alert->denied);
    (void)render_json_member(out, alert->audit ? "would_be" : "was", alert->held);
    buf_str(out, "}\n");
    buf_free(&line);
}
