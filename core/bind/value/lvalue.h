/** @file
 * Values between the Lua stack and a sink: a walker that sends Lua values, and a sink that pushes
 * them. */
#ifndef PYRO_BIND_VALUE_LVALUE_H
#define PYRO_BIND_VALUE_LVALUE_H

#include <lua.h>

#include "bind/base/ltypes.h"
#include "value/sink.h"
#include "wire/protocol.h"

/** Sends the value at `index` to `to`. What cannot travel is a PYRO_ESERIALIZE that says where it
 * lies ("contents[2].price: a function cannot travel"). Runs no Lua and raises no Lua error:
 * lconvert_outward() comes before. */
enum pyro_code lvalue_write(lua_State *L, int index, const struct pyro_protocol *protocol,
                            struct pyro_sink *to);

/** Sends the table of named arguments at `table` as a dict, likewise; 0: there are none. */
enum pyro_code lvalue_write_named(lua_State *L, int table, const struct pyro_protocol *protocol,
                                  struct pyro_sink *to);

/** Sends the table at `table`, which is of a type that is one value (bytes, bigint, complex,
 * datetime, date). Programs can make typed tables by hand: what goes into a message is checked. */
enum pyro_code lvalue_write_scalar(lua_State *L, int table, enum ltype type, struct pyro_sink *to);

/** Sets the error that something cannot travel; its place comes before it. */
enum pyro_code lvalue_refuse(struct pyro_sink *to, const char *what);

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

/** Prepares the two above. */
void lvalue_open(lua_State *L);

/** Where the next value goes. */
enum lbuilder_place {
    LBUILDER_STACK, /**< it stays on the stack */
    LBUILDER_ITEM,  /**< of the list, tuple or set below it */
    LBUILDER_KEY,   /**< of a dict: it stays on the stack until its value comes */
    LBUILDER_VALUE, /**< of the dict below the key below it */
};

/** An open container; the outermost is the stack. */
struct lbuilder_frame {
    enum lbuilder_place place;
    bool has_class;    /**< of a dict: it has a key "__class__" */
    lua_Integer count; /**< items or pairs so far */
    lua_Integer room;  /**< of the table, for items or pairs */
};

/** A sink that pushes what it gets onto a Lua stack. Raises Lua errors; use it only where these are
 * caught. */
struct lbuilder {
    struct pyro_sink sink;
    lua_State *L;
    struct lbuilder_frame *frame; /**< the innermost */
    bool raised;                  /**< the value is what a method raised */
    bool flat; /**< the first container's items are pushed one by one (a call's arguments) */
    int flat_items;
    struct lkeys *keys;   /**< the runtime's, once one is needed */
    unsigned number_keys; /**< of dicts so far */
    double started;       /**< seconds of the thread's work when the first of these were counted */
    struct lbuilder_frame frames[PYRO_MAX_DEPTH + 1];
};

/** Whether a container is open. */
static inline bool lbuilder_is_open(const struct lbuilder *builder)
{
    return builder->frame > builder->frames;
}

/** With `flat`, the first container is pushed as its items. */
void lbuilder_init(struct lbuilder *builder, lua_State *L, bool flat, struct pyro_error *err);

/** Bytes that an item of a list takes. */
#define LBUILDER_ITEM_COST 16

/** Raises the error that reading a message into `sink` ended with. What it has built lies above
 * `top`: that memory is given back first, where it is much. */
int lvalue_refuse_read(lua_State *L, int top, const struct pyro_sink *sink);

#endif
