/** @file
 * The client's half of the handshake, and the metadata that it brings. Private to rpc/. */
#ifndef PYRO_RPC_INTRODUCTION_H
#define PYRO_RPC_INTRODUCTION_H

#include "base/map.h"
#include "base/uri.h"
#include "codec/codec.h"
#include "rpc/runtime.h"
#include "wire/message.h"

/** Appends a connect message for an object; with `metadata` asking for that object's. */
enum pyro_code pyro_write_introduction(struct pyro_buffer *out,
                                       const struct pyro_protocol *protocol,
                                       const struct pyro_codec *codec, const char *object,
                                       bool metadata, struct pyro_error *err);

/** Reads the daemon's answer. Replaces what `members` says by the metadata, where there is some.
 * PYRO_ECOMMUNICATION "connection to … rejected: …" when the daemon refused. */
enum pyro_code pyro_read_welcome(const struct pyro_message *message, const struct pyro_uri *uri,
                                 bool metadata, struct pyro_map *members, struct pyro_error *err);

/** Adds bits of enum pyro_member to a name; false when out of memory. */
bool pyro_add_member(struct pyro_map *members, struct pyro_slice name, unsigned bits);

#endif
