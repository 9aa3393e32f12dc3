/* Sequence numbers: the only place that does arithmetic modulo 2^32 (RFC 9293 section 3.4).
 * Elsewhere, "<" between two sequence numbers is a bug. */
#ifndef TCPVIZ_TRACK_SEQ_H
#define TCPVIZ_TRACK_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* How far b lies behind a: positive when a is later. Meaningful within half the number space. */
static inline int32_t seq_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline bool seq_lt(uint32_t a, uint32_t b)
{
    return seq_diff(a, b) < 0;
}

static inline bool seq_leq(uint32_t a, uint32_t b)
{
    return seq_diff(a, b) <= 0;
}

static inline bool seq_gt(uint32_t a, uint32_t b)
{
    return seq_diff(a, b) > 0;
}

static inline bool seq_geq(uint32_t a, uint32_t b)
{
    return seq_diff(a, b) >= 0;
}

/* low <= value < low + size. */
static inline bool seq_in_window(uint32_t value, uint32_t low, uint32_t size)
{
    return value - low < size;
}

static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
    return seq_gt(a, b) ? a : b;
}

/* value as a 64-bit count from base on, given that it lies within half the number space of the
 * count near. What lies before base is negative. */
static inline int64_t seq_unwrap(uint32_t value, uint32_t base, uint64_t near)
{
    return (int64_t)near + seq_diff(value - base, (uint32_t)near);
}

#endif
