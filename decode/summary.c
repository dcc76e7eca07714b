#include "decode/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct column_name {
    const char *name;
    enum summary_column column;
};

/* The words of strace's -S and -U. */
static const struct column_name names[] = {
    {"time-percent", SUMMARY_TIME_PERCENT},
    {"time_percent", SUMMARY_TIME_PERCENT},
    {"time", SUMMARY_TIME_PERCENT},
    {"time-total", SUMMARY_TOTAL_TIME},
    {"time_total", SUMMARY_TOTAL_TIME},
    {"total-time", SUMMARY_TOTAL_TIME},
    {"total_time", SUMMARY_TOTAL_TIME},
    {"min-time", SUMMARY_MIN_TIME},
    {"min_time", SUMMARY_MIN_TIME},
    {"shortest", SUMMARY_MIN_TIME},
    {"time-min", SUMMARY_MIN_TIME},
    {"time_min", SUMMARY_MIN_TIME},
    {"time_max", SUMMARY_MAX_TIME},
    {"max-time", SUMMARY_MAX_TIME},
    {"max_time", SUMMARY_MAX_TIME},
    {"longest", SUMMARY_MAX_TIME},
    {"time-max", SUMMARY_MAX_TIME},
    {"avg-time", SUMMARY_AVG_TIME},
    {"avg_time", SUMMARY_AVG_TIME},
    {"time-avg", SUMMARY_AVG_TIME},
    {"time_avg", SUMMARY_AVG_TIME},
    {"calls", SUMMARY_CALLS},
    {"count", SUMMARY_CALLS},
    {"errors", SUMMARY_ERRORS},
    {"error", SUMMARY_ERRORS},
    {"name", SUMMARY_NAME},
    {"syscall", SUMMARY_NAME},
    {"syscall_name", SUMMARY_NAME},
    {"syscall-name", SUMMARY_NAME},
    {"wall-total", SUMMARY_WALL_TOTAL},
    {"wall_total", SUMMARY_WALL_TOTAL},
    {"total-wall", SUMMARY_WALL_TOTAL},
    {"total_wall", SUMMARY_WALL_TOTAL},
    {"wall-min", SUMMARY_WALL_MIN},
    {"wall_min", SUMMARY_WALL_MIN},
    {"min-wall", SUMMARY_WALL_MIN},
    {"min_wall", SUMMARY_WALL_MIN},
    {"wall-max", SUMMARY_WALL_MAX},
    {"wall_max", SUMMARY_WALL_MAX},
    {"max-wall", SUMMARY_WALL_MAX},
    {"max_wall", SUMMARY_WALL_MAX},
    {"wall-avg", SUMMARY_WALL_AVG},
    {"wall_avg", SUMMARY_WALL_AVG},
    {"avg-wall", SUMMARY_WALL_AVG},
    {"avg_wall", SUMMARY_WALL_AVG},
    {"nothing", SUMMARY_NOTHING},
    {"none", SUMMARY_NOTHING},
};

/* Wider where a cell is. */
static const struct {
    const char *title;
    size_t width;
} columns[SUMMARY_COLUMNS] = {
    [SUMMARY_TIME_PERCENT] = {"% time", 6},    [SUMMARY_TOTAL_TIME] = {"seconds", 11},
    [SUMMARY_MIN_TIME] = {"shortest", 8},      [SUMMARY_MAX_TIME] = {"longest", 8},
    [SUMMARY_AVG_TIME] = {"usecs/call", 11},   [SUMMARY_CALLS] = {"calls", 9},
    [SUMMARY_ERRORS] = {"errors", 9},          [SUMMARY_NAME] = {"syscall", 16},
    [SUMMARY_WALL_TOTAL] = {"wall-total", 11}, [SUMMARY_WALL_MIN] = {"wall-min", 8},
    [SUMMARY_WALL_MAX] = {"wall-max", 8},      [SUMMARY_WALL_AVG] = {"wall-avg", 11},
};

void summary_defaults(struct summary_options *options)
{
    *options =
        (struct summary_options){.sort = SUMMARY_TOTAL_TIME,
                                 .columns = {SUMMARY_TIME_PERCENT, SUMMARY_TOTAL_TIME, SUMMARY_AVG_TIME,
                                             SUMMARY_CALLS, SUMMARY_ERRORS, SUMMARY_NAME},
                                 .column_count = 6};
}

static const struct column_name *find_name(const char *text, size_t length)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i].name) == length && memcmp(names[i].name, text, length) == 0) {
            return &names[i];
        }
    }
    return NULL;
}

int summary_parse_sort(struct summary_options *options, const char *text, struct error *err)
{
    const struct column_name *found = find_name(text, strlen(text));
    if (!found) {
        return error_set(err, EINVAL,
                         "-S: '%s' is not one of time, min-time, max-time, avg-time, calls, errors, "
                         "name, nothing",
                         text);
    }
    options->sort = found->column;
    return 0;
}

static bool has_column(const struct summary_options *options, enum summary_column column)
{
    for (size_t i = 0; i < options->column_count; i++) {
        if (options->columns[i] == column) {
            return true;
        }
    }
    return false;
}

int summary_parse_columns(struct summary_options *options, const char *text, struct error *err)
{
    const char *end;
    options->column_count = 0;
    do {
        size_t length = strcspn(text, ",");
        const struct column_name *found = find_name(text, length);
        if (!found || found->column == SUMMARY_NOTHING) {
            return error_set(err, EINVAL, "-U: '%.*s' is not a column", (int)length, text);
        }
        if (has_column(options, found->column)) {
            return error_set(err, EINVAL, "-U: '%.*s' is there twice", (int)length, text);
        }
        options->columns[options->column_count++] = found->column;
        end = text + length;
        text = end + 1;
    } while (*end);
    if (!has_column(options, SUMMARY_NAME)) {
        options->columns[options->column_count++] = SUMMARY_NAME;
    }
    return 0;
}

void summary_add(struct summary *summary, const struct event *event, int64_t overhead_ns)
{
    struct summary_row *row = &summary->rows[call_find(event->abi, event->number)];
    int64_t took = event->duration_ns - overhead_ns;
    took = took > 0 ? took : 0;
    row->min_ns = row->calls == 0 || took < row->min_ns ? took : row->min_ns;
    row->max_ns = took > row->max_ns ? took : row->max_ns;
    row->total_ns += took;
    row->calls++;
    row->errors += event_failed(event);
}

struct line {
    enum call_id id;
    const struct summary_row *row;
};

static int descending(int64_t a, int64_t b)
{
    return a < b ? 1 : a > b ? -1 : 0;
}

static int64_t average(const struct summary_row *row)
{
    return row->calls ? row->total_ns / (int64_t)row->calls : 0;
}

static const char *name_of(enum call_id id)
{
    return id == CALL_none ? "unknown" : call_line(id)->name;
}

/* By the numbers of x86-64; those that it does not have are last. */
static int by_number(enum call_id a, enum call_id b)
{
    unsigned x = (unsigned)call_number(&abis[ABI_X86_64], a);
    unsigned y = (unsigned)call_number(&abis[ABI_X86_64], b);
    return x != y ? (x < y ? -1 : 1) : (int)a - (int)b;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct line *x = a;
    const struct line *y = b;
    const struct summary_options *options = context;
    int order = 0;
    switch (options->sort) {
    case SUMMARY_TIME_PERCENT:
    case SUMMARY_TOTAL_TIME:
    case SUMMARY_WALL_TOTAL:
        order = descending(x->row->total_ns, y->row->total_ns);
        break;
    case SUMMARY_MIN_TIME:
    case SUMMARY_WALL_MIN:
        order = descending(x->row->min_ns, y->row->min_ns);
        break;
    case SUMMARY_MAX_TIME:
    case SUMMARY_WALL_MAX:
        order = descending(x->row->max_ns, y->row->max_ns);
        break;
    case SUMMARY_AVG_TIME:
    case SUMMARY_WALL_AVG:
        order = descending(average(x->row), average(y->row));
        break;
    case SUMMARY_CALLS:
        order = descending((int64_t)x->row->calls, (int64_t)y->row->calls);
        break;
    case SUMMARY_ERRORS:
        order = descending((int64_t)x->row->errors, (int64_t)y->row->errors);
        break;
    case SUMMARY_NAME:
        order = strcmp(name_of(x->id), name_of(y->id));
        break;
    case SUMMARY_NOTHING:
        break;
    }
    return order ? order : by_number(x->id, y->id);
}

enum { CELL = 64 };

struct table {
    const struct summary_options *options;
    struct summary_row total;
    size_t widths[SUMMARY_COLUMNS];
};

static double share(const struct table *t, const struct summary_row *row)
{
    if (row == &t->total) {
        return 100;
    }
    return t->total.total_ns ? 100.0 * (double)row->total_ns / (double)t->total.total_ns : 0;
}

/* What a cell shows, not padded. */
static const char *cell(const struct table *t, enum summary_column column, const struct summary_row *row,
                        const char *name, char text[CELL])
{
    text[0] = 0;
    switch (column) {
    case SUMMARY_TIME_PERCENT:
        snprintf(text, CELL, "%.2f", share(t, row));
        return text;
    case SUMMARY_TOTAL_TIME:
    case SUMMARY_WALL_TOTAL:
        snprintf(text, CELL, "%.6f", (double)row->total_ns / 1e9);
        return text;
    case SUMMARY_MIN_TIME:
    case SUMMARY_WALL_MIN:
        snprintf(text, CELL, "%.6f", (double)row->min_ns / 1e9);
        return text;
    case SUMMARY_MAX_TIME:
    case SUMMARY_WALL_MAX:
        snprintf(text, CELL, "%.6f", (double)row->max_ns / 1e9);
        return text;
    case SUMMARY_AVG_TIME:
    case SUMMARY_WALL_AVG:
        snprintf(text, CELL, "%" PRId64, average(row) / 1000);
        return text;
    case SUMMARY_CALLS:
        snprintf(text, CELL, "%" PRIu64, row->calls);
        return text;
    case SUMMARY_ERRORS:
        if (row->errors) {
            snprintf(text, CELL, "%" PRIu64, row->errors);
        }
        return text;
    default:
        return name;
    }
}

static void widen(struct table *t, const struct summary_row *row, const char *name)
{
    char text[CELL];
    for (unsigned column = 0; column < SUMMARY_COLUMNS; column++) {
        /* One more behind a name, as strace has it. */
        size_t width = strlen(cell(t, column, row, name, text)) + (column == SUMMARY_NAME);
        t->widths[column] = width > t->widths[column] ? width : t->widths[column];
    }
}

/* Appends one cell: names are on the left, and the last one is not padded; numbers are on the right. */
static void put_cell(struct buf *out, const struct table *t, size_t i, const char *text)
{
    enum summary_column column = t->options->columns[i];
    int width = (int)t->widths[column];
    buf_str(out, i ? " " : "");
    if (column == SUMMARY_NAME) {
        width = i + 1 == t->options->column_count ? 0 : -width;
    }
    buf_printf(out, "%*s", width, text);
}

static void put_row(struct buf *out, const struct table *t, const struct summary_row *row, const char *name)
{
    char text[CELL];
    for (size_t i = 0; i < t->options->column_count; i++) {
        put_cell(out, t, i, cell(t, t->options->columns[i], row, name, text));
    }
    buf_char(out, '\n');
}

static void put_titles(struct buf *out, const struct table *t)
{
    for (size_t i = 0; i < t->options->column_count; i++) {
        put_cell(out, t, i, columns[t->options->columns[i]].title);
    }
    buf_char(out, '\n');
}

static void put_rule(struct buf *out, const struct table *t)
{
    for (size_t i = 0; i < t->options->column_count; i++) {
        buf_str(out, i ? " " : "");
        for (size_t n = t->widths[t->options->columns[i]]; n; n--) {
            buf_char(out, '-');
        }
    }
    buf_char(out, '\n');
}

static void add_row(struct summary_row *total, const struct summary_row *row)
{
    total->min_ns = total->calls == 0 || row->min_ns < total->min_ns ? row->min_ns : total->min_ns;
    total->max_ns = row->max_ns > total->max_ns ? row->max_ns : total->max_ns;
    total->total_ns += row->total_ns;
    total->calls += row->calls;
    total->errors += row->errors;
}

void summary_render(struct buf *out, const struct summary *summary, const struct summary_options *options)
{
    struct line lines[CALL_COUNT];
    size_t count = 0;
    struct table t = {.options = options};
    struct summary_options order = *options;

    for (unsigned column = 0; column < SUMMARY_COLUMNS; column++) {
        t.widths[column] = columns[column].width;
    }
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        const struct summary_row *row = &summary->rows[id];
        if (row->calls) {
            lines[count++] = (struct line){(enum call_id)id, row};
            add_row(&t.total, row);
            widen(&t, row, name_of((enum call_id)id));
        }
    }
    if (!count) {
        return;
    }
    widen(&t, &t.total, "total");
    qsort_r(lines, count, sizeof(lines[0]), compare, &order);
    put_titles(out, &t);
    put_rule(out, &t);
    for (size_t i = 0; i < count; i++) {
        put_row(out, &t, lines[i].row, name_of(lines[i].id));
    }
    put_rule(out, &t);
    put_row(out, &t, &t.total, "total");
}
