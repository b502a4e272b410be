/** @file
 * What the tests of a daemon share: an object that answers when the test does, and a client that is
 * a script of bytes. */
#ifndef SPEC_RPC_DESK_H
#define SPEC_RPC_DESK_H

#include "rpc/handshake.h"
#include "rpc/request.h"
#include "rpc_fixture.h"

/** {"handshake": "hello", "object": "desk"} */
#define HELLO "82a968616e647368616b65a568656c6c6fa66f626a656374a46465736b"
/** desk.echo() */
#define ECHO "94a46465736ba46563686f9080"

#define MOST 400

/* An object that answers when the test does. */
struct desk {
    struct pyro_object object;
    struct pyro_request *requests[MOST];
    size_t invoked, answered;
    int released;
};

static inline enum pyro_code put_names(struct pyro_sink *to, const char *key, const char *name)
{
    enum pyro_code code;
    if ((code = pyro_put_text(to, key)) != PYRO_OK ||
        (code = pyro_begin(to, PYRO_LIST, name != NULL)) != PYRO_OK ||
        (name && (code = pyro_put_text(to, name)) != PYRO_OK))
        return code;
    return pyro_end(to, PYRO_LIST);
}

static inline enum pyro_code desk_describe(struct pyro_object *self, struct pyro_sink *to)
{
    enum pyro_code code;
    (void)self;
    if ((code = pyro_begin(to, PYRO_DICT, 3)) != PYRO_OK ||
        (code = put_names(to, "methods", "echo")) != PYRO_OK ||
        (code = put_names(to, "oneway", NULL)) != PYRO_OK ||
        (code = put_names(to, "attrs", NULL)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

static inline void desk_invoke(struct pyro_object *self, struct pyro_request *request)
{
    struct desk *desk = PYRO_CONTAINER(self, struct desk, object);
    assert_true(desk->invoked < MOST);
    desk->requests[desk->invoked++] = request;
}

static inline void desk_release(struct pyro_object *self)
{
    PYRO_CONTAINER(self, struct desk, object)->released++;
}

static const struct pyro_object_ops desk_ops = {desk_describe, desk_invoke, desk_release, NULL};

static inline struct pyro_request *next_request(struct desk *desk)
{
    assert_true(desk->answered < desk->invoked);
    return desk->requests[desk->answered++];
}

static inline void answer_next(struct desk *desk)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_value value = {.type = PYRO_INT, .u.integer = (int64_t)desk->answered};
    struct pyro_request *request = next_request(desk);
    if (!pyro_request_wanted(request))
        pyro_request_finish(request);
    else if (pyro_request_answer(request, &value, &err) != PYRO_OK)
        pyro_request_fail(request, &err);
}

struct world {
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon;
    struct desk desk;
    struct scripted_peer peer;
    int ended;
};

static inline void world_ended(void *owner)
{
    ((struct world *)owner)->ended++;
}

static const struct pyro_daemon_hooks hooks = {.ended = world_ended};

static inline void begin_world(struct world *world, struct pyro_runtime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *world = (struct world){.runtime = runtime, .desk.object.ops = &desk_ops};
    world->daemon = pyro_daemon_new(runtime, &options, &err);
    if (!world->daemon)
        fail_msg("%s", err.message);
    pyro_daemon_hook(world->daemon, &hooks, world);
    assert_int_equal(pyro_daemon_register(world->daemon, "desk", &world->desk.object, NULL, &err),
                     PYRO_OK);
    peer_connect(&world->peer, runtime->loop, socket_path());
}

static inline void end_world(struct world *world)
{
    peer_close(&world->peer);
    run_loop(world->runtime);
    while (world->desk.answered < world->desk.invoked)
        answer_next(&world->desk);
    pyro_daemon_free(world->daemon);
    assert_int_equal(world->desk.released, 1);
    run_loop(world->runtime);
}

static inline void say_hello(struct scripted_peer *peer, struct pyro_runtime *runtime)
{
    struct pyro_message welcome;
    send_hex(peer, (struct pyro_header){.type = PYRO_CONNECT}, HELLO);
    run_loop(runtime);
    peer_expect_message(peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    pyro_message_release(&welcome);
}

static inline void connect_world(struct world *world, struct pyro_runtime *runtime)
{
    begin_world(world, runtime);
    say_hello(&world->peer, runtime);
}

static inline void call(struct world *world, unsigned flags, uint16_t seq, const char *hex)
{
    send_hex(&world->peer, (struct pyro_header){.type = PYRO_INVOKE, .flags = flags, .seq = seq},
             hex);
    run_loop(world->runtime);
}

/* Expects a reply; its value as it is recorded. */
static inline void expect_reply(struct world *world, uint16_t seq, unsigned flags, const char *part)
{
    struct pyro_message reply;
    struct recorder r;
    peer_expect_message(&world->peer, &reply);
    assert_int_equal(reply.header.type, PYRO_RESULT);
    assert_int_equal(reply.header.seq, seq);
    assert_int_equal(reply.header.flags, flags);
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(&pyro_codec_msgpack, reply.data, &r.sink, &r.err), PYRO_OK);
    if (!strstr(recorded(&r), part))
        fail_msg("'%s' lacks '%s'", recorded(&r), part);
    recorder_free(&r);
    pyro_message_release(&reply);
}

static inline void expect_refusal(struct world *world)
{
    struct pyro_message refusal;
    peer_expect_message(&world->peer, &refusal);
    assert_int_equal(refusal.header.type, PYRO_CONNECTFAIL);
    pyro_message_release(&refusal);
    peer_expect_end(&world->peer);
}

#endif
