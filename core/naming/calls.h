/** @file
 * The name server's methods. Private to naming/. */
#ifndef PYRO_NAMING_CALLS_H
#define PYRO_NAMING_CALLS_H

#include "naming/call.h"

/** Sends the metadata of a name server to `to`. */
enum pyro_code calls_describe(struct pyro_sink *to);

/** Answers a call, now or later; calls that wait are answered with an error when the storage is
 * closed, and by removal_end_all(). */
enum pyro_code calls_run(struct calls *calls, const struct pyro_native_call *native);

#endif
