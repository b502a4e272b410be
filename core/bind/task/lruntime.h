/** @file
 * A runtime in a Lua state: tasks (coroutines), waiting, and what must be found again. */
#ifndef PYRO_BIND_TASK_LRUNTIME_H
#define PYRO_BIND_TASK_LRUNTIME_H

#include <lauxlib.h>
#include <lua.h>
#include <stdatomic.h>

#include "base/stack.h"
#include "bind/base/lkeys.h"
#include "rpc/runtime.h"

/** A coroutine that the scheduler resumes. Owned by the scheduler; its end is told once. */
struct ltask {
    struct pyro_list node;        /**< in the runtime's list of all tasks */
    struct pyro_completion ready; /**< resumes it */
    struct lruntime *runtime;
    lua_State *thread;
    int anchor;  /**< registry reference that keeps the thread */
    int nargs;   /**< to resume it with */
    bool keep;   /**< the thread, should it fail, is wanted as it is */
    bool begun;  /**< it was resumed before */
    bool shown;  /**< the program has the thread: it runs no other function after this one */
    int context; /**< registry reference of its call context; 0: it has none of its own yet */
    bool interruptible;   /**< its waits in place fail when a signal came that is noted */
    bool serves;          /**< it serves a call, which has a limit of time */
    bool overran;         /**< it was told that its time is over */
    struct lwait *parked; /**< yielded in lwait_for(); NULL: by the user's coroutine.yield */
    /** The task ended: with `nresults` results on its stack, or with an error value on top, or
     * (with status LTASK_ABANDONED, the Lua state being closed, or LTASK_CLOSED, the program having
     * closed the thread) just so. Must not raise. */
    void (*ended)(struct ltask *task, int status, int nresults);
    void *owner;
};

#define LTASK_ABANDONED (-1)
#define LTASK_CLOSED (-2)

/** What the Lua side does for the C side. */
enum lhook {
    LHOOK_DESCRIBE,        /**< describe(object) -> methods, oneway, attributes: lists of names */
    LHOOK_MAKES_INSTANCES, /**< makesInstances(object, name) -> whether the method does, of a class
                            */
    LHOOK_TRACEBACK,       /**< traceback(thread, err, method) -> error object */
    LHOOK_UNCAUGHT,        /**< uncaught(err, thread): a background task failed */
    LHOOK_CALLBACK,        /**< callback(object, name, err): a method failed */
    LHOOK_IS_CLASS,        /**< isClass(object) -> whether instances of it are to be served */
    LHOOK_INSTANCE,        /**< instance(class, of_session, of_daemon: tables) -> object */
    LHOOK_ITEMS,  /**< items(f, state, control, closing) -> next() -> more, item…; close or nil */
    LHOOK_STREAM, /**< stream(proxy, id) -> what a generic `for` iterates over */
    LHOOK_TEXT,   /**< text(err) -> the text of an error value, fit for peers */
    LHOOK_EXCEPTION, /**< exception(dict) -> error object: the dict of an exception arrived */
    LHOOK_FAILED,    /**< failed(f, daemon, connection, method, arguments, named, err): f is told */
    LHOOK_DEPARTED,  /**< departed(connection, resources or nil, f or nil): a client has gone */
    LHOOK_COUNT
};

/** How long Lua code may run (bind/task/llimit.h). */
struct llimit {
    atomic_bool told; /**< the process was asked to end; a signal handler may set it */
    double deadline;  /**< when what still runs has to end; 0: never */
    double since;     /**< when the code that runs got control last */
    int draining;     /**< daemons that serve nothing new */
    bool overran;     /**< as a task's, of what runs outside of tasks */
    bool ended;       /**< code was ended because the process was asked to */
};

struct lruntime {
    struct pyro_runtime core;
    struct pyro_list tasks;
    size_t refused; /**< bytes that messages had built that were refused, since all was collected */
    lua_State *main;
    lua_State *from; /**< the state that steps the loop: resumes come from it */
    unsigned steps;  /**< of the loop that are on the C stack */
    struct pyro_stack stack;
    struct ltask *task;    /**< the one that runs, or NULL */
    int context;           /**< as a task's, of what runs outside of tasks */
    struct pyro_list idle; /**< tasks that ended: their threads can run others */
    int idle_count;
    int spare_calls; /**< registry reference to a table; see lcall_put_back() */
    int spare_call_count;
    int future_type;                       /**< registry reference to the metatable of futures */
    struct pyro_list asyncs, spare_asyncs; /**< see lasync.c */
    int spare_async_count;
    int exposures; /**< registry reference; see lexpose.c */
    bool embedded; /**< in a program, to whom signals belong */
    struct llimit limit;
    int request_loops;      /**< that wait, and end where the process is interrupted */
    bool main_over;         /**< the host's program is, and returns as soon as nobody steps in it */
    atomic_bool stopping;   /**< nobody waits any more; another thread may set it */
    struct lkeys keys;      /**< of dicts that come in */
    int hooks[LHOOK_COUNT]; /**< references to the Lua side's functions; see lruntime_hooks() */
};

/** The runtime of this Lua state, opened with the module. */
struct lruntime *lruntime_of(lua_State *L);

/** The one that a request, say, knows as its runtime. */
static inline struct lruntime *lruntime_around(struct pyro_runtime *core)
{
    return PYRO_CONTAINER(core, struct lruntime, core);
}

/** The userdata at `index` where its metatable is the value at `type`, an upvalue; else NULL. That
 * is quicker than luaL_testudata(), which looks the metatable up by its name. */
void *lruntime_userdata(lua_State *L, int index, int type);

/** Upvalues of the __index of a type whose names are methods, and of such a method. */
enum {
    LMETHOD_TYPE = 1,  /**< the metatable */
    LMETHOD_FUNCTIONS, /**< of __index: a weak table of the methods that there are, by name */
    LMETHOD_NAME = LMETHOD_FUNCTIONS /**< of a method */
};

/** In such an __index: pushes the method whose name is at 2, which `function` does. */
void lruntime_push_method(lua_State *L, lua_CFunction function);

/** Gives the metatable at the top `index` as such an __index. */
void lruntime_index_methods(lua_State *L, lua_CFunction index);

/** Opens the runtime of a state, if it has none; NULL with the error. Raises one only when out of
 * memory. */
struct lruntime *lruntime_open(lua_State *L, struct pyro_error *err);

/** core.hooks{describe = f, …}: sets all the hooks. */
int lruntime_hooks(lua_State *L);

/** Pushes a hook's function. */
void lruntime_push_hook(lua_State *L, enum lhook hook);

/** Pushes a new table that is weak: `mode` is "k" or "v". */
void lruntime_push_weak_table(lua_State *L, const char *mode);

/** Calls a C function with all arguments of the running one, and returns its result; meanwhile no
 * finalizer runs, which could change what the function walks over. Use as `return
 * lruntime_undisturbed(…)`. */
int lruntime_undisturbed(lua_State *L, lua_CFunction f);

/** Steps the loop once, for the code that runs in `L`. False when there is nothing to wait for. */
bool lruntime_step(struct lruntime *runtime, lua_State *L, double timeout);

/** Somebody who waits: embed, zero-initialize. */
struct lwait {
    bool over;
    struct ltask *task; /**< parked, or NULL while somebody steps in place or nobody waits */
    int top;            /**< of a parked task's stack */
    lua_KFunction k;    /**< it goes on with this */
    lua_KContext context;
    /** Gives up what is waited for: nobody waits any more. Must not raise. NULL: it may come. */
    void (*cancel)(struct lwait *wait);
};

/** What is said when nothing is open any more that could end a wait. */
const char *lruntime_in_vain(const struct lruntime *runtime);

/** What a wait fails with that somebody interrupts, and code that runs. */
#define LWAIT_INTERRUPTED "interrupted!"

/** Whether a wait of the code that runs in `L` parks its task; else it steps the loop in place. */
static inline bool lruntime_can_park(lua_State *L, const struct lruntime *runtime)
{
    return runtime->task && runtime->task->thread == L && lua_isyieldable(L);
}

/** Ends the wait. From a completion: resumes the parked task. */
void lwait_end(struct lwait *wait);

/** What it lies in is collected. Where a task is parked there, the program has closed that one's
 * thread, and it ends as by ltask_cancel(). */
void lwait_gone(struct lwait *wait);

/** Waits in a C function, and goes on with `k`, which gets `context`: parks the task where it can,
 * steps the loop right here where it can't (a metamethod, a sort comparator, someone else's
 * coroutine, a stock Lua's main chunk), unless too many do that (lnesting.h): that is an error. Use
 * as `return lwait_for(…)`. */
int lwait_for(lua_State *L, struct lwait *wait, lua_KContext context, lua_KFunction k);

/** The same, in the state's runtime, which is known. lnesting_check() comes first. */
int lwait_in(lua_State *L, struct lruntime *runtime, struct lwait *wait, lua_KContext context,
             lua_KFunction k);

/** Starts a task at the next step: the function and `nargs` arguments are on top of `L`, and are
 * popped. Leaves the thread on `L`. Raises an error when out of memory. */
struct ltask *ltask_start(lua_State *L, int nargs,
                          void (*ended)(struct ltask *task, int status, int nresults), void *owner);

/** The same where nothing may be raised, as in a completion. A function and few arguments (with it
 * at most LUA_MINSTACK) are to be pushed onto the thread of the task that comes back, then
 * ltask_go() starts it. NULL when out of memory. */
struct ltask *ltask_take(struct lruntime *runtime,
                         void (*ended)(struct ltask *task, int status, int nresults), void *owner);
void ltask_go(struct ltask *task, int nargs);

/** A parked task waits no longer: its wait fails with LWAIT_INTERRUPTED. */
void ltask_interrupt(struct ltask *task);

/** The program closes the task's thread: what the task waits for is given up, and it ends with
 * LTASK_CLOSED in the next step. */
void ltask_cancel(struct ltask *task);

/** Nobody is to be told of the task's end any more. */
void ltask_forsake(struct ltask *task);

/** Resumes a fresh task right now instead of at the next step. From a completion, or from the state
 * that is the runtime's `from` meanwhile. */
void ltask_resume(struct ltask *task);

#endif
