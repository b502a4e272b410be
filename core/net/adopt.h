/** @file
 * Connections that somebody else made. */
#ifndef PYRO_NET_ADOPT_H
#define PYRO_NET_ADOPT_H

#include "net/stream.h"

/** Makes a stream of a connected stream socket. Takes the descriptor; not on failure (PYRO_EVALUE
 * where it is no such socket, PYRO_EOS, PYRO_EMEMORY: NULL). */
struct pyro_stream *pyro_stream_adopt(struct pyro_loop *loop, int descriptor,
                                      struct pyro_error *err);

#endif
