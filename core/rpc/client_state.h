/** @file
 * What a client consists of. Private to rpc/: client.c resolves and connects, call.c calls,
 * pending.c has who waits for either. */
#ifndef PYRO_RPC_CLIENT_STATE_H
#define PYRO_RPC_CLIENT_STATE_H

#include "base/map.h"
#include "net/stream.h"
#include "net/tls.h"
#include "rpc/dialect.h"

enum pyro_client_state {
    CLIENT_IDLE,
    CLIENT_RESOLVING, /**< a search for the object is under way */
    CLIENT_ADOPTED,   /**< connected, but nothing was said yet */
    CLIENT_CONNECTING,
    CLIENT_HANDSHAKE,
    CLIENT_METADATA, /**< no handshake: only the metadata are asked for */
    CLIENT_ACCEPTED, /**< the server has accepted; somebody is to confirm */
    CLIENT_READY,
};

struct pyro_client {
    struct pyro_list node; /**< in the runtime's list of all clients */
    struct pyro_runtime *runtime;
    struct pyro_uri name; /**< what to resolve before connecting; no object: `uri` is direct */
    struct pyro_uri uri;  /**< what it connects to */
    struct pyro_search *search; /**< while resolving, else NULL */
    enum pyro_client_state state;
    struct pyro_stream *stream;
    struct pyro_tls_context *tls; /**< for a connection that is to be made; NULL: a plain one */
    struct pyro_input input;
    bool heard;    /**< whether the server has sent anything */
    bool lost;     /**< whether the server has ended the connection while no call waited for it */
    bool rejected; /**< whether the last handshake failed: see pyro_client_rejected() */
    bool adopted;  /**< the connection was made by somebody else, who cannot make it again */
    struct pyro_connect_options terms;
    struct pyro_dialect dialect;
    struct pyro_list binding;    /**< calls that wait for the connection */
    struct pyro_list confirming; /**< the one that is to confirm it */
    struct pyro_list pending;    /**< calls that wait for replies, in order */
    struct pyro_list draining;   /**< calls that wait for output to leave */
    uint16_t seq;
    struct pyro_hmac_key *key; /**< its own, or NULL */
    struct pyro_map members;   /**< name -> bits of enum pyro_member */
    struct pyro_writer writer;
    const struct pyro_codec *writing; /* the codec of the call that is being written */
    struct pyro_draft draft;          /**< the message that is being written */
    bool drafting;                    /**< the draft was begun, and neither ended nor aborted */
    struct pyro_slice method;         /**< of that call; borrowed until it is sent */
};

/** Returns the key that the client's messages are signed with, or NULL. */
static inline struct pyro_hmac_key *pyro_client_signs_with(const struct pyro_client *client)
{
    return pyro_hmac_key_choose(client->key, client->runtime->key);
}

/** Returns whether the client asks for the object's metadata. With a key it does in any case: one
 * who has none can send the client's own signed messages back, but these are no metadata. */
static inline bool pyro_client_wants_metadata(const struct pyro_client *client)
{
    return client->runtime->config.METADATA || pyro_client_signs_with(client);
}

#endif
