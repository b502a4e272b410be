#include "rpc/blob.h"

enum pyro_code pyro_blob_describe(const struct pyro_blob *blob, struct pyro_buffer *out,
                                  struct pyro_error *err)
{
    struct pyro_writer writer;
    struct pyro_sink *to = &writer.sink;
    enum pyro_code code;
    pyro_codec_marshal.open(&writer, out, err);
    if ((code = pyro_begin(to, PYRO_TUPLE, 3)) != PYRO_OK ||
        (code = blob->put_info(blob->owner, to)) != PYRO_OK ||
        (code = pyro_put_text(to, blob->object)) != PYRO_OK ||
        (code = pyro_put_str(to, blob->method)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_TUPLE);
}

enum pyro_code pyro_blob_read(const struct pyro_message *message, struct pyro_reading *held,
                              struct pyro_sink *to, struct pyro_error *err)
{
    struct pyro_slice description;
    if (!pyro_message_annotation(message, PYRO_BLOB_ANNOTATION, &description))
        return pyro_error_set(err, PYRO_EPROTOCOL,
                              "the description of a serialized blob is missing");
    return pyro_codec_marshal.read(description, held, to, err);
}
