#include "rpc/dialect.h"

#include <stdio.h>
#include <string.h>

void pyro_dialect_begin(struct pyro_dialect *dialect, const struct pyro_terms *terms,
                        const struct pyro_config *config)
{
    unsigned version = terms->version ? terms->version : (unsigned)config->PROTOCOL;
    enum pyro_serializer serializer = terms->serializer;
    if (!serializer) /* "auto" is none */
        serializer = pyro_serializer_find(pyro_slice_text(config->SERIALIZER));
    if (version)
        dialect->protocol = pyro_protocol_find(version);
    else if (!dialect->protocol)
        dialect->protocol = &pyro_protocol_48;
    if (serializer)
        dialect->serializer = serializer;
    else if (!dialect->serializer || dialect->chosen)
        dialect->serializer = PYRO_SERIALIZER_SERPENT;
    dialect->protocol_open = !version;
    dialect->serializer_open = !serializer;
    dialect->chosen = serializer != PYRO_SERIALIZER_UNKNOWN;
    dialect->typed = false;
}

const struct pyro_codec *pyro_dialect_plain_codec(const struct pyro_dialect *dialect,
                                                  const struct pyro_runtime *runtime)
{
    return pyro_runtime_codec(runtime, dialect->serializer);
}

const struct pyro_codec *pyro_dialect_codec(const struct pyro_dialect *dialect,
                                            const struct pyro_runtime *runtime)
{
    if (dialect->typed && (!dialect->chosen || dialect->serializer == PYRO_SERIALIZER_MSGPACK))
        return &pyro_codec_msgpack_typed;
    return pyro_dialect_plain_codec(dialect, runtime);
}

static bool change_protocol(struct pyro_dialect *dialect)
{
    if (!dialect->protocol_open)
        return false;
    dialect->protocol_open = false;
    dialect->protocol =
        dialect->protocol == &pyro_protocol_48 ? &pyro_protocol_502 : &pyro_protocol_48;
    return true;
}

/* Every Pyro has serpent, and uses it unless told otherwise; but a server may accept it not. */
static bool change_serializer(struct pyro_dialect *dialect)
{
    if (!dialect->serializer_open)
        return false;
    dialect->serializer_open = false;
    dialect->serializer = dialect->serializer == PYRO_SERIALIZER_MSGPACK ? PYRO_SERIALIZER_SERPENT
                                                                         : PYRO_SERIALIZER_MSGPACK;
    return true;
}

bool pyro_dialect_refused(struct pyro_dialect *dialect, const struct pyro_message *message,
                          struct pyro_error *why)
{
    char text[PYRO_ERROR_SIZE];
    if (message->header.type != PYRO_CONNECTFAIL && !(message->header.flags & PYRO_FLAG_EXCEPTION))
        return false;
    if (message->protocol != dialect->protocol)
        return change_protocol(dialect);
    dialect->protocol_open = false; /* it is understood */
    if (!strstr(why->message, "serializer that is not accepted"))
        return false;
    if (change_serializer(dialect))
        return true;
    snprintf(text, sizeof(text), "%s", why->message);
    pyro_error_set(why, why->code,
                   "%s (%s; choose another one by SERIALIZER or _pyroSerializer, or have the "
                   "server accept it)",
                   text, pyro_serializer_name(dialect->serializer));
    return false;
}

bool pyro_dialect_ignored(struct pyro_dialect *dialect)
{
    /* Pyro5 without msgpack does that. */
    return change_protocol(dialect) || change_serializer(dialect);
}
