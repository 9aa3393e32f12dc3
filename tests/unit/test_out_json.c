/* out: the records of the json sink and the lines of the summary, from a connection by hand. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_conn.h"
#include "out/sink.h"

/* A sink that writes to memory. */
struct run {
    char *text;
    size_t size;
    FILE *stream;
    struct out_sink *sink;
};

typedef struct out_sink *new_fn(FILE *stream, const struct out_options *options);

static void begin(struct run *run, new_fn *new_sink, const struct out_options *options)
{
    run->stream = open_memstream(&run->text, &run->size);
    run->sink = new_sink(run->stream, options);
}

/* Ends the run and compares all that was written. */
static void end(struct run *run, const char *expected)
{
    run->sink->free(run->sink);
    fclose(run->stream);
    assert_string_equal(run->text, expected);
    free(run->text);
}

static void transitions_name_both_ends(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_conn conn = fake_conn();
    const struct track_event event = {.frame = 1, .connection = 1, .flags = WIRE_SYN};
    run.sink->observer.event(run.sink, &conn, &event); /* segments are not asked for */
    struct track_transition transition = {.frame = 8,
                                          .confirmed_by = 9,
                                          .time_ns = FAKE_START_NS + 1,
                                          .side = TRACK_SERVER,
                                          .from = TRACK_ESTABLISHED,
                                          .to = TRACK_CLOSE_WAIT,
                                          .cause = TRACK_CAUSE_RECEIVED_FIN,
                                          .confirmed = true};
    run.sink->observer.transition(run.sink, &conn, &transition);
    transition = (struct track_transition){.time_ns = FAKE_START_NS,
                                           .side = TRACK_CLIENT,
                                           .from = TRACK_TIME_WAIT,
                                           .to = TRACK_CLOSED,
                                           .cause = TRACK_CAUSE_TIME_WAIT_EXPIRED};
    conn.record.number = 257; /* shares its name slot with number 1 */
    conn.record.end[0].endpoint = fake_ipv6(1, 9);
    conn.record.end[1].endpoint = fake_ipv6(2, 80);
    run.sink->observer.transition(run.sink, &conn, &transition);
    char line[1024];
    const char *rfc = track_cause_rfc(TRACK_CAUSE_TIME_WAIT_EXPIRED);
    snprintf(line, sizeof line,
             "{\"type\":\"transition\",\"connection\":1,\"frame\":8,"
             "\"time\":\"2023-11-14T22:13:20.000000001Z\",\"endpoint\":\"10.0.0.2:1234\","
             "\"peer\":\"10.0.0.1:50312\",\"from\":\"ESTABLISHED\",\"to\":\"CLOSE_WAIT\","
             "\"cause\":\"received FIN\",\"confirmed\":true,\"confirmed_by\":9,\"rfc\":\"%s\"}\n"
             "{\"type\":\"transition\",\"connection\":257,"
             "\"time\":\"2023-11-14T22:13:20.000000000Z\",\"endpoint\":\"[2001:db8::1]:9\","
             "\"peer\":\"[2001:db8::2]:80\",\"from\":\"TIME_WAIT\",\"to\":\"CLOSED\","
             "\"cause\":\"%s\",\"confirmed\":false%s%s%s}\n",
             track_cause_rfc(TRACK_CAUSE_RECEIVED_FIN),
             track_cause_text(TRACK_CAUSE_TIME_WAIT_EXPIRED), rfc != NULL ? ",\"rfc\":\"" : "",
             rfc != NULL ? rfc : "", rfc != NULL ? "\"" : "");
    end(&run, line);
}

static struct track_event some_segment(void)
{
    struct track_event event = {.frame = 8,
                                .time_ns = FAKE_START_NS,
                                .connection = 1,
                                .rel_seq = 5000000000,
                                .rel_seq_known = true,
                                .rel_ack = 7,
                                .rel_ack_known = true,
                                .seq = 4294967295u,
                                .ack = 0,
                                .payload_bytes = 10,
                                .window = 502,
                                .flags = WIRE_FIN | WIRE_ACK | WIRE_AE,
                                .kind = TRACK_EVENT_SEGMENT,
                                .sender = TRACK_CLIENT,
                                .state = {TRACK_FIN_WAIT_1, TRACK_CLOSE_WAIT}};
    event.findings = 1u << TRACK_RETRANSMISSION | 1u << TRACK_DUPLICATE_ACK;
    event.checks[TRACK_CHECK_SEQ] = (struct track_check){1, 2, TRACK_BREAKS};
    event.checks[TRACK_CHECK_ACK] = (struct track_check){0, 0, TRACK_HOLDS};
    event.checks[TRACK_CHECK_WINDOW] = (struct track_check){0, 0, TRACK_CANNOT_KNOW};
    return event;
}

static void segments_carry_their_checks(void **state)
{
    (void)state;
    struct out_options options = {.segments = true};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_conn conn = fake_conn();
    struct track_event event = some_segment();
    run.sink->observer.event(run.sink, &conn, &event);
    event = (struct track_event){.kind = TRACK_EVENT_TIMER, .connection = 1};
    run.sink->observer.event(run.sink, &conn, &event); /* no segment, no line */
    conn.record.number = event.connection = 2;
    conn.record.self_connect = true;
    event.kind = TRACK_EVENT_SEGMENT;
    event.frame = 9;
    event.time_ns = FAKE_START_NS;
    event.flags = WIRE_SYN;
    event.ack = 99; /* means nothing without ACK */
    event.window_scale_known = true;
    event.window_bytes = 64;
    run.sink->observer.event(run.sink, &conn, &event);
    end(&run,
        "{\"type\":\"segment\",\"connection\":1,\"frame\":8,"
        "\"time\":\"2023-11-14T22:13:20.000000000Z\",\"source\":\"10.0.0.1:50312\","
        "\"destination\":\"10.0.0.2:1234\",\"flags\":\"FAe\",\"seq\":4294967295,\"ack\":0,"
        "\"relative_seq\":5000000000,\"relative_ack\":7,\"length\":10,\"window\":502,"
        "\"findings\":[\"retransmission\",\"duplicate_ack\"],\"checks\":["
        "{\"check\":\"seq\",\"outcome\":\"breaks\",\"expected\":1,\"seen\":2},"
        "{\"check\":\"ack\",\"outcome\":\"holds\",\"expected\":0,\"seen\":0},"
        "{\"check\":\"window\",\"outcome\":\"cannot be known\"}],"
        "\"client_state\":\"FIN_WAIT_1\",\"server_state\":\"CLOSE_WAIT\"}\n"
        "{\"type\":\"segment\",\"connection\":2,\"frame\":9,"
        "\"time\":\"2023-11-14T22:13:20.000000000Z\",\"source\":\"10.0.0.1:50312\","
        "\"destination\":\"10.0.0.1:50312\",\"flags\":\"S\",\"seq\":0,\"length\":0,\"window\":0,"
        "\"window_bytes\":64,\"findings\":[],\"checks\":[],\"client_state\":\"UNKNOWN\"}\n");
}

static struct track_connection some_connection(void)
{
    struct track_connection connection = fake_conn().record;
    struct track_end_record *client = &connection.end[0];
    client->state = TRACK_TIME_WAIT;
    client->certainty = TRACK_SEEN;
    client->packets = 6;
    client->payload_bytes = 1300;
    client->unique_bytes = 1200;
    client->retransmissions = 1;
    client->isn_known = true;
    client->mss = 1460;
    client->window_scale = 0;
    connection.end[1].state = TRACK_CLOSED;
    connection.end[1].certainty = TRACK_INFERRED;
    connection.end[1].packets = 5;
    connection.end_ns += 1250000000;
    connection.handshake_server_ns = 200000;
    connection.handshake_client_ns = 10000;
    connection.checks_held = 120;
    connection.checks_unknown = 2;
    connection.findings[TRACK_RETRANSMISSION] = 3;
    connection.close = TRACK_CLOSE_FOUR_WAY;
    connection.closed_by = TRACK_CLOSED_BY_CLIENT;
    connection.wireshark_completeness = 31;
    strcpy(connection.zeek_conn_state, "SF");
    strcpy(connection.zeek_history, "ShADadFf");
    return connection;
}

static const char *between(const char *text, const char *from, const char *to, char *out,
                           size_t size)
{
    const char *start = strstr(text, from);
    assert_non_null(start);
    const char *stop = strstr(start, to);
    assert_non_null(stop);
    assert_true((size_t)(stop - start) < size);
    snprintf(out, size, "%.*s", (int)(stop - start), start);
    return out;
}

static void measure(struct track_end_record *end)
{
    struct track_measures *measures = &end->measures;
    measures->handshake_ns = 10000;
    measures->ack = (struct track_rtt){.samples = 3,
                                       .min_ns = 1000000,
                                       .median_ns = 2000000,
                                       .p95_ns = 3000000,
                                       .max_ns = 3000000,
                                       .mean_ns = 2000001};
    measures->timestamp.samples = 1;
    measures->in_flight = 5;
    measures->in_flight_max = 1400;
    measures->retransmitted_bytes = 100; /* of 1300 */
    measures->lost_by_network = 60;
    measures->missed_by_capture = 7;
    measures->throughput = 1300;
    measures->goodput = 1200;
    measures->idle_gaps = 2;
    measures->idle_longest_ns = 1500000000;
    measures->zero_window_ns = 500000000;
    measures->window_known = true;
    measures->window_max = measures->window_last = 64256;
    measures->states = 1u << TRACK_ESTABLISHED | 1u << TRACK_FIN_WAIT_2;
    measures->state_ns[TRACK_ESTABLISHED] = 1250000000;
    measures->state_ns[TRACK_CLOSING] = 1; /* it was not there */
}

static void measures_come_after_the_rest_of_an_end(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_connection connection = some_connection();
    measure(&connection.end[TRACK_CLIENT]);
    run.sink->observer.connection(run.sink, &connection);
    fflush(run.stream);
    char seen[1024];
    assert_string_equal(
        between(run.text, "\"confidence\"", "\"server\"", seen, sizeof seen),
        "\"confidence\":\"seen\",\"rtt\":{\"handshake\":0.00001,\"ack\":{\"samples\":3,"
        "\"min\":0.001,\"median\":0.002,\"p95\":0.003,\"max\":0.003,\"mean\":0.002000001},"
        "\"timestamp\":{\"samples\":1,\"min\":0,\"median\":0,\"p95\":0,\"max\":0,"
        "\"mean\":0}},\"in_flight\":5,\"in_flight_max\":1400,\"retransmitted_bytes\":100,"
        "\"retransmitted_share\":0.076923,\"lost_by_network\":60,\"missed_by_capture\":7,"
        "\"throughput\":1300,\"goodput\":1200,\"idle\":{\"gaps\":2,\"longest\":1.5},"
        "\"window\":{\"min\":0,\"max\":64256,\"last\":64256},\"zero_window_time\":0.5,"
        "\"states\":{\"ESTABLISHED\":1.25,\"FIN_WAIT_2\":0}},");
    run.sink->free(run.sink);
    fclose(run.stream);
    free(run.text);
}

static void connections_follow_the_spec(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_connection connection = some_connection();
    run.sink->observer.connection(run.sink, &connection);
    end(&run, "{\"type\":\"connection\",\"connection\":1,\"incarnation\":1,\"client\":{"
              "\"address\":\"10.0.0.1\",\"port\":50312,\"state\":\"TIME_WAIT\",\"packets\":6,"
              "\"payload_bytes\":1300,\"unique_bytes\":1200,\"retransmissions\":1,"
              "\"out_of_order\":0,\"duplicate_acks\":0,\"zero_windows\":0,\"isn\":0,\"mss\":1460,"
              "\"window_scale\":0,\"confidence\":\"seen\"},\"server\":{\"address\":\"10.0.0.2\","
              "\"port\":1234,\"state\":\"CLOSED\",\"packets\":5,\"payload_bytes\":0,"
              "\"unique_bytes\":0,\"retransmissions\":0,\"out_of_order\":0,\"duplicate_acks\":0,"
              "\"zero_windows\":0,\"confidence\":\"inferred\"},"
              "\"start\":\"2023-11-14T22:13:20.000000000Z\","
              "\"end\":\"2023-11-14T22:13:21.250000000Z\",\"duration\":1.25,"
              "\"open\":\"three-way\",\"close\":\"four-way\",\"closed_by\":\"client\","
              "\"handshake_rtt\":0.00021,\"community_id\":\"1:wql8HNI0wJ+bsY5HqN8Ex2kRAMQ=\","
              "\"zeek\":{\"conn_state\":\"SF\",\"history\":\"ShADadFf\"},"
              "\"wireshark\":{\"completeness\":31},"
              "\"checks\":{\"held\":120,\"broken\":0,\"unknown\":2},"
              "\"findings\":{\"retransmission\":3}}\n");
}

/* What the segments and transitions come to follows the rest of the record. */
static void diagnoses_close_the_record(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_conn conn = fake_conn();
    struct track_event event = {.frame = 1,
                                .connection = 1,
                                .time_ns = FAKE_START_NS,
                                .flags = WIRE_SYN,
                                .first_of_connection = true};
    run.sink->observer.event(run.sink, &conn, &event);
    event = (struct track_event){.frame = 3,
                                 .connection = 1,
                                 .time_ns = FAKE_START_NS + 1,
                                 .flags = WIRE_RST | WIRE_ACK,
                                 .sender = TRACK_SERVER};
    run.sink->observer.event(run.sink, &conn, &event);
    const struct track_transition transition = {.frame = 3,
                                                .time_ns = FAKE_START_NS + 1,
                                                .side = TRACK_CLIENT,
                                                .from = TRACK_SYN_SENT,
                                                .to = TRACK_CLOSED,
                                                .cause = TRACK_CAUSE_REFUSED};
    run.sink->observer.transition(run.sink, &conn, &transition);
    struct track_connection record = conn.record;
    record.open = TRACK_OPEN_REFUSED;
    run.sink->observer.connection(run.sink, &record);
    record.number = 2; /* nothing was heard of it */
    run.sink->observer.connection(run.sink, &record);
    fflush(run.stream);
    const char *first = strstr(run.text, "\"diagnosis\":[{\"name\":\"port_closed\","
                                         "\"end\":\"server\",\"text\":\"The port is closed: ");
    assert_non_null(first);
    assert_non_null(strstr(first, "\"frames\":[3]}]}\n"));
    assert_null(strstr(first + 1, "\"diagnosis\""));
    run.sink->free(run.sink);
    fclose(run.stream);
    free(run.text);
}

/* One end only, and what is not known is not written. */
static void a_self_connect_has_no_server(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_connection connection = some_connection();
    connection.self_connect = connection.guessed = connection.evicted = true;
    connection.handshake_client_ns = -1;
    memset(&connection.end[1], 0, sizeof connection.end[1]);
    run.sink->observer.connection(run.sink, &connection);
    fflush(run.stream);
    assert_null(strstr(run.text, "\"server\":"));
    assert_null(strstr(run.text, "handshake_rtt"));
    assert_non_null(strstr(run.text, "\"client_guessed\":true,\"self_connect\":true,"
                                     "\"evicted\":true,\"diagnosis\":[{"
                                     "\"name\":\"self_connect\",\"end\":\"client\","));
    run.sink->free(run.sink);
    fclose(run.stream);
    free(run.text);
}

static void the_capture_record_counts_what_was_skipped(void **state)
{
    (void)state;
    struct out_options options = {0};
    struct run run;
    begin(&run, out_json_new, &options);
    struct out_capture capture = {.source = "a\x1b.pcap",
                                  .link_type = "EN10MB",
                                  .frames = 12,
                                  .tcp_segments = 10,
                                  .connections = 1,
                                  .kernel_dropped = 3};
    capture.skipped[WIRE_SKIP_NOT_IP] = 2;
    run.sink->finish(run.sink, &capture);
    end(&run, "{\"type\":\"capture\",\"source\":\"a\\u001b.pcap\",\"link_type\":\"EN10MB\","
              "\"frames\":12,\"tcp_segments\":10,\"connections\":1,\"skipped\":{\"not_ip\":2,"
              "\"not_tcp\":0,\"truncated\":0,\"malformed\":0,\"fragment\":0,\"link_type\":0,"
              "\"too_deep\":0,\"duplicate\":0},\"kernel_dropped\":3,\"interface_dropped\":0,"
              "\"evicted\":0,\"complete\":false}\n");
}

static void only_the_chosen_connections(void **state)
{
    (void)state;
    const uint64_t chosen[] = {2, 5};
    struct out_options options = {.connections = chosen, .connection_count = 2};
    struct run run;
    begin(&run, out_json_new, &options);
    struct track_connection connection = some_connection();
    run.sink->observer.connection(run.sink, &connection);
    fflush(run.stream);
    assert_int_equal(run.size, 0);
    connection.number = 5;
    run.sink->observer.connection(run.sink, &connection);
    fflush(run.stream);
    assert_true(run.size > 0);
    run.sink->free(run.sink);
    fclose(run.stream);
    free(run.text);
}

static void the_summary_fits_its_addresses(void **state)
{
    (void)state;
    struct out_options options = {.ascii = true};
    struct run run;
    begin(&run, out_summary_new, &options);
    struct track_connection connection = some_connection();
    run.sink->observer.connection(run.sink, &connection);
    connection.number = 2;
    connection.end[0].endpoint = fake_ipv6(0xff, 65535);
    connection.self_connect = true;
    connection.end[0].unique_bytes = 1700000;
    connection.handshake_client_ns = -1;
    run.sink->observer.connection(run.sink, &connection);
    struct out_capture capture = {
        .frames = 1204, .tcp_segments = 1, .connections = 2, .evicted = 1, .kernel_dropped = 3};
    capture.skipped[WIRE_SKIP_NOT_IP] = 2;
    capture.skipped[WIRE_SKIP_TRUNCATED] = 1;
    run.sink->finish(run.sink, &capture);
    end(&run,
        "    # client               server               client state server state open         "
        "close         packets    bytes resent     duration      RTT\n"
        "    1 10.0.0.1:50312       10.0.0.2:1234        TIME_WAIT    CLOSED       three-way    "
        "four-way           11  1,200 B      1      1.250 s   210 us\n"
        "    2 [2001:db8::ff]:65535 [2001:db8::ff]:65535 TIME_WAIT    (itself)     three-way    "
        "four-way           11  1.70 MB      1      1.250 s        -\n"
        "1,204 frames, 1 TCP segment, 2 connections\n"
        "skipped: 2 not IP, 1 cut short by the snapshot length\n"
        "dropped: 3 by the kernel (try a larger -B), 0 by the interface\n"
        "evicted: 1 connection written out early to keep to --max-connections\n"
        "incomplete: the capture broke off or lost packets\n");
}

/* More rows than are held: the first ones decide the widths, none is lost, and what comes late by
 * fewer rows than are held comes by its number. */
static void the_summary_streams(void **state)
{
    (void)state;
    enum { HELD = 4096, ROWS = 3 * HELD };
    struct out_options options = {0};
    struct run run;
    begin(&run, out_summary_new, &options);
    struct track_connection connection = some_connection();
    for (unsigned i = 1; i <= ROWS; i++) {
        connection.number = (i - 1) / 1000 * 1000 + 1000 - (i - 1) % 1000; /* thousands backwards */
        run.sink->observer.connection(run.sink, &connection);
        fflush(run.stream);
        assert_int_equal(run.size > 0, i > HELD);
    }
    run.sink->finish(run.sink, &(struct out_capture){.complete = true});
    fflush(run.stream);
    unsigned lines = 0;
    for (const char *at = run.text; (at = strchr(at, '\n')) != NULL && lines < ROWS; lines++)
        if (lines < ROWS - 1000)
            assert_int_equal(strtoul(++at, NULL, 10), lines + 1);
        else
            at++;
    assert_int_equal(lines, ROWS);
    run.sink->free(run.sink);
    fclose(run.stream);
    free(run.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transitions_name_both_ends),
        cmocka_unit_test(segments_carry_their_checks),
        cmocka_unit_test(connections_follow_the_spec),
        cmocka_unit_test(measures_come_after_the_rest_of_an_end),
        cmocka_unit_test(diagnoses_close_the_record),
        cmocka_unit_test(a_self_connect_has_no_server),
        cmocka_unit_test(the_capture_record_counts_what_was_skipped),
        cmocka_unit_test(only_the_chosen_connections),
        cmocka_unit_test(the_summary_fits_its_addresses),
        cmocka_unit_test(the_summary_streams),
    };
    return cmocka_run_group_tests_name("out_json", tests, NULL, NULL);
}
