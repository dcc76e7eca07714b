/*
 * proctor profile-wrap: an OCI seccomp profile, or a configuration that holds one, with calls that it allows
 * sent to a listener instead. Nothing is allowed that was not before. Pure code.
 */
#ifndef PROCTOR_POLICY_PROFILE_WRAP_H
#define PROCTOR_POLICY_PROFILE_WRAP_H

#include "decode/base/buf.h"
#include "decode/base/error.h"
#include "decode/call.h"
#include "policy/source.h"

struct profile_wrap {
    struct call_set calls;
    const char *listener; /* listenerPath */
    const char *metadata; /* listenerMetadata; NULL: as it is */
};

/*
 * Writes the changed file as JSON. left: set to the calls that the profile denies, or allows by its default
 * while a rule is about them; they stay as they are. Returns 0 or a negative errno with err naming the place.
 */
int profile_wrap(struct buf *out, const struct source *source, const struct profile_wrap *wrap,
                 struct call_set *left, struct error *err);

/*
 * Calls that can't be notified, as a runtime makes them between loading the filter and handing over its
 * listener: runc refuses write (tried with each call of x86-64, runc 1.1.5 and crun 1.8.1).
 */
static inline bool profile_wrap_forbids(enum call_id id)
{
    return id == CALL_write;
}

#endif
