/* Stands for the C library's functions that tell the time, and for those of epoll, by their names:
 * the dynamic linker takes a program's own function first, for libuv as well. */
#include "support/fake_clock.h"

#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))
#define SIGNAL_BYTES 8 /* of a set of signals, as the kernel has it */
#define NANOSECONDS 1000000000

/* Times as the kernel has them, with 64 bits and with the machine's. */
struct long_time {
    int64_t seconds, nanoseconds;
};

struct short_time {
    long seconds, nanoseconds;
};

static struct {
    bool on;
    int64_t passed;                /* nanoseconds */
    int64_t monotonic, since_1970; /* nanoseconds, at the start */
} fake;

static int64_t ask(clockid_t clock)
{
#ifdef SYS_clock_gettime64
    struct long_time time = {.seconds = 0};
    syscall(SYS_clock_gettime64, clock, &time);
#else
    struct short_time time = {.seconds = 0};
    syscall(SYS_clock_gettime, clock, &time);
#endif
    return (int64_t)time.seconds * NANOSECONDS + time.nanoseconds;
}

static int64_t tell(clockid_t clock)
{
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        return fake.on ? fake.monotonic + fake.passed : ask(clock);
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        return fake.on ? fake.since_1970 + fake.passed : ask(clock);
    default:
        return ask(clock);
    }
}

int fake_clock_gettime(clockid_t clock, struct short_time *out) __asm__("clock_gettime");
EXPORTED int fake_clock_gettime(clockid_t clock, struct short_time *out)
{
    int64_t time = tell(clock);
    *out = (struct short_time){(long)(time / NANOSECONDS), (long)(time % NANOSECONDS)};
    return 0;
}

int fake_clock_gettime64(clockid_t clock, struct long_time *out) __asm__("__clock_gettime64");
EXPORTED int fake_clock_gettime64(clockid_t clock, struct long_time *out)
{
    int64_t time = tell(clock);
    *out = (struct long_time){time / NANOSECONDS, time % NANOSECONDS};
    return 0;
}

int fake_epoll_pwait(int set, struct epoll_event *events, int size, int timeout,
                     const sigset_t *signals) __asm__("epoll_pwait");
EXPORTED int fake_epoll_pwait(int set, struct epoll_event *events, int size, int timeout,
                              const sigset_t *signals)
{
    bool jumps = fake.on && timeout > 0;
    int count = (int)syscall(SYS_epoll_pwait, set, events, size, jumps ? 0 : timeout, signals,
                             SIGNAL_BYTES);
    if (jumps && count == 0)
        fake.passed += (int64_t)timeout * (NANOSECONDS / 1000);
    return count;
}

int fake_epoll_wait(int set, struct epoll_event *events, int size,
                    int timeout) __asm__("epoll_wait");
EXPORTED int fake_epoll_wait(int set, struct epoll_event *events, int size, int timeout)
{
    return fake_epoll_pwait(set, events, size, timeout, NULL);
}

void fake_clock_start(void)
{
    fake.monotonic = (ask(CLOCK_MONOTONIC) / NANOSECONDS + 1) * NANOSECONDS;
    fake.since_1970 = ask(CLOCK_REALTIME);
    fake.passed = 0;
    fake.on = true;
}

void fake_clock_advance(double seconds)
{
    fake.passed += (int64_t)(seconds * NANOSECONDS);
}

double fake_clock_passed(void)
{
    return (double)fake.passed / NANOSECONDS;
}

void fake_clock_stop(void)
{
    fake.on = false;
}

bool fake_clock_is_on(void)
{
    return fake.on;
}

double real_seconds(void)
{
    return (double)ask(CLOCK_MONOTONIC) / NANOSECONDS;
}
