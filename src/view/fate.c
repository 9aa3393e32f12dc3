/* What became of a segment on its way, and how its arrow is drawn. */
#include "config.h"

#include "view/fate.h"

#include "track/seq.h"

#define BIT(finding) ((track_finding_set)1 << (finding))
/* Where no round trip is known: what comes again sooner was doubled on the way or by the capture.
 */
#define SOON_NS 1000000

static uint32_t end_of(const struct track_event *event)
{
    return event->seq + event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
           ((event->flags & WIRE_FIN) != 0);
}

/* A transition at this step is the receiver's. */
static bool moved_its_receiver(const struct view_steps *steps, size_t step)
{
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->anchors[i].step == step &&
            steps->transitions[i].side != steps->items[step].event.sender)
            return true;
    return false;
}

/* Nobody can have missed a segment in so short a time: its loss shows after a round trip. */
static bool is_too_soon(const struct track_connection *record, int64_t span_ns)
{
    if (record->handshake_server_ns < 0 || record->handshake_client_ns < 0)
        return span_ns < SOON_NS;
    return span_ns < (record->handshake_server_ns + record->handshake_client_ns) / 2;
}

/* Data, SYN or FIN: the next time that it is sent says what became of it. */
static bool was_sent_again(const struct view_steps *steps, const struct track_connection *record,
                           size_t step)
{
    const struct track_event *event = &steps->items[step].event;
    for (size_t i = step + 1; i < steps->count; i++) {
        if (steps->items[i].kind != VIEW_ITEM_EVENT)
            return false;
        const struct track_event *later = &steps->items[i].event;
        bool same = later->related_frame != 0 ? later->related_frame == event->frame
                                              : later->seq == event->seq;
        if (later->sender == event->sender && same && view_is_retransmission(later->findings))
            return (later->findings & BIT(TRACK_SPURIOUS_RETRANSMISSION)) == 0 &&
                   !is_too_soon(record, later->time_ns - event->time_ns);
        if (later->sender != event->sender && (later->flags & WIRE_ACK) &&
            seq_geq(later->ack, end_of(event)))
            return false;
    }
    return false;
}

/* A bare ACK: the SYN or FIN that it acknowledges comes once more. */
static bool was_asked_for_again(const struct view_steps *steps,
                                const struct track_connection *record, size_t step)
{
    const struct track_event *event = &steps->items[step].event;
    for (size_t i = step + 1; i < steps->count; i++) {
        if (steps->items[i].kind != VIEW_ITEM_EVENT)
            return false;
        const struct track_event *later = &steps->items[i].event;
        if (later->sender == event->sender)
            return false;
        bool repeats =
            (later->flags & (WIRE_SYN | WIRE_FIN)) != 0 && view_is_retransmission(later->findings);
        if (repeats && end_of(later) == event->ack)
            return !is_too_soon(record, later->time_ns - event->time_ns);
    }
    return false;
}

bool view_fate_is_lost(const struct view_steps *steps, const struct track_connection *record,
                       size_t step)
{
    const struct track_event *event = &steps->items[step].event;
    const struct track_passage *passage = view_timeline_find_passage(steps->timeline, event->frame);
    if (passage != NULL) /* the other end was captured, too */
        return passage->received_ns == TRACK_NEVER_RECEIVED;
    if (event->kind != TRACK_EVENT_SEGMENT || moved_its_receiver(steps, step))
        return false;
    if (end_of(event) != event->seq)
        return was_sent_again(steps, record, step);
    return (event->flags & (WIRE_ACK | WIRE_RST)) == WIRE_ACK &&
           was_asked_for_again(steps, record, step);
}

/* The state of a side after a step, by the list of transitions as it is known now. */
static enum track_state state_after(const struct view_steps *steps, size_t step,
                                    enum track_side side)
{
    enum track_state state = (enum track_state)steps->initial[side];
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->transitions[i].side == side && steps->anchors[i].step <= step)
            state = (enum track_state)steps->transitions[i].to;
    return state;
}

static bool was_in(const struct view_steps *steps, size_t step, enum track_side side,
                   enum track_state state)
{
    if (steps->initial[side] == state)
        return true;
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->transitions[i].side == side && steps->anchors[i].step <= step &&
            steps->transitions[i].to == state)
            return true;
    return false;
}

static bool has_moved(const struct view_steps *steps, enum track_side side)
{
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->transitions[i].side == side)
            return true;
    return false;
}

bool view_fate_is_revised(const struct view_steps *steps, size_t step, enum track_side side,
                          enum track_state *presumed, enum track_state *really)
{
    if (step == 0 || steps->items[step].kind != VIEW_ITEM_EVENT ||
        steps->items[step - 1].kind != VIEW_ITEM_EVENT || (steps->self_connect && side != 0))
        return false;
    *presumed = (enum track_state)steps->items[step - 1].event.state[side];
    *really = state_after(steps, step - 1, side);
    enum track_state now = (enum track_state)steps->items[step].event.state[side];
    if (*presumed == TRACK_UNKNOWN || *really == TRACK_UNKNOWN || now == *presumed)
        return false;
    /* an end that never moved has nothing to take back: a closed port that refuses */
    return has_moved(steps, side) && !was_in(steps, step, side, *presumed);
}

enum view_manner view_fate_manner(const struct track_event *event)
{
    if (event->findings & (BIT(TRACK_UNACCEPTABLE) | BIT(TRACK_IGNORED_RST)))
        return VIEW_MANNER_IGNORED;
    if (view_is_retransmission(event->findings))
        return VIEW_MANNER_REPEATED;
    if (event->findings & BIT(TRACK_OUT_OF_ORDER))
        return VIEW_MANNER_OUT_OF_ORDER;
    return VIEW_MANNER_PLAIN;
}
