/** @file
 * Sending typed tables that are one value each. */
#ifndef PYRO_BIND_VALUE_LVALUE_SCALAR_H
#define PYRO_BIND_VALUE_LVALUE_SCALAR_H

#include <lua.h>

#include "bind/base/ltypes.h"
#include "value/sink.h"

/** Sends the table at `table`, which is of a type that is one value (bytes, bigint, complex,
 * datetime, date). Programs can make typed tables by hand: what goes into a message is checked. */
enum pyro_code lvalue_write_scalar(lua_State *L, int table, enum ltype type, struct pyro_sink *to);

/** Refuses what cannot travel: PYRO_ESERIALIZE. `what` is a noun, "a function". */
enum pyro_code lvalue_refuse(struct pyro_sink *to, const char *what);

#endif
