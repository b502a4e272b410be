/* The two protocols: how their headers lie in bytes, their flag bits, and the numbers that they
 * give serializers. No other file knows these. */
#include "wire/protocol.h"

#include "base/config.h"

/* 48, Pyro4: tag, then big-endian 16 bit numbers, but a 32 bit data length:
 *  0 tag   4 version   6 type   8 flags   10 seq   12 data length   16 serializer
 * 18 annotations length   20 (reserved)   22 checksum
 * 502, Pyro5: tag, then big-endian 16 bit numbers, but 8 bit ones at 6 and 7, and 32 bit lengths:
 *  0 tag   4 version   6 type   7 serializer   8 flags   10 seq   12 data length
 * 16 annotations length   20 correlation id (16 bytes)   36 (reserved)   38 magic number */
static const char magic[4] = {'P', 'Y', 'R', 'O'};

#define CHECKSUM_MAGIC 0x34e9u
#define MAGIC_NUMBER_502 0x4dc5u
#define LONGEST_DATA INT32_MAX

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

#define SERIALIZERS (PYRO_SERIALIZER_DILL + 1)

/* Of a serializer that a protocol has not. */
#define NO_ID 0

static const unsigned ids_48[SERIALIZERS] = {
    [PYRO_SERIALIZER_SERPENT] = 1, [PYRO_SERIALIZER_JSON] = 2,   [PYRO_SERIALIZER_MARSHAL] = 3,
    [PYRO_SERIALIZER_MSGPACK] = 6, [PYRO_SERIALIZER_PICKLE] = 4, [PYRO_SERIALIZER_CLOUDPICKLE] = 7,
    [PYRO_SERIALIZER_DILL] = 5};

static const unsigned ids_502[SERIALIZERS] = {
    [PYRO_SERIALIZER_SERPENT] = 1,    [PYRO_SERIALIZER_MARSHAL] = 2,
    [PYRO_SERIALIZER_JSON] = 3,       [PYRO_SERIALIZER_MSGPACK] = 4,
    [PYRO_SERIALIZER_PICKLE] = NO_ID, [PYRO_SERIALIZER_CLOUDPICKLE] = NO_ID,
    [PYRO_SERIALIZER_DILL] = NO_ID};

static enum pyro_serializer find_serializer(const unsigned ids[SERIALIZERS], unsigned id)
{
    for (size_t i = PYRO_SERIALIZER_UNKNOWN + 1; i < SERIALIZERS; i++)
        if (ids[i] == id && id != NO_ID)
            return (enum pyro_serializer)i;
    return PYRO_SERIALIZER_UNKNOWN;
}

static unsigned serializer_id(const unsigned ids[SERIALIZERS], const struct pyro_header *header)
{
    return header->serializer == PYRO_SERIALIZER_UNKNOWN ? header->serializer_id
                                                         : ids[header->serializer];
}

/* The neutral flags are 48's bits. */
#define FLAGS_48 0x7fu

/* Bits of 502's flags as they are on the wire, for each neutral flag. */
struct flag_bit {
    enum pyro_flag flag;
    unsigned bit;
};

static const struct flag_bit flags_502[] = {
    {PYRO_FLAG_EXCEPTION, 1 << 0}, {PYRO_FLAG_COMPRESSED, 1 << 1}, {PYRO_FLAG_ONEWAY, 1 << 2},
    {PYRO_FLAG_BATCH, 1 << 3},     {PYRO_FLAG_STREAM, 1 << 4},     {PYRO_FLAG_BLOB, 1 << 5}};

#define CORRELATED_502 (1u << 6)

static unsigned flags_from_502(unsigned wire)
{
    unsigned flags = 0;
    for (size_t i = 0; i < PYRO_COUNT(flags_502); i++)
        flags |= wire & flags_502[i].bit ? flags_502[i].flag : 0;
    return flags;
}

static unsigned flags_to_502(unsigned flags)
{
    unsigned wire = 0;
    for (size_t i = 0; i < PYRO_COUNT(flags_502); i++)
        wire |= flags & flags_502[i].flag ? flags_502[i].bit : 0;
    return wire;
}

static enum pyro_code check_header(const struct pyro_header *header, struct pyro_error *err)
{
    if (header->type < PYRO_CONNECT || header->type > PYRO_PING)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid msg type %u received",
                              (unsigned)header->type);
    if (header->data_length > LONGEST_DATA)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid message size (outside range 0..2Gb)");
    return PYRO_OK;
}

static unsigned checksum_48(const unsigned char *bytes)
{
    unsigned sum = CHECKSUM_MAGIC + get16(bytes + 4) + get16(bytes + 6) + get16(bytes + 8) +
                   get16(bytes + 10) + get32(bytes + 12) + get16(bytes + 16) + get16(bytes + 18);
    return sum & 0xffff;
}

static bool is_version(const unsigned char *bytes, unsigned version)
{
    return memcmp(bytes, magic, sizeof(magic)) == 0 && get16(bytes + 4) == version;
}

static enum pyro_code parse_48(const unsigned char *bytes, struct pyro_header *out,
                               struct pyro_error *err)
{
    if (!is_version(bytes, 48))
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid data or unsupported protocol version");
    if (get16(bytes + 22) != checksum_48(bytes))
        return pyro_error_set(err, PYRO_EPROTOCOL, "header checksum mismatch");
    *out = (struct pyro_header){
        .type = (enum pyro_message_type)get16(bytes + 6),
        .flag_bits = get16(bytes + 8),
        .flags = get16(bytes + 8) & FLAGS_48,
        .seq = (uint16_t)get16(bytes + 10),
        .data_length = get32(bytes + 12),
        .serializer_id = get16(bytes + 16),
        .serializer = find_serializer(ids_48, get16(bytes + 16)),
        .annotations_length = get16(bytes + 18),
    };
    return check_header(out, err);
}

static void format_48(unsigned char *bytes, const struct pyro_header *header)
{
    memcpy(bytes, magic, sizeof(magic));
    put16(bytes + 4, 48);
    put16(bytes + 6, header->type);
    put16(bytes + 8, header->flags & FLAGS_48);
    put16(bytes + 10, header->seq);
    put32(bytes + 12, header->data_length);
    put16(bytes + 16, serializer_id(ids_48, header));
    put16(bytes + 18, header->annotations_length);
    put16(bytes + 20, 0);
    put16(bytes + 22, checksum_48(bytes));
}

static enum pyro_code parse_502(const unsigned char *bytes, struct pyro_header *out,
                                struct pyro_error *err)
{
    if (!is_version(bytes, 502))
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid data or unsupported protocol version");
    if (get16(bytes + 38) != MAGIC_NUMBER_502)
        return pyro_error_set(err, PYRO_EPROTOCOL, "invalid magic number");
    unsigned wire = get16(bytes + 8);
    *out = (struct pyro_header){
        .type = (enum pyro_message_type)bytes[6],
        .flag_bits = wire,
        .serializer_id = bytes[7],
        .serializer = find_serializer(ids_502, bytes[7]),
        .flags = flags_from_502(wire),
        .seq = (uint16_t)get16(bytes + 10),
        .data_length = get32(bytes + 12),
        .annotations_length = get32(bytes + 16),
        .correlated = (wire & CORRELATED_502) != 0,
    };
    memcpy(out->correlation, bytes + 20, PYRO_CORRELATION_SIZE);
    if (out->type == PYRO_CONNECT || out->type == PYRO_CONNECTOK) /* they always have metadata */
        out->flags |= PYRO_FLAG_METADATA;
    return check_header(out, err);
}

static void format_502(unsigned char *bytes, const struct pyro_header *header)
{
    memcpy(bytes, magic, sizeof(magic));
    put16(bytes + 4, 502);
    bytes[6] = (unsigned char)header->type;
    bytes[7] = (unsigned char)serializer_id(ids_502, header);
    put16(bytes + 8, flags_to_502(header->flags) | (header->correlated ? CORRELATED_502 : 0));
    put16(bytes + 10, header->seq);
    put32(bytes + 12, header->data_length);
    put32(bytes + 16, header->annotations_length);
    if (header->correlated)
        memcpy(bytes + 20, header->correlation, PYRO_CORRELATION_SIZE);
    else
        memset(bytes + 20, 0, PYRO_CORRELATION_SIZE);
    put16(bytes + 36, 0);
    put16(bytes + 38, MAGIC_NUMBER_502);
}

const struct pyro_protocol pyro_protocol_48 = {
    .version = 48,
    .errors = "Pyro4.errors",
    .uri_class = "Pyro4.core.URI",
    .proxy_class = "Pyro4.core.Proxy",
    .batch_error = "Pyro4.futures._ExceptionWrapper",
    .serializers = ids_48,
    .header_size = 24,
    .chunk_header_size = 6,
    .longest_annotations = UINT16_MAX,
    .correlation_chunk = true,
    .has_hmac = true,
    .parse = parse_48,
    .format = format_48,
};

const struct pyro_protocol pyro_protocol_502 = {
    .version = 502,
    .errors = "Pyro5.errors",
    .uri_class = "Pyro5.core.URI",
    .proxy_class = "Pyro5.client.Proxy",
    .batch_error = "Pyro5.core._ExceptionWrapper",
    .serializers = ids_502,
    .header_size = 40,
    .chunk_header_size = 8,
    .longest_annotations = INT32_MAX,
    .always_metadata = true,
    .parse = parse_502,
    .format = format_502,
};

const struct pyro_protocol *pyro_protocol_find(unsigned version)
{
    static const struct pyro_protocol *const protocols[] = {&pyro_protocol_48, &pyro_protocol_502};
    for (size_t i = 0; i < PYRO_COUNT(protocols); i++)
        if (protocols[i]->version == version)
            return protocols[i];
    return NULL;
}

bool pyro_protocol_has(const struct pyro_protocol *protocol, enum pyro_serializer serializer)
{
    return protocol->serializers[serializer] != NO_ID;
}

bool pyro_protocol_is_tls(const unsigned char *bytes, size_t length)
{
    return length >= 3 && bytes[0] >= 0x14 && bytes[0] <= 0x17 && bytes[1] == 3 && bytes[2] <= 4;
}
