/* The sequence space of one direction: what was sent, without gaps and beyond them. */
#include "config.h"

#include "track/sequence.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "track/seq.h"

uint32_t sequence_length(const struct wire_segment *segment)
{
    return segment->payload_bytes + ((segment->flags & WIRE_SYN) != 0) +
           ((segment->flags & WIRE_FIN) != 0);
}

/* Beyond what the peer ever allowed: forged or of another life, unless it goes on from there or the
 * peer acks it. */
static bool beyond_window(struct track_endpoint *end, const struct track_endpoint *peer,
                          const struct wire_segment *segment)
{
    if (!end->nxt_known || !peer->edge_known || peer->packets == 0)
        return false;
    uint32_t right = segment->seq + sequence_length(segment);
    if (seq_leq(segment->seq, end->snd_nxt) ||
        seq_leq(right, seq_max(peer->right_edge, end->snd_nxt + 65535)))
        return false;
    bool goes_on = end->wild_seq_known && segment->seq == end->wild_seq;
    end->wild_seq_known = !goes_on;
    end->wild_seq = right;
    return !goes_on;
}

/* An ack of what the capture did not see: forged, or the capture missed something. Said twice it is
 * believed. */
static bool wild_ack(struct track_endpoint *peer, const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_ACK) == 0 || !peer->nxt_known || peer->packets == 0 ||
        seq_leq(segment->ack, peer->snd_nxt))
        return false;
    bool again = peer->wild_ack_known && seq_geq(segment->ack, peer->wild_ack);
    peer->wild_ack_known = true;
    peer->wild_ack = segment->ack;
    return !again || !sequence_ack_possible(peer, segment->ack);
}

/* RFC 2385 section 2.0: signed in the handshake means signed throughout, and the other way round.
 */
static bool wrongly_signed(const struct track_endpoint *end, const struct wire_segment *segment)
{
    bool has_md5 = (segment->options.present & WIRE_OPTION_MD5) != 0;
    return (segment->flags & (WIRE_SYN | WIRE_RST)) == 0 && end->iss_known && has_md5 != end->md5 &&
           !segment->truncated_header;
}

enum sequence_refusal sequence_judge(struct track_conn *conn, enum track_side side,
                                     const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if ((segment->flags & WIRE_RST) != 0)
        return SEQUENCE_TAKEN;
    if (wrongly_signed(end, segment))
        return SEQUENCE_WRONGLY_SIGNED;
    bool beyond = beyond_window(end, peer, segment);
    bool wild = wild_ack(peer, segment);
    if (beyond)
        return SEQUENCE_BEYOND_WINDOW;
    return wild ? SEQUENCE_WILD_ACK : SEQUENCE_TAKEN;
}

/* More than any window can hold in flight, so that a wild ack does not count as one of segments not
 * captured. */
#define MAX_UNSEEN_BYTES (1u << 30)

bool sequence_ack_possible(const struct track_endpoint *end, uint32_t ack)
{
    if (!end->nxt_known)
        return true;
    if (seq_leq(ack, end->snd_nxt))
        return true;
    /* What follows a SYN cannot be acked before the SYN-ACK came; nothing follows a FIN. */
    if (end->presumed == TRACK_SYN_SENT || end->fin_known)
        return false;
    return ack - end->snd_nxt <= MAX_UNSEEN_BYTES;
}

/* Moves contiguous over the ranges that it now reaches. */
static void absorb(struct track_conn *conn, enum track_side side)
{
    struct track_hole_set *set = conn->holes[side];
    struct track_endpoint *end = &conn->end[side];
    if (set == NULL)
        return;
    unsigned kept = 0;
    for (unsigned i = 0; i < set->count; i++) {
        if (seq_leq(set->range[i].left, end->contiguous))
            end->contiguous = seq_max(end->contiguous, set->range[i].right);
        else
            set->range[kept++] = set->range[i];
    }
    set->count = (uint8_t)kept;
    if (kept == 0) {
        free(set);
        conn->holes[side] = NULL;
    }
}

static void remove_range(struct track_hole_set *set, unsigned at)
{
    set->count--;
    for (unsigned i = at; i < set->count; i++)
        set->range[i] = set->range[i + 1];
}

/* Remembers [left, right) beyond a gap. When the set is full the last range goes: it is the
 * farthest away. */
static void add_range(struct track_conn *conn, enum track_side side, uint32_t left, uint32_t right)
{
    if (conn->holes[side] == NULL)
        conn->holes[side] = base_calloc(1, sizeof *conn->holes[side]);
    struct track_hole_set *set = conn->holes[side];
    for (unsigned i = 0; i < set->count;) {
        if (seq_leq(set->range[i].left, right) && seq_leq(left, set->range[i].right)) {
            left = seq_lt(left, set->range[i].left) ? left : set->range[i].left;
            right = seq_max(right, set->range[i].right);
            remove_range(set, i);
        } else {
            i++;
        }
    }
    unsigned at = 0;
    while (at < set->count && seq_lt(set->range[at].left, left))
        at++;
    if (at == TRACK_MAX_HOLES)
        return;
    if (set->count == TRACK_MAX_HOLES)
        set->count--;
    for (unsigned i = set->count; i > at; i--)
        set->range[i] = set->range[i - 1];
    set->range[at].left = left;
    set->range[at].right = right;
    set->count++;
}

/* A FIN ends the stream where it stands; one that later data runs past was none. */
static void note_fin(struct track_endpoint *end, const struct wire_segment *segment, uint32_t right)
{
    if (end->fin_known && seq_gt(right, end->fin_end))
        end->fin_known = false;
    if ((segment->flags & WIRE_FIN) == 0 || end->fin_known)
        return;
    if (seq_lt(right, end->snd_nxt))
        return;
    end->fin_known = true;
    end->fin_end = right;
    end->fin_ack = segment->ack;
    end->fin_frame = segment->number;
}

static void note_sent(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    uint32_t right = segment->seq + sequence_length(segment);
    if (!end->nxt_known) {
        end->nxt_known = true;
        end->contiguous = end->snd_nxt = segment->seq;
        end->base = end->iss_known ? end->iss : segment->seq - 1;
        end->sent_rel = segment->seq - end->base;
    }
    note_fin(end, segment, right);
    if (seq_leq(segment->seq, end->contiguous)) {
        end->contiguous = seq_max(end->contiguous, right);
        absorb(conn, side);
    } else if (right != segment->seq) {
        add_range(conn, side, segment->seq, right);
    }
    if (seq_gt(right, end->snd_nxt)) {
        end->sent_rel += right - end->snd_nxt;
        end->snd_nxt = right;
        end->nxt_sent_ns = segment->time_ns;
    }
    if (right != segment->seq) {
        end->shown = end->shown_known ? seq_max(end->shown, right) : right;
        end->shown_known = true;
    }
}

/* What the peer answers with a RST, if nobody reads there any more. */
static void note_unacked(struct track_endpoint *end, const struct wire_segment *segment)
{
    uint32_t right = segment->seq + sequence_length(segment);
    if (segment->payload_bytes == 0 || (end->una_known && seq_leq(right, end->snd_una)))
        return;
    end->latest_data = (struct track_sent){segment->number, segment->time_ns, right, segment->ack};
    if (end->unacked.frame == 0)
        end->unacked = end->latest_data;
}

/* Which is the oldest after a part was acked is not known: the latest stands for all between. */
static void drop_unacked(struct track_endpoint *end, uint32_t ack)
{
    if (end->unacked.frame != 0 && seq_geq(ack, end->unacked.right))
        end->unacked = end->latest_data;
    if (end->unacked.frame != 0 && seq_geq(ack, end->unacked.right))
        end->unacked.frame = 0;
}

/* The peer has received up to ack, whether the capture saw it sent or not. */
static void note_acked(struct track_conn *conn, enum track_side side, uint32_t ack)
{
    struct track_endpoint *end = &conn->end[side];
    if (!end->nxt_known) {
        end->nxt_known = true;
        end->contiguous = end->snd_nxt = ack;
        end->base = ack - 1;
    }
    if (!sequence_ack_possible(end, ack))
        return;
    if (end->una_known && seq_leq(ack, end->snd_una))
        return;
    end->una_known = true;
    end->snd_una = ack;
    drop_unacked(end, ack);
    if (seq_gt(ack, end->contiguous)) {
        end->contiguous = ack;
        absorb(conn, side);
    }
    if (seq_gt(ack, end->snd_nxt)) {
        end->sent_rel += ack - end->snd_nxt;
        end->snd_nxt = ack;
    }
}

void sequence_sent(struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_RST) != 0)
        return;
    note_sent(conn, side, segment);
    note_unacked(&conn->end[side], segment);
    if ((segment->flags & WIRE_ACK) != 0)
        note_acked(conn, conn_peer(conn, side), segment->ack);
}

void sequence_went_on(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    if (segment->payload_bytes > 0) {
        end->snd_nxt = end->contiguous = end->shown = segment->seq + segment->payload_bytes;
        end->shown_known = true;
        end->sent_rel += segment->payload_bytes;
        end->nxt_sent_ns = segment->time_ns;
        note_unacked(end, segment);
    }
    note_acked(conn, conn_peer(conn, side), segment->ack);
}

bool sequence_fin_may_hide(const struct track_endpoint *end, uint32_t before)
{
    return !end->fin_known && (!end->shown_known || seq_gt(before, end->shown));
}

/* The part of [left, right) that lies in [from, to). */
static uint32_t overlap(uint32_t left, uint32_t right, uint32_t from, uint32_t to)
{
    uint32_t low = seq_max(left, from);
    uint32_t high = seq_lt(right, to) ? right : to;
    return seq_gt(high, low) ? high - low : 0;
}

bool sequence_window_is_old(const struct track_endpoint *end, const struct wire_segment *segment)
{
    return end->edge_known && seq_lt(segment->seq, end->window_seq) &&
           seq_leq(segment->ack, end->last_ack);
}

uint32_t sequence_new_bytes(const struct track_conn *conn, enum track_side side,
                            const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    uint32_t left = segment->seq + ((segment->flags & WIRE_SYN) != 0);
    uint32_t right = left + segment->payload_bytes;
    if (!end->nxt_known || seq_geq(left, end->snd_nxt) || left == right)
        return segment->payload_bytes;
    if (seq_leq(right, end->contiguous))
        return 0;
    left = seq_max(left, end->contiguous);
    uint32_t bytes = right - left;
    const struct track_hole_set *set = conn->holes[side];
    for (unsigned i = 0; set != NULL && i < set->count; i++)
        bytes -= overlap(left, right, set->range[i].left, set->range[i].right);
    return bytes;
}
