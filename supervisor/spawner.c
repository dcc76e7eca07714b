#include "supervisor/spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/executor.h"

enum { SOCKET = 3, PROC = 4, SPAWNED = 5 }; /* the descriptors of a spawner; those of a request come after */

static bool read_protected_symlinks(void)
{
    char text[4] = {0};
    cleanup_close int fd = open("/proc/sys/fs/protected_symlinks", O_RDONLY | O_CLOEXEC);
    return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && text[0] == '1';
}

static void spawn(const struct executor_world *world, const struct wire_spawn *request, const int *fds)
{
    if (fork() == 0) {
        close(SOCKET);
        executor_run(world, request, fds[0], fds[1]);
    }
}

static _Noreturn void spawner_run(void)
{
    const struct executor_world world = {.proc = PROC, .protected_symlinks = read_protected_symlinks()};
    for (;;) {
        struct wire_spawn request;
        int fds[2];
        unsigned fd_count = 2;
        ssize_t n = wire_receive(SOCKET, &request, sizeof(request), NULL, 0, fds, &fd_count);
        if (n <= 0) {
            _exit(0);
        }
        if (n == (ssize_t)sizeof(request) && request.tid == 0) {
            (void)kill(0, SIGTERM); /* our process group, but for us, who ignore it */
        } else if (n == (ssize_t)sizeof(request) && fd_count == 2) {
            spawn(&world, &request, fds);
        }
        for (unsigned i = 0; i < fd_count; i++) {
            close(fds[i]);
        }
    }
}

/*
 * Holds nothing of the supervisor's: not the reader's end of its output, nor its terminal, whose signals are
 * for the supervisor and the program. Nobody waits for executors: ignored, they leave no zombies.
 */
static _Noreturn void become_spawner(int socket, int proc, pid_t parent)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    /* Above those that they are to become. */
    socket = fcntl(socket, F_DUPFD_CLOEXEC, SPAWNED);
    proc = fcntl(proc, F_DUPFD_CLOEXEC, SPAWNED);
    (void)setsid();
    for (int fd = 0; fd < SOCKET; fd++) {
        if (null < 0 || dup2(null, fd) < 0) {
            _exit(1);
        }
    }
    if (dup3(socket, SOCKET, O_CLOEXEC) < 0 || dup3(proc, PROC, O_CLOEXEC) < 0 ||
        syscall(SYS_close_range, SPAWNED, ~0U, 0) < 0) {
        _exit(1);
    }
    sigset_t none;
    sigemptyset(&none);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "proctor-behalf");
    if (getppid() != parent) {
        _exit(1);
    }
    spawner_run();
}

int spawner_open(struct spawner *spawner, struct error *err)
{
    int pair[2];
    pid_t parent = getpid();
    *spawner = (struct spawner){.socket = -1};
    cleanup_close int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        return error_errno(err, errno, "can't make a process for calls on behalf of the program");
    }
    pid_t pid = fork();
    if (pid == 0) {
        become_spawner(pair[1], proc, parent);
    }
    close(pair[1]);
    if (pid < 0) {
        int error = errno;
        close(pair[0]);
        return error_errno(err, error, "can't make a process for calls on behalf of the program");
    }
    *spawner = (struct spawner){.pid = pid, .socket = pair[0], .owner = parent};
    return 0;
}

void spawner_close(struct spawner *spawner)
{
    if (spawner->socket >= 0) {
        close(take_fd(&spawner->socket));
    }
    if (spawner->pid > 0 && spawner->owner == getpid()) {
        (void)kill(spawner->pid, SIGKILL); /* its executors end with it, whatever they wait for */
        while (waitpid(spawner->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    spawner->pid = 0;
}

void spawner_reset(struct spawner *spawner)
{
    struct wire_spawn request;
    memset(&request, 0, sizeof(request));
    (void)wire_send(spawner->socket, &request, sizeof(request), NULL, 0, NULL, 0);
}

int spawner_spawn(struct spawner *spawner, const struct caller *caller, int root)
{
    struct wire_spawn request;
    int pair[2];
    memset(&request, 0, sizeof(request));
    request.identity = caller->identity;
    request.tid = caller->tid;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        return -errno;
    }
    int fds[] = {pair[1], root};
    ssize_t sent = wire_send(spawner->socket, &request, sizeof(request), NULL, 0, fds, 2);
    close(pair[1]);
    if (sent < 0 || fcntl(pair[0], F_SETFL, O_NONBLOCK) < 0) {
        close(pair[0]);
        return sent < 0 ? (int)sent : -errno;
    }
    return pair[0];
}
