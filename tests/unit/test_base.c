/* base: cursor and string buffer. */
#include "config.h"

#include "support.h"

#include "base/cursor.h"
#include "base/strbuf.h"

static void cursor_fails_sticky(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    struct base_cursor cursor = base_cursor_make(bytes, sizeof bytes);
    assert_int_equal(base_cursor_u16(&cursor), 0x0102);
    assert_int_equal(base_cursor_u32(&cursor), 0);
    assert_true(cursor.failed);
    assert_int_equal(base_cursor_u8(&cursor), 0);
    assert_int_equal(cursor.left, 3);
    assert_null(base_cursor_take(&cursor, 1));
}

static void cursor_reads_network_order(void **state)
{
    (void)state;
    const uint8_t bytes[] = {0xff, 0xfe, 0xfd, 0xfc, 0, 0, 0, 1, 9};
    struct base_cursor cursor = base_cursor_make(bytes, sizeof bytes);
    assert_int_equal(base_cursor_peek(&cursor, 8), 9);
    assert_true(base_cursor_u64(&cursor) == 0xfffefdfc00000001u);
    base_cursor_limit(&cursor, 0);
    assert_int_equal(base_cursor_u8(&cursor), 0);
    assert_true(cursor.failed);
}

static void strbuf_grows(void **state)
{
    (void)state;
    struct base_strbuf buf = BASE_STRBUF_INIT;
    assert_string_equal(base_strbuf_text(&buf), "");
    for (unsigned i = 0; i < 100; i++)
        base_strbuf_printf(&buf, "%u,", i);
    base_strbuf_clear(&buf);
    base_strbuf_u64(&buf, UINT64_MAX);
    base_strbuf_char(&buf, ' ');
    base_strbuf_u64(&buf, 0);
    base_strbuf_fill(&buf, '-', 3);
    assert_string_equal(base_strbuf_text(&buf), "18446744073709551615 0---");
    base_strbuf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursor_fails_sticky),
        cmocka_unit_test(cursor_reads_network_order),
        cmocka_unit_test(strbuf_grows),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
