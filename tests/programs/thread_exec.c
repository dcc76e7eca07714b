/* Executes a program from a thread that is not the leader: thread_exec CMD ARGS. Its other threads end with
 * it. */
#include <pthread.h>
#include <unistd.h>

static void *idle(void *argument)
{
    for (;;) {
        pause();
    }
    return argument;
}

static void *run(void *argument)
{
    char **argv = argument;
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
