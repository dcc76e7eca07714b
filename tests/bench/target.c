/*
 * The traced side of the benchmark: makes one kind of call N times and prints the nanoseconds per round.
 * target CALL ROUNDS [THREADS]; CALL: getppid, getpgrp (not selected), open (openat + close), connect.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void round_getppid(void)
{
    syscall(SYS_getppid);
}

static void round_getpgrp(void)
{
    syscall(SYS_getpgrp);
}

static void round_open(void)
{
    int fd = open("/etc/hostname", O_RDONLY | O_CLOEXEC);
    close(fd);
}

/* A port nobody listens on: the kernel refuses at once. */
static void round_connect(void)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(1), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)!connect(fd, (struct sockaddr *)&to, sizeof(to));
    close(fd);
}

struct kind {
    const char *name;
    void (*round)(void);
};

static const struct kind kinds[] = {
    {"getppid", round_getppid}, {"getpgrp", round_getpgrp}, {"open", round_open}, {"connect", round_connect}};

struct work {
    void (*round)(void);
    long rounds;
};

static void *run(void *arg)
{
    const struct work *work = arg;
    for (long i = 0; i < work->rounds; i++) {
        work->round();
    }
    return NULL;
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    struct work work = {NULL, argc > 2 ? atol(argv[2]) : 1};
    int threads = argc > 3 ? atoi(argv[3]) : 1;
    pthread_t ids[64];

    for (size_t i = 0; argc > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(argv[1], kinds[i].name) == 0) {
            work.round = kinds[i].round;
        }
    }
    if (!work.round || threads < 1 || threads > 64 || work.rounds < 1) {
        fprintf(stderr, "usage: target getppid|getpgrp|open|connect ROUNDS [THREADS]\n");
        return 2;
    }
    double start = now_ns();
    for (int i = 1; i < threads; i++) {
        pthread_create(&ids[i], NULL, run, &work);
    }
    run(&work);
    for (int i = 1; i < threads; i++) {
        pthread_join(ids[i], NULL);
    }
    printf("%.1f\n", (now_ns() - start) / (double)work.rounds / threads);
    return 0;
}
