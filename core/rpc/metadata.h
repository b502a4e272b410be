/** @file
 * The metadata of an object as they travel: a dict of three lists of names, and perhaps of texts
 * that say what these do, and of parameters. */
#ifndef PYRO_RPC_METADATA_H
#define PYRO_RPC_METADATA_H

#include "value/sink.h"

/** The entries of the dict, in the order in which they are sent. A oneway method is a method, too.
 */
enum pyro_metadata_entry {
    PYRO_METADATA_METHODS,
    PYRO_METADATA_ONEWAY,
    PYRO_METADATA_ATTRIBUTES,
    PYRO_METADATA_TEXTS, /**< which Pyro's clients ignore, as what follows */
    PYRO_METADATA_PARAMETERS,
};
#define PYRO_METADATA_LISTS 3 /**< entries that are always there */
#define PYRO_METADATA_ALL 5

/** Longest text of a member, in bytes. */
#define PYRO_LONGEST_TEXT 4096

/** The key of each entry in the dict. */
extern const char *const pyro_metadata_keys[PYRO_METADATA_ALL];

/** Sends the value of an entry to `to`: a list (or set) of strings, a dict of texts by name, in
 * which the empty name is that of the object itself, or a dict of lists of strings by name: the
 * names of parameters of methods, as far as they are known, "..." being any more. */
typedef enum pyro_code pyro_put_entry_fn(void *context, enum pyro_metadata_entry entry,
                                         struct pyro_sink *to);

/** Sends the dict, with so many entries: PYRO_METADATA_LISTS or PYRO_METADATA_ALL. */
enum pyro_code pyro_put_metadata(struct pyro_sink *to, int entries, pyro_put_entry_fn *put_entry,
                                 void *context);

/** Sends the metadata of an object that has only methods, none of them oneway: `name` returns the
 * name of each. */
enum pyro_code pyro_put_methods(struct pyro_sink *to, size_t count, const char *(*name)(size_t at));

#endif
