/* Tests of core/http: answers that come in pieces. */
#include "http_fixture.h"

/* A producer, and what it heard. */
struct producer {
    struct pyro_http_request *request;
    unsigned drained, gone;
    bool release_when_gone;
};

static void producer_drained(void *owner)
{
    ((struct producer *)owner)->drained++;
}

static void producer_gone(void *owner)
{
    struct producer *producer = owner;
    producer->gone++;
    if (producer->release_when_gone)
        pyro_http_release(producer->request);
}

static const struct pyro_http_stream_ops ops = {.drained = producer_drained, .gone = producer_gone};

/* Sends a request, and begins to answer it. */
static struct visitor begin_with(struct producer *producer, const char *head)
{
    static const struct pyro_http_header type = {"Content-Type", "text/event-stream"};
    struct visitor visitor = visit();
    size_t number = ++site.count;
    site.count--;
    site.keep = true;
    visitor_say(&visitor, head);
    wait_until(site.loop, site.count == number);
    producer->request = site.kept[number - 1];
    assert_int_equal(pyro_http_stream_begin(producer->request, 200, &type, 1, &ops, producer, NULL),
                     PYRO_OK);
    return visitor;
}

static struct visitor begin(struct producer *producer)
{
    return begin_with(producer, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}

static enum pyro_code write_piece(struct producer *producer, const char *piece)
{
    return pyro_http_stream_write(producer->request, pyro_slice_text(piece), NULL);
}

static void pieces_arrive_as_they_are_written(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    wait_for(&visitor, "\r\nTransfer-Encoding: chunked\r\n");
    assert_int_equal(write_piece(&producer, "data: 1\n\n"), PYRO_OK);
    wait_for(&visitor, "\r\n9\r\ndata: 1\n\n\r\n");
    step_for(site.loop, 0.02);
    assert_int_equal(write_piece(&producer, "data: 22\n\n"), PYRO_OK);
    assert_int_equal(pyro_http_stream_unsent(producer.request), 10);
    wait_for(&visitor, "\r\nA\r\ndata: 22\n\n\r\n");
    assert_int_equal(pyro_http_stream_unsent(producer.request), 0);
    assert_int_equal(write_piece(&producer, "end"), PYRO_OK);
    pyro_http_stream_end(producer.request);
    wait_for(&visitor, "\r\n3\r\nend\r\n0\r\n\r\n");
    pyro_http_release(producer.request);
    visitor_say(&visitor, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n"); /* it is the same connection */
    wait_until(site.loop, site.count == 2);
    assert_int_equal(answer_echo(site.kept[1]), PYRO_OK);
    pyro_http_release(site.kept[1]);
    wait_for(&visitor, "GET /next ");
    assert_int_equal(producer.gone + producer.drained, 0);
    visitor_leave(&visitor);
}

static void stream_without_pieces_ends(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    pyro_http_stream_end(producer.request);
    pyro_http_release(producer.request);
    wait_for(&visitor, "\r\n\r\n0\r\n\r\n");
    visitor_leave(&visitor);
}

static void old_client_gets_the_pieces_until_the_end(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin_with(&producer, "GET / HTTP/1.0\r\n\r\n");
    write_piece(&producer, "one ");
    wait_for(&visitor, "one ");
    write_piece(&producer, "two");
    pyro_http_stream_end(producer.request);
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(visitor_has(&visitor, "\r\n\r\none two"));
    pyro_http_release(producer.request);
    visitor_leave(&visitor);
}

/* The producer goes on when there is room again, and all arrives as it was written. */
static void producer_hears_when_there_is_room(void **state)
{
    enum { ROUNDS = 100, SIZE = 50000 };
    static char piece[SIZE + 1];
    struct producer producer = {.request = NULL};
    size_t written = 0, read = 0;
    (void)state;
    memset(piece, 'p', SIZE);
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    for (int i = 0; i < ROUNDS; i++) {
        piece[0] = (char)('A' + i % 26);
        assert_int_equal(write_piece(&producer, piece), PYRO_OK);
        written += SIZE;
        if (pyro_http_stream_unsent(producer.request) >= PYRO_HTTP_HIGH_WATER) {
            unsigned before = producer.drained;
            step_for(site.loop, 0.001);
            for (double begun = seconds_now();
                 producer.drained == before && seconds_now() - begun < CEILING;
                 pyro_loop_step(site.loop, 0.01))
                visitor_read(&visitor);
            assert_int_equal(producer.drained, before + 1);
            assert_true(pyro_http_stream_unsent(producer.request) < PYRO_HTTP_HIGH_WATER);
        }
    }
    pyro_http_stream_end(producer.request);
    pyro_http_release(producer.request);
    wait_for(&visitor, "\r\n0\r\n\r\n");
    for (size_t i = 0; i < visitor.got.length; i++)
        read += visitor.got.data[i] == 'p';
    assert_true(read >= written - ROUNDS);
    assert_true(producer.drained > 0);
    visitor_leave(&visitor);
}

static void unread_pieces_hold_up_no_others(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    while (producer.drained < 1000 &&
           pyro_http_stream_unsent(producer.request) < PYRO_HTTP_HIGH_WATER) {
        write_piece(&producer, "0123456789012345678901234567890123456789012345678901234567890123");
        pyro_loop_step(site.loop, 0);
    }
    site.keep = false;
    struct visitor other = visit();
    visitor_say(&other, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&other, "GET /other ");
    assert_int_equal(producer.drained, 0);
    pyro_http_release(producer.request);
    visitor_leave(&other);
    visitor_leave(&visitor);
}

/* The client leaves while the stream is idle, in either way, or much is unsent. */
static void producer_hears_that_the_client_has_gone(void **state)
{
    static char much[300000];
    (void)state;
    memset(much, 'm', sizeof(much) - 1);
    site_serve((struct pyro_http_options){.port = 0});
    for (int way = 0; way < 6; way++) {
        const struct linger reset = {.l_onoff = way % 2};
        struct producer producer = {.release_when_gone = way >= 4};
        struct visitor visitor = begin(&producer);
        write_piece(&producer, way == 2 || way == 3 ? much : "first");
        step_for(site.loop, 0.01);
        setsockopt(visitor.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        visitor_leave(&visitor);
        wait_until(site.loop, producer.gone == 1);
        if (producer.release_when_gone)
            continue;
        assert_true(pyro_http_is_over(producer.request));
        assert_int_equal(write_piece(&producer, "x"), PYRO_ECLOSED);
        pyro_http_release(producer.request);
    }
}

static void stream_that_is_released_is_cut(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    write_piece(&producer, "some");
    wait_for(&visitor, "some");
    pyro_http_release(producer.request);
    wait_until(site.loop, visitor_over(&visitor));
    assert_false(visitor_has(&visitor, "\r\n0\r\n\r\n"));
    assert_int_equal(producer.gone, 0);
    visitor_leave(&visitor);
}

static void server_that_stops_cuts_streams(void **state)
{
    struct producer idle = {.request = NULL}, busy = {.request = NULL}, done = {.request = NULL};
    static char much[300000];
    (void)state;
    memset(much, 'm', sizeof(much) - 1);
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitors[] = {begin(&idle), begin(&busy), begin(&done)};
    wait_for(&visitors[0], "\r\n\r\n");
    write_piece(&busy, much);
    write_piece(&done, much);
    pyro_http_stream_end(done.request);
    site_stop();
    wait_until(site.loop, idle.gone == 1 && busy.gone == 1);
    assert_int_equal(done.gone, 0);
    assert_int_equal(write_piece(&idle, "late"), PYRO_ECLOSED);
    pyro_http_stream_end(idle.request);
    pyro_http_release(idle.request);
    pyro_http_release(busy.request);
    pyro_http_release(done.request);
    for (size_t i = 0; i < PYRO_COUNT(visitors); i++) {
        assert_true(visitor_over(&visitors[i]));
        visitor_leave(&visitors[i]);
    }
}

static void head_is_no_stream(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin_with(&producer, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_until(site.loop, producer.gone == 1);
    assert_false(visitor_over(&visitor));
    assert_true(visitor_has(&visitor, "text/event-stream\r\n"));
    pyro_http_release(producer.request);
    visitor_leave(&visitor);
}

static void what_cannot_begin_is_answered_otherwise(void **state)
{
    static const struct pyro_http_header wrong = {"X", "a\nb"};
    struct producer producer = {.request = NULL};
    struct pyro_error err;
    (void)state;
    site.keep = true;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = visit();
    visitor_say(&visitor, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_until(site.loop, site.count == 1);
    struct pyro_http_request *request = site.kept[0];
    assert_int_equal(pyro_http_stream_begin(request, 99, NULL, 0, &ops, &producer, &err),
                     PYRO_EVALUE);
    assert_int_equal(pyro_http_stream_begin(request, 200, &wrong, 1, &ops, &producer, &err),
                     PYRO_EVALUE);
    for (unsigned long n = 1; n <= 2; n++) {
        pyro_memory_fail_at(n);
        assert_int_equal(pyro_http_stream_begin(request, 200, NULL, 0, &ops, &producer, &err),
                         PYRO_EMEMORY);
        assert_int_equal(pyro_memory_fail_at(0), 0);
    }
    assert_int_equal(answer_echo(request), PYRO_OK);
    wait_for(&visitor, "GET / ");
    pyro_http_release(request);
    visitor_leave(&visitor);
}

static void piece_without_memory_is_an_error(void **state)
{
    struct producer producer = {.request = NULL};
    (void)state;
    site_serve((struct pyro_http_options){.port = 0});
    struct visitor visitor = begin(&producer);
    pyro_memory_fail_at(1);
    assert_int_equal(write_piece(&producer, "lost"), PYRO_EMEMORY);
    assert_int_equal(write_piece(&producer, "found"), PYRO_OK);
    pyro_http_stream_end(producer.request);
    pyro_http_release(producer.request);
    wait_for(&visitor, "\r\n\r\n5\r\nfound\r\n0\r\n\r\n");
    visitor_leave(&visitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(pieces_arrive_as_they_are_written),
        SITE_TEST(stream_without_pieces_ends),
        SITE_TEST(old_client_gets_the_pieces_until_the_end),
        SITE_TEST(producer_hears_when_there_is_room),
        SITE_TEST(unread_pieces_hold_up_no_others),
        SITE_TEST(producer_hears_that_the_client_has_gone),
        SITE_TEST(stream_that_is_released_is_cut),
        SITE_TEST(server_that_stops_cuts_streams),
        SITE_TEST(head_is_no_stream),
        SITE_TEST(what_cannot_begin_is_answered_otherwise),
        SITE_TEST(piece_without_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("http stream", tests, NULL, NULL);
}
