#include "launcher/filter_scmp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

uint32_t scmp_arch(enum abi_id abi)
{
    static const uint32_t tokens[ABI_COUNT] = {
        [ABI_X86_64] = SCMP_ARCH_X86_64, [ABI_I386] = SCMP_ARCH_X86, [ABI_X32] = SCMP_ARCH_X32};
    return tokens[abi];
}

void scmp_cleanup(scmp_filter_ctx *context)
{
    if (*context) {
        seccomp_release(*context);
    }
}

bool scmp_knows(enum abi_id abi, enum call_id id, int number)
{
    return seccomp_syscall_resolve_name_arch(scmp_arch(abi), call_line(id)->name) == number;
}

/* seccomp_export_bpf writes to a descriptor; a memfd keeps it in memory. */
int scmp_export(scmp_filter_ctx context, const struct code *code, struct filter *filter, struct error *err)
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
    if (code->overflow || count + code->length > BPF_MAXINSNS) {
        return error_set(err, E2BIG, "the filter has more than the %d instructions that the kernel takes",
                         BPF_MAXINSNS);
    }
    filter->code = calloc(count + code->length, sizeof(*filter->code));
    if (!filter->code) {
        return error_set(err, ENOMEM, "out of memory for the filter");
    }
    memcpy(filter->code, code->instructions, code->length * sizeof(*filter->code));
    if (pread(fd, filter->code + code->length, (size_t)size, 0) != (ssize_t)size) {
        filter_free(filter);
        return error_set(err, EIO, "can't read the filter back");
    }
    filter->length = (unsigned short)(count + code->length);
    return 0;
}
