#include "supervisor/workers.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

enum { DEFAULT_MAX = 4 };

unsigned workers_default(void)
{
    cpu_set_t cpus;
    int n = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    n = n / 2 < 1 ? 1 : n / 2;
    return n < DEFAULT_MAX ? (unsigned)n : DEFAULT_MAX;
}

static void stop_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    (void)watch;
    (void)events;
    loop->stop = true;
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    (void)loop_run(&worker->loop);
    return NULL;
}

static int start_one(struct workers *workers, struct worker *worker)
{
    worker->stop.ready = stop_ready;
    int ret = loop_open(&worker->loop);
    worker->loop.number = (unsigned)(worker - workers->worker) + 1;
    ret = ret < 0 ? ret : loop_add(&worker->loop, workers->stop_fd, EPOLLIN, &worker->stop);
    if (ret == 0) {
        ret = -pthread_create(&worker->thread, NULL, worker_main, worker);
    }
    if (ret < 0) {
        loop_close(&worker->loop);
    }
    return ret;
}

int workers_start(struct workers *workers, unsigned count, struct notify_source *source, struct error *err)
{
    unsigned threads = count > 1 ? count - 1 : 0;
    sigset_t all;
    sigset_t before;

    *workers = (struct workers){.source = source, .stop_fd = -1};
    if (threads == 0) {
        return 0;
    }
    workers->worker = calloc(threads, sizeof(*workers->worker));
    workers->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int ret = workers->worker && workers->stop_fd >= 0 ? 0 : -ENOMEM;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (ret == 0 && workers->count < threads) {
        ret = start_one(workers, &workers->worker[workers->count]);
        workers->count += ret == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ret < 0) {
        workers_stop(workers);
        return error_errno(err, -ret, "--workers: can't start %u threads", threads);
    }
    source->workers = workers;
    return 0;
}

static void let_help(struct workers *workers, bool help)
{
    /* Once workers have run, the lock is kept: one may still be on its last call. */
    workers->source->pipeline->threaded = true;
    for (unsigned i = 0; i < workers->count; i++) {
        if (help) {
            (void)notify_attach(workers->source, &workers->worker[i].loop);
        } else {
            notify_detach(workers->source, &workers->worker[i].loop);
        }
    }
    workers->active = help;
}

void workers_adapt(struct workers *workers)
{
    const struct notify_load *load = &workers->source->load;
    /* One task alone can be quick enough to call again before we look: only different ones are a crowd. */
    bool crowd = load->alternations > load->calls / 4;
    if (!workers->active && crowd && load->waiting > load->looks / 2) {
        let_help(workers, true);
    } else if (workers->active && load->alternations < load->calls / 16) {
        let_help(workers, false);
    }
}

void workers_stop(struct workers *workers)
{
    if (workers->worker && workers->count && eventfd_write(workers->stop_fd, 1) == 0) {
        for (unsigned i = 0; i < workers->count; i++) {
            pthread_join(workers->worker[i].thread, NULL);
            loop_close(&workers->worker[i].loop);
        }
    }
    if (workers->stop_fd >= 0) {
        close(take_fd(&workers->stop_fd));
    }
    free(workers->worker);
    workers->worker = NULL;
    workers->count = 0;
}
