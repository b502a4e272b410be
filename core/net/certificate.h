/** @file
 * The certificate that the other side of a stream showed, and proved to have the key of. */
#ifndef PYRO_NET_CERTIFICATE_H
#define PYRO_NET_CERTIFICATE_H

#include "base/buffer.h"
#include "base/slice.h"

/** The lists of a certificate. */
enum pyro_certificate_list {
    PYRO_CERTIFICATE_SUBJECT,      /**< whom it is for: fields such as "commonName" */
    PYRO_CERTIFICATE_ISSUER,       /**< the authority: likewise */
    PYRO_CERTIFICATE_ALTERNATIVES, /**< names it is for, too: "DNS", "IP Address", "email", "URI" */
};

/** An element of one of them. */
struct pyro_certificate_part {
    enum pyro_certificate_list list;
    unsigned set; /**< which relative name it belongs to: those of one stand together in Python */
    size_t field, value; /**< where they are in `text` */
};

struct pyro_certificate {
    struct pyro_buffer text; /**< all strings, terminated */
    struct pyro_buffer parts;
    size_t subject, issuer;       /**< as RFC 2253 writes it: "CN=worker1,O=Example" */
    size_t serial;                /**< hexadecimal, as Python writes it: "1A2B" */
    size_t not_before, not_after; /**< as Python writes them: "May  9 00:00:00 2026 GMT" */
    size_t names; /**< alternative names: "DNS:localhost, IP Address:127.0.0.1"; or "" */
    int version;
};

/** Frees a certificate. Accepts NULL. */
void pyro_certificate_free(struct pyro_certificate *certificate);

/** Returns a string of a certificate, by its place. Valid as long as that. */
static inline const char *pyro_certificate_text(const struct pyro_certificate *certificate,
                                                size_t place)
{
    return certificate->text.data + place;
}

/** Returns the parts, in their order, list by list. */
static inline const struct pyro_certificate_part *
pyro_certificate_parts(const struct pyro_certificate *certificate, size_t *count)
{
    *count = certificate->parts.length / sizeof(struct pyro_certificate_part);
    return (const struct pyro_certificate_part *)(const void *)certificate->parts.data;
}

#endif
