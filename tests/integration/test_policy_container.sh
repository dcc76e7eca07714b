#!/bin/bash
# Falco's stable rules about containers, in one that runc starts and the agent serves: it does what they are about.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"
# shellcheck source=fired.lib.sh
. "$(dirname "$0")/fired.lib.sh"

falco=$source_dir/tests/data/falco_rules.yaml
id=$(basename "$(mktemp -u proctor-XXXXXX)")
calls='["execve", "execveat", "open", "openat", "openat2", "connect", "socket", "sendto", "sendmsg", "dup", "dup2", "dup3",
    "init_module", "finit_module", "symlink", "link", "ptrace"]'

# make SCRIPT [FILTER]: a bundle that runs a script; the filter changes its configuration further.
make_bundle() {
    need_container_root runc
    local name
    bundle b "$calls" "${2:-.}"
    for name in nc arping insmod debugfs cp; do
        ln -sf busybox "b/rootfs/bin/$name"
    done
    jq --arg script "$1" '.process.args = ["sh", "-c", $script]' b/config.json >changed && mv changed b/config.json
}

# under_rules COMMAND...: runs the container; the names of the rules that matched in the file fired.
under_rules() {
    start_agent --policy "$falco" --json --alerts alerts -e trace=none
    run "$@"
    stop_agent
    jq -r .rule alerts >fired
}

container() {
    make_bundle "$@"
    under_rules runc run -b b "$id"
}

# All capabilities that there are here, as --privileged gives them.
every_capability() {
    local all mask i
    mask=0x$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/1/status)
    all=$(for ((i = 0; i < 64; i++)); do echo "$((mask >> i & 1))"; done |
        paste -d' ' - <(grep -oE '"CAP_[A-Z_]+"' "$source_dir/policy/capability.c") | sed -n 's/^1 //p' | jq -cs .)
    echo ".process.capabilities |= (.bounding = $all | .effective = $all | .permitted = $all)"
}

test_network() {
    container '/bin/nc -l -p 4444 -e cat & sleep 0.3; echo hello | nc -w 2 127.0.0.1 4444; arping -c 1 127.0.0.1; wait'
    expect out '^hello$'
    expect_fired 'Netcat Remote Code Execution in Container' 'Packet socket created in container' \
        'Redirect STDOUT/STDIN to Network Connection in Container'
    jq -r 'select(.rule | test("^Redirect")).output_fields["fd.name"]' alerts >name
    expect name '^127\.0\.0\.1:[0-9]+->127\.0\.0\.1:4444$'
}

test_escapes() {
    container 'echo junk >/tmp/x.ko; /bin/insmod /tmp/x.ko; echo x >/tmp/release_agent; /bin/debugfs; true' "$(every_capability)"
    expect_fired 'Linux Kernel Module Injection Detected' 'Detect release_agent File Container Escapes' \
        'Debugfs Launched in Privileged Container'
}

test_escapes_without_capabilities() {
    container '/bin/insmod /tmp/x.ko; echo x >/tmp/release_agent; /bin/debugfs; /bin/nc -h -e; true'
    expect_fired 'Netcat Remote Code Execution in Container'
    expect_not_fired 'Linux Kernel Module Injection Detected' 'Detect release_agent File Container Escapes' \
        'Debugfs Launched in Privileged Container'
}

# The bundle's root is the lower layer; what the container writes goes to the upper one.
test_new_program() {
    make_bundle 'cp /bin/busybox /tmp/sh; /tmp/sh -c "exec true"; /bin/nc -h -e'
    mkdir upper work merged
    mount -t overlay overlay -o "lowerdir=b/rootfs,upperdir=$PWD/upper,workdir=work" merged 2>/dev/null ||
        skip 'no overlay can be mounted here'
    jq --arg root "$PWD/merged" '.root.path = $root' b/config.json >changed && mv changed b/config.json
    under_rules runc run -b b "$id"
    umount merged
    expect_fired 'Drop and execute new binary in container'
    [ "$(jq -r 'select(.rule | test("^Drop")).output_fields["proc.exepath"]' alerts)" = /tmp/sh ] ||
        fail 'only the program that was dropped' alerts
}

test_terminal_shell() {
    need script
    make_bundle 'true' '.process.terminal = true'
    under_rules script -qec "runc run -b b $id" /dev/null
    expect_fired 'Terminal shell in container'
    rm -r b alerts
    make_bundle true
    under_rules runc run -b b "$id"
    expect_not_fired 'Terminal shell in container'
}

run_tests
