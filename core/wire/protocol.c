#include "wire/protocol.h"

/* Pyro4: tag, then big-endian 16 bit numbers, but a 32 bit data length:
 *  0 tag   4 version   6 type   8 flags   10 seq   12 data length   16 serializer
 * 18 annotations length   20 (reserved)   22 checksum */
static const char magic[4] = {'P', 'Y', 'R', 'O'};

#define CHECKSUM_MAGIC 0x34e9u
#define LONGEST_DATA INT32_MAX
#define KNOWN_FLAGS 0x7fu

static unsigned get16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint32_t get32(const unsigned char *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static void put16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

static void put32(unsigned char *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static const unsigned ids_48[] = {[PYRO_SERIALIZER_SERPENT] = 1,
                                  [PYRO_SERIALIZER_JSON] = 2,
                                  [PYRO_SERIALIZER_MARSHAL] = 3,
                                  [PYRO_SERIALIZER_MSGPACK] = 6};

static enum pyro_serializer serializer_48(unsigned id)
{
    for (size_t i = 1; i < PYRO_COUNT(ids_48); i++)
        if (ids_48[i] == id)
            return (enum pyro_serializer)i;
    return PYRO_SERIALIZER_UNKNOWN;
}

static unsigned checksum_48(const unsigned char *bytes)
{
    unsigned sum = CHECKSUM_MAGIC + get32(bytes + 12);
    static const int fields[] = {4, 6, 8, 10, 16, 18};
    for (size_t i = 0; i < PYRO_COUNT(fields); i++)
        sum += get16(bytes + fields[i]);
    return sum & 0xffff;
}

static enum pyro_code parse_48(const unsigned char *bytes, struct pyro_header *out,
                               struct pyro_error *err)
{
    unsigned type = get16(bytes + 6);
    if (memcmp(bytes, magic, sizeof(magic)) != 0 || get16(bytes + 4) != 48)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid data or unsupported protocol version");
    if (get16(bytes + 22) != checksum_48(bytes))
        return pyro_error_set(err, PYRO_EPROTOCOL, "header checksum mismatch");
    if (type < PYRO_CONNECT || type > PYRO_PING)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %u received", type);
    *out = (struct pyro_header){.type = (enum pyro_message_type)type,
                                .flags = get16(bytes + 8) & KNOWN_FLAGS, /* the neutral bits */
                                .seq = (uint16_t)get16(bytes + 10),
                                .data_length = get32(bytes + 12),
                                .serializer_id = get16(bytes + 16),
                                .serializer = serializer_48(get16(bytes + 16)),
                                .annotations_length = get16(bytes + 18)};
    if (out->data_length > LONGEST_DATA)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid message size (outside range 0..2Gb)");
    return PYRO_OK;
}

static void format_48(unsigned char *bytes, const struct pyro_header *header)
{
    memcpy(bytes, magic, sizeof(magic));
    put16(bytes + 4, 48);
    put16(bytes + 6, header->type);
    put16(bytes + 8, header->flags);
    put16(bytes + 10, header->seq);
    put32(bytes + 12, header->data_length);
    put16(bytes + 16, header->serializer == PYRO_SERIALIZER_UNKNOWN ? header->serializer_id
                                                                    : ids_48[header->serializer]);
    put16(bytes + 18, header->annotations_length);
    put16(bytes + 20, 0);
    put16(bytes + 22, checksum_48(bytes));
}

const struct pyro_protocol pyro_protocol_48 = {
    .version = 48,
    .errors = "Pyro4.errors",
    .core = "Pyro4.core",
    .proxy_class = "Pyro4.core.Proxy",
    .header_size = 24,
    .chunk_header_size = 6,
    .longest_annotations = UINT16_MAX,
    .parse = parse_48,
    .format = format_48,
};

const struct pyro_protocol *pyro_protocol_find(unsigned version)
{
    static const struct pyro_protocol *const protocols[] = {&pyro_protocol_48};
    for (size_t i = 0; i < PYRO_COUNT(protocols); i++)
        if (protocols[i]->version == version)
            return protocols[i];
    return NULL;
}
