/* Waiting for descriptors: poll, select, epoll. */
#ifndef PROCTOR_DECODE_KINDS_POLL_H
#define PROCTOR_DECODE_KINDS_POLL_H

#include "decode/decoder.h"

extern const struct xlat xlat_poll_events;

extern const struct kind kind_pollfds; /* the next argument is their number */
extern const struct kind kind_fd_set;  /* the first argument is the number of bits */

extern const struct kind kind_old_select; /* all five arguments of i386's select, behind one pointer */
extern const struct kind kind_old_select_result;

/* Timeouts that the call overwrites with what is left, which is shown with the result. */
extern const struct kind kind_poll_timeout;   /* timespec */
extern const struct kind kind_poll_timeout64; /* timespec of 64-bit members */
extern const struct kind kind_select_timeout; /* timeval */

/* {sigmask=[INT], sigsetsize=8}: how a sixth argument carries a set and its size. */
extern const struct kind kind_sigset_pair;

/* Results: 1 ([{fd=3, revents=POLLIN}], left {...}), 1 (in [3]), 0 (Timeout). */
extern const struct kind kind_poll_result;
extern const struct kind kind_ppoll_result, kind_ppoll64_result;
extern const struct kind kind_select_result;
extern const struct kind kind_pselect_result, kind_pselect64_result;

extern const struct kind kind_epoll_create_flags;
extern const struct kind kind_epoll_op;
extern const struct kind kind_epoll_event; /* the operation before decides whether there is one */
extern const struct kind kind_epoll_events_out;

#endif
