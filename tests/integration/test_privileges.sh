#!/bin/bash
# The supervisor keeps only the privilege it uses; the program has what it would have without us.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# The program prints its parent's capability sets: proctor is its parent.
parents_capabilities='grep -E "^Cap(Eff|Prm)" /proc/$PPID/status'

test_supervisor_keeps_what_it_uses() {
    [ "$(id -u)" = 0 ] || skip "needs capabilities to give up"
    run "$P" --results=none -e trace=none -o trace bash -c "$parents_capabilities"
    # CAP_DAC_READ_SEARCH (bit 2), CAP_KILL (5), CAP_SYS_PTRACE (19): linux/capability.h.
    expect out '^CapPrm:.*0000000000080024$' '^CapEff:.*0000000000080024$'
}

test_program_keeps_what_it_had() {
    grep CapEff /proc/self/status >before
    run "$P" --results=none -e trace=none -o trace grep CapEff /proc/self/status
    cmp -s before out || fail "$(cat before)" out
}

run_tests
