/** @file
 * The name server's methods that read. Private to naming/. */
#ifndef PYRO_NAMING_LOOKUPS_H
#define PYRO_NAMING_LOOKUPS_H

#include "naming/server/call.h"

enum pyro_code lookups_count(struct call *call);
enum pyro_code lookups_ping(struct call *call);

/** lookup(name, return_metadata=False) */
enum pyro_code lookups_lookup(struct call *call);

/** Pyro4's list(prefix=None, regex=None, metadata_all=None, metadata_any=None,
 * return_metadata=False) */
enum pyro_code lookups_list(struct call *call);

/** Pyro5's list(prefix=None, regex=None, return_metadata=False) */
enum pyro_code lookups_list_5(struct call *call);

/** yplookup(meta_all=None, meta_any=None, return_metadata=True) */
enum pyro_code lookups_yplookup(struct call *call);

#endif
