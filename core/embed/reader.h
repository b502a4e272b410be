/** @file
 * Reading of values: arguments of a method, the result of a call. */
#ifndef PYRO_EMBED_READER_H
#define PYRO_EMBED_READER_H

#include "base/buffer.h"
#include "include/pyrolua.h"
#include "value/tree.h"

/** A container that was entered, or the arguments or results themselves. */
struct reader_frame {
    const struct pyro_value *items;
    size_t count, at;
    bool dict;
};

/** Bytes made of what was read: a URI of its parts, the data of an array. */
struct reader_kept {
    struct reader_kept *next;
    struct pyro_buffer bytes;
};

struct pyrolua_reader {
    pyrolua_runtime *runtime;
    struct pyro_error err;          /**< the first one */
    const struct pyro_value *named; /**< named arguments: a dict, or NULL */
    uint64_t named_read;            /**< bits of the named arguments that were asked for */
    const struct pyro_value *key;   /**< value found by key, to be read next; or NULL */
    bool batch;                     /**< the first level is of results, or exceptions */
    struct reader_kept *kept;       /**< what stays as long as the reader */
    size_t taken;                   /**< position of the value that was read last, from 1 */
    size_t depth;                   /**< of containers that were entered */
    size_t capacity;                /**< of `frames` */
    struct reader_frame *frames;    /**< `first`, or on the heap */
    struct reader_frame first[8];
};

/** Starts to read `count` values, which stay in place. To be freed by reader_free(). */
void reader_init(pyrolua_reader *reader, pyrolua_runtime *runtime, const struct pyro_value *items,
                 size_t count);

/** Frees what the reader keeps. */
void reader_free(pyrolua_reader *reader);

#endif
