#!/bin/bash
# Calls made on behalf of containers: in their namespaces, with no more than they may do themselves.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

id="behalf-$$"

secret_rule() {
    cat >rules.yaml <<'END'
- rule: no secrets
  desc: a test
  condition: evt.type in (open, openat, mkdir, mknod, mknodat) and fd.name startswith /etc/secret
  output: secret %fd.name
  priority: WARNING
  action: deny
  errno: EACCES
END
}

# runtime ARGS...: runs the container of this test.
container() {
    local runtime
    runtime "$@" "$id"
    run "${runtime[@]}"
}

in_a_container() {
    need_container_root "$1"
    secret_rule
    start_agent --policy rules.yaml --mode=enforce --alerts alerts
    # shellcheck disable=SC2016 # for jq and the inner shell
    bundle b '["open", "openat", "mkdir", "mknod", "mknodat"]' '.process.args = ["sh", "-c", "
        echo hi >/tmp/x; cat /tmp/x
        cat /etc/secret; ln -s /etc/secret /tmp/link; cat /tmp/link
        umask 077; mkdir /tmp/d; ls -ld /tmp/d
        cat /proc/self/comm; read line </proc/mounts && echo mounts; ls /proc/self/fd >/dev/null && echo fds
        read host </proc/sys/kernel/hostname; echo host $host
        echo x >/dev/null && echo null
        cat /etc/fuse; mknod /tmp/disk b 8 0"]
        | .process.capabilities |= map_values(. + ["CAP_MKNOD"])'
    echo s >b/rootfs/etc/secret
    mknod b/rootfs/etc/fuse c 10 229 || skip 'no devices can be made here'
    container "$1" run -b b
    stop_agent
    expect out '^hi$' '^drwx------ .* /tmp/d$' '^cat$' '^mounts$' '^fds$' '^host (runc|crun)$' '^null$'
    expect err "open '/etc/secret': Permission denied" "open '/tmp/link': Permission denied"
    # What the container's control group keeps from it, ours would not.
    expect err "open '/etc/fuse': Operation not permitted" 'mknod: /tmp/disk: Operation not permitted'
    [ ! -e /tmp/x ] || fail 'nothing outside of the container'
    expect_no agent.err 'behalf'
}

test_runc() {
    in_a_container runc
}

test_crun() {
    in_a_container crun
}

test_user_namespace() {
    need_container_root runc
    secret_rule
    start_agent --policy rules.yaml --mode=enforce --alerts alerts
    bundle b '["open", "openat", "mkdir"]' '.process.args = ["sh", "-c", "echo hi >/tmp/x; ls -ln /tmp/x; cat /etc/secret; cat /etc/outside"]
        | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}]
        | .linux.gidMappings = .linux.uidMappings | .linux.namespaces += [{type: "user"}]'
    echo s >b/rootfs/etc/secret
    echo s >b/rootfs/etc/outside
    chmod 600 b/rootfs/etc/outside
    chmod 755 . b
    chmod 777 b/rootfs/*
    container runc run -b b
    stop_agent
    expect out '^-rw-r--r-- +1 0 +0 '
    expect err "open '/etc/secret': Permission denied" "open '/etc/outside': Permission denied"
    [ "$(stat -c %u b/rootfs/tmp/x)" = 100000 ] || fail "a file of the container's root"
    expect_no agent.err 'behalf'
}

run_tests
