"""
Makes more results at once than the supervisor's ring has room for: flood.py THREADS BYTES [end|killed]. Every thread
waits in a read; while the supervisor is stopped, there comes something to read for all of them. Then each reads once
more, or with `end` ends; or all are `killed`.
"""
import os
import signal
import sys
import threading
import time

threads, size = int(sys.argv[1]), int(sys.argv[2])
end, killed = (sys.argv[3:] == [word] for word in ("end", "killed"))
pipes = [os.pipe() for _ in range(threads)]
done = []


def reader(fd):
    done.append(len(os.read(fd, size)))
    if end:
        return
    resumed.wait()
    os.read(fd, 1)


def in_read(tid):
    with open(f"/proc/self/task/{tid}/syscall", encoding="ascii") as file:
        return file.read().startswith("0 ")


def state(stat):
    """The state and the parent in a stat file of /proc. By pread: nobody may be there to answer a read."""
    fd = os.open(stat, os.O_RDONLY)
    fields = os.pread(fd, 4096, 0).rpartition(b")")[2].split()
    os.close(fd)
    return fields[0], int(fields[1])


def supervisors():
    """Our parent, and its other children."""
    found = [os.getppid()]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if state(f"/proc/{pid}/stat")[1] == os.getppid() and int(pid) != os.getpid():
                found.append(int(pid))
        except OSError:
            pass  # it is gone
    return found


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    for tid in os.listdir(f"/proc/{pid}/task"):  # each stops when it is its turn to run
        for _ in range(1000):
            if state(f"/proc/{pid}/task/{tid}/stat")[0] == b"T":
                break
            time.sleep(0.01)


resumed = threading.Event()
running = [threading.Thread(target=reader, args=(r,)) for r, _ in pipes]
for thread in running:
    thread.start()
for _ in range(1000):
    if sum(in_read(thread.native_id) for thread in running) == threads:
        break
    time.sleep(0.01)
time.sleep(0.2)  # one may still be about to be let into it
stopped = supervisors()
for pid in stopped:
    stop(pid)
for _, w in pipes:
    os.write(w, b"x" * size)
for _ in range(1000):
    if len(done) == threads:
        break
    time.sleep(0.01)
for pid in stopped:
    os.kill(pid, signal.SIGCONT)
if killed:
    os.kill(os.getpid(), signal.SIGKILL)
resumed.set()
for _, w in pipes:
    os.close(w)
for thread in running:
    thread.join()
sys.exit(done != [size] * threads)
