#!/bin/bash
# What -y and -yy say of descriptors.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

descriptors=$source_dir/tests/programs/descriptors.py

# named FILE: the descriptors that the program has shown, without what differs from run to run.
named() {
    sed -nE 's/^(\[pid +[0-9]+\] )?fcntl\((.*), F_GETFD\).*/\2/p' "$1" | sed -E 's/^[0-9]+//
        s/(\.[0-9]+|\]):[0-9]+/\1:PORT/g; s/:\[[0-9]+(\]|->|,)/:[INODE\1/; s/->[0-9]+(\]|,)/->INODE\1/
        s/pid:[0-9]+/pid:PID/
        s/(ROUTE:)[0-9]+/\1PORT/; s/(proctor\\76test\\n|proctor>test\\n)[0-9]+/\1/; s/eventfd-id=[0-9]+/eventfd-id=N/
        s,/proctor-test\.[A-Za-z0-9]+/[a-z]*/,/WHERE/,; s,/dev/pts/[0-9]+<char 136:[0-9]+,/dev/pts/N<char 136:N,
        s,/dev/pts/[0-9]+>,/dev/pts/N>,'
}

# in_directory NAME COMMAND...: the program makes files, so each run has a directory of its own.
in_directory() {
    mkdir "$1"
    command_line=${*:2}
    (cd "$1" && timeout -k 5 60 "${@:2}" >../out 2>../err </dev/null)
    status=$?
    expect_status 0
}

trace_both() {
    need python3 strace
    in_directory strace strace "$1" -e trace=fcntl -o ../strace.out python3 -S "$descriptors"
    in_directory proctor "$P" "$1" -e trace=fcntl -o ../proctor.out python3 -S "$descriptors"
    named strace.out >expected
    named proctor.out >shown
}

test_y_as_strace_shows_it() {
    trace_both -y
    [ "$(wc -l <shown)" -gt 40 ] || fail "forty descriptors" shown
    expect_same expected shown
}

test_yy_as_strace_shows_it() {
    trace_both -yy
    # What newer versions of strace say; the ones before 6.3 and 6.10 show the links.
    sed -E 's/^<signalfd:.*/<anon_inode:[signalfd]>/; s/^<\{eventfd-count.*/<anon_inode:[eventfd]>/
            s, @/dev/pts/N,,' expected >old
    sed -E 's/^<signalfd:.*/<anon_inode:[signalfd]>/; s/^<\{eventfd-count.*/<anon_inode:[eventfd]>/
            s, @/dev/pts/[0-9N]+,,' shown >new
    [ "$(wc -l <shown)" -gt 40 ] || fail "forty descriptors" shown
    expect_same old new
}

# Only what is asked for: a device says its path too, other files nothing.
test_decode_fds_as_strace_shows_it() {
    for kinds in dev socket path,dev path,socket none; do
        trace_both "--decode-fds=$kinds"
        [ "$kinds" = none ] || [ -s shown ] || fail "$kinds" proctor.out
        sed -i 's, @/dev/pts/N,,' expected shown # newer than strace 6.1
        expect_same expected shown
        rm -r strace proctor
    done
}

test_decode_fds_of_what_strace_is_too_old_for() {
    need python3
    in_directory proctor "$P" --decode-fds=eventfd,signalfd -e trace=fcntl -o ../proctor.out python3 -S "$descriptors"
    named proctor.out >shown
    expect_text shown '<{eventfd-count=0x12, eventfd-id=N' '<signalfd:[HUP USR1]>'
    expect_no shown '</' '<pid:' '<TCP' '<UNIX'
}

test_yy_in_full() {
    need python3
    in_directory proctor "$P" -yy -e trace=fcntl -o ../proctor.out python3 -S "$descriptors"
    named proctor.out >shown
    expect_text shown '</etc/passwd>' '</dev/null<char 1:3>>' '/gone>(deleted)' '/not gone (deleted)>' '/removed>(deleted)' \
        '/a\n\"b\"\74c\76\\\351\33[2J>' '</memfd:memory>(deleted)' '<anon_inode:[eventpoll]>' '<pid:PID>' \
        '<{eventfd-count=0x12, eventfd-id=N' '<signalfd:[HUP USR1]>' '<NETLINK:[ROUTE:PORT]>' '<net:[INODE]>' \
        '<TCP:[INODE]>' '<TCP:[127.0.0.1:PORT]>' '<TCP:[127.0.0.1:PORT->127.0.0.1:PORT]>' '<TCPv6:[[::1]:PORT->[::1]:PORT]>' \
        '<UDP:[INODE]>' '<UDP:[127.0.0.1:PORT]>' '<UDPv6:[[::1]:PORT->[::1]:PORT]>' '<UNIX-STREAM:[INODE->INODE]>' \
        '<UNIX:[INODE->INODE]>' '<UNIX-STREAM:[INODE,"a \"path\""]>' '<UNIX-STREAM:[INODE->INODE,"a \"path\""]>' \
        '<UNIX-STREAM:[INODE,@"proctor>test\n"]>'
    expect shown '^</dev/(pts/)?ptmx<char 5:2 @/dev/pts/N>>$'
    expect_no proctor.out "$(printf '\033')"
}

test_yy_where_descriptors_may_not_be_fetched() {
    need python3
    in_directory proctor "$P" -yy -e trace=fcntl -o ../proctor.out python3 -S "$descriptors"
    in_directory without "$programs/without" 438 "$P" -yy -e trace=fcntl -o ../without.out python3 -S "$descriptors"
    named proctor.out >expected
    named without.out >shown
    expect_same expected shown
}

test_yy_in_another_network_namespace() {
    need python3 unshare
    unshare -n true 2>/dev/null || skip "no network namespace to be had"
    in_directory proctor "$P" -f -yy -e trace=fcntl -o ../proctor.out unshare -n python3 -S "$descriptors" listen
    expect proctor.out 'fcntl\([0-9]+<TCP:\[0\.0\.0\.0:[0-9]+\]>, F_GETFD\)' 'fcntl\([0-9]+<UNIX-STREAM:\[[0-9]+,"here"\]>'
    in_directory without "$programs/without" 438 "$P" -f -yy -e trace=fcntl -o ../without.out \
        unshare -n python3 -S "$descriptors" listen
    expect without.out 'fcntl\([0-9]+<TCP:\[0\.0\.0\.0:[0-9]+\]>, F_GETFD\)' 'fcntl\([0-9]+<UNIX-STREAM:\[[0-9]+,"here"\]>'
}

# Before its first message is sent a netlink socket has no address; what it speaks is known all the same.
test_the_first_message_of_a_netlink_socket() {
    need python3
    cat >first.py <<'EOF'
import socket, struct
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.sendto(struct.pack("IHHIIB", 20, 18, 0x301, 1, 0, 0) + b"\0\0\0", (0, 0))
EOF
    run "$P" -o trace -e trace=sendto python3 -S first.py
    expect trace '^sendto\([0-9]+, \[\{nlmsg_len=20, nlmsg_type=RTM_GETLINK, .*\{ifi_family=AF_UNSPEC, '
}

test_yy_as_an_ordinary_user() {
    need python3
    as_nobody
    chmod 777 .
    cp "$descriptors" descriptors.py
    run "${nobody[@]}" ./proctor -yy --results=none -e trace=fcntl python3 -S descriptors.py listen
    [ "$status" = 0 ] || skip "python3 does not run as nobody: $(tail -n 1 err)"
    expect err 'fcntl\([0-9]+<TCP:\[0\.0\.0\.0:[0-9]+\]>, F_GETFD\)' 'fcntl\([0-9]+<UNIX-STREAM:\[[0-9]+,"here"\]>'
}

# The descriptor is closed soon, by calls that are not shown.
test_y_names_what_a_call_returned() {
    run "$P" --results=bpf -y -e trace=openat -o trace cat /etc/passwd
    grep -q 'results=bpf:' err && skip "no bpf results here"
    expect_status 0
    expect trace '^openat\(AT_FDCWD<.*>, "/etc/passwd", O_RDONLY\) = [0-9]+</etc/passwd>$' '= [0-9]+</etc/ld.so.cache>$'
    expect_no trace '= [0-9]+$' '^close'
}

test_json_tells_what_is_behind() {
    need python3 jq
    : >'na"me'
    run "$P" -y --json -e trace=close -o trace sh -c 'exec 5<"na\"me"; exec 5<&-'
    jq -r 'select(.syscall == "close") | .args[0].value | objects | .is' trace >names 2>/dev/null
    expect_text names 'na"me'
}

run_tests
