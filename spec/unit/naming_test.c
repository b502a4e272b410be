/* Tests of core/naming: looking names up at a name server of scripted bytes, and a name server
 * whose memory and sockets fail. No test sleeps: the clock is fake. */
#include "base/config_set.h"
#include "rpc_fixture.h"

#include "base/memory.h"
#include "naming/locate.h"
#include "naming/nameserver.h"
#include "naming/resolve.h"
#include "net/datagram.h"
#include "rpc/exception.h"
#include "rpc/uri_state.h"

/** {"handshake": "hello", "meta": {"methods": ["lookup"], "oneway": [], "attrs": []}} */
#define NS_WELCOME                                                                                 \
    "82a968616e647368616b65a568656c6c6fa46d65746183a76d6574686f647391a66c6f6f6b7570a66f6e65776179" \
    "90a5617474727390"

struct world {
    struct pyro_runtime *runtime;
    struct scripted_peer peer;
    struct pyro_search *search;
    int told;
    enum pyro_code code;
    char text[PYRO_ERROR_SIZE]; /* the URI, or the error */
};

static void world_found(void *owner, const struct pyro_found *found)
{
    struct world *world = owner;
    struct pyro_buffer text = {.data = NULL};
    world->search = NULL;
    world->told++;
    if (found->error) {
        world->code = found->error->code;
        snprintf(world->text, sizeof(world->text), "%s", found->error->message);
        return;
    }
    assert_true(pyro_uri_text(found->uri, &text));
    snprintf(world->text, sizeof(world->text), "%.*s", (int)text.length, text.data);
    pyro_buffer_free(&text);
    pyro_uri_free(found->uri);
}

static void set_text(struct pyro_runtime *runtime, const char *name, const char *value)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_setting setting = {pyro_config_find(name), ""};
    assert_int_equal(pyro_config_set_text(&runtime->config, setting, value, &err), PYRO_OK);
}

static void begin_world(struct world *world, struct pyro_runtime *runtime, const char *what)
{
    char text[120];
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    *world = (struct world){.runtime = runtime};
    runtime->config.PROTOCOL = 502;
    set_text(runtime, "SERIALIZER", "msgpack");
    peer_listen(&world->peer, runtime->loop, socket_path());
    snprintf(text, sizeof(text), "%s@./u:%s", what, socket_path());
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    world->search = pyro_resolve(runtime, &uri, 0, world_found, world, &err);
    assert_non_null(world->search);
    pyro_uri_free(&uri);
}

static void end_world(struct world *world)
{
    if (world->search)
        pyro_search_cancel(world->search);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

static void welcome_search(struct world *world)
{
    struct pyro_message handshake;
    peer_accept(&world->peer);
    peer_expect_message(&world->peer, &handshake);
    pyro_message_release(&handshake);
    send_hex(&world->peer,
             (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA}, NS_WELCOME);
    run_loop(world->runtime);
}

/* Takes a question, and gives an answer in msgpack. */
static void answer(struct world *world, const char *method, unsigned flags,
                   const struct pyro_buffer *data)
{
    struct pyro_message question;
    peer_expect_message(&world->peer, &question);
    assert_non_null(memmem(question.data.data, question.data.length, method, strlen(method)));
    const struct pyro_header header = {.type = PYRO_RESULT,
                                       .flags = flags,
                                       .seq = question.header.seq,
                                       .serializer = PYRO_SERIALIZER_MSGPACK};
    pyro_message_release(&question);
    peer_send_message(&world->peer, &pyro_protocol_502, &header, data->data, data->length);
    run_loop(world->runtime);
}

static void answer_uri(struct world *world, const char *text)
{
    struct pyro_uri uri;
    struct pyro_writer writer;
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err = {.code = PYRO_OK};
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err), PYRO_OK);
    pyro_codec_msgpack.open(&writer, &out, &err);
    assert_int_equal(pyro_put_uri(&writer.sink, &pyro_protocol_502, &uri), PYRO_OK);
    answer(world, "lookup", 0, &out);
    pyro_buffer_free(&out);
    pyro_uri_free(&uri);
}

static void answer_error(struct world *world, enum pyro_code code, const char *text)
{
    struct pyro_error why, err = {.code = PYRO_OK};
    struct pyro_writer writer;
    struct pyro_buffer out = {.data = NULL};
    pyro_error_set(&why, code, "%s", text);
    pyro_codec_msgpack.open(&writer, &out, &err);
    assert_int_equal(pyro_put_error(&writer.sink, &pyro_protocol_502, &why, false), PYRO_OK);
    answer(world, "lookup", PYRO_FLAG_EXCEPTION, &out);
    pyro_buffer_free(&out);
}

static void answer_hex(struct world *world, const char *method, const char *hex)
{
    struct pyro_slice data = unhex(hex);
    const struct pyro_buffer view = {.data = (char *)data.data, .length = data.length};
    answer(world, method, 0, &view);
    test_free((char *)data.data);
}

static void assert_ended(const struct world *world, enum pyro_code code, const char *part)
{
    assert_int_equal(world->told, 1);
    assert_int_equal(world->code, code);
    if (!strstr(world->text, part))
        fail_msg("'%s' lacks '%s'", world->text, part);
}

/* --- resolving --- */

static void name_becomes_a_uri(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYRONAME:thing");
    welcome_search(&world);
    answer_uri(&world, "PYRO:obj@localhost:4711");
    assert_ended(&world, PYRO_OK, "PYRO:obj@localhost:4711");
    end_world(&world);
}

static void name_may_appear_later(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.NS_LOOKUP_DELAY = 10;
    begin_world(&world, runtime, "PYRONAME:thing");
    welcome_search(&world);
    for (int i = 0; i < 3; i++) {
        answer_error(&world, PYRO_ENAMING, "unknown name: thing");
        peer_expect_nothing(&world.peer);
        fake_clock_advance(2.01);
        run_loop(runtime);
    }
    answer_uri(&world, "PYRO:obj@localhost:4711");
    assert_ended(&world, PYRO_OK, "PYRO:obj@localhost:4711");
    end_world(&world);
}

static void name_that_does_not_appear_is_told(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.NS_LOOKUP_DELAY = 10;
    begin_world(&world, runtime, "PYRONAME:thing");
    welcome_search(&world);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(world.told, 0);
        answer_error(&world, PYRO_ENAMING, "unknown name: thing");
        fake_clock_advance(2.01);
        run_loop(runtime);
    }
    assert_ended(&world, PYRO_ENAMING, "unknown name: thing");
    end_world(&world);
}

static void other_errors_are_told_at_once(void **state)
{
    struct world world;
    struct pyro_runtime *runtime = *state;
    runtime->config.NS_LOOKUP_DELAY = 10;
    begin_world(&world, runtime, "PYRONAME:thing");
    welcome_search(&world);
    answer_error(&world, PYRO_EVALUE, "bad name");
    assert_ended(&world, PYRO_EVALUE, "bad name");
    end_world(&world);
}

static void malformed_answers_are_refused(void **state)
{
    static const char *const bad[] = {"01", "c0", "80", "81a57374617465c0", "81a573746174659101"};
    for (size_t i = 0; i < PYRO_COUNT(bad); i++) {
        struct world world;
        begin_world(&world, *state, "PYRONAME:thing");
        welcome_search(&world);
        answer_hex(&world, "lookup", bad[i]);
        assert_int_equal(world.told, 1);
        assert_int_not_equal(world.code, PYRO_OK);
        end_world(&world);
    }
}

static void name_of_a_name_is_no_uri(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYRONAME:thing");
    welcome_search(&world);
    answer_uri(&world, "PYRONAME:other");
    assert_ended(&world, PYRO_ENAMING, "no direct URI");
    end_world(&world);
}

static void objects_are_found_by_metadata(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYROMETA:fast,cheap");
    welcome_search(&world);
    /* {"one": "PYRO:a@h:1"} */
    answer_hex(&world, "yplookup", "81a36f6e65aa5059524f3a6140683a31");
    assert_ended(&world, PYRO_OK, "PYRO:a@h:1");
    end_world(&world);
}

static void no_object_with_the_metadata_is_told(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYROMETA:fast");
    welcome_search(&world);
    answer_hex(&world, "yplookup", "80");
    assert_ended(&world, PYRO_ENAMING, "desired metadata properties fast");
    end_world(&world);
}

static void name_server_that_ends_is_told(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYRONAME:thing");
    welcome_search(&world);
    peer_close(&world.peer);
    run_loop(*state);
    assert_int_equal(world.told, 1);
    assert_int_not_equal(world.code, PYRO_OK);
    end_world(&world);
}

static void search_may_be_given_up_at_any_time(void **state)
{
    for (int stage = 0; stage < 3; stage++) {
        struct world world;
        struct pyro_runtime *runtime = *state;
        runtime->config.NS_LOOKUP_DELAY = 10;
        begin_world(&world, runtime, "PYRONAME:thing");
        if (stage > 0)
            welcome_search(&world);
        if (stage > 1)
            answer_error(&world, PYRO_ENAMING, "unknown name: thing");
        pyro_search_cancel(world.search);
        world.search = NULL;
        fake_clock_advance(30);
        run_loop(runtime);
        assert_int_equal(world.told, 0);
        end_world(&world);
    }
}

static void silent_name_server_is_given_up(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYRONAME:thing");
    peer_accept(&world.peer);
    for (int i = 0; i < 20 && world.told == 0; i++) {
        fake_clock_advance(5);
        run_loop(*state);
    }
    assert_ended(&world, PYRO_ENAMING, "Failed to locate the nameserver");
    end_world(&world);
}

static void converse(struct pyro_runtime *runtime)
{
    struct world world;
    begin_world(&world, runtime, "PYRONAME:thing");
    run_loop(runtime);
    if (world.told == 0)
        welcome_search(&world);
    run_loop(runtime);
    if (world.told == 0)
        answer_uri(&world, "PYRO:obj@localhost:4711");
    assert_int_equal(world.told, 1);
    end_world(&world);
}

static void each_failing_system_call_is_told(void **state)
{
    static const enum fault_call calls[] = {FAULT_CONNECT, FAULT_READ, FAULT_WRITE};
    fail_each_call(*state, calls, PYRO_COUNT(calls), converse);
}

/* --- the name server --- */

struct server {
    struct pyro_runtime *runtime;
    struct pyro_nameserver *ns;
    struct scripted_peer peer;
};

static void begin_server(struct server *server, struct pyro_runtime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_message welcome;
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *server = (struct server){.runtime = runtime};
    server->ns = pyro_nameserver_new(runtime, &options, "memory", &err);
    if (!server->ns)
        fail_msg("%s", err.message);
    peer_connect(&server->peer, runtime->loop, socket_path());
    /* {"handshake": "hello", "object": "Pyro.NameServer"} */
    send_hex(&server->peer, (struct pyro_header){.type = PYRO_CONNECT},
             "82a968616e647368616b65a568656c6c6fa66f626a656374af5079726f2e4e616d65536572766572");
    run_loop(runtime);
    peer_expect_message(&server->peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    pyro_message_release(&welcome);
}

static void end_server(struct server *server)
{
    peer_close(&server->peer);
    run_loop(server->runtime);
    pyro_nameserver_free(server->ns);
    run_loop(server->runtime);
}

static bool call_server(struct server *server, const char *hex)
{
    struct pyro_message reply;
    send_hex(&server->peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, hex);
    run_loop(server->runtime);
    peer_expect_message(&server->peer, &reply);
    bool raised = (reply.header.flags & PYRO_FLAG_EXCEPTION) != 0;
    pyro_message_release(&reply);
    return !raised;
}

/** Pyro.NameServer.register("a", "PYRO:a@h:1") and .lookup("a") */
#define REGISTER                                                                                   \
    "94af5079726f2e4e616d65536572766572a8726567697374657292a161aa5059524f3a6140683a3180"
#define LOOKUP "94af5079726f2e4e616d65536572766572a66c6f6f6b757091a16180"

static void names_are_registered_and_found(void **state)
{
    struct server server;
    begin_server(&server, *state);
    assert_int_equal(pyro_nameserver_count(server.ns), 1);
    assert_false(call_server(&server, LOOKUP));
    assert_true(call_server(&server, REGISTER));
    assert_true(call_server(&server, LOOKUP));
    assert_int_equal(pyro_nameserver_count(server.ns), 2);
    end_server(&server);
}

static void lack_of_memory_registers_a_name_or_does_not(void **state)
{
    bool registered = false;
    for (unsigned long nth = 1; !registered; nth++) {
        struct server server;
        begin_server(&server, *state);
        send_hex(&server.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, REGISTER);
        pyro_memory_fail_at(nth);
        run_loop(*state);
        pyro_memory_fail_at(0);
        if (pyro_daemon_connections(pyro_nameserver_daemon(server.ns)) > 0) {
            struct pyro_message reply;
            peer_expect_message(&server.peer, &reply);
            registered = (reply.header.flags & PYRO_FLAG_EXCEPTION) == 0;
            pyro_message_release(&reply);
            assert_int_equal(call_server(&server, LOOKUP), registered);
        }
        end_server(&server);
        assert_true(nth < 1000);
    }
}

/* --- finding a name server --- */

struct finder {
    int told;
    struct pyro_client *client;
    enum pyro_code code;
    char text[PYRO_ERROR_SIZE];
};

static void finder_found(void *owner, const struct pyro_found *found)
{
    struct finder *finder = owner;
    finder->told++;
    finder->client = found->client;
    finder->code = found->error ? found->error->code : PYRO_OK;
    if (found->error)
        snprintf(finder->text, sizeof(finder->text), "%s", found->error->message);
}

/* Looks for a name server where nobody is at port 1, by broadcasts to a port of this machine. */
static void find(struct pyro_runtime *runtime, uint16_t port, struct finder *finder)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_locate_options options = {.host = NULL};
    set_text(runtime, "BROADCAST_ADDRS", "127.0.0.1");
    set_text(runtime, "NS_HOST", "localhost");
    runtime->config.NS_PORT = 1;
    runtime->config.NS_BCPORT = port;
    *finder = (struct finder){.told = 0};
    assert_non_null(pyro_locate(runtime, &options, finder_found, finder, &err));
    double begun = real_seconds();
    while (finder->told == 0 && real_seconds() - begun < 20)
        pyro_loop_step(runtime->loop, 0.01);
    assert_int_equal(finder->told, 1);
}

static struct pyro_nameserver *new_server(struct pyro_runtime *runtime, uint16_t *port)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .host = "127.0.0.1", .natport = -1, .connected_socket = -1, .listening_socket = -1};
    struct pyro_nameserver *ns = pyro_nameserver_new(runtime, &options, "memory", &err);
    if (!ns || pyro_nameserver_broadcast(ns, "127.0.0.1", 0, &err) != PYRO_OK)
        fail_msg("%s", err.message);
    const char *location = pyro_nameserver_broadcast_location(ns);
    *port = (uint16_t)atoi(strchr(location, ':') + 1);
    return ns;
}

static void name_server_answers_broadcasts(void **state)
{
    uint16_t port;
    struct finder finder;
    struct pyro_nameserver *ns = new_server(*state, &port);
    find(*state, port, &finder);
    assert_int_equal(finder.code, PYRO_OK);
    assert_true(pyro_client_connected(finder.client));
    pyro_client_free(finder.client);
    pyro_nameserver_free(ns);
    run_loop(*state);
}

struct liar {
    struct pyro_datagram *datagram;
    const char *answer;
    int asked;
};

static void liar_received(void *owner, struct pyro_slice data, const struct pyro_address *from)
{
    struct liar *liar = owner;
    assert_true(pyro_slice_equals(data, "GET_NSURI"));
    liar->asked++;
    pyro_datagram_send(liar->datagram, from->text, from->port, pyro_slice_text(liar->answer), NULL);
}

/* Neither silence, nor what is no URI of a name server that shakes hands, counts. */
static void wrong_answers_to_broadcasts_count_for_nothing(void **state)
{
    static const char *const answers[] = {"", "nonsense", "PYRONAME:x",
                                          "PYRO:Pyro.NameServer@127.0.0.1:1"};
    for (size_t i = 0; i < PYRO_COUNT(answers); i++) {
        struct finder finder;
        struct liar liar = {.answer = answers[i]};
        struct pyro_runtime *runtime = *state;
        liar.datagram =
            pyro_datagram_new(runtime->loop, "127.0.0.1", 0, liar_received, &liar, NULL);
        find(runtime, pyro_datagram_port(liar.datagram), &finder);
        assert_int_equal(finder.code, PYRO_ENAMING);
        assert_non_null(strstr(finder.text, "Failed to locate the nameserver"));
        assert_in_range(liar.asked, 1, 3);
        pyro_datagram_close(liar.datagram);
        run_loop(runtime);
    }
}

/* Lets allocations fail while a name is looked up: before the handshake, or with the answer. */
static bool resolve_short_of_memory(struct pyro_runtime *runtime, int stage, unsigned long nth)
{
    struct world world;
    bool reached = false;
    begin_world(&world, runtime, "PYRONAME:thing");
    if (stage == 0)
        reached = run_short_of_memory(runtime, nth);
    run_loop(runtime);
    if (world.told == 0)
        welcome_search(&world);
    if (stage == 1 && world.told == 0) {
        struct pyro_message question;
        peer_expect_message(&world.peer, &question);
        send_unheard(&world.peer,
                     (struct pyro_header){.type = PYRO_RESULT, .seq = question.header.seq}, "01");
        pyro_message_release(&question);
        reached = run_short_of_memory(runtime, nth);
        run_loop(runtime);
        assert_int_equal(world.told, 1);
        assert_int_not_equal(world.code, PYRO_OK);
    }
    end_world(&world);
    return reached;
}

static void lack_of_memory_ends_a_search(void **state)
{
    for (int stage = 0; stage < 2; stage++)
        for (unsigned long nth = 1; resolve_short_of_memory(*state, stage, nth); nth++)
            assert_true(nth < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(name_becomes_a_uri),
        WITH_RUNTIME(name_may_appear_later),
        WITH_RUNTIME(name_that_does_not_appear_is_told),
        WITH_RUNTIME(other_errors_are_told_at_once),
        WITH_RUNTIME(malformed_answers_are_refused),
        WITH_RUNTIME(name_of_a_name_is_no_uri),
        WITH_RUNTIME(objects_are_found_by_metadata),
        WITH_RUNTIME(no_object_with_the_metadata_is_told),
        WITH_RUNTIME(name_server_that_ends_is_told),
        WITH_RUNTIME(search_may_be_given_up_at_any_time),
        WITH_RUNTIME(silent_name_server_is_given_up),
        WITH_RUNTIME(each_failing_system_call_is_told),
        WITH_RUNTIME(names_are_registered_and_found),
        WITH_RUNTIME(lack_of_memory_registers_a_name_or_does_not),
        WITH_RUNTIME(name_server_answers_broadcasts),
        WITH_RUNTIME(wrong_answers_to_broadcasts_count_for_nothing),
        WITH_RUNTIME(lack_of_memory_ends_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
