/* view: a timeline as it was at a moment of its life. */
#include "config.h"

#include "support.h"

#include "fake_conn.h"
#include "fake_life.h"
#include "view/cut.h"

#define SECOND INT64_C(1000000000)
#define TIME_WAIT_NS (60 * SECOND)

static struct view_moment after(const struct fake_life *life, uint64_t frame)
{
    return (struct view_moment){frame, life->time_ns};
}

/* Handshake (frames 1 to 3), data, a FIN from each end; the client stays in TIME_WAIT. */
static struct fake_life whole_life(void)
{
    struct fake_life life = fake_life_new(100, 100);
    fake_life_handshake(&life);
    fake_life_segment(&life, 1000, TRACK_CLIENT, WIRE_ACK | WIRE_PSH, 100);
    fake_life_segment(&life, 1000, TRACK_CLIENT, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(&life, TRACK_CLIENT, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    fake_life_move(&life, TRACK_SERVER, TRACK_ESTABLISHED, TRACK_CLOSE_WAIT,
                   TRACK_CAUSE_RECEIVED_FIN);
    fake_life_segment(&life, 1000, TRACK_SERVER, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(&life, TRACK_SERVER, TRACK_CLOSE_WAIT, TRACK_LAST_ACK, TRACK_CAUSE_SENT_FIN);
    fake_life_move(&life, TRACK_CLIENT, TRACK_FIN_WAIT_1, TRACK_TIME_WAIT,
                   TRACK_CAUSE_RECEIVED_FIN);
    fake_life_end(&life);
    return life;
}

static void check_states(const struct view_timeline *cut, enum track_state client,
                         enum track_state server)
{
    const struct track_connection *record = view_timeline_record(cut);
    assert_int_equal(record->end[TRACK_CLIENT].state, client);
    assert_int_equal(record->end[TRACK_SERVER].state, server);
}

static void cuts_before_the_first_frame(void **state)
{
    (void)state;
    struct fake_life life = whole_life();
    assert_null(view_cut(life.timeline, after(&life, 0), TIME_WAIT_NS));
    fake_life_free(&life);
}

static void cuts_keep_what_had_happened(void **state)
{
    (void)state;
    struct fake_life life = whole_life();
    struct view_timeline *cut = view_cut(life.timeline, after(&life, 4), TIME_WAIT_NS);
    size_t transitions;
    view_timeline_transitions(cut, &transitions);
    assert_int_equal(view_timeline_count(cut), 4);
    assert_int_equal(transitions, 4);
    check_states(cut, TRACK_ESTABLISHED, TRACK_ESTABLISHED);
    assert_int_equal(view_timeline_record(cut)->end[TRACK_CLIENT].packets, 3);
    assert_int_equal(view_timeline_record(cut)->end[TRACK_CLIENT].payload_bytes, 100);
    assert_int_equal(view_timeline_record(cut)->close, TRACK_CLOSE_OPEN);
    assert_true(view_timeline_generation(cut) != view_timeline_generation(life.timeline));
    view_timeline_free(cut);
    fake_life_free(&life);
}

static void states_before_the_first_step_are_known(void **state)
{
    (void)state;
    struct fake_life life = whole_life();
    struct view_timeline *cut = view_cut(life.timeline, after(&life, 1), TIME_WAIT_NS);
    assert_int_equal(view_timeline_count(cut), 1);
    assert_int_equal(view_timeline_record(cut)->end[TRACK_CLIENT].state, TRACK_SYN_SENT);
    view_timeline_free(cut);
    fake_life_free(&life);
}

static void time_wait_ends_by_the_clock(void **state)
{
    (void)state;
    struct fake_life life = whole_life();
    int64_t over_ns;
    assert_true(view_cut_expiry(life.timeline, TRACK_CLIENT, TIME_WAIT_NS, &over_ns));
    assert_false(view_cut_expiry(life.timeline, TRACK_SERVER, TIME_WAIT_NS, &(int64_t){0}));
    assert_int_equal(over_ns, life.time_ns + TIME_WAIT_NS);
    struct view_moment moment = {6, over_ns - 1};
    struct view_timeline *cut = view_cut(life.timeline, moment, TIME_WAIT_NS);
    check_states(cut, TRACK_TIME_WAIT, TRACK_LAST_ACK);
    view_timeline_free(cut);
    moment.time_ns = over_ns;
    cut = view_cut(life.timeline, moment, TIME_WAIT_NS);
    check_states(cut, TRACK_CLOSED, TRACK_LAST_ACK);
    view_timeline_free(cut);
    fake_life_free(&life);
}

static uint64_t segments_in(const struct view_timeline *timeline)
{
    struct view_fold all = {0};
    for (size_t i = 0; i < view_timeline_count(timeline); i++) {
        struct view_item item;
        view_timeline_item(timeline, i, &item);
        view_fold_add(&all, &item);
    }
    return all.segments;
}

/* With folds, notable segments between and a ring that has turned: at each moment the segments are
 * those that came before, but that a run counts only when it is over. */
static void cuts_go_through_folds(void **state)
{
    (void)state;
    struct view_timeline_options options = {.first = 3, .last = 3, .between = 4};
    struct fake_life life = fake_life_new(3, 3);
    view_timeline_free(life.timeline);
    life.timeline = view_timeline_new(&options);
    int64_t times[32];
    for (uint64_t frame = 1; frame < 30; frame++) {
        unsigned flags = frame % 9 == 0 ? WIRE_RST : WIRE_ACK;
        fake_life_segment(&life, 1000, TRACK_CLIENT, flags, 10);
        times[frame] = life.time_ns;
    }
    uint64_t before = 0;
    for (uint64_t frame = 1; frame < 30; frame++) {
        struct view_moment moment = {frame, times[frame]};
        struct view_timeline *cut = view_cut(life.timeline, moment, TIME_WAIT_NS);
        uint64_t now = segments_in(cut);
        assert_true(now <= frame && now >= before);
        if (frame <= 3 || frame == 9 || frame == 18 || frame >= 26)
            assert_int_equal(now, frame);
        before = now;
        view_timeline_free(cut);
    }
    fake_life_free(&life);
}

static void cuts_keep_the_calls_that_were_made(void **state)
{
    (void)state;
    struct fake_life life = whole_life();
    struct track_call call = {.text = "connect()", .time_ns = life.time_ns - 10};
    view_timeline_call(life.timeline, TRACK_CLIENT, &call);
    call.time_ns = life.time_ns + 10;
    view_timeline_call(life.timeline, TRACK_CLIENT, &call);
    struct view_timeline *cut = view_cut(life.timeline, after(&life, 6), TIME_WAIT_NS);
    size_t count;
    view_timeline_calls(cut, &count);
    assert_int_equal(count, 1);
    view_timeline_free(cut);
    view_timeline_calls(life.timeline, &count);
    assert_int_equal(count, 2);
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_before_the_first_frame),
        cmocka_unit_test(cuts_keep_what_had_happened),
        cmocka_unit_test(states_before_the_first_step_are_known),
        cmocka_unit_test(time_wait_ends_by_the_clock),
        cmocka_unit_test(cuts_go_through_folds),
        cmocka_unit_test(cuts_keep_the_calls_that_were_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
