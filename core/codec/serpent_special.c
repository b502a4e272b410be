/* Reading dicts that stand for other values: bytes, and NaN, which have no literals (or had
 * none). */
#include "codec/serpent_special.h"

#include <math.h>
#include <nettle/base64.h>

#include "codec/serpent_text.h"

struct pair {
    struct pyro_slice key, value;
};

/* Returns whether a dict with the key may stand for another value. */
static bool is_known(struct pyro_slice key)
{
    return pyro_slice_equals(key, "data") || pyro_slice_equals(key, "encoding") ||
           pyro_slice_equals(key, "__class__") || pyro_slice_equals(key, "value");
}

static bool take_pair(struct serpent_reader *r, struct pair *pair)
{
    return pyro_serpent_take_plain(r, &pair->key) && is_known(pair->key) &&
           pyro_serpent_take_mark(r, ':') && pyro_serpent_take_plain(r, &pair->value);
}

static bool is_pair(const struct pair *pair, const char *key, const char *value)
{
    return pyro_slice_equals(pair->key, key) && pyro_slice_equals(pair->value, value);
}

static bool is_base64(struct pyro_slice text)
{
    static const bool digits[256] = {
        ['+'] = 1, ['/'] = 1, ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1,
        ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
        ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1,
        ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1,
        ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1,
        ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1,
        ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1,
        ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
    };
    size_t length = text.length, i = 0;
    for (int pads = 0; pads < 2 && length > 0 && text.data[length - 1] == '='; pads++)
        length--;
    while (i < length && digits[(unsigned char)text.data[i]])
        i++;
    return i == length && text.length % 4 == 0;
}

static enum pyro_code decode_base64(struct serpent_reader *r, struct pyro_slice text,
                                    struct serpent_scalar *s)
{
    struct pyro_buffer *out = &r->held->decoded;
    struct base64_decode_ctx decoder;
    pyro_buffer_truncate(out, r->kept);
    uint8_t *to = (uint8_t *)pyro_buffer_reserve(out, (size_t)(r->end - text.data));
    size_t length;
    if (!to)
        return pyro_error_memory(r->err);
    base64_decode_init(&decoder);
    if (!base64_decode_update(&decoder, &length, to, text.length, text.data) ||
        !base64_decode_final(&decoder))
        return pyro_error_set(r->err, PYRO_ESERIALIZE, "bytes that are no base64");
    s->type = SERPENT_BYTES;
    s->u.text = pyro_slice((const char *)to, length);
    return PYRO_OK;
}

/* Returns whether the pairs stand for another value. */
static bool is_value(const struct pair *tag, const struct pair *content, struct serpent_scalar *s)
{
    s->type = SERPENT_REAL;
    s->u.number.real = NAN;
    if (is_pair(tag, "__class__", "float") && is_pair(content, "value", "nan"))
        return true;
    s->type = SERPENT_BYTES;
    s->u.text = content->value;
    return is_pair(tag, "encoding", "base64") && pyro_slice_equals(content->key, "data") &&
           is_base64(content->value);
}

static bool take_dict(struct serpent_reader *r, struct serpent_scalar *s)
{
    struct pair a, b;
    if (!pyro_serpent_take_mark(r, '{') || !take_pair(r, &a) || !pyro_serpent_take_mark(r, ',') ||
        !take_pair(r, &b))
        return false;
    pyro_serpent_take_mark(r, ',');
    return pyro_serpent_take_mark(r, '}') && (is_value(&a, &b, s) || is_value(&b, &a, s));
}

enum pyro_code pyro_serpent_take_special(struct serpent_reader *r, struct serpent_scalar *s,
                                         bool *taken)
{
    const char *from = r->p;
    *taken = take_dict(r, s);
    if (!*taken)
        r->p = from;
    return *taken && s->type == SERPENT_BYTES ? decode_base64(r, s->u.text, s) : PYRO_OK;
}
