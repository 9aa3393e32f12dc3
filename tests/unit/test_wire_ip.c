/* wire: IP lengths, options, extension headers, checksums; ICMP errors. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "frame.h"
#include "wire/checksum.h"

static struct wire_result decode_changed(const char *line, unsigned at, uint8_t value)
{
    struct frame frame;
    struct wire_result result;
    frame_make(&frame, line);
    frame_data(&frame)[at] = value;
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    frame_decode_cut(decoder, 101, frame_data(&frame), frame.length, frame.length, &result);
    wire_decoder_free(decoder);
    return result;
}

static void total_length(void **state)
{
    (void)state;
    for (unsigned length = 0; length < 256; length++) {
        struct wire_result result = decode_changed("ip4 tcp:10", 3, (uint8_t)length);
        if (length == 0) { /* segmentation offload: the frame's */
            assert_int_equal(result.verdict, WIRE_SEGMENT);
            assert_int_equal(result.segment.payload_bytes, 10);
        } else if (length < 40) {
            assert_int_equal(result.verdict, WIRE_SKIPPED);
            assert_int_equal(result.skip, WIRE_SKIP_MALFORMED);
        } else { /* also when it is more than the frame has: cut without telling */
            assert_int_equal(result.verdict, WIRE_SEGMENT);
            assert_int_equal(result.segment.payload_bytes, length - 40);
            assert_int_equal(result.segment.captured_payload_bytes, length < 50 ? length - 40 : 10);
        }
    }
}

static void offload_length_cut(void **state)
{
    (void)state;
    struct frame frame;
    struct wire_result result;
    frame_make(&frame, "eth ip4 tcp:100");
    memset(frame_data(&frame) + 16, 0, 2);
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    frame_decode_cut(decoder, 1, frame_data(&frame), 80, 70054, &result);
    assert_int_equal(result.segment.payload_bytes, 70000);
    assert_int_equal(result.segment.captured_payload_bytes, 26);
    wire_decoder_free(decoder);
}

static void header_length_and_version(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        struct wire_result result = decode_changed("ip4 tcp:60", 0, (uint8_t)byte);
        if (byte == 0x45)
            assert_int_equal(result.verdict, WIRE_SEGMENT);
        else if (byte >> 4 == 4)
            assert_true(result.verdict == WIRE_SEGMENT ? byte > 0x45
                                                       : result.skip == WIRE_SKIP_MALFORMED);
        else
            assert_int_equal(result.skip, byte >> 4 == 6 ? WIRE_SKIP_NOT_TCP : WIRE_SKIP_NOT_IP);
    }
}

static void ip_fields(void **state)
{
    (void)state;
    assert_int_equal(decode_changed("ip4 tcp", 1, 0xab).segment.ecn, 3);
    assert_int_equal(decode_changed("ip4 tcp", 8, 1).segment.ttl, 1);
    assert_int_equal(decode_changed("ip6 tcp", 1, 0x20).segment.ecn, 2);
    assert_int_equal(decode_changed("ip6 tcp", 7, 255).segment.ttl, 255);
    /* of the innermost header, nothing of the outer one stays */
    struct wire_result result = decode_changed("ip4 ip6 tcp", 8, 77);
    assert_int_equal(result.segment.ttl, 63);
    assert_int_equal(result.segment.ip_id, 0);
    result = decode_changed("ip6 ip4 tcp", 7, 77);
    const uint8_t zeros[12] = {0};
    assert_int_equal(result.segment.source.family, 4);
    assert_memory_equal(result.segment.source.address + 4, zeros, 12);
}

static void destination_is(const char *line, const char *expected)
{
    struct wire_result result;
    char text[WIRE_ENDPOINT_TEXT];
    frame_decode(101, line, &result);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    assert_string_equal(wire_endpoint_text(&result.segment.destination, text, sizeof text),
                        expected);
}

#define IP4(options_and_length) "x" options_and_length "12344000 x4006 x0000 x0a000001 x0a000002"

static void ipv4_options(void **state)
{
    (void)state;
    /* record route is no source route; a loose one that still has a way to go is */
    destination_is(IP4("48000039") " x07070400000000 x01 x01010101 tcp", "10.0.0.2:80");
    destination_is(IP4("47000035") " x8307040a000009 x01 tcp", "10.0.0.9:80");
    destination_is(IP4("48000039") " x890b040a0000080a000009 x00 tcp", "10.0.0.9:80");
    destination_is(IP4("47000035") " x8307080a000009 x01 tcp", "10.0.0.2:80"); /* arrived */
    destination_is(IP4("47000035") " x83ff040a000009 x01 tcp", "10.0.0.2:80"); /* too long */
    destination_is(IP4("47000035") " x8300040a000009 x01 tcp", "10.0.0.2:80"); /* no length */
}

#define SEGMENTS "20010db8000000000000000000000009"

static void ipv6_extensions(void **state)
{
    (void)state;
    destination_is("ip6 xPP02000100000000" SEGMENTS "@p43 tcp", "[2001:db8::9]:80");
    destination_is("ip6 xPP02000000000000" SEGMENTS "@p43 tcp", "[2001:db8::2]:80");
    destination_is("ip6 xPP04040100000000" SEGMENTS "20010db80000000000000000000000aa@p43 tcp",
                   "[2001:db8::9]:80");
    destination_is("ip6 xPP00040100000000@p43 tcp", "[2001:db8::2]:80"); /* no address in it */
    /* an atomic fragment is none */
    destination_is("ip6 xPP00000000001234@p44 tcp", "[2001:db8::2]:80");
    struct wire_result result;
    frame_decode(101, "ip6 xPP00010400000000@p0 xPP00010400000000@p60 tcp:3", &result);
    assert_int_equal(result.segment.layers[1].length, 56);
    assert_int_equal(result.segment.payload_bytes, 3);
}

static void ipv6_length_zero(void **state)
{
    (void)state;
    struct frame frame;
    struct wire_result result;
    frame_make(&frame, "ip6 tcp:9");
    memset(frame_data(&frame) + 4, 0, 2);
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    frame_decode_cut(decoder, 101, frame_data(&frame), frame.length, frame.length, &result);
    assert_int_equal(result.segment.payload_bytes, 9);
    wire_decoder_free(decoder);
}

static void checksum_vectors(void **state)
{
    (void)state;
    /* RFC 1071 section 3 */
    const uint8_t rfc[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    assert_int_equal(wire_checksum_add(0, rfc, sizeof rfc) % 0xffff, 0xddf2);
    /* in parts, and with an odd end */
    for (uint32_t cut = 0; cut <= sizeof rfc; cut += 2)
        assert_int_equal(wire_checksum_add(wire_checksum_add(0, rfc, cut), rfc + cut,
                                           (uint32_t)sizeof rfc - cut) %
                             0xffff,
                         0xddf2);
    assert_int_equal(wire_checksum_add(0, rfc, 3), 0xf201);
    /* an IPv4 header of the textbooks */
    const uint8_t header[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                              0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    assert_int_equal(wire_checksum_verdict(wire_checksum_add(0, header, sizeof header)),
                     WIRE_CHECKSUM_GOOD);
    assert_int_equal(wire_checksum_verdict(0), WIRE_CHECKSUM_BAD);
    assert_int_equal(wire_checksum_verdict(0xffff), WIRE_CHECKSUM_GOOD);
    assert_int_equal(wire_checksum_verdict(UINT64_C(0xffffffffffff)), WIRE_CHECKSUM_GOOD);
}

/* A SYN as Linux sent it on a veth pair with offload off. */
#define REAL_SYN                                                                                   \
    "x4500003c xb2204000 x400661e2 x0a5b8901 x0a5b8902 xb0f21be1 xdce47e82 x00000000 "             \
    "xa002ffff x03ef0000 x020405b4 x0402080a x97775da4 x00000000 x01030308"

static void decode_verified(struct frame *frame, unsigned captured, bool verify,
                            struct wire_result *result)
{
    struct wire_decoder *decoder =
        wire_decoder_new(&(struct wire_decoder_options){.verify_checksums = verify});
    frame_decode_cut(decoder, 101, frame_data(frame), captured, frame->length, result);
    wire_decoder_free(decoder);
}

static void checksums_on_request(void **state)
{
    (void)state;
    struct frame frame;
    struct wire_result result;
    frame_make(&frame, REAL_SYN);
    decode_verified(&frame, frame.length, false, &result);
    assert_int_equal(result.segment.ip_checksum, WIRE_CHECKSUM_UNKNOWN);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_UNKNOWN);
    decode_verified(&frame, frame.length, true, &result);
    assert_int_equal(result.segment.ip_checksum, WIRE_CHECKSUM_GOOD);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_GOOD);
    decode_verified(&frame, frame.length - 1, true, &result);
    assert_int_equal(result.segment.ip_checksum, WIRE_CHECKSUM_GOOD);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_UNKNOWN);
    for (unsigned at = 12; at < frame.length; at++) {
        frame_data(&frame)[at] ^= 0x20;
        decode_verified(&frame, frame.length, true, &result);
        if (result.verdict == WIRE_SEGMENT) {
            assert_int_equal(result.segment.ip_checksum,
                             at < 20 ? WIRE_CHECKSUM_BAD : WIRE_CHECKSUM_GOOD);
            assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_BAD);
        }
        frame_data(&frame)[at] ^= 0x20;
    }
}

static void checksum_over_ipv6(void **state)
{
    (void)state;
    struct frame frame;
    struct wire_result result;
    frame_make(&frame, "ip6 tcp:7");
    /* the sum of what is there, put in where it belongs */
    uint64_t sum = 6 + 27;
    for (unsigned i = 8; i < frame.length; i++)
        sum += (uint64_t)frame_data(&frame)[i] << (i % 2 == 0 ? 8 : 0);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    frame_data(&frame)[56] = (uint8_t)(~sum >> 8);
    frame_data(&frame)[57] = (uint8_t)~sum;
    decode_verified(&frame, frame.length, true, &result);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_GOOD);
    assert_int_equal(result.segment.ip_checksum, WIRE_CHECKSUM_UNKNOWN);
    frame_data(&frame)[57] ^= 1;
    decode_verified(&frame, frame.length, true, &result);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_BAD);
}

static void decode_icmp(const char *line, struct wire_icmp_error *error)
{
    struct wire_result result;
    frame_decode(101, line, &result);
    assert_int_equal(result.verdict, WIRE_ICMP_ERROR);
    *error = result.icmp;
}

static void icmp_errors(void **state)
{
    (void)state;
    struct wire_icmp_error error;
    char text[WIRE_ENDPOINT_TEXT];
    decode_icmp("ip4 x03030000 x00000000@p1 ip4 tcp", &error);
    assert_int_equal(error.number, 7);
    assert_string_equal(wire_endpoint_text(&error.source, text, sizeof text), "10.0.0.1:1000");
    assert_string_equal(wire_endpoint_text(&error.destination, text, sizeof text), "10.0.0.2:80");
    assert_int_equal(error.seq, 1000);
    assert_int_equal(error.type, 3);
    assert_int_equal(error.code, 3);
    assert_int_equal(error.mtu, 0);
    assert_int_equal(error.reporter_family, 4);
    assert_memory_equal(error.reporter, ((uint8_t[16]){10, 0, 0, 1}), 16);
    decode_icmp("ip4 x03040000 x000005aa@p1 ip4 tcp", &error);
    assert_int_equal(error.mtu, 1450);
    decode_icmp("ip4 x0b000000 x00000000@p1 ip4 tcp", &error);
    decode_icmp("ip4 x0c000000 x00000000@p1 ip4 tcp", &error);
    decode_icmp("ip6 x02000000 x00000500@p58 ip6 tcp", &error);
    assert_int_equal(error.mtu, 1280);
    assert_int_equal(error.type, 2);
    assert_int_equal(error.reporter_family, 6);
    assert_string_equal(wire_endpoint_text(&error.source, text, sizeof text), "[2001:db8::1]:1000");
    decode_icmp("ip6 x01040000 x00000000@p58 ip6 xPP00010400000000@p60 xPP00000100000009@p44 tcp",
                &error);
    assert_int_equal(error.seq, 1000);
    /* all that RFC 792 promises: 8 bytes of the segment */
    decode_icmp("ip4 x03030000 x00000000@p1 ip4 x03e80050000003e8@p6", &error);
    assert_int_equal(error.seq, 1000);
}

static void icmp_in_a_tunnel(void **state)
{
    (void)state;
    struct wire_result result;
    frame_decode(1, "eth x0064EEEE@e8100 ip4 x03030000 x00000000@p1 ip4 tcp", &result);
    assert_int_equal(result.verdict, WIRE_ICMP_ERROR);
    uint32_t scope = result.icmp.scope;
    frame_decode(1, "eth x0064EEEE@e8100 ip4 tcp", &result);
    assert_int_equal(scope, result.segment.scope);
}

/* Of the quotation only ports and seq are needed; cut before that it says nothing. */
static void icmp_cut(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        unsigned needed;
    } errors[] = {
        {"ip4 x03030000 x00000000@p1 ip4 tcp", 56},
        {"ip6 x01040000 x00000000@p58 ip6 xPP00010400000000@p60 tcp", 104},
    };
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    for (unsigned i = 0; i < 2; i++) {
        struct frame frame;
        frame_make(&frame, errors[i].line);
        for (unsigned n = 0; n <= frame.length; n++) {
            struct wire_result result;
            frame_decode_cut(decoder, 101, frame_data(&frame), n, frame.length, &result);
            assert_int_equal(result.verdict, n < errors[i].needed ? WIRE_SKIPPED : WIRE_ICMP_ERROR);
            if (n < errors[i].needed)
                assert_int_equal(result.skip, WIRE_SKIP_TRUNCATED);
        }
    }
    wire_decoder_free(decoder);
}

static void icmp_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum wire_skip skip;
    } refused[] = {
        {"ip4 x08000000 x00000000@p1 ip4 tcp", WIRE_SKIP_NOT_TCP},  /* an echo */
        {"ip4 x05000000 x00000000@p1 ip4 tcp", WIRE_SKIP_NOT_TCP},  /* a redirect is no error */
        {"ip6 x80000000 x00000000@p58 ip6 tcp", WIRE_SKIP_NOT_TCP}, /* an echo */
        {"ip6 x03030000 x00000000@p1 ip4 tcp", WIRE_SKIP_NOT_TCP},  /* ICMP in IPv6 */
        {"ip4 x03030000 x00000000@p1 ip4 udp:53 x00", WIRE_SKIP_NOT_TCP},
        {"ip4 x03030000 x00000000@p1 ip4 x03e8005000@p6", WIRE_SKIP_MALFORMED},
        {"ip4 x03030000 x00000000@p1 ip6 tcp", WIRE_SKIP_MALFORMED},
        {"ip6 x01000000 x00000000@p58 ip4 tcp:40", WIRE_SKIP_MALFORMED},
        {"ip6 x01000000 x00000000@p58 ip6 xPP00000900000009@p44 tcp", WIRE_SKIP_FRAGMENT},
        {"ip4 x03030000 x00000000@p1 x4500002d x00002001 x40060000 x0a000001 x0a000002 tcp",
         WIRE_SKIP_FRAGMENT},
    };
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct wire_result result;
        frame_decode(101, refused[i].line, &result);
        assert_int_equal(result.verdict, WIRE_SKIPPED);
        assert_string_equal(wire_skip_name(result.skip), wire_skip_name(refused[i].skip));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(total_length),
        cmocka_unit_test(offload_length_cut),
        cmocka_unit_test(header_length_and_version),
        cmocka_unit_test(ip_fields),
        cmocka_unit_test(ipv4_options),
        cmocka_unit_test(ipv6_extensions),
        cmocka_unit_test(ipv6_length_zero),
        cmocka_unit_test(checksum_vectors),
        cmocka_unit_test(checksums_on_request),
        cmocka_unit_test(checksum_over_ipv6),
        cmocka_unit_test(icmp_errors),
        cmocka_unit_test(icmp_in_a_tunnel),
        cmocka_unit_test(icmp_cut),
        cmocka_unit_test(icmp_refused),
    };
    return cmocka_run_group_tests_name("wire ip", tests, NULL, NULL);
}
