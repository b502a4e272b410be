/** @file
 * The strings of registrations: which are taken as names, URIs and tags. Private to naming/. */
#ifndef PYRO_NAMING_TEXT_H
#define PYRO_NAMING_TEXT_H

#include "value/tree.h"

/** The longest name, prefix, tag or URI, in bytes. They are compared and copied for others' calls,
 * which shall not pay for what nobody needs. */
#define TEXT_LONGEST 1000

/** The most tags of one name, or of one search. */
#define TEXT_MOST_TAGS 1000

/** Checks a name or a tag: PYRO_ETYPE or PYRO_EVALUE where the value is no str, or one that is too
 * long, or is no C string, as which it is kept. `what` is said to be wrong. */
enum pyro_code text_check(const struct pyro_value *value, const char *what, struct pyro_error *err);

/** Reads metadata: a list, tuple or set, or None. The tags are the value's, in order and without
 * duplicates; the caller frees `*tags`, also after an error. */
enum pyro_code text_read_tags(const struct pyro_value *value, const char *what, const char ***tags,
                              size_t *count, struct pyro_error *err);

/** Compares tags, for qsort() and bsearch(). */
int text_compare_tags(const void *a, const void *b);

#endif
