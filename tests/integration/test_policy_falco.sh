#!/bin/bash
# Falco's stable rules, and older ones, held against what they are about: each test does it. Rules about containers:
# test_policy_container.sh.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=fired.lib.sh
. "$(dirname "$0")/fired.lib.sh"

falco=$source_dir/tests/data/falco_rules.yaml

# alerts RULES CMD...: the names of the rules that matched in the file fired, what they said in alerts.
alerts() {
    local rules=$1
    shift
    rm -f alerts
    run "$P" --json --policy "$rules" --alerts alerts "$@"
    jq -r .rule alerts >fired 2>/dev/null
}

# A copy of a program under another name, for rules that go by it.
named() {
    cp "$(command -v "$1")" "$2"
}

as_root_only() {
    [ "$(id -u)" = 0 ] || skip 'this needs root'
}

test_directory_traversal() {
    need python3
    alerts "$falco" python3 -c 'open("../../../../../../../../etc/hostname", "a+"); open("/etc/hostname")'
    expect_fired 'Directory traversal monitored file read'
    # A file that is not there is of interest as well.
    alerts "$falco" python3 -c '
try: open("../../../../../../../../etc/no/such/id_rsa")
except OSError: pass'
    expect_fired 'Directory traversal monitored file read'
    alerts "$falco" python3 -c 'open("/etc/hostname")'
    expect_not_fired 'Directory traversal monitored file read'
}

# A server that has run for more than five seconds.
test_sensitive_file_after_startup() {
    as_root_only
    named sh nginx
    alerts "$falco" ./nginx -c 'read line </etc/shadow; sleep 5.2; read line </etc/shadow'
    expect_status 0
    [ "$(grep -cxF 'Read sensitive file trusted after startup' fired)" = 1 ] || fail 'one alert, of the second read' alerts
}

test_shell_below_a_server() {
    named sh nginx
    alerts "$falco" ./nginx -c 'bash -c true; :'
    expect_fired 'Run shell untrusted'
    named sh other
    alerts "$falco" ./other -c 'bash -c true; :'
    expect_not_fired 'Run shell untrusted'
}

test_system_user() {
    as_root_only
    need setpriv
    named sh sshd
    alerts "$falco" ./sshd -c 'setpriv --reuid daemon --clear-groups true; :'
    expect_status 0
    expect_fired 'System user interactive'
    [ "$(jq -r 'select(.rule == "System user interactive").output_fields["user.name"]' alerts)" = daemon ] ||
        fail 'the user' alerts
}

test_data_removed() {
    need shred
    echo x >file
    alerts "$falco" shred file
    expect_status 0
    expect_fired 'Remove Bulk Data from Disk'
}

test_hard_link() {
    alerts "$falco" ln /etc/shadow link # whether or not it is on the same file system
    expect_fired 'Create Hardlink Over Sensitive Files'
    echo x >file
    alerts "$falco" ln file link2
    expect_not_fired 'Create Hardlink Over Sensitive Files'
}

test_ptrace() {
    need python3
    cat >ptrace.py <<'END'
import ctypes, os, signal, sys, time
libc = ctypes.CDLL(None)
if sys.argv[1] == "me":
    libc.ptrace(0, 0, 0, 0)
else:
    child = os.fork()
    if child == 0:
        time.sleep(60)
    libc.ptrace(16, child, 0, 0)  # PTRACE_ATTACH
    os.kill(child, signal.SIGKILL)
END
    alerts "$falco" python3 ptrace.py me
    expect_fired 'PTRACE anti-debug attempt'
    expect_not_fired 'PTRACE attached to process'
    alerts "$falco" python3 ptrace.py other
    expect_fired 'PTRACE attached to process'
    expect_not_fired 'PTRACE anti-debug attempt'
}

# In a network of its own, where an address that is neither private nor loopback leads to this machine.
test_ssh_on_another_port() {
    as_root_only
    need unshare ip python3
    cat >ssh.py <<'END'
import socket, sys, time
server = socket.socket()
server.bind(("192.0.2.1", int(sys.argv[1])))
server.listen()
client = socket.socket()
client.connect(server.getsockname())
time.sleep(0.3)  # one that is closed at once has lost its own address when the result is known
END
    # shellcheck disable=SC2016
    local inner='ip link set lo up && ip addr add 192.0.2.1/32 dev lo && exec "$@"'
    local port rule='Disallowed SSH Connection Non Standard Port'
    for port in 443 22; do
        rm -f alerts
        run unshare -n sh -c "$inner" sh "$P" --results=bpf --json --policy "$falco" --alerts alerts \
            bash -c "exec -a /usr/bin/ssh python3 ssh.py $port"
        expect_status 0
        jq -r .rule alerts >fired
        if [ "$port" = 443 ]; then
            expect_fired "$rule"
            jq -r 'select(.rule == "'"$rule"'").output_fields["fd.name"]' alerts >name
            expect name '^192\.0\.2\.1:[0-9]+->192\.0\.2\.1:443$'
        else
            expect_not_fired "$rule"
        fi
    done
}

# The four alerts that people know best, from older versions of the rules (scenario 20). The container is the cgroup's.
older_rules() {
    cat <<'END'
- macro: container
  condition: (container.id != host)
- macro: open_write
  condition: (evt.type in (open,openat,openat2) and evt.is_open_write=true and fd.typechar='f' and fd.num>=0)
- list: shells
  items: [ash, bash, sh]
- list: package_managers
  items: [dpkg, apt, apt-get, rpm, yum, apk]
- rule: Terminal shell in container
  desc: d
  condition: evt.type = execve and evt.dir=< and container and proc.name in (shells) and proc.tty != 0
  output: "A shell was spawned in a container (user=%user.name %container.id shell=%proc.name parent=%proc.pname cmdline=%proc.cmdline terminal=%proc.tty)"
  priority: NOTICE
- rule: Write below etc
  desc: d
  condition: open_write and fd.name startswith /etc and not proc.name in (systemd)
  output: "File below /etc opened for writing (user=%user.name command=%proc.cmdline file=%fd.name)"
  priority: ERROR
- rule: Launch Package Management Process in Container
  desc: d
  condition: evt.type = execve and evt.dir=< and container and proc.name in (package_managers)
  output: "Package management process launched in container (command=%proc.cmdline container_id=%container.id)"
  priority: ERROR
- rule: Delete or rename shell history
  desc: d
  condition: >
    (evt.type in (rename, renameat, renameat2, unlink, unlinkat) and
     (evt.arg.name contains bash_history or evt.arg.path contains bash_history or evt.arg.oldpath contains bash_history))
    or (open_write and fd.name contains bash_history and evt.arg.flags contains "O_TRUNC")
  output: "%evt.time,%user.name,%container.id,%evt.type"
  priority: WARNING
END
}

test_older_rules() {
    as_root_only
    need script
    local group id
    older_rules >rules.yaml
    id=$(printf '%064d' $$)
    group=/sys/fs/cgroup
    [ -w "$group/cgroup.procs" ] || group=/sys/fs/cgroup/unified
    [ -d "$group" ] || group=$(grep -m1 ' cgroup2 ' /proc/self/mounts | cut -d' ' -f2)
    mkdir "$group/proctor-$id" 2>/dev/null || skip 'no cgroup can be made here'
    named true apt-get
    # shellcheck disable=SC2016
    run sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$group/proctor-$id" \
        script -qec "$P --json --policy rules.yaml --alerts alerts \
            bash -c 'PATH=\$PWD:\$PATH; apt-get update; : >>/etc/proctor-test; rm /etc/proctor-test; touch .bash_history; mv .bash_history x; bash -c true'" /dev/null
    rmdir "$group/proctor-$id"
    jq -r .rule alerts >fired
    expect_fired 'Terminal shell in container' 'Write below etc' 'Launch Package Management Process in Container' \
        'Delete or rename shell history'
    jq -r 'select(.rule | test("history")).output' alerts >line
    expect line "^[0-9:.]+ Warning [0-9:.]+,root,${id:0:12},rename(at2?)?$"
    jq -r 'select(.rule | test("Terminal")).output_fields["proc.tty"]' alerts >terminal
    expect terminal '^[1-9][0-9]+$'
}

# Secrets (scenario 23): the environment of other processes, and a database file, by anybody but its owner.
test_secrets() {
    need python3 redis-server redis-cli
    cat >rules.yaml <<'END'
- list: databases
  items: [dump.rdb]
- rule: Environment of another process
  desc: d
  condition: >
    evt.type in (open, openat, openat2) and evt.is_open_read=true and fd.name glob /proc/*/environ
    and not fd.name startswith /proc/self/ and fd.num>=0
  output: "%proc.cmdline reads %fd.name"
  priority: CRITICAL
- rule: Database file
  desc: d
  condition: >
    evt.type in (open, openat, openat2) and fd.filename in (databases) and fd.num>=0 and not proc.name=redis-server
  output: "%proc.cmdline opens %fd.name"
  priority: CRITICAL
END
    cat >work.sh <<'END'
redis-server --port 0 --unixsocket "$PWD/redis" --save '' --dir "$PWD" --daemonize no >/dev/null &
server=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ "$(redis-cli -s redis ping 2>/dev/null)" = PONG ] && break
    sleep 0.1
done
redis-cli -s redis set key value
redis-cli -s redis save
cat /proc/self/environ >/dev/null
cat /proc/$server/environ >/dev/null
cat dump.rdb >/dev/null
redis-cli -s redis shutdown nosave
wait
END
    alerts rules.yaml sh work.sh
    expect_status 0
    [ -s dump.rdb ] || fail 'the server has written its database' out
    jq -r '.rule + ": " + .output_fields["proc.cmdline"]' alerts | sed 's/[0-9][0-9]*/N/' >fired
    printf '%s\n' 'Environment of another process: cat /proc/N/environ' 'Database file: cat dump.rdb' >wanted
    expect_same wanted fired
}

run_tests
