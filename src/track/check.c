/* The numbers of a segment, relative and summed up, and whether they hold. */
#include "config.h"

#include "track/check.h"

#include "track/seq.h"

static void set_check(struct track_event *event, enum track_check_kind kind,
                      enum track_outcome outcome, uint32_t expected, uint32_t seen)
{
    event->checks[kind] = (struct track_check){expected, seen, (uint8_t)outcome};
}

static enum track_outcome holds_if(bool holds)
{
    return holds ? TRACK_HOLDS : TRACK_BREAKS;
}

/* --- relative numbers and sums --- */

static void relative_numbers(const struct track_endpoint *end, const struct track_endpoint *peer,
                             struct track_event *event)
{
    bool syn = (event->flags & WIRE_SYN) != 0;
    event->rel_seq_known = true;
    event->rel_seq =
        end->nxt_known ? seq_unwrap(event->seq, end->base, end->sent_rel) : (syn ? 0 : 1);
    event->rel_ack_known = (event->flags & WIRE_ACK) != 0;
    if (event->rel_ack_known)
        event->rel_ack = peer->nxt_known ? seq_unwrap(event->ack, peer->base, peer->sent_rel) : 1;
}

/* ack = base + bytes + SYN + FIN; the base is what the peer knew to be received before. */
static void ack_sum(const struct track_endpoint *peer, struct track_event *event)
{
    if ((event->flags & WIRE_ACK) == 0 || (!peer->una_known && !peer->iss_known))
        return;
    uint32_t base = peer->una_known ? peer->snd_una : peer->iss;
    if (seq_lt(event->ack, base))
        return;
    uint32_t left = event->ack - base;
    struct track_sum *sum = &event->ack_sum;
    sum->base = base;
    sum->syn = peer->iss_known && base == peer->iss && left > 0;
    left -= sum->syn;
    sum->fin = peer->fin_known && event->ack == peer->fin_end && left > 0;
    sum->bytes = left - sum->fin;
    sum->known = true;
}

/* --- checks --- */

/* The SYN,ACK of a simultaneous open takes the number of the SYN before it once more. */
static bool repeats_own_syn(const struct track_endpoint *end, const struct track_event *event)
{
    return (event->flags & (WIRE_SYN | WIRE_ACK)) == (WIRE_SYN | WIRE_ACK) && end->iss_known &&
           event->seq == end->iss && end->state == TRACK_SYN_SENT;
}

/* A host without the socket takes the number from the ack that it answers (RFC 9293 section
 * 3.10.7.1). */
static bool takes_number_of_ack(const struct track_endpoint *peer, const struct track_event *event)
{
    return (event->flags & (WIRE_RST | WIRE_ACK)) == WIRE_RST && peer->last_ack_frame != 0 &&
           event->seq == peer->last_ack;
}

static void check_seq(const struct track_endpoint *end, const struct track_endpoint *peer,
                      struct track_event *event)
{
    uint32_t expected = repeats_own_syn(end, event) ? end->iss : end->snd_nxt;
    if (takes_number_of_ack(peer, event))
        expected = event->seq;
    if (end->nxt_known)
        set_check(event, TRACK_CHECK_SEQ, holds_if(event->seq == expected), expected, event->seq);
    else if ((event->flags & WIRE_SYN) != 0)
        set_check(event, TRACK_CHECK_SEQ, TRACK_HOLDS, event->seq, event->seq);
    else
        set_check(event, TRACK_CHECK_SEQ, TRACK_CANNOT_KNOW, 0, event->seq);
}

static void check_ack(const struct track_endpoint *peer, struct track_event *event)
{
    if ((event->flags & WIRE_ACK) == 0)
        return;
    if (!peer->nxt_known) {
        set_check(event, TRACK_CHECK_ACK, TRACK_CANNOT_KNOW, 0, event->ack);
        return;
    }
    bool too_far = seq_gt(event->ack, peer->snd_nxt);
    bool syn_only = (event->flags & WIRE_SYN) != 0 && peer->iss_known && event->ack == peer->iss;
    set_check(event, TRACK_CHECK_ACK, holds_if(!too_far && !syn_only), peer->snd_nxt, event->ack);
}

bool check_scale_known(const struct track_endpoint *end, const struct track_endpoint *peer)
{
    return end->iss_known && peer->iss_known;
}

static uint32_t scaled_window(const struct track_endpoint *end, const struct track_endpoint *peer,
                              const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_SYN) != 0 || end->window_scale < 0 || peer->window_scale < 0)
        return segment->window;
    return (uint32_t)segment->window << end->window_scale;
}

static void check_window(const struct track_endpoint *end, const struct track_endpoint *peer,
                         const struct wire_segment *segment, struct track_event *event)
{
    if (segment->payload_bytes == 0)
        return;
    if (!end->una_known || !check_scale_known(end, peer)) {
        set_check(event, TRACK_CHECK_WINDOW, TRACK_CANNOT_KNOW, 0, 0);
        return;
    }
    uint32_t edge = end->snd_una + peer->window_bytes;
    uint32_t right = segment->seq + segment->payload_bytes;
    /* One byte beyond a closed window is a probe (RFC 9293 section 3.8.6.1). */
    bool probe = peer->window_bytes == 0 && segment->payload_bytes == 1;
    set_check(event, TRACK_CHECK_WINDOW, holds_if(seq_leq(right, edge) || probe), edge, right);
}

static void check_sack(const struct track_endpoint *peer, const struct wire_segment *segment,
                       struct track_event *event)
{
    if ((segment->options.present & WIRE_OPTION_SACK) == 0)
        return;
    bool good = true;
    for (unsigned i = 0; i < segment->options.sack_blocks; i++) {
        uint32_t left = segment->options.sack[i].left, right = segment->options.sack[i].right;
        good = good && seq_lt(left, right) && (!peer->nxt_known || seq_leq(right, peer->snd_nxt));
        /* Only the first block may repeat what was received already (RFC 2883). */
        good = good && (i == 0 || seq_gt(left, segment->ack));
    }
    set_check(event, TRACK_CHECK_SACK, holds_if(good), 0, 0);
}

static void check_timestamp(const struct track_endpoint *end, const struct track_endpoint *peer,
                            const struct wire_segment *segment, struct track_event *event)
{
    if ((segment->options.present & WIRE_OPTION_TIMESTAMPS) == 0)
        return;
    uint32_t value = segment->options.timestamp_value;
    if (!end->ts_known) {
        set_check(event, TRACK_CHECK_TIMESTAMP, TRACK_CANNOT_KNOW, 0, value);
        return;
    }
    bool echo_known = peer->ts_known && (segment->flags & WIRE_ACK) != 0;
    bool good = seq_geq(value, end->ts_value) &&
                (!echo_known || seq_leq(segment->options.timestamp_echo, peer->ts_value));
    set_check(event, TRACK_CHECK_TIMESTAMP, holds_if(good), end->ts_value, value);
}

static void check_options(const struct wire_segment *segment, struct track_event *event)
{
    const uint16_t syn_only =
        WIRE_OPTION_MSS | WIRE_OPTION_WINDOW_SCALE | WIRE_OPTION_SACK_PERMITTED;
    uint16_t present = segment->options.present;
    if (present == 0)
        return;
    bool syn = (segment->flags & WIRE_SYN) != 0;
    bool good = (present & WIRE_OPTION_BAD) == 0 && (syn || (present & syn_only) == 0) &&
                (!syn || (present & WIRE_OPTION_SACK) == 0);
    set_check(event, TRACK_CHECK_OPTIONS, holds_if(good), 0, 0);
}

static void check_checksum(const struct wire_segment *segment, struct track_event *event)
{
    if (segment->tcp_checksum == WIRE_CHECKSUM_UNKNOWN)
        return;
    bool good =
        segment->tcp_checksum == WIRE_CHECKSUM_GOOD && segment->ip_checksum != WIRE_CHECKSUM_BAD;
    set_check(event, TRACK_CHECK_CHECKSUM, holds_if(good), 0, 0);
}

void check_segment(const struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment, struct track_event *event)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    relative_numbers(end, peer, event);
    ack_sum(peer, event);
    event->window_bytes = scaled_window(end, peer, segment);
    event->window_scale_known = check_scale_known(end, peer);
    check_seq(end, peer, event);
    check_ack(peer, event);
    check_window(end, peer, segment, event);
    check_sack(peer, segment, event);
    check_timestamp(end, peer, segment, event);
    check_options(segment, event);
    check_checksum(segment, event);
}
