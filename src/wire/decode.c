/* Bytes to segment: drives the walk through a packet's layers. */
#include "config.h"

#include "wire/decode.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "wire/duplicate.h"
#include "wire/fragment.h"
#include "wire/walk.h"

struct wire_decoder *wire_decoder_new(const struct wire_decoder_options *options)
{
    struct wire_decoder *decoder = base_calloc(1, sizeof *decoder);
    decoder->options = *options;
    return decoder;
}

void wire_decoder_free(struct wire_decoder *decoder)
{
    if (decoder == NULL)
        return;
    wire_fragments_free(decoder->fragments);
    wire_duplicates_free(decoder->duplicates);
    free(decoder);
}

static void walk_on(struct wire_walk *walk)
{
    for (;;) {
        switch (walk->next) {
        case WIRE_NEXT_DONE:
            return;
        case WIRE_NEXT_LINK:
            wire_walk_link(walk);
            break;
        case WIRE_NEXT_ETHERTYPE:
            wire_walk_ethertype(walk);
            break;
        case WIRE_NEXT_PPP:
            wire_walk_ppp(walk);
            break;
        case WIRE_NEXT_IP:
            wire_walk_ip(walk);
            break;
        case WIRE_NEXT_PROTOCOL:
            wire_walk_protocol(walk);
            break;
        }
    }
}

/* Only where a second sight is possible: on any, or once a second interface has shown up. */
static bool may_be_seen_twice(const struct wire_walk *walk)
{
    struct wire_decoder *decoder = walk->decoder;
    if (walk->packet->interface != 0)
        decoder->several_interfaces = true;
    return decoder->options.loopback_duplicates && (walk->cooked || decoder->several_interfaces);
}

void wire_decode(struct wire_decoder *decoder, const struct wire_packet *packet,
                 struct wire_result *result)
{
    memset(&result->segment, 0, offsetof(struct wire_segment, layers));
    struct wire_walk walk = {
        .cursor = base_cursor_make(packet->data, packet->captured_bytes),
        .wire_left = packet->wire_bytes > packet->captured_bytes ? packet->wire_bytes
                                                                 : packet->captured_bytes,
        .next = WIRE_NEXT_LINK,
        .value = packet->link_type,
        .segment = &result->segment,
        .result = result,
        .packet = packet,
        .base = packet->data,
        .decoder = decoder,
    };
    walk_on(&walk);
    if (result->verdict != WIRE_SKIPPED) {
        if (may_be_seen_twice(&walk))
            wire_walk_duplicate(&walk);
    } else if (walk.fragmented &&
               (result->skip == WIRE_SKIP_MALFORMED || result->skip == WIRE_SKIP_TRUNCATED)) {
        result->skip = WIRE_SKIP_FRAGMENT; /* the headers go on in the next one */
    }
}
