/* Bytes to segment: walks link, network and tunnel layers down to the innermost TCP header. */
#ifndef TCPVIZ_WIRE_DECODE_H
#define TCPVIZ_WIRE_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/packet.h"
#include "wire/segment.h"

/* What spans packets: IP fragments and recent packets of any, both bounded. */
struct wire_decoder;

struct wire_decoder_options {
    bool verify_checksums; /* of IPv4 and TCP; else they are WIRE_CHECKSUM_UNKNOWN */
    /* Skip the second sight of a packet (WIRE_SKIP_DUPLICATE): see "Duplicates" below. */
    bool loopback_duplicates;
};

/* Never NULL; freed with wire_decoder_free(). */
struct wire_decoder *wire_decoder_new(const struct wire_decoder_options *options);
void wire_decoder_free(struct wire_decoder *decoder);

/* Decodes one packet into *result (which the caller owns; no field points anywhere). Never fails:
 * what is no segment is skipped with a reason.
 *
 * Lengths. The IP length says how much payload there is, the capture how much of it is here; an IP
 * length of 0 (segmentation offload) means "to the end of the frame", and one that is longer than
 * the frame is believed, because cutting tools do not always keep the length on the wire.
 *
 * Fragments. A TCP segment in fragments is reported once, by the packet that completes the
 * datagram (then its receiver gets it), in any order of arrival, with the datagram's payload. Only
 * the TCP header and a map of what has arrived are kept, for WIRE_FRAGMENT_DATAGRAMS datagrams of
 * one 16-bit length each and for 30 s of packet time; the oldest makes room. As in Linux, a
 * repeated fragment is ignored and an overlapping one spoils its datagram. While a capture has
 * shown first fragments only (a filter for ports misses the others), they are decoded alone:
 * first_fragment is set, payload_bytes is what it holds, and FIN, whose place is unknown, is
 * cleared. What is tunnelled in fragments is decoded from the first one, as the inner IP header
 * tells the length; so is ICMP.
 *
 * Duplicates. A capture on any shows one packet as often as it passes an interface: leaving and
 * entering lo, on both ends of a veth pair, on a bridge and its port, before and after a tunnel. A
 * sight is an interface and a packet type (SLL2; SLL has only the type; pcapng adds its own
 * interfaces). Packets that agree in everything that forwarding leaves alone and come within 1 ms
 * are one packet if their sights differ, and as many packets as there were on one sight if not.
 *
 * wire_scope: hash of the VLAN and tunnel ids around a segment, 0 without any. MPLS labels, GTP
 * TEIDs, AH SPIs and ERSPAN sessions are left out: they name one direction. On SLL and SLL2 it is
 * always 0: there the same connection is seen inside and outside of its VLAN or tunnel. */
void wire_decode(struct wire_decoder *decoder, const struct wire_packet *packet,
                 struct wire_result *result);

/* Datagrams that are put together at the same time. */
#define WIRE_FRAGMENT_DATAGRAMS 64

/* Textual forms. Both write at most size bytes with a NUL and return text; too small a size gives
 * an empty string. */
#define WIRE_ENDPOINT_TEXT 56
/* "10.0.0.1", "2001:db8::1" (RFC 5952). */
const char *wire_address_text(const struct wire_endpoint *endpoint, char *text, unsigned size);
/* "10.0.0.1:80", "[2001:db8::1]:80"; IPv4-mapped IPv6 addresses are printed as IPv6. */
const char *wire_endpoint_text(const struct wire_endpoint *endpoint, char *text, unsigned size);

/* Some endpoints: an address or all that share its first prefix bits, at one port or any. */
struct wire_subnet {
    struct wire_endpoint endpoint; /* its port is valid if has_port */
    uint8_t prefix;
    bool has_port;
};
/* From "10.0.0.1", "10.0.0.0/8", "10.0.0.1:80", "2001:db8::/32", "[2001:db8::1]:80". False: it is no
 * address. */
bool wire_subnet_parse(const char *text, struct wire_subnet *out);
bool wire_subnet_has(const struct wire_subnet *subnet, const struct wire_endpoint *endpoint);

#endif
