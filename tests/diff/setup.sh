# shellcheck shell=sh
# Makes the directory in which each case runs: the same to the second, so that what programs write is too.
set -e
mkdir -p tree/a/b tree/c html
for i in 1 2 3 4 5; do
    seq "$i" 200 >"tree/a/file$i"
    echo "needle $i" >"tree/a/b/hay$i"
done
printf 'b\na\nc\na\n' >lines
printf '{"name": "value", "list": [1, 2, 3]}\n' >data.json
head -c 100000 /dev/zero | tr '\0' x >big
ln -s lines link
printf '#!/bin/bash\nfor f in tree/a/*; do [ -f "$f" ] && read -r n <"$f"; done\nread -r line <lines\necho "$line $n"\nexec wc -l lines\n' >script.sh
chmod +x script.sh
printf 'all: out\nout: lines\n\tcp lines out\nclean:\n\trm -f out\n' >Makefile
echo 'hello over http' >html/index.html
cat >server.py <<'END'
import os, socket, struct, time
s = socket.socket(socket.AF_UNIX); s.bind("sock"); s.listen(1)
if os.fork() == 0:
    c = socket.socket(socket.AF_UNIX); c.connect("sock"); c.send(b"ping"); os._exit(0)
c, _ = s.accept(); c.recv(10); os.wait()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
u.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 1, 0)); u.bind(("127.0.0.1", 0))
t = socket.socket(); t.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); t.connect_ex(("127.0.0.1", 1))
a, b = socket.socketpair(); a.sendmsg([b"one", b"two"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", 1))])
b.recvmsg(100, 100); b.shutdown(socket.SHUT_RDWR)
END
cat >threads.py <<'END'
import os, select, signal, threading, time, fcntl, mmap, resource
signal.signal(signal.SIGUSR1, lambda *a: None); os.kill(os.getpid(), signal.SIGUSR1)
r, w = os.pipe(); os.write(w, b"x"); select.select([r], [], [], 0); p = select.poll(); p.register(r); p.poll(0)
e = select.epoll(); e.register(r, select.EPOLLIN); e.poll(0); fcntl.flock(r, fcntl.LOCK_EX); fcntl.fcntl(r, fcntl.F_GETFL)
f = open("lines", "r+b"); fcntl.lockf(f, fcntl.LOCK_SH); m = mmap.mmap(f.fileno(), 8); m.close(); os.fsync(f.fileno())
os.truncate("lines", 4); os.chmod("lines", 0o640); os.utime("lines", ns=(1, 2)); os.link("lines", "hard"); os.mkfifo("fifo")
resource.getrlimit(resource.RLIMIT_NOFILE); resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.sched_getaffinity(0)
os.setpriority(os.PRIO_PROCESS, 0, 1); os.umask(0o27); os.getgroups(); time.sleep(0.001); os.statvfs("."); os.uname()
os.symlink("a", "b"); os.readlink("b"); os.rename("b", "c"); os.mkdir("d", 0o711); os.rmdir("d"); os.unlink("c"); os.sync()
os.posix_fallocate(f.fileno(), 0, 10); os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_RANDOM); os.memfd_create("m")
os.setxattr("lines", "user.a", b"1") if False else None; os.eventfd(3); os.pipe2(os.O_NONBLOCK); os.sendfile(w, f.fileno(), 0, 2)
os.pread(f.fileno(), 2, 1); os.pwrite(f.fileno(), b"z", 1); os.writev(w, [b"ab", b"c"]); os.readv(r, [bytearray(2)]); os.dup2(w, 50)
os.waitid(os.P_PID, os.posix_spawn("/bin/true", ["true"], {}), os.WEXITED | os.WNOHANG | os.WNOWAIT)
END
cat >asynchronous.py <<'END'
import asyncio
async def main():
    server = await asyncio.start_unix_server(lambda r, w: w.close(), "sock")
    reader, writer = await asyncio.open_unix_connection("sock")
    await reader.read()
    writer.close()
    await asyncio.wait_for(asyncio.sleep(0.01), 5)
asyncio.run(main())
END
if command -v git >/dev/null; then
    git init -q -b main repository
    cd repository
    git config user.name tester
    git config user.email tester@localhost
    cp -r ../tree .
    export GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
    git add .
    git commit -q -m first
    cd ..
fi
find . -exec touch -h -d '2020-01-02 03:04:05 UTC' {} +
