/* Reading string literals. One that has no escapes is a view into the source. Others are decoded
 * into the reading's buffer, which has room for the rest of the source, so that nothing moves. */
#include "codec/serpent_text.h"

#include "base/escape.h"
#include "codec/serpent_plain.h"
#include "value/utf8.h"

struct literal {
    const char *start; /* of its prefix */
    char quote;
    bool triple, raw, bytes;
    bool altered;            /* its value is not the source's bytes */
    struct pyro_slice inner; /* between the quotes */
};

/* Returns the end of a literal's prefix, which it notes; NULL where it is none. */
static const char *past_prefix(const char *p, const char *end, struct literal *l)
{
    bool unicode = false;
    for (; p < end && p - l->start < 3; p++) {
        char c = (char)(*p | 0x20);
        if (*p == '\'' || *p == '"')
            break;
        if (unicode || (c == 'u' && p > l->start) || (c == 'r' && l->raw) || (c == 'b' && l->bytes))
            return NULL;
        unicode |= c == 'u';
        l->raw |= c == 'r';
        l->bytes |= c == 'b';
        if (c != 'u' && c != 'r' && c != 'b')
            return NULL;
    }
    return p;
}

/* Reads prefix and opening quote; false where there is no literal. */
static bool open_literal(const char *p, const char *end, struct literal *l)
{
    *l = (struct literal){.start = p, .inner = {p, 0}};
    p = past_prefix(p, end, l);
    if (!p || p == end || (*p != '\'' && *p != '"'))
        return false;
    l->quote = *p;
    l->triple = end - p >= 3 && p[1] == *p && p[2] == *p;
    l->inner.data = p + (l->triple ? 3 : 1);
    return true;
}

/* Returns whether a literal may begin with the character: few others pass. */
static bool may_open(char c)
{
    c = (char)(c | 0x20);
    return c == '\'' || c == '"' || c == 'u' || c == 'r' || c == 'b';
}

bool pyro_serpent_at_text(const struct serpent_reader *r)
{
    struct literal l;
    return r->p < r->end && may_open(*r->p) && open_literal(r->p, r->end, &l);
}

/* Passes over a byte that is not plain, and not the end. */
static enum pyro_code pass_special(struct serpent_reader *r, struct literal *l)
{
    const unsigned char *p = (const unsigned char *)r->p;
    size_t left = (size_t)(r->end - r->p), length = 1;
    if (*p == '\\') {
        l->altered = true;
        if (left >= 2 && p[1] > 0 && p[1] < 0x80)
            length = left >= 3 && p[1] == '\r' && p[2] == '\n' ? 3 : 2;
    } else if (*p == '\n' || *p == '\r') {
        if (!l->triple)
            return pyro_serpent_refuse(r, r->p, "a line ends within a text");
        l->altered |= *p == '\r';
    } else if (*p == '\0') {
        return pyro_serpent_refuse(r, r->p, "a zero byte");
    } else if (*p >= 0x80) {
        length = pyro_utf8_sequence(p, left);
        if (length == 0)
            return pyro_serpent_refuse(r, r->p, "not valid UTF-8");
        if (l->bytes)
            return pyro_serpent_refuse(r, r->p, "bytes of other than ASCII characters");
    }
    r->p += length;
    return PYRO_OK;
}

/* Returns whether the quote at r->p ends the literal. */
static bool ends_literal(const struct serpent_reader *r, const struct literal *l)
{
    if (!l->triple)
        return true;
    return r->end - r->p >= 3 && r->p[1] == l->quote && r->p[2] == l->quote;
}

/* Takes a literal, but does not decode it. */
static enum pyro_code take_literal(struct serpent_reader *r, struct literal *l)
{
    enum pyro_code code;
    open_literal(r->p, r->end, l);
    for (r->p = l->inner.data;;) {
        r->p = pyro_serpent_plain(r->p, r->end, l->quote);
        if (r->p >= r->end)
            return pyro_serpent_cut_short(r);
        if (*r->p == l->quote && ends_literal(r, l))
            break;
        if ((code = pass_special(r, l)) != PYRO_OK)
            return code;
    }
    l->inner.length = (size_t)(r->p - l->inner.data);
    r->p += l->triple ? 3 : 1;
    return PYRO_OK;
}

/* --- decoding --- */

/* Puts decoded bytes. They take no more room than their source: that much is reserved, so nothing
 * moves. */
static void put(struct pyro_buffer *out, const char *data, size_t length)
{
    if (length > 0)
        memcpy(out->data + out->length, data, length);
    out->length += length;
}

static void put_byte(struct pyro_buffer *out, unsigned value)
{
    out->data[out->length++] = (char)value;
}

static void put_character(struct pyro_buffer *out, unsigned code)
{
    out->length += pyro_utf8_encode(code, out->data + out->length);
}

/* Puts what an escape of `count` hexadecimal digits at `p` means. */
static enum pyro_code put_hex(struct serpent_reader *r, const struct literal *l, const char *p,
                              size_t count)
{
    unsigned code = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = pyro_serpent_digit(p[i]); /* the quote that ends the literal is none */
        if (digit > 15)
            return pyro_serpent_refuse(r, p - 2, "an escape with too few digits");
        code = code << 4 | (unsigned)digit;
    }
    if (code > 0x10ffff)
        return pyro_serpent_refuse(r, p - 2, "an escape of no character");
    if (code >= 0xd800 && code <= 0xdfff)
        return pyro_serpent_refuse(r, p - 2, "a surrogate, which is not valid text");
    if (l->bytes)
        put_byte(&r->held->decoded, code);
    else
        put_character(&r->held->decoded, code);
    return PYRO_OK;
}

/* Puts what an escape of up to three octal digits means; returns how many they are. */
static size_t put_octal(struct pyro_buffer *out, const struct literal *l, const char *p)
{
    unsigned code = 0;
    size_t count = 0;
    while (count < 3 && p[count] >= '0' && p[count] <= '7')
        code = code << 3 | (unsigned)(p[count++] - '0');
    if (l->bytes)
        put_byte(out, code & 0xff);
    else
        put_character(out, code);
    return count;
}

/* Returns how many digits follow "\x" and the like; 0 behind other letters. */
static size_t hex_digits_of(const struct literal *l, char c)
{
    if (c == 'x')
        return 2;
    return l->bytes ? 0 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
}

/* Decodes the escape at `p`, a backslash; `*length` are its bytes. */
static enum pyro_code put_escape(struct serpent_reader *r, const struct literal *l, const char *p,
                                 size_t *length)
{
    static const char letters[] = "abfnrtv\\'\"", values[] = "\a\b\f\n\r\t\v\\'\"";
    struct pyro_buffer *out = &r->held->decoded;
    const char *letter = strchr(letters, p[1]);
    size_t digits = hex_digits_of(l, p[1]);
    *length = 2;
    if (digits > 0) {
        *length += digits;
        return put_hex(r, l, p + 2, digits);
    }
    if (p[1] == 'N' && !l->bytes)
        return pyro_serpent_refuse(r, p, "escapes of names of characters are not understood");
    if (p[1] >= '0' && p[1] <= '7')
        *length = 1 + put_octal(out, l, p + 1);
    else if (p[1] == '\r' && p[2] == '\n')
        *length = 3; /* a line goes on in the next one, as after "\\\n" */
    else if (letter && *letter)
        put_byte(out, (unsigned char)values[letter - letters]);
    else if (p[1] != '\n' && p[1] != '\r')
        put(out, p, 2); /* as it is */
    return PYRO_OK;
}

/* Returns the end of the run of bytes that are as in the source. */
static const char *unaltered(const struct literal *l, const char *p, const char *end)
{
    while ((p = pyro_serpent_plain(p, end, '\\')) < end && *p != '\r' && (*p != '\\' || l->raw))
        p++;
    return p;
}

static enum pyro_code decode(struct serpent_reader *r, const struct literal *l)
{
    struct pyro_buffer *out = &r->held->decoded;
    const char *p = l->inner.data, *end = p + l->inner.length;
    enum pyro_code code;
    while (p < end) {
        const char *from = p;
        size_t length = 1;
        p = unaltered(l, p, end);
        put(out, from, (size_t)(p - from));
        if (p == end)
            break;
        if (*p == '\\') {
            if ((code = put_escape(r, l, p, &length)) != PYRO_OK)
                return code;
        } else if (p + 1 == end || p[1] != '\n') {
            put_byte(out, '\n'); /* all ends of lines are one character */
        }
        p += length;
    }
    return PYRO_OK;
}

static enum pyro_code join(struct serpent_reader *r, struct literal *l, struct serpent_scalar *s)
{
    struct pyro_buffer *out = &r->held->decoded;
    bool bytes = l->bytes;
    enum pyro_code code;
    pyro_buffer_truncate(out, r->kept);
    if (!pyro_buffer_reserve(out, (size_t)(r->end - l->start)))
        return pyro_error_memory(r->err);
    for (;;) {
        if ((code = decode(r, l)) != PYRO_OK)
            return code;
        pyro_serpent_skip(r);
        if (!pyro_serpent_at_text(r))
            break;
        if ((code = take_literal(r, l)) != PYRO_OK)
            return code;
        if (l->bytes != bytes)
            return pyro_serpent_refuse(r, l->start, "str and bytes in a row");
    }
    s->u.text = pyro_slice(out->data + r->kept, out->length - r->kept);
    return PYRO_OK;
}

bool pyro_serpent_take_plain(struct serpent_reader *r, struct pyro_slice *text)
{
    char quote = pyro_serpent_peek(r);
    if (quote != '\'' && quote != '"')
        return false;
    const char *from = r->p + 1;
    r->p = pyro_serpent_plain(from, r->end, quote);
    *text = pyro_slice(from, (size_t)(r->p - from));
    return pyro_serpent_take_mark(r, quote);
}

/* Takes string literals. Most are plain ones, with nothing behind them that belongs to them. */
enum pyro_code pyro_serpent_take_text(struct serpent_reader *r, struct serpent_scalar *s)
{
    struct literal l;
    const char *from = r->p;
    s->type = SERPENT_STR;
    if (pyro_serpent_take_plain(r, &s->u.text) && !pyro_serpent_at_text(r))
        return PYRO_OK;
    r->p = from;
    enum pyro_code code = take_literal(r, &l);
    if (code != PYRO_OK)
        return code;
    s->type = l.bytes ? SERPENT_BYTES : SERPENT_STR;
    s->u.text = l.inner;
    pyro_serpent_skip(r);
    return l.altered || pyro_serpent_at_text(r) ? join(r, &l, s) : PYRO_OK;
}
