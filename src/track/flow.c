/* The flow table: open addressing with linear probing, removal by backward shift. */
#include "config.h"

#include "track/flow.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/xalloc.h"

struct slot {
    uint64_t hash;
    struct track_conn *conn; /* NULL: free */
};

struct flow_table {
    struct slot *slots;
    size_t mask; /* slots - 1 */
    size_t count;
    uint64_t seed;
};

#define FIRST_SIZE 1024

struct flow_table *flow_new(uint64_t seed)
{
    struct flow_table *table = base_calloc(1, sizeof *table);
    table->seed = seed;
    table->mask = FIRST_SIZE - 1;
    table->slots = base_calloc(FIRST_SIZE, sizeof *table->slots);
    return table;
}

void flow_free(struct flow_table *table)
{
    free(table->slots);
    free(table);
}

uint64_t flow_hash(const struct flow_table *table, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope)
{
    struct {
        struct wire_endpoint low, high;
        uint32_t scope;
    } key;
    bool in_order = memcmp(a, b, sizeof *a) <= 0;
    memset(&key, 0, sizeof key);
    key.low = in_order ? *a : *b;
    key.high = in_order ? *b : *a;
    key.scope = scope;
    return XXH3_64bits_withSeed(&key, sizeof key, table->seed);
}

uint64_t flow_endpoint_hash(const struct wire_endpoint *endpoint)
{
    return XXH3_64bits(endpoint, sizeof *endpoint);
}

static bool same_endpoint(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool is_of(const struct track_conn *conn, const struct wire_endpoint *a,
                  const struct wire_endpoint *b, uint32_t scope)
{
    const struct wire_endpoint *client = &conn->end[0].endpoint, *server = &conn->end[1].endpoint;
    return conn->scope == scope && ((same_endpoint(client, a) && same_endpoint(server, b)) ||
                                    (same_endpoint(client, b) && same_endpoint(server, a)));
}

void flow_prefetch(const struct flow_table *table, uint64_t hash)
{
    __builtin_prefetch(&table->slots[hash & table->mask]);
}

struct track_conn *flow_likely(const struct flow_table *table, uint64_t hash)
{
    for (size_t i = hash & table->mask; table->slots[i].conn != NULL; i = (i + 1) & table->mask)
        if (table->slots[i].hash == hash)
            return table->slots[i].conn;
    return NULL;
}

struct track_conn *flow_find(const struct flow_table *table, uint64_t hash,
                             const struct wire_endpoint *a, const struct wire_endpoint *b,
                             uint32_t scope)
{
    for (size_t i = hash & table->mask; table->slots[i].conn != NULL; i = (i + 1) & table->mask)
        if (table->slots[i].hash == hash && is_of(table->slots[i].conn, a, b, scope))
            return table->slots[i].conn;
    return NULL;
}

static void insert(struct slot *slots, size_t mask, uint64_t hash, struct track_conn *conn)
{
    size_t i = hash & mask;
    while (slots[i].conn != NULL)
        i = (i + 1) & mask;
    slots[i] = (struct slot){hash, conn};
}

static void grow(struct flow_table *table)
{
    size_t size = (table->mask + 1) * 2;
    struct slot *slots = base_calloc(size, sizeof *slots);
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i].conn != NULL)
            insert(slots, size - 1, table->slots[i].hash, table->slots[i].conn);
    free(table->slots);
    table->slots = slots;
    table->mask = size - 1;
}

void flow_put(struct flow_table *table, struct track_conn *conn)
{
    for (size_t i = conn->hash & table->mask; table->slots[i].conn != NULL;
         i = (i + 1) & table->mask)
        if (table->slots[i].hash == conn->hash &&
            is_of(table->slots[i].conn, &conn->end[0].endpoint, &conn->end[1].endpoint,
                  conn->scope)) {
            table->slots[i].conn = conn;
            return;
        }
    if ((table->count + 1) * 4 > (table->mask + 1) * 3)
        grow(table);
    insert(table->slots, table->mask, conn->hash, conn);
    table->count++;
}

/* Moves later entries of the probe chain back over the gap at i. */
static void close_gap(struct flow_table *table, size_t gap)
{
    for (size_t i = (gap + 1) & table->mask; table->slots[i].conn != NULL;
         i = (i + 1) & table->mask) {
        size_t home = table->slots[i].hash & table->mask;
        if (((i - home) & table->mask) >= ((i - gap) & table->mask)) {
            table->slots[gap] = table->slots[i];
            gap = i;
        }
    }
    table->slots[gap].conn = NULL;
}

void flow_remove(struct flow_table *table, const struct track_conn *conn)
{
    for (size_t i = conn->hash & table->mask; table->slots[i].conn != NULL;
         i = (i + 1) & table->mask)
        if (table->slots[i].conn == conn) {
            close_gap(table, i);
            table->count--;
            return;
        }
}

size_t flow_count(const struct flow_table *table)
{
    return table->count;
}

struct track_conn *flow_next(const struct flow_table *table, size_t *index)
{
    while (*index <= table->mask) {
        struct track_conn *conn = table->slots[(*index)++].conn;
        if (conn != NULL)
            return conn;
    }
    return NULL;
}
