/* Bytes as json. */
#include "codec_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_every_way(&pyro_codec_json, pyro_slice((const char *)data, size));
    return 0;
}
