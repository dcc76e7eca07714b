"""nginx under wrk, both on loopback."""
import os
import re
import shutil
import socket
import subprocess
import time

from harness import Failed, median, ratio, repeat, run, shown, table
from programs import tracers

CONFIG = """
daemon off; worker_processes 2; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    server {{ listen 127.0.0.1:{port}; location / {{ root {directory}; }} }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def configure(bench):
    directory = os.path.join(bench.directory, "nginx")
    os.makedirs(directory, exist_ok=True)
    os.chmod(bench.directory, 0o755)  # the workers may be another user
    port = free_port()
    with open(os.path.join(directory, "index.html"), "w", encoding="ascii") as page:
        page.write("hello\n" * 100)
    config = os.path.join(directory, "nginx.conf")
    with open(config, "w", encoding="ascii") as file:
        file.write(CONFIG.format(directory=directory, port=port))
    return config, port


def wait_for(port, process):
    for _ in range(200):
        if process.poll() is not None:
            raise Failed(f"nginx ended with {process.returncode}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise Failed("nginx does not answer")


def requests_per_second(bench, before):
    config, port = configure(bench)
    pid_file = os.path.join(os.path.dirname(config), "nginx.pid")
    server = subprocess.Popen([*before, "nginx", "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        seconds = "2s" if bench.quick else "5s"
        _, out, err = run(["wrk", "-t1", "-c16", "-d", seconds, f"http://127.0.0.1:{port}/index.html"], timeout=60)
        found = re.search(r"Requests/sec:\s*([0-9.]+)", out)
        if not found or re.search(r"Non-2xx|Socket errors", out):
            raise Failed("wrk: " + (out + err)[-300:])
        return float(found[1])
    finally:
        stop(server, pid_file)


def stop(server, pid_file):
    """Ends nginx by the master's pid, and what traces it with it."""
    try:
        with open(pid_file, encoding="ascii") as file:
            os.kill(int(file.read()), 15)
    except (OSError, ValueError):
        server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def nginx(bench):
    if not shutil.which("nginx") or not shutil.which("wrk"):
        print("\n(nginx or wrk is not installed: not measured)")
        return
    rows = []
    for calls in ("%network",) if bench.quick else ("%network", "all"):
        ways = tracers(bench, calls)
        samples = repeat(1 if bench.quick else 3, {way: lambda before=before: requests_per_second(bench, before)
                                                   for way, before in ways.items()})
        rows += [[f"{way}, {calls}" if way != "native" else way, shown(median(samples, way), 0),
                  shown(ratio(samples, way, "native"))] for way in samples]
    print("\n## nginx under wrk: requests per second (2 workers, 16 connections)\n")
    table(["", "requests/s", "of native"], rows)
