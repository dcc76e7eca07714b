/* Calls of decode/calls/system.def: those that change the machine are made to fail, or in names of its own.
 */
#include "family.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

static char page[4096];

static void names(void)
{
    struct utsname names;
    struct sysinfo info;
    DO(sethostname, "here", 4UL);
    DO(sethostname, "here", -1);
    DO(setdomainname, "domain", 6UL);
    DO(setdomainname, WILD, 6UL);
    DO(uname, &names);
    DO(uname, WILD);
    DO(sysinfo, &info);
    DO(sysinfo, WILD);
    DO(syslog, 9);
    DO(syslog, 10, NULL, 0);
    DO(syslog, 77, page, -1);
    DO(syslog, 3, WILD, 0);
}

/* What the kernel tells of a map and of a program, in structures of several sizes. */
static void bpf_info(int map, int program)
{
    struct bpf_map_info about_map = {.id = 1};
    unsigned char code[64] = {0};
    unsigned int maps[4] = {0};
    struct bpf_prog_info about = {.xlated_prog_len = sizeof code,
                                  .xlated_prog_insns = (uintptr_t)code,
                                  .nr_map_ids = 4,
                                  .map_ids = (uintptr_t)maps};
    union bpf_attr attr = {
        .info = {.bpf_fd = (unsigned)map, .info_len = sizeof about_map, .info = (uintptr_t)&about_map}};
    char larger[200] = {0};
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    attr.info.info = (uintptr_t)larger;
    attr.info.info_len = sizeof larger;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    attr.info.info_len = 24;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof attr);
    attr.info.bpf_fd = (unsigned)program;
    attr.info.info_len = sizeof about;
    attr.info.info = (uintptr_t)&about;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    about.nr_map_ids = 0;
    about.xlated_prog_len = 0;
    attr.info.info_len = 80;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    attr.info.info = (uintptr_t)WILD;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    attr.info.bpf_fd = CLOSED;
    attr.info.info = (uintptr_t)&about;
    DO(bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, 16U);
    maps[0] = 7;
    attr = (union bpf_attr){.query = {.target_fd = CLOSED, .prog_ids = (uintptr_t)maps, .prog_cnt = 2}};
    DO(bpf, BPF_PROG_QUERY, &attr, 32U);
}

static void bpf(void)
{
    union bpf_attr attr = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 2};
    struct bpf_insn code[2] = {{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0}, {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
    int zero = 0, map = (int)DO(bpf, BPF_MAP_CREATE, &attr, sizeof attr);
    long value = 5;
    DO(bpf, BPF_MAP_CREATE, &attr, 20U);
    attr = (union bpf_attr){
        .map_fd = (unsigned)map, .key = (uintptr_t)&zero, .value = (uintptr_t)&value, .flags = BPF_ANY};
    DO(bpf, BPF_MAP_UPDATE_ELEM, &attr, 32U);
    DO(bpf, BPF_MAP_LOOKUP_ELEM, &attr, 32U);
    DO(bpf, BPF_MAP_GET_NEXT_KEY, &attr, 32U);
    DO(bpf, BPF_MAP_DELETE_ELEM, &attr, 32U);
    attr = (union bpf_attr){.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                            .insn_cnt = 2,
                            .insns = (uintptr_t)code,
                            .license = (uintptr_t) "GPL",
                            .prog_name = "nothing"};
    int program = (int)DO(bpf, BPF_PROG_LOAD, &attr, 64U);
    bpf_info(map, program);
    attr = (union bpf_attr){.pathname = (uintptr_t) "/none", .bpf_fd = CLOSED};
    DO(bpf, BPF_OBJ_PIN, &attr, 16U);
    DO(bpf, BPF_OBJ_GET, WILD, 16U);
    DO(bpf, 7777, &attr, 8U);
}

static void perf(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_SW_TASK_CLOCK,
                                   .exclude_kernel = 1,
                                   .disabled = 1};
    DO(perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    attr.type = 77;
    DO(perf_event_open, &attr, 0, 0, CLOSED, 0x100UL);
    attr.size = 8;
    DO(perf_event_open, &attr, -1, 0, -1, 0UL);
    DO(perf_event_open, WILD, 0, -1, -1, 0UL);
}

static void what_must_fail(void)
{
    DO(init_module, page, 8UL, "parameters");
    DO(init_module, WILD, -1L, WILD);
    DO(finit_module, CLOSED, "parameters", 3);
    DO(delete_module, "no_such_module", O_NONBLOCK | O_TRUNC);
    DO(kexec_load, WILD, 77UL, NULL, 0x3e0001UL);
    DO(kexec_file_load, CLOSED, CLOSED, 0UL, NULL, 0x1000UL);
    DO(reboot, 1, 2, 0x1234567, "argument");
    DO(reboot, 0xfee1dead, 77, 0xa1b2c3d4, "argument");
    DO(ioperm, 0x80UL, 1UL, 1);
    DO(ioperm, -1L, 1UL, 1);
    DO(iopl, 0);
    DO(iopl, 77);
}

static void what_is_no_more(void)
{
    DO(_sysctl, NULL);
    DO(afs_syscall, 1L, 2L, 3L, 4L, 5L, 6L);
    DO(create_module, "name", 5UL);
    DO(get_kernel_syms, NULL);
    DO(getpmsg, 1L, 2L, 3L, 4L, 5L);
    DO(putpmsg, 1L, 2L, 3L, 4L, 5L);
    DO(nfsservctl, 1L, 2L, 3L);
    DO(query_module, 1L, 2L, 3L, 4L, 5L);
    DO(security, 1L, 2L, 3L, 4L, 5L, 6L);
    DO(tuxcall, 1L, 2L, 3L, 4L, 5L, 6L);
    DO(vserver, 1L, 2L, 3L, 4L, 5L);
}

static void hang_up(void)
{
    DO(setsid);
    DO(vhangup);
}

static void lose_privileges(void)
{
    DO(setresuid, 1000, 1000, 1000);
    DO(vhangup);
    DO(reboot, 0xfee1dead, 672274793, 0, NULL);
    DO(sethostname, "there", 5);
}

static void make_calls(void)
{
    be_alone();
    names();
    bpf();
    perf();
    what_must_fail();
    what_is_no_more();
    in_child(hang_up);
    in_child(lose_privileges);
}
