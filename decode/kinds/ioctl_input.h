/* Requests to input devices: the names of what they have. */
#ifndef PROCTOR_DECODE_KINDS_IOCTL_INPUT_H
#define PROCTOR_DECODE_KINDS_IOCTL_INPUT_H

#include "decode/xlat.h"

extern const struct xlat xlat_evdev_types, xlat_evdev_axes, xlat_evdev_slots, xlat_evdev_keys,
    xlat_evdev_wheels, xlat_evdev_misc, xlat_evdev_switches, xlat_evdev_leds, xlat_evdev_sounds,
    xlat_evdev_repeat, xlat_evdev_effects, xlat_evdev_effect_status, xlat_evdev_properties;

#endif
