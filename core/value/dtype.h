/** @file
 * The types of the items of arrays: their names, and items as values. */
#ifndef PYRO_VALUE_DTYPE_H
#define PYRO_VALUE_DTYPE_H

#include "base/error.h"
#include "base/slice.h"

struct pyro_sink;

/** Bytes that the longest name of a dtype needs, with its end. */
#define PYRO_DTYPE_SIZE 24

/** The type of an array's items. */
struct pyro_dtype {
    char kind;                  /**< numpy's letter: one of "biufcSUMm" */
    bool big_endian;            /**< false as well where the bytes have no order */
    size_t size;                /**< bytes of an item; not 0 */
    char text[PYRO_DTYPE_SIZE]; /**< numpy's name ("<f8", "|u1", "<M8[ns]"), terminated */
};

/** Reads the name of a dtype: with its byte order or without ("<f8", "f8", "=f8"), or in letters
 * ("float64"). Types of objects and records, and what numpy has not, are PYRO_ESERIALIZE. */
enum pyro_code pyro_dtype_read(struct pyro_slice text, struct pyro_dtype *dtype,
                               struct pyro_error *err);

/** Sends an item, whose bytes are at `item`, as a value: numbers as such, complex numbers, strings
 * (`S` as bytes, `U` as str), dates as their number of units. */
enum pyro_code pyro_dtype_put(const struct pyro_dtype *dtype, const char *item,
                              struct pyro_sink *to);

#endif
