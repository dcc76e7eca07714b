#include "launcher/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"

/* Calls newer than the installed libseccomp are matched before its program, by ABI and number. */
struct prologue {
    struct sock_filter code[256];
    size_t length;
};

static void emit(struct prologue *p, struct sock_filter instruction)
{
    if (p->length < ARRAY_SIZE(p->code)) {
        p->code[p->length++] = instruction;
    }
}

static void cleanup_context(scmp_filter_ctx *context)
{
    if (*context) {
        seccomp_release(*context);
    }
}

static bool known_to_libseccomp(enum call_id id)
{
    return seccomp_syscall_resolve_name(call_line(id)->name) != __NR_SCMP_ERROR;
}

/* What this program does with a call: an action of libseccomp. */
static uint32_t action_of(const struct filter_spec *spec, enum call_id id)
{
    if (call_set_has(&spec->refuse, id)) {
        return SCMP_ACT_ERRNO(ENOSYS);
    }
    return call_set_has(&spec->notify, id) ? SCMP_ACT_NOTIFY : SCMP_ACT_ALLOW;
}

static uint32_t bpf_action(uint32_t action)
{
    switch (action) {
    case SCMP_ACT_NOTIFY:
        return SECCOMP_RET_USER_NOTIF;
    case SCMP_ACT_ALLOW:
        return SECCOMP_RET_ALLOW;
    default:
        return action; /* SCMP_ACT_ERRNO(n) has the kernel's own encoding */
    }
}

/* Matches the numbers of one audit architecture (x86-64 and x32 share theirs) that libseccomp can't name. */
static void prologue_for(struct prologue *p, const struct filter_spec *spec, uint32_t audit_arch,
                         uint32_t fallback)
{
    size_t branch = p->length;
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, audit_arch, 0, 0));
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    size_t body = p->length;
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        uint32_t action = action_of(spec, (enum call_id)id);
        if (action == fallback || known_to_libseccomp((enum call_id)id)) {
            continue;
        }
        for (unsigned a = 0; a < ABI_COUNT; a++) {
            int number = abis[a].audit_arch == audit_arch ? call_number(&abis[a], (enum call_id)id) : -1;
            if (number >= 0) {
                emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1));
                emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, bpf_action(action)));
            }
        }
    }
    if (p->length == body) {
        p->length = branch; /* nothing to match: no detour */
    } else if (p->length < ARRAY_SIZE(p->code)) {
        p->code[branch + 1].jf = (uint8_t)(p->length - branch - 2);
    }
}

static int add_rules(scmp_filter_ctx context, const struct filter_spec *spec, uint32_t fallback,
                     struct error *err)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        uint32_t action = action_of(spec, (enum call_id)id);
        if (action == fallback || !known_to_libseccomp((enum call_id)id)) {
            continue;
        }
        const char *name = call_line((enum call_id)id)->name;
        int ret = seccomp_rule_add(context, action, seccomp_syscall_resolve_name(name), 0);
        if (ret < 0 && ret != -EDOM) {
            return error_errno(err, -ret, "can't add %s to the filter", name);
        }
    }
    return 0;
}

/* seccomp_export_bpf writes to a descriptor; a memfd keeps it in memory. */
static int export_code(scmp_filter_ctx context, const struct prologue *p, struct filter *filter,
                       struct error *err)
{
    cleanup_close int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0) {
        return error_errno(err, errno, "can't make a memory file for the filter");
    }
    int ret = seccomp_export_bpf(context, fd);
    if (ret < 0) {
        return error_errno(err, -ret, "can't generate the filter");
    }
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0 || (size_t)size % sizeof(*filter->code)) {
        return error_set(err, EIO, "libseccomp exported %lld bytes, not a whole program", (long long)size);
    }
    size_t count = (size_t)size / sizeof(*filter->code);
    if (count + p->length > BPF_MAXINSNS) {
        return error_set(err, E2BIG, "the filter has %zu instructions, the kernel takes %d",
                         count + p->length, BPF_MAXINSNS);
    }
    filter->code = calloc(count + p->length, sizeof(*filter->code));
    if (!filter->code) {
        return error_set(err, ENOMEM, "out of memory for the filter");
    }
    memcpy(filter->code, p->code, p->length * sizeof(*p->code));
    if (pread(fd, filter->code + p->length, (size_t)size, 0) != (ssize_t)size) {
        filter_free(filter);
        return error_set(err, EIO, "can't read the filter back");
    }
    filter->length = (unsigned short)(count + p->length);
    return 0;
}

int filter_build(const struct filter_spec *spec, struct filter *filter, struct error *err)
{
    *filter = (struct filter){0};
    uint32_t fallback = spec->notify_unknown ? SCMP_ACT_NOTIFY : SCMP_ACT_ALLOW;
    __attribute__((cleanup(cleanup_context))) scmp_filter_ctx context = seccomp_init(fallback);
    if (!context) {
        return error_set(err, ENOMEM, "libseccomp can't start a filter");
    }
    /* 2: a binary tree over the numbers, instead of one comparison after another. */
    int ret = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    ret = ret < 0 ? ret : seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, fallback);
    ret = ret < 0 ? ret : seccomp_arch_add(context, SCMP_ARCH_X86);
    ret = ret < 0 ? ret : seccomp_arch_add(context, SCMP_ARCH_X32);
    if (ret < 0) {
        return error_errno(err, -ret, "libseccomp can't prepare a filter for the ABIs of this machine");
    }
    ret = add_rules(context, spec, fallback, err);
    if (ret < 0) {
        return ret;
    }
    struct prologue prologue = {.length = 0};
    prologue_for(&prologue, spec, AUDIT_ARCH_X86_64, fallback);
    prologue_for(&prologue, spec, AUDIT_ARCH_I386, fallback);
    return export_code(context, &prologue, filter, err);
}

void filter_free(struct filter *filter)
{
    free(filter->code);
    *filter = (struct filter){0};
}

int filter_load(const struct filter *filter)
{
    static const unsigned long choices[] = {
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        SECCOMP_FILTER_FLAG_NEW_LISTENER,
    };
    struct sock_fprog program = {.len = filter->length, .filter = filter->code};

    for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
        long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, choices[i], &program);
        if (fd >= 0) {
            return (int)fd;
        }
        /* EINVAL: a flag this kernel does not have (kernel/seccomp.c, seccomp_set_mode_filter). */
        if (errno != EINVAL) {
            return -errno;
        }
    }
    return -EINVAL;
}
