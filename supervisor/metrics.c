#include "supervisor/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"

/* A container that has ended is shown for so long: some scrapes, as these are a minute apart at most. */
#define KEPT_NS (300 * NS_PER_SECOND)

/* Upper bounds of the histogram, from what a call costs on an idle machine to what somebody notices. */
static const struct {
    int64_t ns;
    const char *seconds;
} bounds[METRICS_BUCKETS] = {
    {5000, "5e-06"},    {10000, "1e-05"},   {25000, "2.5e-05"}, {50000, "5e-05"},  {100000, "0.0001"},
    {1000000, "0.001"}, {10000000, "0.01"}, {100000000, "0.1"}, {1000000000, "1"},
};

void metrics_init(struct metrics *metrics, int64_t now_ns)
{
    *metrics = (struct metrics){.started_ns = now_ns};
}

static void container_free(struct metrics_container *container)
{
    free(container->id);
    free(container->name);
    free(container->pod);
    free(container->pod_namespace);
    free(container);
}

void metrics_free(struct metrics *metrics)
{
    for (struct metrics_container *c = metrics->containers, *next; c; c = next) {
        next = c->next;
        container_free(c);
    }
    metrics->containers = NULL;
}

/* False when memory ran out. */
static bool copy(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return !text || *to;
}

struct metrics_container *metrics_enter(struct metrics *metrics, const struct event_container *container)
{
    metrics->container_total++;
    for (struct metrics_container *c = metrics->containers; c; c = c->next) {
        if (strcmp(c->id, container->id) == 0) {
            metrics->container_total--;
            c->listeners++;
            return c;
        }
    }
    struct metrics_container *c = calloc(1, sizeof(*c));
    if (!c) {
        return NULL;
    }
    if (!copy(&c->id, container->id) || !copy(&c->name, container->name) || !copy(&c->pod, container->pod) ||
        !copy(&c->pod_namespace, container->pod_namespace)) {
        container_free(c);
        return NULL;
    }
    c->listeners = 1;
    c->next = metrics->containers;
    metrics->containers = c;
    return c;
}

void metrics_leave(struct metrics_container *container, int64_t now_ns)
{
    if (container && --container->listeners == 0) {
        container->ended_ns = now_ns;
    }
}

static void count(struct metrics_counts *counts, unsigned bucket, int64_t waited_ns, bool denied,
                  unsigned alerts)
{
    counts->calls++;
    counts->denials += denied;
    counts->alerts += alerts;
    counts->within[bucket]++;
    counts->waited_ns += (uint64_t)waited_ns;
}

void metrics_call(struct metrics *metrics, struct metrics_container *container, int64_t waited_ns,
                  bool denied, unsigned alerts)
{
    unsigned bucket = 0;
    waited_ns = waited_ns < 0 ? 0 : waited_ns; /* the clock was set back */
    while (bucket < METRICS_BUCKETS && waited_ns > bounds[bucket].ns) {
        bucket++;
    }
    count(&metrics->all, bucket, waited_ns, denied, alerts);
    if (container) {
        count(&container->counts, bucket, waited_ns, denied, alerts);
    }
}

void metrics_alerts(struct metrics *metrics, struct metrics_container *container, unsigned alerts)
{
    metrics->all.alerts += alerts;
    if (container) {
        container->counts.alerts += alerts;
    }
}

void metrics_sweep(struct metrics *metrics, int64_t now_ns)
{
    for (struct metrics_container **at = &metrics->containers; *at;) {
        struct metrics_container *c = *at;
        if (c->listeners == 0 && now_ns - c->ended_ns >= KEPT_NS) {
            *at = c->next;
            container_free(c);
        } else {
            at = &c->next;
        }
    }
}

/* In a label's value, a backslash, a quote and a newline are escaped; other bytes stay as they are. */
static void escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            buf_str(out, "\\n");
            continue;
        }
        if (*text == '\\' || *text == '"') {
            buf_char(out, '\\');
        }
        buf_char(out, *text);
    }
}

static void label(struct buf *out, const char *name, const char *text)
{
    if (text) {
        buf_printf(out, ",%s=\"", name);
        escaped(out, text);
        buf_char(out, '"');
    }
}

static void labels(struct buf *out, const struct metrics_container *c)
{
    buf_str(out, "container_id=\"");
    escaped(out, c->id);
    buf_char(out, '"');
    label(out, "container", c->name);
    label(out, "pod", c->pod);
    label(out, "namespace", c->pod_namespace);
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void simple(struct buf *out, const char *name, const char *type, const char *help, uint64_t number)
{
    head(out, name, type, help);
    buf_printf(out, "%s ", name);
    buf_uint(out, number);
    buf_char(out, '\n');
}

/* Nine digits behind the point: whole nanoseconds. */
static void seconds(struct buf *out, uint64_t ns)
{
    buf_uint(out, ns / NS_PER_SECOND);
    buf_char(out, '.');
    buf_uint_pad(out, ns % NS_PER_SECOND, 9);
    buf_char(out, '\n');
}

static void counter_of_each(struct buf *out, const struct metrics *metrics, const char *name,
                            const char *help, size_t offset)
{
    head(out, name, "counter", help);
    for (const struct metrics_container *c = metrics->containers; c; c = c->next) {
        uint64_t number;
        memcpy(&number, (const char *)&c->counts + offset, sizeof(number));
        buf_printf(out, "%s{", name);
        labels(out, c);
        buf_str(out, "} ");
        buf_uint(out, number);
        buf_char(out, '\n');
    }
}

static void waits(struct buf *out, const struct metrics_container *c)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i <= METRICS_BUCKETS; i++) {
        sum += c->counts.within[i];
        buf_str(out, "proctor_call_wait_seconds_bucket{");
        labels(out, c);
        buf_printf(out, ",le=\"%s\"} ", i < METRICS_BUCKETS ? bounds[i].seconds : "+Inf");
        buf_uint(out, sum);
        buf_char(out, '\n');
    }
    buf_str(out, "proctor_call_wait_seconds_sum{");
    labels(out, c);
    buf_str(out, "} ");
    seconds(out, c->counts.waited_ns);
    buf_str(out, "proctor_call_wait_seconds_count{");
    labels(out, c);
    buf_str(out, "} ");
    buf_uint(out, sum);
    buf_char(out, '\n');
}

static uint64_t running(const struct metrics *metrics)
{
    uint64_t n = 0;
    for (const struct metrics_container *c = metrics->containers; c; c = c->next) {
        n += c->listeners > 0;
    }
    return n;
}

void metrics_render(struct buf *out, const struct metrics *metrics, uint64_t lost)
{
    head(out, "proctor_build_info", "gauge", "The version that runs.");
    buf_str(out, "proctor_build_info{version=\"" PROCTOR_VERSION "\"} 1\n");
    head(out, "process_start_time_seconds", "gauge", "Start of the process that serves, since the epoch.");
    buf_str(out, "process_start_time_seconds ");
    seconds(out, (uint64_t)metrics->started_ns);
    simple(out, "proctor_containers", "gauge", "Containers that are served.", running(metrics));
    simple(out, "proctor_containers_total", "counter", "Containers that were handed over.",
           metrics->container_total);
    simple(out, "proctor_connections_refused_total", "counter", "Connections that were no container's.",
           metrics->refused_total);
    simple(out, "proctor_results_lost_total", "counter", "Results of calls that were lost.", lost);
    simple(out, "proctor_all_calls_total", "counter", "Calls that were answered, of all containers.",
           metrics->all.calls);
    simple(out, "proctor_all_denials_total", "counter", "Calls that were denied, of all containers.",
           metrics->all.denials);
    simple(out, "proctor_all_alerts_total", "counter", "Alerts of all rules, of all containers.",
           metrics->all.alerts);
    counter_of_each(out, metrics, "proctor_calls_total", "Calls that were answered.",
                    offsetof(struct metrics_counts, calls));
    counter_of_each(out, metrics, "proctor_denials_total", "Calls that were denied.",
                    offsetof(struct metrics_counts, denials));
    counter_of_each(out, metrics, "proctor_alerts_total", "Alerts of all rules.",
                    offsetof(struct metrics_counts, alerts));
    head(out, "proctor_call_wait_seconds", "histogram", "From receiving a call to having answered it.");
    for (const struct metrics_container *c = metrics->containers; c; c = c->next) {
        waits(out, c);
    }
}
