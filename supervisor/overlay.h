/* Where a file of a container comes from: its image, or what was written since it was started. */
#ifndef PROCTOR_SUPERVISOR_OVERLAY_H
#define PROCTOR_SUPERVISOR_OVERLAY_H

#include <sys/types.h>

/*
 * Whether the file that `path`, absolute, names for a process stands in the upper layer of an overlay: 1, or
 * in a lower one: 0. -1 where it is on no overlay, or nothing tells. The layers are looked for where the
 * mount's options say they are, which a runtime beside us sees as we do.
 */
int overlay_upper(pid_t pid, const char *path);

#endif
