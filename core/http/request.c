/* Requests: received piece by piece, pending, answered, over.
 *
 * The daemon calls http_request_on_…() from within MHD_run(), which completions call: they record
 * what happened and post. While a request is pending, the daemon asks for its answer again each
 * time that it runs. If there is none soon, its connection is suspended: the daemon neither reads
 * from it nor ends it, until it is resumed with an answer, or, when nobody answers or the client
 * has gone, without one. To suspend and resume takes three system calls, which quick answers save.
 * A request has two holders: the daemon, from its first bytes until it is over, and its owner, from
 * `ready` until pyro_http_release(). */
#include "http/request_private.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/memory.h"
#include "http/head.h"

/* Bytes from which on an answer counts as large: others go out while large ones wait. */
#define LARGE ((size_t)64 * 1024)
/* Seconds after which the clients of pending requests are looked after. */
#define CHECK_PERIOD 1.0
/* How often the daemon asks for an answer before the connection is suspended: for some three steps
 * of the loop. */
#define MOST_ASKED 5
/* Nanoseconds after which it is suspended anyhow: the program may do something else meanwhile, and
 * the daemon would call the connection idle. */
#define LONGEST_HELD 1000000000
/* Nanoseconds for which clients that send no more are taken to wait for the answer. */
#define LONGEST_AWAITED 1000000000

/* --- life --- */

static void advance(struct pyro_http_request *request, enum http_request_state state)
{
    PYRO_ASSERT(state > request->state);
    request->state = state;
}

static void drop_body(struct pyro_http_request *request)
{
    if (!request->body.data)
        return;
    pyro_buffer_free(&request->body);
    http_room_free(&request->room);
}

static void drop_response(struct pyro_http_request *request)
{
    if (request->response)
        request->connection->server->api->MHD_destroy_response(request->response);
    request->response = NULL;
}

static void let_go(struct pyro_http_request *request)
{
    PYRO_ASSERT(request->refcount > 0);
    if (--request->refcount > 0)
        return;
    PYRO_ASSERT(request->state == REQUEST_OVER && !pyro_completion_is_posted(&request->ready));
    if (request->stream)
        request->kind->free(request->stream);
    drop_body(request);
    pyro_free(request->target);
    pyro_free(request);
}

/* The daemon knows the request no more. */
static void end(struct pyro_http_request *request)
{
    advance(request, REQUEST_OVER);
    request->connection->server->unread -= request->unread;
    pyro_list_remove(&request->node);
    pyro_completion_cancel(&request->ready);
    if (request->stream)
        request->kind->over(request->stream);
    drop_response(request);
    request->connection = NULL;
    request->method = request->path = "";
    let_go(request);
}

static void request_on_ready(struct pyro_completion *done)
{
    struct pyro_http_request *request = PYRO_CONTAINER(done, struct pyro_http_request, ready);
    struct pyro_http_server *server = request->connection->server;
    PYRO_ASSERT(request->state == REQUEST_PENDING);
    pyro_log_about(server->log,
                   &(struct pyro_log_topic){.fields.client = pyro_slice_text(request->peer)},
                   PYRO_DEBUG, "http", "%s %s", request->method, request->path);
    request->refcount++;
    server->handle(server->owner, request);
}

static struct pyro_http_request *new_request(struct http_connection *connection, const char *method,
                                             const char *path)
{
    struct pyro_http_request *request = pyro_calloc(1, sizeof(*request));
    if (!request)
        return NULL;
    request->refcount = 1;
    request->connection = connection;
    request->method = method;
    request->path = path;
    request->target = connection->target;
    connection->target = NULL;
    pyro_completion_init(&request->ready, request_on_ready);
    memcpy(request->peer, connection->peer, sizeof(request->peer));
    pyro_list_push(&connection->server->requests, &request->node);
    return request;
}

/* --- answering --- */

void http_request_suspend(struct pyro_http_request *request)
{
    const struct http_connection *connection = request->connection;
    connection->server->api->MHD_suspend_connection(connection->handle);
    request->suspended = request->rested = true;
}

void http_request_resume(struct pyro_http_request *request)
{
    struct pyro_http_server *server = request->connection->server;
    if (request->suspended)
        server->api->MHD_resume_connection(request->connection->handle);
    request->suspended = false;
    pyro_loop_post(server->loop, &server->run);
}

static enum pyro_code add_headers(const struct microhttpd *api, struct MHD_Response *response,
                                  const struct pyro_http_header *headers, size_t count,
                                  struct pyro_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (api->MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            return pyro_error_set(err, PYRO_EVALUE, "not a header of HTTP: '%s'", headers[i].name);
    return PYRO_OK;
}

/* Makes the response (NULL: out of memory) the answer, which complete() gives to the daemon. Takes
 * the response. */
static enum pyro_code set_answer(struct pyro_http_request *request, unsigned status,
                                 struct MHD_Response *response,
                                 const struct pyro_http_header *headers, size_t count,
                                 struct pyro_error *err)
{
    const struct microhttpd *api = request->connection->server->api;
    if (!response)
        return pyro_error_memory(err);
    enum pyro_code code = add_headers(api, response, headers, count, err);
    if (code != PYRO_OK) {
        api->MHD_destroy_response(response);
        return code;
    }
    request->response = response;
    request->status = status;
    advance(request, REQUEST_ANSWERED);
    return PYRO_OK;
}

enum pyro_code http_request_send(struct pyro_http_request *request, unsigned status,
                                 struct MHD_Response *response,
                                 const struct pyro_http_header *headers, size_t count,
                                 struct pyro_error *err)
{
    PYRO_ASSERT(request->state == REQUEST_PENDING);
    enum pyro_code code = set_answer(request, status, response, headers, count, err);
    if (code != PYRO_OK)
        return code;
    drop_body(request);
    http_request_resume(request);
    return PYRO_OK;
}

static struct MHD_Response *make_response(const struct pyro_http_request *request,
                                          struct pyro_slice body)
{
    const struct microhttpd *api = request->connection->server->api;
    return api->MHD_create_response_from_buffer(body.length, (void *)body.data,
                                                MHD_RESPMEM_MUST_COPY);
}

enum pyro_code http_request_check(const struct pyro_http_request *request, unsigned status,
                                  struct pyro_error *err)
{
    PYRO_ASSERT(request->state >= REQUEST_PENDING);
    if (status < MHD_HTTP_OK || status > 599)
        return pyro_error_set(err, PYRO_EVALUE, "not a status of an answer: %u", status);
    if (request->state > REQUEST_PENDING) /* its client has gone */
        return pyro_error_set(err, PYRO_ECLOSED, "connection closed");
    return PYRO_OK;
}

bool pyro_http_is_over(const struct pyro_http_request *request)
{
    return request->state == REQUEST_OVER;
}

static void log_refusal(const struct pyro_http_request *request, unsigned status, const char *why)
{
    pyro_log_about(request->connection->server->log,
                   &(struct pyro_log_topic){.fields.client = pyro_slice_text(request->peer)},
                   status == MHD_HTTP_SERVICE_UNAVAILABLE ? PYRO_WARNING : PYRO_INFO, "http",
                   "%u: %s", status, why);
}

static const struct pyro_http_header plain_text = {"Content-Type", "text/plain; charset=utf-8"};

/* Answers in place of a large answer, while others wait to be read. */
static enum pyro_code answer_busy(struct pyro_http_request *request, struct pyro_error *err)
{
    const char *why = "too many large answers wait to be read";
    log_refusal(request, MHD_HTTP_SERVICE_UNAVAILABLE, why);
    return http_request_send(request, MHD_HTTP_SERVICE_UNAVAILABLE,
                             make_response(request, pyro_slice_text(why)), &plain_text, 1, err);
}

/* Returns whether there is room for an answer that waits to be read: the first has always. */
static bool has_room(const struct pyro_http_server *server, size_t length)
{
    size_t most = server->options.max_unread;
    return length < LARGE || server->unread == 0 ||
           (length <= most && server->unread <= most - length);
}

enum pyro_code pyro_http_answer(struct pyro_http_request *request, unsigned status,
                                const struct pyro_http_header *headers, size_t count,
                                struct pyro_slice body, struct pyro_error *err)
{
    enum pyro_code code = http_request_check(request, status, err);
    if (code != PYRO_OK)
        return code;
    struct pyro_http_server *server = request->connection->server;
    if (!has_room(server, body.length))
        return answer_busy(request, err);
    code = http_request_send(request, status, make_response(request, body), headers, count, err);
    if (code == PYRO_OK && body.length >= LARGE) {
        request->unread = body.length;
        server->unread += body.length;
    }
    return code;
}

/* Gives the answer to the daemon, which asked for it: anywhere else, that may end the connection at
 * once, and use it afterwards. Without an answer, the daemon ends the connection. */
static enum MHD_Result give_answer(struct pyro_http_request *request)
{
    const struct http_connection *connection = request->connection;
    struct pyro_http_server *server = connection->server;
    if (!request->response)
        return MHD_NO;
    enum MHD_Result result =
        server->api->MHD_queue_response(connection->handle, request->status, request->response);
    drop_response(request); /* the connection has a reference of its own */
    server->answers = true;
    return result;
}

/* Answers with a status and its name, as nobody else does. */
static enum MHD_Result refuse(struct pyro_http_request *request, unsigned status, const char *why)
{
    log_refusal(request, status, why);
    struct MHD_Response *response = make_response(request, pyro_slice_text(why));
    if (set_answer(request, status, response, &plain_text, 1, NULL) != PYRO_OK)
        return MHD_NO;
    return give_answer(request);
}

/* --- receiving --- */

/* Returns whether more is announced than may come in. */
static bool announces_too_much(const struct pyro_http_server *server, struct MHD_Connection *handle)
{
    static const char name[] = MHD_HTTP_HEADER_CONTENT_LENGTH;
    const char *value;
    size_t length;
    if (server->api->MHD_lookup_connection_value_n(handle, MHD_HEADER_KIND, name, sizeof(name) - 1,
                                                   &value, &length) != MHD_YES)
        return false;
    return strtoull(value, NULL, 10) > server->options.max_body; /* the daemon has checked it */
}

static enum MHD_Result begin(struct pyro_http_server *server, struct MHD_Connection *handle,
                             const char *method, const char *path, void **context)
{
    struct http_connection *connection = http_connection_of(server, handle);
    struct pyro_http_request *request = new_request(connection, method, path);
    *context = request;
    if (!request || !request->target) /* no memory, or it is refused */
        return MHD_NO;
    if (connection->garbled)
        return refuse(request, MHD_HTTP_BAD_REQUEST, "a character of the target is zero");
    const char *unclear = http_head_check(server, handle);
    if (unclear)
        return refuse(request, MHD_HTTP_BAD_REQUEST, unclear);
    if (announces_too_much(server, handle))
        return refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
    return MHD_YES;
}

/* Returns the client's address without its port. */
static struct pyro_slice client_of(const struct pyro_http_request *request)
{
    const char *port = strrchr(request->peer, ':');
    return pyro_slice(request->peer, port ? (size_t)(port - request->peer) : strlen(request->peer));
}

/* Returns whether there is room for what has come of a body. */
static bool body_fits(struct pyro_http_request *request)
{
    return request->body.length <= HTTP_SMALL_BODY ||
           http_room_take(&request->room, &request->connection->server->bodies, client_of(request),
                          request->body.length);
}

/* The rest of the body is read, so that the client gets to know the status. */
static void refuse_body(struct pyro_http_request *request, unsigned status)
{
    request->refused = status;
    drop_body(request);
}

/* Takes a piece of the body. */
static enum MHD_Result take(struct pyro_http_request *request, struct pyro_slice piece)
{
    if (request->refused)
        return MHD_YES;
    if (piece.length > request->connection->server->options.max_body - request->body.length)
        refuse_body(request, MHD_HTTP_CONTENT_TOO_LARGE);
    else if (!pyro_buffer_append(&request->body, piece.data, piece.length))
        return MHD_NO;
    else if (!body_fits(request))
        refuse_body(request, MHD_HTTP_SERVICE_UNAVAILABLE);
    return MHD_YES;
}

/* Returns for how many nanoseconds a request has been pending. */
static uint64_t waiting_time(const struct pyro_http_request *request)
{
    return pyro_loop_read_clock(request->connection->server->loop) - request->whole;
}

/* There is no answer yet. */
static enum MHD_Result wait_for_answer(struct pyro_http_request *request)
{
    if (++request->asked > MOST_ASKED || waiting_time(request) > LONGEST_HELD)
        http_request_suspend(request);
    return MHD_YES;
}

/* Returns whether the client sends no more, or has gone. */
static bool is_half_closed(const struct http_connection *connection)
{
    struct pollfd end = {.fd = connection->descriptor, .events = POLLRDHUP};
    return poll(&end, 1, 0) > 0;
}

/* Returns whether the daemon may not know that the client sends no more: if that came with the
 * request, it does not read it, unless the connection is suspended meanwhile. Clients that send so
 * do it with their first request: others are not looked at, as that takes a system call. */
static bool is_end_missed(const struct pyro_http_request *request)
{
    const struct http_connection *connection = request->connection;
    return !request->rested && !connection->kept && !connection->server->stopping &&
           is_half_closed(connection);
}

/* Has the daemon look at the connection from the beginning, and ask for the answer again. */
static enum MHD_Result look_again(struct pyro_http_request *request)
{
    http_request_suspend(request);
    http_request_resume(request);
    return MHD_YES;
}

static enum MHD_Result complete(struct pyro_http_request *request)
{
    struct http_connection *connection = request->connection;
    struct pyro_http_server *server = connection->server;
    if (request->state == REQUEST_PENDING)
        return wait_for_answer(request);
    if (request->state == REQUEST_ANSWERED)
        return is_end_missed(request) ? look_again(request) : give_answer(request);
    http_connection_heard(connection);
    if (request->refused)
        return refuse(request, request->refused,
                      request->refused == MHD_HTTP_CONTENT_TOO_LARGE
                          ? "the body is too large"
                          : "too many large requests come in, or wait for their answer");
    if (server->stopping)
        return refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "the server stops");
    advance(request, REQUEST_PENDING);
    request->whole = pyro_loop_read_clock(server->loop);
    pyro_loop_post(server->loop, &request->ready);
    return MHD_YES;
}

enum MHD_Result http_request_on_receive(void *cls, struct MHD_Connection *handle, const char *path,
                                        const char *method, const char *version, const char *piece,
                                        size_t *size, void **context)
{
    struct pyro_http_server *server = cls;
    struct pyro_http_request *request = *context;
    struct pyro_slice taken = {piece, *size};
    (void)version;
    server->idle_runs = 0;
    if (!request)
        return begin(server, handle, method, path, context);
    *size = 0;
    return taken.length > 0 ? take(request, taken) : complete(request);
}

void http_request_on_over(void *cls, struct MHD_Connection *handle, void **context,
                          enum MHD_RequestTerminationCode why)
{
    struct pyro_http_request *request = *context;
    struct http_connection *connection = http_connection_of(cls, handle);
    (void)why;
    *context = NULL;
    connection->garbled = false;
    connection->kept = true;
    http_connection_heard(connection);
    http_connection_await(connection);
    if (request)
        end(request);
}

void *http_request_on_target(void *cls, const char *target, struct MHD_Connection *handle)
{
    http_connection_take_target(http_connection_of(cls, handle), target);
    return NULL; /* what begin() gets in place of the request */
}

size_t http_request_on_unescape(void *cls, struct MHD_Connection *handle, char *text)
{
    struct pyro_http_server *server = cls;
    size_t length = server->api->MHD_http_unescape(text);
    if (strlen(text) != length)
        http_connection_of(server, handle)->garbled = true;
    return length;
}

/* --- giving it back --- */

/* Resumes a connection without an answer. */
static void give_up(struct pyro_http_request *request)
{
    advance(request, REQUEST_ANSWERED);
    http_request_resume(request);
}

void pyro_http_release(struct pyro_http_request *request)
{
    if (request->stream)
        request->kind->disown(request->stream);
    if (request->state == REQUEST_PENDING)
        give_up(request);
    let_go(request);
}

/* --- clients that go --- */

/* Returns whether nobody may wait for the answer any more: who only listens has a while. */
static bool is_given_up(const struct pyro_http_request *request)
{
    return request->state == REQUEST_PENDING && !pyro_completion_is_posted(&request->ready) &&
           waiting_time(request) > LONGEST_AWAITED && is_half_closed(request->connection);
}

double http_requests_check(struct pyro_http_server *server)
{
    double now = pyro_loop_now(server->loop);
    if (pyro_list_empty(&server->requests))
        return -1;
    if (now < server->next_check)
        return server->next_check - now;
    for (struct pyro_list *node = server->requests.next; node != &server->requests;
         node = node->next) {
        struct pyro_http_request *request = PYRO_CONTAINER(node, struct pyro_http_request, node);
        if (is_given_up(request))
            give_up(request);
    }
    server->next_check = now + CHECK_PERIOD;
    return CHECK_PERIOD;
}

/* --- the server stops --- */

void http_requests_stop(struct pyro_http_server *server)
{
    static const struct pyro_http_header last = {"Connection", "close"};
    struct pyro_list *next;
    for (struct pyro_list *node = server->requests.next; node != &server->requests; node = next) {
        struct pyro_http_request *request = PYRO_CONTAINER(node, struct pyro_http_request, node);
        next = node->next;
        if (request->state == REQUEST_PENDING &&
            pyro_http_answer(request, MHD_HTTP_SERVICE_UNAVAILABLE, &last, 1,
                             pyro_slice_text("the server stops"), NULL) != PYRO_OK)
            give_up(request);
        if (request->stream && request->state != REQUEST_OVER)
            request->kind->cut(request->stream);
    }
}

void http_requests_forget(struct pyro_http_server *server)
{
    while (!pyro_list_empty(&server->requests))
        end(PYRO_CONTAINER(server->requests.next, struct pyro_http_request, node));
}
