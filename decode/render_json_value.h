/* What decode/render_json.c writes an event's JSON with. Part of the renderer: nothing else includes it. */
#ifndef PROCTOR_DECODE_RENDER_JSON_VALUE_H
#define PROCTOR_DECODE_RENDER_JSON_VALUE_H

#include "decode/render.h"

/* A key that is spelled out here, with the comma before it. */
#define KEY(out, name) buf_bytes(out, ",\"" name "\":", sizeof(",\"" name "\":") - 1)

/* A name of ours, in quotes: it holds nothing that would have to be escaped. */
void json_name(struct buf *out, const char *name);

/* A number; as a string where a reader that keeps numbers as doubles would not get it exactly. */
void json_signed(struct buf *out, int64_t number);

/* A raw register. */
void json_raw(struct buf *out, uint64_t number);

/* Bytes as hexadecimal digits, in quotes. */
void json_hexdump(struct buf *out, const char *bytes, size_t n);

/* A value of the tree and all below it. index: not 0. */
void json_value(struct buf *out, const struct values *values, uint32_t index);

#endif
