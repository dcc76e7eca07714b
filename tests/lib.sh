# shellcheck shell=bash
# For the scripts of tests/integration and tests/diff.
#
# A script defines functions test_NAME and calls run_tests. Each test runs in an empty directory of its own, in a
# subshell: `run` runs a command, `expect...` judge what came of it and end the test when it is not so, `skip`
# ends it with a reason.
set -u

BUILD=${BUILD:-build}
if [ "${BUILD#/}" = "$BUILD" ]; then
    BUILD=$PWD/$BUILD
fi
P=$BUILD/proctor
status=0
command_line=
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# shellcheck disable=SC2034 # for the scripts
programs=$BUILD/tests/programs
# shellcheck disable=SC2034 # for the scripts
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Runs a command with its output in the files out and err and its status (as a shell's $?) in $status.
run() {
    command_line=$*
    timeout -k 5 "${limit:-60}" "$@" >out 2>err </dev/null
    status=$?
}

# fail WHAT [FILE]: ends the test.
fail() {
    echo "  command:  $command_line"
    echo "  status:   $status"
    echo "  expected: $1"
    local file
    for file in ${2:-out err}; do
        if [ -s "$file" ]; then
            echo "  $file:"
            head -c 4000 "$file" | head -n 40 | sed 's/^/    | /'
            if [ "$(wc -l <"$file")" -gt 40 ]; then
                echo "    | ... ($(wc -l <"$file") lines, the last:)"
                tail -n 10 "$file" | cut -c1-400 | sed 's/^/    | /'
            fi
        else
            echo "  $file: (empty)"
        fi
    done
    exit 1
}

skip() {
    echo "$*" >skipped
    exit 77
}

# need COMMAND...: skips the test where one is not there.
need() {
    local command
    for command; do
        command -v "$command" >/dev/null || skip "$(basename "$command") is not there"
    done
}

expect_status() {
    [ "$status" = "$1" ] || fail "status $1"
}

# expect FILE REGEX...: each extended regular expression matches a line.
expect() {
    local file=$1 regex
    shift
    for regex; do
        grep -qE -e "$regex" "$file" || fail "a line like: $regex" "$file"
    done
}

# expect_text FILE TEXT...: the same for text as it stands.
expect_text() {
    local file=$1 text
    shift
    for text; do
        grep -qF -e "$text" "$file" || fail "a line with: $text" "$file"
    done
}

expect_no() {
    local file=$1 regex
    shift
    for regex; do
        ! grep -qE -e "$regex" "$file" || fail "no line like: $regex (but: $(grep -m1 -E -e "$regex" "$file"))" "$file"
    done
}

# expect_count FILE REGEX N
expect_count() {
    local n
    n=$(grep -cE -e "$2" "$1")
    [ "$n" = "$3" ] || fail "$3 lines like: $2 (there are $n)" "$1"
}

# expect_order FILE REGEX...: lines that match them, in this order.
expect_order() {
    local file=$1 regex at=0 next
    shift
    for regex; do
        next=$(tail -n +$((at + 1)) "$file" | grep -nE -m1 -e "$regex" | cut -d: -f1)
        [ -n "$next" ] || fail "after line $at, a line like: $regex" "$file"
        at=$((at + next))
    done
}

expect_same() {
    cmp -s "$1" "$2" || {
        diff -u "$1" "$2" | head -n 40 | sed 's/^/  /'
        fail "$1 and $2 are the same" "$1"
    }
}

# wait_until WHAT COMMAND...: until the command succeeds, for at least a minute: a busy machine is slow.
wait_until() {
    local what=$1 i
    shift
    for ((i = 0; i < 3000; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.02
    done
    fail "$what (within a minute)" "$(ls out err trace agent.err 2>/dev/null)"
}

# wait_for FILE REGEX: until a line of a file that is being written matches.
wait_for() {
    wait_until "in $1 a line like: $2" grep -qE -e "$2" "$1"
}

# has_died PID: it is no more, or waits for its parent to look.
has_died() {
    [ ! -e "/proc/$1" ] || grep -qs '^State:.Z' "/proc/$1/status"
}

# is_stopped PID: by a signal.
is_stopped() {
    grep -qs '^State:.T' "/proc/$1/status"
}

# A copy of proctor that any user may run, and the command line to run it as one without privileges.
# shellcheck disable=SC2034 # for the scripts
as_nobody() {
    need setpriv
    chmod 755 .
    cp "$P" proctor
    nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs)
    [ "$(id -u)" = 0 ] || nobody=()
}

# free_port: puts into $port a port that was free a moment ago.
# shellcheck disable=SC2034 # for the scripts
free_port() {
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
}

# joined FILE: its lines with what another task's line cut in two put together again, where the call began. On
# standard error, a task has no [pid N] while it is the only one: one of the two parts may be without.
joined() {
    awk '
        function task(line) {
            if (match(line, /^(\[pid +[0-9]+\]|[0-9]+) +/)) { rest = substr(line, RLENGTH + 1); return substr(line, 1, RLENGTH) }
            rest = line
            return ""
        }
        {
            who = task($0)
            if (match(rest, /^<\.\.\. [a-z0-9_]+ resumed>/)) {
                name = substr(rest, 6, RLENGTH - 14)
                rest = substr(rest, RLENGTH + 1)
                if (!(who in begun)) {
                    for (other in begun) if ((who == "" || other == "") && call[other] == name) break
                    who = other
                }
                text[begun[who]] = text[begun[who]] rest
                delete begun[who]
                next
            }
            text[++n] = $0
            if (sub(/ ?<unfinished \.\.\.>$/, "", text[n])) {
                begun[who] = n
                call[who] = substr(rest, 1, index(rest, "(") - 1)
            }
        }
        END { for (i = 1; i <= n; i++) print text[i] }' "$1"
}

run_tests() {
    local name directory failed=0
    local pattern=${ONLY:-}
    # shellcheck disable=SC2013 # one word in each line
    for name in $(sed -n 's/^\(test_[A-Za-z0-9_]*\)() .*/\1/p' "$0"); do
        if [ -n "$pattern" ] && [[ $name != *$pattern* ]]; then
            continue
        fi
        directory=$(mktemp -d "${TMPDIR:-/tmp}/proctor-test.XXXXXX")
        (
            cd "$directory" || exit 1
            "$name" >said 2>&1
        )
        case $? in
        0) echo "ok ${name#test_}" ;;
        77) echo "SKIP ${name#test_}: $(cat "$directory/skipped")" ;;
        *)
            cat "$directory/said"
            echo "FAIL ${name#test_}"
            failed=1
            ;;
        esac
        rm -rf "$directory"
    done
    exit $failed
}
