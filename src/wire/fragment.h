/* IP fragments of TCP segments: the policy is in decode.h. Internal to wire/. */
#ifndef TCPVIZ_WIRE_FRAGMENT_H
#define TCPVIZ_WIRE_FRAGMENT_H

#include "wire/walk.h"

/* One fragment as its IP header tells; the walk stands at its data, limited to it. */
struct wire_fragment {
    uint32_t id;
    uint32_t offset; /* in bytes */
    bool more;
    uint8_t protocol;
};

void wire_walk_fragment(struct wire_walk *walk, const struct wire_fragment *fragment);
void wire_fragments_free(struct wire_fragments *fragments);

#endif
