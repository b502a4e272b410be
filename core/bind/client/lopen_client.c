#include "bind/client/lopen_client.h"

#include "bind/client/lasync.h"
#include "bind/client/lbatch.h"
#include "bind/client/lconnect.h"
#include "bind/client/linvoke.h"
#include "bind/client/llocate.h"
#include "bind/client/lpending.h"
#include "bind/client/lproxy_type.h"

void lopen_client(lua_State *L)
{
    lpending_open(L);
    lproxy_type_open(L);
    lconnect_open(L);
    linvoke_open(L);
    llocate_open(L);
    lasync_open(L);
    lbatch_open(L);
}
