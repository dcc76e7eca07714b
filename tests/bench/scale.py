"""One agent and many containers: swarm.c plays the runtime and the containers."""
import os
import re
import signal
import subprocess
import time

from harness import Failed, shown, table


def resident(pid):
    """KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


class Agent:
    def __init__(self, bench, results):
        self.socket = os.path.join(bench.directory, "agent.socket")
        self.process = subprocess.Popen([bench.proctor, "agent", "--listen", self.socket, "-o", bench.trace, "-A",
                                         "--results=" + results], stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(self.socket):
                break
            time.sleep(0.05)
        else:
            self.close()
            raise Failed("the agent makes no socket")
        time.sleep(0.2)

    def pids(self):
        """The agent's process and its children."""
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False)
        return [self.process.pid, *map(int, found.stdout.split())]

    def memory(self):
        return sum(resident(pid) for pid in self.pids())

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def swarm(bench, count, results):
    """What swarm printed, by name, and the agent's growth in KiB."""
    program = bench.compile("swarm")
    agent = Agent(bench, results)
    try:
        before = agent.memory()
        runtime = subprocess.Popen([program, agent.socket, str(count), "0.3" if bench.quick else "1.5"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        values = {}
        for line in runtime.stdout:
            words = line.split()
            if words == ["ready"]:
                break
            values[" ".join(words[:-1])] = float(words[-1])
        else:
            raise Failed("swarm ended early")
        values["memory"] = agent.memory() - before
        runtime.stdin.close()
        runtime.wait()
        return values
    finally:
        agent.close()
        if os.path.exists(bench.trace):
            os.truncate(bench.trace, 0)


def scale(bench):
    if os.getuid() != 0:
        print("\n(the agent needs root: not measured)")
        return
    count = 200
    columns = {results: swarm(bench, count, results) for results in ("none", "bpf") if results in ["none", *bench.sources]}
    print(f"\n## One agent, {count} containers\n")
    names = {"starts": ("containers started a second", 0), "quiet": ("a quiet one's call, all others at rest, us", 1),
             "noisy": ("the same beside one that calls without a pause in four threads, us", 1)}
    rows = []
    for name in next(iter(columns.values())):
        if name.startswith("calls "):
            rows.append([f"calls a second, {name[6:]} containers calling",
                         *[shown(values[name], 0) for values in columns.values()]])
    for name, (text, digits) in names.items():
        rows.append([text, *[shown(values[name], digits) for values in columns.values()]])
    rows.append(["memory of a container, KiB", *[shown(values["memory"] / count, 1) for values in columns.values()]])
    table(["", *[f"results={results}" for results in columns]], rows)
    for results, values in columns.items():
        bench.goal(f"starts a second ({results})", values["starts"], 50, at_least=True, unit="")
        bench.goal(f"a quiet container beside a noisy one ({results})", values["noisy"] / values["quiet"], 10)
        bench.goal(f"memory of a container ({results})", values["memory"] / count, 64, unit=" KiB")
