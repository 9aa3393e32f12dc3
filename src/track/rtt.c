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

#define RTT_LISTED 128

/* When there are RTT_FEW samples and more. */
struct rtt_many {
    uint64_t samples;
    uint64_t sum_ns;
    int64_t min_ns, max_ns;
    uint32_t *buckets; /* owned; NULL: there are no more than can be listed */
    union {
        int64_t first_ns[RTT_EXACT]; /* up to RTT_EXACT samples */
        uint8_t bucket[RTT_LISTED];  /* beyond: the bucket of each, until there are buckets */
    };
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

static void count(uint32_t *buckets, unsigned bucket)
{
    if (buckets[bucket] < UINT32_MAX)
        buckets[bucket]++;
}

static void count_listed(const struct rtt_many *many, uint32_t *buckets)
{
    for (unsigned i = 0; i < many->samples; i++)
        count(buckets, many->bucket[i]);
}

/* From samples to a list of buckets. */
static void list_buckets(struct rtt_many *many)
{
    uint8_t bucket[RTT_EXACT];
    for (unsigned i = 0; i < RTT_EXACT; i++)
        bucket[i] = (uint8_t)bucket_of(many->first_ns[i]);
    memcpy(many->bucket, bucket, sizeof bucket);
}

static void note_time(struct rtt_many *many, int64_t time_ns)
{
    if (many->samples < RTT_EXACT) {
        many->first_ns[many->samples] = time_ns;
        return;
    }
    if (many->samples == RTT_EXACT)
        list_buckets(many);
    if (many->samples < RTT_LISTED) {
        many->bucket[many->samples] = (uint8_t)bucket_of(time_ns);
        return;
    }
    if (many->buckets == NULL) {
        many->buckets = base_calloc(BUCKETS, sizeof *many->buckets);
        count_listed(many, many->buckets);
    }
    count(many->buckets, bucket_of(time_ns));
}

static void add_to_many(struct rtt_many *many, int64_t time_ns)
{
    if (many->samples == 0 || time_ns < many->min_ns)
        many->min_ns = time_ns;
    if (many->samples == 0 || time_ns > many->max_ns)
        many->max_ns = time_ns;
    note_time(many, time_ns);
    many->samples++;
    many->sum_ns += (uint64_t)time_ns;
}

static void count_few(struct rtt_times *times)
{
    if (times->many == NULL)
        times->many = base_calloc(1, sizeof *times->many);
    for (unsigned i = 0; i < RTT_FEW; i++)
        add_to_many(times->many, times->few_ns[i]);
    times->many_least_ns = times->many->min_ns;
}

void rtt_add(struct rtt_times *times, int64_t time_ns)
{
    unsigned few = (unsigned)(times->samples % RTT_FEW);
    times->few_ns[few] = time_ns > 0 ? time_ns : 0;
    times->samples++;
    if (few == RTT_FEW - 1)
        count_few(times);
}

int64_t rtt_least(const struct rtt_times *times)
{
    unsigned few = (unsigned)(times->samples % RTT_FEW);
    if (times->samples == 0)
        return -1;
    int64_t least_ns = times->many != NULL ? times->many_least_ns : times->few_ns[0];
    for (unsigned i = 0; i < few; i++)
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
    memcpy(sorted, many->first_ns, sizeof sorted);
    qsort(sorted, (size_t)samples, sizeof sorted[0], compare);
    return sorted[rank_of(samples, percent) - 1];
}

/* The middle of the bucket that holds the rank: at most half a bucket off. */
static int64_t bucket_quantile(const struct rtt_many *many, const uint32_t *buckets,
                               unsigned percent)
{
    uint64_t below = 0, rank = rank_of(many->samples, percent);
    unsigned i = 0;
    while (i + 1 < BUCKETS && below + buckets[i] < rank)
        below += buckets[i++];
    int64_t width_ns, start_ns = bucket_start(i, &width_ns);
    int64_t time_ns = start_ns + width_ns / 2;
    if (time_ns < many->min_ns)
        return many->min_ns;
    return time_ns > many->max_ns ? many->max_ns : time_ns;
}

/* All samples: those that wait too. buckets: BUCKETS of them, all 0. */
static struct rtt_many all_samples(const struct rtt_times *times, uint32_t *buckets)
{
    struct rtt_many many = {0};
    if (times->many != NULL)
        many = *times->many;
    if (many.buckets != NULL)
        memcpy(buckets, many.buckets, BUCKETS * sizeof *buckets);
    if (times->samples > RTT_LISTED && many.buckets == NULL)
        count_listed(&many, buckets);
    if (times->samples > RTT_LISTED)
        many.buckets = buckets;
    for (unsigned i = 0; i < times->samples % RTT_FEW; i++)
        add_to_many(&many, times->few_ns[i]);
    if (many.buckets == NULL && many.samples > RTT_EXACT)
        count_listed(&many, buckets);
    return many;
}

static int64_t quantile(const struct rtt_many *many, const uint32_t *buckets, unsigned percent)
{
    return many->samples > RTT_EXACT ? bucket_quantile(many, buckets, percent)
                                     : exact_quantile(many, many->samples, percent);
}

void rtt_describe(const struct rtt_times *times, struct track_rtt *out)
{
    *out = (struct track_rtt){.samples = times->samples};
    if (times->samples == 0)
        return;
    uint32_t buckets[BUCKETS] = {0};
    struct rtt_many many = all_samples(times, buckets);
    out->min_ns = many.min_ns;
    out->max_ns = many.max_ns;
    out->mean_ns = (int64_t)(many.sum_ns / times->samples);
    out->median_ns = quantile(&many, buckets, 50);
    out->p95_ns = quantile(&many, buckets, 95);
}

void rtt_free(struct rtt_times *times)
{
    if (times->many == NULL)
        return;
    free(times->many->buckets);
    free(times->many);
    times->many = NULL;
}
