/** @file
 * A growing run of bytes that is written at its end. */
#ifndef PYRO_BASE_BUFFER_H
#define PYRO_BASE_BUFFER_H

#include "base/common.h"
#include "base/error.h"

/** Zero-initialized is empty and valid. */
struct pyro_buffer {
    char *data;
    size_t length;   /**< bytes written */
    size_t capacity; /**< bytes allocated */
    size_t limit;    /**< one that is longer takes no more; 0: any length */
};

/** Makes room for `size` more bytes and returns where they go, or NULL (out of memory, or beyond
 * the limit). The length does not change. */
char *pyro_buffer_reserve(struct pyro_buffer *buffer, size_t size);

/** Appends bytes; false when there is no room, the buffer then being as before. */
bool pyro_buffer_append(struct pyro_buffer *buffer, const void *data, size_t length);

/** Sets the error that a buffer gave no room: PYRO_ETOOLARGE or PYRO_EMEMORY; returns its code. */
enum pyro_code pyro_buffer_refused(const struct pyro_buffer *buffer, struct pyro_error *err);

/** Cuts the buffer back to `length` bytes, an earlier length of it. */
void pyro_buffer_truncate(struct pyro_buffer *buffer, size_t length);

/** Frees the memory; the buffer is empty and usable again. */
void pyro_buffer_free(struct pyro_buffer *buffer);

#endif
