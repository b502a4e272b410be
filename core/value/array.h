/** @file
 * Arrays of numbers, such as numpy's: a shape, the type of the items, and their bytes. */
#ifndef PYRO_VALUE_ARRAY_H
#define PYRO_VALUE_ARRAY_H

#include "value/dtype.h"

/** Dimensions that an array has at most; numpy's have no more. */
#define PYRO_ARRAY_DIMENSIONS 32

/** Forms in which an array came, which is how it is sent back. */
enum pyro_array_form {
    PYRO_ARRAY_PLAIN, /**< as the format has arrays, or it was made here: it travels so again */
    PYRO_ARRAY_NAMED, /**< by msgpack, as msgpack-numpy's dict with str, not bytes, as keys */
    PYRO_ARRAY_CLASS, /**< as a dict of the class PYRO_ARRAY_CLASS_NAME */
};

/** The name of the class of arrays in Python. */
#define PYRO_ARRAY_CLASS_NAME "numpy.ndarray"

struct pyro_array {
    struct pyro_dtype dtype;
    enum pyro_array_form form;
    bool fortran; /**< the first index changes fastest in `data`; else the last does */
    unsigned dimensions;
    size_t shape[PYRO_ARRAY_DIMENSIONS];
    struct pyro_slice data; /**< the items, without gaps; borrowed, not NULL */
};

/** Computes the bytes that the items of the array take, by its shape; PYRO_ESERIALIZE where they
 * are too many, or the dimensions. */
enum pyro_code pyro_array_size(const struct pyro_array *array, size_t *bytes,
                               struct pyro_error *err);

/** Checks that the data are those of the shape (else PYRO_ESERIALIZE). Whoever makes an array does
 * this before sending it to a sink. Where both orders are the same, `fortran` becomes false. */
enum pyro_code pyro_array_check(struct pyro_array *array, struct pyro_error *err);

/** Returns how many items the first `dimensions` of a checked array have. */
size_t pyro_array_count(const struct pyro_array *array, unsigned dimensions);

/** Copies the items to `out`, which has as many bytes as the data, the last index changing fastest.
 */
void pyro_array_copy(const struct pyro_array *array, char *out);

/** Returns whether shape and type are the same, and the items in their bytes, whatever their
 * order. */
bool pyro_array_equals(const struct pyro_array *a, const struct pyro_array *b);

/** Sends a part of a checked array: what the first `count` dimensions have at those indices (from
 * 0, and within the shape). It is an item where these are all dimensions, else nested lists. */
enum pyro_code pyro_array_put_part(const struct pyro_array *array, const size_t *indices,
                                   unsigned count, struct pyro_sink *to);

#endif
