/** @file
 * Where the records of TLS end in what comes in, and how long the messages of a handshake are. Both
 * have a header with the length of the rest at its end. Private to net/. */
#ifndef PYRO_NET_TLS_RECORD_H
#define PYRO_NET_TLS_RECORD_H

#include <stdbool.h>
#include <stddef.h>

/** Zero-initialized is at the beginning of a record. */
struct pyro_tls_record {
    unsigned char type; /**< the first byte of the last header */
    unsigned header;    /**< bytes of the header that came in */
    size_t left;        /**< bytes of the rest that did not */
};

/** Zero-initialized is at the beginning of a handshake. */
struct pyro_tls_handshake {
    struct pyro_tls_record record;
    struct pyro_tls_record message; /**< which may span records */
    bool changed;                   /**< a ChangeCipherSpec came in */
};

/** Bytes that a message of a handshake may have. */
#define PYRO_TLS_MESSAGE_SIZE ((size_t)32 * 1024)

/** Follows the bytes that came in. */
void pyro_tls_record_follow(struct pyro_tls_record *record, const char *data, size_t size);

/** Follows the bytes of a handshake while these are not encrypted. Returns whether all messages so
 * far announce no more than PYRO_TLS_MESSAGE_SIZE; if not, the handshake cannot be followed
 * further. */
bool pyro_tls_handshake_follow(struct pyro_tls_handshake *handshake, const char *data, size_t size);

/** Returns whether there is a record of which bytes are missing. */
static inline bool pyro_tls_record_is_open(const struct pyro_tls_record *record)
{
    return record->header > 0;
}

#endif
