/* Which segment of one capture is which of the other. */
#include "config.h"

#include "join/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/seq.h"

/* Times of one host's clock, read in another process: so much earlier may an arrival seem. */
#define SLACK_NS INT64_C(200000)
/* Pieces of a segment that offload cut are looked for among so many segments after it. */
#define PIECES 256
#define FAR 16384 /* … of its connection, and so many of all */
#define NOWHERE SIZE_MAX

/* A segment as far as it tells one from another. */
struct entry {
    uint64_t number;
    int64_t time_ns;
    uint64_t key; /* what no middle box changes */
    size_t match; /* index among the other end's entries; NOWHERE */
    size_t flow;  /* index of its connection */
    uint32_t seq, payload_bytes;
    int64_t arrived_ns; /* by the other end's clock; valid if it is pieced */
    uint16_t ip_id;
    bool forward; /* from the lower endpoint of its flow */
    bool pieced;  /* no single match: its bytes are in others */
};

/* A connection of one capture. */
struct flow {
    struct wire_endpoint low, high; /* by join's own order */
    uint32_t scope;
    size_t other;     /* the flow that it is at the other end; NOWHERE */
    bool turned;      /* whose lower endpoint is this one's higher one */
    bool low_is_near; /* the lower endpoint is at this capture's end … */
    bool side_known;  /* … if this is true */
};

struct table {
    struct entry *entries;
    struct flow *flows;
    size_t count, capacity, flow_count, flow_capacity;
    size_t *slots; /* open addressing: 1 + index of flow; 0: free */
    size_t slot_count;
    int64_t from_ns, to_ns; /* by the clock here: when its silence says something */
};

struct join {
    struct table end[2];
    size_t max;
    struct join_clock clock;
};

static enum join_end other_of(enum join_end end)
{
    return end == JOIN_HERE ? JOIN_THERE : JOIN_HERE;
}

struct join *join_new(size_t max)
{
    struct join *join = base_calloc(1, sizeof *join);
    join->max = max;
    return join;
}

void join_free(struct join *join)
{
    if (join == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        free(join->end[i].entries);
        free(join->end[i].flows);
        free(join->end[i].slots);
    }
    free(join);
}

/* --- taking in --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t key_of(const struct wire_segment *segment)
{
    const uint16_t kept = WIRE_FIN | WIRE_SYN | WIRE_RST | WIRE_PSH | WIRE_ACK | WIRE_URG;
    uint64_t key = mix(UINT64_C(0x7463707669), (uint64_t)segment->seq << 32 | segment->ack);
    key = mix(key, (uint64_t)segment->payload_bytes << 16 | (segment->flags & kept));
    if ((segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0)
        key = mix(key, (uint64_t)segment->options.timestamp_value << 32 |
                           segment->options.timestamp_echo);
    return key;
}

static int compare_endpoints(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    int order = memcmp(a->address, b->address, sizeof a->address);
    return order != 0 ? order : (a->port > b->port) - (a->port < b->port);
}

static uint64_t hash_endpoint(uint64_t hash, const struct wire_endpoint *endpoint)
{
    uint64_t words[2];
    memcpy(words, endpoint->address, sizeof words);
    return mix(mix(mix(hash, words[0]), words[1]), endpoint->port);
}

static size_t slot_of(const struct table *table, const struct flow *flow)
{
    uint64_t hash = hash_endpoint(hash_endpoint(flow->scope, &flow->low), &flow->high);
    size_t mask = table->slot_count - 1;
    for (size_t at = (size_t)hash & mask;; at = (at + 1) & mask) {
        if (table->slots[at] == 0)
            return at;
        const struct flow *other = &table->flows[table->slots[at] - 1];
        if (other->scope == flow->scope && compare_endpoints(&other->low, &flow->low) == 0 &&
            compare_endpoints(&other->high, &flow->high) == 0)
            return at;
    }
}

static void grow_slots(struct table *table)
{
    if (2 * (table->flow_count + 1) <= table->slot_count)
        return;
    free(table->slots);
    table->slot_count = table->slot_count > 0 ? 2 * table->slot_count : 64;
    table->slots = base_calloc(table->slot_count, sizeof table->slots[0]);
    for (size_t i = 0; i < table->flow_count; i++)
        table->slots[slot_of(table, &table->flows[i])] = i + 1;
}

static size_t find_flow(struct table *table, const struct flow *wanted)
{
    grow_slots(table);
    size_t slot = slot_of(table, wanted);
    if (table->slots[slot] != 0)
        return table->slots[slot] - 1;
    if (table->flow_count == table->flow_capacity) {
        table->flow_capacity = table->flow_capacity > 0 ? 2 * table->flow_capacity : 64;
        table->flows = base_realloc(table->flows, table->flow_capacity, sizeof table->flows[0]);
    }
    table->flows[table->flow_count] = *wanted;
    table->slots[slot] = ++table->flow_count;
    return table->flow_count - 1;
}

bool join_add(struct join *join, enum join_end end, const struct wire_segment *segment)
{
    struct table *table = &join->end[end];
    if (join->end[0].count + join->end[1].count >= join->max)
        return false;
    if (table->count == table->capacity) {
        table->capacity = table->capacity > 0 ? 2 * table->capacity : 256;
        table->entries = base_realloc(table->entries, table->capacity, sizeof table->entries[0]);
    }
    bool forward = compare_endpoints(&segment->source, &segment->destination) <= 0;
    struct flow flow = {.low = forward ? segment->source : segment->destination,
                        .high = forward ? segment->destination : segment->source,
                        .scope = segment->scope,
                        .other = NOWHERE};
    table->entries[table->count++] = (struct entry){.number = segment->number,
                                                    .time_ns = segment->time_ns,
                                                    .key = key_of(segment),
                                                    .match = NOWHERE,
                                                    .flow = find_flow(table, &flow),
                                                    .seq = segment->seq,
                                                    .payload_bytes = segment->payload_bytes,
                                                    .ip_id = segment->ip_id,
                                                    .forward = forward};
    return true;
}

/* --- equal keys --- */

struct index {
    uint64_t key;
    size_t at;
};

static int by_key(const void *a, const void *b)
{
    const struct index *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return (left->at > right->at) - (left->at < right->at);
}

static struct index *sort_by_key(const struct table *table)
{
    struct index *index = base_calloc(table->count > 0 ? table->count : 1, sizeof index[0]);
    for (size_t i = 0; i < table->count; i++)
        index[i] = (struct index){table->entries[i].key, i};
    qsort(index, table->count, sizeof index[0], by_key);
    return index;
}

static size_t run_of(const struct index *index, size_t from, size_t count)
{
    size_t end = from;
    while (end < count && index[end].key == index[from].key)
        end++;
    return end - from;
}

/* Which flow is which, by the segments that are there once at each end: the first such pair says.
 */
static void pair_flows(struct join *join, size_t here, size_t there)
{
    const struct entry *a = &join->end[JOIN_HERE].entries[here];
    const struct entry *b = &join->end[JOIN_THERE].entries[there];
    struct flow *one = &join->end[JOIN_HERE].flows[a->flow];
    struct flow *other = &join->end[JOIN_THERE].flows[b->flow];
    if (one->other != NOWHERE || other->other != NOWHERE)
        return;
    one->other = b->flow;
    other->other = a->flow;
    one->turned = other->turned = a->forward != b->forward;
}

static bool same_way(const struct join *join, const struct entry *here, const struct entry *there)
{
    const struct flow *flow = &join->end[JOIN_HERE].flows[here->flow];
    return flow->other == there->flow && (here->forward != there->forward) == flow->turned;
}

static void match(struct join *join, size_t here, size_t there)
{
    join->end[JOIN_HERE].entries[here].match = there;
    join->end[JOIN_THERE].entries[there].match = here;
    join->clock.pairs++;
}

/* Calls back for each key that both ends have. */
typedef void group_fn(struct join *join, const struct index *here, size_t here_count,
                      const struct index *there, size_t there_count);

static void each_group(struct join *join, const struct index *here, const struct index *there,
                       group_fn *take)
{
    size_t i = 0, j = 0, here_total = join->end[JOIN_HERE].count,
           there_total = join->end[JOIN_THERE].count;
    while (i < here_total && j < there_total) {
        if (here[i].key < there[j].key) {
            i++;
        } else if (here[i].key > there[j].key) {
            j++;
        } else {
            size_t m = run_of(here, i, here_total), n = run_of(there, j, there_total);
            take(join, here + i, m, there + j, n);
            i += m;
            j += n;
        }
    }
}

static void take_lone(struct join *join, const struct index *here, size_t here_count,
                      const struct index *there, size_t there_count)
{
    if (here_count != 1 || there_count != 1)
        return;
    pair_flows(join, here->at, there->at);
    if (same_way(join, &join->end[JOIN_HERE].entries[here->at],
                 &join->end[JOIN_THERE].entries[there->at]))
        match(join, here->at, there->at);
}

/* --- clocks and sides --- */

struct bounds {
    int64_t least[2], most[2]; /* of there - here, by direction: forward is 1 */
    bool any[2];
};

static void widen(struct bounds *bounds, bool forward, int64_t difference)
{
    if (!bounds->any[forward] || difference < bounds->least[forward])
        bounds->least[forward] = difference;
    if (!bounds->any[forward] || difference > bounds->most[forward])
        bounds->most[forward] = difference;
    bounds->any[forward] = true;
}

/* What leaves here is seen there later than here, by the clocks; what leaves there, earlier. */
static void find_side(struct join *join, struct flow *flow, const struct bounds *bounds)
{
    if (!bounds->any[0] || !bounds->any[1])
        return;
    int64_t forward = bounds->least[1] + (bounds->most[1] - bounds->least[1]) / 2;
    int64_t backward = bounds->least[0] + (bounds->most[0] - bounds->least[0]) / 2;
    if (bounds->least[1] > bounds->most[0])
        flow->low_is_near = true;
    else if (bounds->least[0] > bounds->most[1])
        flow->low_is_near = false;
    else
        flow->low_is_near = forward > backward;
    flow->side_known = true;
    struct flow *other = &join->end[JOIN_THERE].flows[flow->other];
    other->side_known = true;
    other->low_is_near = flow->low_is_near == flow->turned;
}

static void find_sides(struct join *join)
{
    struct table *here = &join->end[JOIN_HERE], *there = &join->end[JOIN_THERE];
    struct bounds *bounds =
        base_calloc(here->flow_count > 0 ? here->flow_count : 1, sizeof bounds[0]);
    for (size_t i = 0; i < here->count; i++) {
        const struct entry *entry = &here->entries[i];
        if (entry->match != NOWHERE)
            widen(&bounds[entry->flow], entry->forward,
                  there->entries[entry->match].time_ns - entry->time_ns);
    }
    bool left_known = false, came_known = false;
    int64_t left = 0, came = 0; /* the least of what left here, the most of what came from there */
    for (size_t i = 0; i < here->flow_count; i++) {
        struct flow *flow = &here->flows[i];
        if (flow->other == NOWHERE)
            continue;
        find_side(join, flow, &bounds[i]);
        if (!flow->side_known)
            continue;
        bool near = flow->low_is_near;
        if (!left_known || bounds[i].least[near] < left)
            left = bounds[i].least[near];
        if (!came_known || bounds[i].most[!near] > came)
            came = bounds[i].most[!near];
        left_known = came_known = true;
    }
    free(bounds);
    join->clock.known = left_known;
    join->clock.ahead_ns = came + (left - came) / 2;
    join->clock.one_way_ns = (left - came) / 2;
}

static bool is_sent(const struct table *table, const struct entry *entry)
{
    return entry->forward == table->flows[entry->flow].low_is_near;
}

/* A time of that end by the clock here. */
static int64_t time_here(const struct join *join, enum join_end end, int64_t time_ns)
{
    return end == JOIN_HERE ? time_ns : time_ns - join->clock.ahead_ns;
}

/* --- copies: equal keys more than once --- */

/* The latest copy that can have arrived as this one. */
static size_t find_copy(const struct join *join, enum join_end sender, const struct index *sent,
                        size_t count, const struct entry *arrival)
{
    const struct table *table = &join->end[sender];
    int64_t arrived = time_here(join, other_of(sender), arrival->time_ns);
    size_t best = NOWHERE;
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = &table->entries[sent[i].at];
        if (entry->match != NOWHERE || !is_sent(table, entry) ||
            time_here(join, sender, entry->time_ns) > arrived + SLACK_NS)
            continue;
        if (entry->ip_id != 0 && entry->ip_id == arrival->ip_id)
            return sent[i].at;
        if (best == NOWHERE || entry->ip_id == 0 || arrival->ip_id == 0)
            best = sent[i].at;
    }
    return best;
}

static void match_copies(struct join *join, enum join_end sender, const struct index *sent,
                         size_t sent_count, const struct index *got, size_t got_count)
{
    enum join_end receiver = other_of(sender);
    for (size_t i = 0; i < got_count; i++) {
        const struct entry *arrival = &join->end[receiver].entries[got[i].at];
        if (arrival->match != NOWHERE || !join->end[receiver].flows[arrival->flow].side_known ||
            is_sent(&join->end[receiver], arrival))
            continue;
        size_t copy = find_copy(join, sender, sent, sent_count, arrival);
        if (copy == NOWHERE)
            continue;
        size_t here = sender == JOIN_HERE ? copy : got[i].at;
        size_t there = sender == JOIN_HERE ? got[i].at : copy;
        if (same_way(join, &join->end[JOIN_HERE].entries[here],
                     &join->end[JOIN_THERE].entries[there]))
            match(join, here, there);
    }
}

static void take_copies(struct join *join, const struct index *here, size_t here_count,
                        const struct index *there, size_t there_count)
{
    if (here_count == 1 && there_count == 1)
        return;
    match_copies(join, JOIN_HERE, here, here_count, there, there_count);
    match_copies(join, JOIN_THERE, there, there_count, here, here_count);
}

/* --- segments that offload cut or joined --- */

static bool is_open(const struct table *table, const struct entry *entry, bool sent)
{
    const struct flow *flow = &table->flows[entry->flow];
    return entry->match == NOWHERE && !entry->pieced && entry->payload_bytes > 0 &&
           flow->other != NOWHERE && flow->side_known && is_sent(table, entry) == sent;
}

/* Marks the arrivals that are within the bytes of the sent one, from *left on, and moves *left
 * along them; the time of the latest. */
static int64_t take_pieces(struct join *join, enum join_end sender, const struct entry *sent,
                           size_t from, uint32_t *left)
{
    enum join_end receiver = other_of(sender);
    struct table *table = &join->end[receiver];
    uint32_t right = sent->seq + sent->payload_bytes;
    int64_t latest = INT64_MIN;
    size_t end_of_search = table->count - from > FAR ? from + FAR : table->count;
    for (size_t i = from, seen = 0; i < end_of_search && seen < PIECES && *left != right; i++) {
        struct entry *piece = &table->entries[i];
        if (piece->flow != join->end[sender].flows[sent->flow].other)
            continue;
        seen++;
        uint32_t end = piece->seq + piece->payload_bytes;
        bool open = piece->match == NOWHERE && piece->payload_bytes > 0 && !is_sent(table, piece);
        if (!open || !seq_leq(piece->seq, *left) || !seq_gt(end, *left))
            continue;
        *left = seq_gt(end, right) ? right : end;
        piece->pieced = true;
        if (piece->time_ns > latest)
            latest = piece->time_ns;
    }
    return latest;
}

static void join_pieces(struct join *join, enum join_end sender)
{
    enum join_end receiver = other_of(sender);
    struct table *table = &join->end[sender];
    const struct table *other = &join->end[receiver];
    size_t from = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct entry *sent = &table->entries[i];
        if (!is_open(table, sent, true))
            continue;
        int64_t when = time_here(join, sender, sent->time_ns) - SLACK_NS;
        while (from < other->count &&
               time_here(join, receiver, other->entries[from].time_ns) < when)
            from++;
        uint32_t left = sent->seq;
        int64_t latest = take_pieces(join, sender, sent, from, &left);
        if (left == sent->seq + sent->payload_bytes) {
            sent->pieced = true;
            sent->arrived_ns = time_here(join, receiver, latest);
        }
    }
}

/* --- all of it --- */

/* When it would be in the other capture, by the clock here. */
static int64_t due_at(const struct join *join, enum join_end end, const struct entry *entry)
{
    int64_t way =
        is_sent(&join->end[end], entry) ? join->clock.one_way_ns : -join->clock.one_way_ns;
    return time_here(join, end, entry->time_ns) + way;
}

/* A capture that lacks what its own host sent had not begun or had ended already: its silence says
 * nothing of that time. One that is silent because nothing came does say so. */
static void find_span(struct join *join, enum join_end end)
{
    struct table *table = &join->end[end];
    const struct table *other = &join->end[other_of(end)];
    table->from_ns = INT64_MIN;
    table->to_ns = INT64_MAX;
    if (table->count == 0)
        return;
    int64_t first = time_here(join, end, table->entries[0].time_ns) - SLACK_NS;
    int64_t last = time_here(join, end, table->entries[table->count - 1].time_ns) + SLACK_NS;
    for (size_t i = 0; i < other->count; i++) {
        const struct entry *entry = &other->entries[i];
        if (entry->match != NOWHERE || entry->pieced || !other->flows[entry->flow].side_known ||
            is_sent(other, entry))
            continue;
        int64_t due = due_at(join, other_of(end), entry);
        if (due < first)
            table->from_ns = first;
        else if (due > last)
            table->to_ns = last;
    }
}

static bool is_within(const struct join *join, enum join_end end, const struct entry *entry)
{
    const struct table *other = &join->end[other_of(end)];
    int64_t due = due_at(join, end, entry);
    return due >= other->from_ns && due <= other->to_ns;
}

/* What the other capture says of a segment that it does not have. */
static enum wire_arrival silence(const struct join *join, enum join_end end,
                                 const struct entry *entry)
{
    if (!is_within(join, end, entry))
        return WIRE_ARRIVAL_UNKNOWN;
    return is_sent(&join->end[end], entry) ? WIRE_ARRIVAL_LOST : WIRE_ARRIVAL_UNSENT;
}

static void count_rest(struct join *join)
{
    for (int end = 0; end < 2; end++) {
        const struct table *table = &join->end[end];
        for (size_t i = 0; i < table->count; i++) {
            const struct entry *entry = &table->entries[i];
            const struct flow *flow = &table->flows[entry->flow];
            if (entry->match != NOWHERE || entry->pieced || !flow->side_known)
                continue;
            enum wire_arrival said = silence(join, (enum join_end)end, entry);
            join->clock.lost += said == WIRE_ARRIVAL_LOST;
            join->clock.unsent += said == WIRE_ARRIVAL_UNSENT;
        }
    }
}

void join_settle(struct join *join)
{
    struct index *here = sort_by_key(&join->end[JOIN_HERE]);
    struct index *there = sort_by_key(&join->end[JOIN_THERE]);
    each_group(join, here, there, take_lone);
    find_sides(join);
    if (join->clock.known) {
        each_group(join, here, there, take_copies);
        join_pieces(join, JOIN_HERE);
        join_pieces(join, JOIN_THERE);
    }
    free(here);
    free(there);
    find_span(join, JOIN_HERE);
    find_span(join, JOIN_THERE);
    count_rest(join);
}

struct join_clock join_clock(const struct join *join)
{
    return join->clock;
}

static const struct entry *find_entry(const struct table *table, uint64_t number)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->entries[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->count && table->entries[low].number == number ? &table->entries[low] : NULL;
}

struct join_fate join_fate(const struct join *join, enum join_end end, uint64_t number)
{
    const struct table *table = &join->end[end];
    const struct entry *entry = find_entry(table, number);
    struct join_fate fate = {.part = JOIN_SENT, .arrival = WIRE_ARRIVAL_UNKNOWN};
    if (entry == NULL || !table->flows[entry->flow].side_known)
        return fate;
    bool sent = is_sent(table, entry);
    if (entry->match == NOWHERE && !entry->pieced) {
        fate.arrival = silence(join, end, entry);
    } else if (!sent) {
        fate.part = JOIN_RECEIVED;
    } else {
        enum join_end other = other_of(end);
        fate.arrival = WIRE_ARRIVED;
        fate.arrived_ns =
            entry->match == NOWHERE
                ? entry->arrived_ns
                : time_here(join, other, join->end[other].entries[entry->match].time_ns);
    }
    return fate;
}

void join_translate(const struct join *join, uint64_t number, struct wire_segment *segment)
{
    const struct entry *entry = find_entry(&join->end[JOIN_THERE], number);
    if (entry == NULL)
        return;
    const struct flow *there = &join->end[JOIN_THERE].flows[entry->flow];
    if (there->other == NOWHERE)
        return;
    const struct flow *here = &join->end[JOIN_HERE].flows[there->other];
    bool forward = entry->forward != there->turned;
    segment->source = forward ? here->low : here->high;
    segment->destination = forward ? here->high : here->low;
    segment->scope = here->scope;
}
