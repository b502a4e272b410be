#include "rpc/dialect.h"
#include "base/serializer.h"

#include <stdio.h>
#include <string.h>

/* Serializers that are tried where the user leaves it open, in this order. Every Pyro has serpent,
 * and uses it unless told otherwise; but a server may accept it not, and a few take nothing but
 * pickle, or json, which carries the least. */
static const enum pyro_serializer candidates[] = {PYRO_SERIALIZER_SERPENT, PYRO_SERIALIZER_MSGPACK,
                                                  PYRO_SERIALIZER_PICKLE, PYRO_SERIALIZER_JSON};

static unsigned bit_of(enum pyro_serializer serializer)
{
    return 1U << serializer;
}

static enum pyro_code lacks(const struct pyro_protocol *protocol, enum pyro_serializer serializer,
                            struct pyro_error *err)
{
    return pyro_error_set(
        err, PYRO_EVALUE, "protocol %u (Pyro%d) has no %s; choose another serializer",
        protocol->version, protocol == &pyro_protocol_48 ? 4 : 5, pyro_serializer_name(serializer));
}

enum pyro_code pyro_dialect_check(const struct pyro_dialect *dialect,
                                  enum pyro_serializer serializer, struct pyro_error *err)
{
    return pyro_protocol_has(dialect->protocol, serializer)
               ? PYRO_OK
               : lacks(dialect->protocol, serializer, err);
}

/* Begins with what was spoken last, and may try all others. */
static void open_serializer(struct pyro_dialect *dialect)
{
    if (!dialect->serializer || dialect->chosen ||
        !pyro_protocol_has(dialect->protocol, dialect->serializer))
        dialect->serializer = PYRO_SERIALIZER_SERPENT;
    for (size_t i = 0; i < PYRO_COUNT(candidates); i++)
        dialect->untried |= bit_of(candidates[i]);
    dialect->untried &= ~bit_of(dialect->serializer);
}

/* Settles on the protocol, where only one has the serializer that the user chose. */
static void follow_serializer(struct pyro_dialect *dialect)
{
    if (dialect->protocol_open && !pyro_protocol_has(dialect->protocol, dialect->serializer))
        dialect->protocol = &pyro_protocol_48;
}

static enum pyro_code refuse_hmac(const struct pyro_protocol *protocol, struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EVALUE,
                          "protocol %u (Pyro5) has no HMAC: choose protocol 48, or take the HMAC "
                          "key away",
                          protocol->version);
}

enum pyro_code pyro_dialect_begin(struct pyro_dialect *dialect,
                                  const struct pyro_connect_options *terms,
                                  const struct pyro_config *config, bool with_hmac,
                                  struct pyro_error *err)
{
    unsigned version = terms->version ? terms->version : (unsigned)config->PROTOCOL;
    if (with_hmac && version == 0)
        version = pyro_protocol_48.version;
    enum pyro_serializer serializer = terms->serializer;
    if (!serializer) /* "auto" is none */
        serializer = pyro_serializer_find(pyro_slice_text(config->SERIALIZER));
    if (version)
        dialect->protocol = pyro_protocol_find(version);
    else if (!dialect->protocol)
        dialect->protocol = &pyro_protocol_48;
    dialect->protocol_open = !version;
    dialect->untried = 0;
    if (serializer)
        dialect->serializer = serializer;
    else
        open_serializer(dialect);
    follow_serializer(dialect);
    dialect->chosen = serializer != PYRO_SERIALIZER_UNKNOWN;
    dialect->typed = false;
    if (with_hmac && !dialect->protocol->has_hmac)
        return refuse_hmac(dialect->protocol, err);
    return pyro_dialect_check(dialect, dialect->serializer, err);
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

enum pyro_serializer pyro_dialect_serializer(const struct pyro_dialect *dialect,
                                             const struct pyro_codec *codec)
{
    return codec == &pyro_codec_msgpack_typed ? PYRO_SERIALIZER_MSGPACK : dialect->serializer;
}

static bool change_serializer(struct pyro_dialect *dialect)
{
    for (size_t i = 0; i < PYRO_COUNT(candidates); i++) {
        if (!(dialect->untried & bit_of(candidates[i])) ||
            !pyro_protocol_has(dialect->protocol, candidates[i]))
            continue;
        dialect->serializer = candidates[i];
        dialect->untried &= ~bit_of(candidates[i]);
        return true;
    }
    return false;
}

static bool change_protocol(struct pyro_dialect *dialect)
{
    const struct pyro_protocol *other =
        dialect->protocol == &pyro_protocol_48 ? &pyro_protocol_502 : &pyro_protocol_48;
    bool kept = pyro_protocol_has(other, dialect->serializer);
    if (!dialect->protocol_open || (!kept && dialect->chosen))
        return false;
    dialect->protocol_open = false;
    dialect->protocol = other;
    return kept || change_serializer(dialect);
}

/* Changes to the protocol of the server, which speaks another. */
static bool follow_protocol(struct pyro_dialect *dialect, const struct pyro_protocol *protocol,
                            struct pyro_error *why)
{
    if (change_protocol(dialect))
        return true;
    if (!pyro_protocol_has(protocol, dialect->serializer))
        lacks(protocol, dialect->serializer, why);
    return false;
}

bool pyro_dialect_refused(struct pyro_dialect *dialect, const struct pyro_message *message,
                          struct pyro_error *why)
{
    char text[PYRO_ERROR_SIZE];
    if (message->header.type != PYRO_CONNECTFAIL && !(message->header.flags & PYRO_FLAG_EXCEPTION))
        return false;
    if (message->protocol != dialect->protocol)
        return follow_protocol(dialect, message->protocol, why);
    dialect->protocol_open = false; /* it is understood */
    if (!pyro_error_refuses_serializer(why->message))
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
