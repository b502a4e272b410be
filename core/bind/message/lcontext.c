/* The context of the call that a task serves. Its fields come from the request, until the program
 * sets them: the task then has a table of its own, as it does once it has read a field that is a
 * table, which the program may change. A task that does neither has no table.
 *
 * Functions may raise Lua errors, and allocate: finalizers run. */
#include "bind/message/lcontext.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/uuid.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/message/lconnection.h"
#include "bind/task/lbackground.h"
#include "bind/task/ltask.h"
#include "rpc/request_log.h"

#define CONTEXT_TYPE "pyro.current_context"
/* Fields that the table of a task has room for from the beginning. */
#define USUAL 4

/* --- fields --- */

enum { CLIENT, ADDRESS, SEQ, FLAGS, SERIALIZER, ANNOTATIONS, RESPONSE, CORRELATION, TRACE, FIELDS };

/* The source of what fields tell. All of it is NULL where no call is served. */
struct source {
    struct pyro_connection *connection;
    const struct pyro_message *message;
    struct pyro_request *request; /* NULL: the message is no request */
};

LUA_RAISES static void push_client(lua_State *L, const struct source *source)
{
    if (source->connection)
        lconnection_push(L, source->connection);
    else
        lua_pushnil(L);
}

LUA_RAISES static void push_address(lua_State *L, const struct source *source)
{
    if (source->connection)
        lua_pushstring(L, pyro_connection_peer(source->connection));
    else
        lua_pushnil(L);
}

static void push_seq(lua_State *L, const struct source *source)
{
    lua_pushinteger(L, source->message ? source->message->header.seq : 0);
}

static void push_flags(lua_State *L, const struct source *source)
{
    lua_pushinteger(L, source->message ? source->message->header.flag_bits : 0);
}

static void push_serializer(lua_State *L, const struct source *source)
{
    lua_pushinteger(L, source->message ? source->message->header.serializer_id : 0);
}

LUA_RUNS static void push_received(lua_State *L, const struct source *source)
{
    if (source->message)
        lannotations_push(L, source->message);
    else
        lua_newtable(L);
}

LUA_RAISES static void push_response(lua_State *L, const struct source *source)
{
    (void)source;
    lua_newtable(L);
}

LUA_RAISES static void push_correlation(lua_State *L, const struct source *source)
{
    char text[PYRO_UUID_TEXT_SIZE];
    bool correlated = source->request ? pyro_request_correlate(source->request)
                                      : source->message && source->message->header.correlated;
    if (!correlated) {
        lua_pushnil(L);
        return;
    }
    pyro_uuid_text(source->message->header.correlation, text);
    lua_pushstring(L, text);
}

LUA_RAISES static void push_trace(lua_State *L, const struct source *source)
{
    struct pyro_slice trace = {NULL, 0};
    if (source->message)
        trace = pyro_message_traceparent(source->message);
    if (trace.length > 0)
        lua_pushlstring(L, trace.data, trace.length);
    else
        lua_pushnil(L);
}

LUA_RAISES static void check_table(lua_State *L, const char *name)
{
    if (!lua_istable(L, -1))
        luaL_error(L, "%s must be a table, got %s", name, luaL_typename(L, -1));
}

/* Makes a string of the UUID at the top, which may be nil. */
LUA_RUNS static void check_uuid(lua_State *L, const char *name)
{
    unsigned char uuid[PYRO_UUID_SIZE];
    struct pyro_slice text;
    if (lua_isnil(L, -1))
        return;
    text.data = luaL_tolstring(L, -1, &text.length);
    lua_remove(L, -2);
    if (!pyro_uuid_parse(text, uuid))
        luaL_error(L, "%s must be a UUID, got '%s'", name, lua_tostring(L, -1));
}

LUA_RUNS static void check_traceparent(lua_State *L, const char *name)
{
    struct pyro_slice text = {NULL, 0};
    if (lua_isnil(L, -1))
        return;
    if (lua_type(L, -1) == LUA_TSTRING)
        text.data = lua_tolstring(L, -1, &text.length);
    if (!text.data || !pyro_traceparent_is(text))
        luaL_error(L, "%s must be a W3C traceparent, got '%s'", name, luaL_tolstring(L, -1, NULL));
}

static const struct field {
    const char *name;
    /* Pushes the value that the source gives the field. */
    void (*push)(lua_State *L, const struct source *source);
    /* Raises an error where the field cannot be set to the value at the top. NULL: to any. */
    void (*check)(lua_State *L, const char *name);
} fields[FIELDS] = {
    [CLIENT] = {"client", push_client, NULL},
    [ADDRESS] = {"client_sock_addr", push_address, NULL},
    [SEQ] = {"seq", push_seq, NULL},
    [FLAGS] = {"msg_flags", push_flags, NULL},
    [SERIALIZER] = {"serializer_id", push_serializer, NULL},
    [ANNOTATIONS] = {"annotations", push_received, check_table},
    [RESPONSE] = {"response_annotations", push_response, check_table},
    [CORRELATION] = {"correlation_id", push_correlation, check_uuid},
    [TRACE] = {"traceparent", push_trace, check_traceparent},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

/* --- the task's own table, of the fields that it has set or that were tables when it read them ---
 */

static struct pyro_request *served_request(const struct lruntime *runtime)
{
    return runtime->task ? runtime->task->request : NULL;
}

static struct source source_of(const struct lruntime *runtime)
{
    struct pyro_request *request = served_request(runtime);
    if (!request)
        return (struct source){NULL, NULL, NULL};
    return (struct source){request->connection, &request->message, request};
}

/* Pushes the table of a task, a new one where there is none. */
LUA_RAISES static void push_own(lua_State *L, int *reference)
{
    if (*reference == 0) {
        lua_createtable(L, 0, USUAL);
        *reference = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, *reference);
}

/* Pushes the value that the task has set of a field; false (nothing pushed) where it has not. */
LUA_RUNS static bool push_set(lua_State *L, struct lruntime *runtime, const char *name)
{
    int reference = *ltask_context(runtime);
    if (reference == 0)
        return false;
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    int type = lua_getfield(L, -1, name);
    lua_remove(L, -2);
    if (type != LUA_TNIL)
        return true;
    lua_pop(L, 1);
    return false;
}

LUA_RUNS static void push_field(lua_State *L, const struct field *field)
{
    struct lruntime *runtime = lruntime_of(L);
    if (push_set(L, runtime, field->name)) {
        if (lua_isboolean(L, -1)) { /* set to nil */
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        return;
    }
    const struct source source = source_of(runtime);
    field->push(L, &source);
    if (lua_istable(L, -1)) { /* the program may change what is in it */
        push_own(L, ltask_context(runtime));
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, field->name);
        lua_pop(L, 1);
    }
}

/* Sets a field to the value at the top, which is popped. */
LUA_RUNS static void set_field(lua_State *L, const struct field *field)
{
    if (field->check)
        field->check(L, field->name);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, false);
    }
    push_own(L, ltask_context(lruntime_of(L)));
    lua_insert(L, -2);
    lua_setfield(L, -2, field->name);
    lua_pop(L, 1);
}

/* --- what messages carry --- */

/* Packs the annotations that the running task has set in a field, if any, and another one (NULL:
 * none). */
LUA_RUNS static void pack_set(lua_State *L, struct lruntime *runtime, const struct field *field,
                              const struct pyro_annotation *other, struct lannotations *out)
{
    *out = (struct lannotations){.items = NULL};
    bool set = push_set(L, runtime, field->name);
    if (!set && !other)
        return;
    luaL_checkstack(L, 8, "annotations");
    if (!set)
        lua_newtable(L);
    lua_pushnil(L);
    bool any = lua_next(L, -2);
    lua_pop(L, any ? 2 : 0);
    if (any || other)
        lannotations_pack(L, other, out);
    else
        lua_pop(L, 1);
}

/* Copies the traceparent that calls of the running task carry, as far as there is one. */
LUA_RUNS static struct pyro_slice outgoing_trace(lua_State *L, struct lruntime *runtime,
                                                 const struct pyro_request *request,
                                                 char out[PYRO_TRACEPARENT_SIZE])
{
    struct pyro_slice trace = {"", 0};
    bool set = push_set(L, runtime, fields[TRACE].name);
    if (set && lua_type(L, -1) == LUA_TSTRING)
        trace.data = lua_tolstring(L, -1, &trace.length);
    else if (!set && request)
        trace = pyro_message_traceparent(&request->message);
    PYRO_ASSERT(trace.length <= PYRO_TRACEPARENT_SIZE); /* it was checked when it was set */
    memcpy(out, trace.data, trace.length);
    lua_pop(L, set ? 1 : 0);
    return pyro_slice(out, trace.length);
}

LUA_RUNS static void outgoing_correlation(lua_State *L, struct lruntime *runtime,
                                          struct pyro_request *request,
                                          struct lcontext_outgoing *out)
{
    struct pyro_slice text;
    out->correlated = false;
    if (push_set(L, runtime, fields[CORRELATION].name)) {
        text.data = lua_tolstring(L, -1, &text.length);
        out->correlated = text.data && pyro_uuid_parse(text, out->correlation);
        lua_pop(L, 1);
    } else if (request) {
        out->correlated = pyro_request_correlate(request);
        memcpy(out->correlation, request->message.header.correlation, PYRO_CORRELATION_SIZE);
    }
}

struct pyro_slice lcontext_trace(lua_State *L, struct lruntime *runtime,
                                 char out[PYRO_TRACEPARENT_SIZE])
{
    luaL_checkstack(L, 4, "context");
    return outgoing_trace(L, runtime, served_request(runtime), out);
}

bool lcontext_correlation(lua_State *L, struct lruntime *runtime,
                          unsigned char out[PYRO_CORRELATION_SIZE])
{
    struct lcontext_outgoing found;
    luaL_checkstack(L, 4, "context");
    outgoing_correlation(L, runtime, served_request(runtime), &found);
    if (found.correlated)
        memcpy(out, found.correlation, PYRO_CORRELATION_SIZE);
    return found.correlated;
}

void lcontext_outgoing(lua_State *L, struct lruntime *runtime, struct lcontext_outgoing *out)
{
    struct pyro_request *request = served_request(runtime);
    if (!request && *ltask_context(runtime) == 0) {
        out->awaited = 0;
        out->correlated = false;
        out->annotations = (struct lannotations){.items = NULL};
        return;
    }
    out->awaited = request && !(request->flags & PYRO_FLAG_ONEWAY) ? request->made : 0;
    outgoing_correlation(L, runtime, request, out);
    if (request && lannotations_any(&request->message)) {
        push_field(L, &fields[ANNOTATIONS]); /* is then as if it were set */
        lua_pop(L, 1);
    }
    char traceparent[PYRO_TRACEPARENT_SIZE];
    const struct pyro_annotation trace = {PYRO_TRACE_ANNOTATION,
                                          outgoing_trace(L, runtime, request, traceparent)};
    pack_set(L, runtime, &fields[ANNOTATIONS], trace.value.length > 0 ? &trace : NULL,
             &out->annotations);
}

void lcontext_handshake(lua_State *L, struct lruntime *runtime, struct pyro_connection *connection,
                        const struct pyro_message *message)
{
    const struct source source = {connection, message, NULL};
    luaL_checkstack(L, 6, "context");
    push_own(L, ltask_context(runtime));
    for (size_t i = 0; i < FIELDS; i++) {
        if (i == RESPONSE)
            continue;
        fields[i].push(L, &source);
        lua_setfield(L, -2, fields[i].name);
    }
    lua_pop(L, 1);
}

void lcontext_answer(lua_State *L, struct lruntime *runtime, struct pyro_request *request)
{
    struct lcontext_outgoing out;
    struct lannotations annotations;
    if (*ltask_context(runtime) == 0)
        return;
    if (push_set(L, runtime, fields[CORRELATION].name)) {
        lua_pop(L, 1);
        outgoing_correlation(L, runtime, request, &out);
        request->message.header.correlated = out.correlated;
        memcpy(request->message.header.correlation, out.correlation, PYRO_CORRELATION_SIZE);
    }
    pack_set(L, runtime, &fields[RESPONSE], NULL, &annotations);
    request->annotations = annotations.items;
    request->annotation_count = annotations.count;
}

void lcontext_sent(lua_State *L, struct lruntime *runtime)
{
    if (*ltask_context(runtime) == 0)
        return;
    push_own(L, ltask_context(runtime));
    lua_pushnil(L);
    lua_setfield(L, -2, fields[RESPONSE].name);
    lua_pop(L, 1);
}

LUA_RUNS static void give(lua_State *L, int *context, const struct pyro_message *reply)
{
    bool any = lannotations_any(reply);
    if (*context == 0 && !any)
        return;
    luaL_checkstack(L, 6, "annotations");
    push_own(L, context);
    if (any)
        lannotations_push(L, reply);
    else
        lua_pushnil(L);
    lua_setfield(L, -2, fields[RESPONSE].name);
    lua_pop(L, 1);
}

void lcontext_received(lua_State *L, struct lruntime *runtime, const struct pyro_message *reply)
{
    give(L, ltask_context(runtime), reply);
}

void lcontext_give(lua_State *L, struct ltask *task, const void *reply)
{
    PYRO_ASSERT(task->context == 0); /* it has not run yet */
    if (reply)
        give(L, &task->context, reply);
}

/* --- pyro.current_context --- */

/* Pushes the client's connection, and the set of resources that it tracks. */
LUA_RUNS static void push_resources(lua_State *L, const char *doing)
{
    push_field(L, &fields[CLIENT]);
    if (lua_isnil(L, -1)) {
        lua_pushfstring(L, "cannot %s resource on a connectionless call", doing);
        lerror_push(L, "PyroError", lua_tostring(L, -1));
        lua_error(L);
    }
    lconnection_push_resources(L, -1);
}

/* Closes a resource at once that is to be tracked for a client that has gone. */
LUA_RAISES static int close_resource(lua_State *L, int resource)
{
    lhook_push(L, LHOOK_DEPARTED);
    lua_insert(L, -2);
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, resource);
    lua_pushboolean(L, true);
    lua_rawset(L, -3);
    lbackground_start(L, 2);
    return 0;
}

/* current_context:track_resource(resource): it is closed when the client disconnects */
static int track_resource(lua_State *L)
{
    luaL_checkany(L, 2);
    push_resources(L, "track");
    if (lconnection_closed(L, -2)) {
        lua_pop(L, 1);
        return close_resource(L, 2);
    }
    lua_pushvalue(L, 2);
    lua_pushboolean(L, true);
    lua_rawset(L, -3);
    return 0;
}

/* current_context:untrack_resource(resource) */
static int untrack_resource(lua_State *L)
{
    luaL_checkany(L, 2);
    push_resources(L, "untrack");
    lua_pushvalue(L, 2);
    lua_pushnil(L);
    lua_rawset(L, -3);
    return 0;
}

/* current_context:to_global() -> a table of all fields, for from_global() in another task */
static int to_global(lua_State *L)
{
    lua_createtable(L, 0, FIELDS);
    for (size_t i = 0; i < FIELDS; i++) {
        push_field(L, &fields[i]);
        lua_setfield(L, -2, fields[i].name);
    }
    return 1;
}

/* core.call_context() -> what to_global() returns; nothing where there is no context */
static int call_context(lua_State *L)
{
    struct lruntime *runtime = lruntime_of(L);
    bool any = served_request(runtime) || *ltask_context(runtime) != 0;
    return any ? to_global(L) : 0;
}

/* current_context:from_global(values) */
static int from_global(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    for (size_t i = 0; i < FIELDS; i++) {
        lua_getfield(L, 2, fields[i].name);
        set_field(L, &fields[i]);
    }
    return 0;
}

/* Pushes a field; looks up all else among the methods, the first upvalue. */
static int context_index(lua_State *L)
{
    const struct field *field = find_field(luaL_checkstring(L, 2));
    if (field)
        push_field(L, field);
    else if (lua_getfield(L, lua_upvalueindex(1), lua_tostring(L, 2)) == LUA_TNIL)
        return luaL_error(L, "the call context has no field '%s'", lua_tostring(L, 2));
    return 1;
}

static int context_newindex(lua_State *L)
{
    const struct field *field = find_field(luaL_checkstring(L, 2));
    if (!field)
        return luaL_error(L, "the call context has no field '%s'", lua_tostring(L, 2));
    lua_settop(L, 3);
    set_field(L, field);
    return 0;
}

void lcontext_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"track_resource", track_resource},
                                       {"untrack_resource", untrack_resource},
                                       {"to_global", to_global},
                                       {"from_global", from_global},
                                       {NULL, NULL}};
    lua_newuserdatauv(L, 0, 0);
    luaL_newmetatable(L, CONTEXT_TYPE);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, context_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, context_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "current_context");
    lua_pushcfunction(L, call_context);
    lua_setfield(L, -2, "call_context");
}
