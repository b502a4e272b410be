/* The storage in a real Redis, where memory is short: each allocation fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "naming/redis/storage_redis.h"

static char url[64];
static pid_t server;

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    close(descriptor);
    return ntohs(address.sin_port);
}

static int start_redis(void **state)
{
    char port[8], line[512];
    int ends[2];
    (void)state;
    snprintf(port, sizeof(port), "%d", free_port());
    snprintf(url, sizeof(url), "redis://127.0.0.1:%s", port);
    assert_int_equal(pipe(ends), 0);
    server = fork();
    if (server == 0) {
        dup2(ends[1], 1);
        execlp("redis-server", "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
               "--dir", "/tmp", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *output = fdopen(ends[0], "r");
    bool ready = false;
    while (!ready && fgets(line, sizeof(line), output))
        ready = strstr(line, "Ready to accept connections");
    return ready ? 0 : -1; /* its end stays open: nobody writes to it any more */
}

static int stop_redis(void **state)
{
    (void)state;
    kill(server, SIGKILL);
    return waitpid(server, NULL, 0) == server ? 0 : -1;
}

struct world {
    struct pyro_runtime runtime;
    struct registry *registry;
    struct storage *storage;
    struct change change;
    bool answered;
    struct pyro_error why;
};

static void begin_world(struct world *world)
{
    struct pyro_error err;
    memset(world, 0, sizeof(*world));
    assert_int_equal(pyro_runtime_open(&world->runtime, NULL, &err), PYRO_OK);
    assert_int_equal(pyro_log_set(&world->runtime.log,
                                  &(struct pyro_log_settings){"CRITICAL", NULL, NULL}, &err),
                     PYRO_OK);
    world->registry = registry_new(0, &err);
    assert_non_null(world->registry);
}

/* Begins one with a storage. */
static void open_world(struct world *world)
{
    struct pyro_error err;
    begin_world(world);
    world->storage = storage_redis_open(&world->runtime, url, world->registry, &err);
    assert_non_null(world->storage);
}

static void end_world(struct world *world)
{
    if (world->storage)
        world->storage->ops->close(world->storage);
    registry_free(world->registry);
    pyro_runtime_close(&world->runtime);
}

static void on_stored(struct change *change, const struct pyro_error *why)
{
    struct world *world = PYRO_CONTAINER(change, struct world, change);
    world->answered = true;
    if (why)
        world->why = *why;
}

/* Makes a change, and waits for its answer. */
static enum pyro_code make(struct world *world, enum change_kind kind, const char *name)
{
    static const char *const tags[] = {"one", "two"};
    world->change = (struct change){.kind = kind, .name = pyro_slice_text(name)};
    world->change.registration = (struct registration){
        .uri = "PYRO:x@h:1", .tags = tags, .tag_count = 2, .owner = "00", .lease = 60};
    world->change.stored = on_stored;
    world->answered = false;
    pyro_error_clear(&world->why);
    storage_change(world->storage, &world->change);
    while (!world->answered)
        assert_true(pyro_loop_step(world->runtime.loop, 10));
    return world->why.code;
}

static void storage_stores_and_loads(void **state)
{
    struct world world;
    (void)state;
    open_world(&world);
    assert_int_equal(make(&world, CHANGE_SET, "a"), PYRO_OK);
    assert_int_equal(make(&world, CHANGE_SET, "b"), PYRO_OK);
    assert_int_equal(make(&world, CHANGE_RENEW, ""), PYRO_OK);
    assert_int_equal(world.change.applied, 2);
    assert_int_equal(make(&world, CHANGE_REMOVE, "b"), PYRO_OK);
    assert_int_equal(registry_count(world.registry), 1);
    end_world(&world);
    open_world(&world);
    assert_non_null(registry_get(world.registry, pyro_slice_text("a")));
    end_world(&world);
}

static void want_of_memory_ends_opening(void **state)
{
    (void)state;
    bool all = false;
    for (unsigned long n = 1; !all; n++) {
        struct world world;
        struct pyro_error err = {.code = PYRO_OK};
        begin_world(&world);
        pyro_memory_fail_at(n);
        world.storage = storage_redis_open(&world.runtime, url, world.registry, &err);
        all = pyro_memory_fail_at(0) > 0;
        assert_true(world.storage || err.code != PYRO_OK);
        assert_true(world.storage || !all);
        end_world(&world);
    }
}

/* Whatever is lost on the way, a change is answered, and the next one works once Redis is there. */
static void want_of_memory_ends_a_change(void **state)
{
    struct world world;
    bool all = false;
    (void)state;
    open_world(&world);
    for (unsigned long n = 1; !all; n++) {
        pyro_memory_fail_at(n);
        enum pyro_code code = make(&world, n % 2 ? CHANGE_SET : CHANGE_REMOVE, "c");
        all = pyro_memory_fail_at(0) > 0;
        assert_true(code == PYRO_OK || !all);
        for (int tries = 0; make(&world, CHANGE_SET, "d") != PYRO_OK; tries++) {
            assert_true(tries < 200);
            pyro_loop_step(world.runtime.loop, 0.1);
        }
    }
    end_world(&world);
}

/* --- questions --- */

struct asked {
    struct renewals renewals;
    struct renewal known, unknown;
    bool answered;
};

static void on_answered(struct renewals *renewals)
{
    PYRO_CONTAINER(renewals, struct asked, renewals)->answered = true;
}

static void add_owner(struct asked *asked, struct renewal *renewal, const char *owner)
{
    renewal->owner = pyro_slice_text(owner);
    renewal->age = -1;
    pyro_list_init(&renewal->node);
    pyro_list_push(&asked->renewals.each, &renewal->node);
}

/* Asks when an owner that has names, and one that has none, renewed. */
static void ask(struct world *world, struct asked *asked)
{
    *asked = (struct asked){.renewals.answered = on_answered};
    pyro_list_init(&asked->renewals.each);
    add_owner(asked, &asked->known, "00");
    add_owner(asked, &asked->unknown, "ff");
    world->storage->ops->ask(world->storage, &asked->renewals);
}

static void storage_tells_when_owners_renewed(void **state)
{
    struct world world;
    struct asked asked;
    (void)state;
    open_world(&world);
    assert_int_equal(make(&world, CHANGE_SET, "a"), PYRO_OK);
    ask(&world, &asked);
    assert_false(asked.answered);
    while (!asked.answered)
        assert_true(pyro_loop_step(world.runtime.loop, 10));
    assert_true(asked.known.age >= 0 && asked.known.age < 30);
    assert_true(asked.unknown.age > 60);
    ask(&world, &asked);
    end_world(&world);
    assert_true(asked.answered && asked.known.age < 0);
}

static void want_of_memory_ends_a_question(void **state)
{
    struct world world;
    struct asked asked;
    bool all = false;
    (void)state;
    open_world(&world);
    for (unsigned long n = 1; !all; n++) {
        for (int tries = 0; make(&world, CHANGE_SET, "a") != PYRO_OK; tries++) {
            assert_true(tries < 200);
            pyro_loop_step(world.runtime.loop, 0.1);
        }
        pyro_memory_fail_at(n);
        ask(&world, &asked);
        while (!asked.answered)
            assert_true(pyro_loop_step(world.runtime.loop, 10));
        all = pyro_memory_fail_at(0) > 0;
        assert_true(asked.known.age >= 0 || !all);
    }
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storage_stores_and_loads),
        cmocka_unit_test(want_of_memory_ends_opening),
        cmocka_unit_test(want_of_memory_ends_a_change),
        cmocka_unit_test(storage_tells_when_owners_renewed),
        cmocka_unit_test(want_of_memory_ends_a_question),
    };
    return cmocka_run_group_tests(tests, start_redis, stop_redis);
}
