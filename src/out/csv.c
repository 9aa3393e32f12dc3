/* The csv sink: a row per connection or, with --segments, a row per segment. The columns are named
 * as JSON's fields. */
#include "config.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "out/community_id.h"
#include "out/fieldw.h"
#include "out/rfc3339.h"
#include "out/select.h"
#include "out/sink.h"
#include "track/wireshark.h"
#include "wire/decode.h"

#define DIGITS 9

struct csv_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    struct out_fieldw writer;
    struct out_rfc3339 clock;
    struct base_strbuf list;
};

static const char *const connection_columns[] = {"connection",
                                                 "incarnation",
                                                 "client_address",
                                                 "client_port",
                                                 "server_address",
                                                 "server_port",
                                                 "client_state",
                                                 "server_state",
                                                 "open",
                                                 "close",
                                                 "closed_by",
                                                 "start",
                                                 "end",
                                                 "duration",
                                                 "handshake_rtt",
                                                 "client_packets",
                                                 "server_packets",
                                                 "client_payload_bytes",
                                                 "server_payload_bytes",
                                                 "client_unique_bytes",
                                                 "server_unique_bytes",
                                                 "client_retransmissions",
                                                 "server_retransmissions",
                                                 "client_out_of_order",
                                                 "server_out_of_order",
                                                 "client_duplicate_acks",
                                                 "server_duplicate_acks",
                                                 "client_zero_windows",
                                                 "server_zero_windows",
                                                 "client_isn",
                                                 "server_isn",
                                                 "client_mss",
                                                 "server_mss",
                                                 "client_window_scale",
                                                 "server_window_scale",
                                                 "client_throughput",
                                                 "server_throughput",
                                                 "checks_held",
                                                 "checks_broken",
                                                 "checks_unknown",
                                                 "findings",
                                                 "community_id"};

static const char *const segment_columns[] = {
    "connection",   "frame",    "time",          "source",       "destination", "flags",
    "seq",          "ack",      "relative_seq",  "relative_ack", "length",      "window",
    "window_bytes", "findings", "broken_checks", "client_state", "server_state"};

static void write_head(struct csv_sink *csv)
{
    const char *const *names = csv->options.segments ? segment_columns : connection_columns;
    size_t count = csv->options.segments ? sizeof segment_columns / sizeof names[0]
                                         : sizeof connection_columns / sizeof names[0];
    for (size_t i = 0; i < count; i++)
        out_fieldw_plain(&csv->writer, names[i]);
    if (csv->options.segments && csv->options.wireshark)
        out_fieldw_plain(&csv->writer, "wireshark_findings");
    out_fieldw_end(&csv->writer);
}

static void add_time(struct csv_sink *csv, int64_t time_ns)
{
    out_fieldw_plain(&csv->writer, out_rfc3339_text(&csv->clock, time_ns));
}

/* A field of words with a semicolon between two; adds what was collected. */
static void add_list(struct csv_sink *csv)
{
    out_fieldw_text(&csv->writer, base_strbuf_text(&csv->list), csv->list.length);
    base_strbuf_clear(&csv->list);
}

static void collect(struct csv_sink *csv, const char *name)
{
    if (csv->list.length > 0)
        base_strbuf_char(&csv->list, ';');
    base_strbuf_str(&csv->list, name);
}

/* --- connections --- */

typedef void add_of_end_fn(struct csv_sink *csv, const struct track_end_record *end);

/* Both ends' columns of one kind; nothing for the server of a socket that talks to itself. */
static void add_both(struct csv_sink *csv, const struct track_connection *connection,
                     add_of_end_fn *add)
{
    add(csv, &connection->end[TRACK_CLIENT]);
    if (connection->self_connect)
        out_fieldw_unset(&csv->writer);
    else
        add(csv, &connection->end[TRACK_SERVER]);
}

#define COLUMN(name, value)                                                                        \
    static void add_##name(struct csv_sink *csv, const struct track_end_record *end)               \
    {                                                                                              \
        out_fieldw_u64(&csv->writer, value);                                                       \
    }
COLUMN(packets, end->packets)
COLUMN(payload_bytes, end->payload_bytes)
COLUMN(unique_bytes, end->unique_bytes)
COLUMN(retransmissions, end->retransmissions)
COLUMN(out_of_order, end->out_of_order)
COLUMN(duplicate_acks, end->duplicate_acks)
COLUMN(zero_windows, end->zero_windows)

#define KNOWN_COLUMN(name, known, value)                                                           \
    static void add_##name(struct csv_sink *csv, const struct track_end_record *end)               \
    {                                                                                              \
        if (known)                                                                                 \
            out_fieldw_u64(&csv->writer, value);                                                   \
        else                                                                                       \
            out_fieldw_unset(&csv->writer);                                                        \
    }
KNOWN_COLUMN(isn, end->isn_known, end->isn)
KNOWN_COLUMN(mss, end->mss != 0, end->mss)
KNOWN_COLUMN(window_scale, end->window_scale >= 0, (uint64_t)end->window_scale)
KNOWN_COLUMN(throughput, end->measures.throughput > 0, end->measures.throughput)

static void add_state(struct csv_sink *csv, const struct track_end_record *end)
{
    out_fieldw_plain(&csv->writer, track_state_name((enum track_state)end->state));
}

static void add_endpoint(struct csv_sink *csv, const struct track_end_record *end)
{
    char address[WIRE_ENDPOINT_TEXT];
    out_fieldw_string(&csv->writer, wire_address_text(&end->endpoint, address, sizeof address));
    out_fieldw_u64(&csv->writer, end->endpoint.port);
}

static void add_times(struct csv_sink *csv, const struct track_connection *connection)
{
    add_time(csv, connection->start_ns);
    add_time(csv, connection->end_ns);
    out_fieldw_seconds(&csv->writer, connection->end_ns - connection->start_ns, DIGITS);
    if (connection->handshake_server_ns >= 0 && connection->handshake_client_ns >= 0)
        out_fieldw_seconds(&csv->writer,
                           connection->handshake_server_ns + connection->handshake_client_ns,
                           DIGITS);
    else
        out_fieldw_unset(&csv->writer);
}

static void add_counts(struct csv_sink *csv, const struct track_connection *connection)
{
    static add_of_end_fn *const columns[] = {
        add_packets,      add_payload_bytes,  add_unique_bytes, add_retransmissions,
        add_out_of_order, add_duplicate_acks, add_zero_windows, add_isn,
        add_mss,          add_window_scale,   add_throughput};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        add_both(csv, connection, columns[i]);
    out_fieldw_u64(&csv->writer, connection->checks_held);
    out_fieldw_u64(&csv->writer, connection->checks_broken);
    out_fieldw_u64(&csv->writer, connection->checks_unknown);
}

/* "retransmission=3;zero_window=1" */
static void add_findings(struct csv_sink *csv, const struct track_connection *connection)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if (connection->findings[i] == 0)
            continue;
        collect(csv, track_finding_name((enum track_finding)i));
        base_strbuf_printf(&csv->list, "=%u", (unsigned)connection->findings[i]);
    }
    add_list(csv);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct csv_sink *csv = context;
    char id[OUT_COMMUNITY_ID_SIZE];
    if (csv->options.segments || !out_selected(&csv->options, connection->number))
        return;
    out_fieldw_u64(&csv->writer, connection->number);
    out_fieldw_u64(&csv->writer, connection->incarnation);
    const struct track_end_record *client = &connection->end[TRACK_CLIENT];
    const struct track_end_record *server =
        connection->self_connect ? client : &connection->end[TRACK_SERVER];
    add_endpoint(csv, client);
    add_endpoint(csv, server);
    add_both(csv, connection, add_state);
    out_fieldw_plain(&csv->writer, track_open_name((enum track_open)connection->open));
    out_fieldw_plain(&csv->writer, track_close_name((enum track_close)connection->close));
    out_fieldw_plain(&csv->writer,
                     track_closed_by_name((enum track_closed_by)connection->closed_by));
    add_times(csv, connection);
    add_counts(csv, connection);
    add_findings(csv, connection);
    out_fieldw_string(&csv->writer, out_community_id(&client->endpoint, &server->endpoint, id));
    out_fieldw_end(&csv->writer);
}

/* --- segments --- */

static void add_name(struct csv_sink *csv, const struct track_conn *conn, enum track_side side)
{
    char text[WIRE_ENDPOINT_TEXT];
    if (track_conn_self_connect(conn))
        side = TRACK_CLIENT;
    out_fieldw_string(&csv->writer,
                      wire_endpoint_text(track_conn_endpoint(conn, side), text, sizeof text));
}

static void add_flags(struct csv_sink *csv, unsigned flags)
{
    static const char letters[] = "FSRPAUEWe";
    for (unsigned i = 0; i < sizeof letters - 1; i++)
        if (flags & 1u << i)
            base_strbuf_char(&csv->list, letters[i]);
    add_list(csv);
}

static void add_if(struct csv_sink *csv, bool known, int64_t value)
{
    if (known)
        out_fieldw_i64(&csv->writer, value);
    else
        out_fieldw_unset(&csv->writer);
}

static void add_numbers(struct csv_sink *csv, const struct track_event *event)
{
    bool has_ack = (event->flags & WIRE_ACK) != 0;
    out_fieldw_u64(&csv->writer, event->seq);
    add_if(csv, has_ack, event->ack);
    add_if(csv, event->rel_seq_known, event->rel_seq);
    add_if(csv, has_ack && event->rel_ack_known, event->rel_ack);
    out_fieldw_u64(&csv->writer, event->payload_bytes);
    out_fieldw_u64(&csv->writer, event->window);
    add_if(csv, event->window_scale_known, event->window_bytes);
}

static void add_verdicts(struct csv_sink *csv, const struct track_event *event)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (event->findings >> i & 1)
            collect(csv, track_finding_name((enum track_finding)i));
    add_list(csv);
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        if (event->checks[i].outcome == TRACK_BREAKS)
            collect(csv, track_check_name((enum track_check_kind)i));
    add_list(csv);
}

static void add_wireshark(struct csv_sink *csv, const struct track_event *event)
{
    for (unsigned i = 0; i < WIRESHARK_VERDICTS; i++)
        if (event->wireshark >> i & 1)
            collect(csv, wireshark_verdict_name((enum wireshark_verdict)i));
    add_list(csv);
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct csv_sink *csv = context;
    if (event->kind != TRACK_EVENT_SEGMENT || !out_selected(&csv->options, event->connection))
        return;
    out_fieldw_u64(&csv->writer, event->connection);
    out_fieldw_u64(&csv->writer, event->frame);
    add_time(csv, event->time_ns);
    add_name(csv, conn, (enum track_side)event->sender);
    add_name(csv, conn, track_other((enum track_side)event->sender));
    add_flags(csv, event->flags);
    add_numbers(csv, event);
    add_verdicts(csv, event);
    out_fieldw_plain(&csv->writer, track_state_name((enum track_state)event->state[TRACK_CLIENT]));
    if (track_conn_self_connect(conn))
        out_fieldw_unset(&csv->writer);
    else
        out_fieldw_plain(&csv->writer,
                         track_state_name((enum track_state)event->state[TRACK_SERVER]));
    if (csv->options.wireshark)
        add_wireshark(csv, event);
    out_fieldw_end(&csv->writer);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    (void)sink, (void)capture; /* a table has no place for it */
}

static void csv_free(struct out_sink *sink)
{
    struct csv_sink *csv = (struct csv_sink *)sink;
    out_fieldw_free(&csv->writer);
    base_strbuf_free(&csv->list);
    free(csv);
}

struct out_sink *out_csv_new(FILE *stream, const struct out_options *options)
{
    struct csv_sink *csv = base_calloc(1, sizeof *csv);
    csv->sink.observer.connection = on_connection;
    if (options->segments)
        csv->sink.observer.event = on_event;
    csv->sink.finish = finish;
    csv->sink.free = csv_free;
    csv->options = *options;
    csv->writer = (struct out_fieldw)OUT_FIELDW_INIT(stream, OUT_FIELDS_CSV);
    write_head(csv);
    return &csv->sink;
}
