#include <lauxlib.h>

#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/lshape.h"
#include "bind/base/ltypes.h"
#include "bind/base/lweak.h"
#include "bind/client/lasync.h"
#include "bind/client/lbatch.h"
#include "bind/client/lconnect.h"
#include "bind/client/linvoke.h"
#include "bind/client/llocate.h"
#include "bind/client/lpending.h"
#include "bind/client/lproxy_type.h"
#include "bind/message/lblob.h"
#include "bind/message/lconnection.h"
#include "bind/message/lcontext.h"
#include "bind/module/lconfig.h"
#include "bind/module/lnative.h"
#include "bind/module/lservice.h"
#include "bind/module/open.h"
#include "bind/server/ldaemon.h"
#include "bind/server/lexpose.h"
#include "bind/server/lstream.h"
#include "bind/task/lattend.h"
#include "bind/task/lbackground.h"
#include "bind/task/levaluate.h"
#include "bind/task/levent.h"
#include "bind/task/lexit.h"
#include "bind/task/lfuture.h"
#include "bind/task/lloop.h"
#include "bind/task/lruntime.h"
#include "bind/task/lsleep.h"
#include "bind/task/lspawn.h"
#include "bind/task/ltask.h"
#include "bind/task/lwatch.h"
#include "bind/value/larray_lib.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lclass_write.h"
#include "bind/value/lconvert.h"
#include "bind/value/lfields.h"
#include "bind/value/ljson.h"
#include "bind/value/luri.h"

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
    ltask_open(lruntime_of(L));
    lexit_open(L);
    lua_newtable(L);
    lhook_open(L);
    lbuilder_open(L);
    lvalue_open(L);
    lshape_open(L);
    lerror_open(L);
    ltypes_open(L);
    lconvert_open(L);
    lclass_open(L);
    larray_open(L);
    luri_open(L);
    lpending_open(L);
    lproxy_type_open(L);
    lconnect_open(L);
    linvoke_open(L);
    lblob_open(L);
    lconnection_open(L);
    lcontext_open(L);
    lexpose_open(L);
    ldaemon_open(L);
    lloop_open(L);
    lattend_open(L);
    lconfig_open(L);
    lsleep_open(L);
    lbackground_open(L);
    llocate_open(L);
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
    return 1;
}
