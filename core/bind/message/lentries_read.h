/** @file
 * Reading the entries of a batch. */
#ifndef PYRO_BIND_MESSAGE_LENTRIES_READ_H
#define PYRO_BIND_MESSAGE_LENTRIES_READ_H

#include "bind/base/marks.h"
#include "bind/message/lentries.h"
#include "bind/value/lbuilder.h"

/** A sink that takes the arguments of a batch, and puts entries into the table at `table`. Whatever
 * is no entry is a PYRO_EPROTOCOL. Raises Lua errors. */
struct lentries_reader {
    struct pyro_sink sink;
    struct lentries entries; /**< that were read */
    lua_State *L;
    int table;
    unsigned depth;         /**< in the batch: 1, in an entry: 2, in its arguments: 3 */
    int part;               /**< of an entry that comes next: name, arguments, named arguments */
    bool named;             /**< the named arguments have begun, but none has come */
    int arguments;          /**< of the entry so far */
    lua_Integer head;       /**< where their number goes */
    lua_Integer room;       /**< of the table */
    struct lbuilder values; /**< makes arguments, and whatever follows the batch */
};

/** Pushes the table, and prepares to read. */
LUA_RAISES void lentries_reader_init(struct lentries_reader *reader, lua_State *L,
                                     struct pyro_error *err);

#endif
