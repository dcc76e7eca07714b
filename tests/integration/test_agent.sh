#!/bin/bash
# The agent with real runtimes. Containers are named after the test's directory: others may run.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

id=$(basename "$(mktemp -u proctor-XXXXXX)")

# trace_of RUNTIME: a container from its first instruction to its end.
trace_of() {
    need_container_root runc "$1"
    bundle b '["execve", "openat", "open", "uname", "newfstatat", "clone", "vfork", "fork", "exit_group"]' \
        '.process.args = ["sh", "-c", "cat /etc/none; cd /tmp; touch made; uname -a"]'
    start_agent -s 64
    runtime "$1" run -b b "$id"
    run "${runtime[@]}"
    expect_status 0
    expect out '^Linux '
    wait_until 'the end of the container is in the trace' seen '.type == "exit" and .vpid == 1'
    stop_agent
    [ "$(jq -r '.container.id' trace | sort -u)" = "$id" ] || fail 'every line has the container' trace
    [ "$(head -n 1 trace | jq -r '.syscall, .path, .args[1].value[0]' | xargs)" = 'execve /bin/sh sh' ] ||
        fail "the first line is the container's own execve" trace
    expect_seen ".container.bundle == \"$PWD/b\"" '.container.metadata == "of the test"' \
        '.container.annotations["org.example.team"] == "blue"' '.container.pod == "web-1"' \
        '.syscall == "openat" and .path == "/etc/none" and .comm == "cat" and .pid != .vpid' \
        '(.syscall == "openat" or .syscall == "open") and .path == "/tmp/made"' \
        '.type == "exit" and .vpid == 1 and .pid == .container.pid'
    expect_not_seen '.syscall == "execve" and (.comm | test("runc|crun")) and .path != "/bin/sh"'
}

test_runc_from_the_first_instruction() {
    trace_of runc
}

test_crun_from_the_first_instruction() {
    trace_of crun
}

run_tests
