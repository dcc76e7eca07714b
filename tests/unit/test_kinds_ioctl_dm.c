/* ioctl: requests to the device mapper. What programs can show is compared with strace's in tests/diff; here
 * is what a kernel would have to write, and what no program would. */
#include "tests/unit/fresh_target.h"

#include <linux/dm-ioctl.h>
#include <linux/ioctl.h>
#include <stdio.h>

#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)
#define INVALID " = -1 EINVAL (Invalid argument)"

static struct dm_ioctl head(uint32_t size)
{
    return (struct dm_ioctl){.version = {4, 1, 2}, .data_size = size, .data_start = sizeof(struct dm_ioctl)};
}

START_TEST(versions)
{
    struct dm_ioctl asked = head(sizeof(asked));
    struct dm_ioctl told = asked;
    told.version[1] = 47;
    uint64_t at = unit_put(&target, 0, &asked, sizeof(asked));
    target.written = (struct unit_written){.bytes = &told, .n = sizeof(told)};
    EXIT("ioctl(3, DM_VERSION, [{version=[4, 1, 2], data_size=312, flags=0}] => [{version=[4, 47, 2], "
         "data_size=312, flags=0}])" INVALID,
         -22, 3, DM_VERSION, at);
    EXIT("ioctl(3, DM_VERSION, [{version=[4, 47, 2], data_size=312, flags=0}])" INVALID, -22, 3, DM_VERSION,
         at);
    told.flags = DM_BUFFER_FULL_FLAG;
    target.written = (struct unit_written){.bytes = &told, .n = sizeof(told)};
    target.abi = ABI_I386;
    EXIT("ioctl(3, DM_VERSION, [{version=[4, 47, 2], data_size=312, flags=0}] => [{version=[4, 47, 2], "
         "data_size=312, flags=DM_BUFFER_FULL_FLAG}])" INVALID,
         -22, 3, DM_VERSION, at);
    EXIT("ioctl(3, DM_VERSION, 0x13ff0)" INVALID, -22, 3, DM_VERSION, UNIT_BASE + UNIT_SIZE - 16);
}
END_TEST

START_TEST(targets)
{
    struct dm_ioctl load = head(400);
    struct dm_target_spec spec = {.length = 8, .next = 0, .target_type = "a name, 16 long"};
    load.target_count = 2;
    spec.target_type[15] = '!';
    target.options.verbose = true;
    unit_put(&target, sizeof(load), &spec, sizeof(spec));
    unit_put(&target, sizeof(load) + sizeof(spec), "no end of it....................................", 48);
    uint64_t at = unit_put(&target, 0, &load, sizeof(load));
    EXIT("ioctl(3, DM_TABLE_LOAD, [{version=[4, 1, 2], data_size=400, data_start=312, target_count=2, "
         "flags=0}, "
         "{sector_start=0, length=8, target_type=\"a name, 16 long\"..., "
         "string=\"no end of it....................\"...}, ??? /* misplaced struct dm_target_spec "
         "*/])" INVALID,
         -22, 3, DM_TABLE_LOAD, at);
    load.target_count = 1;
    load.data_size = 356;
    at = unit_put(&target, 0, &load, sizeof(load));
    EXIT("ioctl(3, DM_TABLE_LOAD, [{version=[4, 1, 2], data_size=356, data_start=312, target_count=1, "
         "flags=0}, "
         "{sector_start=0, length=8, target_type=\"a name, 16 long\"..., string=\"no e\"...}])" INVALID,
         -22, 3, DM_TABLE_LOAD, at);
    load.data_start = 0x10000;
    load.data_size = UINT32_MAX;
    at = unit_put(&target, 0, &load, sizeof(load));
    EXIT("ioctl(3, DM_TABLE_LOAD, [{version=[4, 1, 2], data_size=4294967295, data_start=65536, "
         "target_count=1, "
         "flags=0}, 0x20000])" INVALID,
         -22, 3, DM_TABLE_LOAD, at);
}
END_TEST

/* What -s allows, however much that is; and as far as the buffer goes, whatever is behind it. */
START_TEST(long_text)
{
    char text[501], expected[1024];
    struct dm_ioctl rename = head(sizeof(rename) + sizeof(text));
    memset(text, 'n', sizeof(text) - 1);
    text[sizeof(text) - 1] = 0;
    unit_put(&target, sizeof(rename), text, sizeof(text));
    uint64_t at = unit_put(&target, 0, &rename, sizeof(rename));
    target.options.verbose = true;
    target.options.string_max = 600;
    snprintf(
        expected, sizeof(expected),
        "ioctl(3, DM_DEV_RENAME, [{version=[4, 1, 2], data_size=813, data_start=312, event_nr=0, flags=0}, "
        "{string=\"%s\"}])" INVALID,
        text);
    EXIT(expected, -22, 3, DM_DEV_RENAME, at);
    rename.data_size = sizeof(rename) + 4;
    text[4] = 0;
    unit_put(&target, sizeof(rename), text, 5);
    at = unit_put(&target, 0, &rename, sizeof(rename));
    EXIT("ioctl(3, DM_DEV_RENAME, [{version=[4, 1, 2], data_size=316, data_start=312, event_nr=0, flags=0}, "
         "{string=\"nnnn\"...}])" INVALID,
         -22, 3, DM_DEV_RENAME, at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl dm");
    TCase *tc = tcase_create("ioctl dm");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, versions);
    tcase_add_test(tc, targets);
    tcase_add_test(tc, long_text);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
