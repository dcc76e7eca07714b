#!/bin/bash
# proctor as the entry point of a container: an ordinary user, no capability, Docker's default profile.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

id=$(basename "$(mktemp -u proctor-XXXXXX)")

# Docker's profile for a container without any capability, as the OCI runtime specification has profiles.
default_profile() {
    jq '{defaultAction, defaultErrnoRet, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
         syscalls: [.syscalls[] | select((.includes.caps // []) == [])
             | select((.includes.arches // ["amd64"]) | index("amd64"))
             | {names, action, args: (.args // []), errnoRet} | with_entries(select(.value != null))]}' \
        "$source_dir/tests/data/moby-default-seccomp.json"
}

# install_files ROOT FILE...: programs with the libraries they need, at the same paths.
install_files() {
    local root=$1 file
    shift
    for file; do
        { echo "$file"; ldd "$file" 2>/dev/null | grep -o '/[^ ]*'; } | while read -r needed; do
            install -D "$needed" "$root$needed"
        done
    done
}

# wrapped OPTIONS...: runs a shell script under proctor in a container, with these options.
wrapped() {
    local arguments
    bundle b '[]' .
    install_files b/rootfs "$(readlink -f "$P")"
    install -D "$P" b/rootfs/usr/bin/proctor
    default_profile >profile.json
    chmod 1777 b/rootfs/tmp
    chmod -R a+rX b/rootfs
    # shellcheck disable=SC2016 # for the container's shell
    arguments=$(printf '%s\0' /usr/bin/proctor "$@" -- sh -c 'cat /etc/none; : >/tmp/made; exit 7' | jq -Rsc 'split("\u0000") | map(select(. != ""))')
    jq --slurpfile profile profile.json --argjson args "$arguments" '.linux.seccomp = $profile[0]
        | .process.args = $args | .process.user = {"uid": 1000, "gid": 1000} | .process.noNewPrivileges = true
        | .process.capabilities = {bounding: [], effective: [], permitted: []}' b/config.json >changed
    mv changed b/config.json
    run runc run -b b "$id"
}

test_results_and_trace_as_an_ordinary_user() {
    need_container_root runc
    wrapped -f -o /tmp/trace
    expect_status 7
    joined b/rootfs/tmp/trace >trace
    expect trace 'execve\("/bin/sh", \["sh", "-c", .* = 0$' \
        'open(at)?\((AT_FDCWD, )?"/etc/none", O_RDONLY.*\) += -1 ENOENT \(No such file or directory\)$' \
        'open(at)?\((AT_FDCWD, )?"/tmp/made", O_WRONLY\|O_CREAT\|O_TRUNC.*, 0666\) += [0-9]+$' '\+\+\+ exited with 7 \+\+\+$'
}

test_rules_are_enforced() {
    need_container_root runc
    mkdir -p b/rootfs/etc
    cat >b/rootfs/etc/rules.yaml <<'EOS'
- rule: made in tmp
  desc: for the test
  condition: evt.type in (open, openat) and fd.name = /tmp/made
  output: "%proc.name makes %fd.name"
  priority: WARNING
  action: deny
  errno: EACCES
EOS
    wrapped --policy /etc/rules.yaml --mode=enforce --alerts /tmp/alerts
    expect err "can't create /tmp/made: Permission denied"
    expect b/rootfs/tmp/alerts 'sh makes /tmp/made'
    [ ! -e b/rootfs/tmp/made ] || fail 'it is not made'
}

test_the_answer_to_what_works_here() {
    need_container_root runc
    wrapped --features
    expect_status 0
    expect out '^listener \(.*: yes$' '^read memory .*: yes$' '^results by BPF .*: no '
    expect_no err 'proctor:'
}

run_tests
