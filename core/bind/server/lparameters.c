/* Named arguments are moved to the places of the parameters of their names, on the stack that the
 * method is then called with. Nothing here runs code of users': what does not fit becomes a
 * TypeError in place of the arguments, which the caller raises. */
#include "bind/server/lparameters.h"

#include <string.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/ltypes.h"
#include "bind/base/marks.h"
#include "bind/server/lexpose.h"

/* A function that is to be called with what lies above it on the stack. Parameters are counted from
 * 0, which is self. */
struct fit {
    lua_State *L;
    struct pyro_slice name; /* the method's */
    int function;           /* stack index */
    int given;              /* arguments without a name */
    int parameters;         /* how many the function has */
    bool vararg;
};

/* Returns the stack index of a parameter. */
static int place_of(const struct fit *fit, int parameter)
{
    return fit->function + 1 + parameter;
}

/* --- what does not fit --- */

/* Replaces the arguments by a TypeError: the method's name and the text at the top. */
LUA_RUNS static int refuse(const struct fit *fit)
{
    lua_State *L = fit->L;
    lua_pushlstring(L, fit->name.data, fit->name.length);
    lua_insert(L, -2);
    lua_concat(L, 2);
    lerror_push(L, "TypeError", lua_tostring(L, -1));
    lua_replace(L, place_of(fit, 0));
    lua_settop(L, place_of(fit, 0));
    return -1;
}

/* Returns whether the function was declared with a dot: its first parameter, if any, is neither
 * self nor unused. */
static bool lacks_self(const struct fit *fit)
{
    lua_pushvalue(fit->L, fit->function);
    const char *first = lua_getlocal(fit->L, NULL, 1);
    lua_pop(fit->L, 1); /* the function keeps its name alive */
    return fit->parameters == 0 || (first && *first != '_' && strcmp(first, "self") != 0);
}

LUA_RUNS static int refuse_count(const struct fit *fit)
{
    const char *help =
        lacks_self(fit) ? "; a method is declared with a colon, function object:" : "";
    lua_pushfstring(fit->L, "() takes %d positional argument%s but %d were given%s",
                    fit->parameters, fit->parameters == 1 ? "" : "s", fit->given, help);
    if (*help) {
        lua_pushlstring(fit->L, fit->name.data, fit->name.length);
        lua_pushliteral(fit->L, "(...)");
        lua_concat(fit->L, 3);
    }
    return refuse(fit);
}

LUA_RUNS static int refuse_named(const struct fit *fit, const char *what, const char *argument)
{
    lua_pushfstring(fit->L, "() got %s argument '%s'", what, argument);
    return refuse(fit);
}

/* Returns whether there are more arguments than the function takes. Lua drops them; a remote caller
 * shall know. */
static bool is_too_much(const struct fit *fit)
{
    return !fit->vararg && fit->given > 1 && fit->given > fit->parameters;
}

/* --- named arguments --- */

/* Above the arguments that were given lie places for those that were not, and one more; then these.
 */
struct named {
    int table;    /* stack index of the named arguments */
    int declared; /* of the list of names that pyro.parameters() gave; nil: it did not */
    int rest;     /* of a dict of those whose names no parameter has; nil: there are none */
    int used;     /* places up to the last one with an argument */
    bool filled[LPARAMETERS_MOST];
};

/* Returns the name of a parameter; NULL where that is not known, as in code without debug
 * information. */
static const char *name_of(const struct fit *fit, const struct named *named, int parameter)
{
    lua_State *L = fit->L;
    const char *name;
    if (lua_isnil(L, named->declared)) {
        lua_pushvalue(L, fit->function);
        name = lua_getlocal(L, NULL, parameter + 1);
    } else {
        lua_rawgeti(L, named->declared, parameter);
        name = parameter == 0 ? "self" : lua_tostring(L, -1);
    }
    lua_pop(L, 1); /* function or list keep the name alive */
    return name;
}

/* Returns the parameter of that name; -1: none. */
static int find(const struct fit *fit, const struct named *named, const char *wanted)
{
    for (int i = 0; i < fit->parameters; i++) {
        const char *name = name_of(fit, named, i);
        if (name && strcmp(name, wanted) == 0)
            return i;
    }
    return -1;
}

/* Moves the value at the top into that place. */
static void fill(const struct fit *fit, struct named *named, int place)
{
    lua_replace(fit->L, place_of(fit, place));
    if (place < fit->parameters)
        named->filled[place] = true;
    if (place >= named->used)
        named->used = place + 1;
}

/* Adds the argument whose name and value are at the top to those that no parameter has the name of.
 * The name stays at the top. */
LUA_RAISES static void add_to_rest(lua_State *L, const struct named *named)
{
    if (lua_isnil(L, named->rest)) {
        lua_newtable(L);
        ltype_set(L, LTYPE_DICT);
        lua_replace(L, named->rest);
    }
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, named->rest);
}

/* Moves the argument whose name and value are at the top, if there is a parameter of that name. The
 * name stays at the top. */
LUA_RUNS static int take_one(const struct fit *fit, struct named *named)
{
    lua_State *L = fit->L;
    if (lua_type(L, -2) != LUA_TSTRING) {
        lua_pushliteral(L, "() keywords must be strings");
        return refuse(fit);
    }
    const char *name = lua_tostring(L, -2);
    int parameter = find(fit, named, name);
    if (parameter >= 0 && parameter < fit->given)
        return refuse_named(fit, "multiple values for", name);
    if (parameter < 0) {
        add_to_rest(L, named);
        return 0;
    }
    if (ltype_is_null(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    fill(fit, named, parameter);
    return 0;
}

/* Returns the place for what no parameter has the name of; -1: nowhere. */
static int find_free(const struct fit *fit, const struct named *named)
{
    for (int i = fit->given; i < fit->parameters; i++)
        if (!named->filled[i])
            return i;
    if (!fit->vararg)
        return -1;
    return fit->given > fit->parameters ? fit->given : fit->parameters;
}

/* Makes one argument of those that no parameter has the name of, if any. */
LUA_RUNS static int take_rest(const struct fit *fit, struct named *named)
{
    lua_State *L = fit->L;
    if (lua_isnil(L, named->rest))
        return 0;
    int place = find_free(fit, named);
    if (place < 0) {
        lua_pushnil(L);
        lua_next(L, named->rest);
        return refuse_named(fit, "an unexpected keyword", lua_tostring(L, -2));
    }
    lua_pushvalue(L, named->rest);
    fill(fit, named, place);
    return 0;
}

LUA_RUNS static int fit_named(const struct fit *fit, struct named *named)
{
    lua_State *L = fit->L;
    lua_pushnil(L);
    while (lua_next(L, named->table))
        if (take_one(fit, named) < 0)
            return -1;
    if (is_too_much(fit))
        return refuse_count(fit);
    if (take_rest(fit, named) < 0)
        return -1;
    lua_settop(L, place_of(fit, named->used) - 1);
    PYRO_ASSERT(named->used >= fit->given);
    return named->used;
}

/* Counts the parameters that the list of names at the top, if any, gives to `...`. */
static void count_declared(struct fit *fit)
{
    int count = lua_istable(fit->L, -1) ? 1 + (int)lua_rawlen(fit->L, -1) : 0;
    if (fit->vararg && count > fit->parameters)
        fit->parameters = count;
}

LUA_RUNS static int fit_call(lua_State *L, struct fit *fit)
{
    lexpose_push_parameters(L, place_of(fit, 0), fit->name);
    count_declared(fit);
    int places = (fit->given > fit->parameters ? fit->given : fit->parameters) + 1;
    luaL_checkstack(L, places + LUA_MINSTACK, "parameters");
    lua_settop(L, lua_gettop(L) + places - fit->given);
    lua_rotate(L, place_of(fit, fit->given), places - fit->given);
    lua_pushnil(L);
    struct named named = {.table = place_of(fit, places),
                          .declared = place_of(fit, places + 1),
                          .rest = place_of(fit, places + 2),
                          .used = fit->given};
    return fit_named(fit, &named);
}

int lparameters_fit(lua_State *L, int function, struct pyro_slice name, bool named)
{
    lua_Debug info;
    int given = lua_gettop(L) - function - named;
    PYRO_ASSERT(given >= 1); /* self, at least */
    if (given <= 1 && !named)
        return given;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">u", &info);
    if (!named && (info.isvararg || given <= info.nparams))
        return given;
    struct fit fit = {L, name, function, given, info.nparams, info.isvararg};
    return named ? fit_call(L, &fit) : refuse_count(&fit);
}
