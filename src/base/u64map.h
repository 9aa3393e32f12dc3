/* A map from numbers to pointers, for connection numbers: what comes from the network is no key of
 * it. */
#ifndef TCPVIZ_BASE_U64MAP_H
#define TCPVIZ_BASE_U64MAP_H

#include <stddef.h>
#include <stdint.h>

struct base_u64map {
    struct base_u64map_slot *slots; /* owned */
    size_t count, capacity;         /* capacity: a power of two, or 0 */
};

struct base_u64map_slot {
    uint64_t key;
    void *value; /* NULL: the slot is free */
};

#define BASE_U64MAP_INIT                                                                           \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

/* The values stay the caller's. */
void base_u64map_free(struct base_u64map *map);
/* NULL if there is none. */
void *base_u64map_get(const struct base_u64map *map, uint64_t key);
/* Sets or replaces; value must not be NULL. */
void base_u64map_put(struct base_u64map *map, uint64_t key, void *value);
/* The value that was there, or NULL. */
void *base_u64map_remove(struct base_u64map *map, uint64_t key);
/* To go through all: the value of the first used slot at or after *at, which moves past it; NULL at
 * the end. The map must not change meanwhile. */
void *base_u64map_next(const struct base_u64map *map, size_t *at);

#endif
