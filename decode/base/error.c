#include "decode/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int __attribute__((format(printf, 4, 0)))
record(struct error *err, int code, const char *suffix, const char *format, va_list args)
{
    if (err && err->code == 0) {
        err->code = code;
        int n = vsnprintf(err->message, sizeof(err->message), format, args);
        if (suffix && n >= 0 && (size_t)n < sizeof(err->message)) {
            snprintf(err->message + n, sizeof(err->message) - (size_t)n, ": %s", suffix);
        }
    }
    return -code;
}

int error_set(struct error *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int ret = record(err, code, NULL, format, args);
    va_end(args);
    return ret;
}

int error_errno(struct error *err, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int ret = record(err, code, strerror(code), format, args);
    va_end(args);
    return ret;
}

void error_hint(struct error *err, const char *format, ...)
{
    if (!err) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(err->hint, sizeof(err->hint), format, args);
    va_end(args);
}
