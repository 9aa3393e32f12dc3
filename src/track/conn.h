/* A connection as the tracker holds it. Internal to src/track. */
#ifndef TCPVIZ_TRACK_CONN_H
#define TCPVIZ_TRACK_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slab.h"
#include "track/event.h"
#include "track/fsm.h"
#include "track/measured.h"
#include "track/zeek.h"
#include "wire/segment.h"

#define TRACK_MAX_INPUTS 8
#define TRACK_MAX_STEPS 16
#define TRACK_MAX_HOLES 4

struct frozen;

/* Something that moves an endpoint if it happened: a segment that should have reached it and that
 * nothing it sent proves yet, or a RST of its own that may be forged. */
struct track_input {
    uint64_t frame;
    int64_t time_ns;
    uint32_t
        seq; /* GOT_SYN, GOT_SYN_ACK, GOT_FIN: the ack that proves it; GOT_RST, SENT_RST: its seq */
    uint32_t proof_end; /* acks: the peer's data up to here says the same; an ack of it proves this
                           one */
    uint64_t again_frame; /* GOT_ACK_OF_FIN: of the latest segment that acks it too; 0: none */
    int64_t again_ns;
    uint64_t held_by; /* the frame that proves it once it is clear that no FIN of the endpoint came
                       before; 0: none */
    uint32_t first_ack; /* GOT_FIN: the ack of its first copy */
    uint8_t kind;       /* enum fsm_input */
    uint8_t repeats;    /* how often its segment came again unanswered */
    bool has_proof_end : 1;
    bool acks_syn : 1; /* GOT_FIN: its copy acks this end's SYN too … */
    bool acks_fin : 1; /* … and its FIN: what arrived with it says both */
    bool bare : 1;     /* its segment brought nothing else that could be refused */
    bool skipped : 1;  /* the endpoint sent something since that does not cover it */
    bool arrived : 1;  /* the capture at this end shows it */
    bool doubtful : 1; /* may be forged, or of another life: never written as confirmed */
};

/* What is not settled or not written about a connection; there only while there is something. */
struct track_path {
    uint8_t inputs[2], steps[2];         /* how many */
    uint8_t input_room[2], step_room[2]; /* how many there is memory for */
    struct track_input *input[2];        /* by side */
    struct track_transition *step[2];
};

/* What was sent beyond a gap, in ascending order. */
struct track_hole_set {
    struct {
        uint32_t left, right;
    } range[TRACK_MAX_HOLES];
    uint8_t count;
};

/* What the peer's latest ACK reports by SACK, RFC 2018. */
struct track_sack_board {
    struct {
        uint32_t left, right;
    } range[4];
    uint8_t count;
};

/* A segment with data. */
struct track_sent {
    uint64_t frame; /* 0: there is none */
    int64_t time_ns;
    uint32_t right, ack;
};

/* One end. Sequence numbers are those it sends; the window and acks are what it offers and says. */
struct track_endpoint {
    uint32_t iss;
    uint32_t base; /* relative numbers count from here: iss, or one before the first number seen */
    uint32_t snd_una;    /* highest ack of the peer: what the peer is known to have received */
    uint32_t snd_nxt;    /* after the highest number sent */
    uint32_t contiguous; /* sent without a gap up to here: what the peer should have received */
    uint32_t open_nxt;   /* after the highest number it sent before it acked the peer's FIN */
    uint32_t shown;      /* after the highest number that the capture shows being sent */
    uint32_t small_end;  /* after its newest segment below the peer's MSS */
    struct track_sent unacked;     /* its oldest data that the peer has not acked */
    struct track_sent latest_data; /* its latest */
    uint32_t right_edge; /* highest number it ever allowed the peer to send up to: ack + window */
    uint32_t last_ack;   /* of its latest segment */
    uint32_t ts_value;   /* its latest TSval */
    uint32_t dup_acks;   /* in a row */
    uint32_t window_bytes;
    uint32_t window_seq;    /* of the segment that told the window (SND.WL1 of the peer) */
    uint64_t sent_rel;      /* snd_nxt counted from base, beyond 2^32 */
    int64_t reaction_ns;    /* from the peer's SYN or SYN-ACK to its answer, as seen here; -1 */
    int64_t last_seen_ns;   /* its latest segment */
    int64_t last_sent_ns;   /* its latest segment with payload, SYN or FIN */
    int64_t nxt_sent_ns;    /* when snd_nxt was last advanced */
    uint64_t release_frame; /* the ACK that covered small_end, 0 before */
    int64_t release_ns;
    uint64_t last_frame; /* of its latest segment */
    uint64_t last_ack_frame;
    uint64_t packets, payload_bytes, unique_bytes;
    uint16_t window; /* as sent */
    uint16_t mss;
    int8_t window_scale;
    uint8_t state;    /* proven, enum track_state */
    uint8_t presumed; /* with the unproven inputs */
    uint8_t written;  /* after its last transition that was written; UNKNOWN: none was */
    union {
        uint32_t flags; /* all of them */
        struct {
            bool reaction_clear : 1; /* the answer is to just that, and it was sent once only
                                      * (Karn's rule)
                                      */
            bool iss_known : 1;
            bool una_known : 1;
            bool nxt_known : 1;
            bool shown_known : 1;
            bool fin_known : 1;
            bool open_order : 1; /* which of FIN_WAIT_2 and CLOSING it passed is presumed */
            bool unsure : 1; /* for want of a segment in the capture: which of the two was closed
                            first, so that its states may be those of the other branch */
            bool ts_known : 1;
            bool small_known : 1;
            bool wild_seq_known : 1;
            bool wild_ack_known : 1;
            bool edge_known : 1;
            bool md5 : 1; /* its SYN was signed, RFC 2385 */
            bool syn_ack_sent : 1;
            bool sack_permitted : 1;
            bool last_was_rst : 1;
            bool last_was_keep_alive : 1;
            bool last_was_probe : 1;
        };
    };
    /* seldom asked for */
    uint32_t fin_end;   /* after its FIN */
    uint32_t fin_ack;   /* what the first FIN at fin_end acked */
    uint32_t wild_seq;  /* after a segment outside the peer's window: believed if the next one goes
                           on from it */
    uint32_t wild_ack;  /* an ack of the peer beyond snd_nxt: believed if it is said again or data
                           goes on there */
    uint64_t fin_frame; /* of the first FIN at fin_end */
    int64_t time_wait_ns; /* when TIME_WAIT began or was restarted */
    int64_t written_ns;   /* of its last transition that was written */
    uint32_t retransmissions, out_of_order, duplicate_acks, zero_windows;
};

enum conn_timer { CONN_NO_TIMER, CONN_TIMER_TIME_WAIT, CONN_TIMER_CLOSED, CONN_TIMERS };
enum conn_age { CONN_HALF_OPEN, CONN_COMPLETE, CONN_AGES };

/* A connection while it is worked on. While it is not, store.h keeps it in a tenth of the space;
 * what owns memory there is kept as the pointer, path excepted. */
struct track_conn {
    /* where it stands: store.h */
    struct base_slab *slab; /* where its path comes from; not owned */
    struct frozen *home;    /* what it was thawed from, or NULL: room for the next time */
    uint64_t turn;
    uint32_t id;
    uint32_t place;
    uint16_t home_room; /* bytes */
    bool used_lately;
    /* what can be asked without thawing it */
    uint8_t age; /* enum conn_age */
    uint32_t scope;
    struct wire_endpoint endpoint[2];
    uint64_t number, last_frame;
    struct track_path *path; /* NULL: all is settled and written */
    /* the rest, from first_frame on */
    uint64_t first_frame;
    int64_t start_ns, end_ns;
    int64_t syn_ns, syn_ack_ns;
    int64_t handshake_server_ns, handshake_client_ns;
    uint64_t checks_held, checks_broken, checks_unknown;
    uint32_t incarnation;
    uint32_t previous;  /* id of an older incarnation of which one end still lives, or 0 */
    uint32_t successor; /* id of the incarnation whose previous this is, or 0 */
    uint8_t timer;      /* enum conn_timer */
    uint8_t closers;    /* 1 << side of who sent the first FIN or RST; both when they crossed */
    uint8_t challenged; /* 1 << side that should send a challenge ACK next */
    uint8_t syn_seen;   /* 1 << side: a SYN (with or without ACK) of each end */
    union {
        uint32_t flags; /* all of them */
        struct {
            bool guessed : 1; /* which end is the client */
            bool flipped : 1; /* the first segment came from the server */
            bool self_connect : 1;
            bool fast_open : 1; /* the SYN asked for it: the server may send before the handshake is
                                   done */
            bool fast_open_used : 1; /* the SYN-ACK took the SYN's data */
            bool refused : 1;
            bool midstream : 1; /* the first segment was no SYN */
            bool simultaneous_open : 1, simultaneous_close : 1;
            bool fin_merged : 1; /* the second FIN was the first ack of the first one */
            bool reset : 1;      /* a RST ended it */
            bool flooded : 1;    /* began while very many attempts at its server were half-open */
            bool evicted : 1;
            bool measuring : 1;  /* what the SYNs brought was taken over */
            bool after_open : 1; /* its previous was not in TIME_WAIT when this one began */
        };
    };
    struct track_endpoint end[2];
    struct track_zeek zeek;
    struct measure_end measured[2]; /* from the first segment after the SYNs on, if measuring */
    struct track_hole_set *holes[2];
    struct track_sack_board *sacked[2]; /* what that side sent beyond the ack and the peer has */
    struct track_kernel *kernel;        /* what the kernel says; NULL: nothing */
    struct wireshark_flow *wireshark;   /* when asked for */
    int64_t timer_start_ns;
    uint64_t timer_serial; /* of its entry in the timers */
    uint32_t findings[TRACK_FINDINGS];
};

/* The other end's index; a self-connect is its own peer. */
static inline enum track_side conn_peer(const struct track_conn *conn, enum track_side side)
{
    return conn->self_connect ? side : track_other(side);
}

/* Both ends are known to be ESTABLISHED and nothing is open about them: what nearly all segments
 * meet. */
static inline bool conn_is_steady(const struct track_conn *conn)
{
    const struct track_endpoint *client = &conn->end[TRACK_CLIENT];
    const struct track_endpoint *server = &conn->end[TRACK_SERVER];
    return conn->path == NULL && client->state == TRACK_ESTABLISHED &&
           server->state == TRACK_ESTABLISHED && conn->challenged == 0 && !client->fin_known &&
           !server->fin_known && !conn->self_connect;
}

static inline bool conn_syn_seen(const struct track_conn *conn, enum track_side side)
{
    return (conn->syn_seen >> side & 1) != 0;
}

#endif
