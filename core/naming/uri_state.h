/** @file
 * URIs that travel as a class of Pyro's. */
#ifndef PYRO_NAMING_URI_STATE_H
#define PYRO_NAMING_URI_STATE_H

#include "base/uri.h"
#include "value/tree.h"

/** Reads the state of a URI: protocol, object, socket name, host, port. PYRO_ETYPE "malformed URI"
 * where it is none; what it says is checked as a URI's text is. On success the caller frees `uri`.
 */
enum pyro_code uri_state_read(const struct pyro_value *state, struct pyro_uri *uri,
                              struct pyro_error *err);

#endif
