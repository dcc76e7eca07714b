/* The renderers alone, over arbitrary trees of values. Input: a program of one-byte instructions that build
 * one. */
#include "tests/fuzz/fuzz.h"

#include "decode/call.h"
#include "decode/event.h"
#include "decode/render.h"

XLAT(fuzz_flags, "F_???", {6, "F_BOTH"}, {2, "F_TWO"}, {4, "F_FOUR"}, {0, "F_NONE"});
XLAT(fuzz_names, NULL, {0, "N_ZERO"}, {1, "N_ONE"}, {UINT64_MAX, "N_ALL"});

enum { TREE_DEPTH_MAX = 64 };

static bool is_container(enum value_type type)
{
    switch (type) {
    case VALUE_STRUCT:
    case VALUE_ARRAY:
    case VALUE_REF:
    case VALUE_OR:
    case VALUE_SET:
    case VALUE_FUNC:
    case VALUE_CHANGE:
    case VALUE_NOTED:
        return true;
    default:
        return false;
    }
}

static void build_value(struct values *vs, struct input *in, unsigned *depth)
{
    enum value_type type = (enum value_type)(take_byte(in) % (VALUE_NOTED + 1));
    const char *name = take_byte(in) & 1 ? "name" : NULL;
    uint32_t index;

    if (is_container(type)) {
        if (*depth == TREE_DEPTH_MAX) {
            return;
        }
        index = values_open(vs, type, name);
        values_at(vs, index)->word = take_byte(in) & 1 ? "func" : NULL;
        ++*depth;
    } else {
        index = values_add(vs, type, name, 0);
        uint8_t choice = take_byte(in);
        if (type == VALUE_FLAGS || type == VALUE_ENUM) {
            values_at(vs, index)->xlat = choice & 1 ? &xlat_fuzz_flags : &xlat_fuzz_names;
        } else {
            values_at(vs, index)->word = type == VALUE_WORD && choice & 1 ? "word" : NULL;
        }
        size_t n = choice;
        const uint8_t *bytes = take_bytes(in, &n);
        values_set_bytes(vs, index, bytes, n);
    }
    values_at(vs, index)->number = take_number(in, 8);
    values_at(vs, index)->flags = (uint16_t)take_number(in, 2);
}

static void build(struct values *vs, struct input *in)
{
    unsigned depth = 0;
    while (in->size) {
        uint8_t what = take_byte(in);
        size_t n = what >> 2;
        switch (what & 3) {
        case 0:
            if (depth) {
                values_close(vs);
                depth--;
            }
            break;
        case 1:
            if (vs->count > 1) {
                const uint8_t *text = take_bytes(in, &n);
                values_note(vs, vs->count - 1, (const char *)text, n);
            }
            break;
        default:
            build_value(vs, in, &depth);
            break;
        }
    }
    while (depth--) {
        values_close(vs);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct buf text;
    struct input in = {data, size};
    struct render_state state = {.last_time_ns = 0};
    uint8_t style = take_byte(&in);
    struct render_options options = {.xlat = (enum xlat_mode)(style % 3),
                                     .strings = (enum string_mode)(style / 3 % 3),
                                     .time = (enum time_mode)(style / 9 % 4),
                                     .relative = style & 1,
                                     .instruction = style & 2,
                                     .syscall_number = style & 4,
                                     .show_duration = style & 8,
                                     .column = style};
    struct event event = {.type = (enum event_type)(take_byte(&in) % (EVENT_WARNING + 1)),
                          .text = "warning \x1b\n",
                          .abi = &abis[style % ABI_COUNT],
                          .call = call_line(take_byte(&in) & 1 ? CALL_clone : CALL_none),
                          .process = {.comm = "\xc3\xa9\xff", .exe = "/x\n"},
                          .path = NULL};
    event.time_ns = (int64_t)take_number(&in, 8);
    event.tid = (pid_t)take_number(&in, 4);
    event.number = (int)take_number(&in, 4);
    event.status = (int)take_number(&in, 4);
    event.how = (enum exit_how)(take_byte(&in) % 3);
    event.result = (int64_t)take_number(&in, 8);
    event.duration_ns = (int64_t)take_number(&in, 8);
    event.result_state = (enum result_state)(take_byte(&in) % 3);

    FUZZ_CHECK(values_init(&event.values) == 0);
    build(&event.values, &in);
    uint32_t top = values_at(&event.values, 0)->first;
    for (unsigned i = 0; i < CALL_ARGS_MAX && top; i++) {
        event.value[i] = top;
        event.result_value = top;
        top = values_at(&event.values, top)->next;
    }
    text.len = 0;
    render_text(&text, &event, &options, &state, (enum pid_prefix)(style % 3));
    check_text(&text);
    text.len = 0;
    render_json(&text, &event, &options);
    check_json(&text);
    values_free(&event.values);
    return 0;
}
