#include "decode/kinds/file.h"

#include <fcntl.h>
#include <unistd.h>

#include "decode/kinds/basic.h"

XLAT(access_mode, "?_OK", X(R_OK), X(W_OK), X(X_OK));
XLAT(open_access, "O_???", X(O_RDONLY), X(O_WRONLY), X(O_RDWR), X(O_ACCMODE));
/* O_SYNC and O_TMPFILE hold another flag's bit: they come first. Numbers of asm-generic/fcntl.h. */
XLAT(open_flags, "O_???", X(O_CREAT), X(O_EXCL), X(O_NOCTTY), X(O_TRUNC), X(O_APPEND), X(O_NONBLOCK),
     {04010000, "O_SYNC"}, X(O_DSYNC), X(O_ASYNC), {040000, "O_DIRECT"}, {0100000, "O_LARGEFILE"},
     X(O_NOFOLLOW), {0x410000, "O_TMPFILE"}, X(O_DIRECTORY), {01000000, "O_NOATIME"}, X(O_CLOEXEC),
     {0x200000, "O_PATH"});

static void decode_open_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags = (uint32_t)raw;
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = flags;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_open_access, flags & O_ACCMODE);
    if (flags & ~(uint64_t)O_ACCMODE) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_open_flags, flags & ~(uint64_t)O_ACCMODE);
    }
    values_close(d->out);
}

static void decode_open_mode(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags = d->arg ? d->args[d->arg - 1] : 0;
    if (flags & (O_CREAT | 0x400000 /* __O_TMPFILE */)) {
        values_add(d->out, VALUE_OCTAL, name, (uint32_t)raw);
    }
}

KIND_FLAGS(access_mode, access_mode);
const struct kind kind_open_flags = {.decode = decode_open_flags};
const struct kind kind_open_mode = {.decode = decode_open_mode};
