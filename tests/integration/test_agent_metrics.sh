#!/bin/bash
# The agent's metrics, read by Prometheus' own parser.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

id=$(basename "$(mktemp -u proctor-XXXXXX)")

# Prints "NAME LABELS VALUE" of all samples of a scrape; fails where the parser does.
samples() {
    /usr/bin/python3 - "$1" <<'EOS'
import sys
from prometheus_client.parser import text_string_to_metric_families

seen = set()
for family in text_string_to_metric_families(open(sys.argv[1]).read()):
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        assert key not in seen, "twice: %s" % (key,)
        seen.add(key)
        print(sample.name, ",".join("%s=%s" % pair for pair in sample.labels.items()), sample.value)
EOS
}

need_parser() {
    /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null || skip "Python's prometheus_client is not there"
    need curl
}

test_counts_of_a_container() {
    need_container_root runc
    need_parser
    cat >rules.yaml <<'EOS'
- rule: uname is called
  desc: for the test
  condition: evt.type = uname
  output: uname
  priority: NOTICE
  action: deny
EOS
    bundle b '["execve", "uname"]' '.process.args = ["sh", "-c", "uname; uname; exit 0"]'
    start_agent --metrics "$PWD/metrics.socket" --policy rules.yaml --mode=enforce -e trace=all
    run runc run -b b "$id"
    wait_until 'the end' seen '.type == "exit" and .vpid == 1'
    run curl -sS --unix-socket metrics.socket http://agent/metrics
    expect_status 0
    mv out scrape
    samples scrape >values 2>said || fail "Prometheus' parser reads it: $(tail -n 1 said)" scrape
    local unames
    unames=$(jq -c 'select(.syscall == "uname")' trace | wc -l)
    [ "$unames" -ge 2 ] || fail "two calls of uname" trace
    expect values "^proctor_denials_total container_id=$id,.*pod=web-1.* $unames\.0$" \
        "^proctor_alerts_total container_id=$id,.* $unames\.0$" "^proctor_all_denials_total  $unames\.0$" \
        '^proctor_containers_total  1\.0$' '^proctor_build_info version=[0-9.]+ 1\.0$'
    local calls counted
    calls=$(sed -n "s/^proctor_calls_total container_id=$id,.* //p" values)
    counted=$(sed -n 's/^proctor_call_wait_seconds_bucket .*le=+Inf //p' values)
    [ "$calls" = "$(jq -c 'select(.type == "syscall")' trace | wc -l).0" ] || fail "as many calls as lines" "values trace"
    [ "$calls" = "$counted" ] || fail "as many in the histogram as calls" values
    [ "$(stat -c %a metrics.socket)" = 600 ] || fail "mode 0600" values
    stop_agent
    [ ! -e metrics.socket ] || fail "the socket is removed" agent.err
}

# What is no scrape gets an answer or is dropped, and the next one is served.
test_other_requests() {
    need_parser
    local port
    free_port
    start_agent --metrics "127.0.0.1:$port"
    run curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/other"
    expect out '^404$'
    run curl -s -o /dev/null -w '%{http_code}' -X POST -d x "http://127.0.0.1:$port/metrics"
    expect out '^405$'
    cat >rude.py <<'EOS'
import socket, sys
address = ("127.0.0.1", int(sys.argv[1]))
idle = [socket.create_connection(address) for _ in range(15)]
huge = socket.create_connection(address)
try:
    huge.sendall(b"GET /" + b"a" * 100000)
    assert huge.recv(10) == b""
except OSError:
    pass
s = socket.create_connection(address)
for piece in (b"GET /met", b"rics HTTP/1.0\r\n", b"Host: x\r\n\r\n"):
    s.sendall(piece)
answer = b""
while True:
    got = s.recv(65536)
    if not got:
        break
    answer += got
assert answer.startswith(b"HTTP/1.1 200 OK\r\n"), answer
assert b"\nproctor_containers 0\n" in answer, answer
EOS
    run python3 rude.py "$port"
    expect_status 0
    stop_agent
}

test_addresses_that_are_none() {
    local address
    for address in nonsense 127.0.0.1 localhost:1 127.0.0.1:x ::1:9000; do
        run "$P" agent --listen "$PWD/socket" --metrics "$address"
        expect_status 2
        expect_count err '^proctor: --metrics: ' 1
    done
    for address in /nonexistent/dir/socket 192.0.2.1:9000; do
        run "$P" agent --listen "$PWD/socket" --metrics "$address"
        expect_status 1
        expect_count err '^proctor: --metrics: ' 1
    done
    run "$P" --metrics 127.0.0.1:9000 true
    expect_status 2
    expect err '^proctor: --metrics is an option of proctor agent$'
}

run_tests
