/** @file
 * The classes and functions whose calls in pickles are known. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_KNOWN_H
#define PYRO_CODEC_PICKLE_KNOWN_H

#include "codec/pickle_cells.h"

/** Finds a class or function by its name. */
pickle_find pyro_pickle_find;

#endif
