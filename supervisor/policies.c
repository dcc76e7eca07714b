#include "supervisor/policies.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"

struct named_policy {
    struct named_policy *next;
    char *path; /* owned */
    size_t name_length;
    const char *name;     /* in path */
    const char *files[1]; /* path */
    struct judge *judge;
};

static const char *const endings[] = {".yaml", ".yml", ".json"};

/* The name that a container's policy has: from its annotation (*demanded) or its metadata. NULL: it has none.
 */
static const char *name_of(const struct event_container *container, bool *demanded)
{
    for (size_t i = 0; i < container->annotation_count; i++) {
        if (strcmp(container->annotations[i].key, POLICY_ANNOTATION) == 0) {
            *demanded = true;
            return container->annotations[i].value;
        }
    }
    *demanded = false;
    return container->metadata && *container->metadata ? container->metadata : NULL;
}

static struct named_policy *find(const struct policies *policies, const char *name, size_t length)
{
    for (struct named_policy *p = policies->first; p; p = p->next) {
        if (p->name_length == length && memcmp(p->name, name, length) == 0) {
            return p;
        }
    }
    return NULL;
}

int policies_find(struct policies *policies, const struct event_container *container, struct judge ***judge,
                  struct error *err)
{
    bool demanded = false;
    const char *name = policies->directory ? name_of(container, &demanded) : NULL;
    struct named_policy *found = name ? find(policies, name, strlen(name)) : NULL;
    *judge = found ? &found->judge : NULL;
    return found || !demanded
               ? 0
               : error_set(err, ENOENT, "annotation " POLICY_ANNOTATION ": there is no such policy in %s",
                           policies->directory);
}

static void named_free(struct named_policy *policy)
{
    judge_release(policy->judge);
    free(policy->path);
    free(policy);
}

/* The length of a file's name without its ending; 0: it is no policy. Hidden files are none. */
static size_t name_length(const char *file)
{
    size_t length = strlen(file);
    for (size_t i = 0; i < ARRAY_SIZE(endings) && *file != '.'; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(file + length - ending, endings[i]) == 0) {
            return length - ending;
        }
    }
    return 0;
}

static struct named_policy *named_new(const char *directory, const char *file, size_t length)
{
    struct named_policy *policy = calloc(1, sizeof(*policy));
    if (!policy || asprintf(&policy->path, "%s/%s", directory, file) < 0) {
        free(policy);
        return NULL;
    }
    policy->name = policy->path + strlen(directory) + 1;
    policy->name_length = length;
    policy->files[0] = policy->path;
    return policy;
}

static int load(const struct policies *policies, struct named_policy *policy, struct error *err)
{
    struct judge_options options = *policies->options;
    struct judge *judge;
    options.files = policy->files;
    options.file_count = 1;
    int ret = judge_open(&judge, &options, err);
    if (ret == 0) {
        judge_all(judge);
        judge_release(policy->judge);
        policy->judge = judge;
    }
    return ret;
}

/* A file of the directory: loads it, or loads it again. */
static int take(struct policies *policies, const char *file, struct error *err)
{
    size_t length = name_length(file);
    struct named_policy *policy = length ? find(policies, file, length) : NULL;
    if (!length) {
        return 0;
    }
    if (policy) {
        return strcmp(policy->name, file) == 0 ? load(policies, policy, err)
                                               : error_set(err, EEXIST, "%s/%s: %s is the same policy",
                                                           policies->directory, file, policy->path);
    }
    policy = named_new(policies->directory, file, length);
    if (!policy) {
        return error_set(err, ENOMEM, "out of memory");
    }
    int ret = load(policies, policy, err);
    if (ret < 0) {
        named_free(policy);
        return ret;
    }
    policy->next = policies->first;
    policies->first = policy;
    return 0;
}

int policies_open(struct policies *policies, const char *directory, const struct judge_options *options,
                  struct error *err)
{
    *policies = (struct policies){.directory = directory, .options = options};
    if (!directory) {
        return 0;
    }
    DIR *listing = opendir(directory);
    if (!listing) {
        return error_errno(err, errno, "--policy-dir: can't read '%s'", directory);
    }
    int ret = 0;
    for (struct dirent *entry; ret == 0 && (entry = readdir(listing));) {
        ret = take(policies, entry->d_name, err);
    }
    closedir(listing);
    return ret;
}

void policies_reload(struct policies *policies, void (*failed)(const struct error *why))
{
    DIR *listing = policies->directory ? opendir(policies->directory) : NULL;
    if (!listing) {
        struct error why = {0};
        if (policies->directory) {
            error_errno(&why, errno, "--policy-dir: can't read '%s'", policies->directory);
            failed(&why);
        }
        return;
    }
    for (struct dirent *entry; (entry = readdir(listing));) {
        struct error why = {0};
        if (take(policies, entry->d_name, &why) < 0) {
            failed(&why);
        }
    }
    closedir(listing);
}

void policies_summarise(const struct policies *policies, struct buf *out)
{
    for (struct named_policy *p = policies->first; p; p = p->next) {
        judge_summary(p->judge, out);
    }
}

bool policies_must_deny(const struct policies *policies, const struct seccomp_data *call)
{
    for (const struct named_policy *p = policies->first; p; p = p->next) {
        if (judge_must_deny(p->judge, call)) {
            return true;
        }
    }
    return false;
}

void policies_close(struct policies *policies)
{
    while (policies->first) {
        struct named_policy *policy = policies->first;
        policies->first = policy->next;
        named_free(policy);
    }
}
