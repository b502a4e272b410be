#include "base/serializer.h"

#include "base/words.h"

static const char *const serializer_names[] = {
    [PYRO_SERIALIZER_UNKNOWN] = "unknown",
    [PYRO_SERIALIZER_SERPENT] = "serpent",
    [PYRO_SERIALIZER_JSON] = "json",
    [PYRO_SERIALIZER_MARSHAL] = "marshal",
    [PYRO_SERIALIZER_MSGPACK] = "msgpack",
    [PYRO_SERIALIZER_PICKLE] = "pickle",
    [PYRO_SERIALIZER_CLOUDPICKLE] = "cloudpickle",
    [PYRO_SERIALIZER_DILL] = "dill",
};

enum pyro_serializer pyro_serializer_find(struct pyro_slice name)
{
    for (size_t i = PYRO_SERIALIZER_SERPENT; i < PYRO_COUNT(serializer_names); i++)
        if (pyro_slice_equals(name, serializer_names[i]))
            return (enum pyro_serializer)i;
    return PYRO_SERIALIZER_UNKNOWN;
}

const char *pyro_serializer_name(enum pyro_serializer serializer)
{
    return serializer_names[serializer];
}

unsigned pyro_serializer_bits(const char *list)
{
    struct pyro_slice name;
    unsigned bits = 0;
    while (pyro_word_next(&list, &name))
        bits |= 1U << pyro_serializer_find(name);
    return bits;
}

bool pyro_config_accepts(const struct pyro_config *config, enum pyro_serializer serializer)
{
    return serializer != PYRO_SERIALIZER_UNKNOWN && (config->accepted >> serializer & 1) != 0;
}
