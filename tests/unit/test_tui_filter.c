/* tui: the display filter of the connection list. */
#include "config.h"

#include "support.h"

#include "fake_conn.h"
#include "tui/filter.h"

static bool matches(const char *text, const struct track_connection *connection)
{
    struct tui_filter filter;
    struct base_strbuf error = BASE_STRBUF_INIT;
    if (!tui_filter_parse(&filter, text, &error))
        fail_msg("%s: %s", text, base_strbuf_text(&error));
    bool held = tui_filter_matches(&filter, connection);
    tui_filter_free(&filter);
    base_strbuf_free(&error);
    return held;
}

static void assert_refused(const char *text, const char *why)
{
    struct tui_filter filter;
    struct base_strbuf error = BASE_STRBUF_INIT;
    assert_false(tui_filter_parse(&filter, text, &error));
    assert_string_equal(base_strbuf_text(&error), why);
    assert_int_equal(filter.count, 0);
    base_strbuf_free(&error);
}

/* 10.0.0.1:50312 in TIME_WAIT, 10.0.0.2:1234 CLOSED, one retransmission, refused, reset. */
static struct track_connection sample(void)
{
    struct track_connection connection = fake_conn().record;
    connection.end[TRACK_CLIENT].state = TRACK_TIME_WAIT;
    connection.end[TRACK_SERVER].state = TRACK_CLOSED;
    connection.findings[TRACK_RETRANSMISSION] = 1;
    connection.open = TRACK_OPEN_FAST_OPEN;
    connection.close = TRACK_CLOSE_RESET;
    return connection;
}

static void empty_matches_all(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    assert_true(matches("", &connection));
    assert_true(matches("   ", &connection));
}

static void text_is_found(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    assert_true(matches("10.0.0.2", &connection));
    assert_true(matches(":5031", &connection));
    assert_true(matches("time_w", &connection));
    assert_false(matches("10.0.0.3", &connection));
    assert_true(matches("-10.0.0.3", &connection));
    assert_false(matches("10.0.0.2 10.0.0.3", &connection));
}

static void fields_are_compared(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    assert_true(matches("state=TIME_WAIT", &connection));
    assert_true(matches("state=time-wait port=1234", &connection));
    assert_true(matches("state=time-wait and port=1234 && 10.0.0.1", &connection));
    assert_true(matches("client.state=TIME_WAIT", &connection));
    assert_false(matches("server.state=TIME_WAIT", &connection));
    assert_true(matches("server.state!=TIME_WAIT", &connection));
    assert_true(matches("port=50312", &connection));
    assert_false(matches("port=123", &connection));
    assert_true(matches("address=10.0.0.1", &connection));
    assert_false(matches("address=10.0.0", &connection));
    assert_true(matches("connection=1", &connection));
    assert_false(matches("connection=2", &connection));
    assert_true(matches("open=fast-open close=reset", &connection));
    assert_false(matches("-open=fast_open", &connection));
    assert_true(matches("finding=retransmission", &connection));
    assert_true(matches("finding=any", &connection));
    assert_false(matches("finding=zero_window", &connection));
    connection.findings[TRACK_RETRANSMISSION] = 0;
    assert_false(matches("finding=any", &connection));
}

static void self_connect_has_one_end(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    connection.self_connect = true;
    connection.end[TRACK_SERVER] = (struct track_end_record){0};
    assert_true(matches("server.state=TIME_WAIT", &connection));
    assert_false(matches("port=0", &connection));
}

static void bad_words(void **state)
{
    (void)state;
    assert_refused("colour=red", "colour: not a field; F1 lists them");
    assert_refused("state=SLEEPING", "state=SLEEPING: not a value of this field");
    assert_refused("port=65536", "port=65536: not a value of this field");
    assert_refused("port=", "port=: not a value of this field");
    assert_refused("port=+1", "port=+1: not a value of this field");
    assert_refused("tcp connection=99999999999999999999",
                   "connection=99999999999999999999: not a value of this field");
    assert_refused("finding=luck", "finding=luck: not a value of this field");
    assert_refused("=", ": not a field; F1 lists them");
    assert_refused("!=x", ": not a field; F1 lists them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_matches_all),   cmocka_unit_test(text_is_found),
        cmocka_unit_test(fields_are_compared), cmocka_unit_test(self_connect_has_one_end),
        cmocka_unit_test(bad_words),
    };
    return cmocka_run_group_tests_name("tui_filter", tests, NULL, NULL);
}
