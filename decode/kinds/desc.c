#include "decode/kinds/desc.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"

XLAT(whence, "SEEK_???", X(SEEK_SET), X(SEEK_CUR), X(SEEK_END), X(SEEK_DATA), X(SEEK_HOLE));
XLAT(eventfd_flags, "EFD_???", X(EFD_SEMAPHORE), X(EFD_CLOEXEC), X(EFD_NONBLOCK));
XLAT(signalfd_flags, "SFD_???", X(SFD_CLOEXEC), X(SFD_NONBLOCK));
XLAT(timerfd_flags, "TFD_???", X(TFD_TIMER_ABSTIME), X(TFD_TIMER_CANCEL_ON_SET), X(TFD_CLOEXEC),
     X(TFD_NONBLOCK));
XLAT(userfaultfd_flags, "UFFD_???", {1, "UFFD_USER_MODE_ONLY"}, X(O_NONBLOCK), X(O_CLOEXEC));
/* MFD_NOEXEC_SEAL and MFD_EXEC: Linux 6.3. */
XLAT(memfd_flags, "MFD_???", {1, "MFD_CLOEXEC"}, {2, "MFD_ALLOW_SEALING"}, {4, "MFD_HUGETLB"},
     {8, "MFD_NOEXEC_SEAL"}, {0x10, "MFD_EXEC"});
XLAT(memfd_secret_flags, "", X(O_CLOEXEC));
XLAT(close_range_flags, "CLOSE_RANGE_???", {2, "CLOSE_RANGE_UNSHARE"}, {4, "CLOSE_RANGE_CLOEXEC"});
XLAT(random_flags, "GRND_???", X(GRND_NONBLOCK), X(GRND_RANDOM), {4, "GRND_INSECURE"});
XLAT(splice_flags, "SPLICE_F_???", X(SPLICE_F_MOVE), X(SPLICE_F_NONBLOCK), X(SPLICE_F_MORE),
     X(SPLICE_F_GIFT));
XLAT(fallocate_mode, "FALLOC_FL_???", X(FALLOC_FL_KEEP_SIZE), X(FALLOC_FL_PUNCH_HOLE),
     X(FALLOC_FL_NO_HIDE_STALE), X(FALLOC_FL_COLLAPSE_RANGE), X(FALLOC_FL_ZERO_RANGE),
     X(FALLOC_FL_INSERT_RANGE), X(FALLOC_FL_UNSHARE_RANGE), {0x80, "FALLOC_FL_WRITE_ZEROES"} /* 6.17 */);
XLAT(fadvice, "POSIX_FADV_???", X(POSIX_FADV_NORMAL), X(POSIX_FADV_RANDOM), X(POSIX_FADV_SEQUENTIAL),
     X(POSIX_FADV_WILLNEED), X(POSIX_FADV_DONTNEED), X(POSIX_FADV_NOREUSE));
XLAT(sync_range_flags, "SYNC_FILE_RANGE_???", X(SYNC_FILE_RANGE_WAIT_BEFORE), X(SYNC_FILE_RANGE_WRITE),
     X(SYNC_FILE_RANGE_WAIT_AFTER));
XLAT(flock_operation, "LOCK_???", X(LOCK_SH), X(LOCK_EX), X(LOCK_NB), X(LOCK_UN), X(LOCK_MAND), X(LOCK_RW),
     X(LOCK_READ), X(LOCK_WRITE));
/* RWF_NOAPPEND: 6.9; RWF_ATOMIC: 6.11; RWF_DONTCACHE: 6.14; RWF_NOSIGNAL: 6.18. */
XLAT(rwf_flags, "RWF_???", {1, "RWF_HIPRI"}, {2, "RWF_DSYNC"}, {4, "RWF_SYNC"}, {8, "RWF_NOWAIT"},
     {0x10, "RWF_APPEND"}, {0x20, "RWF_NOAPPEND"}, {0x40, "RWF_ATOMIC"}, {0x80, "RWF_DONTCACHE"},
     {0x100, "RWF_NOSIGNAL"});

void decode_fd_number(struct decoder *d, const char *name, int fd)
{
    decode_fd(d, name, &kind_fd, (uint64_t)fd);
}

static void decode_loff(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_INT, name, raw);
}

static void decode_llseek_offset(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_INT, name, raw << 32 | (uint32_t)d->args[2]);
}

static void decode_loff_in(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_number_at(d, name, raw, sizeof(int64_t), VALUE_INT);
}

/* The offset before and, where the call has moved it, after. kind->option 1: 64 bits wide everywhere. */
static void decode_offset_change(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    size_t size = kind->option ? sizeof(uint64_t) : d->abi->long_size;
    uint32_t before = d->value[d->arg];
    if (!d->at_exit) {
        decode_number_at(d, name, raw, size, VALUE_UINT);
        return;
    }
    if (d->result <= 0 || !before || values_at(d->out, before)->type != VALUE_REF) {
        return;
    }
    uint64_t old = values_at(d->out, values_at(d->out, before)->first)->number;
    values_open(d->out, VALUE_CHANGE, name);
    values_open(d->out, VALUE_REF, NULL);
    values_add(d->out, VALUE_UINT, NULL, old);
    values_close(d->out);
    decode_number_at(d, NULL, raw, size, VALUE_UINT);
    values_close(d->out);
}

static void decode_fd_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_fd_number(d, NULL, *(const int *)element);
}

static void decode_fd_pair(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, 2, sizeof(int), decode_fd_element, NULL);
}

static void decode_random(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_hex_bytes(d, name, raw, (uint64_t)d->result);
}

/* The size of a huge page is a number inside the flags, its logarithm in the top six bits. */
static void decode_memfd_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum { HUGE_SHIFT = 26 };
    uint32_t huge = (uint32_t)raw >> HUGE_SHIFT;
    uint64_t flags = (uint32_t)raw & ((1U << HUGE_SHIFT) - 1);
    if (!huge) {
        append_flags(d, name, &xlat_memfd_flags, flags);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = (uint32_t)raw;
    values_at(d->out, whole)->flags |= VALUE_WHOLE;
    if (flags) {
        append_flags(d, NULL, &xlat_memfd_flags, flags);
    }
    values_wordf(d->out, NULL, "%u<<MFD_HUGE_SHIFT", huge);
    values_close(d->out);
}

/* kind->option 1: where x32 has them. */
static void decode_rwf_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool is_x32 = d->abi->pointer_size < d->abi->long_size;
    if (is_x32 == (kind->option == 1)) {
        append_flags(d, name, &xlat_rwf_flags, (uint32_t)raw);
    }
}

static void decode_cachestat_range(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t range[2];
    if (!decode_object(d, name, raw, range, sizeof(range))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "off", range[0]);
    values_add(d->out, VALUE_UINT, "len", range[1]);
    values_close(d->out);
}

enum { CACHESTAT_FIELDS = 5 };

static void decode_cachestat(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    static const char *const names[CACHESTAT_FIELDS] = {"nr_cache", "nr_dirty", "nr_writeback", "nr_evicted",
                                                        "nr_recently_evicted"};
    uint64_t numbers[CACHESTAT_FIELDS];
    if (!decode_object(d, name, raw, numbers, sizeof(numbers))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    for (unsigned i = 0; i < CACHESTAT_FIELDS; i++) {
        values_add(d->out, VALUE_UINT, names[i], numbers[i]);
    }
    values_close(d->out);
}

const struct kind kind_loff = {.decode = decode_loff};
const struct kind kind_loff_in = {.decode = decode_loff_in};
const struct kind kind_offset_change = {
    .decode = decode_offset_change, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = sizeof(uint64_t)};
const struct kind kind_offset_change64 = {.decode = decode_offset_change,
                                          .direction = DIR_INOUT,
                                          .extent = EXTENT_FIXED,
                                          .size = sizeof(uint64_t),
                                          .option = 1};
const struct kind kind_llseek_offset = {.decode = decode_llseek_offset};
const struct kind kind_llseek_result = {
    .decode = decode_loff_in, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = sizeof(int64_t)};
const struct kind kind_fd_pair_out = {
    .decode = decode_fd_pair, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 2 * sizeof(int)};
const struct kind kind_random_out = {
    .decode = decode_random, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1, .cut = CUT_DATA};
const struct kind kind_memfd_flags = {.decode = decode_memfd_flags};
const struct kind kind_rwf_flags = {.decode = decode_rwf_flags};
const struct kind kind_rwf_flags_x32 = {.decode = decode_rwf_flags, .option = 1};
const struct kind kind_cachestat_range = {.decode = decode_cachestat_range};
const struct kind kind_cachestat_out = {.decode = decode_cachestat,
                                        .direction = DIR_OUT,
                                        .extent = EXTENT_FIXED,
                                        .size = CACHESTAT_FIELDS * sizeof(uint64_t)};
KIND_ENUM(whence, whence);
KIND_FLAGS(dup_flags, open_flags);
KIND_FLAGS(eventfd_flags, eventfd_flags);
KIND_FLAGS(signalfd_flags, signalfd_flags);
KIND_FLAGS(timerfd_flags, timerfd_flags);
KIND_FLAGS(userfaultfd_flags, userfaultfd_flags);
KIND_FLAGS(memfd_secret_flags, memfd_secret_flags);
KIND_FLAGS(close_range_flags, close_range_flags);
KIND_FLAGS(random_flags, random_flags);
KIND_FLAGS(splice_flags, splice_flags);
KIND_FLAGS(fallocate_mode, fallocate_mode);
KIND_ENUM(fadvice, fadvice);
KIND_FLAGS(sync_range_flags, sync_range_flags);
KIND_FLAGS(flock_operation, flock_operation);
