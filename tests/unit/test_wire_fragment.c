/* wire: IP fragments in and out of order, repeated, overlapping, cut, too many, too old. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "frame.h"

#define SECOND_NS INT64_C(1000000000)

struct bench {
    struct wire_decoder *decoder;
    struct frame datagram; /* a TCP segment: 32 bytes of header, 168 of payload */
    struct wire_result result;
    int64_t time_ns;
    uint64_t number;
    unsigned captured; /* at most so much of each fragment's packet */
    bool ipv6;
};

static int set_up(void **state)
{
    static struct bench bench;
    memset(&bench, 0, sizeof bench);
    bench.decoder = wire_decoder_new(
        &(struct wire_decoder_options){.verify_checksums = true, .loopback_duplicates = true});
    frame_make(&bench.datagram, "tcp:168:0101080a0000000a0000000b");
    frame_data(&bench.datagram)[13] |= WIRE_FIN;
    bench.captured = UINT32_MAX;
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    wire_decoder_free(((struct bench *)*state)->decoder);
    return 0;
}

static void wrap_fragment(struct bench *bench, struct frame *frame, unsigned offset, bool more,
                          uint32_t id)
{
    if (bench->ipv6) {
        uint8_t header[8] = {6, 0, (uint8_t)(offset >> 8), (uint8_t)(offset | more)};
        header[6] = (uint8_t)(id >> 8);
        header[7] = (uint8_t)id;
        struct frame inner = *frame;
        uint8_t bytes[FRAME_ROOM];
        memcpy(bytes, header, 8);
        memcpy(bytes + 8, frame_data(&inner), inner.length);
        frame_put(frame, bytes, inner.length + 8, 44);
        frame_wrap(frame, "eth ip6");
        return;
    }
    frame_wrap(frame, "eth ip4");
    uint8_t *ip = frame_data(frame) + 14;
    ip[4] = (uint8_t)(id >> 8);
    ip[5] = (uint8_t)id;
    ip[6] = (uint8_t)((more ? 0x20 : 0) | offset >> 11);
    ip[7] = (uint8_t)(offset >> 3);
}

/* Decodes bytes [from, to) of the datagram as a fragment. */
static const struct wire_result *feed(struct bench *bench, unsigned from, unsigned to, bool more,
                                      uint32_t id)
{
    struct frame frame;
    frame_put(&frame, frame_data(&bench->datagram) + from, to - from, 6);
    wrap_fragment(bench, &frame, from, more, id);
    struct wire_packet packet = {
        .number = ++bench->number,
        .time_ns = bench->time_ns,
        .link_type = 1,
        .captured_bytes = frame.length < bench->captured ? frame.length : bench->captured,
        .wire_bytes = frame.length,
        .data = frame_data(&frame),
    };
    memset(&bench->result, 0xa5, sizeof bench->result);
    wire_decode(bench->decoder, &packet, &bench->result);
    return &bench->result;
}

static void waits(const struct wire_result *result)
{
    assert_int_equal(result->verdict, WIRE_SKIPPED);
    assert_string_equal(wire_skip_name(result->skip), "fragment");
}

static void is_whole(const struct bench *bench)
{
    const struct wire_segment *segment = &bench->result.segment;
    assert_int_equal(bench->result.verdict, WIRE_SEGMENT);
    assert_true(segment->reassembled);
    assert_false(segment->first_fragment);
    assert_false(segment->truncated_header);
    assert_int_equal(segment->number, bench->number);
    assert_int_equal(segment->seq, 1000);
    assert_int_equal(segment->flags, WIRE_FIN | WIRE_PSH | WIRE_ACK);
    assert_int_equal(segment->header_bytes, 32);
    assert_int_equal(segment->payload_bytes, 168);
    assert_int_equal(segment->payload_offset, 0);
    assert_int_equal(segment->options.present, WIRE_OPTION_TIMESTAMPS);
    assert_int_equal(segment->options.timestamp_echo, 11);
    assert_int_equal(segment->layers[segment->layer_count - 1].offset, 0);
    assert_int_equal(segment->ttl, bench->ipv6 ? 63 : 64);
}

static void in_order(void **state)
{
    struct bench *bench = *state;
    for (int version = 0; version < 2; version++) {
        bench->ipv6 = version == 1;
        waits(feed(bench, 0, 80, true, 1));
        waits(feed(bench, 80, 160, true, 1));
        feed(bench, 160, 200, false, 1);
        is_whole(bench);
        assert_int_equal(bench->result.segment.captured_payload_bytes, 168);
    }
}

/* Every order of five fragments, the header split over the first ones. */
static void every_order(void **state)
{
    struct bench *bench = *state;
    static const unsigned cuts[6] = {0, 8, 24, 96, 104, 200};
    for (unsigned code = 0; code < 3125; code++) {
        unsigned order[5];
        unsigned seen = 0;
        for (unsigned i = 0, rest = code; i < 5; i++, rest /= 5) {
            order[i] = rest % 5;
            seen |= 1u << order[i];
        }
        if (seen != 31)
            continue;
        for (unsigned i = 0; i < 5; i++) {
            unsigned part = order[i];
            feed(bench, cuts[part], cuts[part + 1], part < 4, code);
            if (i < 4)
                waits(&bench->result);
        }
        is_whole(bench);
    }
}

static void interleaved(void **state)
{
    struct bench *bench = *state;
    for (uint32_t id = 0; id < WIRE_FRAGMENT_DATAGRAMS; id++)
        waits(feed(bench, 104, 200, false, id));
    for (uint32_t id = 0; id < WIRE_FRAGMENT_DATAGRAMS; id++) {
        feed(bench, 0, 104, true, id);
        is_whole(bench);
    }
}

static void too_many_push_out_the_oldest(void **state)
{
    struct bench *bench = *state;
    for (uint32_t id = 0; id <= WIRE_FRAGMENT_DATAGRAMS; id++) {
        bench->time_ns++;
        waits(feed(bench, 104, 200, false, id));
    }
    feed(bench, 0, 104, true, 1);
    is_whole(bench);
    waits(feed(bench, 0, 104, true, 0));
}

static void too_old(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 104, 200, false, 1));
    bench->time_ns = 30 * SECOND_NS;
    feed(bench, 0, 104, true, 1);
    is_whole(bench);
    waits(feed(bench, 104, 200, false, 2));
    bench->time_ns += 30 * SECOND_NS + 1;
    waits(feed(bench, 0, 104, true, 2));
    /* times that no clock shows */
    bench->time_ns = INT64_MAX;
    waits(feed(bench, 104, 200, false, 3));
    bench->time_ns = INT64_MIN;
    waits(feed(bench, 0, 104, true, 3));
}

static void repeated(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 0, 104, true, 1));
    waits(feed(bench, 0, 104, true, 1));
    waits(feed(bench, 8, 48, true, 1)); /* all of it known */
    feed(bench, 104, 200, false, 1);
    is_whole(bench);
}

static void overlapping(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 0, 104, true, 1));
    waits(feed(bench, 96, 120, true, 1));
    waits(feed(bench, 104, 200, false, 1));
    waits(feed(bench, 120, 200, false, 1));
    /* as many bytes as the datagram has, but a gap for what came twice */
    waits(feed(bench, 0, 104, true, 2));
    waits(feed(bench, 96, 112, true, 2));
    waits(feed(bench, 120, 200, false, 2));
}

static void contradicting_ends(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 160, 200, false, 1));
    waits(feed(bench, 80, 160, false, 1)); /* another last one */
    waits(feed(bench, 0, 160, true, 1));
    waits(feed(bench, 80, 120, false, 2));
    waits(feed(bench, 160, 200, true, 2)); /* beyond the end */
    waits(feed(bench, 0, 80, true, 2));
    waits(feed(bench, 160, 200, true, 3));
    waits(feed(bench, 80, 120, false, 3)); /* an end before what is there */
    waits(feed(bench, 0, 80, true, 3));
}

/* As many units as the datagram has, but not those: not whole. */
static void count_is_not_enough(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 0, 8, true, 1));
    waits(feed(bench, 128, 184, true, 1));
    waits(feed(bench, 64, 72, false, 1));
}

static void bad_lengths(void **state)
{
    struct bench *bench = *state;
    feed(bench, 0, 103, true, 1); /* not the last, and no multiple of 8 */
    assert_int_equal(bench->result.skip, WIRE_SKIP_MALFORMED);
    feed(bench, 104, 104, false, 1); /* nothing in it */
    assert_int_equal(bench->result.skip, WIRE_SKIP_MALFORMED);
    /* a header that promises more than the datagram has */
    frame_data(&bench->datagram)[12] = 0xf0;
    waits(feed(bench, 0, 40, true, 2));
    feed(bench, 40, 56, false, 2);
    assert_int_equal(bench->result.verdict, WIRE_SKIPPED);
    assert_int_equal(bench->result.skip, WIRE_SKIP_MALFORMED);
}

/* The last possible offset with more than 65,535 bytes behind it. */
static void ping_of_death(void **state)
{
    struct bench *bench = *state;
    struct frame frame;
    frame_put(&frame, frame_data(&bench->datagram), 200, 6);
    wrap_fragment(bench, &frame, 0xfff8, false, 1);
    frame_decode_cut(bench->decoder, 1, frame_data(&frame), frame.length, frame.length,
                     &bench->result);
    waits(&bench->result);
}

static void snapshot_length(void **state)
{
    struct bench *bench = *state;
    bench->captured = 14 + 20 + 40;
    waits(feed(bench, 0, 104, true, 1));
    feed(bench, 104, 200, false, 1);
    is_whole(bench);
    assert_int_equal(bench->result.segment.captured_payload_bytes, 80 - 32);
    assert_int_equal(bench->result.segment.tcp_checksum, WIRE_CHECKSUM_UNKNOWN);
    bench->captured = 14 + 20 + 26; /* inside the options */
    waits(feed(bench, 0, 104, true, 2));
    feed(bench, 104, 200, false, 2);
    assert_int_equal(bench->result.verdict, WIRE_SEGMENT);
    assert_true(bench->result.segment.truncated_header);
    assert_int_equal(bench->result.segment.payload_bytes, 168);
    bench->captured = 14 + 20 + 19;
    waits(feed(bench, 0, 104, true, 3));
    feed(bench, 104, 200, false, 3);
    assert_int_equal(bench->result.skip, WIRE_SKIP_TRUNCATED);
}

/* A datagram that ends inside the bytes kept of it, and inside an 8-byte unit. */
static void short_datagram(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 24, 35, false, 1));
    feed(bench, 0, 24, true, 1);
    assert_int_equal(bench->result.verdict, WIRE_SEGMENT);
    assert_int_equal(bench->result.segment.payload_bytes, 3);
    assert_int_equal(bench->result.segment.captured_payload_bytes, 3);
    assert_int_equal(bench->result.segment.options.present, WIRE_OPTION_TIMESTAMPS);
}

static void checksum_of_the_whole(void **state)
{
    struct bench *bench = *state;
    waits(feed(bench, 104, 200, false, 1));
    feed(bench, 0, 104, true, 1);
    assert_int_equal(bench->result.segment.tcp_checksum, WIRE_CHECKSUM_BAD);
    uint8_t *tcp = frame_data(&bench->datagram);
    uint64_t sum = 6 + 200 + 0x0a00 + 1 + 0x0a00 + 2;
    for (unsigned i = 0; i < 200; i += 2)
        sum += (uint64_t)(tcp[i] << 8 | tcp[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    tcp[16] = (uint8_t)(~sum >> 8);
    tcp[17] = (uint8_t)~sum;
    waits(feed(bench, 104, 200, false, 2));
    feed(bench, 0, 104, true, 2);
    assert_int_equal(bench->result.segment.tcp_checksum, WIRE_CHECKSUM_GOOD);
}

/* A filter for ports lets no fragment pass but the first: they are decoded alone, then. */
static void only_first_ones(void **state)
{
    struct bench *bench = *state;
    for (uint32_t id = 1; id <= 3; id++)
        waits(feed(bench, 0, 104, true, id));
    feed(bench, 0, 104, true, 4);
    assert_int_equal(bench->result.verdict, WIRE_SEGMENT);
    assert_true(bench->result.segment.first_fragment);
    assert_false(bench->result.segment.reassembled);
    assert_int_equal(bench->result.segment.payload_bytes, 72);
    assert_int_equal(bench->result.segment.flags, WIRE_PSH | WIRE_ACK);
    assert_int_equal(bench->result.segment.tcp_checksum, WIRE_CHECKSUM_UNKNOWN);
    waits(feed(bench, 0, 16, true, 5)); /* not even the header */
    /* once another one is seen, they wait again */
    feed(bench, 104, 200, false, 3);
    is_whole(bench);
    waits(feed(bench, 0, 104, true, 6));
    feed(bench, 104, 200, false, 6);
    is_whole(bench);
}

/* What is tunnelled has its own length: the first fragment is enough, the others are left. */
static void tunnel_in_fragments(void **state)
{
    struct bench *bench = *state;
    struct frame whole;
    frame_make(&whole, "udp:4789 x0800000000012300 eth ip4 tcp:100");
    for (unsigned part = 0; part < 2; part++) {
        struct frame frame;
        frame_put(&frame, frame_data(&whole) + part * 80, part == 0 ? 80 : whole.length - 80, 17);
        wrap_fragment(bench, &frame, part * 80, part == 0, 9);
        frame_decode_cut(bench->decoder, 1, frame_data(&frame), frame.length, frame.length,
                         &bench->result);
        if (part == 1)
            break;
        assert_int_equal(bench->result.verdict, WIRE_SEGMENT);
        assert_int_equal(bench->result.segment.payload_bytes, 100);
        assert_int_equal(bench->result.segment.captured_payload_bytes, 10);
        assert_false(bench->result.segment.first_fragment);
    }
    waits(&bench->result);
    struct frame frame;
    frame_put(&frame, frame_data(&whole), 40, 17); /* ends inside the inner headers */
    wrap_fragment(bench, &frame, 0, true, 10);
    frame_decode_cut(bench->decoder, 1, frame_data(&frame), frame.length, frame.length,
                     &bench->result);
    waits(&bench->result);
}

static void congestion_mark_of_any(void **state)
{
    struct bench *bench = *state;
    struct frame frame;
    waits(feed(bench, 0, 104, true, 1));
    frame_put(&frame, frame_data(&bench->datagram) + 104, 96, 6);
    wrap_fragment(bench, &frame, 104, false, 1);
    frame_data(&frame)[15] = 3;
    struct wire_packet packet = {.number = ++bench->number,
                                 .link_type = 1,
                                 .captured_bytes = frame.length,
                                 .wire_bytes = frame.length,
                                 .data = frame_data(&frame)};
    wire_decode(bench->decoder, &packet, &bench->result);
    is_whole(bench);
    assert_int_equal(bench->result.segment.ecn, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(in_order),
        TEST(every_order),
        TEST(interleaved),
        TEST(too_many_push_out_the_oldest),
        TEST(too_old),
        TEST(repeated),
        TEST(overlapping),
        TEST(contradicting_ends),
        TEST(count_is_not_enough),
        TEST(bad_lengths),
        TEST(ping_of_death),
        TEST(snapshot_length),
        TEST(short_datagram),
        TEST(checksum_of_the_whole),
        TEST(only_first_ones),
        TEST(tunnel_in_fragments),
        TEST(congestion_mark_of_any),
    };
    return cmocka_run_group_tests_name("wire fragments", tests, NULL, NULL);
}
