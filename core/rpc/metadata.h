/** @file
 * The metadata of an object as they travel: a dict of three lists of names. */
#ifndef PYRO_RPC_METADATA_H
#define PYRO_RPC_METADATA_H

#include "value/sink.h"

/** The lists, in the order in which they are sent. A oneway method is a method, too. */
enum pyro_metadata_list { PYRO_LIST_METHODS, PYRO_LIST_ONEWAY, PYRO_LIST_ATTRIBUTES };
#define PYRO_METADATA_LISTS 3

/** The key of each list in the dict. */
extern const char *const pyro_metadata_keys[PYRO_METADATA_LISTS];

/** Sends one of the lists to `to`: a list (or set) of strings. */
typedef enum pyro_code pyro_put_list_fn(void *context, enum pyro_metadata_list list,
                                        struct pyro_sink *to);

/** Sends the dict, of which `put_list` sends the lists. */
enum pyro_code pyro_put_metadata(struct pyro_sink *to, pyro_put_list_fn *put_list, void *context);

/** Sends the metadata of an object that has only methods, none of them oneway: `name` returns the
 * name of each. */
enum pyro_code pyro_put_methods(struct pyro_sink *to, size_t count, const char *(*name)(size_t at));

#endif
