#!/bin/bash
# Stack traces (-k): who made a call, however its registers are known.
# shellcheck source=agent.lib.sh
. "$(dirname "$0")/agent.lib.sh"

frames=(' > .*/stack\(innermost\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$' ' > .*/stack\(middle\+0x' ' > .*/stack\(outermost\+0x')

# traced SOURCE COMMAND...: its getppid calls, with -k.
traced() {
    local source=$1
    shift
    run "$P" --results="$source" -k -o trace -e trace=getppid "$@"
    expect_status 0
}

unwinds() {
    run "$P" -k -o /dev/null true
    ! grep -q 'built without libdw' err || skip "$(head -n 1 err)"
}

# What bpf and ptrace know of registers is all there is.
sources() {
    if "$P" --results=bpf -o /dev/null true 2>/dev/null; then
        echo bpf
    fi
    if "$P" --results=ptrace -o /dev/null true 2>/dev/null; then
        echo ptrace
    fi
}

test_a_call() {
    unwinds
    local source
    for source in $(sources); do
        traced "$source" "$programs/stack" plain
        expect_order trace '^getppid\(\) += [0-9]+$' ' > .*/libc[^/]*\((__)?getppid\+0x[0-9a-f]+\) \[0x' "${frames[@]}" ' > .*/stack\(main\+0x'
        expect_no trace '^ > \('
    done
}

# Nothing but the stack pointer is known: as far as that leads, and the end says why it is one.
test_the_number_of_frames_is_limited() {
    unwinds
    run "$P" -k --stack-trace-frame-limit=2 -o trace -e trace=getppid "$programs/stack" plain
    expect_order trace '^getppid\(\)' '^ > .*getppid' '^ > .*innermost' '^ > \(too many frames\)$' '^\+\+\+'
    expect_no trace 'main\+'
    run "$P" -k --stack-trace-frame-limit=1000 true
    expect_status 2
    expect_text err '--stack-trace-frame-limit: 1000 is not between 1 and 256'
}

test_without_registers() {
    unwinds
    run setpriv --bounding-set -all --inh-caps -all -- "$P" --results=none -k -o trace -e trace=getppid "$programs/stack" plain
    [ "$status" = 0 ] || skip "proctor does not start without capabilities"
    expect_order trace '^getppid\(\) += \?$' "${frames[@]}"
    expect trace '^ > \(registers not known\)$'
}

test_a_thread() {
    unwinds
    local source
    for source in $(sources); do
        traced "$source" "$programs/stack" thread
        expect_order trace 'getppid\(\)' "${frames[@]}" ' > .*/stack\(thread_main\+0x'
        expect_no trace '^ > \('
    done
}

test_a_signal_handler() {
    unwinds
    local source way
    for source in $(sources); do
        for way in signal:main altstack:main above:signal_thread; do
            traced "$source" "$programs/stack" "${way%:*}"
            expect_order trace 'getppid\(\)' "${frames[@]}" ' > .*/stack\(handler\+0x' ' > .*/stack\(interrupted\+0x' " > .*/stack\(${way#*:}\+0x"
            expect_no trace '^ > \('
        done
    done
}

# The stack of a task that a signal comes to; the second is gone by the time that anybody looks.
test_signals() {
    unwinds
    local source
    for source in $(sources); do
        traced "$source" "$programs/stack" signal
        expect_order trace '^--- SIGUSR1 ' ' > .*/stack\(interrupted\+0x' ' > .*/stack\(by_signal\+0x' ' > .*/stack\(main\+0x' '^getppid\(\)'
        run "$P" --results="$source" -k -o trace -e trace=kill "$programs/stack" killed
        expect_status 143
        expect_order trace '^kill\([0-9]+, SIGTERM\) += 0$' '^--- SIGTERM ' ' > .*/stack\(main\+0x' '^\+\+\+ killed by SIGTERM'
    done
}

# Whom another process kills, in a call that nobody asked for: it is gone when its record is read. What it had mapped is
# known from an earlier call, or that it is not known is said.
test_killed_by_another() {
    unwinds
    local source calls
    for source in $(sources); do
        for calls in getppid chroot; do
            rm -f ready
            run "$P" -f --results="$source" -k -o trace -e trace="$calls" sh -c '"$0" waiting >ready & until [ -s ready ]; do sleep 0.02; done; kill "$!"; wait "$!"' "$programs/stack"
            expect_status 143
            [ "$calls" = chroot ] || expect_order trace 'getppid\(\)' ' > .*/stack\(main\+0x' '--- SIGTERM ' ' > .*/stack\(main\+0x' '\+\+\+ killed by SIGTERM'
            expect_order trace '--- SIGTERM ' ' > (.*/stack\(main\+0x|\(mappings not known\)$)' '\+\+\+ killed by SIGTERM'
        done
    done
}

# What is mapped changes: the second library comes where the first has been, with larger frames.
test_libraries_that_come_and_go() {
    unwinds
    need gcc
    local source n room=0
    for n in one two; do
        room=$((room + 200))
        echo "#include <unistd.h>
            volatile int sink; void in_$n(void) { volatile char room[$room]; room[7] = 1; sink = (int)getppid() + room[7]; }
            void plugin_call(void) { in_$n(); sink++; }" >"$n.c"
        gcc -shared -fPIC -O1 -fno-inline -o "$n.so" "$n.c"
    done
    for source in $(sources); do
        traced "$source" "$programs/stack" plugin ./one.so ./two.so ./one.so
        expect_order trace '/one\.so\(in_one\+' '/one\.so\(plugin_call\+' '/two\.so\(in_two\+' '/two\.so\(plugin_call\+' '/one\.so\(in_one\+' '/one\.so\(plugin_call\+' '/stack\(main\+'
        expect_no trace '^ > \('
    done
}

test_static_and_stripped() {
    unwinds
    need gcc strip
    local source
    gcc -static -O1 -o static "$source_dir/tests/programs/stack.c" 2>/dev/null || skip "no static C library"
    strip -o stripped "$programs/stack"
    for source in $(sources); do
        traced "$source" ./static plain
        expect_order trace '/static\(innermost\+0x' '/static\(middle\+0x' '/static\(outermost\+0x' '/static\(main\+0x'
        traced "$source" ./stripped plain
        expect_count trace '/stripped\(\) \[0x[0-9a-f]+\]$' 5
        expect_no trace '^ > \('
    done
}

# i386 code: other registers, and a vdso of its own.
test_32_bits() {
    unwinds
    need gcc
    local source way
    gcc -m32 -O1 -g -o stack "$source_dir/tests/programs/stack.c" 2>/dev/null || skip 'no compiler of 32-bit programs'
    for source in $(sources); do
        for way in thread altstack; do
            traced "$source" ./stack "$way"
            expect_order trace 'getppid\(\)' ' > \[vdso\]\(__kernel_vsyscall\+0x' "${frames[@]}" ' > .*/stack\((thread_main|handler)\+0x'
            expect_no trace '^ > \('
        done
        expect_order trace ' > .*/stack\(handler\+0x' ' > .*/stack\(interrupted\+0x' ' > .*/stack\(main\+0x'
        # a process that was of the other kind before
        run "$P" --results="$source" -k -o trace -e trace=execve,getppid sh -c 'exec ./stack'
        expect_status 0
        expect_order trace '^execve\(.*"\./stack"' '^getppid\(\)' "${frames[@]}" ' > .*/stack\(main\+0x'
    done
}

test_source_lines() {
    unwinds
    local option line
    line=$(grep -n 'innermost(n + 1)' "$source_dir/tests/programs/stack.c" | cut -d: -f1)
    for option in -kk --stack-trace=source; do
        run "$P" "$option" -o trace -e trace=getppid "$programs/stack"
        expect trace "/stack\(middle\+0x[0-9a-f]+\) \[0x[0-9a-f]+\] .*stack\.c:$line$"
    done
    need objcopy # as clang and Go leave it
    objcopy --remove-section .debug_aranges "$programs/stack" stack
    run "$P" -kk -o trace -e trace=getppid ./stack
    expect trace "/stack\(middle\+0x[0-9a-f]+\) \[0x[0-9a-f]+\] .*stack\.c:$line$"
    run "$P" --stack-traces=symbol -o trace -e trace=getppid "$programs/stack"
    expect trace '/stack\(middle\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$'
    run "$P" --stack-trace=lines true
    expect_status 2
    expect err "^proctor: --stack-trace: .*'lines'"
}

test_json() {
    unwinds
    need jq
    run "$P" --json -kk -o trace -e trace=getppid "$programs/stack"
    jq -r 'select(.syscall == "getppid").stack[1] | .binary, .symbol, (.offset | type), .address, .file, (.line | type)' trace >frame
    expect frame '/stack$' '^innermost$' '^number$' '^0x[0-9a-f]+$' 'stack\.c$'
    expect_count frame '^number$' 2
    run "$P" --json -o trace -e trace=getppid "$programs/stack"
    expect_no trace '"stack":'
}

# A container's own file is read, which is nowhere outside of it.
test_a_container() {
    unwinds
    need_container_root runc gcc
    local id
    id=$(basename "$(mktemp -u proctor-XXXXXX)")
    bundle b '["execve", "getppid", "exit_group"]' '.process.args = ["/bin/of-stack"]'
    gcc -static -O1 -g -o b/rootfs/bin/of-stack "$source_dir/tests/programs/stack.c" 2>/dev/null || skip "no static C library"
    start_agent -kk
    runtime runc run -b b "$id"
    run "${runtime[@]}"
    expect_status 0
    wait_until 'the end of the container is in the trace' seen '.type == "exit" and .vpid == 1'
    stop_agent
    expect_seen '.syscall == "getppid" and ([.stack[].symbol] | index(["innermost", "middle", "outermost", "main"])) and
        .stack[1].binary == "/bin/of-stack" and (.stack[1].file | endswith("stack.c"))'
}

# strace by libunwind shows the same frames; it names fewer of them, as it reads no separate debug information.
test_as_strace() {
    unwinds
    need strace
    strace -k -o /dev/null true 2>/dev/null || skip "this strace has no -k"
    local source
    local way
    for way in thread signal; do
        run strace -f -k -o expected -e trace=openat,getppid "$programs/stack" "$way"
        grep -q 'main' expected || skip "this strace's -k shows nothing here"
        for source in $(sources); do
            run "$P" -f --results="$source" -k -o trace -e trace=openat,getppid "$programs/stack" "$way"
            for file in expected trace; do
                sed -E 's/^ > ([^(]*)\(.*\) (\[0x[0-9a-f]+\])$/ > \1 \2/; s/^[0-9]+ +//; s/ += .*//; s/si_pid=[0-9]*//; /^\+\+\+/d' "$file" >"$file.frames"
            done
            expect_same expected.frames trace.frames
        done
    done
}

run_tests
