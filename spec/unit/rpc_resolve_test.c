/* Tests of how core/rpc's client finds what it connects to: the search is one that a test ends. No
 * test sleeps: the clock is fake. */
#include "rpc_fixture.h"

#include "rpc/client_state.h"

/* The only search, which all tests share; NULL: none is under way. */
static struct pyro_search *search;
static int begun, cancelled; /* searches */
static double patience;      /* the timeout of the last */

static void end_search(void)
{
    free(search);
    search = NULL;
}

static void cancel_search(struct pyro_search *self)
{
    assert_ptr_equal(self, search);
    cancelled++;
    end_search();
}

static struct pyro_search *resolve(struct pyro_runtime *runtime, const struct pyro_uri *uri,
                                   double timeout, struct pyro_hmac_key *key, pyro_found_fn *found,
                                   void *owner, struct pyro_error *err)
{
    (void)runtime;
    assert_int_equal(uri->protocol, PYRO_URI_PYRONAME);
    assert_string_equal(uri->object, "a.name");
    assert_null(search);
    if (timeout == 7) {
        pyro_error_memory(err);
        return NULL;
    }
    assert_null(key);
    begun++;
    patience = timeout;
    search = malloc(sizeof(*search));
    *search = (struct pyro_search){cancel_search, found, owner};
    return search;
}

struct waiter {
    struct pyro_call call;
    int told; /* how often it was told that its wait is over */
};

static void waiter_done(struct pyro_call *call)
{
    PYRO_CONTAINER(call, struct waiter, call)->told++;
}

struct world {
    struct pyro_runtime *runtime;
    struct pyro_client *client;
    struct scripted_peer peer;
    struct waiter first, second;
};

static void begin_world(struct world *world, struct pyro_runtime *runtime)
{
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    *world = (struct world){.runtime = runtime};
    world->first.call.done = world->second.call.done = waiter_done;
    runtime->resolve = resolve;
    begun = cancelled = 0;
    peer_listen(&world->peer, runtime->loop, socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text("PYRONAME:a.name"), 9090, &err), PYRO_OK);
    world->client = pyro_client_new(runtime, &uri, &err);
    assert_non_null(world->client);
    pyro_uri_free(&uri);
}

static void end_world(struct world *world)
{
    pyro_call_free(&world->first.call);
    pyro_call_free(&world->second.call);
    pyro_client_free(world->client);
    assert_null(search);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

static enum pyro_code start(struct world *world, struct waiter *waiter, double timeout)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool ready = false;
    const struct pyro_connect_options options = {.version = 502,
                                                 .serializer = PYRO_SERIALIZER_MSGPACK};
    enum pyro_code code =
        pyro_client_connect(world->client, &options, &waiter->call, timeout, &ready, &err);
    assert_false(ready);
    waiter->told = 0;
    return code;
}

/* Ends the search with the peer, or with an error. */
static void find(struct world *world, enum pyro_code code)
{
    char text[100];
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_search ended = *search;
    snprintf(text, sizeof(text), "PYRO:obj@./u:%s", socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    struct pyro_found found = {.uri = &uri};
    if (code != PYRO_OK) {
        pyro_uri_free(&uri);
        pyro_error_set(&err, code, "unknown name");
        found = (struct pyro_found){.error = &err};
    }
    end_search();
    ended.found(ended.owner, &found);
    run_loop(world->runtime);
}

static void shake_hands(struct world *world)
{
    struct pyro_message handshake;
    peer_accept(&world->peer);
    peer_expect_message(&world->peer, &handshake);
    pyro_message_release(&handshake);
    send_hex(&world->peer,
             (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA}, WELCOME);
    run_loop(world->runtime);
}

static void assert_failed(const struct waiter *waiter, enum pyro_code code, const char *message)
{
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->call.error.code, code);
    assert_non_null(strstr(waiter->call.error.message, message));
}

static void whoever_waits_shares_one_search(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 3), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0), PYRO_OK);
    assert_int_equal(begun, 1);
    assert_true(patience == 3);
    find(&world, PYRO_OK);
    assert_string_equal(pyro_client_uri(world.client)->object, "obj");
    assert_int_equal(world.first.told + world.second.told, 0);
    shake_hands(&world);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.second.told, 1);
    assert_int_equal(world.first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world.client));
    end_world(&world);
}

static void whoever_waits_hears_why_nothing_was_found(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0), PYRO_OK);
    find(&world, PYRO_ENAMING);
    assert_failed(&world.first, PYRO_ENAMING, "unknown name");
    assert_failed(&world.second, PYRO_ENAMING, "unknown name");
    assert_int_equal(world.client->state, CLIENT_IDLE);
    assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
    assert_int_equal(begun, 2);
    end_world(&world);
}

static void search_is_given_up_with_the_last_who_waits(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 5), PYRO_OK);
    pyro_call_forget(&world.first.call);
    assert_int_equal(cancelled, 0);
    pyro_call_free(&world.second.call);
    assert_int_equal(cancelled, 1);
    assert_int_equal(world.client->state, CLIENT_IDLE);
    run_loop(*state);
    assert_int_equal(world.first.told + world.second.told, 0);
    end_world(&world);
}

static void freed_client_gives_its_search_up(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
    pyro_client_free(world.client);
    world.client = NULL;
    assert_int_equal(cancelled, 1);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ECLOSED, "connection released");
    end_world(&world);
}

static void timeouts_begin_when_the_search_has_ended(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 60), PYRO_OK);
    fake_clock_advance(1000);
    run_loop(*state);
    assert_int_equal(world.first.told, 0);
    find(&world, PYRO_OK);
    peer_accept(&world.peer);
    fake_clock_advance(59);
    run_loop(*state);
    assert_int_equal(world.first.told, 0);
    fake_clock_advance(2);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ETIMEOUT, "timed out after 60 s");
    end_world(&world);
}

static void name_is_resolved_for_each_connection(void **state)
{
    struct world world;
    begin_world(&world, *state);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
        assert_int_equal(begun, i < 3 ? i : 2);
        if (i < 3)
            find(&world, PYRO_OK);
        shake_hands(&world);
        assert_int_equal(world.first.told, 1);
        if (i == 2)
            pyro_client_keep_uri(world.client);
        pyro_call_free(&world.first.call);
        pyro_client_disconnect(world.client);
        peer_expect_end(&world.peer);
        peer_close(&world.peer);
        peer_listen(&world.peer, world.runtime->loop, socket_path());
    }
    end_world(&world);
}

static void search_that_does_not_begin_is_an_error(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 7), PYRO_EMEMORY);
    assert_int_equal(world.client->state, CLIENT_IDLE);
    end_world(&world);
}

static void found_place_where_nobody_listens_is_an_error(void **state)
{
    struct world world;
    begin_world(&world, *state);
    assert_int_equal(start(&world, &world.first, 0), PYRO_OK);
    peer_close(&world.peer);
    find(&world, PYRO_OK);
    assert_failed(&world.first, PYRO_ECOMMUNICATION, "cannot connect");
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(whoever_waits_shares_one_search),
        WITH_RUNTIME(whoever_waits_hears_why_nothing_was_found),
        WITH_RUNTIME(search_is_given_up_with_the_last_who_waits),
        WITH_RUNTIME(freed_client_gives_its_search_up),
        WITH_RUNTIME(timeouts_begin_when_the_search_has_ended),
        WITH_RUNTIME(name_is_resolved_for_each_connection),
        WITH_RUNTIME(search_that_does_not_begin_is_an_error),
        WITH_RUNTIME(found_place_where_nobody_listens_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
