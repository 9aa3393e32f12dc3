/* IEEE 802.11 data frames, bare or behind radiotap (https://www.radiotap.org) or PPI. */
#include "config.h"

#include "wire/linktype.h"
#include "wire/walk.h"

enum { TYPE_DATA = 2, SUBTYPE_NO_DATA = 4, SUBTYPE_QOS = 8 };
enum { TO_DS = 1, FROM_DS = 2, PROTECTED = 0x40, ORDER = 0x80 }; /* second byte of frame control */
enum { RADIOTAP_DATA_PAD = 0x20, RADIOTAP_BAD_FCS = 0x40 };

static uint16_t little_u16(const uint8_t *p)
{
    return (uint16_t)(p[1] << 8 | p[0]);
}

static uint32_t little_u32(const uint8_t *p)
{
    return (uint32_t)little_u16(p + 2) << 16 | little_u16(p);
}

/* Length of a data frame's header, IEEE 802.11-2020 section 9.3.2.1. */
static uint32_t data_header_bytes(const uint8_t *frame)
{
    bool qos = (frame[0] >> 4 & SUBTYPE_QOS) != 0;
    uint32_t length = 24;
    if ((frame[1] & TO_DS) != 0 && (frame[1] & FROM_DS) != 0)
        length += 6; /* a fourth address */
    if (qos)
        length += 2;
    if (qos && (frame[1] & ORDER) != 0)
        length += 4; /* HT control */
    return length;
}

/* What makes a data frame unreadable here: nothing in it, encrypted, an aggregate. */
static bool is_opaque(const uint8_t *frame, uint32_t header)
{
    bool qos = (frame[0] >> 4 & SUBTYPE_QOS) != 0;
    uint32_t control = header - ((frame[1] & ORDER) != 0 ? 6 : 2);
    return (frame[0] >> 4 & SUBTYPE_NO_DATA) != 0 || (frame[1] & PROTECTED) != 0 ||
           (qos && (frame[control] & 0x80) != 0);
}

/* start is where the layer begins: at radiotap or PPI if there is one. */
static void walk_frame(struct wire_walk *walk, const uint8_t *start, bool padded)
{
    const uint8_t *frame = wire_walk_peek(walk, 2);
    if (frame == NULL)
        return;
    if ((frame[0] >> 2 & 3) != TYPE_DATA) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
        return;
    }
    uint32_t header = data_header_bytes(frame);
    frame = wire_walk_take(walk, padded ? (header + 3) & ~3u : header);
    if (frame == NULL ||
        !wire_walk_layer(walk, WIRE_LAYER_WLAN, start, (uint32_t)(walk->cursor.next - start), 0))
        return;
    if (is_opaque(frame, header))
        wire_walk_skip(walk, WIRE_SKIP_NOT_IP);
    else if ((frame[22] & 0x0f) != 0) /* a later fragment of an MSDU */
        wire_walk_skip(walk, WIRE_SKIP_FRAGMENT);
    else
        wire_walk_llc(walk);
}

void wire_walk_wlan(struct wire_walk *walk)
{
    walk_frame(walk, walk->cursor.next, false);
}

/* The flags field: after the presence words, and after the timestamp if there is one. */
static uint8_t radiotap_flags(const uint8_t *header, uint32_t length)
{
    uint32_t present = little_u32(header + 4);
    uint32_t at = 8;
    for (uint32_t word = present; (word & 0x80000000u) != 0; at += 4) {
        if (at + 4 > length)
            return 0;
        word = little_u32(header + at);
    }
    if ((present & 1) != 0)
        at = ((at + 7) & ~7u) + 8;
    return (present & 2) != 0 && at < length ? header[at] : 0;
}

void wire_walk_radiotap(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 8);
    if (header == NULL)
        return;
    uint32_t length = little_u16(header + 2);
    if (length < 8) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (wire_walk_take(walk, length) == NULL)
        return;
    uint8_t flags = radiotap_flags(header, length);
    if ((flags & RADIOTAP_BAD_FCS) != 0)
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
    else
        walk_frame(walk, header, (flags & RADIOTAP_DATA_PAD) != 0);
}

/* PPI: version, flags, length, link type; then fields, then a packet of that link type. */
void wire_walk_ppi(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 8);
    if (header == NULL)
        return;
    uint32_t length = little_u16(header + 2);
    uint32_t link_type = little_u32(header + 4);
    if (length < 8) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (wire_walk_take(walk, length) == NULL)
        return;
    if (link_type == LINK_IEEE802_11)
        walk_frame(walk, header, false);
    else if (link_type == LINK_PPI)
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
    else
        wire_walk_next(walk, WIRE_NEXT_LINK, link_type);
}
