/*
 * getppid from three functions deep: `stack WAY`, where the way is plain; thread; signal, in a handler;
 * altstack, in a handler with a stack of its own; above, the same with that at higher addresses than what it
 * interrupts; or plugin FILE, by a library's function plugin_call.
 * killed: no call, but SIGTERM to itself.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A function that stays one, under its own name. clang makes no clones. */
#ifdef __clang__
#define KEPT __attribute__((noinline))
#else
#define KEPT __attribute__((noinline, noclone))
#endif

static volatile int sink;

/* What follows the call keeps it from being a jump. */
static KEPT void innermost(int n)
{
    sink = n + (int)getppid();
}

static KEPT void middle(int n)
{
    innermost(n + 1);
    sink++;
}

static KEPT void outermost(int n)
{
    char room[64 + n]; /* its frame is addressed by rbp */
    memset(room, n, sizeof(room));
    middle(room[n] + 1);
    sink += room[1];
}

static void *thread_main(void *argument)
{
    (void)argument;
    outermost(1);
    return NULL;
}

static void handler(int signal)
{
    outermost(signal);
    sink++;
}

static KEPT void interrupted(void)
{
    raise(SIGUSR1);
    sink++;
}

enum { ROOM = 1 << 16 };

static void by_signal(char *room, int flags)
{
    stack_t own = {.ss_sp = room, .ss_size = ROOM};
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    interrupted();
}

static void *signal_thread(void *room)
{
    by_signal(room, SA_ONSTACK);
    return NULL;
}

static void in_thread(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    pthread_create(&thread, NULL, function, argument);
    pthread_join(thread, NULL);
}

static KEPT void above(void)
{
    char room[ROOM]; /* no thread's stack is higher */
    in_thread(signal_thread, room);
}

/* The next one may be mapped where this was. */
static int by_plugin(const char *file)
{
    void *library = dlopen(file, RTLD_NOW);
    void (*call)(void) = NULL;
    if (library) {
        *(void **)&call = dlsym(library, "plugin_call");
    }
    if (!call) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    call();
    return dlclose(library);
}

int main(int argc, char **argv)
{
    static char low[ROOM];
    const char *way = argc > 1 ? argv[1] : "plain";
    if (strcmp(way, "thread") == 0) {
        in_thread(thread_main, NULL);
    } else if (strcmp(way, "signal") == 0) {
        by_signal(low, 0);
    } else if (strcmp(way, "altstack") == 0) {
        by_signal(low, SA_ONSTACK);
    } else if (strcmp(way, "above") == 0) {
        above();
    } else if (strcmp(way, "killed") == 0) {
        kill(getpid(), SIGTERM);
    } else if (strcmp(way, "waiting") == 0) {
        outermost(1);
        puts("waiting");
        fflush(stdout);
        pause();
    } else if (strcmp(way, "plugin") == 0) {
        int failed = 0;
        for (int i = 2; i < argc; i++) {
            failed += by_plugin(argv[i]);
        }
        return failed;
    } else {
        outermost(1);
    }
    return 0;
}
