/* Calls of decode/calls/compat.def and i386.def: made by a 32-bit program. */
#include "family.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>

static char page[4096];
static char big[8192];
static const uint64_t none64[4] = {0}, wrong64[4] = {0, 2000000000};
static const uint32_t none[2] = {0, 0};
static const uint32_t usr1[2] = {1 << (SIGUSR1 - 1), 0};

static void files(void)
{
    int fd = (int)DO(open, "lines", O_RDWR);
    uint64_t result;
    DO(_llseek, fd, 0, 2, &result, SEEK_SET);
    DO(_llseek, CLOSED, 1, 2, WILD, SEEK_CUR);
    DO(chown32, "lines", 0, -1);
    DO(chown32, "none", 70000, 1);
    DO(lchown32, "link", -1, -1);
    DO(lchown32, "none", 70000, 1);
    DO(fchown32, fd, 0, 0);
    DO(fchown32, CLOSED, 70000, 1);
    DO(chown, "lines", 0, 0xffff);
    DO(chown, "none", 1, 2);
    DO(stat64, "lines", page);
    DO(stat64, "none", page);
    DO(lstat64, "link", page);
    DO(lstat64, "none", page);
    DO(fstat64, fd, page);
    DO(fstat64, CLOSED, page);
    DO(fstatat64, AT_FDCWD, "link", page, AT_SYMLINK_NOFOLLOW);
    DO(fstatat64, CLOSED, "link", page, 0);
    DO(stat, "lines", page);
    DO(oldstat, "/sys", page);
    DO(oldstat, "none", page);
    DO(oldlstat, "/sys", page);
    DO(oldlstat, "none", page);
    int sys = (int)DO(open, "/sys", O_PATH);
    DO(oldfstat, sys, page);
    DO(oldfstat, CLOSED, page);
    DO(close, sys);
    DO(statfs64, "/proc", 84, page);
    DO(statfs64, "/proc", 3, page);
    DO(statfs, "/proc", page);
    int proc = (int)DO(open, "/proc", O_PATH);
    DO(fstatfs64, proc, 84, page);
    DO(fstatfs64, CLOSED, 84, page);
    DO(truncate64, "lines", 0, 1);
    DO(truncate64, "lines", 100, 0);
    DO(truncate64, "none", 1, 2);
    DO(ftruncate64, fd, 90, 0);
    DO(ftruncate64, CLOSED, 1, 2);
    DO(fallocate, fd, 0, 0, 0, 300, 0);
    DO(fallocate, fd, 3, 1, 2, 3, 4);
    DO(fadvise64, fd, 1, 0, 5, 2);
    DO(fadvise64, CLOSED, 1, 2, 5, 2);
    DO(fadvise64_64, fd, 1, 0, 5, 0, 3);
    DO(fadvise64_64, CLOSED, 1, 2, 5, 6, 3);
    DO(sync_file_range, fd, 0, 0, 10, 0, 2);
    DO(sync_file_range, CLOSED, 1, 2, 3, 4, 5);
    DO(readahead, fd, 0, 0, 4096);
    DO(readahead, CLOSED, 1, 2, 4096);
    DO(pread64, fd, page, 3, 1, 0);
    DO(pread64, CLOSED, page, 3, 1, 2);
    DO(pwrite64, fd, "xyz", 3, 10, 0);
    DO(pwrite64, CLOSED, "xyz", 3, 10, 1);
    uint32_t vector[4] = {(uint32_t)page, 3, (uint32_t)page + 8, 4};
    DO(preadv, fd, vector, 2, 1, 0);
    DO(preadv, CLOSED, vector, 2, 1, 2);
    DO(pwritev, fd, vector, 2, 1, 0);
    DO(pwritev, CLOSED, vector, 2, 1, 2);
    DO(preadv2, fd, vector, 2, 1, 0, 1);
    DO(preadv2, CLOSED, vector, 2, -1, -1, 8);
    DO(pwritev2, fd, vector, 1, 1, 0, 2);
    DO(pwritev2, CLOSED, vector, 1, 1, 2, 4);
    DO(utimensat_time64, AT_FDCWD, "lines", none64, 0);
    DO(utimensat_time64, CLOSED, "lines", wrong64, AT_SYMLINK_NOFOLLOW);
    struct flock64 lock = {F_RDLCK, 0, 1, 2, 0};
    DO(fcntl64, fd, F_SETLK64, &lock);
    DO(fcntl64, fd, F_GETLK64, &lock);
    DO(fcntl64, CLOSED, F_GETFL);
    DO(readdir, proc, page, 1);
    int directory = (int)DO(open, "tree/a/b", O_RDONLY);
    DO(readdir, directory, page, 1);
    DO(sendfile64, fd, CLOSED, NULL, 5);
    int copy = (int)DO(open, "copy", O_RDWR | O_CREAT, 0600);
    uint64_t offset = 1;
    DO(sendfile64, copy, fd, &offset, 3);
    for (int i = 3; i < 10; i++) {
        DO(close, i);
    }
}

static void waiting(void)
{
    int fds[2];
    DO(pipe, fds);
    struct pollfd polled = {fds[1], POLLOUT, 0};
    fd_set set = {{1L << fds[1]}};
    uint32_t old[5] = {5, 0, (uint32_t)&set, 0, (uint32_t)none};
    DO(_newselect, 5, NULL, &set, NULL, none);
    DO(_newselect, -1, NULL, &set, NULL, none);
    DO(select, old);
    DO(select, WILD);
    DO(ppoll_time64, &polled, 1, none64, usr1, 8);
    DO(ppoll_time64, &polled, 1, wrong64, NULL, 8);
    uint32_t mask[2] = {(uint32_t)usr1, 8};
    DO(pselect6_time64, 5, NULL, &set, NULL, none64, mask);
    DO(pselect6_time64, 5, NULL, WILD, NULL, none64, NULL);
    DO(rt_sigtimedwait_time64, usr1, NULL, none64, 8);
    uint32_t context = 0;
    DO(io_setup, 4, &context);
    DO(io_pgetevents_time64, context, 0, 1, page, none64, NULL);
    DO(io_pgetevents_time64, 1, 0, 1, page, none64, NULL);
    DO(io_destroy, context);
    DO(close, fds[0]);
    DO(close, fds[1]);
}

static void clocks(void)
{
    uint64_t now[2], timer64[4] = {1, 2, 1000, 3}, old[4];
    uint32_t seconds = 5;
    int timer, fd = (int)DO(timerfd_create, 1, 0);
    DO(clock_gettime64, 1, now);
    DO(clock_gettime64, 77, now);
    DO(clock_getres_time64, 5, now);
    DO(clock_getres_time64, 77, now);
    DO(clock_settime64, 1, none64);
    DO(clock_nanosleep_time64, 1, 0, none64, now);
    DO(clock_nanosleep_time64, 0, 1, wrong64, NULL);
    DO(clock_adjtime64, 77, WILD);
    DO(clock_adjtime64, 0, memset(page, 0, 300));
    DO(timer_create, 1, NULL, &timer);
    DO(timer_settime64, timer, 0, timer64, old);
    DO(timer_settime64, 77, 1, timer64, NULL);
    DO(timer_gettime64, timer, old);
    DO(timer_gettime64, 77, old);
    DO(timer_delete, timer);
    DO(timerfd_settime64, fd, 0, timer64, old);
    DO(timerfd_settime64, CLOSED, 1, timer64, old);
    DO(timerfd_gettime64, fd, old);
    DO(timerfd_gettime64, CLOSED, old);
    DO(sched_rr_get_interval_time64, 0, now);
    DO(sched_rr_get_interval_time64, -5, now);
    DO(stime, WILD);
    DO(time, &seconds);
    DO(ftime);
    DO(close, fd);
}

static void identity(void)
{
    unsigned r, e, s;
    DO(getuid32);
    DO(geteuid32);
    DO(getgid32);
    DO(getegid32);
    DO(getuid);
    DO(getresuid32, &r, &e, &s);
    DO(getresuid32, WILD, &e, &s);
    DO(getresgid32, &r, &e, &s);
    DO(getresgid32, &r, &e, WILD);
    DO(getresuid, &r, &e, &s);
    r = 70000;
    DO(setgroups32, 1, &r);
    DO(setgroups32, 1, WILD);
    DO(getgroups32, 8, page);
    DO(getgroups32, -1, page);
    DO(getgroups, 8, page);
    DO(setfsuid32, 7);
    DO(setfsgid32, 8);
    DO(setregid32, -1, 100);
    DO(setresgid32, 100, -1, 101);
    DO(setgid32, 102);
    DO(setreuid32, -1, 1000);
    DO(setreuid32, -1, 0);
    DO(setresuid32, 1000, 1001, -1);
    DO(setuid32, 1000);
    DO(setuid32, 5);
    DO(setresuid32, 5, 6, 7);
    DO(setreuid32, 5, 6);
    DO(setregid32, 5, 6);
    DO(setresgid32, 5, 6, -1);
    DO(setgid32, 5);
    DO(setgroups32, 0, NULL);
    DO(nice, -5);
}

static void handler(int number)
{
    (void)number;
}

static void signals(void)
{
    struct {
        void (*handler)(int);
        uint32_t mask, flags;
        void (*restorer)(void);
    } action = {handler, 1 << (SIGUSR2 - 1), SA_RESTART, NULL}, previous;
    static const uint32_t soon[4] = {0, 0, 0, 1000};
    uint32_t old, mask = 1 << (SIGUSR1 - 1);
    DO(sigaction, SIGUSR2, &action, &previous);
    DO(sigaction, SIGKILL, &action, &previous);
    DO(signal, SIGALRM, handler);
    DO(signal, SIGALRM, handler);
    DO(signal, 77, handler);
    DO(signal, SIGUSR1, handler);
    DO(sigprocmask, SIG_BLOCK, &mask, &old);
    DO(sigprocmask, 77, &mask, &old);
    DO(kill, DO(getpid), SIGUSR1);
    DO(kill, DO(getpid), SIGUSR2);
    DO(sigpending, &old);
    DO(sigpending, WILD);
    DO(sgetmask);
    DO(rt_sigtimedwait_time64, usr1, NULL, none64, 8);
    DO(kill, DO(getpid), SIGUSR1);
    DO(ssetmask, 1 << (SIGUSR2 - 1));
    DO(signal, SIGALRM, handler);
    DO(ssetmask, 1 << (SIGALRM - 1));
    DO(setitimer, 0, soon, NULL);
    DO(sigsuspend, 0, 0, 0);
}

static void processes(void)
{
    uint32_t limit[2];
    int status;
    long child = DO(fork);
    if (child == 0) {
        DO(exit, 6);
    }
    DO(waitpid, child, &status, 0);
    DO(waitpid, -1, &status, WNOHANG);
    int tid;
    if (DO(clone, SIGCHLD | CLONE_PARENT_SETTID, NULL, &tid) == 0) {
        DO(exit, 4);
    }
    DO(waitpid, -1, &status, 0);
    DO(clone, CLONE_THREAD);
    DO(ugetrlimit, 7, limit);
    DO(ugetrlimit, 77, limit);
    DO(nice, 1);
    uint32_t area[4] = {(uint32_t)-1, 0x1000, 0xfffff, 0x51};
    DO(set_thread_area, area);
    DO(get_thread_area, area);
    area[0] = 77;
    DO(set_thread_area, area);
    DO(get_thread_area, area);
    DO(olduname, page);
    DO(olduname, WILD);
    DO(oldolduname, page);
    DO(oldolduname, WILD);
    uint32_t map[6] = {0, 4096, 3, 0x22, -1U, 0};
    DO(mmap, map);
    DO(mmap, WILD);
    DO(mmap2, NULL, 4096, 3, 0x22, -1, 0);
    DO(mmap2, NULL, 0, 3, 0x22, CLOSED, 5);
    DO(mount, "none", "html", "tmpfs", 0, NULL);
    DO(umount, "html");
    DO(umount, "none");
    DO(bdflush, 1, 2);
    DO(vm86, 1, 2);
    DO(vm86old, WILD);
}

/* What ipc stands for is in its first argument, with a version of msgrcv. */
static void behind_ipc(void)
{
    enum { NEWER = 1 << 16, IPC_64 = 0x100 };
    static struct {
        int32_t type;
        char text[100];
    } sent = {3, "hello"}, first, second;
    static char told[512]; /* page holds what others need */
    uint32_t received[2] = {(uint32_t)&first, 3}, array = (uint32_t)told, none32 = 0;
    int queue = (int)DO(ipc, 13, 0, 0600);
    DO(ipc, 13, 0x1234);
    DO(ipc, 11, queue, 5, 0, &sent);
    DO(ipc, 11, queue, 5, 0, &sent);
    DO(ipc, 14, queue, IPC_64 | IPC_STAT, 0, told);
    DO(ipc, 12, queue, 100, IPC_NOWAIT, received);
    DO(ipc, NEWER | 12, queue, 100, IPC_NOWAIT, &second, 3);
    DO(ipc, NEWER | 12, queue, 100, IPC_NOWAIT, &second, 3);
    DO(ipc, 14, queue, IPC_RMID);
    int semaphores = (int)DO(ipc, 2, 0, 2, 0600);
    DO(ipc, 3, semaphores, 0, IPC_64 | IPC_STAT, &array);
    DO(ipc, 3, semaphores, 0, SEM_INFO, &array);
    DO(ipc, 3, semaphores, 0, GETALL, &array);
    DO(ipc, 3, semaphores, 0, GETVAL, &none32);
    DO(ipc, 3, semaphores, 0, IPC_RMID, &none32);
    DO(ipc, 3, semaphores, 0, IPC_64 | IPC_STAT, &array);
    int memory = (int)DO(ipc, 23, 0, 4096, 0600);
    DO(ipc, 24, memory, IPC_64 | IPC_STAT, 0, told);
    DO(ipc, 24, 0, IPC_64 | SHM_INFO, 0, told);
    DO(ipc, 24, memory, IPC_RMID);
    DO(ipc, 24, memory, IPC_64 | IPC_STAT, 0, told);
    DO(ipc, 77, 1, 2, 3, WILD, 5);
}

static void together(void)
{
    uint32_t pair[4] = {AF_UNIX, SOCK_STREAM, 0, (uint32_t)page}, message[4] = {3, (uint32_t) "hi", 2, 0};
    DO(socketcall, 8, pair);
    message[0] = *(const uint32_t *)page;
    DO(socketcall, 9, message);
    DO(socketcall, 77, message);
    behind_ipc();
    uint64_t past[2] = {1, 0};
    uint32_t word = 0;
    DO(futex_time64, &word, 1, 1);
    DO(futex_time64, &word, 0, 0, none64);
    int queue = (int)DO(mq_open, "queue", O_RDWR | O_CREAT, 0600, NULL);
    DO(mq_timedsend_time64, queue, "hi", 2, 5, past);
    DO(mq_timedreceive_time64, queue, big, sizeof big, NULL, past);
    DO(mq_timedsend_time64, CLOSED, page, 3, 5, past);
    DO(mq_timedreceive_time64, CLOSED, page, 3, NULL, past);
    uint64_t at_once[2] = {0, 0};
    const uint16_t up[3] = {0, 1, 0};
    DO(semtimedop_time64, DO(semget, 0, 1, 0600), up, 1, past);
    DO(semtimedop_time64, 77, WILD, 1, past);
    uint32_t space[2] = {(uint32_t)big, sizeof big}, header[8] = {0, 0, (uint32_t)space, 1};
    DO(recvmmsg_time64, ((const uint32_t *)page)[1], header, 1, 0, at_once);
    DO(recvmmsg_time64, CLOSED, page, 1, 0, none64);
}

static void what_is_no_more(void)
{
    DO(break);
    DO(gtty, 1, 2);
    DO(idle);
    DO(lock);
    DO(mpx);
    DO(prof);
    DO(profil, 1, 2, 3, 4);
    DO(stty, 1, 2);
    DO(ulimit, 1, 2);
}

static void make_calls(void)
{
    be_alone();
    files();
    waiting();
    clocks();
    in_child(identity);
    in_child(signals);
    processes();
    together();
    what_is_no_more();
}
