/** @file
 * Calls in pickles that are made at once. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_FOLD_H
#define PYRO_CODEC_PICKLE_FOLD_H

#include "codec/pickle_cells.h"

/** Fold calls of _codecs.encode(), of bytes() and bytearray(), and of getattr(). */
extern pickle_fold pyro_pickle_fold_encode, pyro_pickle_fold_bytes, pyro_pickle_fold_getattr;

/** Folds a call of the function that protocols 0 and 1 make instances with. */
extern pickle_fold pyro_pickle_fold_reconstructor;

/** Fold calls of the functions that name built-in classes and make arrays in dill's pickles. */
extern pickle_fold pyro_pickle_fold_load_type, pyro_pickle_fold_create_array;

#endif
