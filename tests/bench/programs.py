"""Whole programs, start-up and memory."""
import os
import shutil
import subprocess
import sys
import time

from harness import ROOT, Failed, median, ratio, repeat, run, shown, table, timed


def big_tree(bench):
    """A git repository of a few thousand files, all committed."""
    tree = os.path.join(bench.directory, "tree")
    for d in range(20 if bench.quick else 100):
        os.makedirs(os.path.join(tree, f"d{d}"))
        for f in range(30):
            with open(os.path.join(tree, f"d{d}", f"file{f}.c"), "w", encoding="ascii") as file:
                file.write(f"int f{d}_{f};\n")
    git = ["git", "-C", tree, "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        code, _, err = run([*git, *command])
        if code:
            raise Failed(f"git {command[0]}: {err}")
    return tree


def build_command(bench):
    """Builds proctor itself into a new directory; returns what is to be run after making that directory empty."""
    directory = os.path.join(bench.directory, "build")
    return ["sh", "-c", 'rm -rf "$1" && exec make -s -C "$2" -j2 BUILD="$1"', "build", directory, ROOT]


def tracers(bench, calls):
    """The ways to run a program: {name: words before the command}."""
    ways = {"native": [], "proctor": bench.proctor_command(calls)}
    for source in bench.sources:
        ways["proctor, " + source] = bench.proctor_command(calls, results=source)
    if bench.strace:
        ways["strace"] = bench.strace_command(calls)
    return ways


def compare(bench, name, command, calls, times):
    ways = tracers(bench, calls)
    # find has seen directories that vanish meanwhile: 1 is no failure of ours
    samples = repeat(times, {way: lambda before=before: timed([*before, *command], ok=(0, 1))
                             for way, before in ways.items()})
    def cell(way):
        return f"{shown(median(samples, way), 3)} ({shown(ratio(samples, way, 'native'), 1)}x)"
    return [f"{name}, {calls}", shown(median(samples, "native"), 3), cell("proctor"), cell("proctor, bpf"),
            cell("proctor, ptrace"), cell("strace")]


def whole(bench):
    print("\n## Whole programs: seconds, and how many times the native time\n")
    times = 2 if bench.quick else 5
    commands = {
        "python3": [sys.executable, "-c", "import json,email,http.client"],
        "find": ["find", "/usr/share" if bench.quick else "/usr", "-name", "x"],
    }
    if shutil.which("git"):
        commands["git status"] = ["git", "-C", big_tree(bench), "status"]
    rows = [compare(bench, name, command, calls, times)
            for name, command in commands.items() for calls in ("%file", "all")]
    if not bench.quick:
        rows.append(compare(bench, "make -j2", build_command(bench), "%file", 2))
        rows.append(compare(bench, "make -j2", build_command(bench), "all", 1))
    table(["program, calls traced", "native", "proctor", "with bpf results", "with ptrace results", "strace"],
          rows)


def start_up(bench):
    ways = tracers(bench, "all")
    if "bpf" in bench.sources:
        ways["proctor, bpf, one call"] = bench.proctor_command("chdir", results="bpf")
    ways["proctor, one call"] = bench.proctor_command("chdir")
    samples = repeat(10 if bench.quick else 30, {way: lambda before=before: 1e3 * timed([*before, "/bin/true"])
                                                 for way, before in ways.items()})
    native = median(samples, "native")
    rows = [[way, shown(median(samples, way)), shown(median(samples, way) - native)] for way in samples]
    print("\n## Start-up: /bin/true, milliseconds\n")
    table(["all calls traced, or one that is not made", "all", "over native"], rows)
    bench.goal("start-up of a trace of one call over native",
               median(samples, "proctor, one call") - native, 5, unit=" ms")
    bench.goal("start-up of a trace of all calls over native", median(samples, "proctor") - native, 5, unit=" ms")
    if "bpf" in bench.sources:
        bench.goal("start-up with bpf results over native", median(samples, "proctor, bpf, one call") - native, 5,
                   unit=" ms")


def high_water(pid):
    """The most memory that a process had resident so far, in KiB; 0 once it is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            return max([int(line.split()[1]) for line in status if line.startswith("VmHWM:")], default=0)
    except OSError:
        return 0


def peak(bench, before, command):
    """MiB. /usr/bin/time would tell of the largest child, so the tracer itself is looked at while it runs."""
    process = subprocess.Popen([*before, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, high_water(process.pid))
        time.sleep(0.02)
    return most / 1024


def memory(bench):
    command = ["make", "-s", "-n", "-C", ROOT] if bench.quick else build_command(bench)
    what = "make -n" if bench.quick else "make -j2"
    print(f"\n## Peak resident memory of the tracer, {what}, all calls, MiB\n")
    rows = []
    for way, before in tracers(bench, "all").items():
        if before:
            value = peak(bench, before, command)
            rows.append([way, f"{value:.1f}"])
            if not bench.quick and way != "strace":
                bench.goal(f"resident memory of {way}, make -j2", value, 8, unit=" MiB")
    table(["", "peak"], rows)
