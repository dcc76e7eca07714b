"""Opens one descriptor of each sort and names it by an fcntl(FD, F_GETFD): descriptors.py [listen]."""
import ctypes
import fcntl
import os
import pty
import select
import signal
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
kept = []


def show(thing):
    kept.append(thing)
    fcntl.fcntl(thing, fcntl.F_GETFD)
    return thing


def internet(family, address):
    stream = show(socket.socket(family))
    stream.bind((address, 0))
    stream.listen(1)
    show(stream)
    client = socket.socket(family)
    client.connect(stream.getsockname())
    show(client)
    show(stream.accept()[0])
    datagram = show(socket.socket(family, socket.SOCK_DGRAM))
    datagram.bind((address, 0))
    show(datagram)
    client = socket.socket(family, socket.SOCK_DGRAM)
    client.connect(datagram.getsockname())
    show(client)


def local():
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET:
        for end in socket.socketpair(socket.AF_UNIX, kind):
            show(end)
    server = show(socket.socket(socket.AF_UNIX))
    server.bind("a \"path\"")
    server.listen(1)
    show(server)
    client = socket.socket(socket.AF_UNIX)
    client.connect("a \"path\"")
    show(client)
    show(server.accept()[0])
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0proctor>test\n%d" % os.getpid())
    show(abstract)


def files():
    show(os.open("/etc/passwd", os.O_RDONLY))
    show(os.open("/", os.O_RDONLY | os.O_DIRECTORY))
    show(os.open("/dev/null", os.O_RDWR))
    for name in b"named", b"gone", b"not gone (deleted)", b"a\n\"b\"<c>\\\xe9\x1b[2J":
        fd = os.open(name, os.O_CREAT | os.O_RDWR)
        if name == b"gone":
            os.unlink(name)
        show(fd)
    os.mkdir("removed")
    fd = os.open("removed", os.O_RDONLY)
    os.rmdir("removed")
    show(fd)
    show(os.memfd_create("memory"))
    os.mkfifo("fifo")
    show(os.open("fifo", os.O_RDWR))


def others():
    for end in os.pipe() + pty.openpty():
        show(end)
    show(select.epoll())
    show(libc.inotify_init())
    show(libc.timerfd_create(1, 0))
    show(libc.eventfd(18, 0))
    show(libc.signalfd(-1, ctypes.byref(ctypes.c_ulonglong(1 << signal.SIGHUP - 1 | 1 << signal.SIGUSR1 - 1)), 0))
    show(libc.syscall(434, os.getpid(), 0))  # pidfd_open
    netlink = show(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    netlink.bind((0, 0))
    show(netlink)
    show(os.open("/proc/self/ns/net", os.O_RDONLY))


if sys.argv[1:] == ["listen"]:
    server = socket.socket()
    server.bind(("0.0.0.0", 0))
    server.listen(1)
    show(server)
    server = socket.socket(socket.AF_UNIX)
    server.bind("here")
    show(server)
else:
    files()
    others()
    local()
    internet(socket.AF_INET, "127.0.0.1")
    internet(socket.AF_INET6, "::1")
