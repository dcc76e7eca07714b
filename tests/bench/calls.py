"""The cost of one call, in a loop of one call; and what more workers are worth."""
import re

from harness import Failed, median, ratio, repeat, run, shown, table

# What is traced, how many rounds take about a fifth of a second: untraced, notified, under strace.
KINDS = {
    "getppid": ("getppid", 1000000, 30000, 3000),
    "open": ("openat", 200000, 20000, 2500),
    "connect": ("connect", 40000, 15000, 2000),
}


def target_ns(bench, kind, rounds, before=(), threads=1):
    """Nanoseconds per round of the target's loop under the command `before`."""
    if bench.quick:
        rounds = max(rounds // 3, 1000)
    code, out, err = run([*before, bench.target, kind, str(rounds), str(threads)])
    if code or not out.strip():
        raise Failed(f"ended with {code}: {err[-300:]}")
    return float(out)


def variants_of(bench, kind):
    calls, many, some, few = KINDS[kind]
    bare = [bench.bare, "-p", calls]

    def measure(rounds, *before):
        return lambda: target_ns(bench, kind, rounds, [word for part in before for word in part])

    variants = {
        "native": measure(many),
        "filter loaded, not selected": measure(many, bench.proctor_command("chdir")),
        "bare loop": measure(some, bare),
        "proctor, text": measure(some, bench.proctor_command(calls)),
        "proctor, JSON": measure(some, bench.proctor_command(calls, "--json")),
    }
    for source in bench.sources:
        rounds = few if source == "ptrace" else some
        variants[f"proctor, text, {source} results"] = measure(rounds, bench.proctor_command(calls, results=source))
        variants[f"proctor, JSON, {source} results"] = measure(
            rounds, bench.proctor_command(calls, "--json", results=source))
    if bench.strace:
        variants["strace"] = measure(few, bench.strace_command(calls))
    if bench.pin:
        variants["pinned: bare loop"] = measure(some, bench.pin, bare)
        variants["pinned: proctor, text"] = measure(some, bench.pin, bench.proctor_command(calls))
        for source in bench.sources:
            rounds = few if source == "ptrace" else some
            variants[f"pinned: proctor, text, {source} results"] = measure(
                rounds, bench.pin, bench.proctor_command(calls, results=source))
        if bench.strace:
            variants["pinned: strace"] = measure(few, bench.pin, bench.strace_command(calls))
    return variants


def one_kind(bench, kind):
    samples = repeat(3 if bench.quick else 9, variants_of(bench, kind))
    rows = []
    for name in samples:
        pinned = "pinned: " if name.startswith("pinned: ") else ""
        rows.append([name, shown(median(samples, name), 0), shown(ratio(samples, name, "native"), 1),
                     shown(ratio(samples, name, pinned + "bare loop")),
                     shown(ratio(samples, pinned + "strace", name), 1)])
    print(f"\n## {kind}\n")
    table([f"{kind}, {KINDS[kind][0]} traced", "ns per round", "x native", "x bare loop", "strace is slower by"], rows)
    return samples


def goals(bench, samples):
    getppid, openat = samples["getppid"], samples["open"]
    text, bpf = "proctor, text", "proctor, text, bpf results"
    bench.goal("not selected getppid / native", ratio(getppid, "filter loaded, not selected", "native"), 1.3)
    bench.goal("getppid / bare loop", ratio(getppid, text, "bare loop"), 1.25)
    bench.goal("openat / bare loop that reads the path", ratio(openat, text, "bare loop"), 1.5)
    bench.goal("strace / proctor, getppid", ratio(getppid, "strace", text), 12, at_least=True)
    bench.goal("strace / proctor, getppid, both on one CPU",
               ratio(getppid, "pinned: strace", "pinned: " + text), 2.5, at_least=True)
    bench.goal("getppid with bpf results / bare loop", ratio(getppid, bpf, "bare loop"), 1.5)
    bench.goal("openat with bpf results / bare loop that reads the path", ratio(openat, bpf, "bare loop"), 1.7)
    bench.goal("strace / proctor with bpf results, getppid", ratio(getppid, "strace", bpf), 10, at_least=True)
    for kind, values in samples.items():
        bench.goal(f"strace / proctor with ptrace results, {kind}",
                   ratio(values, "strace", "proctor, text, ptrace results"), 1, at_least=True)
        bench.goal(f"strace / proctor with ptrace results, {kind}, both on one CPU",
                   ratio(values, "pinned: strace", "pinned: proctor, text, ptrace results"), 1, at_least=True)


def per_call(bench):
    goals(bench, {kind: one_kind(bench, kind) for kind in KINDS})


def workers(bench):
    """Several threads in selected calls at once, served by one worker and by as many as proctor takes by itself."""
    rows = []
    print("\n## Workers: calls per second of all threads together\n")
    for kind in ("getppid", "open"):
        calls, _, some, _ = KINDS[kind]
        for threads in (1, 2, 4):
            def measure(*options, kind=kind, calls=calls, rounds=some // threads, threads=threads):
                return lambda: target_ns(bench, kind, rounds, bench.proctor_command(calls, *options), threads)
            samples = repeat(3 if bench.quick else 7, {"one": measure("--workers=1"), "default": measure()})
            one, default = median(samples, "one"), median(samples, "default")
            rows.append([f"{kind}, {threads} threads", shown(one and 1e9 / one, 0),
                         shown(default and 1e9 / default, 0), shown(ratio(samples, "one", "default"))])
    table(["", "--workers=1", "default", "default is faster by"], rows)


def shown_ns(bench, command, pattern):
    """The mean of the times of calls in a trace, in nanoseconds."""
    run([*command, bench.target, "getppid", "5000"])
    with open(bench.trace, encoding="utf-8", errors="replace") as lines:
        times = [float(time) for time in re.findall(pattern, lines.read())]
    if not times:
        raise Failed(f"no times in the trace of {command[0]}")
    return sum(times) / len(times)


def mean_duration(bench):
    """The mean time in a getppid that is shown, against what it takes by the clock of an untraced loop."""
    variants = {"native, by the loop's own clock": lambda: target_ns(bench, "getppid", 1000000)}
    for source in bench.sources:
        command = bench.proctor_command("getppid", "--json", results=source)
        variants[f"proctor, {source} results"] = lambda command=command: shown_ns(bench, command, r'"duration_ns":(\d+)')
    if bench.strace:
        command = bench.strace_command("getppid", "--syscall-times=ns")
        variants["strace"] = lambda: 1e9 * shown_ns(bench, command, r"getppid\(.*<([0-9.]+)>")
    samples = repeat(3 if bench.quick else 9, variants)
    native = "native, by the loop's own clock"
    print("\n## Time in a getppid as shown by -T\n")
    table(["", "mean ns", "x native"],
          [[name, shown(median(samples, name), 0), shown(ratio(samples, name, native), 1)] for name in samples])
    bench.goal("time shown in getppid / native, bpf results", ratio(samples, "proctor, bpf results", native), 2)
