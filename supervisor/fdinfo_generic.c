#include "supervisor/fdinfo_generic.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/base/cleanup.h"

/* The headers of a message and of an attribute, and the bits of an attribute's type (NLA_TYPE_MASK). */
static const size_t HEADERS = sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr);
static const size_t HEADER = sizeof(struct nlattr);
static const unsigned TYPE = 0x3fff;

/* The attribute of this type in a reply of `size` bytes, and its payload's length; NULL: it has none. */
static const char *attribute(const char *reply, size_t size, uint16_t type, size_t *length)
{
    for (size_t at = HEADERS; at + HEADER <= size;) {
        struct nlattr header;
        memcpy(&header, reply + at, sizeof(header));
        if (header.nla_len < HEADER || at + header.nla_len > size) {
            return NULL;
        }
        if ((header.nla_type & TYPE) == type) {
            *length = header.nla_len - HEADER;
            return reply + at + HEADER;
        }
        at += (header.nla_len + 3u) & ~3u;
    }
    return NULL;
}

/* Asks the kernel about the family. Returns the bytes of its reply, 0 where there is no such family. */
static size_t ask(uint16_t family, char *reply, size_t size)
{
    struct {
        struct nlmsghdr header;
        struct genlmsghdr generic;
        struct nlattr attribute;
        uint16_t family;
        uint16_t padding;
    } query = {
        .header = {.nlmsg_len = sizeof(query), .nlmsg_type = GENL_ID_CTRL, .nlmsg_flags = NLM_F_REQUEST},
        .generic = {.cmd = CTRL_CMD_GETFAMILY, .version = 1},
        .attribute = {.nla_len = sizeof(struct nlattr) + sizeof(family), .nla_type = CTRL_ATTR_FAMILY_ID},
        .family = family};
    struct nlmsghdr header;
    cleanup_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    if (fd < 0 || send(fd, &query, sizeof(query), 0) < 0) {
        return 0;
    }
    ssize_t got = recv(fd, reply, size, 0);
    if (got < (ssize_t)sizeof(header)) {
        return 0;
    }
    memcpy(&header, reply, sizeof(header));
    return header.nlmsg_type == GENL_ID_CTRL && header.nlmsg_len <= (size_t)got ? header.nlmsg_len : 0;
}

ssize_t fdinfo_generic(unsigned family, char *buf, size_t n)
{
    char reply[8192];
    size_t length = 0;
    size_t size = family <= UINT16_MAX ? ask((uint16_t)family, reply, sizeof(reply)) : 0;
    const char *name = attribute(reply, size, CTRL_ATTR_FAMILY_NAME, &length);
    length = name ? strnlen(name, length) : 0;
    if (!length || length > n) {
        return -ENOENT;
    }
    memcpy(buf, name, length);
    return (ssize_t)length;
}
