/* Requests to video devices: what they can, formats, buffers, inputs. Controls are in ioctl_v4l2_controls.c.
 */
#include <linux/videodev2.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/ioctl_v4l2_tables.h"
#include "decode/kinds/time.h"

#define TYPES(a, b) (UINT64_C(1) << V4L2_BUF_TYPE_##a | UINT64_C(1) << V4L2_BUF_TYPE_##b)
#define TYPE(of) MEMBER(of, type, ENUM, .xlat = &xlat_v4l2_types)
#define FOURCC(type, member, formats)                                                                        \
    MEMBER(type, member, OWN, .own = v4l2_fourcc_member, .xlat = &xlat_v4l2_##formats)
#define FRACTION(type, member, ...) MEMBER(type, member, OWN, .own = v4l2_fraction_member, ##__VA_ARGS__)

LAYOUT(rectangle, struct v4l2_rect, MEMBER(struct v4l2_rect, left, INT), MEMBER(struct v4l2_rect, top, INT),
       MEMBER(struct v4l2_rect, width, UINT), MEMBER(struct v4l2_rect, height, UINT));

static void kernel_version_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint32_t version;
    memcpy(&version, bytes, sizeof(version));
    decode_kernel_version(d, m->name, version);
}

LAYOUT(capability, struct v4l2_capability, MEMBER(struct v4l2_capability, driver, CHARS),
       MEMBER(struct v4l2_capability, card, CHARS), MEMBER(struct v4l2_capability, bus_info, CHARS),
       MEMBER(struct v4l2_capability, version, OWN, .own = kernel_version_member),
       MEMBER(struct v4l2_capability, capabilities, FLAGS, .xlat = &xlat_v4l2_capabilities),
       MEMBER(struct v4l2_capability, device_caps, FLAGS, .unless_0 = true, .xlat = &xlat_v4l2_capabilities));

LAYOUT(description_asked, struct v4l2_fmtdesc, MEMBER(struct v4l2_fmtdesc, index, UINT),
       TYPE(struct v4l2_fmtdesc));
LAYOUT(description, struct v4l2_fmtdesc,
       MEMBER(struct v4l2_fmtdesc, flags, FLAGS, .xlat = &xlat_v4l2_format_flags),
       MEMBER(struct v4l2_fmtdesc, description, CHARS),
       FOURCC(struct v4l2_fmtdesc, pixelformat, pix_formats));

/* Formats. */

LAYOUT(pix, struct v4l2_pix_format, MEMBER(struct v4l2_pix_format, width, UINT),
       MEMBER(struct v4l2_pix_format, height, UINT), FOURCC(struct v4l2_pix_format, pixelformat, pix_formats),
       MEMBER(struct v4l2_pix_format, field, ENUM, .xlat = &xlat_v4l2_fields),
       MEMBER(struct v4l2_pix_format, bytesperline, UINT), MEMBER(struct v4l2_pix_format, sizeimage, UINT),
       MEMBER(struct v4l2_pix_format, colorspace, ENUM, .xlat = &xlat_v4l2_colorspaces));

LAYOUT(plane, struct v4l2_plane_pix_format, MEMBER(struct v4l2_plane_pix_format, sizeimage, UINT),
       MEMBER(struct v4l2_plane_pix_format, bytesperline, UINT));

/* As many as num_planes says, which lies behind all that there is room for. */
static void planes_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    unsigned count = bytes[m->size];
    values_open(d->out, VALUE_ARRAY, m->name);
    for (unsigned i = 0; i < count && i < VIDEO_MAX_PLANES; i++) {
        append_layout(d, NULL, bytes + i * sizeof(struct v4l2_plane_pix_format), 0, &layout_plane);
    }
    values_close(d->out);
}

_Static_assert(offsetof(struct v4l2_pix_format_mplane, num_planes) ==
                   offsetof(struct v4l2_pix_format_mplane, plane_fmt) +
                       VIDEO_MAX_PLANES * sizeof(struct v4l2_plane_pix_format),
               "num_planes is behind the planes");
LAYOUT(pix_mp, struct v4l2_pix_format_mplane, MEMBER(struct v4l2_pix_format_mplane, width, UINT),
       MEMBER(struct v4l2_pix_format_mplane, height, UINT),
       FOURCC(struct v4l2_pix_format_mplane, pixelformat, pix_formats),
       MEMBER(struct v4l2_pix_format_mplane, field, ENUM, .xlat = &xlat_v4l2_fields),
       MEMBER(struct v4l2_pix_format_mplane, colorspace, ENUM, .xlat = &xlat_v4l2_colorspaces),
       MEMBER(struct v4l2_pix_format_mplane, plane_fmt, OWN, .own = planes_member),
       MEMBER(struct v4l2_pix_format_mplane, num_planes, UINT));

LAYOUT(vbi, struct v4l2_vbi_format, MEMBER(struct v4l2_vbi_format, sampling_rate, UINT),
       MEMBER(struct v4l2_vbi_format, offset, UINT), MEMBER(struct v4l2_vbi_format, samples_per_line, UINT),
       FOURCC(struct v4l2_vbi_format, sample_format, pix_formats),
       MEMBER(struct v4l2_vbi_format, start, ARRAY, .each = AS_INT, .width = 4),
       MEMBER(struct v4l2_vbi_format, count, ARRAY, .each = AS_UINT, .width = 4),
       MEMBER(struct v4l2_vbi_format, flags, FLAGS, .xlat = &xlat_v4l2_vbi_flags));

/* 24 lines of each of two fields. */
static void service_lines_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint16_t lines[2][24];
    memcpy(lines, bytes, sizeof(lines));
    values_open(d->out, VALUE_ARRAY, m->name);
    for (unsigned i = 0; i < 2; i++) {
        values_open(d->out, VALUE_ARRAY, NULL);
        for (unsigned k = 0; k < 24; k++) {
            values_add(d->out, VALUE_HEX, NULL, lines[i][k]);
        }
        values_close(d->out);
    }
    values_close(d->out);
}

LAYOUT(sliced, struct v4l2_sliced_vbi_format,
       MEMBER(struct v4l2_sliced_vbi_format, service_set, FLAGS, .xlat = &xlat_v4l2_sliced),
       MEMBER(struct v4l2_sliced_vbi_format, service_lines, OWN, .own = service_lines_member),
       MEMBER(struct v4l2_sliced_vbi_format, io_size, UINT));
LAYOUT(sdr, struct v4l2_sdr_format, FOURCC(struct v4l2_sdr_format, pixelformat, sdr_formats),
       MEMBER(struct v4l2_sdr_format, buffersize, UINT, .unless_0 = true));
LAYOUT(meta, struct v4l2_meta_format, FOURCC(struct v4l2_meta_format, dataformat, meta_formats),
       MEMBER(struct v4l2_meta_format, buffersize, UINT));

static void append_clip(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_layout(d, "c", element, 0, &layout_rectangle);
    values_close(d->out);
}

/* struct v4l2_window: pointers lie in it. A clip is a rectangle and a pointer to the next, which is not used.
 */
static void window_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    struct fields f = fields_over(d, bytes, m->size);
    f.align_max = d->abi->pointer_size;
    f.at = sizeof(struct v4l2_rect);
    values_open(d->out, VALUE_STRUCT, m->name);
    append_layout(d, "w", bytes, 0, &layout_rectangle);
    values_xlat(d->out, VALUE_ENUM, "field", &xlat_v4l2_fields, field_unsigned(&f, 4));
    values_add(d->out, VALUE_HEX, "chromakey", field_unsigned(&f, 4));
    uint64_t clips = field_pointer(&f);
    uint64_t count = field_unsigned(&f, 4);
    decode_array(d, "clips", clips, count, sizeof(struct v4l2_rect) + d->abi->pointer_size, append_clip,
                 NULL);
    values_add(d->out, VALUE_UINT, "clipcount", count);
    values_add(d->out, VALUE_ADDR, "bitmap", field_pointer(&f));
    uint64_t alpha = field_unsigned(&f, 1);
    if (alpha) {
        values_add(d->out, VALUE_HEX, "global_alpha", alpha);
    }
    values_close(d->out);
}

/* struct v4l2_format: the pointers of a window, on ABIs of 64 bits, align what depends on the type. */
union formats {
    struct v4l2_pix_format pix;
    struct v4l2_pix_format_mplane pix_mp;
    uint8_t win[56];
    struct v4l2_vbi_format vbi;
    struct v4l2_sliced_vbi_format sliced;
    struct v4l2_sdr_format sdr;
    struct v4l2_meta_format meta;
    uint8_t raw[200];
};
struct format_64 {
    uint32_t type;
    _Alignas(8) union formats fmt;
};
struct format_32 {
    uint32_t type;
    union formats fmt;
};
#define FORMATS(type, member)                                                                                \
    INSIDE(type, member.pix, pix, .when = TYPES(VIDEO_CAPTURE, VIDEO_OUTPUT)),                               \
        INSIDE(type, member.pix_mp, pix_mp, .when = TYPES(VIDEO_CAPTURE_MPLANE, VIDEO_OUTPUT_MPLANE)),       \
        MEMBER(type, member.win, OWN, .own = window_member,                                                  \
               .when = TYPES(VIDEO_OVERLAY, VIDEO_OUTPUT_OVERLAY)),                                          \
        INSIDE(type, member.vbi, vbi, .when = TYPES(VBI_CAPTURE, VBI_OUTPUT)),                               \
        INSIDE(type, member.sliced, sliced, .when = TYPES(SLICED_VBI_CAPTURE, SLICED_VBI_OUTPUT)),           \
        INSIDE(type, member.sdr, sdr, .when = TYPES(SDR_CAPTURE, SDR_OUTPUT)),                               \
        INSIDE(type, member.meta, meta, .when = UINT64_C(3) << V4L2_BUF_TYPE_META_CAPTURE)

#define FORMAT(bits)                                                                                         \
    LAYOUT(format_type_##bits, struct format_##bits, TYPE(struct format_##bits));                            \
    LAYOUT_BY(format_of_type_##bits, struct format_##bits, type, FORMATS(struct format_##bits, fmt));        \
    LAYOUT_BY(format_##bits, struct format_##bits, type, TYPE(struct format_##bits),                         \
              FORMATS(struct format_##bits, fmt));                                                           \
    GROWTH(format_##bits, format_type_##bits, format_of_type_##bits);                                        \
    CHANGE(format_##bits, format_##bits, format_of_type_##bits)
FORMAT(64);
FORMAT(32);

/* struct v4l2_create_buffers; what the call writes is shown behind its result. */
struct create_64 {
    uint32_t index, count, memory;
    struct format_64 format;
    uint32_t rest[8];
};
struct create_32 {
    uint32_t index, count, memory;
    struct format_32 format;
    uint32_t rest[8];
};

#define CREATE(bits)                                                                                         \
    LAYOUT(create_##bits, struct create_##bits, MEMBER(struct create_##bits, count, UINT),                   \
           MEMBER(struct create_##bits, memory, ENUM, .xlat = &xlat_v4l2_memories),                          \
           INSIDE(struct create_##bits, format, format_##bits))
CREATE(64);
CREATE(32);

bool ioctl_creates_buffers(uint32_t request)
{
    return request == _IOWR('V', 92, struct create_64) || request == _IOWR('V', 92, struct create_32);
}

void decode_created_buffers(struct decoder *d, uint64_t addr)
{
    uint32_t created[2];
    if (mem_read(d->mem, decode_word(d, addr), created, sizeof(created))) {
        values_open(d->out, VALUE_STRUCT, NULL);
        values_add(d->out, VALUE_UINT, "index", created[0]);
        values_add(d->out, VALUE_UINT, "count", created[1]);
        values_close(d->out);
    }
}

/* Buffers. */

LAYOUT(request_buffers, struct v4l2_requestbuffers, TYPE(struct v4l2_requestbuffers),
       MEMBER(struct v4l2_requestbuffers, memory, ENUM, .xlat = &xlat_v4l2_memories),
       MEMBER(struct v4l2_requestbuffers, count, UINT));
LAYOUT(buffers_given, struct v4l2_requestbuffers, MEMBER(struct v4l2_requestbuffers, count, UINT));

static void open_mode_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint32_t flags;
    memcpy(&flags, bytes, sizeof(flags));
    decode_open_flags_of(d, m->name, flags);
}

LAYOUT(export_buffer, struct v4l2_exportbuffer, TYPE(struct v4l2_exportbuffer),
       MEMBER(struct v4l2_exportbuffer, index, UINT), MEMBER(struct v4l2_exportbuffer, plane, UINT),
       MEMBER(struct v4l2_exportbuffer, flags, OWN, .own = open_mode_member));
LAYOUT(exported_buffer, struct v4l2_exportbuffer, MEMBER(struct v4l2_exportbuffer, fd, FD));

/* Which clock its time is of, and when it was read, is said by some bits of a buffer's flags. */
static void buffer_flags_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint32_t flags;
    memcpy(&flags, bytes, sizeof(flags));
    uint32_t clock = flags & V4L2_BUF_FLAG_TIMESTAMP_MASK;
    uint32_t source = flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK;
    uint32_t index = values_open(d->out, VALUE_OR, m->name);
    values_at(d->out, index)->number = flags;
    values_at(d->out, index)->flags |= VALUE_WHOLE | VALUE_RAW_ONLY;
    if (flags & ~clock & ~source) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_v4l2_buffer_flags, flags & ~clock & ~source);
    }
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_v4l2_clocks, clock);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_v4l2_clock_sources, source);
    values_close(d->out);
}

static void time_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    int64_t wide[2];
    int32_t narrow[2];
    if (m->size == sizeof(wide)) {
        memcpy(wide, bytes, sizeof(wide));
        decode_timeval_of(d, m->name, wide[0], (uint64_t)wide[1]);
    } else {
        memcpy(narrow, bytes, sizeof(narrow));
        decode_timeval_of(d, m->name, narrow[0], (uint32_t)narrow[1]);
    }
}

/* struct v4l2_buffer, up to what is shown of it. */
struct buffer_64 {
    uint32_t index, type, bytesused, flags, field, padding;
    int64_t timestamp[2];
    uint8_t timecode[16];
    uint32_t sequence, memory;
    union {
        uint32_t offset;
        uint64_t userptr;
    } m;
    uint32_t length, rest[3];
};
struct buffer_32 {
    uint32_t index, type, bytesused, flags, field;
    int32_t timestamp[2];
    uint8_t timecode[16];
    uint32_t sequence, memory;
    union {
        uint32_t offset;
        uint32_t userptr;
    } m;
    uint32_t length, rest[2];
};
/* i386 with times of 64 bits, which it aligns to 4. */
struct buffer_32_wide {
    uint32_t index, type, bytesused, flags, field;
    int64_t timestamp[2];
    uint8_t timecode[16];
    uint32_t sequence, memory;
    union {
        uint32_t offset;
        uint32_t userptr;
    } m;
    uint32_t length, rest[2];
} __attribute__((packed));
#define BUFFER_MEMBERS(type)                                                                                 \
    MEMBER(type, memory, ENUM, .xlat = &xlat_v4l2_memories),                                                 \
        MEMBER(type, m.offset, HEX, .when = 1 << V4L2_MEMORY_MMAP),                                          \
        MEMBER(type, m.userptr, ADDR, .when = 1 << V4L2_MEMORY_USERPTR), MEMBER(type, length, UINT),         \
        MEMBER(type, bytesused, UINT), MEMBER(type, flags, OWN, .own = buffer_flags_member)
#define BUFFER(bits)                                                                                         \
    LAYOUT(buffer_type_##bits, struct buffer_##bits, TYPE(struct buffer_##bits));                            \
    LAYOUT(buffer_index_##bits, struct buffer_##bits, TYPE(struct buffer_##bits),                            \
           MEMBER(struct buffer_##bits, index, UINT));                                                       \
    LAYOUT_BY(buffer_##bits, struct buffer_##bits, memory, BUFFER_MEMBERS(struct buffer_##bits),             \
              {.as = AS_MORE});                                                                              \
    LAYOUT_BY(filled_buffer_##bits, struct buffer_##bits, memory, MEMBER(struct buffer_##bits, index, UINT), \
              BUFFER_MEMBERS(struct buffer_##bits),                                                          \
              MEMBER(struct buffer_##bits, timestamp, OWN, .own = time_member), {.as = AS_MORE});            \
    GROWTH(buffer_##bits, buffer_index_##bits, buffer_##bits);                                               \
    GROWTH(filled_buffer_##bits, buffer_type_##bits, filled_buffer_##bits)
BUFFER(64);
BUFFER(32);
BUFFER(32_wide);

struct framebuffer_64 {
    uint32_t capability, flags;
    uint64_t base;
    uint32_t fmt[8];
};
struct framebuffer_32 {
    uint32_t capability, flags, base;
    uint32_t fmt[8];
};
#define FRAMEBUFFER(bits)                                                                                    \
    LAYOUT(framebuffer_##bits, struct framebuffer_##bits,                                                    \
           MEMBER(struct framebuffer_##bits, capability, HEX),                                               \
           MEMBER(struct framebuffer_##bits, flags, HEX), MEMBER(struct framebuffer_##bits, base, ADDR))
FRAMEBUFFER(64);
FRAMEBUFFER(32);

/* Rates, standards, inputs. */

#define STREAM(type, mode, buffers)                                                                          \
    MEMBER(type, capability, FLAGS, .xlat = &xlat_v4l2_streaming),                                           \
        MEMBER(type, mode, FLAGS, .xlat = &xlat_v4l2_modes), FRACTION(type, timeperframe),                   \
        MEMBER(type, extendedmode, HEX), MEMBER(type, buffers, UINT)
LAYOUT(capture, struct v4l2_captureparm, STREAM(struct v4l2_captureparm, capturemode, readbuffers));
LAYOUT(output, struct v4l2_outputparm, STREAM(struct v4l2_outputparm, outputmode, writebuffers));
#define STREAM_PARAMETERS                                                                                    \
    INSIDE(struct v4l2_streamparm, parm.capture, capture, .when = 1 << V4L2_BUF_TYPE_VIDEO_CAPTURE),         \
        INSIDE(struct v4l2_streamparm, parm.output, output, .when = 1 << V4L2_BUF_TYPE_VIDEO_OUTPUT)
LAYOUT(stream_type, struct v4l2_streamparm, TYPE(struct v4l2_streamparm));
LAYOUT_BY(stream_of_type, struct v4l2_streamparm, type, STREAM_PARAMETERS);
LAYOUT_BY(stream, struct v4l2_streamparm, type, TYPE(struct v4l2_streamparm), STREAM_PARAMETERS);

struct standard_64 {
    uint32_t index;
    _Alignas(8) uint64_t id;
    char name[24];
    struct v4l2_fract frameperiod;
    uint32_t framelines, reserved[4];
};
struct standard_32 {
    uint32_t index, id[2];
    char name[24];
    struct v4l2_fract frameperiod;
    uint32_t framelines, reserved[4];
};
#define STANDARD(bits)                                                                                       \
    LAYOUT(standard_index_##bits, struct standard_##bits, MEMBER(struct standard_##bits, index, UINT));      \
    LAYOUT(standard_##bits, struct standard_##bits, MEMBER(struct standard_##bits, name, CHARS),             \
           FRACTION(struct standard_##bits, frameperiod), MEMBER(struct standard_##bits, framelines, UINT)); \
    GROWTH(standard_##bits, standard_index_##bits, standard_##bits)
STANDARD(64);
STANDARD(32);

/* struct v4l2_input, without the padding that aligns the standards inside it, which i386 does not have. */
struct input {
    uint32_t index;
    char name[32];
    uint32_t type, audioset, tuner;
    uint64_t std;
    uint32_t status, capabilities, reserved[3];
} __attribute__((packed));
LAYOUT(input_index, struct input, MEMBER(struct input, index, UINT));
LAYOUT(input, struct input, MEMBER(struct input, name, CHARS),
       MEMBER(struct input, type, ENUM, .xlat = &xlat_v4l2_input_types), MEMBER(struct input, audioset, HEX),
       MEMBER(struct input, tuner, UINT), MEMBER(struct input, std, FLAGS, .xlat = &xlat_v4l2_standards),
       MEMBER(struct input, status, FLAGS, .xlat = &xlat_v4l2_input_status),
       MEMBER(struct input, capabilities, FLAGS, .xlat = &xlat_v4l2_input_capabilities));

#define TUNER_MEMBERS                                                                                        \
    MEMBER(struct v4l2_tuner, name, CHARS),                                                                  \
        MEMBER(struct v4l2_tuner, type, ENUM, .xlat = &xlat_v4l2_tuner_types),                               \
        MEMBER(struct v4l2_tuner, capability, FLAGS, .xlat = &xlat_v4l2_tuner_capabilities),                 \
        MEMBER(struct v4l2_tuner, rangelow, UINT), MEMBER(struct v4l2_tuner, rangehigh, UINT),               \
        MEMBER(struct v4l2_tuner, rxsubchans, FLAGS, .xlat = &xlat_v4l2_subchannels),                        \
        MEMBER(struct v4l2_tuner, audmode, ENUM, .xlat = &xlat_v4l2_audio_modes),                            \
        MEMBER(struct v4l2_tuner, signal, INT), MEMBER(struct v4l2_tuner, afc, INT)
LAYOUT(tuner_index, struct v4l2_tuner, MEMBER(struct v4l2_tuner, index, UINT));
LAYOUT(tuner_of_index, struct v4l2_tuner, TUNER_MEMBERS);
LAYOUT(tuner, struct v4l2_tuner, MEMBER(struct v4l2_tuner, index, UINT), TUNER_MEMBERS);

LAYOUT(crop_type, struct v4l2_cropcap, TYPE(struct v4l2_cropcap));
LAYOUT(crop_limits, struct v4l2_cropcap, INSIDE(struct v4l2_cropcap, bounds, rectangle),
       INSIDE(struct v4l2_cropcap, defrect, rectangle), FRACTION(struct v4l2_cropcap, pixelaspect));
LAYOUT(crop_of, struct v4l2_crop, TYPE(struct v4l2_crop));
LAYOUT(crop_rectangle, struct v4l2_crop, INSIDE(struct v4l2_crop, c, rectangle));
LAYOUT(crop, struct v4l2_crop, TYPE(struct v4l2_crop), INSIDE(struct v4l2_crop, c, rectangle));

LAYOUT(size_discrete, struct v4l2_frmsize_discrete, MEMBER(struct v4l2_frmsize_discrete, width, UINT),
       MEMBER(struct v4l2_frmsize_discrete, height, UINT));
LAYOUT(size_stepwise, struct v4l2_frmsize_stepwise, MEMBER(struct v4l2_frmsize_stepwise, min_width, UINT),
       MEMBER(struct v4l2_frmsize_stepwise, max_width, UINT),
       MEMBER(struct v4l2_frmsize_stepwise, step_width, UINT),
       MEMBER(struct v4l2_frmsize_stepwise, min_height, UINT),
       MEMBER(struct v4l2_frmsize_stepwise, max_height, UINT),
       MEMBER(struct v4l2_frmsize_stepwise, step_height, UINT));
LAYOUT(size_asked, struct v4l2_frmsizeenum, MEMBER(struct v4l2_frmsizeenum, index, UINT),
       FOURCC(struct v4l2_frmsizeenum, pixel_format, pix_formats));
LAYOUT_BY(size, struct v4l2_frmsizeenum, type,
          MEMBER(struct v4l2_frmsizeenum, type, ENUM, .xlat = &xlat_v4l2_size_types),
          INSIDE(struct v4l2_frmsizeenum, discrete, size_discrete, .when = 1 << V4L2_FRMSIZE_TYPE_DISCRETE),
          INSIDE(struct v4l2_frmsizeenum, stepwise, size_stepwise, .when = 1 << V4L2_FRMSIZE_TYPE_STEPWISE));

LAYOUT(interval_stepwise, struct v4l2_frmival_stepwise, FRACTION(struct v4l2_frmival_stepwise, min),
       FRACTION(struct v4l2_frmival_stepwise, max), FRACTION(struct v4l2_frmival_stepwise, step));
LAYOUT(interval_asked, struct v4l2_frmivalenum, MEMBER(struct v4l2_frmivalenum, index, UINT),
       FOURCC(struct v4l2_frmivalenum, pixel_format, pix_formats),
       MEMBER(struct v4l2_frmivalenum, width, UINT), MEMBER(struct v4l2_frmivalenum, height, UINT));
LAYOUT_BY(interval, struct v4l2_frmivalenum, type,
          MEMBER(struct v4l2_frmivalenum, type, ENUM, .xlat = &xlat_v4l2_interval_types),
          FRACTION(struct v4l2_frmivalenum, discrete, .when = 1 << V4L2_FRMIVAL_TYPE_DISCRETE),
          INSIDE(struct v4l2_frmivalenum, stepwise, interval_stepwise,
                 .when = 1 << V4L2_FRMIVAL_TYPE_STEPWISE | 1 << V4L2_FRMIVAL_TYPE_CONTINUOUS));

GROWTH(description, description_asked, description);
static const struct ioctl_growth grows_request_buffers = {.asked = &layout_request_buffers,
                                                          .replaced = &layout_buffers_given};
CHANGE(export_buffer, export_buffer, exported_buffer);
GROWTH(stream, stream_type, stream_of_type);
CHANGE(stream, stream, stream_of_type);
GROWTH(input, input_index, input);
GROWTH(tuner, tuner_index, tuner_of_index);
CHANGE(tuner, tuner, tuner_of_index);
GROWTH(crop_limits, crop_type, crop_limits);
GROWTH(crop, crop_of, crop_rectangle);
GROWTH(frame_size, size_asked, size);
GROWTH(frame_interval, interval_asked, interval);

#define BUFFERS(n, id)                                                                                       \
    BOTH(GROWS, n, id, struct buffer), GROWS(REQUEST(n, struct buffer_32_wide), id##_32_wide)
/* A 32-bit ABI's structure has another size, which is part of the request's number. */
#define REQUEST(n, type) _IOWR('V', n, type)
#define BOTH(how, n, id, type) how(REQUEST(n, type##_64), id##_64), how(REQUEST(n, type##_32), id##_32)

IOCTL_SHAPES(v4l2, AT(VIDIOC_QUERYCAP, OUT, capability), GROWS(VIDIOC_ENUM_FMT, description),
             BOTH(GROWS, 4, format, struct format), BOTH(CHANGES, 5, format, struct format),
             BOTH(CHANGES, 64, format, struct format), GROWS(VIDIOC_REQBUFS, request_buffers),
             CHANGES(VIDIOC_EXPBUF, export_buffer), BUFFERS(9, buffer), BUFFERS(15, buffer),
             BUFFERS(17, filled_buffer), AT(_IOR('V', 10, struct framebuffer_64), OUT, framebuffer_64),
             AT(_IOR('V', 10, struct framebuffer_32), OUT, framebuffer_32),
             AT(_IOW('V', 11, struct framebuffer_64), IN, framebuffer_64),
             AT(_IOW('V', 11, struct framebuffer_32), IN, framebuffer_32),
             NAMED(VIDIOC_STREAMON, ENUM_AT, IN, 4, v4l2_types),
             NAMED(VIDIOC_STREAMOFF, ENUM_AT, IN, 4, v4l2_types), GROWS(VIDIOC_G_PARM, stream),
             CHANGES(VIDIOC_S_PARM, stream), PLAIN(VIDIOC_G_STD, HEX_AT, OUT, 8),
             PLAIN(VIDIOC_S_STD, HEX_AT, IN, 8), BOTH(GROWS, 25, standard, struct standard),
             GROWS(REQUEST(26, struct v4l2_input), input), GROWS(REQUEST(26, struct input), input),
             GROWS(VIDIOC_G_TUNER, tuner), CHANGES(VIDIOC_S_TUNER, tuner),
             PLAIN(VIDIOC_G_INPUT, UNSIGNED_AT, OUT, 4), PLAIN(VIDIOC_S_INPUT, UNSIGNED_AT, IN, 4),
             GROWS(VIDIOC_CROPCAP, crop_limits), GROWS(VIDIOC_G_CROP, crop), AT(VIDIOC_S_CROP, IN, crop),
             GROWS(VIDIOC_ENUM_FRAMESIZES, frame_size), GROWS(VIDIOC_ENUM_FRAMEINTERVALS, frame_interval),
             AT(REQUEST(92, struct create_64), IN, create_64),
             AT(REQUEST(92, struct create_32), IN, create_32));
