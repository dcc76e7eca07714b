/*
 * A call with arbitrary registers over arbitrary memory, at entry and at exit, in every ABI, rendered as text
 * and as JSON.
 *
 * Input: ABI, call (2), options, string limit, result (1 or 8), six registers (a byte that says what is
 * meant, then 1 to 8 bytes), and the target's memory.
 */
#include "tests/fuzz/fuzz.h"

#include "decode/call.h"
#include "decode/event.h"
#include "decode/kinds/ioctl.h"
#include "decode/render.h"

enum { MEMORY_BASE = 0x10000, MEMORY_MAX = 1 << 16 };

/* Memory that may change between two reads of the same place, as a hostile target's does. */
struct fuzz_memory {
    struct mem mem;
    struct mem_buffer fixed;
    bool changing;
    unsigned reads;
};

static ssize_t memory_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct fuzz_memory *m = (struct fuzz_memory *)(void *)mem;
    ssize_t got = m->fixed.mem.read(&m->fixed.mem, addr, buf, n);
    m->reads++;
    if (m->changing && got > 0) {
        ((uint8_t *)buf)[m->reads % (size_t)got] ^= (uint8_t)(m->reads * 37);
    }
    return got;
}

/* A descriptor's name is chosen by whoever made the file: hostile too. */
static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    static const char name[] = "/tmp/\n\"\\\xff\x1b[2J>";
    (void)names;
    (void)details;
    if (fd % 3 == 0 || n < sizeof(name)) {
        return -9;
    }
    memcpy(buf, name, sizeof(name) - 1);
    return sizeof(name) - 1;
}

static ssize_t interface_name(const struct fd_names *names, uint32_t index, char *buf, size_t n)
{
    return describe(names, (int)index, 0, buf, n);
}

static uint64_t take_register(struct input *in)
{
    switch (take_byte(in) % 8) {
    case 0:
        return take_byte(in);
    case 1:
        return (uint64_t)(int64_t)(int8_t)take_byte(in);
    case 2:
        return UINT64_C(1) << (take_byte(in) % 64);
    case 3:
        return take_number(in, 4);
    case 4:
        return take_number(in, 8);
    case 5:
        return xlat_ioctl_names.entries[take_number(in, 2) % xlat_ioctl_names.count].value;
    default:
        return MEMORY_BASE + take_number(in, 2);
    }
}

static void render(struct event *event, unsigned style)
{
    static struct buf text;
    struct render_state state = {.last_time_ns = 0};
    struct render_options options = {.xlat = (enum xlat_mode)(style % 3),
                                     .strings = (enum string_mode)(style / 3 % 3),
                                     .time = (enum time_mode)(style / 9 % 4),
                                     .column = 40};
    text.len = 0;
    render_text(&text, event, &options, &state, (enum pid_prefix)(style % 3));
    check_text(&text);
    text.len = 0;
    render_json(&text, event, &options);
    check_json(&text);
}

static void check_values(const struct values *vs)
{
    FUZZ_CHECK(vs->open == 0 && vs->dropped == 0);
    for (uint32_t i = 1; i < vs->count; i++) {
        const struct value *v = values_at(vs, i);
        FUZZ_CHECK((uint64_t)v->bytes + v->length <= vs->used);
        FUZZ_CHECK(v->note < vs->used);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct values values;
    struct input in = {data, size};
    const struct abi *abi = &abis[take_byte(&in) % ABI_COUNT];
    enum call_id id = (enum call_id)(take_number(&in, 2) % CALL_COUNT);
    uint8_t bits = take_byte(&in);
    uint8_t limit = take_byte(&in);
    struct decode_options options = {.string_max = limit == 255 ? 1U << 30 : limit,
                                     .array_max = 32,
                                     .verbose = bits & 1,
                                     .fds = (bits & 2 ? FD_PATHS : 0) | (bits & 4 ? FD_ALL : 0)};
    int64_t result = bits & 8 ? (int64_t)take_number(&in, 8) : (int8_t)take_byte(&in);
    struct event event = {.type = EVENT_CALL,
                          .tid = 7,
                          .time_ns = INT64_C(1700000000123456789),
                          .process = {.pid = 7, .ppid = 1, .comm = "f\xff"},
                          .abi = abi,
                          .call = call_line_in(abi, id),
                          .number = call_number(abi, id),
                          .duration_ns = -1};
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        event.args[i] = take_register(&in);
    }
    size_t n = MEMORY_MAX;
    const uint8_t *bytes = take_bytes(&in, &n);
    struct fuzz_memory memory = {.mem = {memory_read}, .changing = bits & 16};
    mem_buffer_init(&memory.fixed, MEMORY_BASE, bytes, n);

    FUZZ_CHECK(values.v || values_init(&values) == 0);
    values_reset(&values);
    event.values = values;
    struct fd_names names = {.describe = describe, .interface = interface_name};
    struct decoder d = {.options = &options,
                        .mem = &memory.mem,
                        .fds = &names,
                        .abi = abi,
                        .call = event.call,
                        .args = event.args,
                        .out = &event.values,
                        .stack = event.args[5]};
    decode_entry(&d);
    check_values(&event.values);
    memcpy(event.value, d.value, sizeof(event.value));
    render(&event, bits);

    d.result = event.result = result;
    event.result_state = RESULT_KNOWN;
    event.result_value = decode_exit(&d);
    check_values(&event.values);
    memcpy(event.value, d.value, sizeof(event.value));
    render(&event, limit);
    values = event.values; /* its arrays may have moved */
    return 0;
}
