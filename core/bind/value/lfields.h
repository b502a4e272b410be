/** @file
 * The fields of typed tables and error objects, found without an allocation. */
#ifndef PYRO_BIND_VALUE_LFIELDS_H
#define PYRO_BIND_VALUE_LFIELDS_H

#include <lua.h>

#include "bind/base/marks.h"

/** Fields of typed tables and error objects. */
enum lvalue_field {
    LVALUE_ARGS,
    LVALUE_ATTRIBUTES,
    LVALUE_CLASS,
    LVALUE_DIGITS,
    LVALUE_DUNDER_CLASS,
    LVALUE_DUNDER_EXCEPTION,
    LVALUE_IMAGINARY,
    LVALUE_ORDINAL,
    LVALUE_REAL,
    LVALUE_REMOTE_TRACEBACK,
    LVALUE_SECONDS,
};

/** Pushes a field of the table at `index`, raw; returns its type. Nothing is allocated, so no
 * finalizer runs (it could step the runtime amidst a message that is being written). */
int lvalue_get_field(lua_State *L, int index, enum lvalue_field field);

/** Pushes a field's name; nothing is allocated. */
void lvalue_push_field_name(lua_State *L, enum lvalue_field field);

/** Anchors the names of the fields. Call it before the functions above. */
LUA_RAISES void lvalue_open(lua_State *L);

#endif
