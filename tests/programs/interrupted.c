/*
 * Makes calls that natively never fail with EINTR under a storm of two signals whose handlers restart
 * nothing: interrupted ROUNDS CHILDREN. Says how many calls failed, and how many children did not end as they
 * should.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    (void)context;
    (void)getppid();
}

static void plain_handler(int signal)
{
    (void)signal;
}

/* Each in its own time, so that one interrupts the other's handler, too. */
static void start_storm(long every_us)
{
    const struct sigaction with_info = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    const struct sigaction plain = {.sa_handler = plain_handler};
    const struct itimerval real = {.it_interval.tv_usec = every_us, .it_value.tv_usec = every_us};
    const struct itimerspec other = {.it_interval.tv_nsec = every_us * 700,
                                     .it_value.tv_nsec = every_us * 700};
    struct sigevent by_signal = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    sigaction(SIGALRM, &with_info, NULL);
    sigaction(SIGUSR1, &plain, NULL);
    setitimer(ITIMER_REAL, &real, NULL);
    if (timer_create(CLOCK_MONOTONIC, &by_signal, &timer) == 0) {
        timer_settime(timer, 0, &other, NULL);
    }
}

static long failures(void)
{
    char bytes[8];
    struct stat st;
    long failed = 0;
    void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    failed += page == MAP_FAILED || munmap(page, 4096) < 0;
    int fd = open("/etc/passwd", O_RDONLY);
    failed += fd < 0 || fstat(fd, &st) < 0 || read(fd, bytes, sizeof(bytes)) < 0 || close(fd) < 0;
    failed += access("/nonexistent", F_OK) == 0 || errno != ENOENT;
    return failed;
}

/* A child in the storm that does nothing but end. */
static int child_fails(int status)
{
    int ended = 0;
    pid_t pid = fork();
    if (pid == 0) {
        start_storm(1000);
        for (volatile int i = 0; i < 1000000; i++) {
        }
        _exit(status);
    }
    while (pid > 0 && waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
    }
    return pid < 0 || !WIFEXITED(ended) || WEXITSTATUS(ended) != status;
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    long children = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    long failed = failures(); /* before the storm: an agent meets each call here */
    long lost = 0;
    for (long i = 0; i < children; i++) {
        lost += child_fails((int)(i & 63));
    }
    start_storm(1000);
    for (long i = 0; i < rounds; i++) {
        failed += failures();
    }
    printf("%ld rounds, %ld calls failed; %ld children, %ld ended otherwise\n", rounds, failed, children,
           lost);
    return failed || lost;
}
