"""Which calls of the tables the family programs make, and with which outcomes; tests/diff/unmade says what cannot be."""
import glob
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
OUTCOMES = {"never": {"succeed", "fail"}, "fails": {"succeed"}, "succeeds": {"fail"}}


def names():
    """Every call of decode/calls that has a number in one of the ABIs."""
    def entries(pattern, regex):
        for path in glob.glob(os.path.join(HERE, "../../decode", pattern)):
            with open(path) as file:
                yield from re.findall(regex, file.read(), re.M)
    return set(entries("calls/*.def", r"^CALL\((\w+),")) & set(entries("abi/*.def", r"^NR\(\w+, (\w+)\)"))


class Made:
    def __init__(self):
        self.outcomes = {}  # of each call: those that were seen
        self.absent = set() # calls that this kernel does not have, or not on this machine
        self.excused = {}   # of each call: those that cannot be, and the line that says so
        with open(os.path.join(HERE, "unmade")) as file:
            for number, line in enumerate(file, 1):
                words = line.split()
                if words and words[0] in OUTCOMES:
                    for name in words[1:]:
                        self.excused.setdefault(name, {}).update((o, number) for o in OUTCOMES[words[0]])
                elif words and words[0][0] != "#":
                    raise ValueError("unmade:%d: what is '%s'?" % (number, words[0]))

    def add(self, tasks):
        """Takes note of a trace: {task: [Call...]}."""
        for calls in tasks.values():
            for call in calls:
                failed = call.result.startswith(("-1 E", "? ERESTART"))
                self.outcomes.setdefault(call.name, set()).add("fail" if failed else "succeed")
                if call.result.startswith("-1 ENOSYS"):
                    self.absent.add(call.name)

    def complaints(self):
        """What is neither made nor excused."""
        for name in sorted(names()):
            made, excused = self.outcomes.get(name, set()), self.excused.get(name, {})
            for outcome in ("succeed", "fail"):
                if outcome not in made and outcome not in excused and not (name in self.absent and outcome == "succeed"):
                    yield "no family program makes %s %s" % (name, outcome)
        for name, excused in sorted(self.excused.items()):
            if name not in names():
                yield "unmade:%d: there is no call %s" % (next(iter(excused.values())), name)

    def needless(self):
        """What is excused and made: perhaps on this machine only."""
        for name, excused in sorted(self.excused.items()):
            for outcome, number in excused.items():
                if outcome in self.outcomes.get(name, ()):
                    yield "unmade:%d: %s does %s here" % (number, name, outcome)
