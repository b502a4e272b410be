/* Clients that wait for changes of a name server, by a fake clock. */
#include "naming_fixture.h"

#include <unistd.h>

#include "rpc/daemon_state.h"
#include "rpc/guard.h"

static void begin_watch(struct world *world, struct pyro_runtime *runtime)
{
    begin_world(world, runtime);
    world->engine.prompt = true;
}

static void set(struct world *world, const char *name, const char *uri)
{
    struct pyro_error err;
    assert_int_equal(registry_set(world->calls.registry, pyro_slice_text(name),
                                  &(struct registration){.uri = uri}, &err),
                     PYRO_OK);
}

/* The revision that the name server is at. */
static long long revision(struct world *world)
{
    struct pyro_message reply;
    struct recorder r;
    long long at = 0;
    send_call(world, &world->peer, 0, "'watch',(),{}");
    peer_expect_message(&world->peer, &reply);
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(&pyro_codec_serpent, reply.data, &r.sink, &r.err), PYRO_OK);
    assert_int_equal(sscanf(recorded(&r), "(0 %lld [0 ] true ) ", &at), 1);
    assert_non_null(strstr(recorded(&r), "[0 ] true"));
    recorder_free(&r);
    pyro_message_release(&reply);
    return at;
}

static void send_watch(struct world *world, struct scripted_peer *peer, long long from,
                       const char *rest)
{
    char call[1300];
    snprintf(call, sizeof(call), "'watch',(%lld,%s),{}", from, rest);
    send_call(world, peer, 0, call);
}

static void changes_are_told_when_they_come(void **state)
{
    struct world world;
    struct scripted_peer watcher;
    begin_watch(&world, *state);
    open_peer(&world, &watcher);
    long long at = revision(&world);
    send_watch(&world, &watcher, at, "'a.'");
    peer_expect_nothing(&watcher);
    expect_answer(&world, "'register',('b.one','PYRO:b@h:1'),{}", "nil ");
    peer_expect_nothing(&watcher);
    expect_answer(&world, "'register',('a.one','PYRO:a@h:1'),{}", "nil ");
    expect(&watcher, "[0 (0 'registered' 'a.one' 'PYRO:a@h:1' ) ] true ) ");
    expect_answer(&world, "'set_metadata',('a.one',['t']),{}", "nil ");
    expect_answer(&world, "'register',('a.one','PYRO:a@h:2'),{}", "nil ");
    expect_answer(&world, "'remove',('a.one',),{}", "1 ");
    send_watch(&world, &watcher, at + 2, "'a.'");
    expect(&watcher,
           "[0 (0 'changed' 'a.one' 'PYRO:a@h:1' ) (3 'registered' 'a.one' 'PYRO:a@h:2' ) "
           "(3 'removed' 'a.one' 'PYRO:a@h:2' ) ] true ) ");
    peer_close(&watcher);
    end_world(&world);
}

/* Changes of one step reach all who wait, each the ones that concern it. */
static void all_who_wait_are_told(void **state)
{
    struct world world;
    struct scripted_peer watchers[3];
    static const char *const rest[] = {"'a'", "''", "None,30"};
    begin_watch(&world, *state);
    long long at = revision(&world);
    for (size_t i = 0; i < PYRO_COUNT(watchers); i++) {
        open_peer(&world, &watchers[i]);
        send_watch(&world, &watchers[i], at, rest[i]);
    }
    set(&world, "a", "1");
    set(&world, "b", "2");
    run_loop(world.runtime);
    expect(&watchers[0], "[0 (0 'registered' 'a' '1' ) ] true ) ");
    for (size_t i = 1; i < PYRO_COUNT(watchers); i++)
        expect(&watchers[i], "[0 (0 'registered' 'a' '1' ) (3 'registered' 'b' '2' ) ] true ) ");
    for (size_t i = 0; i < PYRO_COUNT(watchers); i++)
        peer_close(&watchers[i]);
    end_world(&world);
}

static void wait_ends_after_its_time(void **state)
{
    struct world world;
    struct scripted_peer watcher;
    begin_watch(&world, *state);
    open_peer(&world, &watcher);
    long long at = revision(&world);
    send_watch(&world, &watcher, at, "None,0");
    expect(&watcher, "[0 ] true ) ");
    send_watch(&world, &watcher, at, "None,2.5");
    fake_clock_advance(2.4);
    run_loop(world.runtime);
    peer_expect_nothing(&watcher);
    fake_clock_advance(0.2);
    run_loop(world.runtime);
    expect(&watcher, "[0 ] true ) ");
    send_watch(&world, &watcher, at, "None");
    fake_clock_advance(29.9);
    run_loop(world.runtime);
    peer_expect_nothing(&watcher);
    fake_clock_advance(0.2);
    run_loop(world.runtime);
    expect(&watcher, "[0 ] true ) ");
    peer_close(&watcher);
    end_world(&world);
}

/* Of a revision that is not known, or too long ago, some changes may be missing. */
static void missing_changes_are_said_to_be(void **state)
{
    struct world world;
    char name[64];
    begin_watch(&world, *state);
    long long at = revision(&world);
    send_watch(&world, &world.peer, at + 1, "None");
    expect(&world.peer, "[0 ] false ) ");
    send_watch(&world, &world.peer, at - 5, "None");
    expect(&world.peer, "'registered' 'Pyro.NameServer' 'PYRO:Pyro.NameServer@h:1' ) ] false ) ");
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "name%d", i);
        set(&world, name, "PYRO:a@h:1");
    }
    send_watch(&world, &world.peer, at, "'name0'");
    expect(&world.peer, "[0 ] false ) ");
    send_watch(&world, &world.peer, at + 19999, "None");
    expect(&world.peer, "[0 (0 'registered' 'name19999' 'PYRO:a@h:1' ) ] true ) ");
    end_world(&world);
}

/* However many changes come that are not for a client, nothing is missing for it. */
static void changes_for_others_are_not_missed(void **state)
{
    struct world world;
    struct scripted_peer barred, narrow;
    struct pyro_error err;
    char path[] = "/tmp/pyrolua-watch-XXXXXX", name[64];
    FILE *rules = fdopen(mkstemp(path), "w");
    fputs("allow Pyro.NameServer watch name a.*\n", rules);
    fclose(rules);
    begin_watch(&world, *state);
    long long at = revision(&world);
    open_peer(&world, &barred);
    open_peer(&world, &narrow);
    world.object.asks_names = true;
    assert_int_equal(pyro_guard_open(&world.daemon->registry, path, &err), PYRO_OK);
    send_watch(&world, &barred, at, "None");
    send_watch(&world, &narrow, at, "'a.'");
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof(name), "name%d", i);
        set(&world, name, "PYRO:a@h:1");
        if (i % 1000 == 0)
            run_loop(world.runtime);
    }
    run_loop(world.runtime);
    peer_expect_nothing(&barred);
    peer_expect_nothing(&narrow);
    set(&world, "a.one", "PYRO:a@h:1");
    expect(&barred, "[0 (0 'registered' 'a.one' 'PYRO:a@h:1' ) ] true ) ");
    expect(&narrow, "[0 (0 'registered' 'a.one' 'PYRO:a@h:1' ) ] true ) ");
    unlink(path);
    peer_close(&barred);
    peer_close(&narrow);
    end_world(&world);
}

static void bad_arguments_are_refused(void **state)
{
    struct world world;
    begin_watch(&world, *state);
    expect_answer(&world, "'watch',('x',),{}", "revision must be an int");
    expect_answer(&world, "'watch',(1,2),{}", "prefix must be a str");
    expect_answer(&world, "'watch',(1,'',31),{}", "seconds must be 0 to 30");
    expect_answer(&world, "'watch',(1,'',-1),{}", "seconds must be 0 to 30");
    expect_answer(&world, "'watch',(1,'','x'),{}", "seconds must be a number");
    end_world(&world);
}

static void watchers_are_limited(void **state)
{
    struct world world;
    struct scripted_peer watcher;
    begin_watch(&world, *state);
    long long at = revision(&world);
    char call[100];
    snprintf(call, sizeof(call), "'watch',(%lld,),{}", at);
    send_call(&world, &world.peer, PYRO_FLAG_ONEWAY, call); /* waits for nothing */
    struct scripted_peer *peers = test_calloc(1000, sizeof(*peers));
    for (int i = 0; i < 1000; i++) {
        open_peer(&world, &peers[i]);
        send_call(&world, &peers[i], 0, call);
    }
    open_peer(&world, &watcher);
    send_call(&world, &watcher, 0, call);
    expect(&watcher, "too many clients watch the name server");
    for (int i = 0; i < 1000; i++)
        peer_close(&peers[i]);
    set(&world, "a", "1"); /* nobody hears of it */
    for (int i = 0; i < 300; i++)
        run_loop(world.runtime);
    send_watch(&world, &watcher, at + 1, "None");
    peer_expect_nothing(&watcher);
    peer_close(&watcher);
    test_free(peers);
    end_world(&world);
}

/* Draining answers who waits, so that the daemon can end. */
static void waits_end_with_the_name_server(void **state)
{
    struct world world;
    struct scripted_peer watcher;
    begin_watch(&world, *state);
    open_peer(&world, &watcher);
    long long at = revision(&world);
    send_watch(&world, &watcher, at, "None");
    peer_expect_nothing(&watcher);
    pyro_daemon_drain(world.daemon);
    watch_end(world.calls.watch);
    run_loop(world.runtime);
    expect(&watcher, "[0 ] true ) ");
    peer_close(&watcher);
    end_world(&world);
    begin_watch(&world, *state);
    open_peer(&world, &watcher);
    send_watch(&world, &watcher, revision(&world), "None");
    set(&world, "a", "1");
    end_world(&world); /* while one is woken */
    peer_close(&watcher);
    run_loop(*state);
}

static void lack_of_memory_fails_a_watch_or_forgets_changes(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        begin_watch(&world, *state);
        long long at = revision(&world);
        char hex[200];
        /* .watch(at) in msgpack */
        snprintf(hex, sizeof(hex), "94af5079726f2e4e616d65536572766572a5776174636891cf%016llx80",
                 at);
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, hex);
        pyro_memory_fail_at(nth);
        run_loop(world.runtime);
        registry_remove(world.calls.registry, pyro_slice_text("Pyro.NameServer"));
        run_loop(world.runtime);
        reached = pyro_memory_fail_at(0) == 0;
        end_world(&world);
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(changes_are_told_when_they_come),
        WITH_RUNTIME(all_who_wait_are_told),
        WITH_RUNTIME(wait_ends_after_its_time),
        WITH_RUNTIME(missing_changes_are_said_to_be),
        WITH_RUNTIME(changes_for_others_are_not_missed),
        WITH_RUNTIME(bad_arguments_are_refused),
        WITH_RUNTIME(watchers_are_limited),
        WITH_RUNTIME(waits_end_with_the_name_server),
        WITH_RUNTIME(lack_of_memory_fails_a_watch_or_forgets_changes),
    };
    return cmocka_run_group_tests_name("naming watch", tests, NULL, NULL);
}
