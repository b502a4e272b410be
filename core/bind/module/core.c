#include "bind/module/core.h"

#include <lauxlib.h>

#include "bind/base/lopen_base.h"
#include "bind/base/marks.h"
#include "bind/client/lopen_client.h"
#include "bind/http/lopen_http.h"
#include "bind/message/lopen_message.h"
#include "bind/module/lallow.h"
#include "bind/module/lconfig.h"
#include "bind/module/ldebug.h"
#include "bind/module/lnative.h"
#include "bind/module/lregex.h"
#include "bind/module/lsecret.h"
#include "bind/module/lservice.h"
#include "bind/module/lterminal.h"
#include "bind/server/lopen_server.h"
#include "bind/task/lopen_task.h"
#include "bind/task/ltask.h"
#include "bind/value/lopen_value.h"

LUA_RUNS static void open_runtime(lua_State *L)
{
    struct pyro_error err;
    if (!lruntime_open(L, &err))
        luaL_error(L, "%s", err.message);
}

/* The rooms from the lowest to the highest, then the files of this one. */
static void (*const open_functions[])(lua_State *L) = {
    lopen_base,   lopen_task,  lopen_value,  lopen_message, lopen_client,
    lopen_server, lopen_http,  lallow_open,  lconfig_open,  ldebug_open,
    lnative_open, lregex_open, lsecret_open, lservice_open, lterminal_open,
};

int luaopen_pyro_core(lua_State *L)
{
    if (!lruntime_of(L)) /* else a program opened it: it is embedded */
        open_runtime(L);
    ltask_open(lruntime_of(L));
    lua_newtable(L);
    for (size_t i = 0; i < PYRO_COUNT(open_functions); i++)
        open_functions[i](L);
    return 1;
}
