#include "policy/rate.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* A number from `least` on; NULL if it is none, else what follows it. */
static const char *read_number(const char *text, double least, double *number)
{
    char *end;
    if (!isdigit((unsigned char)*text) && *text != '.') { /* no sign, no "inf" */
        return NULL;
    }
    *number = strtod(text, &end);
    return *number >= least && *number <= 1e9 ? end : NULL;
}

int rate_parse(struct rate *rate, const char *text, struct error *err)
{
    *rate = (struct rate){.burst = RATE_BURST};
    const char *rest = read_number(text, 1e-6, &rate->rate);
    if (rest && *rest == ',') {
        rest = read_number(rest + 1, 1, &rate->burst);
    }
    if (!rest || *rest) {
        return error_set(
            err, EINVAL,
            "--rate-limit: '%s' is not alerts per second, and after a comma at once: 10 or 0.5,100", text);
    }
    rate->tokens = rate->burst;
    return 0;
}

bool rate_take(struct rate *rate, int64_t now_ns)
{
    if (rate->rate == 0) {
        return true;
    }
    if (rate->last_ns && now_ns > rate->last_ns) {
        double tokens = rate->tokens + rate->rate * ((double)(now_ns - rate->last_ns) / 1e9);
        rate->tokens = tokens < rate->burst ? tokens : rate->burst;
    }
    rate->last_ns = now_ns;
    if (rate->tokens < 1) {
        return false;
    }
    rate->tokens -= 1;
    return true;
}
