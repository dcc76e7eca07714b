/* Directory entries, file handles and extended attributes: what calls return in buffers. */
#include "tests/unit/fresh_target.h"

/* One entry of getdents64 at `offset`: number, offset, length, type, name. */
static void put_entry(size_t offset, uint64_t number, uint16_t length, uint8_t type, const char *name)
{
    const uint64_t head[] = {number, number + 100};
    unit_put(&target, offset, head, sizeof(head));
    unit_put(&target, offset + 16, &length, sizeof(length));
    unit_put(&target, offset + 18, &type, 1);
    unit_put(&target, offset + 19, name, strlen(name) + 1);
}

START_TEST(entries_are_counted)
{
    put_entry(0, 1, 24, 4, ".");
    put_entry(24, 2, 24, 4, "..");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 48, 3, UNIT_BASE, 32768),
                     "getdents64(3, 0x10000 /* 2 entries */, 32768) = 48");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 0, 3, UNIT_BASE, 32768),
                     "getdents64(3, 0x10000 /* 0 entries */, 32768) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_getdents64, 3, UNIT_BASE, 32768),
                     "getdents64(3, 0x10000, 32768) = ?");
}
END_TEST

START_TEST(entries_in_full)
{
    target.options.verbose = true;
    put_entry(0, 1, 24, 4, ".");
    put_entry(24, 2, 32, 8, "regular");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 56, 3, UNIT_BASE, 32768),
                     "getdents64(3, [{d_ino=1, d_off=101, d_reclen=24, d_type=DT_DIR, d_name=\".\"}, "
                     "{d_ino=2, d_off=102, d_reclen=32, d_type=DT_REG, d_name=\"regular\"}], 32768) = 56");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 0, 3, UNIT_BASE, 32768),
                     "getdents64(3, [], 32768) = 0");
}
END_TEST

START_TEST(hostile_entries_end_the_count)
{
    put_entry(0, 1, 24, 4, ".");
    put_entry(24, 2, 0, 4, "loops");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 96, 3, UNIT_BASE, 32768),
                     "getdents64(3, 0x10000 /* 1+ entries */, 32768) = 96");
    put_entry(24, 2, 65535, 4, "overflows");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 96, 3, UNIT_BASE, 32768),
                     "getdents64(3, 0x10000 /* 1+ entries */, 32768) = 96");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 96, 3, 0x5000, 32768),
                     "getdents64(3, 0x5000 /* 0+ entries */, 32768) = 96");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 96, 3, UNIT_BASE, 95),
                     "getdents64(3, 0x10000, 95) = 96");
    target.options.verbose = true;
    memset(target.bytes + UNIT_SIZE - 24, 'n', 24);
    put_entry(UNIT_SIZE - 24, 1, 24, 99, "nnn");
    memset(target.bytes + UNIT_SIZE - 5, 'n', 5);
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 48, 3, UNIT_BASE + UNIT_SIZE - 24, 32768),
                     "getdents64(3, [{d_ino=1, d_off=101, d_reclen=24, d_type=0x63 /* DT_??? */, "
                     "d_name=\"nnnnn\"...}, ...], 32768) = 48");
}
END_TEST

START_TEST(old_entries_of_both_widths)
{
    target.options.verbose = true;
    const uint64_t wide[] = {1, 2};
    const uint16_t length = 24;
    unit_put(&target, 0, wide, sizeof(wide));
    unit_put(&target, 16, &length, sizeof(length));
    unit_put(&target, 18, "abc\0\0\x08", 6);
    ck_assert_str_eq(
        unit_exit(&target, CALL_getdents, 24, 3, UNIT_BASE, 100),
        "getdents(3, [{d_ino=1, d_off=2, d_reclen=24, d_name=\"abc\", d_type=DT_REG}], 100) = 24");
    target.abi = ABI_I386;
    const uint32_t narrow[] = {3, 4};
    const uint16_t short_length = 16;
    unit_put(&target, 0, narrow, sizeof(narrow));
    unit_put(&target, 8, &short_length, sizeof(short_length));
    unit_put(&target, 10, "xy\0\0\0\x04", 6);
    ck_assert_str_eq(
        unit_exit(&target, CALL_getdents, 16, 3, UNIT_BASE, 100),
        "getdents(3, [{d_ino=3, d_off=4, d_reclen=16, d_name=\"xy\", d_type=DT_DIR}], 100) = 16");
}
END_TEST

START_TEST(handle_shows_the_change)
{
    const uint32_t asked[] = {128, 0};
    uint64_t at = unit_put(&target, 0, asked, sizeof(asked));
    const int32_t mount_id = 29;
    uint64_t id = unit_put(&target, 256, &mount_id, sizeof(mount_id));
    ck_assert_str_eq(unit_entry(&target, CALL_name_to_handle_at, 3, 0, at, id, 0x1000),
                     "name_to_handle_at(3, NULL, {handle_bytes=128}, 0x10100, AT_EMPTY_PATH) = ?");
    ck_assert_str_eq(
        unit_exit(&target, CALL_name_to_handle_at, -2, 3, 0, at, id, 0),
        "name_to_handle_at(3, NULL, {handle_bytes=128}, 0x10100, 0) = -1 ENOENT (No such file or "
        "directory)");
    const unsigned char handle[] = {2, 0, 0, 0, 1, 0, 0, 0, 0xfe, 0x01};
    unit_put(&target, 0, handle, sizeof(handle));
    ck_assert_str_eq(unit_exit(&target, CALL_name_to_handle_at, 0, 3, 0, at, id, 0),
                     "name_to_handle_at(3, NULL, {handle_bytes=2, handle_type=1, f_handle=\"\\xfe\\x01\"}, "
                     "[29], 0) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_open_by_handle_at, 4, at, 2),
                     "open_by_handle_at(4, {handle_bytes=2, handle_type=1, f_handle=\"\\xfe\\x01\"}, O_RDWR) "
                     "= ?");
}
END_TEST

/* Memory whose first word says 128 until it was read once: what the call does to handle_bytes. */
static ssize_t read_before_and_after(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    static const uint32_t before = 128;
    mem_buffer_init(&target.memory, UNIT_BASE, target.bytes, sizeof(target.bytes));
    ssize_t got = mem->read(mem, addr, buf, n);
    memcpy(buf, &before, sizeof(before));
    return got;
}

START_TEST(handle_bytes_changes)
{
    const unsigned char handle[] = {2, 0, 0, 0, 1, 0, 0, 0, 0xfe, 0x01};
    uint64_t at = unit_put(&target, 0, handle, sizeof(handle));
    target.memory.mem.read = read_before_and_after;
    ck_assert_str_eq(unit_exit(&target, CALL_name_to_handle_at, 0, 3, 0, at, 0, 0),
                     "name_to_handle_at(3, NULL, {handle_bytes=128 => 2, handle_type=1, "
                     "f_handle=\"\\xfe\\x01\"}, NULL, 0) = 0");
    target.memory.mem.read = read_before_and_after;
    ck_assert_str_eq(unit_exit(&target, CALL_name_to_handle_at, -75, 3, 0, at, 0, 0),
                     "name_to_handle_at(3, NULL, {handle_bytes=128 => 2}, NULL, 0) = -1 EOVERFLOW (Value too "
                     "large for defined data type)");
}
END_TEST

START_TEST(handle_may_be_short)
{
    const uint32_t header[] = {UINT32_MAX, 5};
    uint64_t last = unit_put(&target, UNIT_SIZE - sizeof(header), header, sizeof(header));
    ck_assert_str_eq(unit_entry(&target, CALL_open_by_handle_at, 4, last, 0),
                     "open_by_handle_at(4, {handle_bytes=4294967295, handle_type=5, f_handle=???}, O_RDONLY) "
                     "= ?");
    ck_assert_str_eq(unit_entry(&target, CALL_open_by_handle_at, 4, last + 1, 0),
                     "open_by_handle_at(4, 0x13ff9, O_RDONLY) = ?");
}
END_TEST

START_TEST(attribute_values)
{
    uint64_t name = unit_put(&target, 0, "user.a", 7);
    uint64_t value = unit_put(&target, 16, "text\0", 5);
    ck_assert_str_eq(unit_entry(&target, CALL_fsetxattr, 3, name, value, 5, 1),
                     "fsetxattr(3, \"user.a\", \"text\", 5, XATTR_CREATE) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsetxattr, 3, name, value, 65537, 0),
                     "fsetxattr(3, \"user.a\", 0x10010, 65537, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsetxattr, 3, name, 0, 0, 0),
                     "fsetxattr(3, \"user.a\", NULL, 0, 0) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_fgetxattr, 4, 3, name, value, 100),
                     "fgetxattr(3, \"user.a\", \"text\", 100) = 4");
    ck_assert_str_eq(unit_exit(&target, CALL_fgetxattr, 4, 3, name, value, 0),
                     "fgetxattr(3, \"user.a\", 0x10010, 0) = 4");
    ck_assert_str_eq(unit_exit(&target, CALL_fgetxattr, -61, 3, name, value, 100),
                     "fgetxattr(3, \"user.a\", 0x10010, 100) = -1 ENODATA (No data available)");
    ck_assert_str_eq(unit_exit(&target, CALL_flistxattr, 7, 3, name, 100),
                     "flistxattr(3, \"user.a\\0\", 100) = 7");
}
END_TEST

START_TEST(attribute_arguments)
{
    uint64_t name = unit_put(&target, 0, "user.a", 7);
    uint64_t value = unit_put(&target, 16, "text", 4);
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args = {value, 4, 2};
    uint64_t at = unit_put(&target, 64, &args, sizeof(args));
    ck_assert_str_eq(unit_entry(&target, CALL_setxattrat, 3, 0, 0x1000, name, at, 16),
                     "setxattrat(3, NULL, AT_EMPTY_PATH, \"user.a\", {value=\"text\", size=4, "
                     "flags=XATTR_REPLACE}, 16) = ?");
    ck_assert_str_eq(
        unit_entry(&target, CALL_getxattrat, 3, 0, 0, name, at, 16),
        "getxattrat(3, NULL, 0, \"user.a\", {value=0x10010, size=4, flags=XATTR_REPLACE}, 16) = ?");
    ck_assert_str_eq(
        unit_exit(&target, CALL_getxattrat, 2, 3, 0, 0, name, at, 16),
        "getxattrat(3, NULL, 0, \"user.a\", {value=\"te\", size=4, flags=XATTR_REPLACE}, 16) = 2");
    ck_assert_str_eq(unit_entry(&target, CALL_getxattrat, 3, 0, 0, name, at, 15),
                     "getxattrat(3, NULL, 0, \"user.a\", 0x10040, 15) = ?");
}
END_TEST

START_TEST(file_attributes)
{
    struct {
        uint64_t xflags;
        uint32_t extsize, nextents, projid, cowextsize;
    } attr = {0x18, 1, 2, 3, 4};
    uint64_t at = unit_put(&target, 0, &attr, sizeof(attr));
    ck_assert_str_eq(unit_exit(&target, CALL_file_getattr, 0, 3, 0, at, 24, 0x100),
                     "file_getattr(3, NULL, {fa_xflags=FS_XFLAG_IMMUTABLE|FS_XFLAG_APPEND, fa_extsize=1, "
                     "fa_nextents=2, fa_projid=0x3, fa_cowextsize=4}, 24, AT_SYMLINK_NOFOLLOW) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_file_setattr, 3, 0, at, 24, 0),
                     "file_setattr(3, NULL, {fa_xflags=FS_XFLAG_IMMUTABLE|FS_XFLAG_APPEND, fa_extsize=1, "
                     "fa_projid=0x3, fa_cowextsize=4}, 24, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_file_setattr, 3, 0, at, 4097, 0),
                     "file_setattr(3, NULL, 0x10000, 4097, 0) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file data");
    TCase *tc = tcase_create("data");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, entries_are_counted);
    tcase_add_test(tc, entries_in_full);
    tcase_add_test(tc, hostile_entries_end_the_count);
    tcase_add_test(tc, old_entries_of_both_widths);
    tcase_add_test(tc, handle_shows_the_change);
    tcase_add_test(tc, handle_bytes_changes);
    tcase_add_test(tc, handle_may_be_short);
    tcase_add_test(tc, attribute_values);
    tcase_add_test(tc, attribute_arguments);
    tcase_add_test(tc, file_attributes);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
