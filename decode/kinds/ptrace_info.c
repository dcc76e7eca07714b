#include "decode/kinds/ptrace_info.h"

#include <linux/audit.h>
#include <linux/ptrace.h>
#include <stddef.h>

#include "decode/call.h"
#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"

XLAT(syscall_info_op, "PTRACE_SYSCALL_INFO_???", X(PTRACE_SYSCALL_INFO_NONE), X(PTRACE_SYSCALL_INFO_ENTRY),
     X(PTRACE_SYSCALL_INFO_EXIT), X(PTRACE_SYSCALL_INFO_SECCOMP));
XLAT(traced_arch, "AUDIT_ARCH_???", X(AUDIT_ARCH_X86_64), X(AUDIT_ARCH_I386));

void decode_call_number(struct decoder *d, uint32_t arch, uint64_t number)
{
    const struct abi *abi = abi_find(arch, (int)number);
    const char *name = abi ? call_line(call_find(abi, (int)number))->name : NULL;
    if (name) {
        uint32_t index = values_wordf(d->out, "nr", "__NR_%s", name);
        values_stand_for(d->out, index, number, VALUE_AS_UINT);
    } else {
        values_add(d->out, VALUE_UINT, "nr", number);
    }
}

/* The part that entry and seccomp stops share, of which `size` bytes of the whole were read. */
static void decode_entry_part(struct decoder *d, const struct ptrace_syscall_info *info, size_t size)
{
    size_t from = offsetof(struct ptrace_syscall_info, entry.args);
    size_t count = size > from ? (size - from) / sizeof(info->entry.args[0]) : 0;
    size_t most = sizeof(info->entry.args) / sizeof(info->entry.args[0]);

    decode_call_number(d, info->arch, info->entry.nr);
    if (count) {
        values_open(d->out, VALUE_ARRAY, "args");
        for (size_t i = 0; i < count && i < most; i++) {
            values_add(d->out, VALUE_HEX, NULL, info->entry.args[i]);
        }
        values_close(d->out);
    }
}

static void decode_stop(struct decoder *d, const struct ptrace_syscall_info *info, size_t size)
{
    switch (info->op) {
    case PTRACE_SYSCALL_INFO_ENTRY:
        values_open(d->out, VALUE_STRUCT, "entry");
        decode_entry_part(d, info, size);
        values_close(d->out);
        break;
    case PTRACE_SYSCALL_INFO_SECCOMP:
        values_open(d->out, VALUE_STRUCT, "seccomp");
        decode_entry_part(d, info, size);
        if (size >= offsetof(struct ptrace_syscall_info, seccomp.ret_data) + sizeof(info->seccomp.ret_data)) {
            values_add(d->out, VALUE_UINT, "ret_data", info->seccomp.ret_data);
        }
        values_close(d->out);
        break;
    case PTRACE_SYSCALL_INFO_EXIT:
        values_open(d->out, VALUE_STRUCT, "exit");
        values_add(d->out, VALUE_INT, "rval", (uint64_t)info->exit.rval);
        if (size > offsetof(struct ptrace_syscall_info, exit.is_error)) {
            values_add(d->out, VALUE_UINT, "is_error", info->exit.is_error);
        }
        values_close(d->out);
        break;
    default:
        break;
    }
}

void decode_syscall_info(struct decoder *d, const char *name, uint64_t addr, uint64_t room)
{
    struct ptrace_syscall_info info = {0};
    uint64_t size = (uint64_t)d->result < room ? (uint64_t)d->result : room;
    size = size < sizeof(info) ? size : sizeof(info);

    if (!size) {
        decode_addr(d, name, addr);
        return;
    }
    if (!decode_object(d, name, addr, &info, (size_t)size)) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "op", &xlat_syscall_info_op, info.op);
    if (size >= offsetof(struct ptrace_syscall_info, entry)) {
        values_xlat(d->out, VALUE_ENUM, "arch", &xlat_traced_arch, info.arch);
        values_add(d->out, VALUE_ADDR, "instruction_pointer", info.instruction_pointer);
        values_add(d->out, VALUE_ADDR, "stack_pointer", info.stack_pointer);
    }
    if (size >= offsetof(struct ptrace_syscall_info, entry) + sizeof(uint64_t)) {
        decode_stop(d, &info, (size_t)size);
    }
    values_close(d->out);
}
