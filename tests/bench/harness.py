"""What every part of the benchmark uses: the commands that are compared, interleaved repetitions, medians, tables."""
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Failed(Exception):
    """A command that was to be measured did not do its work."""


def on_tmpfs():
    """A new directory in memory, so that no disk is measured."""
    shm = "/dev/shm"
    usable = os.path.ismount(shm) and os.access(shm, os.W_OK)
    return tempfile.mkdtemp(prefix="proctor-bench.", dir=shm if usable else None)


def run(command, timeout=300, **options):
    """Runs a command in a process group of its own, ended as a whole if it takes too long. Returns its output."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               errors="replace", start_new_session=True, **options)
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException as e:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(e, subprocess.TimeoutExpired):
            raise Failed(f"{' '.join(command)}: not done after {timeout} s") from e
        raise
    return process.returncode, out, err


class Bench:
    """Where things are, what this caller can do, and how long to measure."""

    def __init__(self, build, quick):
        self.quick = quick
        self.build = os.path.abspath(build)
        self.proctor = os.path.join(self.build, "proctor")
        self.directory = on_tmpfs()
        self.trace = os.path.join(self.directory, "trace")
        self.strace = shutil.which("strace")
        self.pin = shutil.which("taskset") and ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
        self.target = self.compile("target")
        self.bare = self.compile("bare")
        self.sources = [source for source in ("bpf", "ptrace") if self.works("--results=" + source)]
        self.verdicts = []

    def compile(self, name):
        output = os.path.join(self.build, "tests", "bench", name)
        os.makedirs(os.path.dirname(output), exist_ok=True)
        code, _, err = run([*os.environ.get("CC", "cc").split(), "-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-I", ROOT,
                            "-pthread", "-o", output, os.path.join(ROOT, "tests", "bench", name + ".c")])
        if code:
            raise Failed(err)
        return output

    def works(self, option):
        return run([self.proctor, option, "-o", self.trace, "true"])[0] == 0

    def close(self):
        shutil.rmtree(self.directory, ignore_errors=True)

    def proctor_command(self, calls, *options, results="none"):
        return [self.proctor, "-f", "--results=" + results, "-e", "trace=" + calls, "-o", self.trace, *options]

    def strace_command(self, calls, *options):
        return [self.strace, "-f", "--seccomp-bpf", "-e", "trace=" + calls, "-o", self.trace, *options]

    def goal(self, what, value, limit, at_least=False, unit="x"):
        """Notes a value that has to be at most (or at least) `limit`; None: it could not be measured."""
        self.verdicts.append((what, value, limit, at_least, unit))

    def print_goals(self):
        if not self.verdicts:
            return
        print("\n## Targets\n")
        rows = []
        for what, value, limit, at_least, unit in self.verdicts:
            wanted = f"{'>=' if at_least else '<='} {limit:g}{unit}"
            if value is None:
                rows.append([what, wanted, "-", "not measured"])
                continue
            reached = value >= limit if at_least else value <= limit
            rows.append([what, wanted, f"{value:.2f}{unit}", "reached" if reached else "NOT REACHED"])
        table(["target", "wanted", "measured", ""], rows)


def repeat(times, variants):
    """Measures each variant in turn, `times` times over, so that a disturbance hits all alike.

    variants: {name: function that returns a number}. Returns {name: [numbers]}; one that fails is left out, and said.
    """
    samples = {name: [] for name in variants}
    for _ in range(times):
        for name in list(samples):
            try:
                samples[name].append(variants[name]())
            except Failed as e:
                print(f"({name}: {e})")
                del samples[name]
    return samples


def ratio(samples, name, base):
    """The median of the ratios of values that were measured one after the other; None if there are none."""
    if name not in samples or base not in samples:
        return None
    return statistics.median(a / b for a, b in zip(samples[name], samples[base]))


def shown(number, digits=2, unit=""):
    return "-" if number is None else f"{number:.{digits}f}{unit}"


def median(samples, name):
    return statistics.median(samples[name]) if name in samples else None


def table(head, rows):
    """A table that is readable as it is and is Markdown too."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    def line(cells):
        first = str(cells[0]).ljust(widths[0])
        return "| " + " | ".join([first, *(str(c).rjust(w) for c, w in zip(cells[1:], widths[1:]))]) + " |"
    print(line(head))
    print("| " + " | ".join("-" * w if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(widths)) + " |")
    for row in rows:
        print(line(row))


def timed(command, timeout=600, ok=(0,), **options):
    """Seconds that a command takes."""
    start = time.monotonic()
    code, _, err = run(command, timeout, **options)
    seconds = time.monotonic() - start
    if code not in ok:
        raise Failed(f"{' '.join(command[:8])}...: ended with {code}: {err[-300:]}")
    return seconds
