#!/bin/bash
# What can go wrong with results: what is refused, and tasks that end in the middle. Each under all sources of results
# that it concerns: bpf and ptrace show the same.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# sources: those that work here.
sources() {
    local source
    for source in bpf ptrace; do
        if "$P" --results="$source" -o /dev/null true 2>/dev/null; then
            echo "$source"
        fi
    done
}

# No capability, whoever we are.
bare=(setpriv --bounding-set -all --inh-caps -all --)

without_bpf() {
    need setpriv
    "${bare[@]}" true 2>/dev/null || bare=() # no privilege to drop
}

test_bpf_without_capabilities() {
    without_bpf
    run "${bare[@]}" "$P" --results=bpf true
    [ "$status" != 0 ] || skip "BPF is allowed to everybody here"
    expect_status 1
    expect err '^proctor: --results=bpf: bpf results need CAP_BPF and CAP_PERFMON and a kernel with BTF: '
    expect_count err . 1
    run "${bare[@]}" "$P" -e trace=getppid "$programs/stack"
    expect_status 0
    expect err '^proctor: results by ptrace, which is slower: bpf results need CAP_BPF' '^getppid\(\) += [0-9]+$'
    expect_count err '^proctor:' 1
    run "${bare[@]}" "$P" -q -e trace=getppid "$programs/stack"
    expect_no err '^proctor:'
}

test_bpf_refused_by_a_filter() {
    run "$programs/deny" bpf "$P" --results=bpf true
    expect_status 1
    expect err '^proctor: --results=bpf: .*Operation not permitted'
    run "$programs/deny" bpf "$P" -e trace=getppid "$programs/stack"
    expect_status 0
    expect err '^proctor: results by ptrace' '^getppid\(\) += [0-9]+$'
}

# LeakSanitizer stops the threads by ptrace(2), and where it can't the program fails.
without_leaks_found() {
    export ASAN_OPTIONS=detect_leaks=0
}

test_ptrace_refused_by_a_filter() {
    without_leaks_found
    run "$programs/deny" ptrace "$P" --results=ptrace true
    expect_status 1
    expect err '^proctor: --results=ptrace: ptrace results need to be allowed to trace a child \(ptrace\(2\)\): Operation not permitted$'
    expect_count err . 1
}

test_both_refused() {
    without_leaks_found
    run "$programs/deny" bpf,ptrace "$P" -e trace=getppid "$programs/stack"
    expect_status 0
    expect err "^proctor: no results, calls end in '= \?': bpf .*; ptrace .*" '^getppid\(\) += \?$' '^\+\+\+ exited with 0 \+\+\+$'
    expect_count err '^proctor:' 1
    local option
    for option in -T -c -Z --slower-than=1s; do
        run "$programs/deny" bpf,ptrace "$P" "$option" true
        [ "$status" != 0 ] || fail "$option refuses"
        expect err 'needs results, and there are none: bpf .*; ptrace '
    done
}

# killed SIGNAL COMMAND...: traces COMMAND and kills its first process in its call.
killed() {
    local signal=$1 proctor
    shift
    rm -f trace
    "$P" "${options[@]}" -f -o trace "$@" 2>err &
    proctor=$!
    command_line="$P ${options[*]} -f -o trace $*, killed"
    wait_for trace 'nanosleep\(|pause\('
    kill -"$signal" "$(awk '{ print $1; exit }' trace)"
    wait "$proctor"
    status=$?
}

test_killed_in_a_call() {
    local source
    for source in $(sources); do
        options=(--results="$source" -e "trace=clock_nanosleep,nanosleep")
        killed KILL sleep 60
        expect_status 137
        expect trace 'nanosleep\(.*<unfinished \.\.\.>\) = \?$' '^[0-9]+ +\+\+\+ killed by SIGKILL \+\+\+$'
        expect_count trace . 2 # a tracer is not told of the signal
        killed TERM sleep 60
        expect_status 143
        expect trace 'nanosleep\(.* = \? ERESTART_RESTARTBLOCK \(Interrupted by signal\)$' \
            '^[0-9]+ +--- SIGTERM \{si_signo=SIGTERM, si_code=SI_USER, ' '^[0-9]+ +\+\+\+ killed by SIGTERM \+\+\+$'
    done
}

test_killed_by_itself() {
    local source
    for source in $(sources); do
        # shellcheck disable=SC2016 # for the shell within
        run "$P" --results="$source" -o trace -e trace=kill sh -c 'kill -9 $$'
        expect_status 137
        expect trace '^kill\([0-9]+, SIGKILL\) += \?$' '^\+\+\+ killed by SIGKILL \+\+\+$'
        expect_count trace . 2
    done
}

test_exec_by_a_thread() {
    local source
    for source in $(sources); do
        run "$P" --results="$source" -f -o trace -e trace=execve,pause,exit_group "$programs/thread_exec" /bin/sh -c 'exit 9'
        expect_status 9
        local leader
        leader=$(awk '{ print $1; exit }' trace)
        expect_order trace '^[0-9]+ +execve\("/bin/sh", .* <unfinished' '^[0-9]+ +\+\+\+ exited with 0 \+\+\+$' \
            "^$leader +\+\+\+ superseded by execve in pid [0-9]+ \+\+\+$" "^$leader +<\.\.\. execve resumed>\) += 0$" \
            "^$leader +exit_group\(9\) += \?$" "^$leader +\+\+\+ exited with 9 \+\+\+$"
        expect_count trace '\+\+\+$' 3
        expect_no trace '<lost>' ERESTART SIGKILL
    done
}

test_vfork() {
    local source
    for source in $(sources); do
        run "$P" --results="$source" -f -o trace -e trace=vfork,execve,exit_group "$programs/vfork"
        expect_status 0
        expect out '^vfork: 11 12 0$'
        expect_count trace 'vfork(\(\)| resumed>\)) += [0-9]+$' 3
        expect trace 'execve\("/nonexistent/program", .* = -1 ENOENT' '\+\+\+ exited with 11 \+\+\+$' '\+\+\+ exited with 12 \+\+\+$'
        expect_no trace '<lost>'
    done
}

test_children_that_ask_not_to_be_traced() {
    local source
    for source in $(sources); do
        run "$P" --results="$source" -q -f -o trace -e trace=getppid "$programs/untraced"
        expect_status 0
        expect out '^clone 0, clone3 0$'
        joined trace >whole
        expect_count whole ' getppid\(\) += [0-9]+$' 2
    done
}

test_two_hundred_threads() {
    local source
    for source in $(sources); do
        run "$P" --results="$source" -f -o trace -e trace=getppid,access "$programs/threads" 200 20
        expect_status 0
        joined trace >whole
        expect_no whole '<lost>' '\?' 'getppid\(\) += [^0-9]'
        expect_count whole 'access\("/nonexistent.* = -1 ENOENT' 4000
        expect_count trace '\+\+\+ exited with 0 \+\+\+$' 201
    done
}

run_tests
