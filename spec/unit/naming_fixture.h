/** @file
 * What the tests of a name server's methods share: a name server whose engine stores when the test
 * does, and a client that writes and reads Python literals. */
#ifndef SPEC_NAMING_FIXTURE_H
#define SPEC_NAMING_FIXTURE_H

#include "naming/server/calls.h"
#include "naming/server/leases.h"
#include "naming/server/watch.h"
#include "rpc_fixture.h"

/* An engine in which a change waits until the test lets it be stored, or fail. */
struct engine {
    struct storage storage;
    struct pyro_list changes;
    bool prompt; /* it stores changes at once */
    size_t taken;
};

struct world {
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon;
    struct pyro_object object;
    struct calls calls;
    struct engine engine;
    struct scripted_peer peer;
};

static inline bool engine_store(struct engine *engine)
{
    struct pyro_list *node = pyro_list_pop(&engine->changes);
    struct pyro_error err;
    if (!node)
        return false;
    struct change *change = PYRO_CONTAINER(node, struct change, node);
    if (storage_holds(change, registry_get(engine->storage.registry, change->name))) {
        assert_int_equal(storage_apply(&engine->storage, change, &err), PYRO_OK);
        change->applied = 1;
    }
    storage_answer(&engine->storage, change, NULL);
    return true;
}

static inline void engine_fail(struct engine *engine, const char *why)
{
    struct pyro_error err;
    struct pyro_list *node = pyro_list_pop(&engine->changes);
    assert_non_null(node);
    pyro_error_set(&err, PYRO_ENAMING, "%s", why);
    storage_answer(&engine->storage, PYRO_CONTAINER(node, struct change, node), &err);
}

static inline void engine_change(struct storage *self, struct change *change)
{
    struct engine *engine = PYRO_CONTAINER(self, struct engine, storage);
    pyro_list_push(&engine->changes, &change->node);
    engine->taken++;
    if (engine->prompt)
        engine_store(engine);
}

static inline void engine_close(struct storage *self)
{
    struct engine *engine = PYRO_CONTAINER(self, struct engine, storage);
    while (!pyro_list_empty(&engine->changes))
        engine_fail(engine, "the engine is closed");
}

static const struct storage_ops engine_ops = {engine_change, engine_close, NULL};

static inline enum pyro_code world_describe(struct pyro_object *self, struct pyro_sink *to)
{
    (void)self;
    return calls_describe(to);
}

static inline enum pyro_code world_run(const struct pyro_native_call *call)
{
    return calls_run(&PYRO_CONTAINER(call->self, struct world, object)->calls, call);
}

static inline void world_invoke(struct pyro_object *self, struct pyro_request *request)
{
    pyro_native_serve(self, request, world_run);
}

static inline void world_release(struct pyro_object *self)
{
    (void)self;
}

static const struct pyro_object_ops world_ops = {world_describe, world_invoke, world_release, NULL};

static inline void open_peer(struct world *world, struct scripted_peer *peer)
{
    struct pyro_message welcome;
    peer_connect(peer, world->runtime->loop, socket_path());
    /* {"handshake": "hello", "object": "Pyro.NameServer"} */
    send_hex(peer, (struct pyro_header){.type = PYRO_CONNECT},
             "82a968616e647368616b65a568656c6c6fa66f626a656374af5079726f2e4e616d65536572766572");
    run_loop(world->runtime);
    peer_expect_message(peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    pyro_message_release(&welcome);
}

static inline void begin_world(struct world *world, struct pyro_runtime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *world = (struct world){.runtime = runtime, .object.ops = &world_ops};
    world->daemon = pyro_daemon_new(runtime, &options, &err);
    world->calls.registry = registry_new(100000, &err);
    world->engine.storage = (struct storage){.ops = &engine_ops, .registry = world->calls.registry};
    world->calls.storage = &world->engine.storage;
    pyro_list_init(&world->engine.changes);
    world->calls.watch = watch_new(runtime, world->calls.registry, &err);
    world->calls.leases = leases_new(runtime, world->calls.registry, &world->engine.storage, &err);
    pyro_list_init(&world->calls.removals);
    assert_int_equal(
        pyro_daemon_register(world->daemon, "Pyro.NameServer", &world->object, NULL, &err),
        PYRO_OK);
    assert_int_equal(registry_set(world->calls.registry, pyro_slice_text("Pyro.NameServer"),
                                  &(struct registration){.uri = "PYRO:Pyro.NameServer@h:1"}, &err),
                     PYRO_OK);
    open_peer(world, &world->peer);
}

/* Ends it in the order in which a name server does. */
static inline void end_world(struct world *world)
{
    pyro_daemon_free(world->daemon);
    calls_close(&world->calls);
    run_loop(world->runtime);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

/* Sends a call: its method, arguments and named arguments as Python literals. */
static inline void send_call(struct world *world, struct scripted_peer *peer, unsigned flags,
                             const char *call)
{
    char text[2000];
    const struct pyro_header header = {
        .type = PYRO_INVOKE, .flags = flags, .seq = 1, .serializer = PYRO_SERIALIZER_SERPENT};
    int length =
        snprintf(text, sizeof(text), "# serpent utf-8 python3.2\n('Pyro.NameServer',%s)", call);
    assert_true(length > 0 && (size_t)length < sizeof(text));
    peer_send_message(peer, &pyro_protocol_502, &header, text, (size_t)length);
    run_loop(world->runtime);
}

/* Expects an answer that contains a part. */
static inline void expect(struct scripted_peer *peer, const char *part)
{
    struct pyro_message reply;
    struct recorder r;
    peer_expect_message(peer, &reply);
    assert_int_equal(reply.header.type, PYRO_RESULT);
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(&pyro_codec_serpent, reply.data, &r.sink, &r.err), PYRO_OK);
    if (!strstr(recorded(&r), part))
        fail_msg("'%s' lacks '%s'", recorded(&r), part);
    recorder_free(&r);
    pyro_message_release(&reply);
}

/* Makes a call of the world's client, whose answer contains a part. */
static inline void expect_answer(struct world *world, const char *call, const char *part)
{
    send_call(world, &world->peer, 0, call);
    expect(&world->peer, part);
}

#endif
