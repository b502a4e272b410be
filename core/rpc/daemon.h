/** @file
 * The daemon: listens, keeps objects by id, and dispatches requests to them.
 *
 * One connection's requests run in order; different connections' interleave. A oneway call does not
 * hold up its connection. What a peer sends wrong costs that peer's connection only. */
#ifndef PYRO_RPC_DAEMON_H
#define PYRO_RPC_DAEMON_H

#include "base/map.h"
#include "base/uri.h"
#include "rpc/object.h"

#define PYRO_DAEMON_NAME "Pyro.Daemon"

struct pyro_daemon;

struct pyro_daemon_options {
    const char *host;       /**< NULL: config HOST */
    uint16_t port;          /**< 0: any */
    const char *unixsocket; /**< path, or NULL */
    const char *nathost;    /**< NULL: config NATHOST */
    int natport;            /**< -1: config NATPORT; 0: the port itself */
    int connected_socket;   /**< a connected socket to serve, instead of listening; -1: none */
    int listening_socket;   /**< one that listens already, instead of a new one; -1: none. A host
                               is then only what the location says. */
};

/** A daemon that listens and serves `Pyro.Daemon`. Requests are served whenever the loop is
 * stepped. A socket is taken over; on a connected one there is no handshake, as in Pyro. NULL with
 * the error (PYRO_EOS; PYRO_EVALUE for options that don't go together). The caller frees it with
 * pyro_daemon_free(). */
struct pyro_daemon *pyro_daemon_new(struct pyro_runtime *runtime,
                                    const struct pyro_daemon_options *options,
                                    struct pyro_error *err);

struct pyro_handshake;

/** What the owner of a daemon has a say in. All of it runs as part of a completion, and may do
 * anything, even step the loop. Functions may be NULL. */
struct pyro_daemon_hooks {
    /** Takes the handshake of a client, and answers it, now or later (rpc/handshake.h). False: it
     * does not want to; everybody is welcome. */
    bool (*handshake)(void *owner, struct pyro_handshake *handshake);
    /** Replaces the annotations that a message is to carry by those and others, which stay in
     * place until the message is begun. */
    void (*annotate)(void *owner, const struct pyro_annotation **annotations, size_t *count);
    /** A client's connection is closed; whether the client had been welcomed. */
    void (*disconnected)(void *owner, struct pyro_connection *connection, bool welcomed);
    /** Called every few seconds. Where it is NULL, nothing is done every few seconds. */
    void (*housekeeping)(void *owner);
    /** The connected socket that was served is closed, or the daemon was drained: no more comes. */
    void (*ended)(void *owner);
    /** A method failed that a request called; `failure` is what pyro_request_report_failure() was
     * given. */
    void (*failed)(void *owner, struct pyro_request *request, void *failure);
};

/** Sets the hooks, which stay where they are, and are called with `owner` until the daemon is
 * freed. To set them again is how to tell that they have changed. */
void pyro_daemon_hook(struct pyro_daemon *daemon, const struct pyro_daemon_hooks *hooks,
                      void *owner);

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

/** Ends it. False when no object has that id, or it is Pyro.Daemon. */
bool pyro_daemon_unregister(struct pyro_daemon *daemon, struct pyro_slice id);

/** The object of that id, or NULL. */
struct pyro_object *pyro_daemon_find(const struct pyro_daemon *daemon, struct pyro_slice id);

/** All objects: iterate as with pyro_map_next(). */
const struct pyro_map *pyro_daemon_objects(const struct pyro_daemon *daemon);

/** The URI of an id at this daemon (whether registered or not). With `nat` and a nathost, that is
 * the location. The caller frees it. */
enum pyro_code pyro_daemon_uri(const struct pyro_daemon *daemon, const char *id, bool nat,
                               struct pyro_uri *uri, struct pyro_error *err);

/** "localhost:4711", "[::1]:4711" or "./u:path". */
const char *pyro_daemon_location(const struct pyro_daemon *daemon);

/** The location under NAT, or NULL. */
const char *pyro_daemon_nat_location(const struct pyro_daemon *daemon);

/** The numeric address that the daemon is bound to; "" for a Unix socket. */
const char *pyro_daemon_address(const struct pyro_daemon *daemon);

/** A client's connection, as the calls on it see it. It is kept as long as somebody holds it. */
void pyro_connection_retain(struct pyro_connection *connection);
void pyro_connection_release(struct pyro_connection *connection);

/** Closes it once its output has left. Requests in flight find nobody to answer. */
void pyro_connection_close(struct pyro_connection *connection);

bool pyro_connection_closed(const struct pyro_connection *connection);

/** The client's address ("127.0.0.1:4711", or "unix socket"), also after it has gone. */
const char *pyro_connection_peer(const struct pyro_connection *connection);

/** Open connections. */
size_t pyro_daemon_connections(const struct pyro_daemon *daemon);

#endif
