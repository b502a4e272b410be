/* Scripts without memory: each allocation of each one fails in turn, of Lua's and of ours, client
 * and server alike. That costs an error of the script at most; then it runs as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <pyrolua.h>

#include "base/memory.h"

static const char preparation[] = "pyro = require 'pyro'\n"
                                  "pyro.config.COMMTIMEOUT = 20\n"
                                  "pyro.config.LOGLEVEL = 'CRITICAL'\n"
                                  "local thing = { number = 1 }\n"
                                  "function thing:echo(...) return ... end\n"
                                  "function thing:fail() error(pyro.ValueError 'no') end\n"
                                  "function thing:items() local n = 0 return function() n = n + 1 "
                                  "return n < 3 and n or nil end end\n"
                                  "function thing:note() end\n"
                                  "function thing:other() return another end\n"
                                  "pyro.oneway(thing, 'note')\n"
                                  "pyro.attributes(thing, 'number')\n"
                                  "Item = {} Item.__index = Item\n"
                                  "another = { echo = thing.echo }\n"
                                  "daemon = pyro.Daemon { host = '127.0.0.1' }\n"
                                  "daemon:register(another)\n"
                                  "uri = tostring(daemon:register(thing, 'thing'))\n"
                                  "p = pyro.Proxy(uri)\n"
                                  "p:_pyroBind()\n";

static const char *const scripts[] = {
    "assert(p:echo(1, 'a', { 1, 2.5, k = { x = true } }))",
    "p:echo(pyro.tuple { 1 }, pyro.set { 2 }, pyro.bytes 'b', pyro.bigint '99999999999999999999',\n"
    "  pyro.complex(1, 2), pyro.URI 'PYRO:a@b:1', p)",
    "p:echo(pyro.ndarray.new({ 2 }, '<f8', { 1, 2 }))",
    "p:echo(pyro.ValueError 'x')",
    "local q = pyro.Proxy(uri) q:echo(1) q:_pyroRelease()",
    "local ok, err = pcall(p.fail, p) assert(not ok and err.class)",
    "p.number = p.number + 1 p:note()",
    "for _ in p:items() do end",
    "p:other():echo(1)",
    "local b = pyro.batch(p) b:echo(1) b:echo('x') b:echo({}) for _ in b() do end",
    "local f = pyro.async(p):echo(1) assert(f.value == 1)",
    "pyro.join(pyro.spawn(function() pyro.sleep(0) end))",
    "local e = pyro.event() pyro.spawn(e.set, e) e:wait(1)",
    "local f = pyro.Future(function() return 1 end)() assert(f.value == 1)",
    "table.sort({ 1, 2 }, function(a, b) p:echo(a) return a < b end)",
    "local d = pyro.Daemon { host = '127.0.0.1' } d:register({}) d:close()",
    "local u = pyro.URI 'PYRO:a@b:1' assert(tostring(u) and u.host)",
    "p:echo(pyro.SerializedBlob('info', { 1, 2 }).info)",
    "assert(pyro.repr { 1, { 2 } })",
    "p:echo(pyro.kwargs { a = 1 })",
    "p:echo(pyro.datetime(0), pyro.date(1), pyro.null, pyro.dict { [1] = 2 }, pyro.frozenset { 1 "
    "})",
    "pyro.registerClass('shop.Item', Item, function(i) return { price = i.price } end,\n"
    "  function(_, d) return setmetatable({ price = d.price }, Item) end)\n"
    "p:echo(setmetatable({ price = 1 }, Item)) pyro.unregisterClass 'shop.Item'",
    "local q = pyro.Proxy(uri) q._pyroMaxRetries = 1 q._pyroTimeout = 5 q:echo(1)\n"
    "q._pyroRelease(q)",
    "pyro.current_context.annotations = { ABCD = 'x' } p:echo(1)\n"
    "pyro.current_context.annotations = {}",
    "local q = daemon:proxyFor(another) assert(q:echo(1) == 1) daemon:uriFor(another)",
    "pcall(pyro.locateNS, '127.0.0.1', 1)",
    "pcall(pyro.Proxy, 'nonsense') pcall(function() pyro.Proxy('PYRO:x@127.0.0.1:1'):echo() end)",
    "pcall(pyro.Proxy('PYRO:nothing@' .. daemon.locationStr)._pyroBind)",
    "assert(tostring(p) and tostring(daemon) and tostring(pyro.null) and pyro.repr(p))",
    "local f = pyro.async(p):fail() assert(not pcall(function() return f.value end))",
    "pyro.async(p):echo(1):andThen(function(x) return x end):wait(5)",
    "local it = p:items() it() it = nil collectgarbage()",
    "local b = pyro.batch(p) b:echo(1) b { oneway = true }",
};

static pyrolua_runtime *prepare(void)
{
    pyrolua_runtime *runtime;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    if (pyrolua_run_text(runtime, preparation, "preparation") != PYROLUA_OK)
        fail_msg("%s", pyrolua_last_error(runtime)->message);
    return runtime;
}

static void run(pyrolua_runtime *runtime, const char *script)
{
    if (pyrolua_run_text(runtime, script, "script") != PYROLUA_OK)
        fail_msg("%s: %s", script, pyrolua_last_error(runtime)->message);
}

static void any_allocation_of_a_script_may_fail(void **state)
{
    pyrolua_runtime *runtime = prepare();
    (void)state;
    for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
        bool reached = true;
        run(runtime, scripts[i]);
        for (unsigned long n = 1; reached && n < 1000; n++) {
            pyro_memory_fail_at(n);
            pyrolua_run_text(runtime, scripts[i], "script");
            reached = pyro_memory_fail_at(0) == 0;
            pyrolua_run_text(runtime, "collectgarbage() p:_pyroReconnect()", "again");
        }
        run(runtime, scripts[i]);
    }
    pyrolua_free(runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_script_may_fail),
    };
    return cmocka_run_group_tests_name("embed script memory", tests, NULL, NULL);
}
