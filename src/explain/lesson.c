/* What is easily taken wrongly, said once a connection, at the first segment where a student could.
 */
#include "config.h"

#include "base/intl.h"
#include "explain/voice.h"

struct lesson {
    bool (*fits)(const struct explain_subject *subject, const struct explain_options *options);
    const char *sentence;
};

#define FITS(name)                                                                                 \
    static bool name(const struct explain_subject *s, const struct explain_options *o)

static bool is_kind(const struct explain_subject *s, enum explain_kind kind)
{
    return explain_kind_of(s) == kind;
}

/* An end came to this state by the segment. */
static bool moved(const struct explain_subject *s, enum track_state to)
{
    return explain_moved_to(s, TRACK_CLIENT, to) != NULL ||
           explain_moved_to(s, TRACK_SERVER, to) != NULL;
}

FITS(takes_syn)
{
    (void)o;
    return is_kind(s, EXPLAIN_SYN) || is_kind(s, EXPLAIN_SYN_DATA);
}

FITS(counts_from_zero)
{
    return (s->event->flags & WIRE_SYN) != 0 && !o->absolute && s->event->rel_seq_known;
}

FITS(meets_listener)
{
    (void)o;
    const struct track_transition *made = explain_moved_to(s, TRACK_SERVER, TRACK_SYN_RECEIVED);
    return made != NULL && made->from == TRACK_LISTEN;
}

FITS(has_no_server)
{
    (void)o;
    return is_kind(s, EXPLAIN_SYN_CROSSING);
}

FITS(acks_first)
{
    (void)o;
    const struct track_sum *sum = &s->event->ack_sum;
    return (s->event->flags & WIRE_ACK) != 0 && sum->known && (sum->syn || sum->bytes > 0);
}

FITS(is_bare_ack)
{
    (void)o;
    return is_kind(s, EXPLAIN_HANDSHAKE_ACK) || is_kind(s, EXPLAIN_ACK);
}

FITS(scales_window)
{
    (void)o;
    return (s->event->flags & (WIRE_SYN | WIRE_RST)) == 0 && s->event->window_scale_known &&
           s->event->window > 0 && s->event->window_bytes != s->event->window;
}

FITS(pushes)
{
    (void)o;
    return s->event->payload_bytes > 0 && (s->event->flags & WIRE_PSH) != 0;
}

FITS(has_data)
{
    (void)o;
    return s->event->payload_bytes > 0 && (s->event->flags & WIRE_RST) == 0;
}

FITS(acks_data)
{
    (void)o;
    const struct track_sum *sum = &s->event->ack_sum;
    return (s->event->flags & WIRE_ACK) != 0 && sum->known && sum->bytes > 0;
}

FITS(repeats)
{
    (void)o;
    return is_kind(s, EXPLAIN_DATA_AGAIN);
}

FITS(duplicates)
{
    (void)o;
    return is_kind(s, EXPLAIN_DUPLICATE_ACK);
}

FITS(updates_window)
{
    (void)o;
    return is_kind(s, EXPLAIN_WINDOW_UPDATE);
}

FITS(keeps_alive)
{
    (void)o;
    return is_kind(s, EXPLAIN_KEEP_ALIVE);
}

FITS(closes)
{
    (void)o;
    return is_kind(s, EXPLAIN_FIN) || is_kind(s, EXPLAIN_DATA_FIN);
}

FITS(enters_close_wait)
{
    (void)o;
    return moved(s, TRACK_CLOSE_WAIT);
}

FITS(is_half_closed)
{
    (void)o;
    return moved(s, TRACK_FIN_WAIT_2) && !moved(s, TRACK_TIME_WAIT);
}

FITS(merges)
{
    (void)o;
    return is_kind(s, EXPLAIN_FIN_MERGED);
}

FITS(waits_at_one_end)
{
    (void)o;
    return moved(s, TRACK_TIME_WAIT) && s->record->close != TRACK_CLOSE_SIMULTANEOUS;
}

FITS(waits_at_both_ends)
{
    (void)o;
    return moved(s, TRACK_TIME_WAIT) && s->record->close == TRACK_CLOSE_SIMULTANEOUS;
}

FITS(is_last_ack)
{
    (void)o;
    return is_kind(s, EXPLAIN_LAST_ACK);
}

FITS(aborts)
{
    (void)o;
    return is_kind(s, EXPLAIN_RST_ABORTS) || is_kind(s, EXPLAIN_RST_NO_SOCKET) ||
           is_kind(s, EXPLAIN_RST_AFTER_CLOSE);
}

FITS(refuses)
{
    (void)o;
    return is_kind(s, EXPLAIN_RST_REFUSES);
}

FITS(gets_no_answer)
{
    (void)o;
    return is_kind(s, EXPLAIN_SYN_AGAIN);
}

FITS(is_forged)
{
    (void)o;
    return is_kind(s, EXPLAIN_RST_IGNORED);
}

FITS(has_bad_checksum)
{
    (void)o;
    return s->event->checks[TRACK_CHECK_CHECKSUM].outcome == TRACK_BREAKS;
}

FITS(is_larger_than_mss)
{
    (void)o;
    return explain_has(s, TRACK_MSS_EXCEEDED);
}

FITS(was_not_captured)
{
    (void)o;
    return explain_has(s, TRACK_ACKED_NOT_CAPTURED);
}

/* Append only: the order is that in which they are given at one segment, at most
 * EXPLAIN_LESSONS_AT_ONCE. */
/* clang-format off */
static const struct lesson table[] = {
    {takes_syn, N_("a SYN takes one sequence number although it is no byte: the ack of it is seq "
                   "+ 1")},
    {counts_from_zero, N_("0 is not what is on the wire: each end begins at a random number, and "
                          "the numbers shown count from there")},
    {meets_listener, N_("the listening socket takes no part in the connection: it stays in "
                        "LISTEN, and a socket of its own is made for each client")},
    {has_no_server, N_("client and server are only names here: both ends called connect() and "
                       "neither listens")},
    {acks_first, N_("an ack names the next number that is expected, not the last one received, "
                    "and it counts bytes, not segments")},
    {is_bare_ack, N_("a pure ACK takes no sequence number: the next segment of {sender} has the "
                     "same seq, and nobody acknowledges an ACK")},
    {acks_data, N_("the ack of data is seq + length, with no + 1: only SYN and FIN add one")},
    {has_data, N_("a stream has no message borders: one write() may leave in many segments or "
                  "many in one, and read() returns what has come so far")},
    {pushes, N_("PSH does not mean that there is data: it says that the send buffer is empty now; "
                "data goes without it as well")},
    {scales_window, N_("window {raw_window} stands in the header; multiplied as the SYN of "
                       "{sender} said, it is {window} (a SYN's own window is not multiplied)")},
    {closes, N_("a FIN takes one sequence number as a SYN does, and it ends one direction only: "
                "{receiver} may go on sending")},
    {enters_close_wait, N_("CLOSE_WAIT is not TIME_WAIT: no timer ends it, it lasts until the "
                           "program at that end calls close()")},
    {is_half_closed, N_("half-closed is not half-open: half-closed is one direction ended by FIN, "
                        "half-open is one end that has forgotten the connection")},
    {merges, N_("a close need not take four segments: here the ACK and the second FIN are one, so "
                "it takes three")},
    {waits_at_one_end, N_("TIME_WAIT is with the end that closes first, client or server; the "
                          "other end goes straight to CLOSED")},
    {waits_at_both_ends, N_("TIME_WAIT is with the end that closes first: here that is both")},
    {is_last_ack, N_("TIME_WAIT is no fault: it answers if the last ACK is lost, and lets old "
                     "segments die before the ports are used again")},
    {aborts, N_("a RST is no fault of the network: the kernel of {sender} sent it on purpose, and "
                "it needs no ACK")},
    {refuses, N_("refused is an answer: the host is there and the port is closed; a filter or a "
                 "dead host would give silence")},
    {gets_no_answer, N_("silence is not a refusal: a closed port would answer with RST at once")},
    {is_forged, N_("not every RST ends a connection: only the exact next number does, so that a "
                   "blind attacker must guess it")},
    {repeats, N_("a retransmission keeps its old numbers: they count bytes of the stream, not "
                 "segments sent")},
    {duplicates, N_("a duplicate ACK is no fault of its sender: it is how a receiver reports a "
                    "gap before it")},
    {updates_window, N_("a window update has an old ack but is no duplicate ACK: the window is "
                        "what is new")},
    {keeps_alive, N_("a keep-alive is no retransmission: nothing was lost, its number is one "
                     "below the next on purpose")},
    {has_bad_checksum, N_("a wrong checksum in what this host sends is usual: the network card "
                          "fills it in after the capture (offload)")},
    {is_larger_than_mss, N_("more than the MSS is usual where the capture was taken at an end: "
                            "the network card cuts or joins segments (offload)")},
    {was_not_captured, N_("what is acknowledged did arrive: the capture missed it, the network "
                          "did not lose it")},
};
/* clang-format on */

#define LESSONS (sizeof table / sizeof table[0])
_Static_assert(LESSONS <= 64, "a bit each");

void explain_lessons(const struct explain_subject *subject, const struct explain_options *options,
                     explain_lesson_set *given, struct base_strbuf *out)
{
    unsigned now = 0;
    if (subject->event->kind != TRACK_EVENT_SEGMENT)
        return;
    for (unsigned i = 0; i < LESSONS && now < EXPLAIN_LESSONS_AT_ONCE; i++) {
        if ((*given >> i & 1) || !table[i].fits(subject, options))
            continue;
        *given |= (explain_lesson_set)1 << i;
        now++;
        if (out == NULL)
            continue;
        explain_say(subject, options, _(table[i].sentence), out);
        base_strbuf_char(out, '\n');
    }
}
