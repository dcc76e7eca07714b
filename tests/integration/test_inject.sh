#!/bin/bash
# -e inject=, -e fault=: held against strace itself, from both sources of calls.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

program=$programs/inject

# What differs between two runs, and where a signal comes from: strace's kernel is ours here.
same_words() {
    sed -E 's/= [0-9]{3,}( |$)/= PID\1/; s/^[0-9]+ +//; s/0x[0-9a-f]{6,}/ADDR/g
        s/si_code=(SI_KERNEL|SI_TKILL, si_pid=[0-9]+, si_uid=[0-9]+)/si_code=CODE/' "$1"
}

# as_strace OPTION... -- CMD: both programs write the same trace, and the command does the same below both.
as_strace() {
    need strace
    local source status_of_strace
    command_line="strace $*"
    strace -qq -o s.trace "$@" >s.out 2>s.err </dev/null
    status_of_strace=$?
    same_words s.trace >s.words
    for source in auto ptrace; do
        run "$P" --results="$source" -qq -o p.trace "$@"
        expect_status "$status_of_strace"
        same_words p.trace >p.words
        expect_same s.words p.words
        expect_same s.out out
    done
    grep -qE "${expected:-INJECTED}" p.trace || fail "something injected" p.trace
}

test_error() {
    as_strace -e trace=getppid -e inject=getppid:error=EPERM "$program" count 2
    as_strace -e trace=getppid,getuid -e inject=getppid,getuid:error=5 "$program" count 2
}

test_value() {
    as_strace -e trace=getppid -e inject=getppid:retval=7 "$program" count 2
    as_strace -e trace=getppid --inject=getppid:retval=-5 "$program" count 2
    as_strace -z -e trace=getppid -e inject=getppid:retval=-5 "$program" count 2 # no error to either of them
}

test_fault() {
    as_strace -e trace=getppid -e fault=getppid "$program" count 2
    as_strace -e trace=getppid --fault=getppid:error=EIO:when=2 "$program" count 3
}

test_when() {
    local when
    for when in 2 2+2 3..6+ 2..5+2; do
        as_strace -e trace=getppid -e inject=getppid:error=EIO:when="$when" "$program" count 7
    done
}

test_counts_by_thread() {
    as_strace -f -e trace=getppid -e inject=getppid:error=EIO:when=2 "$program" threads
    expect_count p.trace INJECTED 2
}

test_the_last_wins() {
    as_strace -e trace=getppid -e inject=getppid:error=EIO -e inject=getppid:retval=3:when=2 "$program" count 3
    expect_count p.trace INJECTED 1
}

test_all_means_what_is_traced() {
    as_strace -e trace=uname -e inject=all:error=EIO "$program" uname
}

test_by_path() {
    : >here # the call before it gives 3
    as_strace -P here -e trace=openat -e inject=openat:error=EACCES cat here
}

test_not_the_first_execve() {
    as_strace -e trace=execve -e inject=execve:error=EPERM:when=1 sh -c 'exec /bin/true'
}

test_signal() {
    expected=SIGUSR1
    as_strace -e trace=getppid -e inject=getppid:signal=USR1 "$program" catch
    [ "$(cat out)" = 10 ] || fail "the signal is there when the call returns" out
    run "$P" -o trace -e trace=getppid -e inject=getppid:signal=TERM:error=EPERM "$program" count 2
    expect_status 143
    expect_count trace 'getppid.*= -1 EPERM .*INJECTED' 1
    expect trace 'killed by SIGTERM'
}

test_signal_kills() {
    run "$P" -o trace -e trace=getppid -e inject=getppid:signal=KILL:when=2 "$program" count 3
    expect_status 137
    expect_count trace '^[0-9 ]*getppid' 2
    expect trace 'killed by SIGKILL'
}

test_delay() {
    expected=DELAYED
    as_strace -e trace=getppid,exit_group -e inject=all:delay_enter=10ms "$program" count 2
    as_strace -e trace=getppid -e inject=getppid:error=EIO:delay_enter=1000:when=2 "$program" count 3
}

test_delay_blocks_nobody_else() {
    local source
    for source in auto ptrace none; do
        run "$P" --results="$source" -o trace -e trace=getppid,getuid -e inject=getppid:delay_enter=700ms "$program" free
        expect_status 0
        [ "$(cat out)" = free ] || fail "the other thread goes on meanwhile (--results=$source)" trace
        expect trace 'getppid.*DELAYED'
    done
}

test_delayed_program_is_killed() {
    run timeout -s KILL 10 "$P" -o trace -e trace=getppid -e inject=getppid:delay_enter=3600s timeout -s KILL 0.2 "$program" count 1
    expect trace 'killed by SIGKILL'
    expect_no trace 'getppid.*= [0-9]'
}

test_poke() {
    expected='INJECTED: args'
    as_strace -e trace=openat -e inject=openat:poke_enter=@arg2=2f6200:when=2 cat /etc/hostname
}

# At the return of a call only a source that stops it there can do anything.
at_exit() {
    need strace
    strace -qq -o s.trace "$@" >s.out 2>s.err </dev/null
    same_words s.trace >s.words
    run "$P" -qq -o p.trace "$@"
    same_words p.trace >p.words
    expect_same s.words p.words
    expect_same s.out out
    run "$P" --results=none "$@"
    expect_status 2
    expect err 'need --results=ptrace$'
}

test_at_exit() {
    at_exit -e trace=uname -e inject=uname:poke_exit=@arg1=414200 "$program" uname
    at_exit -e trace=getppid -e inject=getppid:delay_exit=10ms "$program" count 2
    at_exit -e trace=getppid -e inject=getppid:error=EIO:syscall=getuid "$program" count 2
    at_exit -e trace=getppid -e inject=getppid:retval=9:delay_exit=1000:delay_enter=1000 "$program" count 2
}

test_what_is_not_traced() {
    run "$P" -qq -e trace=none -e inject=uname:error=EIO "$program" uname
    [ ! -s err ] || fail "nothing is shown" err
    [ "$(cat out)" != Linux ] || fail "uname fails" out
    # An error alone is the kernel's answer: strace sees a call that never came to us.
    run strace -f -o s.trace "$P" -qq -e trace=none -e inject=uname:error=EIO "$program" uname
    grep -q 'uname(.*EIO' s.trace || fail "uname fails" s.trace
    grep -q 'SECCOMP_IOCTL_NOTIF_RECV.*nr=\(0x3f\|__NR_uname\)' s.trace && fail "nobody is asked about uname" s.trace
    grep -q 'SECCOMP_IOCTL_NOTIF_RECV' s.trace || fail "others are asked about" s.trace
    run "$P" -qq -e trace=none -e inject=uname:retval=0 "$program" uname # a value is ours
    [ "$(cat out)" != Linux ] || fail "uname does nothing" out
    run "$P" -qq -e trace=none -e inject=getppid:signal=USR1 "$program" catch
    [ "$(cat out)" = 10 ] || fail "the signal comes" out
}

test_json() {
    need jq
    run "$P" --json -e trace=getppid -e inject=getppid:error=EIO:delay_enter=1000:when=2 "$program" count 2
    jq -c 'select(.type == "syscall") | [.injected, .delayed, .error]' err >got
    printf '%s\n' '[null,null,null]' '[["result"],true,"EIO"]' >want
    expect_same want got
}

test_wrong() {
    run "$P" -e inject=read:eror=EIO true
    expect_status 2
    expect err "^proctor: -e inject=: column 6: 'eror=EIO' is not one of error="
    expect_count err '' 1
    run "$P" --fault=read:signal=INT true
    expect_status 2
    run "$P" -e inject=getppid:retval=-5 true
    expect_status 0
    expect err '^proctor: retval=-5 is error 5 to a program$'
}

run_tests
