/** @file
 * The calls of a batch, on either side: all in one table, none of them has one of its own. There
 * lie, call after call: the number of its arguments; its name; its arguments, of which the last may
 * be a pyro.kwargs. */
#ifndef PYRO_BIND_MESSAGE_LCALLS_H
#define PYRO_BIND_MESSAGE_LCALLS_H

#include <lua.h>

#include "bind/value/lbuilder.h"
#include "wire/protocol.h"

struct lcalls {
    lua_Integer used;  /**< the last index that is used */
    lua_Integer count; /**< of calls */
};

/** Adds a call to those in the table at the top: its `arguments` lie from `first` on. */
void lcalls_add(lua_State *L, struct lcalls *calls, int name, int first, int arguments);

/** Pushes the name of the call after index `*at` of the table at `table`, and moves `*at` there.
 * Returns the number of its arguments; -1 where the stack has no room for them. */
int lcalls_next(lua_State *L, int table, lua_Integer *at);

/** Then pushes its arguments. */
void lcalls_push_arguments(lua_State *L, int table, lua_Integer *at, int arguments);

/** Pushes a list of the arguments of the call whose name is at index `name`, and a dict of its
 * named ones. */
void lcalls_push_tables(lua_State *L, int table, lua_Integer name);

/** Replaces objects of registered classes among the arguments of `count` calls by what travels in
 * their place. Runs Lua. */
void lcalls_convert(lua_State *L, int table, lua_Integer count);

/** Sends `count` calls as the arguments of a batch: a tuple of them and a dict. Raises no Lua
 * error.
 * `*failed` becomes the number of the call that could not be written; the error says where in it.
 */
enum pyro_code lcalls_write(lua_State *L, int table, lua_Integer count,
                            const struct pyro_protocol *protocol, struct pyro_sink *to,
                            int *failed);

/** A sink that takes the arguments of a batch: reads calls into the table at `table`. What is no
 * call is a PYRO_EPROTOCOL. Raises Lua errors. */
struct lcalls_reader {
    struct pyro_sink sink;
    struct lcalls calls; /**< that were read */
    lua_State *L;
    int table;
    unsigned depth;         /**< in the batch: 1, in a call: 2, in its arguments: 3 */
    int part;               /**< of a call that comes next: name, arguments, named arguments */
    bool named;             /**< the named arguments have begun, but none has come */
    int arguments;          /**< of the call so far */
    lua_Integer head;       /**< where their number goes */
    lua_Integer room;       /**< of the table */
    struct lbuilder values; /**< makes arguments, and whatever follows the batch */
};

/** Pushes the table, and prepares to read. */
void lcalls_reader_init(struct lcalls_reader *reader, lua_State *L, struct pyro_error *err);

#endif
