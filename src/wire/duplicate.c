/* Packets that a capture on any shows more than once: the policy is in decode.h. */
#include "config.h"

#include "wire/duplicate.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/xalloc.h"

#define SETS 256u /* a power of two */
#define WAYS 4u
#define SIGHTS 8u
#define WITHIN_NS UINT64_C(1000000)

/* What forwarding leaves alone: no TTL, ECN, checksum, VLAN or tunnel. */
struct packet_key {
    struct wire_endpoint source, destination;
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint32_t timestamp_value, timestamp_echo;
    uint16_t flags, window, urgent, ip_id;
    uint16_t options;
    uint16_t icmp; /* type and code of an error */
};

struct sight {
    uint32_t capture_interface, interface, packet_type;
    uint32_t times;
};

struct recent {
    struct packet_key key;
    int64_t time_ns;  /* of the last packet, not of its other sights */
    uint32_t packets; /* as many as the most frequent sight */
    uint32_t sight_count;
    struct sight sights[SIGHTS];
};

struct wire_duplicates {
    struct recent recent[SETS][WAYS];
};

static struct packet_key segment_key(const struct wire_segment *segment)
{
    struct packet_key key;
    memset(&key, 0, sizeof key);
    key.source = segment->source;
    key.destination = segment->destination;
    key.seq = segment->seq;
    key.ack = segment->ack;
    key.payload_bytes = segment->payload_bytes;
    key.timestamp_value = segment->options.timestamp_value;
    key.timestamp_echo = segment->options.timestamp_echo;
    key.flags = segment->flags;
    key.window = segment->window;
    key.urgent = segment->urgent;
    key.ip_id = segment->ip_id;
    key.options = segment->options.present;
    return key;
}

static struct packet_key icmp_key(const struct wire_icmp_error *error)
{
    struct packet_key key;
    memset(&key, 0, sizeof key);
    key.source = error->source;
    key.destination = error->destination;
    key.seq = error->seq;
    key.icmp = (uint16_t)(error->type << 8 | error->code);
    key.options = error->reporter_family;
    memcpy(&key.ack, error->reporter, sizeof key.ack);
    return key;
}

/* The key's entry if it is fresh, else one started anew in place of the oldest. */
static struct recent *find_recent(struct wire_duplicates *duplicates, const struct packet_key *key,
                                  int64_t now_ns)
{
    struct recent *set = duplicates->recent[XXH3_64bits(key, sizeof *key) & (SETS - 1)];
    struct recent *oldest = &set[0];
    for (unsigned i = 0; i < WAYS; i++) {
        struct recent *entry = &set[i];
        if (entry->packets > 0 && memcmp(&entry->key, key, sizeof *key) == 0) {
            if (wire_time_apart(now_ns, entry->time_ns) <= WITHIN_NS)
                return entry;
            oldest = entry;
            break;
        }
        if (oldest->packets > 0 && (entry->packets == 0 || entry->time_ns < oldest->time_ns))
            oldest = entry;
    }
    oldest->key = *key;
    oldest->packets = 0;
    oldest->sight_count = 0;
    return oldest;
}

/* Counts the sight; NULL when there are too many to tell apart. */
static const struct sight *count_sight(struct recent *entry, const struct wire_walk *walk)
{
    for (uint32_t i = 0; i < entry->sight_count; i++) {
        struct sight *sight = &entry->sights[i];
        if (sight->capture_interface == walk->packet->interface &&
            sight->interface == walk->cooked_interface && sight->packet_type == walk->cooked_type) {
            sight->times++;
            return sight;
        }
    }
    if (entry->sight_count == SIGHTS)
        return NULL;
    struct sight *sight = &entry->sights[entry->sight_count++];
    *sight = (struct sight){walk->packet->interface, walk->cooked_interface, walk->cooked_type, 1};
    return sight;
}

void wire_walk_duplicate(struct wire_walk *walk)
{
    struct wire_decoder *decoder = walk->decoder;
    if (decoder->duplicates == NULL)
        decoder->duplicates = base_calloc(1, sizeof *decoder->duplicates);
    struct packet_key key = walk->result->verdict == WIRE_SEGMENT
                                ? segment_key(&walk->result->segment)
                                : icmp_key(&walk->result->icmp);
    struct recent *entry = find_recent(decoder->duplicates, &key, walk->packet->time_ns);
    const struct sight *sight = count_sight(entry, walk);
    if (sight == NULL || sight->times <= entry->packets) {
        wire_walk_skip(walk, WIRE_SKIP_DUPLICATE);
        return;
    }
    entry->packets = sight->times;
    entry->time_ns = walk->packet->time_ns;
}

void wire_duplicates_free(struct wire_duplicates *duplicates)
{
    free(duplicates);
}
