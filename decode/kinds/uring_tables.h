/* Names of io_uring's operations and flags. The first three are of uring.c, the others of uring_tables.c. */
#ifndef PROCTOR_DECODE_KINDS_URING_TABLES_H
#define PROCTOR_DECODE_KINDS_URING_TABLES_H

#include "decode/xlat.h"

extern const struct xlat xlat_uring_setup_flags;
extern const struct xlat xlat_uring_features;
extern const struct xlat xlat_uring_enter;

extern const struct xlat xlat_uring_register_ops;
extern const struct xlat xlat_uring_register_flags;
extern const struct xlat xlat_uring_ops;
extern const struct xlat xlat_uring_op_flags;
extern const struct xlat xlat_uring_sqe_flags;
extern const struct xlat xlat_uring_restrictions;
extern const struct xlat xlat_uring_resource_flags;
extern const struct xlat xlat_uring_cancel_flags;
extern const struct xlat xlat_uring_napi_ops;
extern const struct xlat xlat_uring_napi_tracking;
extern const struct xlat xlat_uring_clone_flags;
extern const struct xlat xlat_uring_region_flags;
extern const struct xlat xlat_uring_zcrx_flags;
extern const struct xlat xlat_uring_zcrx_areas;
extern const struct xlat xlat_uring_zcrx_controls;
extern const struct xlat xlat_uring_zcrx_events;
extern const struct xlat xlat_uring_queries;
extern const struct xlat xlat_uring_message_flags;
extern const struct xlat xlat_uring_file_slots;

#endif
