#include "base/histogram.h"

double pyro_histogram_bound(unsigned bucket)
{
    const double units = 4e6; /* in a second */
    unsigned next = bucket < PYRO_BUCKETS - 1 ? bucket + 1 : bucket;
    if (next < 4)
        return next / units;
    return (double)((uint64_t)(4 + next % 4) << (next / 4 - 1)) / units;
}

uint64_t pyro_histogram_total(const struct pyro_histogram *histogram)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < PYRO_BUCKETS; i++)
        total += histogram->counts[i];
    return total;
}

double pyro_histogram_quantile(const struct pyro_histogram *histogram, double quantile)
{
    double wanted = quantile * (double)pyro_histogram_total(histogram), below = 0;
    unsigned i = 0;
    if (wanted <= 0)
        return 0;
    while (i < PYRO_BUCKETS - 1 && below + (double)histogram->counts[i] < wanted)
        below += (double)histogram->counts[i++];
    double lower = i > 0 ? pyro_histogram_bound(i - 1) : 0;
    return lower +
           (pyro_histogram_bound(i) - lower) * (wanted - below) / (double)histogram->counts[i];
}

void pyro_histogram_add(struct pyro_histogram *histogram, const struct pyro_histogram *other)
{
    for (unsigned i = 0; i < PYRO_BUCKETS; i++)
        histogram->counts[i] += other->counts[i];
    histogram->sum += other->sum;
}
