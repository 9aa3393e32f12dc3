/* Link headers: from a LINKTYPE_ (https://www.tcpdump.org/linktypes.html) to an EtherType, an IP
 * header or a frame inside. */
#include "config.h"

#include "wire/walk.h"
#include "wire/linktype.h"

/* Address families in BSD loopback headers. AF_INET is 2 everywhere, AF_INET6 is not. */
static bool is_ip_family(uint32_t family)
{
    return family == 2 || family == 10 || family == 23 || family == 24 || family == 28 ||
           family == 30;
}

void wire_walk_ethernet(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_ETHERNET, 14);
    if (header == NULL)
        return;
    uint16_t type = wire_u16(header + 12);
    if (type == 0x0800)
        wire_walk_ipv4(walk);
    else
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, type);
}

/* ARPHRD_ values whose SLL protocol field is no EtherType. */
static bool has_no_ethertype(uint16_t hardware)
{
    return hardware == 824 /* NETLINK */ || hardware == 803 /* IEEE80211_RADIOTAP */ ||
           hardware == 770 /* FRAD */;
}

static void cooked_protocol(struct wire_walk *walk, uint16_t hardware, uint16_t protocol)
{
    if (has_no_ethertype(hardware))
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
    else if (protocol == 4) /* LINUX_SLL_P_802_2 */
        wire_walk_llc(walk);
    else if (protocol < 0x0600)
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
    else
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, protocol);
}

static void walk_sll(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_SLL, 16);
    if (header == NULL)
        return;
    walk->cooked = true;
    walk->cooked_type = header[1];
    cooked_protocol(walk, wire_u16(header + 2), wire_u16(header + 14));
}

static void walk_sll2(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_SLL2, 20);
    if (header == NULL)
        return;
    walk->cooked = true;
    walk->cooked_interface = wire_u32(header + 4);
    walk->cooked_type = header[10];
    cooked_protocol(walk, wire_u16(header + 8), wire_u16(header));
}

/* NULL is in the byte order of the host that captured, LOOP in network order; some writers confuse
 * them, and no family needs more than a byte: both orders are taken for both. */
static void walk_loopback(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_LOOPBACK, 4);
    if (header == NULL)
        return;
    uint32_t family = wire_u32(header);
    if ((family & 0x00ffffff) == 0)
        family >>= 24;
    if (is_ip_family(family))
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

static void walk_raw(struct wire_walk *walk)
{
    if (wire_walk_layer(walk, WIRE_LAYER_RAW, walk->cursor.next, 0, 0))
        wire_walk_next(walk, WIRE_NEXT_IP, 0);
}

/* FDDI: frame control, two addresses, LLC. */
static void walk_fddi(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_FDDI, 13);
    if (header == NULL)
        return;
    if ((header[0] & 0x30) == 0x10) /* an LLC frame, ANSI X3.139 */
        wire_walk_llc(walk);
    else
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
}

/* IPoIB (LINKTYPE_IPOIB): 40 bytes of addresses, then the header of RFC 4391 section 6. */
static void walk_ipoib(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_header(walk, WIRE_LAYER_IPOIB, 44);
    if (header != NULL)
        wire_walk_next(walk, WIRE_NEXT_ETHERTYPE, wire_u16(header + 40));
}

/* The length of a TLV: in the byte order of the host that captured, which the file may not tell. A
 * length that fits in little-endian is taken so, else in network order; 0 when neither fits. */
static uint32_t nflog_length(const uint8_t *tlv, uint32_t left)
{
    uint32_t little = (uint32_t)(tlv[1] << 8 | tlv[0]);
    uint32_t big = wire_u16(tlv);
    if (little >= 4 && little <= left)
        return little;
    return big >= 4 && big <= left ? big : 0;
}

/* NFLOG: family, version, group, then TLVs of which NFULA_PAYLOAD (9) holds the packet. */
static void walk_nflog(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_take(walk, 4);
    if (header == NULL)
        return;
    for (;;) {
        const uint8_t *tlv = wire_walk_peek(walk, 4);
        if (tlv == NULL)
            return;
        uint32_t length = nflog_length(tlv, walk->wire_left);
        if (length == 0) {
            wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
            return;
        }
        if (tlv[2] + tlv[3] == 9 && (tlv[2] == 0 || tlv[3] == 0)) {
            (void)wire_walk_take(walk, 4);
            wire_walk_limit(walk, length - 4);
            if (wire_walk_layer(walk, WIRE_LAYER_NFLOG, header, (uint32_t)(tlv + 4 - header), 0))
                wire_walk_next(walk, WIRE_NEXT_IP, 0);
            return;
        }
        length = (length + 3) & ~3u;
        if (wire_walk_take(walk, length < walk->wire_left ? length : walk->wire_left) == NULL)
            return;
    }
}

static void walk_wireless(struct wire_walk *walk)
{
    if (walk->value == LINK_IEEE802_11_RADIO)
        wire_walk_radiotap(walk);
    else if (walk->value == LINK_PPI)
        wire_walk_ppi(walk);
    else
        wire_walk_wlan(walk);
}

/* The link types that are met rarely. */
static void walk_rare(struct wire_walk *walk)
{
    switch (walk->value) {
    case LINK_PPP:
    case LINK_PPP_HDLC:
    case LINK_PPP_PPPD:
    case LINK_PPP_WITH_DIR:
        wire_walk_ppp_link(walk);
        return;
    case LINK_PPP_ETHER:
        wire_walk_pppoe(walk);
        return;
    case LINK_C_HDLC:
    case LINK_C_HDLC_WITH_DIR:
        wire_walk_chdlc(walk);
        return;
    case LINK_NFLOG:
        walk_nflog(walk);
        return;
    case LINK_FDDI:
        walk_fddi(walk);
        return;
    case LINK_IPOIB:
        walk_ipoib(walk);
        return;
    default:
        wire_walk_skip(walk, WIRE_SKIP_LINK_TYPE);
    }
}

void wire_walk_link(struct wire_walk *walk)
{
    switch (walk->value) {
    case LINK_EN10MB:
        wire_walk_ethernet(walk);
        return;
    case LINK_LINUX_SLL2:
        walk_sll2(walk);
        return;
    case LINK_LINUX_SLL:
        walk_sll(walk);
        return;
    case LINK_RAW:
    case LINK_RAW_BSD:
    case LINK_RAW_OPENBSD:
    case LINK_IPV4:
    case LINK_IPV6:
        walk_raw(walk);
        return;
    case LINK_NULL:
    case LINK_LOOP:
        walk_loopback(walk);
        return;
    case LINK_IEEE802_11:
    case LINK_IEEE802_11_RADIO:
    case LINK_PPI:
        walk_wireless(walk);
        return;
    default:
        walk_rare(walk);
    }
}
