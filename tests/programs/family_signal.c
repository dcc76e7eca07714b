/* Calls of decode/calls/signal.def. */
#include "family.h"

#include <signal.h>

/* What the kernel takes, not the library: both ABIs have it so. */
struct action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

static const uint64_t usr1 = 1 << (SIGUSR1 - 1), both = 3UL << 62 | 1 << (SIGUSR1 - 1),
                      all_but_two = ~0x500UL;
static const struct timespec none = {0, 0}, wrong = {-1, 5};
static char stack[16384];

static void handler(int number)
{
    (void)number;
}

__attribute__((used)) static const int number_of_return = NR_rt_sigreturn;
void restorer(void);
#ifdef __x86_64__
__asm__("restorer: mov number_of_return, %eax; syscall");
#else
__asm__("restorer: mov number_of_return, %eax; int $0x80");
#endif

static void actions(void)
{
    struct action old, action = {handler, SA_RESTART | 0x4000000, restorer, usr1};
    DO(rt_sigaction, SIGUSR2, &action, NULL, 8);
    action.flags |= SA_SIGINFO | SA_NODEFER | SA_ONSTACK | SA_RESETHAND;
    DO(rt_sigaction, SIGUSR1, &action, &old, 8);
    DO(rt_sigaction, SIGUSR1, NULL, &old, 8);
    DO(rt_sigaction, SIGKILL, &action, &old, 8);
    DO(rt_sigaction, 77, WILD, &old, 8);
    DO(rt_sigaction, 37, (&(struct action){SIG_IGN, 0, NULL, 0}), NULL, 4);
}

static void masks(void)
{
    uint64_t old;
    DO(rt_sigprocmask, SIG_BLOCK, &usr1, &old, 8);
    DO(rt_sigprocmask, SIG_SETMASK, &all_but_two, &old, 8);
    DO(rt_sigprocmask, SIG_SETMASK, &both, &old, 8);
    DO(rt_sigprocmask, SIG_UNBLOCK, NULL, &old, 8);
    DO(rt_sigprocmask, 77, &both, &old, 8);
    DO(rt_sigprocmask, SIG_SETMASK, WILD, &old, 3);
    DO(rt_sigpending, &old, 8);
    DO(rt_sigpending, &old, 77);
}

static void sending(void)
{
    long self = DO(getpid);
    siginfo_t info = {.si_code = SI_QUEUE};
    info.si_pid = 1;
    info.si_uid = 2;
    info.si_int = 42;
    DO(kill, self, 0);
    DO(kill, self, SIGUSR1);
    DO(rt_sigpending, &info, 8);
    DO(rt_sigtimedwait, &both, &info, &none, 8);
    DO(rt_sigtimedwait, &both, &info, &none, 8);
    DO(rt_sigtimedwait, &both, &info, &wrong, 8);
    DO(kill, -0x80000000L, SIGHUP);
    DO(tkill, self, SIGUSR2);
    DO(tkill, -5, SIGUSR2);
    DO(tgkill, self, self, SIGUSR2);
    DO(tgkill, self, 1, SIGUSR2);
    info = (siginfo_t){.si_code = SI_QUEUE};
    info.si_int = 42;
    DO(rt_sigqueueinfo, self, SIGUSR1, &info);
    DO(rt_sigtimedwait, &usr1, &info, NULL, 8);
    info.si_code = SI_USER;
    DO(rt_sigqueueinfo, 1, SIGUSR1, &info);
    info.si_code = SI_QUEUE;
    DO(rt_tgsigqueueinfo, self, self, SIGUSR2, &info);
    DO(rt_tgsigqueueinfo, self, self, 100, WILD);
}

static void waiting(void)
{
    const uint64_t nothing = 0, alarm = 1 << (SIGALRM - 1);
    /* A signal that comes before the wait for it is followed by another. */
    static const long timer[4] = {0, 20000, 0, 20000}, once[4] = {0, 0, 0, 1000}, stop[4];
    struct action action = {handler, 0x4000000, restorer, 0};
    DO(rt_sigaction, SIGALRM, &action, NULL, 8);
    DO(setitimer, 0, timer, NULL);
    DO(pause);
    DO(setitimer, 0, stop, NULL);
    DO(rt_sigprocmask, SIG_BLOCK, &alarm, NULL, 8);
    DO(setitimer, 0, once, NULL);
    DO(rt_sigsuspend, &nothing, 8);
    DO(rt_sigprocmask, SIG_UNBLOCK, &alarm, NULL, 8);
    DO(rt_sigsuspend, WILD, 4);
    DO(alarm, 100);
    DO(alarm, 0);
}

static void stacks(void)
{
    stack_t old, fresh = {.ss_sp = stack, .ss_size = sizeof stack};
    DO(sigaltstack, &fresh, &old);
    fresh.ss_size = 1;
    DO(sigaltstack, &fresh, &old);
    DO(sigaltstack, (&(stack_t){.ss_flags = SS_DISABLE}), &old);
    DO(sigaltstack, WILD, NULL);
}

static void faults(void)
{
    DO(getpid);
    *(volatile char *)WILD = 1;
}

static void make_calls(void)
{
    actions();
    masks();
    sending();
    waiting();
    stacks();
    in_child(faults);
}
