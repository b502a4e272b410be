/** @file
 * What is known of a client, for those who decide what it may call. */
#ifndef PYRO_RPC_PEER_H
#define PYRO_RPC_PEER_H

#include "base/common.h"

enum pyro_peer_kind {
    PYRO_PEER_UNKNOWN, /**< the system does not tell the address */
    PYRO_PEER_UNIX,    /**< at a Unix socket */
    PYRO_PEER_IP,
};

/** Bytes of an address. */
#define PYRO_PEER_ADDRESS 16

/** Zero-initialized, it is a client of whom nothing is known. */
struct pyro_peer {
    enum pyro_peer_kind kind;
    unsigned char address[PYRO_PEER_ADDRESS]; /**< IPv6, or IPv4 mapped into it (::ffff:1.2.3.4) */
    /** The subject of the certificate that was verified, as RFC 2253 writes it
     * ("CN=worker1,O=Example"); NULL where there is none. Borrowed from the certificate. */
    const char *subject;
    /** The user of an HTTP gateway whose key the client has; NULL where there is none. Borrowed. */
    const char *user;
    bool keyed; /**< whether its messages are signed with the HMAC key */
};

/** Says where the client is: an address as pyro_stream_peer() gives it, with or without a port
 * ("127.0.0.1:4711", "[::1]:4711", "::1", "unix socket"), or "unix". Returns false where that is
 * none; the kind is PYRO_PEER_UNKNOWN then. */
bool pyro_peer_locate(struct pyro_peer *peer, const char *address);

/** Returns whether an address is an IPv4 one that is mapped into IPv6. */
bool pyro_peer_is_ipv4(const unsigned char address[PYRO_PEER_ADDRESS]);

/** Reads a numeric IPv4 address, which is mapped, or an IPv6 one. Returns false where it is none.
 */
bool pyro_peer_parse(const char *text, unsigned char address[PYRO_PEER_ADDRESS]);

#endif
