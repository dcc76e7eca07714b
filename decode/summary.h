/*
 * -c: how often each call was made, how often it failed, how long it took. Pure: counts events, appends a
 * table.
 */
#ifndef PROCTOR_DECODE_SUMMARY_H
#define PROCTOR_DECODE_SUMMARY_H

#include "decode/base/buf.h"
#include "decode/base/error.h"
#include "decode/event.h"

/* Columns of the table; -U names them. */
enum summary_column {
    SUMMARY_TIME_PERCENT,
    SUMMARY_TOTAL_TIME,
    SUMMARY_MIN_TIME,
    SUMMARY_MAX_TIME,
    SUMMARY_AVG_TIME,
    SUMMARY_CALLS,
    SUMMARY_ERRORS,
    SUMMARY_NAME,
    SUMMARY_WALL_TOTAL, /* all our times are of the wall clock: these are the same by other names */
    SUMMARY_WALL_MIN,
    SUMMARY_WALL_MAX,
    SUMMARY_WALL_AVG,
    SUMMARY_NOTHING, /* -S nothing: by number */
    SUMMARY_COLUMNS = SUMMARY_NOTHING,
};

struct summary_options {
    enum summary_column sort;
    enum summary_column columns[SUMMARY_COLUMNS];
    size_t column_count;
    int64_t overhead_ns; /* -O: taken off each call */
};

/* strace's defaults: sorted by time; % time, seconds, usecs/call, calls, errors, syscall. */
void summary_defaults(struct summary_options *options);

/*
 * Read the arguments of -S and -U. Return 0, or -EINVAL with err naming the word that is unknown, or a column
 * that is there already. The name of the call is always a column, the last where it is not named.
 */
int summary_parse_sort(struct summary_options *options, const char *text, struct error *err);
int summary_parse_columns(struct summary_options *options, const char *text, struct error *err);

struct summary_row {
    uint64_t calls;
    uint64_t errors;
    int64_t total_ns;
    int64_t min_ns;
    int64_t max_ns;
};

/* One row per call; that of CALL_none is for numbers that are in no table. */
struct summary {
    struct summary_row rows[CALL_COUNT];
};

/* Counts a call that has ended. */
void summary_add(struct summary *summary, const struct event *event, int64_t overhead_ns);

/* Appends the table, in strace's format; nothing where nothing was counted. */
void summary_render(struct buf *out, const struct summary *summary, const struct summary_options *options);

#endif
