/** @file
 * The strings that dicts have as keys again and again: names of fields. To push one of them takes
 * less than to have Lua hash it and look it up. */
#ifndef PYRO_BIND_BASE_LKEYS_H
#define PYRO_BIND_BASE_LKEYS_H

#include <lua.h>

#include "base/slice.h"
#include "bind/base/marks.h"

#define LKEYS_LONGEST 32 /* bytes: longer strings are not kept */
#define LKEYS_PLACES 128

struct lkeys_place {
    const char *text; /**< Lua's; the reference keeps it alive */
    size_t length;    /**< 0: the place is empty */
    int reference;    /**< in the registry */
    uint32_t missed;  /**< of the last string that was not there: its length and some bytes */
};

struct lkeys {
    struct lkeys_place places[LKEYS_PLACES];
};

LUA_RAISES void lkeys_open(lua_State *L, struct lkeys *keys);

/** Pushes a string, which is kept from the second time on. */
LUA_RAISES void lkeys_push(lua_State *L, struct lkeys *keys, struct pyro_slice text);

/** Returns whether the integer keys of the table at `index`, which is about to grow to `size`, will
 * go to few of its places. */
bool lkeys_will_collide(lua_State *L, int index, lua_Integer size);

#endif
