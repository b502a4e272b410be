/** @file
 * The name server's methods. Private to naming/. */
#ifndef PYRO_NAMING_CALLS_H
#define PYRO_NAMING_CALLS_H

#include "naming/server/call.h"

/** Opens a name server's storage (storage_open.h), and what works on it. After an error, too, the
 * caller closes it. */
enum pyro_code calls_open(struct calls *calls, struct pyro_runtime *runtime, const char *storage,
                          struct pyro_error *err);

/** Answers all calls that wait with an error, and frees. The daemon is closed before. */
void calls_close(struct calls *calls);

/** Sends the metadata of a name server to `to`. */
enum pyro_code calls_describe(struct pyro_sink *to);

/** Answers a call, now or later. */
enum pyro_code calls_run(struct calls *calls, const struct pyro_native_call *native);

#endif
