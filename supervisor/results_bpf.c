#include "supervisor/results_bpf.h"

#include <errno.h>

#ifndef PROCTOR_BPF

int results_bpf_open(const struct selection *calls, const struct decode_options *options, bool stacks,
                     struct results **results, struct error *err)
{
    (void)calls;
    (void)options;
    (void)stacks;
    (void)results;
    return error_set(err, ENOSYS, "this proctor was built without BPF");
}

#else

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/demultiplex.h"
#include "launcher/limits.h"
#include "supervisor/bpf/exits.h"
#include "supervisor/ring.h"
#include <exits.skel.h>

_Static_assert((int)EXITS_ABIS == (int)ABI_COUNT, "the program has a plan for each ABI");
_Static_assert((int)EXITS_PLACE_REGISTER == (int)PLACE_REGISTER && (int)EXITS_PLACE_WORD == (int)PLACE_WORD,
               "plans say where arguments are as tables do");

/* Descriptors: of the program and its loader, of what a session opens after it (30 in all), and some. */
enum { DESCRIPTORS = 40 };

/* The least that is captured of what a socket gives: its messages may be netlink's, which -s does not cut. */
enum { MESSAGE_LEAST = 8 << 10 };

struct results_bpf {
    struct results results;
    struct decode_options options;
    struct exits_bpf *skeleton;
    struct exits_plan *plans; /* the map's memory: EXITS_CALLS for each ABI */
    struct ring ring;
    uint32_t wanted; /* of each call that is recorded: EXITS_WANT_* */
};

/* How many bytes a piece can have: data is cut by -s, everything else is wanted whole. */
static uint32_t most_of(const struct kind *kind, const struct decode_options *options)
{
    uint32_t data = options->string_max > options->data_max ? options->string_max : options->data_max;
    switch (kind->extent) {
    case EXTENT_IOVEC:
    case EXTENT_BPF:
    case EXTENT_REQUEST:
        return data;
    case EXTENT_MSGHDR:
    case EXTENT_MMSGHDR:
        return data > MESSAGE_LEAST ? data : MESSAGE_LEAST;
    case EXTENT_LENGTH:
        return 4096;
    case EXTENT_STRING:
        return kind->size;
    default:
        break;
    }
    switch (kind->cut) {
    case CUT_DATA:
        return data;
    case CUT_MESSAGE:
        return data > MESSAGE_LEAST ? data : MESSAGE_LEAST;
    default:
        return EXITS_PIECE_MAX;
    }
}

/* Whether a call stands for others. */
static enum exits_behind behind_of(const struct abi *abi, enum call_id id)
{
    if (abi != &abis[ABI_I386]) {
        return EXITS_DIRECT;
    }
    switch (id) {
    case CALL_select:
        return EXITS_SELECT;
    case CALL_socketcall:
        return EXITS_SOCKETCALL;
    case CALL_ipc:
        return EXITS_IPC;
    default:
        return EXITS_DIRECT;
    }
}

static struct exits_plan plan_of(const struct abi *abi, enum call_id id, const struct decode_options *options)
{
    const struct call *call = call_line_in(abi, id);
    struct exits_plan made = {.behind = (exits_u8)behind_of(abi, id)};
    for (unsigned i = 0; i < call->nargs; i++) {
        const struct kind *kind = call->args[i].kind;
        if (kind->direction != DIR_IN && kind->extent != EXTENT_NONE) {
            made.piece[made.pieces++] = (struct exits_piece){.extent = kind->extent,
                                                             .arg = (uint8_t)arg_register(&call->args[i], i),
                                                             .length_arg = kind->extent_arg,
                                                             .on_failure = kind->direction != DIR_OUT,
                                                             .inner = kind->inner,
                                                             .inner_size = kind->inner_size,
                                                             .inner2 = kind->inner2,
                                                             .inner2_size = kind->inner2_size,
                                                             .unit = kind->size ? kind->size : 1,
                                                             .most = most_of(kind, options)};
        }
    }
    return made;
}

static void plan_call(const struct results_bpf *r, const struct abi *abi, enum call_id id,
                      struct exits_plan *plan)
{
    uint32_t wanted = plan->wanted | r->wanted;
    *plan = plan_of(abi, id, &r->options);
    /* The program may run already: it looks at this first. */
    __atomic_store_n(&plan->wanted, wanted, __ATOMIC_RELEASE);
}

static struct exits_plan *plan_at(const struct results_bpf *r, unsigned abi, uint32_t index)
{
    return &r->plans[abi * EXITS_CALLS + index];
}

static void plan_behind(struct results_bpf *r, enum exits_behind multiplexer, uint32_t which,
                        const struct call_behind *behind)
{
    struct exits_plan *plan = &r->plans[exits_plan_behind(multiplexer, which)];
    *plan = plan_of(&abis[ABI_I386], behind->id, &r->options);
    plan->pointer = behind->pointer;
    memcpy(plan->place, behind->place, sizeof(plan->place));
}

/* Those of the calls behind others, whether one of these is wanted by now or not. */
static void set_plans_behind(struct results_bpf *r)
{
    static const struct {
        enum call_id id;
        enum exits_behind behind;
        uint32_t version;
    } multiplexers[] = {
        {CALL_socketcall, EXITS_SOCKETCALL, 0}, {CALL_ipc, EXITS_IPC, 0}, {CALL_ipc, EXITS_IPC_NEWER, 1}};
    static const struct call_behind select = {
        .id = CALL__newselect,
        .place = {PLACE_WORD, PLACE_WORD + 1, PLACE_WORD + 2, PLACE_WORD + 3, PLACE_WORD + 4}};
    struct call_behind behind;
    plan_behind(r, EXITS_SELECT, 0, &select);
    for (size_t i = 0; i < sizeof(multiplexers) / sizeof(multiplexers[0]); i++) {
        for (uint32_t which = 0; which < EXITS_BEHIND_MAX; which++) {
            if (call_behind(multiplexers[i].id, multiplexers[i].version << 16 | which, &behind)) {
                plan_behind(r, multiplexers[i].behind, which, &behind);
            }
        }
    }
}

static void set_plans(struct results_bpf *r, const struct selection *calls)
{
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        for (uint32_t i = 0; i < EXITS_CALLS; i++) {
            enum call_id id = i < abis[a].count ? (enum call_id)abis[a].calls[i] : CALL_none;
            if (selection_has(calls, &abis[a], id)) {
                plan_call(r, &abis[a], id, plan_at(r, a, i));
            }
        }
    }
}

static int bpf_want(struct results *results, const struct abi *abi, int number)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    uint32_t index = (uint32_t)number & ~abi->number_bit;
    if (index >= EXITS_CALLS) {
        return -EINVAL;
    }
    struct exits_plan *plan = plan_at(r, (unsigned)(abi - abis), index);
    if (!(plan->wanted & EXITS_WANT_RESULT)) {
        plan_call(r, abi, call_find(abi, number), plan);
    }
    return 0;
}

static void want_too(const struct results_bpf *r, const struct selection *calls, uint32_t what)
{
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        for (uint32_t i = 0; i < EXITS_CALLS && i < abis[a].count; i++) {
            if (call_set_has(&calls->calls[a], (enum call_id)abis[a].calls[i])) {
                plan_at(r, a, i)->wanted |= what;
            }
        }
    }
}

static void bpf_begin(struct results *results, const struct selection *calls)
{
    want_too(container_of(results, struct results_bpf, results), calls, EXITS_WANT_BEGIN);
}

static void bpf_watch_interrupted(struct results *results, const struct selection *calls)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    want_too(r, calls, EXITS_WANT_INTERRUPTED);
    r->wanted |= EXITS_WANT_INTERRUPTED;
}

static uint64_t bpf_interruptions(struct results *results)
{
    const struct results_bpf *r = container_of(results, struct results_bpf, results);
    return __atomic_load_n(&r->skeleton->bss->interruptions, __ATOMIC_RELAXED);
}

static bool look_up(int map, const void *key, void *value)
{
    union bpf_attr attr = {.map_fd = (uint32_t)map, .key = (uintptr_t)key, .value = (uintptr_t)value};
    return skel_sys_bpf(BPF_MAP_LOOKUP_ELEM, &attr, sizeof(attr)) == 0;
}

static bool bpf_interrupted(struct results *results, pid_t tid, uint64_t stack, struct interrupted *call)
{
    const struct results_bpf *r = container_of(results, struct results_bpf, results);
    const struct exits_place place = {.tid = (exits_u32)tid, .stack = stack};
    struct exits_interrupted value;
    if (!look_up(r->skeleton->maps.interrupted.map_fd, &place, &value)) {
        return false;
    }
    *call = (struct interrupted){.instruction = value.instruction, .number = value.number};
    return true;
}

static bool bpf_peek(struct results *results, struct record *record)
{
    return ring_peek(&container_of(results, struct results_bpf, results)->ring, record);
}

static void bpf_pop(struct results *results)
{
    ring_pop(&container_of(results, struct results_bpf, results)->ring);
}

static int bpf_follow(struct results *results, pid_t tid)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    uint32_t key = (uint32_t)tid;
    uint32_t one = 1;
    if (skel_map_update_elem(r->skeleton->maps.learn.map_fd, &key, &one, BPF_ANY) < 0) {
        return -errno;
    }
    __atomic_fetch_add(&r->skeleton->bss->learning, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static uint64_t bpf_lost(struct results *results)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    return __atomic_load_n(&r->skeleton->bss->lost, __ATOMIC_RELAXED);
}

static size_t plans_size(void)
{
    return sizeof(struct exits_plan) * EXITS_PLANS;
}

static bool bpf_lost_of(struct results *results, pid_t tid, int64_t since_ns)
{
    const struct results_bpf *r = container_of(results, struct results_bpf, results);
    const struct exits_loss *losses = r->skeleton->bss->losses;
    uint64_t count = bpf_lost(results);
    for (uint64_t i = 0; i < count && i < EXITS_LOSSES; i++) {
        if (losses[i].tid == (exits_u32)tid && (int64_t)losses[i].end_ns > since_ns) {
            return true;
        }
    }
    return false;
}

static void bpf_close(struct results *results)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    ring_unmap(&r->ring);
    if (r->plans) {
        munmap(r->plans, plans_size());
    }
    exits_bpf__destroy(r->skeleton);
    free(r);
}

/* One more than the largest number that a CPU can have: "0-7" says 8 (Documentation/admin-guide/cputopology).
 */
static unsigned cpu_count(void)
{
    unsigned first = 0, last = 0;
    char line[256];
    cleanup_fclose FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
    if (!file || !fgets(line, sizeof(line), file)) {
        return (unsigned)sysconf(_SC_NPROCESSORS_CONF);
    }
    const char *range = strrchr(line, ',');
    if (sscanf(range ? range + 1 : line, "%u-%u", &first, &last) != 2) {
        last = first;
    }
    return last + 1;
}

static int map_plans(struct results_bpf *r)
{
    void *plans =
        mmap(NULL, plans_size(), PROT_READ | PROT_WRITE, MAP_SHARED, r->skeleton->maps.plans.map_fd, 0);
    r->plans = plans == MAP_FAILED ? NULL : plans;
    return r->plans ? 0 : -errno;
}

static int load(struct results_bpf *r, const struct selection *calls, bool stacks)
{
    struct stat ns;
    r->skeleton = exits_bpf__open();
    if (!r->skeleton) {
        return -ENOMEM;
    }
    if (stat("/proc/self/ns/pid", &ns) < 0) {
        return -errno;
    }
    r->skeleton->rodata->namespace_inode = (uint32_t)ns.st_ino;
    r->skeleton->rodata->namespace_device = ns.st_dev;
    r->skeleton->rodata->with_signals = 1;
    r->skeleton->rodata->with_stacks = stacks;
    r->skeleton->maps.scratches.max_entries = cpu_count();
    int ret = exits_bpf__load(r->skeleton);
    ret = ret < 0 ? ret : map_plans(r);
    ret = ret < 0 ? ret : ring_map(&r->ring, r->skeleton->maps.records.map_fd, EXITS_RING);
    if (ret == 0) {
        set_plans(r, calls);
        set_plans_behind(r);
        ret = exits_bpf__attach(r->skeleton);
    }
    return ret;
}

int results_bpf_open(const struct selection *calls, const struct decode_options *options, bool stacks,
                     struct results **results, struct error *err)
{
    if (!limits_leave(DESCRIPTORS)) {
        return error_errno(err, EMFILE, "bpf results need %d descriptors (ulimit -Hn)", DESCRIPTORS);
    }
    struct results_bpf *r = calloc(1, sizeof(*r));
    if (!r) {
        return error_set(err, ENOMEM, "out of memory");
    }
    r->results = (struct results){.name = "bpf",
                                  .peek = bpf_peek,
                                  .pop = bpf_pop,
                                  .follow = bpf_follow,
                                  .want = bpf_want,
                                  .begin = bpf_begin,
                                  .watch_interrupted = bpf_watch_interrupted,
                                  .interruptions = bpf_interruptions,
                                  .interrupted = bpf_interrupted,
                                  .lost = bpf_lost,
                                  .lost_of = bpf_lost_of,
                                  .close = bpf_close};
    r->options = *options;
    r->wanted = EXITS_WANT_RESULT;
    int ret = load(r, calls, stacks);
    if (ret < 0) {
        bpf_close(&r->results);
        return error_errno(err, -ret, "bpf results need CAP_BPF and CAP_PERFMON and a kernel with BTF");
    }
    *results = &r->results;
    return 0;
}

#endif
