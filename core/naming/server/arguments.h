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

#endif
