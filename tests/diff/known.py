"""The accepted differences, listed with their reasons in tests/diff/known-differences."""
import re

# What proctor shows of an argument that the call has not written yet.
UNWRITTEN = re.compile(r"ADDR|NULL|0x[0-9a-f]+|\[\d+\]")


class Entry:
    def __init__(self, number, words, reason):
        self.number, self.reason, self.used = number, reason, 0
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
        self.entries, reason, fresh = [], "", True
        with open(path) as file:
            for number, line in enumerate(file, 1):
                line = line.strip()
                if line.startswith("#"):
                    reason = line[1:].strip() if fresh else reason + " " + line[1:].strip()
                    fresh = False
                elif line:
                    self.entries.append(Entry(number, line.split(" "), reason))
                    fresh = True
                else:
                    reason, fresh = "", True

    def line(self, kind, call):
        """Is it known that this line is only in one of the traces?"""
        return self.first(e for e in self.entries if e.kind == kind and e.line.search(call.line))

    def count(self, name):
        """Is it known that this call is shown with another number of arguments?"""
        return self.first(e for e in self.entries if e.kind == "count" and e.call.fullmatch(name))

    def result(self, strace, proctor):
        """Is it known that the results differ so?"""
        return self.first(e for e in self.entries
                          if e.kind == "result" and e.call.fullmatch(strace.name) and
                          e.strace.search(strace.result) and e.proctor.search(proctor.result))

    def argument(self, strace, proctor, n):
        """Is it known that argument n (from 1) differs so?"""
        theirs, ours = strace.args[n - 1], proctor.args[n - 1]
        if UNWRITTEN.fullmatch(ours) and self.first(
                e for e in self.entries
                if e.kind == "out" and e.arg == n and e.call.fullmatch(strace.name) and e.line.search(proctor.line)):
            return True
        return self.first(e for e in self.entries
                          if e.kind == "arg" and e.arg == n and e.call.fullmatch(strace.name) and
                          e.strace.search(theirs) and e.proctor.search(ours))

    @staticmethod
    def first(entries):
        entry = next(entries, None)
        if entry:
            entry.used += 1
        return entry is not None
