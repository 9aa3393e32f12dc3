/* Bytes to segment: drives the walk through a packet's layers. */
#include "config.h"

#include "wire/decode.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "wire/duplicate.h"
#include "wire/fragment.h"
#include "wire/linktype.h"
#include "wire/walk.h"

struct wire_decoder *wire_decoder_new(const struct wire_decoder_options *options)
{
    struct wire_decoder *decoder = base_calloc(1, sizeof *decoder);
    decoder->options = *options;
    return decoder;
}

void wire_decoder_free(struct wire_decoder *decoder)
{
    if (decoder == NULL)
        return;
    wire_fragments_free(decoder->fragments);
    wire_duplicates_free(decoder->duplicates);
    free(decoder);
}

static void walk_on(struct wire_walk *walk)
{
    for (;;) {
        switch (walk->next) {
        case WIRE_NEXT_DONE:
            return;
        case WIRE_NEXT_LINK:
            wire_walk_link(walk);
            break;
        case WIRE_NEXT_ETHERTYPE:
            wire_walk_ethertype(walk);
            break;
        case WIRE_NEXT_PPP:
            wire_walk_ppp(walk);
            break;
        case WIRE_NEXT_IP:
            wire_walk_ip(walk);
            break;
        case WIRE_NEXT_PROTOCOL:
            wire_walk_protocol(walk);
            break;
        }
    }
}

/* Only where a second sight is possible: on any, or once a second interface has shown up. */
static bool may_be_seen_twice(const struct wire_walk *walk)
{
    struct wire_decoder *decoder = walk->decoder;
    if (walk->packet->interface != 0)
        decoder->several_interfaces = true;
    return decoder->options.loopback_duplicates && (walk->cooked || decoder->several_interfaces);
}

/* --- the common case: Ethernet, IPv4 without options or fragments, TCP, captured whole --- */

enum { ETHERNET_BYTES = 14, IPV4_BYTES = 20, TCP_BYTES = 20, TCP_AT = ETHERNET_BYTES + IPV4_BYTES };

/* The TCP segment's length; 0 when the packet is anything else. */
static uint32_t common_length(const struct wire_decoder *decoder, const struct wire_packet *packet)
{
    const uint8_t *frame = packet->data, *ip = frame + ETHERNET_BYTES;
    if (packet->link_type != LINK_EN10MB || packet->captured_bytes < TCP_AT + TCP_BYTES ||
        wire_u16(frame + 12) != 0x0800 || ip[0] != 0x45 || (wire_u16(ip + 6) & 0x3fff) != 0 ||
        ip[9] != 6 || decoder->options.verify_checksums || decoder->options.loopback_duplicates)
        return 0;
    uint32_t total = wire_u16(ip + 2), header_bytes = (frame[TCP_AT + 12] >> 4) * 4u;
    if (total + ETHERNET_BYTES > packet->captured_bytes || header_bytes < TCP_BYTES ||
        total < IPV4_BYTES + header_bytes)
        return 0;
    return total - IPV4_BYTES;
}

static void set_endpoint(struct wire_endpoint *endpoint, const uint8_t *address,
                         const uint8_t *port)
{
    memcpy(endpoint->address, address, 4);
    endpoint->port = wire_u16(port);
    endpoint->family = 4;
}

static void set_common_layers(struct wire_segment *segment)
{
    segment->layer_count = 3;
    segment->layers[0] = (struct wire_layer){0, ETHERNET_BYTES, 0, WIRE_LAYER_ETHERNET};
    segment->layers[1] = (struct wire_layer){ETHERNET_BYTES, IPV4_BYTES, 0, WIRE_LAYER_IPV4};
    segment->layers[2] = (struct wire_layer){TCP_AT, segment->header_bytes, 0, WIRE_LAYER_TCP};
}

/* What the walk would make of it, in one go. The segment is zeroed. */
static void decode_common(const struct wire_packet *packet, uint32_t tcp_bytes,
                          struct wire_segment *segment)
{
    const uint8_t *ip = packet->data + ETHERNET_BYTES, *tcp = packet->data + TCP_AT;
    segment->number = packet->number;
    segment->time_ns = packet->time_ns;
    segment->interface = packet->interface;
    segment->packet_captured_bytes = packet->captured_bytes;
    segment->packet_wire_bytes = packet->wire_bytes;
    segment->ecn = ip[1] & 3;
    segment->ip_id = wire_u16(ip + 4);
    segment->ttl = ip[8];
    set_endpoint(&segment->source, ip + 12, tcp);
    set_endpoint(&segment->destination, ip + 16, tcp + 2);
    segment->seq = wire_u32(tcp + 4);
    segment->ack = wire_u32(tcp + 8);
    segment->header_bytes = (uint8_t)((tcp[12] >> 4) * 4);
    segment->flags = (uint16_t)((tcp[12] & 1) << 8 | tcp[13]);
    segment->window = wire_u16(tcp + 14);
    segment->urgent = wire_u16(tcp + 18);
    segment->payload_bytes = segment->captured_payload_bytes = tcp_bytes - segment->header_bytes;
    segment->payload_offset = (uint16_t)(TCP_AT + segment->header_bytes);
    set_common_layers(segment);
    unsigned option_bytes = segment->header_bytes - (unsigned)TCP_BYTES;
    if (option_bytes > 0)
        wire_tcp_options(&segment->options, tcp + TCP_BYTES, option_bytes, option_bytes);
}

void wire_decode(struct wire_decoder *decoder, const struct wire_packet *packet,
                 struct wire_result *result)
{
    memset(&result->segment, 0, offsetof(struct wire_segment, layers));
    uint32_t tcp_bytes = common_length(decoder, packet);
    if (tcp_bytes > 0) {
        result->verdict = WIRE_SEGMENT;
        decode_common(packet, tcp_bytes, &result->segment);
        return;
    }
    struct wire_walk walk = {
        .cursor = base_cursor_make(packet->data, packet->captured_bytes),
        .wire_left = packet->wire_bytes > packet->captured_bytes ? packet->wire_bytes
                                                                 : packet->captured_bytes,
        .next = WIRE_NEXT_LINK,
        .value = packet->link_type,
        .segment = &result->segment,
        .result = result,
        .packet = packet,
        .base = packet->data,
        .decoder = decoder,
    };
    walk_on(&walk);
    if (result->verdict != WIRE_SKIPPED) {
        if (may_be_seen_twice(&walk))
            wire_walk_duplicate(&walk);
    } else if (walk.fragmented &&
               (result->skip == WIRE_SKIP_MALFORMED || result->skip == WIRE_SKIP_TRUNCATED)) {
        result->skip = WIRE_SKIP_FRAGMENT; /* the headers go on in the next one */
    }
}
