/* A trace goes on through calls that methods in C make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pyrolua.h>

static pyrolua_runtime *runtime;

/* relay(uri): calls the object's method see(), and returns its result */
static int relay(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    (void)self;
    assert_int_equal(pyrolua_proxy_new(runtime, pyrolua_read_text(arguments, NULL), &proxy),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "see", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_put_text(result, pyrolua_read_text(pyrolua_call_result(call), NULL));
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {{.name = "relay", .call = relay}, {.name = NULL}};
static const pyrolua_class relay_class = {.members = members};

static const char script[] =
    "local pyro = require 'pyro'\n"
    "local context, relay = pyro.current_context, pyro.Proxy(relay_uri)\n"
    "local uri = pyro.Daemon {}:register { see = function()\n"
    "  return tostring(context.traceparent)\n"
    "end }\n"
    "local trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'\n"
    "for _, protocol in ipairs { 48, 502 } do\n"
    "  relay._pyroProtocol = protocol\n"
    "  context.traceparent = trace\n"
    "  assert(relay:relay(tostring(uri)) == trace)\n"
    "  context.traceparent = nil\n"
    "  assert(relay:relay(tostring(uri)) == 'nil')\n"
    "  relay:_pyroRelease()\n"
    "end\n";

static void calls_of_methods_are_part_of_the_trace(void **state)
{
    pyrolua_daemon *daemon;
    const char *uri;
    char given[200];
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "relay", &relay_class, NULL, &uri),
                     PYROLUA_OK);
    snprintf(given, sizeof(given), "relay_uri = '%s'", uri);
    assert_int_equal(pyrolua_run_text(runtime, given, "given"), PYROLUA_OK);
    if (pyrolua_run_text(runtime, script, "script") != PYROLUA_OK)
        fail_msg("%s", pyrolua_last_error(runtime)->message);
    pyrolua_free(runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calls_of_methods_are_part_of_the_trace)};
    return cmocka_run_group_tests_name("embed trace", tests, NULL, NULL);
}
