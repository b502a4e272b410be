/* Servers: accept connections for the daemon, and let it run when there is something to do.
 *
 * The daemon (libmicrohttpd's) polls an epoll descriptor of its own, which the loop watches. It
 * runs in the completion `run`: when the watch saw something, when the timer went off, or when
 * somebody resumed a connection. From within it, it calls the functions http_…_on_…() of this room,
 * which call no owner. */
#include "http/server.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/descriptor.h"
#include "base/memory.h"
#include "http/relay.h"
#include "http/request_private.h"
#include "net/listener.h"
#include "net/place.h"
#include "net/timer.h"
#include "net/tls_context.h"
#include "net/watch.h"

#define MAX_HEAD ((size_t)32 * 1024)
#define MAX_BODY ((size_t)1024 * 1024)
#define MAX_BODIES ((size_t)8 * 1024 * 1024)
#define MAX_UNREAD ((size_t)256 * 1024 * 1024)
#define MAX_CONNECTIONS 1000
#define MAX_CLIENT_CONNECTIONS 100
#define REQUEST_TIMEOUT 60.0
#define IDLE_TIMEOUT 60.0
/* Times that the daemon runs for answers to leave when it stops. */
#define LAST_RUNS 4
/* How often in a row the daemon may want to run at once, though it does nothing: it does as long as
 * a line in a chunked body is longer than its memory. */
#define MOST_IDLE_RUNS 100
/* Seconds between its further runs. */
#define IDLE_PERIOD 0.01

/* --- running --- */

/* Returns after how many seconds the daemon is to run; negative: never. */
static double next_run(struct pyro_http_server *server)
{
    unsigned long long milliseconds;
    if (server->api->MHD_get_timeout(server->daemon, &milliseconds) != MHD_YES)
        return -1;
    if (milliseconds == 0 && ++server->idle_runs > MOST_IDLE_RUNS)
        return IDLE_PERIOD;
    return (double)milliseconds / 1000;
}

/* Returns the sooner of two times; one that is negative never comes. */
static double sooner(double one, double other)
{
    return one < 0 || (other >= 0 && other < one) ? other : one;
}

/* Starts the timer for the next timeout: the daemon's, or of a request that does not come. */
static void set_timer(struct pyro_http_server *server)
{
    double expiry = http_connection_expire(server), check = http_requests_check(server);
    double seconds = sooner(next_run(server), sooner(expiry, check));
    if (pyro_completion_is_posted(&server->run)) /* which the timer would cancel */
        return;
    if (seconds >= 0)
        pyro_timer_start(server->timer, seconds);
    else
        pyro_timer_stop(server->timer);
}

static void server_on_run(struct pyro_completion *done)
{
    struct pyro_http_server *server = PYRO_CONTAINER(done, struct pyro_http_server, run);
    server->answers = false;
    server->api->MHD_run(server->daemon);
    if (server->answers) /* that it has not sent yet */
        server->api->MHD_run(server->daemon);
    set_timer(server);
}

/* --- accepting --- */

static void refuse(struct pyro_http_server *server, const char *peer, const char *why)
{
    pyro_log_about(server->log, &(struct pyro_log_topic){.fields.client = pyro_slice_text(peer)},
                   PYRO_WARNING, "http", "connection refused: %s", why);
}

static bool find_ends(const struct pyro_stream *stream, struct http_ends *ends)
{
    struct pyro_place place;
    socklen_t size = sizeof(ends->client);
    pyro_place_of(pyro_stream_descriptor(stream), &place);
    snprintf(ends->address, sizeof(ends->address), "%s", place.host);
    snprintf(ends->peer, sizeof(ends->peer), "%s", pyro_stream_peer(stream));
    return getpeername(pyro_stream_descriptor(stream), (struct sockaddr *)&ends->client, &size) ==
           0;
}

/* Returns a descriptor for the daemon, or -1. Takes the stream. */
static int open_end(struct pyro_http_server *server, struct pyro_stream *stream)
{
    struct pyro_error err;
    if (server->options.tls)
        return http_relay_open(server, stream, &err);
    int descriptor = fcntl(pyro_stream_descriptor(stream), F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    pyro_stream_close(stream);
    return descriptor;
}

static void server_on_stream(void *owner, struct pyro_stream *stream)
{
    struct pyro_http_server *server = owner;
    struct http_ends ends;
    if (!find_ends(stream, &ends)) {
        pyro_stream_close(stream); /* it has gone */
    } else if (server->connections >= server->options.max_connections) {
        refuse(server, ends.peer, "too many are open");
        pyro_stream_close(stream);
    } else {
        int descriptor = open_end(server, stream);
        if (descriptor < 0 || !http_connection_add(server, descriptor, &ends))
            refuse(server, ends.peer,
                   "too many of that client are open, or out of memory or descriptors");
        pyro_loop_post(server->loop, &server->run);
    }
}

static void server_on_scarce(void *owner, size_t connections)
{
    struct pyro_http_server *server = owner;
    pyro_log_write(server->log, PYRO_WARNING, "http",
                   "%zu connections refused: too many open files; raise `ulimit -n`", connections);
}

/* --- opening --- */

/* Logs what the daemon says: with each TLS connection, that its socket knows no TCP_NODELAY. */
static void server_on_message(void *cls, const char *format, va_list args)
{
    struct pyro_http_server *server = cls;
    char text[256];
    vsnprintf(text, sizeof(text), format, args);
    text[strcspn(text, "\n")] = '\0';
    pyro_log_write(server->log, PYRO_DEBUG, "http", "%s", text);
}

static enum pyro_code start_daemon(struct pyro_http_server *server, struct pyro_error *err)
{
    const struct pyro_http_options *options = &server->options;
    const unsigned flags =
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct pyro_reserved reserved;
    pyro_descriptors_reserve(&reserved);
    server->daemon = server->api->MHD_start_daemon(
        flags, 0, NULL, NULL, http_request_on_receive, server, MHD_OPTION_EXTERNAL_LOGGER,
        server_on_message, server, MHD_OPTION_NOTIFY_COMPLETED, http_request_on_over, server,
        MHD_OPTION_NOTIFY_CONNECTION, http_connection_on_change, server,
        MHD_OPTION_UNESCAPE_CALLBACK, http_request_on_unescape, server, MHD_OPTION_URI_LOG_CALLBACK,
        http_request_on_target, server, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->max_head,
        MHD_OPTION_CONNECTION_LIMIT, options->max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        options->max_client_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)options->idle_timeout, MHD_OPTION_END);
    pyro_descriptors_release(&reserved);
    return server->daemon ? PYRO_OK
                          : pyro_error_set(err, PYRO_EOS, "libmicrohttpd cannot be started");
}

static enum pyro_code watch_daemon(struct pyro_http_server *server, struct pyro_error *err)
{
    int descriptor =
        server->api->MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    server->watch = pyro_watch_new(server->loop, descriptor, &server->run, err);
    if (!server->watch)
        return err->code;
    pyro_watch_keep(server->watch);
    server->timer = pyro_timer_new(server->loop, &server->run);
    return server->timer ? PYRO_OK : pyro_error_memory(err);
}

static enum pyro_code listen_on(struct pyro_http_server *server, struct pyro_error *err)
{
    const struct pyro_http_options *options = &server->options;
    struct pyro_listen_options where = {.host = options->host,
                                        .port = options->port,
                                        .ip_version = options->ip_version,
                                        .exclusive = options->exclusive};
    server->listener = pyro_listener_new(server->loop, &where, server_on_stream, server, err);
    server->options.host = NULL; /* the caller's */
    if (!server->listener)
        return err->code;
    pyro_listener_on_scarce(server->listener, server_on_scarce);
    return PYRO_OK;
}

static enum pyro_code open_server(struct pyro_http_server *server, struct pyro_error *err)
{
    server->api = microhttpd_load(err);
    if (!server->api)
        return err->code;
    enum pyro_code code = listen_on(server, err);
    if (code == PYRO_OK)
        code = start_daemon(server, err);
    if (code == PYRO_OK)
        code = watch_daemon(server, err);
    return code;
}

static void set_defaults(struct pyro_http_options *options)
{
    if (options->max_head == 0)
        options->max_head = MAX_HEAD;
    if (options->max_body == 0)
        options->max_body = MAX_BODY;
    if (options->max_bodies == 0)
        options->max_bodies = MAX_BODIES;
    if (options->max_unread == 0)
        options->max_unread = MAX_UNREAD;
    if (options->max_connections == 0)
        options->max_connections = MAX_CONNECTIONS;
    if (options->max_client_connections == 0)
        options->max_client_connections = MAX_CLIENT_CONNECTIONS;
    if (options->request_timeout <= 0)
        options->request_timeout = REQUEST_TIMEOUT;
    if (options->idle_timeout <= 0)
        options->idle_timeout = IDLE_TIMEOUT;
}

/* Logs what happens to the server of an address. */
static void log_event(const struct pyro_http_server *server, const char *event)
{
    const char *address = pyro_http_server_address(server);
    pyro_log_write(server->log, PYRO_INFO, "http",
                   strchr(address, ':') ? "%s %s://[%s]:%u" : "%s %s://%s:%u", event,
                   server->options.tls ? "https" : "http", address,
                   (unsigned)pyro_http_server_port(server));
}

struct pyro_http_server *pyro_http_server_new(struct pyro_loop *loop, struct pyro_log *log,
                                              const struct pyro_http_options *options,
                                              pyro_http_fn *handle, void *owner,
                                              struct pyro_error *err)
{
    struct pyro_http_server *server = pyro_calloc(1, sizeof(*server));
    if (!server) {
        pyro_error_memory(err);
        return NULL;
    }
    server->loop = loop;
    server->log = log;
    server->options = *options;
    server->handle = handle;
    server->owner = owner;
    set_defaults(&server->options);
    http_bodies_init(&server->bodies, server->options.max_bodies);
    pyro_list_init(&server->arriving);
    pyro_list_init(&server->requests);
    pyro_list_init(&server->relays);
    pyro_completion_init(&server->run, server_on_run);
    if (open_server(server, err) != PYRO_OK) {
        pyro_http_server_free(server);
        return NULL;
    }
    pyro_loop_post(loop, &server->run);
    log_event(server, "serving");
    return server;
}

const char *pyro_http_server_address(const struct pyro_http_server *server)
{
    return pyro_listener_address(server->listener);
}

uint16_t pyro_http_server_port(const struct pyro_http_server *server)
{
    return pyro_listener_port(server->listener);
}

/* --- closing --- */

static void stop_daemon(struct pyro_http_server *server)
{
    unsigned long long milliseconds = 0;
    server->stopping = true;
    http_requests_stop(server);
    for (int i = 0; i < LAST_RUNS && milliseconds == 0; i++) {
        server->api->MHD_run(server->daemon);
        if (server->api->MHD_get_timeout(server->daemon, &milliseconds) != MHD_YES)
            break;
    }
    server->api->MHD_stop_daemon(server->daemon);
}

void pyro_http_server_free(struct pyro_http_server *server)
{
    if (!server)
        return;
    /* In a forked process the daemon is the parent's: to stop it would end the parent's
     * connections. It is left as it is. */
    bool serves = server->daemon && !pyro_loop_inherited(server->loop);
    if (serves)
        log_event(server, "no longer serving");
    pyro_listener_close(server->listener);
    pyro_watch_free(server->watch);
    pyro_timer_free(server->timer);
    if (serves)
        stop_daemon(server);
    else
        http_requests_forget(server);
    http_relays_stop(server);
    http_bodies_close(&server->bodies);
    pyro_completion_cancel(&server->run); /* which stopping has posted */
    pyro_free(server);
}
