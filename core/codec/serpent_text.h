/** @file
 * Reading Python's string literals. Private to this room. */
#ifndef PYRO_CODEC_SERPENT_TEXT_H
#define PYRO_CODEC_SERPENT_TEXT_H

#include "codec/serpent_cursor.h"

/** Returns whether a string literal comes next: its quote, or its prefix and its quote. */
bool pyro_serpent_at_text(const struct serpent_reader *r);

/** Takes a string literal without prefix and escapes, and the white space behind it. Where there is
 * none, the reader may have gone on. Of triple quotes it takes two, as an empty string. */
bool pyro_serpent_take_plain(struct serpent_reader *r, struct pyro_slice *text);

/** Takes string literals, one or several in a row, as one str or bytes. */
enum pyro_code pyro_serpent_take_text(struct serpent_reader *r, struct serpent_scalar *s);

#endif
