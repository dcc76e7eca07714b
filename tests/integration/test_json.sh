#!/bin/bash
# JSON lines, read by real parsers.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# Fails unless every line of a file is an object that follows docs/json.md.
expect_json() {
    python3 - "$1" >judged 2>&1 <<'EOS' || fail "valid JSON lines: $(cat judged)" "$1"
import json
import sys

CALL = {"type": str, "time": int, "pid": int, "tid": int, "ppid": int, "comm": str, "exe": str, "arch": str,
        "syscall": str, "number": int, "args": list}
HEX = set("0123456789abcdef")

def once(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key is there twice: %s" % keys
    return dict(pairs)

def check_call(event):
    for key, kind in CALL.items():
        assert isinstance(event.get(key), kind), "%s is not a %s" % (key, kind.__name__)
    assert "result" in event and (event["result"] is None or isinstance(event["result"], (int, str)))
    assert "error" in event and (event["error"] is None or isinstance(event["error"], str))
    for arg in event["args"]:
        assert set(arg) >= {"name", "raw", "value"}, "an argument has name, raw and value: %s" % arg
        raw = arg["raw"]
        if isinstance(raw, int):
            assert 0 <= raw <= 2**53, "raw is exact for a double: %s" % arg
        else:
            assert raw.startswith("0x") and set(raw[2:]) <= HEX, "a big raw is hexadecimal: %s" % arg
    if event["syscall"] in ("openat", "execve"):
        assert event.get("path") is None or event["path"].startswith("/"), "path is absolute"

lines = open(sys.argv[1], "rb").read()
assert lines.endswith(b"\n"), "the last line ends"
for n, line in enumerate(lines.decode("utf-8").splitlines(), 1):
    try:
        event = json.loads(line, object_pairs_hook=once)
        assert isinstance(event["time"], int) and event["time"] > 10**18
        if event["type"] == "syscall":
            check_call(event)
        elif event["type"] == "exit":
            assert isinstance(event.get("status"), int) or isinstance(event.get("signal"), str) or \
                event.get("status") is None
    except Exception as e:
        sys.exit("line %d: %s: %s" % (n, e, line[:500]))
EOS
}

test_every_line_is_an_object() {
    need python3
    run "$P" --json -f -o trace python3 -c 'import subprocess, socket; subprocess.run(["ls", "-l"])'
    expect_status 0
    expect_json trace
    jq -e . trace >parsed 2>said || fail "jq reads it: $(cat said)" trace
}

test_jq_selects_a_call() {
    need jq
    : >there
    run "$P" --json -o trace -e trace=%file cat there missing
    expect_status 1
    jq -r 'select(.syscall == "openat") | .path' trace >paths 2>&1
    expect_text paths "$(pwd -P)/there" "$(pwd -P)/missing" /etc/ld.so.cache
    jq -r 'select(.syscall == "openat" and .path == "'"$(pwd -P)"'/there") | .args[] | "\(.name)=\(.raw)"' trace >raw
    expect raw '^flags=0$' '^filename=[0-9]+$' '^dfd=4294967196$'
    jq -r 'select(.syscall == "openat" and .error == "ENOENT").path' trace >failed
    if [ "$(jq -r 'select(.syscall == "openat").error // "unknown"' trace | grep -c unknown)" = 0 ]; then
        expect_text failed "$(pwd -P)/missing"
        expect_no failed /there
    fi
    jq -r 'select(.syscall == "execve") | .args[1].value | join(" ")' trace >argv 2>&1
    expect argv '^cat there missing$'
    jq -r 'select(.type == "exit") | .status' trace >status.json
    expect status.json '^1$'
}

test_paths_are_absolute_whatever_they_are_relative_to() {
    need python3 jq
    mkdir -p a/b
    : >a/b/file
    run "$P" --json -o trace -e trace=openat python3 -c 'import os
d = os.open("a", os.O_PATH); os.open("b/file", os.O_RDONLY, dir_fd=d)
os.chdir("a/b"); os.open("file", os.O_RDONLY); os.open("../b/./file", os.O_RDONLY)'
    expect_status 0
    jq -r .path trace >paths
    expect_count paths "^$(pwd -P)/a/b/\.\./b/\./file$|^$(pwd -P)/a/b/file$" 3
}

test_bytes_that_are_not_text_stay_valid() {
    need python3
    run "$P" --json -f -o trace python3 -c 'import os
for name in (b"\xff\xfe", b"\xc3\xa9", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\x01\x1b[31m\n\"\\",
             b"\xe2\x82", b"\xf0\x9f\x98\x80"):
    try: os.open(b"/nonexistent/" + name, os.O_RDONLY)
    except OSError: pass
os.write(1, bytes(range(256)))'
    expect_status 0
    expect_json trace
    jq -e . trace >parsed 2>said || fail "jq reads it: $(cat said)" trace
    # A program can not put control characters into the trace.
    LC_ALL=C expect_no trace $'[\001-\037]'
}

test_names_of_processes_are_hostile_too() {
    need python3
    cp /bin/true "$(printf 'x\033[2J"\377')"
    run "$P" --json -f -o trace sh -c './x*'
    expect_status 0
    expect_json trace
    LC_ALL=C expect_no trace $'[\001-\037]'
    run "$P" -f -o text sh -c './x*'
    LC_ALL=C expect_no text $'[\001-\037]'
}

test_ends_of_processes_are_objects() {
    need jq
    run "$P" --json -f -o trace sh -c 'sh -c "exit 7"; kill -KILL $$'
    expect_json trace
    jq -r 'select(.type == "exit") | "\(.status // "") \(.signal // "")"' trace >ends
    expect ends '^7 ' 'SIGKILL'
}

run_tests
