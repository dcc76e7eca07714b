#!/bin/sh
# tests/run's way to tests/diff/run.
exec "$(dirname "$0")/run"
