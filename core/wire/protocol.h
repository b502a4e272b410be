/** @file
 * The two versions of Pyro's wire protocol: 48 (Pyro4) and 502 (Pyro5). Their header layouts, flag
 * bits and serializer numbers differ; those numbers stay in protocol.c, the rest of the core uses
 * the neutral names below. */
#ifndef PYRO_WIRE_PROTOCOL_H
#define PYRO_WIRE_PROTOCOL_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

enum pyro_message_type {
    PYRO_CONNECT = 1,
    PYRO_CONNECTOK = 2,
    PYRO_CONNECTFAIL = 3,
    PYRO_INVOKE = 4,
    PYRO_RESULT = 5,
    PYRO_PING = 6,
};

/** The values are the bits of protocol 48. */
enum pyro_flag {
    PYRO_FLAG_EXCEPTION = 1 << 0,
    PYRO_FLAG_COMPRESSED = 1 << 1,
    PYRO_FLAG_ONEWAY = 1 << 2,
    PYRO_FLAG_BATCH = 1 << 3,
    PYRO_FLAG_METADATA = 1 << 4,
    PYRO_FLAG_STREAM = 1 << 5,
    PYRO_FLAG_BLOB = 1 << 6,
};

#define PYRO_CORRELATION_SIZE 16

/** The contents of a header, in neutral terms. */
struct pyro_header {
    enum pyro_message_type type;
    unsigned flags;                  /**< of enum pyro_flag */
    enum pyro_serializer serializer; /**< UNKNOWN where the number means nothing to us */
    unsigned serializer_id;          /**< the number on the wire, for messages to people */
    uint16_t seq;
    uint32_t annotations_length; /**< bytes */
    uint32_t data_length;        /**< bytes */
    bool correlated;             /**< whether the message has a correlation id (a UUID): */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    unsigned flag_bits; /**< flags as they came, for people */
};

/** Gives a header the correlation id of another, if that has one. */
static inline void pyro_header_correlate(struct pyro_header *header, const struct pyro_header *from)
{
    header->correlated = from->correlated;
    memcpy(header->correlation, from->correlation, PYRO_CORRELATION_SIZE);
}

struct pyro_protocol {
    unsigned version;            /**< as in the header */
    const char *errors;          /**< module of Pyro's own exception classes, "Pyro4.errors" */
    const char *uri_class;       /**< full name of the URI class, "Pyro4.core.URI" */
    const char *proxy_class;     /**< full name of the proxy class, "Pyro4.core.Proxy" */
    const char *batch_error;     /**< full name of the class around an exception in a batch */
    const unsigned *serializers; /**< numbers on the wire, by enum pyro_serializer */
    size_t header_size;          /**< bytes */
    size_t chunk_header_size;    /**< bytes before an annotation's own: key, then its length */
    size_t longest_annotations;  /**< bytes of all annotations together */
    bool always_metadata;        /**< handshakes carry metadata, asked for or not */
    bool correlation_chunk; /**< a correlation id travels as an annotation, not in the header */
    bool has_hmac;          /**< messages may be signed (wire/hmac.h) */

    /** Parses `header_size` bytes. PYRO_EPROTOCOL says what is wrong with them. */
    enum pyro_code (*parse)(const unsigned char *bytes, struct pyro_header *out,
                            struct pyro_error *err);
    /** Writes `header_size` bytes. `serializer_id` is derived from `serializer`, not read, unless
     * that is UNKNOWN. */
    void (*format)(unsigned char *bytes, const struct pyro_header *header);
};

extern const struct pyro_protocol pyro_protocol_48, pyro_protocol_502;

/** Returns the protocol of that version, or NULL. */
const struct pyro_protocol *pyro_protocol_find(unsigned version);

/** Bytes that suffice to tell protocol and version: the tag "PYRO" and a 16 bit number. */
#define PYRO_TAG_SIZE 6

/** Returns whether the protocol has a number for that serializer: Pyro5's has none for pickle. */
bool pyro_protocol_has(const struct pyro_protocol *protocol, enum pyro_serializer serializer);

/** Returns whether the first bytes of a connection are a record of TLS: its type, and a
 * version 3.x. */
bool pyro_protocol_is_tls(const unsigned char *bytes, size_t length);

#endif
