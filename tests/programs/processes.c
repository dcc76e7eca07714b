/* Starts N processes, some at a time, that run true, and waits for them: processes N. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static int reap(void)
{
    int status;
    pid_t pid = wait(&status);
    failures += pid > 0 && status != 0;
    return pid > 0;
}

static void start(int by_vfork)
{
    pid_t pid = by_vfork ? vfork() : fork();
    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
    failures += pid < 0;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1000;
    for (int i = 0; i < n; i++) {
        start(i % 2);
        if (i >= 8) {
            reap();
        }
    }
    while (reap()) {
    }
    printf("%d processes, %d failed\n", n, failures);
    return failures > 0;
}
