/** @file
 * What a runtime has counted, as a value. docs/statistics.md describes it. */
#ifndef PYRO_RPC_STATS_H
#define PYRO_RPC_STATS_H

#include "rpc/runtime.h"
#include "value/sink.h"

struct pyro_daemon;

/** Choices of what is told. Zero-initialized: all but buckets. */
struct pyro_stats_options {
    /** Whose methods; NULL: those of all daemons, where the calls of the same method of objects
     * with the same id are summed. */
    const struct pyro_daemon *daemon;
    bool totals;  /**< no methods at all */
    bool buckets; /**< the counts of histograms, too */
};

/** Puts a dict. The sink must not change what is served: no finalizers of Lua may run. */
enum pyro_code pyro_stats_put(struct pyro_runtime *runtime,
                              const struct pyro_stats_options *options, struct pyro_sink *to);

/** Hears of the calls of a method; of those that have no tally of their own, with `object` and
 * `method` empty. Returns PYRO_OK to go on. */
typedef enum pyro_code pyro_stats_fn(void *context, struct pyro_slice object,
                                     struct pyro_slice method, const struct pyro_tally *calls);

/** Calls with each method of which the options want to know, until that returns an error. Nothing
 * may be called, registered or unregistered meanwhile. */
enum pyro_code pyro_stats_each_method(struct pyro_runtime *runtime,
                                      const struct pyro_stats_options *options, pyro_stats_fn *call,
                                      void *context);

#endif
