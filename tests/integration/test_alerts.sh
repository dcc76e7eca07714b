#!/bin/bash
# What rules do besides denying, and where their alerts go.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=keeper.lib.sh
. "$(dirname "$0")/keeper.lib.sh"

# rule NAME CONDITION [KEY...]: appends a rule to rules.yaml.
rule() {
    local key
    printf -- '- rule: %s\n  desc: d\n  condition: %s\n  output: by %%proc.name\n' "$1" "$2" >>rules.yaml
    shift 2
    for key in "${@:-priority: WARNING}"; do
        printf '  %s\n' "$key" >>rules.yaml
    done
}

enforce() {
    run "$P" --mode=enforce --policy rules.yaml "$@"
}

test_delay() {
    local source
    rule slow 'evt.type=getppid' 'priority: WARNING' 'action: delay 700ms'
    for source in auto ptrace none; do
        enforce --results="$source" -e trace=getppid -o trace --alerts alerts "$programs/inject" free
        expect_status 0
        [ "$(cat out)" = free ] || fail "others go on meanwhile (--results=$source)" out
        expect trace 'getppid\(\) .*\(DELAYED\)'
    done
    expect_count alerts 'by inject \(delayed\)$' 3
    run "$P" --policy rules.yaml "$programs/inject" count 1
    expect err 'by inject \(would be delayed\)$' '^ +1 +getppid +delayed +by slow; first: \[pid [0-9]+, inject\] getppid\(\)$'
}

test_return() {
    rule other 'evt.type=getppid' 'priority: WARNING' 'action: return 42'
    enforce -e trace=getppid -o trace "$programs/inject" count 1
    expect trace 'getppid\(\) += 42$'
    expect err 'denied: another result'
}

test_kill() {
    local source
    rule kill 'evt.type=getppid' 'priority: WARNING' 'action: kill'
    for source in auto ptrace none; do
        enforce --results="$source" -o trace -e trace=getppid "$programs/inject" threads
        expect_status 137
        expect err 'Warning by inject \(denied: killed\)$'
        expect_no trace 'getppid\(\) += [0-9]'
    done
}

test_kill_thread() {
    rule kill 'evt.type=getppid' 'priority: WARNING' 'action: kill thread'
    run "$P" check rules.yaml
    expect out "rule 'kill' kills the whole process where calls are notified"
    run "$P" --mode=enforce --policy rules.yaml --results=ptrace -o trace -e trace=getppid "$programs/inject" thread
    expect_status 0
    [ "$(cat out)" = alone ] || fail "the first thread goes on" out
    run "$P" --mode=enforce --policy rules.yaml --results=none "$programs/inject" thread # by the kernel
    [ "$(cat out)" = alone ] || fail "the first thread goes on" out
    run "$P" --mode=enforce --policy rules.yaml --results=none --log-denied "$programs/inject" thread
    expect_status 137
}

test_stop() {
    need pgrep
    local pid program
    rule stop 'evt.type=getppid' 'priority: WARNING' 'action: stop'
    "$P" --mode=enforce --policy rules.yaml -o trace -e trace=getppid "$programs/inject" catch >out 2>err &
    pid=$!
    wait_until 'the program is there' pgrep -P "$pid" -x inject
    program=$(pgrep -P "$pid" -x inject)
    wait_until 'the program is stopped' is_stopped "$program"
    command_line="kill -CONT"
    kill -CONT "$program"
    wait "$pid"
    status=$?
    expect_status 0
    expect err 'by inject \(stopped\)'
}

test_a_denial_wins_over_what_only_holds() {
    rule slow 'evt.type=getppid' 'priority: WARNING' 'action: delay 1ms'
    rule shut 'evt.type=getppid' 'priority: WARNING' 'action: deny' 'errno: EXDEV'
    rule late 'evt.type=getppid' 'priority: WARNING' 'action: return 1'
    enforce -e trace=getppid -o trace "$programs/inject" count 1
    expect trace 'getppid\(\) += -1 EXDEV .*\(DELAYED\)$'
    expect_count err 'Warning by inject' 3
    expect_count err 'denied: ' 1
}

test_fail_on() {
    rule seen 'evt.type=getppid'
    run "$P" --policy rules.yaml --fail-on warning "$programs/inject" count 1
    expect_status 3
    run "$P" --policy rules.yaml --fail-on=Debug --results=ptrace "$programs/inject" count 1
    expect_status 3
    run "$P" --policy rules.yaml --fail-on error "$programs/inject" count 1
    expect_status 0
    run "$P" --policy rules.yaml --fail-on warning true
    expect_status 0
    run "$P" --fail-on nonsense true
    expect_status 2
    expect err "^proctor: --fail-on: 'nonsense' is not one of emergency,"
}

# What a worker found that died counts in the sum and for the status.
test_a_worker_that_dies_loses_no_count() {
    rule seen 'evt.type=getppid and proc.name=inject'
    "$P" --policy rules.yaml --fail-on warning --alerts alerts sh -c "'$programs/inject' count 2; touch called; while [ ! -e go ]; do sleep 0.05; done; '$programs/inject' count 1" >out 2>err &
    keeper=$!
    wait_until 'the calls' test -e called
    wait_until 'the alerts' test -s alerts
    kill_worker
    touch go
    wait "$keeper"
    status=$?
    command_line="kill -KILL, of the worker"
    expect_status 3
    expect err '^ +3  getppid +by seen; first'
}

test_rate_limit() {
    rule seen 'evt.type=getppid'
    run "$P" --policy rules.yaml --rate-limit=0.001,3 --fail-on warning "$programs/inject" count 10
    expect_status 3
    expect_count err 'Warning by inject' 3
    expect err '^ +10  getppid +by seen; first' '^ +7  alerts were not written \(--rate-limit\)$'
    run "$P" --rate-limit=many true
    expect_status 2
}

test_several_outputs() {
    rule seen 'evt.type=getppid'
    run "$P" --policy rules.yaml --alerts one --alerts two --alerts stderr "$programs/inject" count 2
    expect_status 0
    expect_count one 'Warning by inject' 2
    expect_same one two
    expect_count err 'Warning by inject' 2
    expect one '^[0-9:.]+: Warning'
    run "$P" --policy rules.yaml --alerts /nonexistent/file true
    expect_status 127
    expect err '^proctor: /nonexistent/file: No such file or directory$'
}

# A log of our own at /dev/log, in a mount namespace of our own.
test_syslog() {
    need unshare python3
    [ "$(id -u)" = 0 ] || skip "needs to mount"
    rule seen 'evt.type=getppid' 'priority: ERROR'
    cat >log.py <<'EOS'
import os, socket, subprocess, sys
os.chdir(os.environ["DIR"])
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
status = subprocess.call(sys.argv[1:])
log.setblocking(False)
with open("log", "wb") as out:
    try:
        while True:
            out.write(log.recv(65536) + b"\n")
    except BlockingIOError:
        pass
sys.exit(status)
EOS
    mkdir dev
    for file in null zero full random urandom; do
        : >"dev/$file"
    done
    cat >mount.sh <<'EOS'
set -e
for file in null zero full random urandom; do
    mount --bind /dev/$file "$DIR/dev/$file"
done
mount --rbind "$DIR/dev" /dev
exec "$@"
EOS
    DIR=$PWD run unshare -m sh mount.sh python3 log.py "$P" --policy rules.yaml --alerts syslog "$programs/inject" count 2
    expect_status 0
    expect_count log '^<11>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} proctor\[[0-9]+\]: [0-9:.]+: Error by inject$' 2
    rm dev/log
    DIR=$PWD run unshare -m sh mount.sh "$P" --policy rules.yaml --alerts syslog true
    expect_status 127
    expect err "^proctor: can't reach the system's log at /dev/log: No such file or directory$"
}

test_summary_on_demand() {
    local pid
    rule seen 'evt.type=getppid and proc.name=inject'
    # The program tells when it has called, and waits.
    "$P" --policy rules.yaml --alerts alerts sh -c "'$programs/inject' count 2; touch called; while [ ! -e go ]; do sleep 0.05; done; exit 5" >out 2>err &
    pid=$!
    wait_until 'the calls' test -e called
    kill -USR1 "$pid"
    wait_for err 'by seen'
    command_line="kill -USR1"
    expect_count err '^ +2  getppid +by seen; first' 1
    touch go
    wait "$pid"
    status=$?
    expect_status 5
    expect_count err '^ +2  getppid +by seen; first' 2
}

test_signal_reaches_the_program_without_rules() {
    local pid
    "$P" -e trace=none -q sh -c 'trap "exit 7" USR1; touch ready; while :; do sleep 0.05; done' 2>err &
    pid=$!
    wait_until 'the program is ready' test -e ready
    kill -USR1 "$pid"
    wait "$pid"
    status=$?
    command_line="kill -USR1"
    expect_status 7
}

test_summary_as_json() {
    need jq
    rule shut 'evt.type=getppid' 'priority: ERROR' 'action: deny'
    run "$P" --json --policy rules.yaml --alerts alerts "$programs/inject" count 3
    jq -c 'select(.type == "summary") | [.mode, .found[0].rule, .found[0].call, .found[0].kind, .found[0].done, .found[0].count]' err >got
    echo '["audit","shut","getppid","denied","EPERM",3]' >want
    expect_same want got
    jq -e .rule alerts >/dev/null || fail "nothing but alerts" alerts
}

run_tests
