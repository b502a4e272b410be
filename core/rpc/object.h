/** @file
 * What a daemon serves: everything served is an object of three functions. A Lua table, a C struct,
 * the name server and `Pyro.Daemon` differ in nothing that the daemon can see. */
#ifndef PYRO_RPC_OBJECT_H
#define PYRO_RPC_OBJECT_H

#include "value/sink.h"

/** Ids that objects have in all programs: the daemon's own, and the name server's. */
#define PYRO_DAEMON_NAME "Pyro.Daemon"
#define PYRO_NAMESERVER_NAME "Pyro.NameServer"

struct pyro_method_tally;
struct pyro_object;
struct pyro_request;

struct pyro_object_ops {
    /** Sends the metadata to `to`: a dict with the lists "methods", "oneway" and "attrs". */
    enum pyro_code (*describe)(struct pyro_object *self, struct pyro_sink *to);
    /** Takes a request (rpc/request.h), and answers it exactly once, now or later: with begin and
     * end, or with fail, or (no answer wanted) with finish. Private names do not get here. */
    void (*invoke)(struct pyro_object *self, struct pyro_request *request);
    /** Lets go of the object: it was unregistered, or the daemon closed. */
    void (*release)(struct pyro_object *self);
    /** Like describe, with the dicts "docs", texts that say what the members do, and "parameters",
     * of methods. NULL: there are none. */
    enum pyro_code (*document)(struct pyro_object *self, struct pyro_sink *to);
};

/** Embedded in whatever is served; zero-initialize, set `ops`. */
struct pyro_object {
    const struct pyro_object_ops *ops;
    bool asks_names; /**< asks again, by pyro_guard_name(), once the name that a call is about is
                        read: rules of ALLOW with `name` may allow the call until then */
    struct pyro_method_tally *tallies; /**< of its methods (rpc/counters.h) */
};

#endif
