/* The measures of a connection, per endpoint. */
#include "config.h"

#include "track/measure.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/loss.h"
#include "track/path.h"
#include "track/rtt.h"
#include "track/seq.h"
#include "track/sequence.h"

#define FOUND(event, finding) (((event)->findings >> (finding)&1) != 0)

#define IDLE_NS INT64_C(1000000000)
#define IDLE_ROUND_TRIPS 4
/* While no round trip is known: what fills a gap sooner was only overtaken. */
#define REORDER_NS INT64_C(3000000)

/* Time runs back where a capture's records are out of order; hostile times are far apart. */
static int64_t elapsed(int64_t from_ns, int64_t to_ns)
{
    if (to_ns <= from_ns)
        return 0;
    uint64_t span = (uint64_t)to_ns - (uint64_t)from_ns;
    return span > INT64_MAX ? INT64_MAX : (int64_t)span;
}

static int64_t add_spans(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* --- segments being timed --- */

static unsigned timed_room(const struct measure_timed *timed)
{
    return timed->many != NULL ? MEASURE_TIMED : MEASURE_FEW;
}

static struct measure_mark *timed_at(struct measure_timed *timed, unsigned i)
{
    unsigned at = timed->first + i, room = timed_room(timed);
    struct measure_mark *ring = timed->many != NULL ? timed->many->mark : timed->few;
    return &ring[at < room ? at : at - room];
}

static void timed_spread(struct measure_timed *timed)
{
    struct measure_marks *many = base_alloc(sizeof *many);
    for (unsigned i = 0; i < timed->count; i++)
        many->mark[i] = *timed_at(timed, i);
    timed->many = many;
    timed->first = 0;
}

/* Times the first segment of each mark only: an answer to a later one cannot be told from one to
 * it. */
static void timed_start(struct measure_timed *timed, uint32_t mark, int64_t time_ns)
{
    if (timed->any && seq_leq(mark, timed->newest))
        return;
    timed->any = true;
    timed->newest = mark;
    if (timed->count == 0)
        timed->full = false;
    if (timed->full)
        return;
    if (timed->count == MEASURE_FEW && timed->many == NULL)
        timed_spread(timed);
    *timed_at(timed, timed->count) = (struct measure_mark){time_ns, mark};
    timed->full = ++timed->count == MEASURE_TIMED;
}

/* Ends all up to mark; true if one has exactly this mark. */
static bool timed_end(struct measure_timed *timed, uint32_t mark, int64_t *time_ns)
{
    bool found = false;
    while (timed->count > 0 && seq_leq(timed_at(timed, 0)->mark, mark)) {
        found = timed_at(timed, 0)->mark == mark;
        *time_ns = timed_at(timed, 0)->time_ns;
        timed->first = (uint8_t)(timed->first + 1u == timed_room(timed) ? 0 : timed->first + 1u);
        timed->count--;
    }
    return found;
}

/* Gives up what lies beyond seq. */
static void timed_cut(struct measure_timed *timed, uint32_t seq)
{
    while (timed->count > 0 && seq_gt(timed_at(timed, timed->count - 1u)->mark, seq))
        timed->count--;
}

/* --- the beginning --- */

/* Bytes that an end has sent up to right and that the peer has not acknowledged; 0 where neither an
 * ack nor the beginning was seen, or the peer never. */
static uint32_t outstanding(const struct track_conn *conn, enum track_side side, uint32_t right)
{
    const struct track_endpoint *end = &conn->end[side];
    bool from_start = end->iss_known && conn->end[conn_peer(conn, side)].packets > 0;
    if (!end->una_known && !from_start)
        return 0;
    uint32_t left = end->una_known ? end->snd_una : end->iss;
    return seq_gt(right, left) ? right - left : 0;
}

static void begin_end(const struct track_conn *conn, enum track_side side, struct measure_end *own)
{
    const struct track_endpoint *end = &conn->end[side];
    own->data_seen = own->syn_data = end->payload_bytes > 0;
    own->syn_data_end = end->snd_nxt;
    own->data_ns = own->active_ns = conn->start_ns;
    own->data_end = end->snd_nxt;
    if (end->iss_known && end->nxt_known)
        own->in_flight_max = end->snd_nxt - end->iss;
}

/* Its half of the handshake is a sample too, once. */
static void take_handshake(const struct track_conn *conn, enum track_side side,
                           struct measure_end *own)
{
    const struct track_endpoint *end = &conn->end[side];
    if (own->handshake_taken || !end->reaction_clear)
        return;
    own->handshake_taken = true;
    rtt_add(&own->ack, end->reaction_ns);
    if (conn->end[TRACK_CLIENT].ts_known && conn->end[TRACK_SERVER].ts_known)
        rtt_add(&own->timestamp, end->reaction_ns);
}

/* Takes over what the SYNs brought: half-open connections have no measures yet. */
static void begin(struct track_conn *conn)
{
    if (conn->measuring)
        return;
    conn->measuring = true;
    begin_end(conn, TRACK_CLIENT, &conn->measured[TRACK_CLIENT]);
    begin_end(conn, TRACK_SERVER, &conn->measured[TRACK_SERVER]);
}

/* The shortest known of the whole path; -1 when none is known. */
static int64_t round_trip(const struct track_conn *conn)
{
    int64_t sum_ns = -1;
    for (int side = 0; side < 2; side++) {
        const struct rtt_times *times = &conn->measured[side].ack;
        if (times->samples == 0)
            times = &conn->measured[side].timestamp;
        if (times->samples > 0)
            sum_ns = add_spans(sum_ns < 0 ? 0 : sum_ns, rtt_least(times));
    }
    return sum_ns;
}

/* --- what an ack tells of the peer's data --- */

static void take_ack(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, const struct track_event *event)
{
    enum track_side peer = conn_peer(conn, side);
    struct track_endpoint *acked = &conn->end[peer];
    struct measure_end *own = &conn->measured[side], *sender = &conn->measured[peer];
    int64_t sent_ns, now_ns = segment->time_ns;
    if (FOUND(event, TRACK_DSACK))
        loss_got_twice(&sender->loss, segment->options.sack[0].left,
                       segment->options.sack[0].right);
    if (!acked->nxt_known || !sequence_ack_possible(acked, segment->ack) ||
        (acked->una_known && seq_leq(segment->ack, acked->snd_una)))
        return;
    if (timed_end(&sender->by_ack, segment->ack, &sent_ns))
        rtt_add(&own->ack, elapsed(sent_ns, now_ns));
    if ((segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0 &&
        timed_end(&sender->by_timestamp, segment->options.timestamp_echo, &sent_ns))
        rtt_add(&own->timestamp, elapsed(sent_ns, now_ns));
    if (!acked->una_known)
        return;
    acked->unique_bytes += loss_acked(&sender->loss, segment->ack, acked->snd_nxt, now_ns);
    if (sender->data_seen && seq_gt(sender->data_end, acked->snd_una))
        sender->active_ns = now_ns;
}

/* --- what a segment tells of its sender --- */

static void take_window(struct measure_end *own, const struct wire_segment *segment,
                        const struct track_event *event)
{
    if (own->zero_window && segment->window != 0) {
        own->zero_window_ns =
            add_spans(own->zero_window_ns, elapsed(own->zero_since_ns, segment->time_ns));
        own->zero_window = false;
        own->zero_until_ns = segment->time_ns;
    } else if (FOUND(event, TRACK_ZERO_WINDOW) && !own->zero_window) {
        own->zero_window = true;
        own->zero_since_ns = segment->time_ns;
    }
    if (!event->window_scale_known)
        return;
    uint32_t bytes = event->window_bytes;
    if (!own->window_known || bytes < own->window_min)
        own->window_min = bytes;
    if (!own->window_known || bytes > own->window_max)
        own->window_max = bytes;
    own->window_last = bytes;
    own->window_known = true;
}

/* Whether the receiver has reported all of [left, right). */
static bool is_sacked(const struct track_sack_board *board, uint32_t left, uint32_t right)
{
    for (unsigned i = 0; board != NULL && i < board->count; i++)
        if (seq_leq(board->range[i].left, left) && seq_leq(right, board->range[i].right))
            return true;
    return false;
}

static void take_loss(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment)
{
    const struct track_endpoint *end = &conn->end[side];
    const struct measure_end *own = &conn->measured[side];
    const struct track_sack_board *board = conn->sacked[side];
    uint32_t right = segment->seq + sequence_length(segment);
    /* What goes on where the last one ended says nothing of losses: nearly all do. */
    if (!end->nxt_known || segment->seq == end->snd_nxt)
        return;
    int64_t round_trip_ns = round_trip(conn);
    loss_sent(&conn->measured[side].loss,
              &(struct loss_segment){
                  .left = segment->seq,
                  .right = right,
                  .snd_una = end->una_known ? end->snd_una : segment->seq,
                  .snd_nxt = end->snd_nxt,
                  .time_ns = segment->time_ns,
                  .newest_ns = end->nxt_sent_ns,
                  .round_trip_ns = round_trip_ns >= 0 ? round_trip_ns : REORDER_NS,
                  .repeat_asked = conn->end[conn_peer(conn, side)].dup_acks > 0 || board != NULL,
                  .kept = is_sacked(board, segment->seq, right) ||
                          (own->syn_data && seq_lt(segment->seq, own->syn_data_end)),
              });
}

/* Idle is who has nothing to send: what waits for an ack or for the peer's window is not. */
static void take_activity(struct track_conn *conn, enum track_side side, int64_t now_ns)
{
    struct measure_end *own = &conn->measured[side];
    const struct track_endpoint *end = &conn->end[side];
    bool waiting = end->una_known && seq_gt(own->data_end, end->snd_una);
    int64_t until_ns = conn->measured[conn_peer(conn, side)].zero_until_ns;
    int64_t gap_ns = elapsed(until_ns > own->active_ns ? until_ns : own->active_ns, now_ns);
    if (!own->data_seen) {
        own->data_ns = now_ns;
    } else if (!waiting && gap_ns > IDLE_NS && gap_ns / IDLE_ROUND_TRIPS > round_trip(conn)) {
        own->idle_gaps++;
        own->idle_ns = add_spans(own->idle_ns, gap_ns);
        if (gap_ns > own->idle_longest_ns)
            own->idle_longest_ns = gap_ns;
    }
    own->more_data_seen = own->data_seen;
    own->data_seen = true;
    own->active_ns = now_ns;
}

/* Starts to time it, or gives up what it repeats. */
static void take_timing(struct measure_end *own, const struct track_endpoint *end,
                        const struct wire_segment *segment)
{
    if (!end->nxt_known || seq_geq(segment->seq, end->snd_nxt))
        timed_start(&own->by_ack, segment->seq + sequence_length(segment), segment->time_ns);
    else
        timed_cut(&own->by_ack, segment->seq);
    if ((segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0)
        timed_start(&own->by_timestamp, segment->options.timestamp_value, segment->time_ns);
}

static void take_data(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment, uint32_t new_bytes)
{
    struct measure_end *own = &conn->measured[side];
    const struct track_endpoint *end = &conn->end[side];
    uint32_t right = segment->seq + sequence_length(segment);
    take_loss(conn, side, segment);
    if (right == segment->seq)
        return;
    take_timing(own, end, segment);
    own->retransmitted_bytes += segment->payload_bytes - new_bytes;
    uint32_t in_flight =
        outstanding(conn, side, end->nxt_known ? seq_max(right, end->snd_nxt) : right);
    if (in_flight > own->in_flight_max)
        own->in_flight_max = in_flight;
    if (segment->payload_bytes == 0)
        return;
    take_activity(conn, side, segment->time_ns);
    right = segment->seq + segment->payload_bytes;
    own->data_end = new_bytes == segment->payload_bytes ? right : seq_max(own->data_end, right);
}

void measure_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, const struct track_event *event,
                     uint32_t new_bytes)
{
    if ((segment->flags & WIRE_SYN) != 0)
        return;
    begin(conn);
    take_handshake(conn, TRACK_CLIENT, &conn->measured[TRACK_CLIENT]);
    take_handshake(conn, TRACK_SERVER, &conn->measured[TRACK_SERVER]);
    if ((segment->flags & WIRE_ACK) != 0)
        take_ack(conn, side, segment, event);
    take_window(&conn->measured[side], segment, event);
    if (!FOUND(event, TRACK_KEEP_ALIVE) && !FOUND(event, TRACK_WINDOW_PROBE))
        take_data(conn, side, segment, new_bytes);
}

void measure_refused(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment)
{
    if (conn->measuring && segment->payload_bytes > 0)
        loss_doubted(&conn->measured[side].loss, segment->seq,
                     segment->seq + segment->payload_bytes);
}

/* --- time in states --- */

/* An endpoint is in CLOSED or LISTEN before and after the connection, however long. */
static bool is_counted(uint8_t state)
{
    return state != TRACK_UNKNOWN && state != TRACK_CLOSED && state != TRACK_LISTEN;
}

static void spend(int64_t *state_ns, uint16_t *states, uint8_t state, int64_t time_ns)
{
    if (!is_counted(state))
        return;
    *states |= (uint16_t)(1u << state);
    state_ns[state] = add_spans(state_ns[state], time_ns);
}

void measure_transition(struct track_conn *conn, const struct track_transition *transition)
{
    struct track_endpoint *end = &conn->end[transition->side];
    if (is_counted(end->written)) {
        struct measure_end *own = &conn->measured[transition->side];
        spend(own->state_ns, &own->states, end->written,
              elapsed(end->written_ns, transition->time_ns));
    }
    end->written = transition->to;
    end->written_ns = transition->time_ns;
}

/* Adds the transitions that are not written yet, and the state that lasts. */
static void describe_states(const struct track_conn *conn, enum track_side side,
                            struct track_measures *out)
{
    struct track_transition steps[TRACK_MAX_OPEN_TRANSITIONS];
    size_t count = path_list(conn, steps, TRACK_MAX_OPEN_TRANSITIONS);
    uint8_t state = conn->end[side].written;
    out->state_since_ns = conn->end[side].written_ns;
    for (size_t i = 0; i < count; i++) {
        if (steps[i].side != side)
            continue;
        spend(out->state_ns, &out->states, state, elapsed(out->state_since_ns, steps[i].time_ns));
        state = steps[i].to;
        out->state_since_ns = steps[i].time_ns;
    }
    spend(out->state_ns, &out->states, state, elapsed(out->state_since_ns, conn->end_ns));
}

/* --- telling --- */

/* Bytes a second. */
static uint64_t rate(uint64_t bytes, int64_t time_ns)
{
    if (time_ns <= 0)
        return 0;
    double rate = (double)bytes * 1e9 / (double)time_ns;
    return rate < 1e18 ? (uint64_t)(rate + 0.5) : (uint64_t)1e18;
}

static void describe_rates(const struct track_endpoint *end, const struct measure_end *own,
                           struct track_measures *out)
{
    int64_t active_ns = elapsed(own->data_ns, own->active_ns);
    active_ns -= own->idle_ns < active_ns ? own->idle_ns : active_ns;
    if (own->more_data_seen) {
        out->throughput = rate(end->payload_bytes, active_ns);
        out->goodput = rate(end->unique_bytes, active_ns);
    }
    out->idle_gaps = own->idle_gaps;
    out->idle_longest_ns = own->idle_longest_ns;
}

static void describe_window(const struct track_conn *conn, const struct measure_end *own,
                            struct track_measures *out)
{
    out->window_known = own->window_known;
    out->window_min = own->window_min;
    out->window_max = own->window_max;
    out->window_last = own->window_last;
    out->zero_window_ns = own->zero_window_ns;
    if (own->zero_window)
        out->zero_window_ns =
            add_spans(out->zero_window_ns, elapsed(own->zero_since_ns, conn->end_ns));
}

static void describe_end(const struct track_conn *conn, enum track_side side,
                         const struct measure_end *own, bool round_trips,
                         struct track_measures *out)
{
    const struct track_endpoint *end = &conn->end[side];
    out->handshake_ns = end->reaction_ns;
    if (round_trips) {
        rtt_describe(&own->ack, &out->ack);
        rtt_describe(&own->timestamp, &out->timestamp);
    }
    out->in_flight = end->nxt_known ? outstanding(conn, side, end->snd_nxt) : 0;
    out->in_flight_max = own->in_flight_max;
    out->retransmitted_bytes = own->retransmitted_bytes;
    out->lost_by_network = own->loss.by_network;
    out->missed_by_capture = own->loss.by_capture;
    describe_rates(end, own, out);
    describe_window(conn, own, out);
}

void measure_describe(const struct track_conn *conn, enum track_side side, bool round_trips,
                      struct track_measures *out)
{
    memset(out, 0, sizeof *out);
    if (conn->measuring) {
        describe_end(conn, side, &conn->measured[side], round_trips, out);
    } else {
        struct measure_end handshake = {0};
        begin_end(conn, side, &handshake);
        take_handshake(conn, side, &handshake);
        describe_end(conn, side, &handshake, round_trips, out);
    }
    memcpy(out->state_ns, conn->measured[side].state_ns, sizeof out->state_ns);
    out->states = conn->measured[side].states;
    describe_states(conn, side, out);
}

void measure_free(struct track_conn *conn)
{
    for (int side = 0; side < 2; side++) {
        struct measure_end *own = &conn->measured[side];
        free(own->by_ack.many);
        free(own->by_timestamp.many);
        rtt_free(&own->ack);
        rtt_free(&own->timestamp);
        loss_free(&own->loss);
    }
}
