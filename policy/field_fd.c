#include "policy/field_fd.h"

#include <string.h>
#include <sys/sysmacros.h>

const struct policy_fd *subject_fd(struct policy_subject *subject)
{
    if (!subject->fd_loaded) {
        subject->fd_loaded = true;
        if (subject->load_fd) {
            subject->load_fd(subject);
        }
    }
    return subject->fd_present ? &subject->fd : NULL;
}

/* The member at `offset`, or NULL. */
static const void *member(struct reader *r, const struct field_ref *ref, unsigned nth)
{
    const struct policy_fd *fd = nth == 0 ? subject_fd(r->subject) : NULL;
    return fd ? (const char *)fd + ref->field->offset : NULL;
}

/*
 * The number that an open will get is not known at its entry: rules ask whether it is one (fd.num>=0), which
 * the predicted result answers.
 */
bool get_fd_num(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const int64_t *num = member(r, ref, nth);
    value->number = num ? *num : 0;
    if (num && *num == POLICY_UNKNOWN) {
        int64_t result = subject_result(r->subject);
        value->number = result >= 0 ? result : -1;
    }
    return num != NULL;
}

bool get_fd_string(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const char *const *s = member(r, ref, nth);
    if (s && *s) {
        value->text = (struct text){*s, strlen(*s)};
    }
    return s && *s;
}

bool get_fd_text(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct text *text = member(r, ref, nth);
    if (text) {
        value->text = *text;
    }
    return text && text->s;
}

bool get_fd_char(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const char *c = member(r, ref, nth);
    if (c) {
        value->text = (struct text){c, 1};
    }
    return c && *c;
}

bool get_fd_ip(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_ip *ip = member(r, ref, nth);
    if (ip) {
        value->ip = *ip;
    }
    return ip && ip->family;
}

/* Either end: fd.ip. */
bool get_fd_any_ip(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_fd *fd = subject_fd(r->subject);
    (void)ref;
    if (!fd || nth > 1) {
        return false;
    }
    /* Values are asked for until there is none, so an end that is not known must not hide the other. */
    const struct policy_ip *first = fd->client_ip.family ? &fd->client_ip : &fd->server_ip;
    const struct policy_ip *second = fd->client_ip.family ? &fd->server_ip : NULL;
    const struct policy_ip *ip = nth ? second : first;
    if (ip) {
        value->ip = *ip;
    }
    return ip && ip->family;
}

bool get_fd_port(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const int32_t *port = member(r, ref, nth);
    value->number = port ? *port : POLICY_UNKNOWN;
    return value->number >= 0;
}

bool get_fd_any_port(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_fd *fd = subject_fd(r->subject);
    (void)ref;
    if (!fd || nth > 1) {
        return false;
    }
    int32_t first = fd->client_port >= 0 ? fd->client_port : fd->server_port;
    value->number = nth == 0 ? first : fd->client_port >= 0 ? fd->server_port : POLICY_UNKNOWN;
    return value->number >= 0;
}

bool get_fd_flag(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const int8_t *flag = member(r, ref, nth);
    value->number = flag ? *flag : POLICY_UNKNOWN;
    return value->number >= 0;
}

bool get_fd_int64(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const int64_t *number = member(r, ref, nth);
    value->number = number ? *number : 0;
    return value->number != 0;
}

bool get_fd_dev(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_fd *fd = nth == 0 ? subject_fd(r->subject) : NULL;
    if (!fd || !fd->dev) {
        return false;
    }
    value->number = ref->field->offset ? minor((dev_t)fd->dev) : major((dev_t)fd->dev);
    return true;
}

/* Where the last component of a file's path begins; NULL: it is no file, or has no path. */
static const char *last_slash(const struct policy_fd *fd)
{
    if (!fd || !fd->name.s || (fd->typechar != 'f' && fd->typechar != 'd')) {
        return NULL;
    }
    return memrchr(fd->name.s, '/', fd->name.n);
}

bool get_fd_directory(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_fd *fd = nth == 0 ? subject_fd(r->subject) : NULL;
    const char *slash = last_slash(fd);
    (void)ref;
    if (slash) {
        size_t n = (size_t)(slash - fd->name.s);
        value->text = (struct text){fd->name.s, n ? n : 1};
    }
    return slash != NULL;
}

bool get_fd_filename(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_fd *fd = nth == 0 ? subject_fd(r->subject) : NULL;
    const char *slash = last_slash(fd);
    (void)ref;
    if (slash) {
        value->text = (struct text){slash + 1, fd->name.n - (size_t)(slash + 1 - fd->name.s)};
    }
    return slash && fd->typechar == 'f';
}
