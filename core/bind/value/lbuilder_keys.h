/** @file
 * Hash-flooding guard: Lua's hash of numbers is not seeded, so a peer could choose keys that
 * collide and force quadratic time. */
#ifndef PYRO_BIND_VALUE_LBUILDER_KEYS_H
#define PYRO_BIND_VALUE_LBUILDER_KEYS_H

#include "bind/value/lbuilder.h"

/** Pairs of a dict from which on its growth is worth a look. */
#define LBUILDER_FEWEST_PAIRS 4096

/** Checks the dict at the top of the stack, which has `pairs`: where it is about to grow, its keys
 * may not collide in the larger table. Else PYRO_ESERIALIZE, before Lua makes that. */
enum pyro_code lbuilder_check_growth(struct lbuilder *b, lua_Integer pairs);

/** Counts a key that is a number. Now and then checks how long they have taken: PYRO_ESERIALIZE
 * where that is more than keys take that do not collide. */
enum pyro_code lbuilder_check_pace(struct lbuilder *b);

#endif
