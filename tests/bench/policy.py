"""What rules cost: per call, for whole programs, and how that grows with their number."""
import os
import shutil
import statistics
import subprocess

from harness import ROOT, Failed, median, ratio, repeat, shown, table, timed

FALCO = os.path.join(ROOT, "tests", "data", "falco_rules.yaml")

# Everything that Falco's rules ask for, so that the trace is the same with them and without.
CALLS = ("open,openat,openat2,execve,execveat,symlink,symlinkat,link,linkat,unlink,unlinkat,rename,renameat,renameat2,"
         "dup,dup2,dup3,connect,socket,ptrace,sendto,sendmsg,setsid,setpgid,prctl,capset,setuid,setgid,setreuid,"
         "setregid,setresuid,setresgid,setfsuid,setfsgid,setgroups,exit_group")

# Conditions of generated rules: {0} is the rule's number.
KINDS = {
    "is one of": "fd.name in (/data/{0}/secret, /data/{0}/key)",
    "begins with": "fd.name startswith /data/{0}/",
    "ends with": "fd.name endswith /secret{0}",
    "contains": "fd.name contains secret{0}",
    "shell pattern": "fd.name glob '/data/*/secret{0}/*'",
    "regular expression": "fd.name regex '/data/.*/secret{0}/[a-z]+'",
    "contains, of the process": "proc.cmdline contains secret{0}",
    "contains, of an ancestor": "proc.aname contains secret{0}",
    "a name and a path": "proc.name = program{0} and fd.name contains /data",
    "two paths": "(fd.name contains secret{0} or fd.name contains hidden{0}) and not proc.name = program{0}",
}


def write_rules(bench, name, condition, count):
    path = os.path.join(bench.directory, name)
    with open(path, "w", encoding="ascii") as rules:
        for i in range(count):
            rules.write(f"- rule: rule {i}\n  desc: d\n  condition: evt.type in (open, openat) and {condition.format(i)}\n"
                        "  output: \"%proc.name %fd.name\"\n  priority: WARNING\n")
    return path


def cpu_ns(command):
    """The time that a command and what it waits for spent on the CPUs: a machine's other work is not in it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failed(f"{' '.join(command[:8])}...: ended with {process.returncode}")
    return 1e9 * (usage.ru_utime + usage.ru_stime)


def per_round(bench, command):
    """CPU time of one round of openat and close, tracer and target together, without what starting them takes."""
    rounds = 5000 if bench.quick else 20000
    target = [bench.target, "open"]
    return lambda: (cpu_ns([*command, *target, str(rounds)]) - cpu_ns([*command, *target, "1"])) / rounds


def added(samples, name, base):
    """What `name` takes more than `base`, measured one after the other."""
    return statistics.median(a - b for a, b in zip(samples[name], samples[base]))


def per_call(bench, times):
    rows = []
    for source in ["none", *[s for s in bench.sources if s == "bpf"]]:
        plain = bench.proctor_command("openat", results=source)
        samples = repeat(times, {"trace": per_round(bench, plain),
                                 "rules": per_round(bench, [*plain, "--policy", FALCO])})
        more = added(samples, "rules", "trace")
        rows.append([f"openat and close, results: {source}", shown(median(samples, "trace"), 0),
                     shown(median(samples, "rules"), 0), shown(more, 0)])
        bench.goal(f"Falco's rules add to a notified openat, results: {source}", more, 1000, unit=" ns")
    print("\n## Falco's rules in audit mode, CPU time, ns per round\n")
    table(["", "trace", "trace and rules", "added"], rows)


def programs(bench, times):
    commands = {"python start-up": ["python3", "-c", "pass"]}
    if shutil.which("git") and os.path.exists(os.path.join(ROOT, ".git")):
        commands["git status"] = ["git", "-C", ROOT, "status"]
    rows = []
    for name, command in commands.items():
        for source in ["none", *[s for s in bench.sources if s == "bpf"]]:
            plain = bench.proctor_command(CALLS, results=source)
            load = [bench.proctor, "check", FALCO]
            samples = repeat(times, {
                "native": lambda command=command: timed(command),
                "trace": lambda command=command, plain=plain: timed([*plain, *command]),
                "rules": lambda command=command, plain=plain: timed([*plain, "--policy", FALCO, *command]),
                "load": lambda load=load: timed(load),
                "trace, CPU": lambda command=command, plain=plain: cpu_ns([*plain, *command]),
                "rules, CPU": lambda command=command, plain=plain: cpu_ns([*plain, "--policy", FALCO, *command])})
            rows.append([f"{name}, results: {source}",
                         *[shown(1000 * median(samples, s), 1) for s in ("native", "trace", "rules", "load")],
                         shown(ratio(samples, "rules", "trace")),
                         shown(ratio(samples, "rules, CPU", "trace, CPU"))])
            bench.goal(f"{name} with Falco's rules / the same trace, results: {source}",
                       ratio(samples, "rules", "trace"), 1.1)
    print("\n## Whole programs with Falco's rules in audit mode, ms\n")
    table(["", "native", "trace", "trace and rules", "`proctor check` alone", "rules / trace",
           "the same of CPU time"], rows)


def many_rules(bench, times):
    rows = []
    for kind, condition in KINDS.items():
        plain = bench.proctor_command("openat")
        samples = repeat(times, {
            "none": per_round(bench, plain),
            "25": per_round(bench, [*plain, "--policy", write_rules(bench, "25.yaml", condition, 25)]),
            "1000": per_round(bench, [*plain, "--policy", write_rules(bench, "1000.yaml", condition, 1000)])})
        few, many = added(samples, "25", "none"), added(samples, "1000", "none")
        rows.append([kind, shown(median(samples, "none"), 0), shown(few, 0), shown(many, 0),
                     shown(ratio(samples, "1000", "25"))])
        # What 25 cost is near the noise: the time of a round is compared as well as what is added to it.
        bench.goal(f"an openat under 1000 rules / under 25, {kind}", ratio(samples, "1000", "25"), 3)
        bench.goal(f"1000 rules add to an openat, {kind}", many, max(3 * few, 1000), unit=" ns")
    print("\n## Generated rules, CPU time, ns per round of openat and close\n")
    table(["condition", "no rules", "25 add", "1000 add", "round under 1000 / under 25"], rows)


def policy(bench):
    times = 5 if bench.quick else 15
    per_call(bench, times)
    programs(bench, times)
    many_rules(bench, 3 if bench.quick else 9)
