#!/bin/bash
# Rules and profiles held against real programs: alerts, audit, enforcement, and bad files.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

falco=$source_dir/tests/data/falco_rules.yaml
moby=$source_dir/tests/data/moby-default-seccomp.json

# rule NAME CONDITION [KEY...]: appends a rule to rules.yaml.
rule() {
    local key
    printf -- '- rule: %s\n  desc: d\n  condition: %s\n  priority: WARNING\n' "$1" "$2" >>rules.yaml
    shift 2
    for key in 'output: by %proc.name file=%fd.name' "$@"; do
        printf '  %s\n' "$key" >>rules.yaml
    done
}

# alerts RULES CMD...: runs a command with its alerts, as JSON, in the file alerts.
alerts() {
    local rules=$1
    shift
    run "$P" --json --policy "$rules" --alerts alerts "$@"
}

expect_alert() {
    jq -r .rule alerts 2>/dev/null | grep -qxF "$1" || fail "an alert of the rule: $1" alerts
}

test_reads_shadow() {
    [ -r /etc/shadow ] || skip "needs to read /etc/shadow"
    alerts "$falco" cat /etc/shadow
    expect_status 0
    expect_alert 'Read sensitive file untrusted'
    [ "$(jq -r '.output_fields["fd.name"], .output_fields["proc.cmdline"]' alerts)" = '/etc/shadow
cat /etc/shadow' ] || fail "the file and the command line" alerts
    rm alerts
    alerts "$falco" cat /etc/passwd
    expect_status 0
    [ ! -s alerts ] || fail "no alert for /etc/passwd" alerts
}

test_real_actions() {
    mkdir -p d/.aws
    alerts "$falco" sh -c 'ln -s /etc/shadow link; find . -name id_rsa; : >auth.log; grep aws_secret_access_key /dev/null'
    expect_alert 'Create Symlink Over Sensitive Files'
    expect_alert 'Search Private Keys or Passwords'
    expect_alert 'Clear Log Activities'
    expect_alert 'Find AWS Credentials'
}

test_runs_from_memory() {
    need python3
    alerts "$falco" python3 -c '
import os
fd = os.memfd_create("x")
os.write(fd, open("/bin/true", "rb").read())
os.execv("/proc/self/fd/%d" % fd, ["x"])'
    expect_status 0
    expect_alert 'Fileless execution via memfd_create'
}

test_runs_from_dev_shm() {
    [ -w /dev/shm ] || skip "needs to write /dev/shm"
    local copy=/dev/shm/proctor-test.$$
    cp /bin/true "$copy"
    alerts "$falco" "$copy"
    rm -f "$copy"
    expect_alert 'Execution from /dev/shm'
}

test_search_along_a_path_raises_nothing() {
    rule run 'evt.type=execve and evt.res=SUCCESS'
    run env PATH=/nowhere:/nothing:/bin:/usr/bin "$P" --policy rules.yaml sh -c 'true; env true'
    expect_status 0
    expect_no err 'nowhere|nothing'
    expect_count err 'Warning by (sh|env|true) ' 3
}

test_audit_denies_nothing() {
    rule secret 'evt.type in (open, openat) and fd.filename=secret' 'action: deny' 'errno: EACCES'
    echo content >secret
    run "$P" --policy rules.yaml cat secret
    expect_status 0
    expect_text out content
    expect_text err "by cat file=$PWD/secret (would be denied: EACCES)"
}

test_rules_see_what_is_not_shown() {
    local qualifier
    rule secret 'evt.type in (open, openat) and fd.filename=secret' 'action: deny' 'errno: EACCES'
    echo content >secret
    for qualifier in raw=openat verbose=none; do
        run "$P" --mode=enforce --policy rules.yaml -e trace=openat -e "$qualifier" cat secret
        expect_status 1
        expect_text err "by cat file=$PWD/secret (denied: EACCES)"
    done
    run "$P" -o trace -P "$PWD/secret" -e trace=openat -e raw=openat cat "$PWD/secret"
    expect_count trace '^openat\(0x' 1
}

test_audit_summary() {
    rule secret 'evt.type in (open, openat) and fd.filename=secret' 'action: deny' 'errno: EACCES'
    echo content >secret
    run "$P" --policy rules.yaml cat secret secret secret
    expect_order err '^What would have been denied:$' \
        "^ +3  openat +EACCES +by secret; first: \\[pid [0-9]+, cat\\] openat\\(AT_FDCWD, \"secret\", O_RDONLY\\)$"
    run "$P" --policy rules.yaml true
    [ ! -s err ] || fail "nothing to say" err
}

test_unreadable_path_is_denied() {
    need python3
    rule secret 'evt.type=openat and fd.filename=secret' 'action: deny'
    run "$P" --mode=enforce --results=none -e trace=openat -o trace --policy rules.yaml python3 -c '
import ctypes
ctypes.CDLL(None).openat(-100, ctypes.c_void_p(4096), 0)'
    expect_status 0
    expect trace 'openat\(AT_FDCWD, 0x1000, O_RDONLY\) += -1 EFAULT'
}

test_enforce_denies() {
    rule secret 'evt.type in (open, openat) and fd.filename=secret' 'action: deny' 'errno: EXDEV'
    echo content >secret
    echo other >plain
    run "$P" --mode=enforce -e trace=openat -o trace --alerts alerts --policy rules.yaml cat secret plain
    expect_status 1
    expect_text out other
    expect_text err 'Invalid cross-device link'
    expect_no out content
    expect trace 'openat\(AT_FDCWD, "secret", O_RDONLY\) += -1 EXDEV'
    expect_text alerts '(denied: EXDEV)'
}

test_allow_comes_first() {
    rule fine 'evt.type=openat and fd.name endswith /a/secret' 'action: allow'
    rule secret 'evt.type=openat and fd.filename=secret' 'action: deny'
    mkdir a b
    echo a >a/secret
    echo b >b/secret
    run "$P" --mode=enforce --policy rules.yaml cat a/secret b/secret
    [ "$(cat out)" = a ] || fail "only the first" out
}

test_profile() {
    need unshare
    run "$P" --policy "$moby" --alerts alerts unshare -U true
    expect alerts 'profile would deny EPERM: \[pid [0-9]+\] unshare\(CLONE_NEWUSER\)'
    run "$P" --mode=enforce --policy "$moby" unshare -U true
    expect_status 1
    expect_text err 'Operation not permitted'
    expect_no err profile # the kernel denies by itself
    run "$P" --mode=enforce --log-denied --policy "$moby" unshare -U true
    expect_status 1
    expect err 'profile denies EPERM: \[pid [0-9]+\] unshare\(CLONE_NEWUSER\)' 'What was denied:'
}

test_check() {
    run "$P" check "$falco" "$moby"
    expect_status 0
    expect_count out '^(ok|partly) ' 25
    expect out '^partly +Clear Log Activities: known only under proctor agent: container.image.repository$' \
        '^ +alert on open\(flags\), openat\(flags\), openat2$' '^ +alert on socket\(family\)$' \
        '^ +alert on ptrace\(request\)$' \
        '^profile +lets [0-9]+ calls pass, denies [0-9]+, 3 by their arguments: socket, clone, personality$' \
        '^ +what it does not name: SCMP_ACT_ERRNO EPERM, above [0-9]+: ENOSYS$'
    expect out "rule 'Contact K8S API Server From Container' uses what is never known here: fd.sip.name"
}

test_bad_files() {
    rule bad 'proc.nmae=x'
    run "$P" check rules.yaml
    expect_status 2
    expect err '^proctor: rules.yaml:3:14: there is no field .proc.nmae.$' '^ {15}\^$'
    run "$P" --policy rules.yaml true
    expect_status 2
    head -c 10000 /bin/true >binary
    run "$P" check binary
    expect_status 2
    expect err '^proctor: binary:1:1: byte 0x7f: this is not a text file'
    run "$P" check missing
    expect_status 2
    expect err '^proctor: missing: No such file or directory$'
}

# refused TEXT LINE: `check` refuses the text with one line like this one, and the hint.
refused() {
    printf '%b' "$1" >bad
    run "$P" check bad
    expect_status 2
    expect err "^proctor: bad:$2\$"
    expect_count err '^proctor: ' "$(grep -c '^proctor: hint' err | awk '{print $1 + 1}')"
}

test_more_bad_files() {
    refused '- macro: a\n  condition: b\n- macro: b\n  condition: a\n- rule: r\n  desc: d\n  condition: a\n  output: o\n  priority: INFO\n' \
        "4:14: the macro 'a' contains itself"
    refused '- rule: r\n  desc: d\n  condition: fd.num=x\n  output: o\n  priority: INFO\n' \
        "3:21: 'x' is not a number, and 'fd.num' needs one"
    refused '- rule: [r]\n' "1:10: 'rule' must be a string"
    refused '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":"x","action":"SCMP_ACT_LOG"}]}' \
        "1:57: 'names' must be a list"
    refused '{"defaultAction":["a"]}' "1:[0-9]+: an action must be a string"
    head -c 3000 /dev/urandom >bad
    run "$P" check bad
    expect_status 2
    expect_count err '^proctor: bad:[0-9]+:[0-9]+: ' 1
    { echo '- list: l' && echo '  items:' && yes '  - an-item' | head -n 1000000; } >bad
    [ "$(stat -c %s bad)" -gt 10000000 ] || fail 'ten megabytes'
    run "$P" check bad
    expect_status 2
    expect err '^proctor: bad: larger than 8 MiB, which no rule file is$'
    { echo '- list: l' && echo '  items:' && yes '  - item' | head -n 300000; } >bad
    run "$P" check bad
    expect_status 2
    expect err '^proctor: bad:[0-9]+:[0-9]+: .*too many items'
}

run_tests
