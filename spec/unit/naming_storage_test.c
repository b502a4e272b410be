/* Changes of a name server whose storage answers later. */
#include "naming_fixture.h"

#define REGISTER "'register',('a','PYRO:a@h:1'),{}"

static void change_is_answered_when_it_is_stored(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_call(&world, &world.peer, 0, REGISTER);
    peer_expect_nothing(&world.peer);
    assert_null(registry_get(world.calls.registry, pyro_slice_text("a")));
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "nil ");
    expect_answer(&world, "'lookup',('a',),{}", "'h'");
    send_call(&world, &world.peer, 0, "'set_metadata',('a',['t']),{}");
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "nil ");
    send_call(&world, &world.peer, 0, "'remove',('a',),{}");
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "1 ");
    send_call(&world, &world.peer, 0, "'remove',('a',),{}");
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "0 ");
    end_world(&world);
}

static void change_that_is_not_stored_is_an_error(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_call(&world, &world.peer, 0, REGISTER);
    engine_fail(&world.engine, "the disk is full");
    expect(&world.peer, "the disk is full");
    expect_answer(&world, "'lookup',('a',),{}", "unknown name: a");
    end_world(&world);
}

/* Two clients register a name safely, which neither sees when it asks. */
static void engine_decides_who_is_first(void **state)
{
    struct world world;
    struct scripted_peer other;
    begin_world(&world, *state);
    open_peer(&world, &other);
    send_call(&world, &world.peer, 0, "'register',('a','PYRO:a@h:1'),{'safe':True}");
    send_call(&world, &other, 0, "'register',('a','PYRO:b@h:1'),{'safe':True}");
    assert_true(engine_store(&world.engine));
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "nil ");
    expect(&other, "name already registered: a");
    send_call(&world, &world.peer, 0, "'set_metadata',('b',['t']),{}");
    assert_true(engine_store(&world.engine));
    expect(&world.peer, "unknown name: b");
    peer_close(&other);
    end_world(&world);
}

static void own_registration_is_in_no_engine(void **state)
{
    struct world world;
    begin_world(&world, *state);
    expect_answer(&world, "'register',('Pyro.NameServer','PYRO:a@h:1'),{}",
                  "name already registered: Pyro.NameServer");
    expect_answer(&world, "'set_metadata',('Pyro.NameServer',['t']),{}", "nil ");
    expect_answer(&world, "'remove',('Pyro.NameServer',),{}", "0 ");
    world.engine.prompt = true;
    expect_answer(&world, "'remove',(),{'regex':'.*'}", "0 ");
    expect_answer(&world, "'lookup',('Pyro.NameServer',True),{}", "'t'");
    assert_int_equal(world.engine.taken, 0);
    end_world(&world);
}

/* The calls of a batch run in order, each when the one before is stored. */
static void batch_waits_for_each_change(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_call(&world, &world.peer, PYRO_FLAG_BATCH,
              "'<batch>',[('register',('a','PYRO:a@h:1'),{}),('lookup',('a',),{}),"
              "('register',('a','PYRO:b@h:1'),{'safe':True}),('count',(),{})],{}");
    assert_int_equal(world.engine.taken, 1);
    assert_true(engine_store(&world.engine));
    run_loop(world.runtime);
    peer_expect_nothing(&world.peer);
    assert_int_equal(world.engine.taken, 2);
    assert_true(engine_store(&world.engine));
    run_loop(world.runtime);
    expect(&world.peer, "name already registered: a");
    assert_int_equal(world.engine.taken, 2);
    end_world(&world);
}

static void change_outlives_its_client(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_call(&world, &world.peer, 0, REGISTER);
    peer_close(&world.peer);
    run_loop(world.runtime);
    assert_true(engine_store(&world.engine));
    run_loop(world.runtime);
    open_peer(&world, &world.peer);
    expect_answer(&world, "'lookup',('a',),{}", "'h'");
    send_call(&world, &world.peer, PYRO_FLAG_ONEWAY, "'register',('b','PYRO:b@h:1'),{}");
    assert_true(engine_store(&world.engine));
    expect_answer(&world, "'count',(),{}", "3 ");
    end_world(&world);
}

/* The changes in flight are answered with an error, which nobody hears. */
static void name_server_ends_while_changes_wait(void **state)
{
    struct world world;
    begin_world(&world, *state);
    send_call(&world, &world.peer, 0, REGISTER);
    assert_int_equal(world.engine.taken, 1);
    end_world(&world);
    begin_world(&world, *state);
    send_call(&world, &world.peer, PYRO_FLAG_BATCH,
              "'<batch>',[('register',('a','PYRO:a@h:1'),{}),('lookup',('a',),{})],{}");
    assert_int_equal(world.engine.taken, 1);
    end_world(&world);
}

static void room_counts_what_is_being_stored(void **state)
{
    struct world world;
    struct scripted_peer peers[200];
    char call[1200];
    size_t used = 0, taken;
    begin_world(&world, *state);
    do {
        assert_true(used < PYRO_COUNT(peers));
        taken = world.engine.taken;
        open_peer(&world, &peers[used]);
        snprintf(call, sizeof(call), "'register',('%0900zu','PYRO:a@h:1'),{}", used);
        send_call(&world, &peers[used], 0, call);
        used++;
    } while (world.engine.taken > taken);
    expect(&peers[used - 1], "the name server is full (NS_MAX_MEMORY: 100000 bytes)");
    assert_true(used > 50 && used < 110);
    while (engine_store(&world.engine))
        ;
    for (size_t i = 0; i + 1 < used; i++)
        expect(&peers[i], "nil ");
    send_call(&world, &peers[0], 0, call);
    expect(&peers[0], "the name server is full (NS_MAX_MEMORY: 100000 bytes)");
    for (size_t i = 0; i < used; i++)
        peer_close(&peers[i]);
    end_world(&world);
}

/* --- removals of many --- */

static void register_many(struct world *world, int count)
{
    struct pyro_error err;
    for (int i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%s%04d", i % 2 ? "odd" : "even", i);
        assert_int_equal(registry_set(world->calls.registry, pyro_slice_text(name),
                                      &(struct registration){.uri = "PYRO:a@h:1"}, &err),
                         PYRO_OK);
    }
}

/* Lets the engine store what there is, and the loop go on, until nothing changes. */
static size_t store_all(struct world *world)
{
    size_t most = 0, waiting;
    do {
        waiting = 0;
        while (engine_store(&world->engine))
            waiting++;
        most = waiting > most ? waiting : most;
        run_loop(world->runtime);
    } while (waiting > 0);
    return most;
}

static void many_are_removed_some_at_a_time(void **state)
{
    struct world world;
    begin_world(&world, *state);
    register_many(&world, 400);
    send_call(&world, &world.peer, 0, "'remove',(),{'prefix':'odd'}");
    assert_int_equal(store_all(&world), 64);
    expect(&world.peer, "200 ");
    assert_int_equal(registry_count(world.calls.registry), 201);
    send_call(&world, &world.peer, 0, "'remove',(),{'regex':'.*[02468]$'}");
    assert_int_equal(store_all(&world), 64);
    expect(&world.peer, "200 ");
    assert_int_equal(world.engine.taken, 400);
    register_many(&world, 10);
    send_call(&world, &world.peer, 0, "'remove',('even0002','odd'),{}");
    store_all(&world);
    expect(&world.peer, "1 ");
    send_call(&world, &world.peer, 0, "'remove',('even0002','odd'),{}");
    store_all(&world);
    expect(&world.peer, "5 ");
    world.engine.prompt = true;
    expect_answer(&world, "'remove',(),{'prefix':'even'}", "4 ");
    expect_answer(&world, "'remove',(),{'prefix':'even'}", "0 ");
    end_world(&world);
}

static void removal_of_many_ends_where_the_engine_fails(void **state)
{
    struct world world;
    begin_world(&world, *state);
    register_many(&world, 400);
    send_call(&world, &world.peer, 0, "'remove',(),{'prefix':'odd'}");
    engine_fail(&world.engine, "the disk is full");
    peer_expect_nothing(&world.peer);
    assert_int_equal(store_all(&world), 63);
    expect(&world.peer, "the disk is full");
    assert_int_equal(world.engine.taken, 64);
    end_world(&world);
}

static void what_a_client_asked_for_goes_on_when_it_leaves(void **state)
{
    struct world world;
    begin_world(&world, *state);
    register_many(&world, 400);
    send_call(&world, &world.peer, 0, "'remove',(),{'prefix':'odd'}");
    peer_close(&world.peer);
    store_all(&world);
    assert_int_equal(registry_count(world.calls.registry), 201);
    open_peer(&world, &world.peer);
    send_call(&world, &world.peer, PYRO_FLAG_ONEWAY | PYRO_FLAG_BATCH,
              "'<batch>',[('remove',('even0002',),{}),('remove',('even0004',),{})],{}");
    peer_close(&world.peer);
    store_all(&world);
    assert_int_equal(registry_count(world.calls.registry), 199);
    end_world(&world);
}

/* At any moment of a removal: before its changes are made, while they wait, and between. */
static void name_server_ends_in_a_removal(void **state)
{
    for (int steps = 0; steps < 4; steps++) {
        struct world world;
        begin_world(&world, *state);
        register_many(&world, 400);
        world.engine.prompt = steps % 2;
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1},
                     "94af5079726f2e4e616d65536572766572a672656d6f76659081a6707265666978a36f6464");
        for (int i = 0; i < 200 && pyro_list_empty(&world.calls.removals); i++)
            pyro_loop_step(world.runtime->loop, 0);
        for (int i = 0; i < steps / 2; i++)
            pyro_loop_step(world.runtime->loop, 0);
        assert_false(pyro_list_empty(&world.calls.removals));
        end_world(&world);
    }
}

static void removal_needs_memory(void **state)
{
    bool removed = false;
    for (unsigned long nth = 1; !removed; nth++) {
        struct world world;
        begin_world(&world, *state);
        register_many(&world, 150);
        world.engine.prompt = true;
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1},
                     "94af5079726f2e4e616d65536572766572a672656d6f76659081a6707265666978a36f6464");
        pyro_memory_fail_at(nth);
        for (int i = 0; i < 5; i++)
            run_loop(*state);
        removed = pyro_memory_fail_at(0) != 0;
        if (removed)
            assert_int_equal(registry_count(world.calls.registry), 76);
        end_world(&world);
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(change_is_answered_when_it_is_stored),
        WITH_RUNTIME(change_that_is_not_stored_is_an_error),
        WITH_RUNTIME(engine_decides_who_is_first),
        WITH_RUNTIME(own_registration_is_in_no_engine),
        WITH_RUNTIME(batch_waits_for_each_change),
        WITH_RUNTIME(change_outlives_its_client),
        WITH_RUNTIME(name_server_ends_while_changes_wait),
        WITH_RUNTIME(room_counts_what_is_being_stored),
        WITH_RUNTIME(many_are_removed_some_at_a_time),
        WITH_RUNTIME(removal_of_many_ends_where_the_engine_fails),
        WITH_RUNTIME(what_a_client_asked_for_goes_on_when_it_leaves),
        WITH_RUNTIME(name_server_ends_in_a_removal),
        WITH_RUNTIME(removal_needs_memory),
    };
    return cmocka_run_group_tests_name("naming storage", tests, NULL, NULL);
}
