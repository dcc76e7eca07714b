#!/bin/bash
# Children, threads, and how they end.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_a_child_process() {
    need python3
    run "$P" --trace=%process -f python3 "$source_dir/tests/programs/spawn.py"
    expect_status 0
    expect_order err '^execve\("/[a-z/]*bin/python3", \["python3", "[^"]*"(\.\.\.)?\], ' \
        '^(\[pid +[0-9]+\] )?(vfork\(|clone3?\(.*CLONE_VFORK)' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/sleep", \["sleep", "0\.01"\], 0x[0-9a-f]+ /\* [0-9]+ vars \*/( <unfinished \.\.\.>|\) += )' \
        '^\[pid +[0-9]+\] \+\+\+ exited with 0 \+\+\+$' \
        '^\+\+\+ exited with 0 \+\+\+$'
    expect err 'wait4\([0-9]+, ' 'exit_group\(0\)'
    local attempts directories
    # The parent's search along PATH happens in the child: one attempt for each directory up to the right one.
    attempts=$(grep -cE 'execve\("[^"]*/sleep"' err)
    directories=$(tr ':' '\n' <<<"$PATH" | grep -n -m1 "^$(dirname "$(command -v sleep)")$" | cut -d: -f1)
    [ "$attempts" = "$directories" ] || fail "$directories attempts to execute sleep (there are $attempts)" err
}

test_a_thread() {
    need python3
    run "$P" --trace=%process -f python3 "$source_dir/tests/programs/thread.py"
    expect_status 0
    joined err >whole
    mv whole err
    expect err 'clone3\(\{flags=CLONE_VM\|CLONE_FS\|CLONE_FILES\|CLONE_SIGHAND\|CLONE_THREAD\|[A-Z_|]*, child_tid=0x[0-9a-f]+, parent_tid=0x[0-9a-f]+, exit_signal=0, stack=0x[0-9a-f]+, stack_size=0x[0-9a-f]+, tls=0x[0-9a-f]+\}.*, 88\) += '
    expect_order err 'clone3\(' '^\[pid +[0-9]+\] exit\(0\) += \?$' '^\[pid +[0-9]+\] \+\+\+ exited with 0 \+\+\+$' \
        '^\+\+\+ exited with 0 \+\+\+$'
    expect_count err '^\[pid +[0-9]+\] \+\+\+ exited with 0 \+\+\+$' 1
}

# A script that does not look like what it does.
hidden_script() {
    cat >script.sh <<'EOS'
#!/bin/bash
part=$(printf '%s' 'Y2F0IC9XXXldGMvaG9zdC5jb25mIDsgaWQgLXUK' | sed 's/XXX//' | base64 -d)
eval "$part" >/dev/null 2>&1
sh -c "$(echo 'ZXhlYyB1bmFtZSAtcw==' | base64 -d)" >/dev/null
EOS
    chmod +x script.sh
}

test_a_script_that_hides_its_commands() {
    hidden_script
    run "$P" --trace=execve -f ./script.sh
    expect_status 0
    [ "$(head -n 1 err | cut -d, -f1-2)" = 'execve("./script.sh", ["./script.sh"]' ] || fail "the script first" err
    expect err '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/sed", \["sed", "s/XXX//"\]' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/base64", \["base64", "-d"\]' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/cat", \["cat", "/etc/host.conf"\]' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/id", \["id", "-u"\]' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/sh", \["sh", "-c", "exec uname -s"\]' \
        '^\[pid +[0-9]+\] execve\("/[a-z/]*bin/uname", \["uname", "-s"\]'
    run "$P" -v -E SECRET=shown --trace=execve -f ./script.sh
    expect err '\["id", "-u"\], \[.*"SECRET=shown"'
}

test_vfork() {
    run "$P" -f -o trace "$programs/vfork"
    expect_status 0
    expect out '^vfork: 11 12 0$'
    expect trace 'execve\("/bin/sh", \["sh", "-c", "exit 11"\]' 'execve\("/nonexistent/program", \["program"\]'
    expect_count trace '\+\+\+ exited with 11 \+\+\+$' 1
    expect_count trace '\+\+\+ exited with 12 \+\+\+$' 1
    expect_count trace '\+\+\+ exited with 0 \+\+\+$' 2
}

# There a parent knows its child by another id than we do.
test_a_child_in_a_pid_namespace() {
    unshare -pf true 2>/dev/null || skip "no PID namespace can be made here"
    run "$P" -f -o trace -e trace=wait4 unshare -pf sh -c 'sh -c "exit 3"; exit 4'
    expect_status 4
    expect_order trace '\+\+\+ exited with 3 \+\+\+$' 'WEXITSTATUS\(s\) == 3\}\], 0, NULL\) += 2$' \
        '\+\+\+ exited with 4 \+\+\+$' 'WEXITSTATUS\(s\) == 4\}\], 0, NULL\) += [0-9]+$'
}

test_a_parent_that_dies_first() {
    run "$P" -f -o trace "$programs/orphan" written
    expect_status 5
    expect written '^alive$'
    # The child is told of the end as soon as we are.
    expect_order trace 'exit_group\(5\)' '\+\+\+ exited with 5 \+\+\+$'
    expect_order trace 'openat\(AT_FDCWD, "written", ' 'exit_group\(6\)' '\+\+\+ exited with 6 \+\+\+$'
}

test_a_thousand_short_processes() {
    run "$P" -f -o trace -e trace=execve "$programs/processes" 1000
    expect_status 0
    expect out '^1000 processes, 0 failed$'
    expect_count trace 'execve\("/bin/true", \["true"\], ' 1000
    expect_count trace '\+\+\+ exited with 0 \+\+\+$' 1001
}

test_a_thousand_short_processes_with_every_call() {
    run "$P" -f -o trace "$programs/processes" 1000
    expect_status 0
    expect_count trace 'exit_group\(0\)' 1001
    expect_count trace '\+\+\+ exited with 0 \+\+\+$' 1001
    # The line of a process's end is its last.
    awk '/\+\+\+ exited/ { ended[$1] = 1; next } ended[$1] { print; exit 1 }' trace >late ||
        fail "no call after its process has ended" late
}

test_two_hundred_threads() {
    local workers
    for workers in '' '--workers 1' '--workers 3'; do
        # shellcheck disable=SC2086 # an option and its value
        run "$P" $workers -f -o trace -e trace=getppid,access "$programs/threads" 200 50
        expect_status 0
        expect out '^200 threads, 100 calls each, 0 wrong$'
        joined trace >whole
        expect_count whole '^[0-9]+ +getppid\(\) += ' $((200 * 50 + 200))
        expect_count whole '^[0-9]+ +access\("/nonexistent", R_OK\) += ' $((200 * 50))
        expect_no trace '^[^0-9]' '.{200}'
    done
}

# A fork that waits for its turn would be interrupted by SIGCHLD: where nobody asks for forks they do not wait.
test_forks_under_signals() {
    local source
    for source in none bpf ptrace; do
        [ "$source" != bpf ] || "$P" --results=bpf -e trace=none true 2>/dev/null || continue
        run "$P" -f --results="$source" -o trace -e trace=mkdir,exit_group "$programs/forks" 300
        expect_status 0
        expect out '^300 forks, 0 failed$'
        expect_count trace '\+\+\+ exited with 0 \+\+\+$' 301
    done
}

# They do not wait either where they are shown, if the exit source tells of them.
test_forks_that_are_shown_under_signals() {
    local source
    for source in bpf ptrace; do
        [ "$source" != bpf ] || "$P" --results=bpf -e trace=none true 2>/dev/null || continue
        run "$P" -f --results="$source" -o trace "$programs/forks" 300
        expect_status 0
        expect out '^300 forks, 0 failed$'
        joined trace >whole
        expect_count whole ' clone\(child_stack=NULL, flags=CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD, child_tidptr=0x[0-9a-f]+\) += [0-9]+$' 300
        expect_no trace '<lost>' 'clone.*EINTR'
    done
}

# Rules decide about forks: they are asked.
test_forks_that_rules_are_about() {
    "$P" --results=bpf -e trace=none true 2>/dev/null || skip "no BPF"
    cat >rules.yaml <<'EOS'
- rule: fork
  desc: a process makes another
  condition: evt.type in (clone, clone3, fork, vfork)
  output: forked by %proc.name
  priority: NOTICE
  action: deny
EOS
    run "$P" -f -e trace=%process --policy rules.yaml --mode=enforce --results=bpf -o trace "$programs/forks" 2
    expect out '^2 forks, 2 failed$'
    expect_count trace ' clone\(.* = -1 EPERM ' 2
}

test_lines_are_in_the_order_of_calls() {
    run "$P" --results=none -f -ttt -o trace -e trace=getppid,access "$programs/threads" 20 500
    expect_status 0
    # A thread makes two calls in turn, after one more of the first.
    awk '$3 ~ /^getppid/ { if (last[$1] == "g") bad++; last[$1] = "g" }
         $3 ~ /^access\("\/nonexistent/ { if (last[$1] != "g") bad++; last[$1] = "a" }
         END { exit bad != 20 }' trace || fail "each thread's calls in turn" trace
    awk '!/\+\+\+/ { print $2 }' trace >moments
    sort -n -c moments 2>said || fail "times in order: $(cat said)" trace
}

test_exec_from_a_thread() {
    run "$P" -f -o trace "$programs/thread_exec" /bin/sh -c 'exit 9'
    expect_status 9
    local leader
    leader=$(head -n 1 trace | cut -d' ' -f1)
    # The program goes on under the leader's id, which the kernel gives to the thread that executed it.
    expect_order trace "execve\(\"/bin/sh\", \[\"/bin/sh\", \"-c\", \"exit 9\"\]" "^$leader +exit_group\(9\)" \
        "^$leader +\+\+\+ exited with 9 \+\+\+$"
    [ "$(grep -c 'exited with 9' trace)" = 1 ] || fail "one process exits with 9: the threads ended before" trace
}

test_exit_lines_of_grandchildren_tell_the_signal() {
    run "$P" -f -o trace sh -c '(sh -c "kill -TERM \$\$"; exit 6); exit 7'
    expect_status 7
    expect trace '\+\+\+ killed by SIGTERM \+\+\+$' '\+\+\+ exited with 6 \+\+\+$' '\+\+\+ exited with 7 \+\+\+$'
}

run_tests
