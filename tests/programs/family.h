/* For family_*.c: programs that make every call of a family of decode/calls, where possible both succeeding
 * and failing, for tests/diff to compare how strace and proctor show them.
 *
 * They have no C library and so no start-up: a trace shows what is written there and nothing else, the same
 * each time. Numbers come from decode/abi, so that calls newer than the headers are made too. They write into
 * the directory in which they run. */
#ifndef TESTS_PROGRAMS_FAMILY_H
#define TESTS_PROGRAMS_FAMILY_H

#include <linux/sched.h>
#include <linux/wait.h>
#include <stddef.h>
#include <stdint.h>

enum number {
#define NR(number, name) NR_##name = (number),
#ifdef __x86_64__
#include "decode/abi/x86_64.def"
#else
#include "decode/abi/i386.def"
#endif
#undef NR
};

/* DO(name, argument...): makes the call, with 0 for the registers that are left; returns what the kernel
 * does: -errno for an error. Arguments are of any type that converts to long. */
#define DO(name, ...) make_call(NR_##name, (const long[6]){__VA_OPT__(LONGS(__VA_ARGS__))})
#define LONGS(...) LONGS_OF(__VA_ARGS__, LONGS_6, LONGS_5, LONGS_4, LONGS_3, LONGS_2, LONGS_1, )(__VA_ARGS__)
#define LONGS_OF(a, b, c, d, e, f, name, ...) name
#define LONGS_1(a) (long)(a)
#define LONGS_2(a, ...) (long)(a), LONGS_1(__VA_ARGS__)
#define LONGS_3(a, ...) (long)(a), LONGS_2(__VA_ARGS__)
#define LONGS_4(a, ...) (long)(a), LONGS_3(__VA_ARGS__)
#define LONGS_5(a, ...) (long)(a), LONGS_4(__VA_ARGS__)
#define LONGS_6(a, ...) (long)(a), LONGS_5(__VA_ARGS__)

/* An address that is not mapped, and a descriptor that is not open. */
#define WILD ((void *)0x1000)
#define CLOSED 77

static inline long make_call(enum number number, const long a[static 6])
{
    long result = (long)number;
#ifdef __x86_64__
    register long r10 __asm__("r10") = a[3];
    register long r8 __asm__("r8") = a[4];
    register long r9 __asm__("r9") = a[5];
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
#else
    /* The sixth argument's register is the frame pointer, which the compiler does not give. */
    const long last[2] = {(long)number, a[5]};
    __asm__ volatile("push %%ebp; mov 4(%%eax), %%ebp; mov (%%eax), %%eax; int $0x80; pop %%ebp"
                     : "=a"(result)
                     : "a"(last), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
                     : "memory");
#endif
    return result;
}

/* What the compiler calls by itself. */
__attribute__((used)) void *memset(void *to, int byte, size_t n);
__attribute__((used)) void *memcpy(void *restrict to, const void *restrict from, size_t n);

void *memset(void *to, int byte, size_t n)
{
    for (volatile char *p = to; n > 0; n--) {
        *p++ = (char)byte;
    }
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    volatile char *p = to;
    for (const char *q = from; n > 0; n--) {
        *p++ = *q++;
    }
    return to;
}

/* Leaves the machine's mounts, names, queues and network alone: namespaces of its own, or the end of the
 * program. */
static inline void be_alone(void)
{
    enum { MS_PRIVATE_ALL = 0x4000 | 0x40000 };
    const unsigned own = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;
    if ((DO(unshare, own) != 0 && DO(unshare, own | CLONE_NEWUSER) != 0) ||
        DO(mount, "none", "/", NULL, MS_PRIVATE_ALL, NULL) != 0) {
        DO(exit_group, 77);
    }
}

/* A child that does what `run` does and ends; the parent waits for it. Returns wait4's result. */
static inline long in_child(void (*run)(void))
{
    long child = DO(fork);
    if (child == 0) {
        run();
        DO(exit_group, 0);
    }
    return DO(wait4, child, NULL, 0, NULL);
}

/* What the program does: its calls. */
static void make_calls(void);

__attribute__((used)) static void begin(void)
{
    /* When a child's end is told is another moment each time. */
    static const uint64_t child_signal = 1 << 16;
    DO(rt_sigprocmask, 0, &child_signal, NULL, sizeof child_signal);
    make_calls();
    DO(exit_group, 0);
}

#ifdef __x86_64__
__asm__(".globl _start\n_start: xor %ebp, %ebp; and $-16, %rsp; call begin");
#else
__asm__(".globl _start\n_start: xor %ebp, %ebp; and $-16, %esp; call begin");
#endif

#endif
