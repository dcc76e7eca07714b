/* Asynchronous I/O and io_uring, at entry and exit. */
#include "tests/unit/unit.h"

#include <linux/aio_abi.h>

static struct unit_target target;

static void start(void)
{
    unit_start(&target);
}

static void end(void)
{
    unit_end(&target);
}

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
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
