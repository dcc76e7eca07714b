/*
 * getppid from three functions deep: `stack WAY`, where the way is plain; thread; signal, in a handler;
 * altstack, in a handler with a stack of its own; or plugin FILE, by a library's function plugin_call.
 * killed: no call, but SIGTERM to itself.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))

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

static void by_signal(int flags)
{
    static char room[1 << 16];
    stack_t own = {.ss_sp = room, .ss_size = sizeof(room)};
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    interrupted();
}

static void by_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, thread_main, NULL);
    pthread_join(thread, NULL);
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
    const char *way = argc > 1 ? argv[1] : "plain";
    if (strcmp(way, "thread") == 0) {
        by_thread();
    } else if (strcmp(way, "signal") == 0) {
        by_signal(0);
    } else if (strcmp(way, "altstack") == 0) {
        by_signal(SA_ONSTACK);
    } else if (strcmp(way, "killed") == 0) {
        kill(getpid(), SIGTERM);
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
