"""Starts a program as a child process and waits for it."""
import subprocess

subprocess.run(["sleep", "0.01"], check=True)
