/** @file
 * A sink that pushes what it gets onto a Lua stack. */
#ifndef PYRO_BIND_VALUE_LBUILDER_H
#define PYRO_BIND_VALUE_LBUILDER_H

#include <lua.h>

#include "value/sink.h"

/** Places for the next value. */
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
    bool typed_bytes;             /**< bytes become pyro.bytes, whatever BYTES says */
    bool flat; /**< the first container's items are pushed one by one (a call's arguments) */
    int flat_items;
    struct lkeys *keys;   /**< the runtime's, once one is needed */
    unsigned number_keys; /**< of dicts so far */
    double started;       /**< seconds of the thread's work when the first of these were counted */
    struct lbuilder_frame frames[PYRO_MAX_DEPTH + 1];
};

/** Returns whether a container is open. */
static inline bool lbuilder_is_open(const struct lbuilder *builder)
{
    return builder->frame > builder->frames;
}

/** Prepares a builder. With `flat`, the first container is pushed as its items. */
void lbuilder_init(struct lbuilder *builder, lua_State *L, bool flat, struct pyro_error *err);

/** Bytes that an item of a list takes. */
#define LBUILDER_ITEM_COST 16

#endif
