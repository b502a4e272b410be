/** @file
 * The calling side: one connection to one object, on which calls are pipelined.
 *
 * A call is written with begin, values and send; its reply is matched by sequence number. Somebody
 * who waits embeds a pyro_call. */
#ifndef PYRO_RPC_CLIENT_H
#define PYRO_RPC_CLIENT_H

#include "base/map.h"
#include "base/uri.h"
#include "codec/codec.h"
#include "net/timer.h"
#include "rpc/runtime.h"
#include "wire/message.h"

struct pyro_client;

/** What a client asks for when it connects. Zero-initialized: what the config says. */
struct pyro_connect_options {
    unsigned version;                /**< of the protocol: 48 or 502; 0: config PROTOCOL */
    enum pyro_serializer serializer; /**< UNKNOWN: config SERIALIZER */
    bool confirm;                    /**< see pyro_client_connect() */
    bool correlated;                 /**< the handshake carries this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    /** Sends what the server's handshake validation gets; NULL: "hello". */
    enum pyro_code (*handshake)(void *owner, const struct pyro_protocol *protocol,
                                struct pyro_sink *to);
    void *owner;
};

/** Somebody who waits for a client: to be connected, or for a reply. Zero-initialize, set `done`.
 */
struct pyro_call {
    /** The wait is over: `error.code` is PYRO_OK, or says why it failed. Called once, as a
     * completion of its own: it may do anything, such as free the call (after pyro_call_free) and
     * the client. */
    void (*done)(struct pyro_call *call);
    struct pyro_error error;
    struct pyro_message reply; /**< of a call that went well; pyro_call_free() releases it */
    struct pyro_reading held;  /**< of the reply that is being read */

    struct pyro_list node;
    struct pyro_client *client; /**< while waiting, else NULL */
    const struct pyro_runtime *runtime;
    struct pyro_timer *timer; /**< NULL until a wait has a timeout */
    double timeout;           /**< of this wait, in seconds; 0: none */
    char method[40];          /**< that is waited for, cut; where there is a timeout */
    struct pyro_completion expired;
    struct pyro_completion finished;
    uint16_t seq;    /**< 0: it waits for no reply */
    bool correlated; /**< it was sent with this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Stops waiting (a call whose reply is outstanding takes its connection down with it, lest the
 * reply meet another call), and releases what the call holds. Then it can be used again. */
void pyro_call_free(struct pyro_call *call);

/** The same, but the call keeps its timer: it will be used again, or freed. */
void pyro_call_end(struct pyro_call *call);

/** As pyro_call_end(), but the connection stays: a reply that is outstanding will be dropped. */
void pyro_call_forget(struct pyro_call *call);

/** Whether the reply is an exception. */
bool pyro_call_raised(const struct pyro_call *call);

/** Sends the reply's value to `to`. */
enum pyro_code pyro_call_read(struct pyro_call *call, struct pyro_sink *to, struct pyro_error *err);

/** A client, not connected, for a URI, copied. One that is not direct (PYRO_URI_PYRO) has to be
 * aimed at what it resolves to before the client can connect. NULL with the error. */
struct pyro_client *pyro_client_new(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                    struct pyro_error *err);

/** Disconnects, fails who still waits (PYRO_ECLOSED; their `done` is called later or, when they
 * are freed before, never), and frees. Accepts NULL. */
void pyro_client_free(struct pyro_client *client);

const struct pyro_uri *pyro_client_uri(const struct pyro_client *client);

/** Gives a client that is not connected, nor connecting, another URI. */
enum pyro_code pyro_client_set_uri(struct pyro_client *client, const struct pyro_uri *uri,
                                   struct pyro_error *err);

/** Whether it is neither connected nor about to be. */
bool pyro_client_idle(const struct pyro_client *client);

/** From now on calls use another serializer. PYRO_EVALUE where the client is connected in a
 * protocol that has not this one. */
enum pyro_code pyro_client_set_serializer(struct pyro_client *client,
                                          enum pyro_serializer serializer, struct pyro_error *err);

/** The protocol that is spoken; NULL before the first connection. */
const struct pyro_protocol *pyro_client_protocol(const struct pyro_client *client);

bool pyro_client_connected(const struct pyro_client *client);

/** Whether the server has ended the connection since the last call, while none waited for it. That
 * is told once, with the error: as Pyro's, the next call fails rather than connect again, since
 * what the server kept for the connection is gone. */
bool pyro_client_lost(struct pyro_client *client, struct pyro_error *err);

/** Starts to connect unless connected or connecting, and waits until it is done. `terms` (NULL: as
 * the config says) are copied. `timeout` in seconds, 0 for none. With PYRO_OK the call's `done`
 * will be called; not with an error, nor when the client is connected already: then `*ready` is
 * true, and the call is not used.
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

/** Whether the call, whose `done` was called, is to confirm the connection. */
bool pyro_client_must_confirm(const struct pyro_client *client, const struct pyro_call *call);

/** The connection may be used. PYRO_ECLOSED where it is no more. */
enum pyro_code pyro_client_confirm(struct pyro_client *client, struct pyro_call *call,
                                   struct pyro_error *err);

/** Uses a connected socket, on which there is no handshake, instead of connecting. Once it is
 * closed, the client cannot connect again. Takes the descriptor; not on failure. */
enum pyro_code pyro_client_adopt(struct pyro_client *client, int descriptor,
                                 struct pyro_error *err);

/** Closes the connection; who waits fails with PYRO_ECLOSED. The next bind connects again. */
void pyro_client_disconnect(struct pyro_client *client);

/** The server answered with an exception of that class, as it is shown. After some, Pyro's server
 * closes the connection: it is let go, so that the next call connects again. */
void pyro_client_raised(struct pyro_client *client, const char *class_name);

enum pyro_member { PYRO_METHOD = 1, PYRO_ONEWAY = 2, PYRO_ATTRIBUTE = 4 };

/** Adds bits of enum pyro_member to a name in a map of members; false when out of memory. */
bool pyro_add_member(struct pyro_map *members, struct pyro_slice name, unsigned bits);

/** What the metadata says of a name: bits of enum pyro_member; 0 for an unknown name. */
unsigned pyro_client_member(const struct pyro_client *client, struct pyro_slice name);

/** Whether there is metadata (there is none before the first connection, or with METADATA off): any
 * method or attribute is known. */
bool pyro_client_has_metadata(const struct pyro_client *client);

/** Adds to what is known of a name. False when out of memory. */
bool pyro_client_add_member(struct pyro_client *client, struct pyro_slice name, unsigned member);

/** Forgets the members of these kinds. */
void pyro_client_forget_members(struct pyro_client *client, unsigned members);

/** Takes over what another client knows: members, and what its server speaks. False when out of
 * memory. */
bool pyro_client_copy_metadata(struct pyro_client *client, const struct pyro_client *from);

/** All names: iterate as with pyro_map_next(), values by pyro_client_member(). */
const struct pyro_map *pyro_client_members(const struct pyro_client *client);

/** What a call says besides its arguments. Borrowed until the call is begun. */
struct pyro_call_head {
    const char *object; /**< its id; NULL: the URI's */
    struct pyro_slice method;
    unsigned flags; /**< such as PYRO_FLAG_BATCH */
    const struct pyro_annotation *annotations;
    size_t annotation_count;
    bool nested;     /**< a served request waits for it, and that one's client for the request */
    bool correlated; /**< it carries this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Starts a call on a connected client: then put the arguments (a tuple) and the keyword arguments
 * (a dict, or nil) into the sink that comes back, and send or abort. NULL with the error. The loop
 * must not be stepped before send or abort.
 *
 * Where daemons are open, a call that carries no correlation id gets one. So a nested call is told
 * from others that comes of one that waits on this very connection, and would be served after it:
 * PYRO_ERUNTIME, as both would wait for ever. */
struct pyro_sink *pyro_client_begin(struct pyro_client *client, const struct pyro_call_head *head,
                                    struct pyro_error *err);

/** Sends the call; `call` waits for the reply (NULL: a oneway call, no reply comes). `timeout` in
 * seconds, 0 for none: then the call fails with PYRO_ETIMEOUT and the connection is closed. With an
 * error nothing was sent, and `done` will not be called. */
enum pyro_code pyro_client_send(struct pyro_client *client, struct pyro_call *call, double timeout,
                                struct pyro_error *err);

/** Begins and sends a call whose data, object and method and all, were serialized elsewhere.
 * PYRO_EVALUE where the protocol that is spoken has not the serializer. */
enum pyro_code pyro_client_send_encoded(struct pyro_client *client,
                                        const struct pyro_call_head *head,
                                        enum pyro_serializer serializer, struct pyro_slice data,
                                        struct pyro_call *call, double timeout,
                                        struct pyro_error *err);

/** Takes a begun call back. */
void pyro_client_abort(struct pyro_client *client);

/** Whether so much output waits to leave (MAX_PENDING) that nothing more should be sent. */
bool pyro_client_congested(const struct pyro_client *client);

/** Waits until it is not congested any more. Only when it is. */
void pyro_client_drain(struct pyro_client *client, struct pyro_call *call);

#endif
