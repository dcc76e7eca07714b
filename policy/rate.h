/*
 * A limit to how often something is done: Falco's token bucket. One thing takes one token; `rate` tokens come
 * back each second, and never more than `burst` are there.
 */
#ifndef PROCTOR_POLICY_RATE_H
#define PROCTOR_POLICY_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/base/error.h"

/* Falco's default for max_burst. */
enum { RATE_BURST = 1000 };

struct rate {
    double rate; /* per second; 0: no limit */
    double burst;
    double tokens;
    int64_t last_ns; /* when tokens were counted last; 0: never */
};

/*
 * Reads "RATE" or "RATE,BURST" (numbers above 0; the burst is at least 1, 1000 unless given). Returns 0, or
 * -EINVAL with err.
 */
int rate_parse(struct rate *rate, const char *text, struct error *err);

/* Takes a token at this time, of any clock. False: there is none. A clock that goes back gives none back. */
bool rate_take(struct rate *rate, int64_t now_ns);

#endif
