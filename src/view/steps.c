/* The steps of a ladder: a timeline's items with the transitions that belong to each, in sections.
 */
#include "config.h"

#include "view/steps.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "track/seq.h"

static bool is_event(const struct view_steps *steps, size_t step)
{
    return steps->items[step].kind == VIEW_ITEM_EVENT;
}

static int64_t time_of(const struct view_item *item)
{
    return item->kind == VIEW_ITEM_EVENT ? item->event.time_ns : item->fold.start_ns;
}

/* --- where transitions stand --- */

static size_t find_frame(const struct view_steps *steps, uint64_t frame)
{
    for (size_t i = 0; i < steps->count; i++)
        if (is_event(steps, i) && steps->items[i].event.frame == frame)
            return i;
    return steps->count;
}

/* The last step that is not after a time; 0 if all are. */
static size_t find_time(const struct view_steps *steps, int64_t time_ns)
{
    size_t found = 0;
    for (size_t i = 0; i < steps->count; i++)
        if (time_of(&steps->items[i]) <= time_ns)
            found = i;
    return found;
}

/* An endpoint's own order wins over the order of frames: no step before that of its last
 * transition. */
static struct view_anchor anchor_of(const struct view_steps *steps,
                                    const struct track_transition *transition,
                                    struct view_anchor last)
{
    struct view_anchor anchor = {.step = steps->count};
    if (transition->frame != 0)
        anchor.step = find_frame(steps, transition->frame);
    if (anchor.step == steps->count) {
        anchor.own_row = true;
        anchor.step = find_time(steps, transition->time_ns);
    }
    if (anchor.step < last.step) {
        anchor.step = last.step;
        anchor.own_row = anchor.own_row || last.own_row;
    } else if (anchor.step == last.step) {
        anchor.own_row = anchor.own_row || last.own_row;
    }
    return anchor;
}

static void place_transitions(struct view_steps *steps)
{
    struct view_anchor last[2] = {{0, false}, {0, false}};
    bool moved[2] = {false, false};
    steps->anchors = base_calloc(steps->transition_count, sizeof steps->anchors[0]);
    for (size_t i = 0; i < steps->transition_count; i++) {
        const struct track_transition *transition = &steps->transitions[i];
        unsigned side = transition->side & 1;
        if (!moved[side])
            steps->initial[side] = transition->from;
        moved[side] = true;
        last[side] = steps->anchors[i] = anchor_of(steps, transition, last[side]);
    }
}

/* --- sections --- */

static bool opens(const struct track_transition *transition)
{
    return transition->to == TRACK_ESTABLISHED || transition->to == TRACK_SYN_SENT ||
           transition->to == TRACK_SYN_RECEIVED;
}

static bool is_bare_ack(const struct track_event *event)
{
    return event->kind == TRACK_EVENT_SEGMENT && event->payload_bytes == 0 &&
           (event->flags & (WIRE_ACK | WIRE_SYN | WIRE_FIN | WIRE_RST)) == WIRE_ACK;
}

static bool repeats_syn(const struct view_steps *steps, size_t step)
{
    return is_event(steps, step) &&
           (steps->items[step].event.findings >> TRACK_SYN_RETRANSMISSION & 1) != 0;
}

/* The step after the last one of the handshake: the last move to ESTABLISHED, or everything if
 * there is none. A SYN sent again belongs to it too, and the ACK of one. */
static size_t end_of_open(const struct view_steps *steps, const struct track_connection *record)
{
    size_t end = 0;
    bool established = false, joined = record->open == TRACK_OPEN_MIDSTREAM;
    for (size_t i = 0; i < steps->transition_count; i++) {
        const struct track_transition *transition = &steps->transitions[i];
        established = established || transition->to == TRACK_ESTABLISHED;
        if (opens(transition) && transition->cause != TRACK_CAUSE_JOINED &&
            end <= steps->anchors[i].step)
            end = steps->anchors[i].step + 1;
    }
    if (!established && !joined)
        return steps->count;
    for (size_t i = end; i < steps->count && is_event(steps, i); i++) {
        const struct track_event *event = &steps->items[i].event;
        bool syn = (event->flags & WIRE_SYN) != 0;
        if (!syn && !is_bare_ack(event))
            break;
        bool answers = event->ack_sum.syn != 0 || (i > 0 && i == end && repeats_syn(steps, i - 1));
        if (syn || answers)
            end = i + 1;
    }
    return end < steps->count ? end : steps->count;
}

static bool begins_close(const struct view_steps *steps, size_t step)
{
    if (!is_event(steps, step))
        return false;
    const struct track_event *event = &steps->items[step].event;
    bool ignored = (event->findings >> TRACK_IGNORED_RST & 1) != 0;
    return (event->flags & WIRE_FIN) || ((event->flags & WIRE_RST) && !ignored);
}

/* Anything that leaves ESTABLISHED starts the close, or a FIN or RST. */
static size_t begin_of_close(const struct view_steps *steps, size_t from)
{
    size_t begin = steps->count;
    for (size_t i = from; i < steps->count && begin == steps->count; i++)
        if (begins_close(steps, i))
            begin = i;
    for (size_t i = 0; i < steps->transition_count; i++) {
        size_t step = steps->anchors[i].step;
        if (steps->transitions[i].from == TRACK_ESTABLISHED && !steps->anchors[i].own_row &&
            step >= from && step < begin)
            begin = step;
    }
    return begin;
}

static void place_sections(struct view_steps *steps, const struct track_connection *record)
{
    size_t open_end = end_of_open(steps, record);
    size_t close = begin_of_close(steps, open_end);
    steps->begin[VIEW_SECTION_OPEN] = 0;
    steps->begin[VIEW_SECTION_DATA] = open_end < close ? open_end : steps->count;
    steps->begin[VIEW_SECTION_CLOSE] = close;
}

/* --- public --- */

void view_steps_make(struct view_steps *steps, const struct view_timeline *timeline)
{
    const struct track_connection *record = view_timeline_record(timeline);
    *steps = (struct view_steps){.timeline = timeline,
                                 .count = view_timeline_count(timeline),
                                 .self_connect = record->self_connect};
    steps->items = base_calloc(steps->count, sizeof steps->items[0]);
    for (size_t i = 0; i < steps->count; i++)
        view_timeline_item(timeline, i, &steps->items[i]);
    steps->transitions = view_timeline_transitions(timeline, &steps->transition_count);
    for (unsigned side = 0; side < 2; side++)
        steps->initial[side] = record->end[side].state; /* one that never moved */
    place_transitions(steps);
    place_sections(steps, record);
}

void view_steps_free(struct view_steps *steps)
{
    free(steps->items);
    free(steps->anchors);
    *steps = (struct view_steps){0};
}

bool view_step_is_plain(const struct view_steps *steps, size_t step)
{
    if (!is_event(steps, step))
        return true;
    const struct track_event *event = &steps->items[step].event;
    if (event->kind != TRACK_EVENT_SEGMENT || (event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST)))
        return false;
    for (size_t i = 0; i < steps->transition_count; i++)
        if (steps->anchors[i].step == step)
            return false;
    return true;
}

bool view_steps_cross(const struct view_steps *steps, size_t step)
{
    if (step + 1 >= steps->count || steps->self_connect || !is_event(steps, step) ||
        !is_event(steps, step + 1))
        return false;
    const struct track_event *a = &steps->items[step].event, *b = &steps->items[step + 1].event;
    if (a->sender == b->sender || a->kind != TRACK_EVENT_SEGMENT || b->kind != TRACK_EVENT_SEGMENT)
        return false;
    unsigned both = a->flags & b->flags;
    if ((a->flags | b->flags) & WIRE_RST)
        return false;
    if (both & WIRE_SYN)
        return ((a->flags | b->flags) & WIRE_ACK) == 0;
    if (!(both & WIRE_FIN))
        return false;
    uint32_t end_of_a = a->seq + a->payload_bytes + 1;
    return (b->flags & WIRE_ACK) && seq_lt(b->ack, end_of_a);
}
