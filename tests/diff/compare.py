"""Compares two traces of the same program, task by task and line by line."""
import collections
import difflib


class Difference:
    def __init__(self, call, arg, strace, proctor):
        self.call, self.arg, self.strace, self.proctor = call, arg, strace, proctor

    def kind(self):
        return (self.call, self.arg)


def pairs(strace, proctor):
    """Aligns two sequences of calls: yields (call or None, call or None)."""
    matcher = difflib.SequenceMatcher(None, [c.key() for c in strace], [c.key() for c in proctor], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(strace[a:b], proctor[c:d])
        else:
            yield from by_name(strace[a:b], proctor[c:d])


def by_name(strace, proctor):
    matcher = difflib.SequenceMatcher(None, [c.kind() for c in strace], [c.kind() for c in proctor], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(strace[a:b], proctor[c:d])
        else:
            yield from ((call, None) for call in strace[a:b])
            yield from ((None, call) for call in proctor[c:d])


class Comparison:
    """What came of two traces: how many lines there are of each outcome, and the differences nobody accounted for."""

    def __init__(self):
        self.found, self.count = [], collections.Counter()

    def lines(self):
        return sum(self.count.values())

    def worse(self):
        """To order two comparisons of the same case."""
        return (len(self.found), self.lines() - self.count["identical"])

    def add(self, entries, found):
        """One line: the entries of known-differences that it took, and what none of them says."""
        self.found.extend(found)
        self.count["unexplained" if found else "identical" if not entries else
                   "older" if all(e.older for e in entries) else "known"] += 1

    def alone(self, kind, call, known):
        """A line that is in one of the traces only."""
        entry = known.line(kind, call)
        lines = (call.line, "") if kind == "missing" else ("", call.line)
        self.add([entry] if entry else [], [] if entry else [Difference(call.name, kind, *lines)])

    def pair(self, strace, proctor, known):
        """A line of each trace."""
        entries, found = [], []

        def differs(what, entry):
            if entry:
                entries.append(entry)
            else:
                found.append(Difference(strace.name, what, strace.line, proctor.line))

        if strace.nameless:
            self.add([known.nameless()], [])
            return
        if len(strace.args) != len(proctor.args):
            differs("number of arguments", known.count(strace.name))
        else:
            for n, (theirs, ours) in enumerate(zip(strace.args, proctor.args), 1):
                if theirs != ours:
                    differs("argument %d" % n, known.argument(strace, proctor, n))
        # Without a source of results there is none to compare.
        if strace.result != proctor.result and not (known.source == "none" and proctor.result == "?"):
            differs("result", known.result(strace, proctor))
        self.add(entries, found)


def compare(strace, proctor, known):
    """Compares two {task: [Call...]}."""
    comparison = Comparison()
    for task in sorted(set(strace) | set(proctor)):
        for theirs, ours in pairs(strace.get(task, []), proctor.get(task, [])):
            if ours is None:
                comparison.alone("missing", theirs, known)
            elif theirs is None:
                comparison.alone("extra", ours, known)
            else:
                comparison.pair(theirs, ours, known)
    return comparison
