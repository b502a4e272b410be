/* Named arguments of C methods whose parameters have names, and members that Python's operators
 * call: from a script, directly, by a real socket, and in a batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "include/pyrolua.h"

static const char *shown(pyrolua_reader *arguments, char *room, size_t size)
{
    switch (pyrolua_next(arguments)) {
    case PYROLUA_NOTHING:
        return "nothing";
    case PYROLUA_NIL:
        pyrolua_skip(arguments);
        return "nil";
    default:
        snprintf(room, size, "%d", (int)pyrolua_read_int(arguments));
        return room;
    }
}

/* tell(first, second) -> what it got */
static int tell(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    char text[80], first[20], second[20];
    (void)self;
    const char *a = shown(arguments, first, sizeof(first));
    const char *b = shown(arguments, second, sizeof(second));
    int keyed = pyrolua_read_key(arguments, "first");
    int code = pyrolua_read_end(arguments);
    snprintf(text, sizeof(text), "%s %s%s", a, b, keyed ? " keyed" : "");
    if (code == PYROLUA_OK)
        pyrolua_put_text(result, text);
    return code;
}

static int length(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    pyrolua_put_int(result, 3);
    return pyrolua_read_end(arguments);
}

static const char *const names[] = {"first", "second", NULL};

static const pyrolua_member members[] = {{.name = "tell", .call = tell, .parameters = names},
                                         {.name = "__len__", .call = length},
                                         {.name = "__init__", .call = length},
                                         {.name = "_hidden", .call = length},
                                         {.name = NULL}};

static const pyrolua_class class = {.members = members};

static const char code[] =
    "local pyro = require 'pyro'\n"
    "local named = pyro.kwargs\n"
    "local proxy = pyro.Proxy(uri)\n"
    "local function batched(method, ...)\n"
    "  local batch = pyro.batch(proxy)\n"
    "  batch[method](batch, ...)\n"
    "  local results = batch()\n"
    "  return results()\n"
    "end\n"
    "local function check(expected, ...)\n"
    "  for _, call in ipairs { function(...) return object:tell(...) end,\n"
    "      function(...) return proxy:tell(...) end,\n"
    "      function(...) return batched('tell', ...) end } do\n"
    "    local _, result = pcall(call, ...)\n"
    "    assert(tostring(result) == expected, tostring(result))\n"
    "  end\n"
    "end\n"
    "check('1 2', 1, 2)\n"
    "check('1 2', named { second = 2, first = 1 })\n"
    "check('1 2', 1, named { second = 2 })\n"
    "check('nil 2', named { second = 2 })\n"
    "check('1 nothing', named { first = 1 })\n"
    "check('nothing nothing')\n"
    "check(\"TypeError: tell() got multiple values for argument 'first'\", 1, named { first = 1 "
    "})\n"
    "check(\"TypeError: tell() got an unexpected keyword argument 'x'\", 1, named { x = 1 })\n"
    "check('TypeError: value 3: no further value expected, got int', 1, 2, 3)\n"
    "assert(proxy:__len__() == 3 and batched '__len__' == 3 and object:__len__() == 3)\n"
    "local native = pyro.Proxy('PYRO:Pyro.Daemon@' .. proxy._pyroUri.location)\n"
    "local told = native:get_metadata('object', true, true).parameters\n"
    "assert(pyro.repr(told) == \"{'tell': ['first', 'second']}\", pyro.repr(told))\n"
    "for _, name in ipairs { '__init__', '_hidden' } do\n"
    "  local ok, err = pcall(batched, name)\n"
    "  assert(not ok and err.message:find('private', 1, true), tostring(err))\n"
    "end\n";

static void named_arguments_are_read_in_the_order_of_the_parameters(void **state)
{
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    const char *uri;
    char text[sizeof(code) + 200];
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "object", &class, NULL, &uri), PYROLUA_OK);
    assert_int_equal(pyrolua_provide(runtime, "object", &class, NULL), PYROLUA_OK);
    snprintf(text, sizeof(text), "local uri = '%s' %s", uri, code);
    int outcome = pyrolua_run_text(runtime, text, "test");
    assert_string_equal(outcome ? pyrolua_last_error(runtime)->message : "", "");
    pyrolua_free(runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_arguments_are_read_in_the_order_of_the_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
