#include "bind/task/lopen_task.h"

#include "bind/task/lattend.h"
#include "bind/task/lbackground.h"
#include "bind/task/levent.h"
#include "bind/task/lexit.h"
#include "bind/task/lfuture.h"
#include "bind/task/lloop.h"
#include "bind/task/lready.h"
#include "bind/task/lsleep.h"
#include "bind/task/lspawn.h"
#include "bind/task/lwatch.h"

void lopen_task(lua_State *L)
{
    lexit_open(L);
    lready_open(L);
    lloop_open(L);
    lattend_open(L);
    lsleep_open(L);
    lbackground_open(L);
    lspawn_open(L);
    levent_open(L);
    lfuture_open(L);
    lwatch_open(L);
}
