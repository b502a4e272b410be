/** @file
 * Emitting the instructions of pickles, where there is room for them. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_EMIT_H
#define PYRO_CODEC_PICKLE_EMIT_H

#include "codec/pickle_opcode.h"
#include "value/sink.h"

/** Bytes beside the strings and numbers of a value: instructions, lengths, names of modules. */
#define PICKLE_MARGIN 128

/** Puts bytes. Each of these functions returns where the next bytes go; the caller has made room.
 */
static inline char *pickle_put(char *at, const void *data, size_t length)
{
    memcpy(at, data, length);
    return at + length;
}

/** Puts an instruction. */
static inline char *pickle_put_op(char *at, enum pickle_opcode op)
{
    *at = (char)op;
    return at + 1;
}

/** Puts a number's bytes, the lowest first. */
static inline char *pickle_put_number(char *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(number >> (8 * i));
    return at + bytes;
}

/** Puts the length of what follows: in one byte, where there is an instruction for that. */
static inline char *pickle_put_length(char *at, bool is_short, enum pickle_opcode short_op,
                                      enum pickle_opcode op, size_t length)
{
    if (is_short && length <= UINT8_MAX)
        return pickle_put_number(pickle_put_op(at, short_op), length, 1);
    return pickle_put_number(pickle_put_op(at, op), length, 4);
}

/** Puts a string of less than 4 GiB: up to 5 bytes more than it has. */
char *pickle_put_text(char *at, unsigned version, struct pyro_slice text);

/** Returns how many bytes pickle_put_bytes() puts for data, at most, beside PICKLE_MARGIN. They
 * have to be less than 4 GiB. */
size_t pickle_bytes_size(unsigned version, size_t length);

/** Puts bytes of less than 4 GiB. */
char *pickle_put_bytes(char *at, unsigned version, struct pyro_slice data);

/** Puts an integer. */
char *pickle_put_integer(char *at, int64_t value);

/** Puts a class, or a function. The names are short. */
char *pickle_put_global(char *at, unsigned version, struct pyro_slice module,
                        struct pyro_slice name);

/** Puts a class, or a function, that Python has built in. */
char *pickle_put_builtin(char *at, unsigned version, const char *name);

/** Puts what begins a container. */
char *pickle_put_begin(char *at, unsigned version, enum pyro_kind kind);

/** Puts what ends a container. */
char *pickle_put_end(char *at, unsigned version, enum pyro_kind kind);

/** Puts a float. */
char *pickle_put_real(char *at, double value);

#endif
