/** @file
 * Words of a list in one string, separated by commas. */
#ifndef PYRO_BASE_WORDS_H
#define PYRO_BASE_WORDS_H

#include "base/slice.h"

/** Takes the next word off a list, trimmed. Returns false at the end, where `*list` is NULL; a
 * blank list has no words. */
bool pyro_word_next(const char **list, struct pyro_slice *word);

#endif
