/** @file
 * The handshake of a client: its data, and the answer to them.
 *
 * Whoever validates handshakes takes the handshake, and answers it exactly once, now or later: with
 * begin, one value, and end; or with fail. */
#ifndef PYRO_RPC_HANDSHAKE_H
#define PYRO_RPC_HANDSHAKE_H

#include "codec/codec.h"
#include "rpc/connection.h"
#include "value/tree.h"

struct pyro_handshake {
    struct pyro_connection *connection; /**< retained */
    const struct pyro_codec *codec;     /**< that both sides have; NULL: none */
    const struct pyro_protocol *protocol;

    bool asked; /**< authorize() was asked about the object's members */
    struct pyro_message message;
    struct pyro_tree data, metadata;
    struct pyro_reading held; /**< while its data are read */
    struct pyro_writer writer;
    struct pyro_draft draft;
};

/** Sends the handshake data to `to`: a dict, in which "handshake" are the data to be validated. */
enum pyro_code pyro_handshake_read(struct pyro_handshake *handshake, struct pyro_sink *to,
                                   struct pyro_error *err);

/** Returns whether the client wants to know the members of an object, which the owner is to be
 * asked about; and says what that is, as long as the handshake is there. */
bool pyro_handshake_wants_members(const struct pyro_handshake *handshake,
                                  struct pyro_wanted *wanted);

/** Starts to accept the client: the response to its data is then put into the sink that comes
 * back. Describes the object that the client is for, which may do anything, even step the loop.
 * NULL with the error: answer with fail. */
struct pyro_sink *pyro_handshake_begin(struct pyro_handshake *handshake, struct pyro_error *err);

/** Accepts the client, and frees the handshake: the client may call. With an error, it is still
 * to be answered, with fail. */
enum pyro_code pyro_handshake_end(struct pyro_handshake *handshake, struct pyro_error *err);

/** Cuts off a welcome that was begun; the handshake is still to be answered. */
void pyro_handshake_abort(struct pyro_handshake *handshake);

/** Refuses the client: sends it the reason, frees the handshake, and closes the connection. */
void pyro_handshake_fail(struct pyro_handshake *handshake, const struct pyro_error *why);

/** Answers a connect message, now or later: takes it. Private to rpc/. */
void pyro_handshake_receive(struct pyro_connection *connection, struct pyro_message *message);

/** Tells a stranger, whose first bytes are no message, why it is refused, and closes the
 * connection. Private to rpc/. */
void pyro_handshake_refuse(struct pyro_connection *connection, const struct pyro_error *why);

#endif
