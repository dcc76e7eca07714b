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

static void make_calls(void)
{
    asynchronous();
    ring();
}
