/** @file
 * A cursor over serpent data, which is Python source: one literal, behind a comment. Private to
 * this room. */
#ifndef PYRO_CODEC_SERPENT_CURSOR_H
#define PYRO_CODEC_SERPENT_CURSOR_H

#include "codec/codec.h"
#include "value/integer.h"
#include "value/number.h"

/** A source that is being read. */
struct serpent_reader {
    const char *start; /**< of the whole source: errors tell the place */
    const char *p;     /**< what comes next */
    const char *end;
    size_t kept; /**< decoded bytes that stay; behind them is room for one string */
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

/** Records where and why the source is refused: PYRO_ESERIALIZE. `format` as for printf. */
enum pyro_code pyro_serpent_refuse(const struct serpent_reader *r, const char *at,
                                   const char *format, ...) PYRO_PRINTF(3, 4);

/** Refuses a source that ends too early. */
enum pyro_code pyro_serpent_cut_short(const struct serpent_reader *r);

/** Refuses what comes next: says `what` was expected, or that the source ends too early. */
enum pyro_code pyro_serpent_unexpected(const struct serpent_reader *r, const char *what);

/** Passes over white space and comments. Use pyro_serpent_skip(), which is quick where there are
 * none. */
void pyro_serpent_skip_space(struct serpent_reader *r);

/** Passes over white space and comments, if there are any. */
static inline void pyro_serpent_skip(struct serpent_reader *r)
{
    if (r->p < r->end && (*r->p <= '#' || *r->p == '\\'))
        pyro_serpent_skip_space(r);
}

/** Returns the next byte, 0 at the end of the source (no other byte of it that is looked at may be
 * 0). */
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

/** Returns whether a character may be part of a name or of a number. */
bool pyro_serpent_is_word(char c);

/** Returns the value of a hexadecimal digit; 16 for another character. */
int pyro_serpent_digit(char c);

#endif
