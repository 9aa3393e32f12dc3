/* IP fragments of TCP segments: the policy is in decode.h.
 *
 * All that later layers want of a datagram is its TCP header and its length, so a slot keeps the
 * first 64 bytes and a map of the 8-byte units that have arrived. */
#include "config.h"

#include "wire/fragment.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "wire/checksum.h"

#define MAX_DATAGRAM 65536u
#define UNITS (MAX_DATAGRAM / 8)
#define HEAD_BYTES 64u /* the longest TCP header has 60 */
#define LIFETIME_NS (30 * UINT64_C(1000000000))
#define LONELY_ENOUGH 3u /* first fragments without any other, until they are decoded alone */

struct datagram_key {
    uint8_t source[16], destination[16];
    uint32_t id, scope, interface, cooked_interface;
    uint8_t family, cooked_type, zero[2];
};

struct datagram {
    struct datagram_key key;
    int64_t started_ns;
    uint64_t sum;            /* of the bytes that have arrived */
    uint32_t total;          /* bytes; 0 until the last fragment is known */
    uint32_t furthest;       /* the end of what has arrived */
    uint32_t arrived_units;  /* bits set in map */
    uint32_t captured_bytes; /* of the bytes that have arrived */
    uint32_t head_bytes;     /* from the first fragment's beginning on, captured without a gap */
    uint8_t ttl, ecn, ip_checksum;
    bool used, spoilt, first_seen, uncaptured;
    uint64_t head_units; /* of head[]: units captured whole */
    uint8_t head[HEAD_BYTES];
    uint64_t map[UNITS / 64];
};

struct wire_fragments {
    unsigned lonely; /* first fragments while no other was ever seen */
    bool rest_seen;
    struct datagram slots[WIRE_FRAGMENT_DATAGRAMS];
};

static struct datagram_key key_of(const struct wire_walk *walk, const struct wire_fragment *part)
{
    struct datagram_key key;
    memset(&key, 0, sizeof key);
    memcpy(key.source, walk->segment->source.address, 16);
    memcpy(key.destination, walk->segment->destination.address, 16);
    key.id = part->id;
    key.scope = walk->scope;
    key.interface = walk->packet->interface;
    key.cooked_interface = walk->cooked_interface;
    key.family = walk->segment->source.family;
    key.cooked_type = walk->cooked_type;
    return key;
}

/* The key's slot; else a free or expired one, else the oldest, started anew. */
static struct datagram *find_slot(struct wire_fragments *fragments, const struct datagram_key *key,
                                  int64_t now_ns)
{
    struct datagram *oldest = &fragments->slots[0];
    for (unsigned i = 0; i < WIRE_FRAGMENT_DATAGRAMS; i++) {
        struct datagram *slot = &fragments->slots[i];
        if (slot->used && wire_time_apart(now_ns, slot->started_ns) > LIFETIME_NS)
            slot->used = false;
        if (slot->used && memcmp(&slot->key, key, sizeof *key) == 0)
            return slot;
        if (oldest->used && (!slot->used || slot->started_ns < oldest->started_ns))
            oldest = slot;
    }
    memset(oldest, 0, sizeof *oldest);
    oldest->used = true;
    oldest->key = *key;
    oldest->started_ns = now_ns;
    return oldest;
}

static bool has_unit(const struct datagram *slot, uint32_t unit)
{
    return (slot->map[unit / 64] >> unit % 64 & 1) != 0;
}

/* How many of the units [from, to) have arrived before. */
static uint32_t count_known(const struct datagram *slot, uint32_t from, uint32_t to)
{
    uint32_t known = 0;
    for (uint32_t unit = from; unit < to; unit++)
        known += has_unit(slot, unit);
    return known;
}

static void keep_head(struct datagram *slot, const struct wire_walk *walk, uint32_t offset)
{
    if (offset >= HEAD_BYTES)
        return;
    uint32_t length = HEAD_BYTES - offset;
    if (length > walk->cursor.left)
        length = (uint32_t)walk->cursor.left;
    memcpy(slot->head + offset, walk->cursor.next, length);
    bool whole = walk->cursor.left == walk->wire_left;
    uint32_t units = whole ? (length + 7) / 8 : length / 8;
    for (uint32_t i = 0; i < units; i++)
        slot->head_units |= UINT64_C(1) << (offset / 8 + i);
    if (offset == 0)
        slot->head_bytes = length;
}

static void keep_part(struct datagram *slot, const struct wire_walk *walk, uint32_t offset)
{
    uint32_t from = offset / 8;
    uint32_t to = (offset + walk->wire_left + 7) / 8;
    for (uint32_t unit = from; unit < to; unit++)
        slot->map[unit / 64] |= UINT64_C(1) << unit % 64;
    slot->arrived_units += to - from;
    if (offset + walk->wire_left > slot->furthest)
        slot->furthest = offset + walk->wire_left;
    slot->captured_bytes += (uint32_t)walk->cursor.left;
    if (walk->decoder->options.verify_checksums)
        slot->sum = wire_checksum_add(slot->sum, walk->cursor.next, (uint32_t)walk->cursor.left);
    if (walk->cursor.left < walk->wire_left)
        slot->uncaptured = true;
    keep_head(slot, walk, offset);
    if (offset == 0) {
        slot->first_seen = true;
        slot->ttl = walk->segment->ttl;
        slot->ip_checksum = walk->segment->ip_checksum;
    }
    if (offset == 0 || walk->segment->ecn == 3) /* any CE counts, RFC 3168 section 5.3 */
        slot->ecn = slot->ecn == 3 ? 3 : walk->segment->ecn;
}

/* Notes the fragment; what contradicts another one spoils the datagram. */
static void add_part(struct datagram *slot, const struct wire_walk *walk,
                     const struct wire_fragment *part)
{
    uint32_t end = part->offset + walk->wire_left;
    uint32_t from = part->offset / 8;
    uint32_t to = (end + 7) / 8;
    if (slot->spoilt)
        return;
    if (end >= MAX_DATAGRAM || (slot->total != 0 && end > slot->total) ||
        (!part->more && (end < slot->furthest || (slot->total != 0 && end != slot->total)))) {
        slot->spoilt = true;
        return;
    }
    uint32_t known = count_known(slot, from, to);
    if (known == to - from) /* a repetition */
        return;
    if (known != 0) {
        slot->spoilt = true;
        return;
    }
    if (!part->more)
        slot->total = end;
    keep_part(slot, walk, part->offset);
}

static bool is_complete(const struct datagram *slot)
{
    return !slot->spoilt && slot->total != 0 && slot->arrived_units == (slot->total + 7) / 8;
}

/* The bytes from the datagram's beginning on that were captured without a gap. */
static uint32_t head_length(const struct datagram *slot)
{
    uint32_t length = 0;
    for (uint64_t units = slot->head_units; (units & 1) != 0; units >>= 1)
        length += 8;
    if (length < slot->head_bytes)
        length = slot->head_bytes;
    if (length > slot->total)
        length = slot->total;
    return length;
}

/* The walk goes on in the joined datagram, as far as its header goes. */
static void decode_joined(struct wire_walk *walk, struct datagram *slot)
{
    struct wire_segment *segment = walk->segment;
    segment->ttl = slot->ttl;
    segment->ecn = slot->ecn;
    segment->ip_checksum = slot->ip_checksum;
    segment->reassembled = true;
    walk->cursor = base_cursor_make(slot->head, head_length(slot));
    walk->wire_left = slot->total;
    walk->base = slot->head;
    wire_walk_tcp(walk);
    slot->used = false;
    if (walk->result->verdict != WIRE_SEGMENT)
        return;
    segment->payload_offset = 0;
    segment->captured_payload_bytes = slot->captured_bytes > segment->header_bytes
                                          ? slot->captured_bytes - segment->header_bytes
                                          : 0;
    if (walk->decoder->options.verify_checksums && !slot->uncaptured)
        segment->tcp_checksum =
            (uint8_t)wire_checksum_verdict(slot->sum + wire_checksum_pseudo(segment, slot->total));
}

static void join(struct wire_walk *walk, const struct wire_fragment *part)
{
    struct wire_decoder *decoder = walk->decoder;
    if (decoder->fragments == NULL)
        decoder->fragments = base_calloc(1, sizeof *decoder->fragments);
    struct wire_fragments *fragments = decoder->fragments;
    if (part->offset != 0)
        fragments->rest_seen = true;
    if (!fragments->rest_seen && ++fragments->lonely > LONELY_ENOUGH) {
        walk->fragmented = walk->partial = true;
        wire_walk_tcp(walk);
        return;
    }
    struct datagram_key key = key_of(walk, part);
    struct datagram *slot = find_slot(fragments, &key, walk->packet->time_ns);
    add_part(slot, walk, part);
    if (is_complete(slot))
        decode_joined(walk, slot);
    else
        wire_walk_skip(walk, WIRE_SKIP_FRAGMENT);
}

void wire_walk_fragment(struct wire_walk *walk, const struct wire_fragment *fragment)
{
    if (walk->wire_left == 0 || (fragment->more && walk->wire_left % 8 != 0)) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
    } else if (fragment->protocol == 6) {
        join(walk, fragment);
    } else if (fragment->offset == 0) {
        walk->fragmented = walk->partial = true;
        wire_walk_next(walk, WIRE_NEXT_PROTOCOL, fragment->protocol);
    } else {
        wire_walk_skip(walk, WIRE_SKIP_FRAGMENT);
    }
}

void wire_fragments_free(struct wire_fragments *fragments)
{
    free(fragments);
}
