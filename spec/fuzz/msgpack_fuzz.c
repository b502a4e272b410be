/* Bytes as msgpack: what is read and written anew must be read as the same again. */
#include <stdlib.h>

#include "codec/codec.h"
#include "codec/marshal.h"
#include "value/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pyro_codec *const codec = &pyro_codec_msgpack;

static void demand(bool condition)
{
    if (!condition)
        abort();
}

/* Reads `in` and writes it to `out`; whether it was good. */
static bool rewrite(struct pyro_slice in, struct pyro_buffer *out)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_writer w;
    codec->open(&w, out, &err);
    enum pyro_code code = pyro_codec_read(codec, in, &w.sink, &err);
    demand(code == err.code && (code == PYRO_OK || code == PYRO_ESERIALIZE));
    demand(code == PYRO_OK || err.message[0] != '\0');
    return code == PYRO_OK;
}

static void read_tree(struct pyro_slice in)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    demand(pyro_codec_read(codec, in, &tree.sink, &err) == err.code);
    demand(err.code != PYRO_OK || tree.root.u.of.count == 1);
    pyro_tree_free(&tree);
}

static void read_call(struct pyro_slice in)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size), text;
    struct pyro_buffer once = {.data = NULL}, twice = {.data = NULL};
    if (rewrite(in, &once)) {
        demand(rewrite(pyro_slice(once.data, once.length), &twice));
        demand(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    }
    pyro_buffer_free(&once);
    pyro_buffer_free(&twice);
    read_tree(in);
    read_call(in);
    if (pyro_marshal_read_text(in, &text))
        demand(text.length < size);
    return 0;
}
