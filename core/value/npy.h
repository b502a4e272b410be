/** @file
 * Numpy's file format for one array (npy): a header, which is a Python literal, and the data. */
#ifndef PYRO_VALUE_NPY_H
#define PYRO_VALUE_NPY_H

#include "value/array.h"

/** Reads an array out of `in`, of which its data are a part: versions 1.0, 2.0 and 3.0. The header
 * is not evaluated, but compared with what numpy writes. PYRO_ESERIALIZE where it is anything
 * else. */
enum pyro_code pyro_npy_read(struct pyro_slice in, struct pyro_array *array,
                             struct pyro_error *err);

/** Bytes that the longest head needs. */
#define PYRO_NPY_HEAD_SIZE 1024

/** Writes what comes before the data of the array; returns its length. */
size_t pyro_npy_head(const struct pyro_array *array, char out[PYRO_NPY_HEAD_SIZE]);

#endif
