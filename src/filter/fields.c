/* The table of fields, and the words that their values have. */
#include "config.h"

#include "filter/fields.h"

#include <string.h>

#include "base/intl.h"
#include "track/finding.h"

typedef const struct filter_subject subject_t;

static const struct track_end_record *end_of(subject_t *subject, unsigned side)
{
    return &subject->connection->end[subject->connection->self_connect ? TRACK_CLIENT : side];
}

static bool give(int64_t *value, uint64_t number)
{
    *value = number > INT64_MAX ? INT64_MAX : (int64_t)number;
    return true;
}

/* --- of the connection --- */

/* clang-format off */
#define WHOLE(name, expression)                                                                    \
    static bool get_##name(subject_t *subject, unsigned side, int64_t *value)                      \
    {                                                                                              \
        const struct track_connection *c = subject->connection;                                    \
        (void)side, (void)c;                                                                       \
        return give(value, (uint64_t)(expression));                                                \
    }
WHOLE(number, c->number)
WHOLE(incarnation, c->incarnation)
WHOLE(frame, c->frames[0])
WHOLE(open, c->open)
WHOLE(close, c->close)
WHOLE(closed_by, c->closed_by)
WHOLE(broken, c->checks_broken)
WHOLE(is_reset, c->close == TRACK_CLOSE_RESET)
WHOLE(is_refused, c->open == TRACK_OPEN_REFUSED)
WHOLE(is_midstream, c->open == TRACK_OPEN_MIDSTREAM)
WHOLE(is_self, c->self_connect)
WHOLE(is_guessed, c->guessed)
WHOLE(is_evicted, c->evicted)
WHOLE(is_ipv4, c->end[TRACK_CLIENT].endpoint.family == 4)
WHOLE(is_ipv6, c->end[TRACK_CLIENT].endpoint.family == 6)
WHOLE(is_marked, subject->marked)
WHOLE(start, c->start_ns)
WHOLE(end, c->end_ns)
WHOLE(duration, c->end_ns > c->start_ns ? c->end_ns - c->start_ns : 0)
WHOLE(idle, subject->now_ns > c->end_ns ? subject->now_ns - c->end_ns : 0)

/* --- of an end --- */

#define SIDE(name, expression)                                                                     \
    static bool get_##name(subject_t *subject, unsigned side, int64_t *value)                      \
    {                                                                                              \
        const struct track_end_record *e = end_of(subject, side);                                  \
        return give(value, (uint64_t)(expression));                                                \
    }
SIDE(port, e->endpoint.port)
SIDE(state, e->state)
SIDE(packets, e->packets)
SIDE(bytes, e->payload_bytes)
SIDE(unique_bytes, e->unique_bytes)
SIDE(retransmissions, e->retransmissions)
SIDE(retransmitted_bytes, e->measures.retransmitted_bytes)
SIDE(out_of_order, e->out_of_order)
SIDE(duplicate_acks, e->duplicate_acks)
SIDE(zero_windows, e->zero_windows)
SIDE(lost_bytes, e->measures.lost_by_network)
SIDE(missed_bytes, e->measures.missed_by_capture)
SIDE(throughput, e->measures.throughput)
SIDE(goodput, e->measures.goodput)
SIDE(in_flight, e->measures.in_flight_max)
/* clang-format on */

static bool get_ended(subject_t *subject, unsigned side, int64_t *value)
{
    (void)side;
    return give(value, end_of(subject, TRACK_CLIENT)->state == TRACK_CLOSED &&
                           end_of(subject, TRACK_SERVER)->state == TRACK_CLOSED);
}

static bool get_age(subject_t *subject, unsigned side, int64_t *value)
{
    const struct track_connection *c = subject->connection;
    int64_t ended;
    get_ended(subject, side, &ended);
    int64_t until = ended != 0 || subject->now_ns < c->end_ns ? c->end_ns : subject->now_ns;
    return give(value, until > c->start_ns ? (uint64_t)(until - c->start_ns) : 0);
}

/* As the list counts them: those that ask for attention. */
static bool get_findings(subject_t *subject, unsigned side, int64_t *value)
{
    uint64_t count = 0;
    (void)side;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (track_finding_entry((enum track_finding)i)->serious)
            count += subject->connection->findings[i];
    return give(value, count);
}

static bool get_rtt(subject_t *subject, unsigned side, int64_t *value)
{
    const struct track_connection *c = subject->connection;
    *value = side == TRACK_CLIENT ? c->handshake_client_ns : c->handshake_server_ns;
    return *value >= 0;
}

static bool get_mss(subject_t *subject, unsigned side, int64_t *value)
{
    *value = end_of(subject, side)->mss;
    return *value > 0;
}

static bool get_window_scale(subject_t *subject, unsigned side, int64_t *value)
{
    *value = end_of(subject, side)->window_scale;
    return *value >= 0;
}

static const char *text_history(subject_t *subject)
{
    return subject->connection->zeek_history;
}

static const char *text_conn_state(subject_t *subject)
{
    return subject->connection->zeek_conn_state;
}

/* clang-format off */
static const struct filter_field fields[] = {
    {"number", N_("the connection's number, as in the list"), FILTER_NUMBER, FILTER_WHOLE, get_number, NULL},
    {"connection", N_("the same"), FILTER_NUMBER, FILTER_WHOLE, get_number, NULL},
    {"address", N_("an address, with a port or without"), FILTER_ENDPOINT, FILTER_EITHER, NULL, NULL},
    {"client", N_("the end that opened the connection"), FILTER_ENDPOINT, FILTER_WHOLE, NULL, NULL},
    {"server", N_("the other end"), FILTER_ENDPOINT, FILTER_WHOLE, NULL, NULL},
    {"port", N_("a port"), FILTER_NUMBER, FILTER_EITHER, get_port, NULL},
    {"state", N_("the state of an endpoint"), FILTER_STATE, FILTER_EITHER, get_state, NULL},
    {"open", N_("how it was opened"), FILTER_OPEN, FILTER_WHOLE, get_open, NULL},
    {"close", N_("how it was closed"), FILTER_CLOSE, FILTER_WHOLE, get_close, NULL},
    {"closed_by", N_("who closed it first"), FILTER_CLOSED_BY, FILTER_WHOLE, get_closed_by, NULL},
    {"finding", N_("a finding in some segment; finding.NAME counts its segments"), FILTER_FINDING, FILTER_WHOLE, NULL, NULL},
    {"findings", N_("how many findings ask for attention"), FILTER_NUMBER, FILTER_WHOLE, get_findings, NULL},
    {"packets", N_("segments sent"), FILTER_NUMBER, FILTER_SUM, get_packets, NULL},
    {"bytes", N_("payload sent, repeats counted again"), FILTER_BYTES, FILTER_SUM, get_bytes, NULL},
    {"unique_bytes", N_("payload sent, each byte once"), FILTER_BYTES, FILTER_SUM, get_unique_bytes, NULL},
    {"retransmissions", N_("segments that repeat others"), FILTER_NUMBER, FILTER_SUM, get_retransmissions, NULL},
    {"retransmitted_bytes", N_("their payload"), FILTER_BYTES, FILTER_SUM, get_retransmitted_bytes, NULL},
    {"out_of_order", N_("segments out of order"), FILTER_NUMBER, FILTER_SUM, get_out_of_order, NULL},
    {"duplicate_acks", N_("duplicate acks"), FILTER_NUMBER, FILTER_SUM, get_duplicate_acks, NULL},
    {"zero_windows", N_("segments that close the window"), FILTER_NUMBER, FILTER_SUM, get_zero_windows, NULL},
    {"lost_bytes", N_("payload that the network lost"), FILTER_BYTES, FILTER_SUM, get_lost_bytes, NULL},
    {"missed_bytes", N_("payload that the capture missed"), FILTER_BYTES, FILTER_SUM, get_missed_bytes, NULL},
    {"throughput", N_("payload a second, repeats included"), FILTER_BYTES, FILTER_EITHER, get_throughput, NULL},
    {"goodput", N_("payload a second, each byte once"), FILTER_BYTES, FILTER_EITHER, get_goodput, NULL},
    {"in_flight", N_("the most that was sent and not acknowledged"), FILTER_BYTES, FILTER_EITHER, get_in_flight, NULL},
    {"mss", N_("the maximum segment size offered"), FILTER_NUMBER, FILTER_EITHER, get_mss, NULL},
    {"window_scale", N_("the window scale offered"), FILTER_NUMBER, FILTER_EITHER, get_window_scale, NULL},
    {"rtt", N_("the round trip of the handshake; of a side: its half"), FILTER_SPAN, FILTER_SUM, get_rtt, NULL},
    {"duration", N_("from the first segment to the last"), FILTER_SPAN, FILTER_WHOLE, get_duration, NULL},
    {"age", N_("from the first segment to now, or to the end"), FILTER_SPAN, FILTER_WHOLE, get_age, NULL},
    {"idle", N_("from the last segment to now"), FILTER_SPAN, FILTER_WHOLE, get_idle, NULL},
    {"start", N_("when it began"), FILTER_TIME, FILTER_WHOLE, get_start, NULL},
    {"end", N_("when its last segment was"), FILTER_TIME, FILTER_WHOLE, get_end, NULL},
    {"frame", N_("the number of its first packet"), FILTER_NUMBER, FILTER_WHOLE, get_frame, NULL},
    {"incarnation", N_("which life of the same addresses and ports it is"), FILTER_NUMBER, FILTER_WHOLE, get_incarnation, NULL},
    {"broken", N_("checks of the arithmetic that do not hold"), FILTER_NUMBER, FILTER_WHOLE, get_broken, NULL},
    {"history", N_("what happened, in Zeek's letters"), FILTER_TEXT, FILTER_WHOLE, NULL, text_history},
    {"conn_state", N_("how it went, in Zeek's words"), FILTER_TEXT, FILTER_WHOLE, NULL, text_conn_state},
    {"reset", N_("a RST closed it"), FILTER_FLAG, FILTER_WHOLE, get_is_reset, NULL},
    {"refused", N_("it was refused"), FILTER_FLAG, FILTER_WHOLE, get_is_refused, NULL},
    {"midstream", N_("it was there before the capture"), FILTER_FLAG, FILTER_WHOLE, get_is_midstream, NULL},
    {"ended", N_("both ends are CLOSED"), FILTER_FLAG, FILTER_WHOLE, get_ended, NULL},
    {"self_connect", N_("one socket talks to itself"), FILTER_FLAG, FILTER_WHOLE, get_is_self, NULL},
    {"guessed", N_("which end is the client was guessed"), FILTER_FLAG, FILTER_WHOLE, get_is_guessed, NULL},
    {"evicted", N_("it was written out early to keep to --max-connections"), FILTER_FLAG, FILTER_WHOLE, get_is_evicted, NULL},
    {"ipv4", N_("it uses IPv4"), FILTER_FLAG, FILTER_WHOLE, get_is_ipv4, NULL},
    {"ipv6", N_("it uses IPv6"), FILTER_FLAG, FILTER_WHOLE, get_is_ipv6, NULL},
    {"marked", N_("it is marked, in the terminal UI"), FILTER_FLAG, FILTER_WHOLE, get_is_marked, NULL},
};
/* clang-format on */

static char plain(char c)
{
    return c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool filter_same_word(const char *name, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (name[i] == '\0' || plain(name[i]) != plain(text[i]))
            return false;
    return name[length] == '\0';
}

const struct filter_field *filter_field_by_name(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (filter_same_word(fields[i].name, name, length))
            return &fields[i];
    return NULL;
}

const char *filter_word(enum filter_kind kind, unsigned number)
{
    if (kind == FILTER_STATE && number < TRACK_STATES)
        return track_state_name((enum track_state)number);
    if (kind == FILTER_OPEN && number <= TRACK_OPEN_MIDSTREAM)
        return track_open_name((enum track_open)number);
    if (kind == FILTER_CLOSE && number <= TRACK_CLOSE_TIMEOUT)
        return track_close_name((enum track_close)number);
    if (kind == FILTER_CLOSED_BY && number <= TRACK_CLOSED_BY_BOTH)
        return track_closed_by_name((enum track_closed_by)number);
    if (kind == FILTER_FINDING && number < TRACK_FINDINGS)
        return track_finding_name((enum track_finding)number);
    return kind == FILTER_FINDING && number == FILTER_ANY_FINDING ? "any" : NULL;
}

/* --- help --- */

static const char *kind_help(enum filter_kind kind)
{
    switch (kind) {
    case FILTER_FLAG:
        return N_("alone: it is so");
    case FILTER_NUMBER:
        return N_("a number: 5, 20k");
    case FILTER_BYTES:
        return N_("bytes: 100, 5KB, 1.5MiB");
    case FILTER_SPAN:
        return N_("a span: 10ms, 2s, 1.5h");
    case FILTER_TIME:
        return N_("2s into the capture, or a date: 2026-03-01T12:00");
    case FILTER_ENDPOINT:
        return N_("10.0.0.1, 10.0.0.0/8, [2001:db8::1]:80, an alias");
    case FILTER_STATE:
        return N_("a state: TIME_WAIT");
    case FILTER_OPEN:
        return "three-way, simultaneous, fast-open, refused, unanswered, half, midstream";
    case FILTER_CLOSE:
        return "open, four-way, three-segment, simultaneous, half-closed, reset, timeout";
    case FILTER_CLOSED_BY:
        return "none, client, server, both";
    case FILTER_FINDING:
        return N_("a finding's name, or any; --help findings lists them");
    case FILTER_TEXT:
        return N_("text: history ~ \"^Sh\"");
    }
    return "";
}

size_t filter_field_count(void)
{
    return sizeof fields / sizeof fields[0];
}

struct filter_field_help filter_field_help(size_t index)
{
    const struct filter_field *field = &fields[index];
    return (struct filter_field_help){field->name, _(field->meaning), _(kind_help(field->kind)),
                                      field->sides != FILTER_WHOLE};
}

/* One line of the language: what is written, and what that means. */
static const struct {
    const char *written, *meaning;
} language[] = {
    {"TEXT", N_("a bare word: the text is in an address, port, alias or state")},
    {"FIELD", N_("a field alone: it is so, or it is known and not none")},
    {"FIELD = VALUE", N_("equal; also == and eq; of either end unless it says which")},
    {"FIELD != VALUE", N_("not equal; also ne")},
    {"< <= > >=", N_("less and greater; also lt, le, gt, ge")},
    {"FIELD ~ REGEXP", N_("a regular expression fits some part; also matches; !~: none")},
    {"FIELD contains TEXT", N_("the text is some part of it")},
    {"FIELD in {1, 4, 7..9}", N_("one of these")},
    {"not, !, -", N_("before a term: it must not hold")},
    {"and, &&, a blank", N_("both must hold")},
    {"or, ||", N_("one of them must; binds less than and")},
    {"( )", N_("what belongs together")},
    {"\"…\"", N_("text with blanks; \\\" and \\\\ inside")},
};

size_t filter_language_count(void)
{
    return sizeof language / sizeof language[0];
}

struct filter_field_help filter_language_help(size_t index)
{
    return (struct filter_field_help){language[index].written, _(language[index].meaning), "",
                                      false};
}

void filter_help(struct base_strbuf *out)
{
    base_strbuf_str(out,
                    _("Display filters choose connections by what is known of them:\n"
                      "    tcpviz -Y 'state = TIME_WAIT and client.bytes > 5KB' capture.pcap\n"));
    base_strbuf_char(out, '\n');
    for (size_t i = 0; i < sizeof language / sizeof language[0]; i++)
        base_strbuf_printf(out, "    %s\n        %s\n", language[i].written,
                           _(language[i].meaning));
    base_strbuf_printf(out, "\n%s\n",
                       _("Fields; with * also client.FIELD and server.FIELD of one end:"));
    for (size_t i = 0; i < filter_field_count(); i++) {
        struct filter_field_help field = filter_field_help(i);
        base_strbuf_printf(out, "    %s%s\n        %s\n        %s\n", field.name,
                           field.per_side ? " *" : "", field.meaning, field.values);
    }
}
