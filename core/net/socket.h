/** @file
 * Making sockets. */
#ifndef PYRO_NET_SOCKET_H
#define PYRO_NET_SOCKET_H

#include "base/error.h"

/** Makes a socket that does not block and stands for no standard stream. Returns the descriptor, or
 * libuv's code of the error. */
int pyro_socket_new(int family, int type);

/** Makes two connected Unix sockets; the caller closes, or lets adopt, both. */
enum pyro_code pyro_socket_pair(int descriptors[2], struct pyro_error *err);

#endif
