/* view: what a timeline keeps, folds and forgets. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "fake_conn.h"
#include "fake_life.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

static struct view_item item_at(const struct fake_life *life, size_t index)
{
    struct view_item item;
    assert_true(index < view_timeline_count(life->timeline));
    view_timeline_item(life->timeline, index, &item);
    return item;
}

/* Items must tell of frames first to last: each event one, each fold as many as it counts. */
static void check_covers(const struct fake_life *life, uint64_t last)
{
    uint64_t frame = 0;
    for (size_t i = 0; i < view_timeline_count(life->timeline); i++) {
        struct view_item item = item_at(life, i);
        if (item.kind == VIEW_ITEM_FOLD) {
            assert_true(item.fold.segments > 0);
            frame += item.fold.segments;
        } else {
            assert_int_equal(item.event.frame, ++frame);
        }
    }
    assert_int_equal(frame, last);
}

#define SAME(member) assert_memory_equal(&item.event.member, &event->member, sizeof event->member)

static void an_event_comes_back_as_it_was(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    fake_life_handshake(&life);
    fake_life_make(&life, 10, S, WIRE_FIN | WIRE_ACK | WIRE_AE, 77);
    struct track_event *event = &life.last;
    event->findings = 1u << TRACK_DUPLICATE_ACK | (track_finding_set)1 << TRACK_DATA_AFTER_CLOSE;
    event->duplicate_ack_number = 3;
    event->related_frame = 2;
    event->bytes_in_flight = 9;
    event->urgent = 4;
    event->state[C] = TRACK_TIME_WAIT;
    event->state[S] = TRACK_LAST_ACK;
    event->certainty[C] = TRACK_SEEN;
    event->certainty[S] = TRACK_INFERRED;
    event->checks[TRACK_CHECK_ACK].outcome = TRACK_BREAKS;
    event->checks[TRACK_CHECK_ACK].expected--;
    event->checks[TRACK_CHECK_CHECKSUM].outcome = TRACK_CANNOT_KNOW;
    event->ack_sum = (struct track_sum){event->ack - 12, 10, 1, 1, true};
    event->options.present = WIRE_OPTION_SACK;
    event->options.sack_blocks = 2;
    event->options.sack[0].left = event->ack + 10;
    event->options.sack[0].right = event->ack + 20;
    event->options.sack[1].left = event->ack - 5; /* a D-SACK */
    event->options.sack[1].right = event->ack - 1;
    fake_life_tell(&life);
    fake_life_end(&life);
    struct view_item item = item_at(&life, 3);
    SAME(options.sack);
    SAME(frame);
    SAME(time_ns);
    SAME(connection);
    SAME(rel_seq);
    SAME(rel_ack);
    SAME(related_frame);
    SAME(findings);
    SAME(seq);
    SAME(ack);
    SAME(payload_bytes);
    SAME(window_bytes);
    SAME(ack_sum.base);
    SAME(ack_sum.bytes);
    SAME(ack_sum.syn);
    SAME(ack_sum.fin);
    SAME(ack_sum.known);
    for (unsigned i = 0; i < TRACK_CHECKS; i++)
        SAME(checks[i].outcome);
    SAME(checks[TRACK_CHECK_SEQ].expected);
    SAME(checks[TRACK_CHECK_ACK].expected);
    SAME(checks[TRACK_CHECK_ACK].seen);
    SAME(duplicate_ack_number);
    SAME(bytes_in_flight);
    SAME(flags);
    SAME(window);
    SAME(urgent);
    SAME(kind);
    SAME(sender);
    SAME(state);
    SAME(certainty);
    SAME(rel_seq_known);
    SAME(rel_ack_known);
    SAME(window_scale_known);
    SAME(first_of_connection);
    event->kind = TRACK_EVENT_ICMP;
    fake_life_tell(&life);
    item = item_at(&life, 4);
    SAME(kind);
    SAME(options.present);
    SAME(options.mss);
    SAME(options.window_scale);
    SAME(options.sack_blocks);
    fake_life_free(&life);
}

static void the_middle_folds(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(5, 3);
    fake_life_handshake(&life);
    for (unsigned i = 0; i < 100; i++) {
        fake_life_make(&life, 1, S, WIRE_ACK, 10);
        life.last.findings = i % 10 == 0 ? 1u << TRACK_FAST_RETRANSMISSION : 0;
        fake_life_tell(&life);
        check_covers(&life, life.frame);
        assert_true(view_timeline_kept(life.timeline) <= 8);
    }
    assert_int_equal(view_timeline_count(life.timeline), 5 + 1 + 3);
    struct view_item item = item_at(&life, 5);
    assert_int_equal(item.kind, VIEW_ITEM_FOLD);
    assert_int_equal(item.fold.segments, 95);
    assert_int_equal(item.fold.payload_bytes, 950);
    assert_int_equal(item.fold.retransmissions, 9); /* the tenth, the first, is shown */
    assert_int_equal(item.fold.end_ns, life.time_ns - 3000);
    assert_int_equal(item_at(&life, 8).event.frame, 103);
    fake_life_free(&life);
}

/* What opens, closes or moves a connection stays in sight, up to a bound. */
static void notable_segments_stay(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(1, 1);
    for (unsigned i = 0; i < 60; i++) {
        fake_life_make(&life, 1, C, i % 10 == 5 ? WIRE_FIN | WIRE_ACK : WIRE_ACK, 1);
        life.last.state[S] = i < 30 ? TRACK_ESTABLISHED : TRACK_CLOSE_WAIT;
        fake_life_tell(&life);
        check_covers(&life, life.frame);
    }
    unsigned fins = 0, moved = 0;
    for (size_t i = 0; i < view_timeline_count(life.timeline); i++) {
        struct view_item item = item_at(&life, i);
        fins += item.kind == VIEW_ITEM_EVENT && (item.event.flags & WIRE_FIN);
        moved += item.kind == VIEW_ITEM_EVENT && item.event.frame == 31;
    }
    assert_int_equal(fins, 6);
    assert_int_equal(moved, 1);
    for (unsigned i = 0; i < 100; i++)
        fake_life_segment(&life, 1, C, WIRE_RST, 0);
    check_covers(&life, life.frame);
    assert_int_equal(view_timeline_kept(life.timeline), 1 + 8 + 1); /* fake_life: 8 between */
    fake_life_free(&life);
}

static void dropped_events_are_still_counted(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    fake_life_handshake(&life);
    for (unsigned i = 0; i < 20; i++)
        fake_life_segment(&life, 1, S, WIRE_ACK, 10);
    uint64_t generation = view_timeline_generation(life.timeline);
    view_timeline_drop_events(life.timeline);
    assert_true(view_timeline_generation(life.timeline) != generation);
    assert_int_equal(view_timeline_kept(life.timeline), 0);
    check_covers(&life, 23);
    struct view_item item = item_at(&life, 0);
    assert_int_equal(item.fold.payload_bytes, 200);
    for (unsigned i = 0; i < 10; i++) {
        fake_life_segment(&life, 1, S, WIRE_ACK, 10);
        check_covers(&life, life.frame);
    }
    assert_int_equal(view_timeline_kept(life.timeline), 4);
    fake_life_free(&life);
}

static struct track_transition move(enum track_side side, enum track_state from,
                                    enum track_state to)
{
    return (struct track_transition){.side = (uint8_t)side,
                                     .from = (uint8_t)from,
                                     .to = (uint8_t)to,
                                     .cause = TRACK_CAUSE_SENT_SYN};
}

/* Open transitions follow the final ones and are replaced as the tracker learns. */
static void open_transitions_follow(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    struct track_conn conn = fake_conn();
    conn.open_transitions[0] = move(C, TRACK_CLOSED, TRACK_SYN_SENT);
    conn.open_transitions[1] = move(S, TRACK_LISTEN, TRACK_SYN_RECEIVED);
    conn.open_transition_count = 2;
    fake_life_make(&life, 0, C, WIRE_SYN, 0);
    view_timeline_event(life.timeline, &conn, &life.last);
    view_timeline_transition(life.timeline, &conn.open_transitions[0]);
    size_t count;
    const struct track_transition *list = view_timeline_transitions(life.timeline, &count);
    assert_int_equal(count, 2);
    assert_int_equal(list[0].to, TRACK_SYN_SENT);
    assert_int_equal(list[1].to, TRACK_SYN_RECEIVED);
    conn.open_transitions[0] = move(S, TRACK_LISTEN, TRACK_CLOSED); /* it was revised */
    conn.open_transition_count = 1;
    view_timeline_event(life.timeline, &conn, &life.last);
    list = view_timeline_transitions(life.timeline, &count);
    assert_int_equal(count, 2);
    assert_int_equal(list[1].to, TRACK_CLOSED);
    assert_false(view_timeline_ended(life.timeline));
    fake_life_end(&life);
    view_timeline_transitions(life.timeline, &count);
    assert_int_equal(count, 1);
    assert_true(view_timeline_ended(life.timeline));
    fake_life_free(&life);
}

static void transitions_are_bounded(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(1, 1);
    for (unsigned i = 0; i < 100000; i++)
        fake_life_move(&life, C, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    size_t count;
    view_timeline_transitions(life.timeline, &count);
    assert_in_range(count, 1, 1000);
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_comes_back_as_it_was),
        cmocka_unit_test(the_middle_folds),
        cmocka_unit_test(notable_segments_stay),
        cmocka_unit_test(dropped_events_are_still_counted),
        cmocka_unit_test(open_transitions_follow),
        cmocka_unit_test(transitions_are_bounded),
    };
    return cmocka_run_group_tests_name("view_timeline", tests, NULL, NULL);
}
