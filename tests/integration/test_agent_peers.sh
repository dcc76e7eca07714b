#!/bin/bash
# What peers of the agent do that no runtime does. Each time a good one has to be served after it.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

peer=$source_dir/tests/programs/peer.py

# after WHAT LINE: a peer does this, the agent says so in one line, and serves the next.
after() {
    need python3 jq
    start_agent
    run python3 "$peer" socket "$1"
    expect_status 0
    if [ -n "$2" ]; then
        expect_count agent.err . 1
        expect agent.err "refused: $2"
    fi
    run python3 "$peer" socket good
    expect_status 0
    stop_agent
    expect_seen '.syscall == "getppid" and .container.id == "peer" and .comm == "python3"'
    if [ -n "$2" ]; then
        expect_count agent.err . 1
    else
        expect_count trace '"getppid"' 2
    fi
}

test_state_in_pieces() { # the first has the descriptor
    after pieces ''
}

test_descriptors_it_does_not_know() {
    after others ''
}

test_listener_that_is_served_already() {
    after duplicate ''
}

test_truncated() {
    after truncated 'state:'
}

test_nothing_at_all() {
    after empty 'state:'
}

test_rubbish() {
    after rubbish 'state:'
}

test_oversized() {
    after oversized 'the container.s state is larger than 1 MiB'
}

test_no_descriptor() {
    after no-fd '1 descriptors are named, 0 came'
}

test_descriptor_of_another_kind() {
    after wrong-fd 'seccompFd is not a seccomp listener'
}

test_listener_in_another_place() {
    after wrong-place 'seccompFd is not a seccomp listener'
}

test_more_descriptors_than_names() {
    after more-fds '1 descriptors are named, 2 came'
}

test_descriptor_after_the_first_message() {
    after late-fd 'descriptors came after the first message'
}

test_slow_writer_holds_up_nobody() {
    after slow 'it took too long'
}

test_a_thousand_connections() {
    need python3 jq
    start_agent
    limit=30 run python3 "$peer" socket thousand
    expect_status 0
    expect agent.err 'too many connections'
    stop_agent
    expect_seen '.syscall == "getppid"'
}

test_other_users_may_not() {
    [ "$(id -u)" = 0 ] || skip 'this needs root'
    need python3 setpriv
    start_agent
    chmod 755 .
    [ "$(stat -c %a socket)" = 600 ] || fail 'mode 0600' agent.err
    chmod 666 socket
    run setpriv --reuid 65534 --regid 65534 --clear-groups python3 "$peer" "$PWD/socket" wrong-fd
    expect agent.err 'user 65534. refused: this user may not'
    stop_agent
    start_agent --allow-uid 65534
    chmod 666 socket
    run setpriv --reuid 65534 --regid 65534 --clear-groups python3 "$peer" "$PWD/socket" good
    expect_status 0
    stop_agent
    expect_seen '.syscall == "getppid"'
}

# A peer that keeps its listener and takes calls before the agent does: others are served all the same.
test_a_peer_that_receives_itself() {
    need python3 pgrep
    local greedy
    start_agent
    python3 "$peer" "$PWD/socket" greedy "$(pgrep -P "$agent_pid" -x proctor)" >taken 2>&1 &
    greedy=$!
    wait_until 'the agent waits for a call that was taken' grep -q taken taken
    limit=20 run python3 "$peer" "$PWD/socket" good
    kill "$greedy"
    expect_status 0
    stop_agent
}

# A socket that somebody serves is left alone; one that nobody does is replaced.
no_listener() {
    ! grep -q " 00010000 .* $PWD/socket\$" /proc/net/unix
}

test_socket_of_another_agent() {
    start_agent
    local first=$agent_pid
    run "$P" agent --listen "$PWD/socket"
    expect_status 1
    expect err '--listen: .*Address already in use'
    kill -9 "$first"
    wait "$first" 2>/dev/null
    wait_until 'its worker has gone too' no_listener
    test -S socket || fail 'the dead agent left its socket' err
    start_agent
    stop_agent
    test ! -e socket || fail 'the socket is removed at the end' agent.err
}

run_tests
