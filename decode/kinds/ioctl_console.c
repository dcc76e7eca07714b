/* Requests to virtual consoles: keyboard, screen, fonts (linux/kd.h, linux/keyboard.h). */
#include <linux/kd.h>
#include <linux/keyboard.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"
#include "decode/kinds/signal.h"

#define KEY(code, name) {code, name},
static const struct xlat_entry console_key_entries[] = {
#include "decode/kinds/ioctl_console_keys.def"
};
#undef KEY
const struct xlat xlat_console_keys = {"K_???", console_key_entries,
                                       sizeof(console_key_entries) / sizeof(console_key_entries[0]), 1};

XLAT(console_lights, "LED_???", X(LED_SCR), X(LED_NUM), X(LED_CAP));
XLAT(console_locks, "LED_???", X(LED_SCR), X(LED_NUM), X(LED_CAP), {0x10, "LED_SCR<<4"}, {0x20, "LED_NUM<<4"},
     {0x40, "LED_CAP<<4"});
XLAT(console_keyboards, "KB_???", X(KB_84), X(KB_101), X(KB_OTHER));
XLAT(console_modes, "KD_???", X(KD_TEXT), X(KD_GRAPHICS), X(KD_TEXT0), X(KD_TEXT1));
XLAT(console_key_modes, "K_???", X(K_RAW), X(K_XLATE), X(K_MEDIUMRAW), X(K_UNICODE), X(K_OFF));
XLAT(console_meta, "K_???", X(K_METABIT), X(K_ESCPREFIX));
XLAT(console_key_tables, "K_???", X(K_NORMTAB), X(K_SHIFTTAB), X(K_ALTTAB), X(K_ALTSHIFTTAB));
XLAT(console_shifts, "K_???", {1 << 0, "1<<KG_SHIFT"}, {1 << 1, "1<<KG_ALTGR"}, {1 << 2, "1<<KG_CTRL"},
     {1 << 3, "1<<KG_ALT"}, {1 << 4, "1<<KG_SHIFTL"}, {1 << 5, "1<<KG_SHIFTR"}, {1 << 6, "1<<KG_CTRLL"},
     {1 << 7, "1<<KG_CTRLR"});
XLAT(console_key_types, "KT_???", X(KT_LATIN), X(KT_FN), X(KT_SPEC), X(KT_PAD), X(KT_DEAD), X(KT_CONS),
     X(KT_CUR), X(KT_SHIFT), X(KT_META), X(KT_ASCII), X(KT_LOCK), X(KT_LETTER), X(KT_SLOCK), X(KT_DEAD2),
     X(KT_BRL));
XLAT(console_font_operations, "KD_FONT_OP_???", X(KD_FONT_OP_SET), X(KD_FONT_OP_GET),
     X(KD_FONT_OP_SET_DEFAULT), X(KD_FONT_OP_COPY));
XLAT(console_font_flags, "KD_FONT_FLAG_???", X(KD_FONT_FLAG_DONT_RECALC));

enum {
    TIMER_HZ = 1193182, /* of the timer that makes the tones */
    GRAPHICS_FIRST = 0x3b4,
    GRAPHICS_LAST = 0x3df, /* ports */
    FONT_BYTES = 8192,
    PALETTE_BYTES = 48,
    GLYPH_LINES = 32,
    GLYPHS_MAX = 512,
    FONT_NAME_MAX = 32
};

static void note(struct decoder *d, uint32_t index, const char *text)
{
    values_note(d->out, index, text, strlen(text));
    values_at(d->out, index)->flags |= VALUE_NOT_RAW;
}

static void decode_sound(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    char text[32] = "off";
    uint64_t ticks = decode_word(d, raw);
    (void)kind;
    if (ticks && ticks <= TIMER_HZ) {
        snprintf(text, sizeof(text), "%u Hz", (unsigned)(TIMER_HZ / ticks));
    }
    note(d, values_add(d->out, VALUE_UINT, name, ticks), text);
}

/* How long, in milliseconds, and a divider of the timer's frequency. */
static void decode_tone(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    char text[48] = "off";
    unsigned length = (uint32_t)raw >> 16, divider = raw & 0xffff;
    (void)kind;
    if (length && divider) {
        snprintf(text, sizeof(text), "%u Hz, %u ms", TIMER_HZ / divider, length);
    }
    uint32_t index = length ? values_wordf(d->out, name, "%u<<16|%u", length, divider)
                            : values_add(d->out, VALUE_UINT, name, divider);
    note(d, index, text);
}

static void decode_port(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    char text[32];
    uint64_t port = decode_word(d, raw);
    uint32_t index = values_add(d->out, VALUE_HEX, name, port);
    (void)kind;
    if (port >= GRAPHICS_FIRST && port <= GRAPHICS_LAST) {
        snprintf(text, sizeof(text), "GPFIRST + %u", (unsigned)port - GRAPHICS_FIRST);
        note(d, index, text);
    }
}

/* A byte of flags by value. */
static void decode_lights(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    values_xlat(d->out, VALUE_FLAGS, name, kind->aux, (uint8_t)raw);
}

/* In decimal, where it is no name. */
static void append_key_mode(struct decoder *d, const char *name, uint32_t mode)
{
    const char *known = xlat_name(&xlat_console_key_modes, mode);
    if (known) {
        uint32_t index = values_word(d->out, name, known);
        values_stand_for(d->out, index, mode, VALUE_AS_INT);
    } else {
        note(d, values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)mode), "K_???");
    }
}

static void decode_key_mode(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_key_mode(d, name, (uint32_t)raw);
}

static void decode_key_mode_at(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t mode;
    (void)kind;
    if (decode_object(d, name, raw, &mode, sizeof(mode))) {
        values_open(d->out, VALUE_REF, name);
        append_key_mode(d, NULL, mode);
        values_close(d->out);
    }
}

static void decode_accepted(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t number = decode_word(d, raw);
    (void)kind;
    if (number < INT32_MAX) {
        decode_signal_number(d, name, (int64_t)number);
    } else {
        values_add(d->out, VALUE_UINT, name, number);
    }
}

/* kind->size bytes. */
static void decode_screen_bytes(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_hex_bytes(d, name, raw, kind->size);
}

static void append_mapped(struct decoder *d, const void *element, void *context)
{
    uint16_t code;
    (void)context;
    memcpy(&code, element, sizeof(code));
    if ((code & ~UNI_DIRECT_MASK) == UNI_DIRECT_BASE) {
        uint32_t index = values_wordf(d->out, NULL, "UNI_DIRECT_BASE+%#x", code & UNI_DIRECT_MASK);
        values_stand_for(d->out, index, code, VALUE_AS_HEX);
    } else {
        values_add(d->out, VALUE_HEX, NULL, code);
    }
}

static void decode_screen_map(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, E_TABSZ, sizeof(uint16_t), append_mapped, NULL);
}

/* A character in quotes, as in C. */
static void character(char text[static 8], uint8_t c)
{
    static const char escapes[] = "tnvfr"; /* from '\t' on */
    if (c >= '\t' && c <= '\r') {
        snprintf(text, 8, "'\\%c'", escapes[c - '\t']);
    } else if (c == '\'' || c == '\\') {
        snprintf(text, 8, "'\\%c'", c);
    } else {
        snprintf(text, 8, c >= ' ' && c < 0x7f ? "'%c'" : "'\\x%02x'", c);
    }
}

/* Under a name, or as K(type, value): characters for the types that make some. */
static void append_key(struct decoder *d, uint16_t key)
{
    char text[48], value[8];
    const char *known = xlat_name(&xlat_console_keys, key);
    const char *type = xlat_name(&xlat_console_key_types, KTYP(key));
    uint32_t index = values_add(d->out, VALUE_HEX, "kb_value", key);
    if (known) {
        note(d, index, known);
        return;
    }
    switch (KTYP(key)) {
    case KT_LATIN:
    case KT_META:
    case KT_LETTER:
    case KT_DEAD2:
        character(value, (uint8_t)KVAL(key));
        break;
    default:
        snprintf(value, sizeof(value), KVAL(key) ? "%#x" : "%u", KVAL(key));
    }
    if (type) {
        snprintf(text, sizeof(text), "K(%s, %s)", type, value);
    } else {
        snprintf(text, sizeof(text), "K(%#x, %s)", KTYP(key), value);
    }
    note(d, index, text);
}

/* kind->option 1: the call asks for the value. */
static void decode_key_entry(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct kbentry entry;
    uint32_t open = d->out->open, shown = d->at_exit ? decode_entry_struct(d) : 0;
    uint64_t addr = decode_word(d, raw);
    if (d->at_exit) {
        if (shown && mem_read(d->mem, addr, &entry, sizeof(entry))) {
            d->out->open = shown;
            append_key(d, entry.kb_value);
            d->out->open = open;
        }
        return;
    }
    if (!decode_object(d, name, raw, &entry, offsetof(struct kbentry, kb_value))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    if (xlat_name(&xlat_console_key_tables, entry.kb_table)) {
        values_xlat(d->out, VALUE_ENUM, "kb_table", &xlat_console_key_tables, entry.kb_table);
    } else {
        values_xlat(d->out, VALUE_FLAGS, "kb_table", &xlat_console_shifts, entry.kb_table);
    }
    values_add(d->out, VALUE_UINT, "kb_index", entry.kb_index);
    if (!kind->option) {
        if (mem_read(d->mem, addr, &entry, sizeof(entry))) {
            append_key(d, entry.kb_value);
        } else {
            values_word(d->out, "kb_value", "???");
        }
    }
    values_close(d->out);
}

/* What a function key types; kind->option as above. */
static void decode_key_string(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint8_t function;
    uint32_t open = d->out->open, shown = d->at_exit ? decode_entry_struct(d) : 0;
    uint64_t text = decode_word(d, raw) + offsetof(struct kbsentry, kb_string);
    if (d->at_exit) {
        if (shown) {
            d->out->open = shown;
            decode_cstring_in(d, "kb_string", text, sizeof(((struct kbsentry *)0)->kb_string));
            d->out->open = open;
        }
    } else if (decode_object(d, name, raw, &function, sizeof(function))) {
        values_open(d->out, VALUE_STRUCT, name);
        const char *key = xlat_name(&xlat_console_keys, (uint64_t)KT_FN << 8 | function);
        uint32_t index = values_wordf(d->out, "kb_func", "KVAL(%s)", key ? key : "K_???");
        values_stand_for(d->out, index, function, VALUE_AS_HEX);
        if (!kind->option) {
            decode_cstring_in(d, "kb_string", text, sizeof(((struct kbsentry *)0)->kb_string));
        }
        values_close(d->out);
    }
}

static void append_character(struct decoder *d, const char *name, uint8_t c)
{
    char text[8];
    character(text, c);
    values_wordf(d->out, name, "%s", text);
}

static void append_accent(struct decoder *d, const void *element, void *context)
{
    const struct kbdiacr *accent = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_character(d, "diacr", accent->diacr);
    append_character(d, "base", accent->base);
    append_character(d, "result", accent->result);
    values_close(d->out);
}

static void append_wide_accent(struct decoder *d, const void *element, void *context)
{
    struct kbdiacruc accent;
    (void)context;
    memcpy(&accent, element, sizeof(accent));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_HEX, "diacr", accent.diacr);
    values_add(d->out, VALUE_HEX, "base", accent.base);
    values_add(d->out, VALUE_HEX, "result", accent.result);
    values_close(d->out);
}

/* How many accents, and these; kind->option 1: Unicode. */
static void decode_accents(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t count;
    bool wide = kind->option;
    if (!decode_object(d, name, raw, &count, sizeof(count))) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "kb_cnt", count);
    decode_array(d, wide ? "kbdiacruc" : "kbdiacr", decode_word(d, raw) + sizeof(count),
                 count < MAX_DIACR ? count : MAX_DIACR,
                 wide ? sizeof(struct kbdiacruc) : sizeof(struct kbdiacr),
                 wide ? append_wide_accent : append_accent, NULL);
    struct value *array = values_at(d->out, values_at(d->out, whole)->last);
    if (count > MAX_DIACR && array->type == VALUE_ARRAY) {
        array->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

#define CODE(member) MEMBER(struct kbkeycode, member, HEX)
LAYOUT(key_code, struct kbkeycode, CODE(scancode), CODE(keycode));

/* The code that the kernel has for the key stands behind what was in its place, the same or not. */
static void decode_key_code(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct kbkeycode code;
    uint32_t open = d->out->open, shown = d->at_exit ? decode_entry_struct(d) : 0;
    (void)kind;
    if (!d->at_exit) {
        decode_layout_at(d, name, raw, &layout_key_code, UINT64_MAX);
    } else if (shown && mem_read(d->mem, decode_word(d, raw), &code, sizeof(code))) {
        d->out->open = shown;
        values_wrap(d->out, VALUE_CHANGE, values_at(d->out, shown)->last);
        values_add(d->out, VALUE_HEX, NULL, code.keycode);
        values_close(d->out);
        d->out->open = open;
    }
}

LAYOUT(key_repeat, struct kbd_repeat, MEMBER(struct kbd_repeat, delay, INT),
       MEMBER(struct kbd_repeat, period, INT));
CHANGE(repeating, key_repeat, key_repeat);

#define HASH(member) MEMBER(struct unimapinit, member, UINT)
LAYOUT(hash_advice, struct unimapinit, HASH(advised_hashsize), HASH(advised_hashstep),
       HASH(advised_hashlevel));

static void append_pair(struct decoder *d, const void *element, void *context)
{
    struct unipair pair;
    (void)context;
    memcpy(&pair, element, sizeof(pair));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_HEX, "unicode", pair.unicode);
    values_add(d->out, VALUE_HEX, "fontpos", pair.fontpos);
    values_close(d->out);
}

/* Two numbers of 16 bits and a pointer: struct unimapdesc, struct consolefontdesc. */
struct described {
    uint16_t count, height;
    uint64_t pointer;
};

static bool read_described(struct decoder *d, uint64_t raw, struct described *described)
{
    unsigned char bytes[16];
    size_t size = 2 * (size_t)d->abi->pointer_size;
    if (!mem_read(d->mem, decode_word(d, raw), bytes, size)) {
        return false;
    }
    struct fields f = fields_over(d, bytes, size);
    described->count = (uint16_t)field_unsigned(&f, 2);
    described->height = (uint16_t)field_unsigned(&f, 2);
    f.align_max = d->abi->pointer_size;
    described->pointer = field_pointer(&f);
    return true;
}

/*
 * Pairs of a font's mapping. kind->option 1: they are asked for; how many there are is told after a failure
 * too, and shown behind how many there is room for.
 */
static void decode_pairs(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct described map;
    uint32_t open = d->out->open, shown = d->at_exit ? decode_entry_struct(d) : 0;
    bool there = read_described(d, raw, &map);
    if (!d->at_exit && !there) {
        decode_addr(d, name, raw);
    } else if (!d->at_exit) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_UINT, "entry_ct", map.count);
        if (!kind->option) {
            decode_array(d, "entries", map.pointer, map.count, sizeof(struct unipair), append_pair, NULL);
        }
        values_close(d->out);
    } else if (shown && there) {
        uint32_t first = values_at(d->out, shown)->first;
        uint64_t room = values_at(d->out, first)->number;
        d->out->open = shown;
        values_wrap(d->out, VALUE_CHANGE, first);
        values_add(d->out, VALUE_UINT, NULL, map.count);
        values_close(d->out);
        if (d->result < 0) {
            decode_addr(d, "entries", map.pointer);
        } else {
            decode_array(d, "entries", map.pointer, room, sizeof(struct unipair), append_pair, NULL);
        }
        d->out->open = open;
    }
}

/* kind->option 1: the font is asked for, and at entry there is nothing in its place. */
static void decode_font_description(struct decoder *d, const char *name, const struct kind *kind,
                                    uint64_t raw)
{
    struct described font;
    if (!read_described(d, raw, &font)) {
        decode_addr(d, name, raw);
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "charcount", font.count);
    values_add(d->out, VALUE_UINT, "charheight", font.height);
    if (kind->option && !d->at_exit) {
        decode_addr(d, "chardata", font.pointer);
    } else {
        uint32_t glyphs = font.count < GLYPHS_MAX ? font.count : GLYPHS_MAX;
        decode_hex_bytes(d, "chardata", font.pointer, (uint64_t)glyphs * GLYPH_LINES);
    }
    values_close(d->out);
}

struct font_operation {
    uint32_t op, flags, width, height, charcount;
    uint64_t data;
};

static void append_font_data(struct decoder *d, const struct font_operation *f)
{
    uint64_t width = f->width < 32 ? f->width : 32,
             glyphs = f->charcount < GLYPHS_MAX ? f->charcount : GLYPHS_MAX;
    if (f->op == KD_FONT_OP_SET || (f->op == KD_FONT_OP_GET && d->at_exit)) {
        decode_hex_bytes(d, "data", f->data, (width + 7) / 8 * GLYPH_LINES * glyphs);
    } else if (f->op == KD_FONT_OP_SET_DEFAULT && !d->at_exit) {
        decode_cstring_in(d, "data", f->data, FONT_NAME_MAX);
    } else if (f->op != KD_FONT_OP_SET_DEFAULT && f->op != KD_FONT_OP_COPY) {
        decode_addr(d, "data", f->data);
    }
}

static void append_font_operation(struct decoder *d, const char *name, const struct font_operation *f)
{
    bool whole = f->op != KD_FONT_OP_SET_DEFAULT && f->op != KD_FONT_OP_COPY;
    values_open(d->out, VALUE_STRUCT, name);
    if (!d->at_exit) {
        values_xlat(d->out, VALUE_ENUM, "op", &xlat_console_font_operations, f->op);
        if (whole) {
            values_xlat(d->out, VALUE_FLAGS, "flags", &xlat_console_font_flags, f->flags);
        }
    }
    if (f->op != KD_FONT_OP_COPY) {
        values_add(d->out, VALUE_UINT, "width", f->width);
    }
    values_add(d->out, VALUE_UINT, "height", f->height);
    if (whole) {
        values_add(d->out, VALUE_UINT, "charcount", f->charcount);
    }
    append_font_data(d, f);
    values_close(d->out);
}

static void decode_font_operation(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct font_operation f;
    unsigned char bytes[32];
    size_t size = d->abi->pointer_size == 8 ? 32 : 24;
    uint32_t shown = d->at_exit ? decode_entry_struct(d) : 0;
    (void)kind;
    if (d->at_exit ? !shown || !mem_read(d->mem, decode_word(d, raw), bytes, size)
                   : !decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields fields = fields_over(d, bytes, size);
    fields.align_max = d->abi->pointer_size;
    f.op = (uint32_t)field_unsigned(&fields, 4);
    f.flags = (uint32_t)field_unsigned(&fields, 4);
    f.width = (uint32_t)field_unsigned(&fields, 4);
    f.height = (uint32_t)field_unsigned(&fields, 4);
    f.charcount = (uint32_t)field_unsigned(&fields, 4);
    f.data = field_pointer(&fields);
    if (!d->at_exit) {
        append_font_operation(d, name, &f);
    } else if (f.op != KD_FONT_OP_SET && f.op != KD_FONT_OP_COPY) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, shown);
        append_font_operation(d, NULL, &f);
        values_close(d->out);
    }
}

#define KIND(id, function, ...)                                                                              \
    static const struct kind id##_kind = {.decode = decode_##function, ##__VA_ARGS__}
KIND(sound, sound);
KIND(tone, tone);
KIND(port, port);
KIND(lights, lights, .aux = &xlat_console_lights);
KIND(locks, lights, .aux = &xlat_console_locks);
KIND(key_mode, key_mode);
KIND(key_mode_at, key_mode_at);
KIND(accepted, accepted);
KIND(screen_bytes, screen_bytes, .size = E_TABSZ);
KIND(font_bytes, screen_bytes, .size = FONT_BYTES);
KIND(palette, screen_bytes, .size = PALETTE_BYTES);
KIND(screen_map, screen_map);
KIND(key_entry, key_entry);
KIND(key_entry_asked, key_entry, .option = 1);
KIND(key_string, key_string);
KIND(key_string_asked, key_string, .option = 1);
KIND(accents, accents);
KIND(wide_accents, accents, .option = 1);
KIND(key_code, key_code);
KIND(pairs, pairs);
KIND(pairs_asked, pairs, .option = 1);
KIND(font, font_description);
KIND(font_asked, font_description, .option = 1);
KIND(font_operation, font_operation);
static const struct ioctl_change changes_font = {{.as = IOCTL_DECODED, .aux = &font_asked_kind},
                                                 {.as = IOCTL_DECODED, .aux = &font_asked_kind}};

IOCTL_SHAPES(console, BY(KIOCSOUND, IN, sound), BY(KDMKTONE, IN, tone),
             NAMED(KDGETLED, FLAGS_AT, OUT, 1, console_lights), BY(KDSETLED, IN, lights),
             NAMED(KDGKBLED, FLAGS_AT, OUT, 1, console_locks), BY(KDSKBLED, IN, locks),
             NAMED(KDGKBTYPE, ENUM_AT, OUT, 1, console_keyboards), BY(KDADDIO, IN, port),
             BY(KDDELIO, IN, port), NAMED(KDSETMODE, ENUM, IN, 0, console_modes),
             NAMED(KDGETMODE, ENUM_AT, OUT, 4, console_modes), BY(KDSKBMODE, IN, key_mode),
             BY(KDGKBMODE, OUT, key_mode_at), NAMED(KDSKBMETA, ENUM, IN, 0, console_meta),
             NAMED(KDGKBMETA, ENUM_AT, OUT, 4, console_meta), BY(GIO_SCRNMAP, OUT, screen_bytes),
             BY(PIO_SCRNMAP, IN, screen_bytes), BY(GIO_UNISCRNMAP, OUT, screen_map),
             BY(PIO_UNISCRNMAP, IN, screen_map), BY(KDGKBENT, INOUT, key_entry_asked),
             BY(KDSKBENT, IN, key_entry), BY(KDGKBSENT, INOUT, key_string_asked),
             BY(KDSKBSENT, IN, key_string), BY(KDGKBDIACR, OUT, accents), BY(KDSKBDIACR, IN, accents),
             BY(KDGKBDIACRUC, OUT, wide_accents), BY(KDSKBDIACRUC, IN, wide_accents),
             BY(KDGETKEYCODE, INOUT, key_code), AT(KDSETKEYCODE, IN, key_code), BY(KDSIGACCEPT, IN, accepted),
             CHANGES(KDKBDREP, repeating), BY(GIO_FONT, OUT, font_bytes), BY(PIO_FONT, IN, font_bytes),
             AT(PIO_UNIMAPCLR, IN, hash_advice), BY(GIO_CMAP, OUT, palette), BY(PIO_CMAP, IN, palette),
             BY(GIO_UNIMAP, OUT_ANY, pairs_asked), BY(PIO_UNIMAP, IN, pairs), CHANGES(GIO_FONTX, font),
             BY(PIO_FONTX, IN, font), BY(KDFONTOP, INOUT, font_operation), PLAIN(KDENABIO, NOTHING, IN, 0),
             PLAIN(KDDISABIO, NOTHING, IN, 0), PLAIN(KDMAPDISP, NOTHING, IN, 0),
             PLAIN(KDUNMAPDISP, NOTHING, IN, 0), PLAIN(PIO_FONTRESET, NOTHING, IN, 0));
