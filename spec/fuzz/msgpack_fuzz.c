/* Bytes as msgpack. */
#include "codec_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    rewrite_twice(&pyro_codec_msgpack_typed, in); /* which writes whatever is read */
    read_both_ways(&pyro_codec_msgpack, in);
    return 0;
}
