/** @file
 * TLS between a stream's socket and its owner. For the owner nothing changes: it is connected when
 * the TLS handshake is over, and hears and appends plain text. Private certificates and keys come
 * from files, which are read again when they change. */
#ifndef PYRO_NET_TLS_H
#define PYRO_NET_TLS_H

#include "net/certificate.h"
#include "net/stream.h"
#include "net/tls_context.h"

/** Puts TLS between a stream and its owner: right after pyro_stream_start() of one that was
 * accepted, or pyro_stream_connect(). A client says where it connects to: the server's certificate
 * has to be for that host, a name or an address. PYRO_EMEMORY leaves the stream as it was: close
 * it. `host` is borrowed, and NULL at a server.
 *
 * A handshake that fails ends the stream with PYRO_ECOMMUNICATION and one line that says why. So
 * does a server's refusal of the client's certificate, which may come after `connected`. */
enum pyro_code pyro_tls_start(struct pyro_stream *stream, struct pyro_tls_context *context,
                              const char *host, uint16_t port, struct pyro_error *err);

/** Returns whether the handshake failed. */
bool pyro_tls_failed(const struct pyro_stream *stream);

/** Returns whether a stream speaks TLS. */
bool pyro_tls_is_used(const struct pyro_stream *stream);

/** Returns whether a part of a record has come in, of which the stream's owner cannot have the
 * bytes yet; false where the stream is not TLS. The owner hears `input` when that changes. */
bool pyro_tls_is_amid_record(const struct pyro_stream *stream);

/** Returns whether a stream's other side showed a certificate. */
bool pyro_tls_has_certificate(const struct pyro_stream *stream);

/** Reads the certificate of a stream's other side, which the caller frees; NULL where it showed
 * none, the handshake is not over, the stream is not TLS, its subject or issuer is longer than 4096
 * bytes, or memory is out. */
struct pyro_certificate *pyro_tls_certificate(const struct pyro_stream *stream);

/** Returns whether the handshake went on where an earlier connection to that server ended. */
bool pyro_tls_resumed(const struct pyro_stream *stream);

#endif
