/* Names whose server is gone are removed: by a fake clock, with servers at Unix sockets and at
 * ports of this machine. */
#include "naming_fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "naming/server/autoclean.h"

/* No server: its socket is not there. */
#define GONE "PYRO:a@./u:/tmp/pyrolua-gone.sock"

static void begin_cleaning(struct world *world, struct pyro_runtime *runtime)
{
    struct pyro_error err;
    runtime->config.NS_AUTOCLEAN = 3;
    begin_world(world, runtime);
    world->engine.prompt = true;
    world->calls.autoclean =
        autoclean_new(runtime, world->calls.registry, world->calls.storage, &err);
    assert_non_null(world->calls.autoclean);
}

static void set(struct world *world, const char *name, const char *uri, const char *owner)
{
    struct pyro_error err;
    const struct registration registration = {
        .uri = uri, .owner = owner, .lease = owner ? 1000 : 0};
    assert_int_equal(
        registry_set(world->calls.registry, pyro_slice_text(name), &registration, &err), PYRO_OK);
}

static bool is_there(const struct world *world, const char *name)
{
    return registry_get(world->calls.registry, pyro_slice_text(name)) != NULL;
}

/* Lets time pass, and the loop run, until all that is due is done. */
static void pass(struct world *world, double seconds)
{
    while (seconds > 0) {
        fake_clock_advance(seconds < 0.5 ? seconds : 0.5);
        for (int i = 0; i < 4; i++)
            run_loop(world->runtime);
        seconds -= 0.5;
    }
}

/** The URI of the world's own daemon, which can be connected to. */
static const char *alive(void)
{
    static char uri[100];
    snprintf(uri, sizeof(uri), "PYRO:a@./u:%s", socket_path());
    return uri;
}

static void names_of_dead_servers_go(void **state)
{
    struct world world;
    begin_cleaning(&world, *state);
    set(&world, "alive", alive(), NULL);
    set(&world, "gone", GONE, NULL);
    set(&world, "refused", "PYRO:a@127.0.0.1:1", NULL);
    set(&world, "kept", GONE, "01");
    set(&world, "elsewhere", "PYRONAME:other", NULL);
    pass(&world, 22);
    assert_true(is_there(&world, "gone") && is_there(&world, "refused"));
    pass(&world, 5);
    assert_false(is_there(&world, "gone") || is_there(&world, "refused"));
    assert_int_equal(registry_count(world.calls.registry), 4);
    assert_int_equal(world.engine.taken, 2);
    end_world(&world);
}

/* A name that is registered anew in time has 20 seconds again. */
static void server_that_comes_back_keeps_its_name(void **state)
{
    struct world world;
    begin_cleaning(&world, *state);
    set(&world, "name", GONE, NULL);
    pass(&world, 18);
    set(&world, "name", alive(), NULL);
    pass(&world, 10);
    set(&world, "name", GONE, NULL);
    pass(&world, 20);
    assert_true(is_there(&world, "name"));
    pass(&world, 7);
    assert_false(is_there(&world, "name"));
    end_world(&world);
}

/* Only the name with that URI is removed, whatever happens before the engine gets to it. */
static void name_that_was_registered_anew_stays(void **state)
{
    struct world world;
    begin_cleaning(&world, *state);
    world.engine.prompt = false;
    set(&world, "name", GONE, NULL);
    pass(&world, 27);
    assert_int_equal(world.engine.taken, 1);
    set(&world, "name", alive(), NULL);
    assert_true(engine_store(&world.engine));
    assert_true(is_there(&world, "name"));
    end_world(&world);
}

/* Many names have few servers, each of which is connected to once a round. */
static void many_names_are_cleaned_some_at_a_time(void **state)
{
    struct world world;
    begin_cleaning(&world, *state);
    for (int i = 0; i < 2000; i++) {
        char name[32];
        snprintf(name, sizeof(name), "name%d", i);
        set(&world, name, i % 2 ? GONE : alive(), NULL);
    }
    pass(&world, 4);
    assert_int_equal(pyro_daemon_connections(world.daemon), 1);
    pass(&world, 24);
    assert_int_equal(world.engine.taken, 1000);
    assert_int_equal(registry_count(world.calls.registry), 1001);
    end_world(&world);
}

static void engine_that_fails_is_asked_in_the_next_round(void **state)
{
    struct world world;
    begin_cleaning(&world, *state);
    world.engine.prompt = false;
    set(&world, "name", GONE, NULL);
    pass(&world, 27);
    engine_fail(&world.engine, "the disk is full");
    assert_true(is_there(&world, "name"));
    pass(&world, 1);
    assert_int_equal(world.engine.taken, 1);
    pass(&world, 4);
    assert_int_equal(world.engine.taken, 2);
    assert_true(engine_store(&world.engine));
    assert_false(is_there(&world, "name"));
    end_world(&world);
}

/* A server whose queue of connections is full: a connection to it takes until COMMTIMEOUT. */
static void server_that_does_not_answer_is_gone(void **state)
{
    struct world world;
    char uri[64];
    int fillers[4], full = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    assert_int_equal(bind(full, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(full, 0), 0);
    assert_int_equal(getsockname(full, (struct sockaddr *)&address, &length), 0);
    for (size_t i = 0; i < PYRO_COUNT(fillers); i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fillers[i], (struct sockaddr *)&address, length);
    }
    snprintf(uri, sizeof(uri), "PYRO:a@127.0.0.1:%d", ntohs(address.sin_port));
    ((struct pyro_runtime *)*state)->config.COMMTIMEOUT = 2;
    begin_cleaning(&world, *state);
    set(&world, "name", uri, NULL);
    pass(&world, 24);
    assert_true(is_there(&world, "name"));
    pass(&world, 8);
    assert_false(is_there(&world, "name"));
    end_world(&world);
    for (size_t i = 0; i < PYRO_COUNT(fillers); i++)
        close(fillers[i]);
    close(full);
}

/* At any moment of a round. */
static void name_server_ends_in_a_round(void **state)
{
    for (int steps = 0; steps < 12; steps++) {
        struct world world;
        begin_cleaning(&world, *state);
        world.engine.prompt = false;
        for (int i = 0; i < 600; i++) {
            char name[32];
            snprintf(name, sizeof(name), "name%d", i);
            set(&world, name, i % 2 ? GONE : alive(), NULL);
        }
        pass(&world, steps % 2 ? 2.9 : 26);
        fake_clock_advance(0.2);
        for (int i = 0; i < steps; i++)
            pyro_loop_step(world.runtime->loop, 0);
        end_world(&world);
    }
}

static void lack_of_memory_removes_no_name_of_a_live_server(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        begin_cleaning(&world, *state);
        set(&world, "alive", alive(), NULL);
        set(&world, "gone", GONE, NULL);
        pyro_memory_fail_at(nth);
        pass(&world, 27);
        reached = pyro_memory_fail_at(0) == 0;
        assert_true(is_there(&world, "alive"));
        pass(&world, 27);
        assert_true(is_there(&world, "alive"));
        assert_false(is_there(&world, "gone"));
        end_world(&world);
        assert_true(nth < 2000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(names_of_dead_servers_go),
        WITH_RUNTIME(server_that_comes_back_keeps_its_name),
        WITH_RUNTIME(name_that_was_registered_anew_stays),
        WITH_RUNTIME(many_names_are_cleaned_some_at_a_time),
        WITH_RUNTIME(engine_that_fails_is_asked_in_the_next_round),
        WITH_RUNTIME(server_that_does_not_answer_is_gone),
        WITH_RUNTIME(name_server_ends_in_a_round),
        WITH_RUNTIME(lack_of_memory_removes_no_name_of_a_live_server),
    };
    return cmocka_run_group_tests_name("naming autoclean", tests, NULL, NULL);
}
