/* wire: one packet seen on several sides of any is one; two packets that look alike are two. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "frame.h"

#define MS_NS INT64_C(1000000)

enum { HOST = 0, OTHER_HOST = 3, OUTGOING = 4 };

struct bench {
    struct wire_decoder *decoder;
    int64_t time_ns;
    const char *inner; /* headers under SLL2 */
};

static int set_up(void **state)
{
    static struct bench bench;
    bench.decoder = wire_decoder_new(&(struct wire_decoder_options){.loopback_duplicates = true});
    bench.time_ns = INT64_C(1700000000000000000);
    bench.inner = "ip4 tcp";
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    wire_decoder_free(((struct bench *)*state)->decoder);
    return 0;
}

static bool decode_new(struct bench *bench, struct frame *frame, uint32_t link_type,
                       uint32_t capture_interface)
{
    struct wire_result result;
    struct wire_packet packet = {.number = 1,
                                 .time_ns = bench->time_ns,
                                 .link_type = link_type,
                                 .interface = capture_interface,
                                 .captured_bytes = frame->length,
                                 .wire_bytes = frame->length,
                                 .data = frame_data(frame)};
    wire_decode(bench->decoder, &packet, &result);
    if (result.verdict == WIRE_SKIPPED)
        assert_string_equal(wire_skip_name(result.skip), "duplicate");
    return result.verdict != WIRE_SKIPPED;
}

/* Whether a packet seen so is a new one. */
static bool seen(struct bench *bench, unsigned interface, unsigned type)
{
    struct frame frame;
    frame_make(&frame, bench->inner);
    frame_wrap(&frame, "xEEEE0000 x00000000 x00010006 x0202020202020000");
    frame_data(&frame)[7] = (uint8_t)interface;
    frame_data(&frame)[10] = (uint8_t)type;
    return decode_new(bench, &frame, 276, 0);
}

static bool seen_sll(struct bench *bench, unsigned type)
{
    struct frame frame;
    frame_make(&frame, "x000000010006020202020202 x0000EEEE ip4 tcp");
    frame_data(&frame)[1] = (uint8_t)type;
    return decode_new(bench, &frame, 113, 0);
}

static void loopback(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 5; i++) {
        assert_true(seen(bench, 1, OUTGOING));
        assert_false(seen(bench, 1, HOST));
    }
    assert_true(seen_sll(bench, OUTGOING) == false); /* the same packet in another coat */
    bench->time_ns += 2 * MS_NS;
    assert_true(seen_sll(bench, OUTGOING));
    assert_false(seen_sll(bench, HOST));
}

/* A second arrival on the same side is a second packet, whatever its bytes. */
static void same_side_twice(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 100; i++)
        assert_true(seen(bench, 2, HOST));
}

static void two_packets_two_sides(void **state)
{
    struct bench *bench = *state;
    assert_true(seen(bench, 3, OUTGOING));
    assert_true(seen(bench, 3, OUTGOING));
    assert_false(seen(bench, 4, HOST));
    assert_false(seen(bench, 4, HOST));
    assert_true(seen(bench, 4, HOST)); /* a third, whose first side was missed */
    assert_false(seen(bench, 3, OUTGOING));
}

static void bridge_and_router(void **state)
{
    struct bench *bench = *state;
    assert_true(seen(bench, 5, OTHER_HOST)); /* the port */
    assert_false(seen(bench, 6, HOST));      /* the bridge */
    struct frame frame;                      /* and routed on, one hop further */
    frame_make(&frame, "ip4 tcp");
    frame_data(&frame)[8]--;
    frame_wrap(&frame, "xEEEE0000 x00000007 x00010004 x0202020202020000");
    frame_data(&frame)[10] = OUTGOING;
    assert_false(decode_new(bench, &frame, 276, 0));
}

/* Inside and outside of a tunnel, with one scope. */
static void before_and_after_a_tunnel(void **state)
{
    struct bench *bench = *state;
    assert_true(seen(bench, 8, OUTGOING));
    bench->inner = "ip4 udp:8472 x0800000000012300 eth ip4 tcp";
    assert_false(seen(bench, 2, OUTGOING));
    bench->inner = "x0064EEEE@e8100 ip4 tcp";
    assert_false(seen(bench, 3, OUTGOING));
}

static void within_a_millisecond(void **state)
{
    struct bench *bench = *state;
    assert_true(seen(bench, 1, OUTGOING));
    bench->time_ns += MS_NS;
    assert_false(seen(bench, 1, HOST));
    bench->time_ns += 1; /* since the packet, not since its other sight */
    assert_true(seen(bench, 2, HOST));
    bench->time_ns -= MS_NS; /* records out of order */
    assert_false(seen(bench, 1, HOST));
    bench->time_ns -= 1;
    assert_true(seen(bench, 3, HOST));
    bench->time_ns = INT64_MIN;
    assert_true(seen(bench, 1, HOST));
    bench->time_ns = INT64_MAX;
    assert_true(seen(bench, 2, HOST));
}

/* Every field that forwarding leaves alone tells packets apart. */
static void what_differs_is_another(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = {
        "ip4 tcp:0:0101080a0000000a0000000b",
        "ip4 tcp:1:0101080a0000000a0000000b",
        "ip4 tcp:0:0101080a0000000b0000000b",
        "ip4 tcp:0:0101080a0000000a0000000c",
        "ip4 tcp:0:0101010101010101010101",
        "ip4 tcp:0",
        "ip6 tcp:0",
    };
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        bench->inner = lines[i];
        assert_true(seen(bench, 1 + i, HOST));
    }
    /* IP identification, addresses, ports, seq, ack, flags, window, urgent pointer */
    static const unsigned at[] = {4, 12, 16, 20, 22, 24, 28, 33, 34, 38};
    for (unsigned i = 0; i < sizeof at / sizeof *at; i++) {
        struct frame frame;
        frame_make(&frame, "ip4 tcp:0");
        frame_data(&frame)[at[i]] ^= 0x40;
        frame_wrap(&frame, "xEEEE0000 x00000063 x00010000 x0202020202020000");
        assert_true(decode_new(bench, &frame, 276, 0));
    }
}

static void icmp_errors(void **state)
{
    struct bench *bench = *state;
    bench->inner = "ip4 x03030000 x00000000@p1 ip4 tcp";
    assert_true(seen(bench, 1, OUTGOING));
    assert_false(seen(bench, 1, HOST));
    bench->inner = "ip4 x03010000 x00000000@p1 ip4 tcp";
    assert_true(seen(bench, 2, HOST));
}

/* Ethernet says no packet type: two alike on one interface are two; on two they are one. */
static void ethernet(void **state)
{
    struct bench *bench = *state;
    struct frame frame;
    frame_make(&frame, "eth ip4 tcp");
    assert_true(decode_new(bench, &frame, 1, 0));
    assert_true(decode_new(bench, &frame, 1, 0));
    assert_true(decode_new(bench, &frame, 1, 1)); /* the first of several interfaces */
    assert_false(decode_new(bench, &frame, 1, 0));
    assert_true(decode_new(bench, &frame, 1, 0));
    assert_false(decode_new(bench, &frame, 1, 1));
}

static void fragments(void **state)
{
    struct bench *bench = *state;
    struct frame whole;
    frame_make(&whole, "tcp:100");
    unsigned segments = 0;
    unsigned duplicates = 0;
    for (unsigned i = 0; i < 4; i++) { /* both parts, each out and in */
        unsigned part = i / 2;
        struct frame frame;
        frame_put(&frame, frame_data(&whole) + part * 56, part == 0 ? 56 : 64, 6);
        frame_wrap(&frame, "ip4");
        frame_data(&frame)[6] = part == 0 ? 0x20 : 0;
        frame_data(&frame)[7] = part == 0 ? 0 : 7;
        frame_wrap(&frame, "xEEEE0000 x00000001 x00010000 x0202020202020000");
        frame_data(&frame)[10] = i % 2 == 0 ? OUTGOING : HOST;
        struct wire_result result;
        frame_decode_cut(bench->decoder, 276, frame_data(&frame), frame.length, frame.length,
                         &result);
        segments += result.verdict == WIRE_SEGMENT;
        duplicates += result.verdict == WIRE_SKIPPED && result.skip == WIRE_SKIP_DUPLICATE;
    }
    assert_int_equal(segments, 1);
    assert_int_equal(duplicates, 1);
}

static void not_asked_for(void **state)
{
    struct bench *bench = *state;
    wire_decoder_free(bench->decoder);
    bench->decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    assert_true(seen(bench, 1, OUTGOING));
    assert_true(seen(bench, 1, HOST));
}

/* Many packets at once: what is forgotten is counted again, never the other way round. */
static void many_at_once(void **state)
{
    struct bench *bench = *state;
    for (unsigned i = 0; i < 20000; i++) {
        struct frame frame;
        frame_make(&frame, "ip4 tcp:0");
        frame_data(&frame)[26] = (uint8_t)(i >> 8);
        frame_data(&frame)[27] = (uint8_t)i;
        frame_wrap(&frame, "xEEEE0000 x00000001 x00010000 x0202020202020000");
        assert_true(decode_new(bench, &frame, 276, 0));
        frame_data(&frame)[10] = OUTGOING;
        assert_false(decode_new(bench, &frame, 276, 0));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(loopback),
        TEST(same_side_twice),
        TEST(two_packets_two_sides),
        TEST(bridge_and_router),
        TEST(before_and_after_a_tunnel),
        TEST(within_a_millisecond),
        TEST(what_differs_is_another),
        TEST(icmp_errors),
        TEST(ethernet),
        TEST(fragments),
        TEST(not_asked_for),
        TEST(many_at_once),
    };
    return cmocka_run_group_tests_name("wire duplicates", tests, NULL, NULL);
}
