/*
 * The floor: a notify loop that does nothing but poll, RECV and SEND, and, with -p, read the path of an
 * openat or the address of a connect. bare [-p] CALL[,CALL...] COMMAND [ARGS]: the calls are numbers of this
 * machine's native ABI by name, as far as the benchmark needs them.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/uapi.h"

static const struct {
    const char *name;
    unsigned number;
} calls[] = {
    {"getppid", SYS_getppid}, {"openat", SYS_openat}, {"close", SYS_close}, {"connect", SYS_connect}};

static unsigned short build(struct sock_filter *code, const char *list)
{
    unsigned short n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strstr(list, calls[i].name)) {
            code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
            code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
        }
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return n;
}

/* What has to be read to show the call: up to `room` bytes, not past the end of their page. */
static void read_memory(const struct seccomp_notif *request)
{
    char memory[256];
    if (request->data.nr == SYS_openat || request->data.nr == SYS_connect) {
        uint64_t addr = request->data.args[1];
        size_t room = request->data.nr == SYS_connect ? sizeof(struct sockaddr_in) : sizeof(memory);
        size_t n = 4096 - (size_t)(addr % 4096);
        n = n < room ? n : room;
        struct iovec local = {memory, n};
        struct iovec remote = {(void *)(uintptr_t)addr, n};
        (void)!process_vm_readv((pid_t)request->pid, &local, 1, &remote, 1, 0);
    }
}

static void serve(int listener, int reads)
{
    struct seccomp_notif request;
    struct seccomp_notif_resp response = {0};
    struct pollfd p = {.fd = listener, .events = POLLIN};

    for (;;) {
        if (poll(&p, 1, -1) < 0 || !(p.revents & POLLIN)) {
            return;
        }
        memset(&request, 0, sizeof(request));
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) < 0) {
            continue;
        }
        if (reads) {
            read_memory(&request);
        }
        response.id = request.id;
        response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
}

int main(int argc, char **argv)
{
    int reads = argc > 1 && strcmp(argv[1], "-p") == 0;
    argv += reads;
    argc -= reads;
    if (argc < 3) {
        fprintf(stderr, "usage: bare [-p] CALLS COMMAND [ARGS]\n");
        return 2;
    }
    struct sock_filter code[32];
    struct sock_fprog program = {build(code, argv[1]), code};
    _Atomic int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *shared = -1;
    long pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        *shared =
            (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                         SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    while (*shared == -1) {
        usleep(50);
    }
    ioctl(*shared, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    serve(*shared, reads);
    int status = 0;
    waitpid((pid_t)pid, &status, 0);
    return WEXITSTATUS(status);
}
