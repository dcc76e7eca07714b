/*
 * An OCI profile as a filter of its own, made by libseccomp as runtimes make it. It is installed beside the
 * filter that notifies; the kernel asks both and takes the stricter answer.
 */
#ifndef PROCTOR_LAUNCHER_FILTER_OCI_H
#define PROCTOR_LAUNCHER_FILTER_OCI_H

#include "launcher/filter.h"
#include "policy/oci.h"

/*
 * Builds the filter of a profile that is resolved. Calls in `except` (NULL: none) are let through: somebody
 * else answers them as the profile says. Calls that libseccomp does not know yet are matched before its
 * program. On success the caller owns *filter and releases it with filter_free. Returns 0 or a negative errno
 * with err.
 */
int filter_build_oci(const struct oci_profile *profile, const struct selection *except, struct filter *filter,
                     struct error *err);

#endif
