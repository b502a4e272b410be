/* Tests of what a daemon with rules serves and refuses. */
#include "rpc_guard_fixture.h"

/* --- connecting --- */

static void whoever_is_allowed_nothing_is_closed(void **state)
{
    struct world world;
    begin_world(&world, state, "deny * close\nallow * from 10.0.0.0/8\n", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to connect");
    expect_logged("unix socket: handshake failed: not allowed to connect");
    assert_int_equal(world.departed, 0);
    end_world(&world);
}

static void nothing_is_read_of_whoever_is_allowed_nothing(void **state)
{
    struct world world;
    begin_world(&world, state, "deny *", &plain);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, "82a9"); /* cut short */
    expect_rejection(&world, "not allowed to connect");
    end_world(&world);
}

static void empty_rules_refuse_everyone(void **state)
{
    struct world world;
    begin_world(&world, state, "", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to connect");
    end_world(&world);
}

static void members_of_a_forbidden_object_are_not_told(void **state)
{
    struct world world;
    begin_world(&world, state, "allow shop", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to use desk");
    peer_close(&world.peer);
    peer_connect(&world.peer, world.runtime->loop, socket_path());
    greet(&world, "none"); /* nor whether there is one */
    expect_rejection(&world, "not allowed to use none");
    peer_close(&world.peer);
    peer_connect(&world.peer, world.runtime->loop, socket_path());
    greet(&world, "shop");
    expect_rejection(&world, "unknown object");
    expect_logged("handshake failed: not allowed to use none");
    end_world(&world);
}

static void members_of_an_allowed_object_are_told(void **state)
{
    struct world world;
    begin_world(&world, state, "deny desk secret\nallow desk from unix", &plain);
    greet(&world, "desk");
    expect_message(&world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "methods", "hello");
    end_world(&world);
}

/* --- calls --- */

static void forbidden_calls_are_refused(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk secret\nallow desk\nallow Pyro.Daemon ping", &plain);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.secret");
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_answer(&world);
    CALL(&world, "none", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call none.echo");
    CALL(&world, "Pyro.Daemon", "info", NO_ARGS);
    expect_refusal(&world, "not allowed to call Pyro.Daemon.info");
    CALL(&world, "Pyro.Daemon", "ping", NO_ARGS);
    expect_message(&world, PYRO_RESULT, 0, "nil", "");
    assert_int_equal(world.invoked, 1);
    expect_logged("desk.secret: ");
    expect_logged("unix socket: not allowed to call none.echo: no rule of ");
    assert_int_equal(count_logged(".allow:1 denies it"), 1);
    end_world(&world);
}

static void names_are_not_confused(void **state)
{
    static const struct {
        const char *object;
        size_t object_length;
        const char *method;
        size_t method_length;
        const char *message;
    } others[] = {
        {S("desk\0x"), S("echo"), "desk\\x00x.echo"},
        {S("desk"), S("echo\0"), "desk.echo\\x00"},
        {S("Desk"), S("echo"), "Desk.echo"},
        {S("desk "), S("echo"), "desk .echo"},
        {S("*"), S("echo"), "*.echo"},
        {S("desk"), S("*"), "desk.*"},
        {S("desk"), S(""), "desk."},
        {S(""), S("echo"), "call .echo"},
        {S("desk"), S("<batch>"), "desk.<batch>"},
        {S("d\xc3\xabsk"), S("echo"), "d\xc3\xabsk.echo"},
        {S("desk"), S("__getattr__"), "desk.__getattr__"},
        {S("desk"), S("__setattr__"), "desk.__setattr__"},
        {S("desk"), S("_private"), "desk._private"},
    };
    struct world world;
    connect_world(&world, state, "allow desk echo", &plain);
    for (size_t i = 0; i < PYRO_COUNT(others); i++) {
        send_call(&world, 0, others[i].object, others[i].object_length, others[i].method,
                  others[i].method_length, NO_ARGS);
        expect_refusal(&world, others[i].message);
    }
    assert_int_equal(world.invoked, 0);
    end_world(&world);
}

static void long_names_are_refused(void **state)
{
    struct world world;
    char hex[4000] = "94a46465736bda03e9"; /* "desk", and 1001 bytes */
    connect_world(&world, state, "allow *", &plain);
    for (int i = 0; i < 1001; i++)
        strcat(hex, "78");
    strcat(hex, "9080");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
    expect_refusal(&world, "not allowed to call desk.xxx");
    end_world(&world);
    connect_world(&world, state, NULL, &asking);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
    expect_refusal(&world, "not allowed to call desk.xxx");
    expect_logged("names have at most 1000 bytes");
    assert_int_equal(world.asked, 0);
    end_world(&world);
}

static void private_names_stay_private(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk", &plain);
    CALL(&world, "desk", "_private", NO_ARGS);
    expect_exception(&world, "AttributeError", "private");
    end_world(&world);
}

static void forbidden_oneway_calls_do_not_run(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk echo\nallow desk", &plain);
    send_call(&world, PYRO_FLAG_ONEWAY, S("desk"), S("echo"), NO_ARGS);
    peer_expect_nothing(&world.peer);
    assert_int_equal(world.invoked, 0);
    CALL(&world, "desk", "other", NO_ARGS);
    expect_answer(&world);
    end_world(&world);
}

static void malformed_arguments_of_forbidden_calls_are_not_read(void **state)
{
    struct world world;
    connect_world(&world, state, "deny Pyro.Daemon ping\nallow *", &plain);
    CALL(&world, "Pyro.Daemon", "ping", "c1"); /* no value */
    expect_refusal(&world, "not allowed to call Pyro.Daemon.ping");
    end_world(&world);
}

/* --- batches --- */

static void entries_of_a_batch_are_asked_for(void **state)
{
    struct world world;
    begin_world(&world, state, "allow Pyro.Daemon ping", &plain);
    connect_to(&world, "Pyro.Daemon");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"), PING_INFO_PING);
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil",
                   "not allowed to call Pyro.Daemon.info");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"), "91" PING);
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil", "");
    send_call(&world, PYRO_FLAG_BATCH, S("desk"), S("<batch>"), "91" PING);
    expect_refusal(&world, "not allowed to use desk");
    send_call(&world, PYRO_FLAG_BATCH, S("desk"), S("ping"), "91" PING); /* its name says nothing */
    expect_refusal(&world, "not allowed to use desk");
    expect_logged("not allowed to call Pyro.Daemon.info");
    end_world(&world);
}

static void metadata_in_a_batch_are_asked_for(void **state)
{
    struct world world;
    begin_world(&world, state, "allow Pyro.Daemon", &plain);
    connect_to(&world, "Pyro.Daemon");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"),
              "9193ac6765745f6d65746164617461" DESK "80");
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "PermissionError",
                   "not allowed to use desk");
    end_world(&world);
}

/* --- what is asked of Pyro.Daemon about others --- */

static void metadata_are_asked_for_as_the_object(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk echo", &plain);
    CALL(&world, "Pyro.Daemon", "get_metadata", DESK);
    expect_message(&world, PYRO_RESULT, 0, "methods", "");
    CALL(&world, "Pyro.Daemon", "get_metadata", "91a46e6f6e65");
    expect_refusal(&world, "not allowed to use none");
    CALL(&world, "Pyro.Daemon", "get_metadata", NO_ARGS);
    expect_refusal(&world, "not allowed to use ");
    end_world(&world);
}

/* Makes a stream, and writes its id as the only argument of a call to `args`. */
static void streams_are_asked_for_as_what_made_them(void **state)
{
    struct world world;
    char args[100];
    connect_world(&world, state, "allow desk", &plain);
    make_stream(&world, args);
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_answer(&world);
    write_rules("deny desk stream\nallow *");
    fake_clock_advance(1.5);
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_refusal(&world, "not allowed to call desk.stream");
    CALL(&world, "Pyro.Daemon", "close_stream", args);
    expect_refusal(&world, "not allowed to call desk.stream");
    write_rules("allow desk");
    fake_clock_advance(1.5);
    CALL(&world, "Pyro.Daemon", "close_stream", args);
    expect_message(&world, PYRO_RESULT, 0, "nil", "");
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_exception(&world, "PyroError", "item stream terminated");
    end_world(&world);
}

/* --- without memory --- */

static void nothing_is_allowed_for_lack_of_memory(void **state)
{
    struct world world;
    char args[100];
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        connect_world(&world, state, "deny Pyro.Daemon get_next_stream_item\nallow desk", &plain);
        make_stream(&world, args);
        write_rules("deny desk\nallow *");
        fake_clock_advance(1.5);
        world.invoked = 0;
        char hex[300] = "94";
        put_str(hex, S("Pyro.Daemon"));
        put_str(hex, S("get_next_stream_item"));
        strcat(hex, args);
        strcat(hex, "80");
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
        reached = run_short_of_memory(*state, nth);
        /* where the new rules could not be read, the old ones allow it */
        assert_true(world.invoked == 0 || count_logged("the rules stay as they were") == 1);
        end_world(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(whoever_is_allowed_nothing_is_closed),
        WITH_RUNTIME(nothing_is_read_of_whoever_is_allowed_nothing),
        WITH_RUNTIME(empty_rules_refuse_everyone),
        WITH_RUNTIME(members_of_a_forbidden_object_are_not_told),
        WITH_RUNTIME(members_of_an_allowed_object_are_told),
        WITH_RUNTIME(forbidden_calls_are_refused),
        WITH_RUNTIME(names_are_not_confused),
        WITH_RUNTIME(long_names_are_refused),
        WITH_RUNTIME(private_names_stay_private),
        WITH_RUNTIME(forbidden_oneway_calls_do_not_run),
        WITH_RUNTIME(malformed_arguments_of_forbidden_calls_are_not_read),
        WITH_RUNTIME(entries_of_a_batch_are_asked_for),
        WITH_RUNTIME(metadata_in_a_batch_are_asked_for),
        WITH_RUNTIME(metadata_are_asked_for_as_the_object),
        WITH_RUNTIME(streams_are_asked_for_as_what_made_them),
        WITH_RUNTIME(nothing_is_allowed_for_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
