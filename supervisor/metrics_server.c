#include "supervisor/metrics_server.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "supervisor/trace_clock.h"
#include "supervisor/unix_socket.h"

enum { CLIENTS_MAX = 16, REQUEST_MAX = 8192, BACKLOG = 16, ADDRESS_MAX = 256 };

#define PATIENCE_NS (5 * NS_PER_SECOND)

struct metrics_client {
    struct watch watch;
    struct metrics_server *server;
    struct metrics_client *next;
    int fd;
    int64_t since_ns;
    size_t received;
    struct buf answer; /* empty: the request is not complete */
    size_t sent;
    char request[REQUEST_MAX + 1];
};

static void drop(struct metrics_client *client)
{
    struct metrics_client **at = &client->server->clients;
    while (*at != client) {
        at = &(*at)->next;
    }
    *at = client->next;
    client->server->client_count--;
    loop_remove(client->server->loop, client->fd);
    close(client->fd);
    buf_free(&client->answer);
    free(client);
}

/* The path of "GET PATH HTTP/1.x"; what it asks for beyond that does not matter. */
static bool asks_for(const char *request, const char *path)
{
    size_t n = strlen(path);
    return strncmp(request, "GET ", 4) == 0 && strncmp(request + 4, path, n) == 0 &&
           (request[4 + n] == ' ' || request[4 + n] == '?');
}

static void compose(struct metrics_client *client)
{
    struct buf body = {0};
    const char *status = "200 OK";
    if (asks_for(client->request, "/metrics")) {
        client->server->render(client->server, &body);
    } else if (asks_for(client->request, "/")) {
        buf_str(&body, "See /metrics\n");
    } else {
        status = strncmp(client->request, "GET ", 4) == 0 ? "404 Not Found" : "405 Method Not Allowed";
        buf_printf(&body, "%s\n", status);
    }
    buf_printf(&client->answer,
               "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n\r\n",
               status, body.len);
    buf_bytes(&client->answer, body.data, body.len);
    buf_free(&body);
}

/* False: there is nothing more to be done for the client. */
static bool receive(struct metrics_client *client)
{
    ssize_t n =
        recv(client->fd, client->request + client->received, REQUEST_MAX - client->received, MSG_DONTWAIT);
    if (n <= 0) {
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
    client->received += (size_t)n;
    client->request[client->received] = 0;
    if (strstr(client->request, "\r\n\r\n") || strstr(client->request, "\n\n")) {
        compose(client);
        return !client->answer.failed;
    }
    return client->received < REQUEST_MAX;
}

static bool answer(struct metrics_client *client)
{
    while (client->sent < client->answer.len) {
        ssize_t n = send(client->fd, client->answer.data + client->sent, client->answer.len - client->sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        client->sent += (size_t)n;
    }
    return false;
}

static void client_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct metrics_client *client = container_of(watch, struct metrics_client, watch);
    bool more = true;
    (void)events;
    if (!client->answer.len) {
        more = receive(client);
        if (more && client->answer.len) { /* from now on it is writing that has to wait */
            loop_remove(loop, client->fd);
            more = loop_add(loop, client->fd, EPOLLOUT, watch) == 0;
        }
    }
    if (more && client->answer.len) {
        more = answer(client);
    }
    if (!more) {
        drop(client);
    }
}

static void accept_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct metrics_server *server = container_of(watch, struct metrics_server, watch);
    cleanup_close int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    (void)events;
    if (fd < 0 || server->client_count >= CLIENTS_MAX) {
        return; /* closed: who asks again is served again */
    }
    struct metrics_client *client = calloc(1, sizeof(*client));
    if (!client) {
        return;
    }
    client->watch.ready = client_ready;
    client->server = server;
    client->since_ns = trace_clock_monotonic();
    client->fd = fd;
    if (loop_add(loop, fd, EPOLLIN, &client->watch) < 0) {
        free(client);
        return;
    }
    (void)take_fd(&fd);
    client->next = server->clients;
    server->clients = client;
    server->client_count++;
}

/* ADDRESS:PORT into its parts; a numeric IPv6 address stands in brackets. */
static bool split(const char *text, char *host, size_t size, const char **port)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || !colon[1]) {
        return false;
    }
    bool brackets = *text == '[' && colon[-1] == ']';
    size_t begin = brackets ? 1 : 0;
    size_t end = (size_t)(colon - text) - begin;
    if (end <= begin || end - begin >= size) {
        return false;
    }
    memcpy(host, text + begin, end - begin);
    host[end - begin] = 0;
    *port = colon + 1;
    return brackets || !strchr(host, ':');
}

static int listen_inet(const char *text, struct error *err)
{
    char host[ADDRESS_MAX];
    const char *port;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (!split(text, host, sizeof(host), &port) || getaddrinfo(host, port, &hints, &found) != 0) {
        return error_set(err, EINVAL, "--metrics: '%s' is neither ADDRESS:PORT nor the path of a socket",
                         text);
    }
    int one = 1;
    cleanup_close int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int ret = 0;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0 ||
        bind(fd, found->ai_addr, found->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        ret = error_errno(err, errno, "--metrics: can't listen on %s", text);
    }
    freeaddrinfo(found);
    return ret < 0 ? ret : take_fd(&fd);
}

static int listen_unix(struct metrics_server *server, const char *path, struct error *err)
{
    int fd = unix_listen(path, BACKLOG);
    if (fd < 0) {
        return error_errno(err, -fd, "--metrics: can't make the socket '%s'", path);
    }
    server->path = path;
    return fd;
}

int metrics_server_open(struct metrics_server *server, struct loop *loop, const char *address,
                        struct error *err)
{
    server->loop = loop;
    server->path = NULL;
    server->watch.ready = accept_ready;
    const char *path = strncmp(address, "unix:", 5) == 0 ? address + 5 : *address == '/' ? address : NULL;
    server->fd = path ? listen_unix(server, path, err) : listen_inet(address, err);
    if (server->fd < 0) {
        return server->fd;
    }
    int ret = loop_add(loop, server->fd, EPOLLIN, &server->watch);
    return ret < 0 ? error_errno(err, -ret, "--metrics: can't watch the socket") : 0;
}

void metrics_server_tick(struct metrics_server *server)
{
    if (!server->clients) {
        return;
    }
    int64_t now = trace_clock_monotonic();
    for (struct metrics_client *client = server->clients, *next; client; client = next) {
        next = client->next;
        if (now - client->since_ns > PATIENCE_NS) {
            drop(client);
        }
    }
}

void metrics_server_close(struct metrics_server *server)
{
    for (struct metrics_client *client = server->clients, *next; client; client = next) {
        next = client->next;
        drop(client);
    }
    if (server->fd >= 0) {
        close(take_fd(&server->fd));
    }
    if (server->path) {
        (void)unlink(server->path);
        server->path = NULL;
    }
}
