#include "bind/message/lcontext.h"

#include <string.h>

#include "base/uuid.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/message/lconnection.h"
#include "bind/task/lbackground.h"
#include "bind/task/ltask.h"

#define CONTEXT_TYPE "pyro.current_context"

/* Its address is the registry key of the annotations that were packed last. */
static const char packed_key = 0;

/* --- fields --- */

/* Bytes that an annotation takes in a table, besides its value's. */
#define ANNOTATION_COST 160

/* Whether a message has any that programs see. */
static bool has_annotations(const struct pyro_message *message)
{
    struct pyro_slice rest = message->annotations, key, value;
    return rest.length > 0 && pyro_message_next_annotation(message, &rest, &key, &value);
}

static void push_annotations(lua_State *L, const struct pyro_message *message)
{
    struct pyro_slice rest = message->annotations, key, value;
    struct pyro_budget budget;
    struct pyro_error err;
    pyro_budget_open(&budget, (size_t)lruntime_of(L)->core.config.MAX_VALUE_MEMORY);
    lua_newtable(L);
    while (pyro_message_next_annotation(message, &rest, &key, &value)) {
        if (pyro_spend(&budget, ANNOTATION_COST + value.length, &err) != PYRO_OK)
            lerror_raise(L, &err);
        lua_pushlstring(L, key.data, key.length);
        lua_pushlstring(L, value.data, value.length);
        lua_rawset(L, -3);
    }
}

static void push_client(lua_State *L, struct pyro_request *request)
{
    if (request)
        lconnection_push(L, request->connection);
    else
        lua_pushnil(L);
}

static void push_address(lua_State *L, struct pyro_request *request)
{
    if (request)
        lua_pushstring(L, pyro_connection_peer(request->connection));
    else
        lua_pushnil(L);
}

static void push_seq(lua_State *L, struct pyro_request *request)
{
    lua_pushinteger(L, request ? request->message.header.seq : 0);
}

static void push_flags(lua_State *L, struct pyro_request *request)
{
    lua_pushinteger(L, request ? request->message.header.flag_bits : 0);
}

static void push_serializer(lua_State *L, struct pyro_request *request)
{
    lua_pushinteger(L, request ? request->message.header.serializer_id : 0);
}

static void push_received(lua_State *L, struct pyro_request *request)
{
    if (request)
        push_annotations(L, &request->message);
    else
        lua_newtable(L);
}

static void push_response(lua_State *L, struct pyro_request *request)
{
    (void)request;
    lua_newtable(L);
}

static void push_correlation(lua_State *L, struct pyro_request *request)
{
    char text[PYRO_UUID_TEXT_SIZE];
    if (!request || !pyro_request_correlate(request)) {
        lua_pushnil(L);
        return;
    }
    pyro_uuid_text(request->message.header.correlation, text);
    lua_pushstring(L, text);
}

static const struct field {
    const char *name;
    /* Pushes its value in a task that serves a request, or (NULL) none. */
    void (*push)(lua_State *L, struct pyro_request *request);
} fields[] = {
    {"client", push_client},
    {"client_sock_addr", push_address},
    {"seq", push_seq},
    {"msg_flags", push_flags},
    {"serializer_id", push_serializer},
    {"annotations", push_received},
    {"response_annotations", push_response},
    {"correlation_id", push_correlation},
};

static const struct field *find_field(const char *name)
{
    for (size_t i = 0; i < PYRO_COUNT(fields); i++)
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

/* Pushes it, a new one where there is none. */
static void push_own(lua_State *L, int *reference)
{
    if (*reference == 0) {
        lua_newtable(L);
        *reference = luaL_ref(L, LUA_REGISTRYINDEX);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, *reference);
}

/* Pushes the value that the task has set of a field; false (nothing pushed) where it has not. */
static bool push_set(lua_State *L, struct lruntime *runtime, const char *name)
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

static void push_field(lua_State *L, const struct field *field)
{
    struct lruntime *runtime = lruntime_of(L);
    if (push_set(L, runtime, field->name)) {
        if (lua_isboolean(L, -1)) { /* set to nil */
            lua_pop(L, 1);
            lua_pushnil(L);
        }
        return;
    }
    field->push(L, served_request(runtime));
    if (lua_istable(L, -1)) { /* the program may change what is in it */
        push_own(L, ltask_context(runtime));
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, field->name);
        lua_pop(L, 1);
    }
}

/* The field becomes the value at the top, which is popped. */
static void set_field(lua_State *L, const struct field *field)
{
    unsigned char uuid[PYRO_UUID_SIZE];
    struct pyro_slice text;
    if (strstr(field->name, "annotations") && !lua_istable(L, -1))
        luaL_error(L, "%s must be a table, got %s", field->name, luaL_typename(L, -1));
    if (strcmp(field->name, "correlation_id") == 0 && !lua_isnil(L, -1)) {
        text.data = luaL_tolstring(L, -1, &text.length);
        lua_remove(L, -2);
        if (!pyro_uuid_parse(text, uuid))
            luaL_error(L, "correlation_id must be a UUID, got '%s'", lua_tostring(L, -1));
    }
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

static bool is_annotation_key(lua_State *L, int index)
{
    if (lua_type(L, index) != LUA_TSTRING || lua_rawlen(L, index) != 4)
        return false;
    const char *key = lua_tostring(L, index);
    for (int i = 0; i < 4; i++)
        if (key[i] == '\0' || (unsigned char)key[i] >= 0x80)
            return false;
    return true;
}

/* The bytes of the annotation whose key and value are at the top; raises an error where they cannot
 * be sent. */
static struct pyro_slice annotation_bytes(lua_State *L)
{
    struct pyro_slice value;
    if (!is_annotation_key(L, -2)) {
        lerror_push(L, "ProtocolError", "annotation identifier must be 4 ascii characters");
        lua_error(L);
    }
    if (lua_type(L, -1) != LUA_TSTRING) {
        lua_pushfstring(L, "annotation '%s' must be a string", lua_tostring(L, -2));
        lerror_push(L, "ProtocolError", lua_tostring(L, -1));
        lua_error(L);
    }
    value.data = lua_tolstring(L, -1, &value.length);
    return value;
}

/* Copies the annotations in the table at the top, which is popped, to a userdata that stays until
 * the next are packed. Making that may run a finalizer, which might change the table. */
void lcontext_pack(lua_State *L, struct lcontext_outgoing *out)
{
    size_t count = 0, size = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        size += sizeof(*out->annotations) + annotation_bytes(L).length;
        count++;
    }
    struct pyro_annotation *annotations = lua_newuserdatauv(L, size, 0);
    char *bytes = (char *)(annotations + count), *end = (char *)annotations + size;
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &packed_key);
    lua_insert(L, -2); /* the table on top */
    out->annotations = annotations;
    out->count = 0;
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        struct pyro_slice value = annotation_bytes(L);
        if (out->count == count || value.length > (size_t)(end - bytes))
            luaL_error(L, "annotations changed while they were sent");
        memcpy(annotations[out->count].key, lua_tostring(L, -2), sizeof(annotations->key));
        annotations[out->count].value = pyro_slice(bytes, value.length);
        memcpy(bytes, value.data, value.length);
        bytes += value.length;
        out->count++;
    }
    lua_pop(L, 2);
}

/* Packs the annotations that the running task has set in a field, if any. */
static void pack_set(lua_State *L, struct lruntime *runtime, const char *name,
                     struct lcontext_outgoing *out)
{
    out->annotations = NULL;
    out->count = 0;
    if (!push_set(L, runtime, name))
        return;
    luaL_checkstack(L, 6, "annotations");
    if (lua_pushnil(L), lua_next(L, -2)) {
        lua_pop(L, 2);
        lcontext_pack(L, out);
    } else {
        lua_pop(L, 1);
    }
}

static void outgoing_correlation(lua_State *L, struct lruntime *runtime,
                                 struct pyro_request *request, struct lcontext_outgoing *out)
{
    struct pyro_slice text;
    out->correlated = false;
    if (push_set(L, runtime, "correlation_id")) {
        text.data = lua_tolstring(L, -1, &text.length);
        out->correlated = text.data && pyro_uuid_parse(text, out->correlation);
        lua_pop(L, 1);
    } else if (request) {
        out->correlated = pyro_request_correlate(request);
        memcpy(out->correlation, request->message.header.correlation, PYRO_CORRELATION_SIZE);
    }
}

void lcontext_outgoing(lua_State *L, struct lruntime *runtime, struct lcontext_outgoing *out)
{
    struct pyro_request *request = served_request(runtime);
    out->nested = request && !(request->flags & PYRO_FLAG_ONEWAY);
    outgoing_correlation(L, runtime, request, out);
    if (request && has_annotations(&request->message)) {
        push_field(L, find_field("annotations")); /* is then as if it were set */
        lua_pop(L, 1);
    }
    pack_set(L, runtime, "annotations", out);
}

void lcontext_handshake(lua_State *L, struct lruntime *runtime, struct pyro_connection *connection,
                        const struct pyro_message *message)
{
    char text[PYRO_UUID_TEXT_SIZE];
    luaL_checkstack(L, 6, "context");
    push_own(L, ltask_context(runtime));
    lconnection_push(L, connection);
    lua_setfield(L, -2, "client");
    lua_pushstring(L, pyro_connection_peer(connection));
    lua_setfield(L, -2, "client_sock_addr");
    lua_pushinteger(L, message->header.seq);
    lua_setfield(L, -2, "seq");
    lua_pushinteger(L, message->header.flag_bits);
    lua_setfield(L, -2, "msg_flags");
    lua_pushinteger(L, message->header.serializer_id);
    lua_setfield(L, -2, "serializer_id");
    push_annotations(L, message);
    lua_setfield(L, -2, "annotations");
    if (message->header.correlated) {
        pyro_uuid_text(message->header.correlation, text);
        lua_pushstring(L, text);
        lua_setfield(L, -2, "correlation_id");
    }
    lua_pop(L, 1);
}

void lcontext_answer(lua_State *L, struct lruntime *runtime, struct pyro_request *request)
{
    struct lcontext_outgoing out;
    if (*ltask_context(runtime) == 0)
        return;
    if (push_set(L, runtime, "correlation_id")) {
        lua_pop(L, 1);
        outgoing_correlation(L, runtime, request, &out);
        request->message.header.correlated = out.correlated;
        memcpy(request->message.header.correlation, out.correlation, PYRO_CORRELATION_SIZE);
    }
    pack_set(L, runtime, "response_annotations", &out);
    request->annotations = out.annotations;
    request->annotation_count = out.count;
}

void lcontext_sent(lua_State *L, struct lruntime *runtime)
{
    if (*ltask_context(runtime) == 0)
        return;
    push_own(L, ltask_context(runtime));
    lua_pushnil(L);
    lua_setfield(L, -2, "response_annotations");
    lua_pop(L, 1);
}

static void give(lua_State *L, int *context, const struct pyro_message *reply)
{
    if (*context == 0 && !has_annotations(reply))
        return;
    luaL_checkstack(L, 6, "annotations");
    push_own(L, context);
    push_annotations(L, reply);
    lua_setfield(L, -2, "response_annotations");
    lua_pop(L, 1);
}

void lcontext_received(lua_State *L, struct lruntime *runtime, const struct pyro_message *reply)
{
    give(L, ltask_context(runtime), reply);
}

void lcontext_give(lua_State *L, struct ltask *task, const void *reply)
{
    if (reply)
        give(L, &task->context, reply);
}

/* --- pyro.current_context --- */

/* Pushes the client's connection, and the set of resources that it tracks. */
static void push_resources(lua_State *L, const char *doing)
{
    push_field(L, find_field("client"));
    if (lua_isnil(L, -1)) {
        lua_pushfstring(L, "cannot %s resource on a connectionless call", doing);
        lerror_push(L, "PyroError", lua_tostring(L, -1));
        lua_error(L);
    }
    lconnection_push_resources(L, -1);
}

/* The client of the connection at the top has gone: a resource that is tracked now is closed now.
 */
static int close_resource(lua_State *L, int resource)
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
    lua_createtable(L, 0, PYRO_COUNT(fields));
    for (size_t i = 0; i < PYRO_COUNT(fields); i++) {
        push_field(L, &fields[i]);
        lua_setfield(L, -2, fields[i].name);
    }
    return 1;
}

/* current_context:from_global(values) */
static int from_global(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TTABLE);
    for (size_t i = 0; i < PYRO_COUNT(fields); i++) {
        lua_getfield(L, 2, fields[i].name);
        set_field(L, &fields[i]);
    }
    return 0;
}

/* Fields; all else is looked up among the methods, the first upvalue. */
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
}
