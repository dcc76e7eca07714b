#!/bin/bash
# --view=profile, systemd, rules: what was seen, in the languages of those who enforce it; and they do.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

# learn VIEW FILE CMD...
learn() {
    local view=$1 file=$2
    shift 2
    run "$P" --view="$view" -o "$file" "$@"
    expect_status 0
}

test_profile_lets_the_program_run() {
    need jq
    echo content >file
    learn profile profile.json cat file
    jq -e '.defaultAction == "SCMP_ACT_ERRNO" and .architectures == ["SCMP_ARCH_X86_64"]
        and (.syscalls[0].names | index("openat") and index("exit_group") and (index("mkdir") | not) and . == sort)' \
        profile.json >/dev/null || fail "a profile of what was seen" profile.json
    run "$P" check profile.json
    expect_status 0
    run "$P" --mode=enforce --policy profile.json cat file
    expect_status 0
    expect_text out content
    run "$P" --mode=enforce --policy profile.json mkdir directory
    expect_status 1
    [ ! -e directory ] || fail "mkdir is denied" err
    run "$P" --policy profile.json mkdir directory
    expect err '^ +1  mkdir +EPERM +by the profile; first: \[pid [0-9]+, mkdir\] mkdir\("directory", 0777\)$'
}

test_profile_of_32_bits() {
    [ -x "$programs/int80" ] || skip "no compiler for 32 bits"
    need jq
    run "$P" --view=profile -o profile.json "$programs/int80"
    jq -e '.architectures | index("SCMP_ARCH_X86")' profile.json >/dev/null || fail "the ABI is named" profile.json
    "$programs/int80" >want 2>&1
    run "$P" --mode=enforce --policy profile.json "$programs/int80"
    expect_same want out
}

# What runc and crun do before the program starts is allowed, too, with and without no_new_privs.
test_profile_in_a_container() {
    local name privileges
    need_container_root runc
    bundle box '["openat"]'
    learn profile profile.json chroot box/rootfs /bin/sh -c 'echo hello; cat /bin/busybox >/dev/null'
    for name in runc crun; do
        command -v "$name" >/dev/null || continue
        for privileges in true false; do
            jq --slurpfile profile profile.json --argjson nnp "$privileges" '.linux.seccomp = $profile[0]
                | .process.noNewPrivileges = $nnp | .process.args = ["/bin/sh", "-c", "echo hello; mkdir /tmp/a || echo denied"]' \
                box/config.json >changed
            cp changed box/config.json
            runtime "$name" run --bundle box "learn-$$-$name-$privileges"
            run "${runtime[@]}"
            expect_status 0
            [ "$(cat out)" = 'hello
denied' ] || fail "$name: the program runs under the profile, and mkdir is denied (noNewPrivileges=$privileges)"
        done
    done
}

test_systemd() {
    need systemd-analyze
    learn systemd 10-calls.conf cat /dev/null
    expect 10-calls.conf '^\[Service\]$' '^SystemCallArchitectures=x86-64$' '^SystemCallFilter=access ' \
        '^SystemCallErrorNumber=EPERM$'
    expect_no 10-calls.conf mkdir '^.{121}'
    mkdir -p units/test.service.d
    printf '[Service]\nExecStart=/bin/cat /dev/null\n' >units/test.service
    cp 10-calls.conf units/test.service.d
    run systemd-analyze verify --man=no "$PWD/units/test.service"
    expect_status 0
    expect_no err 'SystemCall'
    echo 'SystemCallFilter=nosuchcall' >>units/test.service.d/10-calls.conf # so it is read
    run systemd-analyze verify --man=no "$PWD/units/test.service"
    expect err 'nosuchcall'
}

test_rules() {
    need python3
    echo content >file
    cat >job.sh <<'EOS'
echo more >>file
cat file
python3 -c 'import socket; socket.socket().connect_ex(("127.0.0.1", 1))'
EOS
    learn rules rules.yaml sh job.sh
    run "$P" check rules.yaml
    expect_status 0
    expect_no out '^(partly|unusable)'
    run "$P" --policy rules.yaml sh job.sh
    expect_status 0
    [ ! -s err ] || fail "nothing to say of the same again"
    mkdir elsewhere
    run "$P" --policy rules.yaml sh -c 'id; echo x >elsewhere/file; cat file'
    expect err 'Warning another program \(program=[a-z/]*/id ' "Warning another directory \\(file=$PWD/elsewhere/file"
    expect_no err 'program=[a-z/]*/cat'
    run "$P" --policy rules.yaml python3 -c 'import socket; socket.socket().connect_ex(("127.0.0.1", 2))'
    expect err 'Warning another port \(connection=.*127.0.0.1:2'
    run "$P" --policy rules.yaml sh -c 'umask 022; ulimit -n 100; trap "" USR1'
    expect err 'Warning another call \(call=umask command=sh -c'
}

test_strange_names() {
    cp "$(command -v cat)" "a \"b' #%c"
    learn rules rules.yaml "./a \"b' #%c" /dev/null
    run "$P" check rules.yaml
    expect_status 0
    run "$P" --policy rules.yaml "./a \"b' #%c" /dev/null
    [ ! -s err ] || fail "the name is the same"
}

test_what_makes_no_profile() {
    local options
    for options in '-e trace=file' '-P /' -c --json -z --explain; do
        # shellcheck disable=SC2086 # several words
        run "$P" --view=profile $options true
        expect_status 2
        expect err '^proctor: --view: a profile '
    done
    run "$P" --view=nonsense true
    expect_status 2
    expect err 'profile'
}

run_tests
