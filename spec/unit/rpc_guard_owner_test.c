/* Tests of a daemon whose owner has a function that decides what is served. */
#include "rpc_guard_fixture.h"

static void the_owner_decides(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    assert_int_equal(world.asked, 0);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not for you");
    assert_string_equal(world.wanted, "desk.secret from 1 with hello");
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_answer(&world);
    CALL(&world, "none", "echo", NO_ARGS);
    expect_exception(&world, "DaemonError", "unknown object");
    assert_string_equal(world.wanted, "none.echo from 1 with hello");
    CALL(&world, "Pyro.Daemon", "get_metadata", DESK);
    expect_message(&world, PYRO_RESULT, 0, "methods", "");
    assert_string_equal(world.wanted, "desk.get_metadata from 1 with hello");
    end_world(&world);
}

static void the_owner_decides_about_members(void **state)
{
    struct world world;
    begin_world(&world, state, NULL, &asking);
    greet(&world, "desk");
    expect_message(&world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "methods", "hello");
    assert_string_equal(world.wanted, "desk.get_metadata from 1 with hello");
    end_world(&world);
}

static void the_owner_decides_about_entries(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"),
              "92" PING "93a6736563726574"
              "9080");
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil", "not for you");
    assert_int_equal(world.asked, 3);
    end_world(&world);
}

static void batches_do_not_tell_whether_there_is_the_object(void **state)
{
    static const char *const objects[] = {"desk", "none"};
    struct world world;
    connect_world(&world, state, NULL, &asking);
    world.refuses = true;
    for (size_t i = 0; i < PYRO_COUNT(objects); i++) {
        char wanted[80];
        snprintf(wanted, sizeof(wanted), "%s.get_metadata from 1 with hello", objects[i]);
        send_call(&world, PYRO_FLAG_BATCH, objects[i], strlen(objects[i]), S("<batch>"), "90");
        expect_refusal(&world, "not for you");
        assert_string_equal(world.wanted, wanted);
    }
    end_world(&world);
}

static void rules_come_before_the_owner(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk echo\nallow *", &asking);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    assert_int_equal(world.asked, 0);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not for you");
    end_world(&world);
}

static void long_greetings_are_not_kept(void **state)
{
    struct world world;
    char hex[9000] = "82a968616e647368616b65c51000";
    begin_world(&world, state, NULL, &asking);
    for (int i = 0; i < 4096; i++)
        strcpy(hex + 28 + 2 * i, "78");
    strcat(hex, "a66f626a656374a46465736b");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, hex);
    expect_rejection(&world, "handshake data of more than 4096 bytes");
    end_world(&world);
}

/* They would take far more memory than came in, as long as the client is connected. */
static void greetings_of_many_values_are_not_kept(void **state)
{
    struct world world;
    char hex[9000] = "82a968616e647368616b65dc0f00";
    begin_world(&world, state, NULL, &asking);
    for (int i = 0; i < 0x0f00; i++)
        strcpy(hex + 28 + 2 * i, "c0");
    strcat(hex, "a66f626a656374a46465736b");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, hex);
    expect_rejection(&world, "handshake data of too many values");
    end_world(&world);
}

static void the_owner_may_free_the_daemon(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    world.frees_daemon = true;
    CALL(&world, "desk", "echo", NO_ARGS);
    peer_expect_end(&world.peer);
    assert_int_equal(world.invoked, 0);
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(the_owner_decides),
        WITH_RUNTIME(the_owner_decides_about_members),
        WITH_RUNTIME(the_owner_decides_about_entries),
        WITH_RUNTIME(batches_do_not_tell_whether_there_is_the_object),
        WITH_RUNTIME(rules_come_before_the_owner),
        WITH_RUNTIME(long_greetings_are_not_kept),
        WITH_RUNTIME(greetings_of_many_values_are_not_kept),
        WITH_RUNTIME(the_owner_may_free_the_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
