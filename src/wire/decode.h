/* Bytes to segment: walks link, network and tunnel layers down to the innermost TCP header. */
#ifndef TCPVIZ_WIRE_DECODE_H
#define TCPVIZ_WIRE_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/packet.h"
#include "wire/segment.h"

struct wire_decoder; /* holds what spans packets: IP fragments (bounded), recent packets of lo and
                        any */

struct wire_decoder_options {
    bool verify_checksums;
    /* Tell apart the two sights of one packet: on Ethernet frames of a loopback interface and on
     * SLL/SLL2 of any. */
    bool loopback_duplicates;
};

/* Never NULL; freed with wire_decoder_free(). */
struct wire_decoder *wire_decoder_new(const struct wire_decoder_options *options);
void wire_decoder_free(struct wire_decoder *decoder);

/* Decodes one packet into *result (which the caller owns; no field points anywhere). Never fails:
 * what is no segment is skipped with a reason. */
void wire_decode(struct wire_decoder *decoder, const struct wire_packet *packet,
                 struct wire_result *result);

/* Textual forms. Both write at most size bytes with a NUL and return text. */
#define WIRE_ENDPOINT_TEXT 56
const char *wire_address_text(const struct wire_endpoint *endpoint, char *text, unsigned size);
/* "10.0.0.1:80", "[2001:db8::1]:80" (SPEC 5); IPv4-mapped IPv6 addresses are printed as IPv6. */
const char *wire_endpoint_text(const struct wire_endpoint *endpoint, char *text, unsigned size);

#endif
