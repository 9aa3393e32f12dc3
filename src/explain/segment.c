/* What a segment means, in sentences. */
#include "config.h"

#include "explain/segment.h"

#include <inttypes.h>

#include "track/seq.h"
#include "view/glyphs.h"
#include "view/segment_parts.h"
#include "view/timeline.h"
#include "view/words.h"

static const char *name_of(const struct explain_subject *subject, enum track_side side)
{
    if (subject->record->self_connect)
        return "the socket";
    return side == TRACK_CLIENT ? "the client" : "the server";
}

/* A sequence number of the sender's, offset from the segment's own: as the reader sees numbers. */
static void add_seq(const struct track_event *event, bool absolute, int64_t offset,
                    struct base_strbuf *out)
{
    if (!absolute && event->rel_seq_known)
        base_strbuf_printf(out, "%" PRId64, event->rel_seq + offset);
    else
        base_strbuf_u64(out, (uint32_t)(event->seq + (uint64_t)offset));
}

static uint32_t room_of(const struct track_event *event)
{
    return event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
           ((event->flags & WIRE_FIN) != 0);
}

/* --- seq --- */

static void add_seq_outcome(const struct explain_subject *subject, bool absolute,
                            struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    const struct track_check *check = &event->checks[TRACK_CHECK_SEQ];
    int32_t apart = seq_diff(check->expected, event->seq);
    if (event->flags & WIRE_SYN) {
        base_strbuf_printf(out, " is where %s begins to count",
                           name_of(subject, (enum track_side)event->sender));
        if (!absolute && event->rel_seq_known)
            base_strbuf_printf(out, " (%" PRIu32 " on the wire)", event->seq);
    } else if (check->outcome == TRACK_HOLDS) {
        base_strbuf_str(out, " is the next one expected");
    } else if (check->outcome == TRACK_BREAKS && apart > 0) {
        base_strbuf_str(out, " was sent before: ");
        add_seq(event, absolute, apart, out);
        base_strbuf_str(out, " is the next one expected");
    } else if (check->outcome == TRACK_BREAKS) {
        base_strbuf_str(out, " is ahead: ");
        add_seq(event, absolute, apart, out);
        base_strbuf_str(out, " is the next one expected");
    }
}

/* "; SYN counts as one, + 100 bytes makes 101 the next" */
static void add_next(const struct track_event *event, bool absolute, struct base_strbuf *out)
{
    const char *before = "; ";
    if (room_of(event) == 0)
        return;
    if (event->flags & (WIRE_SYN | WIRE_FIN)) {
        base_strbuf_printf(out, "%s%s counts as one", before,
                           event->flags & WIRE_SYN ? "SYN" : "FIN");
        before = ", ";
    }
    if (event->payload_bytes > 0) {
        base_strbuf_printf(out, "%s+ ", before);
        view_add_counted(out, event->payload_bytes, "byte");
    }
    base_strbuf_str(out, event->payload_bytes > 0 ? " makes " : ": ");
    add_seq(event, absolute, room_of(event), out);
    base_strbuf_str(out, event->payload_bytes > 0 ? " the next" : " is the next");
}

void explain_seq(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out)
{
    if (subject->event->kind != TRACK_EVENT_SEGMENT)
        return;
    base_strbuf_str(out, "seq ");
    add_seq(subject->event, options->absolute, 0, out);
    add_seq_outcome(subject, options->absolute, out);
    add_next(subject->event, options->absolute, out);
}

/* --- ack --- */

static void add_ack_number(const struct track_event *event, bool absolute, int64_t offset,
                           struct base_strbuf *out)
{
    if (!absolute && event->rel_ack_known)
        base_strbuf_printf(out, "%" PRId64, event->rel_ack + offset);
    else
        base_strbuf_u64(out, (uint32_t)(event->ack + (uint64_t)offset));
}

/* What the sum says arrived. */
static void add_arrived(const struct track_sum *sum, struct base_strbuf *out)
{
    if (sum->syn)
        base_strbuf_str(out, ": the SYN arrived, which counts as one");
    if (sum->bytes > 0) {
        base_strbuf_str(out, sum->syn ? ", and " : ": ");
        view_add_counted(out, sum->bytes, "byte");
        base_strbuf_str(out, " arrived");
    }
    if (sum->fin)
        base_strbuf_str(out, sum->syn || sum->bytes > 0 ? ", and the FIN, which counts as one"
                                                        : ": the FIN arrived, which counts as one");
}

void explain_ack(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    const struct track_sum *sum = &event->ack_sum;
    const struct track_check *check = &event->checks[TRACK_CHECK_ACK];
    if (event->kind != TRACK_EVENT_SEGMENT || !(event->flags & WIRE_ACK))
        return;
    base_strbuf_str(out, "ack ");
    if (check->outcome == TRACK_BREAKS) {
        add_ack_number(event, options->absolute, 0, out);
        base_strbuf_str(out, " is wrong: ");
        add_ack_number(event, options->absolute, seq_diff(check->expected, event->ack), out);
        base_strbuf_str(out, " was expected");
        return;
    }
    view_add_ack_sum(out, event, options->absolute);
    if (!sum->known) {
        base_strbuf_str(out, ": what it adds is not known");
    } else if (sum->bytes == 0 && !sum->syn && !sum->fin) {
        base_strbuf_str(out, ": nothing new");
    } else {
        add_arrived(sum, out);
    }
    base_strbuf_str(out, "; ");
    add_ack_number(event, options->absolute, 0, out);
    base_strbuf_printf(out, " is the next one that %s expects",
                       name_of(subject, (enum track_side)event->sender));
}

/* --- the rest --- */

void explain_transition(const struct track_transition *transition,
                        const struct explain_options *options, struct base_strbuf *out)
{
    const char *rfc = track_cause_rfc((enum track_cause)transition->cause);
    base_strbuf_printf(
        out, "%s: %s %s %s: %s", transition->side == TRACK_SERVER ? "server" : "client",
        track_state_name((enum track_state)transition->from), view_glyphs(options->ascii)->then,
        track_state_name((enum track_state)transition->to),
        track_cause_text((enum track_cause)transition->cause));
    if (rfc != NULL)
        base_strbuf_printf(out, " (RFC %s)", rfc);
    if (!transition->confirmed)
        base_strbuf_str(out, "; presumed, nothing has proved it");
    else if (transition->confirmed_by > transition->frame)
        base_strbuf_printf(out, "; proved by frame %" PRIu64, transition->confirmed_by);
}

void explain_finding(const struct explain_subject *subject, enum track_finding finding,
                     struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    base_strbuf_str(out, view_finding_words(finding));
    if (finding == TRACK_DUPLICATE_ACK && event->duplicate_ack_number > 0)
        base_strbuf_printf(out, " number %" PRIu32, event->duplicate_ack_number);
    if (event->related_frame == 0)
        return;
    if (view_is_retransmission((track_finding_set)1 << finding))
        base_strbuf_printf(out, ": repeats frame %" PRIu64, event->related_frame);
    else if (finding == TRACK_DUPLICATE_ACK)
        base_strbuf_printf(out, ": says what frame %" PRIu64 " said", event->related_frame);
}

void explain_broken_check(enum track_check_kind check, struct base_strbuf *out)
{
    static const char *const words[TRACK_CHECKS] = {
        [TRACK_CHECK_WINDOW] = "the segment lies outside the window that its receiver offered",
        [TRACK_CHECK_SACK] = "a SACK block does not lie between the ack and what was sent",
        [TRACK_CHECK_TIMESTAMP] =
            "the timestamp runs back, or echoes what was never sent (RFC 7323)",
        [TRACK_CHECK_OPTIONS] = "an option stands where it is not legal",
        [TRACK_CHECK_CHECKSUM] = "the checksum is wrong",
    };
    if (words[check] != NULL)
        base_strbuf_str(out, words[check]);
}

/* Ends the line that began at start, unless nothing was added. */
static void end_line(struct base_strbuf *out, size_t start)
{
    if (out->length > start)
        base_strbuf_char(out, '\n');
}

void explain_segment(const struct explain_subject *subject, const struct explain_options *options,
                     struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    size_t start = out->length;
    explain_seq(subject, options, out);
    end_line(out, start);
    start = out->length;
    explain_ack(subject, options, out);
    end_line(out, start);
    for (size_t i = 0; i < subject->transition_count; i++) {
        if (event->frame == 0 || subject->transitions[i].frame != event->frame)
            continue;
        explain_transition(&subject->transitions[i], options, out);
        base_strbuf_char(out, '\n');
    }
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (event->findings >> i & 1) {
            explain_finding(subject, (enum track_finding)i, out);
            base_strbuf_char(out, '\n');
        }
    for (unsigned i = TRACK_CHECK_WINDOW; i < TRACK_CHECKS; i++)
        if (event->checks[i].outcome == TRACK_BREAKS) {
            explain_broken_check((enum track_check_kind)i, out);
            base_strbuf_char(out, '\n');
        }
}
