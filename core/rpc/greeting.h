/** @file
 * A client that introduces itself: its handshake data, and the answer to them.
 *
 * Whoever validates handshakes takes the greeting, and answers it exactly once, now or later: with
 * begin, one value, and end; or with fail. */
#ifndef PYRO_RPC_GREETING_H
#define PYRO_RPC_GREETING_H

#include "rpc/daemon.h"

struct pyro_greeting {
    struct pyro_connection *connection; /**< held */
    const struct pyro_codec *codec;     /**< that both sides have; NULL: none */
    const struct pyro_protocol *protocol;

    struct pyro_message message;
    struct pyro_tree introduction, metadata;
    struct pyro_reading held; /**< while the introduction is read */
    struct pyro_writer writer;
    struct pyro_draft draft;
};

/** Sends the introduction to `to`: a dict, in which "handshake" are the data to be validated. */
enum pyro_code pyro_greeting_read(struct pyro_greeting *greeting, struct pyro_sink *to,
                                  struct pyro_error *err);

/** Starts to welcome the client: the response to its data is then put into the sink that comes
 * back. Describes the object that the client is for, which may do anything, even step the loop.
 * NULL with the error: answer with fail. */
struct pyro_sink *pyro_greeting_begin(struct pyro_greeting *greeting, struct pyro_error *err);

/** Completes the welcome, and frees the greeting: the client may call. With an error, it is still
 * to be answered, with fail. */
enum pyro_code pyro_greeting_end(struct pyro_greeting *greeting, struct pyro_error *err);

/** Refuses the client: sends it the reason, frees the greeting, and closes the connection. */
void pyro_greeting_fail(struct pyro_greeting *greeting, const struct pyro_error *why);

#endif
