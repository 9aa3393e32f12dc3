/* GRE (RFC 2784, 2890; version 1: RFC 2637) and ERSPAN in it. */
#include "config.h"

#include "wire/walk.h"

enum {
    GRE_CHECKSUM = 0x8000,
    GRE_ROUTING = 0x4000,
    GRE_KEY = 0x2000,
    GRE_SEQUENCE = 0x1000,
    GRE_ACK = 0x0080, /* version 1 */
    GRE_VERSION = 0x0007
};

enum {
    GRE_IPV4 = 0x0800,
    GRE_BRIDGING = 0x6558,
    GRE_WCCP = 0x883e,
    GRE_ERSPAN = 0x88be,
    GRE_ERSPAN_3 = 0x22eb
};

static uint32_t gre_header_bytes(uint32_t flags)
{
    uint32_t length = 4;
    if ((flags & GRE_CHECKSUM) != 0)
        length += 4;
    if ((flags & GRE_KEY) != 0)
        length += 4;
    if ((flags & GRE_SEQUENCE) != 0)
        length += 4;
    if ((flags & GRE_VERSION) == 1 && (flags & GRE_ACK) != 0)
        length += 4;
    return length;
}

/* Type I has no header of its own and no GRE sequence number; type II has 8 bytes. */
static void walk_erspan(struct wire_walk *walk, uint32_t gre_flags)
{
    if ((gre_flags & GRE_SEQUENCE) != 0) {
        const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_ERSPAN, 8);
        if (header == NULL)
            return;
        wire_walk_id(walk, wire_u16(header + 2) & 0x03ffu, false);
    }
    wire_walk_ethernet(walk);
}

/* Type III: 12 bytes, 8 more with the O bit; the frame type says Ethernet (0) or IP (2). */
static void walk_erspan_3(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 12);
    if (header == NULL)
        return;
    uint32_t type = wire_u16(header + 10) >> 10 & 0x1f;
    if (wire_walk_header(walk, WIRE_LAYER_ERSPAN, (header[11] & 1) != 0 ? 20 : 12) == NULL)
        return;
    wire_walk_id(walk, wire_u16(header + 2) & 0x03ffu, false);
    if (type == 0)
        wire_walk_ethernet(walk);
    else if (type == 2)
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

/* WCCP puts four bytes in front of the packet in its version 2 only. */
static void walk_wccp(struct wire_walk *walk)
{
    const uint8_t *first = wire_walk_peek(walk, 1);
    if (first == NULL || (*first >> 4 != 4 && wire_walk_take(walk, 4) == NULL))
        return;
    wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, GRE_IPV4);
}

/* Ethernet with a key may be NVGRE (RFC 7637), whose last byte is a hash of the flow and differs by
 * direction. */
static void gre_key(struct wire_walk *walk, uint32_t key, uint32_t protocol)
{
    wire_walk_id(walk, protocol == GRE_BRIDGING && key > 0xff ? key >> 8 : key, true);
    walk->segment->layers[walk->segment->layer_count - 1].id = key;
}

void wire_walk_gre(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 4);
    if (header == NULL)
        return;
    uint32_t flags = wire_u16(header);
    uint32_t protocol = wire_u16(header + 2);
    if ((flags & GRE_ROUTING) != 0 || (flags & GRE_VERSION) > 1) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    header = wire_walk_header(walk, WIRE_LAYER_GRE, gre_header_bytes(flags));
    if (header == NULL)
        return;
    bool version_1 =
        (flags & GRE_VERSION) == 1; /* its key is a length and a call id per direction */
    if ((flags & GRE_KEY) != 0 && !version_1)
        gre_key(walk, wire_u32(header + ((flags & GRE_CHECKSUM) != 0 ? 8 : 4)), protocol);
    if (walk->wire_left == 0) /* a keep-alive, or only an acknowledgement */
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
    else if (protocol == GRE_ERSPAN)
        walk_erspan(walk, flags);
    else if (protocol == GRE_ERSPAN_3)
        walk_erspan_3(walk);
    else if (protocol == GRE_WCCP)
        walk_wccp(walk);
    else if (protocol > 1500)
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, protocol);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}
