/** @file
 * A walk through a Lua value, which sends it to a sink. Private to this room. */
#ifndef PYRO_BIND_VALUE_LWALK_H
#define PYRO_BIND_VALUE_LWALK_H

#include <lua.h>

#include "value/sink.h"
#include "wire/protocol.h"

/* Levels that tables may nest: fewer than codecs take, so that a cycle is told from mere depth
 * here. */
#define LWALK_DEEPEST (PYRO_MAX_DEPTH - 12)

/* Items that are looked up before they are sent. */
#define LWALK_ITEMS_HELD 32

/* Stack slots that one table takes: what is held of it, and what is about it. */
#define LWALK_STACK_A_TABLE (LWALK_ITEMS_HELD + 16)

/* A table that is being sent, and the tables that it lies in: to tell a cycle from mere depth. */
struct lwalk_table {
    const struct lwalk_table *up;
    int table; /* where it is on the stack */
    unsigned depth;
};

struct lwalk {
    lua_State *L;
    const struct pyro_protocol *protocol;
    struct pyro_sink *to;
    int objects;       /* where the table of all objects is; 0: there were none */
    unsigned shown;    /* steps, from outside, that the path to a culprit shows */
    unsigned in_a_key; /* how many dict keys what is written lies in */
};

/** Sends the items `first` to `length` of a table. */
enum pyro_code lwalk_items(struct lwalk *w, int table, lua_Integer first, lua_Integer length,
                           const struct lwalk_table *self);

/** Returns how many pairs the table has. */
size_t lwalk_count_pairs(lua_State *L, int table);

/** Replaces the key at the top (nil: none) by the pairs that follow it, of which it returns the
 * number: with the last key on top once more, where more may follow. */
int lwalk_hold_pairs(lua_State *L, int table);

/** Sends the pairs at stack index `first` and above. */
enum pyro_code lwalk_held_pairs(struct lwalk *w, int first, int count,
                                const struct lwalk_table *self);

/** Sends the keys and values of a table, of which lwalk_hold_pairs() pushed the first; pops these.
 */
enum pyro_code lwalk_pairs(struct lwalk *w, int table, int held, const struct lwalk_table *self);

/** Puts the step from the table `self` to the value of a key before the error's path. */
void lwalk_locate(struct lwalk *w, int key, const struct lwalk_table *self);

/** Refuses what is nested too deep: for a cycle, the path ends where it closes for the first time.
 */
enum pyro_code lwalk_refuse_depth(struct lwalk *w, const struct lwalk_table *self);

/** Refuses a value. */
enum pyro_code lwalk_refuse(struct lwalk *w, const char *what);

/** Sends a table as a dict; where it is empty, as the kind `empty`. */
enum pyro_code lwalk_dict(struct lwalk *w, int table, enum pyro_kind empty,
                          const struct lwalk_table *self);

/** Sends the value at `index`, which is not in a table. `type` is its Lua type. */
enum pyro_code lwalk_value(struct lwalk *w, int index, int type);

#endif
