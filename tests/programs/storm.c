/*
 * Does calls that never return EINTR by themselves while a timer's handler runs hundreds of times:
 * storm ROUNDS restart|interrupt. `restart`: the handler is installed with SA_RESTART. Prints how many of
 * each call returned EINTR.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t alarms;

static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
}

static int interrupted(long ret)
{
    return ret < 0 && errno == EINTR;
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;
    int restart = argc > 2 && strcmp(argv[2], "restart") == 0;
    long opens = 0, parents = 0, closes = 0;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = restart ? SA_RESTART : 0};
    struct itimerval every = {.it_interval = {.tv_usec = 150}, .it_value = {.tv_usec = 150}};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    for (long i = 0; i < rounds; i++) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        opens += interrupted(fd);
        parents += interrupted(syscall(SYS_getppid));
        closes += interrupted(close(fd));
    }
    every = (struct itimerval){0};
    setitimer(ITIMER_REAL, &every, NULL);
    printf("alarms: %s\ninterrupted: openat %ld getppid %ld close %ld\n", alarms > 0 ? "some" : "none", opens,
           parents, closes);
    return 0;
}
