/* The calls behind i386's socketcall and ipc. */
#include "tests/unit/fresh_target.h"

#include "decode/demultiplex.h"

static enum call_id behind(enum abi_id abi, enum call_id id, uint64_t args[CALL_ARGS_MAX])
{
    return call_demultiplex(&abis[abi], id, args, &target.memory.mem);
}

START_TEST(socketcall_reads_its_arguments)
{
    uint32_t words[6] = {3, 0x2000, 16, 9, 9, 9};
    uint64_t args[CALL_ARGS_MAX] = {3, unit_put(&target, 0, words, sizeof(words)), 5, 5, 5, 5};
    ck_assert_int_eq(behind(ABI_I386, CALL_socketcall, args), CALL_connect);
    ck_assert_uint_eq(args[0], 3);
    ck_assert_uint_eq(args[1], 0x2000);
    ck_assert_uint_eq(args[2], 16);
    ck_assert_uint_eq(args[3], 0);
}
END_TEST

START_TEST(what_cannot_be_told_stays)
{
    uint64_t unmapped[CALL_ARGS_MAX] = {3, 0x1000, 5};
    uint64_t unknown[CALL_ARGS_MAX] = {99, UNIT_BASE};
    uint64_t none[CALL_ARGS_MAX] = {0, UNIT_BASE};
    uint64_t other[CALL_ARGS_MAX] = {3, UNIT_BASE};
    ck_assert_int_eq(behind(ABI_I386, CALL_socketcall, unmapped), CALL_socketcall);
    ck_assert_uint_eq(unmapped[1], 0x1000);
    ck_assert_uint_eq(unmapped[2], 5);
    ck_assert_int_eq(behind(ABI_I386, CALL_socketcall, unknown), CALL_socketcall);
    ck_assert_int_eq(behind(ABI_I386, CALL_socketcall, none), CALL_socketcall);
    ck_assert_int_eq(behind(ABI_I386, CALL_ipc, unknown), CALL_ipc);
    ck_assert_int_eq(behind(ABI_I386, CALL_openat, other), CALL_openat);
    ck_assert_int_eq(behind(ABI_X86_64, CALL_socketcall, other), CALL_socketcall);
}
END_TEST

START_TEST(ipc_puts_arguments_in_order)
{
    uint64_t semop[CALL_ARGS_MAX] = {1, 7, 2, 0, 0x3000, 0};
    ck_assert_int_eq(behind(ABI_I386, CALL_ipc, semop), CALL_semop);
    ck_assert(semop[0] == 7 && semop[1] == 0x3000 && semop[2] == 2);

    uint32_t kludge[2] = {0x4000, 5};
    uint64_t msgrcv[CALL_ARGS_MAX] = {12, 7, 64, 1, unit_put(&target, 0, kludge, sizeof(kludge)), 8};
    ck_assert_int_eq(behind(ABI_I386, CALL_ipc, msgrcv), CALL_msgrcv);
    ck_assert(msgrcv[0] == 7 && msgrcv[1] == 0x4000 && msgrcv[2] == 64 && msgrcv[3] == 5 && msgrcv[4] == 1);

    uint64_t direct[CALL_ARGS_MAX] = {1 << 16 | 12, 7, 64, 1, 0x4000, 8};
    ck_assert_int_eq(behind(ABI_I386, CALL_ipc, direct), CALL_msgrcv);
    ck_assert(direct[1] == 0x4000 && direct[3] == 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("demultiplex");
    TCase *tc = tcase_create("i386");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, socketcall_reads_its_arguments);
    tcase_add_test(tc, what_cannot_be_told_stays);
    tcase_add_test(tc, ipc_puts_arguments_in_order);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
