#!/bin/bash
# Results by ptrace, without any privilege and with all of them.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

traced=("$P" --results=ptrace)

# For the tests that ask for no privilege: ${plain[@]} runs proctor so.
without_privilege() {
    as_nobody
    plain=("${nobody[@]}" ./proctor)
}

write_main() {
    cat >main.py <<'EOS'
import sys
try:
    open('/root/test')
except OSError:
    sys.exit(1)
EOS
}

test_a_script_that_swallows_an_exception() {
    need python3
    [ "$(id -u)" = 0 ] || skip "needs a user who may not look into /root"
    without_privilege
    write_main
    run "${plain[@]}" -q -Z -- /usr/bin/python3 main.py
    expect_status 1
    tail -n 2 err >last
    printf '%s\n' 'openat(AT_FDCWD, "/root/test", O_RDONLY|O_CLOEXEC) = -1 EACCES (Permission denied)' \
        '+++ exited with 1 +++' >wanted
    expect_same last wanted
}

test_auto_says_what_it_took() {
    [ "$(id -u)" = 0 ] || skip "may be allowed BPF"
    without_privilege
    run "${plain[@]}" -e trace=none true
    expect_status 0
    expect err '^proctor: results by ptrace.*CAP_BPF'
    expect_count err '^proctor: ' 1
    run "${plain[@]}" -q -e trace=none true
    expect_no err '^proctor: '
}

# Another tracer in the way (one tracer per task) is what a profile that forbids ptrace looks like.
test_auto_without_ptrace() {
    need strace
    [ "$(id -u)" = 0 ] || skip "may be allowed BPF"
    without_privilege
    export ASAN_OPTIONS=detect_leaks=0 # it would trace itself
    run strace -f -o /dev/null "${plain[@]}" -e trace=getcwd /bin/pwd
    expect_status 0
    expect err '^proctor: no results, calls end in .*ptrace' '^getcwd\(0x[0-9a-f]+, [0-9]+\) += \?$'
    run strace -f -o /dev/null "${plain[@]}" --results=ptrace /bin/pwd
    expect_status 1
    expect err '^proctor: --results=ptrace: .*Operation not permitted'
}

test_counts() {
    run "${traced[@]}" -c -e trace=openat,getppid cat /etc/hostname /nonexistent
    expect_status 1
    expect err ' [0-9]+ +[0-9]+ openat$' ' total$'
}

test_times() {
    run "${traced[@]}" -T -e trace='/nanosleep' sleep 0.3
    expect_status 0
    expect err 'nanosleep\(.*\) = 0 <(0\.[3-9]|[1-9][0-9]*\.[0-9])[0-9]{5}>$'
}

# What a line holds that is another each time: addresses, ids and times.
normalised() {
    sed -E 's/^[0-9]+ +//; s/0x[0-9a-f]{4,}/ADDR/g; s/\b[0-9]{4,}\b/N/g; s/ += /= /' "$1" |
        grep -v '^+++'
}

# same_as_strace OPTIONS -- CMD: the lines of one process, all of them, in order.
same_as_strace() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    rm -rf made
    run strace -f --seccomp-bpf -o theirs "${options[@]}" "$@"
    rm -rf made
    run "${traced[@]}" -f -o ours "${options[@]}" "$@"
    normalised theirs >theirs.text
    normalised ours >ours.text
    [ -s theirs.text ] || fail "a trace by strace"
    expect_same ours.text theirs.text
}

test_whole_lines_equal_straces() {
    need strace
    local calls=openat,close,read,lseek,getcwd,readlink,uname,fstatfs,getdents64,write,mkdir,rmdir,unlink,getuid,geteuid
    local calls=$calls,newfstatat,pread64,pipe2,socket,connect,dup2,prlimit64,sysinfo,access
    for program in 'cat /etc/hostname /nonexistent' 'pwd' 'uname -a' 'readlink /proc/self/exe' 'mkdir made made/deep' \
        'rmdir nothing' 'head -c 10 /etc/passwd' 'cp /etc/passwd made' 'ls -l /etc/passwd' 'id'; do
        command_line=$program
        # shellcheck disable=SC2086 # words
        same_as_strace -e trace=$calls -- $program
    done
}

test_children() {
    run "${traced[@]}" -f -o trace -e trace=%process sh -c 'true | cat; (exit 4); exit 5'
    expect_status 5
    joined trace >whole
    expect_order whole ' execve\("[^"]*/sh", .* = 0$' ' clone\(.* = [0-9]+$' ' execve\("[^"]*/cat", .* = 0$' \
        '\+\+\+ exited with 4 \+\+\+$' ' exit_group\(5\) += \?$' '\+\+\+ exited with 5 \+\+\+$'
    # A joined line stands where its call began, which may be before or after the end of the child it waits for.
    expect whole 'wait4\(-1, \[\{WIFEXITED\(s\) && WEXITSTATUS\(s\) == 4\}\]'
    expect_no whole '<lost>' '<unfinished'
}

test_the_end_of_a_child_comes_before_its_parents_wait() {
    run "${traced[@]}" -f -e trace=wait4,exit_group sh -c '/bin/true; exit 0'
    expect_status 0
    expect_order err '\+\+\+ exited with 0 \+\+\+$' '(wait4\(.*|wait4 resumed>.*)WEXITSTATUS' \
        '^--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=[0-9]+, si_uid=[0-9]+, si_status=0, si_utime=[0-9]+, si_stime=[0-9]+\} ---$'
}

test_vfork() {
    run "${traced[@]}" -f "$programs/vfork"
    expect_status 0
    expect out '^vfork: 11 12 0$'
}

test_many_processes() {
    run "${traced[@]}" -q -f -o trace "$programs/processes"
    expect_status 0
    expect out ' 0 failed$'
    expect_count trace '\+\+\+ exited with ' 1001
}

test_200_threads() {
    run "${traced[@]}" -f -o trace "$programs/threads"
    expect_status 0
    expect out '^200 threads, 100 calls each, 0 wrong$'
    joined trace >whole
    expect_count trace '\+\+\+ exited with 0 \+\+\+$' 201
    expect_no whole '<lost>' 'getppid\(\) += [^0-9]'
}

test_children_that_ask_not_to_be_traced() {
    run "${traced[@]}" -q -f -o trace -e trace=getppid,clone,clone3 "$programs/untraced"
    expect_status 0
    expect out '^clone 0, clone3 0$'
    expect trace 'clone\(child_stack=NULL, flags=CLONE_UNTRACED\|SIGCHLD'
    joined trace >whole
    expect_count whole ' getppid\(\) += [0-9]+$' 2
}

test_exec_by_a_thread() {
    run "${traced[@]}" -f -o trace -e trace=execve,exit_group "$programs/thread_exec" /bin/sh -c 'exit 9'
    expect_status 9
    expect_order trace '^([0-9]+) +execve\("/bin/sh", .* <unfinished' \
        '\+\+\+ superseded by execve in pid [0-9]+ \+\+\+$' '<\.\.\. execve resumed>\) += 0$' \
        'exit_group\(9\) += \?$' '\+\+\+ exited with 9 \+\+\+$'
    expect_count trace '\+\+\+ exited with 0 \+\+\+$' 1
}

test_a_program_that_is_killed() {
    "${traced[@]}" -f -o trace sleep 60 &
    local proctor=$!
    command_line="${traced[*]} -f -o trace sleep 60, killed"
    wait_for trace 'nanosleep\('
    kill -KILL "$(awk '{ print $1; exit }' trace)"
    wait "$proctor"
    status=$?
    expect_status 137
    expect trace 'nanosleep\(.* = \?$' '\+\+\+ killed by SIGKILL \+\+\+$'
}

# Without its tracer every selected call would fail: rather the program ends.
test_the_program_ends_with_proctor() {
    "${traced[@]}" -f -o trace sleep 60 &
    local proctor=$! target
    command_line="${traced[*]} -f -o trace sleep 60, proctor killed"
    wait_for trace 'nanosleep\('
    target=$(awk '{ print $1; exit }' trace)
    kill -KILL "$proctor"
    wait "$proctor" 2>/dev/null
    wait_until 'the program is gone' has_died "$target"
}

test_stop_and_continue() {
    "${traced[@]}" -f -o trace -e trace=none sh -c 'kill -STOP $$; exit 6' &
    local proctor=$!
    command_line="${traced[*]} -f -o trace -e trace=none sh -c 'kill -STOP \$\$; exit 6'"
    wait_for trace '--- stopped by SIGSTOP ---$'
    kill -CONT "$(awk '{ print $1; exit }' trace)"
    wait "$proctor"
    status=$?
    expect_status 6
    expect_order trace '--- SIGSTOP \{si_signo=SIGSTOP, si_code=SI_USER, ' '--- stopped by SIGSTOP ---$' \
        '--- SIGCONT \{' '\+\+\+ exited with 6 \+\+\+$'
}

test_signals_are_passed_on() {
    run "${traced[@]}" -e trace=rt_sigreturn,kill python3 -c 'import os, signal
signal.signal(signal.SIGUSR1, lambda *a: None)
os.kill(os.getpid(), signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGTERM)'
    expect_status 143
    expect_order err '^kill\([0-9]+, SIGUSR1\) += 0$' \
        '^--- SIGUSR1 \{si_signo=SIGUSR1, si_code=SI_USER, si_pid=[0-9]+, si_uid=[0-9]+\} ---$' '^rt_sigreturn\(\{mask=\[\]\}\) ' \
        '^kill\([0-9]+, SIGTERM\) += 0$' '^--- SIGTERM ' '^\+\+\+ killed by SIGTERM \+\+\+$'
}

test_ctrl_c() {
    need python3
    cat >terminal.py <<'EOS'
import os, pty, sys, time
pid, master = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
end = time.monotonic() + 20
while time.monotonic() < end and not (os.path.exists("trace") and "nanosleep(" in open("trace").read()):
    time.sleep(0.02)
os.write(master, b"\x03")
try:
    while os.read(master, 4096):
        pass
except OSError:
    pass
print("ended", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOS
    run python3 terminal.py "${traced[@]}" -o trace sleep 60
    expect out '^ended -2$'
    expect trace '^--- SIGINT \{' '^\+\+\+ killed by SIGINT \+\+\+$'
}

test_calls_that_another_listener_takes() {
    run "$P" --results=none -q -o outer -e trace=getcwd "${traced[@]}" -e trace=getcwd,getppid sh -c 'pwd -P; exit 3'
    expect_status 3
    expect err '^proctor: another seccomp filter ' '^getppid\(\) += [0-9]+$' '^\+\+\+ exited with 3 \+\+\+$'
    expect_no err '^getcwd'
}

test_what_can_not_be_executed() {
    printf '#!/nonexistent/interpreter\n' >broken
    chmod +x broken
    run "${traced[@]}" ./broken
    expect_status 127
    expect err "^proctor: can't run './broken': execve: No such file or directory"
}

run_tests
