/** @file
 * What every room needs of the C language. */
#ifndef PYRO_BASE_COMMON_H
#define PYRO_BASE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PYRO_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** The structure of type `type` whose field `field` is at `pointer`. */
#define PYRO_CONTAINER(pointer, type, field)                                                       \
    ((type *)(void *)((char *)(pointer)-offsetof(type, field)))

#if defined(__GNUC__)
/** Keeps a slow path out of line, so that the fast path of its caller stays small. */
#define PYRO_NOINLINE __attribute__((noinline))
#define PYRO_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define PYRO_NOINLINE
#define PYRO_PRINTF(text, first)
#endif

/** The serializers that Pyro names, independent of the numbers that each protocol gives them. */
enum pyro_serializer {
    PYRO_SERIALIZER_UNKNOWN,
    PYRO_SERIALIZER_SERPENT,
    PYRO_SERIALIZER_JSON,
    PYRO_SERIALIZER_MARSHAL,
    PYRO_SERIALIZER_MSGPACK,
    PYRO_SERIALIZER_PICKLE,
    PYRO_SERIALIZER_CLOUDPICKLE, /**< pickle under the name of what can write more with it */
    PYRO_SERIALIZER_DILL,        /**< likewise */
};

#endif
