/* Forks again and again with a handler of SIGCHLD that restarts nothing: forks N. Says how many forks failed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void nothing(int signal)
{
    (void)signal;
}

int main(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = nothing};
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 300;
    long failed = 0;
    sigaction(SIGCHLD, &action, NULL);
    for (long i = 0; i < n; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            _exit(0);
        }
        failed += pid < 0;
    }
    while (wait(NULL) > 0 || errno == EINTR) {
    }
    printf("%ld forks, %ld failed\n", n, failed);
    return failed > 0;
}
