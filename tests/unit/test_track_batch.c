/* Segments handed over in batches are told as if each had come alone, also when connections end,
 * are evicted and come back in the middle of a batch. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "track/tracker.h"

#define SECOND INT64_C(1000000000)
#define SEGMENTS 20000
#define MOST 32

/* All that was told, one line of numbers each. */
struct log {
    struct line {
        uint64_t what, connection, frame, a, b;
        int64_t time_ns;
    } * lines;
    size_t count, capacity;
};

static void add_line(struct log *log, struct line line)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity * 2 + 1024;
        log->lines = realloc(log->lines, log->capacity * sizeof *log->lines);
        assert_non_null(log->lines);
    }
    log->lines[log->count++] = line;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)conn;
    uint64_t states = (uint64_t)event->state[0] << 8 | event->state[1];
    add_line(context, (struct line){0, event->connection, event->frame, states, event->findings,
                                    event->time_ns});
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    uint64_t states = (uint64_t)transition->from << 8 | transition->to;
    add_line(context, (struct line){1, track_conn_number(conn), transition->frame, states,
                                    transition->cause, transition->time_ns});
}

static void on_connection(void *context, const struct track_connection *connection)
{
    add_line(context,
             (struct line){2, connection->number, connection->frames[1], connection->end[0].packets,
                           connection->end[1].unique_bytes, connection->end_ns});
}

/* Nothing may depend on it. */
static void on_expect(void *context, uint64_t connection)
{
    (void)context;
    assert_true(connection > 0);
}

/* Few 4-tuples and few sequence numbers, so that they meet; seconds go by now and then. */
static void make_segments(struct wire_segment *segments)
{
    static const uint16_t flags[] = {WIRE_SYN, WIRE_SYN | WIRE_ACK, WIRE_ACK,
                                     WIRE_ACK, WIRE_ACK | WIRE_PSH, WIRE_ACK | WIRE_FIN,
                                     WIRE_RST, WIRE_RST | WIRE_ACK};
    struct random random = {7};
    int64_t now_ns = 1700000000 * SECOND;
    for (size_t i = 0; i < SEGMENTS; i++) {
        struct wire_segment *segment = &segments[i];
        struct wire_endpoint ends[2] = {{.address = {10, 0, 0, 1}, .family = 4},
                                        {.address = {10, 0, 0, 2}, .port = 80, .family = 4}};
        ends[0].port = (uint16_t)(1000 + random_below(&random, 40));
        bool back = random_chance(&random, 500);
        now_ns += random_chance(&random, 20) ? 20 * SECOND : 1000;
        memset(segment, 0, sizeof *segment);
        segment->number = i + 1;
        segment->time_ns = now_ns;
        segment->source = ends[back];
        segment->destination = ends[!back];
        segment->seq = 100 + random_below(&random, 4);
        segment->ack = 100 + random_below(&random, 4);
        segment->payload_bytes = random_chance(&random, 300) ? 1 : 0;
        segment->flags = flags[random_below(&random, sizeof flags / sizeof flags[0])];
        segment->window = 1000;
        segment->header_bytes = 20;
    }
}

static void take_batch(struct tracker *tracker, const struct wire_segment *segments, size_t count)
{
    tracker_flow flows[MOST];
    for (size_t i = 0; i < count; i++)
        flows[i] = tracker_expect(tracker, &segments[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expect_more(tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expect_rest(tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expect_told(tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expected_segment(tracker, &segments[i], flows[i]);
}

/* most: of a batch; 0: each alone. */
static struct log run(const struct wire_segment *segments, size_t most)
{
    static const struct track_observer observer = {.event = on_event,
                                                   .transition = on_transition,
                                                   .connection = on_connection,
                                                   .expect = on_expect};
    const struct tracker_options options = {
        .msl_ns = 30 * SECOND, .max_connections = 25, .hash_seed = most};
    struct log log = {NULL, 0, 0};
    struct tracker *tracker = tracker_new(&options, &observer, &log);
    struct random random = {most};
    for (size_t i = 0, count; i < SEGMENTS; i += count) {
        count = most == 0 ? 1 : random_below(&random, (uint32_t)most + 1);
        if (i + count > SEGMENTS)
            count = SEGMENTS - i;
        if (most == 0)
            tracker_segment(tracker, &segments[i]);
        else
            take_batch(tracker, &segments[i], count);
    }
    tracker_finish(tracker);
    tracker_free(tracker);
    return log;
}

static void batches_change_nothing(void **unused)
{
    (void)unused;
    struct wire_segment *segments = calloc(SEGMENTS, sizeof *segments);
    assert_non_null(segments);
    make_segments(segments);
    struct log alone = run(segments, 0);
    assert_true(alone.count > SEGMENTS);
    for (size_t most = 1; most <= MOST; most += most < 4 ? 1 : 7) {
        struct log batched = run(segments, most);
        assert_int_equal(batched.count, alone.count);
        assert_memory_equal(batched.lines, alone.lines, alone.count * sizeof *alone.lines);
        free(batched.lines);
    }
    free(alone.lines);
    free(segments);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(batches_change_nothing)};
    return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
