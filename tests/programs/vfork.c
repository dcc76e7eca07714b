/* vfork whose child executes a program, one whose child just exits, and one whose execve fails first. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int end_of(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

int main(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", "exit 11", (char *)NULL);
        _exit(127);
    }
    int executed = end_of(pid);
    pid = vfork();
    if (pid == 0) {
        _exit(12);
    }
    int exited = end_of(pid);
    pid = vfork();
    if (pid == 0) {
        execl("/nonexistent/program", "program", (char *)NULL);
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
    printf("vfork: %d %d %d\n", executed, exited, end_of(pid));
    return 0;
}
