/** @file
 * The calling side: one connection to one object, on which calls are pipelined.
 *
 * Somebody who waits, to be connected or for a reply (rpc/call.h), embeds a pyro_call
 * (rpc/pending.h). */
#ifndef PYRO_RPC_CLIENT_H
#define PYRO_RPC_CLIENT_H

#include "base/uri.h"
#include "rpc/encryption.h"
#include "rpc/pending.h"

/** Options of a connection. Zero-initialized: as the config has them. */
struct pyro_connect_options {
    unsigned version;                         /**< of the protocol: 48 or 502; 0: config PROTOCOL */
    enum pyro_serializer serializer;          /**< UNKNOWN: config SERIALIZER */
    const struct pyro_encryption *encryption; /**< borrowed; NULL: as the settings say */
    bool confirm;                             /**< see pyro_client_connect() */
    bool correlated;                          /**< the handshake carries this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    /** Sends what the server's handshake validation gets; NULL: "hello". */
    enum pyro_code (*handshake)(void *owner, const struct pyro_protocol *protocol,
                                struct pyro_sink *to);
    void *owner;
};

/** Makes a client, not connected, for a URI, copied. One that is not direct (not PYRO_URI_PYRO) is
 * resolved each time that the client connects. NULL with the error. */
struct pyro_client *pyro_client_new(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                    struct pyro_error *err);

/** Disconnects, fails who still waits (PYRO_ECLOSED; their `done` is called later or, when they
 * are freed before, never), and frees. Accepts NULL. */
void pyro_client_free(struct pyro_client *client);

/** Returns the URI that the client connects to: a direct one, once one that is not was resolved. */
const struct pyro_uri *pyro_client_uri(const struct pyro_client *client);

/** Returns whether the client is neither connected nor about to be. */
bool pyro_client_idle(const struct pyro_client *client);

/** Makes a client that was connected keep the direct URI: it resolves no more. */
void pyro_client_keep_uri(struct pyro_client *client);

/** Makes calls use another serializer. PYRO_EVALUE where the client is connected in a
 * protocol that has not this one. */
enum pyro_code pyro_client_set_serializer(struct pyro_client *client,
                                          enum pyro_serializer serializer, struct pyro_error *err);

/** Returns the protocol that is spoken; NULL before the first connection. */
const struct pyro_protocol *pyro_client_protocol(const struct pyro_client *client);

bool pyro_client_connected(const struct pyro_client *client);

/** Returns whether the last attempt to connect ended at the handshake: the server refused it, or
 * its answer was not signed as it should be, or no message of Pyro. */
bool pyro_client_rejected(const struct pyro_client *client);

/** Reads the server's certificate, which the caller frees; NULL where there is no connection, or it
 * is plain. */
struct pyro_certificate *pyro_client_certificate(const struct pyro_client *client);

/** Returns, once, whether the server has ended the connection since the last call, while no call
 * waited for it; then sets the error. As Pyro's, the next call fails rather than connect again,
 * since what the server kept for the connection is gone. */
bool pyro_client_lost(struct pyro_client *client, struct pyro_error *err);

/** Starts to connect unless connected or connecting, and waits until it is done. `terms` (NULL: as
 * the config says) are copied. `timeout` of each step (resolving has several, then connecting and
 * the handshake) in seconds, 0 for none. With PYRO_OK the call's `done` will be called; not with an
 * error, nor when the client is connected already: then `*ready` is true, and the call is not used.
 *
 * Those who want the client connected at the same time share one search, whose steps have the
 * timeout of the first. It is given up when none of them waits any more.
 *
 * Where protocol and serializer are left open, the server decides: a first attempt in protocol 48
 * with serpent is followed by others, as its refusals tell. What it took is remembered. To a server
 * of pyrolua's, calls are then in msgpack that loses no type.
 *
 * The first who waits gets the server's answer to the handshake as the call's reply. Where the
 * terms say `confirm`, it is the only one: the others wait until it calls pyro_client_confirm();
 * when it calls pyro_client_disconnect() or pyro_call_free() instead, they fail. */
enum pyro_code pyro_client_connect(struct pyro_client *client,
                                   const struct pyro_connect_options *terms, struct pyro_call *call,
                                   double timeout, bool *ready, struct pyro_error *err);

/** Confirms the connection: it may be used. PYRO_ECLOSED where it is gone. */
enum pyro_code pyro_client_confirm(struct pyro_client *client, struct pyro_call *call,
                                   struct pyro_error *err);

/** Uses a connected socket, on which there is no handshake, instead of connecting. Once it is
 * closed, the client cannot connect again. Takes the descriptor; not on failure. PYRO_EVALUE where
 * TLS is wanted, which it cannot have. */
enum pyro_code pyro_client_adopt(struct pyro_client *client, int descriptor,
                                 const struct pyro_encryption *encryption, struct pyro_error *err);

/** Closes the connection; who waits fails with PYRO_ECLOSED. The next bind connects again. */
void pyro_client_disconnect(struct pyro_client *client);

/** Hears that the server answered with an exception of that class, as it is shown. After some,
 * Pyro's server closes the connection: the client lets go of it, so that the next call connects
 * again. */
void pyro_client_raised(struct pyro_client *client, const char *class_name);

#endif
