/** @file
 * The bytes that a string literal shows as they are. Private to this room. */
#ifndef PYRO_CODEC_SERPENT_PLAIN_H
#define PYRO_CODEC_SERPENT_PLAIN_H

#include "base/common.h"

/** Returns the end of the run of bytes at `p` that a literal in those quotes shows as they are:
 * printable ASCII but for the quote and the backslash. */
const char *pyro_serpent_plain(const char *p, const char *end, char quote);

#endif
