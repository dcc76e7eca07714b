/* Asynchronous I/O and io_uring, at entry and exit. */
#include "tests/unit/fresh_target.h"

#include <linux/aio_abi.h>

#define ENTRY(text, id, ...) ck_assert_str_eq(unit_entry(&target, CALL_##id, __VA_ARGS__), text " = ?")
#define EXIT(text, id, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_##id, result, __VA_ARGS__), text)

START_TEST(contexts)
{
    uint64_t at = unit_put(&target, 0, (uint64_t[1]){0x7f0000001000}, 8);
    ENTRY("io_setup(3, 0x10000)", io_setup, 3, at);
    EXIT("io_setup(3, [0x7f0000001000]) = 0", io_setup, 0, 3, at);
    EXIT("io_setup(3, 0x10) = 0", io_setup, 0, 3, 0x10);
    ENTRY("io_destroy(NULL)", io_destroy, 0);
}
END_TEST

START_TEST(submitting)
{
    struct iocb write = {.aio_lio_opcode = 1,
                         .aio_fildes = 3,
                         .aio_nbytes = 4,
                         .aio_offset = -3,
                         .aio_flags = 3,
                         .aio_resfd = 4};
    const struct iocb odd = {.aio_lio_opcode = 40, .aio_fildes = 5, .aio_reqprio = -4};
    write.aio_buf = unit_put(&target, 0x100, "data", 4);
    write.aio_reqprio = 0x4007;
    const uint64_t pointers[] = {unit_put(&target, 0x200, &write, sizeof(write)),
                                 unit_put(&target, 0x300, &odd, sizeof(odd)), 8};
    uint64_t at = unit_put(&target, 0, pointers, sizeof(pointers));
    ENTRY("io_submit(NULL, 3, [{aio_data=0, aio_lio_opcode=IOCB_CMD_PWRITE, "
          "aio_reqprio=IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 7), aio_fildes=3, aio_buf=\"data\", aio_nbytes=4, "
          "aio_offset=-3, aio_flags=IOCB_FLAG_RESFD|IOCB_FLAG_IOPRIO, aio_resfd=4}, {aio_data=0, "
          "aio_lio_opcode=40 /* IOCB_CMD_\?\?\? */, aio_reqprio=-4, aio_fildes=5}, 0x8])",
          io_submit, 0, 3, at);
    ENTRY("io_submit(NULL, -1, 0x10000)", io_submit, 0, UINT64_MAX, at);
    ENTRY("io_submit(NULL, 9223372036854775807, 0x10000)", io_submit, 0, INT64_MAX, at);
    ENTRY("io_submit(NULL, 0, [])", io_submit, 0, 0, at);
}
END_TEST

START_TEST(completions)
{
    const struct io_event event = {1, 2, -3, 0};
    uint64_t at = unit_put(&target, 0, &event, sizeof(event));
    ENTRY("io_getevents(NULL, 1, 8, 0x10000, NULL)", io_getevents, 0, 1, 8, at, 0);
    EXIT("io_getevents(NULL, 1, 8, [{data=0x1, obj=0x2, res=-3, res2=0}], NULL) = 1", io_getevents, 1, 0, 1,
         8, at, 0);
    EXIT("io_getevents(NULL, 1, 8, [], NULL) = 0", io_getevents, 0, 0, 1, 8, at, 0);
    EXIT("io_getevents(NULL, 1, 8, 0x13ff0, NULL) = 1", io_getevents, 1, 0, 1, 8, UNIT_BASE + UNIT_SIZE - 16,
         0);
}
END_TEST

START_TEST(ring_parameters)
{
    const uint32_t params[30] = {4, 8, 0x21, 5, 6, 3, 7, [10] = 1, [20] = 2};
    uint64_t at = unit_put(&target, 0, params, sizeof(params));
    ENTRY("io_uring_setup(4, {flags=IORING_SETUP_IOPOLL|IORING_SETUP_ATTACH_WQ, sq_thread_cpu=0x5, "
          "sq_thread_idle=6, wq_fd=7})",
          io_uring_setup, 4, at);
    EXIT("io_uring_setup(4, {flags=IORING_SETUP_IOPOLL|IORING_SETUP_ATTACH_WQ, sq_thread_cpu=0x5, "
         "sq_thread_idle=6, wq_fd=7, sq_entries=4, cq_entries=8, "
         "features=IORING_FEAT_SINGLE_MMAP|IORING_FEAT_NODROP, sq_off={head=1, tail=0, ring_mask=0, "
         "ring_entries=0, flags=0, dropped=0, array=0, user_addr=0}, cq_off={head=2, tail=0, ring_mask=0, "
         "ring_entries=0, overflow=0, cqes=0, flags=0, user_addr=0}}) = 3",
         io_uring_setup, 3, 4, at);
    ENTRY("io_uring_setup(4, 0x13ffc)", io_uring_setup, 4, UNIT_BASE + UNIT_SIZE - 4);
}
END_TEST

START_TEST(entering_a_ring)
{
    uint64_t mask = unit_put(&target, 0, (uint64_t[1]){2}, 8);
    const uint64_t ext[] = {mask, 8 | 5ULL << 32, 0};
    uint64_t arg = unit_put(&target, 0x40, ext, sizeof(ext));
    ENTRY("io_uring_enter(3, 1, 2, IORING_ENTER_GETEVENTS, [INT], 8)", io_uring_enter, 3, 1, 2, 1, mask, 8);
    ENTRY("io_uring_enter(3, 1, 2, IORING_ENTER_EXT_ARG, {sigmask=[INT], sigmask_sz=8, min_wait_usec=5, "
          "ts=NULL}, 24)",
          io_uring_enter, 3, 1, 2, 8, arg, 24);
    ENTRY("io_uring_enter(3, 1, 2, IORING_ENTER_EXT_ARG_REG, 64, 24)", io_uring_enter, 3, 1, 2, 0x40, 64, 24);
}
END_TEST

START_TEST(registering)
{
    uint64_t fds = unit_put(&target, 0, (int[3]){1, -1, 2}, 12);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILES, [1, -1, 2], 3)", io_uring_register, 3, 2, fds, 3);
    ENTRY("io_uring_register(3, IORING_REGISTER_BUFFERS|IORING_REGISTER_USE_REGISTERED_RING, NULL, 3)",
          io_uring_register, 3, 0x80000000, 0, 3);
    ENTRY("io_uring_register(3, 0x77 /* IORING_REGISTER_\?\?\? */, 0x10, 3)", io_uring_register, 3, 0x77,
          0x10, 3);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILES, 0x10, 4294967295)", io_uring_register, 3, 2, 0x10,
          UINT32_MAX);
}
END_TEST

START_TEST(registering_files_and_buffers)
{
    const uint64_t fds = unit_put(&target, 0x100, (int[3]){1, -1, -2}, 12);
    const uint64_t tags = unit_put(&target, 0x140, (uint64_t[2]){5, 0}, 16);
    const uint64_t iov = unit_put(&target, 0x180, (uint64_t[2]){0x1000, 7}, 16);
    uint64_t at = unit_put(&target, 0, (uint64_t[2]){9, fds}, 16);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILES_UPDATE, {offset=9, fds=[1, -1, "
          "IORING_REGISTER_FILES_SKIP]}, 3)",
          io_uring_register, 3, 6, at, 3);
    at = unit_put(&target, 0, (uint64_t[5]){2 | 1ULL << 32, 0, fds, tags, 3}, 40);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILES2, {nr=2, flags=IORING_RSRC_REGISTER_SPARSE, "
          "data=[1, -1], tags=[0x5, 0]}, 32)",
          io_uring_register, 3, 13, at, 32);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILES2, 0x10000, 31)", io_uring_register, 3, 13, at, 31);
    at = unit_put(&target, 0, (uint64_t[4]){4, iov, 0, 1}, 32);
    ENTRY("io_uring_register(3, IORING_REGISTER_BUFFERS_UPDATE, {offset=4, data=[{iov_base=0x1000, "
          "iov_len=7}], tags=NULL, nr=1}, 32)",
          io_uring_register, 3, 16, at, 32);
    at = unit_put(&target, 0, (uint64_t[4]){0xffffffff, 8, 1, 0}, 32);
    ENTRY("io_uring_register(3, IORING_REGISTER_RING_FDS, [{offset=-1, data=8}, {offset=1, data=0}], 2)",
          io_uring_register, 3, 20, at, 2);
    ENTRY("io_uring_register(3, IORING_UNREGISTER_RING_FDS, [{offset=4294967295, data=0x8}, {offset=1}], 2)",
          io_uring_register, 3, 21, at, 2);
}
END_TEST

START_TEST(registering_what_a_ring_may_do)
{
    const uint16_t restrictions[32] = {0, 8, [8] = 1, 22, [16] = 2, 3, [24] = 9, 0};
    uint64_t at = unit_put(&target, 0, restrictions, sizeof(restrictions));
    ENTRY("io_uring_register(3, IORING_REGISTER_RESTRICTIONS, "
          "[{opcode=IORING_RESTRICTION_REGISTER_OP, register_op=IORING_REGISTER_PROBE}, "
          "{opcode=IORING_RESTRICTION_SQE_OP, sqe_op=IORING_OP_READ}, "
          "{opcode=IORING_RESTRICTION_SQE_FLAGS_ALLOWED, sqe_flags=IOSQE_FIXED_FILE|IOSQE_IO_DRAIN}, "
          "{opcode=0x9 /* IORING_RESTRICTION_\?\?\? */}], 4)",
          io_uring_register, 3, 11, at, 4);
    at = unit_put(&target, 0, (uint64_t[8]){0x77, 0xffffffff | 3ULL << 32, 1, 2, 22}, 64);
    ENTRY("io_uring_register(3, IORING_REGISTER_SYNC_CANCEL, {addr=0x77, fd=-1, "
          "flags=IORING_ASYNC_CANCEL_ALL|IORING_ASYNC_CANCEL_FD, timeout={tv_sec=1, tv_nsec=2}, "
          "opcode=IORING_OP_READ}, 1)",
          io_uring_register, 3, 24, at, 1);
    ENTRY("io_uring_register(3, IORING_REGISTER_SYNC_CANCEL, 0x10000, 2)", io_uring_register, 3, 24, at, 2);
    ENTRY("io_uring_register(3, IORING_REGISTER_FILE_ALLOC_RANGE, {off=119, len=0}, 1)", io_uring_register, 3,
          25, at, 1);
    ENTRY("io_uring_register(3, IORING_REGISTER_IOWQ_AFF, [0 1 2 4 5 6], 1)", io_uring_register, 3, 17, at,
          1);
    at = unit_put(&target, 0, (uint64_t[8]){40 | 4ULL << 32, 0, 0, 1 | 2ULL << 32}, 64);
    ENTRY("io_uring_register(-1, IORING_REGISTER_SEND_MSG_RING, {opcode=IORING_OP_MSG_RING, flags=0, "
          "ioprio=0, fd=4, off=0, addr=0, len=1, msg_ring_flags=IORING_MSG_RING_FLAGS_PASS, user_data=0, "
          "buf_index=0, personality=0, file_index=0, optval=0}, 1)",
          io_uring_register, UINT32_MAX, 31, at, 1);
}
END_TEST

START_TEST(questions)
{
    const uint64_t at = UNIT_BASE, second = at + 40, third = at + 80, answer = at + 120;
    const uint64_t list[5][5] = {/* next, data, operation and size, result */
                                 {second, answer, 48ULL << 32},
                                 {third, 0x10, 2 | 16ULL << 32},
                                 {0, answer, 77 | 8ULL << 32, (uint32_t)-95},
                                 /* the answer to the first */
                                 {65 | 38ULL << 32, 3, 1 << 20, 1, 2},
                                 {4}};
    unit_put(&target, 0, list, sizeof(list));
    ENTRY(
        "io_uring_register(-1, IORING_REGISTER_QUERY, {query_data=0x10078, query_op=IO_URING_QUERY_OPCODES, "
        "size=48, result=0, query_data={nr_request_opcodes=65, nr_register_opcodes=38, "
        "feature_flags=IORING_FEAT_SINGLE_MMAP|IORING_FEAT_NODROP, ring_setup_flags=IORING_SETUP_SQ_REWIND, "
        "enter_flags=IORING_ENTER_GETEVENTS, sqe_flags=IOSQE_IO_DRAIN, nr_query_opcodes=4}, "
        "next_entry={query_data=0x10, query_op=IO_URING_QUERY_SCQ, size=16, result=0, query_data=0x10, "
        "next_entry={query_data=0x10078, query_op=0x4d /* IO_URING_QUERY_\?\?\? */, size=8, result=-95, "
        "query_data=0x10078, next_entry=NULL}}}, 0)",
        io_uring_register, UINT32_MAX, 35, at, 0);
    ENTRY("io_uring_register(-1, IORING_REGISTER_QUERY, 0x10000, 1)", io_uring_register, UINT32_MAX, 35, at,
          1);
    target.options.array_max = 1;
    ENTRY("io_uring_register(-1, IORING_REGISTER_QUERY, {query_data=0x10078, "
          "query_op=IO_URING_QUERY_OPCODES, size=48, result=0, query_data={nr_request_opcodes=65, "
          "nr_register_opcodes=38, feature_flags=IORING_FEAT_SINGLE_MMAP|IORING_FEAT_NODROP, "
          "ring_setup_flags=IORING_SETUP_SQ_REWIND, enter_flags=IORING_ENTER_GETEVENTS, "
          "sqe_flags=IOSQE_IO_DRAIN, nr_query_opcodes=4}, next_entry=0x10028 /* ... */}, 0)",
          io_uring_register, UINT32_MAX, 35, at, 0);
    const uint64_t events[] = {0, second, 3 | 48ULL << 32, 0, 0, 3 | 24ULL << 32, 8};
    unit_put(&target, 0, events, sizeof(events));
    ENTRY("io_uring_register(-1, IORING_REGISTER_QUERY, {query_data=0x10028, "
          "query_op=IO_URING_QUERY_ZCRX_EVENT, size=48, result=0, query_data={event_flags=0x3, "
          "stats_size=24, stats_off_alignment=8}, next_entry=NULL}, 0)",
          io_uring_register, UINT32_MAX, 35, at, 0);
    const uint64_t receive[] = {0, second, 1 | 40ULL << 32, 0, 0, 3, 1, 3 | 1ULL << 32, 64 | 8ULL << 32};
    unit_put(&target, 0, receive, sizeof(receive));
    ENTRY("io_uring_register(-1, IORING_REGISTER_QUERY, {query_data=0x10028, query_op=IO_URING_QUERY_ZCRX, "
          "size=40, result=0, query_data={register_flags=ZCRX_REG_IMPORT|ZCRX_REG_NODEV, "
          "area_flags=IORING_ZCRX_AREA_DMABUF, nr_ctrl_opcodes=3, features=0x1, rq_hdr_size=64, "
          "rq_hdr_alignment=8}, next_entry=NULL}, 0)",
          io_uring_register, UINT32_MAX, 35, at, 0);
}
END_TEST

START_TEST(zero_copy_receive)
{
    uint64_t at = unit_put(
        &target, 0,
        (uint64_t[12]){1 | 2ULL << 32, 64 | 3ULL << 32, 0x1000, 0, 0, 0, 0, 0, 5 | 4096ULL << 32, 0x2000},
        96);
    ENTRY("io_uring_register(3, IORING_REGISTER_ZCRX_IFQ, {if_idx=1, if_rxq=2, rq_entries=64, "
          "flags=ZCRX_REG_IMPORT|ZCRX_REG_NODEV, area_ptr=0x1000, region_ptr=NULL, offsets={head=0, tail=0, "
          "rqes=0}, zcrx_id=5, rx_buf_len=4096, event_desc=0x2000}, 1)",
          io_uring_register, 3, 32, at, 1);
    at = unit_put(&target, 0, (uint64_t[9]){5 | 2ULL << 32, 0, 0, 1}, 72);
    ENTRY("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=5, op=ZCRX_CTRL_ARM_EVENT, "
          "zc_arm_event={event_type=ZCRX_EVENT_COPY}}, 0)",
          io_uring_register, 3, 36, at, 0);
    EXIT("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=5, op=ZCRX_CTRL_ARM_EVENT, "
         "zc_arm_event={event_type=ZCRX_EVENT_COPY}}, 1) = 0",
         io_uring_register, 0, 3, 36, at, 1);
    unit_put(&target, 0, (uint64_t[1]){5}, 8);
    ENTRY("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=5, op=ZCRX_CTRL_FLUSH_RQ, "
          "zc_flush={__resv=[0x1, 0, 0, 0, 0, 0]}}, 0)",
          io_uring_register, 3, 36, at, 0);
    unit_put(&target, 0, (uint64_t[1]){5 | 7ULL << 32}, 8);
    ENTRY("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=5, op=0x7 /* ZCRX_CTRL_\?\?\? */}, 0)",
          io_uring_register, 3, 36, at, 0);
    ENTRY("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, 0x10000, 2)", io_uring_register, 3, 36, at, 2);
    unit_put(&target, 0, (uint64_t[4]){5 | 1ULL << 32, 0, 0, 0}, 32);
    target.written = (struct unit_written){24, &(uint32_t){6}, 4};
    EXIT("io_uring_register(3, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=5, op=ZCRX_CTRL_EXPORT, "
         "zc_export={zcrx_fd=6}}, 0) = 0",
         io_uring_register, 0, 3, 36, at, 0);
}
END_TEST

START_TEST(new_sizes)
{
    uint64_t at = unit_put(&target, 0, (uint64_t[15]){8 | 16ULL << 32, 1 << 20}, 120);
    ENTRY("io_uring_register(3, IORING_REGISTER_RESIZE_RINGS, {sq_entries=8, cq_entries=16, "
          "flags=IORING_SETUP_SQ_REWIND}, 1)",
          io_uring_register, 3, 33, at, 1);
    unit_put(&target, 72, (uint64_t[1]){0x1000}, 8);
    unit_put(&target, 112, (uint64_t[1]){0x2000}, 8);
    ENTRY("io_uring_register(3, IORING_REGISTER_RESIZE_RINGS, {sq_entries=8, cq_entries=16, "
          "flags=IORING_SETUP_SQ_REWIND, sq_off={user_addr=0x1000}, cq_off={user_addr=0x2000}}, 1)",
          io_uring_register, 3, 33, at, 1);
}
END_TEST

START_TEST(what_registering_tells)
{
    const uint32_t asked[2] = {4, 0}, before[2] = {8, 100};
    uint64_t at = unit_put(&target, 0, asked, sizeof(asked));
    target.written = (struct unit_written){0, before, sizeof(before)};
    EXIT("io_uring_register(3, IORING_REGISTER_IOWQ_MAX_WORKERS, [[IO_WQ_BOUND]=4, [IO_WQ_UNBOUND]=0] => "
         "[[IO_WQ_BOUND]=8, [IO_WQ_UNBOUND]=100], 2) = 0",
         io_uring_register, 0, 3, 19, at, 2);
    EXIT("io_uring_register(3, IORING_REGISTER_IOWQ_MAX_WORKERS, [[IO_WQ_BOUND]=8, [IO_WQ_UNBOUND]=100] => "
         "0x10000, 2) = -1 EBADF (Bad file descriptor)",
         io_uring_register, -9, 3, 19, at, 2);
    const uint32_t probe[] = {1 | 3 << 8, 0, 0, 0, 0 | 1 << 16, 0, 1, 0};
    at = unit_put(&target, 0, (uint32_t[8]){0}, 32);
    target.written = (struct unit_written){0, probe, sizeof(probe)};
    EXIT("io_uring_register(3, IORING_REGISTER_PROBE, {last_op=IORING_OP_READV, ops_len=3, "
         "ops=[{op=IORING_OP_NOP, flags=IO_URING_OP_SUPPORTED}, {op=IORING_OP_READV, flags=0}, ...]}, 2) = 0",
         io_uring_register, 0, 3, 8, at, 2);
    const uint32_t napi[4] = {5, 1, 1, 0}, old[4] = {6, 0, 255, 0};
    at = unit_put(&target, 0, napi, sizeof(napi));
    target.written = (struct unit_written){0, old, sizeof(old)};
    EXIT("io_uring_register(3, IORING_REGISTER_NAPI, {busy_poll_to=0x5, prefer_busy_poll=0x1, "
         "opcode=IO_URING_NAPI_REGISTER_OP, op_param=IO_URING_NAPI_TRACKING_STATIC} => {busy_poll_to=0x6, "
         "prefer_busy_poll=0, opcode=IO_URING_NAPI_REGISTER_OP, op_param=IO_URING_NAPI_TRACKING_INACTIVE}, "
         "1) = 0",
         io_uring_register, 0, 3, 27, at, 1);
    ENTRY("io_uring_register(3, IORING_REGISTER_PBUF_STATUS, 0x10000, 1)", io_uring_register, 3, 26, at, 1);
    EXIT("io_uring_register(3, IORING_REGISTER_PBUF_STATUS, {buf_group=0x6, head=0}, 1) = 0",
         io_uring_register, 0, 3, 26, at, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("aio");
    TCase *tc = tcase_create("aio");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, contexts);
    tcase_add_test(tc, submitting);
    tcase_add_test(tc, completions);
    tcase_add_test(tc, ring_parameters);
    tcase_add_test(tc, entering_a_ring);
    tcase_add_test(tc, registering);
    tcase_add_test(tc, registering_files_and_buffers);
    tcase_add_test(tc, registering_what_a_ring_may_do);
    tcase_add_test(tc, questions);
    tcase_add_test(tc, zero_copy_receive);
    tcase_add_test(tc, new_sizes);
    tcase_add_test(tc, what_registering_tells);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
