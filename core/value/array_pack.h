/** @file
 * Making the data of an array out of values: of a list of all of them, or of nested lists. */
#ifndef PYRO_VALUE_ARRAY_PACK_H
#define PYRO_VALUE_ARRAY_PACK_H

#include "value/sink.h"

/** A sink that writes the items that it is sent, in lists or not, as the bytes of an array, the
 * last index changing fastest. Initialize it, send one value, ask pyro_packer_end(). What does
 * not fit is PYRO_EVALUE. */
struct pyro_packer {
    struct pyro_sink sink;
    const struct pyro_array *array;       /**< its dtype and shape; borrowed */
    char *out;                            /**< where the next item goes */
    size_t count, most;                   /**< items so far, and in all */
    unsigned depth;                       /**< lists that are open */
    bool is_flat;                         /**< one list has all items */
    size_t counts[PYRO_ARRAY_DIMENSIONS]; /**< items of each open list so far */
};

/** Prepares a packer. `out` has room for all items of `array`, whose data are not looked at. All
 * is borrowed. */
void pyro_packer_init(struct pyro_packer *packer, const struct pyro_array *array, char *out,
                      struct pyro_error *err);

/** Returns PYRO_EVALUE where items are missing, else PYRO_OK. */
enum pyro_code pyro_packer_end(const struct pyro_packer *packer);

#endif
