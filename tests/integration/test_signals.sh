#!/bin/bash
# Signals to the program, to proctor, and from the terminal.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_a_storm_of_signals_loses_and_doubles_no_line() {
    run "$P" -o trace -e trace=getppid "$programs/storm" 5000 restart
    expect_status 0
    # A handler with SA_RESTART is never noticed, as without proctor.
    expect out '^alarms: some$' '^interrupted: openat 0 getppid 0 close 0$'
    expect_count trace '^getppid\(\)' 5000
}

test_a_storm_without_restart() {
    run "$P" --results=none -o trace -e trace=getppid,openat,close "$programs/storm" 5000 interrupt
    expect_status 0
    expect out '^alarms: some$'
    # What came back as EINTR before proctor could receive it has no line; everything else has one.
    local interrupted
    interrupted=$(sed -n 's/.*getppid \([0-9]*\) .*/\1/p' out)
    expect_count trace '^getppid\(\)' $((5000 - interrupted))
    interrupted=$(sed -n 's/.*openat \([0-9]*\) .*/\1/p' out)
    expect_count trace '^openat\(AT_FDCWD, "/dev/null", O_RDONLY\|O_CLOEXEC\)' $((5000 - interrupted))
}

# A SIGCHLD that a process sends itself does not tell of a child's end: what comes after it is its own.
test_a_sigchld_that_is_no_childs() {
    run "$P" -o trace -e trace=kill,getppid perl -e 'kill "CHLD", $$; kill "CHLD", $$; kill "SEGV", $$'
    expect_count trace '^kill\([0-9]+, SIGCHLD\) += 0$' 2
    expect_count trace '^--- SIGCHLD \{si_signo=SIGCHLD, si_code=SI_USER' 2
    expect_order trace '^--- SIGSEGV ' '^\+\+\+ killed by SIGSEGV'
}

test_kill_9_of_the_program() {
    "$P" -f -o trace sleep 60 &
    local proctor=$!
    command_line="$P -f -o trace sleep 60, killed"
    wait_for trace 'nanosleep\('
    kill -KILL "$(awk '{ print $1; exit }' trace)"
    wait "$proctor"
    status=$?
    expect_status 137
    expect trace '\+\+\+ killed by SIGKILL \+\+\+$'
}

test_sigterm_to_proctor_ends_the_program() {
    "$P" -o trace sh -c 'trap "echo caught; exit 8" TERM; echo ready; while :; do sleep 0.05; done' >out &
    local proctor=$!
    command_line="$P -o trace sh -c ..., SIGTERM"
    wait_for out ready
    kill -TERM "$proctor"
    wait "$proctor"
    status=$?
    expect out '^caught$'
    expect_status 8
}

# Runs proctor on a terminal; KEYS are typed when the trace shows REGEX. Prints how it ended.
terminal() {
    cat >terminal.py <<'EOS'
import os, pty, re, sys, time

regex, keys, command = sys.argv[1], sys.argv[2].encode().decode("unicode_escape").encode(), sys.argv[3:]
pid, master = pty.fork()
if pid == 0:
    os.execv(command[0], command)
end = time.monotonic() + 20
while time.monotonic() < end:
    if os.path.exists("trace") and re.search(regex, open("trace", errors="replace").read()):
        break
    time.sleep(0.02)
else:
    print("the trace never showed it")
os.write(master, keys)
try:
    while os.read(master, 4096):
        pass
except OSError:
    pass
print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOS
    need python3
    run python3 terminal.py "$@"
}

test_ctrl_c_ends_the_program_and_proctor_the_same_way() {
    terminal 'nanosleep\(' '\x03' "$P" -o trace sleep 60
    expect out '^ended -2$'
    expect trace '^\+\+\+ killed by SIGINT \+\+\+$'
}

test_ctrl_c_that_the_program_handles() {
    terminal 'getppid\(' '\x03' "$P" -o trace python3 -c 'import os, signal, sys, time
signal.signal(signal.SIGINT, lambda *a: sys.exit(21))
os.getppid()
while True: time.sleep(1)'
    expect out '^ended 21$'
    expect trace '^\+\+\+ exited with 21 \+\+\+$'
}

test_ctrl_backslash() {
    terminal 'nanosleep\(' '\x1c' "$P" -o trace sh -c 'ulimit -c 0; exec sleep 60'
    expect out '^ended -3$'
    expect trace '^\+\+\+ killed by SIGQUIT \+\+\+$'
}

test_stop_and_continue() {
    "$P" -o trace -e trace=openat sh -c 'while [ ! -e end ]; do cat /dev/null; done; exit 3' &
    local proctor=$! target
    command_line="$P -o trace sh -c ..., stopped and continued"
    wait_for trace '"/dev/null"'
    target=$(pgrep -P "$proctor" -x sh)
    kill -STOP "$target"
    wait_until 'the program is stopped' is_stopped "$target"
    : >end
    kill -CONT "$target"
    wait "$proctor"
    status=$?
    expect_status 3
}

test_stop_and_continue_of_the_whole_group() {
    need python3
    cat >group.py <<'EOS'
import os, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[1:], start_new_session=True)
while not os.path.exists("started"):
    time.sleep(0.01)
for _ in range(5):
    os.killpg(p.pid, signal.SIGSTOP)
    time.sleep(0.02)
    os.killpg(p.pid, signal.SIGCONT)
    time.sleep(0.02)
open("end", "w")
print("ended", p.wait())
EOS
    run python3 group.py "$P" -f -o trace sh -c ': >started; while [ ! -e end ]; do cat /dev/null; done; exit 3'
    expect out '^ended 3$'
    expect trace '\+\+\+ exited with 3 \+\+\+$'
}

test_the_program_gets_its_own_alarms_and_pipes() {
    run "$P" -o trace python3 -c 'import signal, os
signal.signal(signal.SIGALRM, lambda *a: print("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.pause()
r, w = os.pipe(); os.close(r)
try: os.write(w, b"x")
except BrokenPipeError: print("broken pipe")'
    expect_status 0
    expect out '^alarm$' '^broken pipe$'
}

# What is interrupted before it was received is made again, as nothing would interrupt it natively.
test_calls_that_wait_for_us_under_a_storm_of_signals() {
    local source calls
    for source in bpf ptrace; do
        [ "$source" != bpf ] || "$P" --results=bpf -e trace=none true 2>/dev/null || continue
        for calls in all %file,mmap,munmap,close getppid; do
            run "$P" -f --results="$source" -o trace -e trace="$calls" "$programs/interrupted" 3000 100
            expect_status 0
            expect out '^3000 rounds, 0 calls failed; 100 children, 0 ended otherwise$'
        done
    done
}

# An exit source that tells nothing can't make up for a return from a handler that was interrupted.
test_returns_from_handlers_under_a_storm_of_signals() {
    run "$P" -f --results=none -o trace "$programs/interrupted" 3000 0
    expect out '^3000 rounds, [0-9]+ calls failed; 0 children, 0 ended otherwise$'
    expect_no trace 'SIGSEGV' 'sigreturn'
    run "$P" -f --results=none -o trace -e trace=getppid "$programs/interrupted" 0 200
    expect out '200 children, 0 ended otherwise$'
}

run_tests
