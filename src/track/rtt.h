/* Round-trip times as they come in: least, greatest, mean and quantiles in bounded memory.
 * Internal.
 *
 * The first RTT_EXACT samples are kept, and the quantiles of so few are exact. Beyond that they are
 * counted in buckets on a logarithmic scale, eight to each doubling, from 1 µs to 137 s: a quantile
 * is then within 6.25 % of the true one (below 1 µs: within 1 µs). Least and greatest are always
 * exact. */
#ifndef TCPVIZ_TRACK_RTT_H
#define TCPVIZ_TRACK_RTT_H

#include "track/event.h"

#define RTT_EXACT 16
#define RTT_FEW 5

struct rtt_many;

/* Zeroed: no samples. Few samples need no memory of their own; of many the latest wait here until
 * they are counted together, so that a sample touches one cache line. */
struct rtt_times {
    uint64_t samples;
    struct rtt_many *many;   /* owned; NULL while few_ns has them all */
    int64_t many_least_ns;   /* of those in many */
    int64_t few_ns[RTT_FEW]; /* samples % RTT_FEW of them */
};

/* A negative time counts as 0. */
void rtt_add(struct rtt_times *times, int64_t time_ns);
/* The least; -1 without samples. */
int64_t rtt_least(const struct rtt_times *times);
void rtt_describe(const struct rtt_times *times, struct track_rtt *out);
/* Frees what it owns, not the struct itself. */
void rtt_free(struct rtt_times *times);

#endif
