/** @file
 * What a dict that names a class is part of. */
#ifndef PYRO_BIND_VALUE_LBUILDER_ROLE_H
#define PYRO_BIND_VALUE_LBUILDER_ROLE_H

#include "bind/base/marks.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lclass_read.h"

/** Returns what the dict at the top of the stack, which names a class and is complete, is part of.
 */
LUA_RUNS enum lclass_role lbuilder_role(const struct lbuilder *b);

#endif
