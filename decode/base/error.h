/*
 * An error object: library code fills it and returns a negative errno; only main prints it.
 */
#ifndef PROCTOR_BASE_ERROR_H
#define PROCTOR_BASE_ERROR_H

struct error {
    int code;          /* positive errno, 0 while nothing went wrong */
    char message[512]; /* what failed, on what, and why; one line, no trailing newline */
    char hint[256];    /* what the user can do about it, or empty */
};

/*
 * Records an error; the first one recorded wins, as later ones are its consequences.
 * err may be NULL (the message is dropped). Returns -code, so that callers can write
 * `return error_set(err, EINVAL, ...)`.
 */
int error_set(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the text of errno value `code` appended. */
int error_errno(struct error *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Adds advice to an error already recorded; err may be NULL. */
void error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
