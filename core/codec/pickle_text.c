/* Strings of pickles that are not as they stand in the data: with escapes, or encoded. */
#include "codec/pickle_text.h"

#include "value/utf8.h"

static bool is_surrogate(uint32_t point, uint32_t first)
{
    return point >= first && point < first + 0x400;
}

/* Returns the value of `count` hexadecimal digits at `p`; UINT32_MAX where they are not there. */
static uint32_t hex_at(const char *p, const char *end, size_t count)
{
    uint32_t value = 0;
    if ((size_t)(end - p) < count)
        return UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        char c = p[i];
        if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
            return UINT32_MAX;
        value = value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

/* --- strings of protocol 0 --- */

/* Takes the digits of \u or \U, and of the other half of a surrogate pair, which Python 2 writes
 * so. UINT32_MAX: they are malformed. */
static uint32_t take_escape(const char **p, const char *end)
{
    size_t count = **p == 'u' ? 4 : 8;
    uint32_t point = hex_at(*p + 1, end, count);
    *p += 1 + count;
    if (point == UINT32_MAX || !is_surrogate(point, 0xd800))
        return point;
    uint32_t low = end - *p > 2 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex_at(*p + 2, end, 4) : 0;
    if (!is_surrogate(low, 0xdc00))
        return point;
    *p += 6;
    return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
}

/* Takes the next character: Latin-1, an escape, or a backslash that begins none, which stands for
 * itself (so does one behind it). */
static uint32_t take_raw(const char **p, const char *end)
{
    unsigned char c = (unsigned char)*(*p)++;
    return c == '\\' && *p < end && (**p == 'u' || **p == 'U') ? take_escape(p, end) : c;
}

static enum pyro_code decode_raw(struct pickle *p, struct pyro_slice source,
                                 struct pyro_buffer *out)
{
    const char *at = source.data, *end = at + source.length;
    char *to = pyro_buffer_reserve(out, 2 * source.length + PYRO_UTF8_SIZE);
    size_t length = 0;
    if (!to)
        return pyro_error_memory(p->err);
    while (at < end) {
        const char *from = at;
        size_t more = pyro_utf8_encode(take_raw(&at, end), to + length);
        if (more == 0)
            return pyro_pickle_refuse(p, from, "a str with an escape that is no character");
        length += more;
        if (*from == '\\' && at == from + 1 && at < end && *at == '\\')
            to[length++] = *at++;
    }
    out->length += length;
    return PYRO_OK;
}

/* --- str of Python 2 --- */

/* Returns the byte that a letter behind a backslash stands for; -1 where it is none. */
static int simple_escape(char c)
{
    static const char letters[] = "\\'\"abfnrtv", bytes[] = "\\'\"\a\b\f\n\r\t\v";
    const char *letter = c ? strchr(letters, c) : NULL;
    return letter ? bytes[letter - letters] : -1;
}

static int take_octal(const char **p, const char *end)
{
    int value = 0;
    for (int i = 0; i < 3 && *p < end && **p >= '0' && **p <= '7'; i++)
        value = 8 * value + *(*p)++ - '0';
    return value & 0xff;
}

/* Takes an escape, behind its backslash. The backslash stands for itself where it begins none. */
static int take_byte(const char **p, const char *end)
{
    char c = *p < end ? **p : '\0';
    int byte = simple_escape(c);
    if (c >= '0' && c <= '7')
        return take_octal(p, end);
    if (c == 'x' && hex_at(*p + 1, end, 2) != UINT32_MAX) {
        byte = (int)hex_at(*p + 1, end, 2);
        *p += 2;
    }
    *p += byte >= 0;
    return byte >= 0 ? byte : '\\';
}

static enum pyro_code decode_escaped(struct pickle *p, struct pyro_slice source,
                                     struct pyro_buffer *out)
{
    const char *at = source.data, *end = at + source.length;
    char *to = pyro_buffer_reserve(out, source.length + 1);
    size_t length = 0;
    if (!to)
        return pyro_error_memory(p->err);
    while (at < end) {
        char c = *at++;
        to[length++] = c == '\\' ? (char)take_byte(&at, end) : c;
    }
    out->length += length;
    return PYRO_OK;
}

/* --- bytes that were written as a string --- */

/* Makes each character of the string (which lies in the data, or behind `begun` in `out`) a byte.
 */
static enum pyro_code encode_latin1(struct pickle *p, const struct pickle_cell *cell,
                                    struct pyro_slice text, struct pyro_buffer *out, size_t begun)
{
    size_t length = 0;
    char *to =
        cell->form == PICKLE_PLAIN ? pyro_buffer_reserve(out, text.length + 1) : out->data + begun;
    if (!to)
        return pyro_error_memory(p->err);
    for (const char *at = text.data, *end = at + text.length; at < end;) {
        unsigned char c = (unsigned char)*at;
        if (c > 0xc3 || (c & 0x80 && end - at < 2))
            return pyro_pickle_refuse(p, cell->u.text, "a character that Latin-1 has not");
        to[length++] = (char)(c < 0x80 ? c : c << 6 | (at[1] & 0x3f));
        at += c < 0x80 ? 1 : 2;
    }
    out->length = begun + length;
    return PYRO_OK;
}

static enum pyro_code decode(struct pickle *p, const struct pickle_cell *cell,
                             struct pyro_slice source, struct pyro_buffer *out)
{
    size_t begun = out->length;
    enum pyro_code code = PYRO_OK;
    if (cell->form == PICKLE_RAW)
        code = decode_raw(p, source, out);
    else if (cell->form == PICKLE_ESCAPED)
        code = decode_escaped(p, source, out);
    if (code != PYRO_OK || !cell->latin1)
        return code;
    if (cell->form != PICKLE_PLAIN)
        source = pyro_slice(out->data + begun, out->length - begun);
    return encode_latin1(p, cell, source, out, begun);
}

enum pyro_code pyro_pickle_text(struct pickle *p, const struct pickle_cell *cell,
                                struct pyro_slice *text)
{
    struct pyro_buffer *out = &p->held->decoded;
    size_t begun = out->length;
    *text = pyro_slice(cell->u.text, cell->length);
    if (cell->form == PICKLE_PLAIN && !cell->latin1)
        return PYRO_OK;
    enum pyro_code code = decode(p, cell, *text, out);
    if (code == PYRO_OK)
        *text = pyro_slice(out->data + begun, out->length - begun);
    else
        pyro_buffer_truncate(out, begun);
    return code;
}

enum pyro_code pyro_pickle_append_text(struct pickle_walk *w, const struct pickle_object *o,
                                       const struct pickle_cell *cell)
{
    struct pyro_slice text;
    if (!cell || cell->type != PICKLE_STR)
        return pyro_pickle_refuse_object(w->p, o, "what must be a str is none");
    enum pyro_code code = pyro_pickle_text(w->p, cell, &text);
    if (code != PYRO_OK || cell->form != PICKLE_PLAIN) /* decoding has appended it */
        return code;
    return pyro_buffer_append(&w->p->held->decoded, text.data, text.length)
               ? PYRO_OK
               : pyro_error_memory(w->p->err);
}
