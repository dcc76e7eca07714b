/* Calls of decode/calls/desc.def, but those of io_uring and of asynchronous input and output. */
#include "family.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fs.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <termios.h>

static char page[4096];
static const struct timespec none = {0, 0}, wrong = {0, 2000000000};
static const uint64_t usr1_and_2 = 0xa00;

static void read_and_write(void)
{
    int fd = (int)DO(open, "lines", O_RDWR);
    struct iovec vector[2] = {{page, 3}, {page + 8, 4}};
    DO(read, fd, page, 4);
    DO(read, fd, page, sizeof page);
    DO(read, fd, page, 4);
    DO(read, CLOSED, page, 4);
    DO(read, 0, WILD, 1);
    DO(lseek, fd, 0, SEEK_SET);
    DO(lseek, fd, -1, SEEK_CUR);
    DO(lseek, fd, 0, SEEK_HOLE);
    DO(lseek, fd, 0, 9);
    DO(readv, fd, vector, 2);
    DO(readv, fd, vector, -1);
    DO(pread64, fd, page, 3, 1);
    DO(pread64, fd, page, 3, -1);
    DO(preadv, fd, vector, 2, 0);
    DO(preadv, CLOSED, vector, 2, 5);
    DO(preadv2, fd, vector, 2, 0, 0, 1);
    DO(preadv2, fd, vector, 2, 0, 0, 1024);
    DO(write, fd, "a\n\t\xff\"\\", 6);
    DO(write, CLOSED, page, 3);
    DO(write, fd, WILD, 3);
    DO(writev, fd, vector, 2);
    DO(writev, fd, WILD, 2);
    DO(pwrite64, fd, "xyz", 3, 100);
    DO(pwrite64, fd, "xyz", 3, -2);
    DO(pwritev, fd, vector, 2, 10);
    DO(pwritev, CLOSED, vector, 0, 10);
    DO(pwritev2, fd, vector, 2, -1, 0, 0x10);
    DO(pwritev2, fd, vector, 1, 3, 0, 0x800);
    DO(fsync, fd);
    DO(fsync, CLOSED);
    DO(fdatasync, fd);
    DO(fdatasync, CLOSED);
    DO(syncfs, fd);
    DO(syncfs, CLOSED);
    DO(sync);
    DO(sync_file_range, fd, 0, 10, 2);
    DO(sync_file_range, fd, 1, 10, 15);
    DO(readahead, fd, 0, 4096);
    DO(readahead, CLOSED, 1L << 40, 4096);
    DO(fadvise64, fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    DO(fadvise64, fd, 1, 2, 77);
    DO(fallocate, fd, 0, 0, 300);
    DO(fallocate, fd, 3, 0, 10);
    DO(fallocate, CLOSED, 0x61, 1, 2);
    DO(flock, fd, LOCK_EX | LOCK_NB);
    DO(flock, fd, 0x70);
    DO(flock, CLOSED, LOCK_UN);
    DO(getrandom, page, 0, 1);
    DO(getrandom, WILD, 8, 2);
    DO(getrandom, page, 8, 0x10);
    DO(close, fd);
    DO(close, CLOSED);
}

static void duplicates(void)
{
    DO(dup, 0);
    DO(dup, CLOSED);
    DO(dup2, 0, 20);
    DO(dup2, CLOSED, 20);
    DO(dup3, 0, 21, O_CLOEXEC);
    DO(dup3, 0, 0, O_CLOEXEC | O_NONBLOCK);
    DO(close_range, 3, 30, CLOSE_RANGE_CLOEXEC);
    DO(close_range, 3, ~0U, 0);
    DO(close_range, 3, 1, CLOSE_RANGE_UNSHARE | 8);
}

static void control(void)
{
    int fd = (int)DO(open, "lines", O_RDWR);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 2};
    DO(fcntl, fd, F_DUPFD, 10);
    DO(fcntl, fd, F_DUPFD_CLOEXEC, 11);
    DO(fcntl, 10, F_GETFD);
    DO(fcntl, 11, F_GETFD);
    DO(fcntl, 10, F_SETFD, FD_CLOEXEC);
    DO(fcntl, fd, F_GETFL);
    DO(fcntl, fd, F_SETFL, O_APPEND | O_NONBLOCK);
    DO(fcntl, fd, F_SETLK, &lock);
    DO(fcntl, fd, F_GETLK, &lock);
    DO(fcntl, fd, F_OFD_SETLKW, &lock);
    lock.l_pid = 0;
    lock.l_type = F_UNLCK;
    DO(fcntl, fd, F_OFD_SETLK, &lock);
    DO(fcntl, fd, F_SETLKW, WILD);
    DO(fcntl, fd, F_SETLEASE, F_RDLCK);
    DO(fcntl, fd, F_GETLEASE);
    DO(fcntl, fd, F_SETLEASE, F_UNLCK);
    DO(fcntl, fd, F_NOTIFY, DN_MODIFY | DN_MULTISHOT);
    DO(fcntl, fd, F_SETSIG, SIGUSR1);
    DO(fcntl, fd, F_GETSIG);
    DO(fcntl, fd, F_SETOWN, 0);
    DO(fcntl, fd, F_GETOWN);
    struct f_owner_ex owner = {F_OWNER_TID, 0};
    DO(fcntl, fd, F_SETOWN_EX, &owner);
    DO(fcntl, fd, F_GETOWN_EX, &owner);
    DO(fcntl, fd, F_GET_SEALS);
    DO(fcntl, fd, F_SETPIPE_SZ, 4096);
    uint64_t hint = 2;
    DO(fcntl, fd, F_SET_RW_HINT, &hint);
    DO(fcntl, fd, F_GET_RW_HINT, &hint);
    DO(fcntl, fd, 1029, &hint);
    DO(fcntl, CLOSED, F_GETFL);
    DO(close_range, 3, ~0U, 0);
}

static void requests(void)
{
    struct termios modes;
    struct winsize size;
    int n, fds[2];
    int master = (int)DO(open, "/dev/ptmx", O_RDWR | O_NOCTTY);
    DO(ioctl, master, TIOCGPTN, &n);
    n = 0;
    DO(ioctl, master, TIOCSPTLCK, &n);
    DO(ioctl, master, TCGETS, &modes);
    DO(ioctl, master, TCSETS, &modes);
    DO(ioctl, master, TIOCGWINSZ, &size);
    size.ws_col = 80;
    DO(ioctl, master, TIOCSWINSZ, &size);
    DO(ioctl, master, TIOCGPGRP, &n);
    DO(ioctl, master, FIONBIO, &n);
    DO(ioctl, master, TIOCPKT, &n);
    DO(ioctl, CLOSED, TCGETS, &modes);
    DO(ioctl, master, TCSETSW, WILD);
    DO(pipe, fds);
    DO(write, fds[1], "abc", 3);
    DO(ioctl, fds[0], FIONREAD, &n);
    DO(ioctl, fds[0], TCGETS, &modes);
    DO(ioctl, fds[0], 0x12345678, 5);
    DO(ioctl, fds[0], FIOCLEX);
    DO(ioctl, fds[0], FIONCLEX);
    int fd = (int)DO(open, "lines", O_RDWR);
    DO(ioctl, fd, FS_IOC_GETFLAGS, page);
    DO(ioctl, fd, FIGETBSZ, page);
    DO(ioctl, fd, FICLONE, CLOSED);
    DO(ioctl, fd, BLKGETSIZE64, page);
    DO(close_range, 3, ~0U, 0);
}

static void pipes(void)
{
    int fds[2], others[2];
    long offset = 0;
    DO(pipe, fds);
    DO(pipe, WILD);
    DO(pipe2, others, O_NONBLOCK | O_CLOEXEC);
    DO(pipe2, others, O_APPEND);
    DO(fcntl, fds[0], F_GETPIPE_SZ);
    int fd = (int)DO(open, "lines", O_RDWR);
    struct iovec vector = {"vector", 6};
    DO(vmsplice, fds[1], &vector, 1, 1);
    DO(vmsplice, fds[1], &vector, 1, 16);
    DO(tee, fds[0], others[1], 4, 2);
    DO(tee, fds[0], fds[0], 4, 0);
    DO(splice, fds[0], NULL, others[1], NULL, 100, 3);
    DO(splice, fd, &offset, others[1], NULL, 2, 4);
    DO(splice, fds[0], &offset, others[1], NULL, 100, 8);
    offset = 1;
    DO(sendfile, others[1], fd, &offset, 3);
    DO(sendfile, others[1], fd, NULL, 3);
    DO(sendfile, others[1], CLOSED, NULL, 3);
    int copy = (int)DO(open, "copy", O_RDWR | O_CREAT, 0600);
    DO(copy_file_range, fd, &offset, copy, NULL, 2, 0);
    DO(copy_file_range, fd, NULL, fds[0], &offset, 2, 1);
    DO(close_range, 3, ~0U, 0);
}

static void waiting(void)
{
    int fds[2];
    DO(pipe, fds);
    struct pollfd polled[2] = {{fds[0], POLLIN | POLLPRI, 0}, {fds[1], POLLOUT, 0}};
    struct timeval moment = {0, 0};
    struct {
        const uint64_t *set;
        size_t size;
    } mask = {&usr1_and_2, 8};
    fd_set set = {{1L << fds[0]}}, out = {{1L << fds[1]}};
    DO(poll, polled, 1, 0);
    DO(poll, polled, 2, -1);
    DO(poll, WILD, 1, 0);
    DO(ppoll, polled, 2, &none, &usr1_and_2, 8);
    DO(ppoll, polled, 1, &none, NULL, 8);
    DO(ppoll, polled, 1, &wrong, NULL, 8);
    DO(select, 5, &set, &out, NULL, &moment);
    set.fds_bits[0] = 1L << fds[0];
    DO(select, 4, &set, NULL, NULL, &moment);
    DO(select, -1, NULL, NULL, NULL, &moment);
    set.fds_bits[0] = 1L << fds[0];
    DO(pselect6, 5, &set, &out, NULL, &none, &mask);
    DO(pselect6, 5, NULL, WILD, NULL, &none, NULL);
    DO(epoll_create, 1);
    DO(epoll_create, 0);
    int fd = (int)DO(epoll_create1, EPOLL_CLOEXEC);
    DO(epoll_create1, 1);
    struct epoll_event event = {EPOLLOUT | EPOLLET, {.u64 = 0x100000002}}, events[4];
    DO(epoll_ctl, fd, EPOLL_CTL_ADD, fds[1], &event);
    DO(epoll_ctl, fd, EPOLL_CTL_MOD, fds[1], &event);
    DO(epoll_ctl, fd, EPOLL_CTL_DEL, fds[0], NULL);
    DO(epoll_ctl, fd, 9, fds[0], WILD);
    DO(epoll_wait, fd, events, 4, 0);
    DO(epoll_wait, fd, events, 4, 0);
    DO(epoll_wait, fd, events, 0, 0);
    DO(epoll_ctl, fd, EPOLL_CTL_MOD, fds[1], &event);
    DO(epoll_pwait, fd, events, 4, 0, &usr1_and_2, 8);
    DO(epoll_pwait, CLOSED, events, 4, 0, NULL, 0);
    DO(epoll_ctl, fd, EPOLL_CTL_MOD, fds[1], &event);
    DO(epoll_pwait2, fd, events, 4, &none, NULL, 8);
    DO(epoll_pwait2, fd, events, 4, &wrong, NULL, 8);
    DO(epoll_ctl_old, 1, 2, 3, 4);
    DO(epoll_wait_old, 1, 2, 3, 4);
    DO(close_range, 3, ~0U, 0);
}

static void descriptors_of_all_kinds(void)
{
    struct itimerspec timer = {{1, 0}, {1000, 5}}, old;
    DO(eventfd, 3);
    DO(eventfd2, 5, EFD_NONBLOCK | EFD_SEMAPHORE | EFD_CLOEXEC);
    DO(eventfd2, 5, 0x100);
    int fd = (int)DO(signalfd, -1, &usr1_and_2, 8);
    DO(signalfd, fd, &usr1_and_2, 4);
    DO(signalfd4, fd, &usr1_and_2, 8, SFD_CLOEXEC | SFD_NONBLOCK);
    DO(signalfd4, CLOSED, WILD, 8, 0);
    DO(timerfd_create, 77, 0);
    fd = (int)DO(timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    DO(timerfd_settime, fd, 0, &timer, &old);
    DO(timerfd_settime, fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &timer, NULL);
    DO(timerfd_settime, CLOSED, 8, &timer, &old);
    DO(timerfd_gettime, fd, &old);
    DO(timerfd_gettime, CLOSED, &old);
    fd = (int)DO(memfd_create, "name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    DO(fcntl, fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK);
    DO(fcntl, fd, F_GET_SEALS);
    DO(memfd_create, "huge", MFD_HUGETLB | 21U << 26 | 0x100);
    DO(memfd_secret, O_CLOEXEC);
    DO(memfd_secret, 1);
    fd = (int)DO(userfaultfd, O_CLOEXEC | O_NONBLOCK);
    struct uffdio_api api = {.api = UFFD_API};
    DO(ioctl, fd, UFFDIO_API, &api);
    DO(userfaultfd, 64 | UFFD_USER_MODE_ONLY);
    DO(close_range, 3, ~0U, 0);
}

static void no_descriptors(void)
{
    static const uint64_t limit[2] = {3, 3};
    DO(prlimit64, 0, 7, limit, NULL);
    DO(eventfd, 3);
    DO(inotify_init);
    DO(dup, 0);
}

static void make_calls(void)
{
    read_and_write();
    duplicates();
    control();
    requests();
    pipes();
    waiting();
    descriptors_of_all_kinds();
    in_child(no_descriptors);
}
