#!/bin/bash
# What of a policy the kernel carries out: profiles as filters of their own, beside the one that notifies, and
# compared with the one that a runtime makes of the same profile.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

moby=$source_dir/tests/data/moby-default-seccomp.json

# profile DEFAULT RULE...: profile.json. A rule is "ACTION NAME...".
profile() {
    local default=$1 rule
    shift
    for rule; do
        # shellcheck disable=SC2086 # words
        jq -n '{action: ("SCMP_ACT_" + $ARGS.positional[0]), names: $ARGS.positional[1:]}' --args $rule
    done | jq -s --arg default "SCMP_ACT_$default" '{defaultAction: $default, syscalls: .,
        architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]}' >profile.json
}

# A call that is traced and denied is shown with the error it got, whoever gives results; one that is not traced
# costs nothing and is denied as well.
test_denied_calls_are_seen_where_they_are_traced() {
    need jq
    profile ALLOW 'ERRNO mkdir rmdir'
    run "$P" --results=none --mode=enforce --policy profile.json -o trace -e trace=mkdir,openat mkdir made
    expect_status 1
    expect err 'cannot create directory .made.: Operation not permitted' 'profile denies EPERM: .* mkdir\("made"'
    expect trace 'mkdir\("made", 0777\) += -1 EPERM \(Operation not permitted\)'
    run "$P" --mode=enforce --policy profile.json -o trace -e trace=mkdir mkdir made
    expect trace 'mkdir\("made", 0777\) += -1 EPERM \(Operation not permitted\)'
    mkdir there
    run "$P" --mode=enforce --policy profile.json -o trace -e trace=mkdir rmdir there
    expect_status 1
    expect_no trace rmdir
    expect_no err profile
}

test_results_by_ptrace() {
    need jq
    profile ALLOW 'ERRNO mkdir' 'KILL_PROCESS rmdir'
    run "$P" --results=ptrace --mode=enforce --policy profile.json -o trace -e trace=mkdir mkdir made
    expect_status 1
    expect trace 'mkdir\("made", 0777\) += -1 EPERM \(Operation not permitted\)'
    run "$P" --results=ptrace --mode=enforce --policy profile.json mkdir made
    expect_status 1
    expect_text err 'Operation not permitted'
    run "$P" --results=ptrace --mode=enforce --policy profile.json rmdir none
    expect_status 159
}

# The kernel kills by SIGSYS, also where the call is traced.
test_kill_is_the_kernels() {
    need jq
    profile ALLOW 'KILL_PROCESS mkdir'
    run "$P" --mode=enforce --policy profile.json -o trace -e trace=mkdir mkdir made
    expect_status 159
    expect trace '\+\+\+ killed by SIGSYS'
    [ ! -d made ] || fail 'nothing was made'
}

# Trap: the program gets SIGSYS and may handle it.
test_trap_is_the_programs() {
    need jq python3
    profile ALLOW 'TRAP mkdir'
    run "$P" --mode=enforce --policy profile.json python3 -c '
import os, signal
signal.signal(signal.SIGSYS, lambda *_: os.write(1, b"caught"))
try:
    os.mkdir("made")
except OSError:
    pass'
    expect_status 0
    expect_text out caught
}

# No call of ours between the filter and the program: an allow-list holds just what the program needs.
test_allow_list() {
    need jq
    profile ERRNO 'ALLOW execve brk mmap munmap mprotect access openat read pread64 close fstat newfstatat arch_prctl
        set_tid_address set_robust_list rseq prlimit64 getrandom exit_group write futex readlink'
    run "$P" --mode=enforce --policy profile.json --chdir / echo text
    expect_status 0
    expect_text out text
    profile ERRNO 'ALLOW read exit_group'
    run "$P" --mode=enforce --policy profile.json echo text
    expect_status 1
    expect err "can't run '.*/echo': execve: Operation not permitted"
}

# Without CAP_SYS_ADMIN after -u, the profile's filter is installed before it.
test_profile_and_another_user() {
    need jq id
    [ "$(id -u)" = 0 ] || skip 'needs root'
    profile ALLOW 'ERRNO mkdir'
    chmod 777 .
    run "$P" --mode=enforce --policy profile.json -u nobody sh -c 'id -un; mkdir made'
    expect_status 1
    expect_text out nobody
    expect_text err 'Operation not permitted'
    run "$P" --mode=enforce --policy profile.json --drop-caps all mkdir made
    expect_status 1
    expect_text err 'Operation not permitted'
}

# An ordinary user gets no_new_privs, and both filters.
test_ordinary_user() {
    need jq setpriv
    [ "$(id -u)" = 0 ] || skip 'needs root, to be somebody else'
    profile ALLOW 'ERRNO mkdir'
    chmod -R a+rwX .
    run setpriv --reuid=65534 --regid=65534 --clear-groups "$P" --mode=enforce --policy profile.json mkdir made
    expect_status 1
    expect_text err 'Operation not permitted'
}

test_audit_notifies_only_what_would_be_denied() {
    need jq
    run "$P" --policy "$moby" --results=none -e trace=none -o trace --alerts alerts sh -c 'echo text; true | cat'
    expect_status 0
    [ ! -s alerts ] || fail 'nothing would be denied' alerts
}

# i386 by the number that stands for many calls.
test_socketcall() {
    need jq
    run "$programs/multiplex"
    grep -q '^socket [0-9]* connect 0$' out || skip 'no 32-bit calls here'
    profile ALLOW 'ERRNO connect'
    run "$P" --policy profile.json --alerts alerts "$programs/multiplex"
    expect out 'socket [0-9]+ connect 0'
    expect_count alerts 'would deny EPERM: \[pid [0-9]+\] connect\([0-9]+, \{sa_family=AF_INET, sin_port=htons\(9\)' 1
    expect_count alerts 'would deny' 1
    run "$P" --mode=enforce --policy profile.json "$programs/multiplex"
    expect out 'socket [0-9]+ connect -1'
    run "$P" --mode=enforce --policy profile.json -e trace=connect -o trace "$programs/multiplex"
    expect out 'socket [0-9]+ connect -1'
    expect trace 'connect\([0-9]+, \{sa_family=AF_INET, sin_port=htons\(9\).* = -1 EPERM'
    printf '%s\n' '- rule: connects' '  desc: d' '  condition: evt.type=connect and fd.sport=9' \
        '  output: to %fd.name' '  priority: INFO' >rules.yaml
    run "$P" --policy rules.yaml --alerts alerts2 "$programs/multiplex"
    expect_count alerts2 'Informational to 127.0.0.1:9' 1
}

# rule NAME CONDITION [KEY...]: appends a rule to rules.yaml.
rule() {
    printf -- '- rule: %s\n  desc: d\n  condition: %s\n  output: by %%proc.name %%evt.args\n  priority: INFO\n' "$1" "$2" >>rules.yaml
    shift 2
    printf '  %s\n' "$@" >>rules.yaml
}

# A rule that registers decide is the kernel's: denied without an alert, unless somebody wants to see it.
test_rules_in_the_kernel() {
    need python3
    rule 'no packets' 'evt.type=socket and evt.arg.domain=AF_PACKET' 'action: deny' 'errno: EXDEV'
    cat >sockets.py <<'END'
import socket
socket.socket(socket.AF_INET).close()
try:
    socket.socket(socket.AF_PACKET)
except OSError as e:
    print(e.errno)
END
    run "$P" --mode=enforce --policy rules.yaml python3 sockets.py
    expect_status 0
    [ "$(cat out)" = 18 ] || fail 'EXDEV' out
    [ ! -s err ] || fail 'no alert' err
    for option in --log-denied '-e trace=socket -o trace'; do
        # shellcheck disable=SC2086 # words
        run "$P" --mode=enforce $option --policy rules.yaml python3 sockets.py
        [ "$(cat out)" = 18 ] || fail 'EXDEV' out
        expect_count err 'by python3.* \(denied: EXDEV\)' 1
    done
    rule 'looks' 'evt.type=socket and proc.name=python3 and evt.arg.domain=AF_PACKET' 'tags: [t]'
    run "$P" --mode=enforce --policy rules.yaml python3 sockets.py
    expect_count err 'by python3' 2
}

test_rule_kills_in_the_kernel() {
    rule 'no link' 'evt.type in (symlink, symlinkat)' 'action: kill'
    run "$P" --mode=enforce --policy rules.yaml ln -s a b
    expect_status 159
    [ ! -L b ] || fail 'nothing was made'
}

# Only what may match is notified; exits of the others that are recorded are nobody's.
test_only_registers_that_matter_are_notified() {
    need python3 strace
    rule 'writes' 'evt.type=openat and evt.is_open_write=true and evt.rawres>=0 and fd.filename startswith made'
    cat >opens.py <<'END'
import os
for i in range(200):
    os.close(os.open("/dev/null", os.O_RDONLY))
    if i % 50 == 0:
        os.close(os.open("made%d" % i, os.O_WRONLY | os.O_CREAT))
END
    for source in none bpf ptrace; do
        run "$P" --results="$source" --policy rules.yaml --alerts "alerts.$source" python3 opens.py
        grep -q -e '^proctor: .*results=' err && continue
        expect_status 0
        expect_count "alerts.$source" 'by python3 .*filename=made[0-9]+ flags=O_WRONLY.O_CREAT' 4
    done
    run strace -f -e trace=ioctl -o calls "$P" --results=none --policy rules.yaml python3 opens.py
    local received
    received=$(grep -c NOTIF_RECV calls)
    { [ "$received" -gt 3 ] && [ "$received" -lt 60 ]; } || fail 'the calls that write are notified, far fewer than 200' calls
}

# compare PROFILE: runs a container under a profile and compares its filter with ours. The file is a
# configuration, and its architecture map and conditions have no meaning to runc: what is compared is plain.
compare() {
    need_container_root runc
    local id pid
    id=$(basename "$(mktemp -u proctor-XXXXXX)")
    jq '{linux: {seccomp: .}}' "$1" >oci.json
    bundle b '[]' '.process.args = ["sleep", "1000"]'
    jq --slurpfile p oci.json '.linux.seccomp = $p[0].linux.seccomp' b/config.json >changed
    mv changed b/config.json
    runc run -d -b b "$id" </dev/null >runc.out 2>&1 || fail 'runc starts the container' runc.out
    pid=$(runc state "$id" | jq .pid)
    run env OCI_PID="$pid" OCI_PROFILE=oci.json "$BUILD/tests/unit/test_filter_oci"
    runc delete -f "$id" || fail 'runc ends the container'
    expect_status 0
    expect out '^compared [1-9][0-9]* filters, [0-9]+ instructions$' '^100%: Checks: 1, Failures: 0, Errors: 0$'
}

# Docker's default as the engine hands it to the runtime: its conditions resolved.
test_runc_makes_the_same_of_dockers_default() {
    need jq
    jq 'def without: ["CAP_SYS_ADMIN", "CAP_BPF", "CAP_SYS_PTRACE", "CAP_SYSLOG", "CAP_DAC_READ_SEARCH",
            "CAP_SYS_BOOT", "CAP_SYS_MODULE", "CAP_SYS_PACCT", "CAP_SYS_RAWIO", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG",
            "CAP_SYS_NICE", "CAP_PERFMON"];
        .architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"] | del(.archMap)
        | .syscalls |= [.[] | select((.includes.arches // ["amd64"]) | index("amd64"))
            | select((.excludes.arches // []) | index("amd64") | not)
            | select((.includes.caps // []) - without == (.includes.caps // []))
            | del(.includes, .excludes, .comment)]' "$moby" >docker.json
    compare docker.json
}

test_runc_makes_the_same_of_a_plain_profile() {
    need jq
    profile ALLOW 'ERRNO mount umount2' 'KILL_PROCESS reboot'
    jq '.syscalls += [{names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 97,
            args: [{index: 0, value: 38, op: "SCMP_CMP_EQ"}]},
        {names: ["clone"], action: "SCMP_ACT_ERRNO",
            args: [{index: 0, value: 2114060288, valueTwo: 268435456, op: "SCMP_CMP_MASKED_EQ"}]},
        {names: ["dup2"], action: "SCMP_ACT_LOG", args: [{index: 1, value: 100, op: "SCMP_CMP_GT"}]},
        {names: ["connect", "shmat"], action: "SCMP_ACT_TRAP"}]' profile.json >plain.json
    compare plain.json
}

run_tests
