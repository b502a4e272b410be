/* usage: floor_http BODY: bare libmicrohttpd, which answers each request with BODY, and with the
 * headers that the gateway's answers have. */
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const headers[][2] = {
    {"Content-Type", "application/json; charset=utf-8"},
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Pyro-Correlation-Id", "11112222-1111-2222-3333-222244449999"},
};

static void demand(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    const char *body = cls;
    (void)url, (void)method, (void)version, (void)upload, (void)upload_size;
    if (!*context) {
        *context = connection; /* it comes again when the head is done */
        return MHD_YES;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), (void *)body, MHD_RESPMEM_MUST_COPY);
    demand(response, "MHD_create_response_from_buffer");
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (argc != 2)
        return 2;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, argv[1],
                                                 MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    demand(daemon, "MHD_start_daemon");
    printf("at 127.0.0.1:%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    int descriptor = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct pollfd events = {.fd = descriptor, .events = POLLIN};
    while (poll(&events, 1, -1) > 0 && MHD_run(daemon) == MHD_YES)
        ;
    return 1;
}
