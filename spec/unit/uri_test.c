#include "base/uri.h"
#include "record.h"

#define NS_PORT 9090

/* Parses, and says what came out: the URI as a text, or the message. */
static const char *parsed(struct pyro_slice text)
{
    static char out[PYRO_ERROR_SIZE];
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_buffer buffer = {.data = NULL};
    char *copy = exact_copy(text.data, text.length);
    enum pyro_code code = pyro_uri_parse(&uri, pyro_slice(copy, text.length), NS_PORT, &err);
    test_free(copy);
    if (code == PYRO_OK) {
        assert_true(pyro_uri_text(&uri, &buffer));
        snprintf(out, sizeof(out), "%.*s", (int)buffer.length, buffer.data);
    } else {
        assert_int_equal(code, PYRO_EPYRO);
        assert_int_equal(err.code, PYRO_EPYRO);
        assert_null(uri.object);
        snprintf(out, sizeof(out), "%s", err.message);
    }
    pyro_buffer_free(&buffer);
    pyro_uri_free(&uri);
    return out;
}

struct row {
    const char *text, *expected;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(parsed(pyro_slice_text(rows[i].text)), rows[i].expected);
}

static void good_uris(void **state)
{
    static const struct row rows[] = {
        {"PYRO:obj@host:123", "PYRO:obj@host:123"},
        {"pyro:obj@host:123", "PYRO:obj@host:123"},
        {"PyroName:some.name", "PYRONAME:some.name"},
        {"PYRONAME:name@host", "PYRONAME:name@host:9090"},
        {"PYRONAME:name@host:", "PYRONAME:name@host:9090"},
        {"PYRONAME:name@host:42", "PYRONAME:name@host:42"},
        {"PYROMETA:a,b@host", "PYROMETA:a,b@host:9090"},
        {"PYROMETA:a,,b", "PYROMETA:a,,b"},
        {"PYRO:obj@./u:/run/sock", "PYRO:obj@./u:/run/sock"},
        {"PYRONAME:obj@./u:sock", "PYRONAME:obj@./u:sock"},
        {"PYRO:obj@[::1]:123", "PYRO:obj@[::1]:123"},
        {"PYRONAME:obj@[fe80::1]", "PYRONAME:obj@[fe80::1]:9090"},
        {"PYRO:o@h:0", "PYRO:o@h:0"},
        {"PYRO:o@h:65535", "PYRO:o@h:65535"},
        {"PYRO:a:b@h:1", "PYRO:a:b@h:1"},        /* an object may have colons */
        {"PYRO:@@h:1", "PYRO:@@h:1"},            /* and is one character at least */
        {"PYRONAME:a@", "PYRONAME:a@"},          /* nothing follows this '@' */
        {"PYRONAME:a@@h", "PYRONAME:a@@h:9090"}, /* but something this one: the host is "@h" */
        {"PYRO:caf\xc3\xa9@h:1", "PYRO:caf\xc3\xa9@h:1"},
    };
    (void)state;
    check_rows(rows, PYRO_COUNT(rows));
}

static void bad_uris(void **state)
{
    static const struct row rows[] = {
        {"", "invalid uri: ''"},
        {"foo", "invalid uri: 'foo'; a name in the name server is PYRONAME:foo"},
        {"PYRO:", "invalid uri: 'PYRO:'"},
        {"PYRO:a", "invalid uri: 'PYRO:a'"},
        {"PYRO:a@", "invalid uri: 'PYRO:a@'"},
        {"PYRO:@h:1", "invalid uri: 'PYRO:@h:1'"},
        {"PYRO:a b@h:1", "invalid uri: 'PYRO:a b@h:1'"},
        {"PYRO:a\tb@h:1", "invalid uri: 'PYRO:a\\x09b@h:1'"},
        {"PYRO:a@h:1\n", "invalid uri: 'PYRO:a@h:1\\x0a'"},
        {"PYRO:a@h\nx:1", "invalid uri: 'PYRO:a@h\\x0ax:1'"},
        {"PYR:a@h:1", "invalid uri: 'PYR:a@h:1'"},
        {"HTTP:a@h:1", "invalid uri: 'HTTP:a@h:1'"},
        {"PYRO1:a@h:1", "invalid uri: 'PYRO1:a@h:1'"},
        {"PYRO :a@h:1", "invalid uri: 'PYRO :a@h:1'"},
        {"PYROX:a@b:1", "invalid uri (protocol): 'PYROX:a@b:1'"},
        {"PYRONAMEOFSOMETHINGLONG:a", "invalid uri (protocol): 'PYRONAMEOFSOMETHINGLONG:a'"},
        {"PYRO:a@h", "invalid port in uri, port=None: 'PYRO:a@h'"},
        {"PYRO:a@h:", "invalid port in uri, port=None: 'PYRO:a@h:'"},
        {"PYRO:a@h:abc", "invalid port in uri, port=abc: 'PYRO:a@h:abc'"},
        {"PYRO:a@h:-1", "invalid port in uri, port=-1: 'PYRO:a@h:-1'"},
        {"PYRO:a@h:1x", "invalid port in uri, port=1x: 'PYRO:a@h:1x'"},
        {"PYRO:a@h:1:2", "invalid port in uri, port=1:2: 'PYRO:a@h:1:2'"},
        {"PYRO:a@h:65536", "invalid port in uri, port=65536: 'PYRO:a@h:65536'"},
        {"PYRO:a@h:999999999999999999999999999",
         "invalid port in uri, port=99999999999999999999...: "
         "'PYRO:a@h:999999999999999999999999999'"},
        {"PYRO:a@h:\xff", "invalid port in uri, port=\\xff: 'PYRO:a@h:\\xff'"},
        {"PYRO:a@:1", "invalid uri (location): 'PYRO:a@:1'"},
        {"PYRO:a@./u:", "invalid uri (location): 'PYRO:a@./u:'"},
        {"PYRO:a@./u:x:1", "invalid uri (location): 'PYRO:a@./u:x:1'"},
        {"PYRONAME:a@./u", "invalid uri (location): 'PYRONAME:a@./u'"},
        {"PYRO:a@[::1]", "invalid port in uri, port=None: 'PYRO:a@[::1]'"},
        {"PYRO:a@[::1]:x", "invalid port in uri, port=x: 'PYRO:a@[::1]:x'"},
        {"PYRO:a@[[::1]]:5",
         "invalid ipv6 address: enclosed in too many brackets: 'PYRO:a@[[::1]]:5'"},
        {"PYRO:a@[host]:5", "invalid ipv6 address: the part between brackets must be a numeric "
                            "ipv6 address: 'PYRO:a@[host]:5'"},
        {"PYRO:a@[]:5", "invalid ipv6 address: the part between brackets must be a numeric ipv6 "
                        "address: 'PYRO:a@[]:5'"},
        {"PYRO:a@[::1", "invalid ipv6 address: the part between brackets must be a numeric ipv6 "
                        "address: 'PYRO:a@[::1'"},
        {"PYRO:a@[::1]5", "invalid ipv6 address: the part between brackets must be a numeric ipv6 "
                          "address: 'PYRO:a@[::1]5'"},
        {"PYROMETA:,", "invalid uri (no tags): 'PYROMETA:,'"},
        {"PYROMETA:a, b", "invalid uri: 'PYROMETA:a, b'"},
    };
    (void)state;
    check_rows(rows, PYRO_COUNT(rows));
    assert_string_equal(parsed(pyro_slice("PYRO:a\0b@h:1", 12)), "invalid uri: 'PYRO:a\\x00b@h:1'");
    assert_string_equal(parsed(pyro_slice(NULL, 0)), "invalid uri: ''");
}

static void long_bad_uris_are_cut(void **state)
{
    char text[5000];
    (void)state;
    memset(text, 'x', sizeof(text));
    const char *message = parsed(pyro_slice(text, sizeof(text)));
    assert_in_range(strlen(message), 100, 250);
    assert_string_equal(message + strlen(message) - 6, "xx...'");
}

static void a_port_without_host_is_none(void **state)
{
    struct pyro_uri uri;
    (void)state;
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text("PYRONAME:x"), NS_PORT, NULL), PYRO_OK);
    assert_int_equal(uri.protocol, PYRO_URI_PYRONAME);
    assert_null(uri.host);
    assert_int_equal(uri.port, 0);
    pyro_uri_free(&uri);
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text("PYRONAME:x@h"), 0, NULL), PYRO_OK);
    assert_int_equal(uri.port, 0);
    pyro_uri_free(&uri);
}

static void uris_are_made_copied_and_compared(void **state)
{
    struct pyro_uri a, b, c;
    struct pyro_error err;
    struct pyro_buffer out = {.data = NULL};
    (void)state;
    assert_int_equal(pyro_uri_make(&a, PYRO_URI_PYRO, "o", "::1", NULL, 5, &err), PYRO_OK);
    assert_int_equal(pyro_uri_copy(&b, &a, &err), PYRO_OK);
    assert_int_equal(pyro_uri_make(&c, PYRO_URI_PYRO, "o", NULL, "s", 5, &err), PYRO_OK);
    assert_int_equal(c.port, 0);
    assert_true(pyro_uri_equals(&a, &b));
    assert_false(pyro_uri_equals(&a, &c));
    b.port++;
    assert_false(pyro_uri_equals(&a, &b));
    assert_true(pyro_uri_location(&a, &out));
    assert_true(pyro_uri_text(&c, &out));
    assert_true(pyro_slice_equals(pyro_slice(out.data, out.length), "[::1]:5PYRO:o@./u:s"));
    pyro_buffer_free(&out);
    pyro_uri_free(&a);
    pyro_uri_free(&b);
    pyro_uri_free(&c);
    pyro_uri_free(&c);
}

static void protocols_have_names(void **state)
{
    enum pyro_uri_protocol protocol;
    (void)state;
    assert_string_equal(pyro_uri_protocol_name(PYRO_URI_PYROMETA), "PYROMETA");
    assert_true(pyro_uri_protocol_find(pyro_slice_text("PYRONAME"), &protocol));
    assert_int_equal(protocol, PYRO_URI_PYRONAME);
    assert_false(pyro_uri_protocol_find(pyro_slice_text("pyro"), &protocol));
}

static void lack_of_memory_is_an_error(void **state)
{
    static const char *const texts[] = {"PYRO:o@h:1", "PYRO:o@./u:s", "PYROMETA:a"};
    struct pyro_uri uri, copy;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(texts); i++) {
        enum pyro_code code = PYRO_EMEMORY;
        for (unsigned long n = 1; code == PYRO_EMEMORY; n++) {
            struct pyro_error err = {.code = PYRO_OK};
            struct pyro_buffer out = {.data = NULL};
            pyro_memory_fail_at(n);
            code = pyro_uri_parse(&uri, pyro_slice_text(texts[i]), NS_PORT, &err);
            assert_int_equal(code, err.code);
            if (code == PYRO_OK && (code = pyro_uri_copy(&copy, &uri, &err)) == PYRO_OK) {
                code = pyro_uri_text(&copy, &out) ? PYRO_OK : PYRO_EMEMORY;
                pyro_uri_free(&copy);
            }
            pyro_uri_free(&uri);
            pyro_buffer_free(&out);
        }
        pyro_memory_fail_at(0);
        assert_int_equal(code, PYRO_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_uris),
        cmocka_unit_test(bad_uris),
        cmocka_unit_test(long_bad_uris_are_cut),
        cmocka_unit_test(a_port_without_host_is_none),
        cmocka_unit_test(uris_are_made_copied_and_compared),
        cmocka_unit_test(protocols_have_names),
        cmocka_unit_test(lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
