/** @file
 * What the parts of sending Lua values share: a walk through tables. Private to lvalue_write.c and
 * lvalue_object.c. */
#ifndef PYRO_BIND_VALUE_LWALK_H
#define PYRO_BIND_VALUE_LWALK_H

#include <lua.h>

#include "value/sink.h"
#include "wire/protocol.h"

/* Tables may nest this deep: less than codecs take, so that a cycle is told from mere depth here.
 */
#define DEEPEST (PYRO_MAX_DEPTH - 12)

/* The tables that are being written, innermost first: to tell a cycle from mere depth. */
struct parents {
    const struct parents *up;
    int table; /* where it is on the stack */
    unsigned depth;
};

struct walker {
    lua_State *L;
    const struct pyro_protocol *protocol;
    struct pyro_sink *to;
    int objects;       /* where the table of all objects is; 0: there were none */
    unsigned shown;    /* steps, from outside, that the path to a culprit shows */
    unsigned in_a_key; /* how many dict keys what is written lies in */
};

/** Sends the items `first` to `length` of a table. */
enum pyro_code lwalk_items(struct walker *w, int table, lua_Integer first, lua_Integer length,
                           const struct parents *self);

/** How many pairs the table has. */
size_t lwalk_count_pairs(lua_State *L, int table);

/** Replaces the key at the top (nil: none) by the pairs that follow it, of which it returns the
 * number: with the last key on top once more, where more may follow. */
int lwalk_hold_pairs(lua_State *L, int table);

/** Sends the pairs at stack index `first` and above. */
enum pyro_code lwalk_held_pairs(struct walker *w, int first, int count, const struct parents *self);

/** Sends the keys and values of a table, of which lwalk_hold_pairs() pushed the first; pops these.
 */
enum pyro_code lwalk_pairs(struct walker *w, int table, int held, const struct parents *self);

/** Puts the step from the table `self` to the value of a key before the error's path. */
void lwalk_locate(struct walker *w, int key, const struct parents *self);

/** Refuses what is nested too deep: for a cycle, the path ends where it closes for the first time.
 */
enum pyro_code lwalk_refuse_depth(struct walker *w, const struct parents *self);

/** Refuses a value. */
enum pyro_code lwalk_refuse(struct walker *w, const char *what);

/** Sends an error object as an exception. */
enum pyro_code lwalk_error(struct walker *w, int table, const struct parents *self);

/** Sends the fields of an object of a class (LTYPE_OBJECT). */
enum pyro_code lwalk_object(struct walker *w, int table, const struct parents *self);

#endif
