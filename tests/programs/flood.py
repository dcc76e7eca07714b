"""
Makes more results at once than the supervisor's ring has room for: flood.py THREADS BYTES [end]. Every thread waits in a
read; while the supervisor, our parent, is stopped, there comes something to read for all of them. Then each reads once
more, or with `end` ends.
"""
import os
import signal
import sys
import threading
import time

threads, size = int(sys.argv[1]), int(sys.argv[2])
end = sys.argv[3:] == ["end"]
pipes = [os.pipe() for _ in range(threads)]
done = []


def reader(fd):
    done.append(len(os.read(fd, size)))
    if end:
        return
    resumed.wait()
    os.read(fd, 1)


resumed = threading.Event()
running = [threading.Thread(target=reader, args=(r,)) for r, _ in pipes]
for thread in running:
    thread.start()
time.sleep(0.5)
os.kill(os.getppid(), signal.SIGSTOP)
for _, w in pipes:
    os.write(w, b"x" * size)
for _ in range(1000):
    if len(done) == threads:
        break
    time.sleep(0.01)
os.kill(os.getppid(), signal.SIGCONT)
resumed.set()
for _, w in pipes:
    os.close(w)
for thread in running:
    thread.join()
sys.exit(done != [size] * threads)
