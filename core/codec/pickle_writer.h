/** @file
 * What the parts of pickle writing share. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_WRITER_H
#define PYRO_CODEC_PICKLE_WRITER_H

#include "codec/codec.h"
#include "codec/pickle_opcode.h"

/* What is noted of each container: its kind, which is one of these or of enum pyro_kind, and what
 * is below. The first level is outside of all. */
enum pickle_level {
    PICKLE_ALONE = PYRO_DICT + 1, /* a value that is a pickle of its own comes next */
    PICKLE_CALL,                  /* what comes next is part of a call */
    PICKLE_EXCEPTION,             /* pairs of an exception, of a class that is written */
    PICKLE_STATEFUL,              /* the pair of an object that consists of a "state" */
    PICKLE_PROXY,                 /* the state of a proxy */
    PICKLE_KIND = 15,

    PICKLE_HASHED = 16,   /* in a key or in an item of a set */
    PICKLE_AT_VALUE = 32, /* of a dict: the value of a pair comes next */
    PICKLE_CALLED = 64,   /* a class below it is called with it */
    PICKLE_BUILT = 128,   /* an object below it is given it as state */
};

/* Bytes beside the texts and numbers of a value: instructions, lengths, names of modules. */
#define PICKLE_MARGIN 128

static inline struct pyro_writer *pickle_writer(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink);
}

static inline char *pickle_put(char *at, const void *data, size_t length)
{
    memcpy(at, data, length);
    return at + length;
}

static inline char *pickle_put_op(char *at, enum pickle_opcode op)
{
    *at = (char)op;
    return at + 1;
}

/* Makes room for a value of up to `size` bytes beside PICKLE_MARGIN, and writes what comes before
 * it. Returns where the value goes; NULL where there is no room. */
static inline char *pickle_begin(struct pyro_writer *w, size_t size)
{
    char *at = pyro_buffer_reserve(w->out, PICKLE_MARGIN + size);
    unsigned char *level = &w->levels[w->depth];
    if (!at)
        return NULL;
    if ((*level & PICKLE_KIND) == PYRO_DICT)
        *level ^= PICKLE_AT_VALUE;
    if (*level != PICKLE_ALONE)
        return at;
    at = pickle_put_op(at, PICKLE_OP_PROTO);
    *at = (char)w->version;
    return at + 1;
}

/* The room has been used as far as `at`. */
static inline void pickle_use(struct pyro_writer *w, const char *at)
{
    w->out->length = (size_t)(at - w->out->data);
}

/* The value is complete, as far as `at`; NULL: there was no room. */
static inline enum pyro_code pickle_written(struct pyro_writer *w, char *at)
{
    if (!at)
        return pyro_buffer_refused(w->out, w->sink.err);
    if (w->levels[w->depth] == PICKLE_ALONE)
        at = pickle_put_op(at, PICKLE_OP_STOP);
    pickle_use(w, at);
    return PYRO_OK;
}

/* Puts a number's bytes, the lowest first. */
static inline char *pickle_put_number(char *at, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(number >> (8 * i));
    return at + bytes;
}

/* Puts the length of what follows: in one byte, where there is an instruction for that. */
static inline char *pickle_put_length(char *at, bool is_short, enum pickle_opcode short_op,
                                      enum pickle_opcode op, size_t length)
{
    if (is_short && length <= UINT8_MAX)
        return pickle_put_number(pickle_put_op(at, short_op), length, 1);
    return pickle_put_number(pickle_put_op(at, op), length, 4);
}

/* Puts a text of less than 4 GiB: up to 5 bytes more than it has. */
char *pickle_put_text(char *at, unsigned version, struct pyro_slice text);

/* Bytes that what pickle_put_bytes() puts for data has beside PICKLE_MARGIN, at most; that has to
 * be less than 4 GiB. */
size_t pickle_bytes_size(unsigned version, size_t length);

char *pickle_put_bytes(char *at, unsigned version, struct pyro_slice data);

/* Refuses what is 4 GiB or more. */
enum pyro_code pickle_refuse_length(struct pyro_sink *to);

char *pickle_put_integer(char *at, int64_t value);

/* Puts a class, or a function. The names are short. */
char *pickle_put_global(char *at, unsigned version, struct pyro_slice module,
                        struct pyro_slice name);

/* The same of what Python has built in. */
char *pickle_put_builtin(char *at, unsigned version, const char *name);

/* Puts what begins a container. */
char *pickle_put_begin(char *at, unsigned version, enum pyro_kind kind);

/* Goes down into a container. */
enum pyro_code pickle_enter(struct pyro_writer *w, unsigned level);

/* Functions of the same names in the sink_ops of writers. */
enum pyro_code pickle_write_nil(struct pyro_sink *to);
enum pyro_code pickle_write_boolean(struct pyro_sink *to, bool value);
enum pyro_code pickle_write_integer(struct pyro_sink *to, int64_t value);
enum pyro_code pickle_write_bigint(struct pyro_sink *to, struct pyro_slice text);
enum pyro_code pickle_write_real(struct pyro_sink *to, double value);
enum pyro_code pickle_write_complex(struct pyro_sink *to, double real, double imaginary);
enum pyro_code pickle_write_datetime(struct pyro_sink *to, double seconds);
enum pyro_code pickle_write_date(struct pyro_sink *to, int64_t ordinal);
enum pyro_code pickle_write_array(struct pyro_sink *to, const struct pyro_array *array);
enum pyro_code pickle_write_object(struct pyro_sink *to, const struct pyro_class *class,
                                   size_t count);
enum pyro_code pickle_write_end(struct pyro_sink *to, enum pyro_kind kind);

/* The operations of the sink by the level that it is at, for those that objects have. */
extern const struct pyro_sink_ops pickle_exception_ops, pickle_stateful_ops, pickle_proxy_ops;

#endif
