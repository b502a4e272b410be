#include "bind/message/lopen_message.h"

#include "bind/message/lblob.h"
#include "bind/message/lconnection.h"
#include "bind/message/lcontext.h"
#include "bind/message/llog.h"

void lopen_message(lua_State *L)
{
    lblob_open(L);
    lconnection_open(L);
    lcontext_open(L);
    llog_open(L);
}
