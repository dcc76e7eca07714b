"""Runs a case under strace and under proctor with each source of results, and compares what they wrote."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import threading

import compare
import trace

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ATTEMPTS = 5  # a program may itself do something else the next time: a difference has to be there each time


class Case:
    def __init__(self, name, options, sources, command):
        self.name, self.options, self.sources, self.command = name, options, sources, command
        self.title = " ".join([name] + options)


def families():
    """The names of the programs that make every call of a family."""
    sources = glob.glob(os.path.join(HERE, "..", "programs", "family_*.c"))
    return sorted(os.path.basename(source)[:-2] for source in sources)


def program(name):
    return os.path.join(BUILD, "tests/programs", name)


def read_cases():
    """Programs (`NAME: command for sh`) and sets of options (`options SOURCE... : OPTIONS for NAME...`; `for all`,
    `for families`: all but those of calls that strace does not know, which are in family_newer)."""
    programs, sets = {}, []
    with open(os.path.join(HERE, "cases")) as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("options "):
                sources, rest = line[len("options "):].split(" : ")
                options, names = rest.split(" for ")
                sets.append((sources.split(), options.split(), names.split()))
            elif line and not line.startswith("#"):
                name, command = line.split(": ", 1)
                programs[name] = ["sh", "-c", command]
    built = [name for name in families() if os.path.exists(program(name))]
    lists = {"all": list(programs), "families": [name for name in built if name != "family_newer"]}
    programs.update((name, [program(name)]) for name in built)
    absent = set(families()) - set(built)
    return [Case(name, options, sources, programs[name])
            for sources, options, names in sets for word in names for name in lists.get(word, [word]) if name not in absent]


class Server:
    """A web server for the cases that speak to one: its port is $PORT."""

    def __init__(self, directory):
        code = ("import functools, http.server, sys\n"
                "class H(http.server.SimpleHTTPRequestHandler):\n"
                "    def log_message(self, *a): pass\n"
                "s = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(H, directory=sys.argv[1]))\n"
                "print(s.server_port, flush=True)\n"
                "s.serve_forever()\n")
        self.process = subprocess.Popen([sys.executable, "-c", code, directory], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def close(self):
        self.process.kill()
        self.process.wait()


class Runner:
    def __init__(self, known_differences, made, keep):
        self.known, self.made, self.keep = known_differences, made, keep
        self.lock = threading.Lock()
        self.top = tempfile.mkdtemp(prefix="proctor-diff.")
        self.template = os.path.join(self.top, "template")
        os.mkdir(self.template)
        subprocess.run(["sh", os.path.join(HERE, "setup.sh")], cwd=self.template, check=True, env=self.environment(""),
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.server = Server(self.template)
        fixed = subprocess.run(["setarch", "-R", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
        self.prefix = ["setarch", "-R"] if fixed else []

    def close(self):
        self.server.close()
        shutil.rmtree(self.top)

    def environment(self, port):
        return {"PATH": PATH, "HOME": self.top, "LC_ALL": "C", "TZ": "UTC0", "PORT": port, "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_CONFIG_NOSYSTEM": "1",
                "PERL_HASH_SEED": "0",
                # Or each process has a line that strace 6.1 cannot show: family_ipc makes that call.
                "GLIBC_TUNABLES": "glibc.pthread.rseq=0"}

    def lacks(self, source):
        """Why this source of results does not work here, or None."""
        command = [os.path.join(BUILD, "proctor"), "--results=" + source, "-o", "/dev/null", "true"]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        return None if done.returncode == 0 else done.stderr.strip() or "status %d" % done.returncode

    def trace(self, tracer, case, directory, name):
        """Runs the case in a fresh copy of the directory; returns the parsed trace."""
        work = os.path.join(directory, "work")
        output = os.path.join(directory, name + ".trace")
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.template, work, symlinks=True)
        command = self.prefix + tracer + ["-f", "-o", output] + case.options + case.command
        subprocess.run(command, cwd=work, env=self.environment(self.server.port), stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=False)
        return trace.read(output)

    def strace(self, case, directory):
        return self.trace(["strace"], case, directory, "strace")

    def attempt(self, case, source, strace, directory):
        proctor = self.trace([os.path.join(BUILD, "proctor"), "--results=" + source], case, directory, source)
        with self.lock:
            if case.name in families():
                self.made.add(proctor)
            self.known.source = source
            return compare.compare(strace, proctor, self.known)

    def run(self, case):
        """{source: Comparison}, of the best attempt; its differences were there in every attempt."""
        directory = os.path.join(self.top, " ".join(case.sources + [case.title]).replace("/", "_").replace(" ", "_"))
        os.makedirs(directory, exist_ok=True)
        strace, result = self.strace(case, directory), {}
        for source in case.sources:
            best = self.attempt(case, source, strace, directory)
            for _ in range(ATTEMPTS - 1):
                if not best.found:
                    break
                again = self.attempt(case, source, self.strace(case, directory), directory)
                kinds = {d.kind() for d in best.found} & {d.kind() for d in again.found}
                best = min(best, again, key=compare.Comparison.worse)
                best.found = [d for d in best.found if d.kind() in kinds]
            result[source] = best
        if self.keep:
            kept = os.path.join(self.keep, os.path.basename(directory))
            os.makedirs(kept, exist_ok=True)
            for name in ["strace"] + case.sources:
                shutil.copy(os.path.join(directory, name + ".trace"), kept)
        shutil.rmtree(directory)
        return result
