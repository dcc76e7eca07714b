/* Offsets, flags and out-parameters of the descriptor family. */
#include "tests/unit/fresh_target.h"

#define ENTRY(text, id, ...) ck_assert_str_eq(unit_entry(&target, CALL_##id, __VA_ARGS__), text " = ?")
#define EXIT(text, id, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_##id, result, __VA_ARGS__), text)

START_TEST(flags_have_names)
{
    ENTRY("dup3(3, 5, O_CLOEXEC)", dup3, 3, 5, 02000000);
    ENTRY("eventfd2(1, EFD_SEMAPHORE|0x100)", eventfd2, 1, 0x101);
    ENTRY("eventfd2(1, 0x100 /* EFD_\?\?\? */)", eventfd2, 1, 0x100);
    ENTRY("lseek(3, -7, SEEK_HOLE)", lseek, 3, (uint64_t)-7, 4);
    ENTRY("lseek(3, 0, 0x5 /* SEEK_\?\?\? */)", lseek, 3, 0, 5);
    ENTRY("flock(3, LOCK_EX|LOCK_NB)", flock, 3, 6);
    ENTRY("fallocate(3, FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE, 4096, 10)", fallocate, 3, 3, 4096, 10);
    ENTRY("close_range(3, 4294967295, CLOSE_RANGE_CLOEXEC)", close_range, 3, UINT32_MAX, 4);
    ENTRY("splice(3, NULL, 4, NULL, 9, SPLICE_F_MOVE|SPLICE_F_MORE)", splice, 3, 0, 4, 0, 9, 5);
}
END_TEST

START_TEST(memfd_flags_hold_a_page_size)
{
    uint64_t name = unit_put(&target, 0, "abc", 4);
    ENTRY("memfd_create(\"abc\", MFD_CLOEXEC|MFD_HUGETLB|21<<MFD_HUGE_SHIFT)", memfd_create, name,
          5 | 21U << 26);
    ENTRY("memfd_create(\"abc\", 0)", memfd_create, name, 0);
}
END_TEST

START_TEST(offsets_take_two_registers_on_i386)
{
    uint64_t vec = unit_put(&target, 0, (uint64_t[2]){0, 0}, 16);
    ENTRY("preadv2(3, [{iov_base=NULL, iov_len=0}], 1, -2, RWF_NOWAIT)", preadv2, 3, vec, 1, (uint64_t)-2, 0,
          8);
    ENTRY("readahead(3, -2, 5)", readahead, 3, (uint64_t)-2, 5);
    target.abi = ABI_I386;
    ENTRY("pread64(3, 0x10000, 4, 8589934593)", pread64, 3, vec, 4, 1, 2);
    ENTRY("preadv2(3, [{iov_base=NULL, iov_len=0}], 1, 8589934593, RWF_NOWAIT)", preadv2, 3, vec, 1, 1, 2, 8);
    ENTRY("readahead(3, 8589934593, 5)", readahead, 3, 1, 2, 5);
    ENTRY("fadvise64(3, 8589934593, 5, POSIX_FADV_DONTNEED)", fadvise64, 3, 1, 2, 5, 4);
    ENTRY("fallocate(3, 0, 8589934593, -1)", fallocate, 3, 0, 1, 2, UINT32_MAX, UINT32_MAX);
    ENTRY("sync_file_range(3, 1, 2, SYNC_FILE_RANGE_WRITE)", sync_file_range, 3, 1, 0, 2, 0, 2);
    target.abi = ABI_X32;
    ENTRY("preadv2(3, [{iov_base=NULL, iov_len=0}], 1, -2, RWF_NOWAIT)", preadv2, 3, vec, 1, (uint64_t)-2, 8,
          99);
}
END_TEST

START_TEST(descriptors_of_a_pipe)
{
    uint64_t pair = unit_put(&target, 0, (int[2]){3, 4}, 8);
    ENTRY("pipe2(0x10000, O_CLOEXEC)", pipe2, pair, 02000000);
    EXIT("pipe2([3, 4], O_CLOEXEC) = 0", pipe2, 0, pair, 02000000);
    EXIT("pipe(0x10000) = -1 EMFILE (Too many open files)", pipe, -24, pair);
    EXIT("pipe(0x10) = 0", pipe, 0, 0x10);
    EXIT("pipe([3, ... /* 0x14000 */]) = 0", pipe, 0,
         unit_put(&target, UNIT_SIZE - 4, (int[1]){3}, sizeof(int)));
}
END_TEST

START_TEST(sendfile_shows_how_far_it_got)
{
    uint64_t at = unit_put(&target, 0, (uint64_t[1]){100}, 8);
    ENTRY("sendfile(1, 3, [100], 4096)", sendfile, 1, 3, at, 4096);
    EXIT("sendfile(1, 3, [100] => [100], 4096) = 50", sendfile, 50, 1, 3, at, 4096);
    EXIT("sendfile(1, 3, [100], 4096) = 0", sendfile, 0, 1, 3, at, 4096);
    EXIT("sendfile(1, 3, NULL, 4096) = 50", sendfile, 50, 1, 3, 0, 4096);
    EXIT("sendfile(1, 3, 0x10, 4096) = 50", sendfile, 50, 1, 3, 0x10, 4096);
    ENTRY("copy_file_range(3, [100], 4, NULL, 7, 0)", copy_file_range, 3, at, 4, 0, 7, 0);
}
END_TEST

START_TEST(random_bytes_are_hexadecimal)
{
    uint64_t at = unit_put(&target, 0, "ab\xff", 3);
    ENTRY("getrandom(0x10000, 3, GRND_NONBLOCK)", getrandom, at, 3, 1);
    EXIT("getrandom(\"\\x61\\x62\\xff\", 3, GRND_NONBLOCK) = 3", getrandom, 3, at, 3, 1);
    EXIT("getrandom(0x13fff, 3, 0) = 3", getrandom, 3, UNIT_BASE + UNIT_SIZE - 1, 3, 0);
}
END_TEST

START_TEST(cachestat_both_ways)
{
    uint64_t range = unit_put(&target, 0, (uint64_t[2]){0x1000, 50}, 16);
    uint64_t stat = unit_put(&target, 64, (uint64_t[5]){1, 2, 3, 4, 5}, 40);
    ENTRY("cachestat(3, {off=0x1000, len=50}, 0x10040, 0)", cachestat, 3, range, stat, 0);
    EXIT("cachestat(3, {off=0x1000, len=50}, {nr_cache=1, nr_dirty=2, nr_writeback=3, nr_evicted=4, "
         "nr_recently_evicted=5}, 0) = 0",
         cachestat, 0, 3, range, stat, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("desc");
    TCase *tc = tcase_create("desc");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, flags_have_names);
    tcase_add_test(tc, memfd_flags_hold_a_page_size);
    tcase_add_test(tc, offsets_take_two_registers_on_i386);
    tcase_add_test(tc, descriptors_of_a_pipe);
    tcase_add_test(tc, sendfile_shows_how_far_it_got);
    tcase_add_test(tc, random_bytes_are_hexadecimal);
    tcase_add_test(tc, cachestat_both_ways);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
