/* ioctl: requests to video devices. The 64-bit layouts are compared with strace's in tests/diff; here is what
 * no program there can show, and the layouts of i386. */
#include "tests/unit/fresh_target.h"

#include <linux/videodev2.h>

#define ENTRY(text, ...) ck_assert_str_eq(unit_entry(&target, CALL_ioctl, __VA_ARGS__), text " = ?")
#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)
#define BAD " = -1 EBADF (Bad file descriptor)"

/* What the next call writes over the first bytes. */
static void answer(const void *bytes, size_t n)
{
    target.written = (struct unit_written){.bytes = bytes, .n = n};
}

START_TEST(formats)
{
    struct v4l2_format format = {
        .type = 1, .fmt.pix = {.width = 640, .height = 480, .pixelformat = V4L2_PIX_FMT_YUYV, .field = 1}};
    struct v4l2_format given = format;
    uint64_t at = unit_put(&target, 0, &format, sizeof(format));
    ENTRY("ioctl(3, VIDIOC_G_FMT, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE})", 3, VIDIOC_G_FMT, at);
    given.fmt.pix.width = 320;
    answer(&given, sizeof(given));
    EXIT("ioctl(3, VIDIOC_S_FMT, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, fmt.pix={width=640, height=480, "
         "pixelformat=v4l2_fourcc('Y', 'U', 'Y', 'V') /* V4L2_PIX_FMT_YUYV */, field=V4L2_FIELD_NONE, "
         "bytesperline=0, sizeimage=0, colorspace=V4L2_COLORSPACE_DEFAULT}} => {fmt.pix={width=320, "
         "height=480, pixelformat=v4l2_fourcc('Y', 'U', 'Y', 'V') /* V4L2_PIX_FMT_YUYV */, "
         "field=V4L2_FIELD_NONE, bytesperline=0, sizeimage=0, colorspace=V4L2_COLORSPACE_DEFAULT}}) = 0",
         0, 3, VIDIOC_S_FMT, at);
    format.type = 77;
    at = unit_put(&target, 0, &format, sizeof(format));
    EXIT("ioctl(3, VIDIOC_S_FMT, {type=0x4d /* V4L2_BUF_TYPE_\?\?\? */}) = 0", 0, 3, VIDIOC_S_FMT, at);
    EXIT("ioctl(3, VIDIOC_G_FMT, 0x13fff)" BAD, -9, 3, VIDIOC_G_FMT, UNIT_BASE + UNIT_SIZE - 1);
    EXIT("ioctl(3, VIDIOC_G_FMT, 0x13fff) = 0", 0, 3, VIDIOC_G_FMT, UNIT_BASE + UNIT_SIZE - 1);
}
END_TEST

/* struct v4l2_format is not aligned to 8 there. */
START_TEST(formats_of_i386)
{
    const uint32_t clips[] = {1, 2, 3, 4, 0, 5, 6, 7, 8, 0};
    uint32_t format[51] = {3, 9, 8, 7, 6, 1, 0x22, UNIT_BASE + 0x400, 2, 0x55};
    target.abi = ABI_I386;
    unit_put(&target, 0x400, clips, sizeof(clips));
    uint64_t at = unit_put(&target, 0, format, sizeof(format));
    EXIT("ioctl(3, VIDIOC_G_FMT, {type=V4L2_BUF_TYPE_VIDEO_OVERLAY, fmt.win={w={left=9, top=8, width=7, "
         "height=6}, field=V4L2_FIELD_NONE, chromakey=0x22, clips=[{c={left=1, top=2, width=3, height=4}}, "
         "{c={left=5, top=6, width=7, height=8}}], clipcount=2, bitmap=0x55}}) = 0",
         0, 3, 0xc0cc5604, at);
    uint32_t create[62] = {5, 2, 1, 1, 640};
    at = unit_put(&target, 0, create, sizeof(create));
    EXIT("ioctl(3, VIDIOC_CREATE_BUFS, {count=2, memory=V4L2_MEMORY_MMAP, "
         "format={type=V4L2_BUF_TYPE_VIDEO_CAPTURE, fmt.pix={width=640, height=0, "
         "pixelformat=v4l2_fourcc('\\x00', '\\x00', '\\x00', '\\x00'), field=V4L2_FIELD_ANY, bytesperline=0, "
         "sizeimage=0, colorspace=V4L2_COLORSPACE_DEFAULT}}}) = 0 ({index=5, count=2})",
         0, 3, 0xc0f8565c, at);
}
END_TEST

START_TEST(buffers)
{
    struct v4l2_requestbuffers asked = {.count = 4, .type = 1, .memory = 1};
    struct v4l2_requestbuffers given = asked;
    uint64_t at = unit_put(&target, 0, &asked, sizeof(asked));
    given.count = 2;
    answer(&given, sizeof(given));
    EXIT("ioctl(3, VIDIOC_REQBUFS, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, memory=V4L2_MEMORY_MMAP, "
         "count=4 => 2}) = 0",
         0, 3, VIDIOC_REQBUFS, at);
    EXIT("ioctl(3, VIDIOC_REQBUFS, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, memory=V4L2_MEMORY_MMAP, "
         "count=2}) = 0",
         0, 3, VIDIOC_REQBUFS, at);
    target.abi = ABI_I386;
    uint32_t buffer[17] = {7, 1, 100, 0x12004, 0, UINT32_MAX, 5, [12] = V4L2_MEMORY_USERPTR, 0x1234, 200};
    at = unit_put(&target, 0, buffer, sizeof(buffer));
    EXIT("ioctl(3, VIDIOC_DQBUF_TIME32, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, index=7, "
         "memory=V4L2_MEMORY_USERPTR, "
         "m.userptr=0x1234, length=200, bytesused=100, "
         "flags=V4L2_BUF_FLAG_DONE|V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC|V4L2_BUF_FLAG_TSTAMP_SRC_SOE, "
         "timestamp={tv_sec=-1, tv_usec=5}, ...}) = 0",
         0, 3, 0xc0445611, at);
    EXIT("ioctl(3, VIDIOC_QBUF_TIME32, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, index=7})" BAD, -9, 3, 0xc044560f,
         at);
    uint32_t wide[19] = {7, 1, 100, 4, 0, 3, 0, 5, 0, [14] = V4L2_MEMORY_MMAP, 0x1000, 200};
    at = unit_put(&target, 0, wide, sizeof(wide));
    EXIT("ioctl(3, VIDIOC_DQBUF, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, index=7, memory=V4L2_MEMORY_MMAP, "
         "m.offset=0x1000, length=200, bytesused=100, "
         "flags=V4L2_BUF_FLAG_DONE|V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN|V4L2_BUF_FLAG_TSTAMP_SRC_EOF, "
         "timestamp={tv_sec=3, tv_usec=5}, ...}) = 0",
         0, 3, 0xc04c5611, at);
    uint32_t frame[11] = {1, 2, 0x1234};
    at = unit_put(&target, 0, frame, sizeof(frame));
    EXIT("ioctl(3, VIDIOC_G_FBUF, {capability=0x1, flags=0x2, base=0x1234}) = 0", 0, 3, 0x802c560a, at);
}
END_TEST

START_TEST(inputs_of_i386)
{
    target.abi = ABI_I386;
    uint32_t standard[16] = {1, 0x1000, 0, 0x4c4150, [9] = 1, 25, 625};
    uint64_t at = unit_put(&target, 0, standard, sizeof(standard));
    EXIT("ioctl(3, VIDIOC_ENUMSTD, {index=1, name=\"PAL\", frameperiod=1/25, framelines=625}) = 0", 0, 3,
         0xc0405619, at);
    uint32_t input[19] = {1, 0x31, [9] = 2, 3, 4, [12] = 0x1000, 0, 2, 4};
    at = unit_put(&target, 0, input, sizeof(input));
    EXIT("ioctl(3, VIDIOC_ENUMINPUT, {index=1, name=\"1\", type=V4L2_INPUT_TYPE_CAMERA, audioset=0x3, "
         "tuner=4, std=V4L2_STD_NTSC_M, status=V4L2_IN_ST_NO_SIGNAL, capabilities=V4L2_IN_CAP_STD}) = 0",
         0, 3, 0xc04c561a, at);
}
END_TEST

START_TEST(controls)
{
    struct v4l2_queryctrl query = {.id = V4L2_CID_BRIGHTNESS | V4L2_CTRL_FLAG_NEXT_CTRL};
    struct v4l2_queryctrl found = {.id = V4L2_CID_CONTRAST, .type = 1, .name = "Contrast", .maximum = 9};
    uint64_t at = unit_put(&target, 0, &query, sizeof(query));
    answer(&found, sizeof(found));
    EXIT("ioctl(3, VIDIOC_QUERYCTRL, {id=V4L2_CTRL_FLAG_NEXT_CTRL|V4L2_CID_BRIGHTNESS => V4L2_CID_CONTRAST, "
         "type=V4L2_CTRL_TYPE_INTEGER, name=\"Contrast\", ...}) = 0",
         0, 3, VIDIOC_QUERYCTRL, at);
    target.options.verbose = true;
    found.reserved[0] = 1;
    at = unit_put(&target, 0, &found, sizeof(found));
    EXIT("ioctl(3, VIDIOC_QUERYCTRL, {id=V4L2_CID_CONTRAST, type=V4L2_CTRL_TYPE_INTEGER, name=\"Contrast\", "
         "minimum=0, maximum=9, step=0, default_value=0, flags=0, reserved=[0x1, 0]}) = 0",
         0, 3, VIDIOC_QUERYCTRL, at);
    struct v4l2_control control = {.id = V4L2_CID_HUE, .value = 5};
    struct v4l2_control set = {.id = V4L2_CID_HUE, .value = -1};
    at = unit_put(&target, 0, &control, sizeof(control));
    answer(&set, sizeof(set));
    EXIT("ioctl(3, VIDIOC_S_CTRL, {id=V4L2_CID_HUE, value=5 => -1}) = 0", 0, 3, VIDIOC_S_CTRL, at);
    control.id = 0xa20000;
    at = unit_put(&target, 0, &control, sizeof(control));
    EXIT("ioctl(3, VIDIOC_G_CTRL, {id=V4L2_CTRL_CLASS_RF_TUNER+0, value=5}) = 0", 0, 3, VIDIOC_G_CTRL, at);
}
END_TEST

START_TEST(lists_of_controls)
{
    const uint32_t list[] = {V4L2_CID_HUE, 0, 0, 7, 0, V4L2_CID_RDS_TX_PS_NAME, 5, 0, UNIT_BASE + 0x400, 0};
    uint32_t head[6] = {0x980000, 2, 1, 0, 0, UNIT_BASE + 0x200};
    target.abi = ABI_I386;
    unit_put(&target, 0x200, list, sizeof(list));
    unit_put(&target, 0x400, "Radio", 5);
    uint64_t at = unit_put(&target, 0, head, sizeof(head));
#define LIST                                                                                                 \
    "controls=[{id=V4L2_CID_HUE, size=0, value=7, value64=7}, {id=V4L2_CID_RDS_TX_PS_NAME, size=5, "         \
    "string=\"Radio\"}]"
    EXIT("ioctl(3, VIDIOC_G_EXT_CTRLS, {ctrl_class=V4L2_CTRL_CLASS_USER, count=2, " LIST "}) = 0", 0, 3,
         0xc0185647, at);
    EXIT("ioctl(3, VIDIOC_TRY_EXT_CTRLS, {ctrl_class=V4L2_CTRL_CLASS_USER, count=2, " LIST "} => {" LIST
         ", error_idx=1})" BAD,
         -9, 3, 0xc0185649, at);
    head[5] = 8;
    at = unit_put(&target, 0, head, sizeof(head));
    EXIT("ioctl(3, VIDIOC_S_EXT_CTRLS, {ctrl_class=V4L2_CTRL_CLASS_USER, count=2, controls=0x8}) = 0", 0, 3,
         0xc0185648, at);
    head[1] = 0;
    at = unit_put(&target, 0, head, sizeof(head));
    EXIT("ioctl(3, VIDIOC_G_EXT_CTRLS, {ctrl_class=V4L2_CTRL_CLASS_USER, count=0}) = 0", 0, 3, 0xc0185647,
         at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl v4l2");
    TCase *tc = tcase_create("ioctl v4l2");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, formats);
    tcase_add_test(tc, formats_of_i386);
    tcase_add_test(tc, buffers);
    tcase_add_test(tc, inputs_of_i386);
    tcase_add_test(tc, controls);
    tcase_add_test(tc, lists_of_controls);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
