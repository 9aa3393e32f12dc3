/* What is kept of one connection's life to draw it. */
#include "config.h"

#include "view/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"

/* A connection goes through a dozen transitions; a hostile one may not fill the memory with them.
 */
#define MAX_FINAL_TRANSITIONS 256
#define MAX_CALLS 512
#define MAX_PASSAGES 1024

#define PREFETCH_STEP 64 /* a cache line nearly everywhere */

/* marks[0] */
enum {
    MARK_SENDER_SERVER = 1 << 0,
    MARK_KIND = 3 << 1, /* enum track_event_kind, shifted by 1 */
    MARK_REL_SEQ = 1 << 3,
    MARK_REL_ACK = 1 << 4,
    MARK_SCALE = 1 << 5,
    MARK_FIRST = 1 << 6,
    MARK_SUM = 1 << 7
};

/* marks[1] */
enum {
    MARK_SUM_SYN = 1 << 0,
    MARK_SUM_FIN = 1 << 1,
    MARK_CLIENT_CERTAINTY = 3 << 2,
    MARK_SERVER_CERTAINTY = 3 << 4,
    MARK_ARRIVAL = 3 << 6
};

/* A notable segment between the first and the last, and the run that was folded before it. */
struct between {
    struct view_fold fold;
    struct view_event event;
};

struct view_timeline {
    struct view_timeline_options options;
    /* The first options.first events, then a ring of the last ones that begins at ring_start. */
    struct view_event *events;
    size_t event_count, event_capacity, ring_start;
    struct between *between;
    size_t between_count, between_capacity;
    struct view_fold fold; /* between the last notable segment and the ring */
    struct track_transition *transitions;
    size_t final_count, open_count, transition_capacity;
    struct view_call *calls;
    size_t call_count, call_capacity;
    struct track_passage *passages; /* by frame */
    size_t passage_count, passage_capacity;
    struct track_connection record;
    struct explain_case *kase;
    uint8_t last_states; /* of the last event: a change makes the next one notable */
    bool ended;
    bool borrowed; /* events, between and calls are those of another timeline */
    uint64_t generation;
};

/* --- packing --- */

static uint16_t pack_outcomes(const struct track_event *event)
{
    unsigned outcomes = 0;
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        outcomes |= (event->checks[i].outcome & 3u) << 2 * i;
    return (uint16_t)outcomes;
}

static void pack_marks(const struct track_event *event, uint8_t marks[2])
{
    unsigned low = event->sender == TRACK_SERVER ? MARK_SENDER_SERVER : 0;
    low |= ((unsigned)event->kind << 1) & MARK_KIND;
    low |= event->rel_seq_known ? MARK_REL_SEQ : 0;
    low |= event->rel_ack_known ? MARK_REL_ACK : 0;
    low |= event->window_scale_known ? MARK_SCALE : 0;
    low |= event->first_of_connection ? MARK_FIRST : 0;
    low |= event->ack_sum.known ? MARK_SUM : 0;
    unsigned high = event->ack_sum.syn ? MARK_SUM_SYN : 0;
    high |= event->ack_sum.fin ? MARK_SUM_FIN : 0;
    high |= ((unsigned)event->certainty[TRACK_CLIENT] << 2) & MARK_CLIENT_CERTAINTY;
    high |= ((unsigned)event->certainty[TRACK_SERVER] << 4) & MARK_SERVER_CERTAINTY;
    high |= ((unsigned)event->arrival << 6) & MARK_ARRIVAL;
    marks[0] = (uint8_t)low;
    marks[1] = (uint8_t)high;
}

static uint32_t frames_back(const struct track_event *event)
{
    if (event->related_frame == 0 || event->related_frame >= event->frame ||
        event->frame - event->related_frame > UINT32_MAX)
        return 0;
    return (uint32_t)(event->frame - event->related_frame);
}

/* What an ICMP error says stands where a segment has what the error has not. */
static void pack_icmp(const struct track_icmp *icmp, struct view_event *kept)
{
    kept->window = (uint16_t)(icmp->type << 8 | icmp->code);
    kept->option_window_scale = icmp->family;
    kept->expected_ack = icmp->mtu;
}

static void unpack_icmp(const struct view_event *kept, struct track_event *event)
{
    event->icmp = (struct track_icmp){.family = kept->option_window_scale,
                                      .type = (uint8_t)(kept->window >> 8),
                                      .code = (uint8_t)kept->window,
                                      .mtu = kept->expected_ack};
    event->window = 0;
    event->options.window_scale = 0;
    event->checks[TRACK_CHECK_ACK].expected = 0;
}

static void pack_sack(const struct track_event *event, struct view_event *kept)
{
    for (unsigned i = 0; i < event->options.sack_blocks && i < VIEW_SACK_KEPT; i++) {
        kept->sack[i][0] = event->options.sack[i].left - event->ack;
        kept->sack[i][1] = event->options.sack[i].right - event->ack;
    }
}

static void unpack_sack(const struct view_event *kept, struct track_event *event)
{
    for (unsigned i = 0; i < kept->option_sack_blocks && i < VIEW_SACK_KEPT; i++) {
        event->options.sack[i].left = kept->ack + kept->sack[i][0];
        event->options.sack[i].right = kept->ack + kept->sack[i][1];
    }
}

static struct view_event pack(const struct track_event *event)
{
    struct view_event kept = {
        .frame = event->frame,
        .time_ns = event->time_ns,
        .rel_seq = event->rel_seq,
        .rel_ack = event->rel_ack,
        .findings = event->findings,
        .seq = event->seq,
        .ack = event->ack,
        .payload_bytes = event->payload_bytes,
        .window_bytes = event->window_bytes,
        .sum_bytes = event->ack_sum.bytes,
        .expected_seq = event->checks[TRACK_CHECK_SEQ].expected,
        .expected_ack = event->checks[TRACK_CHECK_ACK].expected,
        .bytes_in_flight = event->bytes_in_flight,
        .related_before = frames_back(event),
        .flags = event->flags,
        .window = event->window,
        .urgent = event->urgent,
        .option_present = event->options.present,
        .option_mss = event->options.mss,
        .outcomes = pack_outcomes(event),
        .option_window_scale = event->options.window_scale,
        .option_sack_blocks = event->options.sack_blocks,
        .states = (uint8_t)(event->state[TRACK_CLIENT] | event->state[TRACK_SERVER] << 4),
    };
    uint32_t duplicate = event->duplicate_ack_number;
    kept.duplicate_ack_number = (uint16_t)(duplicate < UINT16_MAX ? duplicate : UINT16_MAX);
    pack_marks(event, kept.marks);
    pack_sack(event, &kept);
    if (event->kind == TRACK_EVENT_ICMP)
        pack_icmp(&event->icmp, &kept);
    return kept;
}

static void unpack_marks(const uint8_t marks[2], struct track_event *event)
{
    event->sender = marks[0] & MARK_SENDER_SERVER ? TRACK_SERVER : TRACK_CLIENT;
    event->kind = (marks[0] & MARK_KIND) >> 1;
    event->rel_seq_known = (marks[0] & MARK_REL_SEQ) != 0;
    event->rel_ack_known = (marks[0] & MARK_REL_ACK) != 0;
    event->window_scale_known = (marks[0] & MARK_SCALE) != 0;
    event->first_of_connection = (marks[0] & MARK_FIRST) != 0;
    event->ack_sum.known = (marks[0] & MARK_SUM) != 0;
    event->ack_sum.syn = (marks[1] & MARK_SUM_SYN) != 0;
    event->ack_sum.fin = (marks[1] & MARK_SUM_FIN) != 0;
    event->certainty[TRACK_CLIENT] = (marks[1] & MARK_CLIENT_CERTAINTY) >> 2;
    event->certainty[TRACK_SERVER] = (marks[1] & MARK_SERVER_CERTAINTY) >> 4;
    event->arrival = (marks[1] & MARK_ARRIVAL) >> 6;
}

static void unpack_checks(const struct view_event *kept, struct track_event *event)
{
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        event->checks[i].outcome = kept->outcomes >> 2 * i & 3;
    event->checks[TRACK_CHECK_SEQ].expected = kept->expected_seq;
    event->checks[TRACK_CHECK_SEQ].seen = kept->seq;
    event->checks[TRACK_CHECK_ACK].expected = kept->expected_ack;
    event->checks[TRACK_CHECK_ACK].seen = kept->ack;
}

static void unpack(const struct view_timeline *timeline, const struct view_event *kept,
                   struct track_event *event)
{
    *event = (struct track_event){
        .frame = kept->frame,
        .time_ns = kept->time_ns,
        .connection = timeline->record.number,
        .rel_seq = kept->rel_seq,
        .rel_ack = kept->rel_ack,
        .related_frame = kept->related_before > 0 ? kept->frame - kept->related_before : 0,
        .findings = kept->findings,
        .seq = kept->seq,
        .ack = kept->ack,
        .payload_bytes = kept->payload_bytes,
        .window_bytes = kept->window_bytes,
        .duplicate_ack_number = kept->duplicate_ack_number,
        .bytes_in_flight = kept->bytes_in_flight,
        .flags = kept->flags,
        .window = kept->window,
        .urgent = kept->urgent,
        .state = {kept->states & 15, kept->states >> 4},
    };
    unpack_marks(kept->marks, event);
    unpack_checks(kept, event);
    event->ack_sum.bytes = kept->sum_bytes;
    event->ack_sum.base = kept->ack - kept->sum_bytes - event->ack_sum.syn - event->ack_sum.fin;
    event->options.present = kept->option_present;
    event->options.mss = kept->option_mss;
    event->options.window_scale = kept->option_window_scale;
    event->options.sack_blocks = kept->option_sack_blocks;
    unpack_sack(kept, event);
    if (event->kind == TRACK_EVENT_ICMP)
        unpack_icmp(kept, event);
}

/* --- folding --- */

#define BIT(finding) ((track_finding_set)1 << (finding))
static const track_finding_set retransmissions =
    BIT(TRACK_RETRANSMISSION) | BIT(TRACK_FAST_RETRANSMISSION) | BIT(TRACK_TIMEOUT_RETRANSMISSION) |
    BIT(TRACK_SPURIOUS_RETRANSMISSION) | BIT(TRACK_SYN_RETRANSMISSION) |
    BIT(TRACK_FIN_RETRANSMISSION);

static void fold_span(struct view_fold *fold, int64_t start_ns, int64_t end_ns)
{
    if (fold->segments == 0)
        fold->start_ns = start_ns;
    fold->end_ns = end_ns;
}

/* Payload that was not sent before. */
static uint32_t new_bytes(track_finding_set findings, uint32_t payload_bytes, uint32_t seq,
                          uint32_t expected_seq)
{
    const track_finding_set repeated =
        retransmissions | BIT(TRACK_KEEP_ALIVE) | BIT(TRACK_WINDOW_PROBE) | BIT(TRACK_UNACCEPTABLE);
    if (findings & repeated)
        return 0;
    uint32_t before = findings & BIT(TRACK_PARTIAL_OVERLAP) ? expected_seq - seq : 0;
    return before < payload_bytes ? payload_bytes - before : 0;
}

static void fold_event(struct view_fold *fold, const struct view_event *event)
{
    fold_span(fold, event->time_ns, event->time_ns);
    fold->segments++;
    fold->payload_bytes += event->payload_bytes;
    fold->unique_bytes +=
        new_bytes(event->findings, event->payload_bytes, event->seq, event->expected_seq);
    fold->retransmissions += view_is_retransmission(event->findings);
}

static void *grown(void *array, size_t count, size_t *capacity, size_t bound, size_t size_bytes)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity > 0 ? 2 * *capacity : 4;
    *capacity = wanted < bound ? wanted : bound;
    return base_realloc(array, *capacity, size_bytes);
}

static bool is_notable(const struct view_event *event, bool moved)
{
    return moved || (event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST)) != 0;
}

/* An event leaves the ring: kept among those between if it is notable and there is room. */
static void retire(struct view_timeline *timeline, const struct view_event *event,
                   uint8_t states_before)
{
    bool notable = is_notable(event, event->states != states_before);
    if (!notable || timeline->between_count == timeline->options.between) {
        fold_event(&timeline->fold, event);
        return;
    }
    timeline->between =
        grown(timeline->between, timeline->between_count, &timeline->between_capacity,
              timeline->options.between, sizeof timeline->between[0]);
    timeline->between[timeline->between_count++] =
        (struct between){.fold = timeline->fold, .event = *event};
    timeline->fold = (struct view_fold){0};
}

static size_t ring_index(const struct view_timeline *timeline, size_t i)
{
    size_t first = timeline->options.first;
    return first + (timeline->ring_start + i) % timeline->options.last;
}

/* The states before the oldest event of the ring: those after the last first one, or of what left.
 */
static void keep(struct view_timeline *timeline, const struct view_event *event)
{
    size_t bound = timeline->options.first + timeline->options.last;
    if (timeline->event_count < bound) {
        timeline->events = grown(timeline->events, timeline->event_count, &timeline->event_capacity,
                                 bound, sizeof timeline->events[0]);
        timeline->events[timeline->event_count++] = *event;
        if (timeline->event_count == timeline->options.first)
            timeline->last_states = event->states;
        return;
    }
    struct view_event *oldest = &timeline->events[ring_index(timeline, 0)];
    retire(timeline, oldest, timeline->last_states);
    timeline->last_states = oldest->states;
    *oldest = *event;
    timeline->ring_start = (timeline->ring_start + 1) % timeline->options.last;
}

/* --- transitions --- */

static void reserve_transitions(struct view_timeline *timeline, size_t more)
{
    size_t need = timeline->final_count + more;
    if (need <= timeline->transition_capacity)
        return;
    timeline->transition_capacity = need + 4;
    timeline->transitions = base_realloc(timeline->transitions, timeline->transition_capacity,
                                         sizeof timeline->transitions[0]);
}

static void refresh_open(struct view_timeline *timeline, const struct track_conn *conn)
{
    struct track_transition open[TRACK_MAX_OPEN_TRANSITIONS];
    size_t count = track_conn_open_transitions(conn, open, TRACK_MAX_OPEN_TRANSITIONS);
    timeline->open_count = count;
    if (count == 0)
        return;
    reserve_transitions(timeline, count);
    memcpy(timeline->transitions + timeline->final_count, open, count * sizeof open[0]);
}

/* What became final is no longer open. */
static void close_open(struct view_timeline *timeline, const struct track_transition *transition)
{
    if (timeline->open_count == 0)
        return;
    struct track_transition *open = timeline->transitions + timeline->final_count;
    for (size_t i = 0; i < timeline->open_count; i++) {
        if (open[i].side != transition->side || open[i].to != transition->to)
            continue;
        timeline->open_count--;
        memmove(open + i, open + i + 1, (timeline->open_count - i) * sizeof open[0]);
        return;
    }
}

/* --- public --- */

bool view_is_retransmission(track_finding_set findings)
{
    return (findings & retransmissions) != 0;
}

void view_fold_add(struct view_fold *fold, const struct view_item *item)
{
    if (item->kind == VIEW_ITEM_EVENT) {
        fold_span(fold, item->event.time_ns, item->event.time_ns);
        fold->segments++;
        fold->payload_bytes += item->event.payload_bytes;
        fold->unique_bytes +=
            new_bytes(item->event.findings, item->event.payload_bytes, item->event.seq,
                      item->event.checks[TRACK_CHECK_SEQ].expected);
        fold->retransmissions += view_is_retransmission(item->event.findings);
    } else if (item->fold.segments > 0) {
        fold_span(fold, item->fold.start_ns, item->fold.end_ns);
        fold->segments += item->fold.segments;
        fold->payload_bytes += item->fold.payload_bytes;
        fold->unique_bytes += item->fold.unique_bytes;
        fold->retransmissions += item->fold.retransmissions;
    }
}

struct view_timeline *view_timeline_new(const struct view_timeline_options *options)
{
    struct view_timeline *timeline = base_calloc(1, sizeof *timeline);
    timeline->options = *options;
    if (timeline->options.first == 0)
        timeline->options.first = 1;
    if (timeline->options.last == 0)
        timeline->options.last = 1;
    timeline->kase = explain_case_new();
    return timeline;
}

/* A copy of so many elements, with room for capacity; NULL if that is none. */
static void *copied(const void *array, size_t count, size_t capacity, size_t size_bytes)
{
    if (capacity == 0)
        return NULL;
    void *copy = base_calloc(capacity, size_bytes);
    if (count > 0)
        memcpy(copy, array, count * size_bytes);
    return copy;
}

struct view_timeline *view_timeline_copy(const struct view_timeline *timeline)
{
    struct view_timeline *copy = base_calloc(1, sizeof *copy);
    *copy = *timeline;
    copy->events = copied(timeline->events, timeline->event_count, timeline->event_capacity,
                          sizeof copy->events[0]);
    copy->between = copied(timeline->between, timeline->between_count, timeline->between_capacity,
                           sizeof copy->between[0]);
    copy->calls = copied(timeline->calls, timeline->call_count, timeline->call_capacity,
                         sizeof copy->calls[0]);
    copy->passages = copied(timeline->passages, timeline->passage_count, timeline->passage_capacity,
                            sizeof copy->passages[0]);
    copy->transitions = copied(timeline->transitions, timeline->final_count + timeline->open_count,
                               timeline->transition_capacity, sizeof copy->transitions[0]);
    copy->kase = explain_case_copy(timeline->kase);
    return copy;
}

void view_timeline_free(struct view_timeline *timeline)
{
    if (timeline == NULL)
        return;
    if (!timeline->borrowed) {
        free(timeline->events);
        free(timeline->between);
        free(timeline->calls);
    }
    free(timeline->passages);
    free(timeline->transitions);
    explain_case_free(timeline->kase);
    free(timeline);
}

void view_timeline_prefetch(const struct view_timeline *timeline)
{
    const char *bytes = (const char *)timeline;
    for (size_t i = 0; i < sizeof *timeline; i += PREFETCH_STEP)
        __builtin_prefetch(bytes + i, 1);
}

void view_timeline_event(struct view_timeline *timeline, const struct track_conn *conn,
                         const struct track_event *event)
{
    timeline->generation++;
    if (conn != NULL) {
        track_conn_describe_briefly(conn, &timeline->record);
        refresh_open(timeline, conn);
    }
    explain_case_event(timeline->kase, event);
    if (event->kind == TRACK_EVENT_TIMER)
        return; /* its transition tells all there is to it */
    struct view_event kept = pack(event);
    keep(timeline, &kept);
}

void view_timeline_transition(struct view_timeline *timeline,
                              const struct track_transition *transition)
{
    timeline->generation++;
    explain_case_transition(timeline->kase, transition);
    close_open(timeline, transition);
    if (timeline->final_count == MAX_FINAL_TRANSITIONS)
        return;
    reserve_transitions(timeline, timeline->open_count + 1);
    struct track_transition *end = timeline->transitions + timeline->final_count;
    memmove(end + 1, end, timeline->open_count * sizeof *end);
    *end = *transition;
    timeline->final_count++;
}

void view_timeline_connection(struct view_timeline *timeline,
                              const struct track_connection *connection)
{
    timeline->generation++;
    timeline->record = *connection;
    timeline->open_count = 0;
    timeline->ended = true;
}

/* A place for one more; NULL if there are too many. */
static struct view_call *next_call(struct view_timeline *timeline)
{
    if (timeline->call_count == MAX_CALLS)
        return NULL;
    timeline->calls = grown(timeline->calls, timeline->call_count, &timeline->call_capacity,
                            MAX_CALLS, sizeof timeline->calls[0]);
    timeline->generation++;
    return &timeline->calls[timeline->call_count++];
}

void view_timeline_call(struct view_timeline *timeline, enum track_side side,
                        const struct track_call *call)
{
    struct view_call *kept = next_call(timeline);
    if (kept == NULL)
        return;
    *kept = (struct view_call){.time_ns = call->time_ns,
                               .end_ns = call->time_ns + call->duration_ns,
                               .side = (uint8_t)side,
                               .end = call->end};
    memcpy(kept->text, call->text, sizeof kept->text);
    memcpy(kept->outcome, call->outcome, sizeof kept->outcome);
    kept->text[sizeof kept->text - 1] = kept->outcome[sizeof kept->outcome - 1] = '\0';
}

void view_timeline_kernel(struct view_timeline *timeline, const struct track_kernel_socket *socket)
{
    for (size_t i = timeline->call_count; i-- > 0;) {
        const struct view_call *before = &timeline->calls[i];
        if (!before->kernel || before->side != socket->side)
            continue;
        /* what differs for a moment, a segment is on its way of */
        if (before->state == socket->state &&
            (before->agreement == TRACK_DISAGREES) == (socket->agreement == TRACK_DISAGREES))
            return;
        break;
    }
    struct view_call *kept = next_call(timeline);
    if (kept == NULL)
        return;
    *kept = (struct view_call){.time_ns = socket->time_ns,
                               .end_ns = socket->time_ns,
                               .side = socket->side,
                               .end = TRACK_CALL_RETURNED,
                               .kernel = true,
                               .state = socket->state,
                               .agreement = socket->agreement};
    const char *state = track_state_name((enum track_state)socket->state);
    if (socket->agreement == TRACK_DISAGREES)
        snprintf(kept->text, sizeof kept->text, _("kernel: %s, not %s"), state,
                 track_state_name((enum track_state)socket->inferred));
    else
        snprintf(kept->text, sizeof kept->text, _("kernel: %s"), state);
}

static bool is_call_of(const struct track_call *call, const struct wire_endpoint *end,
                       const struct wire_endpoint *peer)
{
    if (call->remote.family == 0)
        return call->local.port == end->port;
    return memcmp(&call->local, end, sizeof *end) == 0 &&
           memcmp(&call->remote, peer, sizeof *peer) == 0;
}

bool view_call_side(const struct track_call *call, const struct track_connection *connection,
                    enum track_side *side)
{
    if (call->local.family == 0)
        return false;
    for (unsigned i = 0; i < 2; i++) {
        if (!is_call_of(call, &connection->end[i].endpoint, &connection->end[1 - i].endpoint))
            continue;
        *side = (enum track_side)i;
        return true;
    }
    return false;
}

void view_timeline_passage(struct view_timeline *timeline, const struct track_passage *passage)
{
    size_t at = timeline->passage_count;
    if (at == MAX_PASSAGES)
        return;
    timeline->passages = grown(timeline->passages, at, &timeline->passage_capacity, MAX_PASSAGES,
                               sizeof timeline->passages[0]);
    while (at > 0 && timeline->passages[at - 1].frame > passage->frame) {
        timeline->passages[at] = timeline->passages[at - 1];
        at--;
    }
    timeline->passages[at] = *passage;
    timeline->passage_count++;
    timeline->generation++;
}

const struct track_passage *view_timeline_find_passage(const struct view_timeline *timeline,
                                                       uint64_t frame)
{
    size_t low = 0, high = timeline->passage_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (timeline->passages[middle].frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low < timeline->passage_count && timeline->passages[low].frame == frame
               ? &timeline->passages[low]
               : NULL;
}

bool view_timeline_has_passages(const struct view_timeline *timeline)
{
    return timeline->passage_count > 0;
}

const struct view_call *view_timeline_calls(const struct view_timeline *timeline, size_t *count)
{
    *count = timeline->call_count;
    return timeline->calls;
}

void view_timeline_drop_events(struct view_timeline *timeline)
{
    struct view_fold all = {0};
    struct view_item item;
    for (size_t i = 0; i < view_timeline_count(timeline); i++) {
        view_timeline_item(timeline, i, &item);
        view_fold_add(&all, &item);
    }
    free(timeline->events);
    free(timeline->between);
    timeline->events = NULL;
    timeline->between = NULL;
    timeline->event_count = timeline->event_capacity = timeline->ring_start = 0;
    timeline->between_count = timeline->between_capacity = 0;
    timeline->fold = all;
    timeline->options.first = 0; /* what comes now comes after the fold */
    timeline->generation++;
}

size_t view_timeline_kept(const struct view_timeline *timeline)
{
    return timeline->event_count + timeline->between_count;
}

/* Order: first events; (fold, notable event) …; fold; ring. A fold without segments is no item. */
size_t view_timeline_count(const struct view_timeline *timeline)
{
    size_t count = timeline->event_count + timeline->between_count;
    for (size_t i = 0; i < timeline->between_count; i++)
        count += timeline->between[i].fold.segments > 0;
    return count + (timeline->fold.segments > 0);
}

static bool give_fold(const struct view_fold *fold, size_t *index, struct view_item *out)
{
    if (fold->segments == 0)
        return false;
    if (*index > 0) {
        --*index;
        return false;
    }
    out->kind = VIEW_ITEM_FOLD;
    out->fold = *fold;
    return true;
}

static void give_event(const struct view_timeline *timeline, const struct view_event *event,
                       struct view_item *out)
{
    out->kind = VIEW_ITEM_EVENT;
    unpack(timeline, event, &out->event);
}

void view_timeline_item(const struct view_timeline *timeline, size_t index, struct view_item *out)
{
    size_t first = timeline->options.first;
    if (timeline->event_count < first)
        first = timeline->event_count;
    if (index < first) {
        give_event(timeline, &timeline->events[index], out);
        return;
    }
    index -= first;
    for (size_t i = 0; i < timeline->between_count; i++) {
        if (give_fold(&timeline->between[i].fold, &index, out))
            return;
        if (index == 0) {
            give_event(timeline, &timeline->between[i].event, out);
            return;
        }
        index--;
    }
    if (give_fold(&timeline->fold, &index, out))
        return;
    give_event(timeline, &timeline->events[ring_index(timeline, index)], out);
}

const struct track_transition *view_timeline_transitions(const struct view_timeline *timeline,
                                                         size_t *count)
{
    *count = timeline->final_count + timeline->open_count;
    return timeline->transitions;
}

const struct track_connection *view_timeline_record(const struct view_timeline *timeline)
{
    return &timeline->record;
}

size_t view_timeline_diagnose(const struct view_timeline *timeline, int64_t now_ns,
                              struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES])
{
    const struct track_transition *open =
        timeline->open_count > 0 ? timeline->transitions + timeline->final_count : NULL;
    return explain_diagnose(timeline->kase, &timeline->record, open, timeline->open_count, now_ns,
                            out);
}

bool view_timeline_ended(const struct view_timeline *timeline)
{
    return timeline->ended;
}

uint64_t view_timeline_generation(const struct view_timeline *timeline)
{
    return timeline->generation;
}

/* Takes one event or fold after another off what is to be left out. */
static void cut_between(struct view_timeline *part, size_t items)
{
    size_t i = 0;
    struct view_fold fold = {0};
    for (; items > 0 && i < part->between_count; i++) {
        const struct between *between = &part->between[i];
        if (between->fold.segments > 0 && --items == 0) {
            fold = between->fold;
            break;
        }
        items--;
    }
    if (items > 0 && part->fold.segments > 0) {
        fold = part->fold;
        items--;
    }
    part->between_count = i;
    part->fold = fold;
    part->event_count = part->options.first + items;
}

/* A case of what the part shows; its transitions come later. */
static struct explain_case *case_of_part(const struct view_timeline *whole, size_t items)
{
    struct explain_case *kase = explain_case_new();
    struct view_item item;
    for (size_t i = 0; i < items; i++) {
        view_timeline_item(whole, i, &item);
        if (item.kind == VIEW_ITEM_EVENT)
            explain_case_event(kase, &item.event);
    }
    return kase;
}

/* What had arrived by then; the rest is drawn as if nothing were known of its way. */
static void cut_passages(struct view_timeline *part, int64_t until_ns)
{
    const struct track_passage *all = part->passages;
    size_t count = part->passage_count;
    part->passages = base_calloc(count, sizeof part->passages[0]);
    part->passage_count = 0;
    part->passage_capacity = count;
    for (size_t i = 0; i < count; i++)
        if (all[i].received_ns <= until_ns)
            part->passages[part->passage_count++] = all[i];
}

struct view_timeline *view_timeline_part(const struct view_timeline *whole, size_t items,
                                         int64_t until_ns)
{
    struct view_timeline *part = base_calloc(1, sizeof *part);
    *part = *whole;
    part->borrowed = true;
    part->kase = case_of_part(whole, items);
    part->transitions = NULL;
    cut_passages(part, until_ns);
    part->call_count = 0;
    while (part->call_count < whole->call_count &&
           whole->calls[part->call_count].time_ns <= until_ns)
        part->call_count++;
    part->final_count = part->open_count = part->transition_capacity = 0;
    part->generation = (uint64_t)1 << 63 | (uint64_t)items << 16;
    size_t first =
        whole->event_count < whole->options.first ? whole->event_count : whole->options.first;
    if (items > first) {
        cut_between(part, items - first);
    } else {
        part->event_count = items;
        part->between_count = 0;
        part->fold = (struct view_fold){0};
    }
    return part;
}

void view_timeline_set_record(struct view_timeline *timeline, const struct track_connection *record)
{
    timeline->record = *record;
    timeline->generation++;
}
