/* What a segment means, in sentences. */
#include "config.h"

#include "explain/segment.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "explain/voice.h"
#include "track/seq.h"
#include "view/glyphs.h"
#include "view/segment_parts.h"
#include "view/timeline.h"

/* --- seq --- */

/* How the number stands to what was expected; NULL: nothing is known. */
static const char *seq_outcome(const struct track_event *event, bool absolute)
{
    const struct track_check *check = &event->checks[TRACK_CHECK_SEQ];
    if (event->flags & WIRE_SYN)
        return !absolute && event->rel_seq_known
                   ? N_("seq {seq} is where {sender} begins to count ({raw_seq} on the wire)")
                   : N_("seq {seq} is where {sender} begins to count");
    if (check->outcome == TRACK_HOLDS)
        return N_("seq {seq} is the next one expected");
    if (check->outcome != TRACK_BREAKS)
        return N_("seq {seq}");
    return seq_diff(check->expected, event->seq) > 0
               ? N_("seq {seq} was sent before: {due_seq} is the next one expected")
               : N_("seq {seq} is ahead: {due_seq} is the next one expected");
}

/* What the segment takes of the numbers; NULL: none. */
static const char *seq_room(const struct track_event *event)
{
    bool data = event->payload_bytes > 0;
    if (event->flags & WIRE_SYN)
        return data ? N_("SYN counts as one, + {payload} makes {next} the next")
                    : N_("SYN counts as one: {next} is the next");
    if (event->flags & WIRE_FIN)
        return data ? N_("FIN counts as one, + {payload} makes {next} the next")
                    : N_("FIN counts as one: {next} is the next");
    return data ? N_("+ {payload} makes {next} the next") : NULL;
}

void explain_seq(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out)
{
    if (subject->event->kind != TRACK_EVENT_SEGMENT)
        return;
    const char *room = seq_room(subject->event);
    explain_say(subject, options, _(seq_outcome(subject->event, options->absolute)), out);
    if (room == NULL)
        return;
    base_strbuf_str(out, _("; "));
    explain_say(subject, options, _(room), out);
}

/* --- ack --- */

/* What the sum says arrived. */
static const char *ack_arrived(const struct track_sum *sum)
{
    if (!sum->known)
        return N_("ack {ack_sum}: what it adds is not known");
    if (sum->syn && sum->fin)
        return sum->bytes > 0 ? N_("ack {ack_sum}: SYN, {acked} and FIN arrived, SYN and FIN count "
                                   "as one each")
                              : N_("ack {ack_sum}: SYN and FIN arrived, which count as one each");
    if (sum->syn)
        return sum->bytes > 0
                   ? N_("ack {ack_sum}: the SYN arrived, which counts as one, and {acked} arrived")
                   : N_("ack {ack_sum}: the SYN arrived, which counts as one");
    if (sum->fin)
        return sum->bytes > 0
                   ? N_("ack {ack_sum}: {acked} arrived, and the FIN, which counts as one")
                   : N_("ack {ack_sum}: the FIN arrived, which counts as one");
    return sum->bytes > 0 ? N_("ack {ack_sum}: {acked} arrived") : N_("ack {ack_sum}: nothing new");
}

void explain_ack(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    if (event->kind != TRACK_EVENT_SEGMENT || !(event->flags & WIRE_ACK))
        return;
    if (event->checks[TRACK_CHECK_ACK].outcome == TRACK_BREAKS) {
        explain_say(subject, options, _("ack {ack} is wrong: {due_ack} was expected"), out);
        return;
    }
    explain_say(subject, options, _(ack_arrived(&event->ack_sum)), out);
    base_strbuf_str(out, _("; "));
    explain_say(subject, options, _("{ack} is the next one that {sender} expects"), out);
}

/* --- the rest --- */

void explain_transition(const struct track_transition *transition,
                        const struct explain_options *options, struct base_strbuf *out)
{
    const char *rfc = track_cause_rfc((enum track_cause)transition->cause);
    base_strbuf_printf(
        out, "%s: %s %s %s: %s", transition->side == TRACK_SERVER ? _("server") : _("client"),
        track_state_name((enum track_state)transition->from), view_glyphs(options->ascii)->then,
        track_state_name((enum track_state)transition->to),
        _(track_cause_text((enum track_cause)transition->cause)));
    if (rfc != NULL)
        base_strbuf_printf(out, " (RFC %s)", rfc);
    if (!transition->confirmed)
        base_strbuf_str(out, _("; presumed, nothing has proved it"));
    else if (transition->confirmed_by > transition->frame)
        base_strbuf_printf(out, _("; proved by frame %" PRIu64), transition->confirmed_by);
}

/* A sentence of a table as the end of another one: no capital, no full stop. */
static void add_clause(const char *sentence, struct base_strbuf *out)
{
    size_t length = strlen(sentence);
    bool upper = sentence[0] >= 'A' && sentence[0] <= 'Z';
    bool word = upper && sentence[1] >= 'a' && sentence[1] <= 'z';
    bool article = sentence[0] == 'A' && sentence[1] == ' ';
    static const char full_stop[] = "。";
    const size_t wide = sizeof full_stop - 1;
    if (length > 0 && sentence[length - 1] == '.')
        length--;
    else if (length > wide && strcmp(sentence + length - wide, full_stop) == 0)
        length -= wide;
    if (length > 0 && (word || article)) {
        base_strbuf_char(out, (char)(sentence[0] - 'A' + 'a'));
        sentence++;
        length--;
    }
    base_strbuf_add(out, sentence, length);
}

/* What the finding refers to; NULL: nothing that is known. */
static const char *finding_relation(const struct track_event *event, enum track_finding finding)
{
    if (finding == TRACK_DUPLICATE_ACK && event->duplicate_ack_number > 0)
        return event->related_frame > 0 ? N_(" number {number}: says what frame {related} said")
                                        : N_(" number {number}");
    if (event->related_frame > 0 && view_is_retransmission((track_finding_set)1 << finding))
        return N_(": repeats frame {related}");
    return NULL;
}

void explain_finding(const struct explain_subject *subject, enum track_finding finding,
                     struct base_strbuf *out)
{
    const struct explain_options options = {0};
    const struct track_finding_entry *entry = track_finding_entry(finding);
    const char *relation = finding_relation(subject->event, finding);
    base_strbuf_str(out, _(entry->words));
    if (relation != NULL)
        explain_say(subject, &options, _(relation), out);
    base_strbuf_str(out, relation != NULL ? _("; ") : _(": "));
    add_clause(_(entry->meaning), out);
}

void explain_broken_check(enum track_check_kind check, struct base_strbuf *out)
{
    static const char *const words[TRACK_CHECKS] = {
        [TRACK_CHECK_WINDOW] = N_("the segment lies outside the window that its receiver offered"),
        [TRACK_CHECK_SACK] = N_("a SACK block does not lie between the ack and what was sent"),
        [TRACK_CHECK_TIMESTAMP] =
            N_("the timestamp runs back, or echoes what was never sent (RFC 7323)"),
        [TRACK_CHECK_OPTIONS] = N_("an option stands where it is not legal"),
        [TRACK_CHECK_CHECKSUM] = N_("the checksum is wrong"),
    };
    if (words[check] != NULL)
        base_strbuf_str(out, _(words[check]));
}

/* Ends the line that began at start, unless nothing was added. */
static void end_line(struct base_strbuf *out, size_t start)
{
    if (out->length > start)
        base_strbuf_char(out, '\n');
}

static void add_line(const struct explain_subject *subject, const struct explain_options *options,
                     void (*explain)(const struct explain_subject *, const struct explain_options *,
                                     struct base_strbuf *),
                     struct base_strbuf *out)
{
    size_t start = out->length;
    explain(subject, options, out);
    end_line(out, start);
}

static void add_oddities(const struct explain_subject *subject, struct base_strbuf *out)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (explain_has(subject, (enum track_finding)i)) {
            explain_finding(subject, (enum track_finding)i, out);
            base_strbuf_char(out, '\n');
        }
    for (unsigned i = TRACK_CHECK_WINDOW; i < TRACK_CHECKS; i++)
        if (subject->event->checks[i].outcome == TRACK_BREAKS) {
            explain_broken_check((enum track_check_kind)i, out);
            base_strbuf_char(out, '\n');
        }
}

void explain_segment(const struct explain_subject *subject, const struct explain_options *options,
                     struct base_strbuf *out)
{
    const struct track_event *event = subject->event;
    add_line(subject, options, explain_what, out);
    add_line(subject, options, explain_seq, out);
    add_line(subject, options, explain_ack, out);
    for (size_t i = 0; i < subject->transition_count; i++) {
        if (event->frame == 0 || subject->transitions[i].frame != event->frame)
            continue;
        explain_transition(&subject->transitions[i], options, out);
        base_strbuf_char(out, '\n');
    }
    add_oddities(subject, out);
    add_line(subject, options, explain_calls, out);
    add_line(subject, options, explain_next, out);
}
