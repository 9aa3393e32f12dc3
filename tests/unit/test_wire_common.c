/* The common case is decoded in one go: it must give what the walk through the layers gives. With
 * checksums verified every packet takes the walk, so the two are compared on packets that are
 * nearly the common case. */
#include "config.h"

#include "support.h"

#include <stddef.h>
#include <string.h>

#include "random.h"
#include "wire/decode.h"

#define MOST_BYTES 200
#define PACKETS 200000

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

/* A good packet of a random length with options that begin well. */
static uint32_t make_packet(struct random *random, uint8_t *bytes)
{
    static const uint8_t options[] = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 2, 4, 5, 0xb4, 4, 2};
    uint32_t header_bytes = 20 + 4 * random_below(random, 11);
    uint32_t length = 34 + header_bytes + random_below(random, 100);
    for (uint32_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)random_next(random);
    put16(bytes + 12, 0x0800);
    bytes[14] = 0x45;
    put16(bytes + 16, length - 14);
    put16(bytes + 20, 0x4000);
    bytes[23] = 6;
    bytes[46] = (uint8_t)(header_bytes / 4 << 4 | (bytes[46] & 15));
    if (random_chance(random, 700) && header_bytes > 20)
        memcpy(bytes + 54, options,
               header_bytes - 20 < sizeof options ? header_bytes - 20 : sizeof options);
    return length;
}

/* Spoils a byte of a header, or cuts or pads the packet. */
static void change(struct random *random, uint8_t *bytes, struct wire_packet *packet)
{
    if (random_chance(random, 500))
        bytes[12 + random_below(random, 60)] = (uint8_t)random_next(random);
    if (random_chance(random, 200))
        packet->captured_bytes = random_below(random, packet->captured_bytes + 1);
    if (random_chance(random, 200))
        packet->captured_bytes = packet->wire_bytes += random_below(random, 20);
    if (random_chance(random, 50))
        packet->link_type = random_below(random, 3);
    packet->interface = random_below(random, 2);
}

static void decode(struct wire_decoder *decoder, const struct wire_packet *packet,
                   struct wire_result *result)
{
    memset(result, 0, sizeof *result);
    wire_decode(decoder, packet, result);
    if (result->verdict == WIRE_SEGMENT)
        result->segment.ip_checksum = result->segment.tcp_checksum = WIRE_CHECKSUM_UNKNOWN;
    else if (result->verdict == WIRE_SKIPPED) /* the segment was given up somewhere on the way */
        memset(&result->segment, 0, sizeof result->segment);
}

static void both_ways_are_one(void **unused)
{
    (void)unused;
    struct wire_decoder *quick = wire_decoder_new(&(struct wire_decoder_options){0});
    struct wire_decoder *walk =
        wire_decoder_new(&(struct wire_decoder_options){.verify_checksums = true});
    struct random random = {11};
    unsigned segments = 0;
    for (unsigned i = 0; i < PACKETS; i++) {
        uint8_t bytes[MOST_BYTES] = {0};
        uint32_t length = make_packet(&random, bytes);
        struct wire_packet packet = {.number = i + 1,
                                     .time_ns = (int64_t)i * 1000,
                                     .link_type = 1,
                                     .captured_bytes = length,
                                     .wire_bytes = length,
                                     .data = bytes};
        change(&random, bytes, &packet);
        struct wire_result a, b;
        decode(quick, &packet, &a);
        decode(walk, &packet, &b);
        assert_memory_equal(&a, &b, sizeof a);
        segments += a.verdict == WIRE_SEGMENT;
    }
    assert_in_range(segments, PACKETS / 2, PACKETS - PACKETS / 10);
    wire_decoder_free(quick);
    wire_decoder_free(walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways_are_one)};
    return cmocka_run_group_tests_name("wire_common", tests, NULL, NULL);
}
