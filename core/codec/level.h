/** @file
 * Marks of the containers that are open, for writers that have to know what Python hashes. Private
 * to this room. */
#ifndef PYRO_CODEC_LEVEL_H
#define PYRO_CODEC_LEVEL_H

#include "codec/codec.h"

/** Marks of a level of `struct pyro_writer`. Other bits are a codec's own. */
enum pyro_level {
    PYRO_LEVEL_KIND = 15,     /**< an enum pyro_kind, or a kind above those that a codec has */
    PYRO_LEVEL_HASHED = 16,   /**< in a key or in an item of a set */
    PYRO_LEVEL_AT_VALUE = 32, /**< of a dict: the value of a pair comes next */
};

/** Notes that the next value is written: in a dict, keys and values take turns. */
static inline void pyro_level_pass(unsigned char *level)
{
    if ((*level & PYRO_LEVEL_KIND) == PYRO_DICT)
        *level ^= PYRO_LEVEL_AT_VALUE;
}

/** Returns whether a key or an item of a set, which Python hashes, comes next, or a part of one. */
static inline bool pyro_level_is_hashed(unsigned level)
{
    unsigned kind = level & PYRO_LEVEL_KIND;
    return (level & PYRO_LEVEL_HASHED) || kind == PYRO_SET || kind == PYRO_FROZENSET ||
           (kind == PYRO_DICT && !(level & PYRO_LEVEL_AT_VALUE));
}

#endif
