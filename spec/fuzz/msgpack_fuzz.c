/* Bytes as msgpack, and as the marshalled text of a refusal. */
#include "codec/marshal.h"
#include "codec_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size), text;
    read_every_way(&pyro_codec_msgpack, in);
    if (pyro_marshal_read_text(in, &text))
        demand(text.length < size);
    return 0;
}
