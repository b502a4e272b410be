#include "codec/codec.h"

const struct pyro_codec *pyro_codec_find(enum pyro_serializer serializer)
{
    static const struct pyro_codec *const codecs[] = {&pyro_codec_serpent, &pyro_codec_json,
                                                      &pyro_codec_marshal, &pyro_codec_msgpack,
                                                      &pyro_codec_pickle};
    for (size_t i = 0; i < PYRO_COUNT(codecs); i++)
        if (codecs[i]->serializer == serializer)
            return codecs[i];
    return NULL;
}

void pyro_reading_free(struct pyro_reading *reading)
{
    pyro_buffer_free(&reading->decoded);
    if (reading->parsed)
        reading->drop(reading->parsed);
    reading->parsed = NULL;
}

enum pyro_code pyro_codec_read(const struct pyro_codec *codec, struct pyro_slice in,
                               struct pyro_sink *to, struct pyro_error *err)
{
    struct pyro_reading held = {.parsed = NULL};
    enum pyro_code code = codec->read(in, &held, to, err);
    pyro_reading_free(&held);
    return code;
}
