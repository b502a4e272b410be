/** @file
 * Values of pickles that are no objects. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_SCALAR_H
#define PYRO_CODEC_PICKLE_SCALAR_H

#include "codec/pickle_machine.h"
#include "value/integer.h"

/** Instructions that push a value. */
extern pickle_op pyro_pickle_none, pyro_pickle_true, pyro_pickle_false, pyro_pickle_int,
    pyro_pickle_binint, pyro_pickle_binint1, pyro_pickle_binint2, pyro_pickle_long,
    pyro_pickle_long1, pyro_pickle_long4, pyro_pickle_float, pyro_pickle_binfloat,
    pyro_pickle_string, pyro_pickle_binstring, pyro_pickle_short_binstring, pyro_pickle_unicode,
    pyro_pickle_binunicode, pyro_pickle_short_binunicode, pyro_pickle_binunicode8,
    pyro_pickle_binbytes, pyro_pickle_short_binbytes, pyro_pickle_binbytes8;

/** Bytes that the decimal digits of an integer needs. */
#define PICKLE_INTEGER_SIZE (1 + PYRO_MOST_DIGITS + 9)

/** Writes the decimal digits of an integer, behind a minus sign if it has one; returns their
 * number, 0 where the cell is no integer or has too many. */
size_t pyro_pickle_digits(const struct pickle_cell *cell, char out[PICKLE_INTEGER_SIZE]);

/** Sends a cell that is no object or global. */
enum pyro_code pyro_pickle_send_scalar(struct pickle_walk *w, const struct pickle_cell *cell);

#endif
