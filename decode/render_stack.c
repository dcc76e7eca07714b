/* Stack traces, as strace prints them, and in JSON. */
#include <string.h>

#include "decode/render.h"

static void text_of(struct buf *out, const char *text)
{
    render_plain(out, text, strlen(text));
}

/* " > FILE(SYMBOL+0xOFFSET) [0xADDRESS] SOURCE:LINE", as backtrace_symbols(3) has it. */
static void frame_text(struct buf *out, const struct event_frame *frame)
{
    buf_str(out, " > ");
    text_of(out, frame->binary);
    buf_char(out, '(');
    if (frame->symbol) {
        text_of(out, frame->symbol);
        buf_char(out, '+');
        buf_hex(out, frame->offset);
    }
    buf_str(out, ") [");
    buf_hex(out, frame->address);
    buf_char(out, ']');
    if (frame->file) {
        buf_char(out, ' ');
        text_of(out, frame->file);
        buf_char(out, ':');
        buf_int(out, frame->line);
    }
    buf_char(out, '\n');
}

void render_stack_text(struct buf *out, const struct event_stack *stack)
{
    for (size_t i = 0; stack->frames && i < stack->count; i++) {
        frame_text(out, &stack->frames[i]);
    }
    if (stack->frames && stack->cut) {
        buf_str(out, " > (");
        buf_str(out, stack->cut);
        buf_str(out, ")\n");
    }
}

static void frame_json(struct buf *out, const struct event_frame *frame)
{
    buf_str(out, "{\"address\":\"");
    buf_hex(out, frame->address);
    buf_char(out, '"');
    (void)render_json_member(out, "binary", frame->binary);
    (void)render_json_member(out, "symbol", frame->symbol);
    if (frame->symbol) {
        buf_str(out, ",\"offset\":");
        buf_uint(out, frame->offset);
    }
    (void)render_json_member(out, "file", frame->file);
    if (frame->file) {
        buf_str(out, ",\"line\":");
        buf_int(out, frame->line);
    }
    buf_char(out, '}');
}

void render_stack_json(struct buf *out, const struct event_stack *stack)
{
    if (!stack->frames) {
        return;
    }
    buf_str(out, ",\"stack\":[");
    for (size_t i = 0; i < stack->count; i++) {
        buf_str(out, i ? "," : "");
        frame_json(out, &stack->frames[i]);
    }
    buf_char(out, ']');
    (void)render_json_member(out, "stack_cut", stack->cut);
}
