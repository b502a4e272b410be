#include "wire/compress.h"

#define ZLIB_CONST
#include <zlib.h>

#define LEVEL 4 /* Pyro's */
#define STEP (64 * 1024)

enum pyro_code pyro_compress(struct pyro_buffer *buffer, size_t start, bool *shorter,
                             struct pyro_error *err)
{
    size_t length = buffer->length - start;
    uLongf size = compressBound((uLong)length);
    char *at = pyro_buffer_reserve(buffer, size);
    if (!at || compress2((Bytef *)at, &size, (const Bytef *)buffer->data + start, (uLong)length,
                         LEVEL) != Z_OK)
        return pyro_error_memory(err);
    *shorter = size < length;
    if (*shorter) {
        memmove(buffer->data + start, at, size);
        pyro_buffer_truncate(buffer, start + size);
    }
    return PYRO_OK;
}

/* Inflates the next piece; Z_OK when there is more. */
static int inflate_step(z_stream *z, struct pyro_buffer *out, size_t room)
{
    char *at = pyro_buffer_reserve(out, room);
    if (!at)
        return Z_MEM_ERROR;
    z->next_out = (Bytef *)at;
    z->avail_out = (uInt)room;
    int result = inflate(z, Z_NO_FLUSH);
    out->length += room - z->avail_out;
    return result == Z_BUF_ERROR ? Z_DATA_ERROR : result; /* cut short */
}

enum pyro_code pyro_inflate(struct pyro_slice in, size_t limit, struct pyro_buffer *out,
                            struct pyro_error *err)
{
    z_stream z = {.next_in = (const Bytef *)in.data, .avail_in = (uInt)in.length};
    size_t begin = out->length, most = limit > 0 && limit < INT32_MAX ? limit : INT32_MAX;
    if (inflateInit(&z) != Z_OK)
        return pyro_error_memory(err);
    int result = Z_OK;
    while (result == Z_OK && out->length - begin <= most)
        result = inflate_step(&z, out, STEP);
    bool whole = result == Z_STREAM_END && z.avail_in == 0;
    inflateEnd(&z);
    if (result == Z_MEM_ERROR)
        return pyro_error_memory(err);
    if (out->length - begin > most)
        return pyro_error_set(err, PYRO_ETOOLARGE, "max message size exceeded (inflated, max=%zu)",
                              most);
    if (!whole)
        return pyro_error_set(err, PYRO_EPROTOCOL, "malformed compressed data");
    return PYRO_OK;
}
