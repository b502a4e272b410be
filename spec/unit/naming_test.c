/* Tests of core/naming: looking names up at a name server of scripted bytes. No test sleeps: the
 * clock is fake. */
#include "rpc_fixture.h"

#include "base/memory.h"
#include "naming/client/resolve.h"
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
    world->search = pyro_resolve(runtime, &uri, 0, NULL, world_found, world, &err);
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

static void found_object_without_uri_is_told(void **state)
{
    struct world world;
    begin_world(&world, *state, "PYROMETA:fast");
    welcome_search(&world);
    answer_hex(&world, "yplookup", "81a36f6e6501");
    assert_ended(&world, PYRO_EPROTOCOL, "malformed answer of the name server");
    end_world(&world);
}

static void name_server_that_rejects_is_told(void **state)
{
    struct world world;
    struct pyro_message handshake;
    begin_world(&world, *state, "PYRONAME:thing");
    peer_accept(&world.peer);
    peer_expect_message(&world.peer, &handshake);
    pyro_message_release(&handshake);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECTFAIL}, "a66e6f2077617a");
    run_loop(*state);
    assert_ended(&world, PYRO_ENAMING, "Failed to locate the nameserver: ");
    assert_non_null(strstr(world.text, "rejected: no waz"));
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

static void search_that_cannot_begin_is_none(void **state)
{
    struct pyro_search *search = NULL;
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text("PYRONAME:x@h:1"), 9090, &err), PYRO_OK);
    for (unsigned long nth = 1; !search; nth++) {
        pyro_memory_fail_at(nth);
        search = pyro_resolve(*state, &uri, 0, NULL, world_found, NULL, &err);
        bool reached = pyro_memory_fail_at(0) == 0;
        assert_int_equal(search != NULL, !reached);
        assert_int_equal(err.code, reached ? PYRO_EMEMORY : err.code);
    }
    pyro_search_cancel(search);
    pyro_uri_free(&uri);
}

/* The question cannot be written, or the second one cannot be waited for. */
static void lack_of_memory_ends_a_conversation(void **state)
{
    struct pyro_runtime *runtime = *state;
    bool reached = true;
    runtime->config.NS_LOOKUP_DELAY = 10;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        struct pyro_message message;
        begin_world(&world, runtime, nth % 2 ? "PYRONAME:thing" : "PYROMETA:fast,cheap");
        peer_accept(&world.peer);
        peer_expect_message(&world.peer, &message);
        pyro_message_release(&message);
        send_unheard(&world.peer,
                     (struct pyro_header){.type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA},
                     NS_WELCOME);
        reached = run_short_of_memory(runtime, (nth + 1) / 2);
        if (world.told)
            assert_true(world.code == PYRO_EMEMORY || world.code == PYRO_ENAMING);
        end_world(&world);
        assert_true(nth < 1000);
    }
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
        WITH_RUNTIME(found_object_without_uri_is_told),
        WITH_RUNTIME(name_server_that_rejects_is_told),
        WITH_RUNTIME(name_server_that_ends_is_told),
        WITH_RUNTIME(search_may_be_given_up_at_any_time),
        WITH_RUNTIME(silent_name_server_is_given_up),
        WITH_RUNTIME(each_failing_system_call_is_told),
        WITH_RUNTIME(search_that_cannot_begin_is_none),
        WITH_RUNTIME(lack_of_memory_ends_a_conversation),
        WITH_RUNTIME(lack_of_memory_ends_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
