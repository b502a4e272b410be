/** @file
 * Reading Python's numbers. Private to this room. */
#ifndef PYRO_CODEC_SERPENT_NUMBER_H
#define PYRO_CODEC_SERPENT_NUMBER_H

#include "codec/serpent_cursor.h"

/** Takes a number with its sign, or the sum of two that makes a complex one. */
enum pyro_code pyro_serpent_take_number(struct serpent_reader *r, struct serpent_scalar *s);

#endif
