/** @file
 * The methods that a program gives a daemon: fields of pyro.Daemon that may be set to functions.
 * daemon:validateHandshake(connection, data) -> response (an error refuses the client);
 * daemon:clientDisconnect(connection); daemon:annotations() -> table, for all answers;
 * daemon:housekeeping(), called every few seconds; daemon:methodcall_error_handler(connection,
 * method, arguments, named arguments, error); daemon:lost(name), which somebody else has
 * registered; daemon:authorize(connection, object, method) -> true (else, or with an error, the
 * client may not call it). The first and the last may wait; the second and the two before the last
 * run as tasks of their own. */
#ifndef PYRO_BIND_SERVER_LDAEMON_HOOKS_H
#define PYRO_BIND_SERVER_LDAEMON_HOOKS_H

#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "rpc/daemon.h"

enum ldaemon_hook {
    LDAEMON_HOOK_VALIDATE,
    LDAEMON_HOOK_AUTHORIZE,
    LDAEMON_HOOK_DISCONNECT,
    LDAEMON_HOOK_ANNOTATIONS,
    LDAEMON_HOOK_HOUSEKEEPING,
    LDAEMON_HOOK_FAILED,
    LDAEMON_HOOK_LOST,
    LDAEMON_HOOK_COUNT
};

/** Embedded in the userdata of a daemon, whose first user value is a table of the functions. */
struct ldaemon_hooks {
    struct lruntime *runtime;
    struct pyro_daemon_hooks functions; /**< what the daemon calls */
    bool set[LDAEMON_HOOK_COUNT];       /**< the fields that are functions */
    /** The connected socket that the daemon served is closed. */
    void (*ended)(struct ldaemon_hooks *self);
};

/** Prepares the hooks in the userdata at the top, and has `daemon` call them from now on. */
LUA_RAISES void ldaemon_hooks_attach(lua_State *L, struct ldaemon_hooks *hooks,
                                     struct pyro_daemon *daemon,
                                     void (*ended)(struct ldaemon_hooks *self));

/** Tells daemon:lost(): the function of a publisher, whose owner are the hooks. */
LOOP_STEPS void ldaemon_hooks_lost(void *owner, const char *name);

/** Pushes the field `name` of the userdata at 1; false (nothing pushed) when there is no such. */
bool ldaemon_hooks_get(lua_State *L, const char *name);

/** Sets the field `name` of the userdata at 1 to the function, or nil, at the top; false when there
 * is no such field. `daemon` is NULL once it is closed. */
LUA_RAISES bool ldaemon_hooks_set(lua_State *L, struct ldaemon_hooks *hooks,
                                  struct pyro_daemon *daemon, const char *name);

#endif
