/* A map from numbers to pointers: open addressing, linear probing, no tombstones. */
#include "config.h"

#include "base/u64map.h"

#include <assert.h>
#include <stdlib.h>

#include "base/xalloc.h"

/* Fibonacci hashing: consecutive numbers scatter. */
static size_t home_of(const struct base_u64map *map, uint64_t key)
{
    return (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (map->capacity - 1);
}

/* The slot of the key, or the free one where it belongs. There is always a free one. */
static size_t find(const struct base_u64map *map, uint64_t key)
{
    size_t at = home_of(map, key);
    while (map->slots[at].value != NULL && map->slots[at].key != key)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

static void grow(struct base_u64map *map)
{
    struct base_u64map old = *map;
    map->capacity = old.capacity > 0 ? 2 * old.capacity : 16;
    map->slots = base_calloc(map->capacity, sizeof map->slots[0]);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].value != NULL)
            map->slots[find(map, old.slots[i].key)] = old.slots[i];
    free(old.slots);
}

void base_u64map_free(struct base_u64map *map)
{
    free(map->slots);
    *map = (struct base_u64map)BASE_U64MAP_INIT;
}

void *base_u64map_get(const struct base_u64map *map, uint64_t key)
{
    return map->capacity > 0 ? map->slots[find(map, key)].value : NULL;
}

void base_u64map_put(struct base_u64map *map, uint64_t key, void *value)
{
    assert(value != NULL);
    if (4 * (map->count + 1) > 3 * map->capacity)
        grow(map);
    struct base_u64map_slot *slot = &map->slots[find(map, key)];
    map->count += slot->value == NULL;
    *slot = (struct base_u64map_slot){key, value};
}

void *base_u64map_remove(struct base_u64map *map, uint64_t key)
{
    if (map->capacity == 0)
        return NULL;
    size_t hole = find(map, key), mask = map->capacity - 1;
    void *value = map->slots[hole].value;
    if (value == NULL)
        return NULL;
    map->count--;
    /* Those behind the hole move up unless that would put them before their home. */
    for (size_t at = (hole + 1) & mask; map->slots[at].value != NULL; at = (at + 1) & mask) {
        size_t home = home_of(map, map->slots[at].key);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        map->slots[hole] = map->slots[at];
        hole = at;
    }
    map->slots[hole].value = NULL;
    return value;
}

void *base_u64map_next(const struct base_u64map *map, size_t *at)
{
    while (*at < map->capacity) {
        void *value = map->slots[(*at)++].value;
        if (value != NULL)
            return value;
    }
    return NULL;
}
