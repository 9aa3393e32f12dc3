/* Connections that are frozen between their segments: all is told as if they were not, and their
 * memory goes back. */
#include "config.h"

#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "track/store.h"
#include "track/timers.h"
#include "track/tracker.h"

/* --- the same story, with hardly any connection at hand and with all --- */

/* What an observer was told, as a hash of every value. */
struct heard {
    uint64_t hash;
    unsigned events, transitions, records;
};

static void mix(struct heard *heard, uint64_t value)
{
    heard->hash = (heard->hash ^ value) * UINT64_C(0x100000001b3);
    heard->hash ^= heard->hash >> 29;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct heard *heard = context;
    struct track_transition steps[TRACK_MAX_OPEN_TRANSITIONS];
    size_t count = track_conn_open_transitions(conn, steps, TRACK_MAX_OPEN_TRANSITIONS);
    heard->events++;
    mix(heard, event->frame);
    mix(heard, event->connection);
    mix(heard, event->findings);
    mix(heard, (uint64_t)event->rel_seq);
    mix(heard, (uint64_t)event->rel_ack);
    mix(heard, event->related_frame);
    mix(heard, event->bytes_in_flight);
    mix(heard, event->wireshark);
    mix(heard, event->state[0] * 16u + event->state[1]);
    for (int i = 0; i < TRACK_CHECKS; i++) {
        const struct track_check *check = &event->checks[i];
        mix(heard, check->outcome);
        mix(heard, check->outcome != TRACK_NOT_CHECKED ? check->expected : 0);
    }
    for (size_t i = 0; i < count; i++)
        mix(heard, steps[i].frame * 256 + steps[i].to * 16u + steps[i].from);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *step)
{
    struct heard *heard = context;
    heard->transitions++;
    mix(heard, track_conn_number(conn));
    mix(heard, step->frame);
    mix(heard, step->confirmed_by);
    mix(heard, (uint64_t)step->time_ns);
    mix(heard, step->side + 2u * step->from + 32u * step->to + 512u * step->cause);
    mix(heard, step->confirmed);
}

static void hear_rtt(struct heard *heard, const struct track_rtt *rtt)
{
    mix(heard, rtt->samples);
    mix(heard, (uint64_t)rtt->min_ns);
    mix(heard, (uint64_t)rtt->p95_ns);
}

static void hear_end(struct heard *heard, const struct track_end_record *end)
{
    const struct track_measures *measures = &end->measures;
    mix(heard, end->endpoint.port);
    mix(heard, end->packets);
    mix(heard, end->unique_bytes);
    mix(heard, end->retransmissions + (uint64_t)end->duplicate_acks * 65536);
    mix(heard, end->isn);
    mix(heard, end->mss + (uint64_t)(uint8_t)end->window_scale * 65536 + end->state);
    hear_rtt(heard, &measures->ack);
    hear_rtt(heard, &measures->timestamp);
    mix(heard, measures->lost_by_network);
    mix(heard, measures->missed_by_capture);
    mix(heard, measures->throughput);
    mix(heard, measures->idle_gaps);
    mix(heard, (uint64_t)measures->zero_window_ns);
    mix(heard, measures->window_min + (uint64_t)measures->window_max * 65536);
    mix(heard, measures->in_flight_max);
    for (int state = 0; state < TRACK_STATES; state++)
        mix(heard, (uint64_t)measures->state_ns[state]);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct heard *heard = context;
    heard->records++;
    mix(heard, connection->number);
    mix(heard, connection->frames[0]);
    mix(heard, connection->frames[1]);
    mix(heard, connection->incarnation);
    hear_end(heard, &connection->end[0]);
    hear_end(heard, &connection->end[1]);
    mix(heard, (uint64_t)connection->start_ns);
    mix(heard, (uint64_t)connection->end_ns);
    mix(heard, connection->checks_held + connection->checks_broken * 65536);
    for (int i = 0; i < TRACK_FINDINGS; i++)
        mix(heard, connection->findings[i]);
    mix(heard, connection->open * 8u + connection->close);
    for (const char *letter = connection->zeek_history; *letter != '\0'; letter++)
        mix(heard, (uint8_t)*letter);
}

struct story {
    uint64_t random;
    uint64_t frame;
    int64_t now_ns;
    uint32_t nxt[90][2];
    bool ipv6;
};

static uint32_t roll(struct story *story, uint32_t below)
{
    story->random ^= story->random << 13;
    story->random ^= story->random >> 7;
    story->random ^= story->random << 17;
    return (uint32_t)(story->random >> 20) % below;
}

static struct wire_endpoint end_of(const struct story *story, unsigned conn, unsigned side)
{
    struct wire_endpoint endpoint = {.family = story->ipv6 && conn % 2 == 0 ? 6 : 4,
                                     .port = side == 0 ? (uint16_t)(2000 + conn) : 80};
    endpoint.address[0] = 10;
    endpoint.address[3] = (uint8_t)(1 + side);
    return endpoint;
}

/* Mostly sense: handshakes, data, acks, closes; sometimes none. */
static struct wire_segment next_segment(struct story *story)
{
    static const uint16_t flags[] = {WIRE_ACK,
                                     WIRE_ACK,
                                     WIRE_ACK,
                                     WIRE_ACK,
                                     WIRE_ACK | WIRE_PSH,
                                     WIRE_SYN,
                                     WIRE_SYN | WIRE_ACK,
                                     WIRE_ACK | WIRE_FIN,
                                     WIRE_RST,
                                     WIRE_RST | WIRE_ACK};
    unsigned conn = roll(story, 90), side = roll(story, 2);
    uint32_t *nxt = story->nxt[conn];
    struct wire_segment segment = {
        .number = ++story->frame,
        .source = end_of(story, conn, side),
        .destination = end_of(story, conn, !side),
        .flags = flags[roll(story, 40) < 34 ? roll(story, 8) : roll(story, 10)],
        .seq = nxt[side],
        .ack = nxt[!side],
        .window = (uint16_t)(roll(story, 8) == 0 ? 0 : 501)};
    segment.time_ns = story->now_ns += roll(story, 100) == 0 ? 2000000000 : roll(story, 3000000);
    if ((segment.flags & WIRE_SYN) != 0 && roll(story, 3) == 0)
        segment.seq = nxt[side] = roll(story, UINT32_MAX);
    if ((segment.flags & (WIRE_SYN | WIRE_RST)) == 0 && roll(story, 2) == 0)
        segment.payload_bytes = 1 + roll(story, 1448);
    if (roll(story, 8) == 0)
        segment.seq -= roll(story, 3000);
    if (roll(story, 8) == 0)
        segment.ack -= roll(story, 3000);
    if (conn % 3 == 0) {
        segment.options.present = WIRE_OPTION_TIMESTAMPS;
        segment.options.timestamp_value = (uint32_t)(segment.time_ns / 1000000);
        segment.options.timestamp_echo = segment.options.timestamp_value - roll(story, 5);
    }
    if (roll(story, 16) == 0 && (segment.flags & WIRE_SYN) == 0) {
        segment.options.present |= WIRE_OPTION_SACK;
        segment.options.sack_blocks = 1;
        segment.options.sack[0].left = segment.ack + 1000;
        segment.options.sack[0].right = segment.ack + 1000 + roll(story, 2000);
    }
    if (roll(story, 8) != 0)
        nxt[side] = segment.seq + segment.payload_bytes + ((segment.flags & WIRE_SYN) != 0) +
                    ((segment.flags & WIRE_FIN) != 0);
    return segment;
}

static struct heard tell(uint64_t seed, size_t warm, size_t max_connections)
{
    static const struct track_observer observer = {
        .event = on_event, .transition = on_transition, .connection = on_connection};
    const struct tracker_options options = {.msl_ns = INT64_C(5000000000),
                                            .max_connections = max_connections,
                                            .warm = warm,
                                            .hash_seed = seed * warm,
                                            .wireshark = seed % 2 == 0};
    struct heard heard = {0};
    struct story story = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
                          .now_ns = INT64_C(1700000000000000000),
                          .ipv6 = seed % 3 == 0};
    struct tracker *tracker = tracker_new(&options, &observer, &heard);
    for (unsigned i = 0; i < 20000; i++) {
        struct wire_segment segment = next_segment(&story);
        tracker_segment(tracker, &segment);
    }
    tracker_finish(tracker);
    tracker_free(tracker);
    return heard;
}

static void freezing_changes_nothing(void **unused)
{
    (void)unused;
    static const size_t bounds[] = {0, 1, 20, 60};
    for (uint64_t seed = 1; seed <= 8; seed++) {
        size_t bound = bounds[seed % 4];
        struct heard all = tell(seed, 0, bound), few = tell(seed, 2, bound);
        assert_true(all.events >= 20000);
        assert_true(all.records > 90);
        assert_int_equal(few.events, all.events);
        assert_int_equal(few.transitions, all.transitions);
        assert_int_equal(few.records, all.records);
        assert_true(few.hash == all.hash);
    }
}

/* --- memory --- */

static uint32_t add_opened(struct conn_store *store, uint16_t port)
{
    store_turn(store);
    struct track_conn *conn = store_add(store);
    conn->endpoint[0] = (struct wire_endpoint){.family = 4, .port = port};
    conn->endpoint[1] = (struct wire_endpoint){.family = 4, .port = 80};
    conn->number = conn->id;
    conn->start_ns = conn->end_ns = INT64_C(1700000000000000000);
    return conn->id;
}

static void memory_goes_back(void **unused)
{
    (void)unused;
    enum { CONNS = 20000 };
    static uint32_t ids[CONNS];
    struct conn_store *store = store_new(64);
    size_t first = 0;
    for (int round = 0; round < 4; round++) {
        for (unsigned i = 0; i < CONNS; i++)
            ids[i] = add_opened(store, (uint16_t)i);
        assert_int_equal(store_count(store), CONNS);
        assert_true(store_bytes(store) < CONNS * sizeof(struct track_conn) / 4);
        for (unsigned i = 0; i < CONNS; i++) {
            store_turn(store);
            struct track_conn *conn = store_get(store, ids[i * 7919u % CONNS]);
            assert_int_equal(conn->id, conn->number);
            assert_int_equal(conn->endpoint[0].port, (uint16_t)(i * 7919u % CONNS));
            store_drop(store, conn);
        }
        assert_int_equal(store_count(store), 0);
        first = round == 0 ? store_bytes(store) : first;
        assert_true(store_bytes(store) <= first);
        assert_true(store_bytes(store) < 1 << 20);
    }
    store_free(store);
}

static void in_order(void **unused)
{
    (void)unused;
    struct conn_store *store = store_new(4);
    for (uint16_t i = 0; i < 500; i++) {
        struct track_conn *conn = store_get(store, add_opened(store, i));
        conn->number = 1000 - conn->id;
        conn->last_frame = (uint64_t)i * i * 1000003 % 7919 + 1; /* some twice */
        conn->age = i % 2 == 0 ? CONN_COMPLETE : CONN_HALF_OPEN;
    }
    size_t count, seen = 0;
    uint64_t before = 0;
    struct store_brief brief;
    uint32_t *ids = store_by_number(store, &count);
    for (size_t i = 0; i < count; i++)
        if (ids[i] != 0) {
            assert_true(store_brief(store, ids[i], &brief) && brief.number > before);
            before = brief.number;
            seen++;
        }
    assert_int_equal(seen, 500);
    free(ids);
    ids = store_by_last_frame(store, CONN_COMPLETE, &count);
    before = seen = 0;
    for (size_t i = 0; i < count; i++)
        if (ids[i] != 0) {
            assert_true(store_brief(store, ids[i], &brief) && brief.age == CONN_COMPLETE);
            assert_true(brief.last_frame >= before);
            before = brief.last_frame;
            seen++;
        }
    assert_int_equal(seen, 250);
    free(ids);
    store_free(store);
}

/* --- timers --- */

static bool is_even(void *unused, const struct timer_entry *entry)
{
    (void)unused;
    return entry->id % 2 == 0;
}

static void timers_stay_in_order(void **unused)
{
    (void)unused;
    struct timer_queue queue = {0};
    assert_null(timers_first(&queue));
    for (uint32_t i = 0; i < 1000; i++) {
        timers_add(&queue, &(struct timer_entry){.start_ns = i / 3 * 10 + i % 3 * 15, .id = i});
        if (i % 5 == 4)
            timers_drop_first(&queue);
    }
    timers_sift(&queue, is_even, NULL);
    int64_t before_ns = 0;
    uint32_t before_id = 0;
    size_t count = 0;
    for (const struct timer_entry *entry; (entry = timers_first(&queue)) != NULL; count++) {
        assert_true(entry->start_ns >= before_ns && entry->id % 2 == 0);
        /* of two that are equal the one that was added first */
        assert_true(entry->start_ns > before_ns || count == 0 || entry->id > before_id);
        before_ns = entry->start_ns;
        before_id = entry->id;
        timers_drop_first(&queue);
    }
    assert_int_equal(count, 400);
    timers_free(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freezing_changes_nothing),
        cmocka_unit_test(memory_goes_back),
        cmocka_unit_test(in_order),
        cmocka_unit_test(timers_stay_in_order),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
