#include "decode/demultiplex.h"

#include <string.h>

/* The call behind socketcall, and how many words it takes from memory. */
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

/* ipc's arguments by the names that the kernel gives them, and what the pointer points to. */
enum {
    FIRST = PLACE_REGISTER + 1,
    SECOND,
    THIRD,
    POINTER,
    FIFTH,
    POINTED = PLACE_WORD,
    POINTED_NEXT,
};

struct ipc_call {
    uint16_t id;
    uint8_t place[CALL_ARGS_MAX];
};

static const struct ipc_call ipc_calls[] = {
    [1] = {CALL_semop, {FIRST, POINTER, SECOND}},
    [2] = {CALL_semget, {FIRST, SECOND, THIRD}},
    [3] = {CALL_semctl, {FIRST, SECOND, THIRD, POINTED}},
    [4] = {CALL_semtimedop, {FIRST, POINTER, SECOND, FIFTH}},
    [11] = {CALL_msgsnd, {FIRST, POINTER, SECOND, THIRD}},
    [12] = {CALL_msgrcv, {FIRST, POINTED, SECOND, POINTED_NEXT, THIRD}},
    [13] = {CALL_msgget, {FIRST, SECOND}},
    [14] = {CALL_msgctl, {FIRST, SECOND, POINTER}},
    [21] = {CALL_shmat, {FIRST, POINTER, SECOND}},
    [22] = {CALL_shmdt, {POINTER}},
    [23] = {CALL_shmget, {FIRST, SECOND, THIRD}},
    [24] = {CALL_shmctl, {FIRST, SECOND, POINTER}},
};

/* Version 0 of msgrcv, which C libraries use, has its buffer and type behind the pointer (sys_ipc() of
 * ipc/syscall.c); this is any other. */
static const struct ipc_call newer_msgrcv = {CALL_msgrcv, {FIRST, POINTER, SECOND, FIFTH, THIRD}};

enum {
    SOCKET_COUNT = sizeof(socket_calls) / sizeof(socket_calls[0]),
    IPC_COUNT = sizeof(ipc_calls) / sizeof(ipc_calls[0]),
};

static bool behind_socketcall(uint32_t which, struct call_behind *behind)
{
    if (which >= SOCKET_COUNT || !socket_calls[which].id) {
        return false;
    }
    *behind = (struct call_behind){.id = (enum call_id)socket_calls[which].id, .pointer = 1};
    for (uint8_t i = 0; i < socket_calls[which].nargs; i++) {
        behind->place[i] = (uint8_t)(PLACE_WORD + i);
    }
    return true;
}

static bool behind_ipc(uint32_t which, bool newer, struct call_behind *behind)
{
    if (which >= IPC_COUNT || !ipc_calls[which].id) {
        return false;
    }
    const struct ipc_call *call = &ipc_calls[which];
    if (newer && call->id == CALL_msgrcv) {
        call = &newer_msgrcv;
    }
    *behind = (struct call_behind){.id = (enum call_id)call->id, .pointer = 4};
    memcpy(behind->place, call->place, sizeof(behind->place));
    return true;
}

bool call_behind(enum call_id multiplexer, uint32_t first, struct call_behind *behind)
{
    switch (multiplexer) {
    case CALL_socketcall:
        return behind_socketcall(first, behind);
    case CALL_ipc:
        return behind_ipc(first & 0xffff, first >> 16 != 0, behind);
    default:
        return false;
    }
}

/* The words among its arguments, which are the first ones there. */
static unsigned count_words(const struct call_behind *behind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        count += behind->place[i] >= PLACE_WORD;
    }
    return count;
}

enum call_id call_demultiplex(const struct abi *abi, enum call_id id, uint64_t args[CALL_ARGS_MAX],
                              struct mem *mem)
{
    struct call_behind behind;
    uint64_t registers[CALL_ARGS_MAX];
    uint32_t words[CALL_ARGS_MAX] = {0};
    if (abi != &abis[ABI_I386] || !call_behind(id, (uint32_t)args[0], &behind)) {
        return id;
    }
    unsigned count = count_words(&behind);
    if (count > 0 && !mem_read(mem, (uint32_t)args[behind.pointer], words, count * sizeof(words[0]))) {
        return id;
    }
    memcpy(registers, args, sizeof(registers));
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        unsigned place = behind.place[i];
        args[i] = place == PLACE_NONE  ? 0
                  : place < PLACE_WORD ? registers[place - PLACE_REGISTER]
                                       : words[place - PLACE_WORD];
    }
    return behind.id;
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
