/* N threads that make, rename, change, read and remove files of their own in the working directory, C times
 * each: files N C. Prints how often that went wrong. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static atomic_long wrong;
static atomic_int threads_begun;
static long times;

static void expect(bool so)
{
    wrong += !so;
}

static void use_one(int thread, long i)
{
    char first[64];
    char second[64];
    char text[64] = "";
    struct stat st;
    snprintf(first, sizeof(first), "first.%d.%ld", thread, i);
    snprintf(second, sizeof(second), "second.%d.%ld", thread, i);
    int fd = open(first, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    expect(fd >= 0 && write(fd, first, sizeof(first)) == sizeof(first));
    close(fd);
    expect(rename(first, second) == 0 && chmod(second, 0640) == 0 && stat(second, &st) == 0 &&
           (st.st_mode & 07777) == 0640);
    fd = open(second, O_RDONLY);
    expect(fd >= 0 && read(fd, text, sizeof(text)) == sizeof(text) && !strcmp(text, first));
    close(fd);
    expect(unlink(second) == 0 && open(second, O_RDONLY) < 0);
}

static void *work(void *argument)
{
    int thread = threads_begun++;
    (void)argument;
    for (long i = 0; i < times; i++) {
        use_one(thread, i);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static pthread_t threads[THREADS_MAX];
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 16;
    times = argc > 2 ? strtol(argv[2], NULL, 10) : 100;
    n = n < THREADS_MAX ? n : THREADS_MAX;
    for (long i = 0; i < n; i++) {
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
            return 2;
        }
    }
    for (long i = 0; i < n; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("%ld wrong\n", wrong);
    return wrong != 0;
}
