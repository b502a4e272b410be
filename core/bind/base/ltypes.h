/** @file
 * What Lua lacks of Python's types: null, and tables that say what they travel as. */
#ifndef PYRO_BIND_BASE_LTYPES_H
#define PYRO_BIND_BASE_LTYPES_H

#include <lauxlib.h>
#include <lua.h>

#include "base/common.h"
#include "bind/base/marks.h"

/** The type of a table, by its metatable. */
enum ltype {
    LTYPE_PLAIN, /**< no metatable */
    LTYPE_OTHER, /**< one of a program's own */
    LTYPE_DICT,
    LTYPE_LIST,
    LTYPE_TUPLE,
    LTYPE_SET,
    LTYPE_FROZENSET,
    LTYPE_BYTES,    /**< [1] is the string */
    LTYPE_KWARGS,   /**< a call's keyword arguments */
    LTYPE_BIGINT,   /**< `digits` */
    LTYPE_COMPLEX,  /**< `real`, `imaginary` */
    LTYPE_DATETIME, /**< `seconds` since 1970 */
    LTYPE_DATE,     /**< `ordinal` */
    LTYPE_OBJECT,   /**< an object of a class of a known name: `__class__`, and its fields */
    LTYPE_ERROR,    /**< an error object */
    LTYPE_COUNT,
};

/** The type of the table at `index`. */
enum ltype ltype_of(lua_State *L, int index);

/** Gives the table at the top a type. */
void ltype_set(lua_State *L, enum ltype type);

/** Pushes pyro.null. */
void ltype_push_null(lua_State *L);

/** Returns whether the value at `index` is pyro.null. */
bool ltype_is_null(lua_State *L, int index);

/** Registers the metatables in the table at the top: core.types.dict, …, and core.null; and
 * core.format_real(x), a finite float as Python's repr() shows it, core.format_date(ordinal) and
 * core.format_datetime(seconds), as its isoformat() does. */
LUA_RUNS void ltypes_open(lua_State *L);

#endif
