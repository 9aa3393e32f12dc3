/* view: the columns of the list, and the bars of a connection's activity. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "view/activity.h"
#include "view/columns.h"

/* --- columns --- */

static void assert_printed(const struct view_columns *columns, const char *expected)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_columns_print(columns, &text);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void columns_are_read(void **state)
{
    (void)state;
    struct base_strbuf why = BASE_STRBUF_INIT;
    struct view_columns columns;
    view_columns_default(&columns);
    assert_printed(&columns,
                   "number client server client-state server-state packets bytes findings "
                   "rtt age activity life");
    assert_true(view_columns_parse(&columns, " server:30, number\tclient ", &why));
    assert_printed(&columns, "server:30 number client");
    assert_true(view_columns_parse(&columns, "life", &why));
    assert_printed(&columns, "number life");
    static const struct {
        const char *text, *why;
    } wrong[] = {
        {"", "a list of columns is missing"},
        {"client colour", "colour: no such column; there are number, client,"},
        {"client:1", "client:1: not a width from 2 to 200"},
        {"client:201", "client:201: not a width"},
        {"client:99999999999999999999", "not a width"},
        {"client:", "not a width"},
        {"client:3x", "not a width"},
        {"client client", "client: twice"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        base_strbuf_clear(&why);
        assert_false(view_columns_parse(&columns, wrong[i].text, &why));
        if (strstr(base_strbuf_text(&why), wrong[i].why) == NULL)
            fail_msg("%s: %s", wrong[i].text, base_strbuf_text(&why));
    }
    assert_printed(&columns, "number life");
    base_strbuf_free(&why);
}

static void columns_are_moved(void **state)
{
    (void)state;
    struct view_columns columns;
    struct base_strbuf why = BASE_STRBUF_INIT;
    assert_true(view_columns_parse(&columns, "number client:9 server", &why));
    assert_true(view_columns_move(&columns, 1, false));
    assert_printed(&columns, "number server client:9");
    assert_false(view_columns_move(&columns, 2, false));
    assert_true(view_columns_move(&columns, 2, true));
    assert_false(view_columns_move(&columns, 0, true));
    assert_false(view_columns_move(&columns, 3, true));
    view_columns_toggle(&columns, VIEW_COLUMN_NUMBER);
    view_columns_toggle(&columns, VIEW_COLUMN_CLIENT);
    view_columns_toggle(&columns, VIEW_COLUMN_HISTORY);
    assert_printed(&columns, "number server history");
    /* all of them at once */
    for (unsigned i = 0; i < VIEW_COLUMNS; i++)
        if (view_columns_find(&columns, (enum view_column)i) == columns.count)
            view_columns_toggle(&columns, (enum view_column)i);
    assert_int_equal(columns.count, VIEW_COLUMNS);
    struct base_strbuf all = BASE_STRBUF_INIT;
    view_columns_print(&columns, &all);
    assert_true(view_columns_parse(&columns, base_strbuf_text(&all), &why));
    base_strbuf_free(&all);
    base_strbuf_free(&why);
}

static void sorting_is_read(void **state)
{
    (void)state;
    struct base_strbuf why = BASE_STRBUF_INIT, text = BASE_STRBUF_INIT;
    enum view_column column;
    bool reverse;
    assert_true(view_column_parse_sort("bytes", &column, &reverse, &why));
    assert_true(column == VIEW_COLUMN_BYTES && reverse);
    view_column_print_sort(column, reverse, &text);
    assert_true(view_column_parse_sort("-bytes", &column, &reverse, &why));
    assert_false(reverse);
    view_column_print_sort(column, reverse, &text);
    assert_true(view_column_parse_sort("-client", &column, &reverse, &why));
    view_column_print_sort(column, reverse, &text);
    assert_string_equal(base_strbuf_text(&text), "bytes-bytes-client");
    assert_false(view_column_parse_sort("life", &column, &reverse, &why));
    assert_false(view_column_parse_sort("", &column, &reverse, &why));
    assert_false(view_column_parse_sort("-", &column, &reverse, &why));
    base_strbuf_free(&why);
    base_strbuf_free(&text);
}

/* --- activity --- */

static void assert_bars(const struct view_activity *activity, int64_t until_ns, size_t width,
                        bool ascii, const char *expected)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_activity_draw(activity, until_ns, width, ascii, &text);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void activity_is_drawn(void **state)
{
    (void)state;
    struct view_activity activity = {0};
    assert_bars(&activity, 1000, 4, true, "");
    view_activity_add(&activity, 5000, 100);
    assert_bars(&activity, 5000, 4, false, "████");
    view_activity_add(&activity, 8000, 50);
    assert_bars(&activity, 8000, 4, true, "#  -");
    assert_bars(&activity, 8000, 4, false, "█  ▄");
    assert_bars(&activity, 8000, 8, true, "##    --");
    assert_bars(&activity, 8000, 2, true, "#-");
    /* time that passes without segments, and a life that is cut before its end */
    assert_bars(&activity, 12000, 8, true, "#  -    ");
    assert_bars(&activity, 6000, 2, true, "# ");
    assert_bars(&activity, 4000, 2, true, "");
    /* one that comes late counts at the start */
    view_activity_add(&activity, 1000, 100);
    assert_bars(&activity, 8000, 4, true, "#  ,");
}

static void activity_is_bounded(void **state)
{
    (void)state;
    struct view_activity activity = {0};
    view_activity_add(&activity, INT64_MIN, UINT32_MAX);
    view_activity_add(&activity, INT64_MIN, UINT32_MAX);
    view_activity_add(&activity, INT64_MAX, 1);
    assert_bars(&activity, INT64_MAX, 4, true, "#  .");
    activity = (struct view_activity){0};
    uint64_t sum = 0;
    for (int64_t i = 0; i < 100000; i++)
        view_activity_add(&activity, i * 977, 10);
    for (size_t i = 0; i < VIEW_ACTIVITY_SPANS; i++)
        sum += activity.bytes[i];
    assert_int_equal(sum, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_read),    cmocka_unit_test(columns_are_moved),
        cmocka_unit_test(sorting_is_read),     cmocka_unit_test(activity_is_drawn),
        cmocka_unit_test(activity_is_bounded),
    };
    return cmocka_run_group_tests_name("view_columns", tests, NULL, NULL);
}
