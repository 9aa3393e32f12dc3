/* The flow table: open addressing with linear probing, removal by backward shift, growing by parts.
 */
#include "config.h"

#include "track/flow.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/xalloc.h"

/* The highest bits of the hash say where an entry belongs, so that a table of another size has all
 * entries in the same order. */
struct slot {
    uint32_t hash;
    uint32_t id; /* 0: free */
};

struct slots {
    struct slot *slot;
    unsigned bits; /* 1 << bits slots; slot is NULL: there are none */
};

struct flow_table {
    const struct conn_store *store;
    struct slots now;
    struct slots before; /* being emptied into now */
    size_t moved;        /* slots of before that are empty by now; what was there is MOVED */
    size_t count;
    uint64_t key[2];
};

#define FIRST_BITS 10
#define MOVED UINT32_MAX /* an id that never is: look on behind it */
/* Slots that are emptied with each change: all of them before the table is full again. */
#define MOVE_SLOTS 16

static struct slots make_slots(unsigned bits)
{
    return (struct slots){base_calloc((size_t)1 << bits, sizeof(struct slot)), bits};
}

struct flow_table *flow_new(uint64_t seed, const struct conn_store *store)
{
    struct flow_table *table = base_calloc(1, sizeof *table);
    table->store = store;
    table->key[0] = seed;
    table->key[1] = XXH64(&seed, sizeof seed, 0);
    table->now = make_slots(FIRST_BITS);
    return table;
}

void flow_free(struct flow_table *table)
{
    free(table->now.slot);
    free(table->before.slot);
    free(table);
}

/* --- the hash: SipHash-1-3 (Aumasson and Bernstein, 2012) of whole words --- */

static inline uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t sip_hash(const uint64_t key[2], const uint64_t *words, unsigned count)
{
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                     key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    for (unsigned i = 0; i <= count; i++) {
        uint64_t word = i < count ? words[i] : (uint64_t)count << 59;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t word_at(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static uint64_t address_and_port(const struct wire_endpoint *endpoint)
{
    uint32_t address;
    memcpy(&address, endpoint->address, sizeof address);
    return (uint64_t)address << 16 | endpoint->port;
}

uint32_t flow_hash(const struct flow_table *table, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope)
{
    uint64_t words[5];
    if (a->family == 4) {
        uint64_t one = address_and_port(a), two = address_and_port(b);
        words[0] = (one < two ? one : two) | (uint64_t)scope << 48;
        words[1] = (one < two ? two : one) | (uint64_t)(scope >> 16) << 48;
        return (uint32_t)(sip_hash(table->key, words, 2) >> 32);
    }
    bool turned = memcmp(a, b, sizeof *a) > 0;
    const struct wire_endpoint *low = turned ? b : a, *high = turned ? a : b;
    words[0] = word_at(low->address);
    words[1] = word_at(low->address + 8);
    words[2] = word_at(high->address);
    words[3] = word_at(high->address + 8);
    words[4] = (uint64_t)scope << 32 | (uint64_t)low->port << 16 | high->port;
    return (uint32_t)(sip_hash(table->key, words, 5) >> 32);
}

uint64_t flow_endpoint_hash(const struct wire_endpoint *endpoint)
{
    return XXH3_64bits(endpoint, sizeof *endpoint);
}

/* --- slots --- */

static size_t mask_of(const struct slots *slots)
{
    return ((size_t)1 << slots->bits) - 1;
}

static size_t home(const struct slots *slots, uint32_t hash)
{
    return hash >> (32 - slots->bits);
}

static struct slot *find_in(const struct flow_table *table, const struct slots *slots,
                            uint32_t hash, const struct wire_endpoint *a,
                            const struct wire_endpoint *b, uint32_t scope)
{
    if (slots->slot == NULL)
        return NULL;
    size_t mask = mask_of(slots);
    for (size_t i = home(slots, hash); slots->slot[i].id != 0; i = (i + 1) & mask) {
        struct slot *slot = &slots->slot[i];
        if (slot->hash == hash && slot->id != MOVED &&
            store_is_of(table->store, slot->id, a, b, scope))
            return slot;
    }
    return NULL;
}

static void insert(struct slots *slots, struct slot slot)
{
    size_t i = home(slots, slot.hash), mask = mask_of(slots);
    while (slots->slot[i].id != 0)
        i = (i + 1) & mask;
    slots->slot[i] = slot;
}

static void move_some(struct flow_table *table)
{
    struct slots *before = &table->before;
    if (before->slot == NULL)
        return;
    for (unsigned n = 0; n < MOVE_SLOTS && table->moved <= mask_of(before); n++) {
        struct slot *slot = &before->slot[table->moved++];
        if (slot->id == 0 || slot->id == MOVED)
            continue;
        insert(&table->now, *slot);
        slot->id = MOVED;
    }
    if (table->moved <= mask_of(before))
        return;
    free(before->slot);
    before->slot = NULL;
}

/* At most three quarters full, at least an eighth. */
static void resize(struct flow_table *table)
{
    if (table->before.slot != NULL)
        return;
    size_t size = mask_of(&table->now) + 1;
    unsigned bits = table->now.bits;
    if ((table->count + 1) * 4 > size * 3 && bits < 31)
        bits++;
    else if (table->count < size / 8 && bits > FIRST_BITS)
        bits--;
    else
        return;
    table->before = table->now;
    table->now = make_slots(bits);
    table->moved = 0;
}

/* --- the table --- */

void flow_prefetch(const struct flow_table *table, uint32_t hash)
{
    __builtin_prefetch(&table->now.slot[home(&table->now, hash)]);
}

uint32_t flow_likely(const struct flow_table *table, uint32_t hash)
{
    const struct slots *slots = &table->now;
    size_t mask = mask_of(slots);
    for (size_t i = home(slots, hash); slots->slot[i].id != 0; i = (i + 1) & mask)
        if (slots->slot[i].hash == hash)
            return slots->slot[i].id;
    return 0;
}

uint32_t flow_find(const struct flow_table *table, uint32_t hash, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope)
{
    const struct slot *slot = find_in(table, &table->now, hash, a, b, scope);
    if (slot == NULL)
        slot = find_in(table, &table->before, hash, a, b, scope);
    return slot != NULL ? slot->id : 0;
}

void flow_put(struct flow_table *table, uint32_t hash, uint32_t id)
{
    move_some(table);
    resize(table);
    insert(&table->now, (struct slot){hash, id});
    table->count++;
}

/* Moves later entries of the probe chain back over the gap at i. */
static void close_gap(struct slots *slots, size_t gap)
{
    size_t mask = mask_of(slots);
    for (size_t i = (gap + 1) & mask; slots->slot[i].id != 0; i = (i + 1) & mask) {
        size_t from = home(slots, slots->slot[i].hash);
        if (((i - from) & mask) >= ((i - gap) & mask)) {
            slots->slot[gap] = slots->slot[i];
            gap = i;
        }
    }
    slots->slot[gap].id = 0;
}

static struct slot *find_id(const struct slots *slots, uint32_t hash, uint32_t id)
{
    if (slots->slot == NULL)
        return NULL;
    size_t mask = mask_of(slots);
    for (size_t i = home(slots, hash); slots->slot[i].id != 0; i = (i + 1) & mask)
        if (slots->slot[i].id == id && slots->slot[i].hash == hash)
            return &slots->slot[i];
    return NULL;
}

void flow_remove(struct flow_table *table, uint32_t hash, uint32_t id)
{
    move_some(table);
    resize(table);
    struct slot *slot = find_id(&table->now, hash, id), *old = find_id(&table->before, hash, id);
    if (slot != NULL)
        close_gap(&table->now, (size_t)(slot - table->now.slot));
    else if (old != NULL)
        old->id = MOVED;
    else
        return;
    table->count--;
}

size_t flow_count(const struct flow_table *table)
{
    return table->count;
}

size_t flow_bytes(const struct flow_table *table)
{
    size_t slots = (size_t)1 << table->now.bits;
    if (table->before.slot != NULL)
        slots += (size_t)1 << table->before.bits;
    return slots * sizeof(struct slot);
}
