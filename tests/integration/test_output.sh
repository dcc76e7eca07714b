#!/bin/bash
# Where the trace goes and how it looks.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_o_writes_a_file_and_A_appends() {
    run "$P" -o trace -e trace=execve true
    expect_status 0
    [ ! -s err ] || fail "nothing on standard error" err
    expect_count trace '^execve\(' 1
    run "$P" -o trace -A -e trace=execve true
    expect_count trace '^execve\(' 2
    run "$P" -o trace -e trace=execve true
    expect_count trace '^execve\(' 1
    run "$P" -o /nonexistent/trace true
    expect_status 1
    expect err "^proctor: .*'/nonexistent/trace'.*No such file or directory"
}

test_o_pipe_runs_a_command() {
    run "$P" -o '|cat >copy; echo finished >>copy' -e trace=execve,exit_group sh -c 'exit 3'
    expect_status 3
    expect_order copy '^execve\("' '^exit_group\(3\)' '^\+\+\+ exited with 3 \+\+\+$' '^finished$'
}

test_ff_makes_a_file_for_each_process() {
    run "$P" -ff -o trace -e trace=execve,exit_group sh -c '/bin/true; /bin/false; exit 4'
    expect_status 4
    [ "$(find . -name 'trace.*' | wc -l)" = 3 ] || fail "three files (there are: $(echo trace*))"
    cat trace.* >all
    expect_count all '^execve\(' 3
    expect_count all '^\+\+\+ exited with 0 \+\+\+$' 1
    expect_count all '^\+\+\+ exited with 1 \+\+\+$' 1
    expect_count all '^\+\+\+ exited with 4 \+\+\+$' 1
    expect_no all '^[0-9]'
    expect "$(grep -l '"/bin/false"' trace.*)" '^exit_group\(1\)'
}

test_f_with_o_prefixes_every_line_with_its_pid() {
    run "$P" -f -o trace -e trace=execve sh -c '/bin/true; exit 0'
    expect_no trace '^[^0-9]'
    expect trace '^[0-9]+ +execve\("/bin/true"'
    [ "$(cut -d' ' -f1 trace | sort -u | wc -l)" = 2 ] || fail "two pids" trace
}

test_s_limits_strings() {
    run "$P" -s 5 -o five -e trace=write echo 0123456789
    expect five '^write\(1, "01234"\.\.\., 11\) += '
    run "$P" -s 11 -o whole -e trace=write echo 0123456789
    expect_text whole 'write(1, "0123456789\n", 11)'
    run "$P" -o default -e trace=write echo 0123456789012345678901234567890123456789
    expect_text default 'write(1, "01234567890123456789012345678901"..., 41)'
}

test_s_limits_arrays() {
    run "$P" -s 2 -o two -e trace=execve true a b c
    expect two '^execve\("[^"]*true", \["tr"\.\.\., "a", \.\.\.\], '
    # shellcheck disable=SC2046 # forty words
    run "$P" -s 50 -o fifty -e trace=execve true $(seq 40)
    expect_text fifty '"39", "40"], '
}

test_x_and_xx_quote_in_hex() {
    printf 'a\001\377\303\251' >file
    run "$P" -o plain -e trace=write head -n 1 file
    expect_text plain 'write(1, "a\1\377\303\251", 5)'
    run "$P" -x -o x -e trace=write head -n 1 file
    expect_text x 'write(1, "\x61\x01\xff\xc3\xa9", 5)'
    run "$P" -x -o x -e trace=write echo text
    expect_text x 'write(1, "text\n", 5)'
    run "$P" -xx -o xx -e trace=write echo text
    expect_text xx 'write(1, "\x74\x65\x78\x74\x0a", 5)'
}

test_strings_in_hex_by_words() {
    printf 'a\001\377\n' >file
    run "$P" --strings-in-hex=non-ascii-chars -o chars -e trace=write head -n 1 file
    expect_text chars 'write(1, "a\x01\xff\n", 4)'
    run "$P" -x --strings-in-hex -o all -e trace=write head -n 1 file
    expect_text all 'write(1, "\x61\x01\xff\x0a", 4)'
    run "$P" --strings-in-hex=octal true
    expect_status 2
    expect_text err "--strings-in-hex: 'octal' is not one of none, non-ascii, all, non-ascii-chars"
}

test_N_names_arguments() {
    run "$P" -N -o names -e trace=openat,read,exit_group cat /dev/null
    expect names '^openat\(dfd=AT_FDCWD, filename="/dev/null", flags=O_RDONLY\) += [0-9]' \
        '^read\(fd=[0-9]+, buf="", count=[0-9]+\) += 0$' '^exit_group\(error_code=0\) += \?$'
}

test_always_show_pid() {
    run "$P" --always-show-pid -o file -e trace=exit_group true
    expect file '^[0-9]+ +exit_group\(0\)'
    run "$P" --always-show-pid -e trace=exit_group true
    expect err '^\[pid +[0-9]+\] exit_group\(0\)'
}

test_trace_fds_selects_by_descriptor() {
    echo text >file
    run "$P" --trace-fds=1 -o one head -n 1 file
    expect one '^write\(1, '
    expect_no one '^(openat|read)\('
    run "$P" --trace-fds=1 -P file -o both head -n 1 file
    expect both '^write\(1, ' '^openat\(AT_FDCWD, "file"' '^read\('
    run "$P" -e 'trace-fds=!3' -o others head -n 1 file
    expect others '^write\(1, '
    expect_no others '^read\(3, '
    run "$P" --trace-fds=x cat file
    expect_status 2
    expect_text err "--trace-fds: 'x' is not a list of descriptors below 1024"
}

test_X_chooses_how_constants_are_printed() {
    run "$P" -X raw -o raw -e trace=openat cat /dev/null
    expect raw '^openat\((-100|0xffffff9c), "/dev/null", (0|0x0)\) += '
    run "$P" -X verbose -o verbose -e trace=openat cat /dev/null
    expect verbose '^openat\((-100|0xffffff9c) /\* AT_FDCWD \*/, "/dev/null", (0|0x0) /\* O_RDONLY \*/\) += '
    run "$P" -X wrong true
    expect_status 2
}

test_v_shows_the_environment() {
    run env -i LC_ALL=C A=1 B=two "$P" -v -o trace -e trace=execve /bin/true
    expect_text trace 'execve("/bin/true", ["/bin/true"], ["LC_ALL=C", "A=1", "B=two"])'
}

test_y_shows_paths_behind_descriptors() {
    echo text >file
    run "$P" -y -o trace -e trace=read,close,openat head -n 1 file
    expect trace "^read\(3<$(pwd -P)/file>, 0x[0-9a-f]+, [0-9]+\)|^read\(3<$(pwd -P)/file>, \"text" \
        "^close\(3<$(pwd -P)/file>\) += " "^openat\(AT_FDCWD<$(pwd -P)>, \"file\", O_RDONLY\) = "
}

test_yy_shows_sockets() {
    need python3
    run "$P" -f -yy -o trace -e trace=%network,close python3 "$source_dir/tests/programs/sockets.py" inet
    expect_status 0
    joined trace >whole # the two processes run at once
    expect whole 'listen\(3<TCP:\[127\.0\.0\.1:[0-9]+\]>, 5\)' \
        'sendto\([0-9]+<TCP:\[127\.0\.0\.1:[0-9]+->127\.0\.0\.1:[0-9]+\]>, "ping from client", 16, 0, NULL, 0\)'
}

test_times() {
    run "$P" -t -o t -e trace=execve true
    expect t '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9] execve\('
    run "$P" -tt -o tt -e trace=execve true
    expect tt '^[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6} execve\('
    run "$P" -ttt -o ttt -e trace=execve true
    expect ttt '^[0-9]{10}\.[0-9]{6} execve\('
    run "$P" -r -o r -e trace=execve,exit_group true
    expect r '^ +0\.000000 execve\(' '^ +[0-9]+\.[0-9]{6} exit_group\('
}

test_times_are_of_this_moment_and_in_order() {
    local before after
    before=$(date +%s)
    run "$P" -ttt -o trace true
    after=$(date +%s)
    cut -d' ' -f1 trace | sort -n -c 2>/dev/null || fail "lines in order of time" trace
    local first last
    first=$(head -n 1 trace | cut -d. -f1)
    last=$(tail -n 1 trace | cut -d. -f1)
    ((first >= before && last <= after)) || fail "times between $before and $after" trace
}

test_a_sets_the_column_of_results() {
    run "$P" -a 60 -o wide -e trace=close true
    expect wide '^close\(3\) {52}= '
    run "$P" -a 0 -o narrow -e trace=close true
    expect narrow '^close\(3\) = '
    run "$P" -o default -e trace=close true
    expect default '^close\(3\) {32}= '
}

test_I_is_checked() {
    run "$P" -I never -o trace -e trace=execve true
    expect trace '^execve\('
    run "$P" -I 9 true
    expect_status 2
    expect_text err "-I: '9' is not one of 1, 2, 3, 4, anywhere, waiting, never, never_tstp"
}

test_i_and_n() {
    run "$P" -i -o i -e trace=execve,openat true
    expect i '^\[[0-9a-f]{16}\] openat\('
    run "$P" -n -o n -e trace=execve true
    expect n '^\[ *59\] execve\(' '^\[ 231\] \+\+\+ exited'
    for source in bpf ptrace; do
        run "$P" "--results=$source" -n -o n sh -c 'kill -USR1 $$'
        expect n '^\[ *62\] --- SIGUSR1' '^\[ *62\] \+\+\+ killed by SIGUSR1'
    done
}

test_q_drops_messages_and_qq_exit_lines() {
    run "$P" -qq -o trace -e trace=execve true
    expect_no trace '^\+\+\+'
    expect trace '^execve\('
}

test_P_selects_by_path() {
    : >wanted
    : >other
    run "$P" -P wanted -o trace cat wanted other
    [ "$status" != 2 ] || ! grep -q "unknown option '-P'" err || skip "-P is not there yet"
    expect_status 0
    expect trace '^openat\(AT_FDCWD, "wanted", O_RDONLY\) += ' '^close\(3\)'
    expect_no trace '"other"' 'ld\.so\.cache'
}

test_full_disk_is_reported_and_the_program_goes_on() {
    run "$P" -o /dev/full sh -c '/bin/true; echo alive; exit 5'
    expect_status 5
    expect out '^alive$'
    expect err '^proctor: /dev/full: .*No space left on device$' '^proctor: /dev/full: [0-9]+ lines .*lost$'
    expect_count err 'No space left' 1
}

test_closed_pipe_is_reported_and_the_program_goes_on() {
    run "$P" -o '|exec <&-; exec true' sh -c 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); /bin/true; done; exit 5'
    expect_status 5
    expect err '^proctor: .*Broken pipe$'
    expect_count err 'Broken pipe' 1
    expect err '^proctor: .*: [0-9]+ lines .*lost$'
}

# A reader that takes nothing until the program has ended.
slow_reader() {
    mkfifo pipe
    cat >reader.sh <<'EOS'
exec 3<pipe
while [ ! -e ended ]; do sleep 0.02; done
cat <&3 >trace
EOS
    bash reader.sh &
    reader=$!
}

test_a_slow_reader_with_drop_does_not_hold_the_program() {
    slow_reader
    run "$P" --on-overflow=drop -o pipe sh -c '"$@"; : >ended' sh "$programs/threads" 10 3000
    wait "$reader"
    expect_status 0
    expect err '^proctor: pipe: [0-9]+ lines .*lost$'
    # Whole lines only: what is there is as it always is.
    expect_no trace '^[^0-9a-z+\[<-]' '^$'
}

test_a_slow_reader_with_block_loses_nothing() {
    slow_reader
    (
        sleep 0.3
        : >ended
    ) &
    run "$P" --on-overflow=block -o pipe -e trace=getppid "$programs/threads" 10 3000
    wait "$reader"
    expect_status 0
    [ ! -s err ] || fail "no message" err
    expect_count trace ' getppid\(' $((10 * 3000 + 10))
}

run_tests
