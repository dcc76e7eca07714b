#include "launcher/privileges.h"

#include <errno.h>
#include <sys/capability.h>

int privileges_keep(uint64_t mask)
{
    cap_t caps = cap_get_proc();
    if (!caps) {
        return -errno;
    }
    int ret = 0;
    for (cap_value_t cap = 0; ret == 0 && cap < cap_max_bits(); cap++) {
        for (cap_flag_t set = CAP_EFFECTIVE; ret == 0 && set <= CAP_INHERITABLE; set++) {
            if (!(mask >> cap & 1) && cap_set_flag(caps, set, 1, &cap, CAP_CLEAR) < 0) {
                ret = -errno;
            }
        }
    }
    if (ret == 0 && cap_set_proc(caps) < 0) {
        ret = -errno;
    }
    cap_free(caps);
    return ret;
}

uint64_t privileges_of_supervisor(void)
{
    /* DAC_READ_SEARCH: files below /proc/PID/root and cwd that only the program's user may look at. */
    return UINT64_C(1) << CAP_SYS_PTRACE | UINT64_C(1) << CAP_KILL | UINT64_C(1) << CAP_DAC_READ_SEARCH;
}

uint64_t privileges_of_agent(void)
{
    return privileges_of_supervisor() | UINT64_C(1) << CAP_BPF;
}
