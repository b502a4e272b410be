/** @file
 * Certificates of other sides. */
#ifndef PYRO_EMBED_CERTIFICATE_H
#define PYRO_EMBED_CERTIFICATE_H

#include "include/pyrolua.h"
#include "net/certificate.h"

/** Lets `to` show a certificate, whose strings it borrows. PYROLUA_EVALUE for NULL, with the error.
 */
int certificate_show(pyrolua_runtime *runtime, const struct pyro_certificate *from,
                     pyrolua_certificate *to);

#endif
