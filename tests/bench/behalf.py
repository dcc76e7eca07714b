"""What a call costs that is made on the program's behalf: the same rule in audit mode, where it goes on, is the base."""
import os

from calls import KINDS, target_ns
from harness import median, ratio, repeat, shown, table

CONDITIONS = {"open": "evt.type in (open, openat) and fd.name startswith /nowhere",
              "connect": "evt.type = connect and fd.rport = 9"}


def write_rule(bench, kind):
    path = os.path.join(bench.directory, f"deny-{kind}.yaml")
    with open(path, "w", encoding="ascii") as rules:
        rules.write(f"- rule: r\n  desc: d\n  condition: {CONDITIONS[kind]}\n  output: o\n  priority: WARNING\n"
                    "  action: deny\n")
    return path


def behalf(bench):
    rows = []
    for kind in CONDITIONS:
        calls, many, some, _ = KINDS[kind]
        rule = write_rule(bench, kind)

        def measure(rounds, *command, kind=kind):
            return lambda: target_ns(bench, kind, rounds, command)

        def enforced(mode, calls=calls, rule=rule):
            return bench.proctor_command(calls, "--policy", rule, "--mode=" + mode)

        samples = repeat(3 if bench.quick else 9, {"native": measure(many),
                                                   "audit": measure(some, *enforced("audit")),
                                                   "enforce": measure(some, *enforced("enforce"))})
        rows.append([kind, *[shown(median(samples, name), 0) for name in ("native", "audit", "enforce")],
                     shown(ratio(samples, "enforce", "audit"))])
    print("\n## Calls made on the program's behalf, ns per round\n")
    table(["", "native", "judged, goes on", "judged, on behalf", "on behalf / goes on"], rows)
