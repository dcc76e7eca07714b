/* Operations of io_uring_register that take one structure whose members say all. */
#ifndef PROCTOR_DECODE_KINDS_URING_STRUCTURES_H
#define PROCTOR_DECODE_KINDS_URING_STRUCTURES_H

#include "decode/decoder.h"

enum uring_operation {
    REGISTER_BUFFERS = 0,
    REGISTER_FILES = 2,
    REGISTER_EVENTFD = 4,
    REGISTER_FILES_UPDATE = 6,
    REGISTER_EVENTFD_ASYNC = 7,
    REGISTER_PROBE = 8,
    REGISTER_RESTRICTIONS = 11,
    REGISTER_FILES2 = 13,
    REGISTER_FILES_UPDATE2 = 14,
    REGISTER_BUFFERS2 = 15,
    REGISTER_BUFFERS_UPDATE = 16,
    REGISTER_IOWQ_AFF = 17,
    REGISTER_IOWQ_MAX_WORKERS = 19,
    REGISTER_RING_FDS = 20,
    UNREGISTER_RING_FDS = 21,
    REGISTER_PBUF_RING = 22,
    UNREGISTER_PBUF_RING = 23,
    REGISTER_SYNC_CANCEL = 24,
    REGISTER_FILE_ALLOC_RANGE = 25,
    REGISTER_PBUF_STATUS = 26,
    REGISTER_NAPI = 27,
    UNREGISTER_NAPI = 28,
    REGISTER_CLOCK = 29,
    REGISTER_CLONE_BUFFERS = 30,
    REGISTER_SEND_MSG_RING = 31,
    REGISTER_ZCRX_IFQ = 32,
    REGISTER_RESIZE_RINGS = 33,
    REGISTER_MEM_REGION = 34,
    REGISTER_QUERY = 35,
    REGISTER_ZCRX_CTRL = 36,
};

/*
 * Appends the structure at addr, or its address where `count`, the call's last argument, is not what the
 * operation takes or the kernel has yet to fill the structure in. False: the operation is none of these.
 */
bool decode_uring_structure(struct decoder *d, const char *name, uint64_t addr, uint32_t operation,
                            uint32_t count);

#endif
