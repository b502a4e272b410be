/** @file
 * Chunks: reference-counted memory into which connections receive. */
#ifndef PYRO_WIRE_CHUNK_H
#define PYRO_WIRE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes read at a time. Connections that are idle hold no chunk. */
#define PYRO_CHUNK_SIZE ((size_t)16 * 1024)

struct pyro_chunk {
    size_t refcount; /**< the input, and each message in it; 0: it is spare */
    size_t size;
    struct pyro_chunk_pool *pool; /**< whose it is, or NULL */
    struct pyro_chunk *next;      /**< spare one, while it is spare itself */
    char data[];
};

/** Chunks that inputs receive into, a bounded number of them: those that are given back wait for
 * whoever receives next. Zero-initialized is empty and valid. It outlasts all that was received
 * into its chunks. */
struct pyro_chunk_pool {
    struct pyro_chunk *spares;
    unsigned count; /**< of its chunks, in use or spare */
};

/** Frees its chunks, all of which have been given back. */
void pyro_chunk_pool_free(struct pyro_chunk_pool *pool);

/** Returns a chunk of that size, of nobody's pool. NULL when out of memory. */
struct pyro_chunk *pyro_chunk_allocate(size_t size);

/** Returns a chunk of PYRO_CHUNK_SIZE, of the pool (NULL: none) where that has or may have one
 * more. NULL when out of memory. */
struct pyro_chunk *pyro_chunk_new(struct pyro_chunk_pool *pool);

/** Returns a chunk for bytes that come after a pause: a small one where the pool is used up. NULL
 * when out of memory. */
struct pyro_chunk *pyro_chunk_start(struct pyro_chunk_pool *pool);

/** Lets go of a chunk, which may be NULL. */
void pyro_chunk_drop(struct pyro_chunk *chunk);

#endif
