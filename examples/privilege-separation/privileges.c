/* A module for Lua, `require "privileges"`: as which user the program runs. */
#include <errno.h>
#include <grp.h>
#include <lauxlib.h>
#include <lua.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* privileges.ids() -> uid, gid, effective uid, effective gid */
static int ids(lua_State *L)
{
    lua_pushinteger(L, getuid());
    lua_pushinteger(L, getgid());
    lua_pushinteger(L, geteuid());
    lua_pushinteger(L, getegid());
    return 4;
}

/* privileges.name(uid) -> the user's name, or nil */
static int name(lua_State *L)
{
    struct passwd *user = getpwuid((uid_t)luaL_checkinteger(L, 1));
    lua_pushstring(L, user ? user->pw_name : NULL);
    return 1;
}

/* privileges.drop(name): from now on the program is that user, and no other; an error where it may
 * not. The user goes last: after that, nothing could be changed any more. */
static int drop(lua_State *L)
{
    struct passwd *user = getpwnam(luaL_checkstring(L, 1));
    if (!user)
        return luaL_error(L, "no such user");
    if (setgroups(0, NULL) || setgid(user->pw_gid) || setuid(user->pw_uid))
        return luaL_error(L, "%s", strerror(errno));
    return 0;
}

int luaopen_privileges(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"ids", ids}, {"name", name}, {"drop", drop}, {NULL, NULL}};
    luaL_newlib(L, functions);
    return 1;
}
