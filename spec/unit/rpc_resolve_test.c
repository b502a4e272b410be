/* Tests of how core/rpc's client finds what it connects to: the search is one that a test ends. No
 * test sleeps: the clock is fake. */
#include "rpc_caller.h"

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

static void begin_named(struct world *world, struct pyro_runtime *runtime)
{
    runtime->resolve = resolve;
    begun = cancelled = 0;
    begin_world_with(world, runtime, "PYRONAME:a.name");
}

static void end_named(struct world *world)
{
    end_world(world);
    assert_null(search);
}

/* Ends the search with the peer, or with an error. */
static void find(struct world *world, enum pyro_code code)
{
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_search ended = *search;
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(peer_uri()), 9090, &err), PYRO_OK);
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

static void whoever_waits_shares_one_search(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 3, false), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, false), PYRO_OK);
    assert_int_equal(begun, 1);
    assert_true(patience == 3);
    find(&world, PYRO_OK);
    assert_string_equal(pyro_client_uri(world.client)->object, "obj");
    assert_int_equal(world.first.told + world.second.told, 0);
    await_handshake(&world);
    answer_handshake(&world);
    assert_int_equal(world.first.told, 1);
    assert_int_equal(world.second.told, 1);
    assert_int_equal(world.first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world.client));
    end_named(&world);
}

static void whoever_waits_hears_why_nothing_was_found(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 0, false), PYRO_OK);
    find(&world, PYRO_ENAMING);
    assert_failed(&world.first, PYRO_ENAMING, "unknown name");
    assert_failed(&world.second, PYRO_ENAMING, "unknown name");
    assert_int_equal(world.client->state, CLIENT_IDLE);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    assert_int_equal(begun, 2);
    end_named(&world);
}

static void search_is_given_up_with_the_last_who_waits(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    assert_int_equal(start(&world, &world.second, 5, false), PYRO_OK);
    pyro_call_forget(&world.first.call);
    assert_int_equal(cancelled, 0);
    pyro_call_free(&world.second.call);
    assert_int_equal(cancelled, 1);
    assert_int_equal(world.client->state, CLIENT_IDLE);
    run_loop(*state);
    assert_int_equal(world.first.told + world.second.told, 0);
    end_named(&world);
}

static void freed_client_gives_its_search_up(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    pyro_client_free(world.client);
    world.client = NULL;
    assert_int_equal(cancelled, 1);
    run_loop(*state);
    assert_failed(&world.first, PYRO_ECLOSED, "connection released");
    end_named(&world);
}

static void timeouts_begin_when_the_search_has_ended(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 60, false), PYRO_OK);
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
    end_named(&world);
}

static void name_is_resolved_for_each_connection(void **state)
{
    struct world world;
    begin_named(&world, *state);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
        assert_int_equal(begun, i < 3 ? i : 2);
        if (i < 3)
            find(&world, PYRO_OK);
        await_handshake(&world);
        answer_handshake(&world);
        assert_int_equal(world.first.told, 1);
        if (i == 2)
            pyro_client_keep_uri(world.client);
        pyro_call_free(&world.first.call);
        pyro_client_disconnect(world.client);
        peer_expect_end(&world.peer);
        peer_close(&world.peer);
        peer_listen(&world.peer, world.runtime->loop, socket_path());
    }
    end_named(&world);
}

static void search_that_does_not_begin_is_an_error(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 7, false), PYRO_EMEMORY);
    assert_int_equal(world.client->state, CLIENT_IDLE);
    end_named(&world);
}

static void found_place_where_nobody_listens_is_an_error(void **state)
{
    struct world world;
    begin_named(&world, *state);
    assert_int_equal(start(&world, &world.first, 0, false), PYRO_OK);
    peer_close(&world.peer);
    find(&world, PYRO_OK);
    assert_failed(&world.first, PYRO_ECOMMUNICATION, "cannot connect");
    end_named(&world);
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
