/* view: how far both ends have come in the state machine, and the drawing of it. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "fake_life.h"
#include "track/fsm.h"
#include "view/state_diagram.h"
#include "view/state_walk.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER
#define BIT(edge) ((uint32_t)1 << VIEW_EDGE_##edge)

/* Items 0 to 2: the handshake; 3: the client's FIN; 4: its ack, presumed. */
static struct fake_life half_closed(void)
{
    struct fake_life life = fake_life_new(8, 8);
    fake_life_handshake(&life);
    fake_life_segment(&life, 10, C, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(&life, C, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    fake_life_move(&life, S, TRACK_ESTABLISHED, TRACK_CLOSE_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    fake_life_segment(&life, 10, S, WIRE_ACK, 0);
    fake_life_move_at(&life, 5, C, TRACK_FIN_WAIT_1, TRACK_FIN_WAIT_2,
                      TRACK_CAUSE_RECEIVED_ACK_OF_FIN, false);
    return life;
}

static void walks_follow_the_segments(void **state)
{
    (void)state;
    struct fake_life life = half_closed();
    struct view_walk walk[2];
    view_walk_to(life.timeline, 0, walk);
    assert_int_equal(walk[C].state, TRACK_SYN_SENT);
    assert_int_equal(walk[C].walked, BIT(CONNECT));
    assert_int_equal(walk[S].state, TRACK_SYN_RECEIVED);
    assert_int_equal(walk[S].walked, BIT(LISTEN_SYN));
    assert_int_equal(walk[S].visited, 1 << TRACK_LISTEN | 1 << TRACK_SYN_RECEIVED);
    view_walk_to(life.timeline, 3, walk);
    assert_int_equal(walk[C].state, TRACK_FIN_WAIT_1);
    assert_int_equal(walk[C].walked, BIT(CONNECT) | BIT(SYN_ACK) | BIT(CLOSE));
    assert_int_equal(walk[S].walked, BIT(LISTEN_SYN) | BIT(ACK_OF_SYN) | BIT(FIN));
    assert_true(walk[C].confirmed);
    view_walk_to(life.timeline, 4, walk);
    assert_int_equal(walk[C].state, TRACK_FIN_WAIT_2);
    assert_false(walk[C].confirmed);
    assert_true(walk[S].confirmed);
    assert_int_equal(walk[C].steps, 4);
    fake_life_free(&life);
}

static void a_reset_is_over_without_an_arrow(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(8, 8);
    struct view_walk walk[2];
    fake_life_handshake(&life);
    view_walk_to(life.timeline, 2, walk);
    uint32_t before = walk[S].walked;
    fake_life_segment(&life, 10, C, WIRE_RST, 0);
    fake_life_move(&life, S, TRACK_ESTABLISHED, TRACK_CLOSED, TRACK_CAUSE_RECEIVED_RST);
    view_walk_to(life.timeline, 3, walk);
    assert_int_equal(walk[S].state, TRACK_CLOSED);
    assert_true(walk[S].over);
    assert_int_equal(walk[S].walked, before);
    fake_life_free(&life);
}

static void changes_are_found_both_ways(void **state)
{
    (void)state;
    struct fake_life life = half_closed();
    assert_int_equal(view_walk_next_change(life.timeline, 0, false), 1);
    assert_int_equal(view_walk_next_change(life.timeline, 2, false), 3);
    assert_int_equal(view_walk_next_change(life.timeline, 4, false), VIEW_WALK_NONE);
    assert_int_equal(view_walk_next_change(life.timeline, 4, true), 3);
    assert_int_equal(view_walk_next_change(life.timeline, 3, true), 2);
    assert_int_equal(view_walk_next_change(life.timeline, 0, true), VIEW_WALK_NONE);
    fake_life_free(&life);
}

/* Every arrow of the drawing that a segment or timer causes is a cell of the table, and a move that
 * is offered. */
static void arrows_are_those_of_the_table(void **state)
{
    (void)state;
    for (unsigned e = 0; e < VIEW_EDGES; e++) {
        struct view_move moves[VIEW_MAX_MOVES];
        enum track_state from = view_edge_from((enum view_edge)e);
        enum track_state to = view_edge_to((enum view_edge)e);
        bool found = false;
        size_t count = view_walk_moves(from, false, moves);
        for (size_t i = 0; i < count; i++)
            found = found || moves[i].to == to;
        assert_true(found);
    }
}

static void moves_have_words(void **state)
{
    (void)state;
    for (unsigned s = TRACK_CLOSED; s < TRACK_STATES; s++) {
        struct view_move moves[VIEW_MAX_MOVES];
        size_t count = view_walk_moves((enum track_state)s, false, moves);
        assert_in_range(count, 1, VIEW_MAX_MOVES);
        for (size_t i = 0; i < count; i++)
            assert_non_null(moves[i].when);
    }
    struct view_move moves[VIEW_MAX_MOVES];
    assert_int_equal(view_walk_moves(TRACK_UNKNOWN, false, moves), 0);
    assert_int_equal(view_walk_moves(TRACK_CLOSED, true, moves), 0);
}

/* --- the drawing --- */

static void draw_rows(const struct view_state_diagram *diagram, size_t width, size_t height,
                      struct base_strbuf *out)
{
    struct view_grid grid;
    view_grid_init(&grid, width, height);
    view_state_diagram_draw(diagram, &grid);
    for (size_t y = 0; y < height; y++) {
        view_grid_add_row(&grid, y, false, out);
        base_strbuf_char(out, '\n');
    }
    view_grid_free(&grid);
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at += strlen(what))
        count++;
    return count;
}

/* At every size: each state once and CLOSED twice, the letters once, and a head for each arrow
 * (so none lies over another). */
static void everything_is_there_at_every_size(void **state)
{
    (void)state;
    struct fake_life life = half_closed();
    struct view_state_diagram diagram = {.ascii = false};
    view_walk_to(life.timeline, 3, diagram.walk);
    for (size_t width = VIEW_STATE_DIAGRAM_WIDTH; width < 220; width += 7) {
        for (size_t height = VIEW_STATE_DIAGRAM_HEIGHT; height < 60; height++) {
            struct base_strbuf text = BASE_STRBUF_INIT;
            draw_rows(&diagram, width, height, &text);
            const char *all = base_strbuf_text(&text);
            for (unsigned s = TRACK_CLOSED; s < TRACK_STATES; s++) {
                const char *name = track_state_name((enum track_state)s);
                assert_int_equal(count_of(all, name), s == TRACK_CLOSED ? 2 : 1);
            }
            assert_int_equal(count_of(all, "C  FIN_WAIT_1"), 1);
            assert_int_equal(count_of(all, "CLOSE_WAIT  S"), 1);
            assert_int_equal(count_of(all, "▶") + count_of(all, "◀") + count_of(all, "▼"),
                             VIEW_EDGES);
            assert_true(view_state_diagram_height(width, height) <= height);
            base_strbuf_free(&text);
        }
    }
    fake_life_free(&life);
}

static void ascii_has_no_other_characters(void **state)
{
    (void)state;
    struct fake_life life = half_closed();
    struct view_state_diagram diagram = {.ascii = true};
    view_walk_to(life.timeline, 3, diagram.walk);
    for (size_t height = VIEW_STATE_LIST_HEIGHT; height < 50; height += 9) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        draw_rows(&diagram, 100, height, &text);
        for (size_t i = 0; i < text.length; i++)
            assert_in_range((unsigned char)text.text[i], '\n', '~');
        base_strbuf_free(&text);
    }
    fake_life_free(&life);
}

static void a_small_one_is_a_list(void **state)
{
    (void)state;
    struct fake_life life = half_closed();
    struct view_state_diagram diagram = {.ascii = false};
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_walk_to(life.timeline, 4, diagram.walk);
    assert_int_equal(view_state_diagram_height(40, 8), VIEW_STATE_LIST_HEIGHT);
    draw_rows(&diagram, 40, VIEW_STATE_LIST_HEIGHT, &text);
    assert_string_equal(base_strbuf_text(&text), "    CLOSED             FIN_WAIT_1\n"
                                                 "    LISTEN          C  FIN_WAIT_2\n"
                                                 "    SYN_SENT           CLOSING\n"
                                                 "    SYN_RECEIVED       TIME_WAIT\n"
                                                 "    ESTABLISHED      S CLOSE_WAIT\n"
                                                 "    CLOSED             LAST_ACK\n");
    base_strbuf_free(&text);
    fake_life_free(&life);
}

static void a_socket_alone_has_one_letter(void **state)
{
    (void)state;
    struct view_state_diagram diagram = {.self_connect = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    diagram.walk[C] = (struct view_walk){.state = TRACK_LISTEN};
    diagram.walk[S] = (struct view_walk){.state = TRACK_CLOSING};
    draw_rows(&diagram, 80, 13, &text);
    assert_non_null(strstr(base_strbuf_text(&text), "[C    LISTEN     ]"));
    assert_non_null(strstr(base_strbuf_text(&text), "[    CLOSING     ]"));
    base_strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_follow_the_segments),
        cmocka_unit_test(a_reset_is_over_without_an_arrow),
        cmocka_unit_test(changes_are_found_both_ways),
        cmocka_unit_test(arrows_are_those_of_the_table),
        cmocka_unit_test(moves_have_words),
        cmocka_unit_test(everything_is_there_at_every_size),
        cmocka_unit_test(ascii_has_no_other_characters),
        cmocka_unit_test(a_small_one_is_a_list),
        cmocka_unit_test(a_socket_alone_has_one_letter),
    };
    return cmocka_run_group_tests_name("view_states", tests, NULL, NULL);
}
