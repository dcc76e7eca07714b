/* Requests to trusted execution environments (linux/tee.h). */
#include <linux/tee.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(tee_implementations, "TEE_IMPL_ID_???", {1, "TEE_IMPL_ID_OPTEE"}, {2, "TEE_IMPL_ID_AMDTEE"},
     {3, "TEE_IMPL_ID_TSTEE"});
XLAT(tee_capabilities, "TEE_GEN_CAP_???", {1, "TEE_GEN_CAP_GP"}, {2, "TEE_GEN_CAP_PRIVILEGED"},
     {4, "TEE_GEN_CAP_REG_MEM"}, {8, "TEE_GEN_CAP_MEMREF_NULL"});
XLAT(tee_optee_capabilities, "TEE_OPTEE_CAP_???", {1, "TEE_OPTEE_CAP_TZ"});
XLAT(tee_logins, "TEE_IOCTL_LOGIN_???", X(TEE_IOCTL_LOGIN_PUBLIC), X(TEE_IOCTL_LOGIN_USER),
     X(TEE_IOCTL_LOGIN_GROUP), X(TEE_IOCTL_LOGIN_APPLICATION), X(TEE_IOCTL_LOGIN_USER_APPLICATION),
     X(TEE_IOCTL_LOGIN_GROUP_APPLICATION), {0x80000000, "TEE_IOCTL_LOGIN_REE_KERNEL"});
XLAT(tee_origins, "TEEC_ORIGIN_???", {1, "TEEC_ORIGIN_API"}, {2, "TEEC_ORIGIN_COMMS"}, {3, "TEEC_ORIGIN_TEE"},
     {4, "TEEC_ORIGIN_TRUSTED_APP"});
XLAT(tee_memory, "TEE_IOCTL_SHM_???", {0x1, "TEE_IOCTL_SHM_MAPPED"}, {0x2, "TEE_IOCTL_SHM_DMA_BUF"},
     {0x4, "TEE_IOCTL_SHM_EXT_DMA_BUF"}, {0x8, "TEE_IOCTL_SHM_REGISTER"}, {0x10, "TEE_IOCTL_SHM_USER_MAPPED"},
     {0x20, "TEE_IOCTL_SHM_POOL"}, {0x40, "TEE_IOCTL_SHM_KERNEL_MAPPED"});
XLAT(tee_parameters, "TEE_IOCTL_PARAM_ATTR_", X(TEE_IOCTL_PARAM_ATTR_TYPE_NONE),
     X(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT), X(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT),
     X(TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT), X(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT),
     X(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT), X(TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT));

enum { BUFFER_MAX = 4096, IMPLEMENTATION_OPTEE = 1 };

static void append_parameter(struct decoder *d, const void *element, void *context)
{
    struct tee_ioctl_param p;
    (void)context;
    memcpy(&p, element, sizeof(p));
    values_open(d->out, VALUE_STRUCT, NULL);
    if (p.attr & TEE_IOCTL_PARAM_ATTR_META) {
        values_at(d->out, values_open(d->out, VALUE_OR, "attr"))->number = p.attr;
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_tee_parameters, p.attr - TEE_IOCTL_PARAM_ATTR_META);
        values_word(d->out, NULL, "TEE_IOCTL_PARAM_ATTR_META");
        values_close(d->out);
    } else {
        values_xlat(d->out, VALUE_ENUM, "attr", &xlat_tee_parameters, p.attr);
    }
    bool memory =
        p.attr >= TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT && p.attr <= TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT;
    if (p.attr != TEE_IOCTL_PARAM_ATTR_TYPE_NONE) {
        values_add(d->out, VALUE_HEX, memory ? "shm_offs" : "a", p.a);
        values_add(d->out, VALUE_HEX, memory ? "size" : "b", p.b);
        values_add(d->out, memory ? VALUE_UINT : VALUE_HEX, memory ? "shm_id" : "c", p.c);
    }
    values_close(d->out);
}

#define OF(type, member, as, ...) MEMBER(struct type, member, as, ##__VA_ARGS__)
LAYOUT(invoke_asked, struct tee_ioctl_invoke_arg, OF(tee_ioctl_invoke_arg, func, UINT),
       OF(tee_ioctl_invoke_arg, session, HEX), OF(tee_ioctl_invoke_arg, cancel_id, UINT),
       OF(tee_ioctl_invoke_arg, num_params, UINT));
LAYOUT(invoke_told, struct tee_ioctl_invoke_arg, OF(tee_ioctl_invoke_arg, ret, UINT),
       OF(tee_ioctl_invoke_arg, ret_origin, ENUM, .xlat = &xlat_tee_origins));
LAYOUT(open_told, struct tee_ioctl_open_session_arg, OF(tee_ioctl_open_session_arg, session, HEX),
       OF(tee_ioctl_open_session_arg, ret, UINT),
       OF(tee_ioctl_open_session_arg, ret_origin, ENUM, .xlat = &xlat_tee_origins));
LAYOUT(receive_asked, struct tee_iocl_supp_recv_arg, OF(tee_iocl_supp_recv_arg, func, UINT),
       OF(tee_iocl_supp_recv_arg, num_params, UINT));
LAYOUT(receive_told, struct tee_iocl_supp_recv_arg, OF(tee_iocl_supp_recv_arg, num_params, UINT));
LAYOUT(send_asked, struct tee_iocl_supp_send_arg, OF(tee_iocl_supp_send_arg, num_params, UINT));
LAYOUT(send_told, struct tee_iocl_supp_send_arg, OF(tee_iocl_supp_send_arg, ret, UINT));

/* The client's UUID is made by the kernel; what is in its place is the group to be identified as, if any. */
static void append_client(struct decoder *d, const struct tee_ioctl_open_session_arg *session)
{
    uint32_t group;
    switch (session->clnt_login) {
    case TEE_IOCTL_LOGIN_PUBLIC:
    case TEE_IOCTL_LOGIN_USER:
    case TEE_IOCTL_LOGIN_APPLICATION:
    case TEE_IOCTL_LOGIN_USER_APPLICATION:
        break;
    case TEE_IOCTL_LOGIN_GROUP:
    case TEE_IOCTL_LOGIN_GROUP_APPLICATION:
        memcpy(&group, session->clnt_uuid, sizeof(group));
        decode_id(d, "clnt_uuid", &kind_gid, group);
        break;
    default:
        values_open(d->out, VALUE_ARRAY, "clnt_uuid");
        for (unsigned i = 0; i < TEE_IOCTL_UUID_LEN; i++) {
            values_add(d->out, VALUE_HEX, NULL, session->clnt_uuid[i]);
        }
        values_close(d->out);
    }
}

static void append_open_asked(struct decoder *d, const unsigned char *bytes)
{
    struct tee_ioctl_open_session_arg session;
    memcpy(&session, bytes, sizeof(session));
    append_uuid(d, "uuid", session.uuid);
    values_xlat(d->out, VALUE_ENUM, "clnt_login", &xlat_tee_logins, session.clnt_login);
    append_client(d, &session);
    values_add(d->out, VALUE_UINT, "cancel_id", session.cancel_id);
    values_add(d->out, VALUE_UINT, "num_params", session.num_params);
}

/* A request whose structure lies, with its parameters, in a buffer. No layout: append_open_asked. */
struct buffered {
    const struct layout *asked, *told;
    uint16_t count_at; /* offset of num_params */
};
static const struct buffered opening = {NULL, &layout_open_told,
                                        offsetof(struct tee_ioctl_open_session_arg, num_params)};
static const struct buffered invoking = {&layout_invoke_asked, &layout_invoke_told,
                                         offsetof(struct tee_ioctl_invoke_arg, num_params)};
static const struct buffered receiving = {&layout_receive_asked, &layout_receive_told,
                                          offsetof(struct tee_iocl_supp_recv_arg, num_params)};
static const struct buffered sending = {&layout_send_asked, &layout_send_told,
                                        offsetof(struct tee_iocl_supp_send_arg, num_params)};

struct buffer {
    struct tee_ioctl_buf_data place;
    uint32_t count; /* parameters */
    unsigned char bytes[sizeof(struct tee_ioctl_open_session_arg)];
};

/*
 * Reads the buffer at its place. False where the kernel would not take it: its length has to be that of the
 * structure and its parameters (drivers/tee/tee_core.c), of which a supplicant may be told fewer.
 */
static bool read_buffer(struct decoder *d, const struct buffered *request, struct buffer *b)
{
    uint64_t length = b->place.buf_len;
    if (length > BUFFER_MAX || length < request->told->size ||
        !mem_read(d->mem, b->place.buf_ptr, b->bytes, request->told->size)) {
        return false;
    }
    memcpy(&b->count, b->bytes + request->count_at, sizeof(b->count));
    uint64_t whole = request->told->size + (uint64_t)b->count * sizeof(struct tee_ioctl_param);
    return d->at_exit || whole == length;
}

static void append_buffer(struct decoder *d, const char *name, const struct buffered *request,
                          const struct buffer *b)
{
    const struct block block = {.bytes = b->bytes, .size = request->told->size};
    values_open(d->out, VALUE_STRUCT, name);
    if (d->at_exit) {
        decode_members(d, &block, request->told);
    } else if (request->asked) {
        decode_members(d, &block, request->asked);
    } else {
        append_open_asked(d, b->bytes);
    }
    decode_array(d, "params", b->count ? b->place.buf_ptr + request->told->size : 0, b->count,
                 sizeof(struct tee_ioctl_param), append_parameter, NULL);
    values_close(d->out);
}

/* The buffer as it was shown at entry, and what it has become. */
static void append_answer(struct decoder *d, const char *name, const struct buffered *request,
                          struct buffer *b)
{
    uint32_t entry = decode_entry_struct(d);
    uint32_t before = entry ? values_at(d->out, entry)->last : 0;
    if (!before || values_at(d->out, before)->type != VALUE_STRUCT || !read_buffer(d, request, b)) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "buf_len", b->place.buf_len);
    values_open(d->out, VALUE_CHANGE, "buf_ptr");
    values_again(d->out, NULL, before);
    append_buffer(d, NULL, request, b);
    values_close(d->out);
    values_close(d->out);
}

static void decode_buffered(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct buffered *request = kind->aux;
    struct buffer b = {.count = 0};
    if (d->at_exit) {
        if (mem_read(d->mem, decode_word(d, raw), &b.place, sizeof(b.place))) {
            append_answer(d, name, request, &b);
        }
        return;
    }
    if (!decode_object(d, name, raw, &b.place, sizeof(b.place))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "buf_len", b.place.buf_len);
    if (read_buffer(d, request, &b)) {
        append_buffer(d, "buf_ptr", request, &b);
    } else {
        values_add(d->out, VALUE_ADDR, "buf_ptr", b.place.buf_ptr);
    }
    values_close(d->out);
}

static void decode_version(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct tee_ioctl_version_data version;
    (void)kind;
    if (!decode_object(d, name, raw, &version, sizeof(version))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "impl_id", &xlat_tee_implementations, version.impl_id);
    append_flags(d, "gen_caps", &xlat_tee_capabilities, version.gen_caps);
    if (version.impl_id == IMPLEMENTATION_OPTEE) {
        append_flags(d, "impl_caps", &xlat_tee_optee_capabilities, version.impl_caps);
    } else {
        values_add(d->out, VALUE_HEX, "impl_caps", version.impl_caps);
    }
    values_close(d->out);
}

LAYOUT(cancel, struct tee_ioctl_cancel_arg, OF(tee_ioctl_cancel_arg, cancel_id, UINT),
       OF(tee_ioctl_cancel_arg, session, HEX));
LAYOUT(closing, struct tee_ioctl_close_session_arg, OF(tee_ioctl_close_session_arg, session, HEX));

#define SIZE OF(tee_ioctl_shm_alloc_data, size, HEX)
#define ALLOCATION_FLAGS OF(tee_ioctl_shm_alloc_data, flags, FLAGS, .xlat = &xlat_tee_memory)
LAYOUT(allocation, struct tee_ioctl_shm_alloc_data, SIZE, ALLOCATION_FLAGS);
LAYOUT(allocated, struct tee_ioctl_shm_alloc_data, SIZE, ALLOCATION_FLAGS,
       OF(tee_ioctl_shm_alloc_data, id, INT));

#define LENGTH OF(tee_ioctl_shm_register_data, length, HEX)
#define REGISTRATION_FLAGS OF(tee_ioctl_shm_register_data, flags, FLAGS, .xlat = &xlat_tee_memory)
LAYOUT(registration, struct tee_ioctl_shm_register_data, OF(tee_ioctl_shm_register_data, addr, ADDR), LENGTH,
       REGISTRATION_FLAGS);
LAYOUT(registered, struct tee_ioctl_shm_register_data, LENGTH, REGISTRATION_FLAGS,
       OF(tee_ioctl_shm_register_data, id, INT));

/* Of kernels for OP-TEE; never in Linux itself. */
struct tee_file {
    int32_t fd, fd_high;
    uint64_t size;
    uint32_t flags, unused;
    int32_t id, padding;
};
enum { TEE_IOC_SHM_REGISTER_FD_ = 0xc020a408U };
LAYOUT(file_registration, struct tee_file, OF(tee_file, fd, FD),
       OF(tee_file, flags, FLAGS, .xlat = &xlat_tee_memory));
LAYOUT(file_registered, struct tee_file, OF(tee_file, size, HEX), OF(tee_file, id, INT));

CHANGE(allocating, allocation, allocated);
CHANGE(registering, registration, registered);
CHANGE(registering_file, file_registration, file_registered);

static const struct kind version_kind = {.decode = decode_version};
static const struct kind opening_kind = {.decode = decode_buffered, .aux = &opening};
static const struct kind invoking_kind = {.decode = decode_buffered, .aux = &invoking};
static const struct kind receiving_kind = {.decode = decode_buffered, .aux = &receiving};
static const struct kind sending_kind = {.decode = decode_buffered, .aux = &sending};

IOCTL_SHAPES(tee, BY(TEE_IOC_VERSION, OUT, version), BY(TEE_IOC_OPEN_SESSION, INOUT, opening),
             BY(TEE_IOC_INVOKE, INOUT, invoking), AT(TEE_IOC_CANCEL, IN, cancel),
             AT(TEE_IOC_CLOSE_SESSION, IN, closing), BY(TEE_IOC_SUPPL_RECV, INOUT, receiving),
             BY(TEE_IOC_SUPPL_SEND, INOUT, sending), CHANGES(TEE_IOC_SHM_ALLOC, allocating),
             CHANGES(TEE_IOC_SHM_REGISTER, registering), CHANGES(TEE_IOC_SHM_REGISTER_FD_, registering_file));
