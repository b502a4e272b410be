/** @file
 * What fuzz targets of codecs share. */
#ifndef SPEC_CODEC_FUZZ_H
#define SPEC_CODEC_FUZZ_H

#include <stdlib.h>

#include "codec/codec.h"
#include "value/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void demand(bool condition)
{
    if (!condition)
        abort();
}

/** Reads `in` and writes it to `out`; whether it was good. By way of a tree: to a sink, a reader's
 * counts are hints, and what a container is may show only at its end. */
static inline bool rewrite(const struct pyro_codec *codec, struct pyro_slice in,
                           struct pyro_buffer *out)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree tree;
    struct pyro_writer w;
    pyro_tree_init(&tree, &err);
    enum pyro_code code = pyro_codec_read(codec, in, &tree.sink, &err);
    codec->open(&w, out, &err);
    if (code == PYRO_OK)
        code = pyro_value_put(&tree.root.u.of.items[0], &w.sink);
    demand(code == err.code && (code == PYRO_OK || code == PYRO_ESERIALIZE));
    demand(code == PYRO_OK || err.message[0] != '\0');
    pyro_tree_free(&tree);
    return code == PYRO_OK;
}

/** Checks that what is read and written anew is read as the same again. Says if it was good. */
static inline bool rewrite_twice(const struct pyro_codec *codec, struct pyro_slice in)
{
    struct pyro_buffer once = {.data = NULL}, twice = {.data = NULL};
    bool good = rewrite(codec, in, &once);
    if (good) {
        demand(rewrite(codec, pyro_slice(once.data, once.length), &twice));
        demand(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    }
    pyro_buffer_free(&once);
    pyro_buffer_free(&twice);
    return good;
}

/** Reads into a tree with so many bytes to spend (0: any number); returns the code. */
static inline enum pyro_code read_within(const struct pyro_codec *codec, struct pyro_slice in,
                                         size_t most, size_t *spent)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_reading held = {.parsed = NULL};
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    pyro_budget_open(&held.budget, most);
    pyro_reading_charge(&held, &tree.sink);
    demand(codec->read(in, &held, &tree.sink, &err) == err.code);
    demand(err.code != PYRO_OK || tree.root.u.of.count == 1);
    *spent = pyro_budget_spent(&held.budget);
    pyro_reading_free(&held);
    pyro_tree_free(&tree);
    return err.code;
}

/** Checks that what is read without a limit is read with just enough to spend, and not with less.
 */
static inline void read_tree(const struct pyro_codec *codec, struct pyro_slice in)
{
    size_t spent, least;
    if (read_within(codec, in, 0, &spent) != PYRO_OK)
        return;
    demand(read_within(codec, in, SIZE_MAX, &least) == PYRO_OK);
    demand(least == 0 || read_within(codec, in, least, &spent) == PYRO_OK);
    demand(least < 2 || read_within(codec, in, least - 1, &spent) == PYRO_ESERIALIZE);
}

static inline void read_call(const struct pyro_codec *codec, struct pyro_slice in)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_invocation call = {.rest = {NULL, 0}};
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    if (codec->read_call(in, &call, &err) == PYRO_OK &&
        codec->read_args(&call, &tree.sink, &err) == PYRO_OK)
        demand(tree.root.u.of.count == 2);
    pyro_reading_free(&call.held);
    pyro_tree_free(&tree);
}

/** Reads into a tree, and as a call. */
static inline void read_both_ways(const struct pyro_codec *codec, struct pyro_slice in)
{
    read_tree(codec, in);
    read_call(codec, in);
}

#endif
