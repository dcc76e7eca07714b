#include "supervisor/registers_bpf.h"

#include <stddef.h>

#ifndef PROCTOR_BPF

struct registers_bpf_source *registers_bpf_open(void)
{
    return NULL;
}

void registers_bpf_close(struct registers_bpf_source *source)
{
    (void)source;
}

bool registers_bpf_read(const struct registers_bpf_source *source, pid_t tid, struct registers *registers)
{
    (void)source;
    (void)tid;
    (void)registers;
    return false;
}

#else

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/user.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include <registers.skel.h>

struct registers_bpf_source {
    struct registers_bpf *skeleton;
};

/* bpf(2), which the C library has no function for. */
static int bpf_command(enum bpf_cmd command, const union bpf_attr *attr)
{
    return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

bool registers_bpf_read(const struct registers_bpf_source *source, pid_t tid, struct registers *registers)
{
    struct user_regs_struct user;
    union bpf_iter_link_info one = {.task = {.tid = (uint32_t)tid}};
    union bpf_attr attr = {.link_create = {.prog_fd = (uint32_t)source->skeleton->progs.registers.prog_fd,
                                           .attach_type = BPF_TRACE_ITER,
                                           .iter_info = (uintptr_t)&one,
                                           .iter_info_len = sizeof(one)}};
    cleanup_close int link = bpf_command(BPF_LINK_CREATE, &attr);
    attr = (union bpf_attr){.iter_create = {.link_fd = (uint32_t)link}};
    cleanup_close int iterator = link < 0 ? -1 : bpf_command(BPF_ITER_CREATE, &attr);
    /* All but the bases of fs and gs, which come last. */
    ssize_t size = (ssize_t)offsetof(struct user_regs_struct, fs_base);
    if (iterator < 0 || read(iterator, &user, (size_t)size) != size) {
        return false;
    }
    registers_from_user(registers, &user);
    return true;
}

struct registers_bpf_source *registers_bpf_open(void)
{
    struct registers registers;
    struct registers_bpf_source *source = calloc(1, sizeof(*source));
    if (!source) {
        return NULL;
    }
    source->skeleton = registers_bpf__open();
    /* That a program loads does not say that an iterator can be had for one task. */
    if (!source->skeleton || registers_bpf__load(source->skeleton) < 0 ||
        !registers_bpf_read(source, getpid(), &registers)) {
        registers_bpf_close(source);
        return NULL;
    }
    return source;
}

void registers_bpf_close(struct registers_bpf_source *source)
{
    if (!source) {
        return;
    }
    if (source->skeleton) {
        registers_bpf__destroy(source->skeleton);
    }
    free(source);
}

#endif
