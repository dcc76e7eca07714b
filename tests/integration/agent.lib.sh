# shellcheck shell=bash
# For test_agent*.sh: an agent, a root for containers, and the runtimes that start them.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

agent_pid=

# Starts an agent on the socket `socket` with its trace in the file `trace`; its own words go to `agent.err`.
start_agent() {
    "$P" agent --listen "$PWD/socket" -o trace "$@" 2>agent.err &
    agent_pid=$!
    trap 'kill -9 "$agent_pid" 2>/dev/null' EXIT
    # One that a dead agent left behind is not in this list. The flag is __SO_ACCEPTCON of include/uapi/linux/net.h.
    wait_until "the agent listens" grep -q " 00010000 .* $PWD/socket\$" /proc/net/unix
}

# Ends the agent, so that all of the trace is there.
stop_agent() {
    kill "$agent_pid"
    wait "$agent_pid"
    status=$?
    command_line='proctor agent'
    [ "$status" = 0 ] || fail "the agent ends with status 0" agent.err
}

# The trace has a line that jq selects.
seen() {
    [ -n "$(jq -c "select($1)" trace 2>/dev/null | head -n 1)" ]
}

# expect_seen FILTER...: jq selects a line of the trace by each.
expect_seen() {
    local filter
    for filter; do
        seen "$filter" || fail "a line that jq selects by: $filter" trace
    done
}

expect_not_seen() {
    local filter
    for filter; do
        ! seen "$filter" || fail "no line that jq selects by: $filter" trace
    done
}

need_container_root() {
    [ "$(id -u)" = 0 ] || skip 'this needs root'
    need jq busybox "$@"
}

# bundle DIRECTORY CALLS [FILTER]: a bundle whose profile notifies the calls (a JSON list of names); the filter
# changes its configuration further.
bundle() {
    mkdir -p "$1"/rootfs/{bin,tmp,etc,proc,dev,sys}
    cp "$(command -v busybox)" "$1/rootfs/bin/busybox"
    local name
    for name in sh cat ls sleep echo touch uname true kill mkdir; do
        ln -s busybox "$1/rootfs/bin/$name"
    done
    (cd "$1" && runc spec) || skip 'runc makes no configuration here'
    jq --arg socket "$PWD/socket" --argjson calls "$2" '.process.terminal = false
        | .root.readonly = false
        | .annotations = {"io.kubernetes.cri.sandbox-name": "web-1", "org.example.team": "blue"}
        | .linux.seccomp = {
            defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
            listenerPath: $socket, listenerMetadata: "of the test",
            syscalls: [{names: $calls, action: "SCMP_ACT_NOTIFY"}]}
        | '"${3:-.}" "$1/config.json" >changed || fail 'jq changes the configuration' changed
    mv changed "$1/config.json"
}

# runtime NAME ARGS...: the runtime's command line in the array `runtime`. crun 1.8 refuses the hybrid mode of
# cgroups: it gets a mount namespace without the unified hierarchy, where there is one.
runtime() {
    local name=$1
    shift
    runtime=("$name" "$@")
    if [ "$name" = crun ] && mountpoint -q /sys/fs/cgroup/unified; then
        # shellcheck disable=SC2016,SC2034 # for the inner shell; for the tests
        runtime=(unshare -m sh -c 'umount -l /sys/fs/cgroup/unified && exec "$@"' sh crun "$@")
    fi
}
