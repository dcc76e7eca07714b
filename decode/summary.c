#include "decode/summary.h"

#include <errno.h>
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
    {"time", SUMMARY_TOTAL_TIME},
    {"time-total", SUMMARY_TOTAL_TIME},
    {"total-time", SUMMARY_TOTAL_TIME},
    {"total_time", SUMMARY_TOTAL_TIME},
    {"min-time", SUMMARY_MIN_TIME},
    {"min_time", SUMMARY_MIN_TIME},
    {"shortest", SUMMARY_MIN_TIME},
    {"time-min", SUMMARY_MIN_TIME},
    {"max-time", SUMMARY_MAX_TIME},
    {"max_time", SUMMARY_MAX_TIME},
    {"longest", SUMMARY_MAX_TIME},
    {"time-max", SUMMARY_MAX_TIME},
    {"avg-time", SUMMARY_AVG_TIME},
    {"avg_time", SUMMARY_AVG_TIME},
    {"time-avg", SUMMARY_AVG_TIME},
    {"calls", SUMMARY_CALLS},
    {"count", SUMMARY_CALLS},
    {"errors", SUMMARY_ERRORS},
    {"error", SUMMARY_ERRORS},
    {"name", SUMMARY_NAME},
    {"syscall", SUMMARY_NAME},
    {"syscall_name", SUMMARY_NAME},
    {"syscall-name", SUMMARY_NAME},
    {"nothing", SUMMARY_NOTHING},
    {"none", SUMMARY_NOTHING},
};

static const struct {
    const char *title;
    const char *rule;
    int width; /* as printf's: a negative one is aligned to the left */
} columns[SUMMARY_COLUMNS] = {
    [SUMMARY_TIME_PERCENT] = {"% time", "------", 6},
    [SUMMARY_TOTAL_TIME] = {"seconds", "-----------", 11},
    [SUMMARY_MIN_TIME] = {"shortest", "--------", 8},
    [SUMMARY_MAX_TIME] = {"longest", "--------", 8},
    [SUMMARY_AVG_TIME] = {"usecs/call", "-----------", 11},
    [SUMMARY_CALLS] = {"calls", "---------", 9},
    [SUMMARY_ERRORS] = {"errors", "---------", 9},
    [SUMMARY_NAME] = {"syscall", "----------------", -16},
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
    options->column_count = 0;
    while (*text) {
        size_t length = strcspn(text, ",");
        const struct column_name *found = find_name(text, length);
        if (!found || found->column == SUMMARY_NOTHING) {
            return error_set(err, EINVAL, "-U: '%.*s' is not a column", (int)length, text);
        }
        if (has_column(options, found->column)) {
            return error_set(err, EINVAL, "-U: '%.*s' is there twice", (int)length, text);
        }
        options->columns[options->column_count++] = found->column;
        text += length + (text[length] == ',');
    }
    if (!has_column(options, SUMMARY_NAME)) {
        options->columns[options->column_count++] = SUMMARY_NAME; /* as strace: figures of what? */
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
    row->errors += event->result_state == RESULT_KNOWN && event->result < 0 && event->result >= -4095;
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

static int compare(const void *a, const void *b, void *context)
{
    const struct line *x = a;
    const struct line *y = b;
    const struct summary_options *options = context;
    int order = 0;
    switch (options->sort) {
    case SUMMARY_TIME_PERCENT:
    case SUMMARY_TOTAL_TIME:
        order = descending(x->row->total_ns, y->row->total_ns);
        break;
    case SUMMARY_MIN_TIME:
        order = descending(x->row->min_ns, y->row->min_ns);
        break;
    case SUMMARY_MAX_TIME:
        order = descending(x->row->max_ns, y->row->max_ns);
        break;
    case SUMMARY_AVG_TIME:
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
    return order ? order : (int)x->id - (int)y->id;
}

/* The last column is not padded, so that lines do not end in spaces. */
static void pad(struct buf *out, const struct summary_options *options, size_t at, const char *text)
{
    int width = columns[options->columns[at]].width;
    buf_printf(out, "%*s", width < 0 && at + 1 == options->column_count ? 0 : width, text);
}

static void cell(struct buf *out, const struct summary_options *options, size_t at,
                 const struct summary_row *row, const char *name, int64_t all_ns)
{
    switch (options->columns[at]) {
    case SUMMARY_TIME_PERCENT:
        buf_printf(out, "%6.2f", all_ns ? 100.0 * (double)row->total_ns / (double)all_ns : 0.0);
        break;
    case SUMMARY_TOTAL_TIME:
        buf_printf(out, "%11.6f", (double)row->total_ns / 1e9);
        break;
    case SUMMARY_MIN_TIME:
        buf_printf(out, "%8.6f", (double)row->min_ns / 1e9);
        break;
    case SUMMARY_MAX_TIME:
        buf_printf(out, "%8.6f", (double)row->max_ns / 1e9);
        break;
    case SUMMARY_AVG_TIME:
        buf_printf(out, "%11lld", (long long)(average(row) / 1000));
        break;
    case SUMMARY_CALLS:
        buf_printf(out, "%9llu", (unsigned long long)row->calls);
        break;
    case SUMMARY_ERRORS:
        if (row->errors) {
            buf_printf(out, "%9llu", (unsigned long long)row->errors);
        } else {
            buf_str(out, "         ");
        }
        break;
    default:
        pad(out, options, at, name);
        break;
    }
}

static void table_row(struct buf *out, const struct summary_options *options, const struct summary_row *row,
                      const char *name, int64_t all_ns)
{
    for (size_t i = 0; i < options->column_count; i++) {
        buf_str(out, i ? " " : "");
        cell(out, options, i, row, name, all_ns);
    }
    buf_char(out, '\n');
}

static void table_head(struct buf *out, const struct summary_options *options, bool titles)
{
    for (size_t i = 0; i < options->column_count; i++) {
        enum summary_column column = options->columns[i];
        buf_str(out, i ? " " : "");
        pad(out, options, i, titles ? columns[column].title : columns[column].rule);
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
    struct summary_row total = {.calls = 0};
    struct summary_options order = *options;

    for (unsigned id = 0; id < CALL_COUNT; id++) {
        const struct summary_row *row = &summary->rows[id];
        if (row->calls) {
            lines[count++] = (struct line){(enum call_id)id, row};
            add_row(&total, row);
        }
    }
    qsort_r(lines, count, sizeof(lines[0]), compare, &order);
    table_head(out, options, true);
    table_head(out, options, false);
    for (size_t i = 0; i < count; i++) {
        table_row(out, options, lines[i].row, name_of(lines[i].id), total.total_ns);
    }
    table_head(out, options, false);
    table_row(out, options, &total, "total", total.total_ns);
}
