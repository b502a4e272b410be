/** @file
 * Reading a certificate of OpenSSL's. Private to net/. */
#ifndef PYRO_NET_CERTIFICATE_READ_H
#define PYRO_NET_CERTIFICATE_READ_H

#include "net/certificate.h"
#include "net/openssl.h"

/** Room for a date: "May  9 00:00:00 2026 GMT". */
#define PYRO_TLS_DATE_SIZE 40

/** Writes a date as Python does; "" where it is none. */
void pyro_tls_date(const struct pyro_openssl *api, const ASN1_TIME *time,
                   char out[PYRO_TLS_DATE_SIZE]);

/** Reads a certificate, which is borrowed. The caller frees it. NULL: out of memory. */
struct pyro_certificate *pyro_certificate_read(const struct pyro_openssl *api, X509 *from);

#endif
