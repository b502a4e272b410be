/** @file
 * Calls up into Lua: what the Lua side of the API does for the C side. */
#ifndef PYRO_BIND_BASE_LHOOK_H
#define PYRO_BIND_BASE_LHOOK_H

#include <lua.h>

#include "bind/base/marks.h"

/** The functions, by their names in core.set_hooks { … }. */
enum lhook {
    LHOOK_AUTHORIZE, /**< authorize(f, daemon, connection, object, method): returns if f allows it
                      */
    LHOOK_CALLBACK,  /**< callback(object, name, err): a method failed */
    LHOOK_DEPARTED,  /**< departed(connection, resources or nil, f or nil): a client has gone */
    LHOOK_DESCRIBE,  /**< describe(object) -> methods, oneway, attributes: lists of names */
    LHOOK_DOCUMENTATION, /**< documentation(object) -> texts: a dict, by name; "" is the object; and
                            parameters of methods: a dict of lists, by name */
    LHOOK_EXCEPTION,     /**< exception(dict) -> error object: the dict of an exception arrived */
    LHOOK_FAILED,   /**< failed(f, daemon, connection, method, arguments, named, err): f is told */
    LHOOK_INSTANCE, /**< instance(class, of_session, of_daemon: tables) -> object */
    LHOOK_INWARD,   /**< inward(name, dict, raised) -> known, object: of a registered class */
    LHOOK_IS_CLASS, /**< is_class(object) -> whether instances of it are to be served */
    LHOOK_ITEMS, /**< items(f, state, control, closing) -> next() -> more, item…; close or nil */
    LHOOK_MAKES_INSTANCES, /**< makes_instances(object, name) -> whether the method does, of a class
                            */
    LHOOK_OUTWARD,         /**< outward(value, place) -> value that travels in its place */
    LHOOK_RETRY,           /**< retry(attempt, retries, …) -> what attempt(…) returns */
    LHOOK_SETTLE,          /**< settle(future, good, value): calls the callbacks of a future */
    LHOOK_STREAM,          /**< stream(proxy, id) -> what a generic `for` iterates over */
    LHOOK_TEXT,            /**< text(err) -> the text of an error value, fit for peers */
    LHOOK_TRACEBACK,       /**< traceback(thread, err, method) -> error object */
    LHOOK_UNCAUGHT,        /**< uncaught(err, thread): a background task failed */
    LHOOK_COUNT
};

/** Pushes a hook's function; nil before the Lua side has set the hooks. */
void lhook_push(lua_State *L, enum lhook hook);

/** Adds core.set_hooks{describe = f, …}, which sets all hooks. */
LUA_RUNS void lhook_open(lua_State *L);

#endif
