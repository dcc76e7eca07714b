/*
 * Rule files and profiles of arbitrary bytes; what loads is compiled and judges an event, whose alerts are
 * rendered.
 *
 * Input: a byte that says what the rest is: a file, a condition, an output, or a regular expression and a
 * text behind a NUL.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>

#include "decode/call.h"
#include "policy/policy.h"

/* An openat by a process of a container, with all facts known. */
struct fuzz_event {
    struct event event;
    struct policy_container container;
    struct policy_process parent;
    struct policy_process process;
    struct policy_subject subject;
};

static void fuzz_event_init(struct fuzz_event *f)
{
    static const char path[] = "/etc/shadow";
    static const struct text name = {"cat", 3};
    memset(f, 0, sizeof(*f));
    f->event = (struct event){.type = EVENT_CALL,
                              .abi = &abis[ABI_X86_64],
                              .call = call_line(CALL_openat),
                              .number = call_number(&abis[ABI_X86_64], CALL_openat),
                              .tid = 5,
                              .args = {0, 0, O_RDWR}};
    (void)values_init(&f->event.values);
    f->event.value[1] = values_string(&f->event.values, "filename", path, sizeof(path) - 1, VALUE_PATH);
    f->container =
        (struct policy_container){.id = "0123456789ab", .full_id = "0123456789ab", .image = "i\xff"};
    f->parent = (struct policy_process){.loaded = PROCESS_ALL, .pid = 4, .name = "sh"};
    f->process = (struct policy_process){.loaded = PROCESS_ALL,
                                         .pid = 5,
                                         .name = "cat\n\x1b",
                                         .exe = name,
                                         .args = name,
                                         .cmdline = name,
                                         .env = {"A=1\0B", 6},
                                         .cwd = "/",
                                         .parent = &f->parent,
                                         .container = &f->container};
    f->subject = (struct policy_subject){.event = &f->event, .process = &f->process, .fd_loaded = true};
    f->subject.fd_present = true;
    f->subject.fd = (struct policy_fd){
        .num = POLICY_UNKNOWN, .type = "file", .typechar = 'f', .name = {path, sizeof(path) - 1}};
    f->subject.fd.server_ip = (struct policy_ip){4, {10, 0, 0, 1}};
}

static bool fuzz_match(void *context, struct evaluator *e, const struct program_rule *rule)
{
    struct alert alert = {.rule = rule->rule, .output = &rule->output, .predicted = rule->result};
    struct buf out = {0};
    (void)context;
    alert_text(&out, &alert, &e->reader);
    FUZZ_CHECK(out.len && out.data[out.len - 1] == '\n');
    FUZZ_CHECK(!memchr(out.data, '\n', out.len - 1) && !memchr(out.data, '\x1b', out.len));
    out.len = 0;
    alert_json(&out, &alert, &e->reader);
    check_json(&out);
    buf_free(&out);
    return true;
}

static void judge_by(const struct program *program)
{
    struct evaluator e;
    struct fuzz_event f;
    fuzz_event_init(&f);
    if (evaluator_init(&e, program)) {
        evaluate(&e, &f.subject, NULL, fuzz_match, NULL);
        evaluator_free(&e);
    }
    values_free(&f.event.values);
}

static void fuzz_file(const uint8_t *data, size_t size)
{
    static const struct oci_host host = {.arch = "amd64", .kernel_major = 6, .capabilities = 0xff};
    static const uint64_t args[CALL_ARGS_MAX] = {1, 2, 3, 4, 5, 6};
    struct error err = {0};
    struct policy *policy = policy_new();
    if (policy && policy_load_text(policy, "fuzz", (const char *)data, size, &err) == 0 &&
        policy_compile(policy, &host, &err) == 0) {
        struct buf out = {0};
        policy_report(policy, &out);
        policy_warnings(policy, &out);
        buf_free(&out);
        judge_by(policy_program(policy));
        if (policy_profile(policy)) {
            (void)oci_judge(policy_profile(policy), &abis[ABI_X86_64], 1, args);
        }
    } else {
        FUZZ_CHECK(err.code && err.message[0] && !strchr(err.message, '\n'));
    }
    policy_free(policy);
}

/* One rule with this condition and this output. */
static void fuzz_rule(const char *condition, size_t n, const char *output, size_t m)
{
    struct arena arena = {NULL};
    struct error err = {0};
    struct program program;
    struct scalar text = {.text = condition, .length = n};
    struct scalar shown = {.text = output, .length = m};
    struct rule rule = {.name = {"r", 1}, .source = {"syscall", 7}, .enabled = true};
    struct rule *list[] = {&rule};
    struct rules rules = {.arena = &arena, .rules = list, .rule_count = 1};
    rule.condition = phrase_join(&arena, NULL, &text);
    rule.output = phrase_join(&arena, NULL, &shown);
    if (program_compile(&program, &arena, &rules, &err) == 0) {
        judge_by(&program);
    } else {
        FUZZ_CHECK(err.code);
    }
    arena_free(&arena);
}

static void fuzz_regex(const char *data, size_t size)
{
    struct arena arena = {NULL};
    const char *why = NULL;
    size_t n = strnlen(data, size);
    const struct regex *regex = regex_compile(&arena, data, n, &why);
    FUZZ_CHECK(regex || why);
    if (regex && n < size) {
        (void)regex_matches(regex, (struct text){data + n + 1, size - n - 1});
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const char *rest = (const char *)data + 1;
    switch (data[0] % 4) {
    case 0:
        fuzz_file(data + 1, size - 1);
        break;
    case 1:
        fuzz_rule(rest, size - 1, "o", 1);
        break;
    case 2:
        fuzz_rule("evt.num>0", 9, rest, size - 1);
        break;
    default:
        fuzz_regex(rest, size - 1);
        break;
    }
    return 0;
}
