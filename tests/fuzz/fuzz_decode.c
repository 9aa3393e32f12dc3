/* Fuzzes the decoder: packets of any link type, several to an input, so that fragments and
 * duplicates meet.
 *
 * An input is records of: link type (an index into link_types), options, time step in 0.1 ms,
 * bytes missing by the snapshot length, length (16 bits), then that many bytes. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "wire/decode.h"
#include "wire/linktype.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static const uint32_t link_types[] = {
    LINK_EN10MB,
    LINK_LINUX_SLL2,
    LINK_LINUX_SLL,
    LINK_RAW,
    LINK_NULL,
    LINK_LOOP,
    LINK_PPP,
    LINK_PPP_HDLC,
    LINK_PPP_ETHER,
    LINK_C_HDLC,
    LINK_PPP_PPPD,
    LINK_IEEE802_11,
    LINK_IEEE802_11_RADIO,
    LINK_PPI,
    LINK_NFLOG,
    LINK_FDDI,
    LINK_IPOIB,
    LINK_PPP_WITH_DIR,
    LINK_C_HDLC_WITH_DIR,
    147,
};

#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static void check_segment(const struct wire_segment *segment, const struct wire_packet *packet)
{
    REQUIRE(segment->layer_count >= 2 && segment->layer_count <= WIRE_MAX_LAYERS);
    REQUIRE(segment->layers[segment->layer_count - 1].kind == WIRE_LAYER_TCP);
    REQUIRE(segment->header_bytes >= 20 && segment->header_bytes <= 60);
    REQUIRE(segment->captured_payload_bytes <= segment->payload_bytes);
    REQUIRE(segment->options.sack_blocks <= 4);
    REQUIRE(segment->source.family == 4 || segment->source.family == 6);
    REQUIRE(segment->number == packet->number);
    if (!segment->reassembled && segment->captured_payload_bytes > 0)
        REQUIRE(segment->payload_offset + segment->captured_payload_bytes <=
                packet->captured_bytes);
}

static void check_result(const struct wire_result *result, const struct wire_packet *packet)
{
    char text[WIRE_ENDPOINT_TEXT];
    switch (result->verdict) {
    case WIRE_SEGMENT:
        check_segment(&result->segment, packet);
        wire_endpoint_text(&result->segment.source, text, sizeof text);
        REQUIRE(strlen(text) >= 5);
        break;
    case WIRE_ICMP_ERROR:
        REQUIRE(result->icmp.reporter_family == 4 || result->icmp.reporter_family == 6);
        wire_endpoint_text(&result->icmp.destination, text, sizeof text);
        break;
    case WIRE_SKIPPED:
        REQUIRE(*wire_skip_name(result->skip) != '\0');
        break;
    }
}

/* From a block of just its size, so that a read past the packet is seen. */
static void decode(struct wire_decoder *decoder, struct wire_packet *packet, const uint8_t *bytes)
{
    uint8_t *copy = base_alloc(packet->captured_bytes);
    struct wire_result result;
    if (packet->captured_bytes > 0)
        memcpy(copy, bytes, packet->captured_bytes);
    packet->data = copy;
    wire_decode(decoder, packet, &result);
    check_result(&result, packet);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct base_cursor cursor = base_cursor_make(bytes, length);
    struct wire_packet packet = {.number = 0};
    struct wire_decoder *decoder = NULL;
    while (cursor.left >= 6) {
        uint8_t type = base_cursor_u8(&cursor);
        uint8_t flags = base_cursor_u8(&cursor);
        uint8_t step = base_cursor_u8(&cursor);
        uint8_t missing = base_cursor_u8(&cursor);
        size_t size = base_cursor_u16(&cursor);
        size = size < cursor.left ? size : cursor.left;
        if (decoder == NULL)
            decoder = wire_decoder_new(&(struct wire_decoder_options){
                .verify_checksums = (flags & 1) != 0, .loopback_duplicates = (flags & 2) != 0});
        packet.number++;
        packet.time_ns += step * INT64_C(100000);
        packet.link_type = link_types[type % (sizeof link_types / sizeof *link_types)];
        packet.interface = flags >> 6;
        packet.captured_bytes = (uint32_t)size;
        packet.wire_bytes = (uint32_t)size + missing;
        decode(decoder, &packet, base_cursor_take(&cursor, size));
    }
    wire_decoder_free(decoder);
    return 0;
}
