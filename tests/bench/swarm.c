/*
 * Plays a runtime that starts many containers, and the containers: swarm SOCKET N SECONDS. Each is a process
 * under a filter that sends getppid, handed over as the OCI runtime specification has it, and executes this
 * program anew. Prints one line: starts a second, then for 1, 2, 4, ... N callers at once the calls a second,
 * then the microseconds (median) of a quiet container's call when all others rest, and when one of them calls
 * without a pause in four threads.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONTAINERS_MAX = 1024, SAMPLES = 201, NOISE_THREADS = 4 };

enum phase { REST, CALL, END };

struct shared {
    _Atomic uint32_t phase;
    _Atomic uint32_t served;
    _Atomic uint32_t callers; /* that many, from the first on, call */
    _Atomic uint32_t threads; /* of each caller */
    _Atomic uint64_t calls;
    _Atomic uint32_t quiet; /* the last one takes samples while this is set */
    uint64_t sample_ns[SAMPLES];
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "swarm: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void change(struct shared *shared, _Atomic uint32_t *word, uint32_t value)
{
    (void)shared;
    atomic_store(word, value);
    syscall(SYS_futex, word, FUTEX_WAKE, CONTAINERS_MAX, NULL, NULL, 0);
}

static void wait_while(_Atomic uint32_t *word, uint32_t value)
{
    while (atomic_load(word) == value) {
        syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
    }
}

static int make_listener(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(*code), code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static int hand_over(const char *path, int index, int listener)
{
    char text[512];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
    int n = snprintf(
        text, sizeof(text),
        "{\"ociVersion\":\"1.0.2\",\"fds\":[\"seccompFd\"],\"pid\":%d,\"metadata\":\"swarm\",\"state\":"
        "{\"ociVersion\":\"1.0.2\",\"id\":\"swarm-%d-%d\",\"status\":\"creating\",\"pid\":%d,\"bundle\":\"/"
        "\"}}",
        getpid(), getpgrp(), index, getpid());
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {text, (size_t)n};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(&control.header), &listener, sizeof(listener));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        sendmsg(fd, &message, 0) != n) {
        return -1;
    }
    return close(listener);
}

static struct shared *map(int fd)
{
    struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) {
        die("mmap");
    }
    return shared;
}

static void *call(void *argument)
{
    struct shared *shared = argument;
    uint64_t calls = 0;
    while (atomic_load(&shared->phase) == CALL) {
        syscall(SYS_getppid);
        calls++;
    }
    atomic_fetch_add(&shared->calls, calls);
    return NULL;
}

static void take_samples(struct shared *shared)
{
    struct timespec pause = {.tv_nsec = 2000000};
    for (int i = 0; i < SAMPLES; i++) {
        nanosleep(&pause, NULL);
        uint64_t begin = now_ns();
        syscall(SYS_getppid);
        shared->sample_ns[i] = now_ns() - begin;
    }
}

/* One container, from its exec on. */
static int contained(int fd, uint32_t index, uint32_t count)
{
    struct shared *shared = map(fd);
    syscall(SYS_getppid);
    atomic_fetch_add(&shared->served, 1);
    change(shared, &shared->served, atomic_load(&shared->served));
    while (atomic_load(&shared->phase) != END) {
        if (index == count - 1 && atomic_load(&shared->quiet)) {
            take_samples(shared);
            change(shared, &shared->quiet, 0);
        } else if (atomic_load(&shared->phase) == CALL && index < atomic_load(&shared->callers)) {
            pthread_t threads[NOISE_THREADS];
            uint32_t n = atomic_load(&shared->threads);
            for (uint32_t i = 1; i < n; i++) {
                pthread_create(&threads[i], NULL, call, shared);
            }
            call(shared);
            for (uint32_t i = 1; i < n; i++) {
                pthread_join(threads[i], NULL);
            }
        } else {
            wait_while(&shared->phase, atomic_load(&shared->phase));
        }
    }
    return 0;
}

static void start(const char *path, int fd, int index, int count)
{
    pid_t pid = fork();
    if (pid < 0) {
        die("fork");
    }
    if (pid == 0) {
        char numbers[3][16];
        snprintf(numbers[0], sizeof(numbers[0]), "%d", fd);
        snprintf(numbers[1], sizeof(numbers[1]), "%d", index);
        snprintf(numbers[2], sizeof(numbers[2]), "%d", count);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int listener = make_listener();
        if (listener < 0 || hand_over(path, index, listener) < 0) {
            die("a container");
        }
        execl("/proc/self/exe", "contained", numbers[0], numbers[1], numbers[2], (char *)NULL);
        die("exec");
    }
}

static double calls_a_second(struct shared *shared, uint32_t callers, uint32_t threads, double seconds)
{
    struct timespec pause = {.tv_sec = (time_t)seconds,
                             .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    atomic_store(&shared->callers, callers);
    atomic_store(&shared->threads, threads);
    atomic_store(&shared->calls, 0);
    change(shared, &shared->phase, CALL);
    nanosleep(&pause, NULL);
    change(shared, &shared->phase, REST);
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL); /* all have counted */
    return (double)atomic_load(&shared->calls) / seconds;
}

static int by_size(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* The median of the quiet one's calls, in microseconds. */
static double quiet_us(struct shared *shared, uint32_t noisy)
{
    atomic_store(&shared->quiet, 1);
    atomic_store(&shared->callers, noisy);
    atomic_store(&shared->threads, NOISE_THREADS);
    change(shared, &shared->phase, CALL);
    wait_while(&shared->quiet, 1);
    change(shared, &shared->phase, REST);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    qsort(shared->sample_ns, SAMPLES, sizeof(shared->sample_ns[0]), by_size);
    return (double)shared->sample_ns[SAMPLES / 2] / 1000;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[0], "contained") == 0) {
        return contained(atoi(argv[1]), (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]));
    }
    int count = argc == 4 ? atoi(argv[2]) : 0;
    if (count < 2 || count > CONTAINERS_MAX) {
        fprintf(stderr, "usage: swarm SOCKET N SECONDS\n");
        return 2;
    }
    int fd = memfd_create("swarm", 0);
    if (fd < 0 || ftruncate(fd, sizeof(struct shared)) < 0) {
        die("memfd");
    }
    struct shared *shared = map(fd);
    uint64_t begin = now_ns();
    for (int i = 0; i < count; i++) {
        start(argv[1], fd, i, count);
    }
    for (uint32_t served; (served = atomic_load(&shared->served)) < (uint32_t)count;) {
        wait_while(&shared->served, served);
    }
    printf("starts %.1f\n", count / ((double)(now_ns() - begin) / 1e9));
    for (int callers = 1;; callers = callers * 2 < count ? callers * 2 : count) {
        printf("calls %d %.0f\n", callers, calls_a_second(shared, (uint32_t)callers, 1, atof(argv[3])));
        if (callers == count) {
            break;
        }
    }
    printf("quiet %.1f\n", quiet_us(shared, 0));
    printf("noisy %.1f\n", quiet_us(shared, 1));
    puts("ready"); /* memory can be looked at until standard input ends */
    fflush(stdout);
    (void)getchar();
    change(shared, &shared->phase, END);
    while (wait(NULL) > 0) {
    }
    return 0;
}
