/* A container as JSON, as docs/json.md has it. */
#include <string.h>

#include "decode/render.h"

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
    (void)render_json_member(out, "bundle", container->bundle);
    (void)render_json_member(out, "metadata", container->metadata);
    (void)render_json_member(out, "name", container->name);
    (void)render_json_member(out, "image", container->image);
    (void)render_json_member(out, "pod", container->pod);
    (void)render_json_member(out, "namespace", container->pod_namespace);
    (void)render_json_member(out, "pod_uid", container->pod_uid);
    annotations(out, container);
    buf_char(out, '}');
}
