/* view: sliding windows and the time–sequence graph. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "fake_life.h"
#include "view/sequence_space.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

/* Items 0 to 2 the handshake; 3 to 5 three times 100 bytes; 6 an ack of the first with the third
 * SACKed; 7 the second again. */
static struct fake_life with_a_hole(void)
{
    struct fake_life life = fake_life_new(16, 16);
    fake_life_handshake(&life);
    for (unsigned i = 0; i < 3; i++)
        fake_life_segment(&life, 1000, C, WIRE_ACK, 100);
    fake_life_make(&life, 1000, S, WIRE_ACK, 0);
    struct track_event *event = &life.last;
    event->ack -= 200;
    event->rel_ack = 101;
    event->window_bytes = 1000;
    event->options.sack_blocks = 2;
    event->options.sack[0].left = event->ack + 100;
    event->options.sack[0].right = event->ack + 200;
    event->options.sack[1].left = event->ack - 50; /* a D-SACK is below the window */
    event->options.sack[1].right = event->ack;
    fake_life_tell(&life);
    fake_life_make(&life, 1000, C, WIRE_ACK, 100);
    life.last.rel_seq = 101;
    life.last.findings = (track_finding_set)1 << TRACK_FAST_RETRANSMISSION;
    fake_life_tell(&life);
    return life;
}

static void windows_follow_the_segments(void **state)
{
    (void)state;
    struct fake_life life = with_a_hole();
    struct view_window window = view_window_at(life.timeline, 0, S);
    assert_false(window.known);
    window = view_window_at(life.timeline, 0, C);
    assert_true(window.known);
    assert_false(window.edge_known);
    assert_int_equal(window.snd_nxt, 1);
    window = view_window_at(life.timeline, 5, C);
    assert_int_equal(window.snd_una, 1);
    assert_int_equal(window.snd_nxt, 301);
    window = view_window_at(life.timeline, 6, C);
    assert_int_equal(window.snd_una, 101);
    assert_int_equal(window.snd_nxt, 301);
    assert_int_equal(window.edge, 1101);
    assert_int_equal(window.sacked_count, 1);
    assert_int_equal(window.sacked[0].left, 201);
    assert_int_equal(window.sacked[0].right, 301);
    window = view_window_at(life.timeline, 7, C);
    assert_int_equal(window.snd_nxt, 301);
    fake_life_free(&life);
}

static void the_bar_shows_the_parts(void **state)
{
    (void)state;
    struct fake_life life = with_a_hole();
    struct view_window window = view_window_at(life.timeline, 7, C);
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_grid grid;
    view_grid_init(&grid, 50, 2);
    view_window_draw(&window, &grid, 0, true, true);
    view_grid_add_row(&grid, 0, true, &text);
    assert_string_equal(base_strbuf_text(&text), ".....####SSSS--------------------------------");
    base_strbuf_clear(&text);
    view_grid_add_row(&grid, 1, true, &text);
    assert_string_equal(base_strbuf_text(&text),
                        "     ^UNA    ^NXT                            ^edge");
    base_strbuf_free(&text);
    view_grid_free(&grid);
    fake_life_free(&life);
}

static void borders_that_are_one_share_an_arrow(void **state)
{
    (void)state;
    struct view_window window = {
        .known = true, .edge_known = true, .snd_una = 9, .snd_nxt = 9, .edge = 9};
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_grid grid;
    view_grid_init(&grid, 40, 2);
    view_window_draw(&window, &grid, 0, true, true);
    view_grid_add_row(&grid, 1, true, &text);
    assert_non_null(strstr(base_strbuf_text(&text), "^UNA=NXT=edge"));
    base_strbuf_clear(&text);
    view_grid_add_row(&grid, 0, true, &text);
    assert_null(strchr(base_strbuf_text(&text), '#'));
    base_strbuf_free(&text);
    view_grid_free(&grid);
}

static void draw(const struct view_graph *graph, const struct fake_life *life, size_t width,
                 size_t height, struct base_strbuf *out)
{
    struct view_grid grid;
    view_grid_init(&grid, width, height);
    view_graph_draw(graph, life->timeline, &grid);
    for (size_t y = 0; y < height; y++) {
        view_grid_add_row(&grid, y, graph->ascii, out);
        base_strbuf_char(out, '\n');
    }
    view_grid_free(&grid);
}

static void the_graph_has_data_acks_and_repeats(void **state)
{
    (void)state;
    struct fake_life life = with_a_hole();
    struct view_graph graph = {.sender = C, .item = 7, .ascii = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    draw(&graph, &life, 60, 12, &text);
    const char *all = base_strbuf_text(&text);
    assert_memory_equal(all, "301 ", 4);
    assert_non_null(strchr(all, '#'));
    assert_non_null(strchr(all, 'R'));
    assert_non_null(strchr(all, 'S'));
    assert_non_null(strchr(all, '-'));
    assert_null(strchr(all, '?'));
    base_strbuf_clear(&text);
    graph.edge = true;
    draw(&graph, &life, 60, 12, &text);
    assert_memory_equal(base_strbuf_text(&text), "64257 ", 6);
    assert_non_null(strchr(base_strbuf_text(&text), '='));
    base_strbuf_free(&text);
    fake_life_free(&life);
}

/* Any size, zoom and place: inside the grid, and half the time at each step. */
static void zoom_and_size_are_bounded(void **state)
{
    (void)state;
    struct fake_life life = with_a_hole();
    int64_t whole = view_graph_span(life.timeline, 0);
    assert_int_equal(view_graph_span(life.timeline, 1), whole / 2);
    assert_int_equal(view_graph_span(life.timeline, 99), 1000);
    for (size_t width = 1; width < 130; width += 9) {
        for (size_t height = 1; height < 40; height += 6) {
            for (unsigned zoom = 0; zoom <= VIEW_GRAPH_ZOOM; zoom += 5) {
                struct view_graph graph = {.sender = zoom % 2 == 0 ? C : S,
                                           .item = width % 8,
                                           .zoom = zoom,
                                           .pan_ns = (int64_t)height * 100000 - 1000000};
                struct base_strbuf text = BASE_STRBUF_INIT;
                draw(&graph, &life, width, height, &text);
                base_strbuf_free(&text);
            }
        }
    }
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_follow_the_segments),
        cmocka_unit_test(the_bar_shows_the_parts),
        cmocka_unit_test(borders_that_are_one_share_an_arrow),
        cmocka_unit_test(the_graph_has_data_acks_and_repeats),
        cmocka_unit_test(zoom_and_size_are_bounded),
    };
    return cmocka_run_group_tests_name("view_sequence", tests, NULL, NULL);
}
