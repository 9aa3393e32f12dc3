/* view: ladders of lives by hand against golden files, at several widths.
 *
 * TCPVIZ_UPDATE_GOLDEN=1 in the environment writes the files instead: look at them before
 * committing. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "fake_conn.h"
#include "fake_life.h"
#include "view/charwidth.h"
#include "view/ladder.h"
#include "view/steps.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

/* --- lives --- */

/* Handshake, data with a loss, four-way close, TIME_WAIT to its end. */
static void four_way(struct fake_life *life)
{
    fake_life_handshake(life);
    fake_life_segment(life, 900, C, WIRE_PSH | WIRE_ACK, 100);
    uint64_t lost = life->frame;
    fake_life_make(life, 201000, C, WIRE_PSH | WIRE_ACK, 100);
    life->next_seq[C] -= 100;
    life->last.seq -= 100;
    life->last.rel_seq -= 100;
    life->last.related_frame = lost;
    life->last.findings = 1u << TRACK_TIMEOUT_RETRANSMISSION;
    life->last.checks[TRACK_CHECK_SEQ].outcome = TRACK_BREAKS;
    fake_life_tell(life);
    fake_life_segment(life, 20000, S, WIRE_ACK, 0);
    fake_life_segment(life, 3000, S, WIRE_PSH | WIRE_ACK, 1200);
    fake_life_segment(life, 10, C, WIRE_ACK, 0);
    fake_life_segment(life, 1004000, C, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    fake_life_move(life, S, TRACK_ESTABLISHED, TRACK_CLOSE_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    fake_life_segment(life, 20000, S, WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_FIN_WAIT_1, TRACK_FIN_WAIT_2, TRACK_CAUSE_RECEIVED_ACK_OF_FIN);
    fake_life_segment(life, 500, S, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(life, S, TRACK_CLOSE_WAIT, TRACK_LAST_ACK, TRACK_CAUSE_SENT_FIN);
    fake_life_move(life, C, TRACK_FIN_WAIT_2, TRACK_TIME_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    fake_life_segment(life, 30, C, WIRE_ACK, 0);
    fake_life_move_at(life, life->frame, S, TRACK_LAST_ACK, TRACK_CLOSED,
                      TRACK_CAUSE_RECEIVED_ACK_OF_FIN, false);
    life->time_ns += 60000000000;
    fake_life_move_at(life, 0, C, TRACK_TIME_WAIT, TRACK_CLOSED, TRACK_CAUSE_TIME_WAIT_EXPIRED,
                      true);
    life->record.close = TRACK_CLOSE_FOUR_WAY;
}

/* Both FINs are on their way at once; the peer's ack and FIN come in one segment at neither end. */
static void crossing(struct fake_life *life)
{
    life->record.end[C].endpoint = fake_ipv6(1, 50312);
    life->record.end[S].endpoint = fake_ipv6(2, 80);
    fake_life_handshake(life);
    fake_life_segment(life, 12000, C, WIRE_FIN | WIRE_ACK, 0);
    uint64_t a = life->frame;
    fake_life_make(life, 4000, S, WIRE_FIN | WIRE_ACK, 0);
    life->last.rel_ack--;
    life->last.ack--;
    life->last.ack_sum = (struct track_sum){.base = life->last.ack, .known = true};
    life->acked[S]--;
    fake_life_tell(life);
    uint64_t b = life->frame;
    fake_life_move_at(life, a, C, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN, true);
    fake_life_move_at(life, b, S, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN, true);
    fake_life_move_at(life, b, C, TRACK_FIN_WAIT_1, TRACK_CLOSING, TRACK_CAUSE_RECEIVED_FIN, true);
    fake_life_move_at(life, a, S, TRACK_FIN_WAIT_1, TRACK_CLOSING, TRACK_CAUSE_RECEIVED_FIN, true);
    fake_life_segment(life, 20, C, WIRE_ACK, 0);
    fake_life_move(life, S, TRACK_CLOSING, TRACK_TIME_WAIT, TRACK_CAUSE_RECEIVED_ACK_OF_FIN);
    fake_life_segment(life, 10013, S, WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_CLOSING, TRACK_TIME_WAIT, TRACK_CAUSE_RECEIVED_ACK_OF_FIN);
    life->record.close = TRACK_CLOSE_SIMULTANEOUS;
}

/* Much data, two moves of one end in one segment, a reset that counts and one that does not. */
static void long_and_reset(struct fake_life *life)
{
    fake_life_handshake(life);
    for (unsigned i = 0; i < 1000; i++) {
        fake_life_segment(life, 700, S, WIRE_ACK, 1448);
        fake_life_segment(life, 30, C, WIRE_ACK, 0);
    }
    fake_life_make(life, 100, C, WIRE_RST, 0);
    life->last.findings = 1u << TRACK_IGNORED_RST;
    life->last.checks[TRACK_CHECK_WINDOW].outcome = TRACK_BREAKS;
    fake_life_tell(life);
    fake_life_make(life, 100, S, WIRE_ACK, 10);
    life->last.checks[TRACK_CHECK_ACK] =
        (struct track_check){life->last.ack, life->last.ack + 7, TRACK_BREAKS};
    life->last.ack += 7;
    life->last.rel_ack += 7;
    fake_life_tell(life);
    fake_life_segment(life, 100, S, WIRE_RST | WIRE_ACK, 0);
    fake_life_move(life, S, TRACK_ESTABLISHED, TRACK_CLOSED, TRACK_CAUSE_SENT_RST);
    fake_life_move_at(life, life->frame, C, TRACK_ESTABLISHED, TRACK_CLOSED,
                      TRACK_CAUSE_RECEIVED_RST, false);
    life->record.close = TRACK_CLOSE_RESET;
}

/* Joined in the middle, roles guessed, a merged FIN that moves one end twice. */
static void midstream(struct fake_life *life)
{
    life->record.open = TRACK_OPEN_MIDSTREAM;
    life->record.guessed = true;
    life->next_seq[C] = life->acked[S] = 500;
    life->next_seq[S] = life->acked[C] = 900;
    fake_life_make(life, 0, C, WIRE_ACK, 10);
    life->last.rel_seq_known = life->last.rel_ack_known = false;
    fake_life_tell(life);
    fake_life_move(life, C, TRACK_UNKNOWN, TRACK_ESTABLISHED, TRACK_CAUSE_JOINED);
    fake_life_move_at(life, life->frame, S, TRACK_UNKNOWN, TRACK_ESTABLISHED, TRACK_CAUSE_JOINED,
                      false);
    fake_life_segment(life, 5000000, C, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    fake_life_move(life, S, TRACK_ESTABLISHED, TRACK_CLOSE_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    fake_life_segment(life, 100, S, WIRE_FIN | WIRE_ACK, 0);
    fake_life_move(life, S, TRACK_CLOSE_WAIT, TRACK_LAST_ACK, TRACK_CAUSE_SENT_FIN);
    fake_life_move(life, C, TRACK_FIN_WAIT_1, TRACK_FIN_WAIT_2, TRACK_CAUSE_RECEIVED_ACK_OF_FIN);
    fake_life_move(life, C, TRACK_FIN_WAIT_2, TRACK_TIME_WAIT, TRACK_CAUSE_RECEIVED_FIN);
    life->record.close = TRACK_CLOSE_THREE_SEGMENT;
}

/* One socket that connected to itself. */
static void self_connect(struct fake_life *life)
{
    life->record.self_connect = true;
    life->record.open = TRACK_OPEN_SIMULTANEOUS;
    fake_life_segment(life, 0, C, WIRE_SYN, 0);
    fake_life_move(life, C, TRACK_CLOSED, TRACK_SYN_SENT, TRACK_CAUSE_SENT_SYN);
    fake_life_move(life, C, TRACK_SYN_SENT, TRACK_SYN_RECEIVED,
                   TRACK_CAUSE_RECEIVED_SYN_IN_SYN_SENT);
    fake_life_segment(life, 11, C, WIRE_SYN | WIRE_ACK, 0);
    fake_life_move(life, C, TRACK_SYN_RECEIVED, TRACK_ESTABLISHED, TRACK_CAUSE_RECEIVED_SYN_ACK);
}

/* Findings stay in sight in the middle of much data, and the timeline's own fold is not shown
 * twice. */
static void long_with_findings(struct fake_life *life)
{
    fake_life_handshake(life);
    for (unsigned i = 0; i < 60; i++) {
        fake_life_make(life, 500, S, WIRE_ACK, 100);
        life->last.findings = i == 6 ? 1u << TRACK_OUT_OF_ORDER | 1u << TRACK_WINDOW_UPDATE : 0;
        if (i == 50) {
            life->last.window = 0;
            life->last.window_bytes = 0;
            life->last.findings = 1u << TRACK_ZERO_WINDOW;
        }
        fake_life_tell(life);
    }
}

static const struct {
    const char *name;
    void (*live)(struct fake_life *life);
} lives[] = {
    {"four-way", four_way},           {"crossing", crossing},   {"long-and-reset", long_and_reset},
    {"findings", long_with_findings}, {"midstream", midstream}, {"self-connect", self_connect}};

/* --- drawing --- */

static void draw(const struct fake_life *life, size_t width, bool ascii, struct base_strbuf *out)
{
    const struct view_ladder_options options = {.ascii = ascii,
                                                .title = true,
                                                .width = width,
                                                .fold_over = 12,
                                                .time_wait_ns = 60000000000};
    struct view_scene scene = VIEW_SCENE_INIT;
    view_ladder_build(&scene, life->timeline, &options);
    struct view_grid grid;
    view_grid_init(&grid, width, scene.row_count);
    assert_int_equal(view_ladder_draw(&scene, 0, &grid, 0), scene.row_count);
    for (size_t y = 0; y < scene.row_count; y++) {
        view_grid_add_row(&grid, y, ascii, out);
        base_strbuf_char(out, '\n');
    }
    view_grid_free(&grid);
    view_scene_free(&scene);
}

static void read_file(const char *path, struct base_strbuf *out)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    char bytes[4096];
    size_t length;
    while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
        base_strbuf_add(out, bytes, length);
    fclose(file);
}

static void compare_with_golden(const char *name, const struct base_strbuf *drawn)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/%s", TESTS_DIR, name);
    if (getenv("TCPVIZ_UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(base_strbuf_text(drawn), file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    struct base_strbuf golden = BASE_STRBUF_INIT;
    read_file(path, &golden);
    if (strcmp(base_strbuf_text(&golden), base_strbuf_text(drawn)) != 0)
        fprintf(stderr, "# %s is not:\n%s", path, base_strbuf_text(drawn));
    assert_string_equal(base_strbuf_text(drawn), base_strbuf_text(&golden));
    base_strbuf_free(&golden);
}

static void golden_at(size_t width, bool ascii)
{
    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        struct fake_life life = fake_life_new(16, 16);
        lives[i].live(&life);
        fake_life_end(&life);
        struct base_strbuf drawn = BASE_STRBUF_INIT;
        draw(&life, width, ascii, &drawn);
        char name[128];
        snprintf(name, sizeof name, "ladder-%s-%zu%s.txt", lives[i].name, width,
                 ascii ? "-ascii" : "");
        compare_with_golden(name, &drawn);
        base_strbuf_free(&drawn);
        fake_life_free(&life);
    }
}

static void golden_80_ascii(void **state)
{
    (void)state;
    golden_at(80, true);
}

static void golden_100(void **state)
{
    (void)state;
    golden_at(100, false);
}

static void golden_200(void **state)
{
    (void)state;
    golden_at(200, false);
}

/* At every width: no line is wider, lifelines stand in their columns, ASCII is ASCII. */
static void fits_any_width(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
        struct fake_life life = fake_life_new(16, 16);
        lives[i].live(&life);
        fake_life_end(&life);
        for (size_t width = 1; width <= 300; width++) {
            struct base_strbuf drawn = BASE_STRBUF_INIT;
            draw(&life, width, (width & 1) != 0, &drawn);
            const char *line = base_strbuf_text(&drawn);
            for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
                assert_true(view_text_width(line, (size_t)(end - line)) <= width);
                for (const char *at = line; (width & 1) && at < end; at++)
                    assert_true(*at >= ' ' && *at <= '~');
            }
            base_strbuf_free(&drawn);
        }
        fake_life_free(&life);
    }
}

/* Nothing a hostile life holds may break the drawing: transitions of frames that never were, in any
 * order. */
static void survives_nonsense(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(2, 2);
    struct base_strbuf drawn = BASE_STRBUF_INIT;
    fake_life_end(&life);
    draw(&life, 100, false, &drawn); /* nothing at all */
    fake_life_move_at(&life, 99, S, TRACK_UNKNOWN, TRACK_TIME_WAIT, TRACK_CAUSE_NONE, false);
    draw(&life, 100, false, &drawn); /* a transition without any segment */
    for (unsigned i = 0; i < 300; i++) {
        fake_life_make(&life, i % 7 == 0 ? -5000 : 5000, i % 3 ? C : S, i * 37 & 0x1ff, i);
        life.last.findings = i % 5 == 0 ? UINT64_MAX >> (64 - TRACK_FINDINGS) : 0;
        life.last.kind = i % 11 == 0 ? TRACK_EVENT_ICMP : TRACK_EVENT_SEGMENT;
        life.last.related_frame = i / 2;
        fake_life_tell(&life);
        fake_life_move_at(&life, i % 4 == 0 ? 0 : i * 7 % 300, i % 2 ? C : S,
                          (enum track_state)(i % TRACK_STATES),
                          (enum track_state)(i / 2 % TRACK_STATES), TRACK_CAUSE_SENT_RST, false);
        if (i % 50 == 0)
            draw(&life, 60 + i, (i & 1) != 0, &drawn);
    }
    draw(&life, 100, false, &drawn);
    assert_non_null(strstr(base_strbuf_text(&drawn), "TIME_WAIT?"));
    base_strbuf_free(&drawn);
    fake_life_free(&life);
}

/* An endpoint's second step is not drawn before its first, though its cause was captured earlier.
 */
static void path_order_wins_over_frames(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(8, 8);
    fake_life_handshake(&life);
    fake_life_segment(&life, 1, C, WIRE_ACK, 5);
    fake_life_segment(&life, 1, S, WIRE_ACK, 5);
    fake_life_move_at(&life, 5, S, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN, true);
    fake_life_move_at(&life, 4, S, TRACK_FIN_WAIT_1, TRACK_CLOSING, TRACK_CAUSE_RECEIVED_FIN, true);
    fake_life_move_at(&life, 0, S, TRACK_CLOSING, TRACK_CLOSED, TRACK_CAUSE_SENT_RST, true);
    struct view_steps steps;
    view_steps_make(&steps, life.timeline);
    assert_int_equal(steps.transition_count, 7);
    assert_int_equal(steps.anchors[4].step, 4);
    assert_int_equal(steps.anchors[5].step, 4);
    assert_false(steps.anchors[5].own_row);
    assert_int_equal(steps.anchors[6].step, 4);
    assert_true(steps.anchors[6].own_row);
    view_steps_free(&steps);
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_80_ascii),   cmocka_unit_test(golden_100),
        cmocka_unit_test(golden_200),        cmocka_unit_test(fits_any_width),
        cmocka_unit_test(survives_nonsense), cmocka_unit_test(path_order_wins_over_frames),
    };
    return cmocka_run_group_tests_name("view_ladder", tests, NULL, NULL);
}
