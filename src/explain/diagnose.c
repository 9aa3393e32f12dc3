/* What is the matter with a connection, by its symptoms. */
#include "config.h"

#include "explain/diagnose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "view/timeline.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)

#define HELD_NS SECOND                  /* in CLOSE_WAIT or FIN_WAIT_2, and still there */
#define CLOSE_WAIT_LONG_NS (5 * SECOND) /* … though it ended */
#define FIN_WAIT_2_LONG_NS (60 * SECOND)
#define STALL_NS (200 * MS)
#define DELAYED_MIN_NS (20 * MS)
#define DELAYED_MAX_NS (500 * MS)
#define AT_ONCE_NS (5 * MS)
#define SMALL_BYTES 536 /* the smallest MSS there has to be: what is below is no full segment */
#define SYN_AGAIN_NS (200 * MS)
#define FIN_AGAIN_NS (10 * MS)
#define SILENT_AFTER 3
#define WAITED_NS (100 * MS) /* less, and it is a burst of repeats */
#define QUEUE_FULL_AFTER 2

/* A stay in a state. */
struct stay {
    uint64_t frame; /* of the segment that led there; 0: never */
    uint64_t confirmed_by;
    int64_t from_ns, to_ns;
    bool left;
};

/* One end: first what nearly every segment asks for or sets. */
struct case_end {
    uint64_t last_frame, data_frame, small_frame, zero_frame, fin_frame;
    int64_t data_ns;
    int64_t small_ns; /* of the small data that waits for its ack; 0: none */
    int64_t ack_ns;   /* when that ack came, late; 0: not */
    int64_t half_ns;  /* its half of the handshake */
    uint32_t silent;  /* repeats since the peer's last segment */
    uint32_t good_checksums;
    bool alone;     /* the peer no longer answers */
    bool acked_fin; /* it has acknowledged the peer's FIN */
    bool gone;      /* it has answered with RST after its FIN: no socket was left */
    bool spoke;     /* sent anything but SYNs */
    bool seen;
    uint64_t silent_frame, ack_frame;
    int64_t fin_ns, zero_ns, silent_ns, asked_ns;
    int64_t late_ns; /* how late ack_ns was */
    struct stay close_wait, fin_wait_2;
};

struct explain_case {
    struct case_end end[2];
    struct explain_diagnosis *facts; /* owned */
    int64_t syn_ns, last_syn_ns, syn_ack_ns;
    uint64_t abort_frame; /* of the first RST that was not ignored */
    uint8_t fact_count;
    uint8_t abort_side;
    uint8_t first_talker; /* side + 1 of the first data; 0: none */
    uint8_t last_talker;  /* of the last data before the abort */
    bool abort_acks;
    bool answered; /* the client has acknowledged the SYN,ACK */
};

struct explain_case *explain_case_new(void)
{
    return base_calloc(1, sizeof(struct explain_case));
}

struct explain_case *explain_case_copy(const struct explain_case *kase)
{
    struct explain_case *copy = explain_case_new();
    *copy = *kase;
    copy->facts = NULL;
    if (kase->fact_count > 0) {
        copy->facts = base_calloc(kase->fact_count, sizeof copy->facts[0]);
        memcpy(copy->facts, kase->facts, kase->fact_count * sizeof copy->facts[0]);
    }
    return copy;
}

void explain_case_free(struct explain_case *kase)
{
    if (kase == NULL)
        return;
    free(kase->facts);
    free(kase);
}

void explain_case_prefetch(const struct explain_case *kase)
{
    enum { CACHE_LINE = 64, HOT_BYTES = offsetof(struct case_end, silent_frame) };
    if (kase == NULL)
        return;
    for (int side = 0; side < 2; side++) {
        const char *end = (const char *)&kase->end[side];
        __builtin_prefetch(end, 1);
        __builtin_prefetch(end + CACHE_LINE, 1);
        __builtin_prefetch(end + HOT_BYTES - 1, 1);
    }
    __builtin_prefetch(&kase->syn_ns, 1);
    __builtin_prefetch(&kase->answered, 1);
}

void explain_case_opened(struct explain_case *kase, int64_t syn_ns)
{
    kase->syn_ns = kase->last_syn_ns = syn_ns;
    kase->end[TRACK_CLIENT].seen = true;
}

/* --- facts --- */

static struct explain_diagnosis *find_fact(const struct explain_case *kase,
                                           enum explain_symptom symptom, unsigned side)
{
    for (unsigned i = 0; i < kase->fact_count; i++)
        if (kase->facts[i].symptom == symptom && kase->facts[i].side == side)
            return &kase->facts[i];
    return NULL;
}

/* The first ones stay, the last one is replaced. */
static void add_frame(struct explain_diagnosis *fact, uint64_t frame)
{
    if (frame == 0 || (fact->frame_count > 0 && fact->frames[fact->frame_count - 1] >= frame))
        return;
    if (fact->frame_count < EXPLAIN_EVIDENCE)
        fact->frame_count++;
    fact->frames[fact->frame_count - 1] = frame;
}

static struct explain_diagnosis *note(struct explain_case *kase, enum explain_symptom symptom,
                                      unsigned side, uint64_t frame)
{
    struct explain_diagnosis *fact = find_fact(kase, symptom, side);
    if (fact == NULL) {
        kase->facts =
            base_realloc(kase->facts, (size_t)kase->fact_count + 1, sizeof kase->facts[0]);
        fact = &kase->facts[kase->fact_count++];
        *fact = (struct explain_diagnosis){.symptom = (uint8_t)symptom, .side = (uint8_t)side};
    }
    fact->count++;
    add_frame(fact, frame);
    return fact;
}

/* --- events --- */

static bool found(const struct track_event *event, enum track_finding finding)
{
    return event->findings >> finding & 1;
}

static void take_icmp(struct explain_case *kase, const struct track_event *event)
{
    const struct track_icmp *icmp = &event->icmp;
    unsigned side = event->sender ^ 1u; /* who gets the error */
    bool v4 = icmp->family == 4;
    if (v4 ? icmp->type == 3 && icmp->code == 4 : icmp->type == 2)
        note(kase, EXPLAIN_PATH_MTU, side, event->frame);
    else if (v4 ? icmp->type == 3 && (icmp->code == 9 || icmp->code == 10 || icmp->code == 13)
                : icmp->type == 1 && icmp->code == 1)
        note(kase, EXPLAIN_PROHIBITED, side, event->frame);
    else if (v4 ? icmp->type == 3 || icmp->type == 11 || icmp->type == 12
                : icmp->type == 1 || icmp->type == 3 || icmp->type == 4)
        note(kase, EXPLAIN_UNREACHABLE, side, event->frame);
}

/* What comes sooner is a duplicate made on the way, or an answer to one. */
static bool is_repeat(const struct track_event *event, int64_t before_ns)
{
    return found(event, TRACK_SYN_RETRANSMISSION) && event->time_ns - before_ns >= SYN_AGAIN_NS;
}

static void take_syn_ack(struct explain_case *kase, const struct track_event *event)
{
    unsigned side = event->sender;
    if (is_repeat(event, kase->syn_ack_ns))
        note(kase, kase->answered ? EXPLAIN_LISTEN_QUEUE_FULL : EXPLAIN_SYN_ACK_LOST, side,
             event->frame);
    else if (kase->syn_ack_ns == 0 && kase->syn_ns != 0)
        kase->end[side].half_ns = event->time_ns - kase->last_syn_ns;
    kase->syn_ack_ns = event->time_ns;
}

static void take_syn(struct explain_case *kase, const struct track_event *event)
{
    unsigned side = event->sender;
    if (kase->syn_ns == 0)
        kase->syn_ns = event->time_ns;
    else if (is_repeat(event, kase->last_syn_ns) && !kase->end[side ^ 1].seen)
        note(kase, EXPLAIN_SYN_LOST, side, event->frame)->span_ns = event->time_ns - kase->syn_ns;
    kase->last_syn_ns = event->time_ns;
}

/* The client's first answer to the SYN,ACK. */
static void take_answer(struct explain_case *kase, const struct track_event *event)
{
    if (event->sender != TRACK_CLIENT || kase->answered || kase->syn_ack_ns == 0 ||
        (event->flags & (WIRE_ACK | WIRE_RST | WIRE_SYN)) != WIRE_ACK)
        return;
    kase->answered = true;
    kase->end[TRACK_CLIENT].half_ns = event->time_ns - kase->syn_ack_ns;
}

static void take_window(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender];
    if ((event->flags & (WIRE_SYN | WIRE_RST)) != 0 || !(event->flags & WIRE_ACK))
        return;
    if (event->window == 0) {
        if (end->zero_frame == 0) {
            end->zero_frame = event->frame;
            end->zero_ns = event->time_ns;
        }
        return;
    }
    int64_t span_ns = end->zero_frame != 0 ? event->time_ns - end->zero_ns : 0;
    if (span_ns >= STALL_NS) {
        struct explain_diagnosis *fact =
            note(kase, EXPLAIN_ZERO_WINDOW_STALL, event->sender, end->zero_frame);
        add_frame(fact, event->frame);
        fact->span_ns += span_ns;
    }
    end->zero_frame = 0;
}

/* Small data, its late ack, and data at once when the ack is there: Nagle's algorithm had held it
 * back. */
static void take_small(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender], *peer = &kase->end[event->sender ^ 1];
    if (event->payload_bytes > 0) {
        bool released =
            end->ack_ns != 0 && event->time_ns - end->ack_ns <= end->half_ns + AT_ONCE_NS;
        if (released) {
            struct explain_diagnosis *fact =
                note(kase, EXPLAIN_NAGLE_DELAYED_ACK, event->sender, end->small_frame);
            add_frame(fact, end->ack_frame);
            add_frame(fact, event->frame);
            if (end->late_ns > fact->span_ns)
                fact->span_ns = end->late_ns;
        }
        bool small = event->payload_bytes < SMALL_BYTES && !view_is_retransmission(event->findings);
        end->small_ns = small ? event->time_ns : 0;
        end->small_frame = event->frame;
        end->ack_ns = 0;
        peer->small_ns = peer->ack_ns = 0; /* data came back: an answer, no delayed ack */
        return;
    }
    int64_t late_ns = event->time_ns - peer->small_ns - end->half_ns;
    bool acks = event->flags == WIRE_ACK && event->ack_sum.known && event->ack_sum.bytes > 0;
    if (peer->small_ns != 0 && acks && late_ns >= DELAYED_MIN_NS && late_ns <= DELAYED_MAX_NS) {
        peer->ack_ns = event->time_ns;
        peer->ack_frame = event->frame;
        peer->late_ns = late_ns;
    }
    peer->small_ns = 0;
}

static void take_data(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender];
    if (event->payload_bytes == 0 || (event->flags & WIRE_RST))
        return;
    end->data_frame = event->frame;
    end->data_ns = event->time_ns;
    if (kase->first_talker == 0)
        kase->first_talker = (uint8_t)(event->sender + 1);
    if (kase->abort_frame == 0)
        kase->last_talker = (uint8_t)(event->sender + 1);
}

static void note_silence(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender];
    struct explain_diagnosis *fact = note(kase, EXPLAIN_PEER_SILENT, event->sender, 0);
    if (fact->frame_count == 0 || fact->frames[0] != end->silent_frame) {
        fact->frame_count = 0;
        add_frame(fact, end->silent_frame);
    }
    add_frame(fact, event->frame);
    fact->count = end->silent;
    fact->span_ns = event->time_ns - end->silent_ns;
    end->alone = true;
}

/* Repeats, probes and keep-alives, each after a wait, with no sign of the peer in between. */
static void take_silence(struct explain_case *kase, const struct track_event *event)
{
    const track_finding_set asks =
        (track_finding_set)1 << TRACK_KEEP_ALIVE | (track_finding_set)1 << TRACK_WINDOW_PROBE;
    struct case_end *end = &kase->end[event->sender], *peer = &kase->end[event->sender ^ 1];
    peer->silent = 0;
    peer->alone = false;
    bool repeats = view_is_retransmission(event->findings) || (event->findings & asks) != 0;
    bool waited = end->silent == 0 || event->time_ns - end->asked_ns >= WAITED_NS;
    if (!repeats || !waited || (event->flags & (WIRE_SYN | WIRE_RST)))
        return;
    if (end->silent++ == 0) {
        end->silent_frame = event->frame;
        end->silent_ns = event->time_ns;
    }
    end->asked_ns = event->time_ns;
    if (end->silent >= SILENT_AFTER)
        note_silence(kase, event);
}

/* A RST of an end that closed before, or of a server that only shook hands. */
static void take_rst_after_fin(struct explain_case *kase, const struct track_event *event)
{
    const struct case_end *end = &kase->end[event->sender], *peer = &kase->end[event->sender ^ 1];
    bool acks = (event->flags & WIRE_ACK) != 0;
    enum explain_symptom symptom = EXPLAIN_WROTE_AFTER_CLOSE;
    unsigned side = event->sender ^ 1u;
    uint64_t cause = peer->data_frame;
    if (end->fin_frame == 0 || peer->data_frame < end->fin_frame) {
        /* a FIN that no socket was left to take */
        if (acks || end->fin_frame == 0 || peer->fin_frame < end->fin_frame || end->acked_fin)
            return;
        symptom = EXPLAIN_FIN_WAIT_2_EXPIRED;
        side = event->sender;
        cause = peer->fin_frame;
    }
    add_frame(note(kase, symptom, side, cause), event->frame);
}

static void take_rst(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender];
    const struct case_end *peer = &kase->end[event->sender ^ 1];
    bool acks = (event->flags & WIRE_ACK) != 0;
    bool own_abort = kase->abort_frame != 0 && kase->abort_side == event->sender;
    if (found(event, TRACK_IGNORED_RST)) {
        note(kase, EXPLAIN_BLIND_RESET_IGNORED, event->sender ^ 1u, event->frame);
        return;
    }
    end->gone = end->fin_frame != 0 && !acks;
    if (end->fin_frame != 0)
        take_rst_after_fin(kase, event);
    else if (event->sender == TRACK_SERVER && !acks && kase->answered && !end->spoke)
        note(kase, EXPLAIN_LISTEN_QUEUE_RESET, TRACK_SERVER, event->frame);
    else if (found(event, TRACK_HALF_OPEN) && !own_abort)
        add_frame(note(kase, EXPLAIN_HALF_OPEN_PEER, event->sender, peer->last_frame),
                  event->frame);
    if (acks && end->silent > 0)
        note_silence(kase, event); /* it gives up */
    if (kase->abort_frame == 0) {
        kase->abort_frame = event->frame;
        kase->abort_side = event->sender;
        kase->abort_acks = acks;
    }
}

static void take_findings(struct explain_case *kase, const struct track_event *event)
{
    const track_finding_set lost = (track_finding_set)1 << TRACK_RETRANSMISSION |
                                   (track_finding_set)1 << TRACK_FAST_RETRANSMISSION |
                                   (track_finding_set)1 << TRACK_TIMEOUT_RETRANSMISSION;
    unsigned side = event->sender, peer = side ^ 1u;
    const struct case_end *end = &kase->end[side];
    bool fin_again =
        found(event, TRACK_FIN_RETRANSMISSION) && event->time_ns - end->fin_ns >= FIN_AGAIN_NS;
    if (fin_again && event->state[peer] == TRACK_TIME_WAIT)
        note(kase, EXPLAIN_LAST_ACK_LOST, peer, event->frame);
    else if (fin_again || (event->findings & lost) != 0)
        add_frame(note(kase, EXPLAIN_DATA_LOST, side, event->related_frame), event->frame);
    if (found(event, TRACK_CHALLENGE_ACK) && find_fact(kase, EXPLAIN_BLIND_RESET_IGNORED, side))
        add_frame(find_fact(kase, EXPLAIN_BLIND_RESET_IGNORED, side), event->frame);
    if (found(event, TRACK_MSS_EXCEEDED))
        note(kase, EXPLAIN_OFFLOAD_SEGMENTS, side, event->frame);
    if (found(event, TRACK_ACKED_NOT_CAPTURED))
        note(kase, EXPLAIN_CAPTURE_LOSS, peer, event->frame);
}

void explain_case_event(struct explain_case *kase, const struct track_event *event)
{
    struct case_end *end = &kase->end[event->sender & 1];
    if (event->kind == TRACK_EVENT_ICMP)
        take_icmp(kase, event);
    if (event->kind != TRACK_EVENT_SEGMENT)
        return;
    if ((event->flags & (WIRE_SYN | WIRE_ACK)) == WIRE_SYN)
        take_syn(kase, event);
    else if (event->flags & WIRE_SYN)
        take_syn_ack(kase, event);
    take_answer(kase, event);
    take_window(kase, event);
    take_small(kase, event);
    take_data(kase, event);
    take_silence(kase, event);
    if (event->flags & WIRE_RST)
        take_rst(kase, event);
    if (event->findings != 0)
        take_findings(kase, event);
    if (event->checks[TRACK_CHECK_CHECKSUM].outcome == TRACK_BREAKS)
        note(kase, EXPLAIN_BAD_CHECKSUMS, event->sender, event->frame);
    end->good_checksums += event->checks[TRACK_CHECK_CHECKSUM].outcome == TRACK_HOLDS;
    if ((event->flags & WIRE_FIN) && end->fin_frame == 0)
        end->fin_frame = event->frame;
    if (event->flags & WIRE_FIN)
        end->fin_ns = event->time_ns;
    end->acked_fin = end->acked_fin || event->ack_sum.fin;
    end->last_frame = event->frame;
    end->spoke = end->spoke || !(event->flags & WIRE_SYN);
    end->seen = true;
}

/* --- transitions --- */

static void take_stay(struct stay *stay, const struct track_transition *transition,
                      enum track_state state)
{
    if (transition->from == state) {
        stay->left = true;
        stay->to_ns = transition->time_ns;
    }
    if (transition->to == state)
        *stay = (struct stay){.frame = transition->frame,
                              .confirmed_by = transition->confirmed_by,
                              .from_ns = transition->time_ns};
}

/* The end has not sent a FIN in this state, and not been told to close. */
static bool is_in_use(unsigned state)
{
    return state == TRACK_ESTABLISHED || state == TRACK_CLOSE_WAIT;
}

static void take_no_socket(struct explain_case *kase, const struct track_transition *transition)
{
    enum explain_symptom symptom;
    if (is_in_use(transition->from))
        symptom = EXPLAIN_HALF_OPEN_PEER;
    else if (transition->from == TRACK_FIN_WAIT_2)
        symptom = EXPLAIN_FIN_WAIT_2_EXPIRED;
    else
        return;
    add_frame(note(kase, symptom, transition->side, transition->frame), transition->confirmed_by);
}

/* A RST that the program of an end chose to send. */
static void take_abort(struct explain_case *kase, const struct track_transition *transition)
{
    bool own = transition->frame == kase->abort_frame && kase->abort_side == transition->side;
    if (!own || !kase->abort_acks || transition->from < TRACK_SYN_RECEIVED ||
        kase->end[transition->side].alone)
        return;
    unsigned peer = (transition->side ^ 1u) + 1u;
    bool unread = kase->last_talker == peer && kase->first_talker == peer;
    struct explain_diagnosis *fact =
        note(kase, unread ? EXPLAIN_RESET_UNREAD_DATA : EXPLAIN_RESET_LINGER_ZERO, transition->side,
             unread ? kase->end[transition->side ^ 1].data_frame : 0);
    add_frame(fact, transition->frame);
}

void explain_case_transition(struct explain_case *kase, const struct track_transition *transition)
{
    struct case_end *end = &kase->end[transition->side & 1];
    take_stay(&end->close_wait, transition, TRACK_CLOSE_WAIT);
    take_stay(&end->fin_wait_2, transition, TRACK_FIN_WAIT_2);
    if (transition->cause == TRACK_CAUSE_REFUSED)
        note(kase, EXPLAIN_PORT_CLOSED, TRACK_SERVER, transition->frame);
    else if (transition->cause == TRACK_CAUSE_ABORTED_OPEN)
        add_frame(note(kase, EXPLAIN_ABORTED_OPEN, transition->side, transition->frame),
                  kase->abort_side == transition->side ? kase->abort_frame : 0);
    else if (transition->cause == TRACK_CAUSE_TIME_WAIT_REUSED)
        note(kase, EXPLAIN_TIME_WAIT_REUSED, transition->side, transition->frame);
    else if (transition->cause == TRACK_CAUSE_NO_SOCKET)
        take_no_socket(kase, transition);
    else if (transition->cause == TRACK_CAUSE_SENT_RST)
        take_abort(kase, transition);
    if (transition->to == TRACK_TIME_WAIT && transition->side == TRACK_SERVER)
        note(kase, EXPLAIN_TIME_WAIT_BLOCKS_BIND, TRACK_SERVER, transition->frame);
}

/* --- judging --- */

struct judge {
    const struct explain_case *kase;
    const struct track_connection *record;
    int64_t now_ns;
    struct explain_diagnosis *out;
    size_t count;
};

static struct explain_diagnosis *tell(struct judge *judge, enum explain_symptom symptom,
                                      unsigned side)
{
    assert(judge->count < EXPLAIN_MAX_DIAGNOSES);
    struct explain_diagnosis *diagnosis = &judge->out[judge->count++];
    *diagnosis =
        (struct explain_diagnosis){.symptom = (uint8_t)symptom, .side = (uint8_t)side, .count = 1};
    return diagnosis;
}

/* Whether a fact, seen with the whole life, is a symptom. */
static bool stands(const struct judge *judge, const struct explain_diagnosis *fact)
{
    const struct track_connection *record = judge->record;
    enum explain_symptom symptom = (enum explain_symptom)fact->symptom;
    if (symptom == EXPLAIN_SYN_LOST) /* else it is told as no_answer */
        return record->open != TRACK_OPEN_UNANSWERED;
    if (symptom == EXPLAIN_PORT_CLOSED)
        return record->open == TRACK_OPEN_REFUSED;
    if (symptom == EXPLAIN_SYN_ACK_LOST) /* else as never_completed */
        return judge->kase->answered;
    if (symptom == EXPLAIN_LISTEN_QUEUE_FULL)
        return fact->count >= QUEUE_FULL_AFTER;
    if (symptom == EXPLAIN_LISTEN_QUEUE_RESET || symptom == EXPLAIN_TIME_WAIT_BLOCKS_BIND)
        return !record->guessed && !record->self_connect;
    if (symptom == EXPLAIN_PEER_SILENT) /* else it has answered after all */
        return judge->kase->end[fact->side].alone;
    if (symptom == EXPLAIN_LAST_ACK_LOST) { /* else nobody answers from TIME_WAIT, or to nobody */
        const struct case_end *peer = &judge->kase->end[fact->side ^ 1];
        return !peer->alone && !peer->gone;
    }
    if (symptom == EXPLAIN_DATA_LOST) /* else it is told as peer_silent */
        return !judge->kase->end[fact->side].alone;
    return symptom != EXPLAIN_BAD_CHECKSUMS; /* told by judge_checksums() */
}

/* The first SYN is no repeat, but one of those sent. */
static void count_first_syn(struct explain_diagnosis *told, const struct track_connection *record)
{
    struct explain_diagnosis repeats = *told;
    told->frame_count = 0;
    told->count++;
    add_frame(told, record->frames[0]);
    for (unsigned i = 0; i < repeats.frame_count; i++)
        add_frame(told, repeats.frames[i]);
}

static void judge_facts(struct judge *judge)
{
    for (unsigned i = 0; i < judge->kase->fact_count; i++) {
        const struct explain_diagnosis *fact = &judge->kase->facts[i];
        if (!stands(judge, fact))
            continue;
        struct explain_diagnosis *told =
            tell(judge, (enum explain_symptom)fact->symptom, fact->side);
        *told = *fact;
        if (fact->symptom == EXPLAIN_SYN_LOST)
            count_first_syn(told, judge->record);
    }
}

/* How the connection was opened. */
static void judge_open(struct judge *judge)
{
    const struct track_connection *record = judge->record;
    const struct explain_diagnosis *syns = find_fact(judge->kase, EXPLAIN_SYN_LOST, TRACK_CLIENT);
    const struct explain_diagnosis *answers =
        find_fact(judge->kase, EXPLAIN_SYN_ACK_LOST, TRACK_SERVER);
    bool icmp = find_fact(judge->kase, EXPLAIN_PROHIBITED, TRACK_CLIENT) != NULL ||
                find_fact(judge->kase, EXPLAIN_UNREACHABLE, TRACK_CLIENT) != NULL;
    if (record->open == TRACK_OPEN_UNANSWERED && syns != NULL && !icmp) {
        struct explain_diagnosis *told = tell(judge, EXPLAIN_NO_ANSWER, TRACK_CLIENT);
        *told = *syns;
        told->symptom = EXPLAIN_NO_ANSWER;
        count_first_syn(told, record);
    }
    if (answers != NULL && !judge->kase->answered && !record->self_connect &&
        record->open == TRACK_OPEN_HALF) {
        struct explain_diagnosis *told = tell(judge, EXPLAIN_NEVER_COMPLETED, TRACK_CLIENT);
        *told = *answers;
        told->symptom = EXPLAIN_NEVER_COMPLETED;
        told->side = TRACK_CLIENT;
    }
    if (record->findings[TRACK_SYN_FLOOD] > 0)
        add_frame(tell(judge, EXPLAIN_SYN_FLOOD, TRACK_SERVER), record->frames[0]);
    if (record->self_connect)
        add_frame(tell(judge, EXPLAIN_SELF_CONNECT, TRACK_CLIENT), record->frames[0]);
    else if (record->open == TRACK_OPEN_SIMULTANEOUS)
        add_frame(tell(judge, EXPLAIN_SIMULTANEOUS_OPEN, TRACK_CLIENT), record->frames[0]);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* How long the end stays, or stayed, in a state with nothing done by talker. */
static int64_t idle_stay(const struct judge *judge, const struct stay *stay,
                         const struct case_end *talker)
{
    int64_t to_ns = stay->left ? stay->to_ns : later(judge->now_ns, judge->record->end_ns);
    return to_ns - later(stay->from_ns, talker->data_ns);
}

static void judge_stay(struct judge *judge, enum explain_symptom symptom, unsigned side,
                       const struct stay *stay, int64_t span_ns, int64_t long_ns)
{
    if (stay->frame == 0 || span_ns < (stay->left ? long_ns : HELD_NS))
        return;
    struct explain_diagnosis *told = tell(judge, symptom, side);
    told->span_ns = span_ns;
    add_frame(told, stay->frame);
    add_frame(told, stay->confirmed_by);
}

static void judge_close(struct judge *judge)
{
    const struct explain_case *kase = judge->kase;
    for (unsigned side = 0; side < 2; side++) {
        const struct case_end *end = &kase->end[side], *peer = &kase->end[side ^ 1];
        judge_stay(judge, EXPLAIN_CLOSE_WAIT_HELD, side, &end->close_wait,
                   idle_stay(judge, &end->close_wait, end), CLOSE_WAIT_LONG_NS);
        judge_stay(judge, EXPLAIN_FIN_WAIT_2_STUCK, side, &end->fin_wait_2,
                   idle_stay(judge, &end->fin_wait_2, peer), FIN_WAIT_2_LONG_NS);
    }
    if (judge->record->close != TRACK_CLOSE_SIMULTANEOUS || judge->record->self_connect)
        return;
    struct explain_diagnosis *told = tell(judge, EXPLAIN_SIMULTANEOUS_CLOSE, TRACK_CLIENT);
    uint64_t a = kase->end[0].fin_frame, b = kase->end[1].fin_frame;
    add_frame(told, a < b ? a : b);
    add_frame(told, a < b ? b : a);
}

/* The window has not been opened again. */
static void judge_stall(struct judge *judge)
{
    for (unsigned side = 0; side < 2; side++) {
        const struct case_end *end = &judge->kase->end[side];
        int64_t span_ns = judge->record->end_ns - end->zero_ns;
        if (end->zero_frame == 0 || span_ns < STALL_NS ||
            find_fact(judge->kase, EXPLAIN_ZERO_WINDOW_STALL, side) != NULL)
            continue;
        struct explain_diagnosis *told = tell(judge, EXPLAIN_ZERO_WINDOW_STALL, side);
        told->span_ns = span_ns;
        add_frame(told, end->zero_frame);
    }
}

static void judge_checksums(struct judge *judge)
{
    for (unsigned side = 0; side < 2; side++) {
        const struct explain_diagnosis *fact = find_fact(judge->kase, EXPLAIN_BAD_CHECKSUMS, side);
        if (fact == NULL)
            continue;
        struct explain_diagnosis *told = tell(judge, EXPLAIN_BAD_CHECKSUMS, side);
        *told = *fact;
        if (fact->count > judge->kase->end[side].good_checksums)
            told->symptom = EXPLAIN_OFFLOAD_CHECKSUMS;
    }
}

static int by_order(const void *a, const void *b)
{
    const struct explain_diagnosis *left = a, *right = b;
    if (left->symptom != right->symptom)
        return left->symptom < right->symptom ? -1 : 1;
    return left->side - right->side;
}

/* To take in what may still be revised. */
static void copy_case(struct explain_case *copy, const struct explain_case *kase)
{
    *copy = *kase;
    copy->facts = base_calloc(EXPLAIN_MAX_DIAGNOSES + 1, sizeof copy->facts[0]);
    if (kase->fact_count > 0)
        memcpy(copy->facts, kase->facts, kase->fact_count * sizeof copy->facts[0]);
}

size_t explain_diagnose(const struct explain_case *kase, const struct track_connection *record,
                        const struct track_transition *open, size_t open_count, int64_t now_ns,
                        struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES])
{
    static const struct explain_case nothing;
    const struct explain_case *known = kase != NULL ? kase : &nothing;
    struct explain_case copy;
    if (open_count > 0) {
        copy_case(&copy, known);
        for (size_t i = 0; i < open_count; i++)
            explain_case_transition(&copy, &open[i]);
        known = &copy;
    }
    struct judge judge = {.kase = known, .record = record, .now_ns = now_ns, .out = out};
    judge_facts(&judge);
    judge_open(&judge);
    judge_close(&judge);
    judge_stall(&judge);
    judge_checksums(&judge);
    if (open_count > 0)
        free(copy.facts);
    qsort(out, judge.count, sizeof out[0], by_order);
    return judge.count;
}
