#!/bin/bash
# Policies of single containers (--policy-dir), and reading them again (SIGHUP).
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

id=$(basename "$(mktemp -u proctor-XXXXXX)")

# rule FILE NAME CALL [LINE]: one rule about one call.
rule() {
    cat >"$1" <<EOS
- rule: $2
  desc: for the test
  condition: evt.type = $3
  output: $2 in %container.id
  priority: NOTICE
  ${4:-}
EOS
}

# alerted NAME N: so many alerts of this rule have come.
alerted() {
    [ "$(jq -c "select(.rule == \"$1\")" alerts 2>/dev/null | wc -l)" = "$2" ]
}

# contain METADATA ANNOTATIONS: runs `uname` and a cat in a container.
contain() {
    jq --arg m "$1" --argjson a "$2" '.linux.seccomp.listenerMetadata = $m | .annotations = $a' b/config.json >changed
    mv changed b/config.json
    run runc run -b b "$id"
}

test_each_container_has_its_own() {
    need_container_root runc
    mkdir policies
    rule default.yaml of-all uname
    rule policies/web.yaml of-web uname
    rule policies/db.yml of-db uname
    rule policies/.hidden.yaml of-hidden uname
    echo nothing >policies/README
    bundle b '["execve", "uname", "openat"]' '.process.args = ["uname", "-m"]'
    start_agent --policy default.yaml --policy-dir policies --alerts alerts -e trace=execve
    contain web '{}'
    expect_status 0
    wait_until 'an alert of the policy in the metadata' alerted of-web 1
    contain web '{"proctor.policy": "db"}'
    wait_until 'the annotation is stronger' alerted of-db 1
    contain 'of the test' '{}'
    wait_until 'who names none has that of all' alerted of-all 1
    contain '' '{"proctor.policy": "none"}'
    expect_status 0
    wait_until 'a policy that is not there is that of all, in audit mode' alerted of-all 2
    stop_agent
    if ! alerted of-web 1 || ! alerted of-db 1 || ! alerted of-hidden 0; then
        fail 'one alert each' alerts
    fi
    expect agent.err '^proctor: agent: a container.s annotation proctor\.policy: there is no such policy in policies$'
}

test_a_policy_that_is_not_there_is_not_enforced_around() {
    need_container_root runc
    mkdir policies
    rule policies/web.yaml of-web uname 'action: deny'
    bundle b '["uname"]' '.process.args = ["uname", "-m"]'
    start_agent --policy-dir policies --alerts alerts --mode=enforce
    contain web '{}'
    expect_no out "$(uname -m)"
    wait_until 'an alert' alerted of-web 1
    contain '' '{"proctor.policy": "missing"}'
    expect_no out "$(uname -m)"
    wait_until 'a line says why' grep -q 'refused: annotation proctor.policy: there is no such policy' agent.err
    stop_agent
}

# A container that lives through the reload is judged by the new rules, and by the old ones where the new are wrong.
test_reload() {
    need_container_root runc
    mkdir policies
    rule policies/web.yaml before uname
    rule default.yaml of-all getpid
    bundle b '["uname"]' '.linux.seccomp.listenerMetadata = "web"
        | .process.args = ["sh", "-c", "while :; do uname >/dev/null; sleep 0.05; done"]'
    start_agent --policy default.yaml --policy-dir policies --alerts alerts
    runc run -d -b b "$id" </dev/null >/dev/null 2>&1 || fail 'runc starts it' agent.err
    wait_until 'an alert of the first rules' grep -q '"before"' alerts
    rule policies/web.yaml after uname
    kill -HUP "$agent_pid"
    wait_until 'an alert of the changed rules' grep -q '"after"' alerts
    echo '- rule: [broken' >policies/web.yaml
    rule policies/new.yaml of-new uname
    kill -HUP "$agent_pid"
    wait_until 'a line about the wrong file' grep -q 'not reloaded, and stays as it was: policies/web.yaml:' agent.err
    : >alerts
    wait_until 'the rules before it are still there' grep -q '"after"' alerts
    jq '.linux.seccomp.listenerMetadata = "new" | .process.args = ["uname"]' b/config.json >changed && mv changed b/config.json
    run runc run -b b "$id-2"
    expect_status 0
    wait_until 'an alert of the new file' grep -q '"of-new"' alerts
    runc delete -f "$id"
    stop_agent
}

test_wrong_policies_are_said_at_the_start() {
    mkdir policies
    echo '- rule: [broken' >policies/web.yaml
    run "$P" agent --listen "$PWD/socket" --policy-dir policies
    [ "$status" != 0 ] || fail 'it does not start'
    expect_count err '^proctor: policies/web\.yaml:[0-9]+:[0-9]+: ' 1
    rm policies/web.yaml
    rule policies/web.yaml a uname
    rule policies/web.yml b uname
    run "$P" agent --listen "$PWD/socket" --policy-dir policies
    expect err 'is the same policy$'
    run "$P" agent --listen "$PWD/socket" --policy-dir /nonexistent
    expect_count err "^proctor: --policy-dir: can't read '/nonexistent': No such file or directory$" 1
}

run_tests
