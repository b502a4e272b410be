/* HMAC keys of daemons and proxies in C, which call each other within one runtime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <pyrolua.h>

static int seven(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)self;
    (void)arguments;
    pyrolua_put_int(result, 7);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {{.name = "seven", .call = seven}, {.name = NULL}};
static const pyrolua_class kind = {.members = members};

struct office {
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    char uri[128];
};

static void open_office(struct office *office)
{
    const char *uri;
    const pyrolua_place place = {.host = "127.0.0.1"};
    assert_int_equal(pyrolua_new(&office->runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(office->runtime, &place, &office->daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(office->daemon, "x", &kind, NULL, &uri), PYROLUA_OK);
    snprintf(office->uri, sizeof(office->uri), "%s", uri);
}

/* Calls by a proxy with that key (NULL: none of its own). Returns the code of the call. */
static int call_with(struct office *office, const void *key, size_t length)
{
    pyrolua_proxy *proxy;
    pyrolua_call *call;
    assert_int_equal(pyrolua_proxy_new(office->runtime, office->uri, &proxy), PYROLUA_OK);
    assert_int_equal(pyrolua_proxy_hmac_key(proxy, key, length), PYROLUA_OK);
    assert_int_equal(pyrolua_call_new(proxy, "seven", &call), PYROLUA_OK);
    int code = pyrolua_call_wait(call);
    if (code == PYROLUA_OK)
        assert_int_equal(pyrolua_read_int(pyrolua_call_result(call)), 7);
    pyrolua_call_free(call);
    pyrolua_proxy_free(proxy);
    return code;
}

static void both_sides_have_the_key_or_none(void **state)
{
    struct office office;
    (void)state;
    open_office(&office);
    assert_int_equal(call_with(&office, NULL, 0), PYROLUA_OK);
    assert_int_equal(call_with(&office, "a\0key", 5), PYROLUA_ECOMMUNICATION);
    assert_int_equal(pyrolua_daemon_hmac_key(office.daemon, "a\0key", 5), PYROLUA_OK);
    assert_int_equal(call_with(&office, "a\0key", 5), PYROLUA_OK);
    assert_int_equal(call_with(&office, "a", 1), PYROLUA_ECOMMUNICATION);
    assert_non_null(strstr(pyrolua_last_error(office.runtime)->message, ": message hmac mismatch"));
    assert_int_equal(call_with(&office, NULL, 0), PYROLUA_ECOMMUNICATION);
    assert_non_null(strstr(pyrolua_last_error(office.runtime)->message,
                           "hmac key config not symmetric: the message is signed, but"));
    assert_int_equal(pyrolua_daemon_hmac_key(office.daemon, NULL, 0), PYROLUA_OK);
    assert_int_equal(call_with(&office, NULL, 0), PYROLUA_OK);
    pyrolua_free(office.runtime);
}

static void the_setting_counts_where_there_is_no_key(void **state)
{
    struct office office;
    (void)state;
    open_office(&office);
    assert_int_equal(pyrolua_configure(office.runtime, "HMAC_KEY", "common"), PYROLUA_OK);
    assert_int_equal(call_with(&office, NULL, 0), PYROLUA_OK);
    assert_int_equal(call_with(&office, "common", 6), PYROLUA_OK);
    assert_int_equal(call_with(&office, "", 0), PYROLUA_ECOMMUNICATION);
    assert_int_equal(pyrolua_daemon_hmac_key(office.daemon, "", 0), PYROLUA_OK);
    assert_int_equal(call_with(&office, "", 0), PYROLUA_OK);
    pyrolua_free(office.runtime);
}

static void misuse_is_told(void **state)
{
    (void)state;
    assert_int_equal(pyrolua_daemon_hmac_key(NULL, "key", 3), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_proxy_hmac_key(NULL, "key", 3), PYROLUA_EVALUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_have_the_key_or_none),
        cmocka_unit_test(the_setting_counts_where_there_is_no_key),
        cmocka_unit_test(misuse_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
