/** @file
 * What a writer of pickles notes of the containers that are open. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_LEVEL_H
#define PYRO_CODEC_PICKLE_LEVEL_H

#include "base/assert.h"
#include "codec/level.h"
#include "codec/pickle_emit.h"

/** More kinds and marks of levels. The first level is outside of all. */
enum pickle_level {
    PICKLE_ALONE = PYRO_DICT + 1, /* a value that is a pickle of its own comes next */
    PICKLE_CALL,                  /* what comes next is part of a call */
    PICKLE_EXCEPTION,             /* pairs of an exception, of a class that is written */
    PICKLE_STATEFUL,              /* the pair of an object that consists of a "state" */
    PICKLE_PROXY,                 /* the state of a proxy */

    PICKLE_AS_ARGS = 64,   /* a class below it is called with it */
    PICKLE_AS_STATE = 128, /* an object below it is given it as state */
};

/** Returns the writer of a sink. */
static inline struct pyro_writer *pickle_writer(struct pyro_sink *to)
{
    return PYRO_CONTAINER(to, struct pyro_writer, sink);
}

/** Makes room for a value of up to `size` bytes beside PICKLE_MARGIN, and writes what comes before
 * it. Returns where the value goes; NULL where there is no room. */
static inline char *pickle_begin(struct pyro_writer *w, size_t size)
{
    char *at = pyro_buffer_reserve(w->out, PICKLE_MARGIN + size);
    unsigned char *level = &w->levels[w->depth];
    if (!at)
        return NULL;
    pyro_level_pass(level);
    if (*level != PICKLE_ALONE)
        return at;
    at = pickle_put_op(at, PICKLE_OP_PROTO);
    *at = (char)w->version;
    return at + 1;
}

/** Notes that the room has been used as far as `at`. */
static inline void pickle_use(struct pyro_writer *w, const char *at)
{
    PYRO_ASSERT(at >= w->out->data + w->out->length && at <= w->out->data + w->out->capacity);
    w->out->length = (size_t)(at - w->out->data);
}

/** Ends a value, which is complete as far as `at`; NULL: there was no room. */
static inline enum pyro_code pickle_written(struct pyro_writer *w, char *at)
{
    if (!at)
        return pyro_buffer_refused(w->out, w->sink.err);
    if (w->levels[w->depth] == PICKLE_ALONE)
        at = pickle_put_op(at, PICKLE_OP_STOP);
    pickle_use(w, at);
    return PYRO_OK;
}

/** Refuses what is 4 GiB or more. */
enum pyro_code pickle_refuse_length(struct pyro_sink *to);

#endif
