/* What kind of segment it is, as a teacher would say. */
#include "config.h"

#include "explain/voice.h"
#include "view/timeline.h"

/* A side's first transition to a state, or NULL. */
static const struct track_transition *first_move_to(const struct explain_subject *subject,
                                                    unsigned side, enum track_state state)
{
    for (size_t i = 0; i < subject->transition_count; i++)
        if (subject->transitions[i].side == side && subject->transitions[i].to == state)
            return &subject->transitions[i];
    return NULL;
}

static bool moved_by(const struct explain_subject *subject, unsigned side, enum track_cause cause)
{
    for (size_t i = 0; i < subject->transition_count; i++) {
        const struct track_transition *transition = &subject->transitions[i];
        if (transition->frame == subject->event->frame && transition->side == side &&
            transition->cause == cause)
            return true;
    }
    return false;
}

/* The side gave up connecting: no segment shows when. */
static bool gave_up(const struct explain_subject *subject, unsigned side)
{
    for (size_t i = 0; i < subject->transition_count; i++)
        if (subject->transitions[i].side == side &&
            subject->transitions[i].cause == TRACK_CAUSE_ABORTED_OPEN)
            return true;
    return false;
}

/* The side had sent a FIN before this segment. */
static bool had_closed(const struct explain_subject *subject, unsigned side)
{
    const struct track_transition *wait = first_move_to(subject, side, TRACK_FIN_WAIT_1);
    const struct track_transition *last = first_move_to(subject, side, TRACK_LAST_ACK);
    uint64_t frame = subject->event->frame;
    return (wait != NULL && wait->frame < frame) || (last != NULL && last->frame < frame);
}

static enum explain_kind kind_of_rst(const struct explain_subject *subject, unsigned sender,
                                     unsigned receiver)
{
    bool ack = (subject->event->flags & WIRE_ACK) != 0;
    if (explain_has(subject, TRACK_IGNORED_RST))
        return EXPLAIN_RST_IGNORED;
    if (moved_by(subject, receiver, TRACK_CAUSE_REFUSED))
        return EXPLAIN_RST_REFUSES;
    if (gave_up(subject, sender))
        return EXPLAIN_RST_ABORTS_OPEN;
    if (!ack)
        return had_closed(subject, sender) ? EXPLAIN_RST_AFTER_CLOSE : EXPLAIN_RST_NO_SOCKET;
    if (moved_by(subject, sender, TRACK_CAUSE_SENT_RST) ||
        moved_by(subject, receiver, TRACK_CAUSE_RECEIVED_RST))
        return EXPLAIN_RST_ABORTS;
    return EXPLAIN_RST_CHANGES_NOTHING;
}

static enum explain_kind kind_of_syn(const struct explain_subject *subject, unsigned sender)
{
    bool ack = (subject->event->flags & WIRE_ACK) != 0;
    bool again = explain_has(subject, TRACK_SYN_RETRANSMISSION);
    if (ack && again)
        return EXPLAIN_SYN_ACK_AGAIN;
    if (ack)
        return sender == TRACK_CLIENT || subject->record->open == TRACK_OPEN_SIMULTANEOUS
                   ? EXPLAIN_SYN_ACK_CROSSING
                   : EXPLAIN_SYN_ACK;
    if (again)
        return EXPLAIN_SYN_AGAIN;
    if (sender == TRACK_SERVER)
        return EXPLAIN_SYN_CROSSING;
    return subject->event->payload_bytes > 0 ? EXPLAIN_SYN_DATA : EXPLAIN_SYN;
}

static enum explain_kind kind_of_fin(const struct explain_subject *subject, enum track_side sender,
                                     enum track_side receiver)
{
    const struct track_event *event = subject->event;
    if (explain_has(subject, TRACK_FIN_RETRANSMISSION))
        return EXPLAIN_FIN_AGAIN;
    if (event->ack_sum.fin)
        return EXPLAIN_FIN_MERGED;
    if (explain_moved_to(subject, sender, TRACK_LAST_ACK) != NULL ||
        event->state[sender] == TRACK_LAST_ACK)
        return EXPLAIN_FIN_ANSWER;
    const struct track_transition *other = first_move_to(subject, receiver, TRACK_FIN_WAIT_1);
    if ((other != NULL && other->frame < event->frame) || event->state[receiver] == TRACK_CLOSING)
        return EXPLAIN_FIN_CROSSING;
    return event->payload_bytes > 0 ? EXPLAIN_DATA_FIN : EXPLAIN_FIN;
}

static enum explain_kind kind_of_data(const struct explain_subject *subject)
{
    if (explain_has(subject, TRACK_KEEP_ALIVE))
        return EXPLAIN_KEEP_ALIVE;
    if (explain_has(subject, TRACK_WINDOW_PROBE))
        return EXPLAIN_WINDOW_PROBE;
    if (view_is_retransmission(subject->event->findings))
        return EXPLAIN_DATA_AGAIN;
    return subject->event->ack_sum.syn ? EXPLAIN_HANDSHAKE_DATA : EXPLAIN_DATA;
}

static enum explain_kind kind_by_sum(const struct explain_subject *subject, unsigned sender)
{
    const struct track_event *event = subject->event;
    const struct track_sum *sum = &event->ack_sum;
    bool waits = event->state[sender] == TRACK_TIME_WAIT;
    if (sum->fin)
        return waits ? EXPLAIN_LAST_ACK : EXPLAIN_ACK_OF_FIN;
    if (sum->syn)
        return EXPLAIN_HANDSHAKE_ACK;
    if (explain_has(subject, TRACK_ZERO_WINDOW))
        return EXPLAIN_ZERO_WINDOW;
    if (explain_has(subject, TRACK_WINDOW_UPDATE))
        return EXPLAIN_WINDOW_UPDATE;
    if (sum->known && sum->bytes == 0)
        return waits ? EXPLAIN_LAST_ACK_AGAIN : EXPLAIN_ACK_NOTHING_NEW;
    return EXPLAIN_ACK;
}

static enum explain_kind kind_of_ack(const struct explain_subject *subject, unsigned sender)
{
    static const struct {
        enum track_finding finding;
        enum explain_kind kind;
    } named[] = {
        {TRACK_KEEP_ALIVE, EXPLAIN_KEEP_ALIVE},
        {TRACK_KEEP_ALIVE_ACK, EXPLAIN_KEEP_ALIVE_ACK},
        {TRACK_WINDOW_PROBE, EXPLAIN_WINDOW_PROBE},
        {TRACK_WINDOW_PROBE_ACK, EXPLAIN_WINDOW_PROBE_ACK},
        {TRACK_CHALLENGE_ACK, EXPLAIN_CHALLENGE_ACK},
        {TRACK_DUPLICATE_ACK, EXPLAIN_DUPLICATE_ACK},
    };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (explain_has(subject, named[i].finding))
            return named[i].kind;
    return kind_by_sum(subject, sender);
}

enum explain_kind explain_kind_of(const struct explain_subject *subject)
{
    const struct track_event *event = subject->event;
    enum track_side sender = event->sender == TRACK_SERVER ? TRACK_SERVER : TRACK_CLIENT;
    enum track_side receiver = subject->record->self_connect ? sender : track_other(sender);
    if (event->kind == TRACK_EVENT_ICMP)
        return EXPLAIN_ICMP;
    if (event->kind == TRACK_EVENT_TIMER)
        return EXPLAIN_TIMER;
    unsigned flags = event->flags;
    unsigned ends = flags & (WIRE_SYN | WIRE_FIN | WIRE_RST);
    if ((ends & (ends - 1)) != 0 || (flags & (WIRE_SYN | WIRE_RST | WIRE_ACK)) == 0)
        return EXPLAIN_NO_TCP_SENDS_THIS;
    if (ends == WIRE_RST)
        return kind_of_rst(subject, sender, receiver);
    if (ends == WIRE_SYN)
        return kind_of_syn(subject, sender);
    if (ends == WIRE_FIN)
        return kind_of_fin(subject, sender, receiver);
    return event->payload_bytes > 0 ? kind_of_data(subject) : kind_of_ack(subject, sender);
}
