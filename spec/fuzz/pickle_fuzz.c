/* Bytes as pickles. */
#include "codec_fuzz.h"

/* Reads `in` and writes it to `out`. Not all that is read is written: what the names of classes
 * stand for is looked at there. */
static bool write_again(struct pyro_slice in, struct pyro_buffer *out)
{
    const struct pyro_codec *codec = &pyro_codec_pickle;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree tree;
    struct pyro_writer w;
    pyro_tree_init(&tree, &err);
    enum pyro_code code = pyro_codec_read(codec, in, &tree.sink, &err);
    demand(code == PYRO_OK || code == PYRO_ESERIALIZE || code == PYRO_ESECURITY);
    demand(code == err.code && (code == PYRO_OK || err.message[0] != '\0'));
    codec->open(&w, out, &err);
    if (code == PYRO_OK)
        code = pyro_value_put(&tree.root.u.of.items[0], &w.sink);
    pyro_tree_free(&tree);
    return code == PYRO_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    struct pyro_buffer once = {.data = NULL}, twice = {.data = NULL};
    if (write_again(in, &once)) {
        demand(write_again(pyro_slice(once.data, once.length), &twice));
        demand(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    }
    pyro_buffer_free(&once);
    pyro_buffer_free(&twice);
    read_both_ways(&pyro_codec_pickle, in);
    return 0;
}
