/* view: which segments a ladder draws as lost, repeated, overtaken or ignored, what it takes back,
 * and where its sections begin. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "base/strbuf.h"
#include "fake_conn.h"
#include "fake_life.h"
#include "view/cut.h"
#include "view/fate.h"
#include "view/ladder.h"
#include "view/segment_parts.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER
#define BIT(finding) ((track_finding_set)1 << (finding))

static bool is_lost(struct fake_life *life, size_t step)
{
    struct view_steps steps;
    view_steps_make(&steps, life->timeline);
    bool lost = view_fate_is_lost(&steps, &life->record, step);
    view_steps_free(&steps);
    return lost;
}

/* The last segment once more, after_us later. */
static void repeat(struct fake_life *life, int64_t after_us, enum track_finding finding)
{
    struct track_event again = life->last;
    fake_life_make(life, after_us, (enum track_side)again.sender, again.flags, 0);
    again.related_frame = again.frame;
    again.frame = life->last.frame;
    again.time_ns = life->last.time_ns;
    again.findings = BIT(finding);
    life->last = again;
    fake_life_tell(life);
}

static struct fake_life established(void)
{
    struct fake_life life = fake_life_new(32, 32);
    fake_life_handshake(&life);
    life.record.handshake_server_ns = 20000000;
    life.record.handshake_client_ns = 0;
    return life;
}

static void data_sent_again_was_lost(void **state)
{
    (void)state;
    struct fake_life life = established();
    fake_life_segment(&life, 100, C, WIRE_ACK, 50);
    repeat(&life, 230000, TRACK_TIMEOUT_RETRANSMISSION);
    assert_true(is_lost(&life, 3));
    assert_false(is_lost(&life, 4));
    fake_life_free(&life);
}

/* A copy a moment later was made on the way, not by a sender who missed an answer. */
static void a_copy_at_once_says_nothing(void **state)
{
    (void)state;
    struct fake_life life = established();
    fake_life_segment(&life, 100, C, WIRE_ACK, 50);
    repeat(&life, 22, TRACK_RETRANSMISSION);
    assert_false(is_lost(&life, 3));
    fake_life_free(&life);
}

/* The FIN that comes again was not acknowledged: its ACK is the one that was lost. */
static void ack_of_a_fin_that_comes_again(void **state)
{
    (void)state;
    struct fake_life life = established();
    fake_life_segment(&life, 100, S, WIRE_FIN | WIRE_ACK, 0);
    struct track_event fin = life.last;
    fake_life_segment(&life, 10, C, WIRE_ACK, 0);
    assert_false(is_lost(&life, 4));
    life.last = fin;
    repeat(&life, 220000, TRACK_FIN_RETRANSMISSION);
    assert_true(is_lost(&life, 4));
    assert_false(is_lost(&life, 3));
    fake_life_free(&life);
}

static void manners(void **state)
{
    (void)state;
    const struct {
        track_finding_set findings;
        enum view_manner manner;
    } cases[] = {{0, VIEW_MANNER_PLAIN},
                 {BIT(TRACK_DUPLICATE_ACK), VIEW_MANNER_PLAIN},
                 {BIT(TRACK_FAST_RETRANSMISSION), VIEW_MANNER_REPEATED},
                 {BIT(TRACK_OUT_OF_ORDER), VIEW_MANNER_OUT_OF_ORDER},
                 {BIT(TRACK_IGNORED_RST), VIEW_MANNER_IGNORED},
                 {BIT(TRACK_UNACCEPTABLE) | BIT(TRACK_RETRANSMISSION), VIEW_MANNER_IGNORED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct track_event event = {.findings = cases[i].findings};
        assert_int_equal(view_fate_manner(&event), cases[i].manner);
    }
}

/* The third ACK was thought to open the server; the SYN,ACK that comes again says otherwise. */
static void what_is_taken_back(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(8, 8);
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    fake_life_move(&life, C, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    fake_life_move(&life, S, TRACK_LISTEN, TRACK_SYN_RECEIVED, TRACK_CAUSE_RECEIVED_SYN);
    fake_life_make(&life, 100, C, WIRE_ACK, 0);
    life.last.state[S] = TRACK_ESTABLISHED;
    fake_life_tell(&life);
    fake_life_make(&life, 1000000, S, WIRE_SYN | WIRE_ACK, 0);
    life.last.state[S] = TRACK_SYN_RECEIVED;
    fake_life_tell(&life);
    struct view_steps steps;
    view_steps_make(&steps, life.timeline);
    enum track_state presumed, really;
    assert_false(view_fate_is_revised(&steps, 1, S, &presumed, &really));
    assert_true(view_fate_is_revised(&steps, 2, S, &presumed, &really));
    assert_int_equal(presumed, TRACK_ESTABLISHED);
    assert_int_equal(really, TRACK_SYN_RECEIVED);
    assert_false(view_fate_is_revised(&steps, 2, C, &presumed, &really));
    view_steps_free(&steps);
    fake_life_free(&life);
}

/* A server that closes at the third ACK: that is still the opening, no data begins there. */
static void the_third_ack_belongs_to_the_opening(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(8, 8);
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    fake_life_move(&life, C, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    fake_life_segment(&life, 100, S, WIRE_SYN | WIRE_ACK, 0);
    fake_life_move(&life, C, TRACK_SYN_SENT, TRACK_ESTABLISHED, TRACK_CAUSE_RECEIVED_SYN_ACK);
    fake_life_make(&life, 100, C, WIRE_ACK, 0);
    life.last.ack_sum = (struct track_sum){.syn = 1, .known = true};
    fake_life_tell(&life);
    fake_life_move(&life, S, TRACK_SYN_RECEIVED, TRACK_CLOSED, TRACK_CAUSE_SENT_RST);
    fake_life_segment(&life, 100, S, WIRE_RST, 0);
    struct view_steps steps;
    view_steps_make(&steps, life.timeline);
    assert_int_equal(steps.begin[VIEW_SECTION_DATA], steps.count);
    assert_int_equal(steps.begin[VIEW_SECTION_CLOSE], 3);
    view_steps_free(&steps);
    fake_life_free(&life);
}

/* Bytes that are sent again are counted once. */
static void bytes_are_counted_once(void **state)
{
    (void)state;
    struct fake_life life = established();
    fake_life_segment(&life, 100, C, WIRE_ACK, 50);
    repeat(&life, 230000, TRACK_TIMEOUT_RETRANSMISSION);
    fake_life_segment(&life, 100, C, WIRE_ACK, 7);
    struct view_fold sum = {0};
    for (size_t i = 0; i < view_timeline_count(life.timeline); i++) {
        struct view_item item;
        view_timeline_item(life.timeline, i, &item);
        view_fold_add(&sum, &item);
    }
    assert_int_equal(sum.unique_bytes, 57);
    assert_int_equal(sum.payload_bytes, 107);
    view_timeline_drop_events(life.timeline);
    struct view_item item;
    view_timeline_item(life.timeline, 0, &item);
    assert_int_equal(item.fold.unique_bytes, 57);
    fake_life_free(&life);
}

static void icmp_errors_have_names(void **state)
{
    (void)state;
    const struct {
        struct track_icmp icmp;
        const char *text;
    } cases[] = {
        {{4, 3, 1, 0}, "ICMP host unreachable"},
        {{4, 3, 4, 1400}, "ICMP too large, fragmentation needed, MTU 1400"},
        {{4, 3, 15, 0}, "ICMP destination unreachable"},
        {{6, 1, 4, 0}, "ICMPv6 port unreachable"},
        {{6, 200, 7, 0}, "ICMPv6 error, type 200 code 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        view_add_icmp(&text, &cases[i].icmp);
        assert_string_equal(base_strbuf_text(&text), cases[i].text);
        base_strbuf_free(&text);
    }
}

/* With its times at both ends an arrow leaves in one row and arrives in a later one, which has the
 * receiver's state; one that never came is lost whatever else is known. */
static void arrows_take_their_time(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(8, 8);
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    fake_life_move(&life, C, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    fake_life_move(&life, S, TRACK_LISTEN, TRACK_SYN_RECEIVED, TRACK_CAUSE_RECEIVED_SYN);
    view_timeline_passage(
        life.timeline, &(struct track_passage){life.frame, life.time_ns, life.time_ns + 10000000});
    fake_life_segment(&life, 20000, C, WIRE_ACK, 5);
    view_timeline_passage(life.timeline,
                          &(struct track_passage){life.frame, life.time_ns, TRACK_NEVER_RECEIVED});
    fake_life_end(&life);
    struct view_timeline *before = /* a replay, while it is on its way */
        view_cut(life.timeline, (struct view_moment){1, life.time_ns - 15000000}, 0);
    assert_null(view_timeline_find_passage(before, 1));
    view_timeline_free(before);
    assert_non_null(view_timeline_find_passage(life.timeline, 1));
    struct view_scene scene = VIEW_SCENE_INIT;
    view_ladder_build(&scene, life.timeline,
                      &(struct view_ladder_options){.width = 100, .slant = true});
    assert_int_equal(scene.slant_count, 1);
    const struct view_scene_row *left = &scene.rows[scene.slants[0].leaves];
    const struct view_scene_row *arrived = &scene.rows[scene.slants[0].arrives];
    assert_true(left->slanted && left->state[C] == TRACK_SYN_SENT);
    assert_int_equal(left->state[S], TRACK_LISTEN);
    assert_int_equal(arrived->state[S], TRACK_SYN_RECEIVED);
    assert_memory_equal(view_scene_text(&scene, arrived->time), "+0.010000", 9);
    assert_true(is_lost(&life, 1));
    assert_false(is_lost(&life, 0));
    struct view_grid grid;
    for (size_t width = 1; width < 200; width += 7) {
        view_grid_init(&grid, width, scene.row_count);
        view_ladder_draw(&scene, 0, &grid, 0);
        view_grid_free(&grid);
    }
    view_ladder_build(&scene, life.timeline, &(struct view_ladder_options){.width = 100});
    assert_int_equal(scene.slant_count, 0);
    view_scene_free(&scene);
    fake_life_free(&life);
}

static bool has_part(const struct view_scene *scene, const char *text)
{
    for (size_t i = 0; i < scene->part_count; i++)
        if (scene->parts[i].text.length == strlen(text) &&
            memcmp(view_scene_text(scene, scene->parts[i].text), text, strlen(text)) == 0)
            return true;
    return false;
}

static void sack_and_window_on_the_arrow(void **state)
{
    (void)state;
    struct track_event event = {.flags = WIRE_ACK,
                                .ack = 1000,
                                .rel_ack = 1,
                                .rel_ack_known = true,
                                .window = 501,
                                .window_bytes = 501};
    event.options.sack_blocks = 2;
    event.options.sack[0].left = 2000;
    event.options.sack[0].right = 3000;
    event.options.sack[1].left = 999; /* a D-SACK: below the ack */
    event.options.sack[1].right = 1000;
    struct view_scene scene = VIEW_SCENE_INIT;
    view_scene_add_row(&scene, VIEW_ROW_ARROW);
    view_add_segment_parts(&scene, &event, false);
    assert_true(has_part(&scene, "sack 1001-2001 0-1"));
    assert_true(has_part(&scene, "win 501 unscaled"));
    view_scene_clear(&scene);
    view_scene_add_row(&scene, VIEW_ROW_ARROW);
    event.window_scale_known = true;
    view_add_segment_parts(&scene, &event, true);
    assert_true(has_part(&scene, "sack 2000-3000 999-1000"));
    assert_true(has_part(&scene, "win 501"));
    view_scene_free(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_sent_again_was_lost),
        cmocka_unit_test(a_copy_at_once_says_nothing),
        cmocka_unit_test(ack_of_a_fin_that_comes_again),
        cmocka_unit_test(manners),
        cmocka_unit_test(what_is_taken_back),
        cmocka_unit_test(the_third_ack_belongs_to_the_opening),
        cmocka_unit_test(bytes_are_counted_once),
        cmocka_unit_test(icmp_errors_have_names),
        cmocka_unit_test(sack_and_window_on_the_arrow),
        cmocka_unit_test(arrows_take_their_time),
    };
    return cmocka_run_group_tests_name("view_fate", tests, NULL, NULL);
}
