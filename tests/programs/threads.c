/* N threads that make calls all at once, each C of them: threads N C. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { THREADS_MAX = 1000 };

static pthread_barrier_t start;
static long calls;

static void *work(void *argument)
{
    long wrong = 0;
    pid_t parent = getppid();
    (void)argument;
    pthread_barrier_wait(&start);
    for (long i = 0; i < calls; i++) {
        wrong += syscall(SYS_getppid) != parent;
        wrong += access("/nonexistent", R_OK) == 0;
    }
    return (void *)wrong;
}

int main(int argc, char **argv)
{
    static pthread_t threads[THREADS_MAX];
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 200;
    long wrong = 0;
    calls = argc > 2 ? strtol(argv[2], NULL, 10) : 50;
    pthread_barrier_init(&start, NULL, (unsigned)n);
    for (long i = 0; i < n && i < THREADS_MAX; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
            return 2;
        }
    }
    for (long i = 0; i < n && i < THREADS_MAX; i++) {
        void *result;
        pthread_join(threads[i], &result);
        wrong += (long)result;
    }
    printf("%ld threads, %ld calls each, %ld wrong\n", n, 2 * calls, wrong);
    return wrong > 0;
}
