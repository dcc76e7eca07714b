/* Calls of decode/calls/desc.def for asynchronous input and output: io_setup and its kin, io_uring. */
#include "family.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>

static char page[4096];

static void asynchronous(void)
{
    aio_context_t context = 0;
    int fd = (int)DO(open, "lines", O_RDWR);
    struct iocb reading = {.aio_data = 7,
                           .aio_lio_opcode = IOCB_CMD_PREAD,
                           .aio_fildes = (unsigned)fd,
                           .aio_buf = (uintptr_t)page,
                           .aio_nbytes = 5};
    struct iocb writing = reading, wrong = reading, *blocks[3] = {&reading, &writing, &wrong};
    struct io_event events[3];
    struct timespec none = {0, 0};
    writing.aio_lio_opcode = IOCB_CMD_PWRITE;
    writing.aio_offset = 2;
    wrong.aio_lio_opcode = 77;
    DO(io_setup, 4, &context);
    DO(io_setup, 0, WILD);
    DO(io_submit, context, 3L, blocks);
    DO(io_submit, context, 1L, blocks + 2);
    DO(io_submit, context, 1L, WILD);
    DO(io_getevents, context, 1L, 3L, events, NULL);
    DO(io_getevents, context, 0L, 3L, events, &none);
    DO(io_getevents, 1L, 0L, 3L, events, WILD);
    DO(io_pgetevents, context, 0L, 3L, events, &none, NULL);
    DO(io_pgetevents, 1L, 0L, 3L, events, &none, NULL);
    DO(io_cancel, context, &reading, events);
    DO(io_cancel, 1L, WILD, events);
    DO(io_destroy, context);
    DO(io_destroy, context);
    DO(close, fd);
}

static void ring(void)
{
    struct io_uring_params params = {.flags = IORING_SETUP_CQSIZE, .cq_entries = 8};
    const uint64_t mask = 1;
    int fd = (int)DO(io_uring_setup, 4, &params), fds[2] = {0, -1};
    params.flags = 0x80000000;
    DO(io_uring_setup, 4, &params);
    DO(io_uring_setup, 0, WILD);
    DO(io_uring_enter, fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 8UL);
    DO(io_uring_enter, CLOSED, 1, 2, 0x1000 | IORING_ENTER_SQ_WAKEUP, &mask, 8UL);
    DO(io_uring_register, fd, IORING_REGISTER_FILES, fds, 2);
    DO(io_uring_register, fd, IORING_UNREGISTER_FILES, NULL, 0);
    DO(io_uring_register, fd, IORING_UNREGISTER_FILES, NULL, 0);
    DO(io_uring_register, CLOSED, IORING_REGISTER_EVENTFD, fds, 1);
    DO(io_uring_register, fd, 777, WILD, 1);
    DO(close, fd);
}

/* The operations of io_uring_register by numbers: the exported header may be older. */
static void registering(void)
{
    struct io_uring_params params = {.flags = 0};
    int fd = (int)DO(io_uring_setup, 4, &params), fds[2] = {0, -2};
    uint64_t tags[2] = {1, 2};
    static uint32_t probe[4 + 2 * 64];
    const uint64_t update[2] = {1, (uintptr_t)fds};
    const uint64_t resources[4] = {1, 0, (uintptr_t)fds, (uintptr_t)tags};
    const uint64_t later[4] = {0, (uintptr_t)fds, (uintptr_t)tags, 1};
    const uint32_t restrictions[8] = {8 << 16, 0, 0, 0, 2 | 3 << 16};
    const uint32_t range[4] = {1, 2};
    uint32_t workers[2] = {3, 0};
    const uint64_t mask = 1, buffers[5] = {0x1000, 4 | 7ULL << 32};
    const uint64_t cancel[8] = {0x1234, 0xffffffff | 4ULL << 32, 1, 2};
    uint64_t slot[2] = {0xffffffff, (unsigned)fd};
    DO(io_uring_register, fd, 8, probe, 64);
    DO(io_uring_register, fd, 8, probe, 300);
    DO(io_uring_register, fd, 6, update, 2);
    DO(io_uring_register, fd, 6, WILD, 2);
    DO(io_uring_register, fd, 13, resources, 32);
    DO(io_uring_register, fd, 13, resources, 31);
    DO(io_uring_register, fd, 14, later, 32);
    DO(io_uring_register, fd, 15, resources, 32);
    DO(io_uring_register, fd, 16, later, 32);
    DO(io_uring_register, fd, 11, restrictions, 2);
    DO(io_uring_register, fd, 17, &mask, 8);
    DO(io_uring_register, fd, 19, workers, 2);
    DO(io_uring_register, CLOSED, 19, workers, 2);
    DO(io_uring_register, fd, 20, slot, 1);
    DO(io_uring_register, fd, 21, slot, 1);
    DO(io_uring_register, CLOSED, 22, buffers, 1);
    DO(io_uring_register, CLOSED, 24, cancel, 1);
    DO(io_uring_register, CLOSED, 25, range, 1);
    DO(close, fd);
}

static void make_calls(void)
{
    asynchronous();
    ring();
    registering();
}
