/* The embedding API: the log. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <pyrolua.h>

/* --- an object that fails --- */

static int refuse(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    (void)arguments;
    return pyrolua_raise(result, "ValueError", "no\n%s", "\xff\xe2\x80\xae");
}

static int refuse_later(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    pyrolua_read_end(arguments);
    return pyrolua_reply_raise(pyrolua_defer(result), "KeyError", "later");
}

static const pyrolua_member members[] = {{.name = "fail", .call = refuse},
                                         {.name = "later", .call = refuse_later},
                                         {.name = "note", .call = refuse, .oneway = 1},
                                         {.name = "depth", .get = refuse, .set = refuse},
                                         {.name = NULL}};
static const pyrolua_class broken_class = {.members = members};

/* --- what is heard --- */

struct heard {
    pyrolua_runtime *runtime;
    pyrolua_proxy *proxy;
    int lines;
    int level;
    char logger[40], message[300];
    char client[60], object[60], method[60], error[60], correlation_id[60], traceback[600];
    int stop; /* the listener stops the runtime */
};

static void keep(char *out, size_t size, const pyrolua_log_field *fields, const char *name)
{
    *out = '\0';
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            snprintf(out, size, "%s", fields->value);
}

static void hear(void *context, int level, const char *logger, const char *message,
                 const pyrolua_log_field *fields)
{
    struct heard *heard = context;
    heard->lines++;
    heard->level = level;
    snprintf(heard->logger, sizeof(heard->logger), "%s", logger);
    snprintf(heard->message, sizeof(heard->message), "%s", message);
#define KEEP(field) keep(heard->field, sizeof(heard->field), fields, #field)
    KEEP(client);
    KEEP(object);
    KEEP(method);
    KEEP(error);
    KEEP(correlation_id);
    KEEP(traceback);
    if (heard->stop)
        pyrolua_stop(heard->runtime);
}

static int set_up(void **state)
{
    static struct heard heard;
    pyrolua_daemon *daemon;
    const char *uri;
    heard = (struct heard){.lines = 0};
    assert_int_equal(pyrolua_new(&heard.runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(heard.runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "broken", &broken_class, NULL, &uri),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_new(heard.runtime, uri, &heard.proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_log(heard.runtime, hear, &heard), PYROLUA_OK);
    *state = &heard;
    return 0;
}

static int tear_down(void **state)
{
    pyrolua_free(((struct heard *)*state)->runtime);
    return 0;
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* Calls a method, or accesses an attribute, which fails; waits for the line. */
static void call(struct heard *heard, const char *method, const char *argument)
{
    int before = heard->lines;
    pyrolua_call *made;
    assert_int_equal(pyrolua_call_new(heard->proxy, method, &made), PYROLUA_OK);
    if (argument)
        pyrolua_put_text(pyrolua_call_arguments(made), argument);
    if (strcmp(method, "__setattr__") == 0)
        pyrolua_put_int(pyrolua_call_arguments(made), 1);
    pyrolua_call_wait(made);
    pyrolua_call_free(made);
    while (heard->lines == before)
        assert_int_equal(pyrolua_step(heard->runtime, 10), PYROLUA_OK);
    assert_int_equal(heard->lines, before + 1);
}

static void assert_heard(const struct heard *heard, const char *method, const char *error,
                         const char *message)
{
    assert_int_equal(heard->level, PYROLUA_LOG_WARNING);
    assert_string_equal(heard->logger, "pyrolua.daemon");
    assert_memory_equal(heard->client, "127.0.0.1:", 10);
    assert_string_equal(heard->object, "broken");
    assert_string_equal(heard->method, method);
    assert_string_equal(heard->error, error);
    assert_int_equal(strlen(heard->correlation_id), 36);
    assert_string_equal(heard->message, message);
    assert_string_equal(heard->traceback, "");
}

#define ERROR "ValueError: no\\x0a\\xff\\xe2\\x80\\xae"

static void a_function_hears_of_methods_that_fail(void **state)
{
    struct heard *heard = *state;
    call(heard, "fail", NULL);
    assert_heard(heard, "fail", "ValueError", "broken.fail: " ERROR);
    call(heard, "later", NULL);
    assert_heard(heard, "later", "KeyError", "broken.later: KeyError: later");
    call(heard, "note", NULL);
    assert_heard(heard, "note", "ValueError", "broken.note: " ERROR);
    call(heard, "__getattr__", "depth");
    assert_heard(heard, "depth", "ValueError", "broken.depth: " ERROR);
    call(heard, "__setattr__", "depth");
    assert_heard(heard, "depth", "ValueError", "broken.depth: " ERROR);
}

static void a_batch_that_fails_has_one_line(void **state)
{
    struct heard *heard = *state;
    pyrolua_call *batch;
    assert_int_equal(pyrolua_batch_new(heard->proxy, &batch), PYROLUA_OK);
    pyrolua_batch_add(batch, "fail");
    pyrolua_batch_add(batch, "later");
    assert_int_equal(pyrolua_call_wait(batch), PYROLUA_OK);
    pyrolua_call_free(batch);
    assert_int_equal(heard->lines, 1);
    assert_heard(heard, "fail", "ValueError", "broken.fail: " ERROR);
}

static void run(struct heard *heard, const char *code)
{
    int failed = pyrolua_run_text(heard->runtime, code, "script");
    assert_string_equal(failed ? pyrolua_last_error(heard->runtime)->message : "", "");
}

static void a_function_hears_of_scripts(void **state)
{
    struct heard *heard = *state;
    static const char serve[] = "local pyro = require 'pyro'\n"
                                "local shop = {}\n"
                                "function shop.fail() error 'sold out' end\n"
                                "function shop.talk() pyro.log.error('%d left\\n', 3) end\n"
                                "local shop = pyro.Proxy(pyro.Daemon():register(shop, 'shop'))\n"
                                "function fail() pcall(shop.fail, shop) end\n"
                                "function talk() shop:talk() end";
    run(heard, serve);
    run(heard, "talk()");
    assert_int_equal(heard->lines, 1);
    assert_int_equal(heard->level, PYROLUA_LOG_ERROR);
    assert_string_equal(heard->logger, "pyrolua.script");
    assert_string_equal(heard->message, "3 left\\x0a");
    assert_string_equal(heard->method, "talk");
    assert_int_equal(strlen(heard->correlation_id), 36);
    run(heard, "fail()");
    assert_string_equal(heard->message, "shop.fail: RuntimeError: script:3: sold out");
    assert_string_equal(heard->traceback, "");
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "INFO"), PYROLUA_OK);
    run(heard, "fail()");
    assert_int_equal(heard->level, PYROLUA_LOG_WARNING);
    assert_string_equal(heard->traceback,
                        "Traceback (most recent call last):\n  File \"script\", line 3, in fail\n"
                        "RuntimeError: script:3: sold out\n");
    run(heard, "require('pyro').log.info 'outside'");
    assert_int_equal(heard->level, PYROLUA_LOG_INFO);
    assert_string_equal(heard->message, "outside");
    assert_string_equal(heard->client, "");
    assert_string_equal(heard->correlation_id, "");
}

static void a_function_hears_what_the_level_says(void **state)
{
    struct heard *heard = *state;
    run(heard, "require('pyro').log.info 'below'");
    assert_int_equal(heard->lines, 0);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "CRITICAL"), PYROLUA_OK);
    run(heard, "require('pyro').log.error 'below'");
    assert_int_equal(heard->lines, 0);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "DEBUG"), PYROLUA_OK);
    run(heard, "require('pyro').log.debug 'heard'");
    assert_int_equal(heard->level, PYROLUA_LOG_DEBUG);
    assert_string_equal(heard->message, "heard");
}

static void a_flood_is_told_within_a_second(void **state)
{
    struct heard *heard = *state;
    run(heard, "for _ = 1, 50 do require('pyro').log.warning 'again' end");
    assert_int_equal(heard->lines, 20);
    while (heard->lines == 20)
        assert_int_equal(pyrolua_step(heard->runtime, 10), PYROLUA_OK);
    assert_string_equal(heard->message, "30 more like this: again");
}

/* The timer that tells it is nothing that a program waits for. */
static void a_flood_keeps_nothing_going(void **state)
{
    pyrolua_runtime *runtime;
    struct heard heard = {.lines = 0};
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_log(runtime, hear, &heard), PYROLUA_OK);
    heard.runtime = runtime;
    run(&heard, "for _ = 1, 50 do require('pyro').log.warning 'again' end");
    assert_int_equal(pyrolua_run(runtime), PYROLUA_EIDLE);
    assert_int_equal(heard.lines, 20);
    pyrolua_free(runtime);
    assert_int_equal(heard.lines, 21);
    assert_string_equal(heard.message, "30 more like this: again");
}

static void a_function_may_stop_the_runtime(void **state)
{
    struct heard *heard = *state;
    pyrolua_call *note;
    assert_int_equal(pyrolua_call_new(heard->proxy, "note", &note), PYROLUA_OK);
    assert_int_equal(pyrolua_call_send(note, NULL, NULL), PYROLUA_OK);
    heard->stop = 1;
    assert_int_equal(pyrolua_run(heard->runtime), PYROLUA_OK);
    assert_int_equal(heard->lines, 1);
    pyrolua_call_free(note);
}

/* --- its file --- */

static char folder[] = "/tmp/embed_log_XXXXXX", path[40], moved[40];

static long size_of(const char *file)
{
    struct stat status;
    return stat(file, &status) == 0 ? (long)status.st_size : -1;
}

static void lines_go_back_to_the_file(void **state)
{
    struct heard *heard = *state;
    strcpy(strrchr(folder, '_'), "_XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/log", folder);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGFILE", path), PYROLUA_OK);
    call(heard, "fail", NULL);
    assert_int_equal(size_of(path), -1);
    assert_int_equal(pyrolua_log(heard->runtime, NULL, NULL), PYROLUA_OK);
    run(heard, "require('pyro').log.critical 'quiet: no level is set'");
    assert_int_equal(size_of(path), -1);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "WARNING"), PYROLUA_OK);
    run(heard, "require('pyro').log.critical 'written'");
    assert_true(size_of(path) > 0);
    assert_int_equal(heard->lines, 1);
    unlink(path);
    rmdir(folder);
}

static void the_file_is_opened_again(void **state)
{
    struct heard *heard = *state;
    strcpy(strrchr(folder, '_'), "_XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/log", folder);
    snprintf(moved, sizeof(moved), "%s/log.1", folder);
    assert_int_equal(pyrolua_log(heard->runtime, NULL, NULL), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "WARNING"), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGFILE", path), PYROLUA_OK);
    run(heard, "require('pyro').log.warning 'one'");
    assert_int_equal(rename(path, moved), 0);
    pyrolua_log_reopen(heard->runtime);
    assert_int_equal(pyrolua_step(heard->runtime, 10), PYROLUA_OK); /* that wakes it */
    assert_int_equal(pyrolua_step(heard->runtime, 0), PYROLUA_OK);
    assert_int_equal(size_of(path), 0);
    long before = size_of(moved);
    run(heard, "require('pyro').log.warning 'two'");
    assert_int_equal(size_of(moved), before);
    assert_true(size_of(path) > 0);
    assert_int_equal(rename(path, moved), 0);
    pyrolua_log_reopen(heard->runtime);
    run(heard, "require('pyro').log.warning 'three'"); /* also where nothing works meanwhile */
    assert_true(size_of(path) > 0);
    unlink(path);
    unlink(moved);
    rmdir(folder);
}

static void *reopen(void *context)
{
    for (int i = 0; i < 1000; i++)
        pyrolua_log_reopen(context);
    return NULL;
}

static void another_thread_may_want_the_file_opened_again(void **state)
{
    struct heard *heard = *state;
    pthread_t other;
    assert_int_equal(pyrolua_log(heard->runtime, NULL, NULL), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGLEVEL", "WARNING"), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(heard->runtime, "LOGFILE", "/dev/null"), PYROLUA_OK);
    assert_int_equal(pthread_create(&other, NULL, reopen, heard->runtime), 0);
    for (int i = 0; i < 100; i++) {
        run(heard, "require('pyro').log.warning 'one'");
        assert_int_equal(pyrolua_step(heard->runtime, 0), PYROLUA_OK);
    }
    pthread_join(other, NULL);
}

/* --- misuse --- */

static int freed(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    (void)result;
    pyrolua_runtime *runtime = self;
    pyrolua_free(runtime);
    assert_int_equal(pyrolua_log(runtime, hear, NULL), PYROLUA_ECLOSED);
    pyrolua_log_reopen(runtime);
    return PYROLUA_OK;
}

static void misuse_is_an_error(void **state)
{
    static const pyrolua_member ends[] = {{.name = "end", .call = freed}, {.name = NULL}};
    static const pyrolua_class end_class = {.members = ends};
    pyrolua_runtime *runtime;
    (void)state;
    assert_int_equal(pyrolua_log(NULL, hear, NULL), PYROLUA_EVALUE);
    pyrolua_log_reopen(NULL);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "LOGFORMAT", "xml"), PYROLUA_EVALUE);
    assert_string_equal(pyrolua_last_error(runtime)->message,
                        "invalid value: LOGFORMAT=xml (text or json)");
    pyrolua_log_reopen(runtime); /* there is no file */
    assert_int_equal(pyrolua_provide(runtime, "me", &end_class, runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_run_text(runtime, "me['end'](me)", "script"), PYROLUA_ECLOSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(a_function_hears_of_methods_that_fail),
        WITH_LOG(a_batch_that_fails_has_one_line),
        WITH_LOG(a_function_hears_of_scripts),
        WITH_LOG(a_function_hears_what_the_level_says),
        WITH_LOG(a_flood_is_told_within_a_second),
        cmocka_unit_test(a_flood_keeps_nothing_going),
        WITH_LOG(a_function_may_stop_the_runtime),
        WITH_LOG(lines_go_back_to_the_file),
        WITH_LOG(the_file_is_opened_again),
        WITH_LOG(another_thread_may_want_the_file_opened_again),
        cmocka_unit_test(misuse_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
