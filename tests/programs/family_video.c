/* ioctls of video devices (linux/videodev2.h). There is none: with -e inject=ioctl:retval=0 they succeed, and
 * what they would have written is what is there. */
#include "family.h"

#include <linux/videodev2.h>

#define ASK(request, object) DO(ioctl, CLOSED, request, object)

static void formats(void)
{
    struct v4l2_capability capability = {.driver = "uvcvideo",
                                         .card = "a name that takes all the room!!",
                                         .bus_info = "usb-1",
                                         .version = 0x61203,
                                         .capabilities = 0x84200001};
    ASK(VIDIOC_QUERYCAP, &capability);
    capability.device_caps = 0x40000008;
    ASK(VIDIOC_QUERYCAP, &capability);
    ASK(VIDIOC_QUERYCAP, WILD);
    struct v4l2_fmtdesc description = {
        .index = 1, .type = 1, .flags = 0x103, .description = "YUYV 4:2:2", .pixelformat = V4L2_PIX_FMT_YUYV};
    ASK(VIDIOC_ENUM_FMT, &description);
    description.type = 0x80;
    description.flags = 0;
    description.pixelformat = 0x275cff0a;
    ASK(VIDIOC_ENUM_FMT, &description);
    ASK(VIDIOC_ENUM_FMT, NULL);
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                 .fmt.pix = {.width = 640,
                                             .height = 480,
                                             .pixelformat = V4L2_PIX_FMT_RGB555X,
                                             .field = V4L2_FIELD_NONE,
                                             .bytesperline = 1280,
                                             .sizeimage = 614400,
                                             .colorspace = V4L2_COLORSPACE_SRGB}};
    for (unsigned type = 0; type <= V4L2_BUF_TYPE_META_OUTPUT; type++) {
        format.type = type;
        if (type != V4L2_BUF_TYPE_VIDEO_OVERLAY && type != V4L2_BUF_TYPE_VIDEO_OUTPUT_OVERLAY) {
            ASK(VIDIOC_G_FMT, &format); /* those hold pointers */
            ASK(VIDIOC_S_FMT, &format);
        }
    }
    ASK(VIDIOC_TRY_FMT, &format);
    ASK(VIDIOC_S_FMT, WILD);
    struct v4l2_clip clips[2] = {{.c = {1, -2, 3, 4}}, {.c = {5, 6, 7, 8}}};
    format = (struct v4l2_format){
        .type = V4L2_BUF_TYPE_VIDEO_OVERLAY,
        .fmt.win = {.w = {-1, 2, 3, 4}, .field = 4, .chromakey = 5, .clips = clips, .clipcount = 2}};
    ASK(VIDIOC_G_FMT, &format);
    format.fmt.win.global_alpha = 7;
    ASK(VIDIOC_TRY_FMT, &format);
    format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    format.fmt.pix_mp = (struct v4l2_pix_format_mplane){
        .width = 640, .pixelformat = V4L2_PIX_FMT_NV12M, .num_planes = 2, .plane_fmt = {{1, 2}, {3, 4}}};
    ASK(VIDIOC_S_FMT, &format);
    format.fmt.pix_mp.num_planes = 9;
    ASK(VIDIOC_S_FMT, &format);
}

static void buffers(void)
{
    struct v4l2_requestbuffers request = {.count = 4, .type = 1, .memory = 1};
    ASK(VIDIOC_REQBUFS, &request);
    struct v4l2_exportbuffer export = {.type = 9, .index = 1, .plane = 2, .flags = 02000002, .fd = 1};
    ASK(VIDIOC_EXPBUF, &export);
    struct v4l2_buffer buffer = {.index = 1,
                                 .type = 1,
                                 .bytesused = 2,
                                 .flags = 0x2001,
                                 .timestamp = {3, 4},
                                 .memory = V4L2_MEMORY_MMAP,
                                 .m.offset = 4096,
                                 .length = 5};
    ASK(VIDIOC_QUERYBUF, &buffer);
    ASK(VIDIOC_QBUF, &buffer);
    ASK(VIDIOC_DQBUF, &buffer);
    buffer.memory = V4L2_MEMORY_USERPTR;
    buffer.m.userptr = 0x12345678;
    buffer.flags = 0;
    ASK(VIDIOC_DQBUF, &buffer);
    buffer.memory = V4L2_MEMORY_DMABUF;
    buffer.flags = 0x8fe000;
    ASK(VIDIOC_QUERYBUF, &buffer);
    ASK(VIDIOC_DQBUF, WILD);
    struct v4l2_framebuffer frame = {.capability = 1, .flags = 2, .base = WILD};
    ASK(VIDIOC_G_FBUF, &frame);
    ASK(VIDIOC_S_FBUF, &frame);
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    ASK(VIDIOC_STREAMON, &type);
    ASK(VIDIOC_STREAMOFF, &type);
    ASK(VIDIOC_STREAMOFF, WILD);
    struct v4l2_create_buffers create = {
        .index = 1, .count = 2, .memory = 1, .format = {.type = 1, .fmt.pix = {.width = 3}}};
    ASK(VIDIOC_CREATE_BUFS, &create);
    create.format.type = 99;
    ASK(VIDIOC_CREATE_BUFS, &create);
    ASK(VIDIOC_CREATE_BUFS, WILD);
}

static void streams(void)
{
    struct v4l2_streamparm stream = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                     .parm.capture = {.capability = 0x1000,
                                                      .capturemode = 3,
                                                      .timeperframe = {1, 30},
                                                      .extendedmode = 4,
                                                      .readbuffers = 5}};
    ASK(VIDIOC_G_PARM, &stream);
    ASK(VIDIOC_S_PARM, &stream);
    stream.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    ASK(VIDIOC_G_PARM, &stream);
    stream.type = V4L2_BUF_TYPE_VBI_OUTPUT;
    ASK(VIDIOC_S_PARM, &stream);
    uint64_t std = 0xb000;
    ASK(VIDIOC_G_STD, &std);
    ASK(VIDIOC_S_STD, &std);
    struct v4l2_standard standard = {
        .index = 1, .id = 2, .name = "PAL", .frameperiod = {1, 25}, .framelines = 625};
    ASK(VIDIOC_ENUMSTD, &standard);
    struct v4l2_input input = {.index = 1,
                               .name = "Camera 1",
                               .type = 2,
                               .audioset = 3,
                               .tuner = 4,
                               .std = 0x3000000,
                               .status = 0x4000031,
                               .capabilities = 6};
    ASK(VIDIOC_ENUMINPUT, &input);
    int number = 3;
    ASK(VIDIOC_G_INPUT, &number);
    ASK(VIDIOC_S_INPUT, &number);
    struct v4l2_tuner tuner = {.index = 1,
                               .name = "FM",
                               .type = 1,
                               .capability = 0x1031,
                               .rangelow = 2,
                               .rangehigh = 3,
                               .rxsubchans = 0x15,
                               .audmode = 2,
                               .signal = -1,
                               .afc = -2};
    ASK(VIDIOC_G_TUNER, &tuner);
    ASK(VIDIOC_S_TUNER, &tuner);
    struct v4l2_cropcap limits = {
        .type = 1, .bounds = {1, 2, 3, 4}, .defrect = {5, 6, 7, 8}, .pixelaspect = {9, 10}};
    ASK(VIDIOC_CROPCAP, &limits);
    struct v4l2_crop crop = {.type = 1, .c = {-1, 2, 3, 4}};
    ASK(VIDIOC_G_CROP, &crop);
    ASK(VIDIOC_S_CROP, &crop);
    struct v4l2_frmsizeenum size = {.index = 1, .pixel_format = V4L2_PIX_FMT_MJPEG, .discrete = {2, 3}};
    for (size.type = 0; size.type <= V4L2_FRMSIZE_TYPE_STEPWISE; size.type++) {
        ASK(VIDIOC_ENUM_FRAMESIZES, &size);
    }
    struct v4l2_frmivalenum interval = {
        .pixel_format = V4L2_PIX_FMT_YUYV, .width = 2, .height = 3, .stepwise = {{1, 2}, {3, 4}, {5, 6}}};
    for (interval.type = 0; interval.type <= V4L2_FRMIVAL_TYPE_STEPWISE; interval.type++) {
        ASK(VIDIOC_ENUM_FRAMEINTERVALS, &interval);
    }
}

static void controls(void)
{
    struct v4l2_control control = {.id = V4L2_CID_BRIGHTNESS, .value = -3};
    ASK(VIDIOC_G_CTRL, &control);
    ASK(VIDIOC_S_CTRL, &control);
    control.id = 0x9a0abc;
    ASK(VIDIOC_S_CTRL, &control);
    struct v4l2_queryctrl query = {.id = V4L2_CID_CONTRAST | V4L2_CTRL_FLAG_NEXT_CTRL,
                                   .type = 2,
                                   .name = "Contrast",
                                   .minimum = -1,
                                   .maximum = 255,
                                   .step = 2,
                                   .default_value = 7,
                                   .flags = 0x45};
    ASK(VIDIOC_QUERYCTRL, &query);
    query.id = 0x98ffff | V4L2_CTRL_FLAG_NEXT_COMPOUND;
    query.reserved[1] = 5;
    ASK(VIDIOC_QUERYCTRL, &query);
    query.id = 0x1234;
    ASK(VIDIOC_QUERYCTRL, &query);
    struct v4l2_query_ext_ctrl extended = {.id = V4L2_CID_GAIN,
                                           .type = 0x101,
                                           .name = "Gain",
                                           .minimum = -5,
                                           .maximum = 1LL << 40,
                                           .step = 1,
                                           .elem_size = 2,
                                           .elems = 6,
                                           .nr_of_dims = 2,
                                           .dims = {2, 3}};
    ASK(VIDIOC_QUERY_EXT_CTRL, &extended);
    struct v4l2_querymenu menu = {.id = V4L2_CID_POWER_LINE_FREQUENCY, .index = 1, .name = "50 Hz"};
    ASK(VIDIOC_QUERYMENU, &menu);
    struct v4l2_ext_control list[3] = {{.id = V4L2_CID_HUE, .value = -1},
                                       {.id = V4L2_CID_RDS_TX_PS_NAME, .size = 4, .string = "FM\n4"},
                                       {.id = 5}};
    struct v4l2_ext_controls many = {
        .ctrl_class = V4L2_CTRL_CLASS_USER, .count = 3, .error_idx = 2, .controls = list};
    ASK(VIDIOC_G_EXT_CTRLS, &many);
    ASK(VIDIOC_S_EXT_CTRLS, &many);
    many.ctrl_class = 0;
    ASK(VIDIOC_TRY_EXT_CTRLS, &many);
    many.controls = WILD;
    ASK(VIDIOC_S_EXT_CTRLS, &many);
    ASK(VIDIOC_G_EXT_CTRLS, &many);
    many.count = 0;
    ASK(VIDIOC_S_EXT_CTRLS, &many);
    ASK(VIDIOC_S_EXT_CTRLS, WILD);
}

static void make_calls(void)
{
    formats();
    buffers();
    streams();
    controls();
}
