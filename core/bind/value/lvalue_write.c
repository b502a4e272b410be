#include "bind/value/lvalue_write.h"

#include "bind/base/lshape.h"
#include "bind/value/lserved.h"
#include "bind/value/lwalk.h"

#define LONGEST_PATH 8 /* steps */

/* Pushes the table of all served objects, once for all tables that a walk comes to. */
static void push_objects(struct lwalk *w)
{
    if (lserved_push_all(w->L))
        w->objects = lua_gettop(w->L);
}

static enum pyro_code pop_objects(struct lwalk *w, enum pyro_code code)
{
    if (w->objects)
        lua_pop(w->L, 1);
    return code;
}

enum pyro_code lvalue_write(lua_State *L, int index, const struct pyro_protocol *protocol,
                            struct pyro_sink *to)
{
    struct lwalk walk = {L, protocol, to, .shown = LONGEST_PATH};
    if (!lua_checkstack(L, 12))
        return pyro_error_memory(to->err);
    index = lua_absindex(L, index);
    int type = lua_type(L, index);
    if (type == LUA_TTABLE)
        push_objects(&walk);
    return pop_objects(&walk, lwalk_value(&walk, index, type));
}

enum pyro_code lvalue_write_named(lua_State *L, int table, const struct pyro_protocol *protocol,
                                  struct pyro_sink *to)
{
    if (table == 0) {
        enum pyro_code code = pyro_begin(to, PYRO_DICT, 0);
        return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
    }
    struct lwalk walk = {L, protocol, to, .shown = LONGEST_PATH};
    struct lwalk_table self = {NULL, table, 1};
    if (!lua_checkstack(L, LWALK_STACK_A_TABLE))
        return pyro_error_memory(to->err);
    if (!lshape_has_only_names(L, table))
        return pyro_error_set(to->err, PYRO_ETYPE, "keywords must be strings");
    push_objects(&walk);
    return pop_objects(&walk, lwalk_dict(&walk, table, PYRO_DICT, &self));
}
