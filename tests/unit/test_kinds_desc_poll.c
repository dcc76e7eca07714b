/* poll, select and epoll: what was asked at entry, what came of it with the result. */
#include "tests/unit/fresh_target.h"

#include <poll.h>

#define ENTRY(text, id, ...) ck_assert_str_eq(unit_entry(&target, CALL_##id, __VA_ARGS__), text " = ?")
#define EXIT(text, id, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_##id, result, __VA_ARGS__), text)

START_TEST(poll_tells_events_and_revents)
{
    const struct pollfd fds[] = {{3, POLLIN, POLLIN | POLLHUP}, {-1, POLLIN, 0}, {5, POLLOUT, 0}};
    uint64_t at = unit_put(&target, 0, fds, sizeof(fds));
    ENTRY("poll([{fd=3, events=POLLIN}, {fd=-1}, {fd=5, events=POLLOUT}], 3, -1)", poll, at, 3, (uint64_t)-1);
    EXIT("poll([{fd=3, events=POLLIN}, {fd=-1}, {fd=5, events=POLLOUT}], 3, -1) = 1 ([{fd=3, "
         "revents=POLLIN|POLLHUP}])",
         poll, 1, at, 3, (uint64_t)-1);
    EXIT("poll([{fd=3, events=POLLIN}], 1, 0) = 0 (Timeout)", poll, 0, at, 1);
    EXIT("poll([{fd=3, events=POLLIN}], 1, 0) = -1 EINTR (Interrupted system call)", poll, -4, at, 1);
}
END_TEST

START_TEST(poll_of_hostile_memory)
{
    struct pollfd fds[] = {{3, POLLIN, POLLIN}, {4, POLLIN, POLLIN}};
    uint64_t at = unit_put(&target, UNIT_SIZE - sizeof(fds[0]), fds, sizeof(fds[0]));
    ENTRY("poll(NULL, 0, 5)", poll, 0, 0, 5);
    ENTRY("poll([], 0, 5)", poll, at, 0, 5);
    ENTRY("poll(0x10, 4294967295, 5)", poll, 0x10, UINT32_MAX, 5);
    EXIT("poll(0x10, 2, 5) = 1 ([0x10])", poll, 1, 0x10, 2, 5);
    EXIT("poll([{fd=3, events=POLLIN}, ... /* 0x14000 */], 4294967295, 5) = 1 ([{fd=3, revents=POLLIN}, "
         "0x14000])",
         poll, 1, at, UINT32_MAX, 5);
    at = unit_put(&target, 0, fds, sizeof(fds));
    target.options.array_max = 1;
    EXIT("poll([{fd=3, events=POLLIN}, ...], 2, 5) = 2 ([{fd=3, revents=POLLIN}, ...])", poll, 2, at, 2, 5);
}
END_TEST

START_TEST(ppoll_tells_what_is_left)
{
    const struct pollfd fds[] = {{3, POLLIN, POLLIN}};
    uint64_t at = unit_put(&target, 0, fds, sizeof(fds));
    uint64_t time = unit_put(&target, 0x40, (uint64_t[2]){1, 5}, 16);
    uint64_t mask = unit_put(&target, 0x80, (uint64_t[1]){2}, 8);
    EXIT("ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=1, tv_nsec=5}, [INT], 8) = 1 ([{fd=3, "
         "revents=POLLIN}], left {tv_sec=1, tv_nsec=5})",
         ppoll, 1, at, 1, time, mask, 8);
    EXIT("ppoll([{fd=3, events=POLLIN}], 1, NULL, NULL, 8) = 1 ([{fd=3, revents=POLLIN}])", ppoll, 1, at, 1,
         0, 0, 8);
}
END_TEST

START_TEST(select_tells_its_sets)
{
    unsigned char in[16] = {8, [8] = 0x40};
    unsigned char out[16] = {0};
    uint64_t in_at = unit_put(&target, 0, in, sizeof(in));
    uint64_t out_at = unit_put(&target, 0x20, out, sizeof(out));
    uint64_t time = unit_put(&target, 0x40, (uint64_t[2]){1, 5}, 16);
    ENTRY("select(75, [3 70], [], NULL, {tv_sec=1, tv_usec=5})", select, 75, in_at, out_at, 0, time);
    EXIT("select(75, [3 70], [], NULL, NULL) = 2 (in [3 70])", select, 2, 75, in_at, out_at, 0, 0);
    EXIT("select(75, [], NULL, [3 70], {tv_sec=1, tv_usec=5}) = 1 (except [3], left {tv_sec=1, tv_usec=5})",
         select, 1, 75, out_at, 0, in_at, time);
    EXIT("select(0, NULL, NULL, NULL, {tv_sec=1, tv_usec=5}) = 0 (Timeout)", select, 0, 0, 0, 0, 0, time);
    ENTRY("select(-1, 0x10000, NULL, 0x10, NULL)", select, UINT32_MAX, in_at, 0, 0x10, 0);
    ENTRY("select(2147483647, 0x10000, NULL, 0x13fff, NULL)", select, INT32_MAX, in_at, 0,
          UNIT_BASE + UNIT_SIZE - 1, 0);
}
END_TEST

START_TEST(select_of_i386_has_its_arguments_in_memory)
{
    uint64_t set = unit_put(&target, 0, (uint32_t[1]){8}, 4);
    uint64_t time = unit_put(&target, 0x40, (uint32_t[2]){1, 5}, 8);
    const uint32_t args[] = {4, (uint32_t)set, 0, 0, (uint32_t)time};
    target.abi = ABI_I386;
    uint64_t at = unit_put(&target, 0x80, args, sizeof(args));
    ENTRY("select(4, [3], NULL, NULL, {tv_sec=1, tv_usec=5})", select, at);
    ENTRY("select(0x13ffc)", select, UNIT_BASE + UNIT_SIZE - 4);
    ENTRY("_newselect(4, [3], NULL, NULL, NULL)", _newselect, 4, set);
}
END_TEST

START_TEST(pselect_has_a_mask_behind_two_pointers)
{
    uint64_t mask = unit_put(&target, 0, (uint64_t[1]){2}, 8);
    uint64_t pair = unit_put(&target, 0x20, (uint64_t[2]){mask, 8}, 16);
    ENTRY("pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[INT], sigsetsize=8})", pselect6, 0, 0, 0, 0, 0,
          pair);
    ENTRY("pselect6(0, NULL, NULL, NULL, NULL, 0x8)", pselect6, 0, 0, 0, 0, 0, 8);
    pair = unit_put(&target, 0x20, (uint64_t[2]){0, 8}, 16);
    ENTRY("pselect6(0, NULL, NULL, NULL, NULL, {sigmask=NULL, sigsetsize=8})", pselect6, 0, 0, 0, 0, 0, pair);
    target.abi = ABI_I386;
    pair = unit_put(&target, 0x20, (uint32_t[2]){UNIT_BASE, 8}, 8);
    ENTRY("pselect6(0, NULL, NULL, NULL, NULL, {sigmask=[INT], sigsetsize=8})", pselect6, 0, 0, 0, 0, 0,
          pair);
}
END_TEST

START_TEST(epoll_events_both_ways)
{
    const unsigned char events[24] = {1, 0, 0, 0x80, 7, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9};
    uint64_t at = unit_put(&target, 0, events, sizeof(events));
    ENTRY("epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLET, data={u32=7, u64=4294967303}})", epoll_ctl,
          4, 1, 3, at);
    ENTRY("epoll_ctl(4, EPOLL_CTL_DEL, 3, 0x10000)", epoll_ctl, 4, 2, 3, at);
    ENTRY("epoll_ctl(4, 0x9 /* EPOLL_CTL_\?\?\? */, 3, 0x10)", epoll_ctl, 4, 9, 3, 0x10);
    ENTRY("epoll_wait(4, 0x10000, 8, -1)", epoll_wait, 4, at, 8, (uint64_t)-1);
    EXIT("epoll_wait(4, [{events=EPOLLIN|EPOLLET, data={u32=7, u64=4294967303}}, {events=EPOLLOUT, "
         "data={u32=9, u64=9}}], 8, -1) = 2",
         epoll_wait, 2, 4, at, 8, (uint64_t)-1);
    EXIT("epoll_wait(4, [], 8, -1) = 0", epoll_wait, 0, 4, at, 8, (uint64_t)-1);
    EXIT("epoll_wait(4, 0x10, 8, -1) = 2", epoll_wait, 2, 4, 0x10, 8, (uint64_t)-1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("poll");
    TCase *tc = tcase_create("poll");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, poll_tells_events_and_revents);
    tcase_add_test(tc, poll_of_hostile_memory);
    tcase_add_test(tc, ppoll_tells_what_is_left);
    tcase_add_test(tc, select_tells_its_sets);
    tcase_add_test(tc, select_of_i386_has_its_arguments_in_memory);
    tcase_add_test(tc, pselect_has_a_mask_behind_two_pointers);
    tcase_add_test(tc, epoll_events_both_ways);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
