/* Packets that a capture on any shows more than once: the policy is in decode.h. Internal to wire/.
 */
#ifndef TCPVIZ_WIRE_DUPLICATE_H
#define TCPVIZ_WIRE_DUPLICATE_H

#include "wire/walk.h"

/* Turns the walk's segment or ICMP error into a skip if it is another sight of a known packet. */
void wire_walk_duplicate(struct wire_walk *walk);
void wire_duplicates_free(struct wire_duplicates *duplicates);

#endif
