/** @file
 * Writing objects into pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_WRITE_OBJECT_H
#define PYRO_CODEC_PICKLE_WRITE_OBJECT_H

#include "value/sink.h"

/** Begins an object: a function of struct pyro_sink_ops. */
enum pyro_code pickle_write_object(struct pyro_sink *to, const struct pyro_class *class,
                                   size_t count);

/** The operations of the sink at the levels that objects have. */
extern const struct pyro_sink_ops pickle_exception_ops, pickle_stateful_ops, pickle_proxy_ops;

#endif
