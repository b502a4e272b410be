/* Tests of core/rpc's answers: those that cannot be written, and item streams. */
#include "rpc_desk.h"

#include "rpc/items.h"

/* --- answers --- */

static void text_of(struct pyro_value *value, char *text, size_t length)
{
    memset(text, 'x', length);
    *value = (struct pyro_value){.type = PYRO_STR, .u.text = {text, length}};
}

/* Too large an answer is an error, and the connection goes on; where not even that has room, the
 * client is let go, and nobody else. */
static void answer_without_room_is_an_error(void **state)
{
    struct world world;
    struct scripted_peer other;
    struct pyro_value value;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_runtime *runtime = *state;
    char text[5000];
    text_of(&value, text, sizeof(text));
    connect_world(&world, runtime);
    peer_connect(&other, runtime->loop, socket_path());
    say_hello(&other, runtime);
    call(&world, 0, 1, ECHO);
    call(&world, 0, 2, ECHO);
    runtime->config.MAX_MESSAGE_SIZE = 2000;
    struct pyro_request *request = next_request(&world.desk);
    assert_int_equal(pyro_request_answer(request, &value, &err), PYRO_ETOOLARGE);
    pyro_request_fail(request, &err);
    run_loop(runtime);
    expect_reply(&world, 1, PYRO_FLAG_EXCEPTION, "max message size exceeded (5003 where max=2000)");
    runtime->config.MAX_MESSAGE_SIZE = 50;
    pyro_request_fail(next_request(&world.desk), &err);
    peer_expect_end(&world.peer);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    peer_close(&other);
    end_world(&world);
}

static void answer_that_nobody_waits_for_is_an_error(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_value value = {.type = PYRO_NIL};
    connect_world(&world, *state);
    call(&world, 0, 1, ECHO);
    peer_close(&world.peer);
    run_loop(*state);
    struct pyro_request *request = next_request(&world.desk);
    assert_int_equal(pyro_request_answer(request, &value, &err), PYRO_ECLOSED);
    assert_string_equal(err.message, "nobody waits for the answer");
    assert_int_equal(pyro_request_stream(request, NULL, &err), PYRO_ECLOSED);
    pyro_request_fail(request, &err);
    end_world(&world);
}

/* Calls desk.echo() with one string of so many bytes. */
static void send_large(struct world *world, size_t length)
{
    struct pyro_writer w;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_buffer out = {.data = NULL};
    char *text = calloc(1, length);
    pyro_codec_msgpack.open(&w, &out, &err);
    pyro_codec_msgpack.call_begin(&w, pyro_slice_text("desk"), pyro_slice_text("echo"));
    pyro_begin(&w.sink, PYRO_TUPLE, 1);
    pyro_put_str(&w.sink, pyro_slice(text, length));
    pyro_end(&w.sink, PYRO_TUPLE);
    pyro_begin(&w.sink, PYRO_DICT, 0);
    pyro_end(&w.sink, PYRO_DICT);
    assert_int_equal(pyro_codec_msgpack.call_end(&w), PYRO_OK);
    const struct pyro_header header = {
        .type = PYRO_INVOKE, .seq = 1, .serializer = PYRO_SERIALIZER_MSGPACK};
    peer_send_message(&world->peer, &pyro_protocol_502, &header, out.data, out.length);
    run_loop(world->runtime);
    pyro_buffer_free(&out);
    free(text);
}

/* The bytes of a large call are given back early, or, without memory for its names, late. */
static void large_call_is_answered_without_memory(void **state)
{
    for (int fails = 0; fails < 2; fails++) {
        struct world world;
        struct recorder r;
        connect_world(&world, *state);
        send_large(&world, 100000);
        assert_int_equal(world.desk.invoked, 1);
        struct pyro_request *request = world.desk.requests[0];
        recorder_init(&r);
        assert_true(pyro_buffer_reserve(&r.text, 1000) != NULL);
        pyro_memory_fail_at((unsigned long)fails);
        assert_int_equal(pyro_request_args(request, &r.sink, &r.err), PYRO_OK);
        pyro_memory_fail_at(0);
        assert_int_equal(request->message.data.length > 0, fails);
        assert_true(pyro_slice_equals(request->call.method, "echo"));
        answer_next(&world.desk);
        run_loop(*state);
        expect_reply(&world, 1, 0, "0 ");
        recorder_free(&r);
        end_world(&world);
    }
}

static enum pyro_code talkative_describe(struct pyro_object *self, struct pyro_sink *to)
{
    enum pyro_code code;
    (void)self;
    if ((code = pyro_begin(to, PYRO_DICT, 1)) != PYRO_OK ||
        (code = pyro_put_text(to, "methods")) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, 2000)) != PYRO_OK)
        return code;
    for (int i = 0; i < 2000; i++)
        if ((code = pyro_put_text(to, "a method with a long name")) != PYRO_OK)
            return code;
    if ((code = pyro_end(to, PYRO_LIST)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

/* Each allocation fails in turn while an object with many methods is described in a handshake:
 * the client is refused, and another one is not. */
static void welcome_without_memory_is_a_refusal(void **state)
{
    static const struct pyro_object_ops ops = {talkative_describe, desk_invoke, desk_release, NULL};
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        begin_world(&world, *state);
        world.desk.object.ops = &ops;
        run_loop(*state);
        send_unheard(&world.peer,
                     (struct pyro_header){.type = PYRO_CONNECT, .flags = PYRO_FLAG_METADATA},
                     HELLO);
        reached = run_short_of_memory(*state, nth);
        peer_close(&world.peer);
        run_loop(*state);
        peer_connect(&world.peer, ((struct pyro_runtime *)*state)->loop, socket_path());
        say_hello(&world.peer, *state);
        end_world(&world);
        assert_true(nth < 1000);
    }
}

static void refusal_without_memory_ends_the_connection(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        begin_world(&world, *state);
        run_loop(*state);
        /* {"handshake": "hello", "object": "none"} */
        send_unheard(&world.peer,
                     (struct pyro_header){.type = PYRO_CONNECT, .flags = PYRO_FLAG_METADATA},
                     "82a968616e647368616b65a568656c6c6fa66f626a656374a46e6f6e65");
        reached = run_short_of_memory(*state, nth);
        assert_int_equal(pyro_daemon_connections(world.daemon), 0);
        end_world(&world);
        assert_true(nth < 1000);
    }
}

/* --- item streams --- */

struct numbers {
    struct pyro_items items;
    int released;
};

static void numbers_next(struct pyro_items *self, struct pyro_request *request)
{
    struct pyro_error err;
    (void)self;
    pyro_error_set(&err, PYRO_ESTOP, " ");
    pyro_request_fail(request, &err);
}

static void numbers_release(struct pyro_items *self)
{
    PYRO_CONTAINER(self, struct numbers, items)->released++;
}

static const struct pyro_items_ops numbers_ops = {numbers_next, numbers_release};

static void stream_outlives_its_client_for_a_while(void **state)
{
    struct world world;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_message reply;
    struct numbers numbers = {.items.ops = &numbers_ops};
    struct pyro_runtime *runtime = *state;
    runtime->config.ITER_STREAM_LINGER = 30;
    connect_world(&world, runtime);
    call(&world, 0, 1, ECHO);
    assert_int_equal(pyro_request_stream(next_request(&world.desk), &numbers.items, &err), PYRO_OK);
    peer_expect_message(&world.peer, &reply);
    assert_int_equal(reply.header.flags & PYRO_FLAG_STREAM, PYRO_FLAG_STREAM);
    pyro_message_release(&reply);
    peer_close(&world.peer);
    run_loop(runtime);
    for (int i = 0; i < 25; i++) {
        fake_clock_advance(1);
        run_loop(runtime);
    }
    assert_int_equal(numbers.released, 0);
    for (int i = 0; i < 15; i++) {
        fake_clock_advance(1);
        run_loop(runtime);
    }
    assert_int_equal(numbers.released, 1);
    end_world(&world);
}

/* Clients, of whom only the addresses count. */
static const struct pyro_connection *client_number(size_t number)
{
    static char clients[100];
    return (const struct pyro_connection *)(void *)&clients[number];
}

static void streams_are_limited(void **state)
{
    const size_t most = 10000, most_of_one = 1000;
    struct pyro_streams streams;
    struct pyro_error err = {.code = PYRO_OK};
    struct numbers *numbers = calloc(most + 2, sizeof(*numbers));
    (void)state;
    pyro_streams_init(&streams);
    for (size_t i = 0; i < most + 2; i++)
        numbers[i].items.ops = &numbers_ops;
    for (size_t i = 0; i < most; i++)
        assert_int_equal(pyro_streams_add(&streams, &numbers[i].items,
                                          client_number(i / (most_of_one / 2)), 0, &err),
                         PYRO_OK);
    struct pyro_items *more = &numbers[most].items;
    assert_int_equal(pyro_streams_add(&streams, more, client_number(50), 0, &err), PYRO_EPYRO);
    assert_string_equal(err.message, "too many item streams are open");
    pyro_streams_orphan(&streams, client_number(3), true,
                        0); /* these wait in vain: one makes room */
    assert_int_equal(pyro_streams_add(&streams, more, client_number(50), 0, &err), PYRO_OK);
    size_t released = 0;
    for (size_t i = 0; i < most; i++)
        released += (size_t)numbers[i].released;
    assert_int_equal(released, 1);
    pyro_streams_free(&streams);
    free(numbers);
}

static void busy_stream_is_not_asked_again(void **state)
{
    struct pyro_streams streams;
    struct pyro_error err = {.code = PYRO_OK};
    struct numbers numbers = {.items.ops = &numbers_ops};
    (void)state;
    pyro_streams_init(&streams);
    pyro_memory_fail_at(1);
    assert_int_equal(pyro_streams_add(&streams, &numbers.items, client_number(0), 0, &err),
                     PYRO_EMEMORY);
    pyro_memory_fail_at(0);
    assert_int_equal(pyro_streams_add(&streams, &numbers.items, client_number(0), 0, &err),
                     PYRO_OK);
    struct pyro_slice id = pyro_slice_text(numbers.items.id);
    assert_ptr_equal(pyro_streams_take(&streams, id, client_number(0), &err), &numbers.items);
    assert_null(pyro_streams_take(&streams, id, client_number(0), &err));
    assert_string_equal(err.message, "generator already executing");
    pyro_items_served(&numbers.items, false);
    assert_ptr_equal(pyro_streams_take(&streams, id, client_number(0), &err), &numbers.items);
    pyro_items_served(&numbers.items, true);
    assert_int_equal(numbers.released, 1);
    pyro_streams_free(&streams);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(answer_without_room_is_an_error),
        WITH_RUNTIME(answer_that_nobody_waits_for_is_an_error),
        WITH_RUNTIME(large_call_is_answered_without_memory),
        WITH_RUNTIME(welcome_without_memory_is_a_refusal),
        WITH_RUNTIME(refusal_without_memory_ends_the_connection),
        WITH_RUNTIME(stream_outlives_its_client_for_a_while),
        cmocka_unit_test(streams_are_limited),
        cmocka_unit_test(busy_stream_is_not_asked_again),
    };
    return cmocka_run_group_tests_name("rpc answer", tests, NULL, NULL);
}
