/* IPv4 (RFC 791), IPv6 and its extension headers (RFC 8200), AH (RFC 4302). */
#include "config.h"

#include "wire/checksum.h"
#include "wire/fragment.h"
#include "wire/walk.h"

enum {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_GRE = 47,
    PROTOCOL_AH = 51,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_MPLS = 137,
    PROTOCOL_HIP = 139,
    PROTOCOL_SHIM6 = 140
};

static void set_endpoints(struct wire_segment *segment, uint8_t family, const uint8_t *addresses)
{
    size_t bytes = family == 4 ? 4 : 16;
    memset(&segment->source, 0, sizeof segment->source);
    memset(&segment->destination, 0, sizeof segment->destination);
    memcpy(segment->source.address, addresses, bytes);
    memcpy(segment->destination.address, addresses + bytes, bytes);
    segment->source.family = segment->destination.family = family;
}

/* On a source route (RFC 791 section 3.1) the last address is where the segment is going. */
static void ipv4_options(struct wire_segment *segment, const uint8_t *options, uint32_t length)
{
    for (uint32_t at = 0; at + 2 <= length && options[at] != 0;) {
        uint32_t size = options[at] == 1 ? 1 : options[at + 1];
        if (size == 0 || at + size > length)
            return;
        bool route = options[at] == 131 || options[at] == 137;
        if (route && size >= 7 && options[at + 2] >= 4 && options[at + 2] + 3u <= size)
            memcpy(segment->destination.address, options + at + size - 4, 4);
        at += size;
    }
}

/* The data's length by the header; what the frame has beyond it is padding. The length is believed
 * also when it is more than the frame had: see decode.h. */
static void set_length(struct wire_walk *walk, uint32_t length)
{
    wire_walk_limit(walk, length);
    walk->wire_left = length;
}

static void ipv4_fragment(struct wire_walk *walk, const uint8_t *header)
{
    struct wire_fragment fragment = {
        .id = walk->segment->ip_id,
        .offset = (wire_u16(header + 6) & 0x1fffu) * 8,
        .more = (header[6] & 0x20) != 0,
        .protocol = header[9],
    };
    wire_walk_fragment(walk, &fragment);
}

void wire_walk_ipv4(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 20);
    if (header == NULL)
        return;
    uint32_t header_bytes = (header[0] & 0x0fu) * 4;
    uint32_t total = wire_u16(header + 2);
    if (total == 0)
        total = walk->wire_left;
    if (header[0] >> 4 != 4 || header_bytes < 20 || total < header_bytes) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (wire_walk_header(walk, WIRE_LAYER_IPV4, header_bytes) == NULL)
        return;
    set_length(walk, total - header_bytes);
    struct wire_segment *segment = walk->segment;
    set_endpoints(segment, 4, header + 12);
    segment->ecn = header[1] & 3;
    segment->ip_id = wire_u16(header + 4);
    segment->ttl = header[8];
    walk->partial = false;
    if (header_bytes > 20)
        ipv4_options(segment, header + 20, header_bytes - 20);
    if (walk->decoder->options.verify_checksums)
        segment->ip_checksum =
            (uint8_t)wire_checksum_verdict(wire_checksum_add(0, header, header_bytes));
    if ((wire_u16(header + 6) & 0x3fff) != 0)
        ipv4_fragment(walk, header);
    else if (header[9] == PROTOCOL_TCP)
        wire_walk_tcp(walk);
    else
        wire_walk_next(walk, WIRE_NEXT_PROTOCOL, header[9]);
}

void wire_walk_ipv6(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 40);
    if (header == NULL)
        return;
    if (header[0] >> 4 != 6) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (wire_walk_header(walk, WIRE_LAYER_IPV6, 40) == NULL)
        return;
    if (wire_u16(header + 4) != 0) /* 0: a jumbogram, or offload */
        set_length(walk, wire_u16(header + 4));
    struct wire_segment *segment = walk->segment;
    set_endpoints(segment, 6, header + 8);
    segment->ecn = header[1] >> 4 & 3;
    segment->ttl = header[7];
    segment->ip_id = 0;
    segment->ip_checksum = WIRE_CHECKSUM_UNKNOWN;
    walk->partial = false;
    if (header[6] == PROTOCOL_TCP)
        wire_walk_tcp(walk);
    else
        wire_walk_next(walk, WIRE_NEXT_PROTOCOL, header[6]);
}

void wire_walk_ip(struct wire_walk *walk)
{
    const uint8_t *first = wire_walk_peek(walk, 1);
    if (first == NULL)
        return;
    if (*first >> 4 == 4)
        wire_walk_ipv4(walk);
    else if (*first >> 4 == 6)
        wire_walk_ipv6(walk);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

/* An extension header counts as part of the IPv6 layer if nothing stands between. */
static void lengthen_layer(struct wire_walk *walk, uint32_t bytes)
{
    struct wire_layer *layer = &walk->segment->layers[walk->segment->layer_count - 1];
    if (layer->kind == WIRE_LAYER_IPV6 && layer->length + bytes <= UINT16_MAX)
        layer->length = (uint16_t)(layer->length + bytes);
}

/* With segments left, the last address of types 0 and 2 or the first of a segment routing header
 * (RFC 8754 section 2) is where the segment is going. */
static void routing_header(struct wire_segment *segment, const uint8_t *header, uint32_t length)
{
    if (header[3] == 0 || length < 24)
        return;
    if (header[2] == 0 || header[2] == 2)
        memcpy(segment->destination.address, header + length - 16, 16);
    else if (header[2] == 4)
        memcpy(segment->destination.address, header + 8, 16);
}

static void walk_extension(struct wire_walk *walk, bool routing)
{
    const uint8_t *header = wire_walk_peek(walk, 2);
    if (header == NULL)
        return;
    uint32_t length = (header[1] + 1u) * 8;
    header = wire_walk_take(walk, length);
    if (header == NULL)
        return;
    lengthen_layer(walk, length);
    if (routing)
        routing_header(walk->segment, header, length);
    wire_walk_next(walk, WIRE_NEXT_PROTOCOL, header[0]);
}

static void walk_fragment_header(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_take(walk, 8);
    if (header == NULL)
        return;
    lengthen_layer(walk, 8);
    struct wire_fragment fragment = {
        .id = wire_u32(header + 4),
        .offset = wire_u16(header + 2) & 0xfff8u,
        .more = (header[3] & 1) != 0,
        .protocol = header[0],
    };
    if (fragment.offset == 0 && !fragment.more) /* atomic, RFC 6946 */
        wire_walk_next(walk, WIRE_NEXT_PROTOCOL, fragment.protocol);
    else
        wire_walk_fragment(walk, &fragment);
}

static void walk_ah(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 12);
    if (header == NULL)
        return;
    uint32_t length = (header[1] + 2u) * 4;
    if (length < 12) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (wire_walk_header(walk, WIRE_LAYER_AH, length) == NULL)
        return;
    wire_walk_id(walk, wire_u32(header + 4), false);
    wire_walk_next(walk, WIRE_NEXT_PROTOCOL, header[0]);
}

/* Extension headers exist in IPv6 only. */
static bool is_extension(uint32_t protocol)
{
    return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING ||
           protocol == PROTOCOL_FRAGMENT || protocol == PROTOCOL_DESTINATION ||
           protocol == PROTOCOL_MOBILITY || protocol == PROTOCOL_HIP || protocol == PROTOCOL_SHIM6;
}

void wire_walk_protocol(struct wire_walk *walk)
{
    uint8_t family = walk->segment->source.family;
    uint32_t protocol = walk->value;
    if (protocol == PROTOCOL_TCP)
        wire_walk_tcp(walk);
    else if (protocol == PROTOCOL_UDP)
        wire_walk_udp(walk);
    else if (protocol == PROTOCOL_IPV4)
        wire_walk_ipv4(walk);
    else if (protocol == PROTOCOL_IPV6)
        wire_walk_ipv6(walk);
    else if (protocol == PROTOCOL_GRE)
        wire_walk_gre(walk);
    else if (protocol == PROTOCOL_AH)
        walk_ah(walk);
    else if (protocol == PROTOCOL_MPLS)
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, 0x8847);
    else if (protocol == PROTOCOL_ICMP && family == 4)
        wire_walk_icmp(walk, family);
    else if (protocol == PROTOCOL_ICMPV6 && family == 6)
        wire_walk_icmp(walk, family);
    else if (family != 6 || !is_extension(protocol))
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
    else if (protocol == PROTOCOL_FRAGMENT)
        walk_fragment_header(walk);
    else
        walk_extension(walk, protocol == PROTOCOL_ROUTING);
}
