/* POSIX message queues. */
#ifndef PROCTOR_DECODE_KINDS_MQUEUE_H
#define PROCTOR_DECODE_KINDS_MQUEUE_H

#include "decode/decoder.h"

extern const struct kind kind_mq_open_attr; /* shown only where the flags create a queue */
extern const struct kind kind_mq_attr, kind_mq_attr_out;
extern const struct kind kind_mq_priority_out;

#endif
