#include "bind/base/lcomplaint.h"

#include "base/complaint.h"

void lcomplain(const char *head, const char *text)
{
    pyro_complain(head, text);
}

/* is_journal(): returns whether the standard error is systemd's journal. */
static int is_journal(lua_State *L)
{
    lua_pushboolean(L, pyro_is_journal());
    return 1;
}

void lcomplaint_open(lua_State *L)
{
    lua_pushcfunction(L, is_journal);
    lua_setfield(L, -2, "is_journal");
}
