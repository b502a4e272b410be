/** @file
 * Arrays of Python's module array in pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_ARRAY_H
#define PYRO_CODEC_PICKLE_ARRAY_H

#include "codec/pickle_cells.h"

/** Sends an array.array of a list. */
extern pickle_sender pyro_pickle_send_array;

/** Sends an array.array of bytes, as they lie in memory. */
extern pickle_sender pyro_pickle_send_machine_array;

#endif
