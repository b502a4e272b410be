/** @file
 * Finds out whether a server can be connected to. Private to naming/. */
#ifndef PYRO_NAMING_PROBE_H
#define PYRO_NAMING_PROBE_H

#include "net/connect.h"
#include "net/timer.h"
#include "rpc/runtime.h"

struct probe {
    struct pyro_stream *stream; /**< NULL: it does not run */
    struct pyro_timer *timer;
    struct pyro_completion late;
    /** Called once for each start, later, when it has stopped: may start it again. */
    void (*done)(struct probe *probe, bool reached);
};

/** Initializes a probe. False: out of memory. */
bool probe_init(struct probe *probe, struct pyro_runtime *runtime,
                void (*done)(struct probe *probe, bool reached));

/** Starts to connect to a URI's location, for so many seconds at most, then hangs up: nothing is
 * sent. False where it cannot even begin, for want of something of this machine. */
bool probe_start(struct probe *probe, struct pyro_runtime *runtime, const struct pyro_uri *uri,
                 double seconds);

/** Stops without a call of `done`, and frees what it has. */
void probe_free(struct probe *probe);

#endif
