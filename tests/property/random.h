/* Seeded random numbers: the same seed gives the same run everywhere. */
#ifndef TCPVIZ_PROPERTY_RANDOM_H
#define TCPVIZ_PROPERTY_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* SplitMix64: every seed is a good one, neighbours too. */
static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* 0 to n - 1; n > 0. */
static inline uint32_t random_below(struct random *random, uint32_t n)
{
    return (uint32_t)((random_next(random) >> 32) * n >> 32);
}

/* low to high, both included. */
static inline int64_t random_between(struct random *random, int64_t low, int64_t high)
{
    return low + (int64_t)(random_next(random) % (uint64_t)(high - low + 1));
}

/* low to high, each power of two alike: for what spans orders of magnitude. */
static inline int64_t random_scaled(struct random *random, int64_t low, int64_t high)
{
    unsigned doublings = 0;
    while (low << (doublings + 1) <= high)
        doublings++;
    int64_t from = low << random_below(random, doublings + 1);
    int64_t to = 2 * from < high ? 2 * from : high;
    return random_between(random, from, to);
}

static inline bool random_chance(struct random *random, uint32_t permille)
{
    return random_below(random, 1000) < permille;
}

#endif
