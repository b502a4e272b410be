#include "codec/array.h"

#include <nettle/base64.h>

static enum pyro_code put_shape(struct pyro_sink *to, const struct pyro_array *array)
{
    enum pyro_code code = pyro_begin(to, PYRO_LIST, array->dimensions);
    for (unsigned i = 0; i < array->dimensions && code == PYRO_OK; i++)
        code = pyro_put_int(to, (int64_t)array->shape[i]);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static bool append_items(struct pyro_buffer *out, const struct pyro_array *array)
{
    char *at = pyro_buffer_reserve(out, array->data.length);
    if (!at)
        return false;
    pyro_array_copy(array, at);
    out->length += array->data.length;
    return true;
}

size_t pyro_base64_room(size_t length)
{
    return BASE64_DECODE_LENGTH(length);
}

bool pyro_base64_decode(struct pyro_slice text, char *out, size_t *length)
{
    struct base64_decode_ctx decoder;
    base64_decode_init(&decoder);
    return base64_decode_update(&decoder, length, (uint8_t *)out, text.length, text.data) &&
           base64_decode_final(&decoder);
}

bool pyro_base64_append(struct pyro_buffer *out, struct pyro_slice data)
{
    char *at = pyro_buffer_reserve(out, BASE64_ENCODE_RAW_LENGTH(data.length));
    if (!at)
        return false;
    base64_encode_raw(at, data.length, (const uint8_t *)data.data);
    out->length += BASE64_ENCODE_RAW_LENGTH(data.length);
    return true;
}

static bool encode(struct pyro_buffer *out, const struct pyro_array *array)
{
    struct pyro_buffer items = {.data = NULL};
    if (!array->fortran)
        return pyro_base64_append(out, array->data);
    bool good = append_items(&items, array) &&
                pyro_base64_append(out, pyro_slice(items.data, items.length));
    pyro_buffer_free(&items);
    return good;
}

/* Sends the data in base64. A writer does not leave by longjmp, so the string may be held
 * meanwhile. */
static enum pyro_code put_data(struct pyro_sink *to, const struct pyro_array *array)
{
    struct pyro_buffer text = {.data = NULL};
    enum pyro_code code =
        encode(&text, array) ? pyro_put_str(to, pyro_slice(text.data ? text.data : "", text.length))
                             : pyro_error_memory(to->err);
    pyro_buffer_free(&text);
    return code;
}

enum pyro_code pyro_array_put_class(struct pyro_sink *to, const struct pyro_array *array)
{
    enum pyro_code code;
    if ((code = pyro_begin(to, PYRO_DICT, 4)) != PYRO_OK ||
        (code = pyro_put_text(to, "__class__")) != PYRO_OK ||
        (code = pyro_put_text(to, PYRO_ARRAY_CLASS_NAME)) != PYRO_OK ||
        (code = pyro_put_text(to, "shape")) != PYRO_OK ||
        (code = put_shape(to, array)) != PYRO_OK ||
        (code = pyro_put_text(to, "dtype")) != PYRO_OK ||
        (code = pyro_put_text(to, array->dtype.text)) != PYRO_OK ||
        (code = pyro_put_text(to, "data")) != PYRO_OK || (code = put_data(to, array)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}
