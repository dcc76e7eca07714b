#!/bin/bash
# What users do all day, start to end: each scenario as root, whose results come from BPF, and as an ordinary user
# without any privilege, whose results come from ptrace.
# shellcheck source=nginx.lib.sh
. "$(dirname "$0")/nginx.lib.sh"

# as_root, as_user: what runs proctor.
as_root() {
    [ "$(id -u)" = 0 ] || skip "needs root"
    traced=("$P")
    source_of_results=bpf
}

as_user() {
    as_nobody
    chmod 777 .
    traced=("${nobody[@]}" ./proctor)
    source_of_results=ptrace
}

# trace OPTION... CMD: -f, into the file trace; lines that other tasks' lines cut in two are joined.
trace() {
    rm -f trace
    run "${traced[@]}" -f -o trace "$@"
    join
}

join() {
    [ ! -e trace ] || { joined trace >whole && mv -f whole trace; }
}

# 1. Every call of a dynamic program, and what it was traced with.
every_call() {
    TZ=UTC trace date -u -d @0 +%Y
    expect_status 0
    expect out '^1970$'
    expect_order trace 'execve\("[a-z/]*bin/date", \["date", "-u", "-d", "@0", "\+%Y"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/\) += 0$' \
        'brk\(NULL\) += 0x[0-9a-f]+$' 'openat\(AT_FDCWD, "/etc/ld\.so\.cache", O_RDONLY\|O_CLOEXEC\) += 3$' \
        'newfstatat\(3, "", \{st_mode=S_IFREG\|0644, st_size=[0-9]+, \.\.\.\}, AT_EMPTY_PATH\) += 0$' \
        'read\(3, "\\177ELF\\2\\1\\1\\3\\0.*"\.\.\., 832\) += 832$' 'mmap\(' 'write\(1, "1970\\n", 5\) += 5$' \
        'exit_group\(0\) += \?$' '\+\+\+ exited with 0 \+\+\+$'
    expect_no trace '= \?$.*= \?$|<lost>'
    run "${traced[@]}" -e trace=none true
    [ "$source_of_results" = bpf ] || expect err '^proctor: results by ptrace'
}

# 2. The files that a program looks for: all, those there, those missing.
files_looked_for() {
    trace --trace=%file cat /etc/hostname /nonexistent
    expect_status 1
    cp trace all
    expect all 'openat\(AT_FDCWD, "/etc/hostname", O_RDONLY\) += 3$' \
        'openat\(AT_FDCWD, "/nonexistent", O_RDONLY\) += -1 ENOENT \(No such file or directory\)$'
    expect_no all ' (read|mmap|brk)\('
    trace --trace=%file -z cat /etc/hostname /nonexistent
    expect trace '/etc/hostname'
    expect_no trace '/nonexistent", O|= -1 '
    trace --trace=%file -Z cat /etc/hostname /nonexistent
    expect trace '/nonexistent", O'
    expect_no trace '(openat|execve)\(.* = [0-9]+$'
    [ "$(grep -c '(' trace)" -lt "$(grep -c '(' all)" ] || fail "fewer lines with -Z" trace
}

# 3. A script that swallows its exception. Root may read every file, so it looks for one that is not there.
swallowed_exception() {
    local path=/root/test result='EACCES (Permission denied)'
    [ "$source_of_results" = ptrace ] || { path=/nonexistent/test result='ENOENT (No such file or directory)'; }
    printf 'import sys\ntry:\n    open("%s")\nexcept OSError:\n    sys.exit(1)\n' "$path" >main.py
    run "${traced[@]}" -q -Z -- /usr/bin/python3 main.py
    expect_status 1
    tail -n 2 err >last
    printf '%s\n' "openat(AT_FDCWD, \"$path\", O_RDONLY|O_CLOEXEC) = -1 $result" '+++ exited with 1 +++' >wanted
    expect_same last wanted
}

# 4. A script that starts a program.
child_process() {
    run "${traced[@]}" -q --trace=%process -f /usr/bin/python3 "$source_dir/tests/programs/spawn.py"
    expect err '^\[pid +[0-9]+\] execve\("[^"]*/sleep"'
    trace --trace=%process /usr/bin/python3 "$source_dir/tests/programs/spawn.py"
    expect_status 0
    local child
    child=$(sed -nE 's/^([0-9]+) +execve\("[^"]*\/sleep".* = 0$/\1/p' trace)
    [ -n "$child" ] || fail "the child executes sleep" trace
    expect trace "^[0-9]+ +(vfork\(|clone3?\(.*CLONE_VFORK).* = $child$" \
        "^$child +execve\(\"/usr/local/s?bin/sleep\", .* = -1 ENOENT \(No such file or directory\)$" \
        "wait4\($child, \[\{WIFEXITED\(s\) && WEXITSTATUS\(s\) == 0\}\], 0, NULL\) += $child$"
    expect_order trace "^$child +\+\+\+ exited with 0 \+\+\+$" '^[0-9]+ +--- SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_EXITED, ' \
        '^[0-9]+ +\+\+\+ exited with 0 \+\+\+$'
}

# 5. A thread.
thread() {
    trace --trace=%process /usr/bin/python3 "$source_dir/tests/programs/thread.py"
    expect_status 0
    local tid
    tid=$(sed -nE 's/.*clone3\(\{flags=CLONE_VM\|CLONE_FS\|CLONE_FILES\|CLONE_SIGHAND\|CLONE_THREAD\|.*, exit_signal=0, stack=0x[0-9a-f]+, stack_size=0x[0-9a-f]+, tls=0x[0-9a-f]+\} => \{parent_tid=\[([0-9]+)\]\}, 88\) += ([0-9]+)$/\1 \2/p' trace)
    [[ -n $tid && ${tid% *} = "${tid#* }" ]] || fail "clone3 with the thread's id, twice" trace
    expect trace "^${tid% *} +exit\(0\) += \?$" "^${tid% *} +\+\+\+ exited with 0 \+\+\+$"
}

# 6. A script that hides what it runs.
hidden_commands() {
    cat >script.sh <<'EOS'
#!/bin/bash
part=$(printf '%s' 'Y2F0IC9XXXldGMvaG9zdC5jb25mIDsgaWQgLXUK' | sed 's/XXX//' | base64 -d)
eval "$part" >/dev/null 2>&1
EOS
    chmod 755 script.sh
    trace --trace=execve ./script.sh
    expect_status 0
    expect trace '"\./script\.sh", \["\./script\.sh"\], .* = 0$' '\["sed", "s/XXX//"\], .* = 0$' '\["base64", "-d"\], .* = 0$' \
        '\["cat", "/etc/host\.conf"\], .* = 0$' '\["id", "-u"\], .* = 0$'
    trace -v -E SECRET=shown --trace=execve ./script.sh
    expect trace '\["id", "-u"\], \[.*"SECRET=shown".*\]\) += 0$'
}

# 7. nginx: its processes, and what it does for a request.
nginx_requests() {
    need nginx curl python3
    free_port
    mkdir html
    echo 'served by nginx' >html/index.html
    chmod -R a+rX .
    local user=
    [ "$source_of_results" = ptrace ] || user=$(nginx_user)
    nginx_conf "$PWD" "$PWD/html" "$user" >nginx.conf
    timeout -k 5 60 "${traced[@]}" -f -s 16 -o trace -e trace=network,file,process,read,readv,writev,sendfile,close nginx -p "$PWD" \
        -c "$PWD/nginx.conf" -g 'daemon off; master_process on;' >out 2>err &
    proctor=$!
    nginx_starts
    curl -s "http://127.0.0.1:$port/index.html" >answer
    nginx_stops
    expect answer '^served by nginx$'
    join
    [ "$(grep -cE 'clone\(child_stack=NULL, flags=CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD, child_tidptr=0x[0-9a-f]+\) += [0-9]+' trace)" -ge 2 ] ||
        fail "two workers are cloned" trace
    expect trace 'accept4\([0-9]+, \{sa_family=AF_INET, sin_port=htons\([0-9]+\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, \[[0-9]+ => 16\], SOCK_NONBLOCK\) += [0-9]+$' \
        'recvfrom\([0-9]+, "GET /(index\.html)? ?H?.*"\.\.\., 1024, 0, NULL, NULL\) += [0-9]+$' \
        "openat\(AT_FDCWD, \"$(pwd -P)/html/index\.html\", O_RDONLY\|O_NONBLOCK\) += [0-9]+$" \
        'writev\([0-9]+, \[\{iov_base="HTTP/1\.1 200 OK\\r"\.\.\., iov_len=[0-9]+\}.*\) += [0-9]+$' \
        'sendfile\([0-9]+, [0-9]+, \[0\] => \[16\], 16\) += 16$' 'close\([0-9]+\) += 0$' '\+\+\+ exited with 0 \+\+\+$'
    expect_no trace '<lost>'
}

# 8. PHP-FPM, whose workers connect to a backend, in the trace and as one line each.
php_connections() {
    local fpm
    fpm=$(find /usr/sbin -name 'php-fpm*' | sort | tail -n 1)
    [ -n "$fpm" ] || skip "php-fpm is not there"
    free_port
    cat >fpm.conf <<EOS
[global]
pid = $PWD/fpm.pid
error_log = $PWD/fpm.log
daemonize = no
[www]
listen = $PWD/fpm.socket
listen.mode = 0666
pm = static
pm.max_children = 2
EOS
    [ "$source_of_results" = ptrace ] || printf 'user = %s\ngroup = %s\n' "$(id -un 65534)" "$(id -gn 65534)" >>fpm.conf
    cat >page.php <<EOS
<?php
\$tcp = stream_socket_client("tcp://127.0.0.1:$port", \$e, \$s, 5, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
@stream_socket_client("unix:///nonexistent/backend.socket");
@stream_socket_client("tcp://127.0.0.1:1");
echo "done\n";
EOS
    chmod a+rx . && chmod a+r page.php
    python3 - "$port" <<'EOS' &
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
s.settimeout(60)
while True:
    s.accept()
EOS
    local backend=$! option
    for option in '-e trace=connect' --view=connections; do
        rm -f trace
        # shellcheck disable=SC2086 # an option and its argument
        timeout -k 5 60 "${traced[@]}" -f -o trace $option "$fpm" -n -y "$PWD/fpm.conf" >out 2>err &
        local proctor=$!
        wait_until 'the server listens' test -S fpm.socket
        command_line="fcgi.py under $option"
        timeout 20 python3 "$source_dir/tests/programs/fcgi.py" fpm.socket "$PWD/page.php" >answer 2>said ||
            { kill "$backend"; fail "an answer" "said fpm.log err"; }
        kill -QUIT "$(cat fpm.pid)"
        wait "$proctor"
        status=$?
        expect answer '^done'
        if [ "$option" = --view=connections ]; then
            expect trace "^[0-9:]{8} [0-9]+ +php-fpm[0-9.]* +connect +inet +[-0-9.:]+ +127\.0\.0\.1 +$port +EINPROGRESS" \
                'connect +unix +- +/nonexistent/backend\.socket +- +ENOENT' 'connect +inet +[-0-9.:]+ +127\.0\.0\.1 +1 +(ECONNREFUSED|EINPROGRESS)'
        else
            join
            expect trace "connect\([0-9]+, \{sa_family=AF_INET, sin_port=htons\($port\), sin_addr=inet_addr\(\"127\.0\.0\.1\"\)\}, 16\) += -1 EINPROGRESS \(Operation now in progress\)$" \
                'connect\([0-9]+, \{sa_family=AF_UNIX, sun_path="/nonexistent/backend\.socket"\}, [0-9]+\) += -1 ENOENT \(No such file or directory\)$'
        fi
    done
    kill "$backend"
    wait "$backend" 2>/dev/null
    return 0
}

# 9. A server and its client.
server_and_client() {
    trace -e trace=%network /usr/bin/python3 "$source_dir/tests/programs/sockets.py" inet
    expect_status 0
    expect trace 'socket\(AF_INET, SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP\) += 3$' \
        'bind\(3, \{sa_family=AF_INET, sin_port=htons\(0\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, 16\) += 0$' 'listen\(3, 5\) += 0$' \
        'accept4\(3, \{sa_family=AF_INET, sin_port=htons\([0-9]+\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, \[16\], SOCK_CLOEXEC\) += [0-9]+$' \
        'recvfrom\([0-9]+, "ping from client", 100, 0, NULL, NULL\) += 16$' 'sendto\([0-9]+, "pong from server", 16, 0, NULL, 0\) += 16$' \
        'recvfrom\([0-9]+, "pong from server", 100, 0, NULL, NULL\) += 16$'
}

# 10. A Go server, whose threads are preempted by SIGURG.
go_server() {
    [ -x "$programs/server" ] || skip "go is not there"
    cp "$programs/server" server
    trace -e trace=futex,epoll_pwait,nanosleep,accept4,tgkill ./server 2
    expect_status 0
    expect out '^some answers: true, wrong: 0$'
    expect trace 'futex\(0x[0-9a-f]+, FUTEX_WAKE_PRIVATE, 1\) += [01]$' 'nanosleep\(\{tv_sec=0, tv_nsec=[0-9]+\}, NULL\) += 0$' \
        'epoll_pwait\([0-9]+, \[(\{events=EPOLLIN.*)?\], 128, -?[0-9]+, NULL, [0-9]+\) += [0-9]+$' '--- SIGURG \{' \
        'accept4\([0-9]+, \{sa_family=AF_INET.*\], SOCK_CLOEXEC\|SOCK_NONBLOCK\) += [0-9]+$' '\+\+\+ exited with 0 \+\+\+$'
    expect_no trace '<lost>'
}

# 11. Where the calls go.
table_of_calls() {
    local option
    run "${traced[@]}" -q -c ls /nonexistent /etc
    expect_status 2
    expect_order err '^% time +seconds +usecs/call +calls +errors syscall$' '^(------ ?)' \
        '^ *[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +total$|^100\.00 +[0-9.]+ +[0-9]+ +[0-9]+ +[0-9]+ total$'
    expect err '^ *[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +[0-9]+ +statx$' '^ *[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +getdents64$'
    for option in -cw '-c -z' '-c -S calls' '-c -S time' '-c -S name' '-c -S errors'; do
        # shellcheck disable=SC2086 # options
        run "${traced[@]}" -q $option ls /nonexistent
        expect err '^% time ' ' total$'
    done
    # shellcheck disable=SC2086
    run "${traced[@]}" -q -c -S name ls
    awk '/^ *[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ / && !/total$/ { print $NF }' err >names
    sort -c names || fail "by name" err
}

# 12. Times, and the slow calls alone.
times() {
    local option
    for option in '-T|<[0-9]+\.[0-9]{6}>$' '-t|^[0-9]+ +[0-9]{2}:[0-9]{2}:[0-9]{2} [a-z]' '-tt|^[0-9]+ +[0-9:]{8}\.[0-9]{6} [a-z]' \
        '-ttt|^[0-9]+ +[0-9]{10}\.[0-9]{6} [a-z]' '-r|^[0-9]+ +[0-9]+\.[0-9]{6} [a-z]'; do
        trace "${option%%|*}" -e trace=openat,read true
        expect trace "${option#*|}"
    done
    trace -T --slower-than 150ms sleep 0.2
    expect trace 'clock_nanosleep\(CLOCK_REALTIME, 0, \{tv_sec=0, tv_nsec=200000000\}, 0x[0-9a-f]+\) += 0 <0\.[2-9][0-9]{5}>$'
    [ "$(grep -c '(' trace)" -lt 5 ] || fail "only slow calls" trace
}

# 13. Where in the program a call was made.
instruction_pointer() {
    trace -i -e trace=write,kill sh -c 'trap : USR1; echo said; kill -USR1 $$'
    expect trace '^[0-9]+ +\[00007[0-9a-f]{11}\] write\(1, "said\\n", 5\) += 5$' \
        '\[\?{16}\] \+\+\+ exited with 0 \+\+\+$'
    local place # a signal that a task sends to itself comes where the call returns
    place=$(sed -nE 's/.*(\[[0-9a-f]{16}\]) kill\(.*/\1/p' trace)
    [ -n "$place" ] || fail "a call of kill" trace
    grep -qF -- "$place --- SIGUSR1 {" trace || fail "the signal at $place" trace
}

# 14. Where the trace goes and how it is written.
outputs_and_forms() {
    trace -y -e trace=read,openat head -c 1 /etc/hostname
    expect trace 'openat\(AT_FDCWD<.*>, "/etc/hostname", O_RDONLY\) += 3</etc/hostname>$' 'read\(3</etc/hostname>, "'
    rm -f trace*
    run "${traced[@]}" -ff -o trace -e trace=execve sh -c '/bin/true; /bin/true; :'
    expect_status 0
    [ "$(find . -name 'trace.*' | wc -l)" = 3 ] || fail "a file for each of three processes" "$(echo trace.*)"
    run "${traced[@]}" -f -o '|cat >piped' -e trace=execve true
    wait_for piped 'exited with 0'
    run "${traced[@]}" -o trace -s 4 -e trace=write echo abcdefgh
    expect trace '^write\(1, "abcd"\.\.\., 9\) += 9$'
    run "${traced[@]}" -o trace -x -e trace=write printf 'a\200'
    expect trace '^write\(1, "\\x61\\x80", 2\) += 2$'
    run "${traced[@]}" -o trace -xx -e trace=write printf 'a'
    expect trace '^write\(1, "\\x61", 1\) += 1$'
    run "${traced[@]}" -o trace -E A=1 -E HOME -e trace=none env
    expect out '^A=1$'
    expect_no out '^HOME='
    run "${traced[@]}" -o trace -P /etc/hostname head -c 1 /etc/hostname /etc/host.conf
    expect trace '"/etc/hostname"' '^close\(3\)'
    expect_no trace 'host\.conf'
    run "${traced[@]}" -o trace -e 'trace=/^open' cat /etc/hostname
    expect trace '^openat\('
    expect_no trace '^(read|close)\('
    run "${traced[@]}" -o trace -e 'trace=!openat,%desc' cat /etc/hostname
    expect_no trace '^(openat|read)\('
    expect trace '^(brk|execve)\('
    if [ "$source_of_results" = bpf ]; then
        chmod 777 .
        run "${traced[@]}" -o trace -u "$(id -un 65534)" -e trace=none id -u
        expect out '^65534$'
    fi
}

# 15. JSON lines.
json_lines() {
    need jq
    trace --json -e trace=openat,connect cat /etc/hostname /nonexistent
    jq -r 'select(.syscall=="openat" and .error=="ENOENT").path' trace >paths
    expect paths '^/nonexistent$'
    jq -r 'select(.path=="/etc/hostname") | "\(.syscall) \(.return) \(.error) \(.duration_ns > 0)"' trace >fields
    expect fields '^openat 3 null true$'
    jq -r 'select(.type=="exit").status' trace >ends
    expect ends '^1$'
}

# 16. What was wrong, in a sentence.
explanation() {
    run "${traced[@]}" -q --explain cat /nonexistent/file
    expect_status 1
    expect err '^proctor: cat \(pid [0-9]+\) exited with 1; before that: openat\("/nonexistent/file"\) failed: ENOENT \(No such file or directory\)'
}

test_01_every_call_as_root() { as_root && every_call; }
test_01_every_call_as_a_user() { as_user && every_call; }
test_02_files_looked_for_as_root() { as_root && files_looked_for; }
test_02_files_looked_for_as_a_user() { as_user && files_looked_for; }
test_03_swallowed_exception_as_root() { as_root && swallowed_exception; }
test_03_swallowed_exception_as_a_user() { as_user && swallowed_exception; }
test_04_child_process_as_root() { as_root && child_process; }
test_04_child_process_as_a_user() { as_user && child_process; }
test_05_thread_as_root() { as_root && thread; }
test_05_thread_as_a_user() { as_user && thread; }
test_06_hidden_commands_as_root() { as_root && hidden_commands; }
test_06_hidden_commands_as_a_user() { as_user && hidden_commands; }
test_07_nginx_requests_as_root() { as_root && nginx_requests; }
test_07_nginx_requests_as_a_user() { as_user && nginx_requests; }
test_08_php_connections_as_root() { as_root && php_connections; }
test_08_php_connections_as_a_user() { as_user && php_connections; }
test_09_server_and_client_as_root() { as_root && server_and_client; }
test_09_server_and_client_as_a_user() { as_user && server_and_client; }
test_10_go_server_as_root() { as_root && go_server; }
test_10_go_server_as_a_user() { as_user && go_server; }
test_11_table_of_calls_as_root() { as_root && table_of_calls; }
test_11_table_of_calls_as_a_user() { as_user && table_of_calls; }
test_12_times_as_root() { as_root && times; }
test_12_times_as_a_user() { as_user && times; }
test_13_instruction_pointer_as_root() { as_root && instruction_pointer; }
test_13_instruction_pointer_as_a_user() { as_user && instruction_pointer; }
test_14_outputs_and_forms_as_root() { as_root && outputs_and_forms; }
test_14_outputs_and_forms_as_a_user() { as_user && outputs_and_forms; }
test_15_json_lines_as_root() { as_root && json_lines; }
test_15_json_lines_as_a_user() { as_user && json_lines; }
test_16_explanation_as_root() { as_root && explanation; }
test_16_explanation_as_a_user() { as_user && explanation; }

run_tests
