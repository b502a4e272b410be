#include "rpc/dialect.h"

#include <stdio.h>
#include <string.h>

enum pyro_code pyro_dialect_begin(struct pyro_dialect *dialect, const struct pyro_terms *terms,
                                  const struct pyro_config *config, struct pyro_error *err)
{
    unsigned version = terms->version ? terms->version : (unsigned)config->PROTOCOL;
    enum pyro_serializer serializer = terms->serializer;
    bool automatic = !serializer && strcmp(config->SERIALIZER, "auto") == 0;
    if (!serializer && !automatic)
        serializer = pyro_serializer_find(pyro_slice_text(config->SERIALIZER));
    if (automatic)
        serializer = dialect->codec ? dialect->codec->serializer : PYRO_SERIALIZER_MSGPACK;
    if (version)
        dialect->protocol = pyro_protocol_find(version);
    else if (!dialect->protocol)
        dialect->protocol = &pyro_protocol_48;
    dialect->codec = pyro_codec_find(serializer);
    dialect->protocol_open = !version;
    dialect->codec_open = automatic;
    if (!dialect->codec)
        return pyro_error_set(err, PYRO_ESERIALIZE, "serializer '%s' is unknown or not available",
                              pyro_serializer_name(serializer));
    return PYRO_OK;
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

/* Every Pyro has serpent. */
static bool change_codec(struct pyro_dialect *dialect)
{
    bool was_msgpack = dialect->codec->serializer == PYRO_SERIALIZER_MSGPACK;
    const struct pyro_codec *other =
        pyro_codec_find(was_msgpack ? PYRO_SERIALIZER_SERPENT : PYRO_SERIALIZER_MSGPACK);
    if (!dialect->codec_open || !other)
        return false;
    dialect->codec_open = false;
    dialect->codec = other;
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
    if (change_codec(dialect))
        return true;
    snprintf(text, sizeof(text), "%s", why->message);
    pyro_error_set(why, why->code,
                   "%s (%s; choose another one by SERIALIZER or _pyroSerializer, or have the "
                   "server accept it)",
                   text, dialect->codec->name);
    return false;
}

bool pyro_dialect_ignored(struct pyro_dialect *dialect)
{
    return change_protocol(dialect) || change_codec(dialect); /* Pyro5 without msgpack does that */
}
