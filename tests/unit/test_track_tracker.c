/* The tracker as its callers see it: numbers, incarnations, lifetimes, bounds, the order of what is
 * told. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "track/tracker.h"

#define SECOND INT64_C(1000000000)
#define START INT64_C(1700000000000000000)

enum { CLIENT_ISS = 1000, SERVER_ISS = 5000, MAX_TOLD = 65536 };
enum told_kind { TOLD_TRANSITION, TOLD_RECORD };

/* What the tracker told, in order. */
struct told {
    enum told_kind kind;
    uint64_t connection;
    struct track_transition transition;
    size_t record; /* index */
};

static struct tracker *tracker;
static struct told told[MAX_TOLD];
static size_t told_count;
static struct track_connection *records;
static size_t record_count;
static struct track_event last;
static struct track_transition still_open[TRACK_MAX_OPEN_TRANSITIONS];
static size_t still_open_count, still_open_max;
static size_t listed; /* told and still open, at the last event */
static uint64_t frame;
static int64_t now_ns;
static uint8_t family;

/* --- observer --- */

static struct told *tell(enum told_kind kind, uint64_t connection)
{
    assert_true(told_count < MAX_TOLD);
    struct told *entry = &told[told_count++];
    memset(entry, 0, sizeof *entry);
    entry->kind = kind;
    entry->connection = connection;
    return entry;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)context;
    assert_true(track_conn_number(conn) == event->connection);
    last = *event;
    still_open_count = track_conn_open_transitions(conn, still_open, still_open_max);
    listed = told_count + still_open_count;
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    (void)context;
    tell(TOLD_TRANSITION, track_conn_number(conn))->transition = *transition;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    (void)context;
    records = realloc(records, (record_count + 1) * sizeof *records);
    assert_non_null(records);
    records[record_count] = *connection;
    tell(TOLD_RECORD, connection->number)->record = record_count++;
}

static void start(size_t max_connections)
{
    static const struct track_observer observer = {
        .event = on_event, .transition = on_transition, .connection = on_connection};
    const struct tracker_options options = {.msl_ns = 30 * SECOND,
                                            .max_connections = max_connections};
    tracker = tracker_new(&options, &observer, NULL);
}

static int set_up(void **unused)
{
    (void)unused;
    told_count = record_count = 0;
    still_open_max = TRACK_MAX_OPEN_TRANSITIONS;
    frame = 0;
    now_ns = START;
    family = 4;
    start(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    tracker_free(tracker);
    free(records);
    records = NULL;
    return 0;
}

static void restart(size_t max_connections)
{
    tracker_free(tracker);
    start(max_connections);
}

/* --- input --- */

static struct wire_endpoint host(uint8_t number, uint16_t port)
{
    struct wire_endpoint endpoint = {.port = port, .family = family};
    endpoint.address[0] = family == 4 ? 10 : 0xfd;
    endpoint.address[family == 4 ? 3 : 15] = number;
    return endpoint;
}

/* As a batch of one, which must make no difference. */
static void feed_expected(const struct wire_segment *segment)
{
    tracker_flow flow = tracker_expect(tracker, segment);
    tracker_expect_more(tracker, flow);
    tracker_expected_segment(tracker, segment, flow);
}

/* 10 ms after the last one. */
static void feed(struct wire_segment *segment)
{
    segment->number = ++frame;
    segment->time_ns = now_ns += SECOND / 100;
    segment->window = 65535;
    if (frame % 2 == 0)
        feed_expected(segment);
    else
        tracker_segment(tracker, segment);
}

/* Between the client's port and the server's port 80; seq and ack are relative to the ISNs. */
static void from_client(uint16_t port, uint16_t flags, uint32_t seq, uint32_t ack)
{
    struct wire_segment segment = {.source = host(1, port), .destination = host(2, 80)};
    segment.flags = flags;
    segment.seq = CLIENT_ISS + seq;
    segment.ack = (flags & WIRE_ACK) != 0 ? SERVER_ISS + ack : 0;
    feed(&segment);
}

static void from_server(uint16_t port, uint16_t flags, uint32_t seq, uint32_t ack)
{
    struct wire_segment segment = {.source = host(2, 80), .destination = host(1, port)};
    segment.flags = flags;
    segment.seq = SERVER_ISS + seq;
    segment.ack = (flags & WIRE_ACK) != 0 ? CLIENT_ISS + ack : 0;
    feed(&segment);
}

static void data_from_client(uint16_t port, uint32_t seq, uint32_t bytes)
{
    struct wire_segment segment = {.source = host(1, port), .destination = host(2, 80)};
    segment.flags = WIRE_ACK;
    segment.seq = CLIENT_ISS + seq;
    segment.ack = SERVER_ISS + 1;
    segment.payload_bytes = bytes;
    feed(&segment);
}

static void open_connection(uint16_t port)
{
    from_client(port, WIRE_SYN, 0, 0);
    from_server(port, WIRE_SYN | WIRE_ACK, 0, 1);
    from_client(port, WIRE_ACK, 1, 1);
}

/* The client first. */
static void close_connection(uint16_t port)
{
    from_client(port, WIRE_FIN | WIRE_ACK, 1, 1);
    from_server(port, WIRE_ACK, 1, 2);
    from_server(port, WIRE_FIN | WIRE_ACK, 1, 2);
    from_client(port, WIRE_ACK, 2, 2);
}

/* --- what is asked of what was told --- */

static const struct track_connection *record_of(uint64_t number)
{
    for (size_t i = 0; i < record_count; i++)
        if (records[i].number == number)
            return &records[i];
    return NULL;
}

/* "SYN_SENT ESTABLISHED …" of one end. */
static const char *path_of(uint64_t connection, enum track_side side)
{
    static char text[512];
    text[0] = '\0';
    for (size_t i = 0; i < told_count; i++) {
        if (told[i].kind != TOLD_TRANSITION || told[i].connection != connection ||
            told[i].transition.side != side)
            continue;
        if (text[0] != '\0')
            strcat(text, " ");
        strcat(text, track_state_name((enum track_state)told[i].transition.to));
    }
    return text;
}

static bool last_has(enum track_finding finding)
{
    return (last.findings >> finding & 1) != 0;
}

/* The last transition told of an end. */
static const struct track_transition *last_step(uint64_t connection, enum track_side side)
{
    for (size_t i = told_count; i-- > 0;)
        if (told[i].kind == TOLD_TRANSITION && told[i].connection == connection &&
            told[i].transition.side == side)
            return &told[i].transition;
    fail_msg("no transition");
    return NULL;
}

/* --- numbers and incarnations --- */

static void connections_are_numbered_by_their_first_frame(void **unused)
{
    (void)unused;
    for (uint16_t port = 5000; port > 4000; port -= 100)
        from_client(port, WIRE_SYN, 0, 0);
    from_server(5000, WIRE_SYN | WIRE_ACK, 0, 1);
    assert_int_equal(last.connection, 1);
    tracker_finish(tracker);
    assert_int_equal(record_count, 10);
    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(records[i].number, i + 1);
        assert_int_equal(records[i].frames[0], i + 1);
        assert_int_equal(records[i].incarnation, 1);
        assert_int_equal(records[i].end[TRACK_CLIENT].endpoint.port, 5000 - 100 * i);
    }
}

static void a_refused_port_tries_again(void **unused)
{
    (void)unused;
    for (uint32_t i = 0; i < 4; i++) {
        from_client(4000, WIRE_SYN, 10000 * i, 0);
        assert_int_equal(last.connection, i + 1);
        assert_true(last_has(TRACK_PORT_REUSED) == (i > 0));
        assert_true(last.first_of_connection);
        from_server(4000, WIRE_RST | WIRE_ACK, 0, 10000 * i + 1);
        assert_int_equal(record_count, i);
    }
    tracker_finish(tracker);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(records[i].number, i + 1);
        assert_int_equal(records[i].incarnation, i + 1);
        assert_int_equal(records[i].open, TRACK_OPEN_REFUSED);
        assert_string_equal(path_of(i + 1, TRACK_CLIENT), "SYN_SENT CLOSED");
        assert_string_equal(path_of(i + 1, TRACK_SERVER), "");
        assert_int_equal(records[i].end[TRACK_SERVER].state, TRACK_CLOSED);
    }
}

/* The same SYN again is none, nor is its copy in another VLAN the same connection. */
static void what_is_no_incarnation(void **unused)
{
    (void)unused;
    from_client(4000, WIRE_SYN, 0, 0);
    from_client(4000, WIRE_SYN, 0, 0);
    assert_int_equal(last.connection, 1);
    struct wire_segment other = {.source = host(1, 4000), .destination = host(2, 80)};
    other.flags = WIRE_SYN;
    other.seq = CLIENT_ISS;
    other.scope = 7;
    feed(&other);
    assert_int_equal(last.connection, 2);
    assert_false(last_has(TRACK_PORT_REUSED));
    tracker_finish(tracker);
    assert_int_equal(records[1].incarnation, 1);
    assert_int_equal(records[1].scope, 7);
}

static void time_wait_is_reused(void **unused)
{
    (void)unused;
    open_connection(4000);
    /* the server first: it waits, and the client comes back */
    from_server(4000, WIRE_FIN | WIRE_ACK, 1, 1);
    from_client(4000, WIRE_FIN | WIRE_ACK, 1, 2);
    from_server(4000, WIRE_ACK, 2, 2);
    from_client(4000, WIRE_SYN, 100000, 0);
    assert_int_equal(last.connection, 2);
    const struct track_transition *step = last_step(1, TRACK_SERVER);
    assert_int_equal(step->to, TRACK_CLOSED);
    assert_int_equal(step->cause, TRACK_CAUSE_TIME_WAIT_REUSED);
    assert_int_equal(step->frame, frame);
    assert_true(step->confirmed);
    assert_int_equal(record_count, 1);
    tracker_finish(tracker);
    assert_int_equal(records[1].incarnation, 2);
}

/* --- lifetimes --- */

static void time_wait_ends_when_time_says_so(void **unused)
{
    (void)unused;
    open_connection(4000);
    close_connection(4000);
    int64_t over_ns = now_ns - SECOND / 100 + 60 * SECOND; /* it began at the server's FIN */
    tracker_advance(tracker, over_ns - 1);
    assert_int_equal(last.kind, TRACK_EVENT_SEGMENT);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_TIME_WAIT);
    tracker_advance(tracker, over_ns);
    assert_int_equal(last.kind, TRACK_EVENT_TIMER);
    assert_int_equal(last.frame, 0);
    assert_true(last.time_ns == over_ns);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_CLOSED);
    assert_int_equal(still_open[still_open_count - 1].cause, TRACK_CAUSE_TIME_WAIT_EXPIRED);
    /* the closing record stays as long again */
    tracker_advance(tracker, over_ns + 60 * SECOND - 1);
    assert_int_equal(record_count, 0);
    tracker_advance(tracker, over_ns + 60 * SECOND);
    assert_int_equal(record_count, 1);
    assert_int_equal(records[0].end[TRACK_CLIENT].state, TRACK_CLOSED);
    const struct track_transition *step = last_step(1, TRACK_CLIENT);
    assert_int_equal(step->cause, TRACK_CAUSE_TIME_WAIT_EXPIRED);
    assert_int_equal(step->frame, 0);
    assert_true(step->time_ns == over_ns);
    assert_true(step->confirmed);
    assert_true(last_step(1, TRACK_SERVER)->confirmed); /* by silence */
    assert_int_equal(tracker_counts(tracker).open_connections, 0);
    tracker_advance(tracker, START); /* back: nothing happens */
    tracker_finish(tracker);
    assert_int_equal(record_count, 1);
}

static void packets_move_time_as_well(void **unused)
{
    (void)unused;
    open_connection(4000);
    close_connection(4000);
    now_ns += 130 * SECOND;
    from_client(4001, WIRE_SYN, 0, 0);
    assert_int_equal(record_count, 1);
    assert_int_equal(records[0].number, 1);
}

static void nothing_expires_because_the_file_ended(void **unused)
{
    (void)unused;
    open_connection(4000);
    close_connection(4000);
    tracker_finish(tracker);
    assert_int_equal(record_count, 1);
    assert_int_equal(records[0].end[TRACK_CLIENT].state, TRACK_TIME_WAIT);
    assert_int_equal(records[0].end[TRACK_SERVER].state, TRACK_CLOSED);
    assert_false(last_step(1, TRACK_SERVER)->confirmed);
}

static void a_repeated_fin_restarts_the_wait(void **unused)
{
    (void)unused;
    open_connection(4000);
    close_connection(4000);
    now_ns += 50 * SECOND;
    from_server(4000, WIRE_FIN | WIRE_ACK, 1, 2);
    from_client(4000, WIRE_ACK, 2, 2);
    int64_t over_ns = now_ns - SECOND / 100 + 60 * SECOND;
    tracker_advance(tracker, over_ns - 1);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_TIME_WAIT);
    tracker_advance(tracker, over_ns);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_CLOSED);
}

static void stragglers_belong_to_what_was_closed(void **unused)
{
    (void)unused;
    open_connection(4000);
    from_server(4000, WIRE_RST | WIRE_ACK, 1, 1);
    data_from_client(4000, 1, 10);
    assert_int_equal(last.connection, 1);
    from_server(4000, WIRE_RST, 1, 0);
    assert_int_equal(last.connection, 1);
    now_ns += 61 * SECOND;
    data_from_client(4000, 11, 10);
    assert_int_equal(record_count, 1);
    assert_int_equal(last.connection, 2);
    assert_true(last.first_of_connection);
    assert_false(last_has(TRACK_PORT_REUSED));
}

/* --- ICMP --- */

static struct wire_icmp_error quote_syn(uint8_t type, uint8_t code)
{
    struct wire_icmp_error error = {.source = host(1, 4000), .destination = host(2, 80)};
    error.number = ++frame;
    error.time_ns = now_ns += SECOND / 100;
    error.seq = CLIENT_ISS;
    error.reporter_family = family;
    error.type = type;
    error.code = code;
    return error;
}

static void expect_refused(uint8_t type, uint8_t code, bool refused)
{
    from_client(4000, WIRE_SYN, 0, 0);
    struct wire_icmp_error error = quote_syn(type, code);
    tracker_icmp_error(tracker, &error);
    assert_int_equal(last.kind, TRACK_EVENT_ICMP);
    assert_int_equal(last.connection, 1);
    assert_int_equal(last.state[TRACK_CLIENT], refused ? TRACK_CLOSED : TRACK_SYN_SENT);
    tracker_finish(tracker);
    assert_string_equal(path_of(1, TRACK_CLIENT), refused ? "SYN_SENT CLOSED" : "SYN_SENT");
    if (refused) {
        assert_int_equal(last_step(1, TRACK_CLIENT)->cause, TRACK_CAUSE_ICMP);
        assert_int_equal(last_step(1, TRACK_CLIENT)->frame, error.number);
    }
    tear_down(NULL);
    uint8_t same = family;
    set_up(NULL);
    family = same;
}

static void icmp_ends_an_attempt(void **unused)
{
    (void)unused;
    expect_refused(3, 1, true);
    expect_refused(3, 3, true);
    expect_refused(3, 13, true);
    expect_refused(11, 0, true);
    expect_refused(3, 4, false); /* fragmentation needed */
    expect_refused(5, 0, false); /* redirect */
    family = 6;
    expect_refused(1, 4, true); /* port unreachable */
    expect_refused(1, 1, true);
    expect_refused(3, 0, true);
    expect_refused(2, 0, false); /* packet too big */
}

static void icmp_that_does_not_count(void **unused)
{
    (void)unused;
    struct wire_icmp_error stray = quote_syn(3, 3);
    tracker_icmp_error(tracker, &stray); /* of nothing that is known */
    assert_int_equal(tracker_counts(tracker).connections, 0);
    assert_int_equal(tracker_counts(tracker).icmp_errors, 1);
    from_client(4000, WIRE_SYN, 0, 0);
    struct wire_icmp_error forged = quote_syn(3, 3);
    forged.seq += 1; /* not a number in flight */
    tracker_icmp_error(tracker, &forged);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_SYN_SENT);
    from_server(4000, WIRE_SYN | WIRE_ACK, 0, 1);
    from_client(4000, WIRE_ACK, 1, 1);
    struct wire_icmp_error late = quote_syn(3, 3); /* established: no attempt any more */
    tracker_icmp_error(tracker, &late);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_ESTABLISHED);
}

/* The attempt goes on: the error was not believed, and what was presumed is taken back. */
static void an_icmp_that_was_not_believed(void **unused)
{
    (void)unused;
    from_client(4000, WIRE_SYN, 0, 0);
    struct wire_icmp_error error = quote_syn(3, 1);
    tracker_icmp_error(tracker, &error);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_CLOSED);
    from_client(4000, WIRE_SYN, 0, 0);
    assert_int_equal(last.state[TRACK_CLIENT], TRACK_SYN_SENT);
    tracker_finish(tracker);
    assert_string_equal(path_of(1, TRACK_CLIENT), "SYN_SENT");
}

/* --- the order of what is told --- */

static void records_follow_their_transitions(void **unused)
{
    (void)unused;
    for (uint16_t port = 4000; port < 4050; port++)
        open_connection(port);
    for (uint16_t port = 4049; port >= 4000; port -= 2)
        close_connection(port);
    tracker_finish(tracker);
    uint64_t done = 0;
    int64_t times[51] = {0};
    for (size_t i = 0; i < told_count; i++) {
        uint64_t number = told[i].connection;
        assert_true(number > 0 && number <= 50);
        if (told[i].kind == TOLD_TRANSITION) {
            assert_true(number > done);
            assert_true(told[i].transition.time_ns >= times[number]);
            times[number] = told[i].transition.time_ns;
        } else if (told[i].kind == TOLD_RECORD) {
            assert_int_equal(number, done + 1); /* tracker_finish(): by number */
            done = number;
        }
    }
    assert_int_equal(done, 50);
    assert_string_equal(path_of(49, TRACK_SERVER), "SYN_RECEIVED ESTABLISHED");
    assert_string_equal(path_of(50, TRACK_SERVER),
                        "SYN_RECEIVED ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED");
}

/* At every moment, what was told and what is open make the whole list, in time order. */
static void open_transitions_complete_the_list(void **unused)
{
    (void)unused;
    open_connection(4000);
    assert_int_equal(listed, 4);
    for (still_open_max = 1; still_open_max < 3; still_open_max++) {
        data_from_client(4000, 1, 0);
        assert_true(still_open_count <= still_open_max);
    }
    still_open_max = TRACK_MAX_OPEN_TRANSITIONS;
    from_client(4000, WIRE_FIN | WIRE_ACK, 1, 1);
    assert_int_equal(listed, 6);
    from_server(4000, WIRE_ACK, 1, 2);
    assert_int_equal(listed, 7);
    from_server(4000, WIRE_FIN | WIRE_ACK, 1, 2);
    assert_int_equal(listed, 9);
    from_client(4000, WIRE_ACK, 2, 2);
    assert_int_equal(listed, 10);
    for (size_t i = 1; i < still_open_count; i++)
        assert_true(still_open[i].time_ns >= still_open[i - 1].time_ns);
    assert_int_equal(still_open[still_open_count - 1].to, TRACK_CLOSED);
    assert_false(still_open[still_open_count - 1].confirmed);
}

static void a_socket_that_talks_to_itself(void **unused)
{
    (void)unused;
    struct wire_segment segment = {.source = host(1, 7), .destination = host(1, 7)};
    segment.flags = WIRE_SYN;
    segment.seq = 100;
    feed(&segment);
    segment.flags = WIRE_SYN | WIRE_ACK;
    segment.ack = 101;
    feed(&segment);
    segment.flags = WIRE_ACK;
    segment.seq = 101;
    feed(&segment);
    tracker_finish(tracker);
    assert_int_equal(record_count, 1);
    assert_true(records[0].self_connect);
    assert_string_equal(path_of(1, TRACK_CLIENT), "SYN_SENT SYN_RECEIVED ESTABLISHED");
    assert_string_equal(path_of(1, TRACK_SERVER), "");
    assert_int_equal(records[0].end[TRACK_CLIENT].packets, 3);
    assert_int_equal(records[0].end[TRACK_SERVER].packets, 0);
}

/* --- bounds --- */

enum { BOUND = 100, KEPT = 60 };

static unsigned evicted_of_the_first(unsigned count)
{
    unsigned evicted = 0;
    for (uint64_t number = 1; number <= count; number++) {
        const struct track_connection *record = record_of(number);
        assert_non_null(record);
        evicted += record->evicted;
    }
    return evicted;
}

/* The flood comes from one host and many ports; what is established was idle all the while. */
static void flood(bool answered)
{
    restart(BOUND);
    for (uint16_t port = 0; port < KEPT; port++)
        open_connection((uint16_t)(1000 + port));
    for (uint16_t port = 0; port < 5000; port++) {
        from_client((uint16_t)(20000 + port), WIRE_SYN, 0, 0);
        if (answered)
            from_server((uint16_t)(20000 + port), WIRE_SYN | WIRE_ACK, 0, 1);
        assert_true(tracker_counts(tracker).open_connections <= BOUND);
    }
    tracker_finish(tracker);
    assert_int_equal(evicted_of_the_first(KEPT), 0);
    assert_int_equal(tracker_counts(tracker).evicted, KEPT + 5000 - BOUND);
    assert_int_equal(record_count, KEPT + 5000);
}

static void a_flood_evicts_nothing_established(void **unused)
{
    (void)unused;
    flood(false);
}

/* The victim answers each SYN: its SYN-ACK establishes nobody. */
static void nor_does_a_flood_that_is_answered(void **unused)
{
    (void)unused;
    flood(true);
}

static void what_is_closed_goes_first_then_the_longest_idle(void **unused)
{
    (void)unused;
    restart(4);
    open_connection(1);
    open_connection(2);
    open_connection(3);
    open_connection(4);
    from_server(3, WIRE_RST | WIRE_ACK, 1, 1);
    data_from_client(1, 1, 10);
    open_connection(5); /* 3 is closed */
    assert_int_equal(record_count, 1);
    assert_int_equal(records[0].number, 3);
    open_connection(6); /* 2 has been idle longest */
    assert_int_equal(record_count, 2);
    assert_int_equal(records[1].number, 2);
    assert_true(records[1].evicted);
    assert_int_equal(tracker_counts(tracker).evicted, 2);
    data_from_client(2, 1, 10); /* it is met again in the middle */
    assert_int_equal(last.connection, 7);
}

static void observers_may_be_absent(void **unused)
{
    (void)unused;
    static const struct track_observer none = {.event = NULL};
    const struct tracker_options options = {.msl_ns = SECOND};
    tracker_free(tracker);
    tracker = tracker_new(&options, &none, NULL);
    open_connection(4000);
    close_connection(4000);
    tracker_advance(tracker, now_ns + 100 * SECOND);
    open_connection(4001);
    tracker_finish(tracker);
    assert_int_equal(told_count, 0);
    assert_int_equal(tracker_counts(tracker).connections, 2);
    assert_int_equal(tracker_counts(tracker).segments, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(connections_are_numbered_by_their_first_frame),
        TEST(a_refused_port_tries_again),
        TEST(what_is_no_incarnation),
        TEST(time_wait_is_reused),
        TEST(time_wait_ends_when_time_says_so),
        TEST(packets_move_time_as_well),
        TEST(nothing_expires_because_the_file_ended),
        TEST(a_repeated_fin_restarts_the_wait),
        TEST(stragglers_belong_to_what_was_closed),
        TEST(icmp_ends_an_attempt),
        TEST(icmp_that_does_not_count),
        TEST(an_icmp_that_was_not_believed),
        TEST(records_follow_their_transitions),
        TEST(open_transitions_complete_the_list),
        TEST(a_socket_that_talks_to_itself),
        TEST(a_flood_evicts_nothing_established),
        TEST(nor_does_a_flood_that_is_answered),
        TEST(what_is_closed_goes_first_then_the_longest_idle),
        TEST(observers_may_be_absent),
    };
    return cmocka_run_group_tests_name("tracker", tests, NULL, NULL);
}
