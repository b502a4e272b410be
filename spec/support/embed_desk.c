#include "support/embed_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* --- the object --- */

static int desk_later(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct desk *desk = self;
    int number = pyrolua_next(arguments) == PYROLUA_INT ? (int)pyrolua_read_int(arguments) : 0;
    int code = pyrolua_read_end(arguments);
    if (code)
        return code;
    desk->calls++;
    pyrolua_put_text(result, "what was written before counts for nothing");
    pyrolua_reply *reply = pyrolua_defer(result);
    if (!reply)
        return PYROLUA_EMEMORY;
    desk->numbers[desk->count] = number;
    desk->replies[desk->count++] = reply;
    if (desk->then)
        desk->then(desk);
    return PYROLUA_OK;
}

static int desk_now(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    int64_t number = pyrolua_read_int(arguments);
    ((struct desk *)self)->calls++;
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    pyrolua_reply *reply = pyrolua_defer(result);
    if (!reply)
        return PYROLUA_EMEMORY;
    if (number < 0)
        return pyrolua_reply_raise(reply, "LookupError", "none below %d", 0);
    pyrolua_put_int(pyrolua_reply_writer(reply), number);
    return pyrolua_reply_send(reply);
}

static int desk_plain(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    ((struct desk *)self)->calls++;
    pyrolua_put_int(result, pyrolua_read_int(arguments));
    return pyrolua_read_end(arguments);
}

static int desk_fail(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    pyrolua_read_text(arguments, NULL);
    assert_non_null(pyrolua_defer(result));
    int code = pyrolua_read_end(arguments);
    return code ? code : pyrolua_raise(result, "IndexError", "after all");
}

static int desk_twice(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    pyrolua_read_int(arguments);
    pyrolua_reply *reply = pyrolua_defer(result);
    assert_non_null(reply);
    assert_null(pyrolua_defer(result));
    assert_int_equal(pyrolua_reply_send(reply), PYROLUA_OK);
    assert_null(pyrolua_defer(result));
    return PYROLUA_OK;
}

static void release_desk(void *self)
{
    ((struct desk *)self)->released++;
}

static const pyrolua_member members[] = {
    {.name = "later", .call = desk_later},
    {.name = "now", .call = desk_now},
    {.name = "plain", .call = desk_plain},
    {.name = "fail", .call = desk_fail},
    {.name = "twice", .call = desk_twice},
    {.name = "tell", .call = desk_later, .oneway = 1},
    {.name = "number", .get = desk_later, .set = desk_later},
    {.name = NULL},
};

const pyrolua_class desk_class = {.members = members, .release = release_desk};

/* --- the fixture --- */

int open_office(void **state)
{
    struct office *office = *state = calloc(1, sizeof(*office));
    const char *uri;
    office->desk.office = office;
    assert_int_equal(pyrolua_new(&office->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(office->runtime, NULL, &office->daemon), PYROLUA_OK);
    assert_int_equal(
        pyrolua_daemon_register(office->daemon, "desk", &desk_class, &office->desk, &uri),
        PYROLUA_OK);
    for (size_t i = 0; i < sizeof(office->proxies) / sizeof(*office->proxies); i++)
        assert_int_equal(pyrolua_proxy_new(office->runtime, uri, &office->proxies[i]), PYROLUA_OK);
    return 0;
}

int close_office(void **state)
{
    struct office *office = *state;
    pyrolua_free(office->runtime);
    assert_int_equal(office->desk.released, 1 + office->provided);
    free(office);
    return 0;
}

void provide(struct office *office)
{
    assert_int_equal(pyrolua_provide(office->runtime, "desk", &desk_class, &office->desk),
                     PYROLUA_OK);
    office->provided = 1;
}

void serve_until(struct office *office, const int *number, int value)
{
    while (*number < value)
        assert_int_equal(pyrolua_step(office->runtime, 20), PYROLUA_OK);
}

/* --- calls --- */

static void note_error(struct visit *visited, const pyrolua_error *error)
{
    visited->code = error->code;
    snprintf(visited->error, sizeof(visited->error), "%s: %s", error->class_name, error->message);
}

static void on_over(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct visit *visited = owner;
    pyrolua_reader *result = pyrolua_call_result(call);
    visited->over = 1;
    if (error)
        note_error(visited, error);
    else if ((visited->type = pyrolua_next(result)) == PYROLUA_INT)
        visited->result = (int)pyrolua_read_int(result);
}

static void on_batch_over(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct visit *visited = owner;
    pyrolua_reader *result = pyrolua_call_result(call);
    size_t length = 0;
    visited->over = 1;
    if (error) {
        note_error(visited, error);
        return;
    }
    while (pyrolua_next(result) == PYROLUA_INT)
        length += (size_t)snprintf(visited->results + length, sizeof(visited->results) - length,
                                   "%d ", (int)pyrolua_read_int(result));
    if (pyrolua_next(result) == PYROLUA_NOTHING)
        return;
    pyrolua_skip(result); /* the one that failed */
    note_error(visited, pyrolua_last_error(visited->runtime));
    snprintf(visited->results + length, sizeof(visited->results) - length, "%.90s", visited->error);
}

static pyrolua_proxy *next_proxy(struct office *office, struct visit *visited)
{
    *visited = (struct visit){.runtime = office->runtime};
    return office->proxies[office->next++];
}

void visit(struct office *office, struct visit *visited, const char *method, int number)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(next_proxy(office, visited), method, &call), PYROLUA_OK);
    pyrolua_put_int(pyrolua_call_arguments(call), number);
    assert_int_equal(pyrolua_call_send(call, on_over, visited), PYROLUA_OK);
}

void visit_with(struct office *office, struct visit *visited, const char *method, const char *name)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(next_proxy(office, visited), method, &call), PYROLUA_OK);
    pyrolua_put_text(pyrolua_call_arguments(call), name);
    if (strcmp(method, "__setattr__") == 0)
        pyrolua_put_int(pyrolua_call_arguments(call), 1);
    assert_int_equal(pyrolua_call_send(call, on_over, visited), PYROLUA_OK);
}

void(visit_batch)(struct office *office, struct visit *visited, ...)
{
    pyrolua_call *batch;
    const char *method;
    va_list methods;
    assert_int_equal(pyrolua_batch_new(next_proxy(office, visited), &batch), PYROLUA_OK);
    va_start(methods, visited);
    for (int i = 0; (method = va_arg(methods, const char *)) != NULL; i++) {
        pyrolua_batch_add(batch, method);
        pyrolua_put_int(pyrolua_call_arguments(batch), i);
    }
    va_end(methods);
    assert_int_equal(pyrolua_call_send(batch, on_batch_over, visited), PYROLUA_OK);
}
