/* Values as text, as strace prints them. */
#include <string.h>

#include "decode/render.h"

struct printer {
    struct buf *out;
    const struct values *values;
    const struct render_options *options;
};

static void print_value(const struct printer *p, uint32_t index);

static const char *bytes_of(const struct printer *p, const struct value *v)
{
    return p->values->bytes + v->bytes;
}

/* What a comment says may quote the target. */
static void bare_comment(struct buf *out, const char *text)
{
    buf_str(out, "/* ");
    render_plain(out, text, strlen(text));
    buf_str(out, " */");
}

static void comment(struct buf *out, const char *text)
{
    buf_char(out, ' ');
    bare_comment(out, text);
}

/* As C's %#x does: a zero has no prefix. */
static void hex(struct buf *out, uint64_t number)
{
    if (number) {
        buf_hex(out, number);
    } else {
        buf_char(out, '0');
    }
}

static void address(struct buf *out, uint64_t number)
{
    if (number) {
        buf_hex(out, number);
    } else {
        buf_str(out, "NULL");
    }
}

static void print_enum(const struct printer *p, const struct value *v)
{
    const char *name = xlat_name(v->xlat, v->number);
    if (name && (p->options->xlat == XLAT_ABBREV || v->flags & VALUE_NAMES)) {
        buf_str(p->out, name);
    } else {
        hex(p->out, v->number);
        name = name ? name : v->xlat->unknown;
        if (p->options->xlat != XLAT_RAW && name) {
            comment(p->out, name);
        }
    }
    render_plain(p->out, bytes_of(p, v), v->length);
}

/* Appends the names of the known bits and the rest as a number, joined by '|'; false if no bit has a name. */
static bool flag_names(const struct printer *p, const struct xlat *xlat, uint64_t bits)
{
    const char *zero = bits == 0 ? xlat_name(xlat, 0) : NULL;
    bool named = zero != NULL;
    if (bits == 0) {
        bool silent = xlat->unknown && !*xlat->unknown;
        buf_str(p->out, zero ? zero : silent ? "" : "0");
        return named;
    }
    for (uint32_t i = 0; i < xlat->count && bits; i++) {
        uint64_t value = xlat->entries[i].value;
        if (value && (bits & value) == value) {
            if (named) {
                buf_char(p->out, '|');
            }
            buf_str(p->out, xlat->entries[i].name);
            bits &= ~value;
            named = true;
        }
    }
    if (bits) {
        if (named) {
            buf_char(p->out, '|');
        }
        buf_hex(p->out, bits);
    }
    return named;
}

/* True if a name is due: for a set with a known bit, or for the empty one. */
static bool has_names(const struct xlat *xlat, uint64_t bits)
{
    for (uint32_t i = 0; i < xlat->count; i++) {
        uint64_t value = xlat->entries[i].value;
        if (bits ? value && (bits & value) == value : value == 0) {
            return true;
        }
    }
    return false;
}

/* As strace: O_RDWR|0x8, 0x8 (a comment tells what was expected), and 0x2 with the names as the comment. */
static void print_flags(const struct printer *p, const struct value *v)
{
    const char *unknown = v->xlat->unknown;
    if (p->options->xlat == XLAT_ABBREV || v->flags & VALUE_NAMES) {
        if (!flag_names(p, v->xlat, v->number) && v->number && unknown && *unknown) {
            comment(p->out, unknown);
        }
        return;
    }
    hex(p->out, v->number);
    if (p->options->xlat == XLAT_RAW) {
        return;
    }
    if (has_names(v->xlat, v->number)) {
        buf_str(p->out, " /* ");
        flag_names(p, v->xlat, v->number);
        buf_str(p->out, " */");
    } else if (v->number && unknown && *unknown) {
        comment(p->out, unknown);
    }
}

static void print_string(const struct printer *p, const struct value *v)
{
    if (v->flags & VALUE_ABSTRACT) {
        buf_char(p->out, '@');
    }
    render_quoted(p->out, bytes_of(p, v), v->length, p->options->strings, !(v->flags & VALUE_NOQUOTE));
    if (v->flags & VALUE_MORE) {
        buf_str(p->out, "...");
    }
}

static void print_bytes(const struct printer *p, const struct value *v)
{
    bool first = v->flags & VALUE_NOTE_FIRST;
    if (v->note && first) {
        bare_comment(p->out, p->values->bytes + v->note);
        buf_char(p->out, ' ');
    }
    render_quoted(p->out, bytes_of(p, v), v->length, STRING_HEX, true);
    buf_str(p->out, v->flags & VALUE_MORE ? "..." : "");
    if (v->note && !first) {
        comment(p->out, p->values->bytes + v->note);
    }
}

static void print_fd(const struct printer *p, const struct value *v)
{
    bool name = v->flags & VALUE_ATCWD;
    if (!name || p->options->xlat != XLAT_ABBREV) {
        buf_int(p->out, (int64_t)v->number);
    }
    if (name && p->options->xlat != XLAT_RAW) {
        buf_str(p->out, p->options->xlat == XLAT_VERBOSE ? " /* AT_FDCWD */" : "AT_FDCWD");
    }
    if (v->length) {
        const char *remark = v->note ? p->values->bytes + v->note : "";
        buf_char(p->out, '<');
        if (v->flags & VALUE_PATH) {
            render_bracketed(p->out, bytes_of(p, v), v->length, p->options->strings);
        } else {
            render_plain(p->out, bytes_of(p, v), v->length);
        }
        bool inside = *remark == '<';
        render_plain(p->out, remark, inside ? strlen(remark) : 0);
        buf_char(p->out, '>');
        render_plain(p->out, remark, inside ? 0 : strlen(remark));
    }
}

static void print_pid(const struct printer *p, const struct value *v)
{
    buf_int(p->out, (int64_t)v->number);
    if (v->length) {
        buf_char(p->out, '<');
        render_bracketed(p->out, bytes_of(p, v), v->length, p->options->strings);
        buf_char(p->out, '>');
    }
    if (v->ours) {
        buf_str(p->out, " /* ");
        buf_int(p->out, v->ours);
        buf_str(p->out, " in proctor's PID NS */");
    }
}

static void print_word_itself(const struct printer *p, const struct value *v)
{
    if (v->word) {
        buf_str(p->out, v->word);
    } else {
        render_plain(p->out, bytes_of(p, v), v->length);
    }
}

/* True if -X asks for the number that these names stand for. */
static bool number_wanted(const struct printer *p, const struct value *v)
{
    return p->options->xlat == XLAT_RAW || (p->options->xlat == XLAT_VERBOSE && !(v->flags & VALUE_RAW_ONLY));
}

static unsigned digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10) & 15;
}

/* An address of hardware, 00:1a:22, as a string of its bytes. */
static void quote_hardware(struct buf *out, const char *text, size_t n)
{
    buf_char(out, '"');
    for (size_t i = 0; i + 2 <= n; i += 3) {
        buf_printf(out, "\\x%x%x", digit(text[i]), digit(text[i + 1]));
    }
    buf_char(out, '"');
}

/*
 * Under -X raw and verbose, what a name stands for. Returns whether the name is still to be printed, after
 * which end_number closes the comment that it became.
 */
static bool start_number(const struct printer *p, const struct value *v)
{
    if (!(v->flags & VALUE_AS_ANY) || !number_wanted(p, v)) {
        return true;
    }
    if (v->flags & VALUE_AS_INT) {
        buf_int(p->out, (int64_t)v->number);
    } else if (v->flags & VALUE_AS_UINT) {
        buf_uint(p->out, v->number);
    } else if (v->flags & VALUE_AS_ADDR) {
        address(p->out, v->number);
    } else if (v->flags & VALUE_AS_BYTES && v->type == VALUE_WORD) {
        quote_hardware(p->out, bytes_of(p, v), v->length);
    } else if (v->flags & VALUE_AS_BYTES) {
        render_quoted(p->out, bytes_of(p, v), v->length, STRING_HEX, true);
    } else {
        hex(p->out, v->number);
    }
    if (p->options->xlat == XLAT_VERBOSE) {
        buf_str(p->out, " /* ");
    }
    return p->options->xlat == XLAT_VERBOSE;
}

static void end_number(const struct printer *p, const struct value *v)
{
    if (p->options->xlat == XLAT_VERBOSE && v->flags & VALUE_AS_ANY && number_wanted(p, v)) {
        buf_str(p->out, " */");
    }
}

static void print_word(const struct printer *p, const struct value *v)
{
    if (start_number(p, v)) {
        print_word_itself(p, v);
        end_number(p, v);
    }
}

/* A bare call holds its member's name among its arguments: inet_pton(AF_INET6, "::1", &sin6_addr). */
static bool names_itself(const struct printer *p, const struct value *v)
{
    return v->type == VALUE_FUNC && v->flags & VALUE_BARE && p->options->xlat == XLAT_ABBREV;
}

/*
 * The name of a child; of a place in an array, under -X, its number: [NAME] is [0], with NAME as the comment.
 * A place without a name is called by its number already, with what it could be.
 */
static void print_name(const struct printer *p, const struct value *v, const char *name, uint32_t place)
{
    bool is_place = v->type == VALUE_ARRAY && v->flags & VALUE_PLACES && p->options->xlat != XLAT_ABBREV;
    bool numbered = name[0] && name[1] >= '0' && name[1] <= '9';
    if (!is_place || (numbered && p->options->xlat == XLAT_VERBOSE)) {
        buf_str(p->out, name);
        return;
    }
    buf_char(p->out, '[');
    buf_uint(p->out, place);
    if (p->options->xlat == XLAT_VERBOSE) {
        buf_str(p->out, " /* ");
        buf_bytes(p->out, name + 1, strlen(name) - strlen("[]"));
        buf_str(p->out, " */");
    }
    buf_char(p->out, ']');
}

/* Children joined by a separator; with names where they have them. */
static void print_children(const struct printer *p, const struct value *v, const char *separator, bool names)
{
    const char *between = "";
    uint32_t place = 0;
    for (uint32_t i = v->first; i; i = values_at(p->values, i)->next) {
        const struct value *child = values_at(p->values, i);
        buf_str(p->out, between);
        between = separator;
        if (names && child->name && !names_itself(p, child)) {
            print_name(p, v, child->name, place);
            buf_char(p->out, '=');
        }
        place++;
        print_value(p, i);
    }
    if (v->flags & VALUE_MORE) {
        buf_str(p->out, between);
        buf_str(p->out, "...");
    }
}

static void print_bracketed(const struct printer *p, const struct value *v, const char *brackets)
{
    bool bare = v->flags & VALUE_BARE;
    if (!bare) {
        buf_char(p->out, brackets[0]);
    }
    print_children(p, v, ", ", true);
    if (!bare) {
        buf_char(p->out, brackets[1]);
    }
}

static void print_set(const struct printer *p, const struct value *v)
{
    buf_str(p->out, v->number ? "~[" : "[");
    print_children(p, v, " ", false);
    buf_char(p->out, ']');
}

/* A result and its remarks: 0 (Timeout), 0x8002 (flags O_RDWR|O_LARGEFILE), 1 (in [3], left 5). */
static void print_noted(const struct printer *p, const struct value *v)
{
    const char *between = " (";
    if (!v->first) {
        return;
    }
    print_value(p, v->first);
    for (uint32_t i = values_at(p->values, v->first)->next; i; i = values_at(p->values, i)->next) {
        const struct value *child = values_at(p->values, i);
        if (child->flags & VALUE_NOT_RAW && p->options->xlat == XLAT_RAW) {
            continue;
        }
        buf_str(p->out, between);
        between = ", ";
        if (child->name) {
            buf_str(p->out, child->name);
            buf_char(p->out, ' ');
        }
        if (child->type == VALUE_WORD) { /* a signal or "Timeout": explained by its name whatever -X says */
            print_word_itself(p, child);
        } else {
            print_value(p, i);
        }
    }
    buf_str(p->out, between[0] == ',' ? ")" : "");
}

/* One part of an OR: a rest with no name has no comment, as other parts stand beside it. */
static void print_part(const struct printer *p, uint32_t index)
{
    const struct value *v = values_at(p->values, index);
    if (v->type == VALUE_FLAGS && p->options->xlat == XLAT_ABBREV) {
        flag_names(p, v->xlat, v->number);
    } else {
        print_value(p, index);
    }
}

static void print_parts(const struct printer *p, const struct value *v)
{
    const char *between = "";
    for (uint32_t i = v->first; i; i = values_at(p->values, i)->next) {
        buf_str(p->out, between);
        between = "|";
        print_part(p, i);
    }
}

/* The parts as one number, with all names in the comment. */
static void print_whole(const struct printer *p, const struct value *v)
{
    struct render_options names = *p->options;
    const struct printer parts = {p->out, p->values, &names};
    /* A number that has no name at all needs no comment. */
    const struct value *only = v->first && v->first == v->last ? values_at(p->values, v->first) : NULL;
    bool nameless = only && (only->type == VALUE_INT || only->type == VALUE_OCTAL);

    if (v->flags & VALUE_BASE8) {
        buf_octal(p->out, v->number);
    } else {
        hex(p->out, v->number);
    }
    if (names.xlat == XLAT_VERBOSE && !nameless) {
        names.xlat = XLAT_ABBREV;
        buf_str(p->out, " /* ");
        print_parts(&parts, v);
        buf_str(p->out, " */");
    }
}

static void print_or(const struct printer *p, const struct value *v)
{
    struct render_options names = *p->options;
    names.xlat = v->flags & VALUE_NAMES ? XLAT_ABBREV : names.xlat;
    bool whole = v->flags & VALUE_WHOLE && names.xlat != XLAT_ABBREV && number_wanted(p, v);
    if (whole && (v->number || v->flags & VALUE_RAW_ONLY)) {
        print_whole(p, v);
    } else {
        print_parts(&(struct printer){p->out, p->values, &names}, v);
    }
}

/* In a comment its constants mostly are names, and nothing refers to the member that it stands for. */
static void print_func(const struct printer *p, const struct value *v)
{
    struct render_options names = *p->options;
    const struct printer arguments = {p->out, p->values, &names};
    if (!start_number(p, v)) {
        return;
    }
    names.xlat = v->flags & VALUE_AS_ANY && !(v->flags & VALUE_UNNAMED) ? XLAT_ABBREV : names.xlat;
    buf_str(p->out, v->word ? v->word : "?");
    buf_char(p->out, '(');
    if (v->flags & VALUE_BARE && p->options->xlat != XLAT_ABBREV) {
        uint32_t second = v->first ? values_at(p->values, v->first)->next : 0;
        if (second) { /* the bounds on an event may have cut it */
            print_value(&arguments, v->first);
            buf_str(p->out, ", ");
            print_value(&arguments, second);
        }
    } else {
        print_children(&arguments, v, ", ", true);
    }
    buf_char(p->out, ')');
    end_number(p, v);
}

static void print_value(const struct printer *p, uint32_t index)
{
    const struct value *v = values_at(p->values, index);
    switch ((enum value_type)v->type) {
    case VALUE_INT:
        buf_int(p->out, (int64_t)v->number);
        break;
    case VALUE_UINT:
        buf_uint(p->out, v->number);
        break;
    case VALUE_HEX:
        hex(p->out, v->number);
        break;
    case VALUE_ADDR:
        address(p->out, v->number);
        break;
    case VALUE_OCTAL:
        buf_octal(p->out, v->number);
        break;
    case VALUE_FLAGS:
        print_flags(p, v);
        break;
    case VALUE_ENUM:
        print_enum(p, v);
        break;
    case VALUE_STRING:
        print_string(p, v);
        break;
    case VALUE_BYTES:
        print_bytes(p, v);
        return;
    case VALUE_FD:
        print_fd(p, v);
        return;
    case VALUE_PID:
        print_pid(p, v);
        break;
    case VALUE_WORD:
        print_word(p, v);
        break;
    case VALUE_STRUCT:
        print_bracketed(p, v, "{}");
        break;
    case VALUE_ARRAY:
    case VALUE_REF:
        print_bracketed(p, v, "[]");
        break;
    case VALUE_OR:
        print_or(p, v);
        break;
    case VALUE_SET:
        print_set(p, v);
        break;
    case VALUE_FUNC:
        print_func(p, v);
        break;
    case VALUE_CHANGE:
        print_children(p, v, " => ", true);
        break;
    case VALUE_NOTED:
        print_noted(p, v);
        break;
    }
    if (v->note && !(v->flags & (VALUE_RAW_ONLY | VALUE_NOT_RAW) && p->options->xlat == XLAT_RAW)) {
        comment(p->out, p->values->bytes + v->note);
    }
}

void render_value(struct buf *out, const struct values *values, uint32_t index,
                  const struct render_options *options)
{
    print_value(&(struct printer){out, values, options}, index);
}
