/* What io_uring is asked for by IORING_REGISTER_QUERY. */
#ifndef PROCTOR_DECODE_KINDS_URING_QUERY_H
#define PROCTOR_DECODE_KINDS_URING_QUERY_H

#include "decode/decoder.h"

/* Appends the list that begins at addr, each question in the one before it. */
void decode_uring_queries(struct decoder *d, const char *name, uint64_t addr);

#endif
