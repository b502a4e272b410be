#include "wire/chunk.h"

#include "base/assert.h"
#include "base/memory.h"

/* Chunks of that size that a pool has, in use or spare: as many connections can be active without
 * allocating any. Those beyond begin with a small chunk: most messages are small, and a connection
 * keeps the chunk of a request while it is served. */
#define POOL_SIZE 64
#define SMALL_CHUNK_SIZE 1024

static struct pyro_chunk *take_spare(struct pyro_chunk_pool *pool)
{
    struct pyro_chunk *chunk = pool ? pool->spares : NULL;
    if (chunk) {
        PYRO_ASSERT(chunk->pool == pool && chunk->refcount == 0);
        pool->spares = chunk->next;
        chunk->refcount = 1;
    }
    return chunk;
}

struct pyro_chunk *pyro_chunk_allocate(size_t size)
{
    struct pyro_chunk *chunk = pyro_malloc(sizeof(*chunk) + size);
    if (chunk)
        *chunk = (struct pyro_chunk){.refcount = 1, .size = size};
    return chunk;
}

static bool has_room(const struct pyro_chunk_pool *pool)
{
    return pool && pool->count < POOL_SIZE;
}

struct pyro_chunk *pyro_chunk_new(struct pyro_chunk_pool *pool)
{
    struct pyro_chunk *chunk = take_spare(pool);
    if (!chunk && (chunk = pyro_chunk_allocate(PYRO_CHUNK_SIZE)) != NULL && has_room(pool)) {
        chunk->pool = pool;
        pool->count++;
    }
    return chunk;
}

struct pyro_chunk *pyro_chunk_start(struct pyro_chunk_pool *pool)
{
    bool small = pool && !pool->spares && !has_room(pool);
    return small ? pyro_chunk_allocate(SMALL_CHUNK_SIZE) : pyro_chunk_new(pool);
}

void pyro_chunk_drop(struct pyro_chunk *chunk)
{
    PYRO_ASSERT(!chunk || chunk->refcount > 0);
    if (!chunk || --chunk->refcount > 0)
        return;
    if (!chunk->pool) {
        pyro_free(chunk);
        return;
    }
    chunk->next = chunk->pool->spares;
    chunk->pool->spares = chunk;
}

void pyro_chunk_pool_free(struct pyro_chunk_pool *pool)
{
    struct pyro_chunk *spare;
    while ((spare = take_spare(pool)) != NULL)
        pyro_free(spare);
    pool->count = 0;
}
