/* tui: the model behind the screens, scrolling, and the sketch of a life. */
#include "config.h"

#include "support.h"

#include "fake_conn.h"
#include "fake_life.h"
#include "tui/model.h"
#include "tui/screen.h"
#include "tui/sketch.h"

/* --- the list --- */

/* Tells the model of a segment of connection number, which has that many packets. */
static struct track_conn tell(struct tui_model *model, uint64_t number, uint64_t packets)
{
    struct track_conn conn = fake_conn();
    conn.record.number = number;
    conn.record.end[TRACK_CLIENT].packets = packets;
    conn.record.end[TRACK_CLIENT].state = TRACK_ESTABLISHED;
    conn.record.end[TRACK_SERVER].state = TRACK_ESTABLISHED;
    const struct track_event event = {
        .frame = number, .time_ns = FAKE_START_NS + 1000, .connection = number};
    tui_model_observer()->event(model, &conn, &event);
    return conn;
}

static void close_client(struct tui_model *model, struct track_conn *conn)
{
    conn->record.end[TRACK_CLIENT].state = TRACK_CLOSED;
    tui_model_observer()->connection(model, &conn->record);
}

static void assert_list(struct tui_model *model, const uint64_t *numbers, size_t count)
{
    tui_model_refresh(model, INT64_MAX / 2);
    assert_int_equal(tui_model_count(model), count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(tui_model_at(model, i)->number, numbers[i]);
        assert_int_equal(tui_model_find(model, numbers[i]), i);
    }
    assert_null(tui_model_at(model, count));
}

#define ASSERT_LIST(model, ...)                                                                    \
    assert_list(model, (const uint64_t[]){__VA_ARGS__},                                            \
                sizeof(const uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

static void list_is_sorted(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    assert_false(tui_model_changed(model));
    tell(model, 1, 5);
    tell(model, 2, 9);
    tell(model, 3, 5);
    assert_true(tui_model_changed(model));
    assert_false(tui_model_changed(model));
    ASSERT_LIST(model, 1, 2, 3);
    tui_model_set_sort(model, VIEW_COLUMN_PACKETS, false);
    ASSERT_LIST(model, 1, 3, 2);
    tui_model_set_sort(model, VIEW_COLUMN_PACKETS, true);
    ASSERT_LIST(model, 2, 3, 1);
    tell(model, 4, 7);
    ASSERT_LIST(model, 2, 4, 3, 1);
    assert_int_equal(tui_model_find(model, 5), SIZE_MAX);
    tui_model_free(model);
}

static void list_is_filtered(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    struct track_conn second;
    tell(model, 1, 1);
    second = tell(model, 2, 1);
    close_client(model, &second);
    tui_model_set_filter(model, "client.state=CLOSED");
    assert_null(tui_model_filter_error(model));
    ASSERT_LIST(model, 2);
    assert_int_equal(tui_model_unfiltered(model), 2);
    /* a bad filter says so and shows all */
    tui_model_set_filter(model, "nonsense=1");
    assert_non_null(tui_model_filter_error(model));
    assert_string_equal(tui_model_filter(model), "nonsense=1");
    ASSERT_LIST(model, 1, 2);
    tui_model_set_filter(model, "");
    assert_null(tui_model_filter_error(model));
    ASSERT_LIST(model, 1, 2);
    tui_model_free(model);
}

static void held_list_stays(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    struct track_conn first = tell(model, 1, 1);
    ASSERT_LIST(model, 1);
    tui_model_hold(model, true);
    ASSERT_LIST(model, 1);
    close_client(model, &first);
    tell(model, 2, 1);
    ASSERT_LIST(model, 1);
    assert_int_equal(tui_model_at(model, 0)->end[TRACK_CLIENT].state, TRACK_ESTABLISHED);
    tui_model_hold(model, false);
    ASSERT_LIST(model, 1, 2);
    assert_int_equal(tui_model_at(model, 0)->end[TRACK_CLIENT].state, TRACK_CLOSED);
    tui_model_free(model);
}

static void only_wanted_connections(void **state)
{
    (void)state;
    const uint64_t wanted[] = {2, 4};
    struct tui_model *model =
        tui_model_new(&(struct tui_options){.connections = wanted, .connection_count = 2});
    for (uint64_t i = 1; i <= 4; i++)
        tell(model, i, 1);
    ASSERT_LIST(model, 2, 4);
    assert_null(tui_model_timeline(model, 1));
    assert_non_null(tui_model_timeline(model, 2));
    assert_null(tui_model_timeline(model, 0));
    assert_null(tui_model_timeline(model, 5));
    tui_model_free(model);
}

static void ages_end_with_the_connection(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    struct track_conn conn = tell(model, 1, 1);
    assert_int_equal(tui_connection_age(model, &conn.record), 1000);
    tui_model_set_now(model, FAKE_START_NS + 5000);
    tui_model_set_now(model, FAKE_START_NS + 4000);
    assert_int_equal(tui_connection_age(model, &conn.record), 5000);
    conn.record.end[0].state = conn.record.end[1].state = TRACK_CLOSED;
    conn.record.end_ns = FAKE_START_NS + 300;
    assert_int_equal(tui_connection_age(model, &conn.record), 300);
    tui_model_free(model);
}

/* More connections than are kept: the oldest that have ended go, open ones stay. */
static void memory_is_bounded(void **state)
{
    (void)state;
    enum { MANY = 200100 };
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    for (uint64_t i = 1; i <= MANY; i++) {
        struct track_conn conn = tell(model, i, 1);
        if (i != 7)
            close_client(model, &conn);
    }
    tui_model_refresh(model, INT64_MAX / 2);
    assert_int_equal(tui_model_count(model), 200000);
    assert_int_equal(tui_model_forgotten(model), 100);
    assert_null(tui_model_timeline(model, 1));
    assert_non_null(tui_model_timeline(model, 7));
    assert_null(tui_model_timeline(model, 101));
    assert_non_null(tui_model_timeline(model, 102));
    tui_model_free(model);
}

/* Keys that come in one go see what the one before made of the list. */
static void filters_hold_at_once(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    tell(model, 1, 5);
    tell(model, 2, 9);
    ASSERT_LIST(model, 1, 2);
    tui_model_set_filter(model, "packets > 5");
    tui_model_settle(model);
    assert_int_equal(tui_model_count(model), 1);
    assert_int_equal(tui_model_at(model, 0)->number, 2);
    tui_model_free(model);
}

static void marks_stay(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    tell(model, 1, 5);
    tell(model, 2, 9);
    tui_model_mark(model, 2, true);
    tui_model_mark(model, 2, true);
    tui_model_mark(model, 3, true); /* there is none */
    tui_model_mark(model, 0, true);
    assert_int_equal(tui_model_marks(model), 1);
    assert_true(tui_model_is_marked(model, 2));
    assert_false(tui_model_is_marked(model, 1) || tui_model_is_marked(model, 3));
    tui_model_set_filter(model, "not marked");
    ASSERT_LIST(model, 1);
    tui_model_mark(model, 1, true);
    tui_model_mark(model, 2, false);
    ASSERT_LIST(model, 2);
    assert_int_equal(tui_model_marks(model), 1);
    tui_model_free(model);
}

/* Every column that has an order sorts, and the numbers settle what is equal. */
static void every_column_sorts(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    tell(model, 1, 5);
    tell(model, 2, 5);
    for (unsigned i = 0; i < VIEW_COLUMNS; i++) {
        if (view_column_entry((enum view_column)i)->unsorted)
            continue;
        tui_model_set_sort(model, (enum view_column)i, false);
        ASSERT_LIST(model, 1, 2);
        tui_model_set_sort(model, (enum view_column)i, true);
        ASSERT_LIST(model, 2, 1);
    }
    tui_model_free(model);
}

/* --- scrolling --- */

static void scroll_keeps_the_selection_in_sight(void **state)
{
    (void)state;
    struct tui_scroll scroll = {0};
    tui_scroll_fit(&scroll, 100, 10);
    assert_true(tui_scroll_act(&scroll, TUI_ACTION_PAGE_DOWN));
    assert_true(tui_scroll_act(&scroll, TUI_ACTION_DOWN));
    tui_scroll_fit(&scroll, 100, 10);
    assert_int_equal(scroll.selected, 10);
    assert_int_equal(scroll.top, 1);
    assert_true(tui_scroll_act(&scroll, TUI_ACTION_LAST));
    tui_scroll_fit(&scroll, 100, 10);
    assert_int_equal(scroll.top, 90);
    tui_scroll_fit(&scroll, 5, 10);
    assert_int_equal(scroll.selected, 4);
    assert_int_equal(scroll.top, 0);
    assert_true(tui_scroll_act(&scroll, TUI_ACTION_PAGE_UP));
    assert_true(tui_scroll_act(&scroll, TUI_ACTION_UP));
    assert_int_equal(scroll.selected, 0);
    assert_false(tui_scroll_act(&scroll, TUI_ACTION_QUIT));
    tui_scroll_fit(&scroll, 0, 10);
    tui_scroll_act(&scroll, TUI_ACTION_LAST);
    tui_scroll_act(&scroll, TUI_ACTION_DOWN);
    assert_int_equal(scroll.selected, 0);
}

/* --- the sketch --- */

static void assert_sketch(const struct fake_life *life, size_t width, bool ascii,
                          const char *expected)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    tui_sketch_add(&text, life->timeline, width, ascii);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void sketch_tells_a_life(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(100, 100);
    fake_life_segment(&life, 0, TRACK_CLIENT, WIRE_SYN, 0);
    fake_life_segment(&life, 10, TRACK_CLIENT, WIRE_SYN, 0);
    assert_sketch(&life, 80, false, "→SYN×2");
    fake_life_segment(&life, 10, TRACK_SERVER, WIRE_SYN | WIRE_ACK, 0);
    fake_life_segment(&life, 10, TRACK_CLIENT, WIRE_ACK, 0);
    fake_life_segment(&life, 10, TRACK_CLIENT, WIRE_ACK | WIRE_PSH, 100);
    fake_life_segment(&life, 10, TRACK_SERVER, WIRE_ACK, 0);
    fake_life_segment(&life, 10, TRACK_CLIENT, WIRE_ACK | WIRE_FIN, 0);
    fake_life_segment(&life, 10, TRACK_SERVER, WIRE_ACK, 0);
    fake_life_segment(&life, 10, TRACK_SERVER, WIRE_ACK | WIRE_RST, 0);
    assert_sketch(&life, 80, false, "→SYN×2 ←SYN,ACK →ACK ⋯ →FIN ←ACK ←RST");
    assert_sketch(&life, 80, true, ">SYNx2 <SYN,ACK >ACK .. >FIN <ACK <RST");
    assert_sketch(&life, 20, true, ">SYNx2 .. <RST");
    assert_sketch(&life, 1, true, "..");
    fake_life_free(&life);
}

/* --- calls and kernels --- */

static size_t calls_of(struct tui_model *model, uint64_t number)
{
    size_t count;
    view_timeline_calls(tui_model_timeline(model, number), &count);
    return count;
}

/* A call before the first segment waits for it; one later goes to the connection at once. */
static void calls_find_their_connection(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    struct track_conn conn = fake_conn();
    struct track_call connect = {.local = conn.record.end[TRACK_CLIENT].endpoint,
                                 .remote = conn.record.end[TRACK_SERVER].endpoint,
                                 .text = "connect(c)"};
    struct track_call stranger = connect;
    stranger.local.port++;
    tui_model_observer()->call(model, &connect);
    tui_model_observer()->call(model, &stranger);
    const struct track_event event = {.frame = 1,
                                      .time_ns = FAKE_START_NS,
                                      .connection = conn.record.number,
                                      .first_of_connection = true};
    tui_model_observer()->event(model, &conn, &event);
    assert_int_equal(calls_of(model, conn.record.number), 1);
    tui_model_observer()->call(model, &connect);
    assert_int_equal(calls_of(model, conn.record.number), 2);
    tui_model_free(model);
}

/* What the kernel says is kept where it is news. */
static void kernels_words_are_kept_once(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    struct track_kernel_socket word = {.side = TRACK_SERVER,
                                       .state = TRACK_CLOSE_WAIT,
                                       .inferred = TRACK_ESTABLISHED,
                                       .agreement = TRACK_DIFFERS};
    view_timeline_kernel(life.timeline, &word);
    view_timeline_kernel(life.timeline, &word);
    word.agreement = TRACK_DISAGREES;
    view_timeline_kernel(life.timeline, &word);
    size_t count;
    const struct view_call *calls = view_timeline_calls(life.timeline, &count);
    assert_int_equal(count, 2);
    assert_true(calls[0].kernel && calls[0].side == TRACK_SERVER);
    assert_string_equal(calls[0].text, "kernel: CLOSE_WAIT");
    assert_string_equal(calls[1].text, "kernel: CLOSE_WAIT, not ESTABLISHED");
    fake_life_free(&life);
}

/* What comes while a replay shows the past is learned, and does not change what is shown. */
static void a_replay_is_not_disturbed(void **state)
{
    (void)state;
    struct tui_model *model = tui_model_new(&(struct tui_options){0});
    tell(model, 1, 1);
    tell(model, 1, 2);
    tui_model_start_replay(model);
    const struct view_moment now = {1, FAKE_START_NS + 1000};
    tui_model_cut(model, 1, now);
    const struct view_timeline *shown = tui_model_timeline(model, 1);
    assert_int_equal(view_timeline_count(shown), 2);
    struct track_conn conn = tell(model, 1, 3);
    close_client(model, &conn);
    tell(model, 2, 1);
    assert_ptr_equal(tui_model_timeline(model, 1), shown);
    assert_int_equal(view_timeline_count(shown), 2);
    assert_int_equal(view_timeline_record(shown)->end[TRACK_CLIENT].packets, 2);
    assert_int_equal(view_timeline_count(tui_model_whole(model, 1)), 2);
    assert_int_equal(tui_model_numbers(model), 1);
    tui_model_cut(model, 2, now); /* was not there */
    assert_null(tui_model_timeline(model, 2));
    tui_model_end_replay(model);
    assert_int_equal(view_timeline_count(tui_model_timeline(model, 1)), 3);
    assert_int_equal(view_timeline_record(tui_model_timeline(model, 1))->end[TRACK_CLIENT].state,
                     TRACK_CLOSED);
    assert_non_null(tui_model_timeline(model, 2));
    tui_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_is_sorted),
        cmocka_unit_test(list_is_filtered),
        cmocka_unit_test(filters_hold_at_once),
        cmocka_unit_test(marks_stay),
        cmocka_unit_test(every_column_sorts),
        cmocka_unit_test(held_list_stays),
        cmocka_unit_test(only_wanted_connections),
        cmocka_unit_test(ages_end_with_the_connection),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(calls_find_their_connection),
        cmocka_unit_test(a_replay_is_not_disturbed),
        cmocka_unit_test(kernels_words_are_kept_once),
        cmocka_unit_test(scroll_keeps_the_selection_in_sight),
        cmocka_unit_test(sketch_tells_a_life),
    };
    return cmocka_run_group_tests_name("tui_model", tests, NULL, NULL);
}
