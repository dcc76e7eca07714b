/*
 * Which calls rules have to see: by the call, and by its registers where these tell that no rule can hold.
 *
 * A condition is turned into one on registers that holds whenever it does: tests of the call itself and of
 * fields that come from registers are taken over, all others may hold. Rules whose conditions registers
 * decide alone can be carried out without being seen at all.
 */
#ifndef PROCTOR_POLICY_PUSHDOWN_H
#define PROCTOR_POLICY_PUSHDOWN_H

#include "decode/select.h"
#include "policy/compile.h"
#include "policy/dnf.h"

/* What the registers of a call say of a rule's condition. */
void pushdown_rule(const struct program *program, const struct program_rule *rule, enum abi_id abi,
                   enum call_id call, struct dnf *out);

/* What the kernel does in a rule's place: SECCOMP_RET_*; 0, which kills a thread, for `kill thread`. */
bool pushdown_action(const struct action *action, uint32_t *kernel);

struct pushdown {
    struct selection *always;  /* calls to send whatever their registers are; added to */
    struct scalar_table *some; /* calls to send, or to answer, by their registers; added to */
    uint32_t send;             /* the action of those that are to be sent */
    const struct selection
        *ask; /* never answered by the kernel: somebody sees them anyway. NULL: all calls */
};

/*
 * All rules that are in use. A call that is in neither, or in `some` with registers for which no rule there
 * holds, matches none of them. The kernel answers a call if every rule about it denies it or kills, and is
 * decided by registers. Returns 0 or -ENOMEM.
 */
int pushdown(const struct program *program, const struct pushdown *to);

#endif
