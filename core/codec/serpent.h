/** @file
 * What the parts of the serpent codec share. Private to this room.
 *
 * Serpent data is Python source: one literal, behind a comment. */
#ifndef PYRO_CODEC_SERPENT_H
#define PYRO_CODEC_SERPENT_H

#include "codec/codec.h"
#include "value/integer.h"
#include "value/number.h"

/** A source that is being read. */
struct serpent_reader {
    const char *start; /**< of the whole source: errors tell the place */
    const char *p;     /**< what comes next */
    const char *end;
    size_t kept; /**< decoded bytes that stay; behind them is room for one text */
    struct pyro_reading *held;
    struct pyro_error *err;
    /** Of the last number; before them is room for a sign. */
    char digits[1 + PYRO_MOST_DIGITS + PYRO_REAL_SIZE];
};

enum serpent_type {
    SERPENT_NIL,
    SERPENT_BOOL,
    SERPENT_INT,
    SERPENT_BIGINT,
    SERPENT_REAL,
    SERPENT_COMPLEX,
    SERPENT_STR,
    SERPENT_BYTES,
};

/** A value that is no container. Views in it hold until the next one is taken. */
struct serpent_scalar {
    enum serpent_type type;
    union {
        bool boolean;
        int64_t integer;
        struct {
            double real, imaginary;
        } number;
        struct pyro_slice text; /**< also a bigint's digits */
    } u;
};

/** Says where and why the source is refused: PYRO_ESERIALIZE. `format` as for printf. */
enum pyro_code pyro_serpent_refuse(const struct serpent_reader *r, const char *at,
                                   const char *format, ...) PYRO_PRINTF(3, 4);

/** What refuses a source that ends too early. */
enum pyro_code pyro_serpent_cut_short(const struct serpent_reader *r);

/** Passes over white space and comments; pyro_serpent_skip() does where there are none, mostly. */
void pyro_serpent_skip_space(struct serpent_reader *r);

static inline void pyro_serpent_skip(struct serpent_reader *r)
{
    if (r->p < r->end && (*r->p <= '#' || *r->p == '\\'))
        pyro_serpent_skip_space(r);
}

/** The next byte, 0 at the end of the source (no other byte of it that is looked at may be 0). */
static inline char pyro_serpent_peek(const struct serpent_reader *r)
{
    return r->p < r->end ? *r->p : '\0';
}

/** Takes a punctuation mark and the white space behind it; false where another byte comes next. */
static inline bool pyro_serpent_take_mark(struct serpent_reader *r, char mark)
{
    if (pyro_serpent_peek(r) != mark)
        return false;
    r->p++;
    pyro_serpent_skip(r);
    return true;
}

/** Whether a text literal comes next: its quote, or its prefix and its quote. */
bool pyro_serpent_at_text(const struct serpent_reader *r);

/** Takes a text literal without prefix and escapes, and the white space behind it; where there is
 * none, the reader may have gone on. Of triple quotes it takes two, as an empty text. */
bool pyro_serpent_take_plain(struct serpent_reader *r, struct pyro_slice *text);

/** Takes text literals, one or several in a row, as one str or bytes. */
enum pyro_code pyro_serpent_take_text(struct serpent_reader *r, struct serpent_scalar *s);

/** Whether a character may be part of a name or of a number. */
bool pyro_serpent_is_word(char c);

/** The value of a hexadecimal digit; 16 for another character. */
int pyro_serpent_digit(char c);

/** Takes a number with its sign, or the sum of two that makes a complex one. */
enum pyro_code pyro_serpent_take_number(struct serpent_reader *r, struct serpent_scalar *s);

/** Takes a dict that stands for bytes or NaN; `*taken` says whether there was one. */
enum pyro_code pyro_serpent_take_special(struct serpent_reader *r, struct serpent_scalar *s,
                                         bool *taken);

/** The end of the run of bytes at `p` that a literal in those quotes shows as they are: printable
 * ASCII. */
const char *pyro_serpent_plain(const char *p, const char *end, char quote);

/** The writing functions of struct pyro_codec. */
void pyro_serpent_open(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);
void pyro_serpent_open_bytes(struct pyro_writer *w, struct pyro_buffer *out,
                             struct pyro_error *err);
enum pyro_code pyro_serpent_call_begin(struct pyro_writer *w, struct pyro_slice object,
                                       struct pyro_slice method);
enum pyro_code pyro_serpent_call_end(struct pyro_writer *w);

#endif
