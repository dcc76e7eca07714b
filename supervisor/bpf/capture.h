// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Captures the memory that a call has filled in, piece by piece, as the supervisor planned it: see struct
 * exits_piece.
 */
#ifndef PROCTOR_SUPERVISOR_BPF_CAPTURE_H
#define PROCTOR_SUPERVISOR_BPF_CAPTURE_H

#include "decode/extent.h"
#include "supervisor/bpf/exits.h"
#include "supervisor/bpf/types.h"

enum { IOVECS_MAX = 64, MESSAGES_MAX = 16 };

/* What is being captured. */
struct walk {
    __u64 array; /* of iovecs, or of mmsghdrs */
    __u64 count; /* its elements */
    __u64 left;  /* bytes the call has moved that no iovec was counted for yet */
    __u32 most;  /* bytes of each buffer */
};

struct scratch {
    __u32 used;   /* bytes of data */
    __u32 compat; /* the task's ABI has 32-bit words */
    __u64 args[8];
    struct walk walk;
    struct exits_record record;
    char data[EXITS_DATA_MAX + EXITS_PIECE_MAX + sizeof(struct exits_capture)];
};

/* Appends `size` bytes at addr to the record. */
ONCE int capture(struct scratch *scratch, __u64 addr, __u32 size)
{
    if (!scratch || size == 0 || addr == 0 || scratch->used > EXITS_DATA_MAX) {
        return 0;
    }
    __u32 used = scratch->used;
    if (size > EXITS_PIECE_MAX) {
        size = EXITS_PIECE_MAX;
    }
    struct exits_capture *head = (struct exits_capture *)(scratch->data + used);
    if (bpf_probe_read_user(head + 1, size, (const void *)addr)) {
        __u32 left = 4096 - (addr & 4095); /* what is asked for may end beyond what is mapped */
        if (left >= size || bpf_probe_read_user(head + 1, left, (const void *)addr)) {
            return 0;
        }
        size = left;
    }
    head->addr = addr;
    head->size = size;
    head->reserved = 0;
    scratch->record.captures++;
    scratch->used = used + sizeof(*head) + ((size + 7) & ~7U);
    return 0;
}

static __u32 smaller(__u64 a, __u32 b)
{
    return a < b ? (__u32)a : b;
}

/* Two words of the task's ABI. */
static void read_words(const struct scratch *scratch, __u64 addr, __u64 *words)
{
    __u32 narrow[2] = {0, 0};
    if (!scratch->compat) {
        bpf_probe_read_user(words, 2 * sizeof(*words), (const void *)addr);
        return;
    }
    bpf_probe_read_user(narrow, sizeof(narrow), (const void *)addr);
    words[0] = narrow[0];
    words[1] = narrow[1];
}

static long walk_iovec(__u64 i, struct scratch **context)
{
    struct scratch *scratch = *context;
    struct walk *walk = &scratch->walk;
    __u64 element[2] = {0, 0};
    if (walk->left == 0) {
        return 1;
    }
    read_words(scratch, walk->array + i * (scratch->compat ? 8 : 16), element);
    __u64 length = element[1] < walk->left ? element[1] : walk->left;
    walk->left -= length;
    capture(scratch, element[0], smaller(length, walk->most));
    return 0;
}

/* The iovec array scratch->walk and, as far as the bytes moved go, what its elements point to. */
ONCE int capture_iovec(struct scratch *scratch)
{
    if (!scratch) {
        return 0;
    }
    __u32 n = smaller(scratch->walk.count, IOVECS_MAX);
    capture(scratch, scratch->walk.array, n * (scratch->compat ? 8 : 16));
    bpf_loop(n, walk_iovec, &scratch, 0);
    return 0;
}

/*
 * A msghdr with its name, iovec and control data (include/linux/socket.h, struct user_msghdr and
 * compat_msghdr: seven words, in pairs here), of which scratch->walk.left bytes were moved.
 */
ONCE int capture_msghdr(struct scratch *scratch, __u64 addr)
{
    __u64 name[2] = {0, 0};
    __u64 iov[2] = {0, 0};
    __u64 control[2] = {0, 0};

    if (!scratch) {
        return 0;
    }
    __u32 pair = scratch->compat ? 8 : 16;
    read_words(scratch, addr, name);
    read_words(scratch, addr + pair, iov);
    read_words(scratch, addr + 2 * (__u64)pair, control);
    capture(scratch, addr, pair * 3 + pair / 2);
    capture(scratch, name[0], smaller((__u32)name[1], 128));
    capture(scratch, control[0], smaller(control[1], 4096));
    scratch->walk.array = iov[0];
    scratch->walk.count = iov[1];
    return capture_iovec(scratch);
}

/* Where a structure holds an address and, in 32 bits, how many things of which size are there. */
#define POINTED(address_at, count_at, unit) ((address_at) | (count_at) << 8 | (unit) << 16)
/* The same for an address of 32 bits. */
#define POINTED_32(address_at, count_at, unit) (POINTED(address_at, count_at, unit) | 1U << 31)

/* What such a member points to, `most` bytes of it at most. */
ONCE int capture_pointed(struct scratch *scratch, __u64 structure, __u32 pointed, __u32 most)
{
    __u64 addr = 0;
    __u32 count = 0;
    if (!scratch) {
        return 0;
    }
    bpf_probe_read_user(&addr, sizeof(addr), (const void *)(structure + (pointed & 0xff)));
    bpf_probe_read_user(&count, sizeof(count), (const void *)(structure + (pointed >> 8 & 0xff)));
    addr = pointed >> 31 ? (__u32)addr : addr;
    return capture(scratch, addr, smaller(count * (__u64)(pointed >> 16 & 0x7fff), most));
}

/*
 * What bpf(2) fills in behind its structure of `size` bytes, by the command; include/uapi/linux/bpf.h. Which
 * object BPF_OBJ_GET_INFO_BY_FD tells of is not known here: what is no address in a shorter structure than a
 * program's gives nothing.
 */
ONCE int capture_bpf(struct scratch *scratch, __u64 addr, __u32 size)
{
    enum {
        OBJ_GET_INFO_BY_FD = 15,
        PROG_QUERY,
        TASK_FD_QUERY = 20,
        PROG_STREAM_READ_BY_FD = 37,
        PAGE = 4096
    };
    __u64 info = 0;
    if (!scratch) {
        return 0;
    }
    capture(scratch, addr, size);
    switch ((__u32)scratch->args[0]) {
    case OBJ_GET_INFO_BY_FD:
        bpf_probe_read_user(&info, sizeof(info), (const void *)(addr + 8));
        capture_pointed(scratch, addr, POINTED(8, 4, 1), PAGE);
        capture_pointed(scratch, info, POINTED(24, 16, 1), scratch->walk.most); /* jited_prog_insns */
        capture_pointed(scratch, info, POINTED(56, 52, 4), PAGE);               /* map_ids */
        return capture_pointed(scratch, info, POINTED(32, 20, 1), EXITS_PIECE_MAX);
    case PROG_QUERY:
        capture_pointed(scratch, addr, POINTED(16, 24, 4), PAGE); /* prog_ids, prog_attach_flags, */
        capture_pointed(scratch, addr, POINTED(32, 24, 4), PAGE); /* link_ids, link_attach_flags */
        capture_pointed(scratch, addr, POINTED(40, 24, 4), PAGE);
        return capture_pointed(scratch, addr, POINTED(48, 24, 4), PAGE);
    case TASK_FD_QUERY:
        return capture_pointed(scratch, addr, POINTED(16, 12, 1), PAGE);
    case PROG_STREAM_READ_BY_FD:
        return capture_pointed(scratch, addr, POINTED(0, 8, 1), scratch->walk.most);
    default:
        return 0;
    }
}

/* As many bytes as an ioctl request has in its number (linux/ioctl.h, _IOC_SIZE), or `least`. */
static __u32 size_of_request(__u32 request, __u32 least)
{
    __u32 said = (request >> 16) & ((1 << 14) - 1);
    return said > least ? said : least;
}

/* A structure's first `head` bytes and, as it says in 32 bits at count_at, so many things of `unit` bytes. */
static __u32 size_with_array(__u64 addr, __u32 head, __u32 count_at, __u32 unit)
{
    __u32 count = 0;
    bpf_probe_read_user(&count, sizeof(count), (const void *)(addr + count_at));
    return smaller(head + (__u64)count * unit, EXITS_PIECE_MAX);
}

/* The text of a control of a video device: struct v4l2_ext_control. */
static long walk_control(__u64 i, struct scratch **context)
{
    struct scratch *scratch = *context;
    __u64 control = scratch->walk.array + i * 20;
    __u64 text = 0;
    __u32 size = 0;
    bpf_probe_read_user(&size, sizeof(size), (const void *)(control + 4));
    bpf_probe_read_user(&text, sizeof(text), (const void *)(control + 12));
    capture(scratch, scratch->compat ? (__u32)text : text, smaller(size, scratch->walk.most));
    return 0;
}

/* What struct v4l2_ext_controls points to, at an offset that depends on the ABI. */
ONCE int capture_controls(struct scratch *scratch, __u64 addr, __u32 pointer_at)
{
    __u64 array = 0;
    __u32 count = 0;
    if (!scratch) {
        return 0;
    }
    bpf_probe_read_user(&count, sizeof(count), (const void *)(addr + 4));
    bpf_probe_read_user(&array, sizeof(array), (const void *)(addr + pointer_at));
    scratch->walk.array = scratch->compat ? (__u32)array : array;
    count = count > IOVECS_MAX ? IOVECS_MAX : count;
    capture(scratch, scratch->walk.array, count * 20);
    bpf_loop(count, walk_control, &scratch, 0);
    return 0;
}

/* The rectangles that a video device's format lists, where it is of an overlay: struct v4l2_window. */
ONCE int capture_clips(struct scratch *scratch, __u64 addr)
{
    enum { OVERLAY = 3, OUTPUT_OVERLAY = 8 };
    __u32 type = 0;
    if (!scratch) {
        return 0;
    }
    bpf_probe_read_user(&type, sizeof(type), (const void *)addr);
    if (type != OVERLAY && type != OUTPUT_OVERLAY) {
        return 0;
    }
    return capture_pointed(scratch, addr, scratch->compat ? POINTED_32(28, 32, 20) : POINTED(32, 40, 24),
                           EXITS_PIECE_MAX);
}

/*
 * What a SCSI command (SG_IO) gave back: the sense of an error, and data, which may be in the places that an
 * array lists. linux/bsg.h; scsi/sg.h. All in one: the verifier allows no deeper calls.
 */
ONCE int capture_scsi(struct scratch *scratch, __u64 addr)
{
    __u32 version = 0, length = 0, places = 0;
    __u64 data = 0, sense = 0;
    if (!scratch) {
        return 0;
    }
    __u32 most = scratch->walk.most;
    bpf_probe_read_user(&version, sizeof(version), (const void *)addr);
    if (version == 'Q') {
        capture_pointed(scratch, addr, POINTED(48, 44, 1), most);
        bpf_probe_read_user(&places, sizeof(places), (const void *)(addr + 64));
        bpf_probe_read_user(&length, sizeof(length), (const void *)(addr + 68));
        bpf_probe_read_user(&data, sizeof(data), (const void *)(addr + 80));
    } else {
        bpf_probe_read_user(&places, sizeof(__u16), (const void *)(addr + 10));
        bpf_probe_read_user(&length, sizeof(length), (const void *)(addr + 12));
        bpf_probe_read_user(&data, sizeof(data), (const void *)(addr + 16));
        bpf_probe_read_user(&sense, sizeof(sense), (const void *)(addr + (scratch->compat ? 24 : 32)));
        data = scratch->compat ? (__u32)data : data;
        capture(scratch, scratch->compat ? (__u32)sense : sense, smaller(most, 255)); /* all there can be */
    }
    if (!places) {
        return capture(scratch, data, smaller(length, most));
    }
    scratch->walk.array = data;
    scratch->walk.count = places;
    scratch->walk.left = length;
    return capture_iovec(scratch);
}

/* What HDIO_DRIVE_CMD fills in: as many sectors as its fourth byte says, behind it. */
static __u32 size_with_sectors(__u64 addr, __u32 most)
{
    __u8 sectors = 0;
    bpf_probe_read_user(&sectors, sizeof(sectors), (const void *)(addr + 3));
    return 4 + smaller(512 * sectors, most);
}

/* The size of what is filled in where the request's number does not say it: of structures that end in an
 * array whose length they tell, and of some that are large; 0: it is none of these. */
ONCE __u32 size_of_unsaid(struct scratch *scratch, __u64 addr)
{
    enum {
        DEVICE_MAPPER = 0xfd, /* the type of its requests */
        FIEMAP = 0xc020660b,
        FIDEDUPERANGE = 0xc0189436,
        KVM_SUPPORTED_CPUID = 0xc008ae05,
        KVM_EMULATED_CPUID = 0xc008ae09,
        PERF_QUERY_BPF = 0xc008240a,
        PERF_QUERY_BPF_32 = 0xc004240a,
        BTRFS_SPACE_INFO = 0xc0109414,
        BTRFS_TREE_SEARCH_V2 = 0xc0709411,
        CONSOLE_ACCENTS = 0x4b4a, /* KDGKBDIACR */
        CONSOLE_ACCENTS_UC = 0x4bfa,
        CONSOLE_MAP = 0x4b69,    /* GIO_UNISCRNMAP */
        CONSOLE_STRING = 0x4b48, /* KDGKBSENT */
        CONSOLE_GLYPHS = 0x4b60, /* GIO_FONT */
        DISK_IDENTITY = 0x30d,
        DISK_COMMAND = 0x31f
    };
    if (!scratch) {
        return 0;
    }
    __u32 request = (__u32)scratch->args[1];
    switch (request) {
    case FIEMAP:
        return size_with_array(addr, 32, 24, 56);
    case FIDEDUPERANGE:
        return size_with_array(addr, 24, 16, 32);
    case KVM_SUPPORTED_CPUID:
    case KVM_EMULATED_CPUID:
        return size_with_array(addr, 8, 0, 40);
    case PERF_QUERY_BPF:
    case PERF_QUERY_BPF_32:
        return size_with_array(addr, 8, 4, 4);
    case CONSOLE_ACCENTS:
        return size_with_array(addr, 4, 0, 3);
    case CONSOLE_ACCENTS_UC:
        return size_with_array(addr, 4, 0, 12);
    case CONSOLE_MAP:
    case DISK_IDENTITY:
        return 512;
    case CONSOLE_STRING:
        return 513;
    case CONSOLE_GLYPHS:
        return smaller(8192, scratch->walk.most);
    case DISK_COMMAND:
        return size_with_sectors(addr, scratch->walk.most);
    case BTRFS_SPACE_INFO:
        return size_with_array(addr, 16, 0, 24);
    case BTRFS_TREE_SEARCH_V2:
        return size_with_array(addr, 112, 104, 1);
    default:
        return (request >> 8 & 0xff) == DEVICE_MAPPER ? size_with_array(addr, 0, 12, 1) : 0;
    }
}

/* What an ioctl has filled in: at least `least` bytes, and what is known to lie behind its structure. */
ONCE int capture_request(struct scratch *scratch, __u64 addr, __u32 least)
{
    enum {
        INTERFACES = 0x8912,       /* SIOCGIFCONF */
        SCSI = 0x2285,             /* SG_IO */
        CONSOLE_PAIRS = 0x4b66,    /* GIO_UNIMAP */
        CONSOLE_FONT = 0x4b72,     /* KDFONTOP */
        CONSOLE_FONT_OLD = 0x4b6b, /* GIO_FONTX */
        TEE_OPEN_SESSION = 0x8010a402,
        TEE_INVOKE,
        TEE_RECEIVE = 0x8010a406,
        TEE_SEND,
        BTRFS_INO_PATHS = 0xc0389423,
        BTRFS_LOGICAL_INO = 0xc0389424,
        GET_FORMAT = 0xc0d05604, /* V4L2: to get it, to set it, to try */
        SET_FORMAT,
        TRY_FORMAT = 0xc0d05640,
        GET_FORMAT_32 = 0xc0cc5604,
        SET_FORMAT_32,
        TRY_FORMAT_32 = 0xc0cc5640,
        EXT_CTRLS = 0xc0205647, /* V4L2: to get them, to set them, to try */
        EXT_CTRLS_32 = 0xc0185647
    };
    if (!scratch) {
        return 0;
    }
    __u32 request = (__u32)scratch->args[1];
    __u32 said = size_of_request(request, least);
    __u32 whole = size_of_unsaid(scratch, addr);
    capture(scratch, addr, whole > said ? whole : said);
    switch (request) {
    case INTERFACES:
        return capture_pointed(scratch, addr, scratch->compat ? POINTED_32(4, 0, 1) : POINTED(8, 0, 1),
                               EXITS_PIECE_MAX);
    case SCSI:
        return capture_scsi(scratch, addr);
    case CONSOLE_PAIRS: /* how many there are is 16 bits; what is asked for is in the caller's memory alone */
        return capture_pointed(scratch, addr, scratch->compat ? POINTED_32(4, 0, 4) : POINTED(8, 0, 4), 4096);
    case CONSOLE_FONT:
        return capture_pointed(scratch, addr, scratch->compat ? POINTED_32(20, 16, 32) : POINTED(24, 16, 32),
                               scratch->walk.most);
    case CONSOLE_FONT_OLD: /* the height is above the count, of 16 bits: -s bounds this */
        return capture_pointed(scratch, addr, scratch->compat ? POINTED_32(4, 0, 32) : POINTED(8, 0, 32),
                               scratch->walk.most);
    case TEE_OPEN_SESSION:
    case TEE_INVOKE:
    case TEE_RECEIVE:
    case TEE_SEND:
        return capture_pointed(scratch, addr, POINTED(0, 8, 1), 4096);
    case BTRFS_INO_PATHS:
    case BTRFS_LOGICAL_INO:
        return capture_pointed(scratch, addr, POINTED(48, 8, 1), EXITS_PIECE_MAX);
    case GET_FORMAT:
    case SET_FORMAT:
    case TRY_FORMAT:
    case GET_FORMAT_32:
    case SET_FORMAT_32:
    case TRY_FORMAT_32:
        return capture_clips(scratch, addr);
    case EXT_CTRLS:
    case EXT_CTRLS + 1:
    case EXT_CTRLS + 2:
        return capture_controls(scratch, addr, 24);
    case EXT_CTRLS_32:
    case EXT_CTRLS_32 + 1:
    case EXT_CTRLS_32 + 2:
        return capture_controls(scratch, addr, 20);
    default:
        return 0;
    }
}

struct messages {
    struct scratch *scratch;
    __u64 array;
};

/* A mmsghdr: a msghdr, and how many bytes were moved. */
static long walk_mmsghdr(__u64 i, struct messages *messages)
{
    struct scratch *scratch = messages->scratch;
    __u32 header = scratch->compat ? 28 : 56;
    __u64 at = messages->array + i * (header == 28 ? 32 : 64);
    __u32 moved = 0;
    bpf_probe_read_user(&moved, sizeof(moved), (const void *)(at + header));
    capture(scratch, at + header, sizeof(moved));
    scratch->walk.left = moved;
    capture_msghdr(scratch, at);
    return 0;
}

static __u32 limited(__u64 count, __u32 unit, __u32 most)
{
    return count > most ? most : smaller(count * unit, most);
}

/* How many bytes at the pointer itself, where that is one number. */
static __u32 size_of(const struct exits_piece *piece, __u64 length, __u64 moved)
{
    switch (piece->extent) {
    case EXTENT_FIXED:
        return piece->unit;
    case EXTENT_ARG:
        return limited(length, piece->unit, piece->most);
    case EXTENT_RESULT:
        return limited(moved, piece->unit, piece->most);
    case EXTENT_MSGBUF:
        return limited(moved + 8, 1, piece->most); /* the type before the text is a long */
    case EXTENT_STRING:
        return piece->most;
    default:
        return 0;
    }
}

/* What the pointer at `addr` points to. */
ONCE int capture_behind(struct scratch *scratch, __u64 addr, __u32 size)
{
    __u64 pointer = 0;
    bpf_probe_read_user(&pointer, sizeof(pointer), (const void *)addr);
    return scratch ? capture(scratch, pointer, size) : 0;
}

/* A piece of which one number says how large it is, with what its pointers point to. */
ONCE int capture_plain(struct scratch *scratch, const struct exits_piece *piece)
{
    if (!scratch || !piece) {
        return 0;
    }
    __u64 addr = scratch->args[piece->arg & 7];
    __u64 length = scratch->args[piece->length_arg & 7];
    __u64 moved = scratch->record.result < 0 ? 0 : (__u64)scratch->record.result;
    capture(scratch, addr, size_of(piece, length, moved));
    if (piece->inner) {
        capture_behind(scratch, addr + piece->inner - 1,
                       piece->inner_size ? piece->inner_size : smaller(moved, piece->most));
    }
    return piece->inner2 ? capture_behind(scratch, addr + piece->inner2 - 1, piece->inner2_size) : 0;
}

ONCE int capture_piece(struct scratch *scratch, const struct exits_piece *piece)
{
    if (!scratch || !piece) {
        return 0;
    }
    __u64 addr = scratch->args[piece->arg & 7];
    __u64 length = scratch->args[piece->length_arg & 7];
    __u64 moved = scratch->record.result < 0 ? 0 : (__u64)scratch->record.result;
    struct messages messages = {.scratch = scratch, .array = addr};
    __u32 size = 0;

    scratch->walk.array = addr;
    scratch->walk.count = length;
    scratch->walk.left = moved;
    scratch->walk.most = piece->most;
    switch (piece->extent) {
    case EXTENT_LENGTH:
        bpf_probe_read_user(&size, sizeof(size), (const void *)length);
        capture(scratch, length, sizeof(size));
        return capture(scratch, addr, smaller(size, piece->most));
    case EXTENT_IOVEC:
        return capture_iovec(scratch);
    case EXTENT_MSGHDR:
        return capture_msghdr(scratch, addr);
    case EXTENT_BPF:
        return capture_bpf(scratch, addr, smaller(length, 4096));
    case EXTENT_REQUEST:
        return capture_request(scratch, addr, piece->unit);
    case EXTENT_MMSGHDR:
        bpf_loop(smaller(moved, MESSAGES_MAX), walk_mmsghdr, &messages, 0);
        return 0;
    default:
        return capture_plain(scratch, piece);
    }
}

struct work {
    struct scratch *scratch;
    struct exits_plan *plan;
};

static long walk_pieces(__u64 i, struct work *work)
{
    if (i >= EXITS_PIECES) {
        return 1;
    }
    const struct exits_piece *piece = &work->plan->piece[i];
    if (work->scratch->record.result >= 0 || piece->on_failure) {
        capture_piece(work->scratch, piece);
    }
    return 0;
}

/* The same of plain pieces alone: each program has the verifier look at all that it may call. */
static long walk_plain(__u64 i, struct work *work)
{
    if (i >= EXITS_PIECES) {
        return 1;
    }
    capture_plain(work->scratch, &work->plan->piece[i]);
    return 0;
}

#endif
