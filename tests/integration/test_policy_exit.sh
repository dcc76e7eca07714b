#!/bin/bash
# When rules are judged: at the exit of a call where its result comes, else before it, by what can be foreseen.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# rule NAME CONDITION OUTPUT [KEY...]
rule() {
    printf -- '- rule: %s\n  desc: d\n  condition: %s\n  output: "%s"\n  priority: WARNING\n' "$1" "$2" "$3" >>rules.yaml
    shift 3
    for key; do
        printf '  %s\n' "$key" >>rules.yaml
    done
}

# alerts SOURCE CMD...: its alerts in the files alerts (JSON) and told ("RULE: OUTPUT" with " (predicted)").
alerts() {
    local source=$1
    shift
    rm -f alerts
    run "$P" --json --results="$source" --policy rules.yaml --alerts alerts "$@"
    grep -q -e '^proctor: .*results=' err && skip "$(head -n1 err)"
    jq -r '.rule + ": " + (.output | sub("^[^ ]+ Warning "; "")) + (if .predicted then " (predicted)" else "" end)' \
        alerts >told
}

opens() {
    need python3
    echo content >file
    cat >opens.py <<'END'
import os
for name, flags in ("file", 0), ("missing", 0), ("file", os.O_CREAT | os.O_EXCL):
    try:
        os.close(os.open(name, flags))
    except OSError:
        pass
END
    rule opened 'evt.type=openat and fd.num>=0 and fd.filename in (file, missing)' '%fd.filename %evt.res %evt.rawres'
    rule failed 'evt.type=openat and evt.failed=true and fd.filename in (file, missing)' '%fd.filename %evt.res'
    alerts "$1" python3 opens.py
    expect_status 0
}

test_result_by_bpf() {
    opens bpf
    printf '%s\n' 'opened: file SUCCESS 3' 'failed: missing ENOENT' 'failed: file EEXIST' >wanted
    expect_same wanted told
}

test_result_by_ptrace() {
    opens ptrace
    printf '%s\n' 'opened: file SUCCESS 3' 'failed: missing ENOENT' 'failed: file EEXIST' >wanted
    expect_same wanted told
}

# Nobody can foresee that the third is refused for its flags.
test_no_result() {
    opens none
    printf '%s\n' 'opened: file SUCCESS 0 (predicted)' 'failed: missing ENOENT (predicted)' \
        'opened: file SUCCESS 0 (predicted)' >wanted
    expect_same wanted told
}

execs() {
    echo 'not a program' >plain
    cp /bin/true here
    rule runs 'evt.type=execve and proc.name in (here, true, plain)' '%proc.name %proc.exepath by %proc.pname'
    rule fails 'evt.type=execve and evt.res != SUCCESS and proc.name=env' '%evt.res %proc.name'
    # env execs in its own place: its parent is the shell.
    alerts "$1" sh -c 'PATH=/nowhere:/bin env true; ./here; env ./plain; :'
    expect_status 0
}

test_exec_by_bpf() {
    execs bpf
    printf '%s\n' 'fails: ENOENT env' 'runs: true /bin/true by sh' "runs: here $PWD/here by sh" 'fails: EACCES env' >wanted
    expect_same wanted told
}

test_exec_by_ptrace() {
    execs ptrace
    printf '%s\n' 'fails: ENOENT env' 'runs: true /bin/true by sh' "runs: here $PWD/here by sh" 'fails: EACCES env' >wanted
    expect_same wanted told
}

test_exec_foreseen() {
    execs none
    sed -i 's/ (predicted)$//' told
    printf '%s\n' 'fails: ENOENT env' 'runs: true /bin/true by sh' "runs: here $PWD/here by sh" 'fails: EACCES env' >wanted
    expect_same wanted told
    [ "$(jq -s 'all(.predicted)' alerts)" = true ] || fail "all are predicted" alerts
}

# The alert is that of the process that made the call, though it is gone when the result is known.
test_process_gone_at_exit() {
    rule ran 'evt.type=execve and proc.name=true and evt.res=SUCCESS' '%proc.cmdline %user.uid %proc.pname %proc.cwd'
    alerts bpf sh -c 'seq 1 10 | xargs -n1 -P5 true'
    expect_status 0
    sort -V told >sorted
    seq 1 10 | sed "s|.*|ran: true & $(id -u) xargs $PWD/|" >wanted
    expect_same wanted sorted
}

# What acts on a call acts before it, in both modes; an alert of the same call still waits for its result.
test_actions_come_before() {
    echo content >file
    rule no 'evt.type=openat and fd.num>=0 and fd.filename=file' '%evt.res' 'action: deny' 'errno: EXDEV'
    rule seen 'evt.type=openat and fd.filename=file and evt.failed=true' '%evt.res'
    run "$P" --mode=enforce --json --results=bpf --policy rules.yaml --alerts alerts cat file
    grep -q -e '^proctor: .*results=' err && skip "$(head -n1 err)"
    expect_status 1
    [ "$(jq -c '[.rule, .denied, .predicted, .output_fields["evt.res"]]' alerts)" = \
        '["no","EXDEV",true,"SUCCESS"]
["seen",null,null,"EXDEV"]' ] || fail "the denial, then its result" alerts
}

# Calls that are traced as well are shown as ever, each with its result.
test_beside_a_trace() {
    echo content >file
    rule failed 'evt.type=openat and evt.failed=true and fd.filename=missing' '%evt.res'
    run "$P" --results=bpf -e trace=close -o trace --policy rules.yaml --alerts alerts cat file missing
    grep -q -e '^proctor: .*results=' err && skip "$(head -n1 err)"
    expect_status 1
    expect alerts 'Warning ENOENT$'
    expect trace '^close\(3\) += 0$'
    expect_no trace openat
}

# An ancestor that ended is remembered, whatever has taken its child over.
test_parent_is_gone() {
    need setsid
    rule orphan 'evt.type=execve and proc.name=true' 'by %proc.pname(%proc.pcmdline) of %proc.aname[2]'
    cp /bin/sh gone-parent
    alerts none sh -c './gone-parent -c "(sleep 0.1; /bin/true; :) & :"; sleep 0.3'
    expect_status 0
    expect told '^orphan: by gone-parent\(gone-parent -c .*\) of gone-parent '
}

# A server on two loopback addresses and its client, in one process each; every end has its own port.
sockets() {
    need python3
    cat >sockets.py <<'END'
import os, socket, sys
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen()
client = socket.socket()
client.bind(("127.0.0.2", 0))
print("server", server.getsockname()[1])
print("client", client.getsockname()[1])
client.connect(server.getsockname())
taken, _ = server.accept()
taken.close()
datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagram.sendto(b"x", ("127.0.0.3", 53))
datagram.sendmsg([b"y"], [], 0, ("127.0.0.4", 54))
unix = socket.socket(socket.AF_UNIX)
unix.bind(os.getcwd() + "/unix")
try:
    socket.socket(socket.AF_UNIX).connect("missing")
except OSError:
    pass
six = socket.socket(socket.AF_INET6)
try:
    six.connect(("::1", 1))
except OSError:
    pass
END
    local all='%evt.type %fd.name c=%fd.cip:%fd.cport s=%fd.sip:%fd.sport l=%fd.lip:%fd.lport r=%fd.rip:%fd.rport %fd.type %fd.l4proto %fd.is_server %fd.connected'
    rule near 'evt.type=bind and (fd.sip=127.0.0.1 or fd.lip=127.0.0.2 or fd.name endswith /unix)' "$all"
    rule joined 'evt.type in (accept4, connect) and fd.connected=true and fd.cip=127.0.0.2 and fd.snet=127.0.0.0/30' "$all"
    rule refused 'evt.type=connect and fd.connected=false and (fd.sport=1 or fd.name=missing)' "$all"
    rule sent 'evt.type in (sendto, sendmsg) and fd.rport in (53, 54) and fd.l4proto=udp' "$all"
    alerts "$1" python3 sockets.py
    expect_status 0
    local server client
    server=$(sed -n 's/^server //p' out)
    client=$(sed -n 's/^client //p' out)
    sed -E "s/:$server\\b/:SERVER/g; s/:$client\\b/:CLIENT/g; s/(127.0.0.1|0.0.0.0|::1):[0-9]{5}/\\1:ANY/g" told >shown
}

joined_by() {
    cat <<'END'
joined: connect 127.0.0.2:CLIENT->127.0.0.1:SERVER c=127.0.0.2:CLIENT s=127.0.0.1:SERVER l=127.0.0.2:CLIENT r=127.0.0.1:SERVER ipv4 tcp false true
joined: accept4 127.0.0.2:CLIENT->127.0.0.1:SERVER c=127.0.0.2:CLIENT s=127.0.0.1:SERVER l=127.0.0.1:SERVER r=127.0.0.2:CLIENT ipv4 tcp true true
END
}

test_sockets_by_bpf() {
    sockets bpf
    grep ^joined shown >seen
    joined_by >wanted
    expect_same wanted seen
    expect shown '^refused: connect .*::1:1 .* r=::1:1 ipv6 tcp false false$' '^refused: connect missing .* unix '
}

test_sockets_by_ptrace() {
    sockets ptrace
    grep ^joined shown >seen
    joined_by >wanted
    expect_same wanted seen
}

# Before the call there is no other end yet; nor does an accept know its descriptor.
test_sockets_foreseen() {
    sockets none
    expect_no shown ^joined
    expect shown '^near: bind 127.0.0.1:0 .* s=127.0.0.1:0 l=127.0.0.1:0 .* ipv4 tcp true ' "^near: bind $PWD/unix .* unix " \
        '^sent: sendto .*127.0.0.3:53 .* r=127.0.0.3:53 ipv4 udp ' '^sent: sendmsg .*127.0.0.4:54 .* r=127.0.0.4:54 ipv4 udp '
}

test_evt_dir() {
    rule in 'evt.type=execve and evt.dir=>' in
    rule out 'evt.type=execve and evt.dir=<' out
    alerts none true
    expect_count told . 1
    expect told '^out: '
    run "$P" check rules.yaml
    expect out "rule 'in' holds for no call"
}

run_tests
