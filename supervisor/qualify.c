#include "supervisor/qualify.h"

#include <errno.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"

typedef int parse_fn(struct qualifiers *q, const char *set, struct error *err);

static int parse_abbrev(struct qualifiers *q, const char *set, struct error *err)
{
    return selection_parse(&q->abbreviated, set, err);
}

static int parse_raw(struct qualifiers *q, const char *set, struct error *err)
{
    return selection_parse(&q->raw, set, err);
}

static int parse_verbose(struct qualifiers *q, const char *set, struct error *err)
{
    return selection_parse(&q->decoded, set, err);
}

static int parse_inject(struct qualifiers *q, const char *set, struct error *err)
{
    return injections_add(&q->injections, set, false, err);
}

static int parse_fault(struct qualifiers *q, const char *set, struct error *err)
{
    return injections_add(&q->injections, set, true, err);
}

static int parse_kvm(struct qualifiers *q, const char *set, struct error *err)
{
    (void)q;
    (void)set;
    return error_set(err, EINVAL, "-e kvm=: not supported: seccomp tells nothing of what a virtual CPU does");
}

static int parse_signal(struct qualifiers *q, const char *set, struct error *err)
{
    uint64_t signals = 0;
    bool complement = *set == '!';

    for (set += complement; *set;) {
        size_t length = strcspn(set, ",");
        int signal = signal_find(set, length);
        if (length == 3 && memcmp(set, "all", 3) == 0) {
            signals = UINT64_MAX;
        } else if (signal) {
            signals |= UINT64_C(1) << (signal - 1);
        } else if (length != 4 || memcmp(set, "none", 4) != 0) {
            return error_set(err, EINVAL, "-e signal=: '%.*s' is not a signal", (int)length, set);
        }
        set += length + (set[length] == ',');
    }
    q->signals = complement ? ~signals : signals;
    return 0;
}

static int parse_fds(struct qualifiers *q, bool read, const char *set, struct error *err)
{
    uint64_t *bits = read ? q->dumped.read : q->dumped.write;
    if (!dump_parse(bits, set)) {
        return error_set(err, EINVAL, "-e %s=: '%s' is not a list of descriptors below %d",
                         read ? "read" : "write", set, (int)DUMP_FDS);
    }
    q->dumped.any = false;
    for (size_t i = 0; i < ARRAY_SIZE(q->dumped.read); i++) {
        q->dumped.any = q->dumped.any || q->dumped.read[i] || q->dumped.write[i];
    }
    return 0;
}

static int parse_read(struct qualifiers *q, const char *set, struct error *err)
{
    return parse_fds(q, true, set, err);
}

static int parse_write(struct qualifiers *q, const char *set, struct error *err)
{
    return parse_fds(q, false, set, err);
}

static const struct qualifier {
    const char *name;
    parse_fn *parse;
} qualifiers[] = {
    {"abbrev", parse_abbrev},   {"a", parse_abbrev},     {"raw", parse_raw},       {"x", parse_raw},
    {"verbose", parse_verbose}, {"v", parse_verbose},    {"signal", parse_signal}, {"signals", parse_signal},
    {"s", parse_signal},        {"read", parse_read},    {"reads", parse_read},    {"r", parse_read},
    {"write", parse_write},     {"writes", parse_write}, {"w", parse_write},       {"inject", parse_inject},
    {"fault", parse_fault},     {"kvm", parse_kvm},
};

static const struct qualifier *find(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(qualifiers); i++) {
        if (strlen(qualifiers[i].name) == length && memcmp(qualifiers[i].name, name, length) == 0) {
            return &qualifiers[i];
        }
    }
    return NULL;
}

void qualifiers_init(struct qualifiers *q)
{
    *q = (struct qualifiers){.signals = UINT64_MAX};
    selection_all(&q->abbreviated);
    selection_all(&q->decoded);
}

void qualifiers_free(struct qualifiers *q)
{
    injections_free(&q->injections);
}

int qualifiers_parse(struct qualifiers *q, const char *name, size_t length, const char *set,
                     struct error *err)
{
    const struct qualifier *qualifier = find(name, length);
    return qualifier ? qualifier->parse(q, set, err)
                     : error_set(err, EINVAL, "-e: '%.*s' is not supported", (int)length, name);
}

const struct decode_options *qualifiers_apply(const struct qualifiers *q, const struct decode_options *base,
                                              const struct abi *abi, enum call_id id,
                                              struct decode_options *own)
{
    if (!q) {
        return base;
    }
    bool raw = selection_has(&q->raw, abi, id);
    bool verbose = !selection_has(&q->abbreviated, abi, id);
    bool opaque = !selection_has(&q->decoded, abi, id);
    if (raw == base->raw && verbose == base->verbose && opaque == base->opaque) {
        return base;
    }
    *own = *base;
    own->raw = raw;
    own->opaque = opaque;
    own->verbose = base->verbose || verbose;
    return own;
}
