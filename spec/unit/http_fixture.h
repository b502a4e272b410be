/* Parts that the tests of core/http share: a server on a loop, and clients that are plain sockets.
 */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include "net_fixture.h"

#include <errno.h>
#include <stdlib.h>

#include "http/parts.h"
#include "http/server.h"
#include "http/stream.h"
#include "support/fake_clock.h"
#include "support/faults.h"

enum { MOST_REQUESTS = 300, MIB = 1024 * 1024 };

/* A server and what it was asked. */
struct site {
    struct pyro_loop *loop;
    struct pyro_log log;
    struct pyro_http_server *server;
    bool keep; /* requests are kept; else answered at once with their path and body */
    struct pyro_http_request *kept[MOST_REQUESTS];
    size_t count;
};

static struct site site;

/* Answers with a request's method, path and body. */
static inline enum pyro_code answer_echo(struct pyro_http_request *request)
{
    static const struct pyro_http_header type = {"Content-Type", "text/plain"};
    static char text[MIB + 256];
    struct pyro_slice body = pyro_http_body(request);
    int length = snprintf(text, sizeof(text), "%s %s %.*s", pyro_http_method(request),
                          pyro_http_path(request), (int)body.length, body.data ? body.data : "");
    return pyro_http_answer(request, 200, &type, 1, pyro_slice(text, (size_t)length), NULL);
}

static inline void site_handle(void *owner, struct pyro_http_request *request)
{
    assert_ptr_equal(owner, &site);
    site.count++;
    if (site.keep) {
        assert_true(site.count <= MOST_REQUESTS);
        site.kept[site.count - 1] = request;
        return;
    }
    answer_echo(request); /* where there is memory for it */
    pyro_http_release(request);
}

/* Starts the site's server with these bounds. */
static inline void site_serve(struct pyro_http_options options)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!options.host)
        options.host = "127.0.0.1";
    site.server = pyro_http_server_new(site.loop, &site.log, &options, site_handle, &site, &err);
    if (!site.server)
        fail_msg("%s", err.message);
}

static inline int site_set_up(void **state)
{
    (void)state;
    memset(&site, 0, sizeof(site));
    assert_int_equal(pyro_log_set(&site.log, &(struct pyro_log_settings){.level = ""}, NULL),
                     PYRO_OK);
    site.loop = pyro_loop_new(NULL);
    return site.loop ? 0 : -1;
}

static inline int site_tear_down(void **state)
{
    (void)state;
    fake_clock_stop();
    faults_clear();
    pyro_http_server_free(site.server);
    pyro_loop_free(site.loop);
    pyro_log_close(&site.log);
    return 0;
}

static inline void site_stop(void)
{
    pyro_http_server_free(site.server);
    site.server = NULL;
}

#define SITE_TEST(function) cmocka_unit_test_setup_teardown(function, site_set_up, site_tear_down)

/* --- clients --- */

/* A plain socket that has been read into a buffer. */
struct visitor {
    int fd;
    struct pyro_buffer got;
    bool ended; /* the server closed it */
};

static inline struct visitor visit(void)
{
    struct visitor visitor = {.fd = connect_to(pyro_http_server_port(site.server))};
    return visitor;
}

/* Sends all of it, while the server runs. */
static inline void visitor_send(struct visitor *visitor, const char *data, size_t length)
{
    double begun = real_seconds();
    while (length > 0 && real_seconds() - begun < CEILING) {
        ssize_t sent = send(visitor->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return; /* the server closed it: what it said can be read */
        data += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
        pyro_loop_step(site.loop, 0);
    }
    assert_int_equal(length, 0);
}

static inline void visitor_say(struct visitor *visitor, const char *text)
{
    visitor_send(visitor, text, strlen(text));
}

/* Reads what is there. */
static inline void visitor_read(struct visitor *visitor)
{
    char piece[4096];
    ssize_t size;
    while ((size = recv(visitor->fd, piece, sizeof(piece), MSG_DONTWAIT)) > 0)
        assert_true(pyro_buffer_append(&visitor->got, piece, (size_t)size));
    visitor->ended = visitor->ended || size == 0 || errno != EAGAIN;
    assert_true(pyro_buffer_append(&visitor->got, "", 1)); /* for strstr() */
    visitor->got.length--;
}

static inline bool visitor_has(struct visitor *visitor, const char *text)
{
    visitor_read(visitor);
    return memmem(visitor->got.data, visitor->got.length, text, strlen(text)) != NULL;
}

static inline bool visitor_over(struct visitor *visitor)
{
    visitor_read(visitor);
    return visitor->ended;
}

/* Steps until the visitor has read this. */
#define wait_for(visitor, text) wait_until(site.loop, visitor_has(visitor, text))

static inline void visitor_forget(struct visitor *visitor)
{
    pyro_buffer_free(&visitor->got);
}

static inline void visitor_leave(struct visitor *visitor)
{
    close(visitor->fd);
    visitor_forget(visitor);
}

#endif
