#include "codec/codec.h"

const struct pyro_codec *pyro_codec_find(enum pyro_serializer serializer)
{
    static const struct pyro_codec *const codecs[] = {&pyro_codec_msgpack};
    for (size_t i = 0; i < PYRO_COUNT(codecs); i++)
        if (codecs[i]->serializer == serializer)
            return codecs[i];
    return NULL;
}
