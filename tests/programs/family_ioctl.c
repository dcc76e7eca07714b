/* Requests of ioctl whose structures strace 6.1 shows, made on a descriptor that is not open: each with
 * several structures, as what is in them decides what is shown. */
#include "family.h"

#include <linux/blktrace_api.h>
#include <linux/bsg.h>
#include <linux/counter.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/gpio.h>
#include <linux/hdreg.h>
#include <linux/input.h>
#include <linux/kd.h>
#include <linux/loop.h>
#include <linux/nbd.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/ptp_clock.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/tee.h>
#include <linux/userfaultfd.h>
#include <linux/watchdog.h>
#include <mtd/mtd-abi.h>
#include <mtd/ubi-user.h>

static union {
    unsigned char bytes[16384];
    uint32_t words[4096];
    char text[16384];
} page;

static const uint32_t requests[] = {
    /* Flash memory. */
    MEMGETINFO, MEMERASE, MEMWRITEOOB, MEMREADOOB, MEMLOCK, MEMUNLOCK, MEMGETREGIONCOUNT, MEMGETREGIONINFO,
    MEMGETOOBSEL, MEMGETBADBLOCK, MEMSETBADBLOCK, OTPSELECT, OTPGETREGIONCOUNT, OTPGETREGIONINFO, OTPLOCK,
    ECCGETLAYOUT, ECCGETSTATS, MTDFILEMODE, MEMERASE64, MEMWRITEOOB64, MEMREADOOB64, MEMISLOCKED, MEMWRITE,
    UBI_IOCMKVOL, UBI_IOCRMVOL, UBI_IOCRSVOL, UBI_IOCRNVOL, UBI_IOCRPEB, UBI_IOCSPEB, UBI_IOCATT, UBI_IOCDET,
    UBI_IOCVOLUP, UBI_IOCEBER, UBI_IOCEBCH, UBI_IOCEBMAP, UBI_IOCEBUNMAP, UBI_IOCEBISMAP, UBI_IOCSETVOLPROP,
    UBI_IOCVOLCRBLK, UBI_IOCVOLRMBLK,
    /* Input devices. */
    EVIOCGVERSION, EVIOCGID, EVIOCGREP, EVIOCSREP, EVIOCGKEYCODE, EVIOCGKEYCODE_V2, EVIOCSKEYCODE,
    EVIOCSKEYCODE_V2, EVIOCGNAME(16), EVIOCGPROP(8), EVIOCGMTSLOTS(12), EVIOCGKEY(96), EVIOCGBIT(EV_KEY, 96),
    EVIOCGABS(ABS_X), EVIOCSABS(ABS_Y), EVIOCSFF, EVIOCRMFF, EVIOCGEFFECTS, EVIOCGRAB, EVIOCREVOKE,
    EVIOCSCLOCKID,
    /* Trusted execution environments; the second last is of kernels for OP-TEE. */
    TEE_IOC_VERSION, TEE_IOC_OPEN_SESSION, TEE_IOC_INVOKE, TEE_IOC_CANCEL, TEE_IOC_CLOSE_SESSION,
    TEE_IOC_SUPPL_RECV, TEE_IOC_SUPPL_SEND, TEE_IOC_SHM_ALLOC, 0xc020a408, TEE_IOC_SHM_REGISTER,
    /* Clocks and watchdogs. */
    RTC_AIE_ON, RTC_WIE_OFF, RTC_ALM_SET, RTC_ALM_READ, RTC_RD_TIME, RTC_SET_TIME, RTC_IRQP_READ,
    RTC_IRQP_SET, RTC_EPOCH_READ, RTC_EPOCH_SET, RTC_WKALM_SET, RTC_WKALM_RD, RTC_PLL_GET, RTC_PLL_SET,
    RTC_PARAM_GET, RTC_PARAM_SET, RTC_VL_READ, RTC_VL_CLR, PTP_CLOCK_GETCAPS, PTP_EXTTS_REQUEST,
    PTP_PEROUT_REQUEST, PTP_ENABLE_PPS, PTP_SYS_OFFSET, PTP_PIN_GETFUNC, PTP_PIN_SETFUNC,
    PTP_SYS_OFFSET_PRECISE, PTP_SYS_OFFSET_EXTENDED, PTP_EXTTS_REQUEST2, PTP_PEROUT_REQUEST2, PTP_ENABLE_PPS2,
    PTP_SYS_OFFSET2, PTP_PIN_GETFUNC2, PTP_PIN_SETFUNC2, PTP_SYS_OFFSET_EXTENDED2, WDIOC_GETSTATUS,
    WDIOC_KEEPALIVE, WDIOC_SETTIMEOUT, WDIOC_GETTIMEOUT, WDIOC_SETPRETIMEOUT,
    /* Lines and counters. */
    GPIO_GET_CHIPINFO_IOCTL, GPIO_GET_LINEINFO_UNWATCH_IOCTL, GPIO_V2_GET_LINEINFO_IOCTL,
    GPIO_V2_GET_LINEINFO_WATCH_IOCTL, GPIO_V2_GET_LINE_IOCTL, GPIO_V2_LINE_SET_CONFIG_IOCTL,
    GPIO_V2_LINE_GET_VALUES_IOCTL, GPIO_V2_LINE_SET_VALUES_IOCTL, GPIO_GET_LINEINFO_IOCTL,
    GPIO_GET_LINEHANDLE_IOCTL, GPIO_GET_LINEEVENT_IOCTL, GPIOHANDLE_GET_LINE_VALUES_IOCTL,
    GPIOHANDLE_SET_LINE_VALUES_IOCTL, GPIOHANDLE_SET_CONFIG_IOCTL, GPIO_GET_LINEINFO_WATCH_IOCTL,
    COUNTER_ADD_WATCH_IOCTL, COUNTER_ENABLE_EVENTS_IOCTL, COUNTER_DISABLE_EVENTS_IOCTL,
    /* Disks. */
    0x1269, BLKTRACESETUP, BLKTRACESTART, BLKDISCARD, BLKRASET, BLKROSET, BLKGETSIZE64, 0x80041284,
    0x80041285, HDIO_GETGEO, HDIO_DRIVE_CMD, LOOP_SET_FD, LOOP_CLR_FD, LOOP_SET_STATUS, LOOP_GET_STATUS,
    LOOP_SET_STATUS64, LOOP_GET_STATUS64, LOOP_CHANGE_FD, LOOP_SET_BLOCK_SIZE, LOOP_CONFIGURE, LOOP_CTL_ADD,
    NBD_SET_SOCK, NBD_SET_BLKSIZE, NBD_SET_FLAGS, NBD_DO_IT, FITRIM, FS_IOC_FIEMAP, FIDEDUPERANGE,
    FS_IOC_FSSETXATTR, FS_IOC_SETFSLABEL,
    /* Generic SCSI devices. */
    0x2201, 0x2202, 0x2203, 0x2204, 0x2276, 0x2282, 0x2284, 0x2285, 0x2286,
    /* Page faults, the random device, perf events, namespaces, interfaces. */
    UFFDIO_API, UFFDIO_REGISTER, UFFDIO_UNREGISTER, UFFDIO_WAKE, UFFDIO_COPY, UFFDIO_ZEROPAGE, RNDADDENTROPY,
    RNDADDTOENTCNT, PERF_EVENT_IOC_ENABLE, PERF_EVENT_IOC_PERIOD, PERF_EVENT_IOC_QUERY_BPF,
    PERF_EVENT_IOC_MODIFY_ATTRIBUTES, NS_GET_NSTYPE, NS_GET_OWNER_UID, SIOCSIFNAME, SIOCGIFNAME, SIOCBRADDIF,
    SIOCBRDELIF, SIOCBRADDBR, SIOCSIFENCAP, SIOCGIFENCAP, SIOCADDRT, SIOCSIFMAP, SIOCSIFHWADDR,
    /* Consoles. */
    KIOCSOUND, KDMKTONE, KDGETLED, KDSETLED, KDGKBLED, KDSKBLED, KDGKBTYPE, KDADDIO, KDDELIO, KDENABIO,
    KDSETMODE, KDGETMODE, KDSKBMODE, KDGKBMODE, KDSKBMETA, KDGKBMETA, GIO_SCRNMAP, PIO_SCRNMAP,
    GIO_UNISCRNMAP, PIO_UNISCRNMAP, KDGKBENT, KDSKBENT, KDGKBSENT, KDSKBSENT, KDGKBDIACR, KDSKBDIACR,
    KDGKBDIACRUC, KDSKBDIACRUC, KDGETKEYCODE, KDSETKEYCODE, KDSIGACCEPT, KDKBDREP, GIO_FONT, PIO_FONT,
    PIO_UNIMAPCLR, GIO_CMAP, PIO_CMAP, GIO_UNIMAP, PIO_UNIMAP, GIO_FONTX, PIO_FONTX, KDFONTOP,
    /* Seccomp listeners. */
    SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND, SECCOMP_IOCTL_NOTIF_ID_VALID,
    SECCOMP_IOCTL_NOTIF_ADDFD,
#ifdef __x86_64__
    /* Of 32-bit programs strace does not show what these ask. */
    HDIO_DRIVE_RESET, HDIO_SCAN_HWIF, HDIO_GET_IDENTITY, HDIO_GET_DMA, HDIO_GET_BUSSTATE, HDIO_GET_NICE,
    HDIO_SET_BUSSTATE, HDIO_SET_NICE, HDIO_SET_DMA, HDIO_UNREGISTER_HWIF
#endif
};

static void make_each(const void *argument)
{
    for (unsigned i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        DO(ioctl, CLOSED, requests[i], argument);
    }
}

static void fill_words(uint32_t step)
{
    for (unsigned i = 0; i < sizeof(page.words) / sizeof(page.words[0]); i++) {
        page.words[i] = i * step + 1;
    }
}

static void effects(void)
{
    struct ff_effect effect = {.id = -1, .direction = 3, .trigger = {4, 5}, .replay = {6, 7}};
    for (uint16_t type = FF_RUMBLE - 1; type <= FF_RAMP + 1; type++) {
        effect.type = type;
        effect.u.periodic = (struct ff_periodic_effect){1, 2, -3, 4, 5, {6, 7, 8, 9}, 10, WILD};
        DO(ioctl, CLOSED, EVIOCSFF, &effect);
    }
}

static void sessions(void)
{
    struct {
        struct tee_ioctl_open_session_arg session;
        struct tee_ioctl_param parameters[3];
    } open = {.session = {.uuid = {1, 2, 3}, .num_params = 3}};
    struct {
        struct tee_ioctl_invoke_arg invoke;
        struct tee_ioctl_param parameters[1];
    } invoke = {{.func = 4, .session = 5, .num_params = 1}, {{.attr = 0x105, .a = 1}}};
    struct tee_ioctl_buf_data buffer = {(uintptr_t)&open, sizeof open};
    for (unsigned i = 0; i < 3; i++) {
        open.parameters[i] = (struct tee_ioctl_param){2 * i, 6, 7, 8};
    }
    for (unsigned login = 0; login < 8; login++) {
        open.session.clnt_login = login;
        DO(ioctl, CLOSED, TEE_IOC_OPEN_SESSION, &buffer);
    }
    buffer.buf_len--;
    DO(ioctl, CLOSED, TEE_IOC_OPEN_SESSION, &buffer);
    buffer = (struct tee_ioctl_buf_data){(uintptr_t)&invoke, sizeof invoke};
    DO(ioctl, CLOSED, TEE_IOC_INVOKE, &buffer);
    invoke.invoke.num_params = 0;
    buffer.buf_len = sizeof invoke.invoke;
    DO(ioctl, CLOSED, TEE_IOC_INVOKE, &buffer);
    buffer.buf_len = 8;
    DO(ioctl, CLOSED, TEE_IOC_SUPPL_RECV, &buffer);
    DO(ioctl, CLOSED, TEE_IOC_SUPPL_SEND, &buffer);
}

static void disks(void)
{
    enum { IO = 0x2285 };
    struct {
        int64_t start, length;
        int32_t number;
        char device[64], volume[64];
    } partition = {.start = 1, .length = 2, .number = 3, .device = "a", .volume = "b"};
    struct {
        int32_t op, flags, length;
        void *data;
    } change = {.op = 1, .length = sizeof partition, .data = &partition};
    unsigned char command[16] = {0x12, 0, 0, 0, 96}, data[96] = "data";
    struct {
        int32_t version, direction;
        uint8_t command_length, sense_room;
        uint16_t iovecs;
        uint32_t length;
        void *data, *command, *sense;
        uint32_t timeout, flags;
        int32_t pack;
        void *own;
        uint8_t status[4];
        uint16_t host, driver;
        int32_t rest;
        uint32_t duration, info;
    } io = {'S',  0, 6,    32,           0, sizeof data, data, command, data, 1000,
            0x31, 0, NULL, {2, 1, 0, 4}, 3, 4,           90,   5,       3};
    DO(ioctl, CLOSED, 0x1269, &change);
    for (int direction = -1; direction >= -5; direction--) {
        io.direction = direction;
        DO(ioctl, CLOSED, IO, &io);
    }
    struct sg_io_v4 io4 = {'Q',
                           .request = (uintptr_t)command,
                           .request_len = 6,
                           .dout_xferp = (uintptr_t)data,
                           .dout_xfer_len = 4,
                           .din_xferp = (uintptr_t)data,
                           .din_xfer_len = 96,
                           .din_resid = 92,
                           .flags = 0x31,
                           .info = 1};
    DO(ioctl, CLOSED, IO, &io4);
    unsigned char ata[4 + 3 * 512] = {0xec, 1, 2, 3};
    DO(ioctl, CLOSED, HDIO_DRIVE_CMD, ata);
    struct {
        struct file_dedupe_range range;
        struct file_dedupe_range_info info[3];
    } share = {.range = {.src_length = 7}, .info = {{.dest_fd = 4, .status = -1}}};
    for (share.range.dest_count = 1; share.range.dest_count < 4; share.range.dest_count++) {
        DO(ioctl, CLOSED, FIDEDUPERANGE, &share);
    }
}

static void faults(void)
{
    int fd = (int)DO(userfaultfd, 1);
    struct uffdio_api api = {.api = UFFD_API};
    DO(ioctl, fd, UFFDIO_API, &api);
    char *memory = (char *)DO(mmap, NULL, 8192, 3, 0x22, -1, 0);
    struct uffdio_register range = {{(uintptr_t)memory, 8192}, UFFDIO_REGISTER_MODE_MISSING, 0};
    DO(ioctl, fd, UFFDIO_REGISTER, &range);
    struct uffdio_copy copy = {(uintptr_t)memory, (uintptr_t)&page, 4096, 0, 0};
    DO(ioctl, fd, UFFDIO_COPY, &copy);
    DO(ioctl, fd, UFFDIO_COPY, &copy);
    struct uffdio_zeropage zero = {{(uintptr_t)memory + 4096, 4096}, 0, 0};
    DO(ioctl, fd, UFFDIO_ZEROPAGE, &zero);
    DO(ioctl, fd, UFFDIO_WAKE, &range.range);
    DO(ioctl, fd, UFFDIO_UNREGISTER, &range.range);
    DO(close, fd);
}

static void consoles(void)
{
    static const uint16_t keys[] = {0x0b61, 0x0027, 0x085c, 0x0d09, 0x0100, 0x0203, 0x0507, 0x0605, 0xf123};
    struct kbentry entry = {.kb_index = 30};
    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        entry.kb_table++;
        entry.kb_value = keys[i];
        DO(ioctl, CLOSED, KDSKBENT, &entry);
    }
    for (unsigned i = 0; i < 7; i++) {
        DO(ioctl, CLOSED, KDSKBMODE, i);
        DO(ioctl, CLOSED, KDSETLED, 1 << i);
        DO(ioctl, CLOSED, KDSKBLED, 1 << i);
        DO(ioctl, CLOSED, KDSKBMETA, i);
        DO(ioctl, CLOSED, KDSIGACCEPT, i);
        DO(ioctl, CLOSED, KDADDIO, 0x3b0 + i);
        DO(ioctl, CLOSED, KDMKTONE, i << 16 | i % 3);
        DO(ioctl, CLOSED, KIOCSOUND, i * 1193182 / 3);
    }
    struct {
        uint32_t count;
        unsigned char accents[300][3];
    } accents = {.count = 257};
    for (unsigned i = 0; i < sizeof accents.accents; i++) {
        accents.accents[i / 3][i % 3] = (unsigned char)i;
    }
    DO(ioctl, CLOSED, KDSKBDIACR, &accents);
    struct unipair pairs[2] = {{1, 2}, {3, 4}};
    struct unimapdesc map = {2, pairs};
    DO(ioctl, CLOSED, PIO_UNIMAP, &map);
    map.entry_ct = 0;
    DO(ioctl, CLOSED, PIO_UNIMAP, &map);
    struct console_font_op operation = {
        .width = 7, .height = 8, .charcount = 1, .data = (unsigned char *)"name"};
    for (operation.op = 0; operation.op < 6; operation.op++) {
        DO(ioctl, CLOSED, KDFONTOP, &operation);
    }
}

static void devices(void)
{
    int fd = (int)DO(open, "/dev/urandom", 0);
    uint32_t entropy[3] = {0, 4, 0x64636261};
    DO(ioctl, fd, RNDADDENTROPY, entropy);
    DO(close, fd);
    fd = (int)DO(open, "/proc/self/ns/uts", 0);
    DO(ioctl, fd, NS_GET_NSTYPE);
    DO(ioctl, fd, NS_GET_USERNS);
    DO(close, fd);
    fd = (int)DO(open, "/proc/self/ns/user", 0);
    DO(ioctl, fd, NS_GET_OWNER_UID, &page);
    DO(close, fd);
}

/* So that it is there, also for who reads it without a fault. */
static void touch_page(void)
{
    for (unsigned i = 0; i < sizeof(page.bytes); i += 4096) {
        ((volatile unsigned char *)page.bytes)[i] = 0;
    }
}

static void make_calls(void)
{
    touch_page();
    make_each(NULL);
    make_each(WILD);
    make_each(&page);
    fill_words(1);
    make_each(&page);
    fill_words(0x01010101);
    make_each(&page);
    for (unsigned i = 0; i < sizeof(page.text); i++) {
        page.text[i] = (char)('a' + i % 26);
    }
    make_each(&page);
    effects();
    sessions();
    disks();
    faults();
    consoles();
    devices();
}
