/* Tests of core/rpc with HMAC keys, by a script of bytes on the other side: what is not signed as
 * it should be is refused before anything of it is read. */
#include "rpc/call.h"
#include "rpc_fixture.h"

#include "rpc/client_key.h"
#include "rpc/members.h"

#define P48 (&pyro_protocol_48)
#define P502 (&pyro_protocol_502)

/** {"handshake": "hello", "object": "Pyro.Daemon"} */
#define HELLO "82a968616e647368616b65a568656c6c6fa66f626a656374ab5079726f2e4461656d6f6e"
/** Pyro.Daemon.ping() */
#define PING "94ab5079726f2e4461656d6f6ea470696e679080"

static const struct pyro_header connect = {.type = PYRO_CONNECT,
                                           .serializer = PYRO_SERIALIZER_MSGPACK};
static const struct pyro_header invoke = {
    .type = PYRO_INVOKE, .serializer = PYRO_SERIALIZER_MSGPACK, .seq = 9};

static struct pyro_hmac_key *key_of(const char *secret)
{
    struct pyro_hmac_key *key = pyro_hmac_key_new(pyro_slice_text(secret));
    assert_non_null(key);
    return key;
}

/* Sends a message, signed where there is a secret. */
static void send_signed(struct scripted_peer *peer, const struct pyro_protocol *protocol,
                        struct pyro_header header, const char *hex, const char *secret)
{
    struct pyro_slice data = unhex(hex);
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    assert_int_equal(pyro_message_begin(&draft, &out, protocol, &header, NULL, 0, NULL), PYRO_OK);
    if (secret) {
        struct pyro_hmac_key *key = key_of(secret);
        assert_int_equal(pyro_message_sign(&draft, key, NULL), PYRO_OK);
        pyro_hmac_key_release(key);
    }
    assert_true(pyro_buffer_append(&out, data.data, data.length));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    peer_send(peer, out.data, out.length);
    pyro_buffer_free(&out);
    test_free((char *)data.data);
}

/* Expects a message that is signed with that secret, or (NULL) not signed. */
static struct pyro_message expect_signed(struct scripted_peer *peer, enum pyro_message_type type,
                                         const char *secret)
{
    struct pyro_message message;
    struct pyro_hmac_key *key = secret ? key_of(secret) : NULL;
    struct pyro_error err = {.code = PYRO_OK};
    peer_expect_message(peer, &message);
    assert_int_equal(message.header.type, type);
    if (pyro_message_verify(&message, key, &err) != PYRO_OK)
        fail_msg("%s", err.message);
    pyro_hmac_key_release(key);
    return message;
}

static bool contains(struct pyro_slice data, const char *part)
{
    return memmem(data.data, data.length, part, strlen(part)) != NULL;
}

/* --- the daemon --- */

struct world {
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon;
    struct scripted_peer peer;
};

static void begin_world(struct world *world, struct pyro_runtime *runtime, const char *secret)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *world = (struct world){.runtime = runtime};
    world->daemon = pyro_daemon_new(runtime, &options, &err);
    assert_non_null(world->daemon);
    if (secret) {
        struct pyro_hmac_key *key = key_of(secret);
        pyro_daemon_set_key(world->daemon, key);
        pyro_hmac_key_release(key);
    }
    peer_connect(&world->peer, runtime->loop, socket_path());
}

static void end_world(struct world *world)
{
    peer_close(&world->peer);
    pyro_daemon_free(world->daemon);
    run_loop(world->runtime);
}

static void say_hello(struct world *world, const char *secret)
{
    send_signed(&world->peer, P48, connect, HELLO, secret);
    struct pyro_message welcome = expect_signed(&world->peer, PYRO_CONNECTOK, secret);
    pyro_message_release(&welcome);
}

static void a_keyed_daemon_signs_what_it_answers(void **state)
{
    struct world world;
    begin_world(&world, *state, "secret");
    say_hello(&world, "secret");
    send_signed(&world.peer, P48, invoke, PING, "secret");
    struct pyro_message answer = expect_signed(&world.peer, PYRO_RESULT, "secret");
    assert_int_equal(answer.header.seq, 9);
    pyro_message_release(&answer);
    send_signed(&world.peer, P48, invoke, "94ab5079726f2e4461656d6f6ea4676f6e659080", "secret");
    answer = expect_signed(&world.peer, PYRO_RESULT, "secret");
    assert_int_equal(answer.header.flags, PYRO_FLAG_EXCEPTION);
    pyro_message_release(&answer);
    send_signed(&world.peer, P48, (struct pyro_header){.type = PYRO_PING}, "", "secret");
    answer = expect_signed(&world.peer, PYRO_PING, "secret");
    pyro_message_release(&answer);
    end_world(&world);
}

/* Sends a handshake; expects a refusal in these words, signed as the daemon does it. */
static void refused(struct pyro_runtime *runtime, const char *daemons,
                    const struct pyro_protocol *protocol, struct pyro_header header,
                    const char *hex, const char *peers, const char *words)
{
    struct world world;
    begin_world(&world, runtime, daemons);
    send_signed(&world.peer, protocol, header, hex, peers);
    struct pyro_message refusal =
        expect_signed(&world.peer, PYRO_CONNECTFAIL, protocol == P48 ? daemons : NULL);
    assert_ptr_equal(refusal.protocol, protocol);
    assert_int_equal(refusal.header.serializer, PYRO_SERIALIZER_MARSHAL);
    if (!contains(refusal.data, words))
        fail_msg("'%.*s' lacks '%s'", (int)refusal.data.length, refusal.data.data, words);
    pyro_message_release(&refusal);
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void a_handshake_without_the_key_is_refused(void **state)
{
    refused(*state, "secret", P48, connect, HELLO, "other", "message hmac mismatch");
    refused(*state, "secret", P48, connect, HELLO, NULL, "hmac key config not symmetric");
    refused(*state, NULL, P48, connect, HELLO, "secret", "hmac key config not symmetric");
    refused(*state, "secret", P502, connect, HELLO, NULL,
            "whoever has an HMAC key refuses protocol 502 (Pyro5)");
}

/* Data that is no zlib stream would be refused as such, were it looked at. */
static void nothing_is_inflated_before(void **state)
{
    struct pyro_header compressed = connect;
    compressed.flags = PYRO_FLAG_COMPRESSED;
    refused(*state, "secret", P48, compressed, "0011", "other", "message hmac mismatch");
    struct world world;
    begin_world(&world, *state, "secret");
    send_signed(&world.peer, P48, compressed, "0011", "secret");
    struct pyro_message refusal = expect_signed(&world.peer, PYRO_CONNECTFAIL, "secret");
    assert_false(contains(refusal.data, "hmac"));
    assert_true(contains(refusal.data, "compressed"));
    pyro_message_release(&refusal);
    end_world(&world);
}

static void a_call_without_the_key_ends_the_connection(void **state)
{
    static const char *const secrets[] = {"other", NULL};
    for (size_t i = 0; i < PYRO_COUNT(secrets); i++) {
        struct world world;
        begin_world(&world, *state, "secret");
        say_hello(&world, "secret");
        send_signed(&world.peer, P48, invoke, PING, secrets[i]);
        peer_expect_end(&world.peer);
        end_world(&world);
    }
}

/* The key is taken while a client waits, in the protocol without signatures. */
static void no_answer_leaves_unsigned(void **state)
{
    struct world world;
    begin_world(&world, *state, NULL);
    send_signed(&world.peer, P502, connect, HELLO, NULL);
    struct pyro_message welcome = expect_signed(&world.peer, PYRO_CONNECTOK, NULL);
    pyro_message_release(&welcome);
    struct pyro_hmac_key *key = key_of("secret");
    pyro_daemon_set_key(world.daemon, key);
    pyro_hmac_key_release(key);
    send_signed(&world.peer, P502, invoke, PING, NULL);
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void set_setting(struct pyro_runtime *runtime, const char *secret)
{
    struct pyro_error err = {.code = PYRO_OK};
    pyro_free(runtime->config.HMAC_KEY);
    runtime->config.HMAC_KEY = pyro_copy_text(secret, strlen(secret));
    assert_int_equal(pyro_runtime_apply(runtime, &err), PYRO_OK);
    assert_int_equal(
        pyro_log_set(&runtime->log, &(struct pyro_log_settings){"CRITICAL", NULL, NULL}, &err),
        PYRO_OK);
}

static void the_setting_counts_where_no_key_is_given(void **state)
{
    struct world world;
    set_setting(*state, "common");
    refused(*state, "secret", P48, connect, HELLO, "common", "message hmac mismatch");
    begin_world(&world, *state, NULL);
    say_hello(&world, "common");
    end_world(&world);
    begin_world(&world, *state, "");
    say_hello(&world, NULL);
    end_world(&world);
    set_setting(*state, "");
    begin_world(&world, *state, NULL);
    say_hello(&world, NULL);
    end_world(&world);
}

/* --- the client --- */

struct caller {
    struct pyro_runtime *runtime;
    struct pyro_client *client;
    struct scripted_peer peer;
    struct pyro_call first, second;
};

static void told(struct pyro_call *call)
{
    assert_null(call->client);
}

static void begin_caller(struct caller *caller, struct pyro_runtime *runtime, const char *secret)
{
    char text[100];
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    *caller = (struct caller){.runtime = runtime, .first.done = told, .second.done = told};
    peer_listen(&caller->peer, runtime->loop, socket_path());
    snprintf(text, sizeof(text), "PYRO:obj@./u:%s", socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    caller->client = pyro_client_new(runtime, &uri, &err);
    assert_non_null(caller->client);
    pyro_uri_free(&uri);
    if (secret) {
        struct pyro_hmac_key *key = key_of(secret);
        pyro_client_set_key(caller->client, key);
        pyro_hmac_key_release(key);
    }
}

static void end_caller(struct caller *caller)
{
    pyro_call_free(&caller->first);
    pyro_call_free(&caller->second);
    pyro_client_free(caller->client);
    peer_close(&caller->peer);
    run_loop(caller->runtime);
}

static enum pyro_code dial(struct caller *caller, unsigned version, struct pyro_error *err)
{
    bool ready = false;
    const struct pyro_connect_options options = {.version = version,
                                                 .serializer = PYRO_SERIALIZER_MSGPACK};
    return pyro_client_connect(caller->client, &options, &caller->first, 0, &ready, err);
}

/* Connects, and expects a handshake in protocol 48 that is signed. */
static void await_handshake(struct caller *caller, const char *secret)
{
    struct pyro_error err = {.code = PYRO_OK};
    assert_int_equal(dial(caller, 0, &err), PYRO_OK);
    peer_accept(&caller->peer);
    struct pyro_message handshake = expect_signed(&caller->peer, PYRO_CONNECT, secret);
    assert_ptr_equal(handshake.protocol, P48);
    pyro_message_release(&handshake);
}

static void answer_handshake(struct caller *caller, const char *secret)
{
    send_signed(&caller->peer, P48,
                (struct pyro_header){.type = PYRO_CONNECTOK,
                                     .flags = PYRO_FLAG_METADATA,
                                     .serializer = PYRO_SERIALIZER_MSGPACK},
                WELCOME, secret);
    run_loop(caller->runtime);
}

static enum pyro_code start_call(struct caller *caller, struct pyro_call *call,
                                 struct pyro_error *err)
{
    const struct pyro_call_head head = {.method = pyro_slice_text("echo")};
    struct pyro_sink *to = pyro_client_begin(caller->client, &head, err);
    if (!to)
        return err->code;
    pyro_begin(to, PYRO_TUPLE, 0);
    pyro_end(to, PYRO_TUPLE);
    pyro_begin(to, PYRO_DICT, 0);
    pyro_end(to, PYRO_DICT);
    return pyro_client_send(caller->client, call, 0, err);
}

static void connect_caller(struct caller *caller, struct pyro_runtime *runtime)
{
    begin_caller(caller, runtime, "secret");
    await_handshake(caller, "secret");
    answer_handshake(caller, "secret");
    assert_int_equal(caller->first.error.code, PYRO_OK);
    assert_true(pyro_client_connected(caller->client));
    pyro_call_end(&caller->first);
}

static void assert_failed(const struct pyro_call *call, enum pyro_code code, const char *words)
{
    assert_int_equal(call->error.code, code);
    if (!strstr(call->error.message, words))
        fail_msg("'%s' lacks '%s'", call->error.message, words);
}

static void a_keyed_client_signs_and_speaks_protocol_48(void **state)
{
    struct caller caller;
    struct pyro_error err = {.code = PYRO_OK};
    connect_caller(&caller, *state);
    assert_int_equal(start_call(&caller, &caller.first, &err), PYRO_OK);
    run_loop(*state);
    struct pyro_message request = expect_signed(&caller.peer, PYRO_INVOKE, "secret");
    const struct pyro_header reply = {
        .type = PYRO_RESULT, .serializer = PYRO_SERIALIZER_MSGPACK, .seq = request.header.seq};
    pyro_message_release(&request);
    send_signed(&caller.peer, P48, reply, "07", "secret");
    run_loop(*state);
    assert_int_equal(caller.first.error.code, PYRO_OK);
    assert_hex(caller.first.reply.data, "07");
    end_caller(&caller);
}

static void protocol_502_and_a_key_exclude_each_other(void **state)
{
    struct caller caller;
    struct pyro_error err = {.code = PYRO_OK};
    begin_caller(&caller, *state, "secret");
    assert_int_equal(dial(&caller, 502, &err), PYRO_EVALUE);
    assert_string_equal(err.message, "protocol 502 (Pyro5) has no HMAC: choose protocol 48, or "
                                     "take the HMAC key away");
    end_caller(&caller);
}

/* Who answers so is not asked again, in another protocol. */
static void answers_without_the_key_end_the_handshake(void **state)
{
    static const struct {
        const struct pyro_protocol *protocol;
        enum pyro_message_type type;
        const char *secret, *words;
    } answers[] = {
        {P48, PYRO_CONNECTOK, "other", "message hmac mismatch"},
        {P48, PYRO_CONNECTFAIL, "other", "message hmac mismatch"},
        {P48, PYRO_CONNECTOK, NULL, "hmac key config not symmetric: the message is not signed"},
        {P502, PYRO_CONNECTFAIL, NULL, "whoever has an HMAC key refuses protocol 502 (Pyro5)"},
        {P502, PYRO_CONNECTOK, NULL, "whoever has an HMAC key refuses protocol 502 (Pyro5)"},
    };
    for (size_t i = 0; i < PYRO_COUNT(answers); i++) {
        struct caller caller;
        const struct pyro_header header = {.type = answers[i].type,
                                           .serializer = PYRO_SERIALIZER_MSGPACK};
        begin_caller(&caller, *state, "secret");
        await_handshake(&caller, "secret");
        send_signed(&caller.peer, answers[i].protocol, header, "a2676f", answers[i].secret);
        run_loop(*state);
        assert_failed(&caller.first, PYRO_ECOMMUNICATION, answers[i].words);
        assert_failed(&caller.first, PYRO_ECOMMUNICATION, "cannot connect to ");
        assert_true(pyro_client_rejected(caller.client));
        assert_true(pyro_client_idle(caller.client));
        end_caller(&caller);
    }
}

/* Sends the handshake of a client back, as an answer with these flags. */
static void send_handshake_back(struct caller *caller, unsigned flags)
{
    unsigned char bytes[64];
    struct pyro_message own = expect_signed(&caller->peer, PYRO_CONNECT, "secret");
    struct pyro_header header = own.header;
    header.type = PYRO_CONNECTOK;
    header.flags = flags;
    P48->format(bytes, &header);
    peer_send(&caller->peer, bytes, P48->header_size);
    peer_send(&caller->peer, own.annotations.data, own.annotations.length);
    peer_send(&caller->peer, own.data.data, own.data.length);
    pyro_message_release(&own);
}

/* Who has no key can still send back what is signed: the client's own handshake. */
static void own_handshake_sent_back_is_no_answer(void **state)
{
    struct pyro_runtime *runtime = *state;
    static const struct {
        unsigned flags;
        bool metadata;
        const char *words;
    } answers[] = {{0, true, "the signed answer has no metadata"},
                   {PYRO_FLAG_METADATA, true, "malformed metadata"},
                   {0, false, "the signed answer has no metadata"},
                   {PYRO_FLAG_METADATA, false, "malformed metadata"}};
    for (size_t i = 0; i < PYRO_COUNT(answers); i++) {
        struct caller caller;
        runtime->config.METADATA = answers[i].metadata;
        begin_caller(&caller, runtime, "secret");
        assert_int_equal(dial(&caller, 0, NULL), PYRO_OK);
        peer_accept(&caller.peer);
        send_handshake_back(&caller, answers[i].flags);
        run_loop(runtime);
        assert_failed(&caller.first, PYRO_EPROTOCOL, answers[i].words);
        end_caller(&caller);
    }
}

/* With METADATA off, they only show that the server has the key. */
static void metadata_that_only_a_key_asks_for_are_dropped(void **state)
{
    struct pyro_runtime *runtime = *state;
    struct caller caller;
    runtime->config.METADATA = false;
    connect_caller(&caller, runtime);
    assert_false(pyro_client_has_metadata(caller.client));
    end_caller(&caller);
    runtime->config.METADATA = true;
    connect_caller(&caller, runtime);
    assert_true(pyro_client_has_metadata(caller.client));
    end_caller(&caller);
}

static void a_reply_without_the_key_fails_all_calls(void **state)
{
    static const char *const secrets[] = {"other", NULL};
    for (size_t i = 0; i < PYRO_COUNT(secrets); i++) {
        struct caller caller;
        struct pyro_error err = {.code = PYRO_OK};
        connect_caller(&caller, *state);
        assert_int_equal(start_call(&caller, &caller.first, &err), PYRO_OK);
        assert_int_equal(start_call(&caller, &caller.second, &err), PYRO_OK);
        run_loop(*state);
        send_signed(&caller.peer, P48,
                    (struct pyro_header){.type = PYRO_RESULT,
                                         .flags = PYRO_FLAG_COMPRESSED,
                                         .serializer = PYRO_SERIALIZER_MSGPACK,
                                         .seq = 1},
                    "0011", secrets[i]);
        run_loop(*state);
        assert_failed(&caller.first, PYRO_ESECURITY, "hmac");
        assert_failed(&caller.second, PYRO_ESECURITY, "hmac");
        assert_true(pyro_client_idle(caller.client));
        end_caller(&caller);
    }
}

/* The connection was made in the protocol without signatures; then it got a key. */
static void no_call_leaves_unsigned(void **state)
{
    struct caller caller;
    struct pyro_error err = {.code = PYRO_OK};
    begin_caller(&caller, *state, NULL);
    assert_int_equal(dial(&caller, 502, &err), PYRO_OK);
    peer_accept(&caller.peer);
    struct pyro_message handshake = expect_signed(&caller.peer, PYRO_CONNECT, NULL);
    pyro_message_release(&handshake);
    send_signed(&caller.peer, P502,
                (struct pyro_header){.type = PYRO_CONNECTOK, .serializer = PYRO_SERIALIZER_MSGPACK},
                WELCOME, NULL);
    run_loop(*state);
    assert_true(pyro_client_connected(caller.client));
    pyro_call_end(&caller.first);
    set_setting(*state, "secret");
    assert_int_equal(start_call(&caller, &caller.first, &err), PYRO_ESECURITY);
    run_loop(*state);
    peer_expect_nothing(&caller.peer);
    end_caller(&caller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(a_keyed_daemon_signs_what_it_answers),
        WITH_RUNTIME(a_handshake_without_the_key_is_refused),
        WITH_RUNTIME(nothing_is_inflated_before),
        WITH_RUNTIME(a_call_without_the_key_ends_the_connection),
        WITH_RUNTIME(no_answer_leaves_unsigned),
        WITH_RUNTIME(the_setting_counts_where_no_key_is_given),
        WITH_RUNTIME(a_keyed_client_signs_and_speaks_protocol_48),
        WITH_RUNTIME(protocol_502_and_a_key_exclude_each_other),
        WITH_RUNTIME(answers_without_the_key_end_the_handshake),
        WITH_RUNTIME(own_handshake_sent_back_is_no_answer),
        WITH_RUNTIME(metadata_that_only_a_key_asks_for_are_dropped),
        WITH_RUNTIME(a_reply_without_the_key_fails_all_calls),
        WITH_RUNTIME(no_call_leaves_unsigned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
