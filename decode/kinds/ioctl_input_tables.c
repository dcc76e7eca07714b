/* Names of what input devices have: kinds of events, keys, axes (linux/input-event-codes.h). */
#include <linux/input.h>

#include "decode/kinds/ioctl_input.h"

XLAT(evdev_types, "EV_???", {0x01, "EV_KEY"}, {0x02, "EV_REL"}, {0x03, "EV_ABS"}, {0x04, "EV_MSC"},
     {0x05, "EV_SW"}, {0x11, "EV_LED"}, {0x12, "EV_SND"}, {0x14, "EV_REP"}, {0x15, "EV_FF"}, {0x16, "EV_PWR"},
     {0x17, "EV_FF_STATUS"});
XLAT(evdev_axes, "ABS_???", {0x00, "ABS_X"}, {0x01, "ABS_Y"}, {0x02, "ABS_Z"}, {0x03, "ABS_RX"},
     {0x04, "ABS_RY"}, {0x05, "ABS_RZ"}, {0x06, "ABS_THROTTLE"}, {0x07, "ABS_RUDDER"}, {0x08, "ABS_WHEEL"},
     {0x09, "ABS_GAS"}, {0x0a, "ABS_BRAKE"}, {0x10, "ABS_HAT0X"}, {0x11, "ABS_HAT0Y"}, {0x12, "ABS_HAT1X"},
     {0x13, "ABS_HAT1Y"}, {0x14, "ABS_HAT2X"}, {0x15, "ABS_HAT2Y"}, {0x16, "ABS_HAT3X"}, {0x17, "ABS_HAT3Y"},
     {0x18, "ABS_PRESSURE"}, {0x19, "ABS_DISTANCE"}, {0x1a, "ABS_TILT_X"}, {0x1b, "ABS_TILT_Y"},
     {0x1c, "ABS_TOOL_WIDTH"}, {0x20, "ABS_VOLUME"}, {0x21, "ABS_PROFILE"}, {0x28, "ABS_MISC"},
     {0x2e, "ABS_RESERVED"}, {0x2f, "ABS_MT_SLOT"}, {0x30, "ABS_MT_TOUCH_MAJOR"},
     {0x31, "ABS_MT_TOUCH_MINOR"}, {0x32, "ABS_MT_WIDTH_MAJOR"}, {0x33, "ABS_MT_WIDTH_MINOR"},
     {0x34, "ABS_MT_ORIENTATION"}, {0x35, "ABS_MT_POSITION_X"}, {0x36, "ABS_MT_POSITION_Y"},
     {0x37, "ABS_MT_TOOL_TYPE"}, {0x38, "ABS_MT_BLOB_ID"}, {0x39, "ABS_MT_TRACKING_ID"},
     {0x3a, "ABS_MT_PRESSURE"}, {0x3b, "ABS_MT_DISTANCE"}, {0x3c, "ABS_MT_TOOL_X"}, {0x3d, "ABS_MT_TOOL_Y"});
#define KEY(code, name) {code, name},
static const struct xlat_entry key_entries[] = {
#include "decode/kinds/ioctl_input_keys.def"
};
#undef KEY
const struct xlat xlat_evdev_keys = {"KEY_???", key_entries, sizeof(key_entries) / sizeof(key_entries[0]), 1};
XLAT(evdev_wheels, "REL_???", X(REL_X), X(REL_Y), X(REL_Z), X(REL_RX), X(REL_RY), X(REL_RZ), X(REL_HWHEEL),
     X(REL_DIAL), X(REL_WHEEL), X(REL_MISC), X(REL_RESERVED), X(REL_WHEEL_HI_RES), X(REL_HWHEEL_HI_RES));
XLAT(evdev_misc, "MSC_???", X(MSC_SERIAL), X(MSC_PULSELED), X(MSC_GESTURE), X(MSC_RAW), X(MSC_SCAN),
     X(MSC_TIMESTAMP));
XLAT(evdev_switches, "SW_???", X(SW_LID), X(SW_TABLET_MODE), X(SW_HEADPHONE_INSERT), X(SW_RFKILL_ALL),
     X(SW_MICROPHONE_INSERT), X(SW_DOCK), X(SW_LINEOUT_INSERT), X(SW_JACK_PHYSICAL_INSERT),
     X(SW_VIDEOOUT_INSERT), X(SW_CAMERA_LENS_COVER), X(SW_KEYPAD_SLIDE), X(SW_FRONT_PROXIMITY),
     X(SW_ROTATE_LOCK), X(SW_LINEIN_INSERT), X(SW_MUTE_DEVICE), X(SW_PEN_INSERTED), X(SW_MACHINE_COVER),
     {0x11, "SW_USB_INSERT"});
XLAT(evdev_leds, "LED_???", X(LED_NUML), X(LED_CAPSL), X(LED_SCROLLL), X(LED_COMPOSE), X(LED_KANA),
     X(LED_SLEEP), X(LED_SUSPEND), X(LED_MUTE), X(LED_MISC), X(LED_MAIL), X(LED_CHARGING));
XLAT(evdev_sounds, "SND_???", X(SND_CLICK), X(SND_BELL), X(SND_TONE));
XLAT(evdev_repeat, "REP_???", X(REP_DELAY), X(REP_PERIOD));
XLAT(evdev_effects, "FF_???", X(FF_RUMBLE), X(FF_PERIODIC), X(FF_CONSTANT), X(FF_SPRING), X(FF_FRICTION),
     X(FF_DAMPER), X(FF_INERTIA), X(FF_RAMP), X(FF_SQUARE), X(FF_TRIANGLE), X(FF_SINE), X(FF_SAW_UP),
     X(FF_SAW_DOWN), X(FF_CUSTOM), X(FF_GAIN), X(FF_AUTOCENTER));
XLAT(evdev_effect_status, "FF_STATUS_???", X(FF_STATUS_STOPPED), X(FF_STATUS_PLAYING));
XLAT(evdev_properties, "PROP_???", X(INPUT_PROP_POINTER), X(INPUT_PROP_DIRECT), X(INPUT_PROP_BUTTONPAD),
     X(INPUT_PROP_SEMI_MT), X(INPUT_PROP_TOPBUTTONPAD), X(INPUT_PROP_POINTING_STICK),
     X(INPUT_PROP_ACCELEROMETER));
XLAT(evdev_slots, "ABS_MT_???", {0x2f, "ABS_MT_SLOT"}, {0x30, "ABS_MT_TOUCH_MAJOR"},
     {0x31, "ABS_MT_TOUCH_MINOR"}, {0x32, "ABS_MT_WIDTH_MAJOR"}, {0x33, "ABS_MT_WIDTH_MINOR"},
     {0x34, "ABS_MT_ORIENTATION"}, {0x35, "ABS_MT_POSITION_X"}, {0x36, "ABS_MT_POSITION_Y"},
     {0x37, "ABS_MT_TOOL_TYPE"}, {0x38, "ABS_MT_BLOB_ID"}, {0x39, "ABS_MT_TRACKING_ID"},
     {0x3a, "ABS_MT_PRESSURE"}, {0x3b, "ABS_MT_DISTANCE"}, {0x3c, "ABS_MT_TOOL_X"}, {0x3d, "ABS_MT_TOOL_Y"});
