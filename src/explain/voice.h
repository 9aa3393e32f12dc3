/* The places in sentences about a segment, and what it is. Internal to src/explain. */
#ifndef TCPVIZ_EXPLAIN_VOICE_H
#define TCPVIZ_EXPLAIN_VOICE_H

#include "explain/segment.h"

/* What kind of segment it is, as a teacher would say. */
enum explain_kind {
    EXPLAIN_SYN,
    EXPLAIN_SYN_AGAIN,
    EXPLAIN_SYN_CROSSING, /* the second SYN of a simultaneous open */
    EXPLAIN_SYN_DATA,     /* Fast Open */
    EXPLAIN_SYN_ACK,
    EXPLAIN_SYN_ACK_AGAIN,
    EXPLAIN_SYN_ACK_CROSSING,
    EXPLAIN_HANDSHAKE_ACK,
    EXPLAIN_HANDSHAKE_DATA,
    EXPLAIN_DATA,
    EXPLAIN_DATA_AGAIN,
    EXPLAIN_DATA_FIN,
    EXPLAIN_FIN,
    EXPLAIN_FIN_AGAIN,
    EXPLAIN_FIN_ANSWER,   /* the second FIN, after the first was acknowledged */
    EXPLAIN_FIN_MERGED,   /* the second FIN is the ack of the first */
    EXPLAIN_FIN_CROSSING, /* the second FIN left before the first arrived */
    EXPLAIN_ACK_OF_FIN,
    EXPLAIN_LAST_ACK, /* of the second FIN */
    EXPLAIN_LAST_ACK_AGAIN,
    EXPLAIN_ACK, /* of new data */
    EXPLAIN_ACK_NOTHING_NEW,
    EXPLAIN_DUPLICATE_ACK,
    EXPLAIN_CHALLENGE_ACK,
    EXPLAIN_KEEP_ALIVE,
    EXPLAIN_KEEP_ALIVE_ACK,
    EXPLAIN_ZERO_WINDOW,
    EXPLAIN_WINDOW_PROBE,
    EXPLAIN_WINDOW_PROBE_ACK,
    EXPLAIN_WINDOW_UPDATE,
    EXPLAIN_RST_REFUSES,
    EXPLAIN_RST_ABORTS_OPEN,
    EXPLAIN_RST_NO_SOCKET, /* the answer of a host without this connection */
    EXPLAIN_RST_AFTER_CLOSE,
    EXPLAIN_RST_ABORTS,
    EXPLAIN_RST_IGNORED,
    EXPLAIN_RST_CHANGES_NOTHING,
    EXPLAIN_NO_TCP_SENDS_THIS, /* flags that contradict each other, or none */
    EXPLAIN_ICMP,
    EXPLAIN_TIMER,
    EXPLAIN_KINDS
};

enum explain_kind explain_kind_of(const struct explain_subject *subject);

static inline bool explain_has(const struct explain_subject *subject, enum track_finding finding)
{
    return subject->event->findings >> finding & 1;
}

/* The transition of a side at this segment to a state, or NULL. */
const struct track_transition *explain_moved_to(const struct explain_subject *subject,
                                                enum track_side side, enum track_state state);

/* Fills the places {sender} {receiver} {seq} {raw_seq} {ack} {next} {due_seq} {due_ack} {ack_sum}
 * {payload} {acked} {related} {number} {raw_window} {window} {mtu}. */
void explain_say(const struct explain_subject *subject, const struct explain_options *options,
                 const char *sentence, struct base_strbuf *out);

/* "the client", "the server"; "the socket" where it talks to itself */
const char *explain_end_name(const struct track_connection *record, enum track_side side);

#endif
