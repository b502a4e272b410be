/** @file
 * Tasks: coroutines that the scheduler resumes. */
#ifndef PYRO_BIND_TASK_LTASK_H
#define PYRO_BIND_TASK_LTASK_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"

struct lwait;
struct pyro_request;

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
    bool interruptible;           /**< its waits in place fail when a signal came that is noted */
    struct pyro_request *request; /**< that it serves and has not answered; else NULL */
    bool serves;                  /**< it serves, or served, a request, which has a limit of time */
    bool overran;                 /**< it was told that its time is over */
    struct lwait *parked; /**< yielded in lwait_for(); NULL: by the user's coroutine.yield */
    /** The task ended: with `nresults` results on its stack, or with an error value on top, or
     * (with status LTASK_ABANDONED, the Lua state being closed, or LTASK_CLOSED, the program having
     * closed the thread) just so. Must not raise. */
    void (*ended)(struct ltask *task, int status, int nresults);
    void *owner;
};

#define LTASK_ABANDONED (-1)
#define LTASK_CLOSED (-2)

/** Returns where the call context is kept of the running task, or of what runs outside of tasks: a
 * registry reference of its own; 0 where it has none yet. */
static inline int *ltask_context(struct lruntime *runtime)
{
    return runtime->task ? &runtime->task->context : &runtime->context;
}

/** Returns whether to take a task makes a thread, which may run finalizers. */
static inline bool ltask_take_allocates(const struct lruntime *runtime)
{
    return pyro_list_empty(&runtime->idle);
}

/** Starts a task at the next step: the function and `nargs` arguments are on top of `L`, and are
 * popped. Leaves the thread on `L`. Raises an error when out of memory. */
LUA_RAISES struct ltask *ltask_start(lua_State *L, int nargs,
                                     void (*ended)(struct ltask *task, int status, int nresults),
                                     void *owner);

/** Takes a task where nothing may be raised, as in a completion. A function and few arguments (with
 * it at most LUA_MINSTACK) are to be pushed onto the thread of the task that comes back, then
 * ltask_go() starts it. NULL when out of memory. */
LOOP_STEPS struct ltask *ltask_take(struct lruntime *runtime,
                                    void (*ended)(struct ltask *task, int status, int nresults),
                                    void *owner);
void ltask_go(struct ltask *task, int nargs);

/** Interrupts a parked task: its wait fails with LWAIT_INTERRUPTED. */
LOOP_STEPS void ltask_interrupt(struct ltask *task);

/** Cancels a task whose thread the program closes: what the task waits for is given up, and the
 * task ends with LTASK_CLOSED in the next step. */
void ltask_cancel(struct ltask *task);

/** Lets the task end without telling anybody. */
void ltask_forsake(struct ltask *task);

/** Resumes a fresh task right now instead of at the next step. From a completion, or from the state
 * that is the runtime's `from` meanwhile. */
LOOP_STEPS void ltask_resume(struct ltask *task);

/** Prepares a runtime for tasks, which end with it. */
void ltask_open(struct lruntime *runtime);

#endif
