#include <lauxlib.h>

#include "bind/larray.h"
#include "bind/lasync.h"
#include "bind/lattend.h"
#include "bind/lbatch.h"
#include "bind/lblob.h"
#include "bind/lcall.h"
#include "bind/lconfig.h"
#include "bind/lconnection.h"
#include "bind/lcontext.h"
#include "bind/lconvert.h"
#include "bind/ldaemon.h"
#include "bind/lerror.h"
#include "bind/levaluate.h"
#include "bind/levent.h"
#include "bind/lexit.h"
#include "bind/lexpose.h"
#include "bind/lfuture.h"
#include "bind/linvoke.h"
#include "bind/ljson.h"
#include "bind/lloop.h"
#include "bind/lnative.h"
#include "bind/lobject.h"
#include "bind/lproxy.h"
#include "bind/lruntime.h"
#include "bind/lservice.h"
#include "bind/lshape.h"
#include "bind/lspawn.h"
#include "bind/lstream.h"
#include "bind/ltask.h"
#include "bind/ltypes.h"
#include "bind/luri.h"
#include "bind/lvalue.h"
#include "bind/lwatch.h"
#include "bind/lweak.h"
#include "bind/open.h"

static void open_runtime(lua_State *L)
{
    struct pyro_error err;
    if (!lruntime_open(L, &err))
        luaL_error(L, "%s", err.message);
}

int luaopen_pyro_core(lua_State *L)
{
    if (!lruntime_of(L)) /* else a program opened it: it is embedded */
        open_runtime(L);
    lexit_open(L);
    lua_newtable(L);
    lvalue_open(L);
    lshape_open(L);
    lerror_open(L);
    ltypes_open(L);
    lconvert_open(L);
    larray_open(L);
    luri_open(L);
    lcall_open(L);
    lproxy_open(L);
    linvoke_open(L);
    lblob_open(L);
    lconnection_open(L);
    lcontext_open(L);
    lexpose_open(L);
    ldaemon_open(L);
    lloop_open(L);
    lattend_open(L);
    lconfig_open(L);
    ltask_open(L);
    lspawn_open(L);
    levent_open(L);
    lfuture_open(L);
    lasync_open(L);
    lbatch_open(L);
    lwatch_open(L);
    lweak_open(L);
    levaluate_open(L);
    ljson_open(L);
    lnative_open(L);
    lservice_open(L);
    lstream_open(L);
    lua_pushcfunction(L, lruntime_hooks);
    lua_setfield(L, -2, "hooks");
    return 1;
}
