/** @file
 * hiredis' reader and writer of Redis' protocol, and nothing else of it. It is loaded when a name
 * server first uses Redis. Private to naming/. */
#ifndef PYRO_NAMING_HIREDIS_H
#define PYRO_NAMING_HIREDIS_H

#include <hiredis/hiredis.h>

#include "base/error.h"

#define HIREDIS_FUNCTIONS(X)                                                                       \
    X(redisReaderCreate)                                                                           \
    X(redisReaderFree)                                                                             \
    X(redisReaderFeed)                                                                             \
    X(redisReaderGetReply)                                                                         \
    X(redisFormatCommandArgv)                                                                      \
    X(redisFreeCommand)                                                                            \
    X(freeReplyObject)

/** Its functions, by their names. */
struct hiredis {
#define X(function) __typeof__ (&(function))(function);
    HIREDIS_FUNCTIONS(X)
#undef X
};

/** Loads it. NULL with the error (PYRO_EOS where it is not installed). */
const struct hiredis *hiredis_load(struct pyro_error *err);

#endif
