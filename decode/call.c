#include "decode/call.h"

#include <linux/audit.h>
#include <string.h>

#include "decode/kinds/kinds.h"

#define A(argument, what)                                                                                    \
    {                                                                                                        \
        .name = #argument, .kind = &kind_##what                                                              \
    }
/* An argument in another register than the one of its position; a 64-bit one in register n and the next. */
#define A_AT(n, argument, what)                                                                              \
    {                                                                                                        \
        .name = #argument, .kind = &kind_##what, .from = (n) + 1                                             \
    }
#define A_PAIR(n, argument, what)                                                                            \
    {                                                                                                        \
        .name = #argument, .kind = &kind_##what, .from = (n) + 1, .pair = true                               \
    }
#define COUNT(...) (sizeof((struct arg[]){__VA_ARGS__}) / sizeof(struct arg))

/* The body of a line, in whichever table it stands. */
#define LINE(id, classes_, result_, ...)                                                                     \
    {                                                                                                        \
        .name = #id, .classes = (classes_), .nargs = COUNT(__VA_ARGS__), .result = &kind_##result_,          \
        .args = {                                                                                            \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

static const struct call lines[CALL_COUNT] = {
    [CALL_none] = {.nargs = 6,
                   .result = &kind_hex,
                   .args = {A(arg0, hex), A(arg1, hex), A(arg2, hex), A(arg3, hex), A(arg4, hex),
                            A(arg5, hex)}},
#define CALL(id, ...) [CALL_##id] = LINE(id, __VA_ARGS__),
#include "decode/calls/all.def"
#undef CALL
};

/* Lines that replace those above for i386; 0 is the place of none. */
enum i386_line {
    I386_LINE_none,
#define CALL(id, ...) I386_LINE_##id,
#include "decode/calls/i386.def"
#undef CALL
};
static const struct call i386_lines[] = {
#define CALL(id, ...) [I386_LINE_##id] = LINE(id, __VA_ARGS__),
#include "decode/calls/i386.def"
#undef CALL
};
static const uint8_t i386_line_of[CALL_COUNT] = {
#define CALL(id, ...) [CALL_##id] = I386_LINE_##id,
#include "decode/calls/i386.def"
#undef CALL
};

#define NR(number, name) [number] = CALL_##name,
static const uint16_t x86_64_calls[] = {
#include "decode/abi/x86_64.def"
};
static const uint16_t i386_calls[] = {
#include "decode/abi/i386.def"
};
static const uint16_t x32_calls[] = {
#include "decode/abi/x32.def"
};
#undef NR

/* The other way round: a call's number and 1, or 0. */
#define NR(number, name) [CALL_##name] = (number) + 1,
static const uint16_t x86_64_numbers[CALL_COUNT] = {
#include "decode/abi/x86_64.def"
};
static const uint16_t i386_numbers[CALL_COUNT] = {
#include "decode/abi/i386.def"
};
static const uint16_t x32_numbers[CALL_COUNT] = {
#include "decode/abi/x32.def"
};
#undef NR

#define CALLS(name)                                                                                          \
    .calls = name##_calls, .count = sizeof(name##_calls) / sizeof(name##_calls[0]), .numbers = name##_numbers

const struct abi abis[ABI_COUNT] = {
    [ABI_X86_64] =
        {.name = "x86_64", .audit_arch = AUDIT_ARCH_X86_64, .pointer_size = 8, .long_size = 8, CALLS(x86_64)},
    [ABI_I386] =
        {.name = "i386", .audit_arch = AUDIT_ARCH_I386, .pointer_size = 4, .long_size = 4, CALLS(i386)},
    /* x32 passes 64-bit times and offsets, so its long is that of x86-64 (Documentation: x32 psABI). */
    [ABI_X32] = {.name = "x32",
                 .audit_arch = AUDIT_ARCH_X86_64,
                 .number_bit = 0x40000000,
                 .pointer_size = 4,
                 .long_size = 8,
                 CALLS(x32)},
};

const struct abi *abi_find(uint32_t audit_arch, int number)
{
    for (unsigned i = 0; i < ABI_COUNT; i++) {
        uint32_t bit = abis[i].number_bit ? abis[i].number_bit : 0x40000000;
        bool has_bit = audit_arch == AUDIT_ARCH_X86_64 && number >= 0 && ((uint32_t)number & bit);
        if (abis[i].audit_arch == audit_arch && has_bit == (abis[i].number_bit != 0)) {
            return &abis[i];
        }
    }
    return NULL;
}

enum call_id call_find(const struct abi *abi, int number)
{
    uint32_t index = (uint32_t)number & ~abi->number_bit;
    return index < abi->count ? (enum call_id)abi->calls[index] : CALL_none;
}

int call_number(const struct abi *abi, enum call_id id)
{
    unsigned number = abi->numbers[id];
    return number ? (int)((number - 1) | abi->number_bit) : -1;
}

const struct call *call_line(enum call_id id)
{
    return &lines[id < CALL_COUNT ? id : CALL_none];
}

const struct call *call_line_in(const struct abi *abi, enum call_id id)
{
    bool replaced = abi == &abis[ABI_I386] && id < CALL_COUNT && i386_line_of[id] != I386_LINE_none;
    return replaced ? &i386_lines[i386_line_of[id]] : call_line(id);
}

enum call_id call_identity(const struct call *line)
{
    static const uint16_t replaced[] = {
#define CALL(id, ...) [I386_LINE_##id] = CALL_##id,
#include "decode/calls/i386.def"
#undef CALL
    };
    if (line >= lines && line < lines + CALL_COUNT) {
        return (enum call_id)(line - lines);
    }
    return (enum call_id)replaced[line - i386_lines];
}

enum call_id call_by_name(const char *name, size_t length)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (strlen(lines[id].name) == length && memcmp(lines[id].name, name, length) == 0) {
            return (enum call_id)id;
        }
    }
    return CALL_none;
}
