#!/bin/bash
# One program from its first call to its last.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_date_from_execve_to_exit() {
    run "$P" date
    expect_status 0
    expect_order err '^execve\("/[a-z/]*bin/date", \["date"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) += ' \
        '^openat\(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY\|O_CLOEXEC\) += ' \
        '^write\(1, "[A-Z][a-z][a-z] .*\\n", [0-9]+\) += ' \
        '^exit_group\(0\) += \?$' \
        '^\+\+\+ exited with 0 \+\+\+$'
    [ "$(head -c 8 err)" = 'execve("' ] || fail "the first line is the program's own execve" err
    [ "$(tail -n 1 err)" = '+++ exited with 0 +++' ] || fail "the last line tells how it ended" err
    expect_no err '^\[pid'
}

run_tests
