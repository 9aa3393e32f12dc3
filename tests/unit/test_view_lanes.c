/* view: connections side by side, merged on one axis of time and compared. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "base/strbuf.h"
#include "fake_conn.h"
#include "fake_life.h"
#include "view/charwidth.h"
#include "view/lanes.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

static const struct view_lanes_options plain = {.fold_over = 12};

/* A handshake and so many exchanges of data, as connection number. */
static struct fake_life life_of(uint64_t number, unsigned exchanges, uint32_t bytes)
{
    struct fake_life life = fake_life_new(64, 64);
    life.record.number = number;
    fake_life_handshake(&life);
    for (unsigned i = 0; i < exchanges; i++) {
        fake_life_segment(&life, 1000, C, WIRE_ACK, bytes);
        fake_life_segment(&life, 1000, S, WIRE_ACK, 0);
    }
    return life;
}

static void closes(struct fake_life *life)
{
    fake_life_segment(life, 500, C, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    fake_life_move(life, S, TRACK_ESTABLISHED, TRACK_CLOSE_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    life->record.close = TRACK_CLOSE_HALF_CLOSED;
    fake_life_end(life);
}

static void resets(struct fake_life *life)
{
    fake_life_segment(life, 500, C, WIRE_RST | WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_ESTABLISHED, TRACK_CLOSED, TRACK_CAUSE_SENT_RST);
    life->record.close = TRACK_CLOSE_RESET;
    fake_life_end(life);
}

static size_t differences(const struct view_lanes *lanes)
{
    size_t count = 0;
    for (size_t i = 0; i < lanes->count; i++)
        count += lanes->lines[i].differs;
    return count;
}

/* --- compared --- */

/* How much data, and in how many segments, is no difference. */
static void lives_of_the_same_kind_are_alike(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 2, 10), b = life_of(2, 5, 700);
    closes(&a);
    closes(&b);
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_compare_build(&lanes, a.timeline, b.timeline, &plain);
    assert_int_equal(differences(&lanes), 0);
    assert_int_equal(lanes.first_difference, SIZE_MAX);
    assert_string_equal(base_strbuf_text(&lanes.summary),
                        "The two lives go through the same steps.");
    view_lanes_free(&lanes);
    fake_life_free(&a);
    fake_life_free(&b);
}

static void the_first_difference_is_named(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 2, 10), b = life_of(2, 2, 10);
    closes(&a);
    resets(&b);
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_compare_build(&lanes, a.timeline, b.timeline, &plain);
    const struct view_lanes_line *line = &lanes.lines[lanes.first_difference];
    assert_true(line->differs);
    assert_int_equal(line->frame[0], 8);
    assert_int_equal(line->frame[1], 8);
    const char *summary = base_strbuf_text(&lanes.summary);
    assert_non_null(strstr(summary, "only the client sends data, 20 bytes. Then they differ: "
                                    "in #1 the client sends FIN ACK (frame 8); the client goes to "
                                    "FIN_WAIT_1; the server goes to CLOSE_WAIT; "
                                    "in #2 the client sends RST ACK (frame 8); the client goes to "
                                    "CLOSED."));
    assert_non_null(strstr(summary, "Closed: half-closed, reset."));
    view_lanes_free(&lanes);
    fake_life_free(&a);
    fake_life_free(&b);
}

/* A step that only one has: those behind it still stand beside each other. */
static void what_follows_is_set_beside_again(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 1, 10), b = life_of(2, 1, 10);
    fake_life_make(&b, 300000, C, WIRE_ACK, 10);
    b.last.findings = (track_finding_set)1 << TRACK_TIMEOUT_RETRANSMISSION;
    fake_life_tell(&b);
    closes(&a);
    closes(&b);
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_compare_build(&lanes, a.timeline, b.timeline, &plain);
    assert_int_equal(differences(&lanes), 1);
    const struct view_lanes_line *line = &lanes.lines[lanes.first_difference];
    assert_int_equal(line->item[0], VIEW_NO_ITEM);
    assert_int_equal(line->frame[1], 6);
    assert_non_null(strstr(base_strbuf_text(&lanes.summary), "nothing of the kind happens"));
    assert_non_null(strstr(base_strbuf_text(&lanes.summary), "retransmission by timeout"));
    const struct view_lanes_line *fin = &lanes.lines[lanes.first_difference + 1];
    assert_int_equal(fin->frame[0], 6);
    assert_int_equal(fin->frame[1], 7);
    assert_int_equal(fin->cell[0].state[C], TRACK_FIN_WAIT_1);
    view_lanes_free(&lanes);
    fake_life_free(&a);
    fake_life_free(&b);
}

/* --- merged --- */

/* By time across the connections, each line in its lane; what the other lane is in goes on. */
static void lines_are_in_order_of_time(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 3, 10), b = life_of(2, 3, 10);
    closes(&a);
    b.time_ns += 700;
    closes(&b);
    const struct view_timeline *const both[] = {a.timeline, b.timeline};
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_merge_build(&lanes, both, 2, &plain);
    assert_int_equal(lanes.lane_count, 2);
    int64_t last_ns = INT64_MIN;
    size_t seen[2] = {0, 0};
    for (size_t i = 0; i < lanes.count; i++) {
        const struct view_lanes_line *line = &lanes.lines[i];
        if (line->item[0] == VIEW_NO_ITEM)
            continue;
        struct view_item item;
        view_timeline_item(both[line->lane], line->item[0], &item);
        assert_true(item.event.time_ns >= last_ns);
        last_ns = item.event.time_ns;
        assert_int_equal(line->item[0], seen[line->lane]++); /* none is left out */
    }
    assert_int_equal(seen[0], view_timeline_count(a.timeline));
    assert_int_equal(seen[1], view_timeline_count(b.timeline));
    const struct view_lanes_line *last = &lanes.lines[lanes.count - 1];
    for (unsigned lane = 0; lane < 2; lane++) {
        assert_int_equal(last->cell[lane].state[C], TRACK_FIN_WAIT_1);
        assert_int_equal(last->cell[lane].state[S], TRACK_CLOSE_WAIT);
    }
    view_lanes_free(&lanes);
    fake_life_free(&a);
    fake_life_free(&b);
}

/* A run of one connection's plain data folds, the other's segments break it. */
static void runs_fold(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 20, 10);
    const struct view_timeline *const one[] = {a.timeline};
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_merge_build(&lanes, one, 1, &plain);
    size_t folded = lanes.count;
    view_merge_build(&lanes, one, 1, &(struct view_lanes_options){.fold_over = 0});
    assert_int_equal(lanes.count - folded, 40 - 5);
    view_lanes_free(&lanes);
    fake_life_free(&a);
}

/* --- drawn --- */

static void draw_at(const struct view_lanes *lanes, size_t width)
{
    struct view_grid grid;
    view_grid_init(&grid, width, lanes->count);
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (size_t lane = 0; lane < 3; lane++)
        view_lanes_draw(lanes, 0, lane, &grid, 0);
    for (size_t y = 0; y < grid.height; y++) {
        base_strbuf_clear(&text);
        view_grid_add_row(&grid, y, false, &text);
        assert_true(view_text_width(base_strbuf_text(&text), text.length) <= width);
    }
    base_strbuf_free(&text);
    view_grid_free(&grid);
}

static void fits_any_width(void **state)
{
    (void)state;
    struct fake_life a = life_of(1, 3, 10), b = life_of(2, 1, 10), c = life_of(3, 2, 5);
    closes(&a);
    resets(&b);
    closes(&c);
    const struct view_timeline *const all[] = {a.timeline, b.timeline, c.timeline};
    struct view_lanes merged = VIEW_LANES_INIT, compared = VIEW_LANES_INIT;
    view_merge_build(&merged, all, 3, &plain);
    view_compare_build(&compared, a.timeline, b.timeline, &plain);
    for (size_t width = 1; width <= 300; width++) {
        draw_at(&merged, width);
        draw_at(&compared, width);
        assert_true(view_lanes_fit(&merged, width) >= 1);
    }
    assert_int_equal(view_lanes_fit(&merged, 80), 2);
    assert_int_equal(view_lanes_fit(&merged, 200), 3);
    assert_int_equal(view_lanes_fit(&compared, 40), 2);
    view_lanes_free(&merged);
    view_lanes_free(&compared);
    fake_life_free(&a);
    fake_life_free(&b);
    fake_life_free(&c);
}

/* Whatever a hostile life holds, also more steps than are compared. */
static void survives_nonsense(void **state)
{
    (void)state;
    struct fake_life a = fake_life_new(700, 700), b = fake_life_new(2, 2);
    for (unsigned i = 0; i < 1300; i++) {
        fake_life_make(&a, i % 7 == 0 ? -5000 : 900, i % 3 ? C : S, i * 37 & 0x1ff, i);
        a.last.findings = i % 5 == 0 ? UINT64_MAX >> (64 - TRACK_FINDINGS) : 0;
        a.last.kind = i % 11 == 0 ? TRACK_EVENT_ICMP : TRACK_EVENT_SEGMENT;
        a.last.related_frame = i / 2;
        fake_life_tell(&a);
        if (i % 20 == 0)
            fake_life_move_at(&a, i % 4 == 0 ? 0 : i * 7 % 300, i % 2 ? C : S,
                              (enum track_state)(i % TRACK_STATES),
                              (enum track_state)(i / 2 % TRACK_STATES), TRACK_CAUSE_SENT_RST,
                              false);
    }
    fake_life_end(&a);
    fake_life_end(&b);
    const struct view_timeline *const both[] = {a.timeline, b.timeline};
    struct view_lanes lanes = VIEW_LANES_INIT;
    view_merge_build(&lanes, both, 2, &plain);
    draw_at(&lanes, 100);
    view_compare_build(&lanes, a.timeline, a.timeline, &plain);
    assert_int_equal(differences(&lanes), 0);
    view_compare_build(&lanes, a.timeline, b.timeline, &plain);
    draw_at(&lanes, 50);
    view_compare_build(&lanes, b.timeline, a.timeline, &plain);
    view_lanes_free(&lanes);
    fake_life_free(&a);
    fake_life_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lives_of_the_same_kind_are_alike),
        cmocka_unit_test(the_first_difference_is_named),
        cmocka_unit_test(what_follows_is_set_beside_again),
        cmocka_unit_test(lines_are_in_order_of_time),
        cmocka_unit_test(runs_fold),
        cmocka_unit_test(fits_any_width),
        cmocka_unit_test(survives_nonsense),
    };
    return cmocka_run_group_tests_name("view_lanes", tests, NULL, NULL);
}
