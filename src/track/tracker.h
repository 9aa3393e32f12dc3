/* The tracker: segments in, in capture order; events, transitions and connection records out (SPEC
 * 3).
 *
 * It does no I/O and has no clock: time is the packets', or handed in by tracker_advance(). */
#ifndef TCPVIZ_TRACK_TRACKER_H
#define TCPVIZ_TRACK_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "track/call.h"
#include "track/event.h"
#include "track/kernel_socket.h"
#include "track/passage.h"
#include "wire/segment.h"

struct tracker;
struct track_conn; /* a live connection; valid during the callback that hands it over */

struct tracker_options {
    int64_t msl_ns;         /* TIME_WAIT lasts twice that; Linux: 30 s */
    size_t max_connections; /* 0: no bound */
    size_t warm;            /* connections that are not frozen (store.h); 0: as many as is good */
    uint64_t hash_seed;     /* random in the program, fixed in tests */
    bool wireshark;         /* give Wireshark's verdicts too (struct track_event.wireshark) */
};

/* Any member may be NULL. Pointers are valid during the call only. */
struct track_observer {
    /* A segment or timer, with the states after it. */
    void (*event)(void *context, const struct track_conn *conn, const struct track_event *event);
    /* A transition that is final, in time order within its connection. */
    void (*transition)(void *context, const struct track_conn *conn,
                       const struct track_transition *transition);
    /* A connection that ended or is written out at the end; follows its last transition. */
    void (*connection)(void *context, const struct track_connection *connection);
    /* A segment of this connection is likely to follow: time to fetch what is kept of it. Said or
     * not, nothing else may depend on it. */
    void (*expect)(void *context, uint64_t connection);
    /* The tracker never calls it: whoever feeds it does, when it knows more than packets. A socket
     * call has returned, or will not. */
    void (*call)(void *context, const struct track_call *call);
    /* A kernel was asked about an endpoint: tracker_kernel(). socket->changes says what is new, 0
     * when that is no more than figures. */
    void (*kernel)(void *context, const struct track_kernel_socket *socket, uint64_t connection);
    /* Never called by the tracker: a segment that was told before was seen at the other end of the
     * wire, too, or never came there. */
    void (*passage)(void *context, const struct track_passage *passage);
};

/* Never NULL. The observer is copied, its context is borrowed. */
struct tracker *tracker_new(const struct tracker_options *options,
                            const struct track_observer *observer, void *context);
/* Writes nothing: call tracker_finish() first. */
void tracker_free(struct tracker *tracker);

void tracker_segment(struct tracker *tracker, const struct wire_segment *segment);

/* The same for batches, so that the waits for memory overlap: decode the batch, call
 * tracker_expect() for each of its segments, then tracker_expect_more() for each, then
 * tracker_expect_rest(), tracker_expect_told(), then tracker_expected_segment() for each in their
 * order. Results never depend on it. */
typedef uint32_t tracker_flow; /* which flow a segment belongs to: a keyed hash */
/* Begins to fetch where its connection is noted. */
tracker_flow tracker_expect(const struct tracker *tracker, const struct wire_segment *segment);
/* Begins to fetch where the connection is. */
void tracker_expect_more(const struct tracker *tracker, tracker_flow flow);
/* Begins to fetch the connection itself. */
void tracker_expect_rest(const struct tracker *tracker, tracker_flow flow);
/* Lets the observer fetch what it keeps of the connection. */
void tracker_expect_told(const struct tracker *tracker, tracker_flow flow);
/* flow: as tracker_expect() gave it for this segment. */
void tracker_expected_segment(struct tracker *tracker, const struct wire_segment *segment,
                              tracker_flow flow);
void tracker_icmp_error(struct tracker *tracker, const struct wire_icmp_error *error);
/* A kernel's word on an endpoint of one of the connections, to be compared with its state here and
 * handed to the observer with the verdict. Samples of an endpoint come in order of time. scope is
 * the segments' one. number is the connection's; 0: the one that has these addresses now. */
void tracker_kernel(struct tracker *tracker, const struct track_kernel_socket *socket,
                    uint32_t scope, uint64_t number);
/* Lets timers run up to now_ns (live and replay; files need it not: packet time does it). */
void tracker_advance(struct tracker *tracker, int64_t now_ns);
/* The capture ended: writes out every connection, in the order of their numbers. Nothing expires by
 * it. */
void tracker_finish(struct tracker *tracker);

struct tracker_counts {
    uint64_t segments, connections, open_connections, evicted, icmp_errors;
};
struct tracker_counts tracker_counts(const struct tracker *tracker);

/* A snapshot of a live connection. */
void track_conn_describe(const struct track_conn *conn, struct track_connection *out);
/* The same without the round-trip times of its measures, whose quantiles take longest: for
 * every event. */
void track_conn_describe_briefly(const struct track_conn *conn, struct track_connection *out);
uint64_t track_conn_number(const struct track_conn *conn);
/* Whether a SYN was seen; *start_ns is the time of its first segment. */
bool track_conn_began(const struct track_conn *conn, int64_t *start_ns);
const struct wire_endpoint *track_conn_endpoint(const struct track_conn *conn,
                                                enum track_side side);
uint32_t track_conn_scope(const struct track_conn *conn);
bool track_conn_self_connect(const struct track_conn *conn);
/* The transitions that are not written yet, best knowledge, in time order; at most max of them.
 * What was handed to the observer's transition plus these is the connection's whole list as known
 * now; a later call replaces them. */
size_t track_conn_open_transitions(const struct track_conn *conn, struct track_transition *out,
                                   size_t max);
#define TRACK_MAX_OPEN_TRANSITIONS 64

#endif
