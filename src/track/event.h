/* What the tracker says: an event per segment or timer, a record per transition, a record per
 * connection. */
#ifndef TCPVIZ_TRACK_EVENT_H
#define TCPVIZ_TRACK_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "track/finding.h"
#include "track/kernel_socket.h"
#include "track/state.h"
#include "wire/segment.h"

/* Index of an endpoint in its connection. A self-connect has TRACK_CLIENT only. */
enum track_side { TRACK_CLIENT, TRACK_SERVER };

static inline enum track_side track_other(enum track_side side)
{
    return side == TRACK_CLIENT ? TRACK_SERVER : TRACK_CLIENT;
}

/* Why a transition was made; the texts and sections are in fsm.c. */
enum track_cause {
    TRACK_CAUSE_NONE,
    TRACK_CAUSE_SENT_SYN,
    TRACK_CAUSE_RECEIVED_SYN,
    TRACK_CAUSE_RECEIVED_SYN_IN_SYN_SENT, /* simultaneous open */
    TRACK_CAUSE_RECEIVED_SYN_ACK,
    TRACK_CAUSE_RECEIVED_ACK_OF_SYN,
    TRACK_CAUSE_SENT_FIN,
    TRACK_CAUSE_RECEIVED_FIN,
    TRACK_CAUSE_RECEIVED_ACK_OF_FIN,
    TRACK_CAUSE_SENT_RST,
    TRACK_CAUSE_RECEIVED_RST,
    TRACK_CAUSE_RECEIVED_RST_IN_SYN_RECEIVED, /* Linux: CLOSED; RFC 9293: LISTEN */
    TRACK_CAUSE_REFUSED,
    TRACK_CAUSE_ICMP,
    TRACK_CAUSE_ABORTED_OPEN, /* its RST answers an acceptable SYN-ACK */
    TRACK_CAUSE_TIME_WAIT_EXPIRED,
    TRACK_CAUSE_TIME_WAIT_REUSED,
    TRACK_CAUSE_NO_SOCKET, /* it answers as a host without this connection */
    TRACK_CAUSE_JOINED,    /* first known state of a connection joined in the middle */
    TRACK_CAUSES
};

/* "received FIN". */
const char *track_cause_text(enum track_cause cause);
/* "9293 3.10.7.4"; NULL when there is no RFC for it. */
const char *track_cause_rfc(enum track_cause cause);

struct track_transition {
    uint64_t frame; /* the segment that moved the endpoint; 0: a timer or nothing on the wire did */
    uint64_t confirmed_by; /* frame of the proof; 0: silence, or not confirmed */
    int64_t time_ns;
    uint8_t side;  /* enum track_side */
    uint8_t from;  /* enum track_state */
    uint8_t to;    /* enum track_state */
    uint8_t cause; /* enum track_cause */
    bool confirmed;
};

/* Checks on a segment's arithmetic (SPEC 4). */
enum track_check_kind {
    TRACK_CHECK_SEQ,       /* seq is the next expected */
    TRACK_CHECK_ACK,       /* ack acknowledges what was sent and no more */
    TRACK_CHECK_WINDOW,    /* the segment lies in the window the peer offered */
    TRACK_CHECK_SACK,      /* blocks lie between the ack and what was sent */
    TRACK_CHECK_TIMESTAMP, /* echoes what was sent, never runs back (RFC 7323 section 5) */
    TRACK_CHECK_OPTIONS,   /* legal for where they stand */
    TRACK_CHECK_CHECKSUM,
    TRACK_CHECKS
};

enum track_outcome { TRACK_NOT_CHECKED, TRACK_HOLDS, TRACK_BREAKS, TRACK_CANNOT_KNOW };

struct track_check {
    uint32_t expected, seen; /* wire values; both 0 where the check has no single number */
    uint8_t outcome;         /* enum track_outcome */
};

/* ack = base + bytes + syn + fin, where base is the sequence number that the previous ack of this
 * sender stood at (or the first one it acknowledges). The sum is exact whenever known is true. */
struct track_sum {
    uint32_t base;  /* wire value */
    uint32_t bytes; /* payload newly acknowledged */
    uint8_t syn, fin;
    bool known;
};

/* What an ICMP error says (TRACK_EVENT_ICMP). */
struct track_icmp {
    uint8_t family;     /* of the reporter: 4 or 6 */
    uint8_t type, code; /* as on the wire */
    uint32_t mtu;       /* fragmentation needed, packet too big; else 0 */
};

enum track_event_kind { TRACK_EVENT_SEGMENT, TRACK_EVENT_ICMP, TRACK_EVENT_TIMER };

struct track_event {
    uint64_t frame; /* 0: a timer */
    int64_t time_ns;
    uint64_t connection; /* number, from 1 */
    int64_t rel_seq; /* from the sender's ISN, unwrapped beyond 2^32, negative before it; valid if
                        rel_seq_known */
    int64_t rel_ack; /* from the receiver's ISN */
    int64_t arrived_ns; /* at the receiver's end; valid if arrival is WIRE_ARRIVED */
    uint64_t related_frame; /* the frame a retransmission repeats, a duplicate ack duplicates; 0
                               unknown */
    track_finding_set findings;
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint32_t window_bytes; /* scaled, if the scale is known */
    struct track_sum ack_sum;
    struct track_check checks[TRACK_CHECKS];
    uint32_t duplicate_ack_number; /* 1, 2, … when TRACK_DUPLICATE_ACK */
    uint32_t bytes_in_flight;      /* of the sender, after this segment */
    uint32_t wireshark;            /* wireshark_set, when asked for */
    uint16_t flags;
    uint16_t window; /* as sent */
    uint16_t urgent;
    uint8_t kind;         /* enum track_event_kind */
    uint8_t sender;       /* enum track_side; of an ICMP error: the peer of who gets it */
    uint8_t arrival;      /* enum wire_arrival */
    uint8_t state[2];     /* enum track_state, by side, after this event, as known then */
    uint8_t certainty[2]; /* enum track_certainty */
    bool rel_seq_known, rel_ack_known, window_scale_known;
    bool first_of_connection;
    struct wire_options options;
    struct track_icmp icmp;
};

enum track_open {
    TRACK_OPEN_THREE_WAY,
    TRACK_OPEN_SIMULTANEOUS,
    TRACK_OPEN_FAST_OPEN,
    TRACK_OPEN_REFUSED,
    TRACK_OPEN_UNANSWERED,
    TRACK_OPEN_HALF, /* answered, never completed */
    TRACK_OPEN_MIDSTREAM
};

enum track_close {
    TRACK_CLOSE_OPEN, /* not closed */
    TRACK_CLOSE_FOUR_WAY,
    TRACK_CLOSE_THREE_SEGMENT,
    TRACK_CLOSE_SIMULTANEOUS,
    TRACK_CLOSE_HALF_CLOSED,
    TRACK_CLOSE_RESET,
    TRACK_CLOSE_TIMEOUT
};

enum track_closed_by {
    TRACK_CLOSED_BY_NONE,
    TRACK_CLOSED_BY_CLIENT,
    TRACK_CLOSED_BY_SERVER,
    TRACK_CLOSED_BY_BOTH
};

/* The JSON words of SPEC 5. */
const char *track_open_name(enum track_open open);
const char *track_close_name(enum track_close close);
const char *track_closed_by_name(enum track_closed_by by);
const char *
track_outcome_name(enum track_outcome outcome); /* "holds", "breaks", "cannot be known" */
const char *track_check_name(enum track_check_kind check); /* "seq", "ack", … */

/* Times from the capture point to an endpoint and back, taken there: its delays in acknowledging
 * (RFC 9293 section 3.8.6.3) are part of them. */
struct track_rtt {
    uint64_t samples; /* the rest is valid if > 0 */
    int64_t min_ns, max_ns, mean_ns;
    int64_t median_ns, p95_ns; /* exact up to 16 samples, then within 6.25 % */
};

/* What was measured of an endpoint; the definitions are in measure.h. */
struct track_measures {
    int64_t handshake_ns; /* its half of the handshake: from the SYN or SYN-ACK to its answer; -1 */
    struct track_rtt ack; /* from the peer's data to this end's ack of it */
    struct track_rtt timestamp; /* from the peer's TSval to this end's echo of it */
    uint64_t retransmitted_bytes;
    uint64_t lost_by_network;     /* bytes that it sent */
    uint64_t missed_by_capture;   /* bytes that it sent */
    uint64_t throughput, goodput; /* bytes a second; 0: no time to measure over */
    uint64_t idle_gaps;
    int64_t idle_longest_ns;
    int64_t zero_window_ns;
    int64_t state_ns[TRACK_STATES]; /* by enum track_state; valid where states has the bit */
    int64_t state_since_ns;         /* when the last of them was entered; valid if states != 0 */
    uint16_t states;                /* 1 << enum track_state: those that it was in */
    bool window_known;
    uint32_t window_min, window_max, window_last; /* bytes it offered; valid if window_known */
    uint32_t in_flight, in_flight_max; /* bytes sent and not acknowledged: now, and at most */
};

struct track_end_record {
    struct wire_endpoint endpoint;
    uint64_t packets;
    uint64_t payload_bytes; /* as sent, repeats counted again */
    uint64_t unique_bytes;  /* each sequence number once */
    uint32_t retransmissions, out_of_order, duplicate_acks, zero_windows;
    uint32_t isn;        /* valid if isn_known */
    uint16_t mss;        /* offered; 0: not seen */
    int8_t window_scale; /* offered; -1: not offered or SYN not seen */
    bool isn_known;
    uint8_t state;     /* enum track_state */
    uint8_t certainty; /* enum track_certainty */
    struct track_kernel_word kernel;
    struct track_measures measures;
};

#define TRACK_ZEEK_HISTORY 33 /* 32 letters */

/* A connection as it stands: at its end, or a snapshot of a live one. */
struct track_connection {
    uint64_t number;
    uint64_t frames[2];   /* first and last frame */
    uint32_t incarnation; /* 1, 2, … of this 4-tuple */
    uint32_t scope;       /* as struct wire_segment's */
    struct track_end_record end[2];
    int64_t start_ns, end_ns;
    int64_t handshake_server_ns; /* SYN to SYN-ACK as seen here: the server's half; -1 unknown */
    int64_t handshake_client_ns; /* SYN-ACK to ACK: the client's half; -1 unknown */
    uint64_t checks_held, checks_broken, checks_unknown;
    uint32_t findings[TRACK_FINDINGS];
    uint8_t open;      /* enum track_open */
    uint8_t close;     /* enum track_close */
    uint8_t closed_by; /* enum track_closed_by */
    uint8_t wireshark_completeness;
    bool guessed;      /* which end is the client was guessed by port */
    bool self_connect; /* one socket talks to itself: end[TRACK_SERVER] is empty */
    bool evicted;      /* written out early to keep to the bound */
    char zeek_conn_state[8];
    char zeek_history[TRACK_ZEEK_HISTORY];
};

#endif
