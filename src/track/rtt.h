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

/* Zeroed: no samples. */
struct rtt_times {
    uint64_t samples;
    uint64_t sum_ns;
    int64_t min_ns, max_ns;
    int64_t first_ns[RTT_EXACT]; /* until there are buckets */
    uint32_t *buckets;           /* owned; NULL: first_ns has them all */
};

/* A negative time counts as 0. */
void rtt_add(struct rtt_times *times, int64_t time_ns);
void rtt_describe(const struct rtt_times *times, struct track_rtt *out);
/* Frees what it owns, not the struct itself. */
void rtt_free(struct rtt_times *times);

#endif
