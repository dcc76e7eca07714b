#!/bin/bash
# Calls that the supervisor makes on the program's behalf: what was judged is what happens, as if the program had
# made the call itself.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# rule CALLS CONDITION [KEY...]: appends a rule that denies to rules.yaml.
rule() {
    printf -- '- rule: rule %d\n  desc: d\n  condition: evt.type in (%s) and (%s)\n  output: denied %%fd.name\n' \
        "$RANDOM" "$1" "$2" >>rules.yaml
    printf '  priority: WARNING\n  action: deny\n' >>rules.yaml
    shift 2
    [ $# = 0 ] || printf '  %s\n' "$@" >>rules.yaml
}

paths='open, openat, openat2, creat, unlink, unlinkat, rmdir, rename, renameat, renameat2, mkdir, mkdirat, symlink,
    symlinkat, link, linkat, mknod, mknodat, chmod, fchmodat, fchmodat2, chown, lchown, fchownat, truncate, utime,
    utimes, futimesat, utimensat, setxattr, lsetxattr, removexattr, lremovexattr'

# Denies whatever touches a path below ./evil, by whatever name.
deny_evil() {
    rule "$paths" "fd.name startswith $PWD/evil or fs.path.name startswith $PWD/evil or fs.path.target startswith $PWD/evil"
}

enforce() {
    run "$P" --mode=enforce --policy rules.yaml --alerts alerts -q "$@"
}

# Two runs of a race, whose evil side is denied: where calls continue some get through, on behalf none does.
race() {
    local tries
    for tries in 1 2 3 4 5; do
        enforce --results=ptrace "$programs/race" "$1" 20000 2
        expect out ', [1-9][0-9]* allowed, '
        ! grep -q ', 0 through' out && break
        [ "$tries" != 5 ] || fail "calls that get through where they continue: the test can fail"
    done
    enforce "$programs/race" "$1" 20000 2
    expect_status 0
    expect out ', [1-9][0-9]* allowed, 0 through$'
    expect alerts denied
}

test_race_open() {
    echo good >good
    echo evil >evil
    rule 'open, openat' "fd.name = $PWD/evil"
    race open
}

test_race_symbolic_link() {
    echo good >good
    echo evil >evil
    ln -s good link
    rule 'open, openat' "fd.name = $PWD/evil"
    race link
}

test_race_rename() {
    echo good >good
    echo evil >evil
    rule 'rename' "evt.abspath = $PWD/evil"
    race rename
}

test_race_connect() {
    rule 'connect' 'fd.rport = 6666'
    race connect
}

test_race_send() {
    rule 'sendmsg, sendto' 'fd.rport = 6666'
    race send
}

# Every kind of call: it works where nothing denies it, and what it works on has what it gave.
test_path_calls() {
    need python3
    deny_evil
    mkdir evil dir
    echo x >evil/file
    ln -s evil door
    ln -s evil/new hole
    cat >calls.py <<'END'
import os, socket, stat
def denied(call, *args, **more):
    try:
        call(*args, **more)
    except PermissionError:
        return
    print("not denied:", call.__name__, args)
d = os.open("dir", os.O_RDONLY)
os.umask(0o027)
with open("a", "w") as f:
    f.write("text")
assert stat.S_IMODE(os.stat("a").st_mode) == 0o640
os.rename("a", "b")
os.rename("b", "c", dst_dir_fd=d)
os.rename("dir/c", "a")
os.mkdir("sub")
os.mkdir("sub/sub/")
assert stat.S_IMODE(os.stat("sub").st_mode) == 0o750
os.rmdir("sub/sub")
os.symlink("a", "s")
os.symlink("missing", "dangling")
os.link("a", "hard")
os.link("s", "hard to link", follow_symlinks=False)
assert os.path.islink("hard to link")
os.mkfifo("fifo")
os.chmod("s", 0o604)
assert stat.S_IMODE(os.stat("a").st_mode) == 0o604
os.truncate("a", 2)
assert open("s").read() == "te"
os.utime("a", ns=(1, 2))
assert os.stat("a").st_mtime_ns == 2
os.utime("s", ns=(3, 4), follow_symlinks=False)
assert os.lstat("s").st_mtime_ns == 4 and os.stat("a").st_mtime_ns == 2
os.chown("a", os.getuid(), os.getgid())
with open("dangling", "w") as f:
    f.write("made")
assert open("missing").read() == "made"
try:
    os.open("dangling", os.O_CREAT | os.O_EXCL)
    print("a link is no file")
except FileExistsError:
    pass
try:
    os.open("s", os.O_RDONLY | os.O_NOFOLLOW)
    print("followed")
except OSError as e:
    assert e.errno == 40, e
for path, error in ("a/", 20), ("dir/", 0), ("dir/../a", 0), ("missing/../a", 20), ("none", 2), ("", 2), ("x" * 300, 36):
    try:
        os.close(os.open(path, os.O_RDONLY))
        assert error == 0, path
    except OSError as e:
        assert e.errno == error, (path, e)
fd = os.open("dir", os.O_TMPFILE | os.O_RDWR)
os.link("/proc/self/fd/%d" % fd, "named", follow_symlinks=True, src_dir_fd=d)
assert os.stat("named").st_ino == os.fstat(fd).st_ino
assert not os.get_inheritable(fd)
assert int(open("/proc/self/stat").read().split()[0]) == os.getpid()
assert open("/proc/thread-self/comm").read().startswith("python")
assert "self" in open("/proc/self/mounts").read() or True
assert os.path.samefile(os.open("/dev/fd/%d" % d, os.O_RDONLY), d)
os.unlink("hard")
os.unlink("s")
try:
    os.rmdir("dangling/")
    print("removed through a link")
except NotADirectoryError:
    pass
for name in "evil/file", "door/file", "dir/../door/file":
    denied(os.open, name, os.O_RDONLY)
    denied(os.unlink, name)
    denied(os.rename, name, "elsewhere")
    denied(os.rename, "a", name)
    denied(os.chmod, name, 0o600)
    denied(os.truncate, name, 0)
    denied(os.chown, name, 0, 0)
    denied(os.utime, name)
    denied(os.link, name, "elsewhere")
    denied(os.link, "a", name + "2")
    denied(os.symlink, "a", name + "2")
    denied(os.mkdir, name + "2")
    denied(os.mkfifo, name + "2")
    denied(os.open, name + "2", os.O_CREAT | os.O_WRONLY)
denied(os.open, "hole", os.O_CREAT | os.O_WRONLY)
os.chdir("evil")
denied(os.open, "file", os.O_RDONLY)
print("done")
END
    enforce python3 calls.py
    expect_status 0
    [ "$(cat out)" = 'done' ] || fail 'nothing but "done"'
    [ "$(ls evil)" = file ] || fail "no other file in ./evil"
    [ "$(cat evil/file)" = x ] || fail "./evil/file as it was"
}

test_openat2() {
    need python3
    deny_evil
    mkdir evil dir
    echo x >evil/file
    echo y >dir/file
    ln -s ../evil/file dir/out
    ln -s file dir/in
    cat >calls.py <<'END'
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
d = os.open("dir", os.O_PATH)
def openat2(fd, path, flags=0, mode=0, resolve=0, size=24):
    how = struct.pack("QQQQ", flags, mode, resolve, 0)
    fd = libc.syscall(437, fd, path.encode(), how, size)
    return ctypes.get_errno() if fd < 0 else os.read(fd, 1).decode() if not flags else "made"
for resolve, path in (0, "file"), (8, "in"), (16, "/in"), (4, "file"):
    assert openat2(d, path, resolve=resolve) == "y", (resolve, path)
assert openat2(d, "out") == 1
assert openat2(d, "out", resolve=8) == 18  # EXDEV: beneath
assert openat2(d, "in", resolve=4) == 40   # ELOOP: no links
assert openat2(d, "/../evil/file", resolve=16) == 2
assert openat2(d, "new", os.O_CREAT | os.O_RDWR, 0o600, 8) == "made"
assert openat2(d, "../evil/new", os.O_CREAT | os.O_RDWR, 0o600, 4) == 1
assert openat2(d, "file", 1 << 40) == 22
assert openat2(d, "file", size=8) == 22
print("done")
END
    enforce python3 calls.py
    [ "$(cat out)" = 'done' ] || fail 'nothing but "done"'
    [ ! -e evil/new ] || fail "no file in ./evil"
}

# What a call may do depends on who calls: ids, root, namespaces, none of which are the supervisor's.
test_as_the_caller() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    deny_evil
    chmod 755 .
    echo x >evil
    echo mine >mine
    chmod 600 mine
    echo theirs >theirs
    chown 65534 theirs
    chmod 600 theirs
    enforce setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs cat theirs mine evil
    expect out '^theirs$'
    expect err 'mine: Permission denied' 'evil: Operation not permitted'
    mkdir mounted
    # shellcheck disable=SC2016 # for the inner shell
    enforce unshare -mn sh -c 'mount -t tmpfs none mounted && echo x >mounted/inside && cat mounted/inside evil
        cat /proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward'
    expect out '^x$' '^0$'
    expect err 'evil: Operation not permitted'
    [ ! -e mounted/inside ] || fail "nothing mounted here"
    expect_no alerts warning
    enforce unshare -Ur sh -c 'cat mine evil; : >made'
    expect out '^mine$'
    expect err 'evil: Operation not permitted'
    mkdir -p "root$PWD"
    cp evil "root$PWD/evil"
    echo inside >root/inside
    cat >chroot.py <<'END'
import os
keep = os.open(".", os.O_RDONLY)
os.chroot("root")
print(open("/inside").read())
for path in "mine", "/mine":
    try:
        os.open(path, os.O_RDONLY)
        print("outside, by", path) if path == "/mine" else print("from the old directory")
    except FileNotFoundError:
        pass
END
    enforce python3 chroot.py
    expect out '^inside$' '^from the old directory$'
    expect_no out '^outside'
}

test_as_a_user() {
    as_nobody
    chmod 777 .
    deny_evil
    echo x >evil
    echo y >good
    ln -s evil link
    run "${nobody[@]}" ./proctor --mode=enforce --policy rules.yaml --results=none -q -e trace=openat cat good evil link
    expect out '^y$'
    expect err '^openat\(AT_FDCWD, "good", O_RDONLY\) += [0-9]+$' '^openat\(AT_FDCWD, "evil", .* = -1 EPERM' '^openat\(AT_FDCWD, "link", .* = -1 EPERM'
    run "${nobody[@]}" ./proctor --json -o trace --mode=enforce --policy rules.yaml --results=none -q -e trace=openat cat good
    expect_status 0
    [ "$(jq -r 'select(.path == "'"$PWD"'/good") | .return' trace)" -ge 3 ] || fail "a result" trace
}

# A call that blocks holds up nobody, and can be interrupted as if it were the caller's own.
test_blocking_calls() {
    need python3
    deny_evil
    mkfifo fifo
    cat >calls.py <<'END'
import os, signal, threading, time
def other():
    for i in range(200):
        os.close(os.open("calls.py", os.O_RDONLY))
    os.close(os.open("fifo", os.O_WRONLY))
t = threading.Thread(target=other)
t.start()
os.close(os.open("fifo", os.O_RDONLY))
t.join()
class Alarm(Exception):
    pass
def handler(signum, frame):
    raise Alarm
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.2)
try:
    os.open("fifo", os.O_RDONLY)
    print("opened")
except Alarm:
    print("interrupted")
pid = os.fork()
if pid == 0:
    os.open("fifo", os.O_RDONLY)
time.sleep(0.1)
os.kill(pid, signal.SIGKILL)
print(os.waitpid(pid, 0)[1])
END
    enforce python3 calls.py
    expect_status 0
    [ "$(cat out)" = 'interrupted
9' ] || fail "interrupted, and killed"
}

test_sockets() {
    need python3
    rule 'connect, bind, sendto, sendmsg' "fd.rport = 6666 or fd.lport = 6666 or fd.name startswith $PWD/evil"
    mkdir evil
    ln -s evil door
    cat >calls.py <<'END'
import array, os, socket
def denied(call, *args):
    try:
        call(*args)
        print("not denied:", call.__name__, args)
    except PermissionError:
        pass
server = socket.socket(socket.AF_UNIX)
server.bind("sock")
assert server.getsockname() == "sock"
server.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("sock")
assert client.getpeername() == "sock"
peer, _ = server.accept()
peer.sendall(b"x" * 100000)
client.sendmsg([b"1", b"2"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [os.open("calls.py", os.O_RDONLY)]))])
data, control, _, _ = peer.recvmsg(10, 100)
assert data == b"12" and os.read(array.array("i", control[0][2])[0], 6) == b"import"
denied(socket.socket(socket.AF_UNIX).bind, "evil/sock")
denied(socket.socket(socket.AF_UNIX).bind, "door/sock")
denied(socket.socket(socket.AF_UNIX).connect, "door/sock2" if False else os.path.abspath("evil/sock"))
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.bind(("127.0.0.1", 0))
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
assert b.sendto(b"hello", a.getsockname()) == 5 and a.recv(10) == b"hello"
assert b.sendmsg([b"x" * 60000], [], 0, a.getsockname()) == 60000 and len(a.recv(70000)) == 60000
denied(b.sendto, b"x", ("127.0.0.1", 6666))
denied(b.sendmsg, [b"x"], [], 0, ("127.0.0.1", 6666))
denied(b.connect, ("127.0.0.1", 6666))
denied(b.bind, ("127.0.0.1", 6666))
t = socket.socket()
t.bind(("127.0.0.1", 0))
t.listen()
c = socket.create_connection(t.getsockname())
c.sendmsg([b"y"])
n = socket.socket()
n.setblocking(False)
assert n.connect_ex(t.getsockname()) in (0, 115)
c.close()
print("done")
END
    enforce python3 calls.py
    [ "$(cat out)" = 'done' ] || fail 'nothing but "done"'
}

test_terminal() {
    need python3
    deny_evil
    cat >calls.py <<'END'
import os, pty, sys
pid, master = pty.fork()
if pid == 0:
    fd = os.open("/dev/tty", os.O_RDWR)
    os.write(fd, b"mine: %s\n" % os.ttyname(fd).encode())
    os._exit(os.ttyname(fd) != os.ttyname(0))
print(os.read(master, 100).decode().strip())
assert os.waitpid(pid, 0)[1] == 0
try:
    os.open("/dev/tty", os.O_RDWR)
except OSError as e:
    print(e.errno)
END
    enforce setsid --wait python3 calls.py
    expect out '^mine: /dev/pts/' '^6$'
}

# i386 calls of a 64-bit program: other numbers, and arguments of socketcall in memory.
test_other_abi() {
    run "$programs/int80"
    [ "$status" != 3 ] || skip 'no 32-bit calls here'
    rule openat 'fd.name startswith /elsewhere'
    enforce --results=none -e trace=openat,connect -o trace "$programs/int80"
    expect out 'openat ENOENT'
    expect trace 'by-int80", O_RDONLY\) += -1 ENOENT'
    rule connect 'fd.rport = 7'
    enforce --results=none -e trace=openat,connect -o trace "$programs/multiplex"
    expect out '^socket [0-9]+ connect 0$'
    expect trace '^connect\(.*sin_port=htons\(9\).* += 0$'
    rule connect 'fd.rport = 9'
    enforce "$programs/multiplex"
    expect out '^socket [0-9]+ connect -1$'
}

# The next worker makes calls as well as the first, and nothing of the first is left in the way.
test_worker_dies() {
    need python3 pgrep
    deny_evil
    mkfifo fifo
    echo x >evil
    cat >calls.py <<'END'
import os, signal, subprocess, threading, time
supervisor = os.getppid()
children = subprocess.run(["pgrep", "-x", "-P", str(supervisor), "proctor"], capture_output=True, text=True).stdout.split()
threading.Timer(0.3, lambda: [os.kill(int(c), signal.SIGKILL) for c in children]).start()
for name in "fifo", "evil":
    try:
        os.open(name, os.O_RDONLY)
        print("opened", name)
    except PermissionError:
        print("denied", name)
os.close(os.open("calls.py", os.O_RDONLY))
for attempt in range(500): # who was killed is gone a moment later
    try:
        os.close(os.open("fifo", os.O_WRONLY | os.O_NONBLOCK))
        time.sleep(0.01)
    except OSError as e:
        print(e.errno)
        break
else:
    print("a reader is left")
END
    enforce python3 calls.py
    expect_status 0
    [ "$(tr '\n' ' ' <out)" = 'denied fifo denied evil 6 ' ] || fail "denied, and no reader of the FIFO"
    expect err 'the worker died'
}

# Many callers at once, served by several threads: each gets its own result, and each is in the trace.
test_many_at_once() {
    deny_evil
    local workers results
    for workers in 1 4; do
        for results in none auto; do
            enforce --workers="$workers" --results="$results" -o trace -e trace=openat,rename,chmod,unlink "$programs/files" 12 20
            expect_status 0
            expect out '^0 wrong$'
            joined trace >lines
            expect_count lines '^[0-9]+ +rename\("first\.[0-9.]+", "second\.[0-9.]+"\) += 0$' 240
            expect_count lines '^[0-9]+ +openat\(AT_FDCWD, "second\.[0-9.]+", O_RDONLY\) += [0-9]+$' 240
            expect_no lines '= \?'
        done
    done
}

# Rules may ask whether the call succeeds. What is not there is not denied; what is there by then is.
test_denied_if_it_succeeds() {
    rule 'open, openat' "fd.name startswith $PWD/evil and fd.num >= 0"
    echo x >evil
    enforce sh -c 'cat evil; cat evil2; : >evil3'
    expect err 'evil: Operation not permitted' 'evil2: No such file' 'create evil3: Operation not permitted'
    [ ! -e evil3 ] || fail "no file made"
    expect_count alerts denied 2
}

test_racy_rules() {
    rule 'execve, mount' "proc.name = evil or evt.arg.dir = /evil"
    rule 'openat' 'evt.arg.flags contains O_TRUNC'
    rule 'mount' 'user.uid = 77'
    run "$P" check rules.yaml
    expect_status 0
    expect_count out racy 1
    expect out "^rules.yaml:1: rule .* is racy.*: (mount, execve|execve, mount)$"
    run "$P" --mode=enforce --policy rules.yaml true
    expect_status 0
    expect err '^rules.yaml:1: rule .* is racy'
    run "$P" --mode=enforce --strict --policy rules.yaml true
    expect_status 2
    expect err '^proctor: --strict: rules.yaml:1: rule '
    rm rules.yaml
    deny_evil
    run "$P" --mode=enforce --strict --policy rules.yaml true
    expect_status 0
    [ ! -s err ] || fail "nothing to say" err
    run "$P" --mode=enforce --strict --results=ptrace --policy rules.yaml true
    expect_status 2
    expect err 'racy'
}

run_tests
