/** @file
 * Arguments of methods of C objects, with a Python-like signature. Private to naming/. */
#ifndef PYRO_NAMING_ARGUMENTS_H
#define PYRO_NAMING_ARGUMENTS_H

#include "value/tree.h"

#define ARGUMENTS_MOST 6

/** A method's parameters: name, and how many of them must be given. */
struct signature {
    const char *method;
    const char *parameters[ARGUMENTS_MOST + 1]; /**< ends with NULL */
    size_t required;                            /**< the first ones */
};

/** Sorts the call's positional and keyword arguments into `out`, one for each parameter, NULL where
 * it was not given. PYRO_ETYPE in Python's words where they do not fit. */
enum pyro_code arguments_bind(const struct signature *signature, const struct pyro_value *args,
                              const struct pyro_value *kwargs,
                              const struct pyro_value *out[ARGUMENTS_MOST], struct pyro_error *err);

/** Returns whether it was not given, or is None. */
bool argument_is_none(const struct pyro_value *value);

/** Returns whether it was given, and Python calls it true. */
bool argument_is_true(const struct pyro_value *value);

/** The longest name, prefix, tag or URI, in bytes. They are compared and copied for others' calls,
 * which shall not pay for what nobody needs. */
#define ARGUMENT_LONGEST 1000

/** The most tags of one name, or of one search. */
#define ARGUMENT_MOST_TAGS 1000

/** Checks a name or a tag: PYRO_ETYPE or PYRO_EVALUE where the value is no str, or one that is too
 * long, or is no C string, as which it is kept. `what` is said to be wrong. */
enum pyro_code argument_check_text(const struct pyro_value *value, const char *what,
                                   struct pyro_error *err);

/** Reads metadata: a list, tuple or set, or None. The tags are the value's, in order and without
 * duplicates; the caller frees `*tags`, also after an error. */
enum pyro_code argument_read_tags(const struct pyro_value *value, const char *what,
                                  const char ***tags, size_t *count, struct pyro_error *err);

/** Compares tags, for qsort() and bsearch(). */
int argument_compare_tags(const void *a, const void *b);

#endif
