/* Bytes as serpent data, written with either form of bytes. */
#include "codec_fuzz.h"

/* A dict that stands for bytes is none to the reader when it is spelled in an unusual way; from the
 * first writing on it is spelled as usual. */
static void rewrite_spelled(const struct pyro_codec *codec, struct pyro_slice in)
{
    struct pyro_buffer spelled = {.data = NULL};
    if (rewrite(codec, in, &spelled))
        demand(rewrite_twice(codec, pyro_slice(spelled.data, spelled.length)));
    pyro_buffer_free(&spelled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    rewrite_spelled(&pyro_codec_serpent, in);
    rewrite_spelled(&pyro_codec_serpent_bytes, in);
    read_both_ways(&pyro_codec_serpent, in);
    return 0;
}
