/** @file
 * Where the records of TLS end in what comes in: a header of 5 bytes, which has the length of the
 * rest at its end. Private to net/. */
#ifndef PYRO_NET_TLS_RECORD_H
#define PYRO_NET_TLS_RECORD_H

#include <stdbool.h>
#include <stddef.h>

/** Zero-initialized is at the beginning of a record. */
struct pyro_tls_record {
    unsigned header; /**< bytes of the header that came in */
    size_t left;     /**< bytes of the rest that did not */
};

/** Follows the bytes that came in. */
void pyro_tls_record_follow(struct pyro_tls_record *record, const char *data, size_t size);

/** Returns whether there is a record of which bytes are missing. */
static inline bool pyro_tls_record_is_open(const struct pyro_tls_record *record)
{
    return record->header > 0;
}

#endif
