/*
 * Makes a child by clone and one by clone3 that ask not to be traced (CLONE_UNTRACED), and says what their
 * getppid gave: the parent, or an error.
 */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int result_of(long pid, pid_t parent)
{
    int status;
    if (pid == 0) {
        _exit(syscall(SYS_getppid) == parent ? 0 : errno);
    }
    return pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
    struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
    pid_t parent = getpid();
    int first = result_of(syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0), parent);
    int second = result_of(syscall(SYS_clone3, &args, sizeof(args)), parent);
    printf("clone %d, clone3 %d\n", first, second);
    return 0;
}
