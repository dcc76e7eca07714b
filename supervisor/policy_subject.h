/*
 * A decoded event as the rules see it: its process (for an exec: as it will be), its descriptor, and what its
 * result will probably be.
 */
#ifndef PROCTOR_SUPERVISOR_POLICY_SUBJECT_H
#define PROCTOR_SUPERVISOR_POLICY_SUBJECT_H

#include <netinet/in.h>
#include <sys/un.h>

#include "supervisor/facts.h"
#include "supervisor/slot.h"

struct event_subject {
    struct policy_subject subject;
    const struct slot *slot;
    enum call_id id;              /* what the event is of: behind a multiplexer, the call it stands for */
    struct facts *facts;          /* held by the owner of this */
    struct memo *memo;            /* of the process that rules see; NULL: it is new */
    struct policy_process future; /* an exec's process */
    bool is_exec;
    bool predicted;
    int64_t prediction;
    bool address_read;
    size_t address_length; /* 0: the call gives none that could be read */
    union {
        sa_family_t family;
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    } address;       /* of a connect, bind, sendto, sendmsg, as it was at the entry */
    struct buf argv; /* of the exec: bytes behind future's texts; keeps its room between events */
    char fd_name[PATH_MAX + 1];
    char name[16];
    char exepath[PATH_MAX];
};

/*
 * Fills in what is known without a look at /proc; the rest is loaded when a rule asks. comes: the exit of the
 * call will be judged too (event_subject_returned), so nothing has to be predicted.
 */
void event_subject_init(struct event_subject *s, const struct slot *slot, struct facts *facts,
                        const char *hostname, bool comes);

/* The event's exec will fail, or may: the process is the one that calls it. */
void event_subject_failed(struct event_subject *s);

/* The event has its result now, or will never have one. */
void event_subject_returned(struct event_subject *s);

/* Whether the call opens a file by its path: open, openat... */
bool subject_opens(enum call_id id);

/* The decoded first path among the arguments; NULL: there is none that could be read. */
const struct value *subject_path(const struct event *event);

/* Reads the address that the call gives (subject_fd.c). */
void subject_read_address(struct event_subject *s);

/* After a connect: fills in what it changed, if its socket is still there. */
void subject_refresh_fd(struct event_subject *s);

/* Fills in the descriptor (subject_fd.c). For struct policy_subject. */
void subject_load_fd(struct policy_subject *subject);

#endif
