#include "bind/base/lopen_base.h"

#include "bind/base/lcomplaint.h"
#include "bind/base/lerror.h"
#include "bind/base/lhook.h"
#include "bind/base/lprintable.h"
#include "bind/base/lshape.h"
#include "bind/base/ltypes.h"
#include "bind/base/lweak.h"

void lopen_base(lua_State *L)
{
    lcomplaint_open(L);
    lhook_open(L);
    lprintable_open(L);
    lshape_open(L);
    lerror_open(L);
    ltypes_open(L);
    lweak_open(L);
}
