/** @file
 * The arguments of a call that goes out. */
#ifndef PYRO_BIND_MESSAGE_LARGUMENTS_H
#define PYRO_BIND_MESSAGE_LARGUMENTS_H

#include <lua.h>

#include "bind/base/marks.h"
#include "value/sink.h"
#include "wire/protocol.h"

struct larguments {
    int first, last; /**< stack indices of the positional ones */
    int named;       /**< of the table of named ones, or 0 */
    int failed;      /**< which argument could not be written */
    int entries; /**< stack index of the entries of a batch, which are the arguments then; or 0 */
    lua_Integer count; /**< of these entries */
};

/** Finds the arguments: they are all from `first` to the top; the last may be a pyro.kwargs. */
struct larguments larguments_take(lua_State *L, int first);

/** Replaces objects of registered classes by what travels in their place. Runs Lua. */
LUA_RUNS void larguments_convert(lua_State *L, const struct larguments *args);

/** Sends a tuple and a dict. Raises no Lua error. */
enum pyro_code larguments_write(lua_State *L, struct larguments *args,
                                const struct pyro_protocol *protocol, struct pyro_sink *to);

/** Raises the error of writing them, with its place before it: "argument 2.price: a function
 * cannot travel". */
LUA_RUNS int larguments_raise(lua_State *L, const struct larguments *args,
                              const struct pyro_error *err);

#endif
