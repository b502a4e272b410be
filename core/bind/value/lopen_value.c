#include "bind/value/lopen_value.h"

#include "bind/value/larray_lib.h"
#include "bind/value/lbuilder_state.h"
#include "bind/value/lclass_write.h"
#include "bind/value/lconvert.h"
#include "bind/value/lfields.h"
#include "bind/value/ljson.h"
#include "bind/value/luri.h"

void lopen_value(lua_State *L)
{
    lbuilder_open(L);
    lvalue_open(L);
    lconvert_open(L);
    lclass_open(L);
    larray_open(L);
    luri_open(L);
    ljson_open(L);
}
