/** @file
 * Classes that travel as more than their fields. */
#ifndef PYRO_VALUE_CLASS_H
#define PYRO_VALUE_CLASS_H

#include "base/uri.h"
#include "value/sink.h"

/** Sends what Pyro's URI class has as its state: a tuple of five. */
enum pyro_code pyro_put_uri_state(struct pyro_sink *to, const struct pyro_uri *uri);

#endif
