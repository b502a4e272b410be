#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "net/internal.h"

/* An attempt to connect: the host is resolved, its addresses are tried in turn. */
struct pyro_dial {
    struct pyro_stream *stream; /* NULL: cancelled */
    uv_getaddrinfo_t resolve;
    uv_connect_t connect;
    struct addrinfo *addresses; /* what resolving gave */
    const struct addrinfo *next;
    struct addrinfo known; /* the only one, where nothing has to be resolved */
    struct sockaddr_storage known_address;
    bool any_family; /* there is nothing more general to ask for */
    bool renewing;   /* the handle of the last attempt is being closed */
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

void pyro_dial_cancel(struct pyro_stream *stream)
{
    struct pyro_dial *dial = stream->dial;
    if (!dial)
        return;
    stream->dial = NULL;
    dial->stream = NULL; /* the callback that is still to come frees it */
    if (dial->renewing)
        free_dial(dial);
    else
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

static void attempt(struct pyro_dial *dial);

static void on_attempt_closed(uv_handle_t *handle)
{
    struct pyro_stream *stream = PYRO_CONTAINER(handle, struct pyro_stream, uv.handle);
    if (stream->state == STREAM_CLOSING) {
        pyro_stream_closed(handle);
        return;
    }
    pyro_stream_renew(stream);
    stream->dial->renewing = false;
    attempt(stream->dial);
}

/* A handle cannot connect twice: the next address gets a fresh one. */
static void attempt_failed(struct pyro_dial *dial, int status)
{
    if (!dial->next) {
        give_up(dial, status);
        return;
    }
    dial->renewing = true;
    uv_close(&dial->stream->uv.handle, on_attempt_closed);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct pyro_dial *dial = PYRO_CONTAINER(request, struct pyro_dial, connect);
    struct pyro_stream *stream = dial->stream;
    if (!stream) {
        free_dial(dial);
    } else if (status != 0) {
        attempt_failed(dial, status);
    } else {
        stream->dial = NULL;
        free_dial(dial);
        stream->connected = true;
        pyro_loop_post(stream->loop, &stream->news);
        pyro_stream_opened(stream);
        pyro_stream_resume(stream);
    }
}

static void attempt(struct pyro_dial *dial)
{
    const struct addrinfo *address = dial->next;
    dial->next = address->ai_next;
    int status =
        uv_tcp_connect(&dial->connect, &dial->stream->uv.tcp, address->ai_addr, on_connected);
    if (status != 0)
        attempt_failed(dial, status);
}

static int resolve(struct pyro_dial *dial, int family);

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *addresses)
{
    struct pyro_dial *dial = PYRO_CONTAINER(request, struct pyro_dial, resolve);
    dial->addresses = addresses;
    dial->next = addresses;
    if (!dial->stream) {
        free_dial(dial);
        return;
    }
    if (status == 0) {
        attempt(dial);
        return;
    }
    if (!dial->any_family) /* as Pyro does: no address of that kind, so any */
        status = resolve(dial, AF_UNSPEC);
    if (status != 0)
        give_up(dial, status);
}

static int resolve(struct pyro_dial *dial, int family)
{
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    dial->any_family = family == AF_UNSPEC;
    return uv_getaddrinfo(&dial->stream->loop->uv, &dial->resolve, on_resolved, dial->host,
                          dial->service, &hints);
}

static void dial_tcp(struct pyro_dial *dial, const struct pyro_uri *uri, int ip_version)
{
    int status = UV_ENAMETOOLONG;
    if (pyro_address_known(uri->host, uri->port, ip_version, &dial->known_address)) {
        dial->known.ai_addr = (struct sockaddr *)&dial->known_address;
        dial->next = &dial->known;
        attempt(dial);
        return;
    }
    if (strlen(uri->host) < sizeof(dial->host)) {
        snprintf(dial->host, sizeof(dial->host), "%s", uri->host);
        snprintf(dial->service, sizeof(dial->service), "%u", (unsigned)uri->port);
        status = resolve(dial, pyro_address_family(ip_version));
    }
    if (status != 0)
        give_up(dial, status);
}

static void dial_unix(struct pyro_dial *dial, const char *path)
{
    int status = pyro_path_status(path);
    if (status == 0)
        uv_pipe_connect(&dial->connect, &dial->stream->uv.pipe, path, on_connected);
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
    dial->stream = stream;
    pyro_uri_place(uri, dial->place);
    if (uri->sockname)
        dial_unix(dial, uri->sockname);
    else
        dial_tcp(dial, uri, ip_version);
    return stream;
}
