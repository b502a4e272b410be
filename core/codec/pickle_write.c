#include "codec/pickle.h"

/* Writing, and the codec. */

static void open_writer(struct pyro_writer *w, struct pyro_buffer *out, struct pyro_error *err)
{
    pyro_codec_marshal.open(w, out, err); /* until pickles are written */
}

static enum pyro_code call_begin(struct pyro_writer *w, struct pyro_slice object,
                                 struct pyro_slice method)
{
    return pyro_codec_marshal.call_begin(w, object, method);
}

static enum pyro_code call_end(struct pyro_writer *w)
{
    return pyro_codec_marshal.call_end(w);
}

const struct pyro_codec pyro_codec_pickle = {
    .name = "pickle",
    .serializer = PYRO_SERIALIZER_PICKLE,
    .open = open_writer,
    .read = pyro_pickle_read,
    .call_begin = call_begin,
    .call_end = call_end,
    .read_call = pyro_pickle_read_call,
    .read_args = pyro_pickle_read_args,
};
