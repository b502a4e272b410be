/* The embedding API: answers that come later, and functions that other threads post. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pyrolua.h>

#include "support/embed_desk.h"

/* --- single calls --- */

static void answers_come_in_any_order(void **state)
{
    struct office *office = *state;
    struct visit visits[3];
    for (int i = 0; i < 3; i++)
        visit(office, &visits[i], "later", i);
    serve_until(office, &office->desk.count, 3);
    for (int i = 2; i >= 0; i--) {
        pyrolua_reply *reply = office->desk.replies[i];
        assert_true(pyrolua_reply_wanted(reply));
        pyrolua_put_int(pyrolua_reply_writer(reply), 10 * office->desk.numbers[i]);
        assert_int_equal(pyrolua_reply_send(reply), PYROLUA_OK);
        int answered = office->desk.numbers[i];
        serve_until(office, &visits[answered].over, 1);
        assert_int_equal(visits[answered].result, 10 * answered);
        for (int j = 0; j < i; j++)
            assert_int_equal(visits[office->desk.numbers[j]].over, 0);
    }
}

static void nothing_written_is_nil(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
    serve_until(office, &visited.over, 1);
    assert_int_equal(visited.code, PYROLUA_OK);
    assert_int_equal(visited.type, PYROLUA_NIL);
}

static void an_answer_may_be_an_exception(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), 5);
    assert_int_equal(pyrolua_reply_raise(office->desk.replies[0], "ValueError", "no %d", 7),
                     PYROLUA_OK);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error, "ValueError: no 7");
}

static void a_reply_that_is_freed_raises_an_error(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    pyrolua_reply_free(office->desk.replies[0]);
    pyrolua_reply_free(NULL);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error, "RuntimeError: the call was given up unanswered");
}

static void what_is_no_result_raises_an_error(void **state)
{
    struct office *office = *state;
    struct visit visits[2];
    visit(office, &visits[0], "later", 1);
    visit(office, &visits[1], "later", 1);
    serve_until(office, &office->desk.count, 2);
    pyrolua_put_begin(pyrolua_reply_writer(office->desk.replies[0]), PYROLUA_LIST);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(office->runtime)->message,
                        "a container was begun and not ended");
    assert_int_equal(pyrolua_configure(office->runtime, "MAX_MESSAGE_SIZE", "5000"), PYROLUA_OK);
    char large[6000] = "";
    pyrolua_put_bytes(pyrolua_reply_writer(office->desk.replies[1]), large, sizeof(large));
    assert_int_equal(pyrolua_reply_send(office->desk.replies[1]), PYROLUA_ECOMMUNICATION);
    serve_until(office, &visits[0].over, 1);
    serve_until(office, &visits[1].over, 1);
    assert_string_equal(visits[0].error, "ValueError: a container was begun and not ended");
    assert_memory_equal(visits[1].error, "MessageTooLargeError: ", 22);
}

static void a_method_may_answer_at_once(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "now", 4);
    serve_until(office, &visited.over, 1);
    assert_int_equal(visited.result, 4);
    visit(office, &visited, "now", -1);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error, "LookupError: none below 0");
}

static void a_method_that_fails_has_no_reply(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit_with(office, &visited, "fail", "x");
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error, "IndexError: after all");
    visit(office, &visited, "fail", 1);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.error, "TypeError: value 1: str expected, got int");
}

static void an_answer_is_put_off_once(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "twice", 0);
    serve_until(office, &visited.over, 1);
    assert_int_equal(visited.code, PYROLUA_OK);
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(office->proxies[0], "later", &call), PYROLUA_OK);
    assert_null(pyrolua_defer(pyrolua_call_arguments(call)));
    assert_null(pyrolua_defer(NULL));
}

static void attributes_are_answered_later_too(void **state)
{
    struct office *office = *state;
    struct visit got, set;
    visit_with(office, &got, "__getattr__", "number");
    serve_until(office, &office->desk.count, 1);
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), 3);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
    serve_until(office, &got.over, 1);
    assert_int_equal(got.result, 3);
    visit_with(office, &set, "__setattr__", "number");
    serve_until(office, &office->desk.count, 2);
    assert_int_equal(pyrolua_reply_raise(office->desk.replies[1], "ValueError", "no"), PYROLUA_OK);
    serve_until(office, &set.over, 1);
    assert_string_equal(set.error, "ValueError: no");
}

static void nobody_waits_for_a_oneway_call(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "plain", 1); /* it learns which methods are oneway */
    serve_until(office, &visited.over, 1);
    office->next--;
    visit(office, &visited, "tell", 1);
    serve_until(office, &office->desk.count, 1);
    assert_false(pyrolua_reply_wanted(office->desk.replies[0]));
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), 3);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
    serve_until(office, &visited.over, 1);
}

/* --- what a reply outlives --- */

static void a_reply_outlives_its_client(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    pyrolua_proxy_free(office->proxies[0]);
    while (pyrolua_reply_wanted(office->desk.replies[0]))
        assert_int_equal(pyrolua_step(office->runtime, 10), PYROLUA_OK);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
}

static void a_reply_outlives_the_object(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit(office, &visited, "later", 1);
    serve_until(office, &office->desk.count, 1);
    assert_int_equal(pyrolua_daemon_unregister(office->daemon, "desk"), PYROLUA_OK);
    assert_int_equal(office->desk.released, 0); /* its method goes on */
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), 6);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
    assert_int_equal(office->desk.released, 1);
    serve_until(office, &visited.over, 1);
    assert_int_equal(visited.result, 6);
}

static void a_reply_outlives_the_daemon(void **state)
{
    struct office *office = *state;
    struct visit visits[3];
    visit(office, &visits[0], "later", 1);
    visit(office, &visits[1], "later", 1);
    visit_batch(office, &visits[2], "later", "plain");
    serve_until(office, &office->desk.count, 3);
    pyrolua_daemon_free(office->daemon);
    for (int i = 0; i < 3; i++) {
        assert_false(pyrolua_reply_wanted(office->desk.replies[i]));
        assert_int_equal(office->desk.released, 0);
        if (i == 0)
            pyrolua_reply_free(office->desk.replies[i]);
        else
            assert_int_equal(pyrolua_reply_send(office->desk.replies[i]), PYROLUA_OK);
    }
    assert_int_equal(office->desk.released, 1);
    for (int i = 0; i < 3; i++) {
        serve_until(office, &visits[i].over, 1);
        assert_int_equal(visits[i].code, PYROLUA_ECOMMUNICATION);
    }
}

/* Each kind: the fixture frees the runtime, and looks whether the object was released. */
static void replies_are_freed_with_the_runtime(void **state)
{
    struct office *office = *state;
    struct visit visits[4];
    visit(office, &visits[0], "later", 1);
    visit_batch(office, &visits[1], "plain", "later");
    visit_with(office, &visits[2], "__getattr__", "number");
    visit(office, &visits[3], "plain", 1);
    serve_until(office, &visits[3].over, 1);
    office->next--;
    visit(office, &visits[3], "tell", 1);
    serve_until(office, &office->desk.count, 4);
    provide(office);
    assert_int_equal(pyrolua_run_text(office->runtime,
                                      "require('pyro').spawn(function() desk:later(1) end)\n"
                                      "require('pyro').sleep(0)",
                                      "test"),
                     PYROLUA_OK);
    serve_until(office, &office->desk.count, 5);
    pyrolua_free(office->runtime);
    office->runtime = NULL;
    assert_int_equal(visits[0].code, PYROLUA_ECLOSED);
    assert_int_equal(visits[1].code, PYROLUA_ECLOSED);
}

/* --- batches --- */

static void calls_of_a_batch_keep_their_order(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit_batch(office, &visited, "later", "now", "plain", "later", "plain");
    serve_until(office, &office->desk.count, 1);
    assert_int_equal(office->desk.calls, 1);
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), 100);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
    serve_until(office, &office->desk.count, 2);
    assert_int_equal(office->desk.calls, 4);
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[1]), 103);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[1]), PYROLUA_OK);
    serve_until(office, &visited.over, 1);
    assert_string_equal(visited.results, "100 1 2 103 4 ");
}

static void a_batch_ends_with_the_call_that_fails(void **state)
{
    struct office *office = *state;
    struct visit visits[2];
    visit_batch(office, &visits[0], "plain", "later", "plain");
    serve_until(office, &office->desk.count, 1);
    pyrolua_reply_raise(office->desk.replies[0], "ValueError", "no");
    serve_until(office, &visits[0].over, 1);
    assert_string_equal(visits[0].results, "0 ValueError: no");
    assert_int_equal(office->desk.calls, 2);
    visit_batch(office, &visits[1], "later", "plain");
    serve_until(office, &office->desk.count, 2);
    assert_int_equal(pyrolua_daemon_unregister(office->daemon, "desk"), PYROLUA_OK);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[1]), PYROLUA_OK);
    serve_until(office, &visits[1].over, 1);
    assert_memory_equal(visits[1].error, "DaemonError: ", 13);
    assert_int_equal(office->desk.calls, 3);
}

static void a_batch_goes_on_without_its_client(void **state)
{
    struct office *office = *state;
    struct visit visited;
    visit_batch(office, &visited, "later", "plain");
    serve_until(office, &office->desk.count, 1);
    pyrolua_proxy_free(office->proxies[0]);
    while (pyrolua_reply_wanted(office->desk.replies[0]))
        assert_int_equal(pyrolua_step(office->runtime, 10), PYROLUA_OK);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
}

/* --- scripts --- */

static void answer_first(void *context)
{
    struct office *office = context;
    pyrolua_put_int(pyrolua_reply_writer(office->desk.replies[0]), office->desk.count);
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
}

static void answer_later(struct desk *desk)
{
    assert_int_equal(pyrolua_post(desk->office->runtime, answer_first, desk->office), PYROLUA_OK);
}

static int run_text(struct office *office, const char *code)
{
    int outcome = pyrolua_run_text(office->runtime, code, "test");
    if (outcome)
        print_error("%s\n", pyrolua_last_error(office->runtime)->message);
    return outcome;
}

/* Nothing else is open: the reply itself keeps the script waiting. In a task, and where it cannot
 * yield. */
static void a_script_waits_for_its_answer(void **state)
{
    struct office *office = *state;
    pyrolua_daemon_free(office->daemon);
    provide(office);
    office->desk.then = answer_later;
    assert_int_equal(run_text(office, "assert(desk:later(1) == 1)"), PYROLUA_OK);
    office->desk.count = 0;
    assert_int_equal(run_text(office, "assert(desk.number == 1)"), PYROLUA_OK);
    office->desk.count = 0;
    assert_int_equal(run_text(office, "assert(('x'):gsub('x', function() return desk:later(1) end) "
                                      "== '1')"),
                     PYROLUA_OK);
    office->desk.count = 0;
    assert_int_equal(run_text(office, "assert(desk:now(7) == 7)\n"
                                      "local ok, err = pcall(desk.now, desk, -1)\n"
                                      "assert(not ok and err.message == 'none below 0')\n"
                                      "ok, err = pcall(desk.fail, desk, 'x')\n"
                                      "assert(not ok and err.class == 'IndexError')"),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_step(office->runtime, 0), PYROLUA_EIDLE);
}

static void stop_office(struct desk *desk)
{
    pyrolua_stop(desk->office->runtime);
}

static void a_script_that_is_stopped_wants_no_answer(void **state)
{
    struct office *office = *state;
    provide(office);
    office->desk.then = stop_office;
    assert_int_equal(
        pyrolua_run_text(office->runtime, "('x'):gsub('x', function() desk:later(1) end)", "test"),
        PYROLUA_ECLOSED);
    office->desk.then = NULL;
    assert_int_equal(run_text(office, "collectgarbage() collectgarbage()"), PYROLUA_OK);
    assert_false(pyrolua_reply_wanted(office->desk.replies[0]));
    assert_int_equal(pyrolua_reply_send(office->desk.replies[0]), PYROLUA_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_OFFICE(answers_come_in_any_order),
        WITH_OFFICE(nothing_written_is_nil),
        WITH_OFFICE(an_answer_may_be_an_exception),
        WITH_OFFICE(a_reply_that_is_freed_raises_an_error),
        WITH_OFFICE(what_is_no_result_raises_an_error),
        WITH_OFFICE(a_method_may_answer_at_once),
        WITH_OFFICE(a_method_that_fails_has_no_reply),
        WITH_OFFICE(an_answer_is_put_off_once),
        WITH_OFFICE(attributes_are_answered_later_too),
        WITH_OFFICE(nobody_waits_for_a_oneway_call),
        WITH_OFFICE(a_reply_outlives_its_client),
        WITH_OFFICE(a_reply_outlives_the_object),
        WITH_OFFICE(a_reply_outlives_the_daemon),
        WITH_OFFICE(replies_are_freed_with_the_runtime),
        WITH_OFFICE(calls_of_a_batch_keep_their_order),
        WITH_OFFICE(a_batch_ends_with_the_call_that_fails),
        WITH_OFFICE(a_batch_goes_on_without_its_client),
        WITH_OFFICE(a_script_waits_for_its_answer),
        WITH_OFFICE(a_script_that_is_stopped_wants_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
