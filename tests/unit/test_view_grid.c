/* view: character widths, cells, words for numbers; base: the map of numbers. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "base/u64map.h"
#include "view/charwidth.h"
#include "view/glyphs.h"
#include "view/grid.h"
#include "view/words.h"

static void widths(void **state)
{
    (void)state;
    static const struct {
        uint32_t code_point;
        int width;
    } cases[] = {{'a', 1},    {0xe9, 1},    {0x00, -1},   {0x1b, -1},   {0x7f, -1},   {0x9b, -1},
                 {0x300, 0},  {0x36f, 0},   {0x370, 1},   {0x200d, 0},  {0xfe0f, 0},  {0x1100, 2},
                 {0x1160, 0}, {0x2192, 1},  {0x25b6, 1},  {0x2713, 1},  {0x3000, 2},  {0x303f, 1},
                 {0x4e2d, 2}, {0x9fff, 2},  {0xac00, 2},  {0xd7a3, 2},  {0xff21, 2},  {0xff61, 1},
                 {0xfffd, 1}, {0x1f600, 2}, {0x20000, 2}, {0x2fffd, 2}, {0x10ffff, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(view_char_width(cases[i].code_point), cases[i].width);
    assert_int_equal(view_text_width("a中e\xcc\x81", 7), 4);
    assert_int_equal(view_text_fit("a中b", 5, 2), 1); /* half a wide character does not fit */
    assert_int_equal(view_text_fit("a中b", 5, 3), 4);
    assert_int_equal(view_text_fit("abc", 3, 9), 3);
}

/* Every sign that is drawn counts as one column. */
static void glyphs_are_narrow(void **state)
{
    (void)state;
    for (int ascii = 0; ascii < 2; ascii++) {
        const struct view_glyphs *glyphs = view_glyphs(ascii != 0);
        const uint32_t *first = &glyphs->rule;
        for (size_t i = 0; first + i <= &glyphs->cross; i++) {
            assert_int_equal(view_char_width(first[i]), 1);
            assert_true(!ascii || first[i] < 0x7f);
        }
        assert_int_equal(view_text_width(glyphs->ellipsis, strlen(glyphs->ellipsis)), 1);
    }
}

static void check_row(const struct view_grid *grid, size_t y, bool ascii, const char *expected)
{
    struct base_strbuf row = BASE_STRBUF_INIT;
    view_grid_add_row(grid, y, ascii, &row);
    assert_string_equal(base_strbuf_text(&row), expected);
    base_strbuf_free(&row);
}

static void cells_hold_wide_characters(void **state)
{
    (void)state;
    struct view_grid grid;
    view_grid_init(&grid, 6, 2);
    assert_int_equal(view_grid_text(&grid, 0, 0, "中文ab", VIEW_ROLE_TITLE), 6);
    check_row(&grid, 0, false, "中文ab");
    assert_int_equal(view_grid_cell(&grid, 0, 0)->width, 2);
    assert_int_equal(view_grid_cell(&grid, 1, 0)->code_point, 0);
    view_grid_text(&grid, 1, 0, "x", VIEW_ROLE_PLAIN); /* the right half goes, so does the left */
    check_row(&grid, 0, false, " x文ab");
    view_grid_text(&grid, 2, 0, "y", VIEW_ROLE_PLAIN);
    check_row(&grid, 0, false, " xy ab");
    view_grid_text(&grid, 1, 0, "字", VIEW_ROLE_PLAIN);
    check_row(&grid, 0, false, " 字 ab");
    check_row(&grid, 0, true, " ? ab");
    assert_int_equal(view_grid_text(&grid, 5, 0, "中", VIEW_ROLE_PLAIN), 0); /* no room for both */
    check_row(&grid, 1, false, "");
    view_grid_free(&grid);
}

static void text_is_clipped_and_made_harmless(void **state)
{
    (void)state;
    struct view_grid grid;
    view_grid_init(&grid, 5, 1);
    assert_int_equal(view_grid_text(&grid, 2, 0, "abcdef", VIEW_ROLE_PLAIN), 3);
    assert_int_equal(view_grid_text(&grid, 5, 0, "x", VIEW_ROLE_PLAIN), 0);
    assert_int_equal(view_grid_text(&grid, 0, 1, "x", VIEW_ROLE_PLAIN), 0);
    check_row(&grid, 0, false, "  abc");
    view_grid_clear(&grid);
    assert_int_equal(view_grid_put(&grid, 0, 0,
                                   "\x1b\xff"
                                   "e\xcc\x81",
                                   5, 9, VIEW_ROLE_PLAIN),
                     3);
    check_row(&grid, 0, false,
              "\xef\xbf\xbd\xef\xbf\xbd"
              "e");
    check_row(&grid, 0, true, "??e");
    view_grid_fill(&grid, 3, 0, 0x2500, 99, VIEW_ROLE_RULE);
    assert_int_equal(view_grid_used(&grid, 0), 5);
    assert_int_equal(view_grid_cell(&grid, 4, 0)->role, VIEW_ROLE_RULE);
    assert_null(view_grid_cell(&grid, 5, 0));
    view_grid_free(&grid);
    view_grid_init(&grid, 0, 0);
    assert_int_equal(grid.width * grid.height, 1);
    view_grid_free(&grid);
}

static void check_span(int64_t ns, bool ascii, const char *expected)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_span(&text, ns, ascii);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void spans_read_well(void **state)
{
    (void)state;
    check_span(0, false, "0 s");
    check_span(41, false, "41 ns");
    check_span(1000, false, "1.00 µs");
    check_span(210500, true, "210 us");
    check_span(20110000, false, "20.1 ms");
    check_span(999999999, false, "999 ms");
    check_span(1204000000, false, "1.204 s");
    check_span(60000000000, false, "60 s");
    check_span(60000594000, false, "60.000 s");
    check_span(125000000000, false, "2 min 5 s");
    check_span(10920000000000, false, "3 h 2 min");
    check_span(356400000000000, false, "4 d 3 h");
    check_span(-1500000000, false, "-1.500 s");
    check_span(INT64_MIN, false, "-106751 d 23 h");
}

static void check_bytes(uint64_t bytes, const char *full, const char *brief)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_bytes(&text, bytes);
    assert_string_equal(base_strbuf_text(&text), full);
    base_strbuf_clear(&text);
    view_add_bytes_short(&text, bytes);
    assert_string_equal(base_strbuf_text(&text), brief);
    assert_true(text.length <= 8);
    base_strbuf_free(&text);
}

static void counts_read_well(void **state)
{
    (void)state;
    check_bytes(0, "0 bytes", "0 B");
    check_bytes(1, "1 byte", "1 B");
    check_bytes(1204, "1,204 bytes", "1,204 B");
    check_bytes(9999, "9,999 bytes", "9,999 B");
    check_bytes(10000, "10.0 kB", "10.0 kB");
    check_bytes(1700000, "1.70 MB", "1.70 MB");
    check_bytes(999999999, "999 MB", "999 MB");
    check_bytes(5000000000, "5.00 GB", "5.00 GB");
    check_bytes(UINT64_MAX, "18.4 EB", "18.4 EB");
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_count(&text, UINT64_MAX);
    base_strbuf_char(&text, ' ');
    view_add_count(&text, 1000);
    assert_string_equal(base_strbuf_text(&text), "18,446,744,073,709,551,615 1,000");
    base_strbuf_free(&text);
}

/* Against an array that says the same. */
static void the_map_keeps_what_it_got(void **state)
{
    (void)state;
    enum { KEYS = 500 };
    static int values[KEYS];
    bool there[KEYS] = {false};
    struct base_u64map map = BASE_U64MAP_INIT;
    assert_null(base_u64map_get(&map, 1));
    assert_null(base_u64map_remove(&map, 1));
    uint32_t random = 1;
    for (unsigned step = 0; step < 20000; step++) {
        random = random * 1664525 + 1013904223;
        unsigned key = (random >> 8) % KEYS;
        uint64_t wide = (uint64_t)key << (key % 3 * 16); /* low bits alike */
        if (random >> 31) {
            base_u64map_put(&map, wide, &values[key]);
            there[key] = true;
        } else {
            assert_ptr_equal(base_u64map_remove(&map, wide), there[key] ? &values[key] : NULL);
            there[key] = false;
        }
    }
    size_t count = 0, seen = 0;
    for (unsigned key = 0; key < KEYS; key++) {
        count += there[key];
        assert_ptr_equal(base_u64map_get(&map, (uint64_t)key << (key % 3 * 16)),
                         there[key] ? &values[key] : NULL);
    }
    for (size_t at = 0; base_u64map_next(&map, &at) != NULL;)
        seen++;
    assert_int_equal(map.count, count);
    assert_int_equal(seen, count);
    base_u64map_free(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(glyphs_are_narrow),
        cmocka_unit_test(cells_hold_wide_characters),
        cmocka_unit_test(text_is_clipped_and_made_harmless),
        cmocka_unit_test(spans_read_well),
        cmocka_unit_test(counts_read_well),
        cmocka_unit_test(the_map_keeps_what_it_got),
    };
    return cmocka_run_group_tests_name("view_grid", tests, NULL, NULL);
}
