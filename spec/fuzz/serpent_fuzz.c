/* Bytes as serpent data, written with either form of bytes. */
#include "codec_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    read_every_way(&pyro_codec_serpent, in);
    rewrite_twice(&pyro_codec_serpent_bytes, in);
    return 0;
}
