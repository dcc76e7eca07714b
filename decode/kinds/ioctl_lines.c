/* Requests to lines of general-purpose controllers (linux/gpio.h) and to counters (linux/counter.h). */
#include <linux/counter.h>
#include <linux/gpio.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(line_flags, "GPIOLINE_FLAG_???", X(GPIOLINE_FLAG_KERNEL), X(GPIOLINE_FLAG_IS_OUT),
     X(GPIOLINE_FLAG_ACTIVE_LOW), X(GPIOLINE_FLAG_OPEN_DRAIN), X(GPIOLINE_FLAG_OPEN_SOURCE),
     X(GPIOLINE_FLAG_BIAS_PULL_UP), X(GPIOLINE_FLAG_BIAS_PULL_DOWN), X(GPIOLINE_FLAG_BIAS_DISABLE));
XLAT(line_requests, "GPIOHANDLE_REQUEST_???", X(GPIOHANDLE_REQUEST_INPUT), X(GPIOHANDLE_REQUEST_OUTPUT),
     X(GPIOHANDLE_REQUEST_ACTIVE_LOW), X(GPIOHANDLE_REQUEST_OPEN_DRAIN), X(GPIOHANDLE_REQUEST_OPEN_SOURCE),
     X(GPIOHANDLE_REQUEST_BIAS_PULL_UP), X(GPIOHANDLE_REQUEST_BIAS_PULL_DOWN),
     X(GPIOHANDLE_REQUEST_BIAS_DISABLE));
XLAT(line_events, "GPIOEVENT_REQUEST_???", X(GPIOEVENT_REQUEST_BOTH_EDGES), X(GPIOEVENT_REQUEST_RISING_EDGE),
     X(GPIOEVENT_REQUEST_FALLING_EDGE));
XLAT(line_flags2, "GPIO_V2_LINE_FLAG_???", X(GPIO_V2_LINE_FLAG_USED), X(GPIO_V2_LINE_FLAG_ACTIVE_LOW),
     X(GPIO_V2_LINE_FLAG_INPUT), X(GPIO_V2_LINE_FLAG_OUTPUT), X(GPIO_V2_LINE_FLAG_EDGE_RISING),
     X(GPIO_V2_LINE_FLAG_EDGE_FALLING), X(GPIO_V2_LINE_FLAG_OPEN_DRAIN), X(GPIO_V2_LINE_FLAG_OPEN_SOURCE),
     X(GPIO_V2_LINE_FLAG_BIAS_PULL_UP), X(GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN),
     X(GPIO_V2_LINE_FLAG_BIAS_DISABLED), X(GPIO_V2_LINE_FLAG_EVENT_CLOCK_REALTIME),
     {1 << 12, "GPIO_V2_LINE_FLAG_EVENT_CLOCK_HTE"});

#define OF(type, member, as, ...) MEMBER(struct type, member, as, ##__VA_ARGS__)
LAYOUT(chip, struct gpiochip_info, OF(gpiochip_info, name, CHARS), OF(gpiochip_info, label, CHARS),
       OF(gpiochip_info, lines, UINT));
LAYOUT(line_asked, struct gpioline_info, OF(gpioline_info, line_offset, UINT));
LAYOUT(line_told, struct gpioline_info, OF(gpioline_info, flags, FLAGS, .xlat = &xlat_line_flags),
       OF(gpioline_info, name, CHARS), OF(gpioline_info, consumer, CHARS));
LAYOUT(handle_told, struct gpiohandle_request, OF(gpiohandle_request, fd, FD));
LAYOUT(event_asked, struct gpioevent_request, OF(gpioevent_request, lineoffset, UINT),
       OF(gpioevent_request, handleflags, FLAGS, .xlat = &xlat_line_requests),
       OF(gpioevent_request, eventflags, FLAGS, .xlat = &xlat_line_events),
       OF(gpioevent_request, consumer_label, CHARS));
LAYOUT(event_told, struct gpioevent_request, OF(gpioevent_request, fd, FD));
LAYOUT(values, struct gpiohandle_data, OF(gpiohandle_data, values, ARRAY, .each = AS_UINT, .width = 1));
LAYOUT(handle_settings, struct gpiohandle_config,
       OF(gpiohandle_config, flags, FLAGS, .xlat = &xlat_line_requests),
       OF(gpiohandle_config, default_values, ARRAY, .each = AS_UINT, .width = 1));
struct line_number {
    uint32_t offset;
};
LAYOUT(line_number, struct line_number, OF(line_number, offset, UINT));
LAYOUT(line_bits_asked, struct gpio_v2_line_values, OF(gpio_v2_line_values, mask, HEX));
LAYOUT(line_bits_told, struct gpio_v2_line_values, OF(gpio_v2_line_values, bits, HEX));
LAYOUT(line_bits, struct gpio_v2_line_values, OF(gpio_v2_line_values, bits, HEX),
       OF(gpio_v2_line_values, mask, HEX));
LAYOUT(line_asked2, struct gpio_v2_line_info, OF(gpio_v2_line_info, offset, UINT));
LAYOUT(line_told2, struct gpio_v2_line_request, OF(gpio_v2_line_request, fd, FD));

CHANGE(line, line_asked, line_told);
CHANGE(event, event_asked, event_told);
CHANGE(bits, line_bits_asked, line_bits_told);

/* context: the bytes of each. */
static void append_number(struct decoder *d, const void *element, void *context)
{
    uint64_t number = 0;
    memcpy(&number, element, *(const size_t *)context);
    append_uint(d, NULL, number);
}

static void append_numbers(struct decoder *d, const char *name, const void *numbers, size_t width,
                           uint32_t count, uint32_t most)
{
    append_elements(d, name, numbers, count < most ? count : most, width, append_number, &width);
}

static void decode_handle(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct gpiohandle_request r;
    (void)kind;
    if (!decode_object(d, name, raw, &r, sizeof(r))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "lines", r.lines);
    append_numbers(d, "lineoffsets", r.lineoffsets, sizeof(r.lineoffsets[0]), r.lines, GPIOHANDLES_MAX);
    append_flags(d, "flags", &xlat_line_requests, r.flags);
    append_numbers(d, "default_values", r.default_values, 1, r.lines, GPIOHANDLES_MAX);
    decode_char_array(d, "consumer_label", r.consumer_label, sizeof(r.consumer_label));
    values_close(d->out);
}

/* What is reserved, if it is used. */
static void append_padding(struct decoder *d, const uint32_t *padding, size_t n)
{
    bool used = false;
    for (size_t i = 0; i < n; i++) {
        used = used || padding[i];
    }
    if (used) {
        values_open(d->out, VALUE_ARRAY, "padding");
        for (size_t i = 0; i < n; i++) {
            values_add(d->out, VALUE_HEX, NULL, padding[i]);
        }
        values_close(d->out);
    }
}

static void append_attribute_members(struct decoder *d, const struct gpio_v2_line_attribute *a)
{
    values_add(d->out, VALUE_UINT, "id", a->id);
    if (a->padding) {
        values_add(d->out, VALUE_HEX, "padding", a->padding);
    }
    values_add(d->out, VALUE_HEX, "data", a->values);
}

/* An attribute that is known is shown by its only member, any other as it is (`name`: in braces). */
static void append_attribute(struct decoder *d, const char *name, const struct gpio_v2_line_attribute *a)
{
    uint32_t id = a->padding ? 0 : a->id;
    if (id == GPIO_V2_LINE_ATTR_ID_FLAGS) {
        append_flags(d, "flags", &xlat_line_flags2, a->flags);
    } else if (id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES) {
        values_add(d->out, VALUE_HEX, "values", a->values);
    } else if (id == GPIO_V2_LINE_ATTR_ID_DEBOUNCE) {
        values_add(d->out, VALUE_UINT, "debounce_period_us", a->debounce_period_us);
    } else if (name) {
        values_open(d->out, VALUE_STRUCT, name);
        append_attribute_members(d, a);
        values_close(d->out);
    } else {
        append_attribute_members(d, a);
    }
}

static void append_setting(struct decoder *d, const void *element, void *context)
{
    const struct gpio_v2_line_config_attribute *setting = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_attribute(d, "attr", &setting->attr);
    values_add(d->out, VALUE_HEX, "mask", setting->mask);
    values_close(d->out);
}

static void append_bare_attribute(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_attribute(d, NULL, element);
    values_close(d->out);
}

/* Attributes that were read, as many as there can be. */
static void append_attributes(struct decoder *d, const void *elements, size_t size, uint32_t count,
                              decode_element_fn *append)
{
    append_elements(d, "attrs", elements,
                    count < GPIO_V2_LINE_NUM_ATTRS_MAX ? count : GPIO_V2_LINE_NUM_ATTRS_MAX, size, append,
                    NULL);
}

static void append_settings(struct decoder *d, const char *name, const struct gpio_v2_line_config *c)
{
    values_open(d->out, VALUE_STRUCT, name);
    append_flags(d, "flags", &xlat_line_flags2, c->flags);
    values_add(d->out, VALUE_UINT, "num_attrs", c->num_attrs);
    append_padding(d, c->padding, sizeof(c->padding) / sizeof(c->padding[0]));
    if (c->num_attrs) {
        append_attributes(d, c->attrs, sizeof(c->attrs[0]), c->num_attrs, append_setting);
    }
    values_close(d->out);
}

static void decode_settings(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct gpio_v2_line_config c;
    (void)kind;
    if (decode_object(d, name, raw, &c, sizeof(c))) {
        append_settings(d, name, &c);
    }
}

static void decode_lines(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct gpio_v2_line_request r;
    (void)kind;
    if (!decode_object(d, name, raw, &r, sizeof(r))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "num_lines", r.num_lines);
    append_numbers(d, "offsets", r.offsets, sizeof(r.offsets[0]), r.num_lines, GPIO_V2_LINES_MAX);
    decode_char_array(d, "consumer", r.consumer, sizeof(r.consumer));
    append_settings(d, "config", &r.config);
    if (r.event_buffer_size) {
        values_add(d->out, VALUE_UINT, "event_buffer_size", r.event_buffer_size);
    }
    append_padding(d, r.padding, sizeof(r.padding) / sizeof(r.padding[0]));
    values_close(d->out);
}

static void decode_line(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct gpio_v2_line_info info;
    (void)kind;
    if (!decode_object(d, name, raw, &info, sizeof(info))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_char_array(d, "name", info.name, sizeof(info.name));
    decode_char_array(d, "consumer", info.consumer, sizeof(info.consumer));
    append_flags(d, "flags", &xlat_line_flags2, info.flags);
    values_add(d->out, VALUE_UINT, "num_attrs", info.num_attrs);
    if (info.num_attrs) {
        append_attributes(d, info.attrs, sizeof(info.attrs[0]), info.num_attrs, append_bare_attribute);
    }
    append_padding(d, info.padding, sizeof(info.padding) / sizeof(info.padding[0]));
    values_close(d->out);
}

static const struct kind handle_kind = {.decode = decode_handle};
static const struct kind settings_kind = {.decode = decode_settings};
static const struct kind lines_kind = {.decode = decode_lines};
static const struct kind line_kind = {.decode = decode_line};
static const struct ioctl_change changes_handle = {{.as = IOCTL_DECODED, .aux = &handle_kind},
                                                   {.as = IOCTL_LAYOUT_AT, .aux = &layout_handle_told}};
static const struct ioctl_change changes_lines = {{.as = IOCTL_DECODED, .aux = &lines_kind},
                                                  {.as = IOCTL_LAYOUT_AT, .aux = &layout_line_told2}};
static const struct ioctl_change changes_line2 = {{.as = IOCTL_LAYOUT_AT, .aux = &layout_line_asked2},
                                                  {.as = IOCTL_DECODED, .aux = &line_kind}};

XLAT(counter_components, "COUNTER_COMPONENT_???", X(COUNTER_COMPONENT_NONE), X(COUNTER_COMPONENT_SIGNAL),
     X(COUNTER_COMPONENT_COUNT), X(COUNTER_COMPONENT_FUNCTION), X(COUNTER_COMPONENT_SYNAPSE_ACTION),
     X(COUNTER_COMPONENT_EXTENSION));
XLAT(counter_scopes, "COUNTER_SCOPE_???", X(COUNTER_SCOPE_DEVICE), X(COUNTER_SCOPE_SIGNAL),
     X(COUNTER_SCOPE_COUNT));
XLAT(counter_events, "COUNTER_EVENT_???", {0, "COUNTER_EVENT_OVERFLOW"}, {1, "COUNTER_EVENT_UNDERFLOW"},
     {2, "COUNTER_EVENT_OVERFLOW_UNDERFLOW"}, {3, "COUNTER_EVENT_THRESHOLD"}, {4, "COUNTER_EVENT_INDEX"},
     {5, "COUNTER_EVENT_CHANGE_OF_STATE"}, {6, "COUNTER_EVENT_CAPTURE"},
     {7, "COUNTER_EVENT_DIRECTION_CHANGE"});
LAYOUT(component, struct counter_component,
       OF(counter_component, type, ENUM, .xlat = &xlat_counter_components),
       OF(counter_component, scope, ENUM, .xlat = &xlat_counter_scopes), OF(counter_component, parent, UINT),
       OF(counter_component, id, UINT));
LAYOUT(watch, struct counter_watch, OF(counter_watch, component, BLOCK, .layout = &layout_component),
       OF(counter_watch, event, ENUM, .xlat = &xlat_counter_events), OF(counter_watch, channel, UINT));

IOCTL_SHAPES(lines, AT(GPIO_GET_CHIPINFO_IOCTL, OUT, chip), CHANGES(GPIO_GET_LINEINFO_IOCTL, line),
             CHANGES(GPIO_GET_LINEINFO_WATCH_IOCTL, line),
             AT(GPIO_GET_LINEINFO_UNWATCH_IOCTL, IN, line_number), CHANGES(GPIO_GET_LINEHANDLE_IOCTL, handle),
             CHANGES(GPIO_GET_LINEEVENT_IOCTL, event), AT(GPIOHANDLE_GET_LINE_VALUES_IOCTL, OUT, values),
             AT(GPIOHANDLE_SET_LINE_VALUES_IOCTL, IN, values),
             AT(GPIOHANDLE_SET_CONFIG_IOCTL, IN, handle_settings), CHANGES(GPIO_V2_GET_LINEINFO_IOCTL, line2),
             CHANGES(GPIO_V2_GET_LINEINFO_WATCH_IOCTL, line2), CHANGES(GPIO_V2_GET_LINE_IOCTL, lines),
             BY(GPIO_V2_LINE_SET_CONFIG_IOCTL, IN, settings), CHANGES(GPIO_V2_LINE_GET_VALUES_IOCTL, bits),
             AT(GPIO_V2_LINE_SET_VALUES_IOCTL, IN, line_bits), AT(COUNTER_ADD_WATCH_IOCTL, IN, watch),
             PLAIN(COUNTER_ENABLE_EVENTS_IOCTL, NOTHING, IN, 0),
             PLAIN(COUNTER_DISABLE_EVENTS_IOCTL, NOTHING, IN, 0));
