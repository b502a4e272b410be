/* Writing pickles, and the codec. There are no frames, which only help those who read a file. Only
 * keys of dicts are put into the memo: records repeat them, and Python makes and hashes a string
 * for each one that it does not find there.
 *
 * A writer is at a level: outside of all, or in a container or part of an object. The level's kind
 * says which operations the sink has.
 *
 * Circle: pickle_write_object.c. The parts of an object have operations of their own, what lies in
 * them is written as anywhere else, and entering or leaving either changes the operations. */
#include "codec/pickle_write.h"

#include "base/assert.h"
#include "codec/pickle_level.h"
#include "codec/pickle_read.h"
#include "codec/pickle_write_array.h"
#include "codec/pickle_write_object.h"
#include "codec/pickle_write_scalar.h"

/* --- strings --- */

/* Returns where the place of a key is noted. */
static uint32_t *find_key(struct pyro_writer *w, struct pyro_slice text)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    size_t last = text.length - 1, hash = text.length + bytes[0] + 7u * bytes[last / 2];
    return &w->keys[(hash + 31u * bytes[last]) % PYRO_KEYS_KEPT];
}

/* Returns whether the key at that place is `text`. Its length stands before it, at most 255; a
 * length of four bytes begins with that. */
static bool is_key(const struct pyro_writer *w, const char *at, struct pyro_slice text)
{
    return (unsigned char)at[w->version >= 4 ? -1 : -4] == text.length &&
           memcmp(at, text.data, text.length) == 0;
}

static char *put_key(char *at, struct pyro_writer *w, struct pyro_slice text)
{
    const char *out = w->out->data;
    uint32_t *place = find_key(w, text);
    if (*place > 0 && is_key(w, out + *place, text)) {
        at = pickle_put_op(at, PICKLE_OP_BINGET);
        *at = out[*place + text.length + 1]; /* the number that it was given */
        return at + 1;
    }
    at = pickle_put_text(at, w->version, text);
    size_t here = (size_t)(at - out) - text.length;
    if (w->key_count > UINT8_MAX || here > UINT32_MAX)
        return at;
    *place = (uint32_t)here;
    return pickle_put_number(pickle_put_op(at, PICKLE_OP_BINPUT), w->key_count++, 1);
}

/* Returns whether the string that comes next is a key that may come again. */
static bool may_recur(const struct pyro_writer *w, struct pyro_slice text)
{
    return (w->levels[w->depth] & (PYRO_LEVEL_KIND | PYRO_LEVEL_AT_VALUE)) == PYRO_DICT &&
           !w->deep && text.length > 0 && text.length <= UINT8_MAX;
}

static enum pyro_code write_str(struct pyro_sink *to, struct pyro_slice text)
{
    struct pyro_writer *w = pickle_writer(to);
    bool key = may_recur(w, text);
    if (text.length > UINT32_MAX)
        return pickle_refuse_length(to);
    char *at = pickle_begin(w, text.length);
    if (at)
        at = key ? put_key(at, w, text) : pickle_put_text(at, w->version, text);
    return pickle_written(w, at);
}

/* --- bytes --- */

static enum pyro_code write_bytes(struct pyro_sink *to, struct pyro_slice data)
{
    struct pyro_writer *w = pickle_writer(to);
    size_t size = pickle_bytes_size(w->version, data.length);
    if (size > UINT32_MAX)
        return pickle_refuse_length(to);
    char *at = pickle_begin(w, size);
    return pickle_written(w, at ? pickle_put_bytes(at, w->version, data) : NULL);
}

/* --- containers --- */

static const struct pyro_sink_ops writer_ops;

/* Gives the sink the operations of the level that it is at. */
static void look_around(struct pyro_writer *w)
{
    static const struct pyro_sink_ops *const ops[PYRO_LEVEL_KIND + 1] = {
        [PYRO_LIST] = &writer_ops,
        [PYRO_TUPLE] = &writer_ops,
        [PYRO_SET] = &writer_ops,
        [PYRO_FROZENSET] = &writer_ops,
        [PYRO_DICT] = &writer_ops,
        [PICKLE_ALONE] = &writer_ops,
        [PICKLE_CALL] = &writer_ops,
        [PICKLE_EXCEPTION] = &pickle_exception_ops,
        [PICKLE_STATEFUL] = &pickle_stateful_ops,
        [PICKLE_PROXY] = &pickle_proxy_ops,
    };
    w->sink.ops = ops[w->levels[w->depth] & PYRO_LEVEL_KIND];
}

enum pyro_code pickle_enter(struct pyro_writer *w, unsigned level)
{
    if (w->depth == PYRO_MAX_DEPTH)
        return pyro_error_set(w->sink.err, PYRO_ESERIALIZE, "nested deeper than %d",
                              PYRO_MAX_DEPTH);
    w->levels[++w->depth] = (unsigned char)level;
    w->deep |= w->depth >= PYRO_KEYS_DEPTH;
    look_around(w);
    return PYRO_OK;
}

static char *put_end(char *at, unsigned version, unsigned level)
{
    unsigned kind = level & PYRO_LEVEL_KIND;
    if (kind <= PYRO_DICT)
        at = pickle_put_end(at, version, (enum pyro_kind)kind);
    if (level & PICKLE_AS_ARGS)
        at = pickle_put_op(at, PICKLE_OP_REDUCE);
    return level & PICKLE_AS_STATE ? pickle_put_op(at, PICKLE_OP_BUILD) : at;
}

static enum pyro_code write_begin(struct pyro_sink *to, enum pyro_kind kind, size_t count)
{
    struct pyro_writer *w = pickle_writer(to);
    bool hashed = pyro_level_is_hashed(w->levels[w->depth]);
    (void)count;
    if (hashed && (kind == PYRO_LIST || kind == PYRO_DICT))
        return pyro_error_set(to->err, PYRO_ESERIALIZE,
                              "a %s cannot be a key or in a set, with pickle",
                              kind == PYRO_LIST ? "list" : "dict");
    if (hashed && kind == PYRO_SET)
        kind = PYRO_FROZENSET;
    char *at = pickle_begin(w, 0);
    if (!at)
        return pyro_buffer_refused(w->out, to->err);
    pickle_use(w, pickle_put_begin(at, w->version, kind));
    return pickle_enter(w, kind | (hashed ? PYRO_LEVEL_HASHED : 0u));
}

enum pyro_code pickle_write_end(struct pyro_sink *to, enum pyro_kind kind)
{
    struct pyro_writer *w = pickle_writer(to);
    char *at = pyro_buffer_reserve(w->out, PICKLE_MARGIN);
    PYRO_ASSERT(w->depth > 0);
    unsigned level = w->levels[w->depth--];
    (void)kind;
    look_around(w);
    return pickle_written(w, at ? put_end(at, w->version, level) : NULL);
}

static const struct pyro_sink_ops writer_ops = {
    .nil = pickle_write_nil,
    .boolean = pickle_write_boolean,
    .integer = pickle_write_integer,
    .bigint = pickle_write_bigint,
    .real = pickle_write_real,
    .complex = pickle_write_complex,
    .datetime = pickle_write_datetime,
    .date = pickle_write_date,
    .str = write_str,
    .bytes = write_bytes,
    .array = pickle_write_array,
    .begin = write_begin,
    .end = pickle_write_end,
    .object = pickle_write_object,
};

/* --- the codec --- */

static void open_writer(struct pyro_writer *w, struct pyro_buffer *out, unsigned version,
                        struct pyro_error *err)
{
    w->sink = (struct pyro_sink){.ops = &writer_ops, .err = err, .calls_classes = true};
    w->out = out;
    w->version = (uint8_t)version;
    w->depth = 0;
    w->levels[0] = PICKLE_ALONE;
    w->key_count = 0;
    w->deep = false;
    memset(w->keys, 0, sizeof(w->keys));
}

static enum pyro_code call_begin(struct pyro_writer *w, struct pyro_slice object,
                                 struct pyro_slice method)
{
    char *at = pickle_begin(w, 0);
    enum pyro_code code;
    if (!at)
        return pyro_buffer_refused(w->out, w->sink.err);
    pickle_use(w, pickle_put_begin(at, w->version, PYRO_TUPLE));
    w->levels[0] = PICKLE_CALL;
    if ((code = write_str(&w->sink, object)) != PYRO_OK)
        return code;
    return write_str(&w->sink, method);
}

static enum pyro_code call_end(struct pyro_writer *w)
{
    char *at = pyro_buffer_reserve(w->out, PICKLE_MARGIN);
    w->levels[0] = PICKLE_ALONE;
    return pickle_written(w, at ? put_end(at, w->version, PYRO_TUPLE) : NULL);
}

static const struct pyro_codec *answering(const struct pyro_codec *codec, struct pyro_slice data);

#define OPEN(number)                                                                               \
    static void open_##number(struct pyro_writer *w, struct pyro_buffer *out,                      \
                              struct pyro_error *err)                                              \
    {                                                                                              \
        open_writer(w, out, number, err);                                                          \
    }

#define PICKLE(open_writer)                                                                        \
    {                                                                                              \
        .name = "pickle", .open = (open_writer), .read = pyro_pickle_read,                         \
        .call_begin = call_begin, .call_end = call_end, .read_call = pyro_pickle_read_call,        \
        .read_args = pyro_pickle_read_args, .calls_classes = true, .answering = answering,         \
    }

OPEN(2)
OPEN(3)
OPEN(4)
OPEN(5)

static const struct pyro_codec pickle_2 = PICKLE(open_2), pickle_3 = PICKLE(open_3),
                               pickle_5 = PICKLE(open_5);
const struct pyro_codec pyro_codec_pickle = PICKLE(open_4);

const struct pyro_codec *const pyro_pickle_codecs[] = {&pickle_2, &pickle_3, &pyro_codec_pickle,
                                                       &pickle_5};

/* Returns the codec of the protocol that the data is in, if that is older. */
static const struct pyro_codec *answering(const struct pyro_codec *codec, struct pyro_slice data)
{
    bool said = data.length >= 2 && (unsigned char)data.data[0] == PICKLE_OP_PROTO;
    unsigned version = said ? (unsigned char)data.data[1] : 0, i = 0;
    while (pyro_pickle_codecs[i] != codec && PYRO_PICKLE_OLDEST + i < version)
        i++;
    return pyro_pickle_codecs[i];
}
