/** @file
 * Sending error objects, objects of the classes that programs registered, and proxies. Private to
 * this room.
 */
#ifndef PYRO_BIND_VALUE_LWALK_OBJECT_H
#define PYRO_BIND_VALUE_LWALK_OBJECT_H

#include "bind/value/lproxy.h"
#include "bind/value/lwalk.h"

/** Sends an error object as an exception. */
enum pyro_code lwalk_error(struct lwalk *w, int table, const struct lwalk_table *self);

/** Sends the fields of an object of a class (LTYPE_OBJECT). */
enum pyro_code lwalk_object(struct lwalk *w, int table, const struct lwalk_table *self);

/** Sends a proxy, with its settings. */
enum pyro_code lwalk_proxy(struct lwalk *w, const struct lproxy *proxy);

#endif
