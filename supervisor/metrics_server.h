/*
 * Serves one text over HTTP: just what a Prometheus scrape asks for (GET, HTTP/1.0 and 1.1, one answer to a
 * connection). A library would do it too, but the one at hand brings a TLS library into every start of
 * proctor.
 */
#ifndef PROCTOR_SUPERVISOR_METRICS_SERVER_H
#define PROCTOR_SUPERVISOR_METRICS_SERVER_H

#include "decode/base/buf.h"
#include "decode/base/error.h"
#include "supervisor/watch.h"

struct metrics_client;

struct metrics_server {
    /* Appends the text to be served; set before metrics_server_open. */
    void (*render)(struct metrics_server *server, struct buf *out);
    struct loop *loop;
    struct watch watch;
    int fd;           /* -1: not open */
    const char *path; /* of a unix socket that we made; NULL: none */
    struct metrics_client *clients;
    unsigned client_count;
};

/*
 * Listens at `address`: ADDRESS:PORT with a numeric address, [IPv6]:PORT, or the path of a unix socket (mode
 * 0600, replaced if nobody serves it), which begins with '/' or "unix:". address stays as long as the server.
 * Returns 0, or a negative errno with err filled.
 */
int metrics_server_open(struct metrics_server *server, struct loop *loop, const char *address,
                        struct error *err);

/* Drops clients that take longer than five seconds. Call it now and then. */
void metrics_server_tick(struct metrics_server *server);

/* Also after a failed open, and if it was never opened with fd set to -1. */
void metrics_server_close(struct metrics_server *server);

#endif
