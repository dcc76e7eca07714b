#!/bin/bash
# Programs that do what programs rarely do.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

test_32_bit_calls_of_a_64_bit_program() {
    "$programs/int80" >plain || skip "$(cat plain)"
    run "$P" -o trace "$programs/int80"
    expect_status 0
    expect_same out plain
    # The i386 numbers mean other calls: 64 is getppid there and semget here.
    expect trace '^getppid\(\) ' '^openat\(AT_FDCWD, "/nonexistent/by-int80", O_RDONLY\) ' '^syscall_0x1f40\(0x1, 0x2, 0x3'
    expect_no trace '^semget\(' '^bind\('
    run "$P" -o trace -e trace=openat "$programs/int80"
    expect trace '"/nonexistent/by-int80"'
    expect_no trace '^getppid\('
}

test_a_program_that_closes_every_descriptor() {
    run "$P" -o trace "$programs/close_all" written
    expect_status 7
    expect written '^still here$'
    expect_order trace '^close\(63\)' '^close_range\(0, (4294967295|-1), 0\)' \
        '^openat\(AT_FDCWD, "written", O_WRONLY\|O_CREAT\|O_CLOEXEC, 0600\)' '^write\(0, "still here\\n", 11\)' \
        '^\+\+\+ exited with 7 \+\+\+$'
}

test_a_program_with_filters_of_its_own() {
    run "$P" -o trace "$programs/own_filter"
    expect_status 0
    expect out '^listener: EBUSY$' '^filter: installed$' '^getppid: EPERM$'
    expect trace '^seccomp\(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, \{len=4, filter='
}

test_unreadable_pointers() {
    need python3
    run "$P" -o trace -e trace=openat,connect,execve python3 -c 'import ctypes
libc = ctypes.CDLL(None)
for call, args in ((257, (-100, 1, 0)), (42, (3, 0xdead, 16)), (59, (0xdead000, 0xbeef, -1)), (257, (-100, 0, 0))):
    libc.syscall(call, *(ctypes.c_long(a) for a in args))'
    expect_status 0
    expect trace '^openat\(AT_FDCWD, 0x1, O_RDONLY\)' '^connect\(3, 0xdead, 16\)' \
        '^execve\(0xdead000, 0xbeef, 0xffffffffffffffff\)' '^openat\(AT_FDCWD, NULL, O_RDONLY\)'
}

test_a_path_that_ends_at_an_unmapped_page() {
    need python3
    run "$P" -o trace -e trace=openat python3 -c 'import ctypes, mmap
libc = ctypes.CDLL(None); libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
page = libc.mmap(None, 8192, 3, 0x22, -1, 0)
libc.munmap(ctypes.c_void_p(page + 4096), ctypes.c_size_t(4096))
whole, cut = b"/nonexistent/edge\0", b"/never-ends"
ctypes.memmove(page + 4096 - len(whole), whole, len(whole))
libc.openat(-100, ctypes.c_void_p(page + 4096 - len(whole)), 0)
ctypes.memmove(page + 4096 - len(cut), cut, len(cut))
libc.openat(-100, ctypes.c_void_p(page + 4096 - len(cut)), 0)'
    expect_status 0
    expect trace '^openat\(AT_FDCWD, "/nonexistent/edge", O_RDONLY\)' '^openat\(AT_FDCWD, 0x[0-9a-f]+, O_RDONLY\)'
}

test_control_characters_do_not_reach_the_trace() {
    run "$P" -f -o trace sh -c 'cat "$(printf "/x\033[2J\nfake() = 0")"; exit 0'
    expect_status 0
    LC_ALL=C expect_no trace $'[\001-\010\013-\037\177-\377]'
    expect_no trace '^fake'
    expect_text trace '"/x\33[2J\nfake() = 0"'
}

test_a_program_whose_memory_may_not_be_read() {
    need python3
    [ "$(id -u)" = 0 ] || skip "needs root"
    as_nobody
    chmod 777 .
    # Not dumpable: an ordinary user's proctor may not read it. The program goes on, and one line says why.
    run "${nobody[@]}" ./proctor -o trace -e trace=openat python3 -c 'import ctypes, os
ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
for name in ("/nonexistent/1", "/nonexistent/2"):
    try: os.open(name, 0)
    except OSError as e: print(e.strerror)'
    expect_status 0
    expect_count out '^No such file or directory$' 2
    expect trace '^openat\(AT_FDCWD, 0x[0-9a-f]+, O_RDONLY\|O_CLOEXEC\)'
    cat trace >>err
    expect_count err "^proctor: .*memory" 1
}

run_tests
