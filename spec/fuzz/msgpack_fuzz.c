/* Bytes as msgpack. */
#include "codec_fuzz.h"

/* Writes what `in` says to `out`, with its types; whether it was good. By way of a tree: what an
 * array is shows only when its items come, so a writer cannot follow a reader. */
static bool copy(struct pyro_slice in, struct pyro_buffer *out)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree tree;
    struct pyro_writer w;
    pyro_tree_init(&tree, &err);
    enum pyro_code code = pyro_codec_read(&pyro_codec_msgpack_typed, in, &tree.sink, &err);
    pyro_codec_msgpack_typed.open(&w, out, &err);
    if (code == PYRO_OK)
        code = pyro_value_put(&tree.root.u.of.items[0], &w.sink);
    demand(code == err.code && (code == PYRO_OK || code == PYRO_ESERIALIZE));
    demand(code == PYRO_OK || err.message[0] != '\0');
    pyro_tree_free(&tree);
    return code == PYRO_OK;
}

/* What is read and written anew must be read as the same again. */
static void copy_twice(struct pyro_slice in)
{
    struct pyro_buffer once = {.data = NULL}, twice = {.data = NULL};
    if (copy(in, &once)) {
        demand(copy(pyro_slice(once.data, once.length), &twice));
        demand(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    }
    pyro_buffer_free(&once);
    pyro_buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    copy_twice(in);
    read_both_ways(&pyro_codec_msgpack, in);
    return 0;
}
