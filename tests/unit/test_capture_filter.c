/* capture: filters, on each link type. */
#include "config.h"

#include "capture_files.h"

#include <string.h>

static void put_frame(struct bytes *file, uint32_t interface, uint32_t link_type, unsigned port)
{
    struct bytes body = {0};
    uint8_t frame[FRAME_BYTES];
    make_frame(frame, link_type, port);
    put_u32(&body, interface);
    put_u32(&body, 0);
    put_u32(&body, 0);
    put_u32(&body, FRAME_BYTES);
    put_u32(&body, FRAME_BYTES);
    put_data(&body, frame, FRAME_BYTES);
    put_block(file, 6, body.at, body.length);
}

static void put_frames(struct bytes *file)
{
    put_section(file);
    put_interface(file, 1, NULL, 0);
    put_frame(file, 0, 1, 80);
    put_frame(file, 0, 1, 1234);
    put_interface(file, 101, NULL, 0);
    put_frame(file, 1, 101, 1234);
    put_frame(file, 1, 101, 80);
    put_frame(file, 0, 1, 1234);
}

static void numbers_are_those_of_the_file(void **state)
{
    (void)state;
    struct bytes file = {0};
    struct result result;
    put_frames(&file);
    read_bytes(&file, "tcp port 1234", &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 3);
    assert_int_equal(result.packets[0].number, 2);
    assert_int_equal(result.packets[1].number, 3);
    assert_int_equal(result.packets[1].link_type, 101);
    assert_int_equal(result.packets[2].number, 5);
    assert_int_equal(result.stats.packets, 3);
    read_bytes(&file, "tcp port 99", &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 0);
    read_bytes(&file, "", &result);
    assert_int_equal(result.count, 5);
}

static void a_wrong_filter_is_told_when_opening(void **state)
{
    (void)state;
    struct bytes file = {0};
    struct result result;
    put_frames(&file);
    read_bytes(&file, "port 1234x", &result);
    assert_false(result.opened);
    assert_string_equal(result.error.text, "filter: port 1234x: unknown port '1234x'");
    read_bytes(&file, "tcp and (", &result);
    assert_false(result.opened);
    assert_contains(result.error.text, "filter: tcp and (: ");
    read_bytes(&file, "wlan type mgt", &result); /* right, but not for this file */
    assert_false(result.opened);
    assert_contains(result.error.text, "not possible with link type 1 EN10MB");
}

static void a_filter_may_suit_one_link_type_only(void **state)
{
    (void)state;
    struct bytes file = {0};
    struct result result;
    put_frames(&file);
    read_bytes(&file, "ether host 2:2:2:2:2:2", &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_int_equal(result.count, 2);
    assert_contains(result.error.text, "not possible with link type 101 RAW");
}

/* Each interface with its link type, which a hostile file may have 65536 of. */
static void programs_are_bounded(void **state)
{
    (void)state;
    struct bytes file = {0};
    struct result result;
    file.end_count = 0;
    put_section(&file);
    for (unsigned i = 0; i < 60; i++) {
        put_interface(&file, i % 2 == 0 ? 1 : 140 + i, NULL, 0);
        put_frame(&file, i, 1, 80);
        file.end_count = 0;
    }
    /* Of the kind that suits every link type. */
    read_bytes(&file, "less 100", &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 60);
    for (unsigned i = 60; i < 70; i++) {
        put_interface(&file, 140 + i, NULL, 0);
        put_frame(&file, i, 1, 80);
        file.end_count = 0;
    }
    read_bytes(&file, "less 100", &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_contains(result.error.text, "more than 44 link types");
    assert_int_equal(result.count, 62);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_the_file),
        cmocka_unit_test(a_wrong_filter_is_told_when_opening),
        cmocka_unit_test(a_filter_may_suit_one_link_type_only),
        cmocka_unit_test(programs_are_bounded),
    };
    return cmocka_run_group_tests_name("capture filter", tests, make_temporary_directory,
                                       remove_temporary_directory);
}
