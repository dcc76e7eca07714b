#!/bin/bash
# Results by BPF: what is captured when a call returns, and what becomes of it when there is too much.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

with_bpf() {
    run "$P" --results=bpf -o /dev/null true
    [ "$status" = 0 ] || skip "$(head -n 1 err)"
}

test_results_and_captures() {
    with_bpf
    echo some text >file
    run "$P" --results=bpf -o trace -e trace=openat,read,newfstatat wc file missing
    expect_status 1
    expect trace '^openat\(AT_FDCWD, "file", O_RDONLY\) += 3$' '^read\(3, "some text\\n", [0-9]+\) += 10$' '^read\(3, "", [0-9]+\) += 0$' \
        '^openat\(AT_FDCWD, "missing", O_RDONLY\) += -1 ENOENT \(No such file or directory\)$' 'st_size=10'
    [ ! -s err ] || expect_no err '^proctor'
}

test_s_bounds_what_is_captured() {
    with_bpf
    head -c 20000 /dev/zero | tr '\0' x >file
    run "$P" --results=bpf -s 20000 -o trace -e trace=read dd if=file of=/dev/null bs=20000 count=1
    expect trace '^read\(0, "x{20000}", 20000\) = 20000$'
    run "$P" --results=bpf -o trace -e trace=read dd if=file of=/dev/null bs=20000 count=1
    expect trace '^read\(0, "x{32}"\.\.\., 20000\) = 20000$'
}

test_messages_from_netlink() {
    with_bpf
    need ip
    run "$P" --results=bpf -o trace -e trace=recvmsg ip link show lo
    expect trace 'nlmsg_type=RTM_NEWLINK.*\[\{nla_len=7, nla_type=IFLA_IFNAME\}, "lo"\]'
}

# What a call writes where a pointer in its structure points to.
test_pointers_in_structures() {
    with_bpf
    need python3
    cat >calls.py <<'EOF'
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
pidfd = ctypes.c_int(-1)
args = (ctypes.c_uint64 * 11)(0x1000, ctypes.addressof(pidfd), 0, 0, 17)
child = libc.syscall(435, args, 88)
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
open("file", "w").close()
try:
    os.setxattr("file", "user.a", b"text")
except OSError:
    pass
room = ctypes.create_string_buffer(16)
args = (ctypes.c_uint64 * 2)(ctypes.addressof(room), 16)
libc.syscall(464, -100, b"file", 0, b"user.a", args, 16)
EOF
    run "$P" --results=bpf -o trace -e trace=clone3,getxattrat python3 calls.py
    expect trace '^([0-9]+ +)?clone3\(.* => \{pidfd=\[[0-9]+\]\}, 88\) += [0-9]+$'
    # Linux 6.13, on a file system with extended attributes.
    if grep -q '^getxattrat.* = 4$' trace; then
        expect trace '^getxattrat\(AT_FDCWD, "file", 0, "user.a", \{value="text", size=16, flags=0\}, 16\) += 4$'
    fi
}

# Requests of ioctl that say in their number neither how much they fill in nor what is behind it. -c: a program that
# finds a terminal waits for input.
test_requests_that_do_not_say_their_size() {
    with_bpf
    need python3
    cat >calls.py <<'EOF'
import ctypes, struct
libc = ctypes.CDLL(None)
def room(data, size):
    return ctypes.create_string_buffer(data, size)
def request(number, data, size):
    libc.ioctl(-1, number, room(data, size))
request(0x30d, b"i" * 512, 512)
request(0x4b48, b"\0" + b"k" * 500, 513)
request(0x31f, b"\0\0\0\1" + b"d" * 512, 516)
glyph = room(b"g" * 32, 32)
request(0x4b6b, struct.pack("HHxxxxQ", 1, 16, ctypes.addressof(glyph)), 16)
parts = [room(b"pppp", 4), room(b"qqqqqqqq", 8)]
places = room(struct.pack("QQQQ", ctypes.addressof(parts[0]), 4, ctypes.addressof(parts[1]), 8), 32)
request(0x2285, struct.pack("iiBBHIQ", ord("S"), -3, 0, 0, 2, 12, ctypes.addressof(places)), 88)
EOF
    run "$P" --results=bpf -s 600 -o trace -e trace=ioctl -e inject=ioctl:retval=0 python3 -S -c "$(<calls.py)"
    expect trace '^ioctl\(-1, HDIO_GET_IDENTITY, "i{512}"\) = 0' \
        '^ioctl\(-1, KDGKBSENT, \{kb_func=KVAL\(K_F1\), kb_string="k{500}"\}\) = 0' \
        '^ioctl\(-1, HDIO_DRIVE_CMD, .*, buf="(\\x64){512}"\}\) = 0' \
        '^ioctl\(-1, GIO_FONTX, .* => .*, chardata="(\\x67){32}"\}\) = 0' \
        '^ioctl\(-1, SG_IO, .* dxferp=\[\{iov_base="pppp", iov_len=4\}, \{iov_base="qqqqqqqq", iov_len=8\}\], '
}

test_int80_results() {
    with_bpf
    [ -x "$programs/int80" ] || skip "no 32-bit calls here"
    run "$P" --results=bpf -o trace "$programs/int80"
    [ "$status" = 0 ] || skip "no 32-bit calls here"
    expect_count trace '= \?$' 1 # exit_group
}

# overflow STATUS [end|killed]: the ring holds a megabyte; forty reads of 32 KiB each are more.
overflow() {
    with_bpf
    need python3
    run "$P" --results=bpf -f -s 40000 -o trace -e trace=read python3 -S "$source_dir/tests/programs/flood.py" 60 32768 "${@:2}"
    expect_status "$1"
    expect err '^proctor: [0-9]+ results were lost$'
    expect_count err 'lost' 1
    joined trace >whole
    local lost told
    lost=$(sed -nE 's/^proctor: ([0-9]+) results were lost/\1/p' err)
    told=$(grep -c '= ? <lost>$' whole)
    [ "$told" = "$lost" ] || fail "$lost calls ending in <lost> (there are $told)" err
    expect whole 'read\([0-9]+, "x+", 32768\) += 32768$'
    expect_no whole '= \?$'
}

test_lost_results_are_told() { overflow 0; }

# Nothing but its end tells that a task has returned.
test_lost_results_of_tasks_that_end() { overflow 0 end; }

test_lost_results_of_tasks_that_are_killed() { overflow 137 killed; }

test_no_result_is_lost_by_threads_in_a_loop() {
    with_bpf
    run "$P" --results=bpf -f -o trace -e trace=getppid "$programs/threads" 2 50000
    expect_status 0
    expect_no err 'lost'
    joined trace >whole
    expect_no whole '\?'
    expect_count whole 'getppid\(\) += [0-9]+$' 100002
}

test_a_refusal_is_explained() {
    need setpriv
    as_nobody
    run "${nobody[@]}" ./proctor --results=bpf true
    [ "$status" = 1 ] || skip "BPF is allowed to everybody here"
    expect err '^proctor: --results=bpf: bpf results need CAP_BPF and CAP_PERFMON and a kernel with BTF'
}

run_tests
