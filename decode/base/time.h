/* Times are numbers of nanoseconds. */
#ifndef PROCTOR_BASE_TIME_H
#define PROCTOR_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* From the kernel's form, and back. */
static inline int64_t ns_of(struct timespec t)
{
    return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

static inline struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND};
}

/*
 * Reads a duration: a decimal number and its unit, "10ms", "1.5s", "200us", "300ns", of at most 30 years.
 * bare: the unit of a number without one; NULL: there must be one. False where it is none.
 */
bool duration_parse(const char *text, const char *bare, int64_t *ns);

#endif
