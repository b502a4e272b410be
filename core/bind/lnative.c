#include "bind/lnative.h"

#include <math.h>

#include "bind/larguments.h"
#include "bind/lerror.h"
#include "bind/lvalue.h"

#define NATIVE_TYPE "pyro.Native"
#define CALL_TYPE "pyro.nativeCall"

/* What a call allocates outside of Lua: userdata, as Lua errors may end it anywhere. */
struct call {
    struct pyro_error err;
    struct pyro_tree args, answer;
};

static struct lnative *check_native(lua_State *L)
{
    struct lnative *native = luaL_checkudata(L, 1, NATIVE_TYPE);
    if (!native->object)
        luaL_error(L, "the object has been released");
    return native;
}

static int call_gc(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);
    pyro_tree_free(&call->args);
    pyro_tree_free(&call->answer);
    return 0;
}

static struct call *push_call(lua_State *L)
{
    struct call *call = lua_newuserdatauv(L, sizeof(*call), 0);
    call->err = (struct pyro_error){.code = PYRO_OK};
    pyro_tree_init(&call->args, &call->err);
    pyro_tree_init(&call->answer, &call->err);
    luaL_setmetatable(L, CALL_TYPE);
    return call;
}

/* What runs may step the loop: for this state. */
static enum pyro_code run(lua_State *L, const struct lnative *native, const char *method,
                          struct call *call)
{
    struct lruntime *runtime = lruntime_of(L);
    lua_State *from = runtime->from;
    double budget = INFINITY; /* nobody else's */
    const struct pyro_value *given = call->args.root.u.of.items;
    runtime->from = L;
    enum pyro_code code = native->run(
        &(struct pyro_native_call){native->object, NULL, pyro_slice_text(method), &given[0],
                                   &given[1], &call->answer.sink, &budget, &call->err});
    runtime->from = from;
    return code;
}

static int push_answer(lua_State *L, const struct call *call)
{
    struct pyro_error err;
    struct lbuilder builder;
    pyro_error_clear(&err);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_value_put(call->answer.root.u.of.items, &builder.sink) != PYRO_OK)
        return lerror_raise(L, &err);
    return 1;
}

/* The object is at 1, the arguments are above it. */
static int invoke(lua_State *L, const char *method)
{
    const struct lnative *native = check_native(L);
    struct larguments args = larguments_take(L, 2);
    luaL_checkstack(L, 8, "too many arguments");
    larguments_convert(L, &args);
    struct call *call = push_call(L);
    if (larguments_write(L, &args, &pyro_protocol_502, &call->args.sink) != PYRO_OK)
        return larguments_raise(L, &args, &call->err);
    enum pyro_code code = run(L, native, method, call);
    pyro_tree_free(&call->args); /* now: while the state is closed, nothing more is collected */
    int count = code == PYRO_OK ? push_answer(L, call) : 0;
    pyro_tree_free(&call->answer);
    return code == PYRO_OK ? count : lerror_raise(L, &call->err);
}

static int call_method(lua_State *L)
{
    return invoke(L, lua_tostring(L, lua_upvalueindex(1)));
}

static int native_index(lua_State *L)
{
    const struct lnative *native = check_native(L);
    luaL_checkstring(L, 2);
    struct pyro_slice name;
    name.data = lua_tolstring(L, 2, &name.length);
    if (native->has_attribute(native->object, name))
        return invoke(L, "__getattr__");
    lua_pushcclosure(L, call_method, 1);
    return 1;
}

static int native_newindex(lua_State *L)
{
    return invoke(L, "__setattr__");
}

static int native_gc(lua_State *L)
{
    struct lnative *native = luaL_checkudata(L, 1, NATIVE_TYPE);
    struct pyro_object *object = native->object;
    native->object = NULL;
    if (object)
        object->ops->release(object);
    return 0;
}

struct lnative *lnative_push(lua_State *L)
{
    struct lnative *native = lua_newuserdatauv(L, sizeof(*native), 0);
    *native = (struct lnative){.object = NULL};
    luaL_setmetatable(L, NATIVE_TYPE);
    return native;
}

void lnative_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"__index", native_index},
                                       {"__newindex", native_newindex},
                                       {"__gc", native_gc},
                                       {NULL, NULL}};
    luaL_newmetatable(L, NATIVE_TYPE);
    luaL_setfuncs(L, methods, 0);
    luaL_newmetatable(L, CALL_TYPE);
    lua_pushcfunction(L, call_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 2);
}
