#include "supervisor/container.h"

#include <stdlib.h>
#include <string.h>

#include "decode/render.h"

/* Strings are laid one after the other into memory whose size was counted before. */
struct packer {
    char *at; /* NULL: counting */
    size_t size;
};

static const char *pack_bytes(struct packer *p, const char *bytes, size_t n)
{
    char *copy = p->at;
    p->size += n + 1;
    if (!copy) {
        return NULL;
    }
    memcpy(copy, bytes, n);
    copy[n] = 0;
    p->at += n + 1;
    return copy;
}

static const char *pack(struct packer *p, const char *text)
{
    return text ? pack_bytes(p, text, strlen(text)) : NULL;
}

static void pack_all(struct packer *p, const struct event_container *from, const struct buf *json,
                     struct event_container *to, struct event_annotation *annotations)
{
    *to = *from;
    to->id = pack(p, from->id);
    to->bundle = pack(p, from->bundle);
    to->metadata = pack(p, from->metadata);
    to->name = pack(p, from->name);
    to->image = pack(p, from->image);
    to->pod = pack(p, from->pod);
    to->pod_namespace = pack(p, from->pod_namespace);
    to->pod_uid = pack(p, from->pod_uid);
    for (size_t i = 0; i < from->annotation_count; i++) {
        const char *key = pack(p, from->annotations[i].key);
        const char *value = pack(p, from->annotations[i].value);
        if (annotations) {
            annotations[i] = (struct event_annotation){key, value};
        }
    }
    to->annotations = annotations;
    to->json = pack_bytes(p, json->data, json->len);
    to->json_length = json->len;
}

struct container *container_new(const struct event_container *description)
{
    struct event_container counted;
    struct packer counter = {.at = NULL};
    struct buf json = {0};
    size_t array = description->annotation_count * sizeof(struct event_annotation);

    render_json_container(&json, description);
    if (json.failed) {
        buf_free(&json);
        return NULL;
    }
    pack_all(&counter, description, &json, &counted, NULL);
    struct container *container = calloc(1, sizeof(*container) + array + counter.size);
    if (container) {
        struct event_annotation *annotations = (struct event_annotation *)(void *)(container + 1);
        struct packer packer = {.at = (char *)annotations + array};
        pack_all(&packer, description, &json, &container->event, annotations);
        container->references = 1;
    }
    buf_free(&json);
    return container;
}

struct container *container_hold(struct container *container)
{
    if (container) {
        container->references++;
    }
    return container;
}

void container_release(struct container *container)
{
    if (container && --container->references == 0) {
        free(container);
    }
}

void container_announces_exec(struct container *container)
{
    if (container) {
        container->announces_exec = true;
    }
}

const struct event_container *container_event(const struct container *container)
{
    return container ? &container->event : NULL;
}
