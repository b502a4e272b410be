#include "base/buffer.h"

#include "base/assert.h"
#include "base/memory.h"

#define SMALLEST 256

char *pyro_buffer_grow(struct pyro_buffer *buffer, size_t size)
{
    size_t capacity = buffer->capacity ? buffer->capacity : SMALLEST;
    PYRO_ASSERT(buffer->length <= buffer->capacity && !buffer->data == !buffer->capacity);
    if (size > SIZE_MAX / 2 - buffer->length || pyro_buffer_is_beyond(buffer))
        return NULL;
    while (capacity - buffer->length < size)
        capacity *= 2;
    if (capacity != buffer->capacity) {
        char *data = pyro_realloc(buffer->data, capacity);
        if (!data)
            return NULL;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    PYRO_ASSERT(size <= buffer->capacity - buffer->length);
    return buffer->data + buffer->length;
}

enum pyro_code pyro_buffer_refused(const struct pyro_buffer *buffer, struct pyro_error *err)
{
    if (!pyro_buffer_is_beyond(buffer))
        return pyro_error_memory(err);
    return pyro_error_set(err, PYRO_ETOOLARGE, "max message size exceeded");
}

void pyro_buffer_truncate(struct pyro_buffer *buffer, size_t length)
{
    PYRO_ASSERT(length <= buffer->length);
    buffer->length = length;
}

void pyro_buffer_free(struct pyro_buffer *buffer)
{
    pyro_free(buffer->data);
    *buffer = (struct pyro_buffer){.data = NULL};
}
