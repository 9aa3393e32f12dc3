/* What a segment says about its sender and presumes of its receiver (SPEC: sending is evidence at
 * once, receiving is presumed until the receiver sends what proves it). */
#include "config.h"

#include "track/evidence.h"

#include <stddef.h>

#include "track/path.h"
#include "track/seq.h"
#include "track/sequence.h"

enum judgement { SILENT, PROVEN, DISPROVEN, HELD };

#define HAS(segment, bits) (((segment)->flags & (bits)) == (bits))
#define LACKS(segment, bits) (((segment)->flags & (bits)) == 0)

/* The handshake's answer took reaction_ns; what comes much sooner after an input was sent before it
 * arrived. */
#define MILLISECOND INT64_C(1000000)

static bool can_have_seen(const struct track_endpoint *end, const struct track_input *input,
                          const struct wire_segment *segment)
{
    return end->reaction_ns <= 0 || segment->time_ns - input->time_ns >
                                        end->reaction_ns + end->reaction_ns / 2 + MILLISECOND;
}

static bool cannot_have_seen(const struct track_endpoint *end, const struct track_input *input,
                             const struct wire_segment *segment)
{
    return end->reaction_ns > MILLISECOND &&
           segment->time_ns - input->time_ns < end->reaction_ns / 2;
}

static bool acks(const struct wire_segment *segment, uint32_t number)
{
    return HAS(segment, WIRE_ACK) && seq_geq(segment->ack, number);
}

/* --- what a bare RST answers --- */

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* The frame of the peer's segment that a RST without ACK answers, 0 if none: the RST takes over its
 * ack. Of two that could be meant it is the one that was seen about as long ago as the answers of
 * this end take. */
static uint64_t find_answered(const struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if (!HAS(segment, WIRE_RST) || HAS(segment, WIRE_ACK) || peer->packets == 0)
        return 0;
    bool last = !peer->last_was_rst && segment->seq == peer->last_ack;
    bool unacked = peer->unacked.frame != 0 && segment->seq == peer->unacked.ack;
    if (last && unacked && end->reaction_ns >= 0) {
        int64_t sent_ns = segment->time_ns - end->reaction_ns;
        last = distance(peer->last_seen_ns, sent_ns) <= distance(peer->unacked.time_ns, sent_ns);
    }
    if (last)
        return peer->last_frame;
    return unacked ? peer->unacked.frame : 0;
}

/* --- judging one pending input by what its endpoint sends next --- */

/* RFC 9293 section 3.5.2: the answer to a SYN without a socket acks it. */
static enum judgement judge_syn(const struct wire_segment *segment, const struct track_input *input)
{
    if (HAS(segment, WIRE_RST))
        return acks(segment, input->seq) ? DISPROVEN : SILENT;
    if (!HAS(segment, WIRE_ACK))
        return SILENT;
    /* The SYN-ACK may leave out the data of a Fast Open SYN: input->seq is the end of the SYN
     * alone. */
    return seq_geq(segment->ack, input->seq) && segment->ack - input->seq < 65536 ? PROVEN : SILENT;
}

static enum judgement judge_syn_ack(const struct track_endpoint *end,
                                    const struct wire_segment *segment,
                                    const struct track_input *input)
{
    if (acks(segment, input->seq))
        return PROVEN;
    /* It would have been acked at once: a SYN that comes again never met it. */
    if (HAS(segment, WIRE_SYN) && LACKS(segment, WIRE_ACK))
        return DISPROVEN;
    /* A bare RST right after the SYN is the answer of a socket that was closed meanwhile. */
    if (HAS(segment, WIRE_RST) && segment->seq == end->iss + 1)
        return DISPROVEN;
    return SILENT;
}

static enum judgement judge_ack_of_syn(const struct track_conn *conn,
                                       const struct track_endpoint *end,
                                       const struct wire_segment *segment,
                                       const struct track_input *input, uint64_t answered)
{
    /* A SYN-ACK that comes again; the first one of a simultaneous open says nothing. */
    if (HAS(segment, WIRE_SYN))
        return end->syn_ack_sent && can_have_seen(end, input, segment) ? DISPROVEN : SILENT;
    if (HAS(segment, WIRE_RST) && LACKS(segment, WIRE_ACK)) {
        if (segment->seq != end->iss + 1)
            return PROVEN;
        return input->frame == answered ? DISPROVEN : SILENT;
    }
    /* A Fast Open server sends before the handshake is done. */
    if (conn->fast_open && cannot_have_seen(end, input, segment))
        return SILENT;
    return PROVEN;
}

/* Whether it may have sent its FIN before this segment: which of the two came first shows when what
 * is missing is seen. */
static bool own_fin_may_hide(const struct track_endpoint *end, const struct wire_segment *segment)
{
    uint32_t right = segment->seq + sequence_length(segment);
    if (right != segment->seq && (!end->nxt_known || seq_geq(right, end->snd_nxt)))
        return false;
    if (!end->nxt_known)
        return true;
    return sequence_fin_may_hide(end, seq_max(segment->seq, end->snd_nxt));
}

/* A FIN that is seen when more was seen before: it came again, or others overtook it. */
static bool is_late_fin(const struct track_endpoint *end, const struct wire_segment *segment)
{
    uint32_t right = segment->seq + sequence_length(segment);
    return HAS(segment, WIRE_FIN) && LACKS(segment, WIRE_RST) && !end->fin_known &&
           end->nxt_known && seq_leq(right, end->snd_nxt) && sequence_fin_may_hide(end, right);
}

static bool acks_fin(const struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    return peer->fin_known && acks(segment, peer->fin_end);
}

/* A RST that does not ack the FIN answers it, or was sent before it came: it was not taken in. */
static enum judgement judge_got_fin(const struct track_endpoint *end,
                                    const struct wire_segment *segment,
                                    const struct track_input *input, uint64_t answered)
{
    if (acks(segment, input->seq) || input->held_by != 0)
        return own_fin_may_hide(end, segment) ? HELD : PROVEN;
    if (HAS(segment, WIRE_RST) && LACKS(segment, WIRE_ACK))
        return answered > input->frame && !cannot_have_seen(end, input, segment) ? SILENT
                                                                                 : DISPROVEN;
    return HAS(segment, WIRE_RST) ? DISPROVEN : SILENT;
}

/* The FIN that comes again was not acked yet; a later ack may still be on its way. */
static enum judgement judge_fin_again(const struct track_endpoint *end,
                                      const struct wire_segment *segment, struct track_input *input)
{
    if (!can_have_seen(end, input, segment))
        return SILENT;
    if (input->again_frame == 0)
        return DISPROVEN;
    input->frame = input->again_frame;
    input->time_ns = input->again_ns;
    input->again_frame = 0;
    return can_have_seen(end, input, segment) ? DISPROVEN : SILENT;
}

/* A RST that answers an ack of the FIN comes from a host where the socket was gone before, unless
 * the segment brought data too: RFC 9293 section 3.6.1. */
static enum judgement judge_ack_of_fin(const struct track_endpoint *end,
                                       const struct track_endpoint *peer,
                                       const struct wire_segment *segment,
                                       struct track_input *input, uint64_t answered)
{
    if (HAS(segment, WIRE_RST)) {
        if (input->frame == answered && input->bare)
            return DISPROVEN;
        /* Data that is older would have ended the socket before. */
        bool data = answered >= input->frame && peer->unacked.frame >= input->frame &&
                    end->presumed == TRACK_FIN_WAIT_2;
        return data && seq_geq(segment->seq, end->fin_end) ? PROVEN : SILENT;
    }
    if (HAS(segment, WIRE_FIN) && segment->seq + sequence_length(segment) == end->fin_end)
        return judge_fin_again(end, segment, input);
    if (input->has_proof_end && acks(segment, input->proof_end))
        return PROVEN;
    return SILENT;
}

static enum judgement judge_got_rst(const struct track_conn *conn, enum track_side side,
                                    const struct wire_segment *segment,
                                    const struct track_input *input)
{
    const struct track_endpoint *end = &conn->end[side];
    if (HAS(segment, WIRE_RST))
        return LACKS(segment, WIRE_ACK) ? PROVEN : SILENT;
    return path_is_here(conn, side) || can_have_seen(end, input, segment) ? DISPROVEN : SILENT;
}

/* Its own RST was forged if it goes on beyond it; what the path merely reordered lies before it. */
static enum judgement judge_sent_rst(const struct wire_segment *segment,
                                     const struct track_input *input)
{
    if (HAS(segment, WIRE_RST))
        return SILENT;
    bool beyond = seq_gt(segment->seq + sequence_length(segment), input->seq);
    bool late = segment->time_ns - input->time_ns > 50 * MILLISECOND;
    return beyond || late ? DISPROVEN : SILENT;
}

static enum judgement judge(const struct track_conn *conn, enum track_side side,
                            const struct wire_segment *segment, struct track_input *input)
{
    const struct track_endpoint *end = &conn->end[side];
    uint64_t answered = find_answered(conn, side, segment);
    switch ((enum fsm_input)input->kind) {
    case FSM_GOT_SYN:
        return judge_syn(segment, input);
    case FSM_GOT_SYN_ACK:
        return judge_syn_ack(end, segment, input);
    case FSM_GOT_ACK_OF_SYN:
        return judge_ack_of_syn(conn, end, segment, input, answered);
    case FSM_GOT_FIN:
        return judge_got_fin(end, segment, input, answered);
    case FSM_GOT_ACK_OF_FIN:
        return judge_ack_of_fin(end, &conn->end[conn_peer(conn, side)], segment, input, answered);
    case FSM_GOT_RST:
        return judge_got_rst(conn, side, segment, input);
    case FSM_GOT_ICMP:
        return HAS(segment, WIRE_RST) ? SILENT : DISPROVEN;
    case FSM_SENT_RST:
        return judge_sent_rst(segment, input);
    case FSM_REUSED:
        return HAS(segment, WIRE_RST) ? SILENT : DISPROVEN;
    case FSM_SENT_SYN:
    case FSM_SENT_FIN:
    case FSM_NO_SOCKET:
    case FSM_TIME_WAIT_OVER:
    case FSM_INPUTS:
        break;
    }
    return SILENT;
}

/* The endpoint sent something that does not show the input. A RST says that the socket was gone,
 * and not whether it had taken the input in before. */
static void note_silence(const struct track_conn *conn, enum track_side side,
                         const struct wire_segment *segment, struct track_input *input)
{
    input->skipped = true;
    if (HAS(segment, WIRE_RST) && !path_is_here(conn, side) &&
        (input->kind == FSM_GOT_FIN || input->kind == FSM_GOT_ACK_OF_FIN))
        input->doubtful = true;
}

static void commit_proven(struct track_conn *conn, enum track_side side,
                          const struct track_input *input, const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    if (input->kind == FSM_GOT_FIN && (own_fin_may_hide(end, segment) || is_late_fin(end, segment)))
        end->unsure = true;
    /* It did send the SYN that was answered so. */
    if (input->kind == FSM_GOT_SYN_ACK)
        end->unsure = false;
    uint64_t proof = input->held_by != 0 ? input->held_by : segment->number;
    path_commit_input(conn, side, input,
                      (struct path_proof){!input->doubtful, input->doubtful ? 0 : proof});
}

/* When FINs crossed, the peer's FIN and its ack of this end's FIN may have come in either order:
 * which of CLOSING and FIN_WAIT_2 lay between is open unless only one of them can have come yet.
 * The first of these two inputs, or TRACK_MAX_INPUTS. */
static unsigned find_doubtful(struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment, const enum judgement *judged)
{
    const struct track_endpoint *end = &conn->end[side];
    unsigned count, fin = TRACK_MAX_INPUTS, ack = TRACK_MAX_INPUTS;
    const struct track_input *inputs = path_inputs(conn, side, &count);
    if (end->state != TRACK_FIN_WAIT_1 || path_is_here(conn, side))
        return TRACK_MAX_INPUTS;
    for (unsigned i = 0; i < count; i++) {
        if (inputs[i].kind == FSM_GOT_FIN && judged[i] == PROVEN)
            fin = i;
        else if (inputs[i].kind == FSM_GOT_ACK_OF_FIN && judged[i] != DISPROVEN)
            ack = i;
    }
    if (fin == TRACK_MAX_INPUTS || ack == TRACK_MAX_INPUTS ||
        seq_geq(inputs[fin].first_ack, end->fin_end) ||
        segment->time_ns - inputs[ack].time_ns < end->reaction_ns / 2)
        return TRACK_MAX_INPUTS;
    return fin < ack ? fin : ack;
}

/* A RST answers, but whether the FIN came before what killed the socket is open. */
static void doubt_after_lost_fin(struct track_input *inputs, const enum judgement *judged,
                                 unsigned count)
{
    bool lost = false;
    for (unsigned i = 0; i < count; i++) {
        lost = lost || (inputs[i].kind == FSM_GOT_FIN && judged[i] == DISPROVEN);
        if (lost && inputs[i].kind == FSM_GOT_RST)
            inputs[i].doubtful = true;
    }
}

/* Judges all pending inputs in order. What comes before a proven one happened too, though nothing
 * proves it. */
static void judge_pending(struct track_conn *conn, enum track_side side,
                          const struct wire_segment *segment)
{
    unsigned count;
    struct track_input *inputs = path_inputs(conn, side, &count);
    if (count == 0)
        return;
    enum judgement judged[TRACK_MAX_INPUTS];
    bool keep[TRACK_MAX_INPUTS];
    unsigned proven = 0;
    for (unsigned i = 0; i < count; i++) {
        judged[i] = judge(conn, side, segment, &inputs[i]);
        if (judged[i] == PROVEN)
            proven = i + 1;
    }
    unsigned doubtful = find_doubtful(conn, side, segment, judged);
    doubt_after_lost_fin(inputs, judged, count);
    for (unsigned i = 0; i < count; i++) {
        if (i == doubtful)
            inputs[i].doubtful = true;
        keep[i] = (judged[i] == SILENT || judged[i] == HELD) && i >= proven;
        if (judged[i] == PROVEN)
            commit_proven(conn, side, &inputs[i], segment);
        else if (judged[i] != DISPROVEN && i < proven)
            path_commit_input(conn, side, &inputs[i], (struct path_proof){false, 0});
        else if (judged[i] == SILENT)
            note_silence(conn, side, segment, &inputs[i]);
        else if (judged[i] == HELD && inputs[i].held_by == 0)
            inputs[i].held_by = segment->number;
    }
    path_keep(conn, side, keep);
}

/* --- what the sender did --- */

static void commit_now(struct track_conn *conn, enum track_side side, enum fsm_input input,
                       const struct wire_segment *segment)
{
    path_commit(conn, side, input, segment->number, segment->time_ns,
                (struct path_proof){true, segment->number});
}

/* The segment proves a step whose own segment the capture missed. */
static void commit_missed(struct track_conn *conn, enum track_side side, enum fsm_input input,
                          const struct wire_segment *segment, bool confirmed)
{
    path_commit(conn, side, input, 0, segment->time_ns,
                (struct path_proof){confirmed, segment->number});
}

/* What the ack of the copy of a FIN that counts says of its receiver's own SYN and FIN. */
static void note_fin_ack(const struct track_endpoint *end, uint32_t ack, struct track_input *input)
{
    input->acks_syn = end->iss_known && seq_gt(ack, end->iss) && seq_leq(ack, end->snd_nxt);
    input->acks_fin = end->fin_known && seq_geq(ack, end->fin_end);
}

static bool expect_fin(struct track_conn *conn, enum track_side side, uint64_t frame,
                       int64_t time_ns)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    struct track_input fin = {.frame = frame,
                              .time_ns = time_ns,
                              .seq = peer->fin_end,
                              .first_ack = peer->fin_ack,
                              .kind = FSM_GOT_FIN};
    note_fin_ack(&conn->end[side], peer->fin_ack, &fin);
    return path_expect(conn, side, &fin);
}

/* An endpoint that talks in the middle of a connection of which the beginning was not captured. */
static void join(struct track_conn *conn, enum track_side side, const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    bool closing = acks_fin(conn, side, segment);
    if (end->state != TRACK_UNKNOWN || LACKS(segment, WIRE_ACK) || HAS(segment, WIRE_SYN) ||
        (HAS(segment, WIRE_FIN) && !closing))
        return;
    end->unsure = closing && own_fin_may_hide(end, segment);
    path_join(conn, side, closing ? TRACK_CLOSE_WAIT : TRACK_ESTABLISHED, segment->number,
              segment->time_ns);
    path_presume(conn, side);
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if (!closing && peer->fin_known)
        expect_fin(conn, side, peer->fin_frame, segment->time_ns);
}

/* A SYN-ACK whose SYN was missed: the peer sent one, and this end took it. */
static void answer_unseen_syn(struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment)
{
    enum track_side peer = conn_peer(conn, side);
    if (conn->end[peer].state == TRACK_CLOSED && peer != side) {
        conn->end[peer].iss = segment->ack - 1;
        conn->end[peer].iss_known = true;
        commit_missed(conn, peer, FSM_SENT_SYN, segment, false);
        path_presume(conn, peer);
    }
    commit_missed(conn, side, FSM_GOT_SYN, segment, true);
}

static void sent_syn(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    if (LACKS(segment, WIRE_ACK)) {
        /* It opens too: it was no listener. */
        if (end->state == TRACK_LISTEN)
            end->state = TRACK_CLOSED;
        commit_now(conn, side, FSM_SENT_SYN, segment);
        return;
    }
    end->syn_ack_sent = true;
    if (end->state == TRACK_LISTEN || end->state == TRACK_UNKNOWN)
        answer_unseen_syn(conn, side, segment);
}

/* The peer took this end's SYN and answered, but the capture has no SYN-ACK. */
static void missed_syn_ack(struct track_conn *conn, enum track_side side,
                           const struct wire_segment *segment)
{
    enum track_side peer = conn_peer(conn, side);
    unsigned count;
    struct track_input *inputs = path_inputs(conn, peer, &count);
    for (unsigned i = 0; i < count; i++)
        if (inputs[i].kind == FSM_GOT_SYN) {
            bool keep[TRACK_MAX_INPUTS] = {false};
            path_commit_input(conn, peer, &inputs[i], (struct path_proof){false, segment->number});
            path_keep(conn, peer, keep);
            break;
        }
    commit_missed(conn, side, FSM_GOT_SYN_ACK, segment, true);
}

/* Data or an ACK that a state before ESTABLISHED could not send: the capture missed what came
 * between. */
static void sent_plain(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    join(conn, side, segment);
    if (end->state == TRACK_SYN_SENT && HAS(segment, WIRE_ACK) && segment->seq == end->iss + 1)
        missed_syn_ack(conn, side, segment);
    bool data = segment->payload_bytes > 0 || HAS(segment, WIRE_FIN);
    if (end->state == TRACK_SYN_RECEIVED && data && !conn->fast_open)
        commit_missed(conn, side, FSM_GOT_ACK_OF_SYN, segment, true);
}

static void sent_fin(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    uint32_t right = segment->seq + sequence_length(segment);
    if (end->fin_known && seq_leq(right, end->fin_end))
        return;
    if (end->state != TRACK_CLOSE_WAIT)
        end->unsure = end->unsure || sequence_fin_may_hide(peer, segment->ack);
    else if (!is_late_fin(end, segment))
        end->unsure = false;
    commit_now(conn, side, FSM_SENT_FIN, segment);
}

/* Whether a RST fits what its sender sent before: at its next number, or answering something older.
 */
static bool rst_fits_sender(const struct track_endpoint *end, const struct wire_segment *segment)
{
    if (!end->nxt_known)
        return true;
    uint32_t low = end->una_known ? end->snd_una - 1 : end->snd_nxt - 1;
    return seq_geq(segment->seq, low) && seq_leq(segment->seq, end->snd_nxt);
}

/* The answer of a host where nothing listens; a RST that acks nothing is none. */
static void refuse(struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if (!HAS(segment, WIRE_ACK) || !peer->nxt_known || seq_leq(segment->ack, peer->iss) ||
        seq_gt(segment->ack, peer->snd_nxt))
        return;
    conn->end[side].state = TRACK_CLOSED;
    conn->refused = true;
    path_presume(conn, side);
}

static void sent_rst(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    if (end->state == TRACK_LISTEN) {
        refuse(conn, side, segment);
        return;
    }
    if (end->state == TRACK_SYN_SENT && segment->seq != end->iss + 1)
        return; /* answers an unacceptable ack and goes on waiting */
    uint64_t answered = find_answered(conn, side, segment);
    if (answered == 0 && !rst_fits_sender(end, segment))
        return;
    /* What it answers moved its sender. A connection attempt that was given up ended without a
     * segment. */
    uint64_t frame = answered != 0 ? answered : segment->number;
    struct track_input input = {.frame = end->state == TRACK_SYN_SENT ? 0 : frame,
                                .time_ns = segment->time_ns,
                                .seq = segment->seq,
                                .kind = FSM_SENT_RST,
                                /* Linux aborts with RST,ACK; a bare RST answers for a host
                                 * without the socket, or somebody in between sent it. */
                                .doubtful =
                                    LACKS(segment, WIRE_ACK) || end->state == TRACK_UNKNOWN};
    if (path_expect(conn, side, &input))
        path_order_last(conn, side);
}

/* Whether the FIN had left before the peer's was taken in: it does not ack it, or an earlier
 * segment that did not ack it either had a number behind the FIN. */
static bool sent_fin_first(const struct track_conn *conn, enum track_side side,
                           const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    return is_late_fin(end, segment) &&
           (!acks_fin(conn, side, segment) ||
            seq_leq(segment->seq + sequence_length(segment), end->open_nxt));
}

static void note_open_nxt(struct track_conn *conn, enum track_side side,
                          const struct wire_segment *segment)
{
    struct track_endpoint *end = &conn->end[side];
    uint32_t right = segment->seq + sequence_length(segment);
    if (!HAS(segment, WIRE_RST) && !acks_fin(conn, side, segment) &&
        (!end->nxt_known || seq_gt(right, end->open_nxt)))
        end->open_nxt = right;
}

static struct track_input *find_input(struct track_conn *conn, enum track_side side,
                                      enum fsm_input kind)
{
    unsigned count;
    struct track_input *inputs = path_inputs(conn, side, &count);
    for (unsigned i = 0; i < count; i++)
        if (inputs[i].kind == kind)
            return &inputs[i];
    return NULL;
}

/* Both ends opened, but this one acks without having sent a SYN-ACK: the peer's SYN-ACK reached it
 * before its SYN, so that it never was in SYN_RECEIVED (RFC 9293 section 3.10.7.3). */
static void skip_syn_received(struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    struct track_input *syn = find_input(conn, side, FSM_GOT_SYN);
    struct track_input *ack = find_input(conn, side, FSM_GOT_ACK_OF_SYN);
    if (end->state != TRACK_SYN_SENT || end->syn_ack_sent || syn == NULL || ack == NULL ||
        !peer->syn_ack_sent || HAS(segment, WIRE_SYN) || HAS(segment, WIRE_RST) ||
        !acks(segment, syn->seq))
        return;
    ack->kind = FSM_GOT_SYN_ACK;
    ack->seq = syn->seq;
    bool keep[TRACK_MAX_INPUTS];
    unsigned count;
    const struct track_input *inputs = path_inputs(conn, side, &count);
    for (unsigned i = 0; i < count; i++)
        keep[i] = &inputs[i] != syn;
    path_keep(conn, side, keep);
}

void evidence_sent(struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment)
{
    if (sent_fin_first(conn, side, segment))
        sent_fin(conn, side, segment);
    skip_syn_received(conn, side, segment);
    judge_pending(conn, side, segment);
    /* Whatever the capture lacks before the FIN, this end has it. */
    if (acks_fin(conn, side, segment) &&
        expect_fin(conn, side, conn->end[conn_peer(conn, side)].fin_frame, segment->time_ns))
        judge_pending(conn, side, segment);
    note_open_nxt(conn, side, segment);
    if (HAS(segment, WIRE_RST)) {
        sent_rst(conn, side, segment);
        return;
    }
    if (HAS(segment, WIRE_SYN))
        sent_syn(conn, side, segment);
    else
        sent_plain(conn, side, segment);
    if (HAS(segment, WIRE_FIN))
        sent_fin(conn, side, segment);
    path_presume(conn, side);
}

/* --- what the receiver should do --- */

static void expect(struct track_conn *conn, enum track_side side, enum fsm_input kind, uint32_t seq,
                   const struct wire_segment *segment)
{
    struct track_input input = {.frame = segment->number,
                                .time_ns = segment->time_ns,
                                .seq = seq,
                                .kind = (uint8_t)kind,
                                .arrived = segment->arrival == WIRE_ARRIVED};
    path_expect(conn, side, &input);
}

/* What comes again counts from the copy that can have arrived: the endpoint sent something after
 * the first one that does not cover it. */
static bool moved_to_copy(struct track_conn *conn, enum track_side side, enum fsm_input kind,
                          const struct wire_segment *segment)
{
    struct track_input *input = find_input(conn, side, kind);
    if (input == NULL)
        return false;
    if (input->repeats < UINT8_MAX)
        input->repeats++;
    input->arrived |= segment->arrival == WIRE_ARRIVED;
    if ((input->skipped && input->held_by == 0) || kind == FSM_GOT_SYN) {
        input->frame = segment->number;
        input->time_ns = segment->time_ns;
        input->skipped = false;
        path_move_last(conn, side, input);
    }
    return true;
}

static void got_syn(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    if (LACKS(segment, WIRE_ACK)) {
        if (!moved_to_copy(conn, side, FSM_GOT_SYN, segment))
            expect(conn, side, FSM_GOT_SYN, segment->seq + 1, segment);
        return;
    }
    if (end->presumed == TRACK_SYN_SENT && seq_gt(segment->ack, end->iss) &&
        seq_leq(segment->ack, end->snd_nxt)) {
        expect(conn, side, FSM_GOT_SYN_ACK, segment->seq + 1, segment);
        return;
    }
    moved_to_copy(conn, side, FSM_GOT_SYN_ACK, segment);
}

static void expect_ack_of_fin(struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    bool in_order = LACKS(segment, WIRE_FIN) || seq_leq(segment->seq, peer->contiguous);
    bool waits = conn->end[side].presumed == TRACK_FIN_WAIT_1;
    struct track_input input = {.frame = segment->number,
                                .time_ns = segment->time_ns,
                                .kind = FSM_GOT_ACK_OF_FIN,
                                .arrived = segment->arrival == WIRE_ARRIVED,
                                /* A FIN that the capture lacks may have led to CLOSING before. */
                                .doubtful = waits && sequence_fin_may_hide(peer, segment->seq),
                                .bare = segment->payload_bytes == 0 && in_order};
    path_expect(conn, side, &input);
}

/* The peer's data that carries the same ack will prove that it arrived. */
static void note_proof(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment)
{
    if (sequence_length(segment) == 0)
        return;
    const struct track_endpoint *end = &conn->end[side];
    struct track_input *input = find_input(conn, side, FSM_GOT_ACK_OF_FIN);
    if (input == NULL || input->has_proof_end || !acks(segment, end->fin_end))
        return;
    input->has_proof_end = true;
    input->proof_end = segment->seq + sequence_length(segment);
}

static void got_ack(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    if (end->presumed == TRACK_SYN_RECEIVED && seq_gt(segment->ack, end->iss) &&
        seq_leq(segment->ack, end->snd_nxt))
        expect(conn, side, FSM_GOT_ACK_OF_SYN, 0, segment);
    struct track_input *pending = find_input(conn, side, FSM_GOT_ACK_OF_FIN);
    if (pending != NULL && end->fin_known && segment->ack == end->fin_end) {
        pending->again_frame = segment->number;
        pending->again_ns = segment->time_ns;
    }
    if (end->fin_known && segment->ack == end->fin_end)
        expect_ack_of_fin(conn, side, segment);
    note_proof(conn, side, segment);
}

/* A copy that came again; true if the FIN is pending already. */
static bool moved_fin_to_copy(struct track_conn *conn, enum track_side side,
                              const struct wire_segment *segment)
{
    const struct track_input *before = find_input(conn, side, FSM_GOT_FIN);
    bool skipped = before != NULL && before->skipped;
    if (!moved_to_copy(conn, side, FSM_GOT_FIN, segment))
        return false;
    if (skipped) {
        note_fin_ack(&conn->end[side], segment->ack, find_input(conn, side, FSM_GOT_FIN));
        path_presume(conn, side);
    }
    return true;
}

static void got_fin(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment)
{
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    if (!peer->fin_known || seq_lt(peer->contiguous, peer->fin_end))
        return;
    if (HAS(segment, WIRE_FIN) && moved_fin_to_copy(conn, side, segment))
        return;
    expect_fin(conn, side, segment->number, segment->time_ns);
}

/* Linux takes a RST right after the highest block that it SACKed, too. */
static bool rst_follows_sacked(const struct track_conn *conn, enum track_side side,
                               const struct wire_segment *segment)
{
    const struct track_hole_set *holes = conn->holes[conn_peer(conn, side)];
    return holes != NULL && segment->seq == holes->range[holes->count - 1].right;
}

/* RFC 5961 section 3.2, as Linux does it: exactly the next number expected; one less where the
 * peer's FIN was taken in (Linux: the RST of a socket that did not count its own FIN). In SYN_SENT
 * the ack decides. */
static bool rst_is_accepted(const struct track_conn *conn, enum track_side side,
                            const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    switch ((enum track_state)end->presumed) {
    case TRACK_SYN_SENT:
        return HAS(segment, WIRE_ACK) && seq_gt(segment->ack, end->iss) &&
               seq_leq(segment->ack, end->snd_nxt);
    case TRACK_SYN_RECEIVED:
        return segment->seq == peer->contiguous;
    case TRACK_CLOSE_WAIT:
    case TRACK_LAST_ACK:
    case TRACK_CLOSING:
        return segment->seq == peer->contiguous || segment->seq == peer->contiguous - 1;
    case TRACK_FIN_WAIT_2:
        /* A socket that was closed there is a small one to Linux, which any in the window ends; a
         * whole one sends a challenge ACK, which takes it back. */
        return seq_geq(segment->seq, peer->contiguous) &&
               seq_lt(segment->seq,
                      peer->contiguous + (end->window_bytes > 0 ? end->window_bytes : 1u));
    case TRACK_ESTABLISHED:
    case TRACK_FIN_WAIT_1:
    case TRACK_TIME_WAIT:
        return segment->seq == peer->contiguous || rst_follows_sacked(conn, side, segment);
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_STATES:
        break;
    }
    return false;
}

static bool got_rst(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    if (!rst_is_accepted(conn, side, segment))
        return end->presumed != TRACK_CLOSED && end->presumed != TRACK_LISTEN;
    expect(conn, side, FSM_GOT_RST, segment->seq, segment);
    return false;
}

bool evidence_received(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment)
{
    if (HAS(segment, WIRE_RST))
        return got_rst(conn, side, segment);
    if (HAS(segment, WIRE_SYN))
        got_syn(conn, side, segment);
    if (HAS(segment, WIRE_ACK))
        got_ack(conn, side, segment);
    got_fin(conn, side, segment);
    return false;
}
