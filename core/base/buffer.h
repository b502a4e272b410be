/** @file
 * A growing run of bytes that is written at its end. */
#ifndef PYRO_BASE_BUFFER_H
#define PYRO_BASE_BUFFER_H

#include <string.h>

#include "base/common.h"
#include "base/error.h"

/** Zero-initialized is empty and valid. */
struct pyro_buffer {
    char *data;
    size_t length;   /**< bytes written */
    size_t capacity; /**< bytes allocated */
    size_t limit;    /**< one that is longer takes no more; 0: any length */
};

/** Returns whether the buffer takes no more. */
static inline bool pyro_buffer_is_beyond(const struct pyro_buffer *buffer)
{
    return buffer->limit > 0 && buffer->length > buffer->limit;
}

/** Makes room as pyro_buffer_reserve() does, where that may have to allocate it. */
char *pyro_buffer_grow(struct pyro_buffer *buffer, size_t size);

/** Makes room for `size` more bytes and returns where they go, or NULL (out of memory, or beyond
 * the limit). The length does not change. */
static inline char *pyro_buffer_reserve(struct pyro_buffer *buffer, size_t size)
{
    if (size >= buffer->capacity - buffer->length || pyro_buffer_is_beyond(buffer))
        return pyro_buffer_grow(buffer, size);
    return buffer->data + buffer->length;
}

/** Appends bytes; false when there is no room, the buffer then being as before. */
static inline bool pyro_buffer_append(struct pyro_buffer *buffer, const void *data, size_t length)
{
    char *to = pyro_buffer_reserve(buffer, length);
    if (!to)
        return false;
    if (length > 0)
        memcpy(to, data, length);
    buffer->length += length;
    return true;
}

/** Sets the error that a buffer gave no room: PYRO_ETOOLARGE or PYRO_EMEMORY; returns its code. */
enum pyro_code pyro_buffer_refused(const struct pyro_buffer *buffer, struct pyro_error *err);

/** Cuts the buffer back to `length` bytes, an earlier length of it. */
void pyro_buffer_truncate(struct pyro_buffer *buffer, size_t length);

/** Frees the memory; the buffer is empty and usable again. */
void pyro_buffer_free(struct pyro_buffer *buffer);

#endif
