/* Forks and dies at once; the child goes on: orphan FILE. The child writes FILE when its parent is gone. */
#include <fcntl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    pid_t parent = getpid();
    if (argc < 2) {
        return 2;
    }
    if (fork() != 0) {
        return 5;
    }
    while (getppid() == parent) {
        usleep(1000);
    }
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return write(fd, "alive\n", 6) == 6 ? 6 : 7;
}
