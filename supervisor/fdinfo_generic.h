/* Families of NETLINK_GENERIC, which the kernel numbers as they come. */
#ifndef PROCTOR_SUPERVISOR_FDINFO_GENERIC_H
#define PROCTOR_SUPERVISOR_FDINFO_GENERIC_H

#include <stddef.h>
#include <sys/types.h>

/* Writes the name of a family ("ethtool") into buf. Returns its length, or a negative errno. */
ssize_t fdinfo_generic(unsigned family, char *buf, size_t n);

#endif
