/** @file
 * daemon:authorize(connection, object, method), a function of the program's that decides what
 * clients may call. */
#ifndef PYRO_BIND_SERVER_LDAEMON_AUTHORIZE_H
#define PYRO_BIND_SERVER_LDAEMON_AUTHORIZE_H

#include "bind/base/marks.h"
#include "bind/server/ldaemon_hooks.h"
#include "rpc/request.h"

/** Decides about a request in a task of its own, in which authorize() may wait: a function of
 * struct pyro_daemon_hooks, as is the next. */
LOOP_STEPS void ldaemon_authorize_consider(void *owner, struct pyro_request *request,
                                           const struct pyro_wanted *wanted);

/** Decides right away: where authorize() waits, the loop is stepped. */
LOOP_STEPS enum pyro_code ldaemon_authorize_ask(void *owner, struct pyro_connection *connection,
                                                const struct pyro_wanted *wanted,
                                                struct pyro_error *err);

/** Values that ldaemon_authorize_push() pushes behind the function. */
#define LDAEMON_AUTHORIZE_ARGUMENTS 5

/** Pushes a function that returns if authorize() allows something, and else raises an error, and
 * its arguments. The method is the string at the top, which is popped. */
LUA_RAISES void ldaemon_authorize_push(lua_State *L, const struct ldaemon_hooks *hooks,
                                       struct pyro_connection *connection,
                                       struct pyro_slice object);

/** Returns the hooks of the daemon that has to be asked about the parts of a request, such as the
 * entries of a batch; NULL where none is to be asked. */
const struct ldaemon_hooks *ldaemon_authorize_of(const struct pyro_request *request);

#endif
