/* Blobs, and how they travel: the receiver learns info, object and method from an annotation, and
 * need not read the arguments.
 *
 * A blob that a program made holds a Lua value, which is serialized when it is sent; one that was
 * received holds bytes, which are sent on as they are. Lua runs only in lblob_unpack() and where
 * the program reads the data. */
#include "bind/message/lblob.h"

#include <lauxlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "bind/base/lerror.h"
#include "bind/base/luserdata.h"
#include "bind/base/marks.h"
#include "bind/task/lruntime.h"
#include "bind/value/lbuilder.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lconvert.h"
#include "bind/value/lvalue_write.h"
#include "rpc/blob.h"

#define BLOB_TYPE "pyro.SerializedBlob"

/* User values: the info, and the data, a Lua value or (received) a string of serialized bytes. */
enum { INFO = 1, DATA };

struct lblob {
    enum pyro_serializer serializer; /* of received data, else UNKNOWN */
};

bool lblob_is(lua_State *L, int index)
{
    return lua_isuserdata(L, index) && luaL_testudata(L, index, BLOB_TYPE);
}

/* Pushes a blob of the info and data at the top of the stack, which it replaces. */
LUA_RAISES static void push_blob(lua_State *L, enum pyro_serializer serializer)
{
    struct lblob *blob = lua_newuserdatauv(L, sizeof(*blob), DATA);
    blob->serializer = serializer;
    luaL_setmetatable(L, BLOB_TYPE);
    lua_insert(L, -3);
    lua_setiuservalue(L, -3, DATA);
    lua_setiuservalue(L, -2, INFO);
}

void lblob_push_received(lua_State *L, enum pyro_serializer serializer, struct pyro_slice data)
{
    luaL_checkstack(L, 4, "blob");
    lua_pushlstring(L, data.data, data.length);
    push_blob(L, serializer);
}

void lblob_unpack(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_getiuservalue(L, index, INFO);
    lconvert_outward(L, -1, "the blob's info");
    lua_getiuservalue(L, index, DATA);
    lconvert_outward(L, -1, "the blob's data");
}

/* --- sending --- */

/* The info of a blob that is being sent. */
struct info {
    lua_State *L;
    int index;
    const struct pyro_protocol *protocol;
};

static enum pyro_code blob_put_info(void *owner, struct pyro_sink *to)
{
    const struct info *info = owner;
    return lvalue_write(info->L, info->index, info->protocol, to);
}

/* Writes the description of the blob whose info is at `index`. */
static enum pyro_code describe(lua_State *L, int index, const struct pyro_client *client,
                               const struct pyro_call_head *head, struct pyro_buffer *out,
                               struct pyro_error *err)
{
    struct info info = {L, index, pyro_client_protocol(client)};
    const struct pyro_blob blob = {.object = head->object ? head->object
                                                          : pyro_client_uri(client)->object,
                                   .method = head->method,
                                   .put_info = blob_put_info,
                                   .owner = &info};
    return pyro_blob_describe(&blob, out, err);
}

static enum pyro_code send_data(lua_State *L, int data, struct pyro_client *client,
                                const struct pyro_call_head *head, struct pyro_call *call,
                                double timeout, struct pyro_error *err)
{
    struct pyro_sink *to = pyro_client_begin(client, head, err);
    if (!to)
        return err->code;
    enum pyro_code code;
    if ((code = lvalue_write(L, data, pyro_client_protocol(client), to)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_DICT, 0)) != PYRO_OK ||
        (code = pyro_end(to, PYRO_DICT)) != PYRO_OK) {
        pyro_client_abort(client);
        return code;
    }
    return pyro_client_send(client, call, timeout, err);
}

/* Copies the annotations of the call, but for the description of a blob that it came with. */
static size_t copy_annotations(const struct pyro_call_head *head, struct pyro_annotation *to)
{
    size_t count = 0;
    for (size_t i = 0; i < head->annotation_count; i++)
        if (memcmp(head->annotations[i].key, PYRO_BLOB_ANNOTATION,
                   sizeof(head->annotations[i].key)) != 0)
            to[count++] = head->annotations[i];
    return count;
}

/* Sends the blob at `index` with its description as the last of the annotations. */
static enum pyro_code send_annotated(lua_State *L, int index, struct pyro_client *client,
                                     const struct pyro_call_head *head,
                                     struct pyro_slice description, struct pyro_call *call,
                                     double timeout, struct pyro_error *err)
{
    const struct lblob *blob = lua_touserdata(L, index);
    int data = lua_gettop(L);
    struct pyro_call_head full = *head;
    struct pyro_annotation *annotations =
        pyro_malloc((head->annotation_count + 1) * sizeof(*annotations));
    if (!annotations)
        return pyro_error_memory(err);
    size_t count = copy_annotations(head, annotations);
    PYRO_ASSERT(count <= head->annotation_count);
    annotations[count] =
        (struct pyro_annotation){.key = PYRO_BLOB_ANNOTATION, .value = description};
    full.annotations = annotations;
    full.annotation_count = count + 1;
    full.flags |= PYRO_FLAG_BLOB;
    enum pyro_code code;
    if (blob->serializer) {
        struct pyro_slice bytes;
        bytes.data = lua_tolstring(L, data, &bytes.length);
        code = pyro_client_send_encoded(client, &full, blob->serializer, bytes, call, timeout, err);
    } else {
        code = send_data(L, data, client, &full, call, timeout, err);
    }
    pyro_free(annotations);
    return code;
}

enum pyro_code lblob_send(lua_State *L, int index, struct pyro_client *client,
                          const struct pyro_call_head *head, struct pyro_call *call, double timeout,
                          struct pyro_error *err)
{
    struct pyro_buffer description = {.data = NULL};
    enum pyro_code code = describe(L, lua_gettop(L) - 1, client, head, &description, err);
    if (code == PYRO_OK)
        code = send_annotated(L, index, client, head,
                              pyro_slice(description.data, description.length), call, timeout, err);
    pyro_buffer_free(&description);
    return code;
}

/* --- what Lua does with it --- */

static int blob_new(lua_State *L)
{
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    push_blob(L, PYRO_SERIALIZER_UNKNOWN);
    return 1;
}

/* Holds what reading allocates, however that ends. */
#define READING_TYPE "pyro.SerializedBlob.reading"

static int reading_gc(lua_State *L)
{
    pyro_reading_free(lua_touserdata(L, 1));
    return 0;
}

/* Pushes the data in the serialized call at the top: they need not be a list, as arguments are. */
LUA_RUNS static int deserialize(lua_State *L, const struct pyro_codec *codec)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct lbuilder builder;
    struct pyro_slice bytes;
    bytes.data = lua_tolstring(L, -1, &bytes.length);
    struct pyro_reading *held = lua_newuserdatauv(L, sizeof(*held), 0);
    *held = (struct pyro_reading){.parsed = NULL};
    luaL_setmetatable(L, READING_TYPE);
    pyro_budget_open(&held->budget, (size_t)lruntime_of(L)->core.config.MAX_VALUE_MEMORY);
    int top = lua_gettop(L);
    lbuilder_init(&builder, L, false, &err);
    pyro_reading_charge(held, &builder.sink);
    if (codec->read(bytes, held, &builder.sink, &err) != PYRO_OK) {
        pyro_reading_free(held);
        return lbuilder_raise(L, top, &builder.sink);
    }
    pyro_reading_free(held);
    if (!lua_istable(L, -1))
        return luaL_error(L, "the blob holds no call");
    lua_getfield(L, -1, "params"); /* json's calls are dicts; of others it is the third item */
    if (lua_isnil(L, -1))
        lua_rawgeti(L, -2, 3);
    return 1;
}

/* blob:deserialized() -> the data */
static int blob_deserialized(lua_State *L)
{
    const struct lblob *blob = luaL_checkudata(L, 1, BLOB_TYPE);
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, DATA);
    return blob->serializer ? deserialize(L, pyro_codec_find(blob->serializer)) : 1;
}

/* blob.info, blob:deserialized() */
static int blob_index(lua_State *L)
{
    const char *name = luaL_checkstring(L, 2);
    luaL_checkudata(L, 1, BLOB_TYPE);
    if (strcmp(name, "info") == 0)
        lua_getiuservalue(L, 1, INFO);
    else if (strcmp(name, "deserialized") == 0)
        lua_pushcfunction(L, blob_deserialized);
    else
        lua_pushnil(L);
    return 1;
}

void lblob_open(lua_State *L)
{
    luserdata_finalize(L, READING_TYPE, reading_gc);
    luaL_newmetatable(L, BLOB_TYPE);
    lua_pushcfunction(L, blob_index);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, blob_new);
    lua_setfield(L, -2, "new_blob");
}
