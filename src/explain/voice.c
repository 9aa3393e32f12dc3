/* The places in sentences about a segment. */
#include "config.h"

#include "explain/voice.h"

#include <inttypes.h>

#include "base/intl.h"
#include "explain/fill.h"
#include "track/seq.h"
#include "view/segment_parts.h"
#include "view/words.h"

struct voice {
    const struct explain_subject *subject;
    const struct track_event *event;
    bool absolute;
};

const char *explain_end_name(const struct track_connection *record, enum track_side side)
{
    if (record->self_connect)
        return _("the socket");
    return side == TRACK_CLIENT ? _("the client") : _("the server");
}

const struct track_transition *explain_moved_to(const struct explain_subject *subject,
                                                enum track_side side, enum track_state state)
{
    for (size_t i = 0; i < subject->transition_count; i++) {
        const struct track_transition *transition = &subject->transitions[i];
        if (transition->frame == subject->event->frame && transition->frame != 0 &&
            transition->side == side && transition->to == state)
            return transition;
    }
    return NULL;
}

static void put_sender(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_str(
        out, explain_end_name(voice->subject->record, (enum track_side)voice->event->sender));
}

static void put_receiver(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_str(out, explain_end_name(voice->subject->record,
                                          track_other((enum track_side)voice->event->sender)));
}

/* A sequence number of the sender's, so far from the segment's own: as the reader sees numbers. */
static void put_seq_at(const struct voice *voice, int64_t offset, struct base_strbuf *out)
{
    if (!voice->absolute && voice->event->rel_seq_known)
        base_strbuf_printf(out, "%" PRId64, voice->event->rel_seq + offset);
    else
        base_strbuf_u64(out, (uint32_t)(voice->event->seq + (uint64_t)offset));
}

static void put_ack_at(const struct voice *voice, int64_t offset, struct base_strbuf *out)
{
    if (!voice->absolute && voice->event->rel_ack_known)
        base_strbuf_printf(out, "%" PRId64, voice->event->rel_ack + offset);
    else
        base_strbuf_u64(out, (uint32_t)(voice->event->ack + (uint64_t)offset));
}

static void put_seq(const void *context, struct base_strbuf *out)
{
    put_seq_at(context, 0, out);
}

static void put_raw_seq(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_u64(out, voice->event->seq);
}

static void put_due_seq(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    const struct track_check *check = &voice->event->checks[TRACK_CHECK_SEQ];
    put_seq_at(voice, seq_diff(check->expected, voice->event->seq), out);
}

static void put_next(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    const struct track_event *event = voice->event;
    put_seq_at(voice,
               (int64_t)event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
                   ((event->flags & WIRE_FIN) != 0),
               out);
}

static void put_ack(const void *context, struct base_strbuf *out)
{
    put_ack_at(context, 0, out);
}

static void put_due_ack(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    const struct track_check *check = &voice->event->checks[TRACK_CHECK_ACK];
    put_ack_at(voice, seq_diff(check->expected, voice->event->ack), out);
}

static void put_ack_sum(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    view_add_ack_sum(out, voice->event, voice->absolute);
}

static void put_bytes(struct base_strbuf *out, uint64_t bytes)
{
    view_add_count(out, bytes);
    base_strbuf_str(out, P_(" byte", " bytes", bytes));
}

static void put_payload(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    put_bytes(out, voice->event->payload_bytes);
}

static void put_acked(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    put_bytes(out, voice->event->ack_sum.bytes);
}

static void put_related(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_u64(out, voice->event->related_frame);
}

static void put_number(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_u64(out, voice->event->duplicate_ack_number);
}

static void put_raw_window(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    view_add_count(out, voice->event->window);
}

static void put_window(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    put_bytes(out, voice->event->window_bytes);
}

static void put_mtu(const void *context, struct base_strbuf *out)
{
    const struct voice *voice = context;
    base_strbuf_u64(out, voice->event->icmp.mtu);
}

static const struct explain_place places[] = {
    {"sender", put_sender},   {"receiver", put_receiver}, {"seq", put_seq},
    {"raw_seq", put_raw_seq}, {"due_seq", put_due_seq},   {"next", put_next},
    {"ack", put_ack},         {"due_ack", put_due_ack},   {"ack_sum", put_ack_sum},
    {"payload", put_payload}, {"acked", put_acked},       {"related", put_related},
    {"number", put_number},   {"window", put_window},     {"raw_window", put_raw_window},
    {"mtu", put_mtu},
};

void explain_say(const struct explain_subject *subject, const struct explain_options *options,
                 const char *sentence, struct base_strbuf *out)
{
    const struct voice voice = {subject, subject->event, options->absolute};
    explain_fill(out, sentence, places, sizeof places / sizeof places[0], &voice);
}
