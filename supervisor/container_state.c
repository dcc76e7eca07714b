#include "supervisor/container_state.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "policy/yaml.h"

/* What is repeated with every event has to be short. An orchestrator's annotations hold whole documents. */
enum { ANNOTATION_MAX = 1024, ANNOTATIONS_MAX = 8192, ID_MAX = 255 };

struct reader {
    const struct yaml *json;
    struct arena *arena;
    struct error *err;
};

static int wrong(const struct reader *r, struct fy_node *node, const char *what)
{
    return source_error(r->err, yaml_place(r->json, node), "%s", what);
}

/* A string's bytes as they stand between its quotes once escapes are undone; NULL (err filled) if it is none
 * or holds a NUL. */
static const char *get_string(const struct reader *r, struct fy_node *node, const char *what)
{
    if (yaml_kind(r->json, node) != YAML_SCALAR || !yaml_quoted(r->json, node)) {
        (void)source_error(r->err, yaml_place(r->json, node), "'%s' is not a string", what);
        return NULL;
    }
    struct scalar scalar = yaml_scalar(r->json, node);
    if (memchr(scalar.text, 0, scalar.length)) {
        (void)source_error(r->err, yaml_place(r->json, node), "'%s' holds a NUL", what);
        return NULL;
    }
    const char *copy = arena_copy(r->arena, scalar.text, scalar.length);
    if (!copy) {
        (void)error_set(r->err, ENOMEM, "out of memory");
    }
    return copy;
}

/* The string of a key that has to be there. */
static int need_string(const struct reader *r, struct fy_node *map, const char *key, const char **text)
{
    struct fy_node *node = yaml_get(r->json, map, key);
    if (!node) {
        return source_error(r->err, yaml_place(r->json, map), "there is no '%s'", key);
    }
    *text = get_string(r, node, key);
    return *text ? 0 : -r->err->code;
}

static int need_pid(const struct reader *r, struct fy_node *map, pid_t *pid)
{
    struct fy_node *node = yaml_get(r->json, map, "pid");
    struct scalar scalar = yaml_scalar(r->json, node);
    char *end;
    errno = 0;
    long number = strtol(scalar.text, &end, 10);
    if (yaml_kind(r->json, node) != YAML_SCALAR || yaml_quoted(r->json, node) ||
        !isdigit((unsigned char)*scalar.text) || *end || errno || number < 1 || number > INT_MAX) {
        return wrong(r, node ? node : map, "'pid' is not the id of a process");
    }
    *pid = (pid_t)number;
    return 0;
}

/* Major.minor and what may follow, as any version of the specification or of a runtime is written. */
static int check_version(const struct reader *r, struct fy_node *map)
{
    const char *version = "";
    int ret = need_string(r, map, "ociVersion", &version);
    if (ret < 0) {
        return ret;
    }
    size_t major = strspn(version, "0123456789");
    if (!major || version[major] != '.' || !isdigit((unsigned char)version[major + 1])) {
        return wrong(r, yaml_get(r->json, map, "ociVersion"), "'ociVersion' is not a version");
    }
    return 0;
}

/* The id names files: nothing in it may lead elsewhere. */
static int check_id(const struct reader *r, struct fy_node *map, const char *id)
{
    bool printable = true;
    for (const char *c = id; *c; c++) {
        printable = printable && (unsigned char)*c > ' ' && (unsigned char)*c != 0x7f;
    }
    if (!*id || strlen(id) > ID_MAX || *id == '.' || strchr(id, '/') || !printable) {
        return wrong(r, yaml_get(r->json, map, "id"), "'id' is not the id of a container");
    }
    return 0;
}

static int read_fds(const struct reader *r, struct fy_node *root, struct container_state *state)
{
    struct fy_node *fds = yaml_get(r->json, root, "fds");
    struct fy_node *item;
    void *at = NULL;
    bool found = false;
    if (yaml_kind(r->json, fds) != YAML_LIST) {
        return wrong(r, fds ? fds : root, "'fds' is not a list");
    }
    while ((item = yaml_next(r->json, fds, &at))) {
        const char *name = get_string(r, item, "fds");
        if (!name) {
            return -r->err->code;
        }
        if (state->fd_count >= CONTAINER_FDS_MAX) {
            return wrong(r, item, "'fds' has more names than a message has descriptors");
        }
        if (strcmp(name, "seccompFd") == 0) {
            if (found) {
                return wrong(r, item, "'fds' names seccompFd twice");
            }
            found = true;
            state->listener = state->fd_count;
        }
        state->fd_count++;
    }
    return found ? 0 : wrong(r, fds, "'fds' does not name seccompFd");
}

static int read_annotations(const struct reader *r, struct fy_node *map, struct event_container *c)
{
    struct event_annotation *annotations = NULL;
    struct fy_node *key;
    struct fy_node *value;
    void *at = NULL;
    size_t total = 0;
    if (yaml_kind(r->json, map) == YAML_NULL) {
        return 0;
    }
    if (yaml_kind(r->json, map) != YAML_MAP) {
        return wrong(r, map, "'annotations' is not an object");
    }
    while (yaml_next_pair(r->json, map, &at, &key, &value)) {
        const char *k = get_string(r, key, "annotations");
        const char *v = k ? get_string(r, value, "annotations") : NULL;
        if (!v) {
            return -r->err->code;
        }
        size_t size = strlen(k) + strlen(v);
        if (size > ANNOTATION_MAX || total + size > ANNOTATIONS_MAX) {
            c->annotations_omitted++;
            continue;
        }
        struct event_annotation *slot =
            arena_append(r->arena, &annotations, &c->annotation_count, sizeof(*annotations));
        if (!slot) {
            return error_set(r->err, ENOMEM, "out of memory");
        }
        *slot = (struct event_annotation){k, v};
        total += size;
    }
    c->annotations = annotations;
    return 0;
}

static const char *annotation(const struct event_container *c, const char *const *keys, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; c->annotations && i < c->annotation_count; i++) {
            if (strcmp(c->annotations[i].key, keys[k]) == 0) {
                return c->annotations[i].value;
            }
        }
    }
    return NULL;
}

/* Where containerd, CRI-O and others say what a container is part of; the first one that is there counts. */
static void understand_annotations(struct event_container *c)
{
    static const char *const name[] = {"io.kubernetes.cri.container-name", "io.kubernetes.container.name",
                                       "nerdctl/name"};
    static const char *const image[] = {"io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
                                        "io.kubernetes.cri-o.Image", "org.opencontainers.image.ref.name"};
    static const char *const pod[] = {"io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"};
    static const char *const space[] = {"io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"};
    static const char *const uid[] = {"io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"};
    c->name = annotation(c, name, ARRAY_SIZE(name));
    c->image = annotation(c, image, ARRAY_SIZE(image));
    c->pod = annotation(c, pod, ARRAY_SIZE(pod));
    c->pod_namespace = annotation(c, space, ARRAY_SIZE(space));
    c->pod_uid = annotation(c, uid, ARRAY_SIZE(uid));
}

/* The part that is the State of the specification (runtime.md). */
static int read_state(const struct reader *r, struct fy_node *root, struct event_container *c)
{
    struct fy_node *map = yaml_get(r->json, root, "state");
    const char *status;
    pid_t pid; /* of the container; an exec's own is the one of the process, outside of `state` */
    if (yaml_kind(r->json, map) != YAML_MAP) {
        return wrong(r, map ? map : root, "there is no 'state' that is an object");
    }
    int ret = check_version(r, map);
    ret = ret < 0 ? ret : need_string(r, map, "id", &c->id);
    ret = ret < 0 ? ret : check_id(r, map, c->id);
    ret = ret < 0 ? ret : need_string(r, map, "status", &status);
    ret = ret < 0 ? ret : need_pid(r, map, &pid);
    ret = ret < 0 ? ret : need_string(r, map, "bundle", &c->bundle);
    ret = ret < 0 ? ret : read_annotations(r, yaml_get(r->json, map, "annotations"), c);
    if (ret == 0) {
        understand_annotations(c);
    }
    return ret;
}

static int read_root(const struct reader *r, struct fy_node *root, struct container_state *state)
{
    struct fy_node *metadata = yaml_get(r->json, root, "metadata");
    if (yaml_kind(r->json, root) != YAML_MAP) {
        return error_set(r->err, EINVAL, "the container's state is not a JSON object");
    }
    int ret = check_version(r, root);
    ret = ret < 0 ? ret : read_fds(r, root, state);
    ret = ret < 0 ? ret : need_pid(r, root, &state->container.pid);
    ret = ret < 0 ? ret : read_state(r, root, &state->container);
    if (ret == 0 && yaml_kind(r->json, metadata) != YAML_NULL) {
        state->container.metadata = get_string(r, metadata, "metadata");
        ret = state->container.metadata ? 0 : -r->err->code;
    }
    return ret;
}

bool json_end_look(struct json_end *end, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n && !end->found; i++) {
        char c = bytes[i];
        if (end->string) {
            end->string = end->escaped || c != '"';
            end->escaped = !end->escaped && c == '\\';
        } else if (c == '"') {
            end->string = true;
        } else if (c == '{' || c == '[') {
            end->depth++;
        } else if (c == '}' || c == ']') {
            end->found = end->depth <= 1;
            end->depth--;
        }
    }
    return end->found;
}

int container_state_parse(struct container_state *state, struct arena *arena, const char *text, size_t length,
                          struct error *err)
{
    struct error own = {0};
    *state = (struct container_state){.listener = 0};
    if (length > CONTAINER_STATE_MAX) {
        return error_set(err, EINVAL, "the container's state is larger than 1 MiB");
    }
    char *copy = arena_copy(arena, text, length);
    if (!copy) {
        return error_set(err, ENOMEM, "out of memory");
    }
    struct source source = {.name = "state", .text = copy, .length = length};
    struct yaml json = {.source = &source};
    struct reader r = {.json = &json, .arena = arena, .err = &own};
    int ret = yaml_parse_json(&json, &source, &own);
    ret = ret < 0 ? ret : read_root(&r, json.root, state);
    yaml_free(&json);
    return ret < 0 ? error_set(err, -ret, "%s", own.message) : 0;
}
