#!/bin/bash
# What examples/ has for the agent.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

examples=$source_dir/examples

test_units() {
    need systemd-analyze
    cp "$examples"/systemd/proctor-agent.* .
    sed -i "s,/usr/local/bin/proctor,$P,; /^Documentation=/d" proctor-agent.service
    run systemd-analyze verify "$PWD/proctor-agent.socket" "$PWD/proctor-agent.service"
    expect_status 0
    expect_no err proctor
}

test_bundle() {
    need_container_root runc
    bundle b '[]' '.process.args = ["cat", "/etc/x"]'
    jq -f "$examples/runc/seccomp.jq" b/config.json | jq --arg s "$PWD/socket" '.linux.seccomp.listenerPath = $s' >changed
    mv changed b/config.json
    start_agent -s 64
    run runc run -b b "$(basename "$PWD")"
    stop_agent
    expect_seen '.syscall == "openat" and .path == "/etc/x"'
}

# The capabilities of the unit and of the DaemonSet are enough, and are the same.
test_capabilities() {
    need_container_root runc setpriv
    local caps
    caps=$(sed -n 's/^CapabilityBoundingSet=//p' "$examples/systemd/proctor-agent.service")
    [ "$(sed -n 's/.*add: \[\(.*\)\].*/\1/p' "$examples/kubernetes/agent.yaml" | tr -d '",' | tr ' ' '\n' | sed 's/^/CAP_/' | sort)" = \
        "$(tr ' ' '\n' <<<"$caps" | sort)" ] || fail 'the same capabilities in both'
    bundle b '["execve", "openat"]' '.process.args = ["cat", "/etc/x"]'
    caps=$(tr 'A-Z ' 'a-z,' <<<"$caps" | sed 's/cap_/+/g')
    setpriv --bounding-set "-all,$caps" "$P" agent --listen "$PWD/socket" --results=bpf -o trace 2>agent.err &
    agent_pid=$!
    wait_until 'the agent listens' test -S socket
    run runc run -b b "$(basename "$PWD")"
    stop_agent
    expect_seen '.syscall == "openat" and .path == "/etc/x" and .error == "ENOENT"' '.path == "/bin/cat" and .result == 0'
}

test_kubernetes() {
    need python3 jq
    python3 -c 'import yaml' 2>/dev/null || skip "Python's yaml is not there"
    python3 -c '
import json, sys, yaml
there = sys.argv[1]
documents = list(yaml.safe_load_all(open(there + "/agent.yaml")))
profile = json.load(open(there + "/profile.json"))
maps = [d for d in documents if d["kind"] == "ConfigMap"]
assert json.loads(maps[0]["data"]["proctor.json"]) == profile, "the profile is the same in both files"
pod = yaml.safe_load(open(there + "/pod.yaml"))
wanted = pod["spec"]["securityContext"]["seccompProfile"]
assert wanted == {"type": "Localhost", "localhostProfile": "proctor.json"}
agent = [d for d in documents if d["kind"] == "DaemonSet"][0]["spec"]["template"]["spec"]["containers"][0]
assert profile["listenerPath"] in agent["command"], "the agent serves the socket of the profile"
' "$examples/kubernetes" >out 2>err || fail 'files that agree'
}

# Every line arrives as it was, and fields of it are found.
test_rsyslog() {
    need rsyslogd
    run "$P" --json -f -o proctor.jsonl -e trace=openat,execve -s 4096 cat /nonexistent "$examples/systemd/proctor-agent.service"
    {
        echo "global(workDirectory=\"$PWD\" maxMessageSize=\"256k\")"
        sed "s,/var/log/,$PWD/,g" "$examples/rsyslog/proctor.conf"
    } >conf
    run rsyslogd -N1 -f "$PWD/conf"
    expect_status 0
    timeout 30 rsyslogd -n -f "$PWD/conf" -i "$PWD/pid" >out 2>err &
    local daemon=$!
    command_line='rsyslogd on the trace'
    wait_until 'the last line arrives' cmp proctor.jsonl proctor-all.jsonl
    kill "$daemon"
    wait "$daemon"
    expect proctor-failed.log ' cat openat /nonexistent ENOENT$'
    expect_no proctor-failed.log 'execve'
}

run_tests
