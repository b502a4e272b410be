/* Tests of core/http: requests, answers, bounds. */
#include "http_fixture.h"

#include <sys/wait.h>

#include "http/server_private.h"

#define GET "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

static struct pyro_http_request *await_request(size_t number)
{
    wait_until(site.loop, site.count >= number);
    return site.kept[number - 1];
}

static void assert_field(struct pyro_http_field field, const char *name, const char *value)
{
    assert_true(pyro_slice_equals(field.name, name));
    assert_true(pyro_slice_equals(field.value, value));
}

static void request_has_its_parts(void **state)
{
    struct pyro_http_field fields[4];
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    assert_string_equal(pyro_http_server_address(site.server), "127.0.0.1");
    struct visitor visitor = visit();
    visitor_say(&visitor, "PUT /a%20b/%C3%BC?x=1+2&y&=%26 HTTP/1.1\r\nHost: x\r\nX-Two:  b c \r\n"
                          "Content-Length: 3\r\n\r\nabc");
    struct pyro_http_request *request = await_request(1);
    assert_string_equal(pyro_http_method(request), "PUT");
    assert_string_equal(pyro_http_path(request), "/a b/\xc3\xbc");
    assert_true(pyro_slice_equals(pyro_http_body(request), "abc"));
    assert_memory_equal(pyro_http_peer(request), "127.0.0.1:", 10);
    assert_int_equal(pyro_http_fields(request, PYRO_HTTP_QUERY, NULL, 0), 3);
    assert_int_equal(pyro_http_fields(request, PYRO_HTTP_QUERY, fields, 4), 3);
    assert_field(fields[0], "x", "1 2");
    assert_field(fields[1], "y", "");
    assert_field(fields[2], "", "&");
    assert_int_equal(pyro_http_fields(request, PYRO_HTTP_HEADERS, fields, 2), 3);
    assert_field(fields[0], "Host", "x");
    assert_int_equal(answer_echo(request), PYRO_OK);
    wait_for(&visitor, "\r\n\r\nPUT /a b/\xc3\xbc abc");
    assert_true(visitor_has(&visitor, "HTTP/1.1 200 OK\r\n"));
    assert_true(visitor_has(&visitor, "\r\nContent-Type: text/plain\r\n"));
    assert_true(visitor_has(&visitor, "\r\nContent-Length: 15\r\n"));
    pyro_http_release(request);
    visitor_leave(&visitor);
}

static void body_comes_in_pieces(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, "POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nab");
    step_for(site.loop, 0.02);
    assert_int_equal(site.count, 0);
    visitor_say(&visitor, "cdef");
    wait_for(&visitor, "POST /one abcdef");
    visitor_say(&visitor, "POST /two HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nghi\r\n2\r\njk\r\n0\r\n\r\n");
    wait_for(&visitor, "POST /two ghijk");
    visitor_say(&visitor, "POST /three HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                          "Content-Length: 1\r\n\r\n");
    wait_for(&visitor, "100 Continue");
    visitor_say(&visitor, "l");
    wait_for(&visitor, "POST /three l");
    visitor_leave(&visitor);
}

static void head_has_no_body(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, "HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(visitor_has(&visitor, "Content-Length: 8\r\n"));
    assert_false(visitor_has(&visitor, "HEAD /h "));
    visitor_leave(&visitor);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
                          "POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz");
    for (size_t number = 1; number <= 3; number++) {
        struct pyro_http_request *request = await_request(number);
        step_for(site.loop, 0.02);
        assert_int_equal(site.count, number); /* one at a time */
        assert_int_equal(answer_echo(request), PYRO_OK);
        pyro_http_release(request);
    }
    wait_for(&visitor, "POST /3 z");
    assert_true(strstr(visitor.got.data, "GET /1 ") < strstr(visitor.got.data, "GET /2 "));
    visitor_leave(&visitor);
}

static void request_that_waits_holds_up_no_others(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor slow = visit(), quick = visit();
    visitor_say(&slow, GET);
    struct pyro_http_request *waits = await_request(1);
    site.keep = false;
    visitor_say(&quick, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&quick, "GET /quick ");
    assert_false(visitor_over(&slow));
    assert_int_equal(answer_echo(waits), PYRO_OK);
    pyro_http_release(waits);
    wait_for(&slow, "GET / ");
    visitor_leave(&slow);
    visitor_leave(&quick);
}

static void answer_reaches_who_only_listens_any_more(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    shutdown(visitor.fd, SHUT_WR);
    struct pyro_http_request *request = await_request(1);
    step_for(site.loop, 0.02);
    assert_int_equal(answer_echo(request), PYRO_OK);
    pyro_http_release(request);
    wait_for(&visitor, "GET / ");
    wait_until(site.loop, visitor_over(&visitor));
    visitor_leave(&visitor);
}

/* Sends a request, and that there are no more, at once. */
static void visitor_say_all(const struct visitor *visitor)
{
    assert_int_equal(send(visitor->fd, GET, strlen(GET), MSG_NOSIGNAL), strlen(GET));
    shutdown(visitor->fd, SHUT_WR);
}

static void connection_ends_though_its_end_came_with_the_request(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    step_for(site.loop, 0.02);
    fake_clock_start();
    visitor_say_all(&visitor);
    wait_for(&visitor, "GET / ");
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(fake_clock_passed() < 0.5);
    visitor_leave(&visitor);
}

static void who_only_listens_has_a_second_for_the_answer(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    fake_clock_start();
    struct visitor first = visit(), visitor = visit();
    visitor_say(&first, GET);
    struct pyro_http_request *earlier = await_request(1);
    step_for(site.loop, 0.5);
    visitor_say_all(&visitor);
    struct pyro_http_request *request = await_request(2);
    step_for(site.loop, 0.8); /* meanwhile it is looked who has gone */
    assert_int_equal(answer_echo(request), PYRO_OK);
    wait_for(&visitor, "GET / ");
    wait_until(site.loop, visitor_over(&visitor));
    pyro_http_release(request);
    pyro_http_release(earlier);
    visitor_leave(&visitor);
    visitor_leave(&first);
}

/* Sends a request that is refused with a status, and closed. */
static void refused(const char *head, size_t filler, const char *status)
{
    struct visitor visitor = visit();
    char *much = calloc(1, filler + 1);
    memset(much, 'a', filler);
    visitor_say(&visitor, head);
    visitor_send(&visitor, much, filler);
    if (filler > 0)
        visitor_say(&visitor, "\r\n\r\n");
    wait_until(site.loop, visitor_over(&visitor));
    if (!visitor_has(&visitor, status))
        fail_msg("no %s: %s", status, visitor.got.data);
    free(much);
    visitor_leave(&visitor);
}

static void too_much_is_refused(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_body = 1000, .max_head = 4096});
    refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 0, " 413 ");
    refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n", 500000, " 413 ");
    refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 0,
            " 413 ");
    refused("GET / HTTP/1.1\r\nHost: x\r\nX: ", 5000, " 431 ");
    refused("GET /", 5000, " 414 ");
    assert_int_equal(site.count, 0);
    struct visitor visitor = visit();
    visitor_say(&visitor, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    char body[1001];
    memset(body, 'b', 1000);
    body[1000] = '\0';
    visitor_say(&visitor, body);
    wait_for(&visitor, body);
    visitor_leave(&visitor);
}

/* The daemon needs memory for each argument, however short. */
static void too_many_arguments_are_refused(void **state)
{
    char target[8192];
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    for (size_t count = 100; count <= 8000; count += 100) {
        struct visitor visitor = visit();
        visitor_say(&visitor, "GET /?");
        memset(target, '&', count);
        target[count] = '\0';
        visitor_say(&visitor, target);
        visitor_say(&visitor, " HTTP/1.1\r\nHost: x\r\n\r\n");
        wait_for(&visitor, count <= 350 ? "GET / " : " 414 ");
        visitor_leave(&visitor);
    }
    assert_int_equal(site.count, 3);
}

static void chunked_body_that_is_refused_ends_first(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_body = 3});
    struct visitor visitor = visit();
    visitor_say(&visitor, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "2\r\nab\r\n2\r\ncd\r\n2\r\nef\r\n0\r\n\r\n");
    wait_for(&visitor, " 413 ");
    visitor_say(&visitor, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&visitor, "GET /next ");
    assert_int_equal(site.count, 1);
    visitor_leave(&visitor);
}

static void a_refusal_says_that_it_is_text(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_body = 5});
    refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n", 0,
            "\r\nContent-Type: text/plain; charset=utf-8\r\n");
}

static void what_is_no_request_is_refused(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    refused("GET / HTTP/1.1\r\nno colon\r\n\r\n", 0, " 400 ");
    refused("GET /a%00b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0, " 400 ");
    refused("GET /?a=b%00c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0, " 400 ");
    refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 0, " 400 ");
    assert_int_equal(site.count, 0);
    struct visitor visitor = visit();
    visitor_say(&visitor, "PYRO\x01\xf6 is another protocol\r\n\r\n");
    wait_until(site.loop, visitor_over(&visitor));
    visitor_leave(&visitor);
}

static void slow_request_is_cut_off(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.request_timeout = 10, .idle_timeout = 8});
    struct visitor visitor = visit();
    fake_clock_start();
    visitor_say(&visitor, GET); /* the time begins anew with each answer */
    wait_for(&visitor, "GET / ");
    fake_clock_advance(5);
    for (int i = 0; i < 9 && !visitor_over(&visitor); i++) {
        fake_clock_advance(1);
        visitor_say(&visitor, i == 0 ? "GET / HTTP/1.1\r\nX: " : "x");
        pyro_loop_step(site.loop, 0);
    }
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(fake_clock_passed() < 20);
    assert_int_equal(site.count, 1);
    visitor_leave(&visitor);
}

static void idle_connection_is_closed(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.idle_timeout = 3});
    fake_clock_start();
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    wait_for(&visitor, "GET / ");
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(fake_clock_passed() >= 3 && fake_clock_passed() < 10);
    visitor_leave(&visitor);
}

/* A whole request may be thought about for as long as its owner likes. */
static void pending_request_has_time(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.request_timeout = 2, .idle_timeout = 2});
    fake_clock_start();
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    for (int i = 0; i < 10; i++) {
        fake_clock_advance(1);
        pyro_loop_step(site.loop, 0);
    }
    assert_int_equal(answer_echo(request), PYRO_OK);
    pyro_http_release(request);
    wait_for(&visitor, "GET / ");
    visitor_leave(&visitor);
}

static void reader_that_stops_is_cut_off(void **state)
{
    static char much[4 * MIB];
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.idle_timeout = 3});
    fake_clock_start();
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    memset(much, 'm', sizeof(much));
    assert_int_equal(pyro_http_answer(request, 200, NULL, 0, pyro_slice(much, sizeof(much)), NULL),
                     PYRO_OK);
    wait_until(site.loop, pyro_http_is_over(request));
    assert_true(fake_clock_passed() >= 3 && fake_clock_passed() < 10);
    pyro_http_release(request);
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(visitor.got.length < sizeof(much));
    visitor_leave(&visitor);
}

/* Asks, and is answered with so many bytes, which it has not read yet. */
static struct visitor visit_for_much(size_t length)
{
    static const struct pyro_http_header wrong = {"X", "\r\n"};
    static char much[4 * MIB];
    memset(much, 'm', sizeof(much));
    struct visitor visitor = visit();
    size_t number = site.count + 1;
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(number);
    const struct pyro_slice body = pyro_slice(much, length);
    if (number == 1) /* what cannot be sent is not counted */
        assert_int_equal(pyro_http_answer(request, 200, &wrong, 1, body, NULL), PYRO_EVALUE);
    assert_int_equal(pyro_http_answer(request, 200, NULL, 0, body, NULL), PYRO_OK);
    pyro_http_release(request);
    return visitor;
}

static void answers_that_nobody_reads_are_bounded(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.max_unread = 3 * MIB});
    struct visitor first = visit_for_much(4 * MIB); /* alone, it may be larger */
    step_for(site.loop, 0.02);
    struct visitor large = visit_for_much(MIB), small = visit_for_much(1000);
    wait_for(&large, " 503 ");
    wait_for(&large, "too many large answers wait to be read");
    wait_for(&small, "mmmm");
    assert_true(visitor_has(&small, " 200 "));
    visitor_leave(&large);
    visitor_leave(&small);
    wait_until(site.loop, !visitor_over(&first) && first.got.length > (size_t)4 * MIB);
    step_for(site.loop, 0.02);
    struct visitor second = visit_for_much(2 * MIB), third = visit_for_much(MIB);
    wait_for(&third, " 200 ");
    visitor_leave(&first);
    visitor_leave(&second);
    visitor_leave(&third);
}

static void many_are_served_at_a_time(void **state)
{
    enum { MANY = 200 };
    static struct visitor visitors[MANY];
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.max_client_connections = MANY});
    for (int i = 0; i < MANY; i++) {
        visitors[i] = visit();
        visitor_say(&visitors[i], GET);
    }
    await_request(MANY);
    for (int i = MANY - 1; i >= 0; i--) {
        assert_int_equal(answer_echo(site.kept[i]), PYRO_OK);
        pyro_http_release(site.kept[i]);
    }
    for (int i = 0; i < MANY; i++) {
        wait_for(&visitors[i], "GET / ");
        visitor_leave(&visitors[i]);
    }
}

/* Of five visitors, three get an answer; when they have gone, others do. */
static void only_three_get_in(void)
{
    struct visitor visitors[5];
    for (int round = 0; round < 2; round++) {
        int answered = 0, closed = 0;
        for (int i = 0; i < 5; i++) {
            visitors[i] = visit();
            step_for(site.loop, 0.01);
        }
        for (int i = 0; i < 5; i++) {
            visitor_say(&visitors[i], GET);
            wait_until(site.loop,
                       visitor_has(&visitors[i], "GET / ") || visitor_over(&visitors[i]));
            answered += visitor_has(&visitors[i], "GET / ");
            closed += visitor_over(&visitors[i]);
        }
        assert_int_equal(answered, 3);
        assert_int_equal(closed, 2);
        for (int i = 0; i < 5; i++)
            visitor_leave(&visitors[i]);
        step_for(site.loop, 0.05);
    }
}

static void connections_are_bounded(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_connections = 3});
    only_three_get_in();
}

static void connections_of_a_client_are_bounded(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_client_connections = 3});
    only_three_get_in();
}

static void connection_without_a_descriptor_is_refused(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor refused_one = visit();
    fault_fail(FAULT_ACCEPT, 1, EMFILE);
    wait_until(site.loop, visitor_over(&refused_one));
    struct visitor next = visit();
    visitor_say(&next, GET);
    wait_for(&next, "GET / ");
    visitor_leave(&refused_one);
    visitor_leave(&next);
}

static void visitor_that_leaves_at_once_is_forgotten(void **state)
{
    const struct linger reset = {.l_onoff = 1};
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    setsockopt(visitor.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    visitor_leave(&visitor); /* before it is accepted */
    step_for(site.loop, 0.02);
    visitor = visit();
    visitor_say(&visitor, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
    visitor_leave(&visitor); /* amid its request */
    step_for(site.loop, 0.02);
    visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    setsockopt(visitor.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    visitor_leave(&visitor); /* before the answer */
    step_for(site.loop, 0.02);
    answer_echo(request);
    wait_until(site.loop, pyro_http_is_over(request));
    pyro_http_release(request);
}

static void visitor_that_leaves_is_noticed_at_once_while_the_answer_may_be_quick(void **state)
{
    const struct linger reset = {.l_onoff = 1};
    struct pyro_error err;
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    setsockopt(visitor.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    visitor_leave(&visitor);
    fake_clock_start();
    wait_until(site.loop, pyro_http_is_over(request));
    assert_true(fake_clock_passed() < 0.5); /* earlier than pending requests are looked after */
    assert_int_equal(pyro_http_answer(request, 200, NULL, 0, pyro_slice_text(""), &err),
                     PYRO_ECLOSED);
    pyro_http_release(request);
}

static void request_that_waits_costs_no_steps(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    step_for(site.loop, 0.02);
    uint64_t before = pyro_loop_counters(site.loop)->steps;
    step_for(site.loop, 0.1); /* of 0.01 s each */
    assert_true(pyro_loop_counters(site.loop)->steps - before < 50);
    assert_int_equal(answer_echo(request), PYRO_OK);
    pyro_http_release(request);
    wait_for(&visitor, "GET / ");
    visitor_leave(&visitor);
}

static void line_without_an_end_costs_few_steps(void **state)
{
    char line[5000];
    (void)state;
    site_serve((struct pyro_http_options){.max_head = 4096});
    struct visitor visitor = visit();
    visitor_say(&visitor, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;");
    memset(line, 'e', sizeof(line));
    visitor_send(&visitor, line, sizeof(line));
    step_for(site.loop, 0.02);
    uint64_t before = pyro_loop_counters(site.loop)->steps;
    step_for(site.loop, 0.1);
    assert_true(pyro_loop_counters(site.loop)->steps - before < 50);
    visitor_leave(&visitor);
}

/* Answers with a head that the connection has no memory for, some time after the request came. */
static void answer_with_much_head(double seconds)
{
    static char value[8000];
    const struct pyro_http_header much = {"X", value};
    struct visitor visitor = visit();
    size_t number = site.count + 1;
    memset(value, 'm', sizeof(value) - 1);
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(number);
    step_for(site.loop, seconds);
    assert_int_equal(pyro_http_answer(request, 200, &much, 1, pyro_slice_text("body"), NULL),
                     PYRO_OK);
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(pyro_http_is_over(request));
    assert_int_equal(visitor.got.length, 0);
    pyro_http_release(request);
    visitor_leave(&visitor);
}

static void answer_whose_head_is_too_large_ends_the_connection(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.max_head = 4096});
    answer_with_much_head(0);
    answer_with_much_head(0.02);
}

static void what_cannot_be_answered_is_said(void **state)
{
    static const struct pyro_http_header wrong[] = {{"X", "a\r\nSet-Cookie: b"}, {"X y", "1\n"}};
    struct pyro_error err;
    const struct pyro_slice nothing = {"", 0};
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    assert_int_equal(pyro_http_answer(request, 199, NULL, 0, nothing, &err), PYRO_EVALUE);
    assert_int_equal(pyro_http_answer(request, 600, NULL, 0, nothing, &err), PYRO_EVALUE);
    for (size_t i = 0; i < PYRO_COUNT(wrong); i++)
        assert_int_equal(pyro_http_answer(request, 200, &wrong[i], 1, nothing, &err), PYRO_EVALUE);
    assert_int_equal(answer_echo(request), PYRO_OK);
    wait_for(&visitor, "GET / ");
    pyro_http_release(request);
    visitor_leave(&visitor);
}

static void request_that_nobody_answers_is_closed(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    pyro_http_release(await_request(1));
    wait_until(site.loop, visitor_over(&visitor));
    assert_int_equal(visitor.got.length, 0);
    visitor_leave(&visitor);
}

static void server_that_stops_answers(void **state)
{
    struct visitor pending[3], idle;
    struct pyro_http_request *kept[2];
    struct pyro_error err;
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    idle = visit();
    for (int i = 0; i < 3; i++) {
        pending[i] = visit();
        visitor_say(&pending[i], GET);
    }
    visitor_say(&pending[0], GET); /* pipelined, and never seen */
    await_request(3);
    kept[0] = site.kept[0];
    kept[1] = site.kept[1];
    pyro_http_release(site.kept[2]);
    site_stop();
    for (int i = 0; i < 2; i++) {
        assert_true(pyro_http_is_over(kept[i]));
        assert_string_equal(pyro_http_path(kept[i]), "");
        assert_int_equal(pyro_http_fields(kept[i], PYRO_HTTP_HEADERS, NULL, 0), 0);
        assert_int_equal(pyro_http_answer(kept[i], 200, NULL, 0, pyro_slice_text(""), &err),
                         PYRO_ECLOSED);
        pyro_http_release(kept[i]);
        assert_true(visitor_has(&pending[i], " 503 "));
        assert_true(visitor_over(&pending[i]));
    }
    assert_int_equal(site.count, 3);
    for (int i = 0; i < 3; i++)
        visitor_leave(&pending[i]);
    assert_true(visitor_over(&idle));
    visitor_leave(&idle);
}

static void server_that_stops_answers_who_only_listens(void **state)
{
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    step_for(site.loop, 0.02);
    visitor_say_all(&visitor);
    struct pyro_http_request *request = await_request(1);
    site_stop();
    pyro_http_release(request);
    assert_true(visitor_has(&visitor, " 503 "));
    assert_true(visitor_over(&visitor));
    visitor_leave(&visitor);
}

static void server_stops_with_a_request_on_its_way_to_the_owner(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    site.keep = true;
    visitor_say(&visitor, GET);
    for (int i = 0; i < 100 && site.count == 0; i++)
        pyro_loop_step(site.loop, 0);
    pyro_http_release(site.kept[0]);
    site_stop();
    visitor_leave(&visitor);
}

static void port_in_use_is_an_error(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct pyro_http_options options = {.host = "127.0.0.1",
                                        .port = pyro_http_server_port(site.server)};
    assert_null(pyro_http_server_new(site.loop, &site.log, &options, site_handle, &site, &err));
    assert_int_equal(err.code, PYRO_EOS);
    assert_non_null(strstr(err.message, "address already in use"));
    pyro_http_server_free(NULL);
}

static void server_without_memory_is_an_error(void **state)
{
    struct pyro_http_options options = {.host = "127.0.0.1"};
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct pyro_error err = {.code = PYRO_OK};
        pyro_memory_fail_at(n);
        site.server =
            pyro_http_server_new(site.loop, &site.log, &options, site_handle, &site, &err);
        if (pyro_memory_fail_at(0) > 0)
            break;
        assert_null(site.server);
        assert_int_equal(err.code, PYRO_EMEMORY);
    }
}

/* Each allocation fails in turn: a visitor is closed, or served. */
static void visitor_without_memory_is_closed(void **state)
{
    bool failed = true;
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    for (unsigned long n = 1; failed; n++) {
        struct visitor visitor = visit();
        faults_suspend();
        pyro_memory_fail_at(n);
        const char *text = "POST /m HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz";
        send(visitor.fd, text, strlen(text), MSG_NOSIGNAL);
        char piece[1024];
        ssize_t size = -1;
        double begun = seconds_now();
        while (size < 0 && seconds_now() - begun < CEILING) {
            pyro_loop_step(site.loop, 0.05);
            size = recv(visitor.fd, piece, sizeof(piece), MSG_DONTWAIT);
            size = size < 0 && errno != EAGAIN ? 0 : size;
        }
        failed = pyro_memory_fail_at(0) == 0;
        faults_resume();
        assert_true(size >= 0);
        assert_true(failed || memmem(piece, (size_t)size, "POST /m z", 9));
        visitor_leave(&visitor);
        step_for(site.loop, 0.005);
    }
}

static void forked_process_leaves_the_server_alone(void **state)
{
    static struct MHD_Daemon *daemon; /* the parent's, which its child does not stop */
    int status = -1;
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, GET);
    struct pyro_http_request *request = await_request(1);
    daemon = site.server->daemon;
    pid_t child = fork();
    if (child == 0) {
        site_stop();
        pyro_http_release(request);
        _exit(pyro_loop_step(site.loop, 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_ptr_equal(site.server->daemon, daemon);
    assert_int_equal(answer_echo(request), PYRO_OK);
    pyro_http_release(request);
    wait_for(&visitor, "GET / ");
    visitor_leave(&visitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(request_has_its_parts),
        SITE_TEST(body_comes_in_pieces),
        SITE_TEST(head_has_no_body),
        SITE_TEST(pipelined_requests_are_answered_in_order),
        SITE_TEST(request_that_waits_holds_up_no_others),
        SITE_TEST(answer_reaches_who_only_listens_any_more),
        SITE_TEST(connection_ends_though_its_end_came_with_the_request),
        SITE_TEST(who_only_listens_has_a_second_for_the_answer),
        SITE_TEST(too_much_is_refused),
        SITE_TEST(too_many_arguments_are_refused),
        SITE_TEST(chunked_body_that_is_refused_ends_first),
        SITE_TEST(a_refusal_says_that_it_is_text),
        SITE_TEST(what_is_no_request_is_refused),
        SITE_TEST(slow_request_is_cut_off),
        SITE_TEST(idle_connection_is_closed),
        SITE_TEST(pending_request_has_time),
        SITE_TEST(reader_that_stops_is_cut_off),
        SITE_TEST(answers_that_nobody_reads_are_bounded),
        SITE_TEST(many_are_served_at_a_time),
        SITE_TEST(connections_are_bounded),
        SITE_TEST(connections_of_a_client_are_bounded),
        SITE_TEST(connection_without_a_descriptor_is_refused),
        SITE_TEST(visitor_that_leaves_at_once_is_forgotten),
        SITE_TEST(visitor_that_leaves_is_noticed_at_once_while_the_answer_may_be_quick),
        SITE_TEST(request_that_waits_costs_no_steps),
        SITE_TEST(line_without_an_end_costs_few_steps),
        SITE_TEST(answer_whose_head_is_too_large_ends_the_connection),
        SITE_TEST(what_cannot_be_answered_is_said),
        SITE_TEST(request_that_nobody_answers_is_closed),
        SITE_TEST(server_that_stops_answers),
        SITE_TEST(server_that_stops_answers_who_only_listens),
        SITE_TEST(server_stops_with_a_request_on_its_way_to_the_owner),
        SITE_TEST(port_in_use_is_an_error),
        SITE_TEST(server_without_memory_is_an_error),
        SITE_TEST(visitor_without_memory_is_closed),
        SITE_TEST(forked_process_leaves_the_server_alone),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
