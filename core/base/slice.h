/** @file
 * A view of bytes that somebody else owns, read from the front. */
#ifndef PYRO_BASE_SLICE_H
#define PYRO_BASE_SLICE_H

#include <string.h>

#include "base/common.h"

struct pyro_slice {
    const char *data;
    size_t length; /**< bytes */
};

static inline struct pyro_slice pyro_slice(const char *data, size_t length)
{
    struct pyro_slice slice = {data, length};
    return slice;
}

static inline struct pyro_slice pyro_slice_text(const char *text)
{
    return pyro_slice(text, strlen(text));
}

static inline bool pyro_slice_equals(struct pyro_slice slice, const char *text)
{
    size_t length = strlen(text);
    return slice.length == length && (length == 0 || memcmp(slice.data, text, length) == 0);
}

static inline bool pyro_slice_starts_with(struct pyro_slice slice, struct pyro_slice prefix)
{
    return slice.length >= prefix.length &&
           (prefix.length == 0 || memcmp(slice.data, prefix.data, prefix.length) == 0);
}

/** Compares as strcmp() does, by bytes; the beginning of a slice comes before it. */
static inline int pyro_slice_compare(struct pyro_slice a, struct pyro_slice b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    if (order != 0 || a.length == b.length)
        return order;
    return a.length < b.length ? -1 : 1;
}

/** Takes `length` bytes off the front of `from` into `out`; false when there are fewer. */
static inline bool pyro_slice_take(struct pyro_slice *from, size_t length, struct pyro_slice *out)
{
    if (from->length < length)
        return false;
    *out = pyro_slice(from->data, length);
    from->data += length;
    from->length -= length;
    return true;
}

/** Takes a number of `bytes` bytes (at most 8), the most significant first, off the front of
 * `from`; false when there are fewer. */
static inline bool pyro_slice_take_number(struct pyro_slice *from, size_t bytes, uint64_t *number)
{
    struct pyro_slice digits;
    if (!pyro_slice_take(from, bytes, &digits))
        return false;
    *number = 0;
    for (size_t i = 0; i < bytes; i++)
        *number = *number << 8 | (unsigned char)digits.data[i];
    return true;
}

#endif
