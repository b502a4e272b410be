/** @file
 * Addresses of sockets. */
#ifndef PYRO_NET_ADDRESS_H
#define PYRO_NET_ADDRESS_H

#include "base/common.h"

struct sockaddr;
struct sockaddr_storage;

/** Reads a numeric IPv4 or IPv6 address. Returns false where `host` is neither. */
bool pyro_address_numeric(const char *host, uint16_t port, struct sockaddr_storage *out);

/** Makes the address that localhost has whatever a resolver knows. Returns false where `host` is
 * another name. */
bool pyro_address_fallback(const char *host, uint16_t port, struct sockaddr_storage *out);

/** Returns the address family to ask for, by IP version: 4, 6, or 0 for any. */
int pyro_address_family(int ip_version);

/** Writes the numeric address and the port of a socket address. */
void pyro_address_text(const struct sockaddr *address, char *out, size_t size, uint16_t *port);

/** Returns 0, or what is wrong with a Unix socket's path: libuv cuts long ones silently, and takes
 * an empty one for any abstract name. */
int pyro_path_status(const char *path);

#endif
