/* Lists of leases with an engine that itself ends them: it is asked, and answers when the test
 * does.
 */
#include "naming_fixture.h"

/** publish() with an owner and a lease */
#define PUBLISH(name, owner, lease) "'publish',('" name "','PYRO:a@h:1','" owner "'," lease "),{}"

/* Question that the engine was asked last, and has not answered. */
static struct renewals *asked;

static void engine_ask(struct storage *self, struct renewals *renewals)
{
    (void)self;
    assert_null(asked);
    asked = renewals;
}

/* Answers: each owner renewed so long ago. */
static void answer(double age)
{
    struct renewals *renewals = asked;
    assert_non_null(asked);
    for (struct pyro_list *at = asked->each.next; at != &asked->each; at = at->next)
        PYRO_CONTAINER(at, struct renewal, node)->age = age;
    asked = NULL;
    renewals->answered(renewals);
}

static void close_asking(struct storage *self)
{
    if (asked)
        answer(-1);
    engine_close(self);
}

static void begin_asking(struct world *world, struct pyro_runtime *runtime)
{
    static const struct storage_ops ops = {engine_change, close_asking, engine_ask};
    begin_world(world, runtime);
    leases_free(world->calls.leases);
    world->calls.leases = NULL;
    world->engine.storage.ops = &ops;
    world->engine.prompt = true;
    expect_answer(world, PUBLISH("a", "01", "10"), "nil ");
    expect_answer(world, PUBLISH("b", "01", "20.5"), "nil ");
    expect_answer(world, PUBLISH("c", "02", "30"), "nil ");
}

/* Asks for the leases of names with a prefix; the engine has not answered. */
static void list(struct world *world, const char *prefix)
{
    char call[64];
    snprintf(call, sizeof(call), "'leases',('%s',),{}", prefix);
    send_call(world, &world->peer, 0, call);
    assert_non_null(asked);
}

/* Lets the engine answer, and expects a part of the list. */
static void expect_list(struct world *world, double age, const char *part)
{
    answer(age);
    run_loop(world->runtime);
    expect(&world->peer, part);
}

static void time_left_is_the_engines(void **state)
{
    struct world world;
    begin_asking(&world, *state);
    list(&world, "a");
    expect_list(&world, 10.5, " 0f ) }");
    list(&world, "b");
    expect_list(&world, 10.5, " 10f ) }");
    list(&world, "");
    expect_list(&world, 10.5, " 19.5f ) }");
    list(&world, "");
    expect_list(&world, -1, " nil ) }");
    end_world(&world);
}

static void engine_is_asked_of_those_who_are_listed(void **state)
{
    struct world world;
    begin_asking(&world, *state);
    list(&world, "c");
    const struct renewal *first = PYRO_CONTAINER(asked->each.next, struct renewal, node);
    assert_true(pyro_slice_equals(first->owner, "02"));
    assert_ptr_equal(first->node.next, &asked->each);
    expect_list(&world, 0, " 30f ) }");
    expect_answer(&world, "'leases',('Pyro',),{}", "'Pyro.NameServer' (");
    assert_null(asked);
    end_world(&world);
}

static void names_are_those_there_are_when_it_answers(void **state)
{
    struct world world;
    struct pyro_error err;
    const struct registration late = {.uri = "PYRO:d@h:1", .owner = "03", .lease = 5};
    begin_asking(&world, *state);
    list(&world, "a");
    registry_remove(world.calls.registry, pyro_slice_text("a"));
    expect_list(&world, 0, "{0 }");
    list(&world, "c");
    assert_int_equal(registry_set(world.calls.registry, pyro_slice_text("cd"), &late, &err),
                     PYRO_OK);
    expect_list(&world, 0, " nil ) }");
    end_world(&world);
}

static void name_server_ends_while_the_engine_is_asked(void **state)
{
    struct world world;
    begin_asking(&world, *state);
    list(&world, "");
    end_world(&world);
    assert_null(asked);
}

/* Each allocation fails in turn, from the question to the answer. */
static void lack_of_memory_fails_one_list(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        begin_asking(&world, *state);
        /* Pyro.NameServer.leases() */
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1},
                     "94af5079726f2e4e616d65536572766572a66c65617365739080");
        pyro_memory_fail_at(nth);
        run_loop(*state);
        if (asked)
            answer(1);
        run_loop(*state);
        reached = pyro_memory_fail_at(0) == 0;
        end_world(&world);
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(time_left_is_the_engines),
        WITH_RUNTIME(engine_is_asked_of_those_who_are_listed),
        WITH_RUNTIME(names_are_those_there_are_when_it_answers),
        WITH_RUNTIME(name_server_ends_while_the_engine_is_asked),
        WITH_RUNTIME(lack_of_memory_fails_one_list),
    };
    return cmocka_run_group_tests_name("naming lease calls", tests, NULL, NULL);
}
