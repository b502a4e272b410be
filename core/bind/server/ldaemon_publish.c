#include "bind/server/ldaemon_publish.h"

#include <lauxlib.h>

#include "base/assert.h"
#include "bind/base/lerror.h"
#include "bind/base/lhmac.h"
#include "bind/base/luserdata.h"
#include "bind/task/lwait.h"

#define PUBLISHING_TYPE "pyro.publishing"
#define MOST_TAGS 1000

/* A Lua function that waits for a publisher. Userdata on the stack of the waiting coroutine. */
struct lpublishing {
    struct pyro_publishing publishing;
    struct lwait wait;
};

static void publishing_on_cancel(struct lwait *wait)
{
    pyro_publishing_cancel(&PYRO_CONTAINER(wait, struct lpublishing, wait)->publishing);
}

LOOP_STEPS static void publishing_on_done(struct pyro_publishing *publishing)
{
    struct lwait *wait = &PYRO_CONTAINER(publishing, struct lpublishing, publishing)->wait;
    PYRO_ASSERT(!wait->over); /* told once */
    lwait_end(wait);
}

static int publishing_gc(lua_State *L)
{
    struct lpublishing *self = lua_touserdata(L, 1);
    lwait_gone(&self->wait);
    pyro_publishing_cancel(&self->publishing);
    return 0;
}

LUA_RAISES static struct lpublishing *push_publishing(lua_State *L, const char *what)
{
    struct lpublishing *self = lua_newuserdatauv(L, sizeof(*self), 0);
    *self = (struct lpublishing){.publishing = {.done = publishing_on_done},
                                 .wait = {.what = what, .cancel = publishing_on_cancel}};
    luaL_setmetatable(L, PUBLISHING_TYPE);
    return self;
}

/* --- options --- */

/* Returns the string field of the table at `index`, which stays on the stack; or NULL. */
LUA_RUNS static const char *string_field(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    return lua_tostring(L, -1);
}

LUA_RUNS static bool is_set(lua_State *L, int index, const char *name)
{
    lua_getfield(L, index, name);
    return lua_toboolean(L, -1);
}

LUA_RUNS static void refuse(lua_State *L, const char *class_name, const char *why)
{
    lerror_push(L, class_name, why);
    lua_error(L);
}

/* Reads the list at the top into an array, which is pushed. */
LUA_RUNS static void read_tags(lua_State *L, struct pyro_publish_options *options)
{
    int list = lua_gettop(L);
    lua_Integer count = luaL_len(L, list);
    if (count < 0 || count > MOST_TAGS)
        refuse(L, "ValueError", "metadata may not have more than 1000 tags");
    const char **tags = lua_newuserdatauv(L, sizeof(*tags) * (size_t)count + 1, 0);
    for (lua_Integer i = 0; i < count; i++) {
        if (lua_rawgeti(L, list, i + 1) != LUA_TSTRING)
            refuse(L, "TypeError", "metadata must be a list of strings");
        tags[i] = lua_tostring(L, -1); /* the list keeps it */
        lua_pop(L, 1);
    }
    options->tags = tags;
    options->tag_count = (size_t)count;
}

/* Reads the options in the table at `index`; their strings, and the array of tags, stay on the
 * stack. The caller releases the key, which is read last: then nothing raises an error. */
LUA_RUNS static struct pyro_publish_options read_options(lua_State *L, int index)
{
    struct pyro_publish_options options = {.lease = PYRO_DEFAULT_LEASE};
    luaL_checkstack(L, 16, NULL);
    options.host = string_field(L, index, "host");
    lua_getfield(L, index, "port");
    options.port = (int)luaL_optinteger(L, -1, 0);
    if (lua_getfield(L, index, "lease") != LUA_TNIL)
        options.lease = luaL_checknumber(L, -1);
    options.safe = is_set(L, index, "safe");
    options.lasting = is_set(L, index, "lasting");
    if (lua_getfield(L, index, "metadata") != LUA_TNIL)
        read_tags(L, &options);
    lua_getfield(L, index, "hmac_key");
    options.key = lhmac_read(L, -1);
    return options;
}

/* --- functions --- */

/* Makes the daemon's publisher, when it is first needed. */
LUA_RUNS static void need_publisher(lua_State *L, struct ldaemon *self)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!self->publisher)
        self->publisher =
            pyro_publisher_new(&self->hooks.runtime->core, ldaemon_hooks_lost, &self->hooks, &err);
    if (!self->publisher)
        lerror_raise(L, &err);
}

static int published(lua_State *L, int status, lua_KContext context)
{
    const struct lpublishing *self = lua_touserdata(L, -1);
    (void)status;
    (void)context;
    if (self->publishing.error.code != PYRO_OK)
        return lerror_raise(L, &self->publishing.error);
    return 0;
}

/* Begins to publish what is at 2 and 3, unless the daemon was closed meanwhile. */
LUA_RUNS static enum pyro_code begin_publish(lua_State *L, struct ldaemon *self,
                                             struct pyro_publishing *wait, struct pyro_error *err)
{
    struct pyro_publish_options options = read_options(L, 4);
    enum pyro_code code = self->publisher
                              ? pyro_publisher_publish(self->publisher, lua_tostring(L, 2),
                                                       lua_tostring(L, 3), &options, wait, err)
                              : pyro_error_set(err, PYRO_EDAEMON, "the daemon is closed");
    pyro_hmac_key_release(options.key);
    return code;
}

static int publish(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    struct pyro_error err = {.code = PYRO_OK};
    luaL_checkstring(L, 2);
    luaL_checkstring(L, 3);
    luaL_checktype(L, 4, LUA_TTABLE);
    lua_settop(L, 4);
    need_publisher(L, self);
    struct lpublishing *publishing = push_publishing(L, "name to be published");
    if (begin_publish(L, self, &publishing->publishing, &err) != PYRO_OK)
        return lerror_raise(L, &err);
    lua_settop(L, 5);
    return lwait_for(L, &publishing->wait, 0, published);
}

static int unpublished(lua_State *L, int status, lua_KContext context)
{
    const struct lpublishing *self = lua_touserdata(L, -1);
    (void)status;
    (void)context;
    if (self->publishing.error.code != PYRO_OK)
        return lerror_raise(L, &self->publishing.error);
    lua_pushboolean(L, self->publishing.removed);
    return 1;
}

static int unpublish(lua_State *L)
{
    struct ldaemon *self = ldaemon_check(L);
    const char *name = luaL_checkstring(L, 2);
    struct lpublishing *publishing = push_publishing(L, "name to be removed");
    if (!self->publisher ||
        !pyro_publisher_unpublish(self->publisher, name, &publishing->publishing)) {
        lua_pushboolean(L, false);
        return 1;
    }
    return lwait_for(L, &publishing->wait, 0, unpublished);
}

int ldaemon_publish_stop(lua_State *L, struct ldaemon *self, lua_KFunction k)
{
    lua_settop(L, 1);
    if (!self->publisher)
        return k(L, LUA_OK, 0);
    struct lpublishing *publishing = push_publishing(L, "names to be removed");
    if (!self->publisher || !pyro_publisher_stop(self->publisher, &publishing->publishing))
        return k(L, LUA_OK, 0);
    return lwait_for(L, &publishing->wait, 0, k);
}

static int withdrawn(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

static int withdraw(lua_State *L)
{
    return ldaemon_publish_stop(L, ldaemon_check_any(L), withdrawn);
}

void ldaemon_publish_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"publish", publish}, {"unpublish", unpublish}, {"withdraw", withdraw}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
    luserdata_finalize(L, PUBLISHING_TYPE, publishing_gc);
}
