/* The same segments at both ends of a wire. A segment is known again by its addresses, numbers,
 * flags, length and, where it has them, timestamps and IP identification; of several alike the
 * first is taken for the first. */
#include "config.h"

#include "app/ends.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

struct waiting {
    struct wire_endpoint source, destination;
    uint32_t seq, ack, payload_bytes, ts_value;
    uint16_t flags, window, ip_id;
    uint64_t frame;
    int64_t time_ns;
    bool gone; /* seen at the other end */
};

struct end {
    struct waiting ring[APP_ENDS_WAIT];
    size_t first, count;
};

struct app_ends {
    struct end end[2];
    /* Who is on the side of the first end: whoever was seen there before it was seen at the other.
     */
    struct wire_endpoint near;
    bool near_known;
};

struct app_ends *app_ends_new(void)
{
    return base_calloc(1, sizeof(struct app_ends));
}

void app_ends_free(struct app_ends *ends)
{
    free(ends);
}

static struct waiting make(const struct wire_segment *segment)
{
    struct waiting made = {.seq = segment->seq,
                           .ack = segment->ack,
                           .payload_bytes = segment->payload_bytes,
                           .flags = segment->flags,
                           .window = segment->window,
                           .ip_id = segment->ip_id,
                           .frame = segment->number,
                           .time_ns = segment->time_ns};
    made.source = segment->source;
    made.destination = segment->destination;
    if (segment->options.present & WIRE_OPTION_TIMESTAMPS)
        made.ts_value = segment->options.timestamp_value;
    return made;
}

static bool is_same(const struct waiting *a, const struct waiting *b)
{
    return a->seq == b->seq && a->ack == b->ack && a->payload_bytes == b->payload_bytes &&
           a->ts_value == b->ts_value && a->flags == b->flags && a->window == b->window &&
           a->ip_id == b->ip_id && memcmp(&a->source, &b->source, sizeof a->source) == 0 &&
           memcmp(&a->destination, &b->destination, sizeof a->destination) == 0;
}

static struct waiting *at(struct end *end, size_t i)
{
    return &end->ring[(end->first + i) % APP_ENDS_WAIT];
}

static void drop_first(struct end *end)
{
    end->first = (end->first + 1) % APP_ENDS_WAIT;
    end->count--;
}

static void keep(struct end *end, const struct waiting *made)
{
    if (end->count == APP_ENDS_WAIT)
        drop_first(end);
    *at(end, end->count++) = *made;
}

bool app_ends_seen(struct app_ends *ends, unsigned end, const struct wire_segment *segment,
                   struct track_passage *passage)
{
    struct waiting made = make(segment);
    struct end *other = &ends->end[1 - end];
    for (size_t i = 0; i < other->count; i++) {
        struct waiting *before = at(other, i);
        if (before->gone || !is_same(before, &made))
            continue;
        before->gone = true;
        *passage = (struct track_passage){.frame = end == 0 ? made.frame : before->frame,
                                          .sent_ns = before->time_ns,
                                          .received_ns = made.time_ns};
        if (end == 1) {
            ends->near = made.source;
            ends->near_known = true;
        }
        while (other->count > 0 && at(other, 0)->gone)
            drop_first(other);
        return true;
    }
    keep(&ends->end[end], &made);
    return false;
}

bool app_ends_lost(struct app_ends *ends, struct track_passage *passage)
{
    struct end *first = &ends->end[0];
    while (first->count > 0) {
        struct waiting lost = *at(first, 0);
        drop_first(first);
        bool left =
            ends->near_known && lost.source.family == ends->near.family &&
            memcmp(lost.source.address, ends->near.address, sizeof lost.source.address) == 0;
        if (lost.gone || !left)
            continue;
        *passage = (struct track_passage){
            .frame = lost.frame, .sent_ns = lost.time_ns, .received_ns = TRACK_NEVER_RECEIVED};
        return true;
    }
    return false;
}
