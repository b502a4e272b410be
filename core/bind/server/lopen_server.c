#include "bind/server/lopen_server.h"

#include "bind/server/ldaemon.h"
#include "bind/server/lexpose.h"
#include "bind/server/lstream.h"

void lopen_server(lua_State *L)
{
    lexpose_open(L);
    ldaemon_open(L);
    lstream_open(L);
}
