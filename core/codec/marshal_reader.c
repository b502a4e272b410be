/* Taking the bytes of marshal data. */
#include "codec/marshal_reader.h"

#define PART_PRICE 16 /* of reading again: what a part of a value costs beside its bytes */

enum pyro_code pyro_marshal_refuse(const struct marshal_reader *r, const char *why)
{
    return pyro_error_set(r->err, PYRO_ESERIALIZE, "marshal data, byte %zu: %s", r->at, why);
}

enum pyro_code pyro_marshal_cut_short(const struct marshal_reader *r)
{
    return pyro_error_set(r->err, PYRO_ESERIALIZE, "marshal data cut short");
}

/* --- bytes --- */

enum pyro_code pyro_marshal_spend(struct marshal_reader *r, size_t cost)
{
    if (r->nested == 0)
        return PYRO_OK;
    if (r->again < cost)
        return pyro_marshal_refuse(r, "too much is referred to");
    r->again -= cost;
    return PYRO_OK;
}

enum pyro_code pyro_marshal_take(struct marshal_reader *r, size_t length, struct pyro_slice *out)
{
    if (r->data.length - r->at < length)
        return pyro_marshal_cut_short(r);
    enum pyro_code code = pyro_marshal_spend(r, PART_PRICE + length);
    if (code != PYRO_OK)
        return code;
    *out = pyro_slice(r->data.data + r->at, length);
    r->at += length;
    return PYRO_OK;
}

uint64_t pyro_marshal_number(struct pyro_slice bytes)
{
    uint64_t number = 0;
    for (size_t i = bytes.length; i > 0; i--)
        number = number << 8 | (unsigned char)bytes.data[i - 1];
    return number;
}

enum pyro_code pyro_marshal_take_number(struct marshal_reader *r, size_t bytes, uint64_t *number)
{
    struct pyro_slice taken = {NULL, 0};
    enum pyro_code code = pyro_marshal_take(r, bytes, &taken);
    if (code == PYRO_OK)
        *number = pyro_marshal_number(taken);
    return code;
}

/* Takes a size, which has a sign in the data. */
enum pyro_code pyro_marshal_take_size(struct marshal_reader *r, size_t bytes, size_t *size)
{
    uint64_t number = 0;
    enum pyro_code code = pyro_marshal_take_number(r, bytes, &number);
    if (code == PYRO_OK && number > INT32_MAX)
        return pyro_marshal_refuse(r, "a negative size");
    if (code == PYRO_OK)
        *size = (size_t)number;
    return code;
}

enum pyro_code pyro_marshal_take_string(struct marshal_reader *r, size_t bytes,
                                        struct pyro_slice *out)
{
    size_t length = 0;
    enum pyro_code code = pyro_marshal_take_size(r, bytes, &length);
    return code == PYRO_OK ? pyro_marshal_take(r, length, out) : code;
}
