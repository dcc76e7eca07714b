/*
 * Calls for injections.
 *
 *     inject count N    getppid N times
 *     inject threads    getppid twice in a thread, then twice in the first
 *     inject thread     getppid in a thread, then "alone"
 *     inject free       "free" if getuid works while another thread is in its getppid, else "blocked"
 *     inject uname      prints the system's name
 *     inject catch      getppid, and prints the signal that comes with it
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static atomic_int entered;
static atomic_int returned;
static volatile sig_atomic_t caught;

static void catch (int signal)
{
    caught = signal;
}

static void call(int times)
{
    for (int i = 0; i < times; i++) {
        syscall(SYS_getppid);
    }
}

static void *call_twice(void *unused)
{
    call(2);
    return unused;
}

static void *call_once(void *unused)
{
    entered = 1;
    call(1);
    returned = 1;
    return unused;
}

static int run_free(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call_once, NULL);
    while (!entered) {
        usleep(1000);
    }
    usleep(50000); /* it is in its call by now, or the answer is wrong on the safe side */
    for (int i = 0; i < 100; i++) {
        syscall(SYS_getuid);
    }
    puts(returned ? "blocked" : "free");
    pthread_join(thread, NULL);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "count") && argc > 2) {
        call(atoi(argv[2]));
    } else if (!strcmp(what, "threads")) {
        pthread_t thread;
        pthread_create(&thread, NULL, call_twice, NULL);
        pthread_join(thread, NULL);
        call(2);
    } else if (!strcmp(what, "thread")) {
        pthread_t thread;
        pthread_create(&thread, NULL, call_once, NULL);
        pthread_join(thread, NULL);
        puts("alone");
    } else if (!strcmp(what, "free")) {
        return run_free();
    } else if (!strcmp(what, "uname")) {
        struct utsname name;
        uname(&name);
        puts(name.sysname);
    } else if (!strcmp(what, "catch")) {
        signal(SIGUSR1, catch);
        call(1);
        printf("%d\n", (int)caught);
    }
    return 0;
}
