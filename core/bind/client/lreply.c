#include "bind/client/lreply.h"

#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/ljson.h"
#include "bind/value/lproxy.h"
#include "rpc/reply_json.h"

void lreply_make_raisable(lua_State *L)
{
    if (lerror_is_raisable(L, -1))
        return;
    lerror_push_text(L, -1);
    lua_pushfstring(L, "the remote side raised what is no exception: %s", lua_tostring(L, -1));
    lerror_push(L, "ProtocolError", lua_tostring(L, -1));
}

/* Pushes the id of the stream from which the result is fetched item by item. */
LUA_RUNS static void push_stream_id(lua_State *L, const struct pyro_call *call)
{
    struct pyro_slice id;
    if (!pyro_message_annotation(&call->reply, PYRO_STREAM_ANNOTATION, &id) || id.length == 0) {
        lerror_push(L, "ProtocolError",
                    "result of call is an iterator, but the server is not configured to allow "
                    "streaming");
        lua_error(L);
    }
    lua_pushlstring(L, id.data, id.length);
}

/* Pushes what a generic `for` needs to fetch the result item by item. */
LUA_RUNS static void push_stream(lua_State *L, int proxy, const struct pyro_call *call)
{
    lhook_push(L, LHOOK_STREAM);
    lua_pushvalue(L, proxy);
    push_stream_id(L, call);
    lua_call(L, 2, LUA_MULTRET);
}

/* Tells the client that its server has raised the error at the top. */
LUA_RAISES static void note_raised(lua_State *L, int proxy)
{
    const struct lproxy *callee = lproxy_test(L, proxy);
    if (!callee || !callee->client || !lerror_is(L, -1))
        return;
    lua_pushliteral(L, "class");
    if (lua_rawget(L, -2) == LUA_TSTRING)
        pyro_client_raised(callee->client, lua_tostring(L, -1));
    lua_pop(L, 1);
}

bool lreply_push(lua_State *L, int proxy, struct pyro_call *call)
{
    struct pyro_error err;
    struct lbuilder builder;
    pyro_error_clear(&err);
    if (call->reply.header.flags & PYRO_FLAG_STREAM) {
        push_stream(L, proxy, call);
        return true;
    }
    int top = lua_gettop(L);
    lbuilder_init(&builder, L, false, &err);
    builder.raised = pyro_call_raised(call);
    if (pyro_call_read(call, &builder.sink, &err) != PYRO_OK) {
        pyro_call_end(call);
        lbuilder_raise(L, top, &builder.sink);
    }
    if (!pyro_call_raised(call))
        return true;
    lreply_make_raisable(L);
    note_raised(L, proxy);
    return false;
}

/* --- as JSON --- */

LUA_RUNS static void push_text(lua_State *L, int proxy, bool kept, struct pyro_call *call)
{
    struct pyro_error err;
    char class_name[PYRO_CLASS_SIZE];
    pyro_error_clear(&err);
    struct pyro_buffer *text = ljson_push_buffer(L);
    if (pyro_reply_write_json(call, kept, text, class_name, &err) != PYRO_OK) {
        pyro_call_end(call);
        pyro_buffer_free(text);
        lerror_raise(L, &err);
    }
    lua_pushlstring(L, text->data, text->length);
    pyro_buffer_free(text);
    lua_remove(L, -2);
    if (!pyro_call_raised(call))
        return;
    lua_pushstring(L, class_name);
    pyro_client_raised(lproxy_check(L, proxy)->client, class_name);
}

bool lreply_push_json(lua_State *L, int proxy, bool kept, struct pyro_call *call)
{
    if (call->reply.header.flags & PYRO_FLAG_STREAM) {
        lua_pushliteral(L, "stream");
        push_stream_id(L, call);
    } else {
        lua_pushstring(L, pyro_call_raised(call) ? "raised" : "value");
        push_text(L, proxy, kept, call);
    }
    return true;
}
