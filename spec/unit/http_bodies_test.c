/* Tests of core/http: the room that bodies of requests share. */
#include "http_fixture.h"

#include "http/bodies.h"
#include "http/server_private.h"

enum { KIB = 1024, ROOM = 400 * KIB, LARGE = 100 * KIB };

static const struct pyro_slice one = {"1", 1}, two = {"2", 1}, three = {"3", 1};

static void address_leaves_as_much_as_it_takes(void **state)
{
    struct http_bodies bodies;
    struct http_room rooms[4] = {{NULL, 0}};
    (void)state;
    http_bodies_init(&bodies, 800);
    assert_true(http_room_take(&rooms[0], &bodies, one, 100));
    assert_true(http_room_take(&rooms[0], &bodies, one, 300));
    assert_true(http_room_take(&rooms[1], &bodies, one, 100));
    assert_false(http_room_take(&rooms[1], &bodies, one, 101));
    assert_false(http_room_take(&rooms[2], &bodies, two, 201));
    assert_true(http_room_take(&rooms[2], &bodies, two, 200));
    assert_false(http_room_take(&rooms[3], &bodies, one, 1));
    assert_true(http_room_take(&rooms[3], &bodies, three, 100));
    http_room_free(&rooms[0]);
    assert_true(http_room_take(&rooms[1], &bodies, one, 250));
    assert_false(http_room_take(&rooms[1], &bodies, one, SIZE_MAX));
    for (int i = 1; i < 4; i++)
        http_room_free(&rooms[i]);
    http_room_free(&rooms[1]); /* again: it has none */
    assert_int_equal(bodies.taken, 0);
    assert_true(pyro_list_empty(&bodies.shares));
}

static void room_outlives_the_server(void **state)
{
    struct http_bodies *bodies = pyro_calloc(1, sizeof(*bodies));
    struct http_room rooms[2] = {{NULL, 0}};
    (void)state;
    http_bodies_init(bodies, 800);
    for (int i = 0; i < 2; i++)
        assert_true(http_room_take(&rooms[i], bodies, one, 100));
    http_bodies_close(bodies);
    pyro_free(bodies);
    for (int i = 0; i < 2; i++)
        http_room_free(&rooms[i]);
}

static void room_without_memory_is_refused(void **state)
{
    struct http_bodies bodies;
    struct http_room room = {NULL, 0};
    (void)state;
    http_bodies_init(&bodies, 800);
    pyro_memory_fail_at(1);
    assert_false(http_room_take(&room, &bodies, one, 100));
    pyro_memory_fail_at(0);
    assert_int_equal(bodies.taken, 0);
    http_room_free(&room);
}

/* --- servers --- */

static struct visitor visit_from(const char *address)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(pyro_http_server_port(site.server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct visitor visitor = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(inet_pton(AF_INET, address, &from.sin_addr), 1);
    assert_int_equal(bind(visitor.fd, (struct sockaddr *)&from, sizeof(from)), 0);
    assert_int_equal(connect(visitor.fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return visitor;
}

/* Sends a request but for the last byte of its body. */
static void begin_body(struct visitor *visitor, size_t length)
{
    static char body[MIB];
    char head[100];
    snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
             length);
    memset(body, 'b', length - 1);
    visitor_say(visitor, head);
    visitor_send(visitor, body, length - 1);
}

static size_t taken(void)
{
    return site.server->bodies.taken;
}

/* Begins to send a large body, and waits until it is here. */
static struct visitor begin_large(const char *address)
{
    size_t before = taken();
    struct visitor visitor = visit_from(address);
    begin_body(&visitor, LARGE);
    wait_until(site.loop, taken() == before + LARGE - 1);
    return visitor;
}

/* Sends a body that is answered with this status. */
static void expect(const char *address, size_t length, const char *status)
{
    struct visitor visitor = visit_from(address);
    begin_body(&visitor, length);
    visitor_say(&visitor, "b");
    wait_for(&visitor, status);
    visitor_leave(&visitor);
}

static void bodies_that_come_in_are_bounded(void **state)
{
    struct visitor slow[2];
    (void)state;
    site_serve((struct pyro_http_options){.max_bodies = ROOM});
    for (int i = 0; i < 2; i++)
        slow[i] = begin_large("127.0.0.1");
    expect("127.0.0.1", LARGE, " 503 ");
    expect("127.0.0.1", HTTP_SMALL_BODY, " 200 ");
    expect("127.0.0.2", LARGE, " 200 ");
    visitor_leave(&slow[0]);
    wait_until(site.loop, taken() == LARGE - 1);
    expect("127.0.0.1", LARGE, " 200 ");
    visitor_say(&slow[1], "b");
    wait_for(&slow[1], " 200 ");
    visitor_leave(&slow[1]);
    wait_until(site.loop, taken() == 0);
}

static void refused_body_is_read_to_its_end(void **state)
{
    (void)state;
    site_serve((struct pyro_http_options){.max_bodies = ROOM});
    struct visitor visitor = visit();
    begin_body(&visitor, ROOM);
    step_for(site.loop, 0.02);
    assert_int_equal(taken(), 0);
    assert_int_equal(visitor.got.length, 0);
    visitor_say(&visitor, "b");
    wait_for(&visitor, "too many large requests come in, or wait for their answer");
    visitor_say(&visitor, "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_for(&visitor, "GET /next ");
    assert_int_equal(site.count, 1);
    visitor_leave(&visitor);
}

/* Serves, and sends a large body that its owner keeps. */
static struct pyro_http_request *keep_large(struct visitor *visitor)
{
    site.keep = true;
    site_serve((struct pyro_http_options){.max_bodies = ROOM});
    *visitor = begin_large("127.0.0.1");
    visitor_say(visitor, "b");
    wait_until(site.loop, site.count == 1);
    assert_int_equal(taken(), LARGE);
    assert_int_equal(pyro_http_body(site.kept[0]).length, LARGE);
    return site.kept[0];
}

static void body_has_its_room_until_it_is_answered(void **state)
{
    struct visitor visitor;
    (void)state;
    struct pyro_http_request *request = keep_large(&visitor);
    assert_int_equal(answer_echo(request), PYRO_OK);
    assert_int_equal(taken(), 0);
    assert_int_equal(pyro_http_body(request).length, 0);
    wait_for(&visitor, "POST / bbb");
    pyro_http_release(request);
    visitor_leave(&visitor);
}

static void body_has_its_room_though_its_client_goes(void **state)
{
    struct visitor visitor;
    (void)state;
    struct pyro_http_request *request = keep_large(&visitor);
    visitor_leave(&visitor);
    wait_until(site.loop, pyro_http_is_over(request));
    assert_int_equal(taken(), LARGE);
    assert_int_equal(pyro_http_body(request).length, LARGE);
    pyro_http_release(request);
    assert_int_equal(taken(), 0);
}

static void body_outlives_the_server(void **state)
{
    struct visitor visitor;
    (void)state;
    struct pyro_http_request *request = keep_large(&visitor);
    visitor_leave(&visitor);
    wait_until(site.loop, pyro_http_is_over(request));
    site_stop();
    assert_int_equal(pyro_http_body(request).length, LARGE);
    pyro_http_release(request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_leaves_as_much_as_it_takes),
        cmocka_unit_test(room_outlives_the_server),
        cmocka_unit_test(room_without_memory_is_refused),
        SITE_TEST(bodies_that_come_in_are_bounded),
        SITE_TEST(refused_body_is_read_to_its_end),
        SITE_TEST(body_has_its_room_until_it_is_answered),
        SITE_TEST(body_has_its_room_though_its_client_goes),
        SITE_TEST(body_outlives_the_server),
    };
    return cmocka_run_group_tests_name("http_bodies", tests, NULL, NULL);
}
