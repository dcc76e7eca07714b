/* Requests to loop devices, the random device, clocks, perf events and namespaces. */
#include <linux/inotify.h>
#include <linux/loop.h>
#include <linux/nsfs.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/userfaultfd.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(perf_group, "PERF_IOC_FLAG_???", {1, "PERF_IOC_FLAG_GROUP"});

struct userfault_range {
    uint64_t start;
    uint64_t len;
};

LAYOUT(userfault_range, struct userfault_range, MEMBER(struct userfault_range, start, HEX),
       MEMBER(struct userfault_range, len, HEX));
LAYOUT(rtc_time, struct rtc_time, MEMBER(struct rtc_time, tm_sec, INT), MEMBER(struct rtc_time, tm_min, INT),
       MEMBER(struct rtc_time, tm_hour, INT), MEMBER(struct rtc_time, tm_mday, INT),
       MEMBER(struct rtc_time, tm_mon, INT), MEMBER(struct rtc_time, tm_year, INT),
       MEMBER(struct rtc_time, tm_wday, INT, .detail = true),
       MEMBER(struct rtc_time, tm_yday, INT, .detail = true),
       MEMBER(struct rtc_time, tm_isdst, INT, .detail = true));

XLAT(register_modes, "UFFDIO_REGISTER_MODE_???", X(UFFDIO_REGISTER_MODE_MISSING), X(UFFDIO_REGISTER_MODE_WP),
     {4, "UFFDIO_REGISTER_MODE_MINOR"});
XLAT(copy_modes, "UFFDIO_COPY_MODE_???", X(UFFDIO_COPY_MODE_DONTWAKE), X(UFFDIO_COPY_MODE_WP));
XLAT(zero_modes, "UFFDIO_ZEROPAGE_MODE_???", X(UFFDIO_ZEROPAGE_MODE_DONTWAKE));

LAYOUT(userfault_register, struct uffdio_register,
       MEMBER(struct uffdio_register, range, BLOCK, .layout = &layout_userfault_range),
       MEMBER(struct uffdio_register, mode, FLAGS, .xlat = &xlat_register_modes));
LAYOUT(userfault_copy, struct uffdio_copy, MEMBER(struct uffdio_copy, dst, HEX),
       MEMBER(struct uffdio_copy, src, HEX), MEMBER(struct uffdio_copy, len, HEX),
       MEMBER(struct uffdio_copy, mode, FLAGS, .xlat = &xlat_copy_modes));
LAYOUT(userfault_zero, struct uffdio_zeropage,
       MEMBER(struct uffdio_zeropage, range, BLOCK, .layout = &layout_userfault_range),
       MEMBER(struct uffdio_zeropage, mode, FLAGS, .xlat = &xlat_zero_modes));
#define SHAPE(request, as, direction, size)                                                                  \
    {                                                                                                        \
        request, IOCTL_##as, DIR_##direction, size, NULL                                                     \
    }

IOCTL_SHAPES(misc, SHAPE(LOOP_SET_FD, FD, IN, 0), SHAPE(LOOP_CHANGE_FD, FD, IN, 0),
             SHAPE(LOOP_CLR_FD, NOTHING, IN, 0), SHAPE(LOOP_SET_CAPACITY, NOTHING, IN, 0),
             SHAPE(LOOP_CTL_GET_FREE, NOTHING, IN, 0), SHAPE(LOOP_CTL_ADD, INT, IN, 0),
             SHAPE(LOOP_CTL_REMOVE, INT, IN, 0), SHAPE(LOOP_SET_DIRECT_IO, UNSIGNED, IN, 0),
             SHAPE(LOOP_SET_BLOCK_SIZE, UNSIGNED, IN, 0), SHAPE(RNDGETENTCNT, NUMBER_AT, OUT, 4),
             SHAPE(RNDADDTOENTCNT, NUMBER_AT, IN, 4), SHAPE(RNDZAPENTCNT, NOTHING, IN, 0),
             SHAPE(RNDCLEARPOOL, NOTHING, IN, 0), SHAPE(RNDRESEEDCRNG, NOTHING, IN, 0),
             {PERF_EVENT_IOC_ENABLE, IOCTL_FLAGS, DIR_IN, 0, &xlat_perf_group},
             {PERF_EVENT_IOC_DISABLE, IOCTL_FLAGS, DIR_IN, 0, &xlat_perf_group},
             {PERF_EVENT_IOC_RESET, IOCTL_FLAGS, DIR_IN, 0, &xlat_perf_group},
             SHAPE(PERF_EVENT_IOC_REFRESH, INT, IN, 0), SHAPE(PERF_EVENT_IOC_PERIOD, UNSIGNED_AT, IN, 8),
             SHAPE(PERF_EVENT_IOC_ID, UNSIGNED_AT, OUT, 8), SHAPE(PERF_EVENT_IOC_SET_OUTPUT, FD, IN, 0),
             SHAPE(PERF_EVENT_IOC_SET_BPF, FD, IN, 0), SHAPE(PERF_EVENT_IOC_SET_FILTER, STRING, IN, 0),
             SHAPE(PERF_EVENT_IOC_PAUSE_OUTPUT, UNSIGNED, IN, 0), SHAPE(NS_GET_USERNS, NOTHING, IN, 0),
             SHAPE(NS_GET_PARENT, NOTHING, IN, 0), SHAPE(NS_GET_NSTYPE, NOTHING, IN, 0),
             SHAPE(NS_GET_OWNER_UID, UNSIGNED_AT, OUT, 4),
             {UFFDIO_UNREGISTER, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_userfault_range},
             {UFFDIO_WAKE, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_userfault_range},
             {RTC_RD_TIME, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_rtc_time},
             {RTC_SET_TIME, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_rtc_time}, SHAPE(RTC_AIE_ON, NOTHING, IN, 0),
             SHAPE(RTC_AIE_OFF, NOTHING, IN, 0), SHAPE(RTC_UIE_ON, NOTHING, IN, 0),
             SHAPE(RTC_UIE_OFF, NOTHING, IN, 0), SHAPE(RTC_PIE_ON, NOTHING, IN, 0),
             SHAPE(RTC_PIE_OFF, NOTHING, IN, 0), SHAPE(RTC_IRQP_SET, UNSIGNED, IN, 0),
             SHAPE(RTC_IRQP_READ, UNSIGNED_AT, OUT, 0),
             {UFFDIO_REGISTER, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_userfault_register},
             {UFFDIO_COPY, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_userfault_copy},
             {UFFDIO_ZEROPAGE, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_userfault_zero},
             SHAPE(INOTIFY_IOC_SETNEXTWD, INT, IN, 0));
