#!/bin/bash
# Workers that die: what they had in hand is answered, the next goes on, and the trace says what may be missing.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=keeper.lib.sh
. "$(dirname "$0")/keeper.lib.sh"

# start ARGS...: proctor in the background: its keeper is $keeper.
start() {
    command_line="$P $*"
    "$P" "$@" >out 2>err </dev/null &
    keeper=$!
    trap 'has_worker; kill -9 $worker "$keeper" 2>/dev/null' EXIT
}

# has_count FILE REGEX N: lines, or more.
has_count() {
    [ "$(grep -cE -e "$2" "$1")" -ge "$3" ]
}

# has_after FILE REGEX REGEX: a line like the second after the last one like the first.
has_after() {
    FIRST=$2 SECOND=$3 awk '
        $0 ~ ENVIRON["FIRST"] { first = 1; second = 0; next }
        first && $0 ~ ENVIRON["SECOND"] { second = 1 }
        END { exit !second }' "$1"
}

ended() {
    wait_until 'proctor ends' has_died "$keeper"
    wait "$keeper"
    status=$?
    trap - EXIT
}

# A program whose output says whether any call of it failed.
counter='import os, sys
n = 0
while not os.path.exists("end"):
    os.getppid()
    fd = os.open("/dev/null", os.O_RDONLY)
    os.close(fd)
    n += 1
print("calls:", n > 100)
sys.exit(7)'

test_the_program_does_not_notice() {
    need python3
    local i
    start -f -o trace --json -e trace=getppid,openat python3 -c "$counter"
    wait_until 'the first line' grep -q getppid trace
    for ((i = 1; i <= 4; i++)); do
        kill_worker
        wait_until 'the next one says so' has_count trace '^\{"type":"gap"' "$i"
    done
    wait_until 'the next one sees calls' has_after trace '"gap"' '"syscall":"openat"'
    : >end
    ended
    expect_status 7
    expect out '^calls: True$'
    expect_count trace '^\{"type":"gap",.*"deaths":1,"how":"SIGKILL",' 4
    # It goes on after the last gap, results and all, to the end.
    sed -n '/"gap"/h;/"gap"/!H;${x;p}' trace >rest
    expect rest '"syscall":"getppid"' '"syscall":"openat".*"/dev/null"' '"type":"exit",.*"status":7'
    python3 -c 'import json, sys; [json.loads(line) for line in open("trace")]' || fail 'whole lines only' trace
}

test_text_has_a_line_of_its_own() {
    need python3
    start -f -e trace=getppid python3 -c "$counter"
    wait_until 'the first line' grep -q getppid err
    kill_worker ABRT
    wait_until 'the next one says so' grep -q 'worker died' err
    : >end
    ended
    expect_status 7
    expect err '^proctor: the worker died \(SIGABRT\); calls in flight: [01] let go on, 0 refused; lines of up to [0-9]+ calls since [0-9:.]+, and of calls that had not returned, may be missing$'
    expect err '\+\+\+ exited with 7 \+\+\+$'
}

# Whoever starts later has no privilege to ask for registers by BPF: that was prepared.
test_stack_traces() {
    "$P" --results=bpf -k -o /dev/null true 2>err || skip "$(head -n 1 err)"
    # shellcheck disable=SC2016 # for the shell within
    start --results=none -k -f -o trace -e trace=getppid sh -c 'until [ -e end ]; do "$0"; sleep 0.02; done' "$programs/stack"
    wait_until 'a stack' grep -q 'stack(main+' trace
    kill_worker
    local before
    before=$(wc -l <trace)
    wait_until 'another stack' eval 'tail -n "+$((before + 1))" trace | grep -q "stack(main+"'
    : >end
    ended
    expect_status 0
    tail -n "+$((before + 1))" trace >rest
    expect rest 'stack\(outermost\+' 'stack\(main\+'
    expect_no trace 'registers not known'
}

# A call that sleeps returns to the program, whoever let it go on.
test_a_call_that_has_not_returned() {
    start -o trace -e trace=clock_nanosleep,getppid sh -c 'sleep 1; exit 9'
    wait_until 'the call' grep -q clock_nanosleep trace
    kill_worker
    ended
    expect_status 9
    expect trace 'clock_nanosleep\(' '\+\+\+ exited with 9 \+\+\+$'
    expect err '^proctor: the worker died'
}

# What is being received while it is killed is answered by the keeper: nothing hangs and nothing fails.
test_many_threads() {
    local i
    start -f -o trace -e trace=getppid "$programs/threads" 8 20000
    wait_until 'the first line' grep -q getppid trace
    for ((i = 0; i < 4; i++)); do
        kill_worker
        sleep 0.12
        kill -0 "$keeper" 2>/dev/null || break
    done
    ended
    expect_status 0
}

test_each_process_has_its_file() {
    need pgrep
    start -ff -o trace -e trace=openat sh -c 'while [ ! -e end ]; do cat /dev/null; done'
    wait_until 'the first file' sh -c 'grep -q /dev/null trace.*'
    kill_worker
    local first
    first=$(pgrep -P "$keeper" -x sh)
    wait_until 'the next one says so' grep -q 'worker died' "trace.$first"
    : >end
    ended
    expect_status 0
    expect "trace.$first" '^proctor: the worker died' '^\+\+\+ exited with 0 \+\+\+$'
}

# With -C, so that what is counted can be seen: a call is counted before its line is written.
test_a_summary_counts_on() {
    need python3
    start -C -o trace -e trace=getppid python3 -c 'import os, time
for i in range(1000): os.getppid()
while not os.path.exists("end"): time.sleep(0.01)
for i in range(1000): os.getppid()'
    wait_until 'half of it' has_count trace '^getppid\(\) += ' 1000
    kill_worker
    : >end
    ended
    expect_status 0
    expect err '^proctor: the worker died'
    expect trace ' 2000 +getppid$'
}

# A call that the worker holds back when it dies goes on at once.
test_a_call_in_flight() {
    start -o trace -e trace=mkdir -e inject=mkdir:delay_enter=100s sh -c 'mkdir made; exit 3'
    wait_until 'the call is held back' grep -qF 'mkdir("made"' trace
    kill_worker
    ended
    expect_status 3
    test -d made || fail 'the call was carried out'
    expect err '^proctor: the worker died \(SIGKILL\); calls in flight: 1 let go on, 0 refused; '
}

# In enforce mode it fails, if a rule might have denied it; nothing else does.
test_a_call_in_flight_that_may_be_denied() {
    cat >rules.yaml <<'EOS'
- rule: no such directory
  desc: a test
  condition: evt.type = mkdir and fd.name = /none
  output: made
  priority: WARNING
  action: deny
EOS
    mkdir away
    start -o trace -e trace=mkdir,rmdir -e inject=mkdir,rmdir:delay_enter=100s --policy rules.yaml --mode=enforce \
        sh -c 'mkdir made; rmdir away; exit 3'
    wait_until 'the call is held back' grep -qF 'mkdir("made"' trace
    kill_worker
    wait_until 'the next call is held back' grep -qF 'rmdir("away"' trace
    kill_worker
    ended
    expect_status 3
    expect err "^mkdir: cannot create directory .made.: Operation not permitted$" \
        '^proctor: the worker died \(SIGKILL\); calls in flight: 0 let go on, 1 refused; ' \
        '^proctor: the worker died \(SIGKILL\); calls in flight: 1 let go on, 0 refused; '
    test ! -e made || fail 'the call failed'
    test ! -e away || fail 'no rule is about the other'
}

# A worker that can't live is not started for ever: calls go on without it.
test_a_worker_that_dies_at_once() {
    need python3
    start -f -o trace -e trace=getppid python3 -c "$counter"
    wait_until 'the first line' grep -q getppid trace
    local end=$((SECONDS + 60))
    until [[ $(<err) == *'in a row'* || $SECONDS -gt $end ]]; do
        has_worker && kill -KILL "$worker" 2>/dev/null
    done
    expect err '^proctor: the worker died [0-9]+ times in a row; until one lives, calls go on unseen and are not in the trace$'
    : >end
    ended
    expect_status 7
    expect out '^calls: True$'
}

# The keeper alone may be killed too: the worker serves the program to its end.
test_without_the_keeper() {
    need python3
    start -f -o trace -e trace=getppid python3 -c "$counter; open('over', 'w')"
    wait_until 'the first line' grep -q getppid trace
    wait_until 'a worker' has_worker
    kill -KILL "$keeper"
    wait "$keeper" 2>/dev/null
    : >end
    wait_until 'the worker ends' test ! -e "/proc/$worker"
    expect out '^calls: True$'
    expect trace '\+\+\+ exited with 7 \+\+\+$'
}

# Without its tracer nothing of the program can go on (SECCOMP_RET_TRACE): it ends, and that is said.
test_results_by_ptrace() {
    start --results=ptrace -o trace -e trace=clock_nanosleep sleep 60
    wait_until 'the call' grep -q clock_nanosleep trace
    kill_worker
    ended
    expect_status 1
    expect err '^proctor: the worker died \(SIGKILL\)'
}

# Orphans of the program are nobody's zombies where we are the first process.
test_as_the_first_process() {
    [ "$(id -u)" = 0 ] || skip 'this needs root'
    need unshare
    run unshare -pf --mount-proc "$P" -f -o trace sh -c '(sh -c "sleep 0.1; exit 4" & exit 0); sleep 1.5
        grep -l "^State:.Z" /proc/[0-9]*/status; exit 6'
    expect_status 6
    expect_no out .
    expect trace '\+\+\+ exited with 4 \+\+\+$'
}

run_tests
