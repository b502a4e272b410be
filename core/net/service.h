/** @file
 * What a service manager (systemd, or another that does the same) and a service tell each other. */
#ifndef PYRO_NET_SERVICE_H
#define PYRO_NET_SERVICE_H

#include "base/error.h"

/** The listening socket that the manager has made for this process; -1 where it made none.
 * Programs that this one starts do not get it. PYRO_EVALUE where there is more than one. */
enum pyro_code pyro_service_socket(int *descriptor, struct pyro_error *err);

/** Returns whether there is a manager that wants to be told (NOTIFY_SOCKET). */
bool pyro_service_is_managed(void);

/** Returns after how many seconds without "WATCHDOG=1" the manager thinks that this process hangs
 * (WATCHDOG_USEC, WATCHDOG_PID); 0: never. */
double pyro_service_watchdog(void);

/** Tells the manager, if there is one that wants to know, of a state ("READY=1"). `err` may be
 * NULL.
 */
enum pyro_code pyro_service_notify(const char *state, struct pyro_error *err);

#endif
