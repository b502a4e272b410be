/** @file
 * The two ends of a TLS connection that is fuzzed: our stream with its owner, and OpenSSL's own
 * between two buffers. What they say is told apart by where it belongs. */
#ifndef SPEC_FUZZ_TLS_ENDS_H
#define SPEC_FUZZ_TLS_ENDS_H

#include "tls_contexts.h"

#include <openssl/err.h>

#include "net/adopt.h"
#include "net/stream_private.h"
#include "net/stream_socket.h"

#define ROOM 65536
/* Times that a peer asks for other keys, and none has anything against it. */
#define MOST_ASKED 32

static char room[ROOM]; /* where plain text is read to */

/* The end that is tested, with its owner. */
struct ours {
    struct pyro_runtime *runtime;
    struct pyro_stream *stream; /* NULL: closed */
    unsigned mode;
    size_t sent, received;
    int connected, ended;
    bool paused;
    bool hurt; /* it ended otherwise than by the other end's will */
};

/* The other end: OpenSSL between two buffers. */
struct peer {
    SSL *ssl;
    BIO *in, *out;
    size_t sent, received;
    int asked;
    bool failed, over; /* over: it says no more */
    bool heard_end;
};

/* Bytes under way, and our stream's socket. */
struct wire {
    int descriptor;
    struct pyro_buffer to_ours, to_peer;
    bool wrong; /* they are not what was sent */
};

struct link {
    struct ours ours;
    struct peer peer;
    struct wire wire;
};

/* --- what is said --- */

/* Each byte tells where it belongs. */
static inline char plain_byte(size_t at, bool from_peer)
{
    uint32_t mixed = (uint32_t)at * 2654435761U >> 24;
    return (char)(from_peer ? ~mixed : mixed);
}

static inline void make_plain(char *to, size_t at, size_t size, bool from_peer)
{
    for (size_t i = 0; i < size; i++)
        to[i] = plain_byte(at + i, from_peer);
}

static inline void check_plain(const char *bytes, size_t at, size_t size, bool from_peer)
{
    for (size_t i = 0; i < size; i++)
        demand(bytes[i] == plain_byte(at + i, from_peer));
}

/* --- our end --- */

static inline void ours_space(void *owner, char **at, size_t *size)
{
    struct ours *ours = owner;
    *at = room;
    *size = ours->mode & LITTLE ? 100 : ROOM;
}

static inline bool ours_filled(void *owner, size_t size)
{
    struct ours *ours = owner;
    demand(!ours->paused && ours->ended == 0);
    check_plain(room, ours->received, size, true);
    ours->received += size;
    ours->paused = (ours->mode & SPARING) != 0;
    return !ours->paused;
}

static inline void ours_input(void *owner)
{
    struct ours *ours = owner;
    demand(ours->connected == 1 && ours->ended == 0); /* perhaps for a part of a record */
}

static inline void ours_connected(void *owner)
{
    struct ours *ours = owner;
    demand(ours->connected++ == 0 && ours->ended == 0);
}

static inline void ours_ended(void *owner, const struct pyro_error *why)
{
    struct ours *ours = owner;
    demand(ours->ended++ == 0 && !ours->paused);
    demand(why->code != PYRO_OK && why->message[0] != '\0');
    ours->hurt = strcmp(why->message, "connection closed by peer") != 0;
}

static const struct pyro_stream_ops ours_ops = {
    .space = ours_space,
    .filled = ours_filled,
    .input = ours_input,
    .connected = ours_connected,
    .ended = ours_ended,
};

/* A client's stream is as one that has just been connected. */
static inline struct pyro_stream *open_client(struct pyro_loop *loop, int descriptor)
{
    struct pyro_stream *stream = pyro_stream_new(loop, true);
    demand(stream && pyro_stream_open(stream, descriptor) == 0);
    return stream;
}

static inline void open_ours(struct ours *ours, int descriptor)
{
    struct pyro_loop *loop = ours->runtime->loop;
    struct pyro_tls_context *context = our_context(ours->runtime, ours->mode);
    bool client = ours->mode & CLIENT;
    ours->stream =
        client ? open_client(loop, descriptor) : pyro_stream_adopt(loop, descriptor, NULL);
    demand(ours->stream != NULL);
    if (client) {
        ours->stream->ops = &ours_ops;
        ours->stream->owner = ours;
    } else {
        pyro_stream_start(ours->stream, &ours_ops, ours);
    }
    demand(pyro_tls_start(ours->stream, context, client ? "localhost" : NULL,
                          (uint16_t)(1 + ours->mode % KINDS), NULL) == PYRO_OK);
    if (client)
        pyro_stream_connected(ours->stream);
}

static inline void ours_say(struct ours *ours, size_t size)
{
    static char bytes[ROOM];
    if (!ours->stream || ours->ended)
        return;
    make_plain(bytes, ours->sent, size, false);
    demand(pyro_buffer_append(pyro_stream_output(ours->stream), bytes, size));
    pyro_stream_changed(ours->stream);
    ours->sent += size;
}

static inline void ours_resume(struct ours *ours)
{
    if (!ours->paused || !ours->stream || ours->ended)
        return;
    ours->paused = false;
    pyro_stream_resume(ours->stream);
}

static inline void ours_close(struct ours *ours)
{
    pyro_stream_close(ours->stream);
    ours->stream = NULL;
}

/* --- the other end --- */

static inline void open_peer(struct peer *peer, unsigned mode)
{
    bool server = mode & CLIENT;
    SSL_SESSION **session = &sessions[mode % KINDS];
    demand((peer->ssl = SSL_new(peers(server))) != NULL);
    peer->in = BIO_new(BIO_s_mem());
    peer->out = BIO_new(BIO_s_mem());
    demand(peer->in && peer->out);
    BIO_set_mem_eof_return(peer->in, -1);
    SSL_set_bio(peer->ssl, peer->in, peer->out);
    SSL_set_app_data(peer->ssl, session);
    if (mode & OLD)
        SSL_set_max_proto_version(peer->ssl, TLS1_2_VERSION);
    SSL_set_verify(peer->ssl, !server || mode & MUTUAL ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
    if (!server && *session && (mode & FRESH) != FRESH)
        demand(SSL_set_session(peer->ssl, *session) == 1);
    server ? SSL_set_accept_state(peer->ssl) : SSL_set_connect_state(peer->ssl);
}

/* Its session would not go on after an end that was none. */
static inline void close_peer(struct peer *peer)
{
    SSL_set_shutdown(peer->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(peer->ssl);
}

/* Takes note of what OpenSSL says of a function of its own that did not go well. */
static inline void peer_stopped(struct link *link, int result)
{
    int error = SSL_get_error(link->peer.ssl, result);
    if (error == SSL_ERROR_ZERO_RETURN)
        link->peer.heard_end = true;
    else if (error != SSL_ERROR_WANT_READ)
        link->peer.failed = true;
    demand(!link->peer.failed || link->wire.wrong);
    ERR_clear_error();
}

/* Lets the other end read what has come, and say what it has to. */
static inline void run_peer(struct link *link)
{
    struct peer *peer = &link->peer;
    size_t size = 0;
    ERR_clear_error();
    int result = peer->failed ? 0 : SSL_do_handshake(peer->ssl);
    while (result == 1 && (result = SSL_read_ex(peer->ssl, room, ROOM, &size)) == 1) {
        check_plain(room, peer->received, size, false);
        peer->received += size;
    }
    if (!peer->failed)
        peer_stopped(link, result);
    while ((size = BIO_ctrl_pending(peer->out)) > 0) {
        char *at = pyro_buffer_reserve(&link->wire.to_ours, size);
        demand(at && BIO_read(peer->out, at, (int)size) == (int)size);
        link->wire.to_ours.length += size;
    }
}

static inline bool peer_may_speak(const struct peer *peer)
{
    return !peer->failed && !peer->over && SSL_is_init_finished(peer->ssl);
}

static inline void peer_say(struct link *link, size_t size)
{
    static char bytes[ROOM];
    struct peer *peer = &link->peer;
    size_t written;
    if (!peer_may_speak(peer) || size == 0)
        return;
    make_plain(bytes, peer->sent, size, true);
    demand(SSL_write_ex(peer->ssl, bytes, size, &written) == 1 && written == size);
    peer->sent += size;
    run_peer(link);
}

/* Wants other keys, which ours has to agree to, or refuse. */
static inline void peer_ask(struct link *link, bool both)
{
    if (!peer_may_speak(&link->peer))
        return;
    if (SSL_version(link->peer.ssl) == TLS1_3_VERSION) {
        SSL_key_update(link->peer.ssl,
                       both ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
    } else {
        SSL_renegotiate(link->peer.ssl);
        link->wire.wrong = true; /* which is refused */
    }
    if (++link->peer.asked > MOST_ASKED)
        link->wire.wrong = true; /* a flood */
    run_peer(link);
}

static inline void peer_end(struct link *link)
{
    if (!peer_may_speak(&link->peer))
        return;
    SSL_shutdown(link->peer.ssl);
    link->peer.over = true;
    run_peer(link);
}

#endif
