/* The display filter, its regular expressions and its addresses. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "base/pattern.h"
#include "fake_conn.h"
#include "filter/filter.h"
#include "wire/decode.h"

/* --- expressions --- */

static bool fits(const char *expression, const char *text)
{
    size_t where;
    const char *why;
    struct base_pattern *pattern = base_pattern_new(expression, strlen(expression), &where, &why);
    if (pattern == NULL)
        fail_msg("%s: %s at %zu", expression, why, where);
    bool matches = base_pattern_matches(pattern, text, strlen(text));
    base_pattern_free(pattern);
    return matches;
}

static void expressions_fit(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *fits, *not ;
    } cases[] = {
        {"abc", "xabcx", "ab"},
        {"^abc$", "ABC", "abcd"},
        {"a.c", "abc", "ac"},
        {"ab*c", "ac", "adc"},
        {"ab+c", "abbbc", "ac"},
        {"ab?c$", "abc", "abbc"},
        {"^(ab|cd|e)+$", "abcde", "abc"},
        {"^(|a)b$", "b", "aab"},
        {"^(a|)b$", "b", "aab"},
        {"^a{2,3}$", "aaa", "a"},
        {"^a{2,3}$", "aa", "aaaa"},
        {"^a{2}$", "aa", "aaa"},
        {"^a{2,}$", "aaaaa", "a"},
        {"^a{0,2}$", "", "aaa"},
        {"^(ab){0}c$", "c", "abc"},
        {"^(ab){0,}c$", "ababc", "abac"},
        {"[a-c]x", "bx", "dx"},
        {"^[^a-c]$", "d", "B"},
        {"^[]x]$", "]", "y"},
        {"^[a-]$", "-", "b"},
        {"^\\d+\\.\\d+$", "10.5", "10x5"},
        {"^[\\d_]+$", "1_2", "a"},
        {"\\$\\(", "a$(b", "a$b"},
        {"^\\S\\s\\w\\W$", "a b ", "  b "},
        {"(a*)*b", "aaab", "aaa"},
        {"(a|a)*(a|a)*(a|a)*b", "aaab", "aaa"},
        {"^$", "", "a"},
        {"", "a", NULL},
        {"a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z|0|1|2|3|4|5|6|7", "7", "8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].fits != NULL && !fits(cases[i].expression, cases[i].fits))
            fail_msg("%s does not fit %s", cases[i].expression, cases[i].fits);
        if (cases[i].not != NULL && fits(cases[i].expression, cases[i].not ))
            fail_msg("%s fits %s", cases[i].expression, cases[i].not );
    }
}

static void wrong_expressions_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        size_t where;
    } cases[] = {
        {"ab(c", 2},           {"ab)c", 2},  {"a[bc", 1},   {"*a", 0},      {"a|+", 2},
        {"ab\\", 2},           {"a{2", 1},   {"a{3,2}", 1}, {"a{1000}", 2}, {"[z-a]", 3},
        {"x(a{100}){100}", 0}, {"a{,2}", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t where = 1000;
        const char *why = NULL;
        const char *text = cases[i].expression;
        struct base_pattern *pattern = base_pattern_new(text, strlen(text), &where, &why);
        if (pattern != NULL)
            fail_msg("%s is taken", text);
        assert_non_null(why);
        if (cases[i].where != 0 && where != cases[i].where)
            fail_msg("%s: %s at %zu", text, why, where);
    }
}

/* What takes others years takes no time here: the text times the expression. */
static void expressions_take_bounded_time(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(fits("(a*)*(a*)*(a*)*(a*)*(a*)*(a*)*b", text));
    assert_false(fits("(((a{1,6}){1,6}){1,6})b", text));
}

/* --- addresses --- */

static bool within(const char *subnet, const char *endpoint)
{
    struct wire_subnet net, one;
    if (!wire_subnet_parse(subnet, &net) || !wire_subnet_parse(endpoint, &one))
        fail_msg("%s or %s is not taken", subnet, endpoint);
    return wire_subnet_has(&net, &one.endpoint);
}

static void addresses_are_read(void **state)
{
    (void)state;
    static const char *const same[] = {
        "0.0.0.0:0", "10.0.0.1:80",         "[::]:0",        "[::1]:80", "[2001:db8::1]:65535",
        "[1::]:1",   "[1:2:3:4:5:6:7:8]:1", "[1:0:0:2::3]:5"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct wire_subnet read;
        char text[WIRE_ENDPOINT_TEXT];
        assert_true(wire_subnet_parse(same[i], &read));
        assert_string_equal(wire_endpoint_text(&read.endpoint, text, sizeof text), same[i]);
    }
    assert_true(within("10.0.0.0/8", "10.255.0.1:80"));
    assert_false(within("10.0.0.0/8", "11.0.0.1"));
    assert_true(within("10.0.0.128/25", "10.0.0.200"));
    assert_false(within("10.0.0.128/25", "10.0.0.100"));
    assert_true(within("0.0.0.0/0", "1.2.3.4"));
    assert_false(within("0.0.0.0/0", "::1"));
    assert_true(within("2001:db8::/33", "2001:db8:7fff::1"));
    assert_false(within("2001:db8::/33", "2001:db8:8000::1"));
    assert_true(within("::ffff:10.0.0.1", "::ffff:a00:1"));
    assert_false(within("10.0.0.1:81", "10.0.0.1:80"));
    static const char *const wrong[] = {"",
                                        "10",
                                        "10.0.0",
                                        "10.0.0.256",
                                        "10.0.0.1/33",
                                        "10.0.0.1:65536",
                                        "10.0.0.1x",
                                        ":",
                                        ":::",
                                        "1::2::3",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8:",
                                        "1:",
                                        "12345::",
                                        "[::1",
                                        "::1]",
                                        "[::1]80",
                                        "::1.2.3",
                                        "g::",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1:2:3:4::5:6:7:8"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct wire_subnet read;
        if (wire_subnet_parse(wrong[i], &read))
            fail_msg("%s is taken", wrong[i]);
    }
}

/* --- filters --- */

/* 10.0.0.1:50312 in TIME_WAIT, 10.0.0.2:1234 CLOSED; see the numbers below. */
static struct track_connection sample(void)
{
    struct track_connection connection = fake_conn().record;
    struct track_end_record *client = &connection.end[TRACK_CLIENT];
    struct track_end_record *server = &connection.end[TRACK_SERVER];
    client->state = TRACK_TIME_WAIT;
    server->state = TRACK_CLOSED;
    client->packets = 7;
    server->packets = 5;
    client->payload_bytes = 100;
    server->payload_bytes = 5000;
    client->retransmissions = 2;
    client->mss = 1460;
    client->measures.throughput = 2000000;
    connection.findings[TRACK_RETRANSMISSION] = 2;
    connection.open = TRACK_OPEN_FAST_OPEN;
    connection.close = TRACK_CLOSE_RESET;
    connection.closed_by = TRACK_CLOSED_BY_SERVER;
    connection.start_ns = FAKE_START_NS;
    connection.end_ns = FAKE_START_NS + 1500000000;
    connection.handshake_client_ns = 1000000;
    connection.handshake_server_ns = 20000000;
    connection.incarnation = 2;
    memcpy(connection.zeek_history, "ShADadFr", 9);
    memcpy(connection.zeek_conn_state, "RSTR", 5);
    return connection;
}

static bool matches(const char *text, const struct track_connection *connection)
{
    struct filter_error error;
    const struct filter_subject subject = {.connection = connection,
                                           .names = {"laptop", NULL},
                                           .now_ns = FAKE_START_NS + 10000000000,
                                           .first_ns = FAKE_START_NS - 3000000000};
    struct filter *filter = filter_new(text, &error);
    if (filter == NULL)
        fail_msg("%s: %s at %zu", text, error.text, error.offset);
    bool held = filter_matches(filter, &subject);
    filter_free(filter);
    return held;
}

static void assert_all(const char *const *texts, size_t count, bool expected)
{
    struct track_connection connection = sample();
    for (size_t i = 0; i < count; i++)
        if (matches(texts[i], &connection) != expected)
            fail_msg("%s: expected %s", texts[i], expected ? "a match" : "none");
}

#define ASSERT_MATCH(...)                                                                          \
    assert_all((const char *const[]){__VA_ARGS__},                                                 \
               sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *), true)
#define ASSERT_NO_MATCH(...)                                                                       \
    assert_all((const char *const[]){__VA_ARGS__},                                                 \
               sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *), false)

static void empty_matches_all(void **state)
{
    (void)state;
    struct filter_error error;
    ASSERT_MATCH("", "   ", "\t\n");
    struct filter *filter = filter_new(" ", &error);
    assert_false(filter_is_set(filter));
    filter_free(filter);
    filter = filter_new("x", &error);
    assert_true(filter_is_set(filter));
    filter_free(filter);
}

static void text_is_found(void **state)
{
    (void)state;
    ASSERT_MATCH("10.0.0.2", ":5031", "time_w", "-10.0.0.3", "LAPtop", "\"0.2:12\"");
    ASSERT_NO_MATCH("10.0.0.3", "10.0.0.2 10.0.0.3", "\"10.0.0.2 10\"", "desktop");
}

static void fields_are_compared(void **state)
{
    (void)state;
    ASSERT_MATCH("state=TIME_WAIT", "state=time-wait port=1234",
                 "state=time-wait and port=1234 && 10.0.0.1", "client.state=TIME_WAIT",
                 "server.state!=TIME_WAIT", "port=50312", "address=10.0.0.1", "connection=1",
                 "number == 1", "open=fast-open close=reset", "finding=retransmission",
                 "finding=any", "closed-by eq server", "incarnation = 2", "client.port > 50000",
                 "port > 50000", "server.port le 1234", "conn_state = rstr", "frame = 0");
    ASSERT_NO_MATCH("server.state=TIME_WAIT", "port=123", "address=10.0.0.3", "connection=2",
                    "-open=fast_open", "finding=zero_window", "state != TIME_WAIT",
                    "server.port > 50000", "closed_by = both", "mss = 536");
}

static void quantities_have_units(void **state)
{
    (void)state;
    ASSERT_MATCH("bytes = 5100", "bytes=5.1KB", "bytes > 4.9KiB", "server.bytes >= 5k",
                 "client.bytes < 0.2kb", "packets == 12", "client.packets == 7", "rtt = 21ms",
                 "rtt < 21.1 ", "rtt<0.022", "client.rtt = 1000us", "server.rtt == 20000000ns",
                 "duration = 1.5s", "duration < 1min", "age = 10s", "idle > 8s", "idle < 8.6s",
                 "throughput >= 2MB", "client.throughput = 2000k", "start = 3s", "start > 2999ms",
                 "start >= 2023-11-14T22:13:20Z", "start < 2023-11-14T22:13:20.1",
                 "start < 2023-11-15", "start = \"2023-11-14 22:13:20\"", "end > 4s",
                 "retransmissions > 1", "finding.retransmission = 2", "finding.zero-window < 1",
                 "bytes < 99999999999999999999999999GB", "mss = 1460");
    ASSERT_NO_MATCH("bytes > 5.1KB", "rtt > 21ms", "server.throughput > 0", "start < 3s",
                    "start > 2023-11-14T22:14", "finding.retransmission > 2");
}

static void addresses_have_prefixes_and_ports(void **state)
{
    (void)state;
    ASSERT_MATCH("client = 10.0.0.0/8", "client=10.0.0.1:50312", "server.address = 10.0.0.2",
                 "address = 10.0.0.2:1234", "server != 10.0.0.1", "client = laptop",
                 "address = laptop", "client ~ ^lap",
                 "client contains .0.1:", "server ~ \":1234$\"");
    ASSERT_NO_MATCH("client = 10.0.0.1:1234", "address != 10.0.0.1", "server = laptop",
                    "server ~ lap", "address = 192.168.0.0/16", "client = l");
}

static void terms_are_joined(void **state)
{
    (void)state;
    ASSERT_MATCH("port=1 or port=1234", "port=1 || port=1234", "port=1 port=2 or port=1234",
                 "port=1234 or port=1 port=2", "not port=1", "!port=1", "! (port=1 or port=2)",
                 "not not port=1234", "(port=1234)", "((port=1 or (port=1234)) and reset)",
                 "port=1234&&reset", "port in {1, 1234}", "port in {1 1234}",
                 "port in {1000..2000}", "not port in {80,443}", "close in {timeout, \"reset\"}",
                 "(time_wait) 10.0.0.1", "NOT port = 1 AND port = 1234");
    ASSERT_NO_MATCH("port=1234 and port=1", "(port=1 or port=1234) port=2", "not (port=1234)",
                    "-(port=1234)", "port in {1,2}", "port in {1..10}", "!reset");
}

static void fields_alone_are_asked_for(void **state)
{
    (void)state;
    ASSERT_MATCH("reset", "retransmissions", "finding", "rtt", "mss", "client.mss", "ipv4",
                 "not ended", "history", "finding.retransmission", "client", "state", "reset=yes",
                 "refused = no");
    ASSERT_NO_MATCH("refused", "midstream", "self_connect", "ipv6", "server.mss", "zero_windows",
                    "marked", "evicted", "broken", "finding.zero_window", "reset=no");
}

static void expressions_are_found(void **state)
{
    (void)state;
    ASSERT_MATCH("history ~ ^ShA", "history =~ \"^(sh|x)\"", "history matches F[rt]$",
                 "history !~ ^x", "state ~ WAIT$", "finding ~ ^re", "history ~ ^(Sh|x)A",
                 "(history ~ ^(Sh|x))", "history contains dad");
    ASSERT_NO_MATCH("history ~ ^h", "history !~ S", "close ~ ^four", "finding ~ zero");
}

static void self_connect_has_one_end(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    connection.self_connect = true;
    connection.end[TRACK_SERVER] = (struct track_end_record){0};
    assert_true(matches("server.state=TIME_WAIT", &connection));
    assert_false(matches("port=0", &connection));
    assert_true(matches("packets=7", &connection));
    assert_true(matches("self_connect", &connection));
}

static void unknown_is_neither_less_nor_more(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    connection.handshake_client_ns = -1;
    assert_false(matches("rtt", &connection));
    assert_false(matches("rtt < 1s", &connection));
    assert_false(matches("rtt > 0", &connection));
    assert_true(matches("server.rtt", &connection));
}

static void assert_refused(const char *text, size_t offset, size_t length, const char *why)
{
    struct filter_error error;
    struct filter *filter = filter_new(text, &error);
    if (filter != NULL)
        fail_msg("%s is taken", text);
    if (strstr(error.text, why) == NULL)
        fail_msg("%s: %s", text, error.text);
    if (error.offset != offset || error.length != length)
        fail_msg("%s: %s, at %zu+%zu", text, error.text, error.offset, error.length);
}

static void errors_say_what_and_where(void **state)
{
    (void)state;
    assert_refused("colour=red", 0, 6, "colour: no such field");
    assert_refused("tcp server.open = x", 4, 11, "no such field");
    assert_refused("state=SLEEPING", 6, 8, "SLEEPING: not a value of state");
    assert_refused("port=65536", 5, 5, "65535 at most");
    assert_refused("port=", 5, 0, "a value is missing");
    assert_refused("port = ", 7, 0, "a value is missing");
    assert_refused("port=+1", 5, 2, "no number");
    assert_refused("port=1x", 5, 2, "no number");
    assert_refused("bytes > 5 parsecs and colour=1", 22, 6, "no such field");
    assert_refused("bytes > 5parsecs", 8, 8, "no number of bytes");
    assert_refused("rtt > 5KB", 6, 3, "no span");
    assert_refused("start > yesterday", 8, 9, "neither a span");
    assert_refused("start > 2023-13-01", 8, 10, "neither a span");
    assert_refused("address = 10.0.0", 10, 6, "no address");
    assert_refused("finding=luck", 8, 4, "luck: not a value of finding");
    assert_refused("finding.luck > 1", 0, 12, "no such field");
    assert_refused("state < CLOSED", 8, 6, "no less or greater");
    assert_refused("bytes ~ 5", 8, 1, "no text");
    assert_refused("reset = maybe", 8, 5, "yes or no");
    assert_refused("history ~ a(b", 11, 1, "not closed");
    assert_refused("history ~ \"a(b\"", 12, 1, "not closed");
    assert_refused("=", 0, 0, "a field is missing");
    assert_refused("!=x", 0, 0, "a field is missing");
    assert_refused("(port=1", 0, 1, "not closed");
    assert_refused("port=1)", 6, 1, "not opened");
    assert_refused("a and", 5, 0, "a term is missing");
    assert_refused("a or ", 5, 0, "a term is missing");
    assert_refused("a and or b", 6, 2, "a term is missing");
    assert_refused("not", 3, 0, "a term is missing");
    assert_refused("()", 1, 0, "a term is missing");
    assert_refused("\"abc", 0, 1, "not closed");
    assert_refused("port in 80", 8, 0, "braces");
    assert_refused("port in {80", 8, 1, "not closed");
    assert_refused("port in {}", 8, 1, "a value is missing");
    assert_refused("port in {80,x}", 12, 1, "no number");
    assert_refused("state in {1..2}", 10, 1, "no less or greater");
}

static void hostile_filters_are_bounded(void **state)
{
    (void)state;
    struct filter_error error;
    char text[FILTER_MAX_BYTES + 10];
    memset(text, '(', sizeof text);
    text[FILTER_MAX_BYTES] = '\0';
    assert_null(filter_new(text, &error));
    assert_string_equal(error.text, "too deep");
    memset(text, '!', FILTER_MAX_BYTES);
    assert_null(filter_new(text, &error));
    for (size_t i = 0; i < FILTER_MAX_BYTES; i++)
        text[i] = i % 2 == 0 ? 'a' : ' ';
    assert_null(filter_new(text, &error));
    assert_string_equal(error.text, "too many terms");
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_null(filter_new(text, &error));
    assert_string_equal(error.text, "the filter is too long");
}

/* Every field of the table can be asked for, and compared with what its help says. */
static void every_field_answers(void **state)
{
    (void)state;
    struct track_connection connection = sample();
    assert_true(filter_field_count() > 40);
    for (size_t i = 0; i < filter_field_count(); i++) {
        struct filter_field_help help = filter_field_help(i);
        assert_true(help.meaning[0] != '\0' && help.values[0] != '\0');
        matches(help.name, &connection);
        char text[80];
        snprintf(text, sizeof text, "client.%s or not server.%s", help.name, help.name);
        if (help.per_side)
            matches(text, &connection);
    }
    struct base_strbuf out = BASE_STRBUF_INIT;
    filter_help(&out);
    assert_non_null(strstr(base_strbuf_text(&out), "throughput *"));
    base_strbuf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_fit),
        cmocka_unit_test(wrong_expressions_say_where),
        cmocka_unit_test(expressions_take_bounded_time),
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(empty_matches_all),
        cmocka_unit_test(text_is_found),
        cmocka_unit_test(fields_are_compared),
        cmocka_unit_test(quantities_have_units),
        cmocka_unit_test(addresses_have_prefixes_and_ports),
        cmocka_unit_test(terms_are_joined),
        cmocka_unit_test(fields_alone_are_asked_for),
        cmocka_unit_test(expressions_are_found),
        cmocka_unit_test(self_connect_has_one_end),
        cmocka_unit_test(unknown_is_neither_less_nor_more),
        cmocka_unit_test(errors_say_what_and_where),
        cmocka_unit_test(hostile_filters_are_bounded),
        cmocka_unit_test(every_field_answers),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
