#include "supervisor/alerts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

static int open_output(struct alert_output *output, const char *name, struct error *err)
{
    *output = (struct alert_output){.fd = -1, .log = {.fd = -1}};
    if (strcmp(name, "syslog") == 0) {
        return system_log_open(&output->log, err);
    }
    bool file = strcmp(name, "stderr") != 0;
    output->fd = file ? open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
                      : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    return output->fd < 0 ? error_errno(err, errno, "%s", name) : 0;
}

int alerts_open(struct alerts *alerts, const struct alert_options *options, struct error *err)
{
    static const char *const by_default[] = {"stderr"};
    const char *const *names = options->output_count ? options->outputs : by_default;
    size_t count = options->output_count ? options->output_count : ARRAY_SIZE(by_default);
    *alerts =
        (struct alerts){.rate = options->rate, .fail_below = options->fail_below, .raised = options->raised};
    for (size_t i = 0; i < count; i++) {
        int ret = open_output(&alerts->outputs[alerts->output_count++], names[i], err);
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

void alerts_close(struct alerts *alerts)
{
    for (size_t i = 0; i < alerts->output_count; i++) {
        struct alert_output *output = &alerts->outputs[i];
        if (output->fd >= 0) {
            close(take_fd(&output->fd));
        }
        system_log_close(&output->log);
    }
    if (alerts->lost) {
        dprintf(STDERR_FILENO, "proctor: %" PRIu64 " lines of alerts could not be written\n", alerts->lost);
    }
}

bool alerts_admit(struct alerts *alerts, enum priority priority, int64_t now_ns)
{
    if (priority < alerts->fail_below && alerts->raised) {
        atomic_store(alerts->raised, true);
    }
    bool admitted = rate_take(&alerts->rate, now_ns);
    alerts->suppressed += !admitted;
    return admitted;
}

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno != EINTR) {
            return -errno;
        }
        bytes += written > 0 ? written : 0;
        n -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

/* One line with its newline. */
static void write_line(struct alerts *alerts, struct alert_output *output, int severity, const char *line,
                       size_t n)
{
    int ret = output->fd >= 0 ? write_all(output->fd, line, n)
                              : system_log_send(&output->log, severity, line, n - 1);
    if (ret < 0) {
        alerts->lost++;
        if (!output->failing) {
            dprintf(STDERR_FILENO, "proctor: can't write alerts: %s\n", strerror(-ret));
        }
    }
    output->failing = ret < 0;
}

void alerts_write(struct alerts *alerts, const struct buf *lines)
{
    const char *end = lines->data + lines->len;
    for (const char *at = lines->data; lines->len && at < end;) {
        int severity = *at++ - '0';
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t n = newline ? (size_t)(newline - at) + 1 : 0;
        if (n == 0) {
            return;
        }
        for (size_t i = 0; i < alerts->output_count; i++) {
            write_line(alerts, &alerts->outputs[i], severity, at, n);
        }
        at += n;
    }
}
