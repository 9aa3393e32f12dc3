/* Asks this host's kernel about the connections of a live capture: which, how often, and who has
 * the sockets. Bounded: at most 20 rounds of questions a second, fewer when they take long, and
 * about so many connections at a time. */
#ifndef TCPVIZ_KERNEL_WATCH_H
#define TCPVIZ_KERNEL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/kernel_socket.h"

struct kernel_watch;

struct kernel_watch_options {
    const char *interface; /* of the capture; borrowed during the call */
    const char *proc;      /* NULL: /proc */
    /* A kernel's word on one end; the socket's own state, LISTEN where only a listener answers. */
    void (*sample)(void *context, const struct track_kernel_socket *socket, uint32_t scope,
                   uint64_t connection);
    void *context;
};

/* NULL and one line of "what: why" in *error if the kernel cannot be asked. */
struct kernel_watch *kernel_watch_open(const struct kernel_watch_options *options,
                                       struct base_strbuf *error);
void kernel_watch_close(struct kernel_watch *watch);

/* A connection as a segment of it or a timer leaves it. */
struct kernel_watched {
    uint64_t number;
    uint32_t scope;
    bool self_connect;
    struct wire_endpoint end[2]; /* by enum track_side */
    uint8_t state[2];            /* enum track_state, as inferred */
};

/* Cheap for a connection that is known: then only number and state are looked at. False for one
 * that is not, and that takes all of it: kernel_watch_add(). */
bool kernel_watch_note(struct kernel_watch *watch, uint64_t number, const uint8_t state[2]);
void kernel_watch_add(struct kernel_watch *watch, const struct kernel_watched *connection);
void kernel_watch_forget(struct kernel_watch *watch, uint64_t number);

/* Asks what is due. */
void kernel_watch_turn(struct kernel_watch *watch);
/* Asks about all that it knows, now: nothing more will be read. */
void kernel_watch_finish(struct kernel_watch *watch);
/* Milliseconds until something is due; -1: nothing is. */
int kernel_watch_wait(const struct kernel_watch *watch);

struct kernel_watch_counts {
    uint64_t rounds, questions;
    uint64_t scans;     /* of all processes */
    uint64_t not_asked; /* connections for which there was no room */
};
struct kernel_watch_counts kernel_watch_counts(const struct kernel_watch *watch);

#endif
