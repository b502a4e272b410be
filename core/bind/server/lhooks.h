/** @file
 * The methods that a program gives a daemon: fields of pyro.Daemon that may be set to functions.
 * daemon:validateHandshake(connection, data) -> response (an error refuses the client);
 * daemon:clientDisconnect(connection); daemon:annotations() -> table, for all answers;
 * daemon:housekeeping(), called every few seconds; daemon:methodcall_error_handler(connection,
 * method, arguments, named arguments, error). The first may wait; the second and the last two run
 * as tasks of their own. */
#ifndef PYRO_BIND_SERVER_LHOOKS_H
#define PYRO_BIND_SERVER_LHOOKS_H

#include "bind/task/lruntime.h"
#include "rpc/daemon.h"

enum lhooks_name {
    LHOOKS_VALIDATE,
    LHOOKS_DISCONNECT,
    LHOOKS_ANNOTATIONS,
    LHOOKS_HOUSEKEEPING,
    LHOOKS_FAILED,
    LHOOKS_COUNT
};

/** Embedded in the userdata of a daemon, whose first user value is a table of the functions. */
struct lhooks {
    struct lruntime *runtime;
    struct pyro_daemon_hooks functions; /**< what the daemon calls */
    bool set[LHOOKS_COUNT];             /**< which there are */
    /** The connected socket that the daemon served is closed. */
    void (*ended)(struct lhooks *self);
};

/** The userdata at the top holds `hooks`: prepares it, and `daemon` calls them from now on. */
void lhooks_attach(lua_State *L, struct lhooks *hooks, struct pyro_daemon *daemon,
                   void (*ended)(struct lhooks *self));

/** Pushes the field `name` of the userdata at 1; false (nothing pushed) when there is no such. */
bool lhooks_get(lua_State *L, const char *name);

/** Sets the field `name` of the userdata at 1 to the function, or nil, at the top; false when there
 * is no such field. `daemon` is NULL once it is closed. */
bool lhooks_set(lua_State *L, struct lhooks *hooks, struct pyro_daemon *daemon, const char *name);

void lhooks_open(lua_State *L);

#endif
