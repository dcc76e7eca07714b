/* Requests to clocks: of the machine (linux/rtc.h), of network cards (linux/ptp_clock.h), and watchdogs. */
#include <linux/ptp_clock.h>
#include <linux/rtc.h>
#include <linux/watchdog.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"
#include "decode/kinds/time.h"

#define TIME(member, ...) MEMBER(struct rtc_time, member, INT, ##__VA_ARGS__)
LAYOUT(rtc_time, struct rtc_time, TIME(tm_sec), TIME(tm_min), TIME(tm_hour), TIME(tm_mday), TIME(tm_mon),
       TIME(tm_year), TIME(tm_wday, .detail = true), TIME(tm_yday, .detail = true),
       TIME(tm_isdst, .detail = true));
LAYOUT(wake_alarm, struct rtc_wkalrm, MEMBER(struct rtc_wkalrm, enabled, UINT),
       MEMBER(struct rtc_wkalrm, pending, UINT),
       MEMBER(struct rtc_wkalrm, time, BLOCK, .layout = &layout_rtc_time));

struct pll_64 {
    int32_t pll_ctrl, pll_value, pll_max, pll_min, pll_posmult, pll_negmult;
    int64_t pll_clock;
};
struct pll_32 {
    int32_t pll_ctrl, pll_value, pll_max, pll_min, pll_posmult, pll_negmult, pll_clock;
};
#define PLL(type)                                                                                            \
    LAYOUT(type, struct type, MEMBER(struct type, pll_ctrl, INT), MEMBER(struct type, pll_value, INT),       \
           MEMBER(struct type, pll_max, INT), MEMBER(struct type, pll_min, INT),                             \
           MEMBER(struct type, pll_posmult, INT), MEMBER(struct type, pll_negmult, INT),                     \
           MEMBER(struct type, pll_clock, INT))
PLL(pll_64);
PLL(pll_32);

XLAT(rtc_voltage, "RTC_VL_???", {1, "RTC_VL_DATA_INVALID"}, {2, "RTC_VL_BACKUP_LOW"},
     {4, "RTC_VL_BACKUP_EMPTY"}, {8, "RTC_VL_ACCURACY_LOW"}, {16, "RTC_VL_BACKUP_SWITCH"});
XLAT(rtc_parameters, "RTC_PARAM_???", {0, "RTC_PARAM_FEATURES"}, {1, "RTC_PARAM_CORRECTION"},
     {2, "RTC_PARAM_BACKUP_SWITCH_MODE"});
XLAT(rtc_features, "1<<RTC_FEATURE_???", {1 << 0, "1<<RTC_FEATURE_ALARM"},
     {1 << 1, "1<<RTC_FEATURE_ALARM_RES_MINUTE"}, {1 << 2, "1<<RTC_FEATURE_NEED_WEEK_DAY"},
     {1 << 3, "1<<RTC_FEATURE_ALARM_RES_2S"}, {1 << 4, "1<<RTC_FEATURE_UPDATE_INTERRUPT"},
     {1 << 5, "1<<RTC_FEATURE_CORRECTION"}, {1 << 6, "1<<RTC_FEATURE_BACKUP_SWITCH_MODE"},
     {1 << 7, "1<<RTC_FEATURE_ALARM_WAKEUP_ONLY"});
XLAT(rtc_backup_modes, "RTC_BSM_???", {0, "RTC_BSM_DISABLED"}, {1, "RTC_BSM_DIRECT"}, {2, "RTC_BSM_LEVEL"},
     {3, "RTC_BSM_STANDBY"});

/* Parameters of a clock (Linux 5.16): struct rtc_param. */
struct rtc_request {
    uint64_t param, value;
    uint32_t index, pad;
};
enum { PARAM_FEATURES, PARAM_CORRECTION, PARAM_BACKUP };

static void append_parameter_value(struct decoder *d, const struct rtc_request *request)
{
    switch (request->param) {
    case PARAM_FEATURES:
        append_flags(d, "uvalue", &xlat_rtc_features, request->value);
        break;
    case PARAM_CORRECTION:
        values_add(d->out, VALUE_INT, "svalue", request->value);
        break;
    case PARAM_BACKUP:
        values_xlat(d->out, VALUE_ENUM, "uvalue", &xlat_rtc_backup_modes, request->value);
        break;
    default:
        values_add(d->out, VALUE_HEX, "uvalue", request->value);
        break;
    }
}

/* kind->option: which parts are shown. */
enum { WITH_NAME = 1, WITH_VALUE = 2 };

static void decode_parameter(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct rtc_request request;
    if (!decode_object(d, name, raw, &request, sizeof(request))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    if (kind->option & WITH_NAME) {
        values_xlat(d->out, VALUE_ENUM, "param", &xlat_rtc_parameters, request.param);
    }
    if (kind->option & WITH_VALUE) {
        append_parameter_value(d, &request);
    }
    if (kind->option & WITH_NAME) {
        values_add(d->out, VALUE_UINT, "index", request.index);
    }
    if (request.pad) {
        values_add(d->out, VALUE_HEX, "__pad", request.pad);
    }
    values_close(d->out);
}

static const struct kind parameter_set_kind = {.decode = decode_parameter, .option = WITH_NAME | WITH_VALUE};
static const struct kind parameter_asked_kind = {.decode = decode_parameter, .option = WITH_NAME};
static const struct kind parameter_told_kind = {.decode = decode_parameter, .option = WITH_VALUE};
static const struct ioctl_change changes_parameter = {{.as = IOCTL_DECODED, .aux = &parameter_asked_kind},
                                                      {.as = IOCTL_DECODED, .aux = &parameter_told_kind}};

XLAT(ptp_timestamps, "PTP_???", X(PTP_ENABLE_FEATURE), X(PTP_RISING_EDGE), X(PTP_FALLING_EDGE),
     X(PTP_STRICT_FLAGS), {16, "PTP_EXT_OFFSET"});
XLAT(ptp_outputs, "PTP_PEROUT_???", X(PTP_PEROUT_ONE_SHOT), X(PTP_PEROUT_DUTY_CYCLE), X(PTP_PEROUT_PHASE));
XLAT(ptp_functions, "PTP_PF_???", {0, "PTP_PF_NONE"}, {1, "PTP_PF_EXTTS"}, {2, "PTP_PF_PEROUT"},
     {3, "PTP_PF_PHYSYNC"});

static void append_clock_time(struct decoder *d, const char *name, const struct ptp_clock_time *time,
                              bool with_date)
{
    uint32_t index = values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "sec", (uint64_t)time->sec);
    values_add(d->out, VALUE_UINT, "nsec", time->nsec);
    if (time->reserved) {
        values_add(d->out, VALUE_HEX, "reserved", time->reserved);
    }
    values_close(d->out);
    if (with_date) {
        decode_date_note(d, index, time->sec, time->nsec, 9);
        values_at(d->out, index)->flags |= VALUE_NOT_RAW;
    }
}

static void append_word(struct decoder *d, const void *element, void *context)
{
    uint32_t word;
    (void)context;
    memcpy(&word, element, sizeof(word));
    append_hex(d, NULL, word);
}

static void append_reserved(struct decoder *d, const uint32_t *words, uint32_t n)
{
    static const uint32_t zero[16];
    if (memcmp(words, zero, n * sizeof(*words)) != 0) {
        append_elements(d, "rsv", words, n, sizeof(*words), append_word, NULL);
    }
}

/* struct ptp_clock_caps, with what was reserved before Linux 6.5. */
struct clock_abilities {
    int32_t max_adj, n_alarm, n_ext_ts, n_per_out, pps, n_pins, cross_timestamping, adjust_phase;
    int32_t max_phase_adj;
    uint32_t rsv[11];
};
#define ABILITY(member) MEMBER(struct clock_abilities, member, INT)
LAYOUT(abilities, struct clock_abilities, ABILITY(max_adj), ABILITY(n_alarm), ABILITY(n_ext_ts),
       ABILITY(n_per_out), ABILITY(pps), ABILITY(n_pins), ABILITY(cross_timestamping), ABILITY(adjust_phase));

static void decode_abilities(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct clock_abilities a;
    (void)kind;
    if (!decode_object(d, name, raw, &a, sizeof(a))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &(struct block){.bytes = (const unsigned char *)&a, .size = sizeof(a)},
                   &layout_abilities);
    decode_fraction(d, "max_phase_adj", a.max_phase_adj, 1000000000);
    append_reserved(d, a.rsv, sizeof(a.rsv) / sizeof(a.rsv[0]));
    values_close(d->out);
}

#define RESERVED(type) MEMBER(type, rsv, ARRAY, .each = AS_HEX, .width = 4, .unless_0 = true)
#define STAMPS                                                                                               \
    MEMBER(struct ptp_extts_request, index, UINT),                                                           \
        MEMBER(struct ptp_extts_request, flags, FLAGS, .xlat = &xlat_ptp_timestamps)
LAYOUT(stamps, struct ptp_extts_request, STAMPS);
LAYOUT(stamps2, struct ptp_extts_request, STAMPS, RESERVED(struct ptp_extts_request));

static void decode_output(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ptp_perout_request output;
    (void)kind;
    if (!decode_object(d, name, raw, &output, sizeof(output))) {
        return;
    }
    bool phase = output.flags & PTP_PEROUT_PHASE;
    values_open(d->out, VALUE_STRUCT, name);
    append_clock_time(d, phase ? "phase" : "start", &output.start, !phase);
    append_clock_time(d, "period", &output.period, false);
    values_add(d->out, VALUE_UINT, "index", output.index);
    append_flags(d, "flags", &xlat_ptp_outputs, output.flags);
    if (output.flags & PTP_PEROUT_DUTY_CYCLE) {
        append_clock_time(d, "on", &output.on, false);
    } else if ((uint32_t)d->args[1] == PTP_PEROUT_REQUEST2) {
        append_reserved(d, output.rsv, sizeof(output.rsv) / sizeof(output.rsv[0]));
    }
    values_close(d->out);
}

static void decode_precise(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ptp_sys_offset_precise offset;
    (void)kind;
    if (!decode_object(d, name, raw, &offset, sizeof(offset))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    append_clock_time(d, "device", &offset.device, true);
    append_clock_time(d, "sys_realtime", &offset.sys_realtime, true);
    append_clock_time(d, "sys_monoraw", &offset.sys_monoraw, false);
    append_reserved(d, offset.rsv, sizeof(offset.rsv) / sizeof(offset.rsv[0]));
    values_close(d->out);
}

static void append_stamp(struct decoder *d, const void *element, void *context)
{
    struct ptp_clock_time time;
    (void)context;
    memcpy(&time, element, sizeof(time));
    append_clock_time(d, NULL, &time, true);
}

static void append_three_stamps(struct decoder *d, const void *element, void *context)
{
    struct ptp_clock_time times[3];
    (void)context;
    memcpy(times, element, sizeof(times));
    values_open(d->out, VALUE_ARRAY, NULL);
    for (unsigned i = 0; i < 3; i++) {
        append_clock_time(d, NULL, &times[i], true);
    }
    values_close(d->out);
}

/* kind->option 1: each sample is three times, and (Linux 6.12) one may choose the clock. */
static void decode_samples(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t head[4]; /* how many samples; reserved, of the extended request the first is a clock */
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0;
    bool extended = kind->option;
    uint64_t at = decode_word(d, raw) + sizeof(head);
    if (d->at_exit) {
        if (entry && mem_read(d->mem, decode_word(d, raw), head, sizeof(head))) {
            uint32_t open = d->out->open;
            uint32_t n = head[0] < PTP_MAX_SAMPLES ? head[0] : PTP_MAX_SAMPLES;
            d->out->open = entry;
            decode_array(d, "ts", at, extended ? n : 2 * n + 1,
                         (extended ? 3 : 1) * sizeof(struct ptp_clock_time),
                         extended ? append_three_stamps : append_stamp, NULL);
            d->out->open = open;
        }
        return;
    }
    if (!decode_object(d, name, raw, head, sizeof(head))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "n_samples", head[0]);
    if (extended) {
        kind_clockid.decode(d, "clockid", &kind_clockid, head[1]);
    }
    append_reserved(d, head + 1 + extended, 3U - extended);
    values_close(d->out);
}

#define PIN(member, as, ...) MEMBER(struct ptp_pin_desc, member, as, ##__VA_ARGS__)
#define PIN_USE PIN(func, ENUM, .xlat = &xlat_ptp_functions), PIN(chan, UINT)
LAYOUT(pin_set, struct ptp_pin_desc, PIN(index, UINT), PIN_USE);
LAYOUT(pin_set2, struct ptp_pin_desc, PIN(index, UINT), PIN_USE, RESERVED(struct ptp_pin_desc));
LAYOUT(pin_asked, struct ptp_pin_desc, PIN(index, UINT));
LAYOUT(pin_asked2, struct ptp_pin_desc, PIN(index, UINT), RESERVED(struct ptp_pin_desc));
LAYOUT(pin_told, struct ptp_pin_desc, PIN(name, CHARS), PIN_USE);
GROWTH(pin, pin_asked, pin_told);
GROWTH(pin2, pin_asked2, pin_told);

static const struct kind abilities_kind = {.decode = decode_abilities};
static const struct kind output_kind = {.decode = decode_output};
static const struct kind precise_kind = {.decode = decode_precise};
static const struct kind samples_kind = {.decode = decode_samples};
static const struct kind samples3_kind = {.decode = decode_samples, .option = 1};

XLAT(watchdog_features, "WDIOF_???", X(WDIOF_OVERHEAT), X(WDIOF_FANFAULT), X(WDIOF_EXTERN1), X(WDIOF_EXTERN2),
     X(WDIOF_POWERUNDER), X(WDIOF_CARDRESET), X(WDIOF_POWEROVER), X(WDIOF_SETTIMEOUT), X(WDIOF_MAGICCLOSE),
     X(WDIOF_PRETIMEOUT), X(WDIOF_ALARMONLY), X(WDIOF_KEEPALIVEPING));
XLAT(watchdog_options, "WDIOS_???", X(WDIOS_DISABLECARD), X(WDIOS_ENABLECARD), X(WDIOS_TEMPPANIC));
LAYOUT(watchdog, struct watchdog_info,
       MEMBER(struct watchdog_info, options, FLAGS, .xlat = &xlat_watchdog_features),
       MEMBER(struct watchdog_info, firmware_version, UINT), MEMBER(struct watchdog_info, identity, CHARS));

enum {
    RTC_IRQP_READ_32 = 0x8004700bU,
    RTC_IRQP_SET_32 = 0x4004700c,
    RTC_EPOCH_READ_32 = 0x8004700dU,
    RTC_EPOCH_SET_32 = 0x4004700e,
    RTC_PLL_GET_32 = 0x801c7011U,
    RTC_PLL_SET_32 = 0x401c7012,
    RTC_PARAM_GET_ = 0x40187013,
    RTC_PARAM_SET_ = 0x40187014
};

IOCTL_SHAPES(
    clock, AT(RTC_RD_TIME, OUT, rtc_time), AT(RTC_SET_TIME, IN, rtc_time), AT(RTC_ALM_READ, OUT, rtc_time),
    AT(RTC_ALM_SET, IN, rtc_time), AT(RTC_WKALM_RD, OUT, wake_alarm), AT(RTC_WKALM_SET, IN, wake_alarm),
    AT(RTC_PLL_GET, OUT, pll_64), AT(RTC_PLL_SET, IN, pll_64), AT(RTC_PLL_GET_32, OUT, pll_32),
    AT(RTC_PLL_SET_32, IN, pll_32), {RTC_PARAM_GET_, IOCTL_CHANGES, DIR_OUT_ANY, 0, &changes_parameter},
    BY(RTC_PARAM_SET_, IN, parameter_set), NAMED(RTC_VL_READ, FLAGS_AT, OUT, 4, rtc_voltage),
    PLAIN(RTC_VL_CLR, NOTHING, IN, 0), PLAIN(RTC_AIE_ON, NOTHING, IN, 0), PLAIN(RTC_AIE_OFF, NOTHING, IN, 0),
    PLAIN(RTC_UIE_ON, NOTHING, IN, 0), PLAIN(RTC_UIE_OFF, NOTHING, IN, 0), PLAIN(RTC_PIE_ON, NOTHING, IN, 0),
    PLAIN(RTC_PIE_OFF, NOTHING, IN, 0), PLAIN(RTC_WIE_ON, NOTHING, IN, 0), PLAIN(RTC_WIE_OFF, NOTHING, IN, 0),
    PLAIN(RTC_IRQP_SET, UNSIGNED, IN, 0), PLAIN(RTC_IRQP_SET_32, UNSIGNED, IN, 0),
    PLAIN(RTC_IRQP_READ, UNSIGNED_AT, OUT, 0), PLAIN(RTC_IRQP_READ_32, UNSIGNED_AT, OUT, 0),
    PLAIN(RTC_EPOCH_SET, UNSIGNED, IN, 0), PLAIN(RTC_EPOCH_SET_32, UNSIGNED, IN, 0),
    PLAIN(RTC_EPOCH_READ, UNSIGNED_AT, OUT, 0), PLAIN(RTC_EPOCH_READ_32, UNSIGNED_AT, OUT, 0),
    BY(PTP_CLOCK_GETCAPS, OUT, abilities), BY(PTP_CLOCK_GETCAPS2, OUT, abilities),
    AT(PTP_EXTTS_REQUEST, IN, stamps), AT(PTP_EXTTS_REQUEST2, IN, stamps2),
    BY(PTP_PEROUT_REQUEST, IN, output), BY(PTP_PEROUT_REQUEST2, IN, output),
    PLAIN(PTP_ENABLE_PPS, HEX, IN, 0), PLAIN(PTP_ENABLE_PPS2, HEX, IN, 0), BY(PTP_SYS_OFFSET, INOUT, samples),
    BY(PTP_SYS_OFFSET2, INOUT, samples), BY(PTP_SYS_OFFSET_EXTENDED, INOUT, samples3),
    BY(PTP_SYS_OFFSET_EXTENDED2, INOUT, samples3), BY(PTP_SYS_OFFSET_PRECISE, OUT, precise),
    BY(PTP_SYS_OFFSET_PRECISE2, OUT, precise), GROWS(PTP_PIN_GETFUNC, pin), GROWS(PTP_PIN_GETFUNC2, pin2),
    AT(PTP_PIN_SETFUNC, IN, pin_set), AT(PTP_PIN_SETFUNC2, IN, pin_set2), AT(WDIOC_GETSUPPORT, OUT, watchdog),
    NAMED(WDIOC_SETOPTIONS, FLAGS_AT, IN, 4, watchdog_options), PLAIN(WDIOC_GETSTATUS, NUMBER_AT, OUT, 4),
    PLAIN(WDIOC_GETBOOTSTATUS, NUMBER_AT, OUT, 4), PLAIN(WDIOC_GETTEMP, NUMBER_AT, OUT, 4),
    PLAIN(WDIOC_GETTIMEOUT, NUMBER_AT, OUT, 4), PLAIN(WDIOC_GETPRETIMEOUT, NUMBER_AT, OUT, 4),
    PLAIN(WDIOC_GETTIMELEFT, NUMBER_AT, OUT, 4), PLAIN(WDIOC_SETTIMEOUT, NUMBER_AT, IN, 4),
    PLAIN(WDIOC_SETPRETIMEOUT, NUMBER_AT, IN, 4), PLAIN(WDIOC_KEEPALIVE, NOTHING, IN, 0));
