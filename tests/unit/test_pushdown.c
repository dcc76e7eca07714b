/*
 * Conditions pushed down to registers. Properties, over random rules and calls: what the filter does not send
 * no rule matches; what the kernel answers by itself is what the rules would have said. Then some rules by
 * example.
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include "decode/kinds/kinds.h"
#include "policy/pushdown.h"
#include "tests/unit/bpf_run.h"
#include "tests/unit/policy_bench.h"

enum { RULES = 6, ROUNDS = 120, EVENTS = 300 };

static uint64_t state;

static unsigned pick(unsigned n)
{
    state = state * 6364136223846793005 + 1442695040888963407;
    return (unsigned)(state >> 33) % n;
}

#define PICK(array) (array)[pick(sizeof(array) / sizeof((array)[0]))]

static const enum call_id calls[] = {CALL_open,   CALL_openat,      CALL_openat2, CALL_creat,
                                     CALL_socket, CALL_ptrace,      CALL_clone,   CALL_unshare,
                                     CALL_dup,    CALL_dup2,        CALL_dup3,    CALL_fchmod,
                                     CALL_setuid, CALL_personality, CALL_close,   CALL_mprotect};

/* Decided by registers, or at least by what the test gives as their meaning. */
static const char *const exact_atoms[] = {
    "evt.type=socket",
    "evt.type in (openat, open, ptrace)",
    "evt.is_open_write=true",
    "evt.is_open_read=true",
    "evt.is_open_read!=true",
    "evt.is_open_write in (true, false)",
    "evt.arg.flags contains O_TRUNC",
    "evt.arg.flags contains O_CREAT",
    "evt.arg.flags contains CLONE_NEWUSER",
    "evt.arg[0] icontains clone_newns",
    "evt.arg.domain = AF_PACKET",
    "evt.arg.domain in (AF_PACKET, AF_NETLINK)",
    "evt.arg.domain != AF_INET",
    "evt.arg.domain startswith AF_IN",
    "evt.arg.request contains PTRACE_PEEK",
    "evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)",
    "evt.arg.request endswith TTACH",
    "evt.arg.mode contains S_ISUID",
    "evt.arg.uid = 0",
    "evt.arg.uid in (0, 100)",
    "evt.rawarg.domain in (16, 17)",
    "evt.rawarg.request != 16",
    "evt.rawarg.flags = 577",
    "evt.rawarg.uid = 0",
    "evt.rawarg.fd in (0, 1, 2)",
    "evt.rawarg.prot = 7",
};

static const char *const other_atoms[] = {
    "evt.is_open_exec=true",
    "evt.is_open_create=true",
    "evt.arg.flags startswith O_RDWR",
    "evt.arg.flags = O_RDONLY",
    "evt.arg.flags contains 'O_RDWR|O_CREAT'",
    "evt.arg.flags contains 0x",
    "evt.arg.flags in (O_RDONLY, CLONE_NEWUSER)",
    "evt.arg.flags contains SIGCHLD",
    "evt.arg.type contains SOCK_RAW",
    "evt.arg.type contains SOCK_CLOEXEC",
    "evt.arg.type = SOCK_STREAM",
    "evt.arg.domain glob AF_*",
    "evt.arg.domain regex AF_I.*",
    "evt.arg.domain contains 0x",
    "evt.arg.domain exists",
    "evt.arg.prot contains PROT_EXEC",
    "evt.arg.uid contains 0",
    "evt.rawarg.request > 16",
    "evt.rawarg.uid = -1",
    "evt.rawarg.uid < 100",
    "fd.num in (0, 1, 2)",
    "fd.num >= 0",
    "fd.num = -1",
    "evt.rawres in (0, 1, 2)",
    "evt.rawres >= 0",
    "evt.res = SUCCESS",
    "evt.failed = true",
    "proc.name = program",
    "proc.name = other",
    "fd.typechar = f",
    "fd.type = directory",
    "fd.typechar != d",
    "tolower(evt.arg.domain) = af_packet",
    "evt.rawarg.domain = val(evt.rawarg.flags)",
};

static void make_condition(struct buf *out, unsigned depth, bool exact)
{
    static const char *const joints[] = {" and ", " or "};
    buf_str(out, pick(4) == 0 ? "not (" : "(");
    unsigned operands = depth ? 1 + pick(3) : 1;
    const char *joint = PICK(joints);
    for (unsigned i = 0; i < operands; i++) {
        buf_str(out, i ? joint : "");
        if (depth && pick(2)) {
            make_condition(out, depth - 1, exact);
        } else {
            buf_str(out, exact || pick(2) ? PICK(exact_atoms) : PICK(other_atoms));
        }
    }
    buf_char(out, ')');
}

static void make_rules(struct bench *b, struct buf *text, bool exact)
{
    text->len = 0;
    for (unsigned i = 0; i < RULES; i++) {
        buf_printf(text, "- rule: %u\n  desc: d\n  output: o\n  priority: INFO\n", i);
        buf_printf(text, exact ? "  action: deny\n  errno: %u\n" : "  tags: [t%u]\n", i + 1);
        buf_str(text, "  condition: >\n    ");
        buf_printf(text, "evt.type in (%s, %s) and ", call_line(PICK(calls))->name,
                   call_line(PICK(calls))->name);
        make_condition(text, 2, exact);
        buf_char(text, '\n');
    }
    buf_char(text, 0);
    bench_load(b, text->data);
}

static uint64_t make_register(void)
{
    static const uint64_t words[] = {0,
                                     1,
                                     2,
                                     3,
                                     7,
                                     16,
                                     17,
                                     38,
                                     100,
                                     577,
                                     O_RDWR | O_CREAT,
                                     O_WRONLY | O_TRUNC,
                                     O_PATH,
                                     O_PATH | O_WRONLY,
                                     O_DIRECTORY,
                                     O_TMPFILE | O_RDWR,
                                     SOCK_RAW | SOCK_CLOEXEC,
                                     PTRACE_ATTACH,
                                     PTRACE_SEIZE,
                                     CLONE_NEWUSER,
                                     CLONE_NEWNS | 17,
                                     04755,
                                     0755,
                                     0x80000000,
                                     UINT32_MAX,
                                     UINT64_MAX};
    uint64_t value = pick(4) ? PICK(words) : UINT64_C(1) << pick(64);
    value |= pick(4) ? 0 : PICK(words);
    return pick(5) ? value : value | (uint64_t)pick(1U << 16) << 32; /* what the kernel may cut off */
}

/* The event as the supervisor gives it to rules: its descriptor and its result follow from its registers. */
static void make_event(struct bench *b, enum call_id id, const uint64_t args[CALL_ARGS_MAX])
{
    struct event *e = &b->target.event;
    unit_call(&b->target, id, args, false, 0);
    bool opens = id == CALL_open || id == CALL_openat;
    uint64_t flags = args[id == CALL_open ? 1 : 2];
    bool directory = opens && flags & O_DIRECTORY;
    bool has_fd = e->call->nargs && e->call->args[0].kind == &kind_fd;
    b->subject.fd_present = opens || (has_fd && (int32_t)args[0] >= 0 && pick(2));
    b->subject.fd = (struct policy_fd){.num = opens ? POLICY_UNKNOWN : (int32_t)args[0],
                                       .type = directory ? "directory" : "file",
                                       .typechar = directory ? 'd' : 'f'};
    if (pick(2)) {
        e->result_state = RESULT_KNOWN;
        e->result = pick(2) ? -EBADF : id == CALL_dup2 || id == CALL_dup3 ? (int32_t)args[1] : (int)pick(4);
    }
}

static bool first_match(void *context, struct evaluator *e, const struct program_rule *rule)
{
    const struct program_rule **first = context;
    (void)e;
    *first = rule;
    return false;
}

static const struct program_rule *evaluate_now(struct bench *b)
{
    const struct program_rule *first = NULL;
    memo_forget(b->memo);
    evaluate(&b->evaluator, &b->subject, b->memo, first_match, &first);
    return first;
}

struct pushed {
    struct selection always;
    struct scalar_table *some;
    struct filter filter;
};

static void push_down(struct pushed *p, const struct bench *b, const struct selection *ask)
{
    struct error err = {0};
    p->always = (struct selection){.unknown = false};
    p->some = scalar_table_new();
    struct pushdown to = {&p->always, p->some, filter_selected(FILTER_NOTIFY), ask};
    ck_assert_int_eq(pushdown(policy_program(b->policy), &to), 0);
    struct filter_spec spec = {.notify = p->always, .scalars = p->some};
    ck_assert_msg(filter_build(&spec, &p->filter, &err) == 0, "%s", err.message);
}

static void drop(struct pushed *p)
{
    filter_free(&p->filter);
    scalar_table_free(p->some);
}

static uint32_t kernel_does(const struct pushed *p, const struct event *e)
{
    struct seccomp_data data = {.nr = e->number, .arch = e->abi->audit_arch};
    memcpy(data.args, e->args, sizeof(data.args));
    return bpf_run(&p->filter, &data, RUN_ANY);
}

/* A random call on a random ABI that has it. */
static void make_call(struct bench *b)
{
    uint64_t args[CALL_ARGS_MAX];
    enum call_id id;
    do {
        id = PICK(calls);
        b->target.abi = (enum abi_id)pick(ABI_COUNT);
    } while (call_number(&abis[b->target.abi], id) < 0);
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        args[i] = b->target.abi == ABI_I386 ? (uint32_t)make_register() : make_register();
    }
    make_event(b, id, args);
}

static void explain(const struct bench *b, const struct buf *text, const char *what)
{
    const struct event *e = &b->target.event;
    ck_abort_msg("%s: %s %s(%#llx, %#llx, %#llx, %#llx):\n%s", what, e->abi->name, e->call->name,
                 (unsigned long long)e->args[0], (unsigned long long)e->args[1],
                 (unsigned long long)e->args[2], (unsigned long long)e->args[3], text->data);
}

START_TEST(what_is_not_sent_matches_no_rule)
{
    struct bench b;
    struct buf text = {0};
    struct pushed p;
    unsigned silent = 0;
    state = (uint64_t)_i + 1;
    bench_start(&b);
    make_rules(&b, &text, false);
    push_down(&p, &b, NULL);
    for (unsigned i = 0; i < EVENTS; i++) {
        make_call(&b);
        bool sent = kernel_does(&p, &b.target.event) == SECCOMP_RET_USER_NOTIF;
        silent += !sent;
        if (evaluate_now(&b) && !sent) {
            explain(&b, &text, "a rule matches what is not sent");
        }
    }
    ck_assert_uint_gt(silent, 0);
    drop(&p);
    buf_free(&text);
    bench_end(&b);
}
END_TEST

/* Rules that registers decide: each call is sent, or answered as the first rule that matches it says. */
START_TEST(kernel_answers_as_rules_would)
{
    static const struct selection nobody = {.unknown = false};
    struct bench b;
    struct buf text = {0};
    struct pushed p;
    state = (uint64_t)_i + 1000;
    bench_start(&b);
    make_rules(&b, &text, true);
    push_down(&p, &b, &nobody);
    for (unsigned i = 0; i < EVENTS; i++) {
        make_call(&b);
        uint32_t does = kernel_does(&p, &b.target.event);
        const struct program_rule *rule = evaluate_now(&b);
        uint32_t want = rule ? SECCOMP_RET_ERRNO | (uint32_t)rule->rule->action.error : SECCOMP_RET_ALLOW;
        if (does != want && does != SECCOMP_RET_USER_NOTIF) {
            explain(&b, &text, "the kernel answers something else");
        }
    }
    drop(&p);
    buf_free(&text);
    bench_end(&b);
}
END_TEST

enum { SENT = 1, ANSWERED = 2 };

static const struct {
    const char *condition;
    enum call_id call;
    uint64_t args[CALL_ARGS_MAX];
    int yes; /* of SENT without the right to answer, and ANSWERED with it; 0: neither */
} examples[] = {
    {"evt.type=openat and evt.is_open_write=true", CALL_openat, {0, 0, O_WRONLY}, SENT | ANSWERED},
    {"evt.type=openat and evt.is_open_write=true", CALL_openat, {0, 0, O_RDWR | O_CREAT}, SENT | ANSWERED},
    {"evt.type=openat and evt.is_open_write=true", CALL_openat, {0, 0, O_RDONLY}, 0},
    {"evt.type=openat and evt.is_open_write=true", CALL_openat, {0, 0, O_WRONLY | O_PATH}, 0},
    {"evt.type=openat and evt.is_open_write=true and fd.name=/x", CALL_openat, {0, 0, O_WRONLY}, SENT},
    {"evt.type=openat and evt.is_open_write=true and fd.name=/x", CALL_openat, {0, 0, O_RDONLY}, 0},
    {"evt.type=socket and evt.arg.domain contains AF_PACKET", CALL_socket, {AF_PACKET}, SENT | ANSWERED},
    {"evt.type=socket and evt.arg.domain contains AF_PACKET",
     CALL_socket,
     {UINT64_C(7) << 32 | AF_PACKET}, /* the kernel looks at 32 bits */
     SENT | ANSWERED},
    {"evt.type=socket and evt.arg.domain contains AF_PACKET", CALL_socket, {AF_INET}, 0},
    {"evt.type=socket and evt.arg.type contains SOCK_RAW",
     CALL_socket,
     {AF_INET, SOCK_RAW | SOCK_CLOEXEC},
     SENT},
    {"evt.type=socket and evt.arg.type contains SOCK_RAW", CALL_socket, {AF_INET, SOCK_STREAM}, 0},
    {"evt.type=ptrace and evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)",
     CALL_ptrace,
     {PTRACE_ATTACH},
     SENT | ANSWERED},
    {"evt.type=ptrace and evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)", CALL_ptrace, {PTRACE_CONT}, 0},
    {"evt.type=ptrace and not evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE)",
     CALL_ptrace,
     {PTRACE_ATTACH},
     0},
    {"evt.type=unshare and evt.arg[0] contains CLONE_NEWUSER",
     CALL_unshare,
     {CLONE_NEWUSER},
     SENT | ANSWERED},
    {"evt.type=unshare and evt.arg[0] contains CLONE_NEWUSER", CALL_unshare, {CLONE_NEWNS}, 0},
    {"evt.type=clone and evt.arg.flags contains CLONE_NEWUSER",
     CALL_clone,
     {CLONE_NEWUSER | 17},
     SENT | ANSWERED},
    {"evt.type=clone and evt.arg.flags contains CLONE_NEWUSER", CALL_clone, {17}, 0},
    {"evt.type=setuid and evt.arg.uid=0", CALL_setuid, {0}, SENT | ANSWERED},
    {"evt.type=setuid and evt.arg.uid=0", CALL_setuid, {1000}, 0},
    {"evt.type=fchmod and evt.arg.mode contains S_ISUID", CALL_fchmod, {3, 04755}, SENT | ANSWERED},
    {"evt.type=fchmod and evt.arg.mode contains S_ISUID", CALL_fchmod, {3, 0755}, 0},
    {"evt.type=dup2 and evt.rawres in (0, 1, 2)", CALL_dup2, {5, 1}, SENT},
    {"evt.type=dup2 and evt.rawres in (0, 1, 2)", CALL_dup2, {5, 10}, 0},
    {"evt.type=close and fd.num in (0, 1, 2)", CALL_close, {2}, SENT},
    {"evt.type=close and fd.num in (0, 1, 2)", CALL_close, {3}, 0},
    {"evt.type=openat and fd.typechar=f", CALL_openat, {0, 0, O_RDONLY | O_DIRECTORY}, 0},
    {"evt.type=openat and fd.typechar=f", CALL_openat, {0, 0, O_RDONLY}, SENT},
    {"evt.type=ptrace", CALL_ptrace, {0}, SENT | ANSWERED},
    {"evt.type=ptrace and proc.name=gdb", CALL_ptrace, {0}, SENT},
};

START_TEST(example)
{
    static const struct selection nobody = {.unknown = false};
    struct bench b;
    struct pushed p;
    char text[1024];
    bench_start(&b);
    snprintf(text, sizeof(text),
             "- rule: r\n  desc: d\n  condition: %s\n  output: o\n  priority: INFO\n  action: deny\n  errno: "
             "EACCES\n",
             examples[_i].condition);
    bench_load(&b, text);
    unit_call(&b.target, examples[_i].call, examples[_i].args, false, 0);
    push_down(&p, &b, NULL);
    ck_assert_uint_eq(kernel_does(&p, &b.target.event),
                      examples[_i].yes & SENT ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
    drop(&p);
    push_down(&p, &b, &nobody);
    ck_assert_uint_eq(kernel_does(&p, &b.target.event), examples[_i].yes & ANSWERED
                                                            ? SECCOMP_RET_ERRNO | EACCES
                                                        : examples[_i].yes & SENT ? SECCOMP_RET_USER_NOTIF
                                                                                  : SECCOMP_RET_ALLOW);
    drop(&p);
    bench_end(&b);
}
END_TEST

/* Another rule wants to see the call, or it is traced: then the kernel answers nothing. */
START_TEST(rules_that_look_keep_the_kernel_out)
{
    static const struct selection nobody = {.unknown = false};
    static const char *const others[] = {
        "- rule: a\n  desc: d\n  condition: evt.type=ptrace and proc.name=x\n  output: o\n  priority: INFO\n",
        "- rule: a\n  desc: d\n  condition: evt.type=ptrace\n  output: o\n  priority: INFO\n  action: "
        "allow\n"};
    struct bench b;
    struct pushed p;
    char text[1024];
    bench_start(&b);
    snprintf(text, sizeof(text),
             "%s- rule: r\n  desc: d\n  condition: evt.type=ptrace\n  output: o\n  priority: INFO\n  action: "
             "kill\n",
             _i < 2 ? others[_i] : "");
    bench_load(&b, text);
    struct selection traced = nobody;
    call_set_add(&traced.calls[ABI_X86_64], CALL_ptrace);
    unit_call(&b.target, CALL_ptrace, (const uint64_t[CALL_ARGS_MAX]){0}, false, 0);
    push_down(&p, &b, _i < 2 ? &nobody : &traced);
    ck_assert_uint_eq(kernel_does(&p, &b.target.event), SECCOMP_RET_USER_NOTIF);
    drop(&p);
    push_down(&p, &b, &nobody);
    ck_assert_uint_eq(kernel_does(&p, &b.target.event),
                      _i < 2 ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_KILL_PROCESS);
    drop(&p);
    bench_end(&b);
}
END_TEST

/* More than a filter can hold: the calls are sent whatever their registers are. */
START_TEST(too_many_rules_still_fit)
{
    struct bench b;
    struct buf text = {0};
    struct pushed p;
    state = 7;
    bench_start(&b);
    for (unsigned i = 0; i < 400; i++) {
        buf_printf(&text,
                   "- rule: %u\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type=%s and "
                   "evt.rawarg[0]=%u and evt.rawarg[1]=%u\n",
                   i, call_line((enum call_id)(CALL_none + 1 + i))->name, i, i);
    }
    buf_char(&text, 0);
    bench_load(&b, text.data);
    push_down(&p, &b, NULL);
    ck_assert_uint_le(p.filter.length, BPF_MAXINSNS);
    drop(&p);
    buf_free(&text);
    bench_end(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pushdown");
    TCase *tc = tcase_create("pushdown");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, what_is_not_sent_matches_no_rule, 0, ROUNDS);
    tcase_add_loop_test(tc, kernel_answers_as_rules_would, 0, ROUNDS);
    tcase_add_loop_test(tc, example, 0, (int)(sizeof(examples) / sizeof(examples[0])));
    tcase_add_loop_test(tc, rules_that_look_keep_the_kernel_out, 0, 3);
    tcase_add_test(tc, too_many_rules_still_fit);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
