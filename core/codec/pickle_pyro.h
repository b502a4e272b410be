/** @file
 * Pyro's own classes in pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_PYRO_H
#define PYRO_CODEC_PICKLE_PYRO_H

#include "codec/pickle_cells.h"

/** Send a URI, a proxy, and what wraps an exception of a batch, as dicts of their classes. */
extern pickle_sender pyro_pickle_send_uri, pyro_pickle_send_proxy, pyro_pickle_send_wrapper;

#endif
