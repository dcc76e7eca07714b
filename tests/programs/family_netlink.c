/* Netlink messages of every family that strace shows: of each type one with nothing else, and one with every
 * attribute, holding a number, a text, and attributes of its own. They are sent out of band, which netlink
 * refuses before it looks at them. */
#include "family.h"

#include <linux/netlink.h>
#include <sys/socket.h>

/* A type of message: `fixed` bytes, which begin with what must mean something, and attributes up to `last`
 * without those in `but` that a newer kernel has or that are known to be shown in another way. */
struct kind {
    uint16_t type, flags, fixed, last;
    uint8_t head[4];
    uint64_t but;
};

/* Addresses whose length is not that of the interface's kind, and bits that the kernel never sends in 16
 * bytes: IFLA_ADDRESS, IFLA_BROADCAST, IFLA_LINKINFO, IFLA_EXT_MASK, IFLA_PERM_ADDRESS; NDA_PROTOCOL,
 * NDA_NDM_STATE_MASK, NDA_FLAGS_EXT. */
#define LINK (1ULL << 1 | 1ULL << 2 | 1ULL << 18 | 1ULL << 29 | 1ULL << 54)
#define NEIGHBOUR (1 << 12 | 1 << 15 | 1 << 16)
#define STATS (1 << 4)
/* RTA_MULTIPATH: next hops of no length have no end in strace 6.1. */
#define ROUTE (1 << 9)

static const struct kind route[] = {
    {16, 0x301, 16, 61, {0, 0, 1}, LINK},
    {16, 0x601, 16, 61, {7, 0, 1}, LINK},
    {20, 0x301, 8, 11, {2, 24}, 0},
    {20, 0x201, 8, 11, {10, 64}, 0},
    {24, 0x501, 12, 29, {2, 24}, ROUTE},
    {24, 0x501, 12, 29, {10, 64}, ROUTE},
    {28, 1, 12, 16, {2}, NEIGHBOUR},
    {28, 1, 12, 16, {7}, NEIGHBOUR},
    {32, 1, 12, 24, {2, 24}, 0},
    {36, 0x501, 20, 15, {0}, 0},
    {40, 1, 20, 15, {0}, 0},
    {44, 1, 20, 15, {0}, 0},
    {48, 0x501, 4, 4, {0}, 0},
    {52, 0, 12, 2, {10}, 0},
    {58, 0x301, 8, 8, {2, 24}, 0},
    {62, 0x301, 8, 8, {10, 24}, 0},
    {64, 0, 4, 9, {2}, 0},
    {68, 0, 16, 1, {10, 0, 8}, 0},
    {72, 0x401, 12, 2, {10, 0, 64}, 0},
    {78, 1, 4, 26, {0, 1}, 0},
    {80, 0, 4, 8, {2}, 0},
    {84, 0x401, 8, 2, {7}, 0},
    {88, 1, 4, 5, {0}, 0},
    {92, 0, 12, 5, {0}, STATS},
    {96, 0, 4, 7, {128}, 1 << 1},
    {100, 1, 20, 15, {0}, 0},
    {104, 1, 8, 13, {2, 0, 4}, 1 << 3},
    {17, 0x101, 16, 0, {0}, 0},
    {26, 0x301, 12, 0, {2}, 0},
    {30, 0x301, 12, 0, {7}, 0},
    {86, 0x301, 8, 0, {7}, 0},
    {108, 1, 16, 0, {0}, 0},
};
static const struct kind diagnose[] = {
    {20, 0x301, 24, 0, {1}, 0},       {20, 0x301, 56, 0, {2, 6}, 0},    {20, 0x301, 20, 0, {16, 255}, 0},
    {20, 0x301, 20, 0, {17}, 0},      {20, 0x301, 68, 0, {43}, 0},      {20, 2, 16, 7, {1, 1, 1}, 0},
    {20, 2, 72, 16, {2, 1}, 1 << 8},  {20, 2, 72, 16, {10, 1}, 1 << 8}, {20, 2, 28, 4, {16, 3}, 0},
    {20, 2, 16, 8, {17, 3, 0, 8}, 0}, {20, 2, 124, 4, {43, 1}, 0},
};
static const struct kind transform[] = {
    {16, 0x301, 8, 0, {0}, 0}, {17, 0x101, 8, 0, {0}, 0}, {18, 0x301, 8, 0, {0}, 0}};
static const struct kind audit[] = {
    {1000, 5, 0, 0, {0}, 0}, {1001, 5, 8, 0, {0}, 0}, {1100, 0, 12, 0, {0}, 0}, {1300, 0, 12, 0, {0}, 0}};
static const struct kind filter[] = {{16, 1, 4, 1, {0, 0, 0, 10}, 0}, {17, 1, 4, 0, {0, 0, 10, 0}, 0},
                                     {0x100, 0x601, 4, 1, {2}, 0},    {0x101, 0x301, 4, 0, {2}, 0},
                                     {0xa00, 0x401, 4, 3, {2}, 0},    {0xa02, 0x101, 4, 1, {10}, 0},
                                     {0x601, 5, 4, 1, {2}, 0},        {0xee01, 5, 4, 1, {2}, 0}};
static const struct kind control[] = {
    {3, 2, 0, 0, {0}, 0}, {2, 0, 20, 0, {234, 255, 255, 255}, 0}, {4, 0, 4, 0, {0}, 0}};

static const struct family {
    int protocol;
    unsigned count;
    const struct kind *kinds;
} families[] = {
#define FAMILY(protocol, kinds)                                                                              \
    {                                                                                                        \
        protocol, sizeof(kinds) / sizeof((kinds)[0]), kinds                                                  \
    }
    FAMILY(NETLINK_ROUTE, route),     FAMILY(NETLINK_SOCK_DIAG, diagnose), FAMILY(NETLINK_XFRM, transform),
    FAMILY(NETLINK_AUDIT, audit),     FAMILY(NETLINK_NETFILTER, filter),   FAMILY(NETLINK_ROUTE, control),
    FAMILY(NETLINK_GENERIC, control),
};

static union {
    struct nlmsghdr header;
    uint8_t bytes[4096];
} message;

static void add(const void *bytes, unsigned n)
{
    memcpy(message.bytes + message.header.nlmsg_len, bytes, n);
    message.header.nlmsg_len += n;
}

static void add_attribute(unsigned type, const void *bytes, unsigned n)
{
    const struct nlattr header = {(uint16_t)(sizeof header + n), (uint16_t)type};
    add(&header, sizeof header);
    add(bytes, n);
    while (message.header.nlmsg_len % 4 != 0) {
        add("", 1);
    }
}

static void begin_message(const struct kind *kind)
{
    message.header = (struct nlmsghdr){sizeof(message.header), kind->type, kind->flags, 5, 0};
    for (unsigned i = 0; i < kind->fixed; i++) {
        const uint8_t byte = i < sizeof(kind->head) ? kind->head[i] : 0;
        add(&byte, 1);
    }
}

static void send_message(long fd)
{
    DO(sendto, fd, message.bytes, message.header.nlmsg_len, MSG_OOB, NULL, 0);
}

static void send_kind(long fd, const struct kind *kind)
{
    static const struct {
        struct nlattr header;
        uint32_t number;
    } nested[2] = {{{8, 1}, 1}, {{8, 2}, 2}};
    static const uint8_t bytes[16] = {1, 0, 0, 0, 2};
    static const struct {
        const void *bytes;
        unsigned n;
    } contents[] = {{bytes, 1}, {bytes, 2},  {bytes, 4},  {bytes, 6},
                    {bytes, 8}, {bytes, 16}, {"text", 5}, {nested, 16}};
    begin_message(kind);
    send_message(fd);
    for (unsigned i = 0; kind->last > 0 && i < sizeof(contents) / sizeof(contents[0]); i++) {
        begin_message(kind);
        for (unsigned type = 0; type <= kind->last; type++) {
            if (!(kind->but >> type & 1)) {
                add_attribute(type, contents[i].bytes, contents[i].n);
            }
        }
        send_message(fd);
    }
}

static void make_calls(void)
{
    static const struct sockaddr_nl any = {.nl_family = AF_NETLINK};
    for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        long fd = DO(socket, AF_NETLINK, SOCK_RAW, families[i].protocol);
        DO(bind, fd, &any, sizeof(any)); /* a tracer is not told of the others */
        for (unsigned k = 0; k < families[i].count; k++) {
            send_kind(fd, &families[i].kinds[k]);
        }
        DO(close, fd);
    }
}
