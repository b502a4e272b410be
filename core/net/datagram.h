/** @file
 * UDP sockets for discovery. */
#ifndef PYRO_NET_DATAGRAM_H
#define PYRO_NET_DATAGRAM_H

#include "base/slice.h"
#include "net/loop.h"

struct pyro_datagram;

/** Longest datagram that is received whole, in bytes. Longer ones are dropped. */
#define PYRO_DATAGRAM_SIZE 512

/** A sender's address. */
struct pyro_address {
    char text[64]; /**< numeric, without port */
    uint16_t port;
};

/** Called, as a completion, with each datagram received. */
typedef void pyro_datagram_fn(void *owner, struct pyro_slice data, const struct pyro_address *from);

/** Makes an IPv4 socket that may broadcast, bound to `host` ("" or NULL: all interfaces) and `port`
 * (0: any). NULL with the error (PYRO_EOS). At most 64 datagrams wait; more are dropped. */
struct pyro_datagram *pyro_datagram_new(struct pyro_loop *loop, const char *host, uint16_t port,
                                        pyro_datagram_fn *received, void *owner,
                                        struct pyro_error *err);

/** Returns the address that it is bound to ("0.0.0.0") and the port. */
const char *pyro_datagram_address(const struct pyro_datagram *datagram);
uint16_t pyro_datagram_port(const struct pyro_datagram *datagram);

/** Sends now; `host` is an IPv4 address, "<broadcast>" (255.255.255.255) or a name. PYRO_EOS says
 * what the system said. */
enum pyro_code pyro_datagram_send(struct pyro_datagram *datagram, const char *host, uint16_t port,
                                  struct pyro_slice data, struct pyro_error *err);

/** Accepts NULL. */
void pyro_datagram_close(struct pyro_datagram *datagram);

/** Finds the address of the interface that reaches `host` (numeric IPv4), as a string; false when
 * none does. */
bool pyro_interface_address(const char *host, char out[64]);

/** Returns whether a host is this machine, or is reached by the network interface that has this
 * address of ours. Both are numeric IPv4 addresses. */
bool pyro_interface_reaches(const char *address, const char *host);

#endif
