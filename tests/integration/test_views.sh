#!/bin/bash
# Qualifiers of -e, times and names, and views of the same events: --view, --explain.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# What can only be known from results is skipped where there is no source of them.
need_results() {
    "$P" --results=bpf -e trace=none true 2>/dev/null || skip "no source of results"
}

test_signal_chooses_the_signals_shown() {
    need_results
    cat >script <<'EOF'
trap : USR1 USR2
kill -USR1 $$
kill -USR2 $$
EOF
    run "$P" -o trace -e trace=kill -e signal=USR1 sh script
    expect trace '^--- SIGUSR1 \{'
    expect_no trace '^--- SIGUSR2'
    run "$P" -o trace -e trace=kill --signal='!sigusr1,10' sh script
    expect trace '^--- SIGUSR2 \{'
    expect_no trace '^--- SIGUSR1'
    run "$P" -e signal=FOO true
    expect_status 2
    expect err "^proctor: -e signal=: 'FOO' is not a signal"
}

test_quiet_chooses_the_messages() {
    run "$P" -o trace -e trace=execve --quiet=exit true
    expect_no trace '^\+\+\+'
    run "$P" -o trace -e trace=execve -e quiet=none true
    expect trace '^\+\+\+ exited with 0'
    run "$P" --quiet=what true
    expect_status 2
}

test_raw_and_abbrev_name_calls() {
    run "$P" -o trace -e trace=openat,execve -e raw=openat -e abbrev='!execve' true
    expect trace '^openat\(0xffffff9c, 0x[0-9a-f]+, 0x80000, 0\) += ' '^execve\("[^"]*/true", \["true"\], \[.*"LC_ALL=C"'
    run "$P" -e raw=nosuchcall true
    expect_status 2
    expect err "nosuchcall"
}

test_verbose_names_calls() {
    run "$P" -o trace -e trace=openat,execve,uname -e verbose='!uname,execve' uname
    expect trace '^execve\("[^"]*/uname", 0x[0-9a-f]+, 0x[0-9a-f]+\)' '^openat\(AT_FDCWD, "/.*", O_RDONLY' '^uname\(0x[0-9a-f]+\)'
    expect_no trace 'sysname='
}

test_write_and_read_show_data_in_hexadecimal() {
    printf 'abcdefghijklmnop' >file
    run "$P" -o trace -s 4 -e trace=write -e write=1 head -c 16 file
    expect_text trace ' | 00000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop |'
    expect_count trace '^ \| ' 1
    run "$P" -e read=x true
    expect_status 2
    need_results
    run "$P" -o trace -s 4 -e trace=read -e read=all head -c 16 file
    expect_text trace ' | 00000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop |'
    expect_order trace '^read\(3, "abcd"\.\.\., 16\) ' '^ \| 00000  61 62 63 64'
}

test_times_have_formats_and_precisions() {
    run "$P" -o trace -e trace=execve --absolute-timestamps=unix,ms true
    expect trace '^[0-9]{10}\.[0-9]{3} execve'
    run "$P" -o trace -e trace=execve --absolute-timestamps=format:time,precision:ns true
    expect trace '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{9} execve'
    run "$P" -o trace -e trace=execve --absolute-timestamps true
    expect trace '^[0-9]{2}:[0-9]{2}:[0-9]{2} execve'
    run "$P" -o trace -e trace=execve --relative-timestamps=s true
    expect trace '^ +0 execve'
    run "$P" --absolute-timestamps=fortnight true
    expect_status 2
    need_results
    run "$P" -o trace -e trace=execve --syscall-times=ns true
    expect trace '<[0-9]+\.[0-9]{9}>$'
}

test_Y_shows_the_command_behind_the_pid() {
    run "$P" -Y -f -o trace -e trace=execve,exit_group sh -c '/bin/true; exit 0'
    expect trace '^[0-9]+<sh> exit_group\(0\)' '^[0-9]+<true> exit_group\(0\)'
}

test_Y_shows_the_command_behind_ids() {
    need_results
    run "$P" -Y -o trace -e trace=kill,getppid sh -c 'trap : USR1; kill -USR1 $$'
    expect trace '^kill\([0-9]+<sh>, SIGUSR1\) += 0$' '^--- SIGUSR1 \{.*si_pid=[0-9]+<sh>, .*\} ---$'
}

# Ids of another namespace are not ours: /proc shows others' under these.
test_ids_of_another_pid_namespace() {
    local results
    need unshare
    [ "$(id -u)" = 0 ] || skip 'only root makes PID namespaces'
    for results in auto ptrace none; do
        run "$P" --results="$results" -Y -f -o trace -e trace=kill unshare --fork --pid sh -c 'kill -0 1; kill -0 $$'
        expect trace '^[0-9]+<sh> kill\(1<sh>, 0\)'
        run "$P" --results="$results" --decode-pids=pidns -f -o trace -e trace=kill,getppid \
            unshare --fork --pid sh -c '(kill -0 1; kill -0 77); kill -0 1'
        expect_count trace "^[0-9]+ +kill\\(1 /\* [0-9]{2,} in proctor's PID NS \\*/, 0\\)" 2
        expect trace '^[0-9]+ +kill\(77, 0\)'
        [ "$(sed -nE 's/.* kill\(1 .. ([0-9]+) .*/\1/p' trace | uniq)" = "$(awk '/kill\(1 /' trace | tail -n 1 | cut -d' ' -f1)" ] ||
            fail 'who 1 is outside' trace
    done
}

# Each task is gone when its result is looked at.
test_ids_of_short_lives_in_another_pid_namespace() {
    need unshare perl
    [ "$(id -u)" = 0 ] || skip 'only root makes PID namespaces'
    need_results
    run "$P" --decode-pids=pidns -f -o trace -e trace=getppid,fork,clone unshare --fork --pid \
        perl -e 'for (1..50) { if (!fork) { $x = getppid; kill 9, $$ } } 1 while wait > 0'
    expect_count trace "getppid.* = 1 /\\* [0-9]+ in proctor's PID NS \\*/$" 50
    expect_count trace "clone.* = [0-9]+ /\\* [0-9]+ in proctor's PID NS \\*/$" 50
    expect trace "SIGCHLD.*si_pid=[0-9]+ /\\* [0-9]+ in proctor's PID NS \\*/"
}

# A group's id is that of the process that made it, which is gone here: only members tell.
test_a_group_of_another_pid_namespace() {
    local results leader
    need unshare python3
    [ "$(id -u)" = 0 ] || skip 'only root makes PID namespaces'
    cat >group.py <<'EOS'
import os

end, start = os.pipe()
leader = os.fork()
if leader == 0:
    leader = os.getpid()
    os.setsid()
    if os.fork() == 0:
        os.close(start)
        os.read(end, 1)  # until the leader is gone
        os.killpg(leader, 0)
    os._exit(0)
os.waitpid(leader, 0)
os.close(start)
os.wait()
EOS
    for results in auto ptrace none; do
        run "$P" --results="$results" --pidns-translation -f -o trace -e trace=kill,setsid unshare --fork --pid python3 -S group.py
        leader=$(sed -nE 's/^([0-9]+) +setsid\(\).*/\1/p' trace)
        expect trace "^[0-9]+ +kill\\(-2 /\\* $leader in proctor's PID NS \\*/, 0\\)"
    done
}

test_what_can_not_be_done_is_said() {
    local option
    for option in '-p 1' '-D' '-b execve' '-e kvm=vcpu'; do
        # shellcheck disable=SC2086 # an option and its argument
        run "$P" $option true
        expect_status 2
        expect_count err '^proctor: -' 1
        [ "$(wc -l <err)" = 1 ] || fail "one line" err
    done
    run "$P" -p 1 true
    expect err 'seccomp'
    run "$P" --seccomp-bpf -I 2 --decode-fds=all -e trace=execve true
    expect_status 0
}

# A server and a client; nobody listens on port 1.
connections() {
    cat <<'EOF'
import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
c = socket.create_connection(s.getsockname())
a = s.accept()
for family, address in ((socket.AF_INET, ('127.0.0.1', 1)), (socket.AF_UNIX, '/nonexistent/socket')):
    try:
        socket.socket(family).connect(address)
    except OSError:
        pass
EOF
}

test_connections_are_one_line_each() {
    need /usr/bin/python3
    need_results
    connections >client.py
    run "$P" --view=connections -o trace /usr/bin/python3 client.py
    expect_status 0
    expect_order trace '^TIME +PID +COMM +CALL +FAMILY +SOURCE +DESTINATION +PORT +RESULT +LATENCY' \
        '^[0-9:]{8} [0-9]+ +python3 +connect +inet +.* 127\.0\.0\.1 +[0-9]+ +ok +[0-9]+\.[0-9]{3}$' \
        '^[0-9:]{8} [0-9]+ +python3 +accept4 +inet +127\.0\.0\.1 ' \
        '^[0-9:]{8} [0-9]+ +python3 +connect +inet +- +127\.0\.0\.1 +1 +ECONNREFUSED ' \
        '^[0-9:]{8} [0-9]+ +python3 +connect +unix +- +/nonexistent/socket +- +ENOENT '
    expect_no trace '\+\+\+|SIG|openat'
    need jq
    run "$P" --view=connections --json -o trace /usr/bin/python3 client.py
    run jq -r 'select(.error=="ECONNREFUSED") | "\(.comm) \(.destination):\(.port) \(.duration_ns > 0)"' trace
    expect_text out 'python3 127.0.0.1:1 true'
    run "$P" --view=nothing true
    expect_status 2
}

test_explain_names_the_file_that_may_not_be_read() {
    need /usr/bin/python3
    as_nobody
    mkdir secret
    touch secret/test
    chmod 700 secret
    [ "$(id -u)" = 0 ] || skip "only root can make a file that it may not read"
    cat >main.py <<'EOF'
import sys
try:
    open('secret/test')
except OSError:
    sys.exit(1)
EOF
    run "${nobody[@]}" ./proctor --explain /usr/bin/python3 main.py
    expect_status 1
    expect err '^proctor: python3 \(pid [0-9]+\) exited with 1; before that: openat\("secret/test"\) failed: EACCES \(Permission denied\)$'
    run "${nobody[@]}" ./proctor -e trace=openat -Z --explain /usr/bin/python3 main.py
    expect_order err '^openat\(.*"secret/test".* = -1 EACCES' '^\+\+\+ exited with 1' '^proctor: .*before that: openat\("secret/test"\) failed'
}

test_explain_a_missing_library() {
    need gcc
    need_results
    echo 'int gone(void) { return 1; }' >gone.c
    echo 'int gone(void); int main(void) { return gone(); }' >main.c
    if ! { gcc -shared -fPIC -Wl,-soname,libgone.so.1 -o libgone.so.1 gone.c && gcc -o program main.c libgone.so.1; }; then
        skip "can't link"
    fi
    rm libgone.so.1
    run "$P" --explain sh -c 'true; ./program'
    expect_status 127
    expect err '^proctor: program \(pid [0-9]+\) exited with 127; before that: openat\("[^"]*/libgone\.so\.1"\) failed: ENOENT .*: a shared library is missing$'
}

test_explain_programs_that_do_not_run() {
    need_results
    printf '#!/nonexistent/interpreter\n' >script
    chmod +x script
    run "$P" --explain sh -c ./script
    expect err 'execve\("\./script"\) failed: ENOENT .*the file is there, but the interpreter'
    run "$P" --explain sh -c ./nothing
    expect err '"\./nothing"\) failed: ENOENT \(No such file or directory\)'
    expect_no err 'interpreter'
}

test_explain_sockets() {
    need /usr/bin/python3
    need_results
    run "$P" --explain /usr/bin/python3 -c 'import socket; socket.create_connection(("127.0.0.1", 1))'
    expect err 'connect\(127\.0\.0\.1:1\) failed: ECONNREFUSED \(Connection refused\): nothing listens there'
    run "$P" --explain /usr/bin/python3 -c '
import socket
a = socket.socket()
a.bind(("127.0.0.1", 0))
socket.socket().bind(a.getsockname())'
    expect err 'bind\(127\.0\.0\.1:[0-9]+\) failed: EADDRINUSE'
}

test_explain_says_nothing_without_a_failure() {
    need_results
    run "$P" --explain true
    expect_status 0
    [ ! -s err ] || fail "nothing" err
    run "$P" --explain sh -c 'exit 3'
    expect err '^proctor: sh \(pid [0-9]+\) exited with 3; no failing call explains it$'
    run "$P" --explain --results=none true
    expect_status 2
    expect err -- '--explain needs results'
}

run_tests
