/* Round-trip times as they come in: least, greatest, mean and quantiles in bounded memory. */
#include "config.h"

#include "track/rtt.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Bucket 0 is all below 2^FIRST_BIT ns; then each doubling is cut into SLICES of equal width. */
#define FIRST_BIT 10
#define LAST_BIT 36
#define SLICE_BITS 3
#define SLICES (1u << SLICE_BITS)
#define BUCKETS (1u + (LAST_BIT - FIRST_BIT + 1) * SLICES)

/* When there are more than RTT_FEW samples. */
struct rtt_many {
    uint64_t sum_ns;
    int64_t min_ns, max_ns;
    /* The latest, until there is no room for one more: then they go into the buckets together, so
     * that the waits for that memory overlap. */
    int64_t latest_ns[RTT_EXACT];
    uint32_t *buckets; /* owned; NULL: latest_ns has them all */
};

static unsigned bucket_of(int64_t time_ns)
{
    uint64_t time = (uint64_t)time_ns;
    if (time >> FIRST_BIT == 0)
        return 0;
    unsigned bit = 63 - (unsigned)__builtin_clzll(time);
    if (bit > LAST_BIT)
        return BUCKETS - 1;
    unsigned slice = (unsigned)(time >> (bit - SLICE_BITS)) & (SLICES - 1);
    return 1 + (bit - FIRST_BIT) * SLICES + slice;
}

/* Where a bucket begins, and how wide it is. */
static int64_t bucket_start(unsigned bucket, int64_t *width_ns)
{
    if (bucket == 0) {
        *width_ns = INT64_C(1) << FIRST_BIT;
        return 0;
    }
    unsigned shift = FIRST_BIT - SLICE_BITS + (bucket - 1) / SLICES;
    *width_ns = INT64_C(1) << shift;
    return (int64_t)(SLICES + (bucket - 1) % SLICES) << shift;
}

static void count(uint32_t *buckets, const int64_t *times_ns, unsigned number)
{
    for (unsigned i = 0; i < number; i++) {
        uint32_t *bucket = &buckets[bucket_of(times_ns[i])];
        if (*bucket < UINT32_MAX)
            ++*bucket;
    }
}

static void add_to_many(struct rtt_many *many, uint64_t samples, int64_t time_ns)
{
    if (samples == 0 || time_ns < many->min_ns)
        many->min_ns = time_ns;
    if (samples == 0 || time_ns > many->max_ns)
        many->max_ns = time_ns;
    if (samples > 0 && samples % RTT_EXACT == 0) {
        if (many->buckets == NULL)
            many->buckets = base_calloc(BUCKETS, sizeof *many->buckets);
        count(many->buckets, many->latest_ns, RTT_EXACT);
    }
    many->latest_ns[samples % RTT_EXACT] = time_ns;
    many->sum_ns += (uint64_t)time_ns;
}

void rtt_add(struct rtt_times *times, int64_t time_ns)
{
    if (time_ns < 0)
        time_ns = 0;
    if (times->samples == RTT_FEW) {
        times->many = base_calloc(1, sizeof *times->many);
        for (unsigned i = 0; i < RTT_FEW; i++)
            add_to_many(times->many, i, times->few_ns[i]);
    }
    if (times->many != NULL)
        add_to_many(times->many, times->samples, time_ns);
    else
        times->few_ns[times->samples] = time_ns;
    times->samples++;
}

int64_t rtt_least(const struct rtt_times *times)
{
    if (times->many != NULL)
        return times->many->min_ns;
    int64_t least_ns = times->samples > 0 ? times->few_ns[0] : -1;
    for (unsigned i = 1; i < times->samples; i++)
        if (times->few_ns[i] < least_ns)
            least_ns = times->few_ns[i];
    return least_ns;
}

/* How many of n samples a quantile has at or below it: the nearest rank, from 1. */
static uint64_t rank_of(uint64_t samples, unsigned percent)
{
    uint64_t whole = samples / 100 * percent;
    uint64_t rank = whole + (samples % 100 * percent + 99) / 100;
    return rank > 0 ? rank : 1;
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int64_t exact_quantile(const struct rtt_many *many, uint64_t samples, unsigned percent)
{
    int64_t sorted[RTT_EXACT];
    memcpy(sorted, many->latest_ns, sizeof sorted);
    qsort(sorted, (size_t)samples, sizeof sorted[0], compare);
    return sorted[rank_of(samples, percent) - 1];
}

/* The middle of the bucket that holds the rank: at most half a bucket off. */
static int64_t bucket_quantile(const struct rtt_many *many, uint64_t samples, unsigned percent)
{
    uint32_t buckets[BUCKETS];
    uint64_t below = 0, rank = rank_of(samples, percent);
    unsigned i = 0;
    memcpy(buckets, many->buckets, sizeof buckets);
    count(buckets, many->latest_ns, (unsigned)((samples - 1) % RTT_EXACT) + 1);
    while (i + 1 < BUCKETS && below + buckets[i] < rank)
        below += buckets[i++];
    int64_t width_ns, start_ns = bucket_start(i, &width_ns);
    int64_t time_ns = start_ns + width_ns / 2;
    if (time_ns < many->min_ns)
        return many->min_ns;
    return time_ns > many->max_ns ? many->max_ns : time_ns;
}

static int64_t quantile(const struct rtt_many *many, uint64_t samples, unsigned percent)
{
    return many->buckets != NULL ? bucket_quantile(many, samples, percent)
                                 : exact_quantile(many, samples, percent);
}

void rtt_describe(const struct rtt_times *times, struct track_rtt *out)
{
    *out = (struct track_rtt){.samples = times->samples};
    if (times->samples == 0)
        return;
    struct rtt_many few = {0};
    const struct rtt_many *many = times->many;
    if (many == NULL) {
        for (unsigned i = 0; i < times->samples; i++)
            add_to_many(&few, i, times->few_ns[i]);
        many = &few;
    }
    out->min_ns = many->min_ns;
    out->max_ns = many->max_ns;
    out->mean_ns = (int64_t)(many->sum_ns / times->samples);
    out->median_ns = quantile(many, times->samples, 50);
    out->p95_ns = quantile(many, times->samples, 95);
}

void rtt_free(struct rtt_times *times)
{
    if (times->many == NULL)
        return;
    free(times->many->buckets);
    free(times->many);
    times->many = NULL;
}
