/** @file
 * A runtime in a Lua state: what its tasks and waits share. */
#ifndef PYRO_BIND_TASK_LRUNTIME_H
#define PYRO_BIND_TASK_LRUNTIME_H

#include <lua.h>
#include <stdatomic.h>

#include "base/stack.h"
#include "bind/base/marks.h"
#include "rpc/runtime.h"

struct lruntime;
struct lplace;
struct ltask;

/** How long Lua code may run (bind/task/llimit.h). */
struct llimit {
    atomic_bool told; /**< the process was asked to end; a signal handler may set it */
    double deadline;  /**< when what still runs has to end; 0: never */
    double since;     /**< when the code that runs got control last */
    int draining;     /**< daemons that serve nothing new */
    bool overran;     /**< as a task's, of what runs outside of tasks */
    bool ended;       /**< code was ended because the process was asked to */
};

/** State that a part of the binding keeps in a runtime, and that only this part knows. */
struct lpart {
    /** The runtime is being closed: frees what the part keeps. Raises no error. */
    void (*close)(struct lruntime *runtime);
};

/** Parts that keep something, in the order in which they are closed. */
enum lpart_name {
    LPART_READY,
    LPART_DUMP,
    LPART_REOPEN,
    LPART_TASK,
    LPART_VALUE,
    LPART_ASYNC,
    LPART_PENDING,
    LPART_EXPOSURES,
    LPART_METRICS,
    LPART_COUNT
};

struct lruntime {
    struct pyro_runtime core;
    struct pyro_gauge_source gauges;
    struct pyro_list tasks; /**< that run, are ready, or parked */
    struct pyro_list idle;  /**< that ended: their threads can run other functions */
    int idle_count;
    lua_State *main;
    lua_State *from; /**< the state that steps the loop: resumes come from it */
    unsigned steps;  /**< of the loop that are on the C stack */
    struct pyro_stack stack;
    struct ltask *task;   /**< the one that runs, or NULL */
    struct lplace *place; /**< the innermost wait in place (bind/task/lwait.h), or NULL */
    int context;   /**< the call context of what runs outside of tasks; see ltask_context() */
    bool embedded; /**< in a program, to whom signals belong */
    struct llimit limit;
    int request_loops;    /**< that wait, and end where the process is interrupted */
    bool signalled;       /**< a signal came that ends them, which was logged */
    atomic_uint posted;   /**< functions that other threads posted, and that did not run yet */
    bool main_over;       /**< the host's program is, and returns as soon as nobody steps in it */
    atomic_bool stopping; /**< nobody waits any more; another thread may set it */
    struct lpart *parts[LPART_COUNT];
};

/** Returns the runtime of this Lua state, opened with the module. */
struct lruntime *lruntime_of(lua_State *L);

/** Returns the runtime that a request, say, knows as its runtime. */
static inline struct lruntime *lruntime_around(struct pyro_runtime *core)
{
    return PYRO_CONTAINER(core, struct lruntime, core);
}

/** Opens the runtime of a state, if it has none; NULL with the error. Raises one only when out of
 * memory. */
LUA_RUNS struct lruntime *lruntime_open(lua_State *L, struct pyro_error *err);

/** Adds what a part keeps, once. */
void lruntime_add_part(struct lruntime *runtime, enum lpart_name name, struct lpart *part);

/** Steps the loop once, for the code that runs in `L`. False when there is nothing to wait for. */
LOOP_STEPS bool lruntime_step(struct lruntime *runtime, lua_State *L, double timeout);

#endif
