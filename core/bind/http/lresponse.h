/** @file
 * What a handler returned, before its body: status and headers. */
#ifndef PYRO_BIND_HTTP_LRESPONSE_H
#define PYRO_BIND_HTTP_LRESPONSE_H

#include <lua.h>

#include "bind/base/marks.h"
#include "http/request.h"

/** Headers that responses usually have at most. */
#define LRESPONSE_FEW 16

struct lresponse {
    unsigned status;
    const struct pyro_http_header *headers;
    size_t count;
    struct pyro_http_header few[LRESPONSE_FEW]; /**< private: where the headers are, if there are no
                                                     more */
};

/** Reads the status at 1 and the headers at 2: a table of values, or lists of them, by name, or
 * nil. Pushes what keeps them in memory; the table must not change. */
LUA_RAISES void lresponse_read(lua_State *L, struct lresponse *out);

#endif
