/* EtherTypes: VLAN tags, MPLS, LLC and SNAP, PPPoE, down to IP. */
#include "config.h"

#include "wire/walk.h"

/* IEEE 802.1Q: priority and VLAN id, then the next EtherType. Id 0 is only a priority. */
static void walk_vlan(struct wire_walk *walk)
{
    const uint8_t *tag = wire_walk_header(walk, WIRE_LAYER_VLAN, 4);
    if (tag == NULL)
        return;
    uint32_t id = wire_u16(tag) & 0x0fff;
    wire_walk_id(walk, id, id != 0);
    wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, wire_u16(tag + 2));
}

/* What lies under the last label is not announced: an IP version, or the control word of a
 * pseudowire (RFC 4385: first nibble 0), which is taken as one for Ethernet. */
static void below_mpls(struct wire_walk *walk)
{
    const uint8_t *first = wire_walk_peek(walk, 1);
    if (first == NULL)
        return;
    if (*first >> 4 == 4 || *first >> 4 == 6)
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else if (*first >> 4 != 0)
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
    else if (wire_walk_take(walk, 4) != NULL)
        wire_walk_ethernet(walk);
}

/* RFC 3032. A label names one direction, so it is no part of the scope. */
static void walk_mpls(struct wire_walk *walk)
{
    const uint8_t *entry;
    do {
        entry = wire_walk_header(walk, WIRE_LAYER_MPLS, 4);
        if (entry == NULL)
            return;
        wire_walk_id(walk, wire_u24(entry) >> 4, false);
    } while ((entry[2] & 1) == 0);
    below_mpls(walk);
}

/* IEEE 802.2: SNAP (RFC 1042) with an EtherType, or IP's own SAP. */
void wire_walk_llc(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 3);
    if (header == NULL)
        return;
    bool snap = header[0] == 0xaa && header[1] == 0xaa && header[2] == 3;
    bool ip = header[0] == 6 && header[1] == 6 && header[2] == 3;
    if (!snap && !ip) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
        return;
    }
    header = wire_walk_header(walk, WIRE_LAYER_LLC, snap ? 8 : 3);
    if (header == NULL)
        return;
    if (ip)
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else if (wire_u24(header + 3) == 0 || wire_u24(header + 3) == 0x0000f8) /* 802.1H */
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, wire_u16(header + 6));
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

static void walk_length(struct wire_walk *walk, uint32_t length)
{
    wire_walk_limit(walk, length);
    wire_walk_llc(walk);
}

void wire_walk_ethertype(struct wire_walk *walk)
{
    switch (walk->value) {
    case 0x0800:
        wire_walk_ipv4(walk);
        return;
    case 0x86dd:
        wire_walk_ipv6(walk);
        return;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
        walk_vlan(walk);
        return;
    case 0x8847:
    case 0x8848:
        walk_mpls(walk);
        return;
    case 0x8864:
        wire_walk_pppoe(walk);
        return;
    case 0x880b: /* PPP, in GRE */
        wire_walk_next(walk, WIRE_NEXT_PPP, 0);
        return;
    case 0x6558: /* transparent Ethernet bridging */
        wire_walk_ethernet(walk);
        return;
    case 0x8870: /* LLC in a jumbo frame */
        wire_walk_llc(walk);
        return;
    default:
        if (walk->value <= 1500)
            walk_length(walk, walk->value);
        else
            wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
    }
}
