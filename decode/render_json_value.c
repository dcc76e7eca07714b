/* Values as JSON: one function for each type. */
#include "decode/render_json_value.h"

#include <stdio.h>
#include <string.h>

/* Integers beyond this are not exact in a reader that keeps numbers as doubles: they are written as strings.
 */
#define EXACT_MAX (INT64_C(1) << 53)

void json_name(struct buf *out, const char *name)
{
    buf_char(out, '"');
    buf_str(out, name);
    buf_char(out, '"');
}

/* "0x..." in quotes. */
static void json_hex(struct buf *out, uint64_t number)
{
    buf_char(out, '"');
    buf_hex(out, number);
    buf_char(out, '"');
}

void json_signed(struct buf *out, int64_t number)
{
    bool quote = number > EXACT_MAX || number < -EXACT_MAX;
    if (quote) {
        buf_char(out, '"');
    }
    buf_int(out, number);
    if (quote) {
        buf_char(out, '"');
    }
}

static void json_unsigned(struct buf *out, uint64_t number)
{
    if (number > (uint64_t)EXACT_MAX) {
        buf_char(out, '"');
        buf_uint(out, number);
        buf_char(out, '"');
    } else {
        buf_uint(out, number);
    }
}

/* A register: hexadecimal where it can't be a number, as it is an address or a mask then. */
void json_raw(struct buf *out, uint64_t number)
{
    if (number > (uint64_t)EXACT_MAX) {
        json_hex(out, number);
    } else {
        buf_uint(out, number);
    }
}

/* Bytes as two hexadecimal digits each. */
void json_hexdump(struct buf *out, const char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    buf_char(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        buf_char(out, digits[byte >> 4]);
        buf_char(out, digits[byte & 15]);
    }
    buf_char(out, '"');
}

static void json_enum(struct buf *out, const struct values *values, const struct value *v)
{
    const char *name = xlat_name(v->xlat, v->number);
    if (name && v->length) {
        char text[128];
        int n = snprintf(text, sizeof(text), "%s%.*s", name, (int)v->length, values->bytes + v->bytes);
        (void)render_json_string(out, text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1);
    } else if (name) {
        json_name(out, name);
    } else {
        json_hex(out, v->number);
    }
}

/* The elements of a flag set, without brackets; `between` is what is due before the next one. */
static void flag_elements(struct buf *out, const struct value *v, const char **between)
{
    uint64_t rest = v->number;
    for (uint32_t i = 0; i < v->xlat->count && rest; i++) {
        const struct xlat_entry *entry = &v->xlat->entries[i];
        if (entry->value && (rest & entry->value) == entry->value) {
            buf_str(out, *between);
            *between = ",";
            json_name(out, entry->name);
            rest &= ~entry->value;
        }
    }
    const char *zero = v->number ? NULL : xlat_name(v->xlat, 0);
    if (rest || zero) {
        buf_str(out, *between);
        *between = ",";
    }
    if (rest) {
        json_hex(out, rest);
    } else if (zero) {
        json_name(out, zero);
    }
}

/* OR: one flat array of names, whatever mixture of enumerations and flag sets it is made of. */
static void json_or(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const struct value *child = values_at(values, i);
        if (child->type == VALUE_FLAGS) {
            flag_elements(out, child, &between);
        } else {
            buf_str(out, between);
            between = ",";
            json_value(out, values, i);
        }
    }
    buf_char(out, ']');
}

static void json_flags(struct buf *out, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    flag_elements(out, v, &between);
    buf_char(out, ']');
}

/*
 * A plain string where that says it all; else an object: `data` with U+FFFD for what is no UTF-8 and `hex`
 * the bytes themselves, `truncated`, `abstract`. Whether the text is exact is known only when it is written:
 * the opening of the object is written first and taken back.
 */
static void json_string(struct buf *out, const struct values *values, const struct value *v)
{
    static const char opening[] = "{\"data\":";
    const char *bytes = values->bytes + v->bytes;
    size_t start = out->len;

    buf_bytes(out, opening, sizeof(opening) - 1);
    bool exact = render_json_string(out, bytes, v->length);
    if (exact && !(v->flags & (VALUE_MORE | VALUE_ABSTRACT))) {
        if (!out->failed) {
            out->len -= sizeof(opening) - 1;
            memmove(out->data + start, out->data + start + sizeof(opening) - 1, out->len - start);
        }
        return;
    }
    if (!exact) {
        KEY(out, "hex");
        json_hexdump(out, bytes, v->length);
    }
    buf_str(out, v->flags & VALUE_MORE ? ",\"truncated\":true" : "");
    buf_str(out, v->flags & VALUE_ABSTRACT ? ",\"abstract\":true" : "");
    buf_char(out, '}');
}

static void json_bytes(struct buf *out, const struct values *values, const struct value *v)
{
    buf_str(out, "{\"hex\":");
    json_hexdump(out, values->bytes + v->bytes, v->length);
    buf_str(out, v->flags & VALUE_MORE ? ",\"truncated\":true}" : "}");
}

/* What is behind a descriptor makes it an object. */
/* What is to be said of how a descriptor's file is there: see struct fd_names. */
static void json_fd_remark(struct buf *out, const char *remark)
{
    size_t length = strlen(remark);
    if (strcmp(remark, "(deleted)") == 0) {
        KEY(out, "deleted");
        buf_str(out, "true");
    } else if (length > 2 && remark[0] == '<' && remark[length - 1] == '>') {
        KEY(out, "device");
        (void)render_json_string(out, remark + 1, length - 2);
    } else {
        KEY(out, "remark");
        (void)render_json_string(out, remark, length);
    }
}

static void json_fd(struct buf *out, const struct values *values, const struct value *v)
{
    bool atcwd = v->flags & VALUE_ATCWD;
    if (v->length) {
        buf_str(out, "{\"fd\":");
    }
    if (atcwd) {
        json_name(out, "AT_FDCWD");
    } else {
        buf_int(out, (int64_t)v->number);
    }
    if (v->length) {
        KEY(out, "is");
        if (!render_json_string(out, values->bytes + v->bytes, v->length)) {
            KEY(out, "is_hex");
            json_hexdump(out, values->bytes + v->bytes, v->length);
        }
        if (v->note) {
            json_fd_remark(out, values->bytes + v->note);
        }
        buf_char(out, '}');
    }
}

static void json_pid(struct buf *out, const struct values *values, const struct value *v)
{
    if (!v->length && !v->ours) {
        buf_int(out, (int64_t)v->number);
        return;
    }
    buf_str(out, "{\"pid\":");
    buf_int(out, (int64_t)v->number);
    if (v->ours) {
        KEY(out, "outer_pid");
        buf_int(out, v->ours);
    }
    if (v->length) {
        KEY(out, "comm");
        if (!render_json_string(out, values->bytes + v->bytes, v->length)) {
            KEY(out, "comm_hex");
            json_hexdump(out, values->bytes + v->bytes, v->length);
        }
    }
    buf_char(out, '}');
}

static void json_elements(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        buf_str(out, between);
        between = ",";
        json_value(out, values, i);
    }
    if (v->flags & VALUE_MORE) {
        buf_str(out, between);
        buf_str(out, "{\"truncated\":true}");
    }
    buf_char(out, ']');
}

/* Members that have no name in C: what is behind the known ones. JSON has them in one array, as names are
 * unique. */
static void json_unnamed(struct buf *out, const struct values *values, const struct value *v,
                         const char *between)
{
    bool any = false;
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        if (!values_at(values, i)->name) {
            buf_str(out, any ? "," : between);
            buf_str(out, any ? "" : "\"unnamed\":[");
            json_value(out, values, i);
            any = true;
        }
    }
    buf_str(out, any ? "]" : "");
}

static void json_struct(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_char(out, '{');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const char *name = values_at(values, i)->name;
        if (name) {
            buf_str(out, between);
            between = ",";
            json_name(out, name);
            buf_char(out, ':');
            json_value(out, values, i);
        }
    }
    if (v->flags & VALUE_MORE) {
        buf_str(out, between);
        between = ",";
        buf_str(out, "\"truncated\":true");
    }
    json_unnamed(out, values, v, between);
    buf_char(out, '}');
}

static void json_set(struct buf *out, const struct values *values, const struct value *v)
{
    if (v->number) {
        buf_str(out, "{\"not\":");
    }
    json_elements(out, values, v);
    if (v->number) {
        buf_char(out, '}');
    }
}

static void json_child(struct buf *out, const struct values *values, uint32_t index)
{
    if (index) {
        json_value(out, values, index);
    } else {
        buf_str(out, "null");
    }
}

/* One argument: the value itself (htons(80) is 80); several: under the function's name. A bare one is its
 * only string: inet_pton(AF_INET6, "::1", &sin6_addr) is "::1". */
static void json_func(struct buf *out, const struct values *values, const struct value *v)
{
    for (uint32_t i = v->flags & VALUE_BARE ? v->first : 0; i; i = values_at(values, i)->next) {
        if (values_at(values, i)->type == VALUE_STRING) {
            json_value(out, values, i);
            return;
        }
    }
    if (v->first && v->first == v->last) {
        json_value(out, values, v->first);
        return;
    }
    buf_char(out, '{');
    json_name(out, v->word ? v->word : "value");
    buf_char(out, ':');
    json_elements(out, values, v);
    buf_char(out, '}');
}

static void json_change(struct buf *out, const struct values *values, const struct value *v)
{
    /* A child is rendered once: one that stood for both would double the work at each level of nesting. */
    buf_str(out, "{\"before\":");
    json_child(out, values, v->first);
    KEY(out, "after");
    json_child(out, values, v->last == v->first ? 0 : v->last);
    buf_char(out, '}');
}

/* A result and its remarks; each remark under its name, or all that have none in one array. */
static void json_noted(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_str(out, "{\"value\":");
    json_child(out, values, v->first);
    uint32_t remarks = v->first ? values_at(values, v->first)->next : 0;
    for (uint32_t i = remarks; i; i = values_at(values, i)->next) {
        if (values_at(values, i)->name) {
            buf_char(out, ',');
            json_name(out, values_at(values, i)->name);
            buf_char(out, ':');
            json_value(out, values, i);
        }
    }
    KEY(out, "notes");
    buf_char(out, '[');
    for (uint32_t i = remarks; i; i = values_at(values, i)->next) {
        if (!values_at(values, i)->name) {
            buf_str(out, between);
            between = ",";
            json_value(out, values, i);
        }
    }
    buf_str(out, "]}");
}

void json_value(struct buf *out, const struct values *values, uint32_t index)
{
    const struct value *v = values_at(values, index);
    switch ((enum value_type)v->type) {
    case VALUE_INT:
        json_signed(out, (int64_t)v->number);
        break;
    case VALUE_UINT:
        json_unsigned(out, v->number);
        break;
    case VALUE_OCTAL:
        buf_char(out, '"');
        buf_octal(out, v->number);
        buf_char(out, '"');
        break;
    case VALUE_HEX:
        json_hex(out, v->number);
        break;
    case VALUE_ADDR:
        if (v->number) {
            json_hex(out, v->number);
        } else {
            buf_str(out, "null");
        }
        break;
    case VALUE_FLAGS:
        json_flags(out, v);
        break;
    case VALUE_ENUM:
        json_enum(out, values, v);
        break;
    case VALUE_STRING:
        json_string(out, values, v);
        break;
    case VALUE_BYTES:
        json_bytes(out, values, v);
        break;
    case VALUE_FD:
        json_fd(out, values, v);
        break;
    case VALUE_PID:
        json_pid(out, values, v);
        break;
    case VALUE_WORD:
        if (v->word) {
            json_name(out, v->word);
        } else {
            (void)render_json_string(out, values->bytes + v->bytes, v->length);
        }
        break;
    case VALUE_STRUCT:
        json_struct(out, values, v);
        break;
    case VALUE_ARRAY:
        json_elements(out, values, v);
        break;
    case VALUE_REF:
        json_child(out, values, v->first);
        break;
    case VALUE_OR:
        json_or(out, values, v);
        break;
    case VALUE_SET:
        json_set(out, values, v);
        break;
    case VALUE_FUNC:
        json_func(out, values, v);
        break;
    case VALUE_CHANGE:
        json_change(out, values, v);
        break;
    case VALUE_NOTED:
        json_noted(out, values, v);
        break;
    }
}
