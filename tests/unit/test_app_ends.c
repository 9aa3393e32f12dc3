/* app: the same segment known again at the other end of a wire. */
#include "config.h"

#include "support.h"

#include "app/ends.h"

static struct wire_segment segment(uint64_t number, bool from_client, uint32_t seq, int64_t time_ns)
{
    struct wire_segment made = {
        .number = number, .time_ns = time_ns, .seq = seq, .flags = WIRE_ACK};
    struct wire_endpoint client = {.family = 4, .port = 40000, .address = {10, 0, 0, 1}};
    struct wire_endpoint server = {.family = 4, .port = 80, .address = {10, 0, 0, 2}};
    made.source = from_client ? client : server;
    made.destination = from_client ? server : client;
    return made;
}

static bool seen(struct app_ends *ends, unsigned end, struct wire_segment made,
                 struct track_passage *passage)
{
    return app_ends_seen(ends, end, &made, passage);
}

/* Whichever end sends: sent where it was first, received where it came to; the frame is the first
 * end's. */
static void both_directions(void **state)
{
    (void)state;
    struct app_ends *ends = app_ends_new();
    struct track_passage passage;
    assert_false(seen(ends, 0, segment(7, true, 1, 100), &passage));
    assert_true(seen(ends, 1, segment(1, true, 1, 150), &passage));
    assert_true(passage.frame == 7 && passage.sent_ns == 100 && passage.received_ns == 150);
    assert_false(seen(ends, 1, segment(2, false, 1, 160), &passage));
    assert_true(seen(ends, 0, segment(8, false, 1, 210), &passage));
    assert_true(passage.frame == 8 && passage.sent_ns == 160 && passage.received_ns == 210);
    app_ends_free(ends);
}

/* Two that are alike: the first is taken for the first; another number is another segment. */
static void the_first_is_the_first(void **state)
{
    (void)state;
    struct app_ends *ends = app_ends_new();
    struct track_passage passage;
    seen(ends, 0, segment(1, true, 5, 10), &passage);
    seen(ends, 0, segment(2, true, 5, 20), &passage);
    assert_false(seen(ends, 1, segment(1, true, 6, 30), &passage));
    assert_true(seen(ends, 1, segment(2, true, 5, 31), &passage));
    assert_int_equal(passage.frame, 1);
    assert_true(seen(ends, 1, segment(3, true, 5, 32), &passage));
    assert_int_equal(passage.frame, 2);
    assert_false(seen(ends, 1, segment(4, true, 5, 33), &passage));
    app_ends_free(ends);
}

/* What left and never came: only of the first end's own, when it is known which those are. */
static void what_never_came_is_lost(void **state)
{
    (void)state;
    struct app_ends *ends = app_ends_new();
    struct track_passage passage;
    seen(ends, 0, segment(1, true, 1, 10), &passage);
    assert_true(seen(ends, 1, segment(1, true, 1, 11), &passage));
    seen(ends, 0, segment(2, true, 2, 20), &passage);
    seen(ends, 0, segment(3, false, 1, 21), &passage); /* the other end's capture missed it */
    assert_true(app_ends_lost(ends, &passage));
    assert_int_equal(passage.frame, 2);
    assert_int_equal(passage.received_ns, TRACK_NEVER_RECEIVED);
    assert_false(app_ends_lost(ends, &passage));
    app_ends_free(ends);
}

/* However many wait, memory stays the same, and the newest are known. */
static void many_wait(void **state)
{
    (void)state;
    struct app_ends *ends = app_ends_new();
    struct track_passage passage;
    for (uint32_t i = 0; i < 3 * APP_ENDS_WAIT; i++)
        seen(ends, 0, segment(i + 1, true, i, i), &passage);
    assert_false(seen(ends, 1, segment(1, true, 0, 99999), &passage));
    assert_true(seen(ends, 1, segment(2, true, 3 * APP_ENDS_WAIT - 1, 99999), &passage));
    app_ends_free(ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_directions),
        cmocka_unit_test(the_first_is_the_first),
        cmocka_unit_test(what_never_came_is_lost),
        cmocka_unit_test(many_wait),
    };
    return cmocka_run_group_tests_name("app_ends", tests, NULL, NULL);
}
