/* ioctl: names of requests, known and unknown, and their arguments at entry and exit. */
#include "tests/unit/fresh_target.h"

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/rtc.h>
#include <linux/termios.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/kinds/ioctl.h"

#define ENTRY(text, ...) ck_assert_str_eq(unit_entry(&target, CALL_ioctl, __VA_ARGS__), text " = ?")
#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)

START_TEST(names_ascend)
{
    for (uint32_t i = 1; i < xlat_ioctl_names.count; i++) {
        ck_assert_uint_lt(xlat_ioctl_names.entries[i - 1].value, xlat_ioctl_names.entries[i].value);
    }
}
END_TEST

START_TEST(requests_have_names)
{
    ENTRY("ioctl(3, FS_IOC_GETVERSION, 0x10)", 3, 0x80087601, 0x10);
    ENTRY("ioctl(3, BTRFS_IOC_CLONE or FICLONE, 4)", 3, 0x40049409, 4);
    ENTRY("ioctl(3, EVIOCGBIT(EV_KEY, 8), 0x10)", 3, 0x80084521, 0x10);
    ENTRY("ioctl(3, EVIOCGBIT(0, 8), 0x10)", 3, 0x80084520, 0x10);
    ENTRY("ioctl(3, EVIOCGABS(0x3f /* ABS_\?\?\? */), 0x10)", 3, 0x8018457f, 0x10);
    ENTRY("ioctl(3, EVIOCGNAME(255), 0x10)", 3, 0x80ff4506, 0x10);
    ENTRY("ioctl(3, MIXER_READ(1) or MCE_GET_RECORD_LEN, 0x10)", 3, 0x80044d01, 0x10);
    ENTRY("ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x66, 0x55, 0x4), 0x7)", 3, 0xc0046655, 7);
    ENTRY("ioctl(3, _IOC(_IOC_NONE, 0, 0, 0), 0)", 3, 0, 0);
    ENTRY("ioctl(3, TIOCEXCL)", 3, TIOCEXCL, 7);
}
END_TEST

START_TEST(terminals)
{
    const struct termios modes = {
        .c_iflag = ICRNL | IXON, .c_oflag = OPOST, .c_cflag = B38400 | CS8 | CREAD, .c_lflag = ISIG | ECHO};
    uint64_t at = unit_put(&target, 0, &modes, sizeof(modes));
    ENTRY("ioctl(0, TCGETS, 0x10000)", 0, TCGETS, at);
    EXIT("ioctl(0, TCGETS, {c_iflag=ICRNL|IXON, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST, "
         "c_cflag=B38400|CS8|CREAD, c_lflag=ISIG|ECHO, ...}) = 0",
         0, 0, TCGETS, at);
    EXIT("ioctl(0, TCGETS, 0x10000) = -1 ENOTTY (Inappropriate ioctl for device)", -25, 0, TCGETS, at);
    EXIT("ioctl(0, TCGETS, 0x10) = 0", 0, 0, TCGETS, 0x10);
    memset(target.bytes, 0, 64);
    ENTRY("ioctl(0, SNDCTL_TMR_START or TCSETS, {c_iflag=, c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|, "
          "c_cflag=B0|CS5|, c_lflag=, ...})",
          0, TCSETS, at);
    at = unit_put(&target, 0, (uint16_t[4]){24, 80, 0, 1}, 8);
    EXIT("ioctl(0, TIOCGWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=1}) = 0", 0, 0, TIOCGWINSZ, at);
    ENTRY("ioctl(0, TIOCSWINSZ, 0x13ffc)", 0, TIOCSWINSZ, UNIT_BASE + UNIT_SIZE - 4);
}
END_TEST

START_TEST(numbers_behind_pointers)
{
    uint64_t at = unit_put(&target, 0, (int32_t[2]){-1, 7}, 8);
    ENTRY("ioctl(3, FIONBIO, [-1])", 3, FIONBIO, at);
    ENTRY("ioctl(3, FIONBIO, NULL)", 3, FIONBIO, 0);
    ENTRY("ioctl(3, FIONREAD, 0x10000)", 3, FIONREAD, at);
    EXIT("ioctl(3, FIONREAD, [-1]) = 0", 0, 3, FIONREAD, at);
    EXIT("ioctl(3, BLKGETSIZE64, [34359738367]) = 0", 0, 3, 0x80081272, at);
    EXIT("ioctl(3, FS_IOC_GETFLAGS, [FS_EXTENT_FL]) = 0", 0, 3, 0x80086601,
         unit_put(&target, 16, (uint32_t[1]){0x80000}, 4));
}
END_TEST

START_TEST(interfaces)
{
    unsigned char ifreq[40] = "lo";
    ifreq[16] = 1;
    uint64_t at = unit_put(&target, 0, ifreq, sizeof(ifreq));
    ENTRY("ioctl(3, SIOCGIFINDEX, {ifr_name=\"lo\"})", 3, 0x8933, at);
    EXIT("ioctl(3, SIOCGIFINDEX, {ifr_name=\"lo\", ifr_ifindex=1}) = 0", 0, 3, 0x8933, at);
    EXIT("ioctl(3, SIOCGIFFLAGS, {ifr_name=\"lo\", ifr_flags=IFF_UP}) = 0", 0, 3, 0x8913, at);
    EXIT("ioctl(3, SIOCGIFNAME, {ifr_ifindex=1, ifr_name=\"lo\"}) = 0", 0, 3, 0x8910, at);
    memset(ifreq, 'x', sizeof(ifreq));
    at = unit_put(&target, 0, ifreq, sizeof(ifreq));
    ENTRY("ioctl(3, SIOCSIFNAME, {ifr_name=\"xxxxxxxxxxxxxxx\"..., ifr_newname=\"xxxxxxxxxxxxxxx\"...})", 3,
          0x8923, at);
    ENTRY("ioctl(3, SIOCGIFMTU, 0x13fe0)", 3, 0x8921, UNIT_BASE + UNIT_SIZE - 32);
    target.abi = ABI_I386;
    ENTRY("ioctl(3, SIOCGIFMTU, {ifr_name=\"\"})", 3, 0x8921, UNIT_BASE + UNIT_SIZE - 32);
}
END_TEST

static ssize_t on_a_terminal(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    (void)names;
    (void)details;
    return fd == 0 ? snprintf(buf, n, "/dev/pts/3") : snprintf(buf, n, "/dev/snd/timer");
}

START_TEST(a_terminal_settles_what_is_meant)
{
    const struct fd_names fds = {.describe = on_a_terminal};
    const struct render_options render = {.column = 0};
    uint64_t args[CALL_ARGS_MAX] = {0, TCSETS};
    struct decoder d = {.options = &target.options,
                        .mem = &target.memory.mem,
                        .fds = &fds,
                        .abi = &abis[ABI_X86_64],
                        .args = args,
                        .out = &target.event.values};
    kind_ioctl_request.decode(&d, "cmd", &kind_ioctl_request, TCSETS);
    args[0] = 1;
    kind_ioctl_request.decode(&d, "cmd", &kind_ioctl_request, TCSETS);
    render_value(&target.text, d.out, 1, &render);
    buf_char(&target.text, ';');
    render_value(&target.text, d.out, 2, &render);
    ck_assert_int_eq(strncmp(target.text.data, "TCSETS;SNDCTL_TMR_START or TCSETS", target.text.len), 0);
}
END_TEST

START_TEST(maps_of_extents)
{
    struct fiemap map = {.fm_length = 4096, .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 2};
    struct fiemap answer = map;
    const struct fiemap_extent extent = {.fe_logical = 1, .fe_physical = 2, .fe_length = 3, .fe_flags = 1};
    uint64_t at = unit_put(&target, 0, &map, sizeof(map));
    unit_put(&target, sizeof(map), &extent, sizeof(extent));
    answer.fm_mapped_extents = 1;
    target.written = (struct unit_written){0, &answer, sizeof(answer)};
#define FIEMAP_ASKED "{fm_start=0, fm_length=4096, fm_flags=FIEMAP_FLAG_SYNC, fm_extent_count=2}"
    EXIT("ioctl(3, FS_IOC_FIEMAP, " FIEMAP_ASKED
         " => {fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, ...}) = 0",
         0, 3, FS_IOC_FIEMAP, at);
    target.options.verbose = true;
    EXIT("ioctl(3, FS_IOC_FIEMAP, " FIEMAP_ASKED " => {fm_flags=FIEMAP_FLAG_SYNC, fm_mapped_extents=1, "
         "fm_extents=[{fe_logical=1, fe_physical=2, fe_length=3, fe_flags=FIEMAP_EXTENT_LAST}]}) = 0",
         0, 3, FS_IOC_FIEMAP, at);
    EXIT("ioctl(3, FS_IOC_FIEMAP, " FIEMAP_ASKED ") = -1 EBADF (Bad file descriptor)", -9, 3, FS_IOC_FIEMAP,
         at);
    ENTRY("ioctl(3, FS_IOC_FIEMAP, 0x10)", 3, FS_IOC_FIEMAP, 0x10);
}
END_TEST

START_TEST(ranges_to_share)
{
    struct file_dedupe_range range = {.src_length = 7, .dest_count = 1};
    struct file_dedupe_range_info info = {.dest_fd = 4, .dest_offset = 8};
    uint64_t at = unit_put(&target, 0, &range, sizeof(range));
    unit_put(&target, sizeof(range), &info, sizeof(info));
    ENTRY("ioctl(3, BTRFS_IOC_FILE_EXTENT_SAME or FIDEDUPERANGE, {src_offset=0, src_length=7, dest_count=1, "
          "info=[{dest_fd=4, dest_offset=8}]})",
          3, FIDEDUPERANGE, at);
    info.bytes_deduped = 7;
    info.status = FILE_DEDUPE_RANGE_DIFFERS;
    target.written = (struct unit_written){sizeof(range), &info, sizeof(info)};
    const char *text = unit_exit(&target, CALL_ioctl, 0, 3, FIDEDUPERANGE, at);
    ck_assert_ptr_nonnull(
        strstr(text, "info=[{dest_fd=4, dest_offset=8}]} => {info=[{bytes_deduped=7, status=1}]}) = 0"));
}
END_TEST

START_TEST(loop_devices)
{
    struct loop_info64 info = {.lo_offset = 512, .lo_flags = LO_FLAGS_AUTOCLEAR, .lo_file_name = "/img"};
    uint64_t at = unit_put(&target, 8, &info, sizeof(info));
    const uint32_t setup[2] = {4, 1024};
    unit_put(&target, 0, setup, sizeof(setup));
#define LOOP_SHOWN "{lo_offset=0x200, lo_number=0, lo_flags=LO_FLAGS_AUTOCLEAR, lo_file_name=\"/img\", ...}"
    ENTRY("ioctl(3, LOOP_SET_STATUS64, " LOOP_SHOWN ")", 3, LOOP_SET_STATUS64, at);
    EXIT("ioctl(3, LOOP_GET_STATUS64, " LOOP_SHOWN ") = 0", 0, 3, LOOP_GET_STATUS64, at);
    ENTRY("ioctl(3, LOOP_CONFIGURE, {fd=4, block_size=1024, info=" LOOP_SHOWN "})", 3, 0x4c0a, at - 8);
    ENTRY("ioctl(3, LOOP_GET_STATUS64, 0x10008)", 3, LOOP_GET_STATUS64, at);
}
END_TEST

START_TEST(faults_alarms_and_partitions)
{
    const uint64_t asked[3] = {0xaa, 2, 0}, has[3] = {0xaa, 0x82, 3};
    uint64_t at = unit_put(&target, 0, asked, sizeof(asked));
    target.written = (struct unit_written){0, has, sizeof(has)};
    EXIT("ioctl(3, UFFDIO_API, {api=0xaa, features=UFFD_FEATURE_EVENT_FORK => "
         "features=UFFD_FEATURE_EVENT_FORK|UFFD_FEATURE_SIGBUS, "
         "ioctls=1<<_UFFDIO_REGISTER|1<<_UFFDIO_UNREGISTER}) = 0",
         0, 3, UFFDIO_API, at);
    const struct rtc_wkalrm alarm = {.enabled = 1, .time = {.tm_min = 5}};
    at = unit_put(&target, 0, &alarm, sizeof(alarm));
    ENTRY("ioctl(3, RTC_WKALM_SET, {enabled=1, pending=0, time={tm_sec=0, tm_min=5, tm_hour=0, tm_mday=0, "
          "tm_mon=0, "
          "tm_year=0, ...}})",
          3, RTC_WKALM_SET, at);
    const struct {
        int64_t start, length;
        int32_t number;
        char device[64], volume[64];
    } partition = {512, 1024, 2, "sda2", ""};
    const uint64_t blkpg[3] = {1, sizeof(partition), unit_put(&target, 0, &partition, sizeof(partition))};
    at = unit_put(&target, 0x200, blkpg, sizeof(blkpg));
    ENTRY(
        "ioctl(3, BLKPG, {op=BLKPG_ADD_PARTITION, flags=0, datalen=152, data={start=512, length=1024, pno=2, "
        "devname=\"sda2\", volname=\"\"}})",
        3, 0x1269, at);
    ENTRY("ioctl(3, EVIOCGRAB, 1)", 3, 0x40044590, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl");
    TCase *tc = tcase_create("ioctl");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, names_ascend);
    tcase_add_test(tc, requests_have_names);
    tcase_add_test(tc, terminals);
    tcase_add_test(tc, numbers_behind_pointers);
    tcase_add_test(tc, interfaces);
    tcase_add_test(tc, a_terminal_settles_what_is_meant);
    tcase_add_test(tc, maps_of_extents);
    tcase_add_test(tc, ranges_to_share);
    tcase_add_test(tc, loop_devices);
    tcase_add_test(tc, faults_alarms_and_partitions);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
