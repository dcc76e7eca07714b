#!/bin/bash
# Programs that serve others.
# shellcheck source=nginx.lib.sh
. "$(dirname "$0")/nginx.lib.sh"

test_a_socket_server_and_its_client() {
    need python3
    run "$P" -f -o trace -e trace=%network python3 "$source_dir/tests/programs/sockets.py" inet
    expect_status 0
    joined trace >whole
    mv whole trace
    expect_order trace 'socket\(AF_INET, SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP\) ' \
        'bind\(3, \{sa_family=AF_INET, sin_port=htons\(0\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, 16\) ' \
        'listen\(3, 5\) '
    expect trace 'connect\(4, \{sa_family=AF_INET, sin_port=htons\([0-9]+\), sin_addr=inet_addr\("127\.0\.0\.1"\)\}, 16\) ' \
        'accept4\(3, (0x[0-9a-f]+|\{sa_family=AF_INET, .*\}), \[16\], SOCK_CLOEXEC\) ' \
        'sendto\([0-9]+, "ping from client", 16, 0, NULL, 0\) ' \
        'sendto\([0-9]+, "pong from server", 16, 0, NULL, 0\) ' \
        'recvfrom\([0-9]+, (0x[0-9a-f]+|"ping from client"), 100, 0, NULL, NULL\) '
}

test_sockets_of_other_families() {
    need python3
    run "$P" -f -o trace -e trace=%network python3 "$source_dir/tests/programs/sockets.py" unix
    expect_status 0
    expect trace 'bind\(3, \{sa_family=AF_UNIX, sun_path="server.socket"\}, [0-9]+\) ' \
        'connect\(4, \{sa_family=AF_UNIX, sun_path="server.socket"\}, [0-9]+\) '
    run "$P" -f -o trace -e trace=%network python3 "$source_dir/tests/programs/sockets.py" inet6
    [ "$status" = 0 ] || ! grep -q 'Cannot assign requested address\|not supported' err || skip "there is no IPv6 here"
    expect_status 0
    expect trace 'bind\(3, \{sa_family=AF_INET6, sin6_port=htons\(0\), sin6_flowinfo=htonl\(0\), inet_pton\(AF_INET6, "::1", &sin6_addr\), sin6_scope_id=0\}, 28\) '
}

# start_nginx OPTION...: proctor with nginx, which serves html in this directory.
start_nginx() {
    need nginx curl python3
    free_port
    mkdir html
    chmod 755 . html
    echo 'served by nginx' >html/index.html
    head -c 300000 /dev/zero | tr '\0' x >html/big
    local user=
    [ "$(id -u)" != 0 ] || user=$(nginx_user)
    nginx_conf "$(pwd -P)" "$(pwd -P)/html" "$user" >nginx.conf
    command_line="$P $* nginx"
    timeout -k 5 60 "$P" "$@" nginx -p "$PWD" -c "$PWD/nginx.conf" -g 'daemon off; master_process on;' >out 2>err &
    proctor=$!
    nginx_starts
}

test_nginx_as_master_and_workers() {
    start_nginx -f -o trace --trace=%process
    nginx_stops
    expect trace 'execve\("/[a-z/]*bin/nginx", \["nginx", "-p", ' 'exit_group\(0\)'
    [ "$(grep -cE 'clone\(child_stack=NULL, flags=CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD, child_tidptr=0x[0-9a-f]+\)' trace)" -ge 2 ] ||
        fail "two workers are cloned" trace
    [ "$(grep -c '+++ exited with 0 +++' trace)" -ge 3 ] || fail "a master and two workers exit" trace
}

test_nginx_under_requests() {
    start_nginx -f -s 16 -o trace -e trace=%network,%file,%process,%desc
    local n
    for n in 1 2 3 4 5 6 7 8; do
        curl -s "http://127.0.0.1:$port/index.html?$n" >answer
        expect answer '^served by nginx$'
    done
    curl -s "http://127.0.0.1:$port/big" >big
    expect_same big html/big
    nginx_stops
    joined trace >whole
    mv whole trace
    expect trace 'accept4\([0-9]+, ' "openat\(AT_FDCWD, \"$(pwd -P | cut -c1-5)" 'close\([0-9]+\)' \
        'sendfile\([0-9]+, [0-9]+, ' 'epoll_wait\(' 'writev\([0-9]+, \[\{iov_base="HTTP/1\.1 200 OK\\r"\.\.\., iov_len='
    expect_order trace 'accept4\(' '(recvfrom|read|recv)\(' 'openat\(.*"/' 'writev\(' 'close\('
}

test_a_go_server_under_load() {
    [ -x "$programs/server" ] || skip "go is not there"
    run "$P" -f -o trace "$programs/server" 3
    expect_status 0
    expect out '^some answers: true, wrong: 0$'
    joined trace >whole
    mv whole trace
    expect trace 'futex\(0x[0-9a-f]+, FUTEX_WAKE_PRIVATE, 1\) ' 'epoll_pwait\([0-9]+, ' \
        'tgkill\([0-9]+, [0-9]+, SIGURG\) ' 'accept4\([0-9]+, '
    expect trace '\+\+\+ exited with 0 \+\+\+$'
}

run_tests
