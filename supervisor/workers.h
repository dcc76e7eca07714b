/*
 * Threads that help to serve a listener when several tasks of the target call at once.
 *
 * The main loop alone is fastest while one task calls at a time: caller and supervisor then hand one CPU to
 * each other. So helpers wait until calls pile up, and leave again when they no longer do.
 */
#ifndef PROCTOR_SUPERVISOR_WORKERS_H
#define PROCTOR_SUPERVISOR_WORKERS_H

#include <pthread.h>

#include "decode/base/error.h"
#include "supervisor/notify.h"
#include "supervisor/watch.h"

struct worker {
    pthread_t thread;
    struct loop loop;
    struct watch stop; /* of the event descriptor that ends the thread */
};

struct workers {
    struct notify_source *source;
    struct worker *worker;
    unsigned count; /* threads beside the main loop's */
    int stop_fd;    /* readable: the threads end */
    bool active;    /* they help */
};

/* How many threads serve a listener unless --workers says otherwise: one for two CPUs, as the program
 * needs the other, at most four.
 */
unsigned workers_default(void);

/*
 * Starts `count` - 1 threads beside the caller's, with all signals blocked. They do nothing until
 * workers_adapt lets them. Returns 0 or a negative errno with err filled.
 */
int workers_start(struct workers *workers, unsigned count, struct notify_source *source, struct error *err);

/* Looks at how the calls came in and lets the threads help or rest. For the main loop's thread, with no lock
 * held. */
void workers_adapt(struct workers *workers);

/* Ends the threads and waits for them. */
void workers_stop(struct workers *workers);

#endif
