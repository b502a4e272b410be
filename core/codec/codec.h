/** @file
 * Serializers behind one interface. A codec has no I/O and no state between calls. */
#ifndef PYRO_CODEC_CODEC_H
#define PYRO_CODEC_CODEC_H

#include "base/buffer.h"
#include "value/sink.h"

/** A sink that appends what it is given to a buffer, in a codec's format. */
struct pyro_writer {
    struct pyro_sink sink;
    struct pyro_buffer *out; /**< borrowed */
    unsigned depth;          /**< open containers */
};

struct pyro_codec {
    const char *name;
    enum pyro_serializer serializer;

    /** Prepares `w` to append to `out`. Writing deeper than PYRO_MAX_DEPTH is PYRO_ESERIALIZE;
     * the buffer then holds a part of the value, which the caller cuts off. */
    void (*open)(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

    /** Reads exactly one value out of `in` and sends it to `to`. PYRO_ESERIALIZE when the bytes are
     * cut short, malformed, nested deeper than PYRO_MAX_DEPTH, or followed by others. */
    enum pyro_code (*read)(struct pyro_slice in, struct pyro_sink *to, struct pyro_error *err);

    /** Writes what comes before the arguments of a call. The caller then writes the arguments (a
     * container, PYRO_TUPLE) and the keyword arguments (a dict, or nil), then calls call_end. */
    enum pyro_code (*call_begin)(struct pyro_writer *w, struct pyro_slice object,
                                 struct pyro_slice method);
    enum pyro_code (*call_end)(struct pyro_writer *w);

    /** Reads object id and method of a call, views into `in`, and leaves in `rest` what read_args
     * needs. */
    enum pyro_code (*read_call)(struct pyro_slice in, struct pyro_slice *object,
                                struct pyro_slice *method, struct pyro_slice *rest,
                                struct pyro_error *err);

    /** Sends two values to `to`: the arguments (a list or tuple) and the keyword arguments (a dict
     * or nil); nothing may follow them. */
    enum pyro_code (*read_args)(struct pyro_slice rest, struct pyro_sink *to,
                                struct pyro_error *err);
};

extern const struct pyro_codec pyro_codec_msgpack;

/** The codec of a serializer, or NULL where there is none (yet). */
const struct pyro_codec *pyro_codec_find(enum pyro_serializer serializer);

#endif
