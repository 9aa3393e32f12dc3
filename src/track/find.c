/* What is worth noting about a segment: the findings of SPEC 4, on the conditions that finding.c
 * words. */
#include "config.h"

#include "track/find.h"

#include <stddef.h>

#include "track/check.h"
#include "track/seq.h"
#include "track/sequence.h"

#define SFR (WIRE_SYN | WIRE_FIN | WIRE_RST)
#define FIND(event, finding) ((event)->findings |= (track_finding_set)1 << (finding))
#define FOUND(event, finding) (((event)->findings >> (finding)&1) != 0)

/* Linux's smallest retransmission timeout; what comes again later than that was sent by the timer
 * (RFC 6298). */
#define MIN_RTO_NS INT64_C(200000000)
/* What fills a gap sooner than this was overtaken on its way, not sent again, while no round trip
 * is known. */
#define REORDER_NS INT64_C(3000000)
#define DELAYED_ACK_MIN_NS INT64_C(20000000)
#define DELAYED_ACK_MAX_NS INT64_C(500000000)
/* What a host takes to send what an ack has released. */
#define RELEASE_NS INT64_C(1000000)

/* A SYN-ACK that repeats the number of the SYN before it belongs to a simultaneous open. */
static bool is_simultaneous_syn_ack(const struct track_endpoint *end,
                                    const struct wire_segment *segment)
{
    return (segment->flags & WIRE_ACK) != 0 && end->state == TRACK_SYN_SENT;
}

/* Whether the peer's SACK blocks cover [left, right). */
static bool is_sacked(const struct track_conn *conn, enum track_side side, uint32_t left,
                      uint32_t right)
{
    const struct track_sack_board *board = conn->sacked[side];
    for (unsigned i = 0; board != NULL && i < board->count; i++)
        if (seq_leq(board->range[i].left, left) && seq_geq(board->range[i].right, right))
            return true;
    return false;
}

/* Whether the peer has reported by SACK something beyond a number: what begins there is missing. */
static bool sacked_beyond(const struct track_conn *conn, enum track_side side, uint32_t seq)
{
    const struct track_sack_board *board = conn->sacked[side];
    for (unsigned i = 0; board != NULL && i < board->count; i++)
        if (seq_gt(board->range[i].left, seq))
            return true;
    return false;
}

/* A round trip from the capture point to both ends and back, as far as the handshake told. */
static int64_t reorder_limit(const struct track_endpoint *end, const struct track_endpoint *peer)
{
    if (end->reaction_ns <= 0 || peer->reaction_ns <= 0)
        return REORDER_NS;
    return end->reaction_ns + peer->reaction_ns;
}

static enum track_finding kind_of_repeat(const struct track_conn *conn, enum track_side side,
                                         const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    uint32_t right = segment->seq + sequence_length(segment);
    bool asked = (peer->dup_acks >= 3 && segment->seq == end->snd_una) ||
                 sacked_beyond(conn, side, segment->seq);
    bool waited = segment->time_ns - end->last_sent_ns >= MIN_RTO_NS;
    if (end->una_known && seq_leq(right, end->snd_una))
        return TRACK_SPURIOUS_RETRANSMISSION;
    if (is_sacked(conn, side, segment->seq, right))
        return TRACK_SPURIOUS_RETRANSMISSION;
    if (seq_geq(segment->seq, end->contiguous) && peer->dup_acks < 3 &&
        segment->time_ns - end->nxt_sent_ns < reorder_limit(end, peer))
        return TRACK_OUT_OF_ORDER;
    if (asked && !waited)
        return TRACK_FAST_RETRANSMISSION;
    return waited ? TRACK_TIMEOUT_RETRANSMISSION : TRACK_RETRANSMISSION;
}

static bool is_keep_alive(const struct track_endpoint *end, const struct wire_segment *segment)
{
    return (segment->flags & SFR) == 0 && segment->payload_bytes <= 1 &&
           segment->seq == end->snd_nxt - 1 && end->una_known && end->snd_una == end->snd_nxt;
}

static void find_repeated_syn(const struct track_endpoint *end, const struct track_endpoint *peer,
                              const struct wire_segment *segment, struct track_event *event)
{
    if (is_simultaneous_syn_ack(end, segment))
        return;
    FIND(event, TRACK_SYN_RETRANSMISSION);
    if (peer->packets == 0 && end->packets >= 2)
        FIND(event, TRACK_UNANSWERED_SYN);
}

/* Numbers sent before: repeated, overtaken, or probing. */
static void find_repeats(const struct track_conn *conn, enum track_side side,
                         const struct wire_segment *segment, struct track_event *event)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    uint32_t right = segment->seq + sequence_length(segment);
    if (!end->nxt_known || (segment->flags & WIRE_RST) != 0)
        return;
    if (seq_gt(segment->seq, end->snd_nxt)) {
        FIND(event, TRACK_LOST_SEGMENT);
        return;
    }
    if (is_keep_alive(end, segment)) {
        FIND(event, peer->window == 0 ? TRACK_WINDOW_PROBE : TRACK_KEEP_ALIVE);
        return;
    }
    if (right == segment->seq || seq_geq(segment->seq, end->snd_nxt))
        return;
    if (seq_gt(right, end->snd_nxt))
        FIND(event, TRACK_PARTIAL_OVERLAP);
    else if ((segment->flags & WIRE_SYN) != 0) {
        find_repeated_syn(end, peer, segment, event);
    } else if ((segment->flags & WIRE_FIN) != 0 && end->fin_known && right == end->fin_end)
        FIND(event, TRACK_FIN_RETRANSMISSION);
    else
        FIND(event, kind_of_repeat(conn, side, segment));
}

/* RFC 5681 section 2: no payload, nothing new acknowledged, the same window, while data is
 * outstanding. */
static bool is_duplicate_ack(const struct track_endpoint *end, const struct track_endpoint *peer,
                             const struct wire_segment *segment)
{
    return peer->una_known && segment->ack == peer->snd_una && end->packets > 0 &&
           segment->ack == end->last_ack && segment->window == end->window &&
           seq_gt(peer->snd_nxt, peer->snd_una);
}

static void find_pure_ack(struct track_endpoint *end, const struct track_endpoint *peer,
                          const struct wire_segment *segment, struct track_event *event)
{
    bool same_ack = end->packets > 0 && segment->ack == end->last_ack;
    if (FOUND(event, TRACK_KEEP_ALIVE) || FOUND(event, TRACK_WINDOW_PROBE))
        return;
    if (same_ack && peer->last_was_keep_alive && segment->window == end->window)
        FIND(event, TRACK_KEEP_ALIVE_ACK);
    else if (same_ack && peer->last_was_probe && segment->window == 0)
        FIND(event, TRACK_WINDOW_PROBE_ACK);
    else if (is_duplicate_ack(end, peer, segment)) {
        FIND(event, TRACK_DUPLICATE_ACK);
        event->duplicate_ack_number = ++end->dup_acks;
        event->related_frame = end->last_ack_frame;
    } else if (same_ack && segment->window != end->window && segment->window != 0 &&
               segment->seq == end->snd_nxt)
        FIND(event, TRACK_WINDOW_UPDATE);
}

static void find_acks(struct track_endpoint *end, const struct track_endpoint *peer,
                      const struct wire_segment *segment, struct track_event *event)
{
    if ((segment->flags & WIRE_ACK) == 0 || (segment->flags & WIRE_RST) != 0)
        return;
    if (peer->nxt_known && seq_gt(segment->ack, peer->snd_nxt) &&
        sequence_ack_possible(peer, segment->ack))
        FIND(event, TRACK_ACKED_NOT_CAPTURED);
    if ((segment->flags & SFR) == 0 && segment->payload_bytes == 0)
        find_pure_ack(end, peer, segment, event);
    if (!FOUND(event, TRACK_DUPLICATE_ACK) && segment->ack != end->last_ack)
        end->dup_acks = 0;
}

/* Scaling rounds the window down, so that an edge told in a SYN may move back by less than a unit
 * (RFC 7323 section 2.4). */
static bool is_shrunk(const struct track_endpoint *end, const struct track_endpoint *peer,
                      const struct wire_segment *segment, const struct track_event *event)
{
    if (!end->edge_known || !check_scale_known(end, peer) || (segment->flags & WIRE_ACK) == 0 ||
        seq_lt(segment->ack, end->last_ack) || sequence_window_is_old(end, segment))
        return false;
    uint32_t rounding = end->window_scale > 0 ? (1u << end->window_scale) - 1 : 0;
    return seq_lt(segment->ack + event->window_bytes + rounding, end->last_ack + end->window_bytes);
}

static void find_window(const struct track_endpoint *end, const struct track_endpoint *peer,
                        const struct wire_segment *segment, struct track_event *event)
{
    if ((segment->flags & SFR) != 0)
        return;
    if (segment->window == 0)
        FIND(event, TRACK_ZERO_WINDOW);
    if (segment->payload_bytes == 1 && end->nxt_known && segment->seq == end->snd_nxt &&
        peer->packets > 0 && peer->window == 0)
        FIND(event, TRACK_WINDOW_PROBE);
    if (is_shrunk(end, peer, segment, event))
        FIND(event, TRACK_WINDOW_SHRUNK);
    if (segment->payload_bytes > 0 && end->una_known && check_scale_known(end, peer) &&
        segment->seq + segment->payload_bytes == end->snd_una + peer->window_bytes)
        FIND(event, TRACK_WINDOW_FULL);
}

/* RFC 2883 section 4: below the ack, or inside the second block. */
static void find_dsack(const struct wire_segment *segment, struct track_event *event)
{
    const struct wire_options *options = &segment->options;
    if ((options->present & WIRE_OPTION_SACK) == 0 || options->sack_blocks == 0)
        return;
    bool below = seq_leq(options->sack[0].right, segment->ack);
    bool inside = options->sack_blocks > 1 &&
                  seq_geq(options->sack[0].left, options->sack[1].left) &&
                  seq_leq(options->sack[0].right, options->sack[1].right);
    if (below || inside)
        FIND(event, TRACK_DSACK);
}

static bool is_small(const struct track_endpoint *peer, const struct wire_segment *segment)
{
    return segment->payload_bytes > 0 && segment->payload_bytes < peer->mss / 2u;
}

/* Nagle's algorithm (RFC 9293 section 3.7.4): off when a small segment does not wait for the ack of
 * the one before; at work when that ack releases it. */
static void find_small(const struct track_endpoint *end, const struct track_endpoint *peer,
                       const struct wire_segment *segment, struct track_event *event)
{
    if (!is_small(peer, segment) || !end->small_known || segment->seq != end->snd_nxt)
        return;
    if (seq_gt(end->small_end, end->snd_una)) {
        FIND(event, TRACK_SMALL_SEGMENTS);
        return;
    }
    int64_t way_ns = end->reaction_ns > 0 ? end->reaction_ns : 0;
    int64_t since_ns = segment->time_ns - end->release_ns;
    if (peer->last_frame == end->release_frame && since_ns >= way_ns - way_ns / 4 &&
        since_ns <= way_ns + RELEASE_NS)
        FIND(event, TRACK_COALESCED_WRITES);
}

/* RFC 9293 section 3.8.6.3: less than 0.5 s. Sooner than 20 ms it may as well be the program that
 * was slow. */
static void find_delayed_ack(const struct track_endpoint *end, const struct track_endpoint *peer,
                             const struct wire_segment *segment, struct track_event *event)
{
    bool plain = (segment->flags & (SFR | WIRE_ACK)) == WIRE_ACK && segment->payload_bytes == 0;
    if (!plain || end->reaction_ns < 0 || !peer->una_known || event->ack_sum.bytes == 0 ||
        segment->ack != peer->snd_nxt)
        return;
    int64_t waited_ns = segment->time_ns - peer->last_sent_ns - end->reaction_ns;
    if (waited_ns >= DELAYED_ACK_MIN_NS && waited_ns <= DELAYED_ACK_MAX_NS)
        FIND(event, TRACK_DELAYED_ACK);
}

/* A host answers for a connection that it does not have, though this end of it was not seen to
 * close. */
static void find_half_open(const struct track_endpoint *end, const struct track_endpoint *peer,
                           const struct wire_segment *segment, struct track_event *event)
{
    bool bare_rst = (segment->flags & (WIRE_RST | WIRE_ACK)) == WIRE_RST;
    bool open = end->state == TRACK_ESTABLISHED || end->state == TRACK_CLOSE_WAIT;
    int64_t way_ns = end->reaction_ns > 0 ? end->reaction_ns + end->reaction_ns / 2 : 0;
    bool answers = peer->packets > 0 && segment->seq == peer->last_ack &&
                   segment->time_ns - peer->last_seen_ns <= way_ns + RELEASE_NS;
    if (bare_rst && open && !end->fin_known && !end->last_was_rst && answers)
        FIND(event, TRACK_HALF_OPEN);
}

static void find_first(const struct track_conn *conn, const struct wire_segment *segment,
                       struct track_event *event)
{
    if (segment->number != conn->first_frame)
        return;
    if (conn->flooded && (segment->flags & WIRE_ACK) == 0)
        FIND(event, TRACK_SYN_FLOOD);
    if (conn->incarnation == 1)
        return;
    FIND(event, TRACK_PORT_REUSED);
    if (conn->previous != 0 && conn->after_open)
        FIND(event, TRACK_HALF_OPEN);
}

static void find_others(const struct track_endpoint *peer, const struct wire_segment *segment,
                        struct track_event *event)
{
    if (peer->mss != 0 && segment->payload_bytes > peer->mss)
        FIND(event, TRACK_MSS_EXCEEDED);
    if ((segment->flags & WIRE_URG) != 0)
        FIND(event, TRACK_URGENT_DATA);
}

void find_segment(struct track_conn *conn, enum track_side side, const struct wire_segment *segment,
                  struct track_event *event)
{
    struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    find_first(conn, segment, event);
    find_repeats(conn, side, segment, event);
    find_acks(end, peer, segment, event);
    find_window(end, peer, segment, event);
    find_dsack(segment, event);
    find_small(end, peer, segment, event);
    find_delayed_ack(end, peer, segment, event);
    find_half_open(end, peer, segment, event);
    find_others(peer, segment, event);
}

void find_in_steady(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment, struct track_event *event)
{
    struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    find_acks(end, peer, segment, event);
    find_window(end, peer, segment, event);
    find_dsack(segment, event);
    find_small(end, peer, segment, event);
    find_delayed_ack(end, peer, segment, event);
    find_others(peer, segment, event);
}
