/* Objects of C that scripts of the same program call directly, without a request or a wire.
 *
 * A call is a userdata on the caller's stack: a Lua error may end the call anywhere, and frees it.
 * A method may put its answer off: `struct later` then lives until the answer is given and, where
 * the call still wants the answer, read. An answer may be given at any time, also outside of steps;
 * it only posts a completion, which ends the call's wait. */
#include "bind/module/lnative.h"

#include <math.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/message/larguments.h"
#include "bind/task/lwait.h"
#include "bind/value/lbuilder.h"

#define NATIVE_TYPE "pyro.Native"
#define CALL_TYPE "pyro.nativeCall"

/* Memory that a call allocates outside of Lua. */
struct call {
    struct pyro_error err;
    struct pyro_tree args, answer;
    struct pyro_native_slot slot;
    struct pyro_loop *loop;
    struct later *later; /* the answer that is put off, or NULL */
    struct lwait wait;   /* for that answer */
};

/* An answer that is put off. */
struct later {
    struct pyro_deferred deferred;
    struct call *call; /* NULL once the call is gone */
    struct pyro_loop *loop;
    bool given;
    struct pyro_completion news; /* posted when the answer is given */
};

LUA_RAISES static struct lnative *check_native(lua_State *L)
{
    struct lnative *native = luaL_checkudata(L, 1, NATIVE_TYPE);
    if (!native->object)
        luaL_error(L, "the object has been released");
    return native;
}

/* --- answers that are put off --- */

static struct later *later_of(const struct pyro_deferred *deferred)
{
    return PYRO_CONTAINER(deferred, struct later, deferred);
}

static void free_later(struct later *later)
{
    pyro_completion_cancel(&later->news);
    pyro_tree_free(&later->deferred.answer);
    pyro_free(later);
}

static bool later_is_wanted(const struct pyro_deferred *deferred)
{
    return later_of(deferred)->call != NULL;
}

static void later_give(struct pyro_deferred *deferred, struct pyro_error *why)
{
    struct later *later = later_of(deferred);
    *why = deferred->err;
    PYRO_ASSERT(!later->given); /* an answer is given once */
    later->given = true;
    if (later->call)
        pyro_loop_post(later->loop, &later->news);
    else
        free_later(later);
}

LOOP_STEPS static void later_on_given(struct pyro_completion *done)
{
    lwait_end(&PYRO_CONTAINER(done, struct later, news)->call->wait);
}

/* Parts a call from its later answer, if there is one. */
static void leave_later(struct call *call)
{
    struct later *later = call->later;
    call->later = NULL;
    if (!later)
        return;
    later->call = NULL;
    if (later->given)
        free_later(later);
}

static struct pyro_deferred *native_defer(struct pyro_native_slot *slot)
{
    static const struct pyro_deferred_ops ops = {later_is_wanted, later_give};
    struct call *call = PYRO_CONTAINER(slot, struct call, slot);
    PYRO_ASSERT(!call->later);
    struct later *later = pyro_calloc(1, sizeof(*later));
    if (!later)
        return NULL;
    pyro_deferred_init(&later->deferred, &ops);
    pyro_completion_init(&later->news, later_on_given);
    later->loop = call->loop;
    later->call = call;
    call->later = later;
    return &later->deferred;
}

/* --- calls --- */

static int call_gc(lua_State *L)
{
    struct call *call = lua_touserdata(L, 1);
    lwait_gone(&call->wait);
    leave_later(call);
    pyro_tree_free(&call->args);
    pyro_tree_free(&call->answer);
    return 0;
}

LUA_RAISES static struct call *push_call(lua_State *L)
{
    struct call *call = lua_newuserdatauv(L, sizeof(*call), 0);
    call->wait = (struct lwait){.over = false};
    call->err = (struct pyro_error){.code = PYRO_OK};
    pyro_tree_init(&call->args, &call->err);
    pyro_tree_init(&call->answer, &call->err);
    call->slot = (struct pyro_native_slot){.defer = native_defer};
    call->later = NULL;
    luaL_setmetatable(L, CALL_TYPE);
    return call;
}

/* Runs the method, which may step the loop for this state. */
static enum pyro_code run(lua_State *L, const struct lnative *native, enum pyro_request_kind kind,
                          const char *method, struct call *call)
{
    struct lruntime *runtime = lruntime_of(L);
    lua_State *from = runtime->from;
    double budget = INFINITY; /* nobody else's */
    const struct pyro_value *given = call->args.root.u.of.items;
    runtime->from = L;
    call->loop = runtime->core.loop;
    enum pyro_code code = native->run(&(struct pyro_native_call){
        native->object, NULL, kind, pyro_slice_text(method), &given[0], &given[1],
        &call->answer.sink, &budget, &call->err, &call->slot});
    runtime->from = from;
    return code;
}

LUA_RUNS static int push_answer(lua_State *L, const struct pyro_tree *answer)
{
    struct pyro_error err;
    struct lbuilder builder;
    pyro_error_clear(&err);
    lbuilder_init(&builder, L, false, &err);
    if (pyro_value_put(answer->root.u.of.items, &builder.sink) != PYRO_OK)
        return lerror_raise(L, &err);
    return 1;
}

/* Continuation of wait_for_answer(): the answer that was put off is there. */
static int answered(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    struct call *call = (struct call *)context;
    const struct pyro_deferred *deferred = &call->later->deferred;
    call->err = deferred->err;
    int count = call->err.code == PYRO_OK ? push_answer(L, &deferred->answer) : 0;
    leave_later(call);
    return count > 0 ? count : lerror_raise(L, &call->err);
}

LUA_RUNS static int wait_for_answer(lua_State *L, struct call *call)
{
    call->wait = (struct lwait){.what = "answer", .over = call->later->given};
    return lwait_for(L, &call->wait, (lua_KContext)call, answered);
}

/* Calls a method of the object at 1 with the arguments above the object. */
LUA_RUNS static int invoke(lua_State *L, enum pyro_request_kind kind, const char *method)
{
    const struct lnative *native = check_native(L);
    struct larguments args = larguments_take(L, 2);
    luaL_checkstack(L, 8, "too many arguments");
    larguments_convert(L, &args);
    struct call *call = push_call(L);
    if (larguments_write(L, &args, &pyro_protocol_502, &call->args.sink) != PYRO_OK)
        return larguments_raise(L, &args, &call->err);
    enum pyro_code code = run(L, native, kind, method, call);
    pyro_tree_free(&call->args); /* now: while the state is closed, nothing more is collected */
    if (call->slot.deferred)
        return wait_for_answer(L, call);
    int count = code == PYRO_OK ? push_answer(L, &call->answer) : 0;
    pyro_tree_free(&call->answer);
    return code == PYRO_OK ? count : lerror_raise(L, &call->err);
}

static int call_method(lua_State *L)
{
    return invoke(L, PYRO_REQUEST_METHOD, lua_tostring(L, lua_upvalueindex(1)));
}

static int native_index(lua_State *L)
{
    const struct lnative *native = check_native(L);
    luaL_checkstring(L, 2);
    struct pyro_slice name;
    name.data = lua_tolstring(L, 2, &name.length);
    if (native->has_attribute(native->object, name))
        return invoke(L, PYRO_REQUEST_GET, "__getattr__");
    lua_pushcclosure(L, call_method, 1);
    return 1;
}

static int native_newindex(lua_State *L)
{
    return invoke(L, PYRO_REQUEST_SET, "__setattr__");
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
    lua_pop(L, 1);
    luserdata_finalize(L, CALL_TYPE, call_gc);
}
