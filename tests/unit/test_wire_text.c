/* wire: addresses, endpoints and names as text. */
#include "config.h"

#include "support.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "wire/decode.h"

static struct wire_endpoint endpoint_of(int family, const char *address, uint16_t port)
{
    struct wire_endpoint endpoint = {.port = port, .family = (uint8_t)family};
    assert_int_equal(inet_pton(family == 4 ? AF_INET : AF_INET6, address, endpoint.address), 1);
    return endpoint;
}

static void address_is(int family, const char *address, const char *expected)
{
    struct wire_endpoint endpoint = endpoint_of(family, address, 80);
    char text[WIRE_ENDPOINT_TEXT];
    assert_string_equal(wire_address_text(&endpoint, text, sizeof text), expected);
}

static void addresses(void **state)
{
    (void)state;
    address_is(4, "0.0.0.0", "0.0.0.0");
    address_is(4, "255.255.255.255", "255.255.255.255");
    address_is(4, "10.0.0.1", "10.0.0.1");
    /* RFC 5952 section 4 */
    address_is(6, "2001:0db8::0001", "2001:db8::1");
    address_is(6, "2001:db8:0:0:0:0:2:1", "2001:db8::2:1");
    address_is(6, "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
    address_is(6, "2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
    address_is(6, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
    address_is(6, "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa");
    address_is(6, "::", "::");
    address_is(6, "::1", "::1");
    address_is(6, "1::", "1::");
    address_is(6, "0:1:0:0:0:0:0:0", "0:1::");
    address_is(6, "::ffff:192.0.2.1", "::ffff:192.0.2.1");
}

/* The C library's form, but for addresses like ::1.2.3.4 that RFC 5952 does not ask to be dotted.
 */
static void as_the_library(void **state)
{
    (void)state;
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        struct wire_endpoint endpoint = {.family = i % 4 == 0 ? 4 : 6};
        for (unsigned b = 0; b < 16; b++)
            endpoint.address[b] = random() % 3 != 0 ? 0 : (uint8_t)random();
        bool compatible = true;
        for (unsigned b = 0; b < 12; b++)
            compatible = compatible && endpoint.address[b] == 0;
        if (compatible && endpoint.family == 6)
            continue;
        char text[WIRE_ENDPOINT_TEXT];
        char expected[INET6_ADDRSTRLEN];
        inet_ntop(endpoint.family == 4 ? AF_INET : AF_INET6, endpoint.address, expected,
                  sizeof expected);
        assert_string_equal(wire_address_text(&endpoint, text, sizeof text), expected);
    }
}

static void endpoints(void **state)
{
    (void)state;
    char text[WIRE_ENDPOINT_TEXT];
    struct wire_endpoint endpoint = endpoint_of(4, "10.0.0.1", 80);
    assert_string_equal(wire_endpoint_text(&endpoint, text, sizeof text), "10.0.0.1:80");
    endpoint = endpoint_of(6, "2001:db8::1", 65535);
    assert_string_equal(wire_endpoint_text(&endpoint, text, sizeof text), "[2001:db8::1]:65535");
    endpoint = endpoint_of(6, "::ffff:10.0.0.1", 0);
    assert_string_equal(wire_endpoint_text(&endpoint, text, sizeof text), "[::ffff:10.0.0.1]:0");
}

/* Never beyond the size; nothing rather than half an address. */
static void sizes(void **state)
{
    (void)state;
    struct wire_endpoint endpoint =
        endpoint_of(6, "1111:2222:3333:4444:5555:6666:7777:8888", 65535);
    for (unsigned size = 0; size <= WIRE_ENDPOINT_TEXT; size++) {
        char text[WIRE_ENDPOINT_TEXT + 1];
        memset(text, '#', sizeof text);
        wire_endpoint_text(&endpoint, text, size);
        assert_int_equal(text[size], '#');
        if (size > 0)
            assert_int_equal(strlen(text), size > 47 ? 47 : 0);
    }
}

static void names(void **state)
{
    (void)state;
    static const char *const skips[] = {"not_ip",   "not_tcp",   "truncated", "malformed",
                                        "fragment", "link_type", "too_deep",  "duplicate"};
    assert_int_equal(sizeof skips / sizeof *skips, WIRE_SKIP_KINDS);
    for (int i = 0; i < WIRE_SKIP_KINDS; i++)
        assert_string_equal(wire_skip_name((enum wire_skip)i), skips[i]);
    for (int i = WIRE_LAYER_ETHERNET; i <= WIRE_LAYER_TCP; i++)
        assert_int_not_equal(strlen(wire_layer_name((enum wire_layer_kind)i)), 0);
    assert_string_equal(wire_layer_name((enum wire_layer_kind)200), "");
    assert_string_equal(wire_link_type_name(1), "EN10MB");
    assert_string_equal(wire_link_type_name(276), "LINUX_SLL2");
    assert_string_equal(wire_link_type_name(101), "RAW");
    assert_string_equal(wire_link_type_name(0), "NULL");
    assert_null(wire_link_type_name(147));
}

/* A link type has a name exactly if it is decoded. */
static void names_match_decoding(void **state)
{
    (void)state;
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    for (uint32_t type = 0; type < 400; type++) {
        const uint8_t bytes[64] = {0};
        struct wire_packet packet = {
            .link_type = type, .captured_bytes = 64, .wire_bytes = 64, .data = bytes};
        struct wire_result result;
        wire_decode(decoder, &packet, &result);
        assert_int_equal(result.verdict, WIRE_SKIPPED);
        assert_int_equal(result.skip == WIRE_SKIP_LINK_TYPE, wire_link_type_name(type) == NULL);
    }
    wire_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses), cmocka_unit_test(as_the_library),
        cmocka_unit_test(endpoints), cmocka_unit_test(sizes),
        cmocka_unit_test(names),     cmocka_unit_test(names_match_decoding),
    };
    return cmocka_run_group_tests_name("wire text", tests, NULL, NULL);
}
