/* The json sink: JSON Lines as SPEC section 5 and tcpviz-json(5) have them, a line as soon as it is
 * final. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/wireshark.h"
#include "out/cases.h"
#include "out/community_id.h"
#include "out/json_kernel.h"
#include "out/jsonw.h"
#include "out/select.h"
#include "out/sink.h"
#include "wire/decode.h"

/* Endpoint texts of recent connections: a power of two slots, by connection number. */
#define NAME_SLOTS 256

struct names {
    uint64_t connection; /* 0: empty */
    char text[2][WIRE_ENDPOINT_TEXT];
};

struct json_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    struct out_jsonw writer;
    struct out_cases cases;
    struct base_strbuf text;
    struct names names[NAME_SLOTS];
};

static const struct names *names_of(struct json_sink *json, const struct track_conn *conn)
{
    uint64_t number = track_conn_number(conn);
    struct names *names = &json->names[number % NAME_SLOTS];
    if (names->connection == number)
        return names;
    bool self = track_conn_self_connect(conn);
    for (unsigned i = 0; i < 2; i++) {
        enum track_side side = self ? TRACK_CLIENT : (enum track_side)i;
        wire_endpoint_text(track_conn_endpoint(conn, side), names->text[i], WIRE_ENDPOINT_TEXT);
    }
    names->connection = number;
    return names;
}

static void key_name(struct out_jsonw *w, const char *key, const struct names *names,
                     enum track_side side)
{
    out_jsonw_key(w, key);
    out_jsonw_word(w, names->text[side]);
}

/* --- transition --- */

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct json_sink *json = context;
    struct out_jsonw *w = &json->writer;
    if (!out_selected(&json->options, track_conn_number(conn)))
        return;
    out_cases_transition(&json->cases, conn, transition);
    const struct names *names = names_of(json, conn);
    enum track_side side = (enum track_side)transition->side;
    out_jsonw_begin(w);
    out_jsonw_key_word(w, "type", "transition");
    out_jsonw_key_u64(w, "connection", track_conn_number(conn));
    if (transition->frame != 0)
        out_jsonw_key_u64(w, "frame", transition->frame);
    out_jsonw_key_time(w, "time", transition->time_ns);
    key_name(w, "endpoint", names, side);
    key_name(w, "peer", names, track_other(side));
    out_jsonw_key_word(w, "from", track_state_name((enum track_state)transition->from));
    out_jsonw_key_word(w, "to", track_state_name((enum track_state)transition->to));
    out_jsonw_key_word(w, "cause", track_cause_text((enum track_cause)transition->cause));
    out_jsonw_key_bool(w, "confirmed", transition->confirmed);
    if (transition->confirmed_by != 0)
        out_jsonw_key_u64(w, "confirmed_by", transition->confirmed_by);
    const char *rfc = track_cause_rfc((enum track_cause)transition->cause);
    if (rfc != NULL)
        out_jsonw_key_word(w, "rfc", rfc);
    out_jsonw_end(w);
}

/* --- segment --- */

/* As tcpdump writes them, in the order of the bits: "FA" is FIN and ACK. */
static void key_flags(struct out_jsonw *w, unsigned flags)
{
    static const char letters[] = "FSRPAUEWe";
    char text[sizeof letters];
    size_t length = 0;
    for (unsigned i = 0; i < sizeof letters - 1; i++)
        if (flags & 1u << i)
            text[length++] = letters[i];
    out_jsonw_key(w, "flags");
    out_jsonw_string(w, text, length);
}

static void key_numbers(struct out_jsonw *w, const struct track_event *event)
{
    bool has_ack = (event->flags & WIRE_ACK) != 0;
    out_jsonw_key_u64(w, "seq", event->seq);
    if (has_ack)
        out_jsonw_key_u64(w, "ack", event->ack);
    if (event->rel_seq_known)
        out_jsonw_key_i64(w, "relative_seq", event->rel_seq);
    if (has_ack && event->rel_ack_known)
        out_jsonw_key_i64(w, "relative_ack", event->rel_ack);
    out_jsonw_key_u64(w, "length", event->payload_bytes);
    out_jsonw_key_u64(w, "window", event->window);
    if (event->window_scale_known)
        out_jsonw_key_u64(w, "window_bytes", event->window_bytes);
}

static void key_event_findings(struct out_jsonw *w, track_finding_set findings)
{
    out_jsonw_key(w, "findings");
    out_jsonw_open_array(w);
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (findings >> i & 1)
            out_jsonw_word(w, track_finding_name((enum track_finding)i));
    out_jsonw_close_array(w);
}

static void key_wireshark_findings(struct out_jsonw *w, uint32_t verdicts)
{
    out_jsonw_key(w, "wireshark_findings");
    out_jsonw_open_array(w);
    for (unsigned i = 0; i < WIRESHARK_VERDICTS; i++)
        if (verdicts >> i & 1)
            out_jsonw_word(w, wireshark_verdict_name((enum wireshark_verdict)i));
    out_jsonw_close_array(w);
}

/* Sequence and ack numbers may really be 0; the other checks use 0 for "no single number". */
static bool has_numbers(enum track_check_kind kind, const struct track_check *check)
{
    if (check->outcome == TRACK_CANNOT_KNOW)
        return false;
    return kind == TRACK_CHECK_SEQ || kind == TRACK_CHECK_ACK || check->expected != 0 ||
           check->seen != 0;
}

static void add_check(struct out_jsonw *w, enum track_check_kind kind,
                      const struct track_check *check)
{
    out_jsonw_open_object(w);
    out_jsonw_key_word(w, "check", track_check_name(kind));
    out_jsonw_key_word(w, "outcome", track_outcome_name((enum track_outcome)check->outcome));
    if (has_numbers(kind, check)) {
        out_jsonw_key_u64(w, "expected", check->expected);
        out_jsonw_key_u64(w, "seen", check->seen);
    }
    out_jsonw_close_object(w);
}

static void key_checks(struct out_jsonw *w, const struct track_event *event)
{
    out_jsonw_key(w, "checks");
    out_jsonw_open_array(w);
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        if (event->checks[i].outcome != TRACK_NOT_CHECKED)
            add_check(w, (enum track_check_kind)i, &event->checks[i]);
    out_jsonw_close_array(w);
}

/* Known by the capture of the other end alone. */
static void key_arrival(struct out_jsonw *w, const struct track_event *event)
{
    if (event->arrival == WIRE_ARRIVED)
        out_jsonw_key_seconds(w, "one_way", event->arrived_ns - event->time_ns);
    else if (event->arrival == WIRE_ARRIVAL_LOST)
        out_jsonw_key_bool(w, "lost", true);
    else if (event->arrival == WIRE_ARRIVAL_UNSENT)
        out_jsonw_key_bool(w, "unsent", true);
}

static void write_segment(struct json_sink *json, const struct track_conn *conn,
                          const struct track_event *event)
{
    struct out_jsonw *w = &json->writer;
    const struct names *names = names_of(json, conn);
    enum track_side sender = (enum track_side)event->sender;
    out_jsonw_begin(w);
    out_jsonw_key_word(w, "type", "segment");
    out_jsonw_key_u64(w, "connection", event->connection);
    out_jsonw_key_u64(w, "frame", event->frame);
    out_jsonw_key_time(w, "time", event->time_ns);
    key_name(w, "source", names, sender);
    key_name(w, "destination", names, track_other(sender));
    key_flags(w, event->flags);
    key_numbers(w, event);
    key_event_findings(w, event->findings);
    key_checks(w, event);
    out_jsonw_key_word(w, "client_state",
                       track_state_name((enum track_state)event->state[TRACK_CLIENT]));
    if (!track_conn_self_connect(conn))
        out_jsonw_key_word(w, "server_state",
                           track_state_name((enum track_state)event->state[TRACK_SERVER]));
    key_arrival(w, event);
    if (json->options.wireshark)
        key_wireshark_findings(w, event->wireshark);
    out_jsonw_end(w);
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct json_sink *json = context;
    if (!out_selected(&json->options, event->connection))
        return;
    out_cases_event(&json->cases, conn, event);
    if (json->options.segments && event->kind == TRACK_EVENT_SEGMENT)
        write_segment(json, conn, event);
}

static void on_expect(void *context, uint64_t connection)
{
    out_cases_expect(&((struct json_sink *)context)->cases, connection);
}

/* --- connection --- */

static void key_rtt(struct out_jsonw *w, const char *key, const struct track_rtt *rtt)
{
    if (rtt->samples == 0)
        return;
    out_jsonw_key(w, key);
    out_jsonw_open_object(w);
    out_jsonw_key_u64(w, "samples", rtt->samples);
    out_jsonw_key_seconds(w, "min", rtt->min_ns);
    out_jsonw_key_seconds(w, "median", rtt->median_ns);
    out_jsonw_key_seconds(w, "p95", rtt->p95_ns);
    out_jsonw_key_seconds(w, "max", rtt->max_ns);
    out_jsonw_key_seconds(w, "mean", rtt->mean_ns);
    out_jsonw_close_object(w);
}

static void key_rtts(struct out_jsonw *w, const struct track_measures *measures)
{
    if (measures->handshake_ns < 0 && measures->ack.samples == 0 &&
        measures->timestamp.samples == 0)
        return;
    out_jsonw_key(w, "rtt");
    out_jsonw_open_object(w);
    if (measures->handshake_ns >= 0)
        out_jsonw_key_seconds(w, "handshake", measures->handshake_ns);
    key_rtt(w, "ack", &measures->ack);
    key_rtt(w, "timestamp", &measures->timestamp);
    out_jsonw_close_object(w);
}

static void key_window(struct out_jsonw *w, const struct track_measures *measures)
{
    if (measures->window_known) {
        out_jsonw_key(w, "window");
        out_jsonw_open_object(w);
        out_jsonw_key_u64(w, "min", measures->window_min);
        out_jsonw_key_u64(w, "max", measures->window_max);
        out_jsonw_key_u64(w, "last", measures->window_last);
        out_jsonw_close_object(w);
    }
    if (measures->zero_window_ns > 0)
        out_jsonw_key_seconds(w, "zero_window_time", measures->zero_window_ns);
}

/* A share as a decimal fraction to six places. */
static void key_share(struct out_jsonw *w, const char *key, uint64_t part, uint64_t whole)
{
    double millionths = (double)part / (double)whole * 1e6;
    out_jsonw_key_seconds(w, key, (int64_t)(millionths + 0.5) * 1000);
}

static void key_traffic(struct out_jsonw *w, const struct track_end_record *end)
{
    const struct track_measures *measures = &end->measures;
    if (measures->in_flight > 0)
        out_jsonw_key_u64(w, "in_flight", measures->in_flight);
    if (measures->in_flight_max > 0)
        out_jsonw_key_u64(w, "in_flight_max", measures->in_flight_max);
    if (measures->retransmitted_bytes > 0 && end->payload_bytes > 0) {
        out_jsonw_key_u64(w, "retransmitted_bytes", measures->retransmitted_bytes);
        key_share(w, "retransmitted_share", measures->retransmitted_bytes, end->payload_bytes);
    }
    if (measures->lost_by_network > 0)
        out_jsonw_key_u64(w, "lost_by_network", measures->lost_by_network);
    if (measures->missed_by_capture > 0)
        out_jsonw_key_u64(w, "missed_by_capture", measures->missed_by_capture);
    if (measures->throughput > 0) {
        out_jsonw_key_u64(w, "throughput", measures->throughput);
        out_jsonw_key_u64(w, "goodput", measures->goodput);
    }
    if (measures->idle_gaps > 0) {
        out_jsonw_key(w, "idle");
        out_jsonw_open_object(w);
        out_jsonw_key_u64(w, "gaps", measures->idle_gaps);
        out_jsonw_key_seconds(w, "longest", measures->idle_longest_ns);
        out_jsonw_close_object(w);
    }
}

static void key_states(struct out_jsonw *w, const struct track_measures *measures)
{
    if (measures->states == 0)
        return;
    out_jsonw_key(w, "states");
    out_jsonw_open_object(w);
    for (unsigned i = 0; i < TRACK_STATES; i++)
        if (measures->states >> i & 1)
            out_jsonw_key_seconds(w, track_state_name((enum track_state)i), measures->state_ns[i]);
    out_jsonw_close_object(w);
}

static void key_end(struct out_jsonw *w, const char *key, const struct track_end_record *end)
{
    char address[WIRE_ENDPOINT_TEXT];
    out_jsonw_key(w, key);
    out_jsonw_open_object(w);
    out_jsonw_key_word(w, "address", wire_address_text(&end->endpoint, address, sizeof address));
    out_jsonw_key_u64(w, "port", end->endpoint.port);
    out_jsonw_key_word(w, "state", track_state_name((enum track_state)end->state));
    out_jsonw_key_u64(w, "packets", end->packets);
    out_jsonw_key_u64(w, "payload_bytes", end->payload_bytes);
    out_jsonw_key_u64(w, "unique_bytes", end->unique_bytes);
    out_jsonw_key_u64(w, "retransmissions", end->retransmissions);
    out_jsonw_key_u64(w, "out_of_order", end->out_of_order);
    out_jsonw_key_u64(w, "duplicate_acks", end->duplicate_acks);
    out_jsonw_key_u64(w, "zero_windows", end->zero_windows);
    if (end->isn_known)
        out_jsonw_key_u64(w, "isn", end->isn);
    if (end->mss != 0)
        out_jsonw_key_u64(w, "mss", end->mss);
    if (end->window_scale >= 0)
        out_jsonw_key_u64(w, "window_scale", (uint64_t)end->window_scale);
    out_jsonw_key_word(w, "confidence", track_certainty_name((enum track_certainty)end->certainty));
    out_json_kernel_word(w, &end->kernel);
    key_rtts(w, &end->measures);
    key_traffic(w, end);
    key_window(w, &end->measures);
    key_states(w, &end->measures);
    out_jsonw_close_object(w);
}

static void key_times(struct out_jsonw *w, const struct track_connection *connection)
{
    out_jsonw_key_time(w, "start", connection->start_ns);
    out_jsonw_key_time(w, "end", connection->end_ns);
    out_jsonw_key_seconds(w, "duration", connection->end_ns - connection->start_ns);
}

static void key_verdicts(struct out_jsonw *w, const struct track_connection *connection)
{
    out_jsonw_key_word(w, "open", track_open_name((enum track_open)connection->open));
    out_jsonw_key_word(w, "close", track_close_name((enum track_close)connection->close));
    out_jsonw_key_word(w, "closed_by",
                       track_closed_by_name((enum track_closed_by)connection->closed_by));
    if (connection->handshake_server_ns >= 0 && connection->handshake_client_ns >= 0)
        out_jsonw_key_seconds(w, "handshake_rtt",
                              connection->handshake_server_ns + connection->handshake_client_ns);
}

/* What other tools say about the same connection. */
static void key_others(struct out_jsonw *w, const struct track_connection *connection)
{
    char id[OUT_COMMUNITY_ID_SIZE];
    const struct wire_endpoint *client = &connection->end[TRACK_CLIENT].endpoint;
    const struct wire_endpoint *server =
        connection->self_connect ? client : &connection->end[TRACK_SERVER].endpoint;
    out_jsonw_key_word(w, "community_id", out_community_id(client, server, id));
    if (connection->zeek_conn_state[0] != '\0') {
        out_jsonw_key(w, "zeek");
        out_jsonw_open_object(w);
        out_jsonw_key_word(w, "conn_state", connection->zeek_conn_state);
        out_jsonw_key_word(w, "history", connection->zeek_history);
        out_jsonw_close_object(w);
    }
    out_jsonw_key(w, "wireshark");
    out_jsonw_open_object(w);
    out_jsonw_key_u64(w, "completeness", connection->wireshark_completeness);
    out_jsonw_close_object(w);
}

static void key_totals(struct out_jsonw *w, const struct track_connection *connection)
{
    out_jsonw_key(w, "checks");
    out_jsonw_open_object(w);
    out_jsonw_key_u64(w, "held", connection->checks_held);
    out_jsonw_key_u64(w, "broken", connection->checks_broken);
    out_jsonw_key_u64(w, "unknown", connection->checks_unknown);
    out_jsonw_close_object(w);
    out_jsonw_key(w, "findings");
    out_jsonw_open_object(w);
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if (connection->findings[i] > 0)
            out_jsonw_key_u64(w, track_finding_name((enum track_finding)i),
                              connection->findings[i]);
    out_jsonw_close_object(w);
}

/* Said only when they hold, which is seldom. */
static void key_remarks(struct out_jsonw *w, const struct track_connection *connection)
{
    if (connection->guessed)
        out_jsonw_key_bool(w, "client_guessed", true);
    if (connection->self_connect)
        out_jsonw_key_bool(w, "self_connect", true);
    if (connection->evicted)
        out_jsonw_key_bool(w, "evicted", true);
}

static void add_diagnosis(struct json_sink *json, const struct explain_diagnosis *diagnosis,
                          const struct track_connection *connection)
{
    struct out_jsonw *w = &json->writer;
    out_jsonw_open_object(w);
    out_jsonw_key_text(w, "name",
                       explain_symptom_entry((enum explain_symptom)diagnosis->symptom)->name);
    out_jsonw_key_word(w, "end", diagnosis->side == TRACK_SERVER ? "server" : "client");
    base_strbuf_clear(&json->text);
    explain_diagnosis_text(diagnosis, connection, true, &json->text);
    out_jsonw_key_text(w, "text", base_strbuf_text(&json->text));
    out_jsonw_key(w, "frames");
    out_jsonw_open_array(w);
    for (unsigned i = 0; i < diagnosis->frame_count; i++)
        out_jsonw_u64(w, diagnosis->frames[i]);
    out_jsonw_close_array(w);
    out_jsonw_close_object(w);
}

/* Said only when there is one. */
static void key_diagnosis(struct json_sink *json, const struct track_connection *connection)
{
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    size_t count = out_cases_close(&json->cases, connection, diagnoses);
    if (count == 0)
        return;
    out_jsonw_key(&json->writer, "diagnosis");
    out_jsonw_open_array(&json->writer);
    for (size_t i = 0; i < count; i++)
        add_diagnosis(json, &diagnoses[i], connection);
    out_jsonw_close_array(&json->writer);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct json_sink *json = context;
    struct out_jsonw *w = &json->writer;
    if (!out_selected(&json->options, connection->number))
        return;
    out_jsonw_begin(w);
    out_jsonw_key_word(w, "type", "connection");
    out_jsonw_key_u64(w, "connection", connection->number);
    out_jsonw_key_u64(w, "incarnation", connection->incarnation);
    key_end(w, "client", &connection->end[TRACK_CLIENT]);
    if (!connection->self_connect)
        key_end(w, "server", &connection->end[TRACK_SERVER]);
    key_times(w, connection);
    key_verdicts(w, connection);
    key_others(w, connection);
    key_totals(w, connection);
    key_remarks(w, connection);
    key_diagnosis(json, connection);
    out_jsonw_end(w);
}

/* --- calls and kernels' states, from the lab or this host --- */

static void on_call(void *context, const struct track_call *call)
{
    struct json_sink *json = context;
    struct out_jsonw *w = &json->writer;
    out_jsonw_begin(w);
    out_jsonw_key_word(w, "type", "call");
    out_jsonw_key_time(w, "time", call->time_ns);
    out_jsonw_key_text(w, "host", call->host);
    out_jsonw_key_u64(w, "program", call->program);
    out_jsonw_key_text(w, "call", call->name);
    out_jsonw_key_text(w, "text", call->text);
    out_jsonw_key_text(w, "outcome", call->outcome);
    if (call->end == TRACK_CALL_RETURNED) {
        out_jsonw_key(w, "result");
        out_jsonw_i64(w, call->result);
    }
    if (call->error != 0)
        out_jsonw_key_u64(w, "errno", (uint64_t)call->error);
    out_jsonw_key_seconds(w, "duration", call->duration_ns);
    out_json_key_endpoint(w, "endpoint", &call->local);
    out_json_key_endpoint(w, "peer", &call->remote);
    out_jsonw_end(w);
}

static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    struct json_sink *json = context;
    if (socket->changes != 0 && out_selected(&json->options, connection))
        out_json_kernel(&json->writer, socket, connection);
}

/* --- capture --- */

static void key_clock(struct out_jsonw *w, const struct join_clock *clock)
{
    out_jsonw_key(w, "other_end");
    out_jsonw_open_object(w);
    out_jsonw_key_seconds(w, "clock_ahead", clock->ahead_ns);
    out_jsonw_key_seconds(w, "one_way", clock->one_way_ns);
    out_jsonw_key_u64(w, "in_both", clock->pairs);
    out_jsonw_key_u64(w, "lost", clock->lost);
    out_jsonw_key_u64(w, "unsent", clock->unsent);
    out_jsonw_close_object(w);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct json_sink *json = (struct json_sink *)sink;
    struct out_jsonw *w = &json->writer;
    out_jsonw_begin(w);
    out_jsonw_key_word(w, "type", "capture");
    if (capture->source != NULL)
        out_jsonw_key_text(w, "source", capture->source);
    if (capture->link_type != NULL)
        out_jsonw_key_text(w, "link_type", capture->link_type);
    out_jsonw_key_u64(w, "frames", capture->frames);
    out_jsonw_key_u64(w, "tcp_segments", capture->tcp_segments);
    out_jsonw_key_u64(w, "connections", capture->connections);
    out_jsonw_key(w, "skipped");
    out_jsonw_open_object(w);
    for (unsigned i = 0; i < WIRE_SKIP_KINDS; i++)
        out_jsonw_key_u64(w, wire_skip_name((enum wire_skip)i), capture->skipped[i]);
    out_jsonw_close_object(w);
    out_jsonw_key_u64(w, "kernel_dropped", capture->kernel_dropped);
    out_jsonw_key_u64(w, "interface_dropped", capture->interface_dropped);
    out_jsonw_key_u64(w, "evicted", capture->evicted);
    if (capture->clock.known)
        key_clock(w, &capture->clock);
    out_jsonw_key_bool(w, "complete", capture->complete);
    if (capture->kernel_asked) {
        out_jsonw_key(w, "kernel_asked");
        out_jsonw_open_object(w);
        out_jsonw_key_u64(w, "rounds", capture->kernel_rounds);
        out_jsonw_key_u64(w, "questions", capture->kernel_questions);
        out_jsonw_key_u64(w, "process_scans", capture->process_scans);
        out_jsonw_key_u64(w, "connections_left_out", capture->kernel_not_asked);
        out_jsonw_close_object(w);
    }
    out_jsonw_end(w);
}

static void json_free(struct out_sink *sink)
{
    struct json_sink *json = (struct json_sink *)sink;
    out_jsonw_free(&json->writer);
    out_cases_free(&json->cases);
    base_strbuf_free(&json->text);
    free(json);
}

struct out_sink *out_json_new(FILE *stream, const struct out_options *options)
{
    struct json_sink *json = base_calloc(1, sizeof *json);
    json->sink.observer.expect = on_expect;
    json->sink.observer.event = on_event;
    json->sink.observer.transition = on_transition;
    json->sink.observer.connection = on_connection;
    json->sink.observer.call = on_call;
    json->sink.observer.kernel = on_kernel;
    json->sink.finish = finish;
    json->sink.free = json_free;
    json->options = *options;
    json->cases = (struct out_cases)OUT_CASES_INIT;
    json->writer = (struct out_jsonw)OUT_JSONW_INIT(stream);
    return &json->sink;
}
