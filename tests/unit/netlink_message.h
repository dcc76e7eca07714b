/* Netlink messages of a target: begin, attribute..., and what is shown of them. start and end are the
 * fixture. */
#ifndef PROCTOR_TESTS_UNIT_NETLINK_MESSAGE_H
#define PROCTOR_TESTS_UNIT_NETLINK_MESSAGE_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>

static struct unit_target target;
static const char *socket_is;
static int answers; /* how often it is told */
static unsigned char message[1024];
static size_t length;

static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    ck_assert(names == target.fds && fd == 3 && details && n > strlen(socket_is));
    if (answers-- <= 0) {
        return -EBADF;
    }
    memcpy(buf, socket_is, strlen(socket_is));
    return (ssize_t)strlen(socket_is);
}

static ssize_t interface(const struct fd_names *names, uint32_t index, char *buf, size_t n)
{
    ck_assert(names == target.fds && n > 2);
    memcpy(buf, "lo", 2);
    return index == 1 ? 2 : -1;
}

static const struct fd_names names = {.describe = describe, .interface = interface};

static void start(void)
{
    unit_start(&target);
    target.fds = &names;
    target.options.string_max = 64;
    socket_is = "NETLINK:[ROUTE:42]";
    answers = 1000;
}

static void end(void)
{
    unit_end(&target);
}

static void add(const void *bytes, size_t n)
{
    ck_assert(length + n + 3 < sizeof(message));
    if (n) {
        memcpy(message + length, bytes, n);
    }
    length += n;
}

static void begin(uint16_t type, uint16_t flags, const void *body, size_t n)
{
    struct nlmsghdr header = {.nlmsg_type = type, .nlmsg_flags = flags};
    memset(message, 0, sizeof(message));
    length = 0;
    add(&header, sizeof(header));
    add(body, n);
}

/* Adds an attribute, padded; returns where it is. */
static size_t attribute(uint16_t type, const void *bytes, size_t n)
{
    const uint16_t header[2] = {(uint16_t)(4 + n), type};
    length = (length + 3) & ~(size_t)3;
    size_t at = length;
    add(header, sizeof(header));
    add(bytes, n);
    return at;
}

/* What is shown behind the header of the message, up to the end of its array. */
static const char *body(void)
{
    uint32_t whole = (uint32_t)length;
    memcpy(message, &whole, sizeof(whole));
    uint64_t at = unit_put(&target, UNIT_SIZE - length, message, length); /* nothing is mapped behind it */
    const char *text = unit_entry(&target, CALL_sendto, 3, at, length, 0, 0, 0);
    const char *start_of_body = strstr(text, "nlmsg_pid=0}, ");
    ck_assert_msg(start_of_body, "%s", text);
    static char copy[4096];
    snprintf(copy, sizeof(copy), "%s", start_of_body + strlen("nlmsg_pid=0}, "));
    char *rest = strstr(copy, "], ");
    for (char *next; rest && (next = strstr(rest + 1, "], ")) != NULL; rest = next) {
    }
    ck_assert_ptr_nonnull(rest);
    *rest = 0;
    return copy;
}

/* An attribute within attributes, the outermost first, and what must be shown of it. */
struct nested {
    const char *expected;
    const void *bytes;
    size_t n;
    uint16_t types[5]; /* ends with END */
};
enum { END = 0xffff };

static inline void check_nested(uint16_t type, uint16_t flags, const void *fixed, size_t n,
                                const struct nested *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at[5], depth = 0;
        begin(type, flags, fixed, n);
        while (depth < 4 && lines[i].types[depth + 1] != END) {
            at[depth] = attribute(lines[i].types[depth], NULL, 0);
            depth++;
        }
        attribute(lines[i].types[depth], lines[i].bytes, lines[i].n);
        while (depth--) {
            const uint16_t size = (uint16_t)(length - at[depth]);
            memcpy(message + at[depth], &size, sizeof(size));
        }
        const char *text = body();
        ck_assert_msg(strstr(text, lines[i].expected), "%s\nexpected: %s", text, lines[i].expected);
    }
}
#define CHECK_NESTED(type, flags, fixed, lines)                                                              \
    check_nested(type, flags, &(fixed), sizeof(fixed), lines, sizeof(lines) / sizeof((lines)[0]))
/* "expected", "bytes", types from the outermost on. */
#define NESTED(expected_, bytes_, ...)                                                                       \
    {                                                                                                        \
        expected_, bytes_, sizeof(bytes_) - 1,                                                               \
        {                                                                                                    \
            __VA_ARGS__, END                                                                                 \
        }                                                                                                    \
    }

#endif
