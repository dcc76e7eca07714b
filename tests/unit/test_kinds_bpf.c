/* bpf(2): the structures of its commands, in all their sizes, at entry and exit. */
#include "tests/unit/fresh_target.h"

#include <stdlib.h>

static void put32(size_t offset, uint32_t number)
{
    unit_put(&target, offset, &number, sizeof(number));
}

static void put64(size_t offset, uint64_t number)
{
    unit_put(&target, offset, &number, sizeof(number));
}

START_TEST(members_end_with_the_callers_structure)
{
    put32(0, 1);
    put32(4, 4);
    put32(8, 8);
    put32(12, 10);
    put32(16, 1);
    unit_put(&target, 28, "mymap", 5);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 0, UNIT_BASE, 16),
                     "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_HASH, key_size=4, value_size=8, "
                     "max_entries=10}, 16) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_bpf, 3, 0, UNIT_BASE, 44),
                     "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_HASH, key_size=4, value_size=8, "
                     "max_entries=10, map_flags=BPF_F_NO_PREALLOC, inner_map_fd=0, map_name=\"mymap\"}, 44) "
                     "= 3");
    put32(16, 4);
    put32(24, UINT32_MAX);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 0, UNIT_BASE, 28),
                     "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_HASH, key_size=4, value_size=8, "
                     "max_entries=10, map_flags=BPF_F_NUMA_NODE, inner_map_fd=0, numa_node=4294967295 /* "
                     "NUMA_NO_NODE */}, 28) = ?");
}
END_TEST

START_TEST(bytes_that_have_no_name)
{
    put32(0, 7);
    put32(8, 1);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 22, UNIT_BASE, 8),
                     "bpf(BPF_MAP_FREEZE, {map_fd=7}, 8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 22, UNIT_BASE, 9),
                     "bpf(BPF_MAP_FREEZE, {map_fd=7, ...}, 9) = ?");
    target.options.verbose = true;
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 22, UNIT_BASE, 9),
                     "bpf(BPF_MAP_FREEZE, {map_fd=7, extra_data=\"\\x00\\x00\\x00\\x00\\x01\" /* bytes 4..8 "
                     "*/}, 9) = ?");
}
END_TEST

START_TEST(what_is_no_structure_is_an_address)
{
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 99, UNIT_BASE, 8),
                     "bpf(0x63 /* BPF_??? */, 0x10000, 8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 0, UNIT_BASE, 0), "bpf(BPF_MAP_CREATE, 0x10000, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 0, UNIT_BASE, 4097),
                     "bpf(BPF_MAP_CREATE, 0x10000, 4097) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 0, 0, 8), "bpf(BPF_MAP_CREATE, NULL, 8) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_bpf, -14, 0, UNIT_BASE + UNIT_SIZE - 7, 8),
                     "bpf(BPF_MAP_CREATE, 0x13ff9, 8) = -1 EFAULT (Bad address)");
}
END_TEST

START_TEST(strings_are_read_at_entry)
{
    unit_put(&target, 512, "GPL", 4);
    put32(0, 1);
    put32(4, 2);
    put64(8, 0x5000);
    put64(16, UNIT_BASE + 512);
    ck_assert_str_eq(unit_exit(&target, CALL_bpf, 5, 5, UNIT_BASE, 48),
                     "bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=2, insns=0x5000, "
                     "license=\"GPL\", log_level=0, log_size=0, log_buf=NULL, "
                     "kern_version=KERNEL_VERSION(0, 0, 0), prog_flags=0}, 48) = 5");
    put64(0, UNIT_BASE + 512);
    put32(8, 3);
    put32(12, 0);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 7, UNIT_BASE, 12),
                     "bpf(BPF_OBJ_GET, {pathname=\"GPL\", bpf_fd=3}, 12) = ?");
    target.abi = ABI_I386; /* whose addresses end at 32 bits */
    put64(0, UINT64_C(0x100000000) | (UNIT_BASE + 512));
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 7, UNIT_BASE, 12),
                     "bpf(BPF_OBJ_GET, {pathname=0x100010200, bpf_fd=3}, 12) = ?");
}
END_TEST

START_TEST(links_depend_on_the_attach_type)
{
    put32(0, 5);
    put32(4, 3);
    put32(8, 41);
    put64(16, 0xcafe);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 28, UNIT_BASE, 64),
                     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=5, target_fd=3, "
                     "attach_type=BPF_PERF_EVENT, flags=0, perf_event={bpf_cookie=0xcafe}}}, 64) = ?");
    put32(8, 46);
    put32(12, 0x20);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 28, UNIT_BASE, 64),
                     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=5, target_ifindex=3, "
                     "attach_type=BPF_TCX_INGRESS, flags=BPF_F_ID, tcx={relative_id=51966, "
                     "expected_revision=0}}}, 64) = ?");
    put32(8, 44);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 28, UNIT_BASE, 64),
                     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=5, target_fd=3, "
                     "attach_type=BPF_STRUCT_OPS, flags=BPF_F_ID}, ...}, 64) = ?");
}
END_TEST

START_TEST(hostile_counts_are_bounded)
{
    put32(0, 5);
    put32(8, 42);
    put32(20, UINT32_MAX);
    put64(24, UNIT_BASE + UNIT_SIZE - 8);
    put64(32, UNIT_BASE + UNIT_SIZE - 8);
    put64(40, UINT64_MAX);
    put64(UNIT_SIZE - 8, 0x10);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 28, UNIT_BASE, 48),
                     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=5, target_fd=0, "
                     "attach_type=BPF_TRACE_KPROBE_MULTI, flags=0, kprobe_multi={flags=0, cnt=4294967295, "
                     "syms=[0x10, ... /* 0x14000 */], addrs=[0x10, ... /* 0x14000 */], "
                     "cookies=0xffffffffffffffff}}}, 48) = ?");
}
END_TEST

START_TEST(programs_are_shown_when_verbose)
{
    put32(0, 1);
    put32(4, 2);
    put64(8, UNIT_BASE + 64);
    put64(64, 0xfffffffffffe21b7);
    put64(72, 0x95);
    target.options.verbose = true;
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 5, UNIT_BASE, 24),
                     "bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=2, "
                     "insns=[{code=BPF_ALU64|BPF_K|BPF_MOV, dst_reg=BPF_REG_1, src_reg=BPF_REG_2, off=-2, "
                     "imm=0xffffffff}, {code=BPF_JMP|BPF_K|BPF_EXIT, dst_reg=BPF_REG_0, src_reg=BPF_REG_0, "
                     "off=0, imm=0}], license=NULL}, 24) = ?");
    put64(8, 0x10);
    ck_assert_str_eq(unit_entry(&target, CALL_bpf, 5, UNIT_BASE, 24),
                     "bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=2, insns=0x10, "
                     "license=NULL}, 24) = ?");
}
END_TEST

/* Decodes at entry, then at exit after `change` was made to the structure; returns the argument's text. */
static const char *changed(uint64_t command, uint64_t size, size_t offset, uint32_t change)
{
    const uint64_t args[CALL_ARGS_MAX] = {command, UNIT_BASE, size};
    struct decoder d = {.options = &target.options,
                        .abi = &abis[ABI_X86_64],
                        .call = call_line(CALL_bpf),
                        .args = args,
                        .mem = &target.memory.mem,
                        .out = &target.event.values};
    values_reset(d.out);
    decode_entry(&d);
    put32(offset, change);
    decode_exit(&d);
    target.text.len = 0;
    render_value(&target.text, d.out, d.value[1], &(struct render_options){.column = 0});
    buf_char(&target.text, 0);
    return target.text.data;
}

START_TEST(numbers_that_the_kernel_writes)
{
    put32(0, 3);
    put32(4, 200);
    put64(8, 0x5000);
    ck_assert_str_eq(changed(15, 16, 4, 104), "{info={bpf_fd=3, info_len=200 => 104, info=0x5000}}");
    ck_assert_str_eq(changed(15, 16, 4, 104), "{info={bpf_fd=3, info_len=104, info=0x5000}}");
    ck_assert_str_eq(changed(11, 8, 4, 198), "{start_id=3, next_id=198}");
}
END_TEST

/* What descriptors 3, 4 and 5 are. */
static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    static const char *const links[] = {"anon_inode:bpf-map", "anon_inode:bpf-prog", "anon_inode:btf"};
    (void)names;
    ck_assert(details == FD_PATHS && fd >= 3 && fd <= 5 && n > strlen(links[fd - 3]));
    memcpy(buf, links[fd - 3], strlen(links[fd - 3]));
    return (ssize_t)strlen(links[fd - 3]);
}
static const struct fd_names names = {.describe = describe};

enum { INFO = 512, CODE = 1024, IDS = 1100 };

/* BPF_OBJ_GET_INFO_BY_FD of a descriptor, for which the kernel fills in `size` bytes. */
static const char *info_of(uint32_t fd, const void *written, uint32_t size)
{
    target.fds = &names;
    put32(0, fd);
    put32(4, size);
    put64(8, UNIT_BASE + INFO);
    target.written = (struct unit_written){INFO, written, size};
    return unit_exit(&target, CALL_bpf, 0, 15, UNIT_BASE, 16);
}

START_TEST(what_the_kernel_tells_of_a_map)
{
    struct {
        uint32_t type, id, key_size, value_size, max_entries, flags;
        char name[16];
        uint32_t interface, value_type;
        uint64_t device, inode;
        uint32_t btf, key, value, vmlinux;
        uint64_t extra, newer;
    } info = {.type = 2,
              .id = 9,
              .key_size = 4,
              .value_size = 8,
              .max_entries = 2,
              .name = "counts",
              .device = 4,
              .inode = 77,
              .btf = 5,
              .vmlinux = 6,
              .extra = 0x10,
              .newer = 1};
    ck_assert_str_eq(info_of(3, &info, 24),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=24, info=0x10200}}, 16) = 0");
    target.options.verbose = true;
    ck_assert_str_eq(info_of(3, &info, 24),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=24, "
                     "info={type=BPF_MAP_TYPE_ARRAY, id=9, key_size=4, value_size=8, max_entries=2, "
                     "map_flags=0}}}, 16) = 0");
    ck_assert_str_eq(info_of(3, &info, sizeof(info)),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=96, "
                     "info={type=BPF_MAP_TYPE_ARRAY, id=9, key_size=4, value_size=8, max_entries=2, "
                     "map_flags=0, name=\"counts\", ifindex=0, btf_vmlinux_value_type_id=0, "
                     "netns_dev=makedev(0, 0x4), netns_ino=77, btf_id=5, btf_key_type_id=0, "
                     "btf_value_type_id=0, map_extra=0x10, "
                     "extra_data=\"\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\" /* bytes 88..95 */}}}, "
                     "16) = 0");
    /* What is none of the objects that are decoded, and what can't be read. */
    ck_assert_str_eq(info_of(5, &info, 24),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=5, info_len=24, info=0x10200}}, 16) = 0");
    ck_assert_str_eq(info_of(3, &info, 0),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=0, info=0x10200}}, 16) = 0");
    put64(8, UNIT_BASE + UNIT_SIZE - 4);
    put32(4, 24);
    ck_assert_str_eq(unit_exit(&target, CALL_bpf, -14, 15, UNIT_BASE, 16),
                     "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=3, info_len=24, info=0x13ffc}}, 16) = -1 "
                     "EFAULT (Bad address)");
}
END_TEST

START_TEST(what_the_kernel_tells_of_a_program)
{
    struct {
        uint32_t type, id;
        uint8_t tag[8];
        uint32_t jited_length, length;
        uint64_t jited, instructions, loaded;
        uint32_t user, maps;
        uint64_t map_ids;
        char name[16];
        uint32_t interface, gpl;
        uint64_t device, inode;
        uint32_t symbols, functions;
        uint64_t jited_symbols, jited_functions;
    } info = {.length = 16,
              .instructions = UNIT_BASE + CODE,
              .maps = 4,
              .map_ids = UNIT_BASE + IDS,
              .jited_symbols = 0x5000};
    /* Room for two instructions and four maps; three and one there are. */
    unit_put(&target, INFO, &info, sizeof(info));
    put64(CODE, 0x95);
    put64(CODE + 8, 0x95);
    put32(IDS, 33);
    info.type = 1;
    info.id = 8;
    memcpy(info.tag, "\1\2\3\4\5\6\7\x99", 8);
    info.jited_length = 20;
    info.length = 24;
    info.loaded = 5000000000;
    info.user = 1000;
    info.maps = 1;
    memcpy(info.name, "nothing", 7);
    info.gpl = 1;
    info.jited_symbols = 0;
    target.options.verbose = true;
    target.options.boot_ns = INT64_C(1577836800) * 1000000000;
    setenv("TZ", "UTC0", 1);
    ck_assert_str_eq(
        info_of(4, &info, sizeof(info)),
        "bpf(BPF_OBJ_GET_INFO_BY_FD, {info={bpf_fd=4, info_len=128, info={type=BPF_PROG_TYPE_SOCKET_FILTER, "
        "id=8, tag=\"\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x99\", jited_prog_len=0 => 20, "
        "jited_prog_insns=NULL, xlated_prog_len=16 => 24, xlated_prog_insns=[{code=BPF_JMP|BPF_K|BPF_EXIT, "
        "dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0}, {code=BPF_JMP|BPF_K|BPF_EXIT, "
        "dst_reg=BPF_REG_0, src_reg=BPF_REG_0, off=0, imm=0}], load_time=5000000000 /* "
        "2020-01-01T00:00:05+0000 */, created_by_uid=1000, nr_map_ids=4 => 1, map_ids=[33], "
        "name=\"nothing\", ifindex=0, gpl_compatible=1, netns_dev=makedev(0, 0), netns_ino=0, "
        "nr_jited_ksyms=0, nr_jited_func_lens=0, jited_ksyms=0x5000 => NULL, jited_func_lens=NULL}}}, 16) = "
        "0");
}
END_TEST

START_TEST(batches_end_with_a_count)
{
    put32(32, 4);
    put32(36, 7);
    ck_assert_str_eq(changed(27, 56, 32, 2),
                     "{batch={keys=NULL, count=4, map_fd=7, elem_flags=BPF_ANY, flags=0}} => "
                     "{batch={count=2}}");
}
END_TEST

START_TEST(a_log_has_its_true_size)
{
    put64(0, UNIT_BASE + 512);
    put32(16, 2);
    unit_put(&target, 512, "ab", 2);
    ck_assert_str_eq(changed(18, 32, 28, 77),
                     "{btf=\"ab\", btf_log_buf=NULL, btf_size=2, btf_log_size=0, btf_log_level=0, "
                     "btf_log_true_size=77}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bpf");
    TCase *tc = tcase_create("bpf");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, members_end_with_the_callers_structure);
    tcase_add_test(tc, bytes_that_have_no_name);
    tcase_add_test(tc, what_is_no_structure_is_an_address);
    tcase_add_test(tc, strings_are_read_at_entry);
    tcase_add_test(tc, links_depend_on_the_attach_type);
    tcase_add_test(tc, hostile_counts_are_bounded);
    tcase_add_test(tc, programs_are_shown_when_verbose);
    tcase_add_test(tc, numbers_that_the_kernel_writes);
    tcase_add_test(tc, what_the_kernel_tells_of_a_map);
    tcase_add_test(tc, what_the_kernel_tells_of_a_program);
    tcase_add_test(tc, batches_end_with_a_count);
    tcase_add_test(tc, a_log_has_its_true_size);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
