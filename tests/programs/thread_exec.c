/* Executes a program from a thread that is not the leader, while another is in pause(): thread_exec CMD ARGS.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <pthread.h>

static atomic_int idle_tid;

static void *idle(void *argument)
{
    idle_tid = (int)syscall(SYS_gettid);
    for (;;) {
        pause();
    }
    return argument;
}

/* Waits until the other thread is in pause(): proc(5), /proc/PID/task/TID/syscall. */
static void wait_for_idle(void)
{
    char path[64], line[256] = "";
    while (idle_tid == 0) {
        sched_yield();
    }
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", idle_tid);
    while (atoi(line) != SYS_pause) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
        if (n < 0) {
            perror(path);
            _exit(126);
        }
        line[n] = '\0';
        close(fd);
    }
}

static void *run(void *argument)
{
    char **argv = argument;
    wait_for_idle();
    execv(argv[0], argv);
    _exit(127);
}

int main(int argc, char **argv)
{
    pthread_t thread;
    if (argc < 2 || pthread_create(&thread, NULL, idle, NULL) != 0 ||
        pthread_create(&thread, NULL, run, argv + 1) != 0) {
        return 2;
    }
    pthread_join(thread, NULL);
    return 3;
}
