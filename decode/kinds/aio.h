/* Linux native asynchronous I/O: io_setup, io_submit, io_getevents. */
#ifndef PROCTOR_DECODE_KINDS_AIO_H
#define PROCTOR_DECODE_KINDS_AIO_H

#include "decode/decoder.h"

extern const struct kind kind_aio_context_out; /* [0x7f...] */
extern const struct kind kind_iocbs;           /* an array of pointers; the second argument is its length */
extern const struct kind kind_iocb_header;     /* {aio_data=0, aio_lio_opcode=..., aio_fildes=3} */
extern const struct kind kind_io_event_out;
extern const struct kind kind_io_events_out; /* as many as the result says */

#endif
