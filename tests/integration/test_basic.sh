#!/bin/bash
# One program from its first call to its last, and which of its calls are shown.
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
    expect_no err '^\[pid' 'syscall_0x'
}

test_files_it_looks_for() {
    : >there
    run "$P" --trace=%file -o trace cat there missing
    expect_status 1
    expect_order trace '^execve\("/[a-z/]*bin/cat", \["cat", "there", "missing"\], ' \
        '^openat\(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY\|O_CLOEXEC\) += ' \
        '^openat\(AT_FDCWD, "there", O_RDONLY\) += ' \
        '^openat\(AT_FDCWD, "missing", O_RDONLY\) += ' \
        '^\+\+\+ exited with 1 \+\+\+$'
    expect_no trace '^(read|write|mmap|brk|exit_group)\('
}

test_output_is_that_of_the_untraced_program() {
    local script='import json, sys; print(json.dumps({"a": [1, 2]})); print("e", file=sys.stderr); sys.exit(3)'
    python3 -c "$script" >out.plain 2>err.plain
    run "$P" -f -o trace python3 -c "$script"
    expect_status 3
    expect_same out out.plain
    expect_same err err.plain
}

test_every_call_of_a_big_program() {
    need python3
    run "$P" -f -e trace=all -o trace python3 -c 'import os, socket, threading, multiprocessing as m
say = lambda what: os.write(1, b"%s\n" % str(what).encode())
a, b = socket.socketpair(); a.sendmsg([b"x"]); b.recvmsg(9)
t = [threading.Thread(target=say, args=(i,)) for i in range(4)]; [x.start() for x in t]; [x.join() for x in t]
p = m.Process(target=say, args=("child",)); p.start(); p.join()'
    expect_status 0
    joined trace >whole
    mv whole trace
    [ "$(sort out | paste -sd ' ')" = "0 1 2 3 child" ] || fail "0 1 2 3 child" out
    expect trace 'sendmsg\([0-9]+, \{' 'recvmsg\([0-9]+, ' 'futex\(0x[0-9a-f]+, FUTEX_' 'write\(1, "child\\n", 6\)' \
        'close\([0-9]+\)' 'fcntl\('
}

test_classes_names_and_negation() {
    run "$P" -e trace=openat,close -o names cat /dev/null
    expect names '^openat\(' '^close\('
    expect_no names '^(execve|read|mmap)\('
    run "$P" -e 'trace=!%memory,openat' -o negated cat /dev/null
    expect negated '^execve\(' '^close\(' '^read\('
    expect_no negated '^(mmap|brk|mprotect|munmap|openat)\('
    run "$P" -e %desc -o class cat /dev/null
    expect class '^openat\(' '^close\(' '^read\('
    expect_no class '^(execve|brk)\('
    run "$P" -e 'trace=/^(open|exec)' -o regex cat /dev/null
    expect regex '^openat\(' '^execve\('
    expect_no regex '^(close|read)\('
    run "$P" -e trace=none -o none cat /dev/null
    expect_status 0
    expect_no none '\('
    expect none '^\+\+\+ exited with 0 \+\+\+$'
    run "$P" -e 'trace=?nosuchcall,openat' -o optional cat /dev/null
    expect_status 0
    expect optional '^openat\('
}

test_unknown_name_suggests_the_nearest() {
    run "$P" -e trace=opennat true
    expect_status 2
    expect err "^proctor: .*'opennat'" 'open(at)?\b'
    run "$P" -e trace=%fil true
    expect_status 2
    expect err "^proctor: .*'%fil'"
    run "$P" --no-such-option true
    expect_status 2
    expect err "^proctor: .*--no-such-option"
    run "$P"
    expect_status 2
    expect err '^proctor: '
}

test_help_fits_a_screen_and_version() {
    run "$P" --help
    expect_status 0
    [ "$(wc -l <out)" -le 40 ] || fail "at most 40 lines" out
    [ "$(wc -L <out)" -le 100 ] || fail "at most 100 columns" out
    expect out '^Usage: proctor ' '--json' '-ff' '--drop-caps'
    run "$P" --version
    expect_status 0
    expect out '^proctor [0-9]+\.[0-9]+\.[0-9]+'
    run "$P" --features
    expect_status 0
    expect out 'yes'
}

run_tests
