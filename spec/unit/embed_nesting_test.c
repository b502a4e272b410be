/* Methods that wait while others are called, which do the same: as many as may, on any stack, and
 * not for one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/embed_peer.h"

#define CALLS 220
#define SMALL_STACK ((size_t)256 * 1024)

struct gate {
    pyrolua_runtime *runtime;
    const char *uri;
    bool open;
    int waiting, refused, answered;
};

static void send_call(struct gate *gate, const char *method);

/* pass(): waits until the gate is open. The last one that is not let in sends for that. */
static int pass(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct gate *gate = self;
    int code = PYROLUA_OK;
    (void)arguments;
    (void)result;
    gate->waiting++;
    while (!gate->open && code == PYROLUA_OK)
        code = pyrolua_step(gate->runtime, -1);
    gate->waiting--;
    if (code == PYROLUA_ENESTED && ++gate->refused + gate->waiting == CALLS)
        send_call(gate, "open");
    return code;
}

static int open_gate(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct gate *gate = self;
    (void)arguments;
    (void)result;
    gate->open = true;
    return PYROLUA_OK;
}

static const pyrolua_member gate_members[] = {
    {.name = "pass", .call = pass}, {.name = "open", .call = open_gate}, {.name = NULL}};
static const pyrolua_class gate_class = {.members = gate_members};

static void on_answer(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct gate *gate = owner;
    gate->answered++;
    if (error)
        assert_non_null(strstr(error->message, "too many nested waits"));
    pyrolua_call_free(call);
}

static void send_call(struct gate *gate, const char *method)
{
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    assert_int_equal(pyrolua_proxy_new(gate->runtime, gate->uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, method, &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_send(call, on_answer, gate), PYROLUA_OK);
}

/* Clients that all call at once; when no more are let in, a new one is still served. */
static void crowd(struct gate *gate, const char *most)
{
    pyrolua_daemon *daemon;
    assert_int_equal(pyrolua_new(&gate->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(gate->runtime, "MAX_NESTED_WAITS", most), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(gate->runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "gate", &gate_class, gate, &gate->uri),
                     PYROLUA_OK);
    for (int i = 0; i < CALLS; i++)
        send_call(gate, "pass");
    while (gate->answered < CALLS + 1)
        assert_int_equal(pyrolua_step(gate->runtime, -1), PYROLUA_OK);
    assert_int_equal(gate->waiting, 0);
    pyrolua_free(gate->runtime);
}

static void as_many_wait_as_the_setting_says(void **state)
{
    struct gate gate = {.open = false};
    (void)state;
    crowd(&gate, "50");
    assert_int_equal(gate.refused, CALLS - 50);
}

static void *crowd_thread(void *gate)
{
    crowd(gate, "1000");
    return NULL;
}

static void no_more_wait_than_the_stack_has_room_for(void **state)
{
    struct gate gate = {.open = false};
    pthread_attr_t small;
    pthread_t thread;
    (void)state;
    pthread_attr_init(&small);
    assert_int_equal(pthread_attr_setstacksize(&small, SMALL_STACK), 0);
    assert_int_equal(pthread_create(&thread, &small, crowd_thread, &gate), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
    assert_in_range(gate.refused, 1, CALLS - 1);
}

/* --- a call that would be served after one that waits for it --- */

struct game {
    pyrolua_runtime *runtime;
    pyrolua_proxy *wall, *player;
};

/* Passes a ball on, one lower. */
static int pass_ball(pyrolua_proxy *to, const char *method, pyrolua_reader *arguments,
                     pyrolua_writer *result)
{
    pyrolua_call *call;
    int64_t height = pyrolua_read_int(arguments);
    int code = pyrolua_read_end(arguments);
    if (code == PYROLUA_OK && height == 0)
        pyrolua_put_text(result, "caught");
    if (code != PYROLUA_OK || height == 0)
        return code;
    assert_int_equal(pyrolua_call_new(to, method, &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), height - 1);
    code = pyrolua_call_wait(call);
    if (code == PYROLUA_OK)
        pyrolua_put_text(result, pyrolua_read_text(pyrolua_call_result(call), NULL));
    pyrolua_call_free(call);
    return code;
}

static int throw_ball(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct game *game = self;
    return pass_ball(game->player, "catch", arguments, result);
}

static int catch_ball(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct game *game = self;
    return pass_ball(game->wall, "throw", arguments, result);
}

static void free_call(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    (void)owner;
    assert_null(error);
    pyrolua_call_free(call);
}

/* Throws another ball before it throws the one that it waits for. */
static int throw_two(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct game *game = self;
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(game->player, "catch", &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), 0);
    assert_int_equal(pyrolua_call_send(call, free_call, NULL), PYROLUA_OK);
    return throw_ball(self, arguments, result);
}

static const pyrolua_member game_members[] = {{.name = "throw", .call = throw_ball},
                                              {.name = "throw_two", .call = throw_two},
                                              {.name = "catch", .call = catch_ball},
                                              {.name = NULL}};
static const pyrolua_class game_class = {.members = game_members};

static int play(struct game *game, const char *method, int64_t height)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(game->wall, method, &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), height);
    int code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    return code;
}

static void a_call_behind_one_that_waits_for_it_fails(void **state)
{
    struct game game;
    pyrolua_daemon *daemon;
    const char *uri;
    (void)state;
    assert_int_equal(pyrolua_new(&game.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(game.runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "game", &game_class, &game, &uri), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(game.runtime, uri, &game.wall), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(game.runtime, uri, &game.player), PYROLUA_OK);
    assert_int_equal(play(&game, "throw", 1), PYROLUA_OK);
    assert_int_equal(play(&game, "throw", 3), PYROLUA_ERAISED);
    assert_string_equal(pyrolua_last_error(game.runtime)->class_name, "RuntimeError");
    assert_non_null(
        strstr(pyrolua_last_error(game.runtime)->message, "throw() would wait for ever"));
    assert_int_equal(play(&game, "throw_two", 1), PYROLUA_OK); /* the first does not wait for it */
    pyrolua_free(game.runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_wait_as_the_setting_says),
        cmocka_unit_test(no_more_wait_than_the_stack_has_room_for),
        cmocka_unit_test(a_call_behind_one_that_waits_for_it_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
