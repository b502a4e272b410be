/** @file
 * The daemon: keeps objects by id, and dispatches requests to them. rpc/listening.h makes one.
 *
 * One connection's requests run in order; different connections' interleave. A oneway call does not
 * hold up its connection. What a peer sends wrong costs that peer's connection only. */
#ifndef PYRO_RPC_DAEMON_H
#define PYRO_RPC_DAEMON_H

#include "base/map.h"
#include "base/uri.h"
#include "rpc/hooks.h"
#include "rpc/object.h"
#include "rpc/runtime.h"

struct pyro_daemon;
struct pyro_streams;

/** Sets the hooks, which stay where they are, and are called with `owner` until the daemon is
 * freed. To set them again is how to tell that they have changed. */
void pyro_daemon_hook(struct pyro_daemon *daemon, const struct pyro_daemon_hooks *hooks,
                      void *owner);

/** Gives the daemon an HMAC key of its own, which it retains: from now on all messages have to be
 * signed, in both directions. NULL: HMAC_KEY counts; an empty one: messages are not signed. */
void pyro_daemon_set_key(struct pyro_daemon *daemon, struct pyro_hmac_key *key);

/** Returns the daemon's own key, or NULL. */
struct pyro_hmac_key *pyro_daemon_key(const struct pyro_daemon *daemon);

/** Stops listening, and serving: what is being served is still answered, then its connection is
 * closed. When the last one is, `ended` is called. */
void pyro_daemon_drain(struct pyro_daemon *daemon);

/** Closes and frees. Requests in flight may still be answered; nobody hears them. */
void pyro_daemon_free(struct pyro_daemon *daemon);

/** Stops listening, and closes every connection once its output has left. Objects are released.
 * May be called from within a call. Again has no effect. */
void pyro_daemon_close(struct pyro_daemon *daemon);

bool pyro_daemon_closed(const struct pyro_daemon *daemon);

/** Serves `object` as `id` (NULL: a new obj_ id). Takes the object: releases it when it is
 * unregistered or the daemon closes; on failure (PYRO_EDAEMON: the id is taken; PYRO_EVALUE: an id
 * that no URI can hold) it stays the caller's. `*registered` (NULL: not wanted) is the id, valid as
 * long as the object is registered. */
enum pyro_code pyro_daemon_register(struct pyro_daemon *daemon, const char *id,
                                    struct pyro_object *object, const char **registered,
                                    struct pyro_error *err);

/** Stops serving the object of that id. Returns false when there is none, or it is Pyro.Daemon. */
bool pyro_daemon_unregister(struct pyro_daemon *daemon, struct pyro_slice id);

/** Returns the object of that id, or NULL. */
struct pyro_object *pyro_daemon_find(const struct pyro_daemon *daemon, struct pyro_slice id);

/** Returns all objects: iterate as with pyro_map_next(). */
const struct pyro_map *pyro_daemon_objects(const struct pyro_daemon *daemon);

/** Makes the URI of an id at this daemon (whether registered or not). With `nat` and a nathost,
 * that is the location. The caller frees it. */
enum pyro_code pyro_daemon_uri(const struct pyro_daemon *daemon, const char *id, bool nat,
                               struct pyro_uri *uri, struct pyro_error *err);

/** Returns the location: "localhost:4711", "[::1]:4711" or "./u:path". */
const char *pyro_daemon_location(const struct pyro_daemon *daemon);

/** Returns the location under NAT, or NULL. */
const char *pyro_daemon_nat_location(const struct pyro_daemon *daemon);

/** Returns the numeric address that the daemon is bound to; "" for a Unix socket. */
const char *pyro_daemon_address(const struct pyro_daemon *daemon);

/** Makes a daemon that serves nothing yet: use pyro_daemon_new() of rpc/listening.h. */
struct pyro_daemon *pyro_daemon_create(struct pyro_runtime *runtime, struct pyro_error *err);

struct pyro_stream;

/** Serves a client on a connected stream, which is taken, also on failure (false: out of memory).
 * With `accepted`, no handshake comes first. Private to rpc/. */
bool pyro_daemon_serve(struct pyro_daemon *daemon, struct pyro_stream *stream, bool accepted);

/** Returns the daemon's item streams. Private to rpc/. */
struct pyro_streams *pyro_daemon_streams(struct pyro_daemon *daemon);

/** Returns the number of open connections. */
size_t pyro_daemon_connections(const struct pyro_daemon *daemon);

#endif
