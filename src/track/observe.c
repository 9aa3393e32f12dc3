/* One segment of a known connection: numbers, evidence, findings. */
#include "config.h"

#include "track/observe.h"

#include "track/account.h"
#include "track/check.h"
#include "track/evidence.h"
#include "track/find.h"
#include "track/measure.h"
#include "track/path.h"
#include "track/seq.h"
#include "track/sequence.h"

#define FIND(event, finding) ((event)->findings |= (track_finding_set)1 << (finding))

/* Each member on its own: to clear them all first takes longer than most of the rest. */
static void start_event(const struct track_conn *conn, enum track_side side,
                        const struct wire_segment *segment, struct track_event *event)
{
    event->frame = segment->number;
    event->time_ns = segment->time_ns;
    event->connection = conn->number;
    event->rel_seq = event->rel_ack = 0;
    event->related_frame = 0;
    event->findings = 0;
    event->seq = segment->seq;
    event->ack = segment->ack;
    event->payload_bytes = segment->payload_bytes;
    event->window_bytes = 0;
    event->ack_sum = (struct track_sum){0};
    for (int i = 0; i < TRACK_CHECKS; i++)
        event->checks[i] = (struct track_check){0, 0, TRACK_NOT_CHECKED};
    event->duplicate_ack_number = event->bytes_in_flight = event->wireshark = 0;
    event->flags = segment->flags;
    event->window = segment->window;
    event->urgent = segment->urgent;
    event->kind = TRACK_EVENT_SEGMENT;
    event->sender = (uint8_t)side;
    event->arrival = segment->arrival;
    event->arrived_ns = segment->arrived_ns;
    event->rel_seq_known = event->rel_ack_known = event->window_scale_known = false;
    event->first_of_connection = segment->number == conn->first_frame;
    event->options = segment->options;
    event->icmp = (struct track_icmp){0};
}

void observe_states(const struct track_conn *conn, struct track_event *event)
{
    for (int side = 0; side < 2; side++) {
        event->state[side] = conn->end[side].presumed;
        event->certainty[side] = (uint8_t)path_certainty(conn, (enum track_side)side);
    }
}

static bool acceptable_syn_ack(const struct track_conn *conn, enum track_side side,
                               const struct wire_segment *segment)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    return !peer->iss_known ||
           (seq_gt(segment->ack, peer->iss) && seq_leq(segment->ack, peer->snd_nxt));
}

/* A server that lost its memory of the first SYN-ACK (SYN cookies, an overflowing queue) answers
 * with a new ISN. */
static void note_iss(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    bool answer = (segment->flags & WIRE_ACK) != 0;
    if ((segment->flags & WIRE_SYN) == 0 || (end->iss_known && end->iss == segment->seq))
        return;
    if (answer && !acceptable_syn_ack(conn, side, segment))
        return;
    if (end->iss_known && conn->end[conn_peer(conn, side)].state != TRACK_SYN_SENT)
        return;
    end->iss = segment->seq;
    end->iss_known = true;
    end->nxt_known = end->una_known = end->fin_known = end->shown_known = false;
}

static void note_handshake(struct track_conn *conn, enum track_side side,
                           const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    bool syn = (segment->flags & WIRE_SYN) != 0, ack = (segment->flags & WIRE_ACK) != 0;
    if (syn)
        conn->syn_seen |= (uint8_t)(1u << side);
    if (syn && !ack) {
        conn->syn_ns = segment->time_ns;
        if ((segment->options.present & WIRE_OPTION_FASTOPEN) != 0 || segment->payload_bytes > 0)
            conn->fast_open = true;
    } else if (syn) {
        const struct track_endpoint *client = &conn->end[conn_peer(conn, side)];
        conn->syn_ack_ns = segment->time_ns;
        if (conn->handshake_server_ns < 0 && client->iss_known) {
            end->reaction_ns = conn->handshake_server_ns = segment->time_ns - conn->syn_ns;
            end->reaction_clear = client->retransmissions == 0;
        }
        conn->fast_open_used =
            conn->fast_open_used || (client->iss_known && client->presumed == TRACK_SYN_SENT &&
                                     seq_gt(segment->ack, client->iss + 1));
    } else if (conn->handshake_client_ns < 0 && conn->syn_ack_ns >= 0 && ack &&
               conn_syn_seen(conn, conn_peer(conn, side)) && end->state == TRACK_SYN_SENT &&
               (segment->flags & WIRE_RST) == 0) {
        end->reaction_ns = conn->handshake_client_ns = segment->time_ns - conn->syn_ack_ns;
        const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
        end->reaction_clear = peer->retransmissions == 0 && segment->ack == peer->iss + 1;
    }
}

/* Who begins the close, and whether the second FIN answers the first. */
static void note_close(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if ((segment->flags & WIRE_FIN) == 0 || end->fin_known)
        return;
    if (!peer->fin_known) {
        conn->closers = (uint8_t)(1u << side);
    } else if (seq_lt(segment->ack, peer->fin_end)) {
        conn->simultaneous_close = true;
        conn->closers = 3;
    } else if (peer->una_known && seq_lt(peer->snd_una, peer->fin_end)) {
        conn->fin_merged = true;
    }
}

static bool is_synchronized(uint8_t state)
{
    return state >= TRACK_ESTABLISHED;
}

/* RFC 5961: a SYN, or a RST that is not exact, is answered by an ACK of what was expected. */
static void find_challenge(struct track_conn *conn, enum track_side side,
                           const struct wire_segment *segment, struct track_event *event)
{
    uint8_t bit = (uint8_t)(1u << side);
    bool pure_ack = segment->flags == WIRE_ACK && segment->payload_bytes == 0;
    if (pure_ack && (conn->challenged & bit) != 0)
        FIND(event, TRACK_CHALLENGE_ACK);
    conn->challenged &= (uint8_t)~bit;
}

static void find_after_close(const struct track_conn *conn, enum track_side side,
                             const struct wire_segment *segment, struct track_event *event)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if (segment->payload_bytes > 0 && peer->presumed == TRACK_CLOSED && peer->nxt_known)
        FIND(event, TRACK_DATA_AFTER_CLOSE);
}

static void note_reset(struct track_conn *conn, enum track_side side, bool moved)
{
    enum track_side peer = conn_peer(conn, side);
    if (!moved)
        return;
    if (conn->end[peer].state == TRACK_SYN_SENT && !conn_syn_seen(conn, side))
        conn->refused = true;
    conn->reset = true;
    if (conn->closers == 0)
        conn->closers = (uint8_t)(1u << side);
}

static void feed_zeek(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment, const struct track_event *event)
{
    struct zeek_facts facts = {.gap = (event->findings >> TRACK_ACKED_NOT_CAPTURED & 1) != 0,
                               .bad_checksum = segment->tcp_checksum == WIRE_CHECKSUM_BAD};
    zeek_segment(&conn->zeek, side, segment, &facts, conn->flipped);
}

/* What the receiver drops moves nothing; it answers with an ACK of what it expects. */
static void refuse(struct track_conn *conn, enum track_side receiver, enum sequence_refusal refusal,
                   struct track_event *event)
{
    conn->challenged |= (uint8_t)(1u << receiver);
    if (refusal == SEQUENCE_WILD_ACK && (event->findings >> TRACK_ACKED_NOT_CAPTURED & 1) != 0)
        return; /* more likely the capture missed something: a finding of its own */
    event->findings &= ~((track_finding_set)1 << TRACK_LOST_SEGMENT);
    FIND(event, TRACK_UNACCEPTABLE);
}

/* RFC 5961 section 3.2: inside the window; what lies outside is dropped without a word. */
static bool calls_for_challenge(const struct track_conn *conn, enum track_side side,
                                const struct wire_segment *rst)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    return is_synchronized(peer->presumed) && seq_geq(rst->seq, end->contiguous) &&
           (!peer->edge_known || seq_lt(rst->seq, peer->right_edge));
}

/* What the receiver takes moves both ends. */
static void take_in(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment, struct track_event *event)
{
    enum track_side peer = conn_peer(conn, side);
    note_close(conn, side, segment);
    if ((segment->flags & WIRE_RST) == 0) {
        uint32_t new_bytes = sequence_new_bytes(conn, side, segment);
        conn->end[side].unique_bytes += new_bytes;
        measure_segment(conn, side, segment, event, new_bytes);
    }
    bool questionable =
        (segment->flags & WIRE_RST) != 0 && calls_for_challenge(conn, side, segment);
    bool exact = segment->seq == conn->end[side].contiguous;
    /* a RST that its sender's capture does not have was made on the way */
    if ((segment->flags & WIRE_RST) == 0 || segment->arrival != WIRE_ARRIVAL_UNSENT)
        evidence_sent(conn, side, segment);
    sequence_sent(conn, side, segment);
    bool ignored = segment->arrival != WIRE_ARRIVAL_LOST && evidence_received(conn, peer, segment);
    if (ignored)
        FIND(event, TRACK_IGNORED_RST);
    if (questionable && (ignored || !exact))
        conn->challenged |= (uint8_t)(1u << peer);
    /* RFC 9293 section 3.10.7.4: the FIN that comes again restarts it; to Linux any ACK does. */
    if ((segment->flags & (WIRE_ACK | WIRE_RST)) == WIRE_ACK &&
        conn->end[peer].presumed == TRACK_TIME_WAIT)
        conn->end[peer].time_wait_ns = segment->time_ns;
}

/* A segment that neither opens, closes nor repeats anything, where nothing is open: of what
 * observe_segment() does for it, most would change nothing. */
static bool goes_on(const struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[track_other(side)];
    uint32_t right = segment->seq + segment->payload_bytes;
    return (segment->flags & ~(unsigned)WIRE_PSH) == WIRE_ACK && conn_is_steady(conn) &&
           end->nxt_known && segment->seq == end->snd_nxt && end->contiguous == end->snd_nxt &&
           conn->holes[side] == NULL && (!end->shown_known || seq_leq(end->shown, end->snd_nxt)) &&
           seq_leq(end->open_nxt, right) && peer->nxt_known &&
           seq_leq(segment->ack, peer->snd_nxt) && !end->md5 &&
           (segment->options.present & WIRE_OPTION_MD5) == 0;
}

static void observe_steady(struct track_conn *conn, enum track_side side,
                           const struct wire_segment *segment, struct track_event *event)
{
    struct track_endpoint *end = &conn->end[side];
    check_segment(conn, side, segment, event);
    find_in_steady(conn, side, segment, event);
    end->unique_bytes += segment->payload_bytes;
    measure_segment(conn, side, segment, event, segment->payload_bytes);
    end->open_nxt = segment->seq + segment->payload_bytes;
    sequence_went_on(conn, side, segment);
    account_segment(conn, side, segment, event, true);
}

static void observe_any(struct track_conn *conn, enum track_side side,
                        const struct wire_segment *segment, struct track_event *event)
{
    enum track_side peer = conn_peer(conn, side);
    struct track_endpoint *end = &conn->end[side];
    uint8_t peer_before = conn->end[peer].presumed;
    note_iss(conn, side, segment);
    note_handshake(conn, side, segment);
    check_segment(conn, side, segment, event);
    find_segment(conn, side, segment, event);
    find_challenge(conn, side, segment, event);
    find_after_close(conn, side, segment, event);
    enum sequence_refusal refusal = sequence_judge(conn, side, segment);
    if (refusal == SEQUENCE_TAKEN) {
        take_in(conn, side, segment, event);
    } else {
        refuse(conn, peer, refusal, event);
        measure_refused(conn, side, segment);
    }
    if ((segment->flags & WIRE_RST) != 0)
        note_reset(conn, side,
                   conn->end[peer].presumed != peer_before || end->presumed == TRACK_CLOSED);
    if ((segment->flags & (WIRE_SYN | WIRE_ACK)) == WIRE_SYN && side == TRACK_SERVER)
        conn->simultaneous_open = true;
    account_segment(conn, side, segment, event, refusal == SEQUENCE_TAKEN);
}

void observe_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event)
{
    start_event(conn, side, segment, event);
    if (goes_on(conn, side, segment))
        observe_steady(conn, side, segment, event);
    else
        observe_any(conn, side, segment, event);
    feed_zeek(conn, side, segment, event);
    conn->last_frame = segment->number;
    conn->end_ns = segment->time_ns;
    observe_states(conn, event);
}

/* RFC 9293 section 3.9.2.2 and what Linux does: unreachable of any kind, time exceeded and
 * parameter problem end an attempt; "fragmentation needed" and "packet too big" only tell the path
 * MTU. */
static bool ends_attempt(const struct wire_icmp_error *error)
{
    if (error->reporter_family == 4)
        return (error->type == 3 && error->code != 4) || error->type == 11 || error->type == 12;
    return error->type == 1 || error->type == 3 || error->type == 4;
}

void observe_icmp_error(struct track_conn *conn, enum track_side side,
                        const struct wire_icmp_error *error, struct track_event *event)
{
    const struct track_endpoint *end = &conn->end[side];
    *event = (struct track_event){.frame = error->number,
                                  .time_ns = error->time_ns,
                                  .connection = conn->number,
                                  .seq = error->seq,
                                  .kind = TRACK_EVENT_ICMP,
                                  .sender = (uint8_t)conn_peer(conn, side),
                                  .icmp = {.family = error->reporter_family,
                                           .type = error->type,
                                           .code = error->code,
                                           .mtu = error->mtu}};
    bool in_flight =
        end->iss_known && seq_geq(error->seq, end->iss) && seq_lt(error->seq, end->snd_nxt);
    if (in_flight && ends_attempt(error)) {
        struct track_input input = {
            .frame = error->number, .time_ns = error->time_ns, .kind = FSM_GOT_ICMP};
        path_expect(conn, side, &input);
    }
    conn->end_ns = error->time_ns;
    observe_states(conn, event);
}
