/** @file
 * The state in which a proxy travels, of Pyro4 and Pyro5: a tuple. */
#ifndef PYRO_RPC_PROXY_STATE_H
#define PYRO_RPC_PROXY_STATE_H

#include "base/config.h"
#include "base/map.h"
#include "base/uri.h"
#include "value/sink.h"
#include "wire/hmac.h"

/** A proxy that is sent. Zero-initialized, nothing is known of it, and nothing is set. */
struct pyro_proxy_state {
    const struct pyro_uri *uri;      /**< borrowed */
    const struct pyro_map *members;  /**< names to bits of enum pyro_member; NULL: none are known */
    double timeout;                  /**< seconds; 0: any time */
    int64_t retries;                 /**< of calls whose connection broke */
    enum pyro_serializer serializer; /**< UNKNOWN: not chosen */
    struct pyro_hmac_key *key;       /**< its own, borrowed; NULL: none */
    /** Sends the handshake data; NULL: "hello". */
    enum pyro_code (*handshake)(void *owner, const struct pyro_protocol *protocol,
                                struct pyro_sink *to);
    void *owner; /**< borrowed */
};

/** Sends a proxy as the class that Pyro knows. */
enum pyro_code pyro_put_proxy(struct pyro_sink *to, const struct pyro_protocol *protocol,
                              const struct pyro_proxy_state *state);

/** Places in a state, counted from 0: of Pyro4 (uri, oneway, methods, attributes, timeout, HMAC
 * key, handshake data, retries, serializer), of Pyro5 (uri, oneway, methods, attributes, handshake
 * data, serializer). As in Pyro, a receiver keeps its own timeout and retries. */
struct pyro_proxy_layout {
    unsigned uri, oneway, methods, attributes, handshake, serializer;
    unsigned hmac; /**< 0: there is none. Else bytes, or a string: this mark, and their base64 */
    unsigned count;
};

/** The prefix of a key's string. */
#define PYRO_KEY_MARK "b64:"

/** The layouts of both generations. */
extern const struct pyro_proxy_layout pyro_proxy_layout_4, pyro_proxy_layout_5;

#endif
