#include "supervisor/executor.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

struct executor {
    const struct executor_world *world;
    int socket;
    uint32_t cpu; /* that we keep to */
    struct wire_request request;
    char data[WIRE_DATA_MAX + 4 * PATH_MAX];
};

static void interrupted(int signal_number)
{
    (void)signal_number; /* that it came is all */
}

static void set_signals(void)
{
    struct sigaction action = {.sa_handler = interrupted}; /* no SA_RESTART */
    sigset_t none;
    sigemptyset(&none);
    sigaction(EXECUTOR_INTERRUPT, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* the supervisor sends it to the caller */
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)signal(SIGTERM, SIG_DFL); /* the spawner ends us by it, and ignores it */
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int reply(struct execution *e, enum wire_answer type, int64_t result, const char *reals, size_t n,
                 const uint32_t *lengths)
{
    struct wire_reply r = {.type = type, .result = result};
    if (lengths) {
        memcpy(r.real, lengths, sizeof(r.real));
    }
    ssize_t sent = wire_send(e->socket, &r, sizeof(r), reals, n, &e->made, e->made >= 0);
    return sent < 0 ? (int)sent : 0;
}

static bool as_judged(const struct execution *e)
{
    for (unsigned i = 0; i < 2; i++) {
        if (e->text[i] && (!e->judged[i] || strcmp(e->judged[i], e->spot[i].real) != 0)) {
            return false;
        }
    }
    return true;
}

/* Returns 1 for yes, 0 for no, or a negative errno. */
static int ask(struct execution *e, enum wire_answer type, const char *reals, size_t n,
               const uint32_t *lengths)
{
    unsigned char yes = WIRE_NO;
    int made = take_fd(&e->made); /* goes with the last message only */
    int ret = reply(e, type, 0, reals, n, lengths);
    e->made = made;
    if (ret == 0 && wire_receive(e->socket, &yes, sizeof(yes), NULL, 0, NULL, NULL) <= 0) {
        _exit(0); /* the supervisor is gone */
    }
    return ret < 0 ? ret : yes == WIRE_YES;
}

bool execution_may_use_devices(struct execution *e)
{
    return ask(e, WIRE_DEVICE, NULL, 0, NULL) > 0;
}

int execution_ask(struct execution *e)
{
    char reals[2 * WIRE_REAL_MAX];
    uint32_t lengths[2] = {0};
    size_t n = 0;
    if (as_judged(e)) {
        return 0;
    }
    for (unsigned i = 0; i < 2 && e->text[i]; i++) {
        lengths[i] = (uint32_t)strlen(e->spot[i].real) + 1;
        memcpy(reals + n, e->spot[i].real, lengths[i]);
        n += lengths[i];
    }
    int ret = ask(e, WIRE_ASK, reals, n, lengths);
    return ret == 0 ? -ECANCELED : ret < 0 ? ret : 0;
}

int execution_base(const struct execution *e, unsigned n)
{
    int base = e->request->path[n].base;
    return base == WIRE_ABSOLUTE || (unsigned)base >= e->fd_count ? WIRE_ABSOLUTE : e->fds[base];
}

/* Finds the texts in what came. False: it does not hold together. */
static bool unpack(struct execution *e, char *data, size_t n)
{
    const struct wire_request *r = e->request;
    size_t at = 0;
    for (unsigned i = 0; i < 2; i++) {
        const struct wire_path *p = &r->path[i];
        if (p->text > n - at || p->judged > n - at - p->text) {
            return false;
        }
        e->text[i] = p->text ? data + at : NULL;
        e->judged[i] = p->judged ? data + at + p->text : NULL;
        at += p->text + p->judged;
    }
    e->data = data + at;
    return r->data == n - at;
}

/*
 * The caller, the supervisor and we hand one call to each other, each asleep while another works. On one CPU
 * that costs a tenth of what it takes to wake another CPU.
 */
static void keep_to_cpu(struct executor *x)
{
    cpu_set_t set;
    if (x->request.cpu != x->cpu && x->request.cpu < CPU_SETSIZE) {
        x->cpu = x->request.cpu;
        CPU_ZERO(&set);
        CPU_SET(x->cpu, &set);
        (void)sched_setaffinity(0, sizeof(set), &set);
    }
}

static void serve(struct executor *x, size_t n, int *fds, unsigned fd_count)
{
    struct execution e = {.request = &x->request,
                          .walk = {.proc = x->world->proc,
                                   .protected_symlinks = x->world->protected_symlinks,
                                   .caller = &x->request},
                          .socket = x->socket,
                          .fd_count = fd_count,
                          .spot = {{.parent = -1}, {.parent = -1}},
                          .made = -1};
    memcpy(e.fds, fds, fd_count * sizeof(*fds));
    int64_t result = -EPROTO;
    if (n >= sizeof(x->request) && unpack(&e, x->data, n - sizeof(x->request))) {
        keep_to_cpu(x);
        umask(x->request.umask);
        result = execute(&e);
    }
    if (reply(&e, WIRE_DONE, result, NULL, 0, NULL) < 0) {
        _exit(1);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (e.spot[i].parent >= 0) {
            close(e.spot[i].parent);
        }
    }
    if (e.made >= 0) {
        close(e.made);
    }
    for (unsigned i = 0; i < fd_count; i++) {
        close(fds[i]);
    }
}

_Noreturn void executor_run(const struct executor_world *world, const struct wire_spawn *spawn, int socket,
                            int root)
{
    struct executor *x = calloc(1, sizeof(*x));
    set_signals();
    if (!x) {
        _exit(1);
    }
    *x = (struct executor){.world = world, .socket = socket, .cpu = UINT32_MAX};
    struct wire_reply ready = {.type = WIRE_READY,
                               .pid = getpid(),
                               .result = executor_assume(world, &spawn->identity, spawn->tid, root)};
    close(root);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten at each change of ids */
    if (wire_send(socket, &ready, sizeof(ready), NULL, 0, NULL, 0) < 0 || ready.result < 0) {
        _exit(1);
    }
    for (;;) {
        int fds[WIRE_FDS_MAX];
        unsigned fd_count = WIRE_FDS_MAX;
        ssize_t n =
            wire_receive(socket, &x->request, sizeof(x->request), x->data, sizeof(x->data), fds, &fd_count);
        if (n <= 0) {
            _exit(0);
        }
        serve(x, (size_t)n, fds, fd_count);
    }
}
