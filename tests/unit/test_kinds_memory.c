/* Mapping, protection, advice and NUMA policy. */
#include "tests/unit/fresh_target.h"

START_TEST(mappings)
{
    ck_assert_str_eq(unit_exit(&target, CALL_mmap, 0x7f0000001000, 0, 4096, 3, 0x22, UINT64_MAX, 0),
                     "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = "
                     "0x7f0000001000");
    ck_assert_str_eq(unit_entry(&target, CALL_mmap, 0x1000, 8, 0, 0x40011 | 21 << 26, 3, 0x2000),
                     "mmap(0x1000, 8, PROT_NONE, MAP_SHARED|MAP_FIXED|MAP_HUGETLB|21<<MAP_HUGE_SHIFT, 3, "
                     "0x2000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mmap, 0, 0, 0x10, 5, 3, 0),
                     "mmap(NULL, 0, 0x10 /* PROT_??? */, 0x5 /* MAP_??? */, 3, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mmap, 0, 0, 0, UINT64_MAX, 3, 0),
                     "mmap(NULL, 0, PROT_NONE, 0xf /* MAP_??? */|MAP_FIXED|MAP_ANONYMOUS|MAP_32BIT|"
                     "MAP_ABOVE4G|MAP_NORESERVE|MAP_POPULATE|MAP_NONBLOCK|MAP_GROWSDOWN|MAP_DENYWRITE|"
                     "MAP_EXECUTABLE|MAP_LOCKED|MAP_STACK|MAP_HUGETLB|MAP_SYNC|MAP_FIXED_NOREPLACE|"
                     "0xffffffff03e00600|63<<MAP_HUGE_SHIFT, 3, 0) = ?");
}
END_TEST

START_TEST(mappings_of_i386)
{
    const uint32_t args[] = {0, 4096, 1, 2, 3, 0x2000};
    uint64_t at = unit_put(&target, 0, args, sizeof(args));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_mmap, at),
                     "mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x2000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mmap, 0x20), "mmap(0x20) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mmap2, 0, 4096, 1, 2, 3, 0xfffff),
                     "mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0xfffff000) = ?");
}
END_TEST

START_TEST(remapping_shows_the_new_address_with_fixed)
{
    ck_assert_str_eq(unit_exit(&target, CALL_mremap, 0x5000, 0x4000, 1, 2, 1, 0x5000),
                     "mremap(0x4000, 1, 2, MREMAP_MAYMOVE) = 0x5000");
    ck_assert_str_eq(unit_entry(&target, CALL_mremap, 0x4000, 1, 2, 3, 0x5000),
                     "mremap(0x4000, 1, 2, MREMAP_MAYMOVE|MREMAP_FIXED, 0x5000) = ?");
}
END_TEST

START_TEST(residence_is_known_at_exit)
{
    uint64_t at = unit_put(&target, 0, "\1\0\3", 3);
    ck_assert_str_eq(unit_exit(&target, CALL_mincore, 0, 0x1000, 8193, at),
                     "mincore(0x1000, 8193, [1, 0, 1]) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_mincore, -14, 0x1000, 8193, at),
                     "mincore(0x1000, 8193, 0x10000) = -1 EFAULT (Bad address)");
    ck_assert_str_eq(unit_exit(&target, CALL_mincore, 0, 0x1000, 8193, UNIT_BASE + UNIT_SIZE - 1),
                     "mincore(0x1000, 8193, [0, ... /* 0x14000 */]) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_mincore, 0, 0, UINT64_MAX, 0x10),
                     "mincore(NULL, 18446744073709551615, 0x10) = 0");
}
END_TEST

START_TEST(numa_policies)
{
    const uint64_t mask[] = {5, 0};
    uint64_t at = unit_put(&target, 0, mask, sizeof(mask));
    ck_assert_str_eq(unit_entry(&target, CALL_mbind, 0x1000, 2, 2 | 1 << 15, at, 64, 2),
                     "mbind(0x1000, 2, MPOL_BIND|MPOL_F_STATIC_NODES, [0x00000000000005], 64, "
                     "MPOL_MF_MOVE) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_set_mempolicy, 77 | 1 << 14, at, 66),
                     "set_mempolicy(MPOL_F_RELATIVE_NODES|0x4d, [0x00000000000005, 0000000000000000], 66) "
                     "= ?");
    ck_assert_str_eq(unit_entry(&target, CALL_set_mempolicy, 0, at, UINT64_MAX),
                     "set_mempolicy(MPOL_DEFAULT, 0x10000, 18446744073709551615) = ?");
    const uint32_t mode = 3;
    uint64_t out = unit_put(&target, 64, &mode, sizeof(mode));
    ck_assert_str_eq(unit_exit(&target, CALL_get_mempolicy, 0, out, at, 64, 0, 4),
                     "get_mempolicy([MPOL_INTERLEAVE], [0x00000000000005], 64, NULL, "
                     "MPOL_F_MEMS_ALLOWED) = 0");
}
END_TEST

START_TEST(moved_pages_have_a_status)
{
    const uint64_t pages[] = {0x1000, 0};
    const int32_t nodes[] = {0, -1};
    const int32_t status[] = {1, -14};
    uint64_t a = unit_put(&target, 0, pages, sizeof(pages));
    uint64_t b = unit_put(&target, 32, nodes, sizeof(nodes));
    uint64_t c = unit_put(&target, 64, status, sizeof(status));
    ck_assert_str_eq(unit_exit(&target, CALL_move_pages, 0, 0, 2, a, b, c, 2),
                     "move_pages(0, 2, [0x1000, NULL], [0, -1], [1, -EFAULT], MPOL_MF_MOVE) = 0");
}
END_TEST

START_TEST(barriers)
{
    ck_assert_str_eq(unit_exit(&target, CALL_membarrier, 3, 0, 0, 0),
                     "membarrier(MEMBARRIER_CMD_QUERY, 0) = 0x3 "
                     "(MEMBARRIER_CMD_GLOBAL|MEMBARRIER_CMD_GLOBAL_EXPEDITED)");
    ck_assert_str_eq(unit_exit(&target, CALL_membarrier, 0, 8, 1, 3),
                     "membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, MEMBARRIER_CMD_FLAG_CPU, 3) = 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *tc = tcase_create("memory");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, mappings);
    tcase_add_test(tc, mappings_of_i386);
    tcase_add_test(tc, remapping_shows_the_new_address_with_fixed);
    tcase_add_test(tc, residence_is_known_at_exit);
    tcase_add_test(tc, numa_policies);
    tcase_add_test(tc, moved_pages_have_a_status);
    tcase_add_test(tc, barriers);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
