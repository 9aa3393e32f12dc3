/* Tunnels in UDP, by their registered ports: VXLAN, GENEVE, GTP-U, Teredo, GRE. */
#include "config.h"

#include "wire/walk.h"

enum {
    PORT_GTPU = 2152,
    PORT_TEREDO = 3544,
    PORT_GRE = 4754,
    PORT_VXLAN = 4789,
    PORT_VXLAN_GPE = 4790,
    PORT_GENEVE = 6081,
    PORT_VXLAN_LINUX = 8472
};

/* RFC 7348; with gpe the next protocol is told (draft-ietf-nvo3-vxlan-gpe). */
static void walk_vxlan(struct wire_walk *walk, bool gpe)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_VXLAN, 8);
    if (header == NULL)
        return;
    if ((header[0] & 0x08) == 0) { /* no network id: not VXLAN */
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    wire_walk_id(walk, wire_u24(header + 4), true);
    uint8_t inner = gpe && (header[0] & 0x04) != 0 ? header[3] : 3;
    if (inner == 3)
        wire_walk_ethernet(walk);
    else if (inner == 1 || inner == 2)
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

/* RFC 8926 */
static void walk_geneve(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 8);
    if (header == NULL)
        return;
    if (header[0] >> 6 != 0) { /* another version */
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    header = wire_walk_header(walk, WIRE_LAYER_GENEVE, 8 + (header[0] & 0x3fu) * 4);
    if (header == NULL)
        return;
    wire_walk_id(walk, wire_u24(header + 4), true);
    wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, wire_u16(header + 2));
}

/* Extension headers, 3GPP TS 29.281 section 5.2: a length in fours, the next type at the end. */
static bool skip_gtpu_extensions(struct wire_walk *walk, uint8_t type)
{
    while (type != 0) {
        const uint8_t *extension = wire_walk_peek(walk, 1);
        if (extension == NULL)
            return false;
        uint32_t length = *extension * 4u;
        if (length == 0) {
            wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
            return false;
        }
        if (wire_walk_take(walk, length) == NULL)
            return false;
        type = extension[length - 1];
    }
    return true;
}

static void walk_gtpu(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 8);
    if (header == NULL)
        return;
    if (header[0] >> 4 != 3 || header[1] != 255) { /* version 1, GTP; a user's packet */
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    bool optional = (header[0] & 0x07) != 0;
    bool extended = (header[0] & 0x04) != 0;
    (void)wire_walk_take(walk, 8);
    wire_walk_limit(walk, wire_u16(header + 2));
    if (optional && wire_walk_take(walk, 4) == NULL)
        return;
    if (extended && !skip_gtpu_extensions(walk, header[11]))
        return;
    if (!wire_walk_layer(walk, WIRE_LAYER_GTPU, header, (uint32_t)(walk->cursor.next - header), 0))
        return;
    wire_walk_id(walk, wire_u32(header + 4), false); /* a TEID names one direction */
    wire_walk_next(walk, WIRE_NEXT_IP, 0);
}

/* RFC 4380 section 5.1.1: authentication and origin may stand before the IPv6 packet. */
static void walk_teredo(struct wire_walk *walk)
{
    const uint8_t *start = walk->cursor.next;
    const uint8_t *bytes = wire_walk_peek(walk, 4);
    if (bytes != NULL && wire_u16(bytes) == 1) {
        if (wire_walk_take(walk, 4u + bytes[2] + bytes[3] + 9u) == NULL)
            return;
        bytes = wire_walk_peek(walk, 2);
    }
    if (bytes != NULL && wire_u16(bytes) == 0) {
        if (wire_walk_take(walk, 8) == NULL)
            return;
        bytes = wire_walk_peek(walk, 1);
    }
    if (bytes == NULL)
        return;
    uint32_t length = (uint32_t)(walk->cursor.next - start);
    if (bytes[0] >> 4 != 6)
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
    else if (wire_walk_layer(walk, WIRE_LAYER_TEREDO, start, length, 0))
        wire_walk_ipv6(walk);
}

/* Teredo's port is the server's or relay's and may be at either end; the others' is where the
 * tunnel ends. */
void wire_walk_udp(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_UDP, 8);
    if (header == NULL)
        return;
    uint16_t length = wire_u16(header + 4);
    if (length >= 8)
        wire_walk_limit(walk, length - 8u);
    uint16_t port = wire_u16(header + 2);
    if (port == PORT_VXLAN || port == PORT_VXLAN_LINUX || port == PORT_VXLAN_GPE)
        walk_vxlan(walk, port == PORT_VXLAN_GPE);
    else if (port == PORT_GENEVE)
        walk_geneve(walk);
    else if (port == PORT_GTPU)
        walk_gtpu(walk);
    else if (port == PORT_GRE)
        wire_walk_gre(walk);
    else if (port == PORT_TEREDO || wire_u16(header) == PORT_TEREDO)
        walk_teredo(walk);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
}
