/* Community ID version 1: a flow's name that other tools (Zeek, Suricata, Wireshark) compute alike.
 */
#ifndef TCPVIZ_OUT_COMMUNITY_ID_H
#define TCPVIZ_OUT_COMMUNITY_ID_H

#include "wire/segment.h"

#define OUT_COMMUNITY_ID_SIZE 31 /* "1:", 28 characters of base64, NUL */

/* The id of the TCP flow between two endpoints, in either order, with seed 0. Returns text. */
const char *out_community_id(const struct wire_endpoint *a, const struct wire_endpoint *b,
                             char text[OUT_COMMUNITY_ID_SIZE]);

#endif
