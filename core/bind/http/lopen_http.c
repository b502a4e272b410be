#include "bind/http/lopen_http.h"

#include "bind/http/lhttp.h"
#include "bind/http/lwriter.h"

void lopen_http(lua_State *L)
{
    lhttp_open(L);
    lwriter_open(L);
}
