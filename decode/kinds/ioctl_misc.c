/* Requests to the random device, perf events, namespaces, epoll and infrared devices; what some of them
 * return. */
#include <linux/inotify.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"
#include "decode/kinds/perf.h"
#include "decode/kinds/process.h"
#include "decode/kinds/time.h"

static void decode_entropy(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    int32_t head[2];
    (void)kind;
    if (decode_object(d, name, raw, head, sizeof(head))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_INT, "entropy_count", (uint64_t)(int64_t)head[0]);
        values_add(d->out, VALUE_INT, "buf_size", (uint64_t)(int64_t)head[1]);
        decode_data(d, "buf", decode_word(d, raw) + sizeof(head), (uint64_t)(int64_t)head[1]);
        values_close(d->out);
    }
}

XLAT(perf_group, "PERF_IOC_FLAG_???", {1, "PERF_IOC_FLAG_GROUP"});

static void append_program(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_add(d->out, VALUE_UINT, NULL, *(const uint32_t *)element);
}

/* struct perf_event_query_bpf: room for ids, how many there are, the ids. */
static void decode_programs(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0, open = d->out->open;
    uint32_t head[2];
    (void)kind;
    if (!d->at_exit) {
        if (decode_object(d, name, raw, head, sizeof(head[0]))) {
            values_open(d->out, VALUE_STRUCT, name);
            values_add(d->out, VALUE_UINT, "ids_len", head[0]);
            values_close(d->out);
        }
    } else if (entry && (d->result < 0 || !mem_read(d->mem, decode_word(d, raw), head, sizeof(head)))) {
        values_at(d->out, entry)->flags |= VALUE_MORE;
    } else if (entry) {
        d->out->open = entry;
        values_add(d->out, VALUE_UINT, "prog_cnt", head[1]);
        decode_array(d, "ids", decode_word(d, raw) + sizeof(head), head[1], sizeof(uint32_t), append_program,
                     NULL);
        d->out->open = open;
    }
}

static void decode_owner(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t uid;
    (void)kind;
    if (decode_object(d, name, raw, &uid, sizeof(uid))) {
        values_open(d->out, VALUE_REF, name);
        decode_id(d, NULL, &kind_uid, uid);
        values_close(d->out);
    }
}

/* struct mnt_ns_info (Linux 6.12). */
struct mount_namespace {
    uint32_t size, nr_mounts;
    uint64_t mnt_ns_id;
};
LAYOUT(mount_namespace, struct mount_namespace, MEMBER(struct mount_namespace, size, UINT),
       MEMBER(struct mount_namespace, nr_mounts, UINT), MEMBER(struct mount_namespace, mnt_ns_id, HEX));

/* struct epoll_params (Linux 6.9). */
struct polling {
    uint32_t usecs;
    uint16_t budget;
    uint8_t prefer, padding;
};

static void decode_polling(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct polling polling;
    (void)kind;
    if (!decode_object(d, name, raw, &polling, sizeof(polling))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_fraction(d, "busy_poll_usecs", polling.usecs, 1000000);
    values_add(d->out, VALUE_UINT, "busy_poll_budget", polling.budget);
    values_add(d->out, VALUE_HEX, "prefer_busy_poll", polling.prefer);
    if (polling.padding) {
        values_add(d->out, VALUE_HEX, "__pad", polling.padding);
    }
    values_close(d->out);
}

/* strace has modes in words of its own, and the address behind what it shows. */
XLAT(lirc_features, "LIRC_CAN_???", {0x2, "LIRC_CAN_SEND_PULSE"}, {0x100, "LIRC_CAN_SET_SEND_CARRIER"},
     {0x200, "LIRC_CAN_SET_SEND_DUTY_CYCLE"}, {0x400, "LIRC_CAN_SET_TRANSMITTER_MASK"},
     {0x40000, "LIRC_CAN_REC_MODE2"}, {0x80000, "LIRC_CAN_REC_SCANCODE"},
     {0x1000000, "LIRC_CAN_SET_REC_CARRIER"}, {0x4000000, "LIRC_CAN_USE_WIDEBAND_RECEIVER"},
     {0x10000000, "LIRC_CAN_SET_REC_TIMEOUT"}, {0x20000000, "LIRC_CAN_GET_REC_RESOLUTION"},
     {0x2000000, "LIRC_CAN_MEASURE_CARRIER"}, {0x80000000, "LIRC_CAN_SET_REC_CARRIER_RANGE"});
XLAT(lirc_modes, "LIRC_MODE_???", {1, "LIRC_MODE_RAW"}, {2, "LIRC_MODE_PULSE"}, {4, "LIRC_MODE_MODE2"},
     {8, "LIRC_MODE_SCANCODE"}, {16, "LIRC_MODE_LIRCCODE"});

static const struct kind entropy_kind = {.decode = decode_entropy};
static const struct kind programs_kind = {.decode = decode_programs};
static const struct kind owner_kind = {.decode = decode_owner};
static const struct kind polling_kind = {.decode = decode_polling};

/* Those that have a pointer's size in their number, for 32 bits. */
enum {
    QUERY_BPF = 0xc008240aU,
    QUERY_BPF_32 = 0xc004240aU,
    MODIFY_ATTRIBUTES = 0x4008240b,
    MODIFY_ATTRIBUTES_32 = 0x4004240b,
    SET_FILTER_32 = 0x40042406,
    ID_32 = 0x80042407U
};
enum {
    NS_GET_MNTNS_ID_ = 0x8008b705U,
    NS_GET_PID_FROM_PIDNS_ = 0x8004b706U,
    NS_GET_TGID_FROM_PIDNS_ = 0x8004b707U,
    NS_GET_PID_IN_PIDNS_ = 0x8004b708U,
    NS_GET_TGID_IN_PIDNS_ = 0x8004b709U,
    NS_MNT_GET_INFO_ = 0x8010b70aU,
    NS_MNT_GET_NEXT_ = 0x8010b70bU,
    NS_MNT_GET_PREV_ = 0x8010b70cU,
    NS_GET_ID_ = 0x8008b70dU,
    EPIOCSPARAMS_ = 0x40088a01,
    EPIOCGPARAMS_ = 0x80088a02U
};
enum {
    LIRC_GET_FEATURES_ = 0x80046900U,
    LIRC_GET_SEND_MODE_ = 0x80046901U,
    LIRC_GET_REC_MODE_ = 0x80046902U,
    LIRC_GET_REC_RESOLUTION_ = 0x80046907U,
    LIRC_GET_MIN_TIMEOUT_ = 0x80046908U,
    LIRC_GET_MAX_TIMEOUT_ = 0x80046909U,
    LIRC_GET_LENGTH_ = 0x8004690fU,
    LIRC_GET_REC_TIMEOUT_ = 0x80046924U,
    LIRC_SET_SEND_MODE_ = 0x40046911,
    LIRC_SET_REC_MODE_ = 0x40046912,
    LIRC_SET_SEND_CARRIER_ = 0x40046913,
    LIRC_SET_REC_CARRIER_ = 0x40046914,
    LIRC_SET_SEND_DUTY_CYCLE_ = 0x40046915,
    LIRC_SET_TRANSMITTER_MASK_ = 0x40046917,
    LIRC_SET_REC_TIMEOUT_ = 0x40046918,
    LIRC_SET_REC_TIMEOUT_REPORTS_ = 0x40046919,
    LIRC_SET_MEASURE_CARRIER_MODE_ = 0x4004691d,
    LIRC_SET_REC_CARRIER_RANGE_ = 0x4004691f,
    LIRC_SET_WIDEBAND_RECEIVER_ = 0x40046923
};

IOCTL_SHAPES(
    misc, PLAIN(RNDGETENTCNT, NUMBER_AT, OUT, 4), PLAIN(RNDADDTOENTCNT, NUMBER_AT, IN, 4),
    PLAIN(RNDZAPENTCNT, NOTHING, IN, 0), PLAIN(RNDCLEARPOOL, NOTHING, IN, 0),
    PLAIN(RNDRESEEDCRNG, NOTHING, IN, 0), NAMED(PERF_EVENT_IOC_ENABLE, FLAGS, IN, 0, perf_group),
    NAMED(PERF_EVENT_IOC_DISABLE, FLAGS, IN, 0, perf_group),
    NAMED(PERF_EVENT_IOC_RESET, FLAGS, IN, 0, perf_group), PLAIN(PERF_EVENT_IOC_REFRESH, INT, IN, 0),
    PLAIN(PERF_EVENT_IOC_PERIOD, UNSIGNED_AT, IN, 8), PLAIN(PERF_EVENT_IOC_ID, UNSIGNED_AT, OUT, 8),
    PLAIN(PERF_EVENT_IOC_SET_OUTPUT, FD, IN, 0), PLAIN(PERF_EVENT_IOC_SET_BPF, FD, IN, 0),
    PLAIN(PERF_EVENT_IOC_SET_FILTER, STRING, IN, 0), PLAIN(PERF_EVENT_IOC_PAUSE_OUTPUT, UNSIGNED, IN, 0),
    PLAIN(NS_GET_USERNS, NOTHING, IN, 0), PLAIN(NS_GET_PARENT, NOTHING, IN, 0),
    PLAIN(NS_GET_NSTYPE, NOTHING, IN, 0), BY(NS_GET_OWNER_UID, OUT, owner),
    PLAIN(INOTIFY_IOC_SETNEXTWD, INT, IN, 0), BY(RNDADDENTROPY, IN, entropy),
    BY(QUERY_BPF, OUT_ANY, programs), BY(QUERY_BPF_32, OUT_ANY, programs),
    {MODIFY_ATTRIBUTES, IOCTL_DECODED, DIR_IN, 0, &kind_perf_event_attr},
    {MODIFY_ATTRIBUTES_32, IOCTL_DECODED, DIR_IN, 0, &kind_perf_event_attr},
    PLAIN(SET_FILTER_32, STRING, IN, 0), PLAIN(ID_32, UNSIGNED_AT, OUT, 8),
    PLAIN(NS_GET_MNTNS_ID_, HEX_AT, OUT, 8), PLAIN(NS_GET_ID_, HEX_AT, OUT, 8),
    PLAIN(NS_GET_PID_FROM_PIDNS_, INT, IN, 0), PLAIN(NS_GET_TGID_FROM_PIDNS_, INT, IN, 0),
    PLAIN(NS_GET_PID_IN_PIDNS_, INT, IN, 0), PLAIN(NS_GET_TGID_IN_PIDNS_, INT, IN, 0),
    AT(NS_MNT_GET_INFO_, OUT, mount_namespace), AT(NS_MNT_GET_NEXT_, OUT, mount_namespace),
    AT(NS_MNT_GET_PREV_, OUT, mount_namespace), BY(EPIOCSPARAMS_, IN, polling),
    BY(EPIOCGPARAMS_, OUT, polling), NAMED(LIRC_GET_FEATURES_, FLAGS_AT, OUT, 4, lirc_features),
    NAMED(LIRC_GET_SEND_MODE_, ENUM_AT, OUT, 4, lirc_modes),
    NAMED(LIRC_GET_REC_MODE_, ENUM_AT, OUT, 4, lirc_modes),
    NAMED(LIRC_SET_SEND_MODE_, ENUM_AT, IN, 4, lirc_modes),
    NAMED(LIRC_SET_REC_MODE_, ENUM_AT, IN, 4, lirc_modes),
    PLAIN(LIRC_GET_REC_RESOLUTION_, UNSIGNED_AT, OUT, 4), PLAIN(LIRC_GET_MIN_TIMEOUT_, UNSIGNED_AT, OUT, 4),
    PLAIN(LIRC_GET_MAX_TIMEOUT_, UNSIGNED_AT, OUT, 4), PLAIN(LIRC_GET_LENGTH_, UNSIGNED_AT, OUT, 4),
    PLAIN(LIRC_GET_REC_TIMEOUT_, UNSIGNED_AT, OUT, 4), PLAIN(LIRC_SET_SEND_CARRIER_, UNSIGNED_AT, IN, 4),
    PLAIN(LIRC_SET_REC_CARRIER_, UNSIGNED_AT, IN, 4), PLAIN(LIRC_SET_SEND_DUTY_CYCLE_, UNSIGNED_AT, IN, 4),
    PLAIN(LIRC_SET_REC_TIMEOUT_, UNSIGNED_AT, IN, 4), PLAIN(LIRC_SET_REC_CARRIER_RANGE_, UNSIGNED_AT, IN, 4),
    PLAIN(LIRC_SET_TRANSMITTER_MASK_, HEX_AT, IN, 4), PLAIN(LIRC_SET_REC_TIMEOUT_REPORTS_, HEX_AT, IN, 4),
    PLAIN(LIRC_SET_MEASURE_CARRIER_MODE_, HEX_AT, IN, 4), PLAIN(LIRC_SET_WIDEBAND_RECEIVER_, HEX_AT, IN, 4));
