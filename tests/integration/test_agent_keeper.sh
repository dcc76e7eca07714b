#!/bin/bash
# Containers whose agent's worker is killed, and whose agent is started anew with what a service manager kept.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"
# shellcheck source=nginx.lib.sh
. "$(dirname "$0")/nginx.lib.sh"
# shellcheck source=keeper.lib.sh
. "$(dirname "$0")/keeper.lib.sh"

id=$(basename "$(mktemp -u proctor-XXXXXX)")

# How often the worker is killed under nginx: KILLS=100 tests/integration/test_agent_keeper.sh
kills=${KILLS:-20}

# A root with a program and the libraries it needs.
install_program() {
    install -D "$1" "$2$1"
    ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
        install -D "$library" "$2$library"
    done
}

test_nginx_serves_while_the_worker_is_killed() {
    need_container_root runc nginx wrk curl python3
    local port i wrk
    free_port
    bundle b '["execve", "openat", "accept4", "newfstatat", "fstat", "close", "clone", "recvfrom", "exit_group"]' \
        '.process.args = ["'"$(command -v nginx)"'", "-e", "/tmp/errors", "-c", "/etc/nginx.conf"]
        | .linux.namespaces |= map(select(.type != "network"))'
    install_program "$(command -v nginx)" b/rootfs
    mkdir -p b/rootfs/www b/rootfs/var/lib/nginx
    head -c 2000 /dev/zero >b/rootfs/www/index.html
    echo 'root:x:0:0:root:/:/bin/sh' >b/rootfs/etc/passwd
    echo 'root:x:0:' >b/rootfs/etc/group
    nginx_conf /tmp /www 'user root; daemon off;' >b/rootfs/etc/nginx.conf
    start_agent
    keeper=$agent_pid
    runc run -d -b b "$id" </dev/null >runc.out 2>&1 || fail 'runc starts the container' runc.out
    trap 'runc delete -f "$id" >/dev/null 2>&1; kill -9 "$agent_pid" 2>/dev/null' EXIT
    nginx_starts
    # Connections are made anew: each request goes through every one of the calls.
    wrk -t 1 -c 8 -d 600s --timeout 30s -H 'Connection: close' "http://127.0.0.1:$port/" >wrk.out 2>&1 &
    wrk=$!
    for ((i = 0; i < kills; i++)); do
        wait_until 'a worker' has_worker
        sleep 0.15 # a worker that lives for 100 ms is not one of a row
        kill_worker
    done
    sleep 0.3
    kill -INT "$wrk"
    wait "$wrk"
    expect wrk.out '^ +[0-9]+ requests in ' '^Requests/sec: +[0-9]*[1-9]'
    expect_no wrk.out 'Socket errors' 'Non-2xx'
    runc state "$id" | grep -q '"status": "running"' || fail 'the container runs'
    curl -sf -o page "http://127.0.0.1:$port/" || fail 'nginx answers'
    cmp -s page b/rootfs/www/index.html || fail 'with the page' page
    runc delete -f "$id"
    wait_until 'the end of the container' seen '.type == "exit" and .vpid == 1'
    stop_agent
    [ "$(jq -s '[.[] | select(.type == "gap").deaths] | add' trace)" = "$kills" ] ||
        fail "$kills deaths are reported" trace
    expect_no agent.err 'in a row'
    # Events after the last gap are those of the container as it was known before.
    jq -c 'select(.type == "gap" or .syscall == "accept4")' trace | tail -n 1 >last
    expect last "\"container\":\\{\"id\":\"$id\""
}

# A service manager that keeps what it is given, and starts the agent anew: killed, and asked to end.
test_a_service_manager_keeps_the_containers() {
    need_container_root runc python3
    bundle b '["execve", "mkdir", "getppid"]' \
        '.process.args = ["sh", "-c", "i=0; while [ ! -e /tmp/end ]; do i=$((i + 1)); mkdir /tmp/$i || echo failed >>/tmp/failed; sleep 0.02; done"]'
    cat >manager.py <<'EOS'
import array, json, os, signal, socket, subprocess, sys, time
proctor, name = sys.argv[1:]
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("notify")
notify.settimeout(30)
listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
listening.bind("socket")
listening.listen(8)
stored = []  # [name, descriptor]

def hear(until):
    while True:
        data, control, _, _ = notify.recvmsg(4096, socket.CMSG_SPACE(64))
        said = dict(line.split("=", 1) for line in data.decode().splitlines())
        fds = array.array("i")
        for _, _, rights in control:
            fds.frombytes(rights[:len(rights) - len(rights) % fds.itemsize])
        if "FDSTORE" in said:
            stored.extend([said["FDNAME"], fd] for fd in fds)
        for kept in [k for k in stored if "FDSTOREREMOVE" in said and k[0] == said["FDNAME"]]:
            os.close(kept[1])
            stored.remove(kept)
        if until in said:
            return

def start(*options):
    passed = [["socket", listening.fileno()]] + stored
    pid = os.fork()
    if pid == 0:
        high = [os.dup2(fd, 200 + i) for i, (_, fd) in enumerate(passed)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i)
        os.closerange(3 + len(high), 1000)
        os.environ.update(LISTEN_FDS=str(len(passed)), LISTEN_FDNAMES=":".join(n for n, _ in passed),
                          LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=os.getcwd() + "/notify")
        os.execv(proctor, ["proctor", "agent", "-o", "trace", *options])
    hear("READY")
    return pid

def made():
    return len(os.listdir("b/rootfs/tmp"))

def grows(by):
    end = time.monotonic() + 30
    start = made()
    while made() < start + by:
        assert time.monotonic() < end, "the container goes on"
        time.sleep(0.02)

def names():
    return sorted({n for n, _ in stored})

agent = start()
subprocess.run(["runc", "run", "-d", "-b", "b", name], check=True, stdin=subprocess.DEVNULL,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
hear("FDSTORE")
assert len(stored) == 3, names()
grows(10)
# Killed with its worker, each time in the middle of things.
for _ in range(3):
    workers = subprocess.run(["pgrep", "-P", str(agent), "-x", "proctor"], stdout=subprocess.PIPE).stdout.split()
    os.kill(agent, signal.SIGKILL)
    for worker in workers:
        os.kill(int(worker), signal.SIGKILL)
    os.waitpid(agent, 0)
    agent = start()
    grows(10)
# It ends by itself: nothing is missing.
os.kill(agent, signal.SIGTERM)
assert os.waitpid(agent, 0)[1] == 0
time.sleep(0.1)
agent = start()
grows(10)
assert len(stored) == 3, names()
open("b/rootfs/tmp/end", "w")
hear("FDSTOREREMOVE")
assert len(stored) == 1, names()
while not any(e["type"] == "exit" and e.get("vpid", 0) == 1 for e in map(json.loads, open("trace"))):
    time.sleep(0.05)
os.kill(agent, signal.SIGTERM)
assert os.waitpid(agent, 0)[1] == 0
EOS
    trap 'runc delete -f "$id" >/dev/null 2>&1' EXIT
    run python3 manager.py "$P" "$id"
    expect_status 0
    test ! -e b/rootfs/tmp/failed || fail 'no call failed'
    expect_count trace '^\{"type":"gap",.*"how":"with the agent before this one"' 3
    [ "$(jq -r 'select(.type == "syscall" and .syscall == "mkdir").container.id' trace | sort -u)" = "$id" ] ||
        fail 'the container is known under its name throughout' trace
    expect_seen '.type == "exit" and .vpid == 1 and .status == 0'
}

run_tests
