/* The Internet checksum (RFC 1071). Internal to wire/. */
#ifndef TCPVIZ_WIRE_CHECKSUM_H
#define TCPVIZ_WIRE_CHECKSUM_H

#include <stdint.h>

#include "wire/segment.h"

/* A sum of 16-bit words so far, not folded; parts may be added in any order if all but the last
 * have even lengths. */
uint64_t wire_checksum_add(uint64_t sum, const uint8_t *bytes, uint32_t length);
/* The pseudo-header of TCP (RFC 9293 section 3.1, RFC 8200 section 8.1). */
uint64_t wire_checksum_pseudo(const struct wire_segment *segment, uint32_t tcp_bytes);
/* Whether a sum that includes the checksum field comes out right. */
enum wire_checksum wire_checksum_verdict(uint64_t sum);

#endif
