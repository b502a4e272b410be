#include "base/clock.h"

#include <time.h>

double pyro_cpu_seconds(void)
{
    struct timespec time = {.tv_sec = 0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}
