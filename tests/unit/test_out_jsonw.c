/* out: the JSON writer, times and community ids; base: UTF-8. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "out/community_id.h"
#include "out/jsonw.h"
#include "out/rfc3339.h"

/* What a writer writes for {"k":string}. */
static void check_string(const char *bytes, size_t length, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct out_jsonw writer = OUT_JSONW_INIT(stream);
    out_jsonw_begin(&writer);
    out_jsonw_key(&writer, "k");
    out_jsonw_string(&writer, bytes, length);
    out_jsonw_end(&writer);
    out_jsonw_free(&writer);
    fclose(stream);
    char line[256];
    snprintf(line, sizeof line, "{\"k\":\"%s\"}\n", expected);
    assert_string_equal(text, line);
    free(text);
}

#define CHECK_STRING(literal, expected) check_string(literal, sizeof literal - 1, expected)

static void strings_are_escaped(void **state)
{
    (void)state;
    CHECK_STRING("", "");
    CHECK_STRING("plain /path", "plain /path");
    CHECK_STRING("a\"b\\c", "a\\\"b\\\\c");
    CHECK_STRING("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
    CHECK_STRING("\x01\x1b[2J\x7f", "\\u0001\\u001b[2J\\u007f");
    CHECK_STRING("nul\0nul", "nul\\u0000nul");
    CHECK_STRING("\xc2\x9b", "\\u009b"); /* CSI as a C1 control */
    CHECK_STRING("\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80",
                 "\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80");
}

#define FFFD "\xef\xbf\xbd"

static void what_is_no_utf8_is_replaced(void **state)
{
    (void)state;
    CHECK_STRING("\xff", FFFD);
    CHECK_STRING("a\x80z", "a" FFFD "z");
    CHECK_STRING("\xc0\xaf", FFFD FFFD);                   /* overlong */
    CHECK_STRING("\xed\xa0\x80", FFFD FFFD FFFD);          /* surrogate */
    CHECK_STRING("\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD); /* beyond U+10FFFF */
    CHECK_STRING("\xe4\xb8", FFFD);                        /* cut short */
    CHECK_STRING("\xe4\xb8\"", FFFD "\\\"");               /* the quote is not swallowed */
    CHECK_STRING("\xf0\x9f\x98", FFFD);
}

static void utf8_round_trips(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 61) {
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        char bytes[BASE_UTF8_MAX];
        size_t used, length = base_utf8_encode(c, bytes);
        assert_int_equal(base_utf8_decode(bytes, length, &used), c);
        assert_int_equal(used, length);
    }
    char bytes[BASE_UTF8_MAX];
    assert_int_equal(base_utf8_encode(0xd800, bytes), 3);
    assert_memory_equal(bytes, FFFD, 3);
}

static void structure_has_its_commas(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct out_jsonw w = OUT_JSONW_INIT(stream);
    for (int line = 0; line < 2; line++) {
        out_jsonw_begin(&w);
        out_jsonw_key_text(&w, "type", "x");
        out_jsonw_key(&w, "list");
        out_jsonw_open_array(&w);
        out_jsonw_u64(&w, UINT64_MAX);
        out_jsonw_i64(&w, INT64_MIN);
        out_jsonw_open_object(&w);
        out_jsonw_close_object(&w);
        out_jsonw_bool(&w, true);
        out_jsonw_close_array(&w);
        out_jsonw_key(&w, "empty");
        out_jsonw_open_array(&w);
        out_jsonw_close_array(&w);
        out_jsonw_key_bool(&w, "b", false);
        out_jsonw_end(&w);
    }
    out_jsonw_free(&w);
    fclose(stream);
    const char *line = "{\"type\":\"x\",\"list\":[18446744073709551615,-9223372036854775808,{},"
                       "true],\"empty\":[],\"b\":false}\n";
    assert_int_equal(size, 2 * strlen(line));
    assert_memory_equal(text, line, strlen(line));
    assert_string_equal(text + strlen(line), line);
    free(text);
}

static void check_seconds(int64_t span_ns, const char *expected)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    struct out_jsonw w = OUT_JSONW_INIT(stream);
    out_jsonw_begin(&w);
    out_jsonw_key_seconds(&w, "s", span_ns);
    out_jsonw_end(&w);
    out_jsonw_free(&w);
    fclose(stream);
    char line[64];
    snprintf(line, sizeof line, "{\"s\":%s}\n", expected);
    assert_string_equal(text, line);
    free(text);
}

static void seconds_are_exact(void **state)
{
    (void)state;
    check_seconds(0, "0");
    check_seconds(1, "0.000000001");
    check_seconds(210000, "0.00021");
    check_seconds(1250000000, "1.25");
    check_seconds(60000000000, "60");
    check_seconds(-1500000000, "-1.5");
    check_seconds(INT64_MIN, "-9223372036.854775808");
    check_seconds(INT64_MAX, "9223372036.854775807");
}

static void times_are_rfc3339(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000000000Z"},
        {-1, "1969-12-31T23:59:59.999999999Z"},
        {-86400000000001, "1969-12-30T23:59:59.999999999Z"},
        {1700000000123456789, "2023-11-14T22:13:20.123456789Z"},
        {1709164799999999999, "2024-02-28T23:59:59.999999999Z"},
        {1709164800000000000, "2024-02-29T00:00:00.000000000Z"},
        {1709251200000000001, "2024-03-01T00:00:00.000000001Z"},
        {951782400000000000, "2000-02-29T00:00:00.000000000Z"},
        {4107542400000000000, "2100-03-01T00:00:00.000000000Z"}, /* 2100 is no leap year */
        {4107542399000000000, "2100-02-28T23:59:59.000000000Z"},
        {INT64_MAX, "2262-04-11T23:47:16.854775807Z"},
        {INT64_MIN, "1677-09-21T00:12:43.145224192Z"},
    };
    struct out_rfc3339 cached = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct out_rfc3339 fresh = {0};
        assert_string_equal(out_rfc3339_text(&fresh, cases[i].ns), cases[i].text);
        assert_string_equal(out_rfc3339_text(&cached, cases[i].ns), cases[i].text);
        assert_string_equal(out_rfc3339_text(&cached, cases[i].ns), cases[i].text);
    }
}

static struct wire_endpoint ipv6_of(const uint16_t words[8], uint16_t port)
{
    struct wire_endpoint endpoint = {.family = 6, .port = port};
    for (unsigned i = 0; i < 8; i++) {
        endpoint.address[2 * i] = (uint8_t)(words[i] >> 8);
        endpoint.address[2 * i + 1] = (uint8_t)words[i];
    }
    return endpoint;
}

static void check_id(struct wire_endpoint a, struct wire_endpoint b, const char *expected)
{
    char text[OUT_COMMUNITY_ID_SIZE];
    assert_string_equal(out_community_id(&a, &b, text), expected);
    assert_string_equal(out_community_id(&b, &a, text), expected);
}

/* The first three are the specification's baseline; the rest were computed by Wireshark 4.0. */
static void community_ids_are_those_of_others(void **state)
{
    (void)state;
    check_id((struct wire_endpoint){{128, 232, 110, 120}, 34855, 4, 0},
             (struct wire_endpoint){{66, 35, 250, 204}, 80, 4, 0},
             "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
    check_id((struct wire_endpoint){{1, 2, 3, 4}, 1122, 4, 0},
             (struct wire_endpoint){{5, 6, 7, 8}, 3344, 4, 0}, "1:wCb3OG7yAFWelaUydu0D+125CLM=");
    check_id(
        ipv6_of((const uint16_t[]){0x2001, 0x470, 0xe5bf, 0xdead, 0x4957, 0x2174, 0xe82c, 0x4887},
                63943),
        ipv6_of((const uint16_t[]){0x2607, 0xf8b0, 0x400c, 0xc03, 0, 0, 0, 0x1a}, 25),
        "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
    check_id(ipv6_of((const uint16_t[]){0xfd91, 0x74, 0, 0, 0, 0, 0, 1}, 43100),
             ipv6_of((const uint16_t[]){0xfd91, 0x74, 0, 0, 0, 0, 0, 2}, 7116),
             "1:MbQ2N9Is1qG6C96uOyp5uugaVT0=");
    check_id((struct wire_endpoint){{10, 91, 130, 1}, 7130, 4, 0},
             (struct wire_endpoint){{10, 91, 130, 1}, 7130, 4, 0},
             "1:R5fJonuW33NuGO+Q6lxZAlDkE4w=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(what_is_no_utf8_is_replaced),
        cmocka_unit_test(utf8_round_trips),
        cmocka_unit_test(structure_has_its_commas),
        cmocka_unit_test(seconds_are_exact),
        cmocka_unit_test(times_are_rfc3339),
        cmocka_unit_test(community_ids_are_those_of_others),
    };
    return cmocka_run_group_tests_name("out_jsonw", tests, NULL, NULL);
}
