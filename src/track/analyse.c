/* The arithmetic of a segment, checked, and what is worth noting about it. */
#include "config.h"

#include "track/analyse.h"

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

static void check_seq(const struct track_endpoint *end, struct track_event *event)
{
    if (end->nxt_known)
        set_check(event, TRACK_CHECK_SEQ, holds_if(event->seq == end->snd_nxt), end->snd_nxt,
                  event->seq);
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

static bool scale_known(const struct track_endpoint *end, const struct track_endpoint *peer)
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
    if (!end->una_known || !scale_known(end, peer)) {
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
    if (segment->options.sack_blocks > 0 && seq_leq(segment->options.sack[0].right, segment->ack))
        FIND(event, TRACK_DSACK);
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

/* --- findings --- */

/* A SYN-ACK that repeats the number of the SYN before it belongs to a simultaneous open. */
static bool is_simultaneous_syn_ack(const struct track_endpoint *end,
                                    const struct wire_segment *segment)
{
    return (segment->flags & WIRE_ACK) != 0 && end->state == TRACK_SYN_SENT;
}

static void find_repeated_data(const struct track_endpoint *end, const struct track_endpoint *peer,
                               const struct wire_segment *segment, struct track_event *event)
{
    uint32_t right = segment->seq + sequence_length(segment);
    int64_t since_newest = segment->time_ns - end->nxt_sent_ns;
    int64_t reorder_ns = end->reaction_ns + peer->reaction_ns;
    if (end->reaction_ns <= 0 || peer->reaction_ns <= 0)
        reorder_ns = REORDER_NS;
    if (end->una_known && seq_leq(right, end->snd_una))
        FIND(event, TRACK_SPURIOUS_RETRANSMISSION);
    else if (seq_geq(segment->seq, end->contiguous) && since_newest < reorder_ns)
        FIND(event, TRACK_OUT_OF_ORDER);
    else if (peer->dup_acks >= 2 && segment->seq == end->snd_una)
        FIND(event, TRACK_FAST_RETRANSMISSION);
    else if (segment->time_ns - end->last_sent_ns >= MIN_RTO_NS)
        FIND(event, TRACK_TIMEOUT_RETRANSMISSION);
    else
        FIND(event, TRACK_RETRANSMISSION);
}

static bool is_keep_alive(const struct track_endpoint *end, const struct wire_segment *segment)
{
    return (segment->flags & SFR) == 0 && segment->payload_bytes <= 1 &&
           segment->seq == end->snd_nxt - 1 && end->una_known && end->snd_una == end->snd_nxt;
}

/* Numbers sent before: repeated, overtaken, or probing. */
static void find_repeats(const struct track_endpoint *end, const struct track_endpoint *peer,
                         const struct wire_segment *segment, struct track_event *event)
{
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
        if (!is_simultaneous_syn_ack(end, segment))
            FIND(event, TRACK_SYN_RETRANSMISSION);
    } else if ((segment->flags & WIRE_FIN) != 0 && end->fin_known && right == end->fin_end)
        FIND(event, TRACK_FIN_RETRANSMISSION);
    else
        find_repeated_data(end, peer, segment, event);
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
    if (end->packets > 1 && scale_known(end, peer) && (segment->flags & WIRE_ACK) != 0 &&
        seq_lt(segment->ack + event->window_bytes, end->last_ack + end->window_bytes) &&
        seq_geq(segment->ack, end->last_ack))
        FIND(event, TRACK_WINDOW_SHRUNK);
    if (segment->payload_bytes > 0 && end->una_known && scale_known(end, peer) &&
        segment->seq + segment->payload_bytes == end->snd_una + peer->window_bytes)
        FIND(event, TRACK_WINDOW_FULL);
}

static void find_others(const struct track_endpoint *peer, const struct wire_segment *segment,
                        struct track_event *event)
{
    if (peer->mss != 0 && segment->payload_bytes > peer->mss)
        FIND(event, TRACK_MSS_EXCEEDED);
    if ((segment->flags & WIRE_URG) != 0)
        FIND(event, TRACK_URGENT_DATA);
}

void analyse_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event)
{
    struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    relative_numbers(end, peer, event);
    ack_sum(peer, event);
    event->window_bytes = scaled_window(end, peer, segment);
    event->window_scale_known = scale_known(end, peer);
    check_seq(end, event);
    check_ack(peer, event);
    check_window(end, peer, segment, event);
    check_sack(peer, segment, event);
    check_timestamp(end, peer, segment, event);
    check_options(segment, event);
    check_checksum(segment, event);
    find_repeats(end, peer, segment, event);
    find_acks(end, peer, segment, event);
    find_window(end, peer, segment, event);
    find_others(peer, segment, event);
}

/* --- what later segments are measured against --- */

static void count_checks(struct track_conn *conn, const struct track_event *event)
{
    for (int i = 0; i < TRACK_CHECKS; i++) {
        conn->checks_held += event->checks[i].outcome == TRACK_HOLDS;
        conn->checks_broken += event->checks[i].outcome == TRACK_BREAKS;
        conn->checks_unknown += event->checks[i].outcome == TRACK_CANNOT_KNOW;
    }
}

static const track_finding_set repeats = (track_finding_set)1 << TRACK_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_FAST_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_TIMEOUT_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_SPURIOUS_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_SYN_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_FIN_RETRANSMISSION |
                                         (track_finding_set)1 << TRACK_PARTIAL_OVERLAP;

static void count_findings(struct track_conn *conn, struct track_endpoint *end,
                           const struct track_event *event)
{
    if (event->findings == 0)
        return;
    for (int i = 0; i < TRACK_FINDINGS; i++)
        conn->findings[i] += FOUND(event, i);
    end->retransmissions += (event->findings & repeats) != 0;
    end->out_of_order += FOUND(event, TRACK_OUT_OF_ORDER);
    end->duplicate_acks += FOUND(event, TRACK_DUPLICATE_ACK);
    end->zero_windows += FOUND(event, TRACK_ZERO_WINDOW);
}

static void note_options(struct track_endpoint *end, const struct wire_segment *segment)
{
    const struct wire_options *options = &segment->options;
    if ((options->present & WIRE_OPTION_TIMESTAMPS) != 0 &&
        (!end->ts_known || seq_gt(options->timestamp_value, end->ts_value))) {
        end->ts_known = true;
        end->ts_value = options->timestamp_value;
    }
    if ((segment->flags & WIRE_SYN) == 0)
        return;
    end->mss = (options->present & WIRE_OPTION_MSS) != 0 ? options->mss : 0;
    end->md5 = (options->present & WIRE_OPTION_MD5) != 0;
    end->sack_permitted = (options->present & WIRE_OPTION_SACK_PERMITTED) != 0;
    /* RFC 7323 section 2.3: more than 14 is taken as 14. */
    end->window_scale = -1;
    if ((options->present & WIRE_OPTION_WINDOW_SCALE) != 0)
        end->window_scale = (int8_t)(options->window_scale > 14 ? 14 : options->window_scale);
}

/* While the scale is not known, the largest one is assumed: what lies inside may be acceptable. */
static void note_edge(struct track_endpoint *end, const struct wire_segment *segment,
                      const struct track_event *event)
{
    if ((segment->flags & WIRE_ACK) == 0)
        return;
    uint32_t window =
        event->window_scale_known ? event->window_bytes : (uint32_t)segment->window << 14;
    uint32_t edge = segment->ack + window;
    if (!end->edge_known || seq_gt(edge, end->right_edge))
        end->right_edge = edge;
    end->edge_known = true;
}

void analyse_account(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event, bool taken)
{
    struct track_endpoint *end = &conn->end[side];
    end->packets++;
    end->last_frame = segment->number;
    end->payload_bytes += segment->payload_bytes;
    note_options(end, segment);
    count_checks(conn, event);
    count_findings(conn, end, event);
    end->last_was_keep_alive = FOUND(event, TRACK_KEEP_ALIVE);
    end->last_was_probe = FOUND(event, TRACK_WINDOW_PROBE);
    event->bytes_in_flight = end->una_known ? end->snd_nxt - end->snd_una : 0;
    if ((segment->flags & WIRE_RST) != 0 || !taken)
        return;
    end->window = segment->window;
    end->window_bytes = event->window_bytes;
    note_edge(end, segment, event);
    if (sequence_length(segment) > 0)
        end->last_sent_ns = segment->time_ns;
    if ((segment->flags & WIRE_ACK) != 0) {
        if (segment->ack != end->last_ack)
            end->last_ack_frame = segment->number;
        end->last_ack = segment->ack;
    }
}
