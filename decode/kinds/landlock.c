#include "decode/kinds/landlock.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"

XLAT(landlock_fs, "LANDLOCK_ACCESS_FS_???", X(LANDLOCK_ACCESS_FS_EXECUTE), X(LANDLOCK_ACCESS_FS_WRITE_FILE),
     X(LANDLOCK_ACCESS_FS_READ_FILE), X(LANDLOCK_ACCESS_FS_READ_DIR), X(LANDLOCK_ACCESS_FS_REMOVE_DIR),
     X(LANDLOCK_ACCESS_FS_REMOVE_FILE), X(LANDLOCK_ACCESS_FS_MAKE_CHAR), X(LANDLOCK_ACCESS_FS_MAKE_DIR),
     X(LANDLOCK_ACCESS_FS_MAKE_REG), X(LANDLOCK_ACCESS_FS_MAKE_SOCK), X(LANDLOCK_ACCESS_FS_MAKE_FIFO),
     X(LANDLOCK_ACCESS_FS_MAKE_BLOCK), X(LANDLOCK_ACCESS_FS_MAKE_SYM), X(LANDLOCK_ACCESS_FS_REFER),
     {0x4000, "LANDLOCK_ACCESS_FS_TRUNCATE"}, {0x8000, "LANDLOCK_ACCESS_FS_IOCTL_DEV"});
XLAT(landlock_net, "LANDLOCK_ACCESS_NET_???", {0x1, "LANDLOCK_ACCESS_NET_BIND_TCP"},
     {0x2, "LANDLOCK_ACCESS_NET_CONNECT_TCP"});
XLAT(landlock_scope, "LANDLOCK_SCOPE_???", {0x1, "LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET"},
     {0x2, "LANDLOCK_SCOPE_SIGNAL"});
XLAT(landlock_restrict_flags, "LANDLOCK_RESTRICT_SELF_???", {0x1, "LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF"},
     {0x2, "LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON"}, {0x4, "LANDLOCK_RESTRICT_SELF_LOG_SUBDOMAINS_OFF"},
     {0x8, "LANDLOCK_RESTRICT_SELF_TSYNC"});
XLAT(landlock_create_flags, "LANDLOCK_CREATE_RULESET_???", {0x1, "LANDLOCK_CREATE_RULESET_VERSION"},
     {0x2, "LANDLOCK_CREATE_RULESET_ERRATA"});
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };
XLAT(landlock_rule_type, "LANDLOCK_RULE_???", {RULE_PATH_BENEATH, "LANDLOCK_RULE_PATH_BENEATH"},
     {RULE_NET_PORT, "LANDLOCK_RULE_NET_PORT"});

/* struct landlock_ruleset_attr as of Linux 6.12; its first version (5.13) had the first member alone. */
struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

static void decode_landlock_ruleset(struct decoder *d, const char *name, const struct kind *kind,
                                    uint64_t raw)
{
    (void)kind;
    struct ruleset attr = {0};
    uint64_t size = decode_word(d, d->args[d->arg + 1]);

    if (size < sizeof(attr.handled_access_fs)) {
        decode_addr(d, name, raw);
        return;
    }
    if (!decode_object(d, name, raw, &attr, size < sizeof(attr) ? (size_t)size : sizeof(attr))) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    append_flags(d, "handled_access_fs", &xlat_landlock_fs, attr.handled_access_fs);
    if (size > offsetof(struct ruleset, handled_access_net)) {
        append_flags(d, "handled_access_net", &xlat_landlock_net, attr.handled_access_net);
    }
    if (size > offsetof(struct ruleset, scoped)) {
        append_flags(d, "scoped", &xlat_landlock_scope, attr.scoped);
    }
    if (size > sizeof(attr)) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_ruleset_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum { FLAGS = 2 };
    if ((uint32_t)d->args[FLAGS]) {
        values_add(d->out, VALUE_INT, name, raw);
    } else {
        decode_fd(d, name, &kind_fd, raw);
    }
}

static void decode_path_rule(struct decoder *d, const char *name, uint64_t addr)
{
    struct landlock_path_beneath_attr rule;
    if (decode_object(d, name, addr, &rule, sizeof(rule))) {
        values_open(d->out, VALUE_STRUCT, name);
        append_flags(d, "allowed_access", &xlat_landlock_fs, rule.allowed_access);
        decode_fd_number(d, "parent_fd", rule.parent_fd);
        values_close(d->out);
    }
}

static void decode_port_rule(struct decoder *d, const char *name, uint64_t addr)
{
    struct {
        uint64_t allowed_access;
        uint64_t port;
    } rule; /* struct landlock_net_port_attr, Linux 6.7 */
    if (decode_object(d, name, addr, &rule, sizeof(rule))) {
        values_open(d->out, VALUE_STRUCT, name);
        append_flags(d, "allowed_access", &xlat_landlock_net, rule.allowed_access);
        values_add(d->out, VALUE_UINT, "port", rule.port);
        values_close(d->out);
    }
}

static void decode_landlock_rule(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    switch ((uint32_t)d->args[d->arg - 1]) {
    case RULE_PATH_BENEATH:
        decode_path_rule(d, name, raw);
        break;
    case RULE_NET_PORT:
        decode_port_rule(d, name, raw);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

/* Numbers of linux/lsm.h (Linux 6.8), which the headers here lack. */
XLAT(lsm_attribute, "LSM_ATTR_???", {0, "LSM_ATTR_UNDEF"}, {100, "LSM_ATTR_CURRENT"}, {101, "LSM_ATTR_EXEC"},
     {102, "LSM_ATTR_FSCREATE"}, {103, "LSM_ATTR_KEYCREATE"}, {104, "LSM_ATTR_PREV"},
     {105, "LSM_ATTR_SOCKCREATE"});
XLAT(lsm_id, "LSM_ID_???", {0, "LSM_ID_UNDEF"}, {100, "LSM_ID_CAPABILITY"}, {101, "LSM_ID_SELINUX"},
     {102, "LSM_ID_SMACK"}, {103, "LSM_ID_TOMOYO"}, {104, "LSM_ID_APPARMOR"}, {105, "LSM_ID_YAMA"},
     {106, "LSM_ID_LOADPIN"}, {107, "LSM_ID_SAFESETID"}, {108, "LSM_ID_LOCKDOWN"}, {109, "LSM_ID_BPF"},
     {110, "LSM_ID_LANDLOCK"}, {111, "LSM_ID_IMA"}, {112, "LSM_ID_EVM"}, {113, "LSM_ID_IPE"});
XLAT(lsm_flags, "LSM_FLAG_???", {0x1, "LSM_FLAG_SINGLE"});

/* struct lsm_ctx, without the context that follows it. */
struct context {
    uint64_t id;
    uint64_t flags;
    uint64_t length; /* with the context and its padding */
    uint64_t context_length;
};

/* Appends a context of which `room` bytes may be looked at; its head was read already. */
static void decode_context(struct decoder *d, const char *name, const struct context *context, uint64_t addr,
                           uint64_t room)
{
    uint64_t length = context->length < room ? context->length : room;
    uint64_t most = length > sizeof(*context) ? length - sizeof(*context) : 0;
    uint64_t data = context->context_length < most ? context->context_length : most;

    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "id", &xlat_lsm_id, context->id);
    values_add(d->out, VALUE_HEX, "flags", context->flags);
    values_add(d->out, VALUE_UINT, "len", context->length);
    values_add(d->out, VALUE_UINT, "ctx_len", context->context_length);
    if (data) {
        decode_hex_bytes(d, "ctx", addr + sizeof(*context), data);
    }
    values_close(d->out);
}

static void decode_lsm_context(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct context context;
    uint64_t addr = decode_word(d, raw);
    uint32_t size = (uint32_t)d->args[d->arg + 1];

    if (size < sizeof(context) || !mem_read(d->mem, addr, &context, sizeof(context))) {
        decode_addr(d, name, addr);
    } else {
        decode_context(d, name, &context, addr, size);
    }
}

static void decode_lsm_contexts_out(struct decoder *d, const char *name, const struct kind *kind,
                                    uint64_t raw)
{
    (void)kind;
    struct context context;
    uint32_t left = 0;
    uint32_t shown = 0;
    uint64_t addr = decode_word(d, raw);
    uint64_t size_at = decode_word(d, d->args[d->arg + 1]);

    if (!mem_read(d->mem, size_at, &left, sizeof(left)) || left < sizeof(context) ||
        !mem_read(d->mem, addr, &context, sizeof(context))) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    while (left >= sizeof(context) && !d->out->full) {
        if (!mem_read(d->mem, addr, &context, sizeof(context))) {
            decode_array_end(d, addr);
            break;
        }
        if (!d->options->verbose && shown++ == d->options->array_max) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        decode_context(d, NULL, &context, addr, left);
        if (context.length < sizeof(context) || context.length > left) {
            break; /* leads nowhere */
        }
        addr += context.length;
        left -= (uint32_t)context.length;
    }
    values_close(d->out);
}

/* At exit: what it has become, after what it was at entry where that differs. */
static void decode_lsm_size(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t size;
    if (!decode_object(d, name, raw, &size, sizeof(size))) {
        return;
    }
    const struct value *entry = values_at(d->out, d->at_exit ? d->value[d->arg] : 0);
    bool was_read = d->at_exit && entry->type == VALUE_REF && entry->first;
    uint64_t before = was_read ? values_at(d->out, entry->first)->number : size;

    values_open(d->out, VALUE_REF, name);
    if (before != size) {
        values_open(d->out, VALUE_CHANGE, NULL);
        values_add(d->out, VALUE_UINT, NULL, before);
        values_add(d->out, VALUE_UINT, NULL, size);
        values_close(d->out);
    } else {
        values_add(d->out, VALUE_UINT, NULL, size);
    }
    values_close(d->out);
}

static void decode_lsm_id(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t id;
    memcpy(&id, element, sizeof(id));
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_lsm_id, id);
}

static void decode_lsm_ids_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, (uint64_t)d->result, sizeof(uint64_t), decode_lsm_id, NULL);
}

const struct kind kind_landlock_ruleset = {.decode = decode_landlock_ruleset};
KIND_FLAGS(landlock_create_flags, landlock_create_flags);
KIND_FLAGS(landlock_restrict_flags, landlock_restrict_flags);
const struct kind kind_landlock_ruleset_result = {.decode = decode_ruleset_result};
KIND_ENUM(landlock_rule_type, landlock_rule_type);
const struct kind kind_landlock_rule = {.decode = decode_landlock_rule};
KIND_ENUM(lsm_attribute, lsm_attribute);
const struct kind kind_lsm_context = {.decode = decode_lsm_context};
const struct kind kind_lsm_contexts_out = {
    .decode = decode_lsm_contexts_out, .direction = DIR_OUT, .extent = EXTENT_LENGTH, .extent_arg = 2};
const struct kind kind_lsm_size = {
    .decode = decode_lsm_size, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 4};
KIND_FLAGS(lsm_flags, lsm_flags);
const struct kind kind_lsm_ids_out = {
    .decode = decode_lsm_ids_out, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 8};
