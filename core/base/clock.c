#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec time = {.tv_sec = 0};
    clock_gettime(clock, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double pyro_cpu_seconds(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

double pyro_wall_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double pyro_date_seconds(void)
{
    return seconds_of(CLOCK_REALTIME);
}
