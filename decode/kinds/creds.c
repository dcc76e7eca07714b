#include "decode/kinds/creds.h"

#include <linux/capability.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"

/* More groups than a process can have (NGROUPS_MAX, since Linux 2.6.4). */
enum { GROUPS_MAX = 65536 };

/* kind->option of every kind here: ids are 16 bits wide on i386. */
static size_t id_size(const struct decoder *d, const struct kind *kind)
{
    return kind->option && d->abi->long_size == 4 ? sizeof(uint16_t) : sizeof(uint32_t);
}

static void decode_id_in(struct decoder *d, const void *id, const struct kind *kind)
{
    uint32_t number = 0;
    memcpy(&number, id, id_size(d, kind)); /* every ABI here is little-endian */
    decode_id(d, NULL, kind, number);
}

static void decode_id_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t id;
    if (decode_object(d, name, raw, &id, id_size(d, kind))) {
        values_open(d->out, VALUE_REF, name);
        decode_id_in(d, &id, kind);
        values_close(d->out);
    }
}

static void decode_group(struct decoder *d, const void *element, void *context)
{
    decode_id_in(d, element, context);
}

static void decode_groups_at(struct decoder *d, const char *name, const struct kind *kind, uint64_t addr,
                             uint32_t count)
{
    struct kind element = *kind;
    if (count > GROUPS_MAX) {
        decode_addr(d, name, addr);
    } else {
        decode_array(d, name, addr, count, id_size(d, kind), decode_group, &element);
    }
}

static void decode_groups(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_groups_at(d, name, kind, raw, (uint32_t)d->args[d->arg - 1]);
}

static void decode_groups_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_groups_at(d, name, kind, raw, (uint32_t)d->result);
}

/* Capabilities 0 to 31, and those that are in the second word. clang-format 14 never settles on these. */
/* clang-format off */
#define LOW_CAPABILITIES(C) \
    C(CHOWN) C(DAC_OVERRIDE) C(DAC_READ_SEARCH) C(FOWNER) C(FSETID) C(KILL) C(SETGID) C(SETUID) \
    C(SETPCAP) C(LINUX_IMMUTABLE) C(NET_BIND_SERVICE) C(NET_BROADCAST) C(NET_ADMIN) C(NET_RAW) \
    C(IPC_LOCK) C(IPC_OWNER) C(SYS_MODULE) C(SYS_RAWIO) C(SYS_CHROOT) C(SYS_PTRACE) C(SYS_PACCT) \
    C(SYS_ADMIN) C(SYS_BOOT) C(SYS_NICE) C(SYS_RESOURCE) C(SYS_TIME) C(SYS_TTY_CONFIG) C(MKNOD) \
    C(LEASE) C(AUDIT_WRITE) C(AUDIT_CONTROL) C(SETFCAP)
#define HIGH_CAPABILITIES(C) \
    C(MAC_OVERRIDE) C(MAC_ADMIN) C(SYSLOG) C(WAKE_ALARM) C(BLOCK_SUSPEND) C(AUDIT_READ) C(PERFMON) \
    C(BPF) C(CHECKPOINT_RESTORE)
/* clang-format on */

#define NUMBER(name) {CAP_##name, "CAP_" #name},
#define LOW_BIT(name) {UINT64_C(1) << CAP_##name, "1<<CAP_" #name},
#define HIGH_BIT(name) {UINT64_C(1) << (CAP_##name - 32), "1<<CAP_" #name},
XLAT(capability, "CAP_???", LOW_CAPABILITIES(NUMBER) HIGH_CAPABILITIES(NUMBER));
XLAT(capability_low, "CAP_???", LOW_CAPABILITIES(LOW_BIT));
XLAT(capability_high, "CAP_???", HIGH_CAPABILITIES(HIGH_BIT));
XLAT(capability_version, "_LINUX_CAPABILITY_VERSION_???", X(_LINUX_CAPABILITY_VERSION_1),
     X(_LINUX_CAPABILITY_VERSION_2), X(_LINUX_CAPABILITY_VERSION_3));

static void decode_cap_header(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct __user_cap_header_struct header;
    if (!d->at_exit && decode_object(d, name, raw, &header, sizeof(header))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_xlat(d->out, VALUE_ENUM, "version", &xlat_capability_version, header.version);
        decode_pid(d, "pid", header.pid);
        values_close(d->out);
    }
}

static void decode_cap_set(struct decoder *d, const char *name, uint32_t low, uint32_t high)
{
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = low | (uint64_t)high << 32;
    if (low || !high) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_capability_low, low);
    }
    if (high) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_capability_high, high);
    }
    values_close(d->out);
}

static void decode_cap_data(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct __user_cap_header_struct header;
    struct __user_cap_data_struct sets[2] = {0};

    if (!mem_read(d->mem, decode_word(d, d->args[0]), &header, sizeof(header))) {
        decode_addr(d, name, raw);
        return;
    }
    /* The first version had 32 capabilities. */
    bool two = header.version == _LINUX_CAPABILITY_VERSION_2 || header.version == _LINUX_CAPABILITY_VERSION_3;
    if (decode_object(d, name, raw, sets, (two ? 2 : 1) * sizeof(sets[0]))) {
        values_open(d->out, VALUE_STRUCT, name);
        decode_cap_set(d, "effective", sets[0].effective, sets[1].effective);
        decode_cap_set(d, "permitted", sets[0].permitted, sets[1].permitted);
        decode_cap_set(d, "inheritable", sets[0].inheritable, sets[1].inheritable);
        values_close(d->out);
    }
}

#define ID_OUT .decode = decode_id_out, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 4
#define GROUPS_OUT .decode = decode_groups_out, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 4
const struct kind kind_id_out = {ID_OUT};
const struct kind kind_id_old_out = {ID_OUT, .option = 1};
const struct kind kind_groups = {.decode = decode_groups};
const struct kind kind_groups_old = {.decode = decode_groups, .option = 1};
const struct kind kind_groups_out = {GROUPS_OUT};
const struct kind kind_groups_old_out = {GROUPS_OUT, .option = 1};
const struct kind kind_cap_header = {.decode = decode_cap_header};
/* Captured at exit because the sets' layout depends on it; shown as at entry. */
const struct kind kind_cap_header_kept = {
    .decode = decode_cap_header, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 8};
const struct kind kind_cap_data = {.decode = decode_cap_data};
const struct kind kind_cap_data_out = {
    .decode = decode_cap_data, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 24};
