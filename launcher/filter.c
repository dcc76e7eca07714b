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

#define X32_BIT UINT32_C(0x40000000)

/* What libseccomp can't say for us is matched before its program, by ABI and number. */
struct prologue {
    struct sock_filter code[BPF_MAXINSNS];
    size_t length;
    bool overflow;
};

/* libseccomp's name of each ABI of this machine. */
static const uint32_t arch_tokens[ABI_COUNT] = {
    [ABI_X86_64] = SCMP_ARCH_X86_64, [ABI_I386] = SCMP_ARCH_X86, [ABI_X32] = SCMP_ARCH_X32};

static void emit(struct prologue *p, struct sock_filter instruction)
{
    if (p->length < ARRAY_SIZE(p->code)) {
        p->code[p->length++] = instruction;
    } else {
        p->overflow = true;
    }
}

static void cleanup_context(scmp_filter_ctx *context)
{
    if (*context) {
        seccomp_release(*context);
    }
}

/* How a specification is put into rules. */
struct plan {
    const struct filter_spec *spec;
    uint32_t fallback; /* what is done with a call that no rule names */
    uint32_t unknown;  /* what is done with a number that is in no table */
};

/*
 * Whether libseccomp knows the call under the number that our table gives it, and so makes one plain rule.
 * Besides calls that are newer than it, it does not for the socket and the System V calls of i386: those it
 * resolves to numbers of its own, for rules that also test the first argument of socketcall and ipc, through
 * which older programs make the same calls. That would notify calls that nobody selected and take socketcall
 * and ipc out of the kernel's bitmap; they are selected under their own names instead.
 */
static bool expressible(enum abi_id abi, enum call_id id, int number)
{
    return seccomp_syscall_resolve_name_arch(arch_tokens[abi], call_line(id)->name) == number;
}

static uint32_t selected_action(const struct filter_spec *spec)
{
    return spec->how == FILTER_TRACE ? SCMP_ACT_TRACE(0) : SCMP_ACT_NOTIFY;
}

/* What this program does with a call: an action of libseccomp. */
static uint32_t action_of(const struct filter_spec *spec, enum abi_id abi, enum call_id id)
{
    if (call_set_has(&spec->refuse, id)) {
        return SCMP_ACT_ERRNO(ENOSYS);
    }
    return selection_has(&spec->notify, &abis[abi], id) ? selected_action(spec) : SCMP_ACT_ALLOW;
}

/* The time libseccomp takes grows with the square of the rules: what most calls get needs none. */
static struct plan make_plan(const struct filter_spec *spec)
{
    const uint32_t selected = selected_action(spec);
    size_t chosen = 0;
    size_t others = 0;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (uint32_t i = 0; i < abis[abi].count; i++) {
            enum call_id id = (enum call_id)abis[abi].calls[i];
            bool chooses = id != CALL_none && action_of(spec, (enum abi_id)abi, id) == selected;
            chosen += chooses;
            others += id != CALL_none && !chooses;
        }
    }
    return (struct plan){.spec = spec,
                         .fallback = chosen > others ? selected : SCMP_ACT_ALLOW,
                         .unknown = spec->notify.unknown ? selected : SCMP_ACT_ALLOW};
}

static uint32_t bpf_action(uint32_t action)
{
    switch (action) {
    case SCMP_ACT_NOTIFY:
        return SECCOMP_RET_USER_NOTIF;
    case SCMP_ACT_ALLOW:
        return SECCOMP_RET_ALLOW;
    default:
        return action; /* SCMP_ACT_ERRNO(n) and SCMP_ACT_TRACE(0) have the kernel's own encoding */
    }
}

static void match_one(struct prologue *p, uint32_t number, uint32_t action)
{
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
    emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, bpf_action(action)));
}

static void match_range(struct prologue *p, uint32_t first, uint32_t last, uint32_t action)
{
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0));
    emit(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, bpf_action(action)));
}

/* The numbers of an ABI that are in no table: the holes, and all that follows the last. */
static void match_unknown(struct prologue *p, const struct abi *abi, uint32_t action)
{
    uint32_t i = 0;
    while (i < abi->count) {
        uint32_t first = i;
        while (i < abi->count && abi->calls[i] == CALL_none) {
            i++;
        }
        if (i > first) {
            match_range(p, first | abi->number_bit, (i - 1) | abi->number_bit, action);
        }
        while (i < abi->count && abi->calls[i] != CALL_none) {
            i++;
        }
    }
    /* x32 takes the upper half of the numbers of x86-64, negative ones included. */
    bool lower_half = abi->audit_arch == AUDIT_ARCH_X86_64 && !abi->number_bit;
    match_range(p, abi->count | abi->number_bit, lower_half ? X32_BIT - 1 : UINT32_MAX, action);
}

/* Matches the numbers of one ABI that libseccomp can't match. */
static void prologue_for(struct prologue *p, const struct plan *plan, enum abi_id abi)
{
    const struct abi *table = &abis[abi];
    size_t branch = p->length;
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    emit(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, table->audit_arch, 1, 0));
    emit(p, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
    emit(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    size_t body = p->length;
    if (plan->unknown != plan->fallback) {
        match_unknown(p, table, plan->unknown);
    }
    for (uint32_t i = 0; i < table->count; i++) {
        enum call_id id = (enum call_id)table->calls[i];
        uint32_t number = i | table->number_bit;
        uint32_t action = action_of(plan->spec, abi, id);
        if (id != CALL_none && action != plan->fallback && !expressible(abi, id, (int)number)) {
            match_one(p, number, action);
        }
    }
    if (p->length == body) {
        p->length = branch; /* nothing to match: no detour */
    } else if (!p->overflow) {
        /* A jump of its own: the offsets of a conditional one have 8 bits. */
        p->code[branch + 2].k = (uint32_t)(p->length - (branch + 3));
    }
}

static int add_rules(scmp_filter_ctx context, const struct plan *plan, enum abi_id abi, struct error *err)
{
    const struct abi *table = &abis[abi];
    /* libseccomp keeps a list in ascending order and searches it from its start: the largest goes first. */
    for (uint32_t i = table->count; i-- > 0;) {
        enum call_id id = (enum call_id)table->calls[i];
        uint32_t action = action_of(plan->spec, abi, id);
        if (id == CALL_none || action == plan->fallback ||
            !expressible(abi, id, (int)(i | table->number_bit))) {
            continue;
        }
        const char *name = call_line(id)->name;
        int ret = seccomp_rule_add(context, action, seccomp_syscall_resolve_name(name), 0);
        if (ret < 0) {
            return error_errno(err, -ret, "can't add %s of %s to the filter", name, table->name);
        }
    }
    return 0;
}

/* A filter of libseccomp for one ABI alone. */
static int start_context(scmp_filter_ctx *context, const struct plan *plan, enum abi_id abi,
                         struct error *err)
{
    *context = seccomp_init(plan->fallback);
    if (!*context) {
        return error_set(err, ENOMEM, "libseccomp can't start a filter");
    }
    /* 2: a binary tree over the numbers, instead of one comparison after another. */
    int ret = seccomp_attr_set(*context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    ret = ret < 0 ? ret : seccomp_attr_set(*context, SCMP_FLTATR_ACT_BADARCH, plan->unknown);
    if (ret == 0 && arch_tokens[abi] != seccomp_arch_native()) {
        ret = seccomp_arch_add(*context, arch_tokens[abi]);
        ret = ret < 0 ? ret : seccomp_arch_remove(*context, seccomp_arch_native());
    }
    return ret < 0 ? error_errno(err, -ret, "libseccomp can't make a filter for %s", abis[abi].name) : 0;
}

/* Adds an ABI's rules to `all`. */
static int merge_abi(scmp_filter_ctx all, const struct plan *plan, enum abi_id abi, struct error *err)
{
    __attribute__((cleanup(cleanup_context))) scmp_filter_ctx one = NULL;
    int ret = start_context(&one, plan, abi, err);
    ret = ret < 0 ? ret : add_rules(one, plan, abi, err);
    if (ret < 0) {
        return ret;
    }
    ret = seccomp_merge(all, one);
    if (ret < 0) {
        return error_errno(err, -ret, "libseccomp can't join the filter for %s", abis[abi].name);
    }
    one = NULL; /* seccomp_merge took it */
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
    __attribute__((cleanup(cleanup_context))) scmp_filter_ctx context = NULL;
    const struct plan plan = make_plan(spec);
    struct prologue prologue;

    *filter = (struct filter){.how = spec->how};
    prologue.length = 0;
    prologue.overflow = false;
    int ret = start_context(&context, &plan, 0, err);
    ret = ret < 0 ? ret : add_rules(context, &plan, 0, err);
    for (unsigned abi = 1; ret == 0 && abi < ABI_COUNT; abi++) {
        ret = merge_abi(context, &plan, (enum abi_id)abi, err);
    }
    for (unsigned abi = 0; ret == 0 && abi < ABI_COUNT; abi++) {
        prologue_for(&prologue, &plan, (enum abi_id)abi);
    }
    if (ret == 0 && prologue.overflow) {
        ret = error_set(err, E2BIG, "the filter has more instructions than the kernel takes");
    }
    return ret < 0 ? ret : export_code(context, &prologue, filter, err);
}

void filter_free(struct filter *filter)
{
    free(filter->code);
    *filter = (struct filter){0};
}

bool filter_waits_undisturbed(void)
{
    const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    /* EFAULT: the flags are known, and only a program is missing. */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

int filter_load(const struct filter *filter)
{
    static const unsigned long choices[] = {
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        SECCOMP_FILTER_FLAG_NEW_LISTENER,
    };
    struct sock_fprog program = {.len = filter->length, .filter = filter->code};

    if (filter->how == FILTER_TRACE) {
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &program) < 0 ? -errno : 0;
    }
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
