#include "codec/codec.h"

#include "base/assert.h"
#include "codec/pickle_write.h"

const struct pyro_codec *pyro_codec_find(enum pyro_serializer serializer)
{
    static const struct pyro_codec *const codecs[] = {
        [PYRO_SERIALIZER_SERPENT] = &pyro_codec_serpent,
        [PYRO_SERIALIZER_JSON] = &pyro_codec_json,
        [PYRO_SERIALIZER_MARSHAL] = &pyro_codec_marshal,
        [PYRO_SERIALIZER_MSGPACK] = &pyro_codec_msgpack,
        [PYRO_SERIALIZER_PICKLE] = &pyro_codec_pickle,
        [PYRO_SERIALIZER_CLOUDPICKLE] = &pyro_codec_pickle,
        [PYRO_SERIALIZER_DILL] = &pyro_codec_pickle,
    };
    return codecs[serializer];
}

const struct pyro_codec *pyro_codec_pickle_of(unsigned version)
{
    PYRO_ASSERT(version >= PYRO_PICKLE_OLDEST && version <= PYRO_PICKLE_NEWEST);
    return pyro_pickle_codecs[version - PYRO_PICKLE_OLDEST];
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
