/* Names of what video devices are asked and answer (linux/videodev2.h). */
#ifndef PROCTOR_DECODE_KINDS_IOCTL_V4L2_TABLES_H
#define PROCTOR_DECODE_KINDS_IOCTL_V4L2_TABLES_H

#include "decode/kinds/members.h"

extern const struct xlat xlat_v4l2_pix_formats, xlat_v4l2_sdr_formats, xlat_v4l2_meta_formats;
extern const struct xlat xlat_v4l2_controls, xlat_v4l2_control_classes, xlat_v4l2_control_types,
    xlat_v4l2_control_flags, xlat_v4l2_control_next;
extern const struct xlat xlat_v4l2_capabilities, xlat_v4l2_types, xlat_v4l2_memories, xlat_v4l2_fields,
    xlat_v4l2_colorspaces, xlat_v4l2_format_flags, xlat_v4l2_vbi_flags, xlat_v4l2_sliced,
    xlat_v4l2_buffer_flags, xlat_v4l2_clocks, xlat_v4l2_clock_sources, xlat_v4l2_streaming, xlat_v4l2_modes,
    xlat_v4l2_input_types, xlat_v4l2_input_status, xlat_v4l2_input_capabilities, xlat_v4l2_standards,
    xlat_v4l2_tuner_types, xlat_v4l2_tuner_capabilities, xlat_v4l2_subchannels, xlat_v4l2_audio_modes,
    xlat_v4l2_size_types, xlat_v4l2_interval_types;

/* v4l2_fourcc('Y', 'U', 'Y', 'V'), with its name (by the member's xlat) as a comment. */
member_fn v4l2_fourcc_member;
/* 1/30 */
member_fn v4l2_fraction_member;

#endif
