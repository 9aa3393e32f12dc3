/* A connection's timeline as it was at a moment of its life. */
#include "config.h"

#include "view/cut.h"

#include <string.h>

#include "wire/segment.h"

static bool is_reached(const struct view_item *item, struct view_moment moment)
{
    if (item->kind == VIEW_ITEM_EVENT)
        return item->event.frame <= moment.frame;
    return item->fold.end_ns <= moment.time_ns;
}

/* --- transitions --- */

static bool is_made(const struct track_transition *transition, struct view_moment moment)
{
    return transition->frame != 0 ? transition->frame <= moment.frame
                                  : transition->time_ns <= moment.time_ns;
}

bool view_cut_expiry(const struct view_timeline *whole, enum track_side side, int64_t time_wait_ns,
                     int64_t *time_ns)
{
    size_t count;
    const struct track_transition *last = NULL;
    const struct track_transition *all = view_timeline_transitions(whole, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].side == side)
            last = &all[i];
    if (last == NULL || last->to != TRACK_TIME_WAIT || time_wait_ns <= 0)
        return false;
    int64_t start_ns = last->time_ns;
    /* a FIN that comes again starts the timer anew (RFC 9293 section 3.10.7.4) */
    for (size_t i = 0; i < view_timeline_count(whole); i++) {
        struct view_item item;
        view_timeline_item(whole, i, &item);
        if (item.kind == VIEW_ITEM_EVENT && item.event.sender != side &&
            (item.event.flags & WIRE_FIN) != 0 && item.event.time_ns > start_ns)
            start_ns = item.event.time_ns;
    }
    *time_ns = start_ns + time_wait_ns;
    return true;
}

static void add_expiry(struct view_timeline *cut, const struct view_timeline *whole,
                       struct view_moment moment, int64_t time_wait_ns)
{
    for (unsigned side = 0; side < 2; side++) {
        int64_t time_ns;
        if (!view_cut_expiry(whole, (enum track_side)side, time_wait_ns, &time_ns) ||
            time_ns > moment.time_ns)
            continue;
        const struct track_transition over = {.time_ns = time_ns,
                                              .side = (uint8_t)side,
                                              .from = TRACK_TIME_WAIT,
                                              .to = TRACK_CLOSED,
                                              .cause = TRACK_CAUSE_TIME_WAIT_EXPIRED,
                                              .confirmed = true};
        view_timeline_transition(cut, &over);
    }
}

static void add_transitions(struct view_timeline *cut, const struct view_timeline *whole,
                            struct view_moment moment, int64_t time_wait_ns)
{
    size_t count;
    const struct track_transition *all = view_timeline_transitions(whole, &count);
    for (size_t i = 0; i < count; i++)
        if (is_made(&all[i], moment))
            view_timeline_transition(cut, &all[i]);
    add_expiry(cut, whole, moment, time_wait_ns);
}

/* --- the record --- */

/* What an endpoint is in: where its last step led, or where its first one will come from. */
static uint8_t state_of(const struct view_timeline *cut, const struct view_timeline *whole,
                        unsigned side)
{
    size_t made, count;
    const struct track_transition *past = view_timeline_transitions(cut, &made);
    const struct track_transition *all = view_timeline_transitions(whole, &count);
    for (size_t i = made; i-- > 0;)
        if (past[i].side == side)
            return past[i].to;
    for (size_t i = 0; i < count; i++)
        if (all[i].side == side)
            return all[i].from;
    return view_timeline_record(whole)->end[side].state;
}

static bool has_finding(const struct track_event *event, enum track_finding finding)
{
    return (event->findings & (track_finding_set)1 << finding) != 0;
}

static void count_event(struct track_connection *record, const struct track_event *event)
{
    struct track_end_record *end = &record->end[event->sender];
    record->end_ns = event->time_ns;
    record->frames[1] = event->frame;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        record->findings[i] += has_finding(event, (enum track_finding)i);
    for (unsigned i = 0; i < TRACK_CHECKS; i++) {
        record->checks_held += event->checks[i].outcome == TRACK_HOLDS;
        record->checks_broken += event->checks[i].outcome == TRACK_BREAKS;
        record->checks_unknown += event->checks[i].outcome == TRACK_CANNOT_KNOW;
    }
    for (unsigned side = 0; side < 2; side++)
        record->end[side].certainty = event->certainty[side];
    if (event->kind != TRACK_EVENT_SEGMENT)
        return;
    end->packets++;
    end->payload_bytes += event->payload_bytes;
    end->retransmissions += view_is_retransmission(event->findings);
    end->out_of_order += has_finding(event, TRACK_OUT_OF_ORDER);
    end->duplicate_acks += has_finding(event, TRACK_DUPLICATE_ACK);
    end->zero_windows += has_finding(event, TRACK_ZERO_WINDOW);
    if (!view_is_retransmission(event->findings))
        end->unique_bytes += event->payload_bytes;
}

/* Of a run only the sums are known, not who sent what: the client is given them. */
static void count_fold(struct track_connection *record, const struct view_fold *fold)
{
    record->end_ns = fold->end_ns;
    record->end[TRACK_CLIENT].packets += fold->segments;
    record->end[TRACK_CLIENT].payload_bytes += fold->payload_bytes;
    record->end[TRACK_CLIENT].unique_bytes += fold->unique_bytes;
}

static void clear_counts(struct track_connection *record)
{
    memset(record->findings, 0, sizeof record->findings);
    record->checks_held = record->checks_broken = record->checks_unknown = 0;
    for (unsigned side = 0; side < 2; side++) {
        struct track_end_record *end = &record->end[side];
        end->packets = end->payload_bytes = end->unique_bytes = 0;
        end->retransmissions = end->out_of_order = end->duplicate_acks = end->zero_windows = 0;
        end->measures = (struct track_measures){.handshake_ns = -1};
    }
}

/* What is said of the whole life holds only as far as it has come. */
static void limit_verdict(struct track_connection *record, const struct view_timeline *cut)
{
    size_t count;
    const struct track_transition *past = view_timeline_transitions(cut, &count);
    bool established = false, closing = false;
    for (size_t i = 0; i < count; i++) {
        established |= past[i].to == TRACK_ESTABLISHED;
        closing |= past[i].from >= TRACK_ESTABLISHED || past[i].to == TRACK_CLOSED;
    }
    if (!established) {
        record->handshake_server_ns = record->handshake_client_ns = -1;
        if (record->open != TRACK_OPEN_MIDSTREAM && !closing)
            record->open =
                record->end[TRACK_SERVER].packets > 0 ? TRACK_OPEN_HALF : TRACK_OPEN_UNANSWERED;
    }
    record->close = TRACK_CLOSE_OPEN;
    if (!closing)
        record->closed_by = TRACK_CLOSED_BY_NONE;
}

/* --- public --- */

struct view_timeline *view_cut(const struct view_timeline *whole, struct view_moment moment,
                               int64_t time_wait_ns)
{
    struct track_connection record = *view_timeline_record(whole);
    size_t count = view_timeline_count(whole), reached = 0;
    clear_counts(&record);
    for (struct view_item item; reached < count; reached++) {
        view_timeline_item(whole, reached, &item);
        if (!is_reached(&item, moment))
            break;
        if (item.kind == VIEW_ITEM_EVENT)
            count_event(&record, &item.event);
        else
            count_fold(&record, &item.fold);
    }
    if (reached == 0)
        return NULL;
    struct view_timeline *cut = view_timeline_part(whole, reached, moment.time_ns);
    add_transitions(cut, whole, moment, time_wait_ns);
    if (reached == count)
        record = *view_timeline_record(whole);
    for (unsigned side = 0; side < 2; side++)
        record.end[side].state = state_of(cut, whole, side);
    if (reached < count)
        limit_verdict(&record, cut);
    view_timeline_set_record(cut, &record);
    return cut;
}
