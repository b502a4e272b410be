/** @file
 * The userdata of a daemon. */
#ifndef PYRO_BIND_SERVER_LDAEMON_STATE_H
#define PYRO_BIND_SERVER_LDAEMON_STATE_H

#include "bind/base/marks.h"
#include "bind/server/ldaemon_hooks.h"
#include "bind/task/lloop.h"
#include "naming/client/publisher.h"

#define LDAEMON_TYPE "pyro.Daemon"

struct ldaemon {
    struct pyro_daemon *daemon;         /**< NULL once closed */
    struct pyro_nameserver *nameserver; /**< which then owns the daemon; else NULL */
    struct pyro_publisher *publisher; /**< NULL until a name is published; freed with the daemon */
    struct lloops loops;
    struct ldaemon_hooks hooks;
};

/** Returns the daemon at 1, which may be closed. */
LUA_RAISES struct ldaemon *ldaemon_check_any(lua_State *L);

/** Returns the daemon at 1; raises a DaemonError where it is closed. */
LUA_RUNS struct ldaemon *ldaemon_check(lua_State *L);

#endif
