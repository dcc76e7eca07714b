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
    # A signal of the runtime's own program may come between its execve's beginning and end.
    [ "$(jq -r 'select(.type == "syscall") | [.syscall, .path, .args[1].value[0]] | join(" ")' trace | head -n 1)" = \
        'execve /bin/sh sh' ] || fail "the first call is the container's own execve" trace
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

# Containers of two runtimes at once, and an exec into one: the same id, another first process.
test_exec_and_several_at_once() {
    need_container_root runc crun
    local i
    bundle b '["execve", "openat", "uname"]' '.process.args = ["sh", "-c", "while :; do uname >/dev/null; sleep 0.1; done"]'
    start_agent
    for i in 1 2 3; do
        runc run -d -b b "$id-$i" </dev/null >/dev/null 2>&1 || fail "runc starts container $i" agent.err
    done
    runtime crun run -b short "$id-4"
    cp -a b short
    jq '.process.args = ["cat", "/etc/of-crun"]' b/config.json >short/config.json
    run "${runtime[@]}"
    run runc exec "$id-2" cat /etc/of-exec
    expect_status 1
    wait_until 'the exec is in the trace' seen '.path == "/etc/of-exec"'
    for i in 1 2 3; do
        runc kill "$id-$i" KILL
        wait_until "the end of container $i" seen ".type == \"exit\" and .vpid == 1 and .container.id == \"$id-$i\""
        runc delete -f "$id-$i"
        expect_seen ".container.id == \"$id-$i\" and .comm == \"uname\" and .syscall == \"uname\"" \
            ".container.id == \"$id-$i\" and .type == \"exit\" and .vpid == 1 and .signal == \"SIGKILL\""
    done
    stop_agent
    expect_seen ".container.id == \"$id-2\" and .path == \"/etc/of-exec\" and .comm == \"cat\" and .pid == .container.pid"
    expect_seen ".container.id == \"$id-4\" and .path == \"/etc/of-crun\""
    expect_not_seen ".path == \"/etc/of-exec\" and .container.id != \"$id-2\""
    [ "$(jq -r "select(.container.id == \"$id-2\").container.pid" trace | sort -u | wc -l)" = 2 ] ||
        fail 'two first processes in the container that was exec'"'"'d into' trace
}

# begun N: so many containers have executed their program.
begun() {
    [ "$(jq -r 'select(.syscall == "execve" and .vpid == 1).pid' trace 2>/dev/null | sort -u | wc -l)" = "$1" ]
}

# Whoever is killed while the agent has its call must not hurt the others.
test_killed_in_the_middle_of_calls() {
    need_container_root runc
    local i
    bundle b '["execve", "getppid", "openat", "clone", "uname"]' \
        '.process.args = ["sh", "-c", "while :; do uname; cat /etc/x; done >/dev/null 2>&1 & while :; do uname >/dev/null; done"]'
    start_agent
    for i in 1 2 3 4 5; do
        runc run -d -b b "$id" </dev/null >/dev/null 2>&1 || fail "runc starts round $i" agent.err
        wait_until "container $i has begun" begun "$i"
        sleep 0.2
        runc delete -f "$id" || fail 'runc ends the container' agent.err
    done
    jq '.process.args = ["uname", "-m"]' b/config.json >changed && mv changed b/config.json
    run runc run -b b "$id"
    expect_status 0
    stop_agent
    begun 6 || fail 'six containers have begun' trace
}

# The program's own filter comes after the container's: its calls still reach us.
test_a_program_with_a_filter_of_its_own() {
    need_container_root runc
    [ -x "$programs/own_filter" ] || skip 'own_filter is not built'
    bundle b '["execve", "getppid", "exit_group", "seccomp", "prctl"]' '.process.args = ["/own_filter"]'
    cp "$programs/own_filter" b/rootfs/
    ldd "$programs/own_filter" | grep -o '/[^ ]*' | while read -r library; do
        install -D "$library" "b/rootfs$library"
    done
    start_agent
    runc run -b b "$id" >out 2>err </dev/null
    wait_until 'the end' seen '.type == "exit"'
    stop_agent
    expect_seen '.syscall == "execve" and .path == "/own_filter"' '.syscall == "seccomp" or .syscall == "prctl"'
}

# A program of ours with the libraries that it needs.
into_rootfs() {
    local file
    for file in "$1" $(ldd "$1" | grep -o '/[^ ]*'); do
        install -D "$file" "b/rootfs$file"
    done
}

# As for a program that proctor starts, if the profile sends the return from a handler as well.
test_calls_that_wait_under_a_storm_of_signals() {
    need_container_root runc
    bundle b '["openat", "close", "fstat", "read", "mmap", "munmap", "exit_group", "rt_sigreturn"]' \
        ".process.args = [\"$programs/interrupted\", \"2000\", \"30\"]"
    into_rootfs "$programs/interrupted"
    touch b/rootfs/etc/passwd
    start_agent --results=bpf
    run runc run -b b "$id"
    stop_agent
    expect out '^2000 rounds, 0 calls failed; 30 children, 0 ended otherwise$'
    expect_seen '.syscall == "rt_sigreturn"' '.syscall == "munmap" and .return == 0'
}

# Processes of the container's own user namespace.
test_a_user_namespace() {
    need_container_root runc
    bundle b '["execve", "openat"]' '.process.args = ["cat", "/etc/x"]
        | .linux.namespaces += [{"type": "user"}]
        | .linux.uidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}]
        | .linux.gidMappings = [{"containerID": 0, "hostID": 100000, "size": 65536}]'
    chmod 755 . && chown -R 100000:100000 b/rootfs
    start_agent
    run runc run -b b "$id"
    [ "$status" = 1 ] || skip "runc makes no user namespace here: $(head -c 200 err)"
    stop_agent
    expect_seen '.syscall == "openat" and .path == "/etc/x" and .error == "ENOENT"'
}

# Profiles need not send what a supervisor follows programs by.
test_a_profile_without_execve() {
    need_container_root runc
    bundle b '["uname"]' '.process.args = ["sh", "-c", "uname; exec uname -m"]'
    start_agent
    run runc run -b b "$id"
    expect_status 0
    stop_agent
    expect_not_seen '.exe == "/" or (.comm | test("runc"))'
    expect_seen '.syscall == "uname" and .comm == "uname"'
}

# With -e trace= the agent shows a part of what it is sent, and answers all.
test_a_part_is_shown() {
    need_container_root runc
    bundle b '["execve", "openat", "uname"]' '.process.args = ["sh", "-c", "uname; cat /etc/x"]'
    start_agent -e trace=openat
    run runc run -b b "$id"
    expect_status 1
    stop_agent
    expect_seen '.path == "/etc/x"'
    expect_not_seen '.syscall == "uname" or .syscall == "execve"'
}

# From a profile as users have it to a trace, with no JSON edited by hand.
test_a_wrapped_profile() {
    need_container_root runc
    bundle b '[]' '.process.args = ["sh", "-c", "cat /etc/x; uname"]'
    jq --slurpfile default "$source_dir/tests/data/moby-default-seccomp.json" '.linux.seccomp = ($default[0]
        | del(.archMap)
        | .syscalls |= [.[] | select((.includes.arches // ["amd64"] | index("amd64")) and .includes.caps == null
            and (.excludes.arches // [] | index("amd64") | not)) | del(.includes, .excludes)])' b/config.json >config
    run "$P" profile-wrap config --trace execve,openat,uname,mount,%process --listener "$PWD/socket" --metadata web
    expect_status 0
    expect err 'not sent, as the profile does not simply allow them: .*\bmount\b'
    cp out b/config.json
    start_agent -e trace=execve,openat
    run runc run -b b "$id"
    expect_status 0
    stop_agent
    expect_seen '.syscall == "openat" and .path == "/etc/x" and .container.metadata == "web"' '.path == "/bin/sh"'
    run "$P" profile-wrap config --trace openat,write --listener "$PWD/socket"
    expect_status 2
    expect err "runtimes can't send write"
    run "$P" profile-wrap config --trace all --listener "$PWD/socket"
    expect_status 0
    expect err 'write is left out'
    [ "$(jq '[.linux.seccomp.syscalls[] | select(.action == "SCMP_ACT_NOTIFY").names[] | select(. == "write")] | length' out)" = 0 ] ||
        fail 'write is not sent' out
}

test_a_file_for_each_container() {
    need_container_root runc
    bundle b '["execve", "openat"]' '.process.args = ["cat", "/etc/x"]'
    start_agent -o 'of-%{container.id}.jsonl'
    runc run -b b "$id-1" >/dev/null 2>&1 </dev/null
    runc run -b b "$id-2" >/dev/null 2>&1 </dev/null
    runc run -b b "$id-1" >/dev/null 2>&1 </dev/null
    stop_agent
    expect_count "of-$id-1.jsonl" '"path":"/etc/x"' 2
    expect_count "of-$id-2.jsonl" '"path":"/etc/x"' 1
    [ "$(jq -r .container.id "of-$id-1.jsonl" | sort -u)" = "$id-1" ] || fail 'its own lines only' "of-$id-1.jsonl"
    [ ! -s trace ] || fail 'nothing elsewhere' trace
}

# What waits is answered; a call that comes later fails, as the kernel has it.
test_the_end_of_the_agent() {
    need_container_root runc
    bundle b '["mkdir"]' '.process.args = ["sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.1; done; mkdir /tmp/made"]'
    start_agent
    runc run -b b "$id" >out 2>err </dev/null &
    local container=$!
    wait_until 'the container runs' sh -c "runc state $id | grep -q running"
    stop_agent
    : >b/rootfs/tmp/go
    wait "$container"
    expect err 'mkdir: .*Function not implemented'
    rm b/rootfs/tmp/go
    start_agent --on-exit=kill
    runc run -b b "$id" >out 2>err </dev/null &
    container=$!
    wait_until 'the container runs' sh -c "runc state $id | grep -q running"
    stop_agent
    wait "$container"
    status=$?
    [ "$status" = 137 ] || fail 'the container was killed' err
}

# A service manager passes the socket and is told when all is ready.
test_socket_activation() {
    need python3 jq
    cat >manager.py <<'EOS'
import os, socket, sys
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("notify")
listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listening.bind("socket")
listening.listen(8)
pid = os.fork()
if pid == 0:
    os.dup2(listening.fileno(), 3)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET="notify")
    os.execv(sys.argv[1], ["proctor", "agent", "-o", "trace"])
notify.settimeout(20)
def heard(what):
    while notify.recv(200) != what:
        pass
heard(b"READY=1")
status = os.system("python3 %s socket good" % sys.argv[2])
os.kill(pid, 15)
heard(b"STOPPING=1")
assert os.waitpid(pid, 0)[1] == 0 and status == 0 and os.path.exists("socket")
EOS
    run python3 manager.py "$P" "$source_dir/tests/programs/peer.py"
    expect_status 0
    expect trace '"getppid"'
}

# Rules see what the runtime said of the container.
test_policy() {
    need_container_root runc
    bundle b '["execve", "openat"]' '.process.args = ["sh", "-c", "cat /etc/x"]
        | .annotations["io.kubernetes.cri.image-name"] = "registry:5000/team/web:1.2"'
    cat >rules.yaml <<'EOS'
- rule: read in container
  desc: a test
  condition: evt.type in (open, openat) and fd.name = /etc/x and container.id != host and k8s.pod.name = web-1
  output: read %fd.name by %proc.name in %container.id %container.image.repository %container.image.tag
  priority: WARNING
EOS
    start_agent --policy rules.yaml --alerts alerts -e trace=none
    run runc run -b b "$id"
    stop_agent
    expect alerts "${id:0:12} registry:5000/team/web 1.2"
}

test_privileges_are_given_up() {
    need_container_root
    start_agent -s 64
    # KILL, DAC_READ_SEARCH, SYS_PTRACE, BPF: bits 5, 2, 19, 39 (capability.h)
    wait_until 'it keeps what it uses' grep -q '^CapEff:.*0000008000080024$' "/proc/$agent_pid/status"
    wait_until 'it has a filter of its own' grep -q '^Seccomp:.*2$' "/proc/$agent_pid/status"
    stop_agent
    run "$P" --features
    expect out '^the agent keeps these capabilities: cap_dac_read_search cap_kill cap_sys_ptrace cap_bpf$' \
        '^the agent keeps, by a filter of its own: [0-9]+ system calls$'
}

run_tests
