"""Plays a container runtime that talks to the agent, well or badly: peer.py SOCKET WHAT."""
import ctypes
import json
import os
import socket
import struct
import sys
import threading
import time

path, what = sys.argv[1:3]  # and the id of the agent's worker


def state(**changes):
    inner = {"ociVersion": "1.0.2", "id": "peer", "status": "creating", "pid": os.getpid(), "bundle": "/b"}
    outer = {"ociVersion": "1.0.2", "fds": ["seccompFd"], "pid": os.getpid(), "state": inner}
    outer.update(changes)
    return json.dumps(outer).encode()


def connect():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect(path)
    return s


def send(s, text, fds):
    socket.send_fds(s, [text], fds)


def listener():
    """A filter on this process that sends getppid: number 110 of x86-64."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    rules = [(0x20, 0, 0, 0), (0x15, 0, 1, 110), (0x06, 0, 0, 0x7FC00000), (0x06, 0, 0, 0x7FFF0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(code)))
    fd = libc.syscall(317, 1, 8, program)  # SECCOMP_SET_MODE_FILTER, NEW_LISTENER
    assert fd >= 0, os.strerror(ctypes.get_errno())
    return fd


def closed(s):
    """Whether the agent closes the connection, which it does when it has had enough."""
    s.settimeout(20)
    try:
        return s.recv(1) == b""
    except ConnectionResetError:
        return True


def refused(text, fds):
    s = connect()
    try:
        if fds:
            send(s, text, fds)
        else:
            s.sendall(text)
        s.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError, OSError):
        pass
    assert closed(s), "the connection is still open"


def traced(text_pieces, fds, first=0):
    """Hands over a listener of our own in pieces; getppid must work then, or we would hang."""
    s = connect()
    send(s, text_pieces[0], fds)
    for piece in text_pieces[1:]:
        time.sleep(0.02)
        s.sendall(piece)
    for fd in fds:
        os.close(fd)
    assert closed(s)
    assert os.getppid() > 0


null = os.open("/dev/null", os.O_RDONLY)
if what == "good":
    traced([state()], [listener()])
elif what == "pieces":
    text = state(metadata="x" * 100000)
    traced([text[i:i + 30000] for i in range(0, len(text), 30000)], [listener()])
elif what == "others":
    traced([state(fds=["one", "seccompFd", "two"])], [null, listener(), os.dup(null)])
elif what == "truncated":
    refused(state()[:-1], [null])
elif what == "empty":
    refused(b"", [])
elif what == "rubbish":
    refused(bytes(range(256)) * 16, [null])
elif what == "oversized":
    refused(b"{\"a\":\"" + b"x" * (2 << 20), [null])
elif what == "no-fd":
    refused(state(), [])
elif what == "wrong-fd":
    refused(state(), [null])
elif what == "more-fds":
    refused(state(), [null, os.dup(null)])
elif what == "late-fd":
    s = connect()
    s.sendall(state()[:10])
    time.sleep(0.1)
    try:
        send(s, state()[10:], [null])
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert closed(s)
elif what == "wrong-place":
    refused(state(fds=["seccompFd", "other"]), [null, listener()])
elif what == "greedy":
    # Keeps the listener and takes calls that woke the agent, which then waits for one that is not there.
    fd = listener()
    libc = ctypes.CDLL(None)

    def take():
        while True:
            request = ctypes.create_string_buffer(80)
            if libc.ioctl(fd, ctypes.c_ulong(0xC0502100), request) == 0:  # SECCOMP_IOCTL_NOTIF_RECV
                answer = ctypes.create_string_buffer(request.raw[:8] + bytes(12) + struct.pack("I", 1))
                libc.ioctl(fd, ctypes.c_ulong(0xC0182101), answer)  # SECCOMP_IOCTL_NOTIF_SEND

    for _ in range(4):
        threading.Thread(target=take, daemon=True).start()
    s = connect()
    send(s, state(), [fd])
    assert closed(s)

    def receives():
        with open("/proc/%s/syscall" % sys.argv[3]) as call:
            return call.read().split()[:3:2] == ["16", "0xc0502100"]

    until = time.monotonic() + 5
    while time.monotonic() < until:
        libc.getppid()  # os.getppid keeps the other threads from running
        if receives() and (time.sleep(0.005), receives())[1]:
            break
    print("taken", flush=True)
    time.sleep(60)
elif what == "thousand":
    many = []
    for _ in range(1000):
        many.append(connect())
    traced([state()], [listener()])
elif what == "slow":
    slow = connect()
    slow.sendall(state()[:20])
    traced([state()], [listener()])
    assert closed(slow), "one that says nothing more is closed"
elif what == "duplicate":
    fds = [listener()]
    s = connect()
    send(s, state(), fds)
    assert closed(s)
    traced([state()], fds)
else:
    sys.exit("what?")
