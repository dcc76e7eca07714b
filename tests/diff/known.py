"""The accepted differences, listed with their reasons in tests/diff/known-differences."""
import re

SOURCES = ("bpf", "ptrace", "none")
# What proctor shows of an argument that the call has not written yet.
UNWRITTEN = re.compile(r"ADDR|NULL|0x[0-9a-f]+|\[\d+\]")


class Entry:
    """One accepted difference, for some sources of results; `older`: strace is older than the notation."""

    def __init__(self, number, words, reason, sources, older):
        self.number, self.reason, self.used = number, reason, 0
        self.sources, self.older = sources, older
        self.text = " ".join(words)
        self.kind = words[0]
        if self.kind == "out":
            self.call, self.arg = re.compile(words[1]), int(words[2])
            self.line = re.compile(" ".join(words[3:]) or ".")
        elif self.kind in ("missing", "extra"):
            self.line = re.compile(" ".join(words[1:]))
        elif self.kind == "result":
            self.call = re.compile(words[1])
            self.strace, self.proctor = (re.compile(x) for x in " ".join(words[2:]).rsplit(" => ", 1))
        elif self.kind == "nameless":
            pass
        elif self.kind == "count":
            self.call = re.compile(words[1])
        elif self.kind == "arg":
            self.call, self.arg = re.compile(words[1]), int(words[2])
            self.strace, self.proctor = (re.compile(x) for x in " ".join(words[3:]).rsplit(" => ", 1))
        else:
            raise ValueError("known-differences:%d: what is '%s'?" % (number, self.kind))
        if not reason:
            raise ValueError("known-differences:%d: a reason is needed" % number)


class Known:
    def __init__(self, path):
        self.entries, self.source = [], None
        reason, fresh, sources, older = "", True, set(SOURCES), False
        with open(path) as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if line.startswith("#"):
                    reason = line[1:].strip() if fresh else reason + " " + line[1:].strip()
                    fresh = False
                elif line.startswith("["):
                    words = line[1:-1].split(" ")
                    sources, older = set(words) & set(SOURCES) or set(SOURCES), "older" in words
                elif line:
                    self.entries.append(Entry(number, line.split(" "), reason, sources, older))
                    fresh = True
                else:
                    reason, fresh = "", True

    def of(self, kind):
        return (e for e in self.entries if e.kind == kind and self.source in e.sources)

    def line(self, kind, call):
        """The entry that says this line is only in one of the traces, or None."""
        return self.first(e for e in self.of(kind) if e.line.search(call.line))

    def nameless(self):
        """The entry for calls that strace has no name for."""
        return self.first(self.of("nameless"))

    def count(self, name):
        """The entry that says this call is shown with another number of arguments."""
        return self.first(e for e in self.of("count") if e.call.fullmatch(name))

    def result(self, strace, proctor):
        """The entry that says the results differ so."""
        return self.first(e for e in self.of("result")
                          if e.call.fullmatch(strace.name) and
                          e.strace.search(strace.result) and e.proctor.search(proctor.result))

    def argument(self, strace, proctor, n):
        """The entry that says argument n (from 1) differs so."""
        theirs, ours = strace.args[n - 1], proctor.args[n - 1]
        written = UNWRITTEN.fullmatch(ours) and self.first(
            e for e in self.of("out") if e.arg == n and e.call.fullmatch(strace.name) and e.line.search(proctor.line))
        return written or self.first(e for e in self.of("arg") if e.arg == n and e.call.fullmatch(strace.name) and
                                     e.strace.search(theirs) and e.proctor.search(ours))

    @staticmethod
    def first(entries):
        entry = next(entries, None)
        if entry:
            entry.used += 1
        return entry
