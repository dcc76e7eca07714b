/* The tables: numbers, names and lines agree with each other in every ABI. */
#include "tests/unit/unit.h"

#include <linux/audit.h>
#include <sys/syscall.h>

START_TEST(numbers_and_calls_agree)
{
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        const struct abi *abi = &abis[a];
        unsigned known = 0;
        for (uint32_t i = 0; i < abi->count; i++) {
            int number = (int)(i | abi->number_bit);
            enum call_id id = call_find(abi, number);
            ck_assert_ptr_eq(abi_find(abi->audit_arch, number), abi);
            ck_assert_uint_lt(id, CALL_COUNT);
            if (id != CALL_none) {
                known++;
                /* One number per name, so that the way back is the same. */
                ck_assert_msg(call_number(abi, id) == number, "%s: %s has two numbers", abi->name,
                              call_line(id)->name);
            }
        }
        ck_assert_uint_gt(known, 300);
    }
}
END_TEST

/* Against the numbers of the installed headers. */
START_TEST(numbers_are_the_kernels)
{
    static const struct {
        long number;
        enum call_id id;
    } some[] = {
        {SYS_read, CALL_read},
        {SYS_openat, CALL_openat},
        {SYS_execve, CALL_execve},
        {SYS_exit_group, CALL_exit_group},
        {SYS_clone3, CALL_clone3},
        {SYS_statx, CALL_statx},
        {SYS_io_uring_setup, CALL_io_uring_setup},
    };
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        ck_assert_int_eq(call_number(&abis[ABI_X86_64], some[i].id), (int)some[i].number);
    }
    ck_assert_int_eq(call_number(&abis[ABI_I386], CALL_socketcall), 102);
    ck_assert_int_eq(call_number(&abis[ABI_X32], CALL_read), 0x40000000);
    ck_assert_int_eq(call_number(&abis[ABI_X86_64], CALL_socketcall), -1);
    ck_assert_int_eq(call_number(&abis[ABI_X86_64], CALL_none), -1);
}
END_TEST

START_TEST(names_are_found_and_unique)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        const char *name = call_line((enum call_id)id)->name;
        ck_assert_msg(call_by_name(name, strlen(name)) == id, "%s is not itself", name);
    }
    ck_assert_uint_eq(call_by_name("opena", 5), CALL_none);
    ck_assert_uint_eq(call_by_name("openat", 5), CALL_none);
    ck_assert_uint_eq(call_by_name("openat!", 6), CALL_openat);
    ck_assert_uint_eq(call_by_name("", 0), CALL_none);
}
END_TEST

START_TEST(lines_are_whole)
{
    for (unsigned id = CALL_none; id < CALL_COUNT; id++) {
        for (unsigned a = 0; a < ABI_COUNT; a++) {
            const struct call *line = call_line_in(&abis[a], (enum call_id)id);
            ck_assert_uint_le(line->nargs, CALL_ARGS_MAX);
            ck_assert(id == CALL_none || line->name != NULL);
            ck_assert_ptr_nonnull(line->result);
            for (unsigned i = 0; i < line->nargs; i++) {
                ck_assert_msg(line->args[i].name && line->args[i].kind && line->args[i].kind->decode,
                              "argument %u of %s", i, line->name);
                ck_assert_uint_lt(arg_register(&line->args[i], i), CALL_ARGS_MAX);
            }
        }
    }
}
END_TEST

START_TEST(odd_numbers)
{
    static const int odd[] = {-1, INT32_MIN, INT32_MAX, 0x3fffffff, 0x40000000 + 5000, 5000};
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
        const struct abi *abi = abi_find(AUDIT_ARCH_X86_64, odd[i]);
        ck_assert_ptr_nonnull(abi);
        ck_assert_uint_eq(call_find(abi, odd[i]), CALL_none);
        abi = abi_find(AUDIT_ARCH_I386, odd[i]);
        ck_assert_ptr_eq(abi, &abis[ABI_I386]);
        ck_assert_uint_eq(call_find(abi, odd[i]), CALL_none);
    }
    ck_assert_ptr_null(abi_find(AUDIT_ARCH_AARCH64, 0));
}
END_TEST

START_TEST(sets)
{
    struct call_set set = {{0}};
    call_set_add(&set, CALL_read);
    call_set_add(&set, (enum call_id)(CALL_COUNT - 1));
    ck_assert(call_set_has(&set, CALL_read) && call_set_has(&set, (enum call_id)(CALL_COUNT - 1)));
    call_set_remove(&set, CALL_read);
    ck_assert(!call_set_has(&set, CALL_read) && call_set_has(&set, (enum call_id)(CALL_COUNT - 1)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("call");
    TCase *tc = tcase_create("tables");
    tcase_add_test(tc, numbers_and_calls_agree);
    tcase_add_test(tc, numbers_are_the_kernels);
    tcase_add_test(tc, names_are_found_and_unique);
    tcase_add_test(tc, lines_are_whole);
    tcase_add_test(tc, odd_numbers);
    tcase_add_test(tc, sets);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
