/** @file
 * What the tests of a client share: a client, three of its calls, and a server that is a script of
 * bytes. */
#ifndef SPEC_RPC_CALLER_H
#define SPEC_RPC_CALLER_H

#include "rpc/call.h"
#include "rpc_fixture.h"

struct waiter {
    struct pyro_call call;
    int told; /* how often it was told that its wait is over */
};

static inline void waiter_done(struct pyro_call *call)
{
    PYRO_CONTAINER(call, struct waiter, call)->told++;
}

struct world {
    struct pyro_runtime *runtime;
    struct pyro_client *client;
    struct scripted_peer peer;
    struct waiter first, second, third;
};

/** Returns the URI of the peer. */
static inline const char *peer_uri(void)
{
    static char text[100];
    snprintf(text, sizeof(text), "PYRO:obj@./u:%s", socket_path());
    return text;
}

/** Begins with a client of this URI, and a peer that listens. */
static inline void begin_world_with(struct world *world, struct pyro_runtime *runtime,
                                    const char *text)
{
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    *world = (struct world){.runtime = runtime};
    world->first.call.done = world->second.call.done = world->third.call.done = waiter_done;
    peer_listen(&world->peer, runtime->loop, socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    world->client = pyro_client_new(runtime, &uri, &err);
    assert_non_null(world->client);
    pyro_uri_free(&uri);
}

static inline void begin_world(struct world *world, struct pyro_runtime *runtime)
{
    begin_world_with(world, runtime, peer_uri());
}

static inline void end_world(struct world *world)
{
    pyro_call_free(&world->first.call);
    pyro_call_free(&world->second.call);
    pyro_call_free(&world->third.call);
    pyro_client_free(world->client);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

static inline enum pyro_code start(struct world *world, struct waiter *waiter, double timeout,
                                   bool confirm)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool ready = false;
    const struct pyro_connect_options options = {
        .version = 502, .serializer = PYRO_SERIALIZER_MSGPACK, .confirm = confirm};
    enum pyro_code code =
        pyro_client_connect(world->client, &options, &waiter->call, timeout, &ready, &err);
    assert_false(ready);
    waiter->told = 0;
    return code;
}

static inline void await_handshake(struct world *world)
{
    struct pyro_message handshake;
    peer_accept(&world->peer);
    peer_expect_message(&world->peer, &handshake);
    assert_int_equal(handshake.header.type, PYRO_CONNECT);
    assert_ptr_equal(handshake.protocol, &pyro_protocol_502);
    pyro_message_release(&handshake);
}

static inline void answer_handshake(struct world *world)
{
    send_hex(&world->peer,
             (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA}, WELCOME);
    run_loop(world->runtime);
}

static inline void connect_world(struct world *world, struct pyro_runtime *runtime)
{
    begin_world(world, runtime);
    assert_int_equal(start(world, &world->first, 0, false), PYRO_OK);
    await_handshake(world);
    answer_handshake(world);
    assert_int_equal(world->first.told, 1);
    assert_int_equal(world->first.call.error.code, PYRO_OK);
    assert_true(pyro_client_connected(world->client));
    pyro_call_end(&world->first.call);
    world->first.told = 0;
}

static inline void assert_failed(const struct waiter *waiter, enum pyro_code code, const char *part)
{
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->call.error.code, code);
    if (!strstr(waiter->call.error.message, part))
        fail_msg("'%s' lacks '%s'", waiter->call.error.message, part);
}

static inline void call_echo(struct world *world, struct waiter *waiter, double timeout)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_call_head head = {.method = pyro_slice_text("echo")};
    struct pyro_sink *to = pyro_client_begin(world->client, &head, &err);
    assert_non_null(to);
    assert_int_equal(pyro_begin(to, PYRO_TUPLE, 0), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_TUPLE), PYRO_OK);
    assert_int_equal(pyro_begin(to, PYRO_DICT, 0), PYRO_OK);
    assert_int_equal(pyro_end(to, PYRO_DICT), PYRO_OK);
    assert_int_equal(pyro_client_send(world->client, waiter ? &waiter->call : NULL, timeout, &err),
                     PYRO_OK);
}

static inline uint16_t take_request(struct world *world)
{
    struct pyro_message request;
    peer_expect_message(&world->peer, &request);
    uint16_t seq = request.header.seq;
    assert_int_equal(request.header.type, PYRO_INVOKE);
    pyro_message_release(&request);
    return seq;
}

static inline void reply(struct world *world, uint16_t seq, const char *hex)
{
    send_hex(&world->peer, (struct pyro_header){.type = PYRO_RESULT, .seq = seq}, hex);
    run_loop(world->runtime);
}

static inline void assert_replied(struct waiter *waiter, const char *value)
{
    struct recorder r;
    struct pyro_error err = {.code = PYRO_OK};
    recorder_init(&r);
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->call.error.code, PYRO_OK);
    assert_int_equal(pyro_call_read(&waiter->call, &r.sink, &err), PYRO_OK);
    assert_string_equal(recorded(&r), value);
    recorder_free(&r);
}

#endif
