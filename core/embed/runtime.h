/** @file
 * A runtime from the inside: its last error, entering and leaving it, and what other files of
 * embed/ keep in it. */
#ifndef PYRO_EMBED_RUNTIME_H
#define PYRO_EMBED_RUNTIME_H

#include "base/assert.h"
#include "base/report.h"
#include "bind/base/marks.h"
#include "bind/module/lembed.h"
#include "embed/post.h"
#include "include/pyrolua.h"
#include "wire/trace.h"

/** The state that a chain of calls shares: calls that a method makes continue the chain of its
 * request. */
struct embed_chain {
    bool correlated; /**< `correlation` is set */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    size_t traced; /**< bytes of the traceparent; 0: there is none */
    char traceparent[PYRO_TRACEPARENT_SIZE];
    uint64_t awaited; /**< calls up to this one may wait for the request; 0: no client does */
};

/** The end of the handles that a file keeps in a runtime. Each function may be NULL. All but
 * `free` leave every handle in place, and may call the program's functions. */
struct embed_part {
    /** Serves nothing any more: the runtime is to be closed, as soon as its functions return. */
    void (*stop)(pyrolua_runtime *runtime);
    /** Ends what is under way, and gives the program its own back. */
    void (*close)(pyrolua_runtime *runtime);
    /** Frees the handles that are left. */
    void (*free)(pyrolua_runtime *runtime);
};

/** Parts, in the order in which they are closed and freed. */
enum embed_part_name {
    EMBED_DAEMONS,
    EMBED_REPLIES,
    EMBED_CALLS,
    EMBED_PROXIES,
    EMBED_STATS,
    EMBED_PROVIDED, /**< objects that scripts have */
    EMBED_PARTS
};

/** The handles of a part. */
struct embed_kept {
    const struct embed_part *part; /**< NULL: none was ever kept */
    struct pyro_list handles;
};

struct pyrolua_runtime {
    struct lruntime *lua; /**< NULL: opening failed */
    struct pyro_report report;
    pyrolua_error error; /**< views of the report's strings */
    struct posts posts;
    struct {
        pyrolua_logger *function; /**< hears of lines of the log; or NULL */
        void *context;
    } logger;
    struct embed_kept parts[EMBED_PARTS];
    struct embed_chain serving; /**< of the request whose method runs; none during steps */
    unsigned reentrancy;        /**< functions on the C stack that the runtime has to outlive */
    uint64_t callback;          /**< number of the program's function that runs; 0: none does */
    uint64_t callbacks;         /**< how many were called */
    uint64_t failed_callback;   /**< the one that ran when the last error was set */
    bool closing; /**< pyrolua_free() was called: the outermost function destroys the runtime */
};

/** Enters a function that may call the program's functions, which may free the runtime.
 * PYROLUA_ECLOSED if that has happened already: then there is nothing to leave. */
int embed_enter(pyrolua_runtime *runtime);

/** Enters a function that steps the loop: as embed_enter(), or PYROLUA_ENESTED if too many steps
 * are on the C stack. */
LOOP_STEPS int embed_enter_wait(pyrolua_runtime *runtime);

/** Leaves what was entered; destroys the runtime if that was the outermost and the runtime is
 * closing. Returns `code`, or PYROLUA_ECLOSED if the runtime is closing. */
LOOP_STEPS int embed_leave(pyrolua_runtime *runtime, int code);

/** Precedes the call of a function of the program's, which may free the runtime: it is destroyed
 * by the function that was entered. Returns what embed_leave_callback() needs. */
static inline uint64_t embed_enter_callback(pyrolua_runtime *runtime)
{
    uint64_t outer = runtime->callback;
    runtime->callback = ++runtime->callbacks;
    runtime->reentrancy++;
    return outer;
}

/** Follows the call of a function of the program's. */
static inline void embed_leave_callback(pyrolua_runtime *runtime, uint64_t outer)
{
    PYRO_ASSERT(runtime->reentrancy > 0 && outer < runtime->callback);
    runtime->reentrancy--;
    runtime->callback = outer;
}

/** Keeps a handle in the runtime until its node is removed. `part` is the same for all of a name.
 */
void embed_keep(pyrolua_runtime *runtime, enum embed_part_name name, const struct embed_part *part,
                struct pyro_list *node);

/** Returns the handles of a part. */
static inline struct pyro_list *embed_handles(pyrolua_runtime *runtime, enum embed_part_name name)
{
    return &runtime->parts[name].handles;
}

/** Sets the runtime's last error; returns its code. */
int embed_fail(pyrolua_runtime *runtime, const struct pyro_error *err);

/** Makes the runtime's report the last error; returns its code. */
int embed_reported(pyrolua_runtime *runtime);

/** Makes that report, whose strings are taken, the last error; returns its code. */
int embed_take(pyrolua_runtime *runtime, struct pyro_report *report);

/** Sets the error that an argument is wrong; returns its code. Does nothing else without a runtime.
 */
int embed_refuse(pyrolua_runtime *runtime, const char *why);

/** Sets the error that the argument of that name is NULL; returns its code. */
int embed_refuse_null(pyrolua_runtime *runtime, const char *name);

/** Sets the error that the runtime is being freed; returns PYROLUA_ECLOSED. */
int embed_fail_closed(pyrolua_runtime *runtime);

/** Makes an HMAC key of bytes that are copied; NULL of NULL. The caller releases it. Returns a code
 * as public functions do. */
int embed_make_key(pyrolua_runtime *runtime, const void *bytes, size_t length,
                   struct pyro_hmac_key **key);

/** Sets the error why waiting has ended (the runtime was stopped, or nothing is open); returns its
 * code. */
int embed_unmet(pyrolua_runtime *runtime);

/** Returns views of a report's strings. */
pyrolua_error embed_view(const struct pyro_report *report);

/** Steps the loop once; `*alive` becomes whether there was anything to wait for. */
LOOP_STEPS int embed_step(pyrolua_runtime *runtime, double timeout, bool *alive);

/** Returns the runtime of the rooms below. */
static inline struct pyro_runtime *embed_core(pyrolua_runtime *runtime)
{
    return &runtime->lua->core;
}

#endif
