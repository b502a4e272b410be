/** @file
 * What a runtime counts of itself, always. rpc/stats.h tells it.
 *
 * Calls are counted by object and method. A method gets a tally only once it is found, so that
 * names which clients make up cost nothing; there are MOST_METHODS of them in a runtime
 * (counters.c), and all others have one together. They go when their object does. */
#ifndef PYRO_RPC_COUNTERS_H
#define PYRO_RPC_COUNTERS_H

#include "base/list.h"
#include "base/tally.h"
#include "rpc/refusals.h"

struct pyro_object;

/** The calls of a method of an object. */
struct pyro_method_tally {
    struct pyro_tally calls;
    struct pyro_list node;          /**< in the list of all */
    struct pyro_method_tally *next; /**< of the object; what was called last comes first */
    struct pyro_slice name;         /**< behind the struct */
    bool gone;                      /**< its object is: it is freed with the last call in flight */
};

/** Numbers that others have at the moment, or count themselves. */
struct pyro_gauges {
    uint64_t tasks;        /**< that have not ended */
    uint64_t lua_memory;   /**< bytes of the Lua state */
    uint64_t names;        /**< that are registered in name servers of the runtime, */
    uint64_t leases;       /**< and of these, with a lease */
    uint64_t renewals;     /**< of leases */
    uint64_t ended_leases; /**< that nobody has renewed */
    uint64_t changes, failed_changes, pending_changes; /**< of names, in their storages */
};

/** Whoever knows some of them. Embedded. */
struct pyro_gauge_source {
    struct pyro_list node;
    /** Adds what it knows. */
    void (*add)(const struct pyro_gauge_source *source, struct pyro_gauges *gauges);
};

struct pyro_counters {
    double opened; /**< when, by the loop's clock */
    struct pyro_classes classes;
    struct pyro_list tallies;             /**< of methods */
    size_t methods;                       /**< how many these are, */
    struct pyro_method_tally other;       /**< that of methods which have none of their own, */
    struct pyro_tally gone;               /**< what others had counted when they were freed, */
    struct pyro_tally unfound;            /**< and calls whose method was not found */
    uint64_t oneway, batches;             /**< requests of these kinds */
    uint64_t connections;                 /**< that were accepted */
    uint64_t handshakes;                  /**< that went well */
    uint64_t failed_handshakes;           /**< but those of TLS */
    uint64_t refused[PYRO_REFUSAL_COUNT]; /**< connections; and calls, with PYRO_REFUSED_CALL */
    uint64_t item_streams;                /**< that were made */
    uint64_t tasks;                       /**< that were started */
    uint64_t connects;                    /**< connections that proxies have made */
    uint64_t made, raised, retries;       /**< calls of proxies; exceptions; repeated attempts */
    struct pyro_tally lost;               /**< errors of proxies' calls that got no reply */
    struct pyro_list sources;             /**< of gauges */
};

/** Opens counters, which are zero. */
void pyro_counters_open(struct pyro_counters *counters);
void pyro_counters_close(struct pyro_counters *counters);

/** Frees the tallies of an object that is served no more. */
void pyro_counters_forget(struct pyro_counters *counters, struct pyro_object *object);

/** Adds all calls that were served to `sum`, which has room for errors. */
void pyro_counters_sum(const struct pyro_counters *counters, struct pyro_tally *sum);

/* The rest is private to rpc/. */

/** Returns whether a tally is that of the method. */
static inline bool pyro_tally_is_of(const struct pyro_method_tally *tally, struct pyro_slice method)
{
    return tally->name.length == method.length &&
           memcmp(tally->name.data, method.data, method.length) == 0;
}

/** Returns the tally of an object's method, and makes it the first; NULL where it has none. */
struct pyro_method_tally *pyro_tally_find(struct pyro_object *object, struct pyro_slice method);

/** Returns the tally of a method, which gets one now if it has none; where there are enough, or
 * memory lacks, it is the one of others. */
struct pyro_method_tally *pyro_tally_of(struct pyro_counters *counters, struct pyro_object *object,
                                        struct pyro_slice method);

/** Frees a tally without calls in flight; what it has counted stays counted. */
void pyro_tally_drop(struct pyro_counters *counters, struct pyro_method_tally *tally);

#endif
