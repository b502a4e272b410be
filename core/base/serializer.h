/** @file
 * Names of serializers. */
#ifndef PYRO_BASE_SERIALIZER_H
#define PYRO_BASE_SERIALIZER_H

#include "base/config.h"

/** Returns the serializer of that name ("msgpack"), or PYRO_SERIALIZER_UNKNOWN. */
enum pyro_serializer pyro_serializer_find(struct pyro_slice name);

/** All names of serializers, for messages. */
#define PYRO_SERIALIZER_NAMES "serpent, json, marshal, msgpack, pickle, cloudpickle or dill"

/** Returns the name of a serializer; "unknown" for PYRO_SERIALIZER_UNKNOWN. */
const char *pyro_serializer_name(enum pyro_serializer serializer);

/** Returns the serializers that a list names, as bits by enum pyro_serializer. */
unsigned pyro_serializer_bits(const char *list);

/** Returns whether SERIALIZERS_ACCEPTED lists that serializer. */
bool pyro_config_accepts(const struct pyro_config *config, enum pyro_serializer serializer);

#endif
