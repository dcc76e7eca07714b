/* Requests to video devices about their controls: brightness, bit rate, the buttons of a camera. */
#include <linux/videodev2.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"

#include "decode/kinds/ioctl_v4l2_tables.h"

enum { CLASS_SIZE = 0x10000 };

/* A control without a name is shown by the class that it is of: V4L2_CTRL_CLASS_USER+0x999. */
static void append_control(struct decoder *d, const char *name, uint32_t id)
{
    const char *class = xlat_name(&xlat_v4l2_control_classes, id & ~(CLASS_SIZE - 1U));
    if (!class || xlat_name(&xlat_v4l2_controls, id)) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_v4l2_controls, id);
        return;
    }
    uint32_t offset = id & (CLASS_SIZE - 1U);
    uint32_t index = values_wordf(d->out, name, offset ? "%s+%#x" : "%s+%u", class, offset);
    values_stand_for(d->out, index, id, VALUE_AS_HEX);
}

static void control_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint32_t id;
    memcpy(&id, bytes, sizeof(id));
    append_control(d, m->name, id);
}

/* What is asked may be the next control behind this one. */
static void next_control_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    const uint32_t next = V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    uint32_t id;
    memcpy(&id, bytes, sizeof(id));
    if (!(id & next)) {
        append_control(d, m->name, id);
        return;
    }
    uint32_t index = values_open(d->out, VALUE_OR, m->name);
    values_at(d->out, index)->number = id;
    values_at(d->out, index)->flags |= VALUE_WHOLE | VALUE_RAW_ONLY;
    values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_v4l2_control_next, id & next);
    append_control(d, NULL, id & ~next);
    values_close(d->out);
}

#define CONTROL(type) MEMBER(type, id, OWN, .own = control_member)
LAYOUT(control_id, struct v4l2_control, CONTROL(struct v4l2_control));
LAYOUT(control_value, struct v4l2_control, MEMBER(struct v4l2_control, value, INT));
LAYOUT(control, struct v4l2_control, CONTROL(struct v4l2_control), MEMBER(struct v4l2_control, value, INT));

#define QUERY_DETAIL(type, member, as, ...) MEMBER(type, member, as, .detail = true, ##__VA_ARGS__)
LAYOUT(query_id, struct v4l2_queryctrl, MEMBER(struct v4l2_queryctrl, id, OWN, .own = next_control_member));
LAYOUT(query_found, struct v4l2_queryctrl, CONTROL(struct v4l2_queryctrl));
LAYOUT(query, struct v4l2_queryctrl,
       MEMBER(struct v4l2_queryctrl, type, ENUM, .xlat = &xlat_v4l2_control_types),
       MEMBER(struct v4l2_queryctrl, name, CHARS), QUERY_DETAIL(struct v4l2_queryctrl, minimum, INT),
       QUERY_DETAIL(struct v4l2_queryctrl, maximum, INT), QUERY_DETAIL(struct v4l2_queryctrl, step, INT),
       QUERY_DETAIL(struct v4l2_queryctrl, default_value, INT),
       QUERY_DETAIL(struct v4l2_queryctrl, flags, FLAGS, .xlat = &xlat_v4l2_control_flags),
       QUERY_DETAIL(struct v4l2_queryctrl, reserved, ARRAY, .each = AS_HEX, .width = 4, .unless_0 = true));

/* struct v4l2_query_ext_ctrl (Linux 3.17); of its four dimensions as many are shown as there are. */
static void dimensions_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint32_t number;
    memcpy(&number, bytes - sizeof(number), sizeof(number));
    values_open(d->out, VALUE_ARRAY, m->name);
    for (uint32_t i = 0; i < number && i < V4L2_CTRL_MAX_DIMS; i++) {
        uint32_t elements;
        memcpy(&elements, bytes + i * sizeof(elements), sizeof(elements));
        values_add(d->out, VALUE_UINT, NULL, elements);
    }
    values_close(d->out);
}

#define EXT struct v4l2_query_ext_ctrl
LAYOUT(query_ext_id, EXT, MEMBER(EXT, id, OWN, .own = next_control_member));
LAYOUT(query_ext_found, EXT, CONTROL(EXT));
LAYOUT(query_ext, EXT, MEMBER(EXT, type, ENUM, .xlat = &xlat_v4l2_control_types), MEMBER(EXT, name, CHARS),
       QUERY_DETAIL(EXT, minimum, INT), QUERY_DETAIL(EXT, maximum, INT), QUERY_DETAIL(EXT, step, UINT),
       QUERY_DETAIL(EXT, default_value, INT),
       QUERY_DETAIL(EXT, flags, FLAGS, .xlat = &xlat_v4l2_control_flags), QUERY_DETAIL(EXT, elem_size, UINT),
       QUERY_DETAIL(EXT, elems, UINT), QUERY_DETAIL(EXT, nr_of_dims, UINT),
       QUERY_DETAIL(EXT, dims, OWN, .own = dimensions_member),
       QUERY_DETAIL(EXT, reserved, ARRAY, .each = AS_HEX, .width = 4, .unless_0 = true));
_Static_assert(offsetof(EXT, dims) == offsetof(EXT, nr_of_dims) + sizeof(uint32_t),
               "the number of dimensions is before them");

LAYOUT(menu_asked, struct v4l2_querymenu, CONTROL(struct v4l2_querymenu),
       MEMBER(struct v4l2_querymenu, index, UINT));
LAYOUT(menu, struct v4l2_querymenu, MEMBER(struct v4l2_querymenu, name, CHARS),
       MEMBER(struct v4l2_querymenu, value, INT));

GROWTH(control, control_id, control_value);
static const struct ioctl_growth grows_set_control = {.asked = &layout_control,
                                                      .replaced = &layout_control_value};
GROWTH(query, query_id, query, .replaced = &layout_query_found);
GROWTH(query_ext, query_ext_id, query_ext, .replaced = &layout_query_ext_found);
CHANGE(menu, menu_asked, menu);

/* struct v4l2_ext_controls, whose controls lie behind a pointer. */
struct controls {
    uint32_t class, count, error;
    uint64_t controls;
};
enum { CONTROLS_SIZE_64 = 32, CONTROLS_SIZE_32 = 24, CONTROL_SIZE = 20 };

/* False if it could not be read: the address was shown, at entry. */
static bool read_controls(struct decoder *d, const char *name, uint64_t addr, struct controls *controls)
{
    uint32_t words[CONTROLS_SIZE_64 / sizeof(uint32_t)];
    bool wide = _IOC_SIZE((uint32_t)d->args[1]) == CONTROLS_SIZE_64;
    if (d->at_exit
            ? !mem_read(d->mem, decode_word(d, addr), words, wide ? CONTROLS_SIZE_64 : CONTROLS_SIZE_32)
            : !decode_object(d, name, addr, words, wide ? CONTROLS_SIZE_64 : CONTROLS_SIZE_32)) {
        return false;
    }
    *controls = (struct controls){.class = words[0], .count = words[1], .error = words[2]};
    controls->controls = wide ? words[6] | (uint64_t)words[7] << 32 : words[5];
    return true;
}

/* struct v4l2_ext_control: without padding. */
static void append_ext_control(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint32_t words[CONTROL_SIZE / sizeof(uint32_t)];
    memcpy(words, element, sizeof(words));
    uint64_t wide = words[3] | (uint64_t)words[4] << 32;
    values_open(d->out, VALUE_STRUCT, NULL);
    values_xlat(d->out, VALUE_ENUM, "id", &xlat_v4l2_controls, words[0]);
    values_add(d->out, VALUE_UINT, "size", words[1]);
    if (words[1]) {
        decode_data(d, "string", d->abi->pointer_size == 4 ? words[3] : wide, words[1]);
    } else {
        values_add(d->out, VALUE_INT, "value", (uint64_t)(int64_t)(int32_t)words[3]);
        values_add(d->out, VALUE_INT, "value64", wide);
    }
    values_close(d->out);
}

static void append_controls(struct decoder *d, const struct controls *c)
{
    decode_array(d, "controls", c->controls, c->count, CONTROL_SIZE, append_ext_control, NULL);
    if (d->at_exit && d->result < 0) {
        values_add(d->out, VALUE_UINT, "error_idx", c->error);
    }
}

static void append_class(struct decoder *d, const struct controls *c)
{
    values_xlat(d->out, VALUE_ENUM, "ctrl_class", &xlat_v4l2_control_classes, c->class);
    values_add(d->out, VALUE_UINT, "count", c->count);
}

/* What entry showed, if more is to be shown: if something is set, with the list of it. */
static uint32_t shown_at_entry(const struct decoder *d, bool set)
{
    uint32_t before = decode_entry_struct(d);
    bool listed = before && values_at(d->out, values_at(d->out, before)->last)->type == VALUE_ARRAY;
    return set && !listed ? 0 : before;
}

/* What is got is shown at exit, also of a call that failed on the way; what is set, before and after it. */
static void decode_ext_controls(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool set = kind->option;
    struct controls c;
    if (!read_controls(d, name, raw, &c)) {
        return;
    }
    if (!d->at_exit) {
        values_open(d->out, VALUE_STRUCT, name);
        append_class(d, &c);
        if (set && c.count) {
            append_controls(d, &c);
        }
        values_close(d->out);
        return;
    }
    uint32_t before = c.count ? shown_at_entry(d, set) : 0;
    if (!before) {
        return;
    }
    if (set) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, before);
    }
    values_open(d->out, VALUE_STRUCT, set ? NULL : name);
    if (!set) {
        append_class(d, &c);
    }
    append_controls(d, &c);
    values_close(d->out);
    if (set) {
        values_close(d->out);
    }
}

static const struct kind get_controls_kind = {.decode = decode_ext_controls};
static const struct kind set_controls_kind = {.decode = decode_ext_controls, .option = true};

#define CONTROLS(n, kind)                                                                                    \
    BY(_IOC(3U, 'V', n, CONTROLS_SIZE_64), OUT_ANY, kind),                                                   \
        BY(_IOC(3U, 'V', n, CONTROLS_SIZE_32), OUT_ANY, kind)
IOCTL_SHAPES(v4l2_controls, GROWS(VIDIOC_G_CTRL, control), GROWS(VIDIOC_S_CTRL, set_control),
             GROWS(VIDIOC_QUERYCTRL, query), GROWS(VIDIOC_QUERY_EXT_CTRL, query_ext),
             CHANGES(VIDIOC_QUERYMENU, menu), CONTROLS(71, get_controls), CONTROLS(72, set_controls),
             CONTROLS(73, set_controls));
