/* Wireshark's own verdicts on segments (tcp.analysis.* of its 4.0 series). */
#include "config.h"

#include "track/wireshark.h"

#include <assert.h>

#include "base/xalloc.h"
#include "track/seq.h"

#define SFR (WIRE_SYN | WIRE_FIN | WIRE_RST)
#define BIT(verdict) ((wireshark_set)1 << (verdict))
#define FAST_RETRANSMIT_NS INT64_C(20000000) /* after the last duplicate ACK */
#define REORDER_NS INT64_C(3000000) /* while the conversation's first round trip is not known */

/* What that program holds after an ack of what it did not see; the next duplicate ack is the first
 * again. */
#define MANY_DUPLICATES UINT32_MAX

enum { SCALE_UNKNOWN = -1, SCALE_NOT_USED = -2 };

/* One direction. As in that program, a sequence number of 0 means "not known". */
struct direction {
    uint32_t base;     /* its initial sequence number, or one below its first */
    uint32_t next_seq; /* highest number sent, and one more for SYN and FIN */
    uint32_t to_be_acked;
    uint32_t last_ack;
    uint32_t duplicate_acks;
    int64_t next_seq_ns, last_ack_ns;
    wireshark_set last; /* verdicts on its latest segment */
    uint16_t window;
    int8_t scale;
    bool base_known;
    bool syn_last; /* its latest segment is a SYN: the window in it is not scaled */
    bool seen;
    bool syn_data; /* it sent a SYN with payload */
};

struct wireshark_flow {
    struct direction direction[2];
    int64_t syn_ns, first_rtt_ns; /* -1: not known */
    bool reused;
};

/* A segment in that program's terms. */
struct view {
    const struct wire_segment *segment;
    struct direction *fwd, *rev;
    uint32_t seq, ack, length;
    bool sfr;
};

static const char *const names[WIRESHARK_VERDICTS] = {
    [WIRESHARK_RETRANSMISSION] = "retransmission",
    [WIRESHARK_FAST_RETRANSMISSION] = "fast_retransmission",
    [WIRESHARK_SPURIOUS_RETRANSMISSION] = "spurious_retransmission",
    [WIRESHARK_OUT_OF_ORDER] = "out_of_order",
    [WIRESHARK_LOST_SEGMENT] = "lost_segment",
    [WIRESHARK_ACK_LOST_SEGMENT] = "ack_lost_segment",
    [WIRESHARK_DUPLICATE_ACK] = "duplicate_ack",
    [WIRESHARK_KEEP_ALIVE] = "keep_alive",
    [WIRESHARK_KEEP_ALIVE_ACK] = "keep_alive_ack",
    [WIRESHARK_ZERO_WINDOW] = "zero_window",
    [WIRESHARK_ZERO_WINDOW_PROBE] = "zero_window_probe",
    [WIRESHARK_ZERO_WINDOW_PROBE_ACK] = "zero_window_probe_ack",
    [WIRESHARK_WINDOW_UPDATE] = "window_update",
    [WIRESHARK_WINDOW_FULL] = "window_full",
    [WIRESHARK_REUSED_PORTS] = "reused_ports",
    [WIRESHARK_TFO_SYN] = "tfo_syn",
    [WIRESHARK_TFO_ACK] = "tfo_ack",
    [WIRESHARK_TFO_IGNORED] = "tfo_ignored",
};

const char *wireshark_verdict_name(enum wireshark_verdict verdict)
{
    assert(verdict < WIRESHARK_VERDICTS);
    return names[verdict];
}

struct wireshark_flow *wireshark_flow_new(bool reused)
{
    struct wireshark_flow *flow = base_calloc(1, sizeof *flow);
    flow->syn_ns = flow->first_rtt_ns = -1;
    flow->reused = reused;
    flow->direction[0].scale = flow->direction[1].scale = SCALE_UNKNOWN;
    return flow;
}

/* --- what does not look at the sequence space --- */

static void learn_base(struct direction *fwd, struct direction *rev,
                       const struct wire_segment *segment)
{
    /* In the middle of a conversation the first number becomes relative 1. */
    if (!fwd->base_known) {
        fwd->base = (segment->flags & WIRE_SYN) != 0 ? segment->seq : segment->seq - 1;
        fwd->base_known = true;
    }
    if (!rev->base_known && (segment->flags & WIRE_ACK) != 0) {
        rev->base = segment->ack - 1;
        rev->base_known = true;
    }
}

/* A SYN or SYN-ACK with another number than this direction began with is taken for a new session on
 * old ports. */
static wireshark_set judge_new_session(struct wireshark_flow *flow, struct direction *fwd,
                                       const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_SYN) == 0)
        return 0;
    bool again = (segment->flags & WIRE_ACK) != 0 && fwd->base_known && fwd->base != segment->seq;
    bool first = flow->reused && (segment->flags & WIRE_ACK) == 0;
    flow->reused = flow->reused && !first;
    if (again)
        fwd->base = segment->seq;
    return again || first ? BIT(WIRESHARK_REUSED_PORTS) : 0;
}

static void learn_scale(struct direction *fwd, struct direction *rev,
                        const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_SYN) == 0)
        return;
    fwd->scale = SCALE_NOT_USED;
    if ((segment->options.present & WIRE_OPTION_WINDOW_SCALE) != 0)
        fwd->scale =
            (int8_t)(segment->options.window_scale > 14 ? 14 : segment->options.window_scale);
    /* neither end scales when one of the two did not offer it */
    if ((segment->flags & WIRE_ACK) == 0 || rev->scale == SCALE_UNKNOWN)
        return;
    if (fwd->scale == SCALE_NOT_USED || rev->scale == SCALE_NOT_USED)
        fwd->scale = rev->scale = SCALE_NOT_USED;
}

static void learn_first_rtt(struct wireshark_flow *flow, const struct wire_segment *segment)
{
    if ((segment->flags & (WIRE_SYN | WIRE_ACK)) == WIRE_SYN)
        flow->syn_ns = segment->time_ns;
    else if ((segment->flags & (WIRE_SYN | WIRE_ACK)) == WIRE_ACK && flow->first_rtt_ns < 0 &&
             flow->syn_ns >= 0)
        flow->first_rtt_ns = segment->time_ns - flow->syn_ns;
}

static wireshark_set judge_fast_open(const struct view *v)
{
    unsigned handshake = v->segment->flags & (WIRE_SYN | WIRE_ACK);
    wireshark_set set = 0;
    if (handshake == WIRE_SYN && v->segment->options.fastopen_cookie_bytes > 0)
        set |= BIT(WIRESHARK_TFO_SYN);
    uint32_t taken = v->ack - v->rev->base;
    if (handshake == (WIRE_SYN | WIRE_ACK) && taken > 1)
        set |= BIT(WIRESHARK_TFO_ACK);
    if (handshake == (WIRE_SYN | WIRE_ACK) && taken == 1 && v->rev->syn_data)
        set |= BIT(WIRESHARK_TFO_IGNORED);
    v->fwd->syn_data = v->fwd->syn_data || (set != 0 && v->length > 0);
    return set;
}

/* --- the evaluation order is that of tcp_analyze_sequence_number() --- */

static bool same_place(const struct view *v)
{
    return v->length == 0 && v->seq == v->fwd->next_seq && v->ack == v->fwd->last_ack && !v->sfr;
}

static bool is_window_full(const struct view *v)
{
    const struct direction *rev = v->rev;
    if (v->length == 0 || rev->scale == SCALE_UNKNOWN || v->sfr)
        return false;
    unsigned shift = rev->syn_last || rev->scale == SCALE_NOT_USED ? 0 : (unsigned)rev->scale;
    return v->seq + v->length == rev->last_ack + ((uint32_t)rev->window << shift);
}

static wireshark_set judge_place(const struct view *v)
{
    const struct direction *fwd = v->fwd;
    uint16_t flags = v->segment->flags, window = v->segment->window;
    wireshark_set set = 0;
    if (window == 0 && !v->sfr)
        set |= BIT(WIRESHARK_ZERO_WINDOW);
    if (fwd->next_seq != 0 && seq_gt(v->seq, fwd->next_seq) && (flags & WIRE_RST) == 0)
        set |= BIT(WIRESHARK_LOST_SEGMENT);
    if (v->length <= 1 && v->seq == fwd->next_seq - 1 && !v->sfr)
        set |= BIT(WIRESHARK_KEEP_ALIVE);
    if (same_place(v) && window != 0 && window != fwd->window)
        set |= BIT(WIRESHARK_WINDOW_UPDATE);
    if (is_window_full(v))
        set |= BIT(WIRESHARK_WINDOW_FULL);
    return set;
}

static wireshark_set judge_repeated_ack(struct view *v)
{
    uint16_t window = v->segment->window;
    if (!same_place(v) || window != v->fwd->window)
        return 0;
    if (window != 0 && (v->rev->last & BIT(WIRESHARK_KEEP_ALIVE)) != 0)
        return BIT(WIRESHARK_KEEP_ALIVE_ACK);
    if (window == 0 && (v->rev->last & BIT(WIRESHARK_ZERO_WINDOW_PROBE)) != 0)
        return BIT(WIRESHARK_ZERO_WINDOW_PROBE_ACK);
    return window != 0 ? BIT(WIRESHARK_DUPLICATE_ACK) : 0;
}

static wireshark_set judge_ack(struct view *v)
{
    struct direction *rev = v->rev;
    if (rev->to_be_acked == 0 || !seq_gt(v->ack, rev->to_be_acked) ||
        (v->segment->flags & WIRE_ACK) == 0)
        return 0;
    bool said = false;
    if (rev->to_be_acked == rev->next_seq) {
        said = rev->duplicate_acks != 0;
        rev->duplicate_acks = MANY_DUPLICATES;
    }
    rev->to_be_acked = rev->next_seq;
    return said ? 0 : BIT(WIRESHARK_ACK_LOST_SEGMENT);
}

static wireshark_set judge_repeat(const struct wireshark_flow *flow, const struct view *v)
{
    const struct direction *fwd = v->fwd, *rev = v->rev;
    int64_t now = v->segment->time_ns;
    bool counts = (v->segment->flags & (WIRE_SYN | WIRE_FIN)) != 0;
    if (v->length == 0 && !counts)
        return 0;
    bool old = fwd->next_seq != 0 && seq_lt(v->seq, fwd->next_seq) &&
               !(v->length > 1 && fwd->next_seq - 1 == v->seq);
    if (v->length > 0 && rev->last_ack != 0 && seq_leq(v->seq + v->length, rev->last_ack))
        return BIT(WIRESHARK_SPURIOUS_RETRANSMISSION) | BIT(WIRESHARK_RETRANSMISSION);
    if (!old)
        return 0;
    if (rev->duplicate_acks >= 2 && rev->last_ack == v->seq &&
        now - rev->last_ack_ns < FAST_RETRANSMIT_NS)
        return BIT(WIRESHARK_FAST_RETRANSMISSION) | BIT(WIRESHARK_RETRANSMISSION);
    int64_t reorder_ns = flow->first_rtt_ns >= 0 ? flow->first_rtt_ns : REORDER_NS;
    if (now - fwd->next_seq_ns < reorder_ns && fwd->next_seq != v->seq + v->length + counts)
        return BIT(WIRESHARK_OUT_OF_ORDER);
    return BIT(WIRESHARK_RETRANSMISSION);
}

static void remember(const struct view *v, wireshark_set set)
{
    struct direction *fwd = v->fwd;
    bool probe = (set & BIT(WIRESHARK_ZERO_WINDOW_PROBE)) != 0;
    bool counts = (v->segment->flags & (WIRE_SYN | WIRE_FIN)) != 0;
    uint32_t next = v->seq + v->length + counts;
    if ((seq_gt(next, fwd->next_seq) || fwd->next_seq == 0) && !probe) {
        fwd->next_seq = next;
        fwd->next_seq_ns = v->segment->time_ns;
    }
    if ((v->seq == fwd->to_be_acked || fwd->to_be_acked == 0) && !probe)
        fwd->to_be_acked = fwd->next_seq;
    fwd->seen = true;
    fwd->window = v->segment->window;
    fwd->last_ack = v->ack;
    fwd->last_ack_ns = v->segment->time_ns;
    fwd->last = set;
    fwd->syn_last = (v->segment->flags & WIRE_SYN) != 0;
}

static wireshark_set judge(const struct wireshark_flow *flow, struct view *v)
{
    bool probe =
        v->length == 1 && v->seq == v->fwd->next_seq && v->rev->window == 0 && v->rev->seen;
    wireshark_set set = BIT(WIRESHARK_ZERO_WINDOW_PROBE);
    if (!probe)
        set = judge_place(v) | judge_repeated_ack(v);
    if (v->ack != v->fwd->last_ack)
        v->fwd->duplicate_acks = 0;
    if ((set & BIT(WIRESHARK_DUPLICATE_ACK)) != 0)
        v->fwd->duplicate_acks =
            v->fwd->duplicate_acks == MANY_DUPLICATES ? 1 : v->fwd->duplicate_acks + 1;
    set |= judge_ack(v);
    if ((set & BIT(WIRESHARK_KEEP_ALIVE)) == 0)
        set |= judge_repeat(flow, v);
    return set;
}

wireshark_set wireshark_segment(struct wireshark_flow *flow, unsigned side,
                                const struct wire_segment *segment)
{
    struct direction *fwd = &flow->direction[side], *rev = &flow->direction[!side];
    bool has_ack = (segment->flags & WIRE_ACK) != 0;
    wireshark_set reused = judge_new_session(flow, fwd, segment);
    learn_base(fwd, rev, segment);
    learn_first_rtt(flow, segment);
    struct view v = {.segment = segment,
                     .fwd = fwd,
                     .rev = rev,
                     .seq = segment->seq,
                     .ack = has_ack ? segment->ack : 0,
                     .length = segment->payload_bytes,
                     .sfr = (segment->flags & SFR) != 0};
    wireshark_set set = judge(flow, &v);
    learn_scale(fwd, rev, segment);
    set |= reused | judge_fast_open(&v);
    remember(&v, set);
    return set;
}
