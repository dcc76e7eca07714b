#include "decode/kinds/sysvipc.h"

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/net.h"

/* Commands of include/uapi/linux/{ipc,shm,sem,msg}.h. */
enum {
    COMMAND_SET = 1,
    COMMAND_STAT = 2,
    COMMAND_INFO = 3,
    SHM_STAT_ = 13,
    SHM_INFO_ = 14,
    SHM_STAT_ANY_ = 15,
    SEM_STAT_ = 18,
    SEM_INFO_ = 19,
    SEM_STAT_ANY_ = 20,
    MSG_STAT_ = 11,
    MSG_INFO_ = 12,
    MSG_STAT_ANY_ = 13,
    VERSION_64 = 0x100, /* IPC_64: the structures of today, where a call has older ones */
    HUGE_SHIFT = 26,
    HUGE_BITS = 0x3f,
    BUFFER_MAX = 128,
};

#define IPC_COMMANDS                                                                                         \
    {0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"},                                                        \
    {                                                                                                        \
        3, "IPC_INFO"                                                                                        \
    }
XLAT(ipc_key, NULL, {0, "IPC_PRIVATE"});
XLAT(ipc_get_flags, NULL, {0x200, "IPC_CREAT"}, {0x400, "IPC_EXCL"}, {0x800, "IPC_NOWAIT"});
XLAT(shm_get_flags, NULL, {0x200, "IPC_CREAT"}, {0x400, "IPC_EXCL"}, {0x800, "SHM_HUGETLB"},
     {0x1000, "SHM_NORESERVE"});
XLAT(shm_at_flags, "SHM_???", {0x1000, "SHM_RDONLY"}, {0x2000, "SHM_RND"}, {0x4000, "SHM_REMAP"},
     {0x8000, "SHM_EXEC"});
XLAT_ORDERED(shm_commands, "SHM_???", IPC_COMMANDS, {11, "SHM_LOCK"}, {12, "SHM_UNLOCK"}, {13, "SHM_STAT"},
             {14, "SHM_INFO"}, {15, "SHM_STAT_ANY"});
XLAT_ORDERED(sem_commands, "SEM_???", IPC_COMMANDS, {11, "GETPID"}, {12, "GETVAL"}, {13, "GETALL"},
             {14, "GETNCNT"}, {15, "GETZCNT"}, {16, "SETVAL"}, {17, "SETALL"}, {18, "SEM_STAT"},
             {19, "SEM_INFO"}, {20, "SEM_STAT_ANY"});
XLAT_ORDERED(msg_commands, "MSG_???", IPC_COMMANDS, {11, "MSG_STAT"}, {12, "MSG_INFO"}, {13, "MSG_STAT_ANY"});
XLAT(semop_flags, "SEM_???", {0x1000, "SEM_UNDO"}, {0x800, "IPC_NOWAIT"});
XLAT(sysv_msg_flags, "MSG_???", {0x1000, "MSG_NOERROR"}, {0x2000, "MSG_EXCEPT"}, {0x4000, "MSG_COPY"},
     {0x800, "IPC_NOWAIT"});
XLAT_ORDERED(ipc_calls, "SHM_???", {1, "SEMOP"}, {2, "SEMGET"}, {3, "SEMCTL"}, {4, "SEMTIMEDOP"},
             {11, "MSGSND"}, {12, "MSGRCV"}, {13, "MSGGET"}, {14, "MSGCTL"}, {21, "SHMAT"}, {22, "SHMDT"},
             {23, "SHMGET"}, {24, "SHMCTL"});

static void decode_key(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_enum_or_hex(d, name, &xlat_ipc_key, (uint32_t)raw);
}

/* kind->aux: the names of the bits above the mode. kind->option: there may be a page size among them. */
static void decode_get_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t flags = (uint32_t)raw & ~0777U;
    uint32_t huge = kind->option ? flags & (uint32_t)HUGE_BITS << HUGE_SHIFT : 0;
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = (uint32_t)raw;
    if (flags & ~huge) {
        append_flags(d, NULL, kind->aux, flags & ~huge);
    }
    if (huge) {
        values_wordf(d->out, NULL, "%u<<SHM_HUGE_SHIFT", huge >> HUGE_SHIFT);
    }
    values_add(d->out, VALUE_OCTAL, NULL, (uint32_t)raw & 0777);
    values_close(d->out);
}

static void decode_command(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t command = (uint32_t)raw;
    if (!(command & VERSION_64)) {
        append_enum(d, name, kind->aux, command);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = command;
    uint32_t bit = values_word(d->out, NULL, "IPC_64");
    values_stand_for(d->out, bit, VERSION_64, VALUE_AS_HEX);
    append_enum(d, NULL, kind->aux, command & ~(uint32_t)VERSION_64);
    values_close(d->out);
}

/* struct ipc64_perm. */
static void show_permissions(struct decoder *d, const char *name, struct fields *f, bool set)
{
    int32_t key = (int32_t)field_signed(f, 4);
    uint32_t uid = (uint32_t)field_unsigned(f, 4);
    uint32_t gid = (uint32_t)field_unsigned(f, 4);
    uint32_t cuid = (uint32_t)field_unsigned(f, 4);
    uint32_t cgid = (uint32_t)field_unsigned(f, 4);
    uint32_t mode = (uint32_t)field_unsigned(f, 4);
    values_open(d->out, VALUE_STRUCT, name);
    decode_id(d, "uid", &kind_uid, uid);
    decode_id(d, "gid", &kind_gid, gid);
    values_add(d->out, VALUE_OCTAL, "mode", f->long_size == 4 ? (uint16_t)mode : mode);
    if (!set) {
        append_uint(d, "key", (uint32_t)key);
        decode_id(d, "cuid", &kind_uid, cuid);
        decode_id(d, "cgid", &kind_gid, cgid);
    }
    values_close(d->out);
    field_unsigned(f, 4); /* a sequence number */
    field_ulong(f);
    field_ulong(f);
}

/* On i386 each time is followed by its high half (Linux 4.18). */
static uint64_t field_time(struct fields *f)
{
    uint64_t time = field_ulong(f);
    return f->long_size == 4 ? time | field_unsigned(f, 4) << 32 : time;
}

static void show_shm(struct decoder *d, struct fields *f, bool set)
{
    show_permissions(d, "shm_perm", f, set);
    if (set) {
        return;
    }
    append_uint(d, "shm_segsz", field_ulong(f));
    uint64_t atime = field_time(f);
    uint64_t dtime = field_time(f);
    uint64_t ctime = field_time(f);
    decode_pid(d, "shm_cpid", field_signed(f, 4));
    decode_pid(d, "shm_lpid", field_signed(f, 4));
    append_uint(d, "shm_nattch", field_ulong(f));
    append_uint(d, "shm_atime", atime);
    append_uint(d, "shm_dtime", dtime);
    append_uint(d, "shm_ctime", ctime);
}

static void show_sem(struct decoder *d, struct fields *f, bool set)
{
    show_permissions(d, "sem_perm", f, set);
    if (set) {
        return;
    }
    /* Both ABIs have a word after each time: unused, or its high half. */
    uint64_t word[5];
    for (size_t i = 0; i < 5; i++) {
        word[i] = field_ulong(f);
    }
    bool narrow = f->long_size == 4;
    append_uint(d, "sem_otime", word[0] | (narrow ? word[1] << 32 : 0));
    append_uint(d, "sem_ctime", word[2] | (narrow ? word[3] << 32 : 0));
    append_uint(d, "sem_nsems", word[4]);
}

static void show_msg(struct decoder *d, struct fields *f, bool set)
{
    show_permissions(d, "msg_perm", f, set);
    uint64_t stime = field_time(f);
    uint64_t rtime = field_time(f);
    uint64_t ctime = field_time(f);
    field_ulong(f); /* bytes on the queue */
    uint64_t qnum = field_ulong(f);
    uint64_t qbytes = field_ulong(f);
    if (!set) {
        append_uint(d, "msg_stime", stime);
        append_uint(d, "msg_rtime", rtime);
        append_uint(d, "msg_ctime", ctime);
        append_uint(d, "msg_qnum", qnum);
    }
    append_uint(d, "msg_qbytes", qbytes);
    if (!set) {
        decode_pid(d, "msg_lspid", field_signed(f, 4));
        decode_pid(d, "msg_lrpid", field_signed(f, 4));
    }
}

static void show_longs(struct decoder *d, struct fields *f, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        append_uint(d, names[i], field_ulong(f));
    }
}

static void show_ints(struct decoder *d, struct fields *f, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        append_int(d, names[i], field_signed(f, 4));
    }
}

static void show_shm_limits(struct decoder *d, struct fields *f, bool set)
{
    static const char *const names[] = {"shmmax", "shmmin", "shmmni", "shmseg", "shmall"};
    (void)set;
    show_longs(d, f, names, 5);
}

static void show_shm_info(struct decoder *d, struct fields *f, bool set)
{
    static const char *const names[] = {"shm_tot", "shm_rss", "shm_swp", "swap_attempts", "swap_successes"};
    (void)set;
    append_int(d, "used_ids", field_signed(f, 4));
    show_longs(d, f, names, 5);
}

static void show_sem_info(struct decoder *d, struct fields *f, bool set)
{
    static const char *const names[] = {"semmap", "semmni", "semmns", "semmnu", "semmsl",
                                        "semopm", "semume", "semusz", "semvmx", "semaem"};
    (void)set;
    show_ints(d, f, names, 10);
}

static void show_msg_info(struct decoder *d, struct fields *f, bool set)
{
    static const char *const names[] = {"msgpool", "msgmap", "msgmax", "msgmnb",
                                        "msgmni",  "msgssz", "msgtql"};
    (void)set;
    show_ints(d, f, names, 7);
    append_uint(d, "msgseg", field_unsigned(f, 2));
}

typedef void show_fn(struct decoder *d, struct fields *f, bool set);

struct size {
    uint8_t wide; /* of x86-64 and x32 */
    uint8_t narrow;
};

/* What a family's commands take. */
static const struct family {
    uint8_t stat, stat_any, info;
    show_fn *show, *show_limits, *show_info;
    struct size size, limits_size, info_size;
} families[] = {
    {SHM_STAT_,
     SHM_STAT_ANY_,
     SHM_INFO_,
     show_shm,
     show_shm_limits,
     show_shm_info,
     {112, 84},
     {72, 36},
     {48, 24}},
    {SEM_STAT_,
     SEM_STAT_ANY_,
     SEM_INFO_,
     show_sem,
     show_sem_info,
     show_sem_info,
     {104, 64},
     {40, 40},
     {40, 40}},
    {MSG_STAT_,
     MSG_STAT_ANY_,
     MSG_INFO_,
     show_msg,
     show_msg_info,
     show_msg_info,
     {120, 88},
     {32, 32},
     {32, 32}},
};

static bool show_buffer(struct decoder *d, const char *name, uint64_t addr, show_fn *show, struct size size,
                        bool set)
{
    uint8_t bytes[BUFFER_MAX];
    size_t n = d->abi->long_size == 8 ? size.wide : size.narrow;
    if (!addr || !mem_read(d->mem, addr, bytes, n)) {
        return false;
    }
    struct fields f = fields_over(d, bytes, n);
    values_open(d->out, VALUE_STRUCT, name);
    show(d, &f, set);
    values_close(d->out);
    return true;
}

/* The command is the argument before. kind->option: an index in families. */
static void decode_buffer(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct family *family = &families[kind->option];
    uint32_t command = (uint32_t)d->args[d->arg - 1] & ~(uint32_t)VERSION_64;
    uint64_t addr = decode_word(d, raw);
    bool shown = false;
    if (!d->at_exit) {
        shown = command == COMMAND_SET && show_buffer(d, name, addr, family->show, family->size, true);
    } else if (d->result < 0) {
        return;
    } else if (command == COMMAND_STAT || command == family->stat || command == family->stat_any) {
        shown = show_buffer(d, name, addr, family->show, family->size, false);
    } else if (command == COMMAND_INFO) {
        shown = show_buffer(d, name, addr, family->show_limits, family->limits_size, false);
    } else if (command == family->info) {
        shown = show_buffer(d, name, addr, family->show_info, family->info_size, false);
    }
    if (!shown && !d->at_exit) {
        decode_addr(d, name, addr);
    }
}

static void show_sembuf(struct decoder *d, const void *element, void *context)
{
    const uint8_t *p = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "sem_num", load16(p));
    append_int(d, "sem_op", (int16_t)load16(p + 2));
    append_flags(d, "sem_flg", &xlat_semop_flags, load16(p + 4));
    values_close(d->out);
}

static void decode_sembufs(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, (uint32_t)d->args[d->arg + 1], 6, show_sembuf, NULL);
}

/* A long and text: as much as the call sends, or has received. */
static void decode_msgbuf(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint8_t type[8];
    uint64_t addr = decode_word(d, raw);
    uint64_t size = decode_word(d, d->args[d->arg + 1]);
    size_t word = d->abi->long_size;
    if (!decode_object(d, name, addr, type, word)) {
        return;
    }
    if (kind->direction == DIR_OUT && (uint64_t)d->result < size) {
        size = (uint64_t)d->result;
    }
    values_open(d->out, VALUE_STRUCT, name);
    append_int(d, "mtype", word == 8 ? (int64_t)load64(type) : (int32_t)load32(type));
    decode_data(d, "mtext", addr + word, size);
    values_close(d->out);
}

#define KIND_COMMAND(family)                                                                                 \
    const struct kind kind_##family##_command = {.decode = decode_command, .aux = &xlat_##family##_commands}
#define KIND_BUFFER(family, index)                                                                           \
    const struct kind kind_##family##_buffer = {.decode = decode_buffer,                                     \
                                                .direction = DIR_INOUT,                                      \
                                                .extent = EXTENT_FIXED,                                      \
                                                .size = BUFFER_MAX,                                          \
                                                .option = (index)}

const struct kind kind_ipc_key = {.decode = decode_key};
const struct kind kind_ipc_flags = {.decode = decode_get_flags, .aux = &xlat_ipc_get_flags};
const struct kind kind_shm_get_flags = {.decode = decode_get_flags, .aux = &xlat_shm_get_flags, .option = 1};
KIND_FLAGS(shm_at_flags, shm_at_flags);
KIND_FLAGS(sysv_msg_flags, sysv_msg_flags);
KIND_NAMED(ipc_call, ipc_calls);
KIND_COMMAND(shm);
KIND_COMMAND(sem);
KIND_COMMAND(msg);
KIND_BUFFER(shm, 0);
KIND_BUFFER(sem, 1);
KIND_BUFFER(msg, 2);
const struct kind kind_sembufs = {.decode = decode_sembufs};
const struct kind kind_msgbuf_in = {.decode = decode_msgbuf};
const struct kind kind_msgbuf_out = {.decode = decode_msgbuf, .direction = DIR_OUT, .extent = EXTENT_MSGBUF};
