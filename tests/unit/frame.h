/* Packets from one line of text, for the tests of wire/.
 *
 * A line names the headers from the outermost to the innermost, separated by spaces:
 *   eth ip4 ip6 udp:PORT       with addresses 10.0.0.1 > 10.0.0.2, 2001:db8::1 > 2001:db8::2
 *   tcp tcp:N tcp:N:OPTIONS    1000 > 80, seq 1000, ack 2000, PSH ACK, window 512; N bytes of
 * payload (5 if not given), options in hex xHEX xHEX@eTYPE xHEX@pNUMBER bytes, in which EEEE stands
 * for the EtherType, PP for the IP protocol, LLLL for the length in bytes of what is inside; @ says
 * by which EtherType (hex) or protocol (decimal) an outer header announces it All lengths and
 * checksums of IPv4 are right. */
#ifndef TCPVIZ_TESTS_FRAME_H
#define TCPVIZ_TESTS_FRAME_H

#include <stdint.h>

#include "wire/decode.h"

#define FRAME_ROOM 4096

struct frame {
    uint8_t bytes[2 * FRAME_ROOM]; /* grows towards the front */
    unsigned start, length;
    unsigned ethertype, protocol; /* that announce what is there */
};

/* A frame of the line's headers. */
void frame_make(struct frame *frame, const char *line);
/* A frame of bytes that is to be wrapped; protocol is how IP announces them. */
void frame_put(struct frame *frame, const uint8_t *bytes, unsigned length, unsigned protocol);
/* Puts the line's headers around what is there. */
void frame_wrap(struct frame *frame, const char *line);
uint8_t *frame_data(struct frame *frame);

/* Decodes the first captured bytes of a frame that had wire_bytes, from a heap block of just that
 * size, so that AddressSanitizer sees a read past it. */
void frame_decode_cut(struct wire_decoder *decoder, uint32_t link_type, const uint8_t *bytes,
                      unsigned captured, unsigned wire_bytes, struct wire_result *result);
/* Decodes the line's whole frame with a decoder of its own. */
void frame_decode(uint32_t link_type, const char *line, struct wire_result *result);
/* "Ethernet IPv4 TCP" */
const char *frame_layers(const struct wire_result *result, char text[512]);

#endif
