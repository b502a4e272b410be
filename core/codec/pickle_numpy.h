/** @file
 * What numpy pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_NUMPY_H
#define PYRO_CODEC_PICKLE_NUMPY_H

#include "codec/pickle_cells.h"

/** Send an array: of what a buffer holds, or of its state. */
extern pickle_put pyro_pickle_put_frombuffer, pyro_pickle_put_ndarray;

/** Sends an item of an array. */
extern pickle_put pyro_pickle_put_numpy_scalar;

/** Sends the name of a type of items. */
extern pickle_put pyro_pickle_put_dtype;

#endif
