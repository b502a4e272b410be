/* Names that their owners keep: published, renewed, withdrawn, and ended leases, by a fake clock.
 */
#include "naming_fixture.h"

#include "naming/server/sweep.h"

/** publish() with an owner and a lease */
#define PUBLISH(name, owner, lease) "'publish',('" name "','PYRO:a@h:1','" owner "'," lease "),{}"

static void begin_prompt(struct world *world, struct pyro_runtime *runtime)
{
    begin_world(world, runtime);
    world->engine.prompt = true;
}

/* Lets time pass, and the loop run, until all that is due is done. */
static void pass(struct world *world, double seconds)
{
    while (seconds > 0) {
        fake_clock_advance(seconds < 0.5 ? seconds : 0.5);
        run_loop(world->runtime);
        seconds -= 0.5;
    }
}

static bool is_there(const struct world *world, const char *name)
{
    return registry_get(world->calls.registry, pyro_slice_text(name)) != NULL;
}

static void name_goes_when_its_lease_ends(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    expect_answer(&world, PUBLISH("a", "01", "10"), "nil ");
    expect_answer(&world, PUBLISH("b", "01", "20.5"), "nil ");
    expect_answer(&world, "'register',('c','PYRO:c@h:1'),{}", "nil ");
    pass(&world, 9.5);
    expect_answer(&world, "'leases',('a',),{}", "'a' (0 '01' ");
    expect_answer(&world, "'leases',('a',),{}", " 0.5f )");
    expect_answer(&world, "'leases',('c',),{}", "'c' (0 nil ");
    expect_answer(&world, "'leases',('c',),{}", " nil ) }");
    pass(&world, 1);
    assert_false(is_there(&world, "a"));
    assert_true(is_there(&world, "b"));
    pass(&world, 9.5);
    assert_true(is_there(&world, "b"));
    pass(&world, 1);
    assert_false(is_there(&world, "b"));
    assert_true(is_there(&world, "c"));
    expect_answer(&world, "'leases',(),{}", "'Pyro.NameServer' (0 nil ");
    end_world(&world);
}

static void renewal_is_of_all_names_of_an_owner(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    expect_answer(&world, PUBLISH("a", "01", "10"), "nil ");
    expect_answer(&world, PUBLISH("b", "01", "5"), "nil ");
    expect_answer(&world, PUBLISH("c", "02", "10"), "nil ");
    for (int i = 0; i < 10; i++) {
        pass(&world, 4);
        expect_answer(&world, "'renew',('01',),{}", "2 ");
    }
    assert_true(is_there(&world, "a") && is_there(&world, "b"));
    assert_false(is_there(&world, "c"));
    expect_answer(&world, "'renew',('02',),{}", "0 ");
    pass(&world, 6);
    expect_answer(&world, "'renew',('01',),{}", "1 ");
    expect_answer(&world, PUBLISH("b", "01", "5"), "nil ");
    expect_answer(&world, "'renew',('01',),{}", "2 ");
    end_world(&world);
}

static void name_has_one_owner(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    expect_answer(&world, PUBLISH("a", "01", "10"), "nil ");
    expect_answer(&world, "'publish',('a','PYRO:a@h:1','02',10),{'safe':True}",
                  "name already registered: a");
    expect_answer(&world, "'publish',('a','PYRO:b@h:1','01',30),{'safe':True}", "nil ");
    expect_answer(&world, "'register',('a','PYRO:c@h:1'),{'safe':True}",
                  "name already registered: a");
    expect_answer(&world, "'withdraw',('a','02'),{}", "0 ");
    expect_answer(&world, PUBLISH("a", "02", "10"), "nil ");
    expect_answer(&world, "'renew',('01',),{}", "0 ");
    expect_answer(&world, "'withdraw',('a','01'),{}", "0 ");
    expect_answer(&world, "'withdraw',('a','02'),{}", "1 ");
    assert_false(is_there(&world, "a"));
    expect_answer(&world, "'withdraw',('Pyro.NameServer','02'),{}", "0 ");
    expect_answer(&world, "'publish',('Pyro.NameServer','PYRO:a@h:1','02',10),{}",
                  "name already registered: Pyro.NameServer");
    end_world(&world);
}

/* A stock client takes a name over: then nobody keeps it. Metadata change no lease. */
static void plain_registration_has_no_lease(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    expect_answer(&world, PUBLISH("a", "01", "10"), "nil ");
    expect_answer(&world, PUBLISH("b", "01", "10"), "nil ");
    expect_answer(&world, "'register',('a','PYRO:c@h:1'),{}", "nil ");
    expect_answer(&world, "'renew',('01',),{}", "1 ");
    pass(&world, 9);
    expect_answer(&world, "'set_metadata',('b',['t']),{}", "nil ");
    pass(&world, 2);
    assert_true(is_there(&world, "a"));
    assert_false(is_there(&world, "b"));
    expect_answer(&world, "'leases',('a',),{}", "'a' (0 nil ");
    end_world(&world);
}

static void bad_arguments_are_refused(void **state)
{
    static const struct {
        const char *call, *message;
    } calls_of[] = {
        {PUBLISH("a", "", "10"), "owner must be 1 to 64 hexadecimal digits, 0-9 and a-f"},
        {PUBLISH("a", "0A", "10"), "owner must be 1 to 64 hexadecimal digits"},
        {PUBLISH("a", "a\\x00", "10"), "owner must be 1 to 64 hexadecimal digits"},
        {"'publish',('a','PYRO:a@h:1',1,10),{}", "owner must be a str"},
        {PUBLISH("a", "01", "0.9"), "lease must be 1 to 31536000 seconds"},
        {PUBLISH("a", "01", "1e30"), "lease must be 1 to 31536000 seconds"},
        {PUBLISH("a", "01", "None"), "lease must be a number of seconds"},
        {"'publish',('a','PYRO:a@h:1','01'),{}", "publish() missing 1 required argument: 'lease'"},
        {"'publish',('a','nothing','01',10),{}", "nothing"},
        {"'renew',('x',),{}", "owner must be 1 to 64 hexadecimal digits"},
        {"'withdraw',('a','x'),{}", "owner must be 1 to 64 hexadecimal digits"},
        {"'withdraw',(1,'01'),{}", "name must be a str"},
        {"'leases',(1,),{}", "prefix must be a str"},
    };
    struct world world;
    char longest[200];
    begin_prompt(&world, *state);
    for (size_t i = 0; i < PYRO_COUNT(calls_of); i++)
        expect_answer(&world, calls_of[i].call, calls_of[i].message);
    snprintf(longest, sizeof(longest), "'publish',('a','PYRO:a@h:1','%065d',10),{}", 1);
    expect_answer(&world, longest, "owner must be 1 to 64 hexadecimal digits");
    snprintf(longest, sizeof(longest), "'publish',('a','PYRO:a@h:1','%064d',10),{}", 1);
    expect_answer(&world, longest, "nil ");
    assert_int_equal(world.engine.taken, 1);
    end_world(&world);
}

/* --- many --- */

static void publish_many(struct world *world, int owners, int names)
{
    struct pyro_error err;
    for (int i = 0; i < owners * names; i++) {
        char name[32], owner[40];
        snprintf(name, sizeof(name), "name%d", i);
        snprintf(owner, sizeof(owner), "%032d", i / names);
        const struct registration registration = {.uri = "PYRO:a@h:1", .owner = owner, .lease = 10};
        assert_int_equal(
            registry_set(world->calls.registry, pyro_slice_text(name), &registration, &err),
            PYRO_OK);
    }
}

/* Of 100 owners with 10 names each, every second one renews. */
static void many_leases_end_some_at_a_time(void **state)
{
    struct world world;
    begin_world(&world, *state);
    publish_many(&world, 100, 10);
    pass(&world, 8);
    for (int i = 0; i < 100; i += 2) {
        char owner[40];
        snprintf(owner, sizeof(owner), "%032d", i);
        assert_int_equal(leases_renew(world.calls.leases, pyro_slice_text(owner)), 10);
    }
    pass(&world, 2.5);
    assert_int_equal(world.engine.taken, SWEEP_MOST);
    world.engine.prompt = true;
    while (engine_store(&world.engine))
        ;
    for (int i = 0; i < 10; i++)
        run_loop(world.runtime);
    assert_int_equal(world.engine.taken, 500);
    assert_int_equal(registry_count(world.calls.registry), 501);
    pass(&world, 6);
    assert_int_equal(registry_count(world.calls.registry), 501);
    pass(&world, 3);
    assert_int_equal(registry_count(world.calls.registry), 1);
    end_world(&world);
}

/* Ended leases are tried again when the engine fails, but not all the time. */
static void engine_that_fails_is_asked_again_later(void **state)
{
    struct world world;
    begin_world(&world, *state);
    publish_many(&world, 1, 2);
    pass(&world, 11);
    assert_int_equal(world.engine.taken, 2);
    engine_fail(&world.engine, "the disk is full");
    engine_fail(&world.engine, "the disk is full");
    pass(&world, 4);
    assert_int_equal(world.engine.taken, 2);
    pass(&world, 2);
    assert_int_equal(world.engine.taken, 4);
    while (engine_store(&world.engine))
        ;
    assert_int_equal(registry_count(world.calls.registry), 1);
    end_world(&world);
}

/* The name server itself was held up: it could not hear renewals. */
static void leases_wait_as_long_as_the_name_server_was_held_up(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    publish_many(&world, 1, 1);
    pass(&world, 5);
    fake_clock_advance(60);
    run_loop(world.runtime);
    assert_true(is_there(&world, "name0"));
    assert_int_equal(
        leases_renew(world.calls.leases, pyro_slice_text("00000000000000000000000000000000")), 1);
    pass(&world, 9.5);
    assert_true(is_there(&world, "name0"));
    pass(&world, 50);
    assert_false(is_there(&world, "name0"));
    end_world(&world);
}

static void leases_begin_anew_at_a_start(void **state)
{
    struct world world;
    begin_prompt(&world, *state);
    publish_many(&world, 2, 2);
    pass(&world, 9);
    struct pyro_error err;
    leases_free(world.calls.leases);
    world.calls.leases = leases_new(world.runtime, world.calls.registry, world.calls.storage, &err);
    pass(&world, 9);
    assert_int_equal(registry_count(world.calls.registry), 5);
    expect_answer(&world, "'renew',('00000000000000000000000000000001',),{}", "2 ");
    pass(&world, 2);
    assert_int_equal(registry_count(world.calls.registry), 3);
    end_world(&world);
}

static void name_server_ends_while_leases_end(void **state)
{
    struct world world;
    begin_world(&world, *state);
    publish_many(&world, 10, 10);
    pass(&world, 11);
    assert_int_equal(world.engine.taken, SWEEP_MOST);
    end_world(&world);
}

/* A name that memory lacked to keep is not counted; its owner publishes it again. */
static void lack_of_memory_shows_when_names_are_renewed(void **state)
{
    bool reached = true;
    size_t lacking = 0;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        struct pyro_error err;
        begin_prompt(&world, *state);
        const struct registration registration = {.uri = "PYRO:a@h:1", .owner = "01", .lease = 10};
        pyro_memory_fail_at(nth);
        registry_set(world.calls.registry, pyro_slice_text("a"), &registration, &err);
        reached = pyro_memory_fail_at(0) == 0;
        size_t kept = leases_renew(world.calls.leases, pyro_slice_text("01"));
        assert_true(kept == 1 || (reached && kept == 0));
        lacking += kept == 0;
        expect_answer(&world, PUBLISH("a", "01", "10"), "nil ");
        expect_answer(&world, "'renew',('01',),{}", "1 ");
        pass(&world, 11);
        assert_false(is_there(&world, "a"));
        end_world(&world);
        assert_true(nth < 20);
    }
    assert_true(lacking > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(name_goes_when_its_lease_ends),
        WITH_RUNTIME(renewal_is_of_all_names_of_an_owner),
        WITH_RUNTIME(name_has_one_owner),
        WITH_RUNTIME(plain_registration_has_no_lease),
        WITH_RUNTIME(bad_arguments_are_refused),
        WITH_RUNTIME(many_leases_end_some_at_a_time),
        WITH_RUNTIME(engine_that_fails_is_asked_again_later),
        WITH_RUNTIME(leases_wait_as_long_as_the_name_server_was_held_up),
        WITH_RUNTIME(leases_begin_anew_at_a_start),
        WITH_RUNTIME(name_server_ends_while_leases_end),
        WITH_RUNTIME(lack_of_memory_shows_when_names_are_renewed),
    };
    return cmocka_run_group_tests_name("naming leases", tests, NULL, NULL);
}
