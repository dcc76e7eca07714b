/* A container as JSON, as docs/json.md has it. */
#include <string.h>

#include "decode/render.h"

static void member(struct buf *out, const char *name, const char *text)
{
    if (text) {
        buf_str(out, ",\"");
        buf_str(out, name);
        buf_str(out, "\":");
        (void)render_json_string(out, text, strlen(text));
    }
}

static void annotations(struct buf *out, const struct event_container *container)
{
    buf_str(out, ",\"annotations\":{");
    for (size_t i = 0; i < container->annotation_count; i++) {
        const struct event_annotation *a = &container->annotations[i];
        buf_str(out, i ? "," : "");
        (void)render_json_string(out, a->key, strlen(a->key));
        buf_char(out, ':');
        (void)render_json_string(out, a->value, strlen(a->value));
    }
    buf_char(out, '}');
    if (container->annotations_omitted) {
        buf_str(out, ",\"annotations_omitted\":");
        buf_uint(out, container->annotations_omitted);
    }
}

void render_json_container(struct buf *out, const struct event_container *container)
{
    buf_str(out, "{\"id\":");
    (void)render_json_string(out, container->id, strlen(container->id));
    buf_str(out, ",\"pid\":");
    buf_int(out, container->pid);
    member(out, "bundle", container->bundle);
    member(out, "metadata", container->metadata);
    member(out, "name", container->name);
    member(out, "image", container->image);
    member(out, "pod", container->pod);
    member(out, "namespace", container->pod_namespace);
    member(out, "pod_uid", container->pod_uid);
    annotations(out, container);
    buf_char(out, '}');
}
