/** @file
 * A histogram of times, with bounds that are the same everywhere: those of several processes can be
 * summed. It has four buckets in the first microsecond, and four in each octave from there on. */
#ifndef PYRO_BASE_HISTOGRAM_H
#define PYRO_BASE_HISTOGRAM_H

#include "base/common.h"

/** Buckets; the last one is of all times from 134 seconds up. */
#define PYRO_BUCKETS 113

/** Zero-initialized is empty. */
struct pyro_histogram {
    uint64_t counts[PYRO_BUCKETS];
    uint64_t sum; /**< of all times, in nanoseconds */
};

/** Returns the bucket of a time in nanoseconds. */
static inline unsigned pyro_histogram_bucket(uint64_t nanoseconds)
{
    uint64_t time = nanoseconds / 250;
    unsigned shift = 61 - (unsigned)__builtin_clzll(time | 4);
    unsigned bucket = 4 * shift + (unsigned)(time >> shift);
    return bucket < PYRO_BUCKETS ? bucket : PYRO_BUCKETS - 1;
}

/** Counts a time in nanoseconds. */
static inline void pyro_histogram_count(struct pyro_histogram *histogram, uint64_t nanoseconds)
{
    histogram->counts[pyro_histogram_bucket(nanoseconds)]++;
    histogram->sum += nanoseconds;
}

/** Returns the upper bound of a bucket in seconds, which times in it do not reach. The last one has
 * none: its lower bound is returned. */
double pyro_histogram_bound(unsigned bucket);

/** Returns how many times were counted. */
uint64_t pyro_histogram_total(const struct pyro_histogram *histogram);

/** Returns the time in seconds that the part `quantile` (0 to 1) of all times does not exceed,
 * interpolated in its bucket; 0 where there are none. */
double pyro_histogram_quantile(const struct pyro_histogram *histogram, double quantile);

/** Adds the counts of another one. */
void pyro_histogram_add(struct pyro_histogram *histogram, const struct pyro_histogram *other);

#endif
