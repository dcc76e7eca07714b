/*
 * A service manager: what it passes to us (sd_listen_fds(3)), what it is told (sd_notify(3)), and the
 * descriptors that it keeps for the next of us (FDSTORE=1, FileDescriptorStoreMax=).
 */
#ifndef PROCTOR_SUPERVISOR_SERVICE_H
#define PROCTOR_SUPERVISOR_SERVICE_H

#include <stdbool.h>

enum { SERVICE_FIRST_FD = 3, SERVICE_FDS_MAX = 2 };

/* How many descriptors were passed to this process, from SERVICE_FIRST_FD on. */
unsigned service_passed(void);

/* The name of the descriptor SERVICE_FIRST_FD + i, which ends at a ':' or a NUL; "" where it has none. */
const char *service_name(unsigned i);

/* True if there is one that wants to be told. */
bool service_listens(void);

/*
 * Tells it ("READY=1"), with up to SERVICE_FDS_MAX descriptors, which stay ours. Only what the first process
 * of the service says counts (NotifyAccess=main): the keeper.
 */
void service_notify(const char *state, const int *fds, unsigned count);

#endif
