/** @file
 * pyro.SerializedBlob: a call's arguments that stay serialized on their way, with an info about
 * them; userdata. */
#ifndef PYRO_BIND_MESSAGE_LBLOB_H
#define PYRO_BIND_MESSAGE_LBLOB_H

#include <lua.h>

#include "bind/base/marks.h"
#include "codec/codec.h"
#include "rpc/call.h"
#include "rpc/client.h"

/** Returns whether the value is a blob. */
bool lblob_is(lua_State *L, int index);

/** Replaces the info at the top by a blob that was received with this info; `data`, which is
 * copied, is the call as it was serialized. */
LUA_RAISES void lblob_push_received(lua_State *L, enum pyro_serializer serializer,
                                    struct pyro_slice data);

/** How many values lblob_unpack() pushes. */
#define LBLOB_PARTS 2

/** Pushes the info and the data of the blob at `index`, as they travel. Runs Lua. */
LUA_RUNS void lblob_unpack(lua_State *L, int index);

/** Sends a call with the blob at `index`, unpacked at the top of the stack, as its only argument:
 * as pyro_client_send(). Raises no Lua error. */
enum pyro_code lblob_send(lua_State *L, int index, struct pyro_client *client,
                          const struct pyro_call_head *head, struct pyro_call *call, double timeout,
                          struct pyro_error *err);

/** Registers the type; adds core.new_blob(info, data). */
LUA_RUNS void lblob_open(lua_State *L);

#endif
