/* ioctl: requests whose structures the kernel completes, replaces, or answers in a buffer behind them. */
#include "tests/unit/fresh_target.h"

#include <errno.h>
#include <linux/bsg.h>
#include <linux/gpio.h>
#include <linux/hdreg.h>
#include <linux/ioctl.h>
#include <linux/kd.h>
#include <linux/loop.h>
#include <linux/nsfs.h>
#include <linux/ptp_clock.h>
#include <linux/rtc.h>
#include <linux/tee.h>
#include <linux/userfaultfd.h>
#include <linux/watchdog.h>

#define ENTRY(text, ...) ck_assert_str_eq(unit_entry(&target, CALL_ioctl, __VA_ARGS__), text " = ?")
#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)
#define BAD " = -1 EBADF (Bad file descriptor)"

static void writes(size_t offset, const void *bytes, size_t n)
{
    target.written = (struct unit_written){offset, bytes, n};
}

START_TEST(sessions)
{
    struct {
        struct tee_ioctl_open_session_arg session;
        struct tee_ioctl_param parameters[2];
    } open = {.session = {.uuid = {0x12, 0x34, [15] = 0xff},
                          .clnt_login = TEE_IOCTL_LOGIN_GROUP,
                          .clnt_uuid = {7},
                          .num_params = 2},
              .parameters = {{TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, 1, 2, 3}, {0x103, 4, 5, 6}}},
      told;
    const struct tee_ioctl_buf_data buffer = {UNIT_BASE + 0x100, sizeof(open)};
    uint64_t at = unit_put(&target, 0, &buffer, sizeof(buffer));
    unit_put(&target, 0x100, &open, sizeof(open));
#define PARAMETERS                                                                                           \
    "params=[{attr=TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT, shm_offs=0x1, size=0x2, shm_id=3}, "              \
    "{attr=TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT|TEE_IOCTL_PARAM_ATTR_META, a=0x4, b=0x5, c=0x6}]}"
#define ASKED                                                                                                \
    "ioctl(3, TEE_IOC_OPEN_SESSION, {buf_len=120, buf_ptr={uuid=12340000-0000-0000-0000-0000000000ff, "      \
    "clnt_login=TEE_IOCTL_LOGIN_GROUP, clnt_uuid=7, cancel_id=0, num_params=2, " PARAMETERS
    ENTRY(ASKED "})", 3, TEE_IOC_OPEN_SESSION, at);
    EXIT(ASKED "})" BAD, -9, 3, TEE_IOC_OPEN_SESSION, at);
    told = open;
    told.session.session = 9;
    told.session.ret_origin = 3;
    writes(0x100, &told, sizeof(told));
    EXIT(ASKED " => {session=0x9, ret=0, ret_origin=TEEC_ORIGIN_TEE, " PARAMETERS "}) = 0", 0, 3,
         TEE_IOC_OPEN_SESSION, at);
    writes(0, NULL, 0);
    unit_put(&target, 0, &(struct tee_ioctl_buf_data){UNIT_BASE + 0x100, sizeof(open) - 1}, sizeof(buffer));
    ENTRY("ioctl(3, TEE_IOC_OPEN_SESSION, {buf_len=119, buf_ptr=0x10100})", 3, TEE_IOC_OPEN_SESSION, at);
    struct tee_ioctl_shm_alloc_data memory = {.size = 4096, .flags = 2};
    at = unit_put(&target, 0, &memory, sizeof(memory));
    memory.id = 5;
    writes(0, &memory, sizeof(memory));
    EXIT("ioctl(3, TEE_IOC_SHM_ALLOC, {size=0x1000, flags=TEE_IOCTL_SHM_DMA_BUF} => {size=0x1000, "
         "flags=TEE_IOCTL_SHM_DMA_BUF, id=5}) = 0",
         0, 3, TEE_IOC_SHM_ALLOC, at);
    at = unit_put(&target, 0, (uint32_t[3]){1, 1, 5}, 12);
    writes(0, NULL, 0);
    EXIT("ioctl(3, TEE_IOC_VERSION, {impl_id=TEE_IMPL_ID_OPTEE, gen_caps=TEE_GEN_CAP_GP|TEE_GEN_CAP_REG_MEM, "
         "impl_caps=TEE_OPTEE_CAP_TZ}) = 0",
         0, 3, TEE_IOC_VERSION, at);
}
END_TEST

START_TEST(clocks)
{
    struct rtc_param parameter = {.param = 1, .index = 2};
    uint64_t at = unit_put(&target, 0, &parameter, sizeof(parameter));
    ENTRY("ioctl(3, RTC_PARAM_SET, {param=RTC_PARAM_CORRECTION, svalue=0, index=2})", 3, RTC_PARAM_SET, at);
    EXIT("ioctl(3, RTC_PARAM_GET, {param=RTC_PARAM_CORRECTION, index=2} => 0x10000)" BAD, -9, 3,
         RTC_PARAM_GET, at);
    parameter.svalue = -5;
    writes(0, &parameter, sizeof(parameter));
    EXIT("ioctl(3, RTC_PARAM_GET, {param=RTC_PARAM_CORRECTION, index=2} => {svalue=-5}) = 0", 0, 3,
         RTC_PARAM_GET, at);
    struct ptp_sys_offset offset = {.n_samples = 1, .ts = {{0, 1, 0}, {2, 3, 4}, {0, 5, 0}}};
    at = unit_put(&target, 0, &offset, sizeof(offset));
    writes(0, NULL, 0);
    ENTRY("ioctl(3, PTP_SYS_OFFSET, {n_samples=1})", 3, PTP_SYS_OFFSET, at);
    const char *text = unit_exit(&target, CALL_ioctl, 0, 3, PTP_SYS_OFFSET, at);
    ck_assert(strstr(text, "{n_samples=1, ts=[{sec=0, nsec=1} /*") != NULL);
    ck_assert(strstr(text, ", {sec=2, nsec=3, reserved=0x4} /*") != NULL);
    at = unit_put(&target, 0, (int32_t[20]){1, [8] = 2500000}, 80);
    EXIT("ioctl(3, PTP_CLOCK_GETCAPS, {max_adj=1, n_alarm=0, n_ext_ts=0, n_per_out=0, pps=0, n_pins=0, "
         "cross_timestamping=0, adjust_phase=0, max_phase_adj=2500000 /* 0.002500000 s */}) = 0",
         0, 3, PTP_CLOCK_GETCAPS, at);
    struct ptp_pin_desc pin = {.index = 3};
    at = unit_put(&target, 0, &pin, sizeof(pin));
    memcpy(pin.name, "SDP0", 5);
    pin.func = 1;
    writes(0, &pin, sizeof(pin));
    EXIT("ioctl(3, PTP_PIN_GETFUNC, {index=3, name=\"SDP0\", func=PTP_PF_EXTTS, chan=0}) = 0", 0, 3,
         PTP_PIN_GETFUNC, at);
    struct watchdog_info watchdog = {WDIOF_SETTIMEOUT | WDIOF_MAGICCLOSE, 1, "soft"};
    writes(0, NULL, 0);
    at = unit_put(&target, 0, &watchdog, sizeof(watchdog));
    EXIT("ioctl(3, WDIOC_GETSUPPORT, {options=WDIOF_SETTIMEOUT|WDIOF_MAGICCLOSE, firmware_version=1, "
         "identity=\"soft\"}) = 0",
         0, 3, WDIOC_GETSUPPORT, at);
}
END_TEST

START_TEST(layouts_of_32_bits)
{
    uint64_t at = unit_put(&target, 0, (int32_t[8]){1, 2, 3, 4, 5, 6, 7, 8}, 32);
    EXIT(
        "ioctl(3, RTC_PLL_GET, {pll_ctrl=1, pll_value=2, pll_max=3, pll_min=4, pll_posmult=5, pll_negmult=6, "
        "pll_clock=34359738375}) = 0",
        0, 3, RTC_PLL_GET, at);
    target.abi = ABI_I386;
    EXIT(
        "ioctl(3, RTC_PLL_GET, {pll_ctrl=1, pll_value=2, pll_max=3, pll_min=4, pll_posmult=5, pll_negmult=6, "
        "pll_clock=7}) = 0",
        0, 3, 0x801c7011, at);
    EXIT("ioctl(3, HDIO_GETGEO, {heads=1, sectors=0, cylinders=0, start=2}) = 0", 0, 3, HDIO_GETGEO, at);
    unsigned char loop[140] = {[0] = 3, [4] = 0x01, [5] = 0x07, [16] = 0x10, [28] = LO_FLAGS_AUTOCLEAR};
    memcpy(loop + 32, "disk.img", 9);
    loop[136] = 0xab;
    at = unit_put(&target, 0, loop, sizeof(loop));
    EXIT("ioctl(3, LOOP_GET_STATUS, {lo_number=3, lo_offset=0x10, lo_flags=LO_FLAGS_AUTOCLEAR, "
         "lo_name=\"disk.img\", ...}) = 0",
         0, 3, LOOP_GET_STATUS, at);
    target.options.verbose = true;
    EXIT("ioctl(3, LOOP_GET_STATUS, {lo_number=3, lo_device=makedev(0x7, 0x1), lo_inode=0, "
         "lo_rdevice=makedev(0, 0), lo_offset=0x10, lo_encrypt_type=LO_CRYPT_NONE, lo_encrypt_key_size=0, "
         "lo_flags=LO_FLAGS_AUTOCLEAR, lo_name=\"disk.img\", lo_encrypt_key=\"\", lo_init=[0, 0], "
         "reserved=[0xab, 0, 0, 0]}) = 0",
         0, 3, LOOP_GET_STATUS, at);
    target.options.verbose = false;
    unsigned char trace[64] = {[32] = 1, [36] = 2, [40] = 3, [44] = 4, [52] = 5, [60] = 6};
    at = unit_put(&target, 0, trace, sizeof(trace));
    trace[0] = 'l';
    writes(0, trace, sizeof(trace));
    EXIT("ioctl(3, BLKTRACESETUP, {act_mask=1, buf_size=2, buf_nr=3, start_lba=4, end_lba=5, pid=6, "
         "name=\"l\"}) = 0",
         0, 3, 0xc0401273, at);
}
END_TEST

START_TEST(lines)
{
    struct gpio_v2_line_info info = {.offset = 4};
    uint64_t at = unit_put(&target, 0, &info, sizeof(info));
    memcpy(info.name, "LED", 4);
    info.num_attrs = 2;
    info.attrs[0] = (struct gpio_v2_line_attribute){.id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE, .values = 50};
    info.attrs[1] = (struct gpio_v2_line_attribute){.id = 9, .values = 8};
    writes(0, &info, sizeof(info));
    EXIT("ioctl(3, GPIO_V2_GET_LINEINFO_IOCTL, {offset=4} => {name=\"LED\", consumer=\"\", flags=0, "
         "num_attrs=2, "
         "attrs=[{debounce_period_us=50}, {id=9, data=0x8}]}) = 0",
         0, 3, GPIO_V2_GET_LINEINFO_IOCTL, at);
    struct gpiohandle_request request = {.lineoffsets = {1, 2}, .lines = 2, .default_values = {0, 1}};
    at = unit_put(&target, 0, &request, sizeof(request));
    request.fd = 7;
    writes(0, &request, sizeof(request));
    EXIT("ioctl(3, GPIO_GET_LINEHANDLE_IOCTL, {lines=2, lineoffsets=[1, 2], flags=0, default_values=[0, 1], "
         "consumer_label=\"\"} => {fd=7}) = 0",
         0, 3, GPIO_GET_LINEHANDLE_IOCTL, at);
}
END_TEST

START_TEST(disks)
{
    unsigned char command[8] = {0xec, 0, 0, 1}, answer[8] = {0x51, 4, 0, 1, 0xaa};
    uint64_t at = unit_put(&target, 0, command, sizeof(command));
#define IDENTIFY                                                                                             \
    "ioctl(3, HDIO_DRIVE_CMD, {command=ATA_CMD_ID_ATA, sector_number=0, feature=0, sector_count=1}"
    ENTRY(IDENTIFY ")", 3, HDIO_DRIVE_CMD, at);
    EXIT(IDENTIFY ")" BAD, -9, 3, HDIO_DRIVE_CMD, at);
    target.options.string_max = 1;
    writes(0, answer, sizeof(answer));
    EXIT(IDENTIFY " => {status=0x51, error=4, nsector=0, buf=\"\\xaa\"...}) = -1 EIO (Input/output error)",
         -EIO, 3, HDIO_DRIVE_CMD, at);
    target.options.string_max = 32;
    writes(0, NULL, 0);
    struct sg_io_v4 io = {.guard = 'Q',
                          .request_len = 2,
                          .request = UNIT_BASE + 0x200,
                          .din_xferp = UNIT_BASE + 0x200,
                          .din_xfer_len = 4,
                          .din_resid = 3};
    unit_put(&target, 0x200, command, sizeof(command));
    at = unit_put(&target, 0, &io, sizeof(io));
    EXIT("ioctl(3, SG_IO, {guard='Q', protocol=BSG_PROTOCOL_SCSI, subprotocol=BSG_SUB_PROTOCOL_SCSI_CMD, "
         "request_len=2, request=\"\\xec\\x00\", request_tag=0, request_attr=0, request_priority=0, "
         "request_extra=0, max_response_len=0, dout_iovec_count=0, dout_xfer_len=0, din_iovec_count=0, "
         "din_xfer_len=4, dout_xferp=NULL, timeout=0, flags=0, usr_ptr=0, response_len=0, response=NULL, "
         "din_xferp=\"\\xec\", driver_status=0, transport_status=0, device_status=0, retry_delay=0, info=0, "
         "duration=0, response_len=0, din_resid=3, dout_resid=0, generated_tag=0}) = 0",
         0, 3, 0x2285, at);
}
END_TEST

START_TEST(faults)
{
    struct uffdio_copy copy = {1, 2, 3, UFFDIO_COPY_MODE_WP, -17};
    uint64_t at = unit_put(&target, 0, &copy, sizeof(copy));
    ENTRY("ioctl(3, UFFDIO_COPY, {dst=0x1, src=0x2, len=0x3, mode=UFFDIO_COPY_MODE_WP})", 3, UFFDIO_COPY, at);
    EXIT("ioctl(3, UFFDIO_COPY, {dst=0x1, src=0x2, len=0x3, mode=UFFDIO_COPY_MODE_WP, "
         "copy=0xffffffffffffffef}) = 0",
         0, 3, UFFDIO_COPY, at);
    EXIT("ioctl(3, UFFDIO_CONTINUE, {range={start=0x1, len=0x2}, mode=UFFDIO_CONTINUE_MODE_DONTWAKE|"
         "UFFDIO_CONTINUE_MODE_WP, mapped=2}) = 0",
         0, 3, UFFDIO_CONTINUE, at);
    const struct uffdio_api api = {.api = UFFD_API};
    at = unit_put(&target, 0, &api, sizeof(api));
    EXIT("ioctl(3, UFFDIO_API, {api=0xaa, features=0, ioctls=0}) = 0", 0, 3, UFFDIO_API, at);
    EXIT("ioctl(3, UFFDIO_API, 0x10)" BAD, -9, 3, UFFDIO_API, 0x10);
}
END_TEST

START_TEST(results)
{
    uint64_t at = unit_put(&target, 0, (uint32_t[4]){16, 30, 0x8, 0}, 16);
    EXIT("ioctl(3, NS_GET_NSTYPE) = 1073741824 (CLONE_NEWNET)", 0x40000000, 3, NS_GET_NSTYPE, 0);
    EXIT("ioctl(3, NS_GET_NSTYPE) = 5", 5, 3, NS_GET_NSTYPE, 0);
    EXIT("ioctl(3, NS_GET_USERNS) = 5", 5, 3, NS_GET_USERNS, 0);
    EXIT("ioctl(3, NS_GET_OWNER_UID, [16]) = 0", 0, 3, NS_GET_OWNER_UID, at);
    EXIT("ioctl(3, NS_MNT_GET_INFO, {size=16, nr_mounts=30, mnt_ns_id=0x8}) = 0", 0, 3, 0x8010b70a, at);
    ENTRY("ioctl(3, EPIOCSPARAMS, {busy_poll_usecs=16 /* 0.000016 s */, busy_poll_budget=30, "
          "prefer_busy_poll=0})",
          3, 0x40088a01, at);
    at = unit_put(&target, 0, (uint32_t[4]){2, 2, 7, 8}, 16);
    EXIT("ioctl(3, PERF_EVENT_IOC_QUERY_BPF, {ids_len=2, prog_cnt=2, ids=[7, 8]}) = 0", 0, 3, 0xc008240a, at);
    EXIT("ioctl(3, PERF_EVENT_IOC_QUERY_BPF, {ids_len=2, ...})" BAD, -9, 3, 0xc008240a, at);
}
END_TEST

START_TEST(consoles)
{
    struct kbentry entry = {.kb_table = 1, .kb_index = 30};
    uint64_t at = unit_put(&target, 0, &entry, sizeof(entry));
    ENTRY("ioctl(3, KDGKBENT, {kb_table=K_SHIFTTAB, kb_index=30})", 3, KDGKBENT, at);
    entry.kb_value = 0xb41;
    writes(0, &entry, sizeof(entry));
    EXIT("ioctl(3, KDGKBENT, {kb_table=K_SHIFTTAB, kb_index=30, kb_value=0xb41 /* K(KT_LETTER, 'A') */}) = 0",
         0, 3, KDGKBENT, at);
    const struct kbkeycode code = {30, 31};
    at = unit_put(&target, 0, &(struct kbkeycode){30, 0}, sizeof(code));
    writes(0, &code, sizeof(code));
    EXIT("ioctl(3, KDGETKEYCODE, {scancode=0x1e, keycode=0 => 0x1f}) = 0", 0, 3, KDGETKEYCODE, at);
    struct unimapdesc map = {.entry_ct = 1, .entries = (void *)(UNIT_BASE + 0x100)};
    at = unit_put(&target, 0, &map, sizeof(map));
    unit_put(&target, 0x100, &(struct unipair){0x20, 3}, sizeof(struct unipair));
    map.entry_ct = 303;
    writes(0, &map, sizeof(map));
    EXIT("ioctl(3, GIO_UNIMAP, {entry_ct=1 => 303, entries=[{unicode=0x20, fontpos=0x3}]}) = 0", 0, 3,
         GIO_UNIMAP, at);
    unit_put(&target, 0, &(uint16_t){1}, 2);
    writes(0, &map, sizeof(map));
    EXIT("ioctl(3, GIO_UNIMAP, {entry_ct=1 => 303, entries=0x10100}) = -1 ENOMEM (Cannot allocate memory)",
         -ENOMEM, 3, GIO_UNIMAP, at);
    struct console_font_op font = {.op = KD_FONT_OP_GET, .data = (void *)(UNIT_BASE + 0x100)};
    at = unit_put(&target, 0, &font, sizeof(font));
    font.width = 8;
    font.charcount = 1;
    writes(0, &font, sizeof(font));
    target.options.string_max = 2;
    EXIT("ioctl(3, KDFONTOP, {op=KD_FONT_OP_GET, flags=0, width=0, height=0, charcount=0, data=0x10100} => "
         "{width=8, height=0, charcount=1, data=\"\\x20\\x00\"...}) = 0",
         0, 3, KDFONTOP, at);
}
END_TEST

START_TEST(unknown_requests)
{
    enum { WRITES = 0x40027a01, READS = 0x80027a01, BOTH = 0xc0027a01 };
    uint64_t at = unit_put(&target, 0, "ab", 2);
    writes(0, "cd", 2);
    EXIT("ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x7a, 0x1, 0x2), 0x10000) = 0", 0, 3, BOTH, at);
    target.options.verbose = true;
    unit_put(&target, 0, "ab", 2);
    ENTRY("ioctl(3, _IOC(_IOC_WRITE, 0x7a, 0x1, 0x2), \"\\x61\\x62\")", 3, WRITES, at);
    ENTRY("ioctl(3, _IOC(_IOC_READ, 0x7a, 0x1, 0x2), 0x10000)", 3, READS, at);
    ENTRY("ioctl(3, _IOC(_IOC_READ, 0x7a, 0x1, 0x2), 0)", 3, READS, 0);
    writes(0, "cd", 2);
    EXIT("ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x7a, 0x1, 0x2), \"\\x61\\x62\" => \"\\x63\\x64\") = 0", 0, 3,
         BOTH, at);
    EXIT("ioctl(3, _IOC(_IOC_READ, 0x7a, 0x1, 0x2), \"\\x63\\x64\") = 0", 0, 3, READS, at);
    EXIT("ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0x7a, 0x1, 0x2), 0x10) = 0", 0, 3, BOTH, 0x10);
    ENTRY("ioctl(3, TUNSETIFF, 0x10000)", 3, 0x400454ca, at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl answers");
    TCase *tc = tcase_create("ioctl answers");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, sessions);
    tcase_add_test(tc, clocks);
    tcase_add_test(tc, layouts_of_32_bits);
    tcase_add_test(tc, lines);
    tcase_add_test(tc, disks);
    tcase_add_test(tc, faults);
    tcase_add_test(tc, results);
    tcase_add_test(tc, consoles);
    tcase_add_test(tc, unknown_requests);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
