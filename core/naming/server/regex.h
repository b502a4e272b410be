/** @file
 * Regular expressions with the meaning of Python's re.match, by PCRE2. */
#ifndef PYRO_NAMING_REGEX_H
#define PYRO_NAMING_REGEX_H

#include "base/error.h"
#include "base/slice.h"

struct pyro_regex;

/** Compiles a pattern. NULL with the error (PYRO_ENAMING "invalid regex: …"). */
struct pyro_regex *pyro_regex_new(struct pyro_slice pattern, struct pyro_error *err);

/** Returns whether the string begins with a match, and whether that was slow to find out: more than
 * some microseconds. A pattern that takes too long on it is a PYRO_ENAMING. */
enum pyro_code pyro_regex_match(struct pyro_regex *regex, struct pyro_slice text, bool *matches,
                                bool *slow, struct pyro_error *err);

/** Accepts NULL. */
void pyro_regex_free(struct pyro_regex *regex);

#endif
