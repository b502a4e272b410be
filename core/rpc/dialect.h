/** @file
 * What a client speaks, a protocol and a serializer: where the user leaves them open, the server's
 * refusals tell. Private to rpc/. */
#ifndef PYRO_RPC_DIALECT_H
#define PYRO_RPC_DIALECT_H

#include "rpc/client.h"

struct pyro_dialect {
    const struct pyro_protocol *protocol; /**< what was spoken last, at first NULL */
    enum pyro_serializer serializer;      /**< likewise, at first UNKNOWN */
    bool protocol_open;                   /**< whether the other one may still be tried */
    unsigned untried; /**< serializers that may still be tried, as bits by enum pyro_serializer */
    bool chosen;      /**< the serializer is the user's choice */
    bool typed;       /**< the server reads typed msgpack (wire/message.h) */
};

/** Decides what to begin with: what the terms say, else the config, else what was spoken last. With
 * an HMAC key that is protocol 48. PYRO_EVALUE where they say a protocol, and a serializer, or a
 * signature, that it has not. */
enum pyro_code pyro_dialect_begin(struct pyro_dialect *dialect,
                                  const struct pyro_connect_options *terms,
                                  const struct pyro_config *config, bool with_hmac,
                                  struct pyro_error *err);

/** PYRO_EVALUE where the protocol that is spoken has no number for that serializer. */
enum pyro_code pyro_dialect_check(const struct pyro_dialect *dialect,
                                  enum pyro_serializer serializer, struct pyro_error *err);

/** Returns the codec of calls. Unless the user chose another serializer, it is typed msgpack where
 * the server reads that. */
const struct pyro_codec *pyro_dialect_codec(const struct pyro_dialect *dialect,
                                            const struct pyro_runtime *runtime);

/** Returns the codec of what its receiver may pass on as it is, and what begins a conversation:
 * that of the serializer as every Pyro has it. */
const struct pyro_codec *pyro_dialect_plain_codec(const struct pyro_dialect *dialect,
                                                  const struct pyro_runtime *runtime);

/** The serializer of messages that this codec, one of these two, writes. */
enum pyro_serializer pyro_dialect_serializer(const struct pyro_dialect *dialect,
                                             const struct pyro_codec *codec);

/** Hears that the server refused with that message, which was read as `why`. Changes the dialect
 * and returns true where another may fare better. Else `why` says what the user may do, where there
 * is something. */
bool pyro_dialect_refused(struct pyro_dialect *dialect, const struct pyro_message *message,
                          struct pyro_error *why);

/** Hears that the server closed the connection without a word. Changes the dialect and returns true
 * where another may fare better. */
bool pyro_dialect_ignored(struct pyro_dialect *dialect);

#endif
