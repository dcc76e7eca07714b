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


def until(condition):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)


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


def tasks(pid):
    return [f"/proc/{pid}/task/{tid}/stat" for tid in os.listdir(f"/proc/{pid}/task")]


def idle(pids):
    """Whether nothing is left to do for the supervisor: a call that waits for it would have woken it."""
    return all(state(stat)[0] == b"S" for _ in range(3) for pid in pids for stat in tasks(pid))


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    for stat in tasks(pid):  # each stops when it is its turn to run
        until(lambda stat=stat: state(stat)[0] == b"T")


resumed = threading.Event()
running = [threading.Thread(target=reader, args=(r,)) for r, _ in pipes]
for thread in running:
    thread.start()
until(lambda: all(in_read(thread.native_id) for thread in running))
stopped = supervisors()
until(lambda: idle(stopped))  # one that is in the call may still be about to be let into it
for pid in stopped:
    stop(pid)
for _, w in pipes:
    os.write(w, b"x" * size)
until(lambda: len(done) == threads)
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
