#!/bin/bash
# How the program is started, and what proctor itself ends with.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_exit_status_is_the_programs() {
    local n
    for n in 0 3 255; do
        run "$P" -o trace sh -c "exit $n"
        expect_status "$n"
        expect trace "^\+\+\+ exited with $n \+\+\+$"
    done
}

test_dies_of_the_programs_signal() {
    local signal
    for signal in TERM KILL ABRT PIPE USR1 SEGV; do
        run python3 -c 'import subprocess, sys; print(subprocess.run(sys.argv[1:]).returncode)' \
            "$P" -o trace sh -c "ulimit -c 0; kill -$signal \$\$"
        [ "$(cat out)" = "-$(kill -l "$signal")" ] || fail "-$(kill -l "$signal")" out
        expect trace "^\+\+\+ killed by SIG$signal( \(core dumped\))? \+\+\+$"
    done
}

test_command_not_found_and_not_executable() {
    run "$P" no-such-command-anywhere
    expect_status 127
    expect err "^proctor: .*'no-such-command-anywhere'.*No such file or directory"
    expect_no err 'execve\('
    run "$P" /nonexistent/program
    expect_status 127
    : >plain
    run "$P" ./plain
    expect_status 126
    expect err "^proctor: .*'./plain'.*Permission denied"
    run "$P" /
    expect_status 126
    printf 'not a program' >broken
    chmod +x broken
    run "$P" ./broken
    expect_status 126
    expect err "^proctor: .*'./broken'.*Exec format error"
    printf '#!/nonexistent/interpreter\n' >script
    chmod +x script
    run "$P" ./script
    expect_status 127
    expect err "^proctor: .*'./script'.*No such file or directory"
}

test_E_sets_and_removes_variables() {
    run env KEPT=1 GONE=2 CHANGED=3 "$P" -o trace -E GONE -E CHANGED=4 -E NEW='a b' env
    expect_status 0
    expect out '^KEPT=1$' '^CHANGED=4$' '^NEW=a b$'
    expect_no out '^GONE=' '^CHANGED=3$'
    mkdir bin
    printf '#!/bin/sh\necho found along the new PATH\n' >bin/only-here
    chmod +x bin/only-here
    run "$P" -o trace -E "PATH=$PWD/bin:$PATH" only-here
    expect out '^found along the new PATH$'
}

test_chdir_and_argv0() {
    mkdir below
    run "$P" -o trace --chdir below sh -c 'pwd -P'
    expect out "^$(pwd -P)/below$"
    run "$P" -o trace --chdir /nonexistent true
    [ "$status" != 0 ] || fail "not status 0"
    expect err "^proctor: .*chdir.*No such file or directory|^proctor: .*/nonexistent.*No such file or directory"
    run "$P" -o trace --argv0 another sh -c 'echo "$0"; tr "\0" " " </proc/$$/cmdline'
    expect out '^another -c '
}

test_u_changes_the_user() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    chmod 755 .
    run "$P" -o trace -u nobody sh -c 'id -un; id -G; grep -E "^(Uid|CapEff|NoNewPrivs):" /proc/self/status'
    expect_status 0
    expect out '^nobody$' "^$(id -G nobody)$" '^Uid:\s65534\s65534\s65534\s65534$' '^CapEff:\s0+$' '^NoNewPrivs:\s0$'
    [ "$(head -c 7 trace)" = execve\( ] || fail "the first line is the program's own execve" trace
    run "$P" -u no-such-user true
    [ "$status" != 0 ] || fail "not status 0"
    expect err "^proctor: .*no-such-user"
}

test_drop_caps() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    run "$P" -o trace --drop-caps all grep -E '^Cap(Eff|Prm|Bnd)' /proc/self/status
    expect_status 0
    expect_count out ':\s0+$' 3
    run "$P" -o trace --drop-caps cap_sys_admin,net_raw grep ^CapEff /proc/self/status
    expect_status 0
    local caps
    caps=0x$(cut -f2 out)
    (((caps & (1 << 21)) == 0 && (caps & (1 << 13)) == 0 && (caps & 1))) ||
        fail "without capabilities 13 and 21, with 0" out
    run "$P" --drop-caps cap_nonsense true
    expect_status 2
}

# ENTRYPOINT ["proctor", "--", "/app"] in a container: no privilege, no way to get one.
test_wrapped_as_an_ordinary_user() {
    as_nobody
    run "${nobody[@]}" ./proctor -- sh -c 'grep NoNewPrivs /proc/self/status; exit 4'
    expect_status 4
    expect out '^NoNewPrivs:\s1$'
    expect_order err '^execve\("/[a-z/]*bin/sh", \["sh", "-c", ' 'execve\("/[a-z/]*bin/grep", ' \
        'openat\(AT_FDCWD, "/proc/self/status", O_RDONLY' '^\+\+\+ exited with 4 \+\+\+$'
}

test_user_without_no_new_privs_gets_it_only_where_needed() {
    need setpriv
    run "$P" -o trace grep NoNewPrivs /proc/self/status
    if [ "$(id -u)" = 0 ]; then
        expect out '^NoNewPrivs:\s0$'
    fi
    chmod 755 .
    cp "$P" proctor
    [ "$(id -u)" = 0 ] || skip "needs root"
    run setpriv --reuid 65534 --regid 65534 --clear-groups ./proctor -o /dev/null grep NoNewPrivs /proc/self/status
    expect_status 0
    expect out '^NoNewPrivs:\s1$'
}

test_set_user_id_program_is_warned_of_once() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    as_nobody
    cp /bin/true privileged
    chmod 4755 privileged
    if findmnt -n -o OPTIONS -T . | grep -qw nosuid; then
        skip "the file system ignores set-user-ID"
    fi
    run "${nobody[@]:0:6}" ./proctor -o /dev/null -f sh -c './privileged; ./privileged'
    expect_status 0
    expect_count err '^proctor: .*privileged.*' 1
}

test_under_another_listener() {
    run "$P" -o trace -f "$P" -o inner true
    expect_status 1
    expect err '^proctor: .*Device or resource busy' '^proctor: hint: .*already'
}

test_standard_descriptors_are_the_programs() {
    ls /proc/self/fd >plain
    run "$P" -o trace ls /proc/self/fd
    expect_status 0
    expect_same out plain
    echo input >file
    "$P" -o trace cat <file >out
    expect out '^input$'
}

# We take more descriptors than such a limit allows, and the program is not to notice.
test_limit_of_descriptors_is_the_programs() {
    local results hard
    hard=$(ulimit -Hn)
    for results in auto bpf ptrace none; do
        "$P" --results="$results" -e trace=none true 2>/dev/null || continue
        run bash -c "ulimit -Sn 12; exec '$P' --results=$results -f -o trace sh -c 'ulimit -Sn; ulimit -Hn; cat /dev/null'"
        expect_status 0
        [ "$(cat out)" = "$(printf '12\n%s' "$hard")" ] || fail "12 and $hard" out
        [ "$(awk '{ print $2; exit }' trace | cut -c1-7)" = 'execve(' ] || fail 'execve first' trace
    done
    if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then # another user's may not be set then
        run bash -c "ulimit -Sn 12; exec setpriv --bounding-set=-sys_resource sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do
            $P -f -u nobody -o trace -e trace=none sh -c \"ulimit -Sn\"; done'"
        expect_count out '^12$' 10
    fi
    # It may change it: a worker that comes later leaves it alone.
    run bash -c "ulimit -Sn 12; exec '$P' -f -o trace sh -c 'ulimit -Sn 13; kill -9 \$(pgrep -P \$PPID -x proctor | head -n 1); sleep 0.2; ulimit -Sn'"
    expect out '^13$'
}

test_too_few_descriptors_for_bpf() {
    "$P" --results=bpf -e trace=none true 2>/dev/null || skip 'bpf results do not work here'
    run bash -c "ulimit -n 30; exec '$P' --results=bpf -o trace true"
    expect_status 1
    expect err '^proctor: --results=bpf: .*descriptors.*Too many open files$'
    run bash -c "ulimit -n 30; exec '$P' -f -e trace=execve /bin/true"
    expect_status 0
    expect err '^proctor: results by ptrace.*descriptors' '^execve\(.* = 0$'
    # Whatever can't be made in the end, no child is left that waits for ever.
    local n
    for n in 5 6 7 8 9 10 11; do
        run bash -c "ulimit -n $n; exec '$P' --results=none -o trace sleep 0.01"
        [ "$status" != 124 ] || fail "an end with $n descriptors"
    done
}

test_signal_mask_and_dispositions_are_the_programs() {
    run grep -E '^Sig(Blk|Ign|Cgt):' /proc/self/status
    cp out plain
    run "$P" -o trace grep -E '^Sig(Blk|Ign|Cgt):' /proc/self/status
    expect_same out plain
}

test_io_uring_warns_and_can_be_refused() {
    need python3
    cat >ring.py <<'EOS'
import ctypes, errno, os
libc = ctypes.CDLL(None, use_errno=True)
params = ctypes.create_string_buffer(120)
fd = libc.syscall(425, 2, params)
print("ring" if fd >= 0 else errno.errorcode[ctypes.get_errno()])
EOS
    run "$P" -o trace --no-io-uring python3 ring.py
    expect_status 0
    expect out '^ENOSYS$'
    run "$P" -o trace -e trace=%file python3 ring.py
    if ! grep -q ring out; then
        skip "this kernel gives no ring ($(cat out))"
    fi
    cat trace >>err
    expect_count err '^proctor: .*io_uring|^([0-9]+ +)?proctor: .*io_uring' 1
}

run_tests
