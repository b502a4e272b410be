/** @file
 * What a client knows of its object: names, and what they are. */
#ifndef PYRO_RPC_MEMBERS_H
#define PYRO_RPC_MEMBERS_H

#include "base/map.h"
#include "rpc/client.h"

enum pyro_member { PYRO_METHOD = 1, PYRO_ONEWAY = 2, PYRO_ATTRIBUTE = 4 };

/** Adds bits of enum pyro_member to a name in a map of members. Returns false when out of memory.
 */
bool pyro_add_member(struct pyro_map *members, struct pyro_slice name, unsigned bits);

/** Returns what the metadata says of a name: bits of enum pyro_member; 0 for an unknown name. */
unsigned pyro_client_member(const struct pyro_client *client, struct pyro_slice name);

/** Returns whether any method or attribute is known. None is before the first connection, or with
 * METADATA off. */
bool pyro_client_has_metadata(const struct pyro_client *client);

/** Adds to what is known of a name. Returns false when out of memory. */
bool pyro_client_add_member(struct pyro_client *client, struct pyro_slice name, unsigned member);

/** Forgets the members of these kinds. */
void pyro_client_forget_members(struct pyro_client *client, unsigned members);

/** Copies what another client knows: members, and what its server speaks. Returns false when out of
 * memory. */
bool pyro_client_copy_metadata(struct pyro_client *client, const struct pyro_client *from);

/** Returns all names: iterate as with pyro_map_next(), values by pyro_client_member(). */
const struct pyro_map *pyro_client_members(const struct pyro_client *client);

#endif
