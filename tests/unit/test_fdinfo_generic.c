/* Names of families of NETLINK_GENERIC, asked of the kernel that runs the test. */
#include "supervisor/fdinfo_generic.h"

#include <errno.h>
#include <linux/genetlink.h>

#include "tests/unit/unit.h"

START_TEST(the_kernel_knows_its_families)
{
    char name[16];
    ck_assert_int_eq(fdinfo_generic(GENL_ID_CTRL, name, sizeof(name)), 6);
    ck_assert_mem_eq(name, "nlctrl", 6);
    ck_assert_int_eq(fdinfo_generic(GENL_ID_CTRL, name, 5), -ENOENT);
    ck_assert_int_eq(fdinfo_generic(0xfff0, name, sizeof(name)), -ENOENT);
    ck_assert_int_eq(fdinfo_generic(0x10010, name, sizeof(name)), -ENOENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fdinfo_generic");
    TCase *tc = tcase_create("fdinfo_generic");
    tcase_add_test(tc, the_kernel_knows_its_families);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
