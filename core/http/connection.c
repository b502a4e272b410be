#include "http/connection.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Memory that the daemon needs for an argument, besides its text. */
#define ARGUMENT_SIZE 64

static socklen_t address_size(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : sizeof(struct sockaddr_in);
}

bool http_connection_add(struct pyro_http_server *server, int descriptor,
                         const struct http_ends *ends)
{
    struct http_connection *connection = pyro_calloc(1, sizeof(*connection));
    if (!connection) {
        close(descriptor);
        return false;
    }
    pyro_list_init(&connection->node);
    connection->server = server;
    connection->descriptor = descriptor;
    memcpy(connection->peer, ends->peer, sizeof(connection->peer));
    memcpy(connection->address, ends->address, sizeof(connection->address));
    server->arrived = connection;
    enum MHD_Result added = server->api->MHD_add_connection(server->daemon, descriptor,
                                                            (const struct sockaddr *)&ends->client,
                                                            address_size(&ends->client));
    pyro_free(server->arrived); /* it is NULL where the daemon made use of it */
    server->arrived = NULL;
    return added == MHD_YES;
}

struct http_connection *http_connection_of(const struct pyro_http_server *server,
                                           struct MHD_Connection *handle)
{
    return server->api->MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
        ->socket_context;
}

void http_connection_await(struct http_connection *connection)
{
    struct pyro_http_server *server = connection->server;
    connection->deadline = pyro_loop_now(server->loop) + server->options.request_timeout;
    pyro_list_push(&server->arriving, &connection->node);
}

/* Answers in place of the daemon. Without memory for an argument, that would answer nothing, and
 * wait for more of the request. */
static void refuse_target(struct http_connection *connection)
{
    static const char answer[] =
        "HTTP/1.1 414 URI Too Long\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    ssize_t sent =
        send(connection->descriptor, answer, sizeof(answer) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent; /* who does not read it learns nothing else, either */
    shutdown(connection->descriptor, SHUT_RDWR);
}

void http_connection_take_target(struct http_connection *connection, const char *target)
{
    size_t needed = ARGUMENT_SIZE;
    for (const char *c = target; *c; c++)
        needed += *c == '&' ? ARGUMENT_SIZE : 1;
    pyro_free(connection->target);
    connection->target = NULL;
    if (needed > connection->server->options.max_head / 4 * 3)
        refuse_target(connection);
    else
        connection->target = pyro_copy_text(target, strlen(target));
}

void http_connection_heard(struct http_connection *connection)
{
    pyro_list_remove(&connection->node);
}

void http_connection_on_change(void *cls, struct MHD_Connection *handle, void **context,
                               enum MHD_ConnectionNotificationCode change)
{
    struct pyro_http_server *server = cls;
    struct http_connection *connection = *context;
    if (change == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = connection = server->arrived;
        server->arrived = NULL;
        connection->handle = handle;
        server->connections++;
        http_connection_await(connection);
    } else {
        server->connections--;
        pyro_list_remove(&connection->node);
        pyro_free(connection->target);
        pyro_free(connection);
    }
}

/* Ends what comes from the client, and what goes there: the daemon closes the connection. */
static void cut(struct http_connection *connection)
{
    struct pyro_http_server *server = connection->server;
    pyro_log_about(
        server->log, &(struct pyro_log_topic){.fields.client = pyro_slice_text(connection->peer)},
        PYRO_DEBUG, "http", "closed: no whole request in %g s", server->options.request_timeout);
    pyro_list_remove(&connection->node);
    shutdown(connection->descriptor, SHUT_RDWR);
}

double http_connection_expire(struct pyro_http_server *server)
{
    double now = pyro_loop_now(server->loop);
    while (!pyro_list_empty(&server->arriving)) {
        struct http_connection *oldest =
            PYRO_CONTAINER(server->arriving.next, struct http_connection, node);
        if (oldest->deadline > now)
            return oldest->deadline - now;
        cut(oldest);
    }
    return -1;
}
