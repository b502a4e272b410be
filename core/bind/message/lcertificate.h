/** @file
 * A certificate as Python's getpeercert() shows it. */
#ifndef PYRO_BIND_MESSAGE_LCERTIFICATE_H
#define PYRO_BIND_MESSAGE_LCERTIFICATE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "net/certificate.h"

/** Pushes a table; nil for NULL. The certificate stays where it is. */
LUA_RUNS void lcertificate_push(lua_State *L, const struct pyro_certificate *certificate);

#endif
