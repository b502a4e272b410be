/** @file
 * What a client consists of. Private to rpc/: client.c connects, call.c calls. */
#ifndef PYRO_RPC_CLIENT_STATE_H
#define PYRO_RPC_CLIENT_STATE_H

#include "net/stream.h"
#include "rpc/dialect.h"

enum pyro_client_state {
    CLIENT_IDLE,
    CLIENT_ADOPTED, /**< connected, but nothing was said yet */
    CLIENT_CONNECTING,
    CLIENT_HANDSHAKE,
    CLIENT_METADATA, /**< no handshake: only the metadata are asked for */
    CLIENT_ACCEPTED, /**< the server has accepted; somebody is to confirm */
    CLIENT_READY,
};

struct pyro_client {
    struct pyro_runtime *runtime;
    struct pyro_uri uri;
    enum pyro_client_state state;
    struct pyro_stream *stream;
    struct pyro_input input;
    bool heard;   /**< whether the server has sent anything */
    bool lost;    /**< whether the server has ended the connection while no call waited for it */
    bool adopted; /**< the connection was made by somebody else, who cannot make it again */
    struct pyro_connect_options terms;
    struct pyro_dialect dialect;
    struct pyro_list binding;    /**< calls that wait for the connection */
    struct pyro_list confirming; /**< the one that is to confirm it */
    struct pyro_list pending;    /**< calls that wait for replies, in order */
    struct pyro_list draining;   /**< calls that wait for output to leave */
    uint16_t seq;
    struct pyro_map members; /**< name -> bits of enum pyro_member */
    struct pyro_writer writer;
    const struct pyro_codec *writing; /* the codec of the call that is being written */
    struct pyro_draft draft;          /**< the call that is being written */
    struct pyro_slice method;         /**< of that call; borrowed until it is sent */
};

/** What the client's messages are written with; NULL before the first connection. */
const struct pyro_codec *pyro_client_codec(const struct pyro_client *client);

/** Enters a call into one of the lists. */
enum pyro_code pyro_call_wait(struct pyro_call *call, struct pyro_client *client,
                              struct pyro_list *list, double timeout, struct pyro_error *err);

/** The server is heard from: those that wait for the connection have their time for the next step.
 */
void pyro_call_renew_all(struct pyro_list *list);

/** Takes a call out of its list. */
void pyro_call_detach(struct pyro_call *call);

/** Ends a call's wait: well, or (`why` not NULL) with an error. */
void pyro_call_finish(struct pyro_call *call, const struct pyro_error *why);

/** Ends those of all in a list. */
void pyro_call_finish_all(struct pyro_list *list, const struct pyro_error *why);

/** The first call of a list; NULL where there is none. */
struct pyro_call *pyro_call_first(const struct pyro_list *list);

/** Ends the message in the client's draft: it leaves. With an error there is nothing to abort. */
enum pyro_code pyro_client_end_message(struct pyro_client *client, size_t limit, bool compress,
                                       struct pyro_error *err);

/** The connection is over: whoever waits learns why. */
void pyro_client_end(struct pyro_client *client, const struct pyro_error *why);

#endif
