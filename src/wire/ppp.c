/* PPP in its framings (RFC 1661, 1662), PPPoE (RFC 2516), Cisco HDLC. */
#include "config.h"

#include "wire/linktype.h"
#include "wire/walk.h"

enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281, PPP_MPLS_MULTICAST = 0x0283 };

/* The protocol field: one byte when that is odd (RFC 1661 section 6.5), else two. */
static void ppp_protocol(struct wire_walk *walk, const uint8_t *start)
{
    const uint8_t *field = wire_walk_take(walk, 1);
    if (field == NULL)
        return;
    uint32_t protocol = field[0];
    if ((protocol & 1) == 0) {
        const uint8_t *low = wire_walk_take(walk, 1);
        if (low == NULL)
            return;
        protocol = protocol << 8 | *low;
    }
    if (!wire_walk_layer(walk, WIRE_LAYER_PPP, start, (uint32_t)(walk->cursor.next - start), 0))
        return;
    if (protocol == PPP_IPV4 || protocol == PPP_IPV6)
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else if (protocol == PPP_MPLS || protocol == PPP_MPLS_MULTICAST)
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, 0x8847);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

/* With or without address ff and control 03 (RFC 1662 section 3.1). */
void wire_walk_ppp(struct wire_walk *walk)
{
    const uint8_t *start = wire_walk_peek(walk, 1);
    if (start == NULL)
        return;
    if (*start == 0xff && wire_walk_take(walk, 2) == NULL)
        return;
    ppp_protocol(walk, start);
}

/* PPP as a link type: some put a direction byte first, and a serial line may carry Cisco HDLC. */
void wire_walk_ppp_link(struct wire_walk *walk)
{
    const uint8_t *start = wire_walk_peek(walk, 1);
    if (start == NULL)
        return;
    if (walk->value == LINK_PPP_WITH_DIR) {
        (void)wire_walk_take(walk, 1);
        wire_walk_ppp(walk);
    } else if (walk->value == LINK_PPP_PPPD && *start <= 1) { /* the direction in place of ff */
        if (wire_walk_take(walk, 2) != NULL)
            ppp_protocol(walk, start);
    } else if (walk->value == LINK_PPP_HDLC && (*start == 0x0f || *start == 0x8f)) {
        wire_walk_chdlc(walk);
    } else {
        wire_walk_ppp(walk);
    }
}

/* Session data (code 0); discovery has an EtherType of its own and as a link type another code. */
void wire_walk_pppoe(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_PPPOE, 6);
    if (header == NULL)
        return;
    if (header[0] != 0x11 || header[1] != 0) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
        return;
    }
    wire_walk_id(walk, wire_u16(header + 2), true);
    wire_walk_limit(walk, wire_u16(header + 4));
    wire_walk_ppp(walk);
}

/* Address, control, EtherType; with a direction byte first in one link type. */
void wire_walk_chdlc(struct wire_walk *walk)
{
    if (walk->value == LINK_C_HDLC_WITH_DIR && wire_walk_take(walk, 1) == NULL)
        return;
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_CHDLC, 4);
    if (header != NULL)
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, wire_u16(header + 2));
}
