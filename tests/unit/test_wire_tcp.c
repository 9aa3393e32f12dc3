/* wire: the TCP header and its options, with every length. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "frame.h"
#include "wire/walk.h"

static struct wire_segment decode(const char *line)
{
    struct wire_result result;
    frame_decode(101, line, &result);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    return result.segment;
}

static struct wire_options decode_options(const char *hex)
{
    char line[256] = "ip4 tcp:3:";
    strcat(line, hex);
    struct wire_segment segment = decode(line);
    assert_int_equal(segment.payload_bytes, 3);
    assert_int_equal(segment.header_bytes, 20 + strlen(hex) / 2);
    assert_int_equal(segment.payload_offset, 40 + strlen(hex) / 2);
    return segment.options;
}

static void header_fields(void **state)
{
    (void)state;
    struct wire_segment segment =
        decode("ip4 x03e8 x0050 xfffffffe x00000001 x51ff xabcd x1234 x0005@p6 x6162");
    assert_int_equal(segment.source.port, 1000);
    assert_int_equal(segment.destination.port, 80);
    assert_true(segment.seq == 0xfffffffe);
    assert_int_equal(segment.ack, 1);
    assert_int_equal(segment.flags, 0x1ff); /* all nine, AE too */
    assert_int_equal(segment.window, 0xabcd);
    assert_int_equal(segment.urgent, 5);
    assert_int_equal(segment.payload_bytes, 2);
    assert_int_equal(segment.options.present, 0);
}

static void bad_data_offsets(void **state)
{
    (void)state;
    for (unsigned words = 0; words < 16; words++) {
        struct frame frame;
        struct wire_result result;
        frame_make(&frame, "ip4 tcp:8");
        frame_data(&frame)[32] = (uint8_t)(words << 4);
        struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
        frame_decode_cut(decoder, 101, frame_data(&frame), frame.length, frame.length, &result);
        bool good = words >= 5 && words <= 7; /* 28 bytes in all */
        assert_int_equal(result.verdict, good ? WIRE_SEGMENT : WIRE_SKIPPED);
        if (!good)
            assert_int_equal(result.skip, WIRE_SKIP_MALFORMED);
        else
            assert_int_equal(result.segment.payload_bytes, 28 - words * 4);
        wire_decoder_free(decoder);
    }
}

static void syn_options(void **state)
{
    (void)state;
    struct wire_options options = decode_options("020405b40402080a0000000a0000000b01030307");
    assert_int_equal(options.present, WIRE_OPTION_MSS | WIRE_OPTION_SACK_PERMITTED |
                                          WIRE_OPTION_TIMESTAMPS | WIRE_OPTION_WINDOW_SCALE);
    assert_int_equal(options.mss, 1460);
    assert_int_equal(options.window_scale, 7);
    assert_int_equal(options.timestamp_value, 10);
    assert_int_equal(options.timestamp_echo, 11);
}

static void timestamps_alone(void **state)
{
    (void)state;
    struct wire_options usual = decode_options("0101080afffffffe00000001");
    struct wire_options unusual = decode_options("080afffffffe000000010000");
    assert_int_equal(usual.present, WIRE_OPTION_TIMESTAMPS);
    assert_true(usual.timestamp_value == 0xfffffffe && usual.timestamp_echo == 1);
    assert_memory_equal(&usual, &unusual, sizeof usual);
}

static void sack_blocks(void **state)
{
    (void)state;
    struct wire_options options = decode_options("0101051a"
                                                 "0000000100000002"
                                                 "0000000300000004"
                                                 "fffffff000000010");
    assert_int_equal(options.present, WIRE_OPTION_SACK);
    assert_int_equal(options.sack_blocks, 3);
    assert_int_equal(options.sack[1].left, 3);
    assert_int_equal(options.sack[1].right, 4);
    assert_true(options.sack[2].left == 0xfffffff0);
    options = decode_options("0522"
                             "0000000100000002"
                             "0000000300000004"
                             "0000000500000006"
                             "0000000700000008"
                             "0101");
    assert_int_equal(options.sack_blocks, 4);
    assert_int_equal(options.sack[3].right, 8);
}

struct rare {
    const char *hex;
    unsigned present, fastopen_cookie_bytes, mptcp_subtype;
};

static void rare_options(void **state)
{
    (void)state;
    static const struct rare rare[] = {
        {"22020101", WIRE_OPTION_FASTOPEN, 0, 0},
        {"220a11223344556677880101", WIRE_OPTION_FASTOPEN, 8, 0},
        {"fe04f989", WIRE_OPTION_FASTOPEN, 0, 0},
        {"fe08f98911223344", WIRE_OPTION_FASTOPEN, 4, 0},
        {"fd04f989", WIRE_OPTION_UNKNOWN, 0, 0},
        {"fe041234", WIRE_OPTION_UNKNOWN, 0, 0},
        {"fe020101", WIRE_OPTION_UNKNOWN, 0, 0},
        {"1e0c008111223344556677880000", WIRE_OPTION_MPTCP, 0, 0},
        {"1e0400001e03201e03100000", WIRE_OPTION_MPTCP, 0, 1},
        {"131200112233445566778899aabbccddeeff0000", WIRE_OPTION_MD5, 0, 0},
        {"1d10010111223344556677889900aabb", WIRE_OPTION_AO, 0, 0},
        {"1c048005", WIRE_OPTION_USER_TIMEOUT, 0, 0},
        {"ac020101", WIRE_OPTION_ACCECN, 0, 0},
        {"ac0b00000100000200000300", WIRE_OPTION_ACCECN, 0, 0},
        {"ae080000010000020000", WIRE_OPTION_ACCECN, 0, 0},
        {"fe07acc00000010000000000", WIRE_OPTION_ACCECN, 0, 0},
        {"450401ff", WIRE_OPTION_UNKNOWN, 0, 0},
    };
    for (unsigned i = 0; i < sizeof rare / sizeof *rare; i++) {
        char hex[96];
        strcpy(hex, rare[i].hex);
        while (strlen(hex) % 8 != 0)
            strcat(hex, "00");
        struct wire_options options = decode_options(hex);
        assert_int_equal(options.present, rare[i].present);
        assert_int_equal(options.fastopen_cookie_bytes, rare[i].fastopen_cookie_bytes);
        assert_int_equal(options.mptcp_subtype, rare[i].mptcp_subtype);
    }
}

static void nothing_after_the_end(void **state)
{
    (void)state;
    assert_int_equal(decode_options("00020405b4030307").present, 0);
    assert_int_equal(decode_options("01010101").present, 0);
    assert_int_equal(decode_options("020405b400030307").present, WIRE_OPTION_MSS);
}

/* Which lengths each kind may have. */
static bool fits(unsigned kind, unsigned length)
{
    switch (kind) {
    case 2:
    case 28:
        return length == 4;
    case 3:
        return length == 3;
    case 4:
        return length == 2;
    case 5:
        return length == 10 || length == 18 || length == 26 || length == 34;
    case 8:
        return length == 10;
    case 19:
        return length == 18;
    case 29:
        return length >= 4;
    case 30:
        return length >= 3;
    case 34:
        return length == 2 || (length >= 6 && length <= 18 && length % 2 == 0);
    case 172:
    case 174:
        return length <= 11 && (length - 2) % 3 == 0;
    default:
        return true;
    }
}

/* An option between a good one and another: what stands before it is always taken, what comes
 * after it only if it says where that begins. */
static void every_length_of_every_kind(void **state)
{
    (void)state;
    for (unsigned kind = 2; kind < 256; kind++) {
        for (unsigned length = 0; length < 256; length++) {
            uint8_t bytes[40] = {3, 3, 9, (uint8_t)kind, (uint8_t)length};
            bool inside = length >= 2 && length <= 37;
            bool followed = inside && length + 2 <= 37;
            if (kind == 253 || kind == 254)
                bytes[5] = 0x12;
            if (followed)
                memcpy(bytes + 3 + length, (uint8_t[]){4, 2}, 2);
            struct wire_options options;
            memset(&options, 0, sizeof options);
            wire_tcp_options(&options, bytes, sizeof bytes, sizeof bytes);
            assert_true((options.present & WIRE_OPTION_WINDOW_SCALE) != 0);
            assert_int_equal((options.present & WIRE_OPTION_BAD) != 0,
                             !inside || !fits(kind, length));
            if (kind != 4)
                assert_int_equal((options.present & WIRE_OPTION_SACK_PERMITTED) != 0, followed);
            if (kind != 3)
                assert_int_equal(options.window_scale, 9);
        }
    }
}

/* A header of 1 to 40 bytes of options that ends inside one. */
static void last_option_too_long(void **state)
{
    (void)state;
    for (unsigned size = 1; size <= 40; size++) {
        uint8_t bytes[40];
        struct wire_options options;
        memset(&options, 0, sizeof options);
        memset(bytes, 1, sizeof bytes);
        bytes[size - 1] = 8; /* a kind without a length */
        wire_tcp_options(&options, bytes, size, size);
        assert_int_equal(options.present, WIRE_OPTION_BAD);
        if (size == 1)
            continue;
        memset(&options, 0, sizeof options);
        bytes[size - 2] = 8;
        bytes[size - 1] = 3; /* one byte more than there is */
        wire_tcp_options(&options, bytes, size, size);
        assert_int_equal(options.present, WIRE_OPTION_BAD);
    }
}

/* Cut by the snapshot length: not bad, only not there. */
static void options_cut(void **state)
{
    (void)state;
    struct frame frame;
    frame_make(&frame, "ip4 tcp:5:020405b40402080a0000000a0000000b01030307");
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    for (unsigned n = 40; n <= frame.length; n++) {
        struct wire_result result;
        frame_decode_cut(decoder, 101, frame_data(&frame), n, frame.length, &result);
        const struct wire_segment *segment = &result.segment;
        unsigned present =
            (n >= 44 ? WIRE_OPTION_MSS : 0) | (n >= 46 ? WIRE_OPTION_SACK_PERMITTED : 0) |
            (n >= 56 ? WIRE_OPTION_TIMESTAMPS : 0) | (n >= 60 ? WIRE_OPTION_WINDOW_SCALE : 0);
        assert_int_equal(result.verdict, WIRE_SEGMENT);
        assert_int_equal(segment->options.present, present);
        assert_int_equal(segment->truncated_header, n < 60);
        assert_int_equal(segment->header_bytes, 40);
        assert_int_equal(segment->payload_bytes, 5);
        assert_int_equal(segment->captured_payload_bytes, n > 60 ? n - 60 : 0);
    }
    wire_decoder_free(decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_fields),         cmocka_unit_test(bad_data_offsets),
        cmocka_unit_test(syn_options),           cmocka_unit_test(timestamps_alone),
        cmocka_unit_test(sack_blocks),           cmocka_unit_test(rare_options),
        cmocka_unit_test(nothing_after_the_end), cmocka_unit_test(every_length_of_every_kind),
        cmocka_unit_test(last_option_too_long),  cmocka_unit_test(options_cut),
    };
    return cmocka_run_group_tests_name("wire tcp", tests, NULL, NULL);
}
