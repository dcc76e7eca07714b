/*
 * race WHAT CALLS SECONDS: one thread makes calls whose argument another one changes all the time, from what
 * is allowed to what is not; how often did the call get through to what is not? In the working directory:
 *
 *   open     the path of an open alternates between "good" and "evil"
 *   link     the path stays, and is a symbolic link that alternates between the two
 *   rename   the first path of a rename alternates between them
 *   connect  the port of a (datagram) connect alternates between 1111 and 6666
 *   send     the port of a sendmsg does; a socket bound to 6666 sees what came through
 *
 * Ends after so many calls, or so many seconds. Prints "WHAT: N calls, M allowed, K through".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { GOOD_PORT = 1111, EVIL_PORT = 6666 };

static union {
    char path[8];
    struct sockaddr_in address;
} shared;
static atomic_bool done;
static ino_t evil_inode;

static void set_path(bool evil)
{
    /* Four bytes at once: never something between the two. */
    __atomic_store_n((int *)(void *)shared.path,
                     evil ? *(const int *)(const void *)"evil" : *(const int *)(const void *)"good",
                     __ATOMIC_RELAXED);
}

static void set_link(bool evil)
{
    unlink("link.new");
    if (symlink(evil ? "evil" : "good", "link.new") == 0) {
        (void)rename("link.new", "link");
    }
}

static void set_port(bool evil)
{
    __atomic_store_n(&shared.address.sin_port, htons(evil ? EVIL_PORT : GOOD_PORT), __ATOMIC_RELAXED);
}

/* Each try returns 1 where it reached what is not allowed, 0 where it reached what is, -1 for neither. */
static int is_evil(int fd)
{
    struct stat st;
    int ret = fd >= 0 && fstat(fd, &st) == 0 ? st.st_ino == evil_inode : -1;
    if (fd >= 0) {
        close(fd);
    }
    return ret;
}

static int try_open(void)
{
    return is_evil(open(shared.path, O_RDONLY));
}

static int try_link(void)
{
    return is_evil(open("link", O_RDONLY));
}

static int try_rename(void)
{
    struct stat st;
    if (rename(shared.path, "moved") < 0 || stat("moved", &st) < 0) {
        return -1;
    }
    bool evil = st.st_ino == evil_inode;
    return rename("moved", evil ? "evil" : "good") == 0 ? evil : -1;
}

static int connected = -1;
static int receiver = -1;

static int try_connect(void)
{
    struct sockaddr_in peer;
    socklen_t n = sizeof(peer);
    if (connect(connected, (struct sockaddr *)&shared.address, sizeof(shared.address)) < 0 ||
        getpeername(connected, (struct sockaddr *)&peer, &n) < 0) {
        return -1;
    }
    return peer.sin_port == htons(EVIL_PORT);
}

static int try_send(void)
{
    char byte = 'x';
    struct iovec iov = {&byte, 1};
    struct msghdr message = {
        .msg_name = &shared.address, .msg_namelen = sizeof(shared.address), .msg_iov = &iov, .msg_iovlen = 1};
    ssize_t sent = sendmsg(connected, &message, 0);
    if (recv(receiver, &byte, 1, MSG_DONTWAIT) == 1) { /* over the loop it is there at once */
        return 1;
    }
    return sent == 1 || errno == ECONNREFUSED ? 0 : -1;
}

static const struct {
    const char *name;
    void (*set)(bool evil);
    int (*try)(void);
} races[] = {{"open", set_path, try_open},
             {"link", set_link, try_link},
             {"rename", set_path, try_rename},
             {"connect", set_port, try_connect},
             {"send", set_port, try_send}};

static void *change(void *argument)
{
    void (*set)(bool evil) = *(void (**)(bool))argument;
    for (unsigned i = 0; !done; i++) {
        set(i & 1);
    }
    return NULL;
}

static void prepare(bool socket_too)
{
    struct stat st;
    if (stat("evil", &st) == 0) {
        evil_inode = st.st_ino;
    }
    if (socket_too) {
        shared.address = (struct sockaddr_in){
            .sin_family = AF_INET, .sin_port = htons(EVIL_PORT), .sin_addr = {htonl(INADDR_LOOPBACK)}};
        connected = socket(AF_INET, SOCK_DGRAM, 0);
        receiver = socket(AF_INET, SOCK_DGRAM, 0);
        (void)bind(receiver, (struct sockaddr *)&shared.address, sizeof(shared.address));
    }
}

int main(int argc, char **argv)
{
    size_t which = 0;
    while (argc == 4 && which < 5 && strcmp(races[which].name, argv[1]) != 0) {
        which++;
    }
    if (argc != 4 || which == 5) {
        return 2;
    }
    long most = strtol(argv[2], NULL, 10);
    time_t end = time(NULL) + strtol(argv[3], NULL, 10);
    long count[3] = {0};
    long calls = 0;
    pthread_t thread;
    prepare(which >= 3);
    races[which].set(false);
    if (pthread_create(&thread, NULL, change, (void *)(uintptr_t)&races[which].set) != 0) {
        return 1;
    }
    for (; calls < most && (calls % 64 || time(NULL) < end); calls++) {
        count[races[which].try() + 1]++;
    }
    done = true;
    pthread_join(thread, NULL);
    printf("%s: %ld calls, %ld allowed, %ld through\n", argv[1], calls, count[1], count[2]);
    return 0;
}
