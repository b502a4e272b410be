/* Arrays of Python's module array in pickles: they become lists, those of characters strings. */
#include "codec/pickle_array.h"
#include "codec/pickle_machine.h"
#include "codec/pickle_send.h"
#include "codec/pickle_text.h"
#include "value/integer.h"
#include "value/utf8.h"

/* --- items as values --- */

static enum pyro_code put_characters(struct pickle_walk *w, const struct pickle_object *o,
                                     const struct pickle_object *items)
{
    struct pyro_buffer *out = &w->p->held->decoded;
    size_t kept = out->length;
    struct pickle_cursor at = pickle_first(items);
    const struct pickle_cell *cell;
    enum pyro_code code = PYRO_OK;
    if (!pyro_buffer_reserve(out, 1))
        return pyro_error_memory(w->p->err);
    while (code == PYRO_OK && (cell = pyro_pickle_next(w->p, &at)) != NULL)
        code = pyro_pickle_append_text(w, o, cell);
    if (code != PYRO_OK)
        return code;
    struct pyro_slice text = pyro_slice(out->data + kept, out->length - kept);
    pyro_buffer_truncate(out, kept);
    return pyro_put_str(w->to, text);
}

enum pyro_code pyro_pickle_send_array(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *code = pickle_item(w->p, args, 0);
    const struct pickle_object *items =
        pickle_container(w->p, pickle_item(w->p, args, 1), PYRO_LIST);
    if (args->count < 1 || args->count > 2 || code->type != PICKLE_STR ||
        (args->count == 2 && !items))
        return pyro_pickle_refuse_args(w->p, o);
    if (items && (pyro_pickle_is(code, "u") || pyro_pickle_is(code, "c")))
        return put_characters(w, o, items);
    return pyro_pickle_send_items(w, PYRO_LIST, items, o);
}

/* --- items as they lie in memory --- */

enum item { UNSIGNED, SIGNED, FLOATING, CHARACTER };

/* Formats of array._array_reconstructor(), from 2 on in pairs: the lowest byte first, then last. */
static const struct format {
    enum item item;
    unsigned bytes;
} formats[] = {{UNSIGNED, 1},  {SIGNED, 1},   {UNSIGNED, 2}, {UNSIGNED, 2},  {SIGNED, 2},
               {SIGNED, 2},    {UNSIGNED, 4}, {UNSIGNED, 4}, {SIGNED, 4},    {SIGNED, 4},
               {UNSIGNED, 8},  {UNSIGNED, 8}, {SIGNED, 8},   {SIGNED, 8},    {FLOATING, 4},
               {FLOATING, 4},  {FLOATING, 8}, {FLOATING, 8}, {CHARACTER, 2}, {CHARACTER, 2},
               {CHARACTER, 4}, {CHARACTER, 4}};

static uint64_t bits_at(const char *at, unsigned bytes, bool highest_first)
{
    uint64_t bits = 0;
    if (!highest_first)
        return pickle_number(at, bytes);
    for (unsigned i = 0; i < bytes; i++)
        bits = bits << 8 | (unsigned char)at[i];
    return bits;
}

static double real_of(uint64_t bits, unsigned bytes)
{
    const uint32_t half = (uint32_t)bits;
    double whole;
    float single;
    if (bytes == 8) {
        memcpy(&whole, &bits, sizeof(whole));
        return whole;
    }
    memcpy(&single, &half, sizeof(single));
    return single;
}

static enum pyro_code send_unsigned(struct pickle_walk *w, uint64_t value)
{
    char digits[PYRO_INTEGER_SIZE], *end = digits + sizeof(digits);
    if (value <= INT64_MAX)
        return pyro_put_int(w->to, (int64_t)value);
    char *first = pyro_digits_put(end, value);
    return pyro_put_digits(w->to, pyro_slice(first, (size_t)(end - first)));
}

static enum pyro_code send_item(struct pickle_walk *w, struct format format, uint64_t bits)
{
    unsigned unused = 64 - 8 * format.bytes;
    if (format.item == FLOATING)
        return pyro_put_real(w->to, real_of(bits, format.bytes));
    if (format.item == UNSIGNED)
        return send_unsigned(w, bits);
    return pyro_put_int(w->to, (int64_t)(bits << unused) >> unused);
}

static enum pyro_code send_list(struct pickle_walk *w, const struct pickle_object *o,
                                struct format format, struct pyro_slice data, bool highest_first)
{
    size_t count = data.length / format.bytes;
    enum pyro_code code = pyro_pickle_repeat(w->p, count * PICKLE_ITEM_SIZE);
    if (code != PYRO_OK || (code = pyro_pickle_begin_list(w, o, count)) != PYRO_OK)
        return code;
    for (const char *at = data.data; count > 0 && code == PYRO_OK; count--, at += format.bytes)
        code = send_item(w, format, bits_at(at, format.bytes, highest_first));
    return code == PYRO_OK ? pyro_end(w->to, PYRO_LIST) : code;
}

/* --- characters --- */

/* Takes a character, which may be a surrogate pair, off the front. */
static uint32_t take_character(struct pyro_slice *data, unsigned bytes, bool highest_first)
{
    uint32_t point = (uint32_t)bits_at(data->data, bytes, highest_first), low;
    data->data += bytes;
    data->length -= bytes;
    if (bytes != 2 || point < 0xd800 || point >= 0xdc00 || data->length < 2)
        return point;
    low = (uint32_t)bits_at(data->data, bytes, highest_first);
    if (low < 0xdc00 || low >= 0xe000)
        return point;
    data->data += bytes;
    data->length -= bytes;
    return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
}

static enum pyro_code send_characters(struct pickle_walk *w, const struct pickle_object *o,
                                      unsigned bytes, struct pyro_slice data, bool highest_first)
{
    struct pyro_buffer *out = &w->p->held->decoded;
    size_t length = 0;
    enum pyro_code code = pyro_pickle_repeat(w->p, 2 * data.length);
    if (code != PYRO_OK)
        return code;
    char *to = pyro_buffer_reserve(out, 2 * data.length + 1);
    if (!to)
        return pyro_error_memory(w->p->err);
    while (data.length > 0) {
        size_t more = pyro_utf8_encode(take_character(&data, bytes, highest_first), to + length);
        if (more == 0)
            return pyro_pickle_refuse_object(w->p, o, "an array with what is no character");
        length += more;
    }
    return pyro_put_str(w->to, pyro_slice(to, length));
}

/* Sends what array._array_reconstructor(class, type code, format, bytes) returns. */
enum pyro_code pyro_pickle_send_machine_array(struct pickle_walk *w, const struct pickle_object *o)
{
    const struct pickle_object *args = pickle_args(w->p, o);
    const struct pickle_cell *number = pickle_item(w->p, args, 2), *bytes;
    struct pyro_slice data;
    bytes = pickle_item(w->p, args, 3);
    if (args->count != 4 || number->type != PICKLE_INT || number->u.integer < 0 ||
        number->u.integer >= (int64_t)PYRO_COUNT(formats) || bytes->type != PICKLE_BYTES ||
        bytes->latin1)
        return pyro_pickle_refuse_args(w->p, o);
    struct format format = formats[number->u.integer];
    bool highest_first = number->u.integer % 2 == 1;
    data = pyro_slice(bytes->u.text, bytes->length);
    if (data.length % format.bytes != 0)
        return pyro_pickle_refuse_args(w->p, o);
    return format.item == CHARACTER ? send_characters(w, o, format.bytes, data, highest_first)
                                    : send_list(w, o, format, data, highest_first);
}
