"""Reads a trace written by `strace -f -o` or `proctor -f -o` into comparable calls."""
import os
import re

# Where programs, libraries, heaps and stacks are mapped on 64-bit machines.
ADDRESS = re.compile(r"\b0x(?:5[56]|7[ef])[0-9a-f]{10}\b")
INODE = re.compile(r"\b(socket|pipe|NETLINK|UNIX(?:-[A-Z]+)?|TCP(?:v6)?|UDP(?:v6)?|anon_inode):\[\d+(?:->\d+)?")
EPHEMERAL = re.compile(r"(?:(?<=:)|(?<=htons\())(32[789]\d\d|(?:3[3-9]|[45]\d|6[0-5])\d{3})(?=[])-])")
# The same ports as -X raw and verbose show them: from 0x8000 on.
EPHEMERAL_BYTES = re.compile(r'(?<=_port=")\\x[89a-f][0-9a-f]\\x[0-9a-f]{2}(?=")')
# A netlink socket's address is the first free one from the process id on; its sequence numbers are times.
NETLINK = re.compile(r"\b(nl_pid|nlmsg_pid|nlmsg_seq)=-?[1-9]\d+")
# Calls whose arguments, and calls whose results, are or hold process ids.
PID_ARGS = {"wait4", "waitid", "waitpid", "kill", "tgkill", "tkill", "setpgid", "getpgid", "getsid", "pidfd_open",
            "prlimit64", "sched_getaffinity", "sched_setaffinity", "ioctl", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
            "fcntl", "fcntl64", "clone", "clone3", "kcmp", "process_vm_readv", "process_vm_writev"}
PID_RESULTS = {"fork", "vfork", "clone", "clone3", "getpid", "getppid", "gettid", "set_tid_address", "getpgrp", "getpgid",
               "getsid", "setsid", "wait4", "waitid", "waitpid", "rt_sigreturn", "sigreturn", "semctl", "fcntl"}
# Calls that say something else each time they are asked, and those whose results do.
VOLATILE = {"getrandom", "sysinfo", "clock_gettime", "clock_gettime64", "gettimeofday", "time", "times", "getrusage",
            "timer_gettime", "timer_gettime64", "timerfd_gettime", "timerfd_gettime64", "getitimer", "adjtimex", "getcpu",
            "clock_adjtime", "clock_adjtime64"}
VOLATILE_RESULTS = {"time", "times"}
KEY_CALLS = {"add_key", "request_key", "keyctl"}
INODES = re.compile(r"\b(stx?_ino|st_[abcm]time_nsec|d_ino|pid|f_bfree|f_bavail|f_ffree|stx_mnt_id|"
                    r"(?:msg|shm)_l?[csr]?pid|(?:msg|sem|shm)_[a-z]?time|ru_[a-z]+)=(?:\d+|\{tv_sec=\d+, tv_usec=\d+\})")
# An id of another PID namespace: who it is here, which is a task of the trace.
OUTSIDE = re.compile(r"/\* (\d+) in (?:strace|proctor)'s PID NS \*/")
HANDLE = re.compile(r'\bf_handle="[^"]*"')
TIMES = re.compile(r"\b(stx?_[abcm]time)=(?:\d+ /\* (?!2020-01-0)[^*]*\*/|\{[^}]*\}(?: /\* (?!2020-01-0)[^*]*\*/)?)")
# What the kernel tells of a program that BPF runs, and of a map: their ids, and when it was loaded.
BPF_INFO = re.compile(r"(?<=, )(id=\d+|load_time=\d+ /\*[^*]*\*/)(?=, )")

def numbers():
    """{number: name} of x86-64's calls; those that strace may not know have the same number everywhere."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../decode/abi/x86_64.def")
    with open(path) as file:
        return {int(number): name for number, name in re.findall(r"^NR\((\d+), (\w+)\)", file.read(), re.M)}


NAMES = numbers()
NEWER = {name for number, name in NAMES.items() if number >= 335}
OPENING, CLOSING = "([{", ")]}"


class Call:
    """One line: a call with its arguments, or an event (signal, exit) with none."""

    def __init__(self, line, name, args, result):
        self.line, self.name, self.args, self.result = line, name, args, result
        # A call that strace has no name for, and no way to show.
        self.nameless = name.startswith("syscall_0x")
        if self.nameless:
            self.name = NAMES.get(int(name[len("syscall_"):], 16), name)

    def kind(self):
        """What an aligned call must have in common at least: its name; whether a shell waits or only looks."""
        return (self.name,) + (tuple(self.args[2:3]) if self.name == "wait4" else ())

    def key(self):
        """The same, and what it surely got from the program."""
        return self.kind() if self.name in NEWER else self.kind() + tuple(a for a in self.args[:2] if a[:1] in '"~S' or a.isdigit())


def skip_string(text, i):
    """The index after the string that starts at i."""
    i += 1
    while i < len(text) and text[i] != '"':
        i += 2 if text[i] == "\\" else 1
    return i + 1


def skip_path(text, i):
    """The index after a descriptor's <path>, if one starts at i; else i."""
    if text[i] != "<" or not re.match(r"[0-9DA-Z]", text[i - 1]) or text[i + 1] in "<. =":
        return i
    while i < len(text) and not (text[i] == ">" and text[i - 1] != "-"):
        i += 1
    return i + 1


def split_args(text):
    """Splits 'a, {b, c}) = 0' into (['a', '{b, c}'], ' = 0')."""
    args, depth, start, i = [], 0, 0, 0
    while i < len(text):
        c = text[i]
        if c == '"':
            i = skip_string(text, i)
            continue
        if c == "<" and i > 0 and skip_path(text, i) > i:
            i = skip_path(text, i)
            continue
        if text.startswith("/*", i) and "*/" in text[i:]:
            i = text.index("*/", i) + 2
            continue
        if c in OPENING:
            depth += 1
        elif c == ")" and depth == 0:
            break
        elif c in CLOSING:
            depth -= 1
        elif c == "," and depth == 0:
            args.append(text[start:i].strip())
            start = i + 1
        i += 1
    last = text[start:i].strip()
    return args + [last] if last or args else [], text[i + 1:]


def parse(line):
    match = re.match(r"([a-z_0-9]+)\(", line)
    if not match:
        # A signal's line: its name, and what is in braces as an argument.
        words = line.split(" ", 2)
        return Call(line, line if words[0] == "+++" else " ".join(words[:2]), words[2:] if words[0] == "---" else [], "")
    args, rest = split_args(line[match.end():])
    result = re.sub(r"^\s*=\s*", "", rest).strip()
    return Call(line, match[1], args, result)


def normalize(text, pids, holds_pid, volatile, holds_key):
    text = OUTSIDE.sub(lambda m: "/* %s here */" % pids.get(m[1], "another"), text)
    text = HANDLE.sub("f_handle=BYTES", text)
    text = re.sub(r"\b\d{6,9}\b", "KEY", text) if holds_key else text
    text = ADDRESS.sub("ADDR", text)
    text = INODE.sub(r"\1:[N", text)
    text = EPHEMERAL_BYTES.sub("PORT", EPHEMERAL.sub("PORT", text))
    text = NETLINK.sub(r"\1=N", text)
    text = INODES.sub(r"\1=N", text)
    text = TIMES.sub(r"\1=T", text)
    text = BPF_INFO.sub("BPF", text)
    if volatile and not text.startswith("-1 "):
        text = re.sub(r'"[^"]*"', "STRING", re.sub(r"\d+(\.\d+)?", "N", text))
    elif holds_pid and not text.startswith("-1 "):
        text = re.sub(r"(?<![\w.])\d+(?!\w)", lambda m: "PID" if m[0] in pids or len(m[0]) > 2 else m[0], text)
    text = re.sub(r"\b(si_pid|si_uid|si_utime|si_stime)=\d+( /\*[^*]*\*/)?", r"\1=N", text)
    return re.sub(r"(/proc/)(\d+)", lambda m: m[1] + pids.get(m[2], "N"), text)


def join(lines):
    """Yields (pid, line) with `<unfinished ...>` and its `resumed` put together where the call began."""
    begun, out = {}, []
    for raw in lines:
        match = re.match(r"(\d+) +(.*)", raw.rstrip("\n"))
        if not match:
            continue
        pid, line = match[1], match[2]
        resumed = re.match(r"<\.\.\. [a-z_0-9]+ resumed>", line)
        if resumed and pid in begun:
            out[begun.pop(pid)][1] += line[resumed.end():]
        elif line.endswith("<unfinished ...>"):
            begun[pid] = len(out)
            out.append([pid, line[: -len("<unfinished ...>")].rstrip(" ")])
        else:
            out.append([pid, line])
    # A call that never returned: strace leaves it open.
    for at in begun.values():
        out[at][1] += ") = ?" if "(" in out[at][1] else ""
    return out


def read(path):
    """{task number: [Call...]}: tasks are numbered in the order in which the kernel made them."""
    with open(path, errors="surrogateescape") as file:
        lines = join(file)
    seen = {pid: int(pid) for pid, _ in lines}
    order = sorted(seen, key=lambda pid: (seen[pid] - seen[lines[0][0]]) % (1 << 22)) if lines else []
    pids = {pid: "PID%d" % n for n, pid in enumerate(order)}
    tasks = {n: [] for n in range(len(order))}
    for pid, line in lines:
        call = parse(line)
        # Four bytes are read as a seed.
        volatile = call.name in VOLATILE or (call.name == "read" and call.args[-1] == "4")
        key = call.name in KEY_CALLS
        call.args = [normalize(a, pids, call.name in PID_ARGS, volatile, key) for a in call.args]
        call.result = normalize(call.result, pids, call.name in PID_RESULTS, call.name in VOLATILE_RESULTS, key)
        tasks[order.index(pid)].append(call)
    return tasks
