/** @file
 * Annotations of messages: in Lua, tables of byte strings by keys of four letters. */
#ifndef PYRO_BIND_MESSAGE_LANNOTATIONS_H
#define PYRO_BIND_MESSAGE_LANNOTATIONS_H

#include <lua.h>

#include "bind/base/marks.h"
#include "wire/message.h"

/** Annotations to be sent. */
struct lannotations {
    const struct pyro_annotation *items; /**< Lua's memory: valid until Lua runs again */
    size_t count;
};

/** Returns whether a message has annotations that programs see. */
bool lannotations_any(const struct pyro_message *message);

/** Pushes a table of the annotations that programs see. Raises an error where they take too much
 * memory. */
LUA_RUNS void lannotations_push(lua_State *L, const struct pyro_message *message);

/** Copies the annotations in the table at the top, which is popped, and another one (NULL: none) if
 * the table has none of its key, to a userdata that stays until the next ones are packed. Raises an
 * error where they are malformed. */
LUA_RUNS void lannotations_pack(lua_State *L, const struct pyro_annotation *other,
                                struct lannotations *out);

#endif
