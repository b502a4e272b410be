/** @file
 * What numpy pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_NUMPY_H
#define PYRO_CODEC_PICKLE_NUMPY_H

#include "codec/pickle_cells.h"

/** Send an array: of what a buffer holds, or of its state. */
extern pickle_sender pyro_pickle_send_frombuffer, pyro_pickle_send_ndarray;

/** Sends an item of an array. */
extern pickle_sender pyro_pickle_send_numpy_scalar;

/** Sends the name of a type of items. */
extern pickle_sender pyro_pickle_send_dtype;

#endif
