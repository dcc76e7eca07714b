#include "decode/learn.h"

#include <fcntl.h>
#include <string.h>

#include "decode/connection.h"
#include "decode/kinds/kinds.h"

/* Where a text is, or would be. */
static uint32_t place_of(const struct string_set *set, const char *text, size_t n, bool *there)
{
    uint32_t low = 0;
    uint32_t high = set->count;
    *there = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const char *other = string_set_at(set, middle);
        int order = strncmp(other, text, n);
        order = order ? order : other[n] != 0;
        if (order == 0) {
            *there = true;
            return middle;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return low;
}

static void add_text(struct string_set *set, const char *text, size_t n)
{
    bool there;
    uint32_t place = place_of(set, text, n, &there);
    if (there) {
        return;
    }
    if (set->count == LEARN_STRINGS || n >= sizeof(set->bytes) - set->used) {
        set->full = true;
        return;
    }
    memmove(set->start + place + 1, set->start + place, (set->count - place) * sizeof(set->start[0]));
    set->start[place] = set->used;
    memcpy(set->bytes + set->used, text, n);
    set->bytes[set->used + n] = 0;
    set->used += (uint32_t)n + 1;
    set->count++;
}

static struct learned_program *program_of(struct learned *learned, const char *comm)
{
    for (size_t i = 0; i < learned->program_count; i++) {
        if (strncmp(learned->programs[i].comm, comm, sizeof(learned->programs[i].comm) - 1) == 0) {
            return &learned->programs[i];
        }
    }
    if (learned->program_count == LEARN_PROGRAMS) {
        learned->programs_full = true;
        return NULL;
    }
    struct learned_program *program = &learned->programs[learned->program_count++];
    *program = (struct learned_program){.comm = ""};
    strncpy(program->comm, comm, sizeof(program->comm) - 1);
    return program;
}

static void learn_unknown(struct learned *learned, int number)
{
    for (unsigned i = 0; i < learned->unknown_count; i++) {
        if (learned->unknown[i] == number) {
            return;
        }
    }
    if (learned->unknown_count < LEARN_UNKNOWN) {
        learned->unknown[learned->unknown_count++] = number;
    }
}

/* Whether a file is opened for writing, as evt.is_open_write has it. */
static bool writes(const struct event *event, enum call_id id)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        if (event->call->args[i].kind == &kind_open_flags) {
            return (event->args[i] & O_ACCMODE) != O_RDONLY;
        }
    }
    return id == CALL_creat || id == CALL_openat2; /* whose flags are in memory: rather too many */
}

static void learn_file(struct learned *learned, const struct event *event)
{
    const char *slash = event->path ? strrchr(event->path, '/') : NULL;
    if (slash) {
        size_t n = slash == event->path ? 1 : (size_t)(slash - event->path);
        add_text(&learned->directories, event->path, n);
    }
}

static void learn_connection(struct learned *learned, const struct event *event)
{
    struct connection c;
    connection_of(event, &c);
    if (c.destination.port >= 0 && c.destination.port < 65536) {
        learned->ports[c.destination.port / 64] |= UINT64_C(1) << (c.destination.port % 64);
    }
}

static void learn_executable(struct learned *learned, const char *path)
{
    add_text(&learned->executables, path, strlen(path));
}

/* An exec says nothing of who makes it: rules judge it as the program that it starts. */
static void learn_program(struct learned *learned, const struct event_process *process, enum call_id id)
{
    struct learned_program *program = process->comm ? program_of(learned, process->comm) : NULL;
    if (program) {
        call_set_add(&program->calls, id);
    }
    if (process->exe) {
        learn_executable(learned, process->exe);
    }
}

static bool failed(const struct event *event)
{
    return event->result_state == RESULT_KNOWN && event->result < 0;
}

void learn_call(struct learned *learned, const struct event *event)
{
    enum call_id id = call_find(event->abi, event->number);
    struct call_set *calls = &learned->calls[event->abi - abis];
    if (id == CALL_none) {
        learn_unknown(learned, event->number);
        return;
    }
    call_set_add(calls, id);
    if (event->call != call_line_in(event->abi, id)) { /* what socketcall or ipc stands for */
        id = call_by_name(event->call->name, strlen(event->call->name));
        call_set_add(calls, id);
    }
    if (!call_is_exec(id)) {
        learn_program(learned, &event->process, id);
    } else if (event->path && !failed(event)) { /* the name by which it ran: it may be a link to its file */
        learn_executable(learned, event->path);
    }
    if (id == CALL_connect) {
        learn_connection(learned, event);
    } else if (id == CALL_open || id == CALL_openat || id == CALL_openat2 || id == CALL_creat) {
        if (writes(event, id)) {
            learn_file(learned, event);
        }
    }
}
