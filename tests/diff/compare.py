"""Compares two traces of the same program, task by task and line by line."""
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
    matcher = difflib.SequenceMatcher(None, [c.name for c in strace], [c.name for c in proctor], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(strace[a:b], proctor[c:d])
        else:
            yield from ((call, None) for call in strace[a:b])
            yield from ((None, call) for call in proctor[c:d])


def call_differences(strace, proctor, known):
    if len(strace.args) != len(proctor.args):
        if known.count(strace.name):
            return
        yield Difference(strace.name, "number of arguments", strace.line, proctor.line)
        return
    for n, (theirs, ours) in enumerate(zip(strace.args, proctor.args), 1):
        if theirs != ours and not known.argument(strace, proctor, n):
            yield Difference(strace.name, "argument %d" % n, strace.line, proctor.line)
    # Where proctor knows no result it shows none, and nothing is compared.
    if proctor.result not in ("?", strace.result) and not known.result(strace, proctor):
        yield Difference(strace.name, "result", strace.line, proctor.line)


def differences(strace, proctor, known):
    """Of two {task: [Call...]}: a list of Difference."""
    found = []
    for task in sorted(set(strace) | set(proctor)):
        for theirs, ours in pairs(strace.get(task, []), proctor.get(task, [])):
            if ours is None:
                if not known.line("missing", theirs):
                    found.append(Difference(theirs.name, "missing", theirs.line, ""))
            elif theirs is None:
                if not known.line("extra", ours):
                    found.append(Difference(ours.name, "extra", "", ours.line))
            else:
                found.extend(call_differences(theirs, ours, known))
    return found
