/*
 * Calls that are not notified: their exit source tells that they begin, as it tells how they end. These are
 * forks: a notified call that waits to be received is interrupted by a signal, and a fork that fails with
 * EINTR is what programs are not made for. There is no back-pressure, and no answer: such a call is shown,
 * but never judged or changed.
 */
#ifndef PROCTOR_SUPERVISOR_BEGIN_H
#define PROCTOR_SUPERVISOR_BEGIN_H

#include "supervisor/pipeline.h"

/* Takes in a RECORD_BEGIN. In the order of the trace, with the pipeline's lock held. */
void begin_recorded(struct pipeline *p, const struct record *record);

#endif
