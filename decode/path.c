#include "decode/path.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* Appends one component to the path of `at` bytes in out; returns the new length, or -ENAMETOOLONG. */
static ssize_t append(char *out, size_t n, size_t at, const char *name, size_t length)
{
    if (length == 0 || (length == 1 && name[0] == '.')) {
        return (ssize_t)at;
    }
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        while (at > 0 && out[at - 1] != '/') {
            at--;
        }
        return (ssize_t)(at ? at - 1 : 0);
    }
    if (at + 1 + length + 1 > n) {
        return -ENAMETOOLONG;
    }
    out[at++] = '/';
    memcpy(out + at, name, length);
    return (ssize_t)(at + length);
}

static ssize_t append_all(char *out, size_t n, size_t at, const char *path, size_t length)
{
    const char *end = path + length;
    while (path < end) {
        const char *slash = memchr(path, '/', (size_t)(end - path));
        const char *stop = slash ? slash : end;
        ssize_t ret = append(out, n, at, path, (size_t)(stop - path));
        if (ret < 0) {
            return ret;
        }
        at = (size_t)ret;
        path = stop + 1;
    }
    return (ssize_t)at;
}

ssize_t path_absolute(const char *base, const char *path, size_t length, char *out, size_t n)
{
    bool absolute = length && path[0] == '/';
    ssize_t at = 0;

    if (n < 2) {
        return -ENAMETOOLONG;
    }
    if (!absolute) {
        if (!base || base[0] != '/') {
            return -ENOENT;
        }
        at = append_all(out, n, 0, base, strlen(base));
    }
    at = at < 0 ? at : append_all(out, n, (size_t)at, path, length);
    if (at < 0) {
        return at;
    }
    if (at == 0) {
        out[at++] = '/';
    }
    out[at] = 0;
    return at;
}
