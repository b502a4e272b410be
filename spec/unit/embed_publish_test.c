/* The embedding API: names that a daemon keeps at a name server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pyrolua.h>

#define THEIRS "PYRO:other@localhost:1"

static int answer(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    (void)arguments;
    pyrolua_put_int(result, 42);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {{.name = "answer", .call = answer}, {.name = NULL}};
static const pyrolua_class thing_class = {.members = members};

/* A runtime with a name server, and a daemon with an object "thing". */
struct world {
    pyrolua_runtime *runtime;
    pyrolua_daemon *names, *daemon;
    pyrolua_publication publication;
    int port;
    char lost[40];
    int then_free; /* what the program does when a name is lost: 1: frees the daemon, 2: the runtime
                    */
};

static void world_lost(void *context, pyrolua_daemon *daemon, const char *name)
{
    struct world *world = context;
    assert_ptr_equal(daemon, world->daemon);
    snprintf(world->lost, sizeof(world->lost), "%s", name);
    if (world->then_free == 1)
        pyrolua_daemon_free(daemon);
    else if (world->then_free == 2)
        pyrolua_free(world->runtime);
}

static int set_up(void **state)
{
    static struct world world;
    static const char *const tags[] = {"a", "b", NULL};
    const pyrolua_place place = {.host = "127.0.0.1", .port = -1};
    world = (struct world){.port = 0};
    assert_int_equal(pyrolua_new(&world.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(world.runtime, "LOGLEVEL", "CRITICAL"), PYROLUA_OK);
    assert_int_equal(pyrolua_nameserver_new(world.runtime, &place, 0, &world.names), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(world.runtime, NULL, &world.daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(world.daemon, "thing", &thing_class, NULL, NULL),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_lost(world.daemon, world_lost, &world), PYROLUA_OK);
    world.port = atoi(strchr(pyrolua_daemon_location(world.names), ':') + 1);
    world.publication = (pyrolua_publication){
        .metadata = tags, .lease = 1, .nameserver = "127.0.0.1", .port = world.port};
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    pyrolua_free(((struct world *)*state)->runtime);
    return 0;
}

static int publish(struct world *world, const char *name)
{
    return pyrolua_daemon_publish(world->daemon, name, "thing", &world->publication);
}

/* Runs code that has the name server as `ns`. */
static void run(struct world *world, const char *code)
{
    char text[400];
    snprintf(text, sizeof(text),
             "local pyro = require 'pyro' local ns <close> = pyro.locateNS('127.0.0.1', %d) %s",
             world->port, code);
    if (pyrolua_run_text(world->runtime, text, "test") != PYROLUA_OK)
        fail_msg("%s", pyrolua_last_error(world->runtime)->message);
}

static void assert_refused(struct world *world, int code, int expected, const char *part)
{
    assert_int_equal(code, expected);
    const char *message = pyrolua_last_error(world->runtime)->message;
    if (!strstr(message, part))
        fail_msg("'%s' lacks '%s'", message, part);
}

static void published_object_is_found(void **state)
{
    struct world *world = *state;
    assert_int_equal(publish(world, "a.name"), PYROLUA_OK);
    run(world, "assert(pyro.Proxy(ns:lookup('a.name')):answer() == 42)");
    run(world, "assert(#ns:lookup('a.name', { return_metadata = true })[2] == 2)");
    assert_refused(world, publish(world, "a.name"), PYROLUA_ENAMING,
                   "the daemon has published the name 'a.name' already");
    assert_int_equal(pyrolua_daemon_unpublish(world->daemon, "a.name"), PYROLUA_OK);
    run(world, "assert(not pcall(ns.lookup, ns, 'a.name'))");
    assert_refused(world, pyrolua_daemon_unpublish(world->daemon, "a.name"), PYROLUA_EVALUE,
                   "the daemon does not publish that name");
}

static void defaults_are_those_of_the_settings(void **state)
{
    struct world *world = *state;
    char place[40];
    snprintf(place, sizeof(place), "127.0.0.1:%d", world->port);
    assert_int_equal(pyrolua_configure(world->runtime, "NS_HOSTS", place), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_publish(world->daemon, "a.name", "thing", NULL), PYROLUA_OK);
    run(world, "assert(#ns:lookup('a.name', { return_metadata = true })[2] == 0)");
}

static void name_that_is_taken_is_refused(void **state)
{
    struct world *world = *state;
    run(world, "ns:register('a.name', '" THEIRS "')");
    world->publication.safe = 1;
    assert_refused(world, publish(world, "a.name"), PYROLUA_ENAMING, "already");
    world->publication.safe = 0;
    assert_int_equal(publish(world, "a.name"), PYROLUA_OK);
}

static void name_that_is_gone_comes_back(void **state)
{
    struct world *world = *state;
    assert_int_equal(publish(world, "a.name"), PYROLUA_OK);
    run(world, "ns:remove('a.name') for _ = 1, 2000 do pyro.sleep(0.01) "
               "if pcall(ns.lookup, ns, 'a.name') then return end end error 'it is gone'");
}

static void lose(struct world *world)
{
    assert_int_equal(publish(world, "a.name"), PYROLUA_OK);
    run(world, "ns:register('a.name', '" THEIRS "')");
    int code = PYROLUA_OK;
    for (int i = 0; i < 2000 && code == PYROLUA_OK && !world->lost[0]; i++)
        code = pyrolua_step(world->runtime, 0.01);
    assert_int_equal(code, world->then_free == 2 ? PYROLUA_ECLOSED : PYROLUA_OK);
    assert_string_equal(world->lost, "a.name");
}

static void lost_name_is_told(void **state)
{
    struct world *world = *state;
    lose(world);
    assert_int_equal(pyrolua_daemon_unpublish(world->daemon, "a.name"), PYROLUA_EVALUE);
    run(world, "assert(tostring(ns:lookup 'a.name') == '" THEIRS "')");
}

static void daemon_may_be_freed_when_a_name_is_lost(void **state)
{
    struct world *world = *state;
    world->then_free = 1;
    assert_int_equal(publish(world, "other"), PYROLUA_OK);
    lose(world);
    run(world, "assert(not pcall(ns.lookup, ns, 'other'))");
}

static void runtime_may_be_freed_when_a_name_is_lost(void **state)
{
    struct world *world = *state;
    world->then_free = 2;
    lose(world);
    world->runtime = NULL;
}

static void freed_daemon_removes_its_names(void **state)
{
    struct world *world = *state;
    assert_int_equal(publish(world, "one"), PYROLUA_OK);
    assert_int_equal(publish(world, "two"), PYROLUA_OK);
    run(world, "ns:register('two', '" THEIRS "')");
    pyrolua_daemon_free(world->daemon);
    run(world, "assert(not pcall(ns.lookup, ns, 'one'))");
    run(world, "assert(tostring(ns:lookup 'two') == '" THEIRS "')");
}

static void misuse_is_refused(void **state)
{
    struct world *world = *state;
    assert_int_equal(pyrolua_daemon_publish(NULL, "x", "thing", NULL), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_daemon_unpublish(NULL, "x"), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_daemon_lost(NULL, NULL, NULL), PYROLUA_EVALUE);
    assert_refused(world, publish(world, NULL), PYROLUA_EVALUE, "name may not be NULL");
    assert_refused(world, pyrolua_daemon_publish(world->daemon, "x", NULL, NULL), PYROLUA_EVALUE,
                   "id may not be NULL");
    assert_refused(world, pyrolua_daemon_publish(world->daemon, "x", "nothing", NULL),
                   PYROLUA_EVALUE, "no object is registered with that id");
    assert_refused(world, pyrolua_daemon_unpublish(world->daemon, NULL), PYROLUA_EVALUE,
                   "name may not be NULL");
    assert_refused(world, pyrolua_daemon_unpublish(world->daemon, "x"), PYROLUA_EVALUE,
                   "the daemon does not publish that name");
    world->publication.lease = -1;
    assert_refused(world, publish(world, "x"), PYROLUA_EVALUE, "a lease is 1 to 3000000 seconds");
    world->publication = (pyrolua_publication){.port = 70000};
    assert_refused(world, publish(world, "x"), PYROLUA_EVALUE, "a port is 0 to 65535");
    world->publication = (pyrolua_publication){.nameserver = "127.0.0.1", .port = 1};
    assert_refused(world, publish(world, "x"), PYROLUA_ENAMING, "Failed to locate the nameserver");
}

static void stopped_runtime_publishes_nothing(void **state)
{
    struct world *world = *state;
    pyrolua_stop(world->runtime);
    assert_int_equal(publish(world, "a.name"), PYROLUA_ECLOSED);
    run(world, "for _ = 1, 200 do pyro.sleep(0.01) "
               "if not pcall(ns.lookup, ns, 'a.name') then return end end error 'it is there'");
    assert_int_equal(publish(world, "a.name"), PYROLUA_OK);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(published_object_is_found),
        WITH_WORLD(defaults_are_those_of_the_settings),
        WITH_WORLD(name_that_is_taken_is_refused),
        WITH_WORLD(name_that_is_gone_comes_back),
        WITH_WORLD(lost_name_is_told),
        WITH_WORLD(daemon_may_be_freed_when_a_name_is_lost),
        WITH_WORLD(runtime_may_be_freed_when_a_name_is_lost),
        WITH_WORLD(freed_daemon_removes_its_names),
        WITH_WORLD(misuse_is_refused),
        WITH_WORLD(stopped_runtime_publishes_nothing),
    };
    return cmocka_run_group_tests_name("embed publish", tests, NULL, NULL);
}
