/* The embedding API without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "support/embed_desk.h"
#include "support/embed_peer.h"

static void every_allocation_may_fail(void **state)
{
    (void)state;
    int code = PYROLUA_EMEMORY;
    for (unsigned long n = 1; code == PYROLUA_EMEMORY; n++) {
        pyrolua_runtime *runtime = NULL;
        pyrolua_daemon *daemon = NULL;
        struct sensor sensor = {.celsius = 1};
        pyro_memory_fail_at(n);
        code = pyrolua_new(&runtime);
        if (!code)
            code = pyrolua_provide(runtime, "sensor", &sensor_class, &sensor);
        if (!code)
            code = pyrolua_daemon_new(runtime, NULL, &daemon);
        if (!code)
            code = pyrolua_daemon_register(daemon, "x", &sensor_class, &sensor, NULL);
        pyro_memory_fail_at(0);
        assert_true(code == PYROLUA_OK || code == PYROLUA_EMEMORY);
        assert_int_equal(pyrolua_last_error(runtime)->code, runtime ? code : PYROLUA_EMEMORY);
        pyrolua_free(runtime);
    }
    assert_int_equal(code, PYROLUA_OK);
}

/* Lua tries again where its memory fails, so some failures go unnoticed. */
static void any_allocation_of_a_server_may_fail(void **state)
{
    bool reached = true;
    int failed = 0;
    (void)state;
    for (unsigned long n = 1; reached; n++) {
        pyrolua_runtime *runtime;
        pyrolua_daemon *daemon;
        struct sensor sensor = {.celsius = 1};
        assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
        pyro_memory_fail_at(n);
        int code = pyrolua_provide(runtime, "sensor", &sensor_class, &sensor);
        bool provided = !code;
        if (!code)
            code = pyrolua_daemon_new(runtime, NULL, &daemon);
        if (!code)
            code = pyrolua_daemon_register(daemon, "x", &sensor_class, &sensor, NULL);
        reached = pyro_memory_fail_at(0) == 0;
        assert_true(code == PYROLUA_OK || code == PYROLUA_EMEMORY);
        failed += code != PYROLUA_OK;
        pyrolua_free(runtime);
        assert_int_equal(sensor.released, provided + !code);
    }
    assert_true(failed > 10);
}

static int call_scale(pyrolua_runtime *runtime, const char *uri)
{
    pyrolua_proxy *proxy = NULL;
    pyrolua_call *call = NULL;
    int code = pyrolua_proxy_new(runtime, uri, &proxy);
    if (!code)
        code = pyrolua_call_new(proxy, "scale", &call);
    if (!code) {
        pyrolua_put_int(pyrolua_call_arguments(call), 3);
        pyrolua_put_name(pyrolua_call_arguments(call), "offset");
        pyrolua_put_int(pyrolua_call_arguments(call), 1);
        code = pyrolua_call_wait(call);
    }
    if (!code)
        assert_true(pyrolua_read_real(pyrolua_call_result(call)) == 4);
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
    return code;
}

/* Of either side: it costs that call, or its connection, and nothing else. */
static void any_allocation_of_a_call_may_fail(void **state)
{
    (void)state;
    int failed = 0;
    for (unsigned long n = 1; n <= 150; n++) {
        struct sensor sensor = {.celsius = 1};
        pyrolua_runtime *runtime;
        pyrolua_daemon *daemon;
        const char *uri;
        assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
        assert_int_equal(pyrolua_configure(runtime, "COMMTIMEOUT", "5"), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_register(daemon, "x", &sensor_class, &sensor, &uri), 0);
        pyro_memory_fail_at(n);
        int code = call_scale(runtime, uri);
        pyro_memory_fail_at(0);
        failed += code != PYROLUA_OK;
        assert_true(code == PYROLUA_OK || code == PYROLUA_EMEMORY || code == PYROLUA_ERAISED ||
                    code == PYROLUA_ECOMMUNICATION);
        assert_int_equal(call_scale(runtime, uri), PYROLUA_OK);
        pyrolua_free(runtime);
        assert_int_equal(sensor.released, 1);
    }
    assert_true(failed > 20);
}

/* --- reading --- */

static void put_uri(pyrolua_writer *to, const char *object)
{
    pyrolua_put_begin(to, PYROLUA_DICT);
    pyrolua_put_text(to, "__class__");
    pyrolua_put_text(to, "Pyro5.core.URI");
    pyrolua_put_text(to, "state");
    pyrolua_put_begin(to, PYROLUA_LIST);
    pyrolua_put_text(to, "PYRO");
    pyrolua_put_text(to, object);
    pyrolua_put_nil(to);
    pyrolua_put_text(to, "host");
    pyrolua_put_int(to, 1);
    pyrolua_put_end(to);
    pyrolua_put_end(to);
}

/* Whatever a reader allocates: a URI's text, an array's data, frames of containers. */
static void reading_needs_memory(void **state)
{
    struct client *client = *state;
    bool reached = true;
    for (unsigned long n = 1; reached; n++) {
        pyrolua_call *call = new_call(client, "echo");
        pyrolua_writer *to = pyrolua_call_arguments(call);
        const int deep = 40;
        pyrolua_put_begin(to, PYROLUA_LIST);
        put_uri(to, "a");
        for (int i = 0; i < deep; i++)
            pyrolua_put_begin(to, PYROLUA_LIST);
        for (int i = 0; i < deep + 1; i++)
            pyrolua_put_end(to);
        assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
        pyrolua_reader *from = pyrolua_call_result(call);
        pyro_memory_fail_at(n);
        pyrolua_read_begin(from);
        const char *uri = pyrolua_read_uri(from);
        for (int i = 0; i < deep; i++)
            pyrolua_read_begin(from);
        reached = pyro_memory_fail_at(0) == 0;
        assert_true(uri || reached);
        int code = pyrolua_read_end(from);
        assert_true(reached ? code == PYROLUA_EMEMORY || !uri : code == PYROLUA_OK);
        pyrolua_call_free(call);
    }
}

/* --- answers that come later --- */

static void answer_all(void *context)
{
    struct desk *desk = context;
    while (desk->count > 0) {
        pyrolua_reply *reply = desk->replies[--desk->count];
        pyrolua_put_text(pyrolua_reply_writer(reply), "an answer that came later");
        pyrolua_reply_send(reply);
    }
}

/* Where it cannot be posted it is answered at once. */
static void post_answers(struct desk *desk)
{
    if (pyrolua_post(desk->office->runtime, answer_all, desk) != PYROLUA_OK)
        answer_all(desk);
}

static pyrolua_call *prepare_call(struct office *office, bool batch)
{
    pyrolua_proxy *proxy = office->proxies[office->next++];
    pyrolua_call *call;
    if (!batch) {
        assert_int_equal(pyrolua_call_new(proxy, "later", &call), PYROLUA_OK);
        return call;
    }
    assert_int_equal(pyrolua_batch_new(proxy, &call), PYROLUA_OK);
    pyrolua_batch_add(call, "later");
    pyrolua_batch_add(call, "plain");
    pyrolua_put_int(pyrolua_call_arguments(call), 1);
    return call;
}

static const char script[] = "pcall(desk.later, desk, 1)\n"
                             "('x'):gsub('x', function() pcall(desk.later, desk, 1) end)";

enum kind { CALL, BATCH, SCRIPT, KINDS };

static int answer_late(enum kind kind, unsigned long n)
{
    struct office *office;
    open_office((void **)&office);
    provide(office);
    assert_int_equal(pyrolua_configure(office->runtime, "COMMTIMEOUT", "20"), PYROLUA_OK);
    office->desk.then = post_answers;
    pyrolua_call *call = prepare_call(office, kind == BATCH), *next = prepare_call(office, false);
    pyro_memory_fail_at(n);
    int code = kind == SCRIPT ? pyrolua_run_text(office->runtime, script, "test")
                              : pyrolua_call_wait(call);
    pyro_memory_fail_at(0);
    assert_int_equal(pyrolua_call_wait(next), PYROLUA_OK);
    close_office((void **)&office);
    return code;
}

static void any_allocation_of_a_late_answer_may_fail(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < KINDS; kind++) {
        int failed = 0;
        for (unsigned long n = 1; n <= 150; n++)
            failed += answer_late(kind, n) != PYROLUA_OK;
        assert_true(failed > (kind == SCRIPT ? 0 : 20));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(any_allocation_of_a_server_may_fail),
        cmocka_unit_test(any_allocation_of_a_call_may_fail),
        WITH_CLIENT(reading_needs_memory),
        cmocka_unit_test(any_allocation_of_a_late_answer_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
