#include "decode/demultiplex.h"

#include <string.h>

/* Which of ipc's arguments, or what else, an argument of the call behind it is. */
enum source { NOTHING, FIRST, SECOND, THIRD, POINTER, FIFTH, POINTED, MESSAGE, MESSAGE_TYPE };

/* What the call behind socketcall takes from memory. */
static const struct {
    uint16_t id;
    uint8_t nargs;
} socket_calls[] = {
    [1] = {CALL_socket, 3},      [2] = {CALL_bind, 3},        [3] = {CALL_connect, 3},
    [4] = {CALL_listen, 2},      [5] = {CALL_accept, 3},      [6] = {CALL_getsockname, 3},
    [7] = {CALL_getpeername, 3}, [8] = {CALL_socketpair, 4},  [9] = {CALL_send, 4},
    [10] = {CALL_recv, 4},       [11] = {CALL_sendto, 6},     [12] = {CALL_recvfrom, 6},
    [13] = {CALL_shutdown, 2},   [14] = {CALL_setsockopt, 5}, [15] = {CALL_getsockopt, 5},
    [16] = {CALL_sendmsg, 3},    [17] = {CALL_recvmsg, 3},    [18] = {CALL_accept4, 4},
    [19] = {CALL_recvmmsg, 5},   [20] = {CALL_sendmmsg, 4},
};

static const struct {
    uint16_t id;
    uint8_t args[CALL_ARGS_MAX];
} ipc_calls[] = {
    [1] = {CALL_semop, {FIRST, POINTER, SECOND}},
    [2] = {CALL_semget, {FIRST, SECOND, THIRD}},
    [3] = {CALL_semctl, {FIRST, SECOND, THIRD, POINTED}},
    [4] = {CALL_semtimedop, {FIRST, POINTER, SECOND, FIFTH}},
    [11] = {CALL_msgsnd, {FIRST, POINTER, SECOND, THIRD}},
    [12] = {CALL_msgrcv, {FIRST, MESSAGE, SECOND, MESSAGE_TYPE, THIRD}},
    [13] = {CALL_msgget, {FIRST, SECOND}},
    [14] = {CALL_msgctl, {FIRST, SECOND, POINTER}},
    [21] = {CALL_shmat, {FIRST, POINTER, SECOND}},
    [22] = {CALL_shmdt, {POINTER}},
    [23] = {CALL_shmget, {FIRST, SECOND, THIRD}},
    [24] = {CALL_shmctl, {FIRST, SECOND, POINTER}},
};

enum {
    SOCKET_COUNT = sizeof(socket_calls) / sizeof(socket_calls[0]),
    IPC_COUNT = sizeof(ipc_calls) / sizeof(ipc_calls[0]),
};

static enum call_id behind_socketcall(uint64_t args[CALL_ARGS_MAX], struct mem *mem)
{
    uint32_t words[CALL_ARGS_MAX] = {0};
    uint32_t which = (uint32_t)args[0];
    if (which >= SOCKET_COUNT || !socket_calls[which].id ||
        !mem_read(mem, (uint32_t)args[1], words, socket_calls[which].nargs * sizeof(words[0]))) {
        return CALL_none;
    }
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        args[i] = words[i];
    }
    return (enum call_id)socket_calls[which].id;
}

/*
 * One argument of the call behind ipc. Version 0 of msgrcv, which C libraries use, has its buffer and type
 * behind the pointer (sys_ipc() of ipc/syscall.c).
 */
static bool ipc_argument(const uint64_t args[CALL_ARGS_MAX], enum source source, struct mem *mem,
                         uint64_t *out)
{
    bool direct = (uint32_t)args[0] >> 16 != 0;
    uint32_t pair[2] = {0};
    switch (source) {
    case NOTHING:
        *out = 0;
        return true;
    case POINTED:
        *out = 0;
        return mem_read(mem, (uint32_t)args[4], out, sizeof(uint32_t));
    case MESSAGE:
    case MESSAGE_TYPE:
        if (direct) {
            *out = source == MESSAGE ? args[4] : args[5];
            return true;
        }
        if (!mem_read(mem, (uint32_t)args[4], pair, sizeof(pair))) {
            return false;
        }
        *out = pair[source == MESSAGE_TYPE];
        return true;
    default:
        *out = args[source];
        return true;
    }
}

static enum call_id behind_ipc(uint64_t args[CALL_ARGS_MAX], struct mem *mem)
{
    uint64_t own[CALL_ARGS_MAX];
    uint32_t which = (uint32_t)args[0] & 0xffff;
    if (which >= IPC_COUNT || !ipc_calls[which].id) {
        return CALL_none;
    }
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        if (!ipc_argument(args, (enum source)ipc_calls[which].args[i], mem, &own[i])) {
            return CALL_none;
        }
    }
    memcpy(args, own, sizeof(own));
    return (enum call_id)ipc_calls[which].id;
}

enum call_id call_demultiplex(const struct abi *abi, enum call_id id, uint64_t args[CALL_ARGS_MAX],
                              struct mem *mem)
{
    enum call_id behind = CALL_none;
    if (abi == &abis[ABI_I386] && id == CALL_socketcall) {
        behind = behind_socketcall(args, mem);
    } else if (abi == &abis[ABI_I386] && id == CALL_ipc) {
        behind = behind_ipc(args, mem);
    }
    return behind == CALL_none ? id : behind;
}

/* Its number among the calls of its multiplexer, which goes to *multiplexer; 0: it has none. */
static unsigned find(enum call_id id, enum call_id *multiplexer)
{
    for (unsigned i = 0; i < SOCKET_COUNT; i++) {
        if (socket_calls[i].id == id && id != CALL_none) {
            *multiplexer = CALL_socketcall;
            return i;
        }
    }
    for (unsigned i = 0; i < IPC_COUNT; i++) {
        if (ipc_calls[i].id == id && id != CALL_none) {
            *multiplexer = CALL_ipc;
            return i;
        }
    }
    return 0;
}

enum call_id call_multiplexer(enum call_id id)
{
    enum call_id multiplexer = CALL_none;
    (void)find(id, &multiplexer);
    return multiplexer;
}

unsigned call_multiplexed_as(enum call_id id)
{
    enum call_id multiplexer;
    return find(id, &multiplexer);
}
