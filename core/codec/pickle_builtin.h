/** @file
 * Instances of Python's own classes in pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_BUILTIN_H
#define PYRO_CODEC_PICKLE_BUILTIN_H

#include "codec/pickle_cells.h"

/** Send collections. */
extern pickle_sender pyro_pickle_send_set, pyro_pickle_send_frozenset, pyro_pickle_send_deque,
    pyro_pickle_send_dict, pyro_pickle_send_defaultdict;

/** Send numbers, and what is like them. */
extern pickle_sender pyro_pickle_send_range, pyro_pickle_send_slice, pyro_pickle_send_complex,
    pyro_pickle_send_fraction, pyro_pickle_send_uuid;

/** Sends an instance of a class whose one argument is its string, such as Decimal. */
extern pickle_sender pyro_pickle_send_text;

#endif
