/* Connecting: an attempt is a dial, which lives until libuv has called back.
 *
 * The host is resolved, unless it is numeric or known, and its addresses are tried in turn: all of
 * the preferred kind first. A handle cannot connect twice, so each further address gets a new one,
 * in the close callback of the last. The dial belongs to libuv's request: who closes the stream
 * meanwhile takes it off the stream (dial_cancel()), and the callback frees it.
 *
 * Callbacks of libuv (dial_on_resolved, dial_on_connected, dial_on_attempt_closed) go on to the
 * next address, or record in the stream that it is connected, or has ended. They call no owner. */
#include "net/connect.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "net/address.h"
#include "net/stream_private.h"
#include "net/stream_socket.h"

/* An attempt to connect: the host is resolved, its addresses are tried in turn. */
struct pyro_dial {
    struct pyro_stream *stream; /* NULL: cancelled */
    uv_getaddrinfo_t resolve;
    uv_connect_t connect;
    struct addrinfo *addresses; /* what resolving gave */
    const struct addrinfo *next;
    struct addrinfo known; /* one that need not be resolved */
    struct sockaddr_storage known_address;
    int family;     /* the kind of addresses that come first; AF_UNSPEC: any */
    bool others;    /* those of the other kind have their turn */
    bool resolved;  /* the resolver was asked */
    bool attempted; /* there was an address */
    int status;     /* why the first attempt failed */
    bool renewing;  /* the handle of the last attempt is being closed */
    char service[8];
    char host[256];
    char place[PYRO_PLACE_SIZE]; /* for messages */
};

static void free_dial(struct pyro_dial *dial)
{
    if (dial->addresses)
        uv_freeaddrinfo(dial->addresses);
    pyro_free(dial);
}

static void dial_cancel(struct pyro_dial *dial)
{
    struct pyro_stream *stream = dial->stream;
    PYRO_ASSERT(stream->dial == dial);
    stream->dial = NULL;
    dial->stream = NULL; /* the callback that is still to come frees it */
    if (dial->renewing)
        free_dial(dial);
    else if (!pyro_loop_inherited(stream->loop))
        uv_cancel((uv_req_t *)&dial->resolve); /* where it is connecting, closing cancels that */
}

static void give_up(struct pyro_dial *dial, int status)
{
    struct pyro_stream *stream = dial->stream;
    char text[PYRO_ERROR_SIZE];
    snprintf(text, sizeof(text), "cannot connect to %s: %s", dial->place, uv_strerror(status));
    stream->dial = NULL;
    free_dial(dial);
    pyro_stream_end(stream, PYRO_ECOMMUNICATION, text);
}

static void go_on(struct pyro_dial *dial);

static void dial_on_attempt_closed(uv_handle_t *handle)
{
    struct pyro_stream *stream = PYRO_CONTAINER(handle, struct pyro_stream, uv.handle);
    if (stream->state == STREAM_CLOSING) {
        pyro_stream_closed(handle);
        return;
    }
    PYRO_ASSERT(stream->state == STREAM_NEW && stream->dial && stream->dial->renewing);
    pyro_stream_renew(stream);
    stream->dial->renewing = false;
    go_on(stream->dial);
}

static void attempt(struct pyro_dial *dial, const struct addrinfo *address);
static void resolve(struct pyro_dial *dial);

static bool has_turn(const struct pyro_dial *dial, const struct addrinfo *address)
{
    bool first = dial->family == AF_UNSPEC || address->ai_family == dial->family;
    return first != dial->others;
}

/* Takes the next address: all those of the preferred kind, then the others. NULL at the end. */
static const struct addrinfo *take_next(struct pyro_dial *dial)
{
    while (dial->next || (dial->addresses && !dial->others)) {
        const struct addrinfo *address = dial->next;
        if (!address) {
            dial->others = true;
            dial->next = dial->addresses;
            continue;
        }
        dial->next = address->ai_next;
        if (has_turn(dial, address))
            return address;
    }
    return NULL;
}

/* Goes on to the next address. */
static void go_on(struct pyro_dial *dial)
{
    const struct addrinfo *address = take_next(dial);
    if (address)
        attempt(dial, address);
    else if (*dial->host && !dial->resolved)
        resolve(dial);
    else
        give_up(dial, dial->status);
}

/* Closes the handle, which cannot connect twice: the next address gets a fresh one. */
static void attempt_failed(struct pyro_dial *dial, int status)
{
    if (!dial->attempted)
        dial->status = status;
    dial->attempted = true;
    dial->renewing = true;
    pyro_close(&dial->stream->uv.handle, dial_on_attempt_closed);
}

static void dial_on_connected(uv_connect_t *request, int status)
{
    struct pyro_dial *dial = PYRO_CONTAINER(request, struct pyro_dial, connect);
    struct pyro_stream *stream = dial->stream;
    if (!stream) {
        free_dial(dial);
    } else if (status != 0) {
        attempt_failed(dial, status);
    } else {
        PYRO_ASSERT(stream->dial == dial && !dial->renewing);
        free_dial(dial);
        pyro_stream_connected(stream);
    }
}

static void attempt(struct pyro_dial *dial, const struct addrinfo *address)
{
    int status = pyro_stream_open_new(dial->stream, address->ai_addr->sa_family);
    if (status == 0)
        status = uv_tcp_connect(&dial->connect, &dial->stream->uv.tcp, address->ai_addr,
                                dial_on_connected);
    if (status != 0)
        attempt_failed(dial, status);
}

static void dial_on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct pyro_dial *dial = PYRO_CONTAINER(request, struct pyro_dial, resolve);
    dial->addresses = addresses;
    dial->next = addresses;
    dial->resolved = true;
    if (!dial->stream) {
        free_dial(dial);
        return;
    }
    if (!dial->attempted)
        dial->status = status;
    go_on(dial);
}

/* Asks for addresses of all kinds at once: one kind that a hosts file does not have would be asked
 * of a name server, which may be far or dead. */
static void resolve(struct pyro_dial *dial)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    int status = uv_getaddrinfo(&dial->stream->loop->uv, &dial->resolve, dial_on_resolved,
                                dial->host, dial->service, &hints);
    if (status != 0)
        give_up(dial, status);
}

/* All addresses of a name are tried, those of the preferred kind first. Of localhost one is known:
 * most programs need no resolver. */
static void dial_name(struct pyro_dial *dial, const struct pyro_uri *uri, int ip_version)
{
    if (strlen(uri->host) >= sizeof(dial->host)) {
        give_up(dial, UV_ENAMETOOLONG);
        return;
    }
    snprintf(dial->host, sizeof(dial->host), "%s", uri->host);
    snprintf(dial->service, sizeof(dial->service), "%u", (unsigned)uri->port);
    dial->family = pyro_address_family(ip_version);
    dial->known.ai_family = AF_INET;
    if (ip_version == 4 && pyro_address_fallback(uri->host, uri->port, &dial->known_address))
        dial->next = &dial->known; /* tried again where it fails, which costs little */
    go_on(dial);
}

static void dial_tcp(struct pyro_dial *dial, const struct pyro_uri *uri, int ip_version)
{
    dial->known.ai_addr = (struct sockaddr *)&dial->known_address;
    if (!pyro_address_numeric(uri->host, uri->port, &dial->known_address)) {
        dial_name(dial, uri, ip_version);
        return;
    }
    attempt(dial, &dial->known);
}

static void dial_unix(struct pyro_dial *dial, const char *path)
{
    int status = pyro_path_status(path);
    if (status == 0)
        status = pyro_stream_open_new(dial->stream, AF_UNIX);
    if (status == 0)
        uv_pipe_connect(&dial->connect, &dial->stream->uv.pipe, path, dial_on_connected);
    else
        give_up(dial, status);
}

struct pyro_stream *pyro_stream_connect(struct pyro_loop *loop, const struct pyro_uri *uri,
                                        int ip_version, const struct pyro_stream_ops *ops,
                                        void *owner, struct pyro_error *err)
{
    struct pyro_stream *stream = pyro_stream_new(loop, uri->sockname != NULL);
    struct pyro_dial *dial = stream ? pyro_calloc(1, sizeof(*dial)) : NULL;
    if (!dial) {
        pyro_stream_close(stream);
        pyro_error_memory(err);
        return NULL;
    }
    stream->ops = ops;
    stream->owner = owner;
    stream->dial = dial;
    stream->cancel = dial_cancel;
    dial->stream = stream;
    pyro_uri_place(uri, dial->place);
    if (uri->sockname)
        dial_unix(dial, uri->sockname);
    else
        dial_tcp(dial, uri, ip_version);
    return stream;
}
