/* The walk through one packet's layers: what has been read, what comes next. Internal to wire/.
 *
 * Every layer is a function that takes its header with wire_walk_take() and sets what comes next;
 * wire_decode() calls them in turn until one of them has set a verdict. Each turn consumes bytes or
 * ends the walk, so it ends. */
#ifndef TCPVIZ_WIRE_WALK_H
#define TCPVIZ_WIRE_WALK_H

#include <string.h>

#include "base/cursor.h"
#include "wire/decode.h"
#include "wire/packet.h"
#include "wire/segment.h"

enum wire_next {
    WIRE_NEXT_DONE,      /* the verdict is in the result */
    WIRE_NEXT_LINK,      /* value: LINKTYPE_ */
    WIRE_NEXT_ETHERTYPE, /* value: EtherType; a smaller one is an 802.3 length */
    WIRE_NEXT_PPP,       /* a PPP protocol field */
    WIRE_NEXT_IP,        /* IPv4 or IPv6 by its version */
    WIRE_NEXT_PROTOCOL   /* value: IP protocol number */
};

struct wire_fragments;
struct wire_duplicates;

struct wire_decoder {
    struct wire_decoder_options options;
    struct wire_fragments *fragments;   /* owned; NULL until the first fragment */
    struct wire_duplicates *duplicates; /* owned; NULL until the first packet of any */
    bool several_interfaces;
};

struct wire_walk {
    struct base_cursor cursor; /* captured bytes from here to the end of the enclosing layer */
    uint32_t wire_left;        /* of which there were as many on the wire; >= cursor.left */
    uint32_t value;            /* with next */
    enum wire_next next;
    uint32_t scope;
    struct wire_segment *segment; /* of the result; IP and TCP fill it as they are met */
    struct wire_result *result;
    const struct wire_packet *packet;
    const uint8_t *base; /* layer offsets count from here: the packet's bytes */
    struct wire_decoder *decoder;
    uint32_t cooked_interface; /* SLL2: the interface index */
    uint8_t cooked_type;       /* SLL and SLL2: the packet type */
    bool cooked;               /* SLL or SLL2 */
    bool fragmented;           /* somewhere inside the first fragment of a datagram */
    bool partial;              /* directly so: the innermost IP header is a first fragment's */
};

static inline void wire_walk_skip(struct wire_walk *walk, enum wire_skip reason)
{
    walk->result->verdict = WIRE_SKIPPED;
    walk->result->skip = reason;
    walk->next = WIRE_NEXT_DONE;
}

static inline void wire_walk_next(struct wire_walk *walk, enum wire_next next, uint32_t value)
{
    walk->next = next;
    walk->value = value;
}

/* The next n bytes; NULL and a verdict when they were not captured or never were on the wire. */
static inline const uint8_t *wire_walk_take(struct wire_walk *walk, uint32_t n)
{
    if (n > walk->cursor.left) {
        wire_walk_skip(walk, n > walk->wire_left ? WIRE_SKIP_MALFORMED : WIRE_SKIP_TRUNCATED);
        return NULL;
    }
    walk->wire_left -= n;
    return base_cursor_take(&walk->cursor, n);
}

/* The same without consuming them. */
static inline const uint8_t *wire_walk_peek(struct wire_walk *walk, uint32_t n)
{
    if (n > walk->cursor.left) {
        wire_walk_skip(walk, n > walk->wire_left ? WIRE_SKIP_MALFORMED : WIRE_SKIP_TRUNCATED);
        return NULL;
    }
    return walk->cursor.next;
}

/* The enclosing layer ends n bytes from here: what follows is padding. */
static inline void wire_walk_limit(struct wire_walk *walk, uint32_t n)
{
    base_cursor_limit(&walk->cursor, n);
    if (n < walk->wire_left)
        walk->wire_left = n;
}

/* Notes a layer whose header begins at start. False and a verdict when there are too many. */
static inline bool wire_walk_layer(struct wire_walk *walk, enum wire_layer_kind kind,
                                   const uint8_t *start, uint32_t length, uint32_t id)
{
    struct wire_segment *segment = walk->segment;
    size_t offset = (size_t)(start - walk->base);
    if (segment->layer_count == WIRE_MAX_LAYERS || offset > UINT16_MAX) {
        wire_walk_skip(walk, WIRE_SKIP_TOO_DEEP);
        return false;
    }
    segment->layers[segment->layer_count++] = (struct wire_layer){
        (uint16_t)offset, (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX), id, (uint8_t)kind};
    return true;
}

/* Takes a header of n bytes and notes its layer. */
static inline const uint8_t *wire_walk_header(struct wire_walk *walk, enum wire_layer_kind kind,
                                              uint32_t n)
{
    const uint8_t *header = wire_walk_take(walk, n);
    return header != NULL && wire_walk_layer(walk, kind, header, n, 0) ? header : NULL;
}

/* Gives the layer noted last its id. mixed says whether that belongs to the scope. */
static inline void wire_walk_id(struct wire_walk *walk, uint32_t id, bool mixed)
{
    walk->segment->layers[walk->segment->layer_count - 1].id = id;
    if (mixed && !walk->cooked) {
        uint32_t kind = walk->segment->layers[walk->segment->layer_count - 1].kind;
        walk->scope = (walk->scope ^ kind << 24 ^ id) * 0x9e3779b1u;
        walk->scope ^= walk->scope >> 15;
        walk->scope += walk->scope == 0; /* 0 means none */
    }
}

/* Between two packet times, either of which may be any number. */
static inline uint64_t wire_time_apart(int64_t a_ns, int64_t b_ns)
{
    return a_ns > b_ns ? (uint64_t)a_ns - (uint64_t)b_ns : (uint64_t)b_ns - (uint64_t)a_ns;
}

static inline uint16_t wire_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t wire_u24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t wire_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | wire_u24(p + 1);
}

/* link.c: the outermost header by LINKTYPE_; also where a tunnel holds a frame. */
void wire_walk_link(struct wire_walk *walk);
void wire_walk_ethernet(struct wire_walk *walk);
/* ethertype.c: what an EtherType announces: VLAN tags, MPLS, PPPoE, LLC, IP. */
void wire_walk_ethertype(struct wire_walk *walk);
void wire_walk_llc(struct wire_walk *walk);
/* ppp.c */
void wire_walk_ppp(struct wire_walk *walk);
void wire_walk_ppp_link(struct wire_walk *walk);
void wire_walk_pppoe(struct wire_walk *walk);
void wire_walk_chdlc(struct wire_walk *walk);
/* wlan.c: 802.11 bare, with radiotap, with PPI. */
void wire_walk_wlan(struct wire_walk *walk);
void wire_walk_radiotap(struct wire_walk *walk);
void wire_walk_ppi(struct wire_walk *walk);
/* ip.c */
void wire_walk_ip(struct wire_walk *walk);
void wire_walk_ipv4(struct wire_walk *walk);
void wire_walk_ipv6(struct wire_walk *walk);
void wire_walk_protocol(struct wire_walk *walk);
/* gre.c */
void wire_walk_gre(struct wire_walk *walk);
/* udp.c: the tunnels in UDP. */
void wire_walk_udp(struct wire_walk *walk);
/* icmp.c */
void wire_walk_icmp(struct wire_walk *walk, uint8_t family);
/* tcp.c: sets the verdict. */
void wire_walk_tcp(struct wire_walk *walk);
/* Options from bytes[0..length) of a header that has header_length of them. */
void wire_tcp_options(struct wire_options *options, const uint8_t *bytes, unsigned length,
                      unsigned header_length);

#endif
