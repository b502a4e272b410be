/** @file
 * Instances of Python's own classes in pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_BUILTIN_H
#define PYRO_CODEC_PICKLE_BUILTIN_H

#include "codec/pickle_cells.h"

/** Send collections. */
extern pickle_put pyro_pickle_put_set, pyro_pickle_put_frozenset, pyro_pickle_put_deque,
    pyro_pickle_put_dict, pyro_pickle_put_defaultdict;

/** Send numbers, and what is like them. */
extern pickle_put pyro_pickle_put_range, pyro_pickle_put_slice, pyro_pickle_put_complex,
    pyro_pickle_put_fraction, pyro_pickle_put_uuid;

/** Sends an instance of a class whose one argument is its string, such as Decimal. */
extern pickle_put pyro_pickle_put_text;

#endif
