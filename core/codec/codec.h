/** @file
 * Serializers behind one interface. A codec has no I/O and no state between calls. */
#ifndef PYRO_CODEC_CODEC_H
#define PYRO_CODEC_CODEC_H

#include "base/buffer.h"
#include "value/sink.h"

/** Keys of dicts that a codec remembers to refer back to, while fewer containers than
 * PYRO_KEYS_DEPTH are open. */
#define PYRO_KEYS_KEPT 64
#define PYRO_KEYS_DEPTH 260

/** A sink that appends what it is given to a buffer, in a codec's format. */
struct pyro_writer {
    struct pyro_sink sink;
    struct pyro_buffer *out; /**< borrowed */
    unsigned depth;          /**< open containers */
    uint16_t key_count;      /**< keys that have a number */
    bool deep;               /**< PYRO_KEYS_DEPTH was reached: there are no keys any more */
    uint8_t version;         /**< of the format, where a codec writes several */
    union {
        /** Marks of each open container, and of the call around them; each codec has its own. */
        unsigned char levels[PYRO_MAX_DEPTH + 1];
        /** A writer is part of each request: the keys lie where levels would be that hardly any
         * value has, to keep that small. */
        struct {
            unsigned char shallow[PYRO_KEYS_DEPTH];
            uint32_t keys[PYRO_KEYS_KEPT]; /**< where in `out`, by a hash; 0: there is none */
        };
    };
};

/** Memory that reading holds while it calls a sink, which may leave by longjmp. The caller
 * zero-initializes it, and frees it with pyro_reading_free() when reading is over, however that
 * ended. */
struct pyro_reading {
    struct pyro_budget budget;  /**< of the codec and the sink; zero: there is no limit */
    bool raised;                /**< the value is an exception, whatever its class */
    struct pyro_buffer decoded; /**< strings that were escaped, and the like */
    void *parsed;               /**< what a codec that parses as a whole keeps */
    void (*drop)(void *parsed); /**< frees that */
};

/** Frees what reading allocated. Calling this again has no effect. */
void pyro_reading_free(struct pyro_reading *reading);

/** Lets what `to` builds count against the budget of the reading, which outlasts its use. */
static inline void pyro_reading_charge(struct pyro_reading *reading, struct pyro_sink *to)
{
    to->budget = &reading->budget;
}

/** A call that was received, as far as it was read. The bytes that it was read from must stay
 * put. */
struct pyro_invocation {
    struct pyro_slice object; /**< its id; a view into the call's bytes, or into what is held */
    struct pyro_slice method; /**< likewise */
    struct pyro_slice rest;   /**< what read_args goes on with */
    const char *start;        /**< of the call's bytes, where errors tell the place */
    struct pyro_reading held; /**< free it after the last use */
};

struct pyro_codec {
    const char *name;
    bool calls_classes; /**< of its writers' sinks */

    /** Prepares `w` to append to `out`. Writing deeper than PYRO_MAX_DEPTH is PYRO_ESERIALIZE;
     * the buffer then holds a part of the value, which the caller cuts off. */
    void (*open)(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err);

    /** Reads exactly one value out of `in` and sends it to `to`. PYRO_ESERIALIZE when the bytes are
     * cut short, malformed, nested deeper than PYRO_MAX_DEPTH, or followed by others. The counts
     * of containers are hints: 0, or a guess, where the format does not announce them. Those above
     * 255 do not add up to more than the bytes of `in`, except where so many items follow (what a
     * pickle repeats). */
    enum pyro_code (*read)(struct pyro_slice in, struct pyro_reading *held, struct pyro_sink *to,
                           struct pyro_error *err);

    /** Writes what comes before the arguments of a call. The caller then writes the arguments (a
     * container, PYRO_TUPLE) and the keyword arguments (a dict, or nil), then calls call_end. */
    enum pyro_code (*call_begin)(struct pyro_writer *w, struct pyro_slice object,
                                 struct pyro_slice method);
    enum pyro_code (*call_end)(struct pyro_writer *w);

    /** Reads object id and method of a call into `call`, which is zero-initialized. */
    enum pyro_code (*read_call)(struct pyro_slice in, struct pyro_invocation *call,
                                struct pyro_error *err);

    /** Sends two values to `to`: the arguments (a list or tuple) and the keyword arguments (a dict
     * or nil); nothing may follow them. Again sends the same. */
    enum pyro_code (*read_args)(struct pyro_invocation *call, struct pyro_sink *to,
                                struct pyro_error *err);

    /** Returns the variant of the codec that the sender of `data`, which is in its format, reads.
     * NULL: there is but one. */
    const struct pyro_codec *(*answering)(const struct pyro_codec *codec, struct pyro_slice data);
};

extern const struct pyro_codec pyro_codec_msgpack;
extern const struct pyro_codec pyro_codec_json;
extern const struct pyro_codec pyro_codec_marshal;
extern const struct pyro_codec pyro_codec_serpent;
extern const struct pyro_codec pyro_codec_pickle; /* protocol 4 */

/** The protocols of pickle that are written: what Python 2 reads, and the newest. */
#define PYRO_PICKLE_OLDEST 2
#define PYRO_PICKLE_NEWEST 5

/** Returns the codec of pickle that writes that protocol. Each codec reads all protocols. */
const struct pyro_codec *pyro_codec_pickle_of(unsigned version);

/** Returns the codec in which the sender of `data` is answered. */
static inline const struct pyro_codec *pyro_codec_answering(const struct pyro_codec *codec,
                                                            struct pyro_slice data)
{
    return codec->answering ? codec->answering(codec, data) : codec;
}

/** Msgpack that tells tuples, sets and frozensets from lists, and whose dicts have keys of any
 * type: for a peer that is known to read that (wire/message.h). Both codecs read what either
 * writes. */
extern const struct pyro_codec pyro_codec_msgpack_typed;

/** Serpent that writes bytes as bytes literals, which old peers do not read as bytes (Pyro5's
 * SERPENT_BYTES_REPR). Both codecs read what either writes. */
extern const struct pyro_codec pyro_codec_serpent_bytes;

/** Reads one value as the codec's `read` does, into a sink that does not leave by longjmp, without
 * a limit. */
enum pyro_code pyro_codec_read(const struct pyro_codec *codec, struct pyro_slice in,
                               struct pyro_sink *to, struct pyro_error *err);

/** Returns the codec of a serializer; NULL for PYRO_SERIALIZER_UNKNOWN. */
const struct pyro_codec *pyro_codec_find(enum pyro_serializer serializer);

#endif
