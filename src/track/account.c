/* What later segments are measured against: windows, counters, the SACK board. */
#include "config.h"

#include "track/account.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "track/seq.h"
#include "track/sequence.h"

#define FOUND(event, finding) (((event)->findings >> (finding)&1) != 0)

/* Up to TRACK_CHECKS of each outcome, a byte each. */
static void count_checks(struct track_conn *conn, const struct track_event *event)
{
    uint32_t counts = 0;
    for (int i = 0; i < TRACK_CHECKS; i++)
        counts += 1u << 8 * event->checks[i].outcome;
    conn->checks_held += counts >> 8 * TRACK_HOLDS & 0xff;
    conn->checks_broken += counts >> 8 * TRACK_BREAKS & 0xff;
    conn->checks_unknown += counts >> 8 * TRACK_CANNOT_KNOW & 0xff;
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
    for (track_finding_set left = event->findings; left != 0; left &= left - 1)
        conn->findings[__builtin_ctzll(left)]++;
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

/* What the peer reports beyond its ack; a D-SACK is no such report. */
static void note_sack(struct track_conn *conn, enum track_side about,
                      const struct wire_segment *segment, const struct track_event *event)
{
    struct track_sack_board *board = conn->sacked[about];
    unsigned first = FOUND(event, TRACK_DSACK) ? 1 : 0;
    bool has_blocks =
        (segment->options.present & WIRE_OPTION_SACK) != 0 && segment->options.sack_blocks > first;
    if (!has_blocks) {
        free(board);
        conn->sacked[about] = NULL;
        return;
    }
    if (board == NULL)
        board = conn->sacked[about] = base_calloc(1, sizeof *board);
    board->count = 0;
    for (unsigned i = first; i < segment->options.sack_blocks; i++) {
        board->range[board->count].left = segment->options.sack[i].left;
        board->range[board->count++].right = segment->options.sack[i].right;
    }
}

/* The newest small segment, and when an ACK without data released what waits behind it. */
static void note_small(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side], *peer = &conn->end[conn_peer(conn, side)];
    uint32_t right = segment->seq + segment->payload_bytes;
    if (segment->payload_bytes > 0 && segment->payload_bytes < peer->mss / 2u &&
        (!end->small_known || seq_gt(right, end->small_end))) {
        end->small_known = true;
        end->small_end = right;
        end->release_frame = 0;
    }
    bool plain_ack = segment->flags == WIRE_ACK && segment->payload_bytes == 0;
    if (plain_ack && peer->small_known && peer->release_frame == 0 &&
        seq_geq(segment->ack, peer->small_end)) {
        peer->release_frame = segment->number;
        peer->release_ns = segment->time_ns;
    }
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

void account_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event, bool taken)
{
    struct track_endpoint *end = &conn->end[side];
    end->packets++;
    end->last_frame = segment->number;
    end->last_seen_ns = segment->time_ns;
    end->payload_bytes += segment->payload_bytes;
    note_options(end, segment);
    count_checks(conn, event);
    count_findings(conn, end, event);
    end->last_was_rst = (segment->flags & WIRE_RST) != 0;
    end->last_was_keep_alive = FOUND(event, TRACK_KEEP_ALIVE);
    end->last_was_probe = FOUND(event, TRACK_WINDOW_PROBE);
    event->bytes_in_flight = end->una_known ? end->snd_nxt - end->snd_una : 0;
    if ((segment->flags & WIRE_RST) != 0 || !taken)
        return;
    if (!sequence_window_is_old(end, segment)) {
        end->window = segment->window;
        end->window_bytes = event->window_bytes;
        end->window_seq = segment->seq;
        note_edge(end, segment, event);
    }
    if (sequence_length(segment) > 0)
        end->last_sent_ns = segment->time_ns;
    note_small(conn, side, segment);
    if ((segment->flags & WIRE_ACK) != 0) {
        note_sack(conn, conn_peer(conn, side), segment, event);
        if (segment->ack != end->last_ack)
            end->last_ack_frame = segment->number;
        end->last_ack = segment->ack;
    }
}
