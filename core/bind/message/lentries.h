/** @file
 * The entries of a batch, on either side: all lie in one table, none has a table of its own. Each
 * entry is the number of its arguments; the name of its method; its arguments, of which the last
 * may be a pyro.kwargs. */
#ifndef PYRO_BIND_MESSAGE_LENTRIES_H
#define PYRO_BIND_MESSAGE_LENTRIES_H

#include <lua.h>

#include "base/common.h"
#include "bind/base/marks.h"
#include "value/sink.h"
#include "wire/protocol.h"

struct lentries {
    lua_Integer used;  /**< the last index that is used */
    lua_Integer count; /**< of entries */
};

/** Adds an entry to the table at the top. The name lies at `name`, the arguments, `arguments` of
 * them, from `first` on. */
LUA_RAISES void lentries_add(lua_State *L, struct lentries *entries, int name, int first,
                             int arguments);

/** Pushes the name of the entry after index `*at` of the table at `table`, and moves `*at` there.
 * Returns the number of its arguments; -1 where the stack has no room for them. */
int lentries_next(lua_State *L, int table, lua_Integer *at);

/** Pushes the arguments of the entry that lentries_next() went to. */
void lentries_push_arguments(lua_State *L, int table, lua_Integer *at, int arguments);

/** Pushes a list of the arguments of the entry whose name is at index `name`, and a dict of its
 * named ones. */
LUA_RAISES void lentries_push_tables(lua_State *L, int table, lua_Integer name);

/** Replaces objects of registered classes among the arguments of `count` entries by what travels in
 * their place. Runs Lua. */
LUA_RUNS void lentries_convert(lua_State *L, int table, lua_Integer count);

/** Writes `count` entries as the arguments of a batch: a tuple of them and a dict. Raises no Lua
 * error. `*failed` becomes the number of the entry that could not be written; the error has the
 * path in it. */
enum pyro_code lentries_write(lua_State *L, int table, lua_Integer count,
                              const struct pyro_protocol *protocol, struct pyro_sink *to,
                              int *failed);

#endif
