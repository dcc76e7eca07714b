/* IORING_REGISTER_QUERY: a list of questions (include/uapi/linux/io_uring/query.h, Linux 6.18). */
#include "decode/kinds/uring_query.h"

#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/members.h"
#include "decode/kinds/uring_tables.h"

/* More the kernel does not take. */
enum { QUESTIONS_MAX = 1000 };

enum { QUERY_OPCODES, QUERY_ZCRX, QUERY_SCQ, QUERY_ZCRX_EVENT };

struct question {
    uint64_t next_entry, query_data;
    uint32_t query_op, size;
    int32_t result;
    uint32_t resv[3];
};

struct opcodes {
    uint32_t nr_request_opcodes, nr_register_opcodes;
    uint64_t feature_flags, ring_setup_flags, enter_flags, sqe_flags;
    uint32_t nr_query_opcodes, pad;
};

struct zcrx {
    uint64_t register_flags, area_flags;
    uint32_t nr_ctrl_opcodes, features, rq_hdr_size, rq_hdr_alignment;
    uint64_t resv;
};

struct zcrx_event {
    uint32_t event_flags, stats_size, stats_off_alignment, resv1;
    uint64_t resv2[4];
};

struct scq {
    uint64_t hdr_size, hdr_alignment;
};

LAYOUT(question, struct question, MEMBER(struct question, query_data, ADDR),
       MEMBER(struct question, query_op, ENUM, .xlat = &xlat_uring_queries),
       MEMBER(struct question, size, UINT), MEMBER(struct question, result, INT));
LAYOUT(opcodes, struct opcodes, MEMBER(struct opcodes, nr_request_opcodes, UINT),
       MEMBER(struct opcodes, nr_register_opcodes, UINT),
       MEMBER(struct opcodes, feature_flags, FLAGS, .xlat = &xlat_uring_features),
       MEMBER(struct opcodes, ring_setup_flags, FLAGS, .xlat = &xlat_uring_setup_flags),
       MEMBER(struct opcodes, enter_flags, FLAGS, .xlat = &xlat_uring_enter),
       MEMBER(struct opcodes, sqe_flags, FLAGS, .xlat = &xlat_uring_sqe_flags),
       MEMBER(struct opcodes, nr_query_opcodes, UINT));
LAYOUT(zcrx, struct zcrx, MEMBER(struct zcrx, register_flags, FLAGS, .xlat = &xlat_uring_zcrx_flags),
       MEMBER(struct zcrx, area_flags, FLAGS, .xlat = &xlat_uring_zcrx_areas),
       MEMBER(struct zcrx, nr_ctrl_opcodes, UINT), MEMBER(struct zcrx, features, HEX),
       MEMBER(struct zcrx, rq_hdr_size, UINT), MEMBER(struct zcrx, rq_hdr_alignment, UINT));
LAYOUT(zcrx_event, struct zcrx_event, MEMBER(struct zcrx_event, event_flags, HEX),
       MEMBER(struct zcrx_event, stats_size, UINT), MEMBER(struct zcrx_event, stats_off_alignment, UINT));
LAYOUT(scq, struct scq, MEMBER(struct scq, hdr_size, UINT), MEMBER(struct scq, hdr_alignment, UINT));

static const struct layout *const answers[] = {
    [QUERY_OPCODES] = &layout_opcodes,
    [QUERY_ZCRX] = &layout_zcrx,
    [QUERY_SCQ] = &layout_scq,
    [QUERY_ZCRX_EVENT] = &layout_zcrx_event,
};

/* strace names the room for an answer twice: where it is, and what is in it. */
static void append_question(struct decoder *d, const struct question *q)
{
    decode_members(d, &(struct block){.bytes = (const unsigned char *)q, .size = sizeof(*q)},
                   &layout_question);
    if (!q->query_data || q->size == 0) {
        return;
    }
    if (q->query_op < sizeof(answers) / sizeof(answers[0])) {
        decode_layout_at(d, "query_data", q->query_data, answers[q->query_op], UINT64_MAX);
    } else {
        decode_addr(d, "query_data", q->query_data);
    }
}

void decode_uring_queries(struct decoder *d, const char *name, uint64_t addr)
{
    uint32_t most = d->options->verbose ? QUESTIONS_MAX : d->options->array_max;
    uint32_t count = 0;
    struct question question;
    while (decode_object(d, name, addr, &question, sizeof(question))) {
        if (count >= most) {
            values_note(d->out, values_add(d->out, VALUE_ADDR, name, addr), "...", 3);
            break;
        }
        values_open(d->out, VALUE_STRUCT, name);
        append_question(d, &question);
        name = "next_entry";
        addr = question.next_entry;
        count++;
    }
    while (count--) {
        values_close(d->out);
    }
}
