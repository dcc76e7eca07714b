#!/bin/bash
# No result is lost and no line is missing, however fast calls come. NO_LOSS_SECONDS=60 makes the loops that long.
# shellcheck source=nginx.lib.sh
. "$(dirname "$0")/nginx.lib.sh"

seconds=${NO_LOSS_SECONDS:-2}
limit=$((seconds + 240))

need_bpf() {
    "$P" --results=bpf -e trace=none true 2>said && return
    [ "$(id -u)" != 0 ] || fail "results by BPF work for root" said
    skip "BPF needs root here"
}

# Every call of the file trace has its result.
expect_whole() {
    expect_no trace '<lost>|<unfinished|resumed>'
    expect_no trace '(getppid|access|openat|close|read|writev|accept4|execve)\(.* = \?$'
    expect_no err 'lost|missing'
}

# The rate is measured first, as machines differ: so many calls last about that long.
test_two_threads_in_a_tight_loop() {
    need_bpf
    local begun=${EPOCHREALTIME/./} calls
    run "$P" --results=bpf -f -o trace -e trace=getppid,access "$programs/threads" 2 2000
    expect_status 0
    calls=$((2000 * seconds * 1000000 / (${EPOCHREALTIME/./} - begun) + 1000))
    run "$P" --results=bpf -f -o trace -e trace=getppid,access "$programs/threads" 2 "$calls"
    expect_status 0
    expect out "^2 threads, $((2 * calls)) calls each, 0 wrong$"
    joined trace >whole
    mv whole trace
    expect_whole
    expect_count trace 'getppid\(\) += [0-9]+$' $((2 * calls + 2))
    expect_count trace 'access\("/nonexistent", R_OK\) += -1 ENOENT \(No such file or directory\)$' $((2 * calls))
}

test_make_j2() {
    need_bpf
    need make gcc
    local n
    {
        echo 'all: program; ./program'
        echo "program: $(printf '%s.o ' a b c d e f g h)"
        printf '\tcc -o $@ $^\n%%.o: %%.c\n\tcc -O1 -c -o $@ $<\n'
    } >Makefile
    for n in a b c d e f g h; do
        echo "#include <stdio.h>
#include <stdlib.h>
int $n(void); int $n(void) { return puts(\"$n\"); }" >"$n.c"
    done
    echo 'int main(void) { return a() < 0; }' >>a.c
    run "$P" --results=bpf -f -o trace make -s -j2 program
    expect_status 0
    joined trace >whole
    mv whole trace
    expect_whole
    # A start and an end for each process.
    local started ended
    started=$(grep -cE ' (vfork\(|clone3?\(.*(SIGCHLD|CLONE_VFORK)).* = [0-9]+$' trace)
    ended=$(grep -cE '\+\+\+ (exited|killed)' trace)
    [ "$ended" = $((started + 1)) ] || fail "$started processes and make itself end ($ended ends)" trace
}

test_nginx_under_wrk() {
    need_bpf
    need nginx wrk curl python3
    local port proctor n requests
    free_port
    chmod 755 .
    echo 'served by nginx' >index.html
    nginx_conf "$PWD" "$PWD" "$(nginx_user)" >nginx.conf
    timeout -k 5 "$limit" "$P" --results=bpf -f -o trace -e trace=accept4,openat,close,recvfrom,writev \
        nginx -p "$PWD" -c "$PWD/nginx.conf" -g 'daemon off;' >out 2>err &
    proctor=$!
    nginx_starts
    command_line="wrk on nginx"
    wrk -t 1 -c 16 -d "${seconds}s" "http://127.0.0.1:$port/index.html" >said 2>&1
    nginx_stops
    requests=$(sed -nE 's/^ +([0-9]+) requests in .*/\1/p' said)
    [ "${requests:-0}" -gt 0 ] || fail "wrk's requests are answered" said
    expect_no said 'Socket errors|Non-2xx'
    joined trace >whole
    mv whole trace
    expect_whole
    n=$(grep -cE 'writev\([0-9]+, \[\{iov_base="HTTP/1\.1 200 OK' trace)
    [ "$n" -ge "$requests" ] || fail "a writev for each of $requests requests (there are $n)" said
}

run_tests
