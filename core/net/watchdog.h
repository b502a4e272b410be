/** @file
 * Telling a service manager that the loop still runs. */
#ifndef PYRO_NET_WATCHDOG_H
#define PYRO_NET_WATCHDOG_H

#include "net/loop.h"

struct pyro_watchdog;

/** Tells the manager, as often as it wants to know, that the loop runs: in completions, so that one
 * that hangs is noticed. Nobody waits for that. NULL where the manager does not want to know
 * (WATCHDOG_USEC, WATCHDOG_PID), or out of memory. */
struct pyro_watchdog *pyro_watchdog_new(struct pyro_loop *loop);

/** Accepts NULL. */
void pyro_watchdog_free(struct pyro_watchdog *watchdog);

#endif
