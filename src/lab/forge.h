/* Frames that no host of the lab has sent. */
#ifndef TCPVIZ_LAB_FORGE_H
#define TCPVIZ_LAB_FORGE_H

#include "lab/rules.h"

#define LAB_FORGED_BYTES 1200

/* A segment in the name of the rule's host, made to fit the flow but for the rule's offset. Returns
 * the frame's length. */
size_t lab_forge_segment(const struct lab_rule *rule, const struct lab_flow *flow,
                         uint8_t frame[LAB_FORGED_BYTES]);
/* The ICMP error (IPv4, destination unreachable) that answers this frame of length bytes; 0 if it
 * cannot be answered so. */
size_t lab_forge_unreachable(enum lab_host to, unsigned code, const uint8_t *packet, size_t length,
                             uint8_t frame[LAB_FORGED_BYTES]);

#endif
