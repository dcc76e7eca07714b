#include "policy/registers.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/kinds.h"
#include "decode/kinds/net_tables.h"
#include "policy/field_event.h"
#include "policy/field_fd.h"

enum { SOCKET_TYPE_MASK = 0xf }; /* SOCK_TYPE_MASK of include/linux/net.h */

/* Some bits of an argument, and their names: of exactly one value, or of bits on their own. */
struct part {
    uint64_t mask;
    const struct xlat *xlat;
    bool one;
};

/* How an argument is shown whose value is in its register alone. */
struct shape {
    uint64_t mask; /* the bits of the register that count; 0: not known */
    bool number;   /* shown in decimal */
    struct part parts[2];
};

static uint64_t word_mask(const struct abi *abi)
{
    return abi->pointer_size == 4 ? UINT32_MAX : UINT64_MAX;
}

/* Kinds that show numbers in decimal, or (rawarg) some other way. */
static bool plain_shape(const struct kind *kind, const struct abi *abi, struct shape *shape)
{
    bool narrow = abi->long_size == 4 && (kind == &kind_uid_old || kind == &kind_gid_old);
    bool id = kind == &kind_uid || kind == &kind_gid || kind == &kind_uid_old || kind == &kind_gid_old;
    if (id || kind == &kind_int || kind == &kind_uint) {
        *shape = (struct shape){.mask = narrow ? UINT16_MAX : UINT32_MAX, .number = true};
        return true;
    }
    if (kind == &kind_fd || kind == &kind_hexint) {
        *shape = (struct shape){.mask = UINT32_MAX};
        return true;
    }
    if (kind == &kind_ulong || kind == &kind_hex || kind == &kind_addr) {
        *shape = (struct shape){.mask = word_mask(abi)};
        return true;
    }
    return false;
}

static void shape_of(const struct kind *kind, const struct abi *abi, struct shape *shape)
{
    *shape = (struct shape){.mask = 0};
    if (kind->decode == decode_flags || kind->decode == decode_enum) {
        uint64_t mask = kind->size == 8 ? word_mask(abi) : UINT32_MAX;
        *shape = (struct shape){.mask = mask, .parts = {{mask, kind->aux, kind->decode == decode_enum}}};
    } else if (kind == &kind_open_flags) {
        *shape = (struct shape){.mask = UINT32_MAX,
                                .parts = {{O_ACCMODE, &xlat_open_access, true},
                                          {UINT32_MAX & ~(uint64_t)O_ACCMODE, &xlat_open_flags, false}}};
    } else if (kind == &kind_clone_flags) {
        *shape = (struct shape){.mask = word_mask(abi),
                                .parts = {{word_mask(abi) & ~(uint64_t)CSIGNAL, &xlat_clone_flags, false}}};
    } else if (kind == &kind_socket_type) {
        *shape = (struct shape){
            .mask = UINT32_MAX,
            .parts = {{SOCKET_TYPE_MASK, &xlat_socktypes, true}, {UINT32_MAX, &xlat_sock_type_flags, false}}};
    } else if (kind == &kind_mode) {
        *shape = (struct shape){.mask = UINT16_MAX, .parts = {{UINT16_MAX, &xlat_mode_names, false}}};
    } else {
        (void)plain_shape(kind, abi, shape);
    }
}

/* The field's argument in this call. False: the call has none. */
static bool find_argument(const struct predicate *p, const struct call *line, enum call_id id,
                          const struct arg **arg, unsigned *position)
{
    int8_t at = p->left.argument_of[id];
    if (at < 0 || at >= line->nargs) {
        return false;
    }
    *position = (unsigned)at;
    *arg = &line->args[at];
    return true;
}

/* Letters of which numbers, and the remarks on what has no name, are made. */
static bool may_be_no_name(struct text text, const struct shape *shape)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        bool found = strchr("0123456789abcdefABCDEFxX /*?", c) != NULL;
        for (size_t k = 0; k < ARRAY_SIZE(shape->parts) && !found; k++) {
            const struct xlat *xlat = shape->parts[k].xlat;
            found = xlat && xlat->unknown && strchr(xlat->unknown, c) != NULL;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Whether the test asks for names, which nothing else than the bits that they stand for can show. */
static bool asks_for_names(const struct predicate *p, const struct shape *shape)
{
    switch (p->op) {
    case OP_EQ:
    case OP_NE:
    case OP_IN:
    case OP_INTERSECTS:
    case OP_CONTAINS:
    case OP_ICONTAINS:
    case OP_STARTSWITH:
    case OP_ISTARTSWITH:
    case OP_ENDSWITH:
    case OP_IENDSWITH:
        break;
    default:
        return false;
    }
    for (uint32_t i = 0; i < p->texts.count; i++) {
        struct text text = p->texts.items[i];
        if (memchr(text.s, '|', text.n) || may_be_no_name(text, shape) ||
            (text.n >= 3 && match_contains(text, (struct text){"SIG", 3}, true))) {
            return false;
        }
    }
    return p->texts.count > 0;
}

/* The test, without the `not` that is in `!=`. */
static bool names_hold(const struct predicate *p, const char *name)
{
    bool holds = predicate_text(p, (struct text){name, strlen(name)});
    return p->op == OP_NE ? !holds : holds;
}

/* Whether the name is shown if the bit is set, whatever else is: no other entry takes the bit. */
static bool stands_alone(const struct xlat *xlat, uint64_t value)
{
    unsigned others = 0;
    for (uint32_t i = 0; i < xlat->count; i++) {
        others += (xlat->entries[i].value & value) != 0;
    }
    return value && !(value & (value - 1)) && others == 1;
}

static void part_holds(const struct predicate *p, const struct part *part, unsigned reg, struct dnf *out)
{
    bool contains = p->op == OP_CONTAINS || p->op == OP_ICONTAINS;
    for (uint32_t i = 0; part->xlat && i < part->xlat->count; i++) {
        const struct xlat_entry *entry = &part->xlat->entries[i];
        if (!names_hold(p, entry->name)) {
            continue;
        }
        if (part->one || entry->value == 0) {
            dnf_or_equal(out, reg, part->mask, entry->value & part->mask);
        } else {
            dnf_or_equal(out, reg, entry->value, entry->value);
        }
        out->exact = out->exact && (part->one || (contains && stands_alone(part->xlat, entry->value)));
    }
}

/* A number that is shown in decimal is one of the texts. */
static void number_holds(const struct predicate *p, const struct shape *shape, unsigned reg, struct dnf *out)
{
    if (p->op != OP_EQ && p->op != OP_NE && p->op != OP_IN && p->op != OP_INTERSECTS) {
        dnf_always(out, false);
        return;
    }
    for (uint32_t i = 0; i < p->texts.count; i++) {
        char *end;
        long long number = strtoll(p->texts.items[i].s, &end, 10);
        if (*end == 0 && end != p->texts.items[i].s) {
            char shown[24];
            snprintf(shown, sizeof(shown), "%lld", number);
            dnf_or_equal(out, reg, shape->mask, (uint64_t)number & shape->mask);
            out->exact =
                out->exact && number >= 0 && number <= INT16_MAX && !strcmp(shown, p->texts.items[i].s);
        }
    }
}

static bool is_negation(const struct predicate *p, bool negated)
{
    return (p->op == OP_NE) != negated;
}

static void argument_text(const struct predicate *p, bool negated, const struct arg *arg, unsigned reg,
                          const struct abi *abi, struct dnf *out)
{
    struct shape shape;
    shape_of(arg->kind, abi, &shape);
    if (!shape.number && (!shape.parts[0].xlat || !asks_for_names(p, &shape))) {
        dnf_always(out, false);
        return;
    }
    dnf_never(out);
    if (shape.number) {
        number_holds(p, &shape, reg, out);
    } else {
        out->exact = !shape.parts[1].xlat || p->op == OP_CONTAINS || p->op == OP_ICONTAINS;
        part_holds(p, &shape.parts[0], reg, out);
        part_holds(p, &shape.parts[1], reg, out);
        out->exact = out->exact && !(arg->kind == &kind_socket_type); /* unknown types are shown as flags */
    }
    if (is_negation(p, negated)) {
        dnf_not(out);
    }
}

/* evt.rawarg: the number that is decoded, which has the sign of its kind. */
static void argument_number(const struct predicate *p, bool negated, const struct arg *arg, unsigned reg,
                            const struct abi *abi, struct dnf *out)
{
    struct shape shape;
    shape_of(arg->kind, abi, &shape);
    bool fits = p->op == OP_EQ || p->op == OP_NE || p->op == OP_IN || p->op == OP_INTERSECTS;
    if (!shape.mask || !fits) {
        dnf_always(out, false);
        return;
    }
    dnf_never(out);
    for (size_t i = 0; i < p->number_count; i++) {
        dnf_or_equal(out, reg, shape.mask, (uint64_t)p->numbers[i] & shape.mask);
        out->exact = out->exact && p->numbers[i] >= 0 && p->numbers[i] <= INT16_MAX;
    }
    if (is_negation(p, negated)) {
        dnf_not(out);
    }
}

static void argument(const struct predicate *p, bool negated, enum abi_id abi, enum call_id call,
                     struct dnf *out)
{
    const struct call *line = call_line_in(&abis[abi], call);
    const struct arg *arg;
    unsigned position;
    if (p->left.argument_of[call] >= ARGUMENT_OF_HOW) {
        dnf_always(out, false); /* in memory */
        return;
    }
    if (!find_argument(p, line, call, &arg, &position)) {
        dnf_never(out); /* absent: no comparison holds */
        if (negated) {
            dnf_not(out);
        }
    } else if (arg->pair || arg->kind->direction != DIR_IN) {
        dnf_always(out, false);
    } else if (p->left.field->get == get_evt_arg) {
        argument_text(p, negated, arg, arg_register(arg, position), &abis[abi], out);
    } else {
        argument_number(p, negated, arg, arg_register(arg, position), &abis[abi], out);
    }
}

/* The register with the flags of an open; -1: another call, or they are in memory. */
static int open_register(enum call_id call)
{
    return call == CALL_open ? 1 : call == CALL_openat ? 2 : -1;
}

/* When evt.is_open_* is `value`: the flags decide (get_evt_open). */
static void open_is(unsigned what, bool value, unsigned reg, struct dnf *out)
{
    dnf_never(out);
    if (what == OPEN_EXEC || what == OPEN_CREATE) {
        if (!value) { /* depends on the mode, or on the result */
            dnf_always(out, false);
            return;
        }
        dnf_or_equal(out, reg, O_CREAT, O_CREAT);
        dnf_or_equal(out, reg, O_TMPFILE, O_TMPFILE);
        out->exact = false;
        return;
    }
    static const uint64_t reads[] = {O_RDONLY, O_RDWR};
    static const uint64_t writes[] = {O_WRONLY, O_RDWR};
    static const uint64_t others[][2] = {{O_WRONLY, O_ACCMODE}, {O_RDONLY, O_ACCMODE}}; /* 3: neither */
    const uint64_t *modes = value ? (what == OPEN_READ ? reads : writes) : others[what != OPEN_READ];
    for (unsigned i = 0; i < 2; i++) {
        dnf_or_equal(out, reg, value ? O_ACCMODE | O_PATH : O_ACCMODE, modes[i]);
    }
    if (!value) {
        dnf_or_equal(out, reg, O_PATH, O_PATH);
    }
}

static void open_flag(const struct predicate *p, bool negated, enum call_id call, struct dnf *out)
{
    int reg = open_register(call);
    if (reg < 0) {
        bool opens = call == CALL_openat2 || call == CALL_creat;
        if (opens) {
            dnf_always(out, false);
        } else if (negated) {
            dnf_always(out, true);
        } else {
            dnf_never(out); /* absent */
        }
        return;
    }
    bool yes = predicate_number(p, 1) != negated;
    bool no = predicate_number(p, 0) != negated;
    if (yes && no) {
        dnf_always(out, true);
    } else if (yes || no) {
        open_is(p->left.field->offset, yes, (unsigned)reg, out);
    } else {
        dnf_never(out);
    }
}

/* What opens with O_DIRECTORY is a directory: see subject_fd.c. Of others nothing is known. */
static void opened_type(const struct predicate *p, bool negated, enum call_id call, struct dnf *out)
{
    bool letter = p->left.field->get == get_fd_char;
    struct text directory = letter ? (struct text){"d", 1} : (struct text){"directory", 9};
    int reg = open_register(call);
    if (reg < 0 || predicate_text(p, directory) != negated) {
        dnf_always(out, false);
        return;
    }
    dnf_never(out);
    dnf_or_equal(out, (unsigned)reg, O_DIRECTORY, 0);
    out->exact = false;
}

/* The descriptor that is the first of a call's arguments, if it does not make one. */
static void descriptor(const struct predicate *p, bool negated, enum abi_id abi, enum call_id call,
                       struct dnf *out)
{
    const struct call *line = call_line_in(&abis[abi], call);
    bool fits = p->op == OP_EQ || p->op == OP_IN || p->op == OP_INTERSECTS;
    if (negated || !fits || line->nargs == 0 || line->args[0].kind != &kind_fd || call_makes_fd(call) ||
        line->result == &kind_fd) {
        dnf_always(out, false);
        return;
    }
    dnf_never(out);
    for (size_t n = 0; n < p->number_count; n++) {
        dnf_or_equal(out, arg_register(&line->args[0], 0), UINT32_MAX, (uint32_t)p->numbers[n]);
    }
    out->exact = false; /* it may be closed */
}

/* dup2 and dup3 return what they are told to, or an error. */
static void returned(const struct predicate *p, bool negated, enum call_id call, struct dnf *out)
{
    bool fits = p->op == OP_EQ || p->op == OP_IN || p->op == OP_INTERSECTS;
    if (negated || !fits || (call != CALL_dup2 && call != CALL_dup3) || !p->number_count ||
        p->numbers[0] < 0) {
        dnf_always(out, false);
        return;
    }
    dnf_never(out);
    for (size_t n = 0; n < p->number_count; n++) {
        dnf_or_equal(out, 1, UINT32_MAX, (uint32_t)p->numbers[n]);
    }
    out->exact = false;
}

static bool is_type(const struct field *field)
{
    return !strcmp(field->name, "fd.typechar") || !strcmp(field->name, "fd.type");
}

bool registers_matter(const struct predicate *p)
{
    const struct field *f = p->left.field;
    return !p->to_field && !p->left.count && p->op != OP_EXISTS &&
           (f->get == get_evt_arg || f->get == get_evt_rawarg || f->get == get_evt_open ||
            f->get == get_fd_num || f->get == get_evt_rawres || is_type(f));
}

void registers_of(const struct predicate *p, bool negated, enum abi_id abi, enum call_id call,
                  struct dnf *out)
{
    const struct field *f = p->left.field;
    if (p->calls) {
        if (call_set_has(p->calls, call) != negated) {
            dnf_always(out, true);
        } else {
            dnf_never(out);
        }
    } else if (!registers_matter(p)) {
        dnf_always(out, false);
    } else if (f->get == get_evt_arg || f->get == get_evt_rawarg) {
        argument(p, negated, abi, call, out);
    } else if (f->get == get_evt_open) {
        open_flag(p, negated, call, out);
    } else if (f->get == get_fd_num) {
        descriptor(p, negated, abi, call, out);
    } else if (f->get == get_evt_rawres) {
        returned(p, negated, call, out);
    } else {
        opened_type(p, negated, call, out);
    }
}
