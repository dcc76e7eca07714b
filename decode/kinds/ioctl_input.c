/* Requests to input devices (linux/input.h): the numbers of some hold a size or an index. */
#include <linux/input.h>
#include <linux/ioctl.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/ioctl_input.h"
#include "decode/kinds/members.h"

struct input_axis {
    int32_t value, minimum, maximum, fuzz, flat, resolution;
};
struct input_identity {
    uint16_t bustype, vendor, product, version;
};
#define AXIS(member, ...) MEMBER(struct input_axis, member, UINT, ##__VA_ARGS__)
#define IDENTITY(member) MEMBER(struct input_identity, member, UINT)
LAYOUT(input_axis, struct input_axis, AXIS(value), AXIS(minimum), AXIS(maximum, .detail = true),
       AXIS(fuzz, .detail = true), AXIS(flat, .detail = true), AXIS(resolution, .detail = true));
LAYOUT(input_identity, struct input_identity, IDENTITY(bustype), IDENTITY(vendor), IDENTITY(product),
       IDENTITY(version));

/* The result says how long the text is, its NUL included. */
static void decode_input_text(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_data(d, name, raw, (uint64_t)d->result);
}

static void decode_slots(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    int32_t numbers[64];
    size_t size = _IOC_SIZE((uint32_t)d->args[1]) & ~3U;
    (void)kind;
    size = size < sizeof(numbers) ? size : sizeof(numbers);
    if (size == 0 || !decode_object(d, name, raw, numbers, size)) {
        if (size == 0) {
            decode_addr(d, name, raw);
        }
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "code", &xlat_evdev_slots, (uint32_t)numbers[0]);
    values_open(d->out, VALUE_ARRAY, "values");
    for (size_t i = 1; i < size / sizeof(numbers[0]); i++) {
        values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)numbers[i]);
    }
    values_close(d->out);
    values_close(d->out);
}

/* What each type's codes are called, and the highest of them. Another type's bits are not shown. */
struct code_set {
    uint8_t type;
    uint16_t highest;
    const struct xlat *names;
};
static const struct code_set code_sets[] = {{0, EV_MAX, &xlat_evdev_types},
                                            {EV_KEY, KEY_MAX, &xlat_evdev_keys},
                                            {EV_REL, REL_MAX, &xlat_evdev_wheels},
                                            {EV_ABS, ABS_MAX, &xlat_evdev_axes},
                                            {EV_MSC, MSC_MAX, &xlat_evdev_misc},
                                            {EV_SW, SW_MAX, &xlat_evdev_switches},
                                            {EV_LED, LED_MAX, &xlat_evdev_leds},
                                            {EV_SND, SND_MAX, &xlat_evdev_sounds},
                                            {EV_REP, REP_MAX, &xlat_evdev_repeat},
                                            {EV_FF, FF_MAX, &xlat_evdev_effects},
                                            {EV_FF_STATUS, FF_STATUS_MAX, &xlat_evdev_effect_status}};
static const struct code_set properties = {0, INPUT_PROP_MAX, &xlat_evdev_properties};

enum {
    NR_GNAME = 0x06,
    NR_GPHYS = 0x07,
    NR_GUNIQ = 0x08,
    NR_GPROP = 0x09,
    NR_GMTSLOTS = 0x0a,
    NR_GKEY = 0x18,
    NR_GLED = 0x19,
    NR_GSND = 0x1a,
    NR_GSW = 0x1b,
    NR_GBIT = 0x20,
    NR_GABS = 0x40,
    NR_SABS = 0xc0,
    BITS_SHOWN = 4 /* unless -v */
};

/* Which set of codes a request asks for; NULL: none. */
static const struct code_set *codes_asked(uint32_t number)
{
    static const uint8_t states[][2] = {
        {NR_GKEY, EV_KEY}, {NR_GLED, EV_LED}, {NR_GSND, EV_SND}, {NR_GSW, EV_SW}};
    unsigned type = EV_CNT;
    if (number == NR_GPROP) {
        return &properties;
    }
    if (number >= NR_GBIT && number < NR_GABS) {
        type = number - NR_GBIT;
    }
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        type = states[i][0] == number ? states[i][1] : type;
    }
    for (size_t i = 0; i < sizeof(code_sets) / sizeof(code_sets[0]); i++) {
        if (code_sets[i].type == type) {
            return &code_sets[i];
        }
    }
    return NULL;
}

static void append_codes(struct decoder *d, const char *name, const unsigned char *bits, unsigned count,
                         const struct xlat *names)
{
    unsigned shown = 0;
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    for (unsigned i = 0; i < count; i++) {
        if (!(bits[i / 8] & 1U << i % 8)) {
            continue;
        }
        if (shown++ == BITS_SHOWN && !d->options->verbose) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        values_xlat(d->out, VALUE_ENUM, NULL, names, i);
    }
    if (shown == 0) {
        values_word(d->out, NULL, " 0 ");
    }
    values_close(d->out);
}

/* The result says how many bytes of the set there are; they come in longs (drivers/input/evdev.c). */
static void decode_codes(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct code_set *set = codes_asked(_IOC_NR((uint32_t)d->args[1]));
    unsigned char bits[KEY_CNT / 8];
    unsigned most = set ? set->highest : 0;
    unsigned count = d->result > most / 8 ? most : (unsigned)d->result * 8;
    unsigned words = (count + 8 * d->abi->long_size - 1) / (8 * d->abi->long_size);
    (void)kind;
    if (!set || count == 0) {
        decode_addr(d, name, raw);
    } else if (decode_object(d, name, raw, bits, (size_t)words * d->abi->long_size)) {
        append_codes(d, name, bits, count, set->names);
    }
}

enum { AXIS_SIZE_OLD = offsetof(struct input_axis, resolution) };

/* A size that is not the structure's is that of older or newer headers. */
static void decode_axis(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[sizeof(struct input_axis)];
    size_t size = _IOC_SIZE((uint32_t)d->args[1]);
    struct block block = {.bytes = bytes, .size = size < sizeof(bytes) ? size : sizeof(bytes)};
    (void)kind;
    if (!decode_object(d, name, raw, bytes, block.size)) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_input_axis);
    if (size > AXIS_SIZE_OLD && size != sizeof(bytes)) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_key(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t pair[2];
    (void)kind;
    if (decode_object(d, name, raw, pair, sizeof(pair))) {
        values_open(d->out, VALUE_ARRAY, name);
        values_add(d->out, VALUE_UINT, NULL, pair[0]);
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_evdev_keys, pair[1]);
        values_close(d->out);
    }
}

#define KEYMAP(member, as, ...) MEMBER(struct input_keymap_entry, member, as, ##__VA_ARGS__)
LAYOUT(keymap, struct input_keymap_entry, KEYMAP(flags, UINT), KEYMAP(len, UINT),
       KEYMAP(index, UINT, .detail = true), KEYMAP(keycode, ENUM, .detail = true, .xlat = &xlat_evdev_keys),
       KEYMAP(scancode, ARRAY, .detail = true, .each = AS_HEX, .width = 1));

#define U(type, member) MEMBER(type, member, UINT)
LAYOUT(envelope, struct ff_envelope, U(struct ff_envelope, attack_length),
       U(struct ff_envelope, attack_level), U(struct ff_envelope, fade_length),
       MEMBER(struct ff_envelope, fade_level, HEX));
LAYOUT(trigger, struct ff_trigger, U(struct ff_trigger, button), U(struct ff_trigger, interval));
LAYOUT(replay, struct ff_replay, U(struct ff_replay, length), U(struct ff_replay, delay));
LAYOUT(constant, struct ff_constant_effect, MEMBER(struct ff_constant_effect, level, INT),
       INSIDE(struct ff_constant_effect, envelope, envelope));
LAYOUT(ramp, struct ff_ramp_effect, MEMBER(struct ff_ramp_effect, start_level, INT),
       MEMBER(struct ff_ramp_effect, end_level, INT), INSIDE(struct ff_ramp_effect, envelope, envelope));
LAYOUT(periodic, struct ff_periodic_effect, U(struct ff_periodic_effect, waveform),
       U(struct ff_periodic_effect, period), MEMBER(struct ff_periodic_effect, magnitude, INT),
       MEMBER(struct ff_periodic_effect, offset, INT), U(struct ff_periodic_effect, phase),
       INSIDE(struct ff_periodic_effect, envelope, envelope), U(struct ff_periodic_effect, custom_len),
       MEMBER(struct ff_periodic_effect, custom_data, ADDR));
LAYOUT(rumble, struct ff_rumble_effect, U(struct ff_rumble_effect, strong_magnitude),
       U(struct ff_rumble_effect, weak_magnitude));

/* Members of the union are shown by the bit of their type. */
#define OF_TYPE(type) (UINT64_C(1) << ((type)-FF_EFFECT_MIN))
#define EFFECT(name_, type)                                                                                  \
    {                                                                                                        \
        .name = #name_, .offset = offsetof(struct ff_effect, u), .size = 1, .as = AS_BLOCK, .detail = true,  \
        .layout = &layout_##name_, .when = OF_TYPE(type)                                                     \
    }
LAYOUT(effect, struct ff_effect, MEMBER(struct ff_effect, type, ENUM, .xlat = &xlat_evdev_effects),
       MEMBER(struct ff_effect, id, INT), U(struct ff_effect, direction),
       MEMBER(struct ff_effect, trigger, BLOCK, .detail = true, .layout = &layout_trigger),
       MEMBER(struct ff_effect, replay, BLOCK, .detail = true, .layout = &layout_replay),
       EFFECT(constant, FF_CONSTANT), EFFECT(ramp, FF_RAMP), EFFECT(periodic, FF_PERIODIC),
       EFFECT(rumble, FF_RUMBLE));

enum { EFFECT_SIZE_32 = 44, EVIOCSFF_32 = 0x402c4580 };

/* For 32 bits it only lacks the upper half of its last member, a pointer. */
static void decode_effect(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct ff_effect effect;
    size_t size = (uint32_t)d->args[1] == EVIOCSFF_32 ? EFFECT_SIZE_32 : sizeof(effect);
    (void)kind;
    memset(&effect, 0, sizeof(effect));
    if (!decode_object(d, name, raw, &effect, size)) {
        return;
    }
    bool known = effect.type >= FF_EFFECT_MIN && effect.type <= FF_EFFECT_MAX;
    append_layout(d, name, &effect, known ? OF_TYPE(effect.type) : 0, &layout_effect);
}

static const struct kind key_kind = {.decode = decode_key};
static const struct kind effect_kind = {.decode = decode_effect};
static const struct kind text_kind = {.decode = decode_input_text};
static const struct kind slots_kind = {.decode = decode_slots};
static const struct kind codes_kind = {.decode = decode_codes};
static const struct kind axis_kind = {.decode = decode_axis};

static const struct ioctl_shape *shape_of_reading(uint32_t request)
{
    static const struct ioctl_shape text = BY(0, OUT, text), slots = BY(0, OUT, slots),
                                    codes = BY(0, OUT, codes), axis = BY(0, OUT, axis),
                                    power = PLAIN(0, NUMBER_AT, OUT, 4);
    uint32_t number = _IOC_NR(request);
    if (number >= NR_GNAME && number <= NR_GUNIQ) {
        return &text;
    }
    if (number == NR_GMTSLOTS) {
        return &slots;
    }
    if (number == NR_GBIT + EV_PWR) {
        return &power;
    }
    if (number >= NR_GABS && number <= NR_GABS + ABS_MAX && _IOC_SIZE(request) >= AXIS_SIZE_OLD) {
        return &axis;
    }
    return codes_asked(number) ? &codes : NULL;
}

const struct ioctl_shape *ioctl_input_shape(uint32_t request)
{
    static const struct ioctl_shape axis = BY(0, IN, axis);
    uint32_t number = _IOC_NR(request);
    if (_IOC_TYPE(request) != 'E') {
        return NULL;
    }
    if (_IOC_DIR(request) == _IOC_READ) {
        return shape_of_reading(request);
    }
    bool sets = _IOC_DIR(request) == _IOC_WRITE && number >= NR_SABS && number <= NR_SABS + ABS_MAX;
    return sets && _IOC_SIZE(request) >= AXIS_SIZE_OLD ? &axis : NULL;
}

IOCTL_SHAPES(input, PLAIN(EVIOCGVERSION, HEX_AT, OUT, 4), PLAIN(EVIOCGEFFECTS, UNSIGNED_AT, OUT, 4),
             AT(EVIOCGID, OUT, input_identity), PLAIN(EVIOCGREP, PAIR_AT, OUT, 4),
             PLAIN(EVIOCSREP, PAIR_AT, IN, 4), BY(EVIOCGKEYCODE, OUT, key), BY(EVIOCSKEYCODE, IN, key),
             AT(EVIOCGKEYCODE_V2, OUT, keymap), AT(EVIOCSKEYCODE_V2, IN, keymap), BY(EVIOCSFF, IN, effect),
             BY(EVIOCSFF_32, IN, effect), PLAIN(EVIOCRMFF, INT, IN, 0), PLAIN(EVIOCGRAB, UNSIGNED, IN, 0),
             PLAIN(EVIOCREVOKE, UNSIGNED, IN, 0), PLAIN(EVIOCSCLOCKID, UNSIGNED_AT, IN, 4));
