/* The directory entries that getdents and getdents64 return. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/members.h"

XLAT(dirent_type, "DT_???", X(DT_UNKNOWN), X(DT_FIFO), X(DT_CHR), X(DT_DIR), X(DT_BLK), X(DT_REG), X(DT_LNK),
     X(DT_SOCK), X(DT_WHT));

enum { NAME_SHOWN_MAX = 255, HEADER_MAX = 19 };

/* Where the parts of an entry lie. getdents keeps the type in the entry's last byte, behind the name. */
struct dirent_form {
    uint8_t word;   /* bytes of d_ino and of d_off */
    uint8_t header; /* bytes before d_name */
    bool type_first;
};
static const struct dirent_form form_64 = {.word = 8, .header = 19, .type_first = true};
static const struct dirent_form form_old_64 = {.word = 8, .header = 18};
static const struct dirent_form form_old_32 = {.word = 4, .header = 10};

struct entries {
    const struct dirent_form *form;
    uint64_t addr; /* of the next entry */
    uint64_t left; /* bytes from there on */
    unsigned char header[HEADER_MAX];
    uint16_t length; /* d_reclen of the entry in `header` */
};

/* Reads the next entry's header. False at the end, or where what is there can't be an entry. */
static bool next_entry(struct decoder *d, struct entries *e)
{
    if (e->left < e->form->header || !mem_read(d->mem, e->addr, e->header, e->form->header)) {
        return false;
    }
    memcpy(&e->length, e->header + 2 * e->form->word, sizeof(e->length));
    return e->length >= e->form->header && e->length <= e->left;
}

static void skip_entry(struct entries *e)
{
    e->addr += e->length;
    e->left -= e->length;
}

static void decode_name(struct decoder *d, uint64_t addr, size_t room)
{
    char name[NAME_SHOWN_MAX + 1];
    size_t want = room < sizeof(name) ? room : sizeof(name);

    if (!mem_read(d->mem, addr, name, want)) {
        decode_addr(d, "d_name", addr);
        return;
    }
    size_t length = strnlen(name, want);
    values_string(d->out, "d_name", name, length < NAME_SHOWN_MAX ? length : NAME_SHOWN_MAX,
                  length == want ? VALUE_MORE : 0);
}

static void decode_head(struct decoder *d, const struct entries *e)
{
    uint64_t number[2] = {0};
    memcpy(&number[0], e->header, e->form->word);
    memcpy(&number[1], e->header + e->form->word, e->form->word);
    values_add(d->out, VALUE_UINT, "d_ino", number[0]);
    values_add(d->out, VALUE_UINT, "d_off", number[1]);
    values_add(d->out, VALUE_UINT, "d_reclen", e->length);
}

static void decode_entry_of(struct decoder *d, const struct entries *e)
{
    const struct dirent_form *form = e->form;
    uint8_t type = 0;
    size_t rest = e->length - (size_t)form->header;

    values_open(d->out, VALUE_STRUCT, NULL);
    decode_head(d, e);
    if (form->type_first) {
        values_xlat(d->out, VALUE_ENUM, "d_type", &xlat_dirent_type, e->header[form->header - 1]);
        decode_name(d, e->addr + form->header, rest);
    } else if (rest) {
        decode_name(d, e->addr + form->header, rest - 1);
        if (mem_read(d->mem, e->addr + e->length - 1, &type, 1)) {
            values_xlat(d->out, VALUE_ENUM, "d_type", &xlat_dirent_type, type);
        }
    }
    values_close(d->out);
}

static void decode_list(struct decoder *d, const char *name, struct entries *e)
{
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    while (!d->out->full && next_entry(d, e)) {
        decode_entry_of(d, e);
        skip_entry(e);
    }
    values_at(d->out, array)->flags |= e->left ? VALUE_MORE : 0;
    values_close(d->out);
}

/* The buffer's address, and how many entries are in it; a plus sign where what follows can't be counted. */
static void decode_count(struct decoder *d, const char *name, struct entries *e)
{
    char text[32];
    uint32_t index = values_add(d->out, VALUE_ADDR, name, e->addr);
    unsigned count = 0;

    while (next_entry(d, e)) {
        skip_entry(e);
        count++;
    }
    int length = snprintf(text, sizeof(text), "%u%s entries", count, e->left ? "+" : "");
    values_note(d->out, index, text, (size_t)length);
}

/* kind->option: getdents64. */
static void decode_dirents(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct dirent_form *old = d->abi->long_size == 8 ? &form_old_64 : &form_old_32;
    struct entries e = {
        .form = kind->option ? &form_64 : old, .addr = decode_word(d, raw), .left = (uint64_t)d->result};

    /* More than the buffer holds is not what the kernel wrote. */
    if (d->options->opaque || d->result > (int64_t)(uint32_t)d->args[d->arg + 1]) {
        decode_addr(d, name, raw);
    } else if (d->options->verbose) {
        decode_list(d, name, &e);
    } else {
        decode_count(d, name, &e);
    }
}

/* struct old_linux_dirent (fs/readdir.c): getdents' entry of 32 bits, whose third member is the name's
 * length. */
static void decode_old_dirent(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct entries e = {.form = &form_old_32, .addr = decode_word(d, raw)};
    if (d->result == 0 || d->options->opaque || !mem_read(d->mem, e.addr, e.header, e.form->header)) {
        decode_addr(d, name, raw);
        return;
    }
    memcpy(&e.length, e.header + 2 * e.form->word, sizeof(e.length));
    values_open(d->out, VALUE_STRUCT, name);
    decode_head(d, &e);
    decode_name(d, e.addr + e.form->header, e.length + 1U);
    values_close(d->out);
}

static void decode_old_count(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if ((uint32_t)raw != 1) {
        values_add(d->out, VALUE_UINT, name, (uint32_t)raw);
    }
}

const struct kind kind_old_dirent_out = {.decode = decode_old_dirent,
                                         .direction = DIR_OUT,
                                         .extent = EXTENT_FIXED,
                                         .size = HEADER_MAX + NAME_SHOWN_MAX + 1};
const struct kind kind_old_dirent_count = {.decode = decode_old_count};
const struct kind kind_dirents_out = {
    .decode = decode_dirents, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_dirents64_out = {
    .decode = decode_dirents, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1, .option = 1};
