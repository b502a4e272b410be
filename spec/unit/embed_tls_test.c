/* TLS by the embedding API: settings, and certificates of both sides. Client and server are one
 * runtime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <pyrolua.h>

static char folder[64]; /* of certificates */

static int make_certificates(void **state)
{
    char command[160];
    (void)state;
    snprintf(folder, sizeof(folder), "%s/pyrolua-embed-tls-%d", P_tmpdir, (int)getpid());
    snprintf(command, sizeof(command), "scripts/certs %s >/dev/null", folder);
    return system(command);
}

static int remove_certificates(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void configure(pyrolua_runtime *runtime, const char *name, const char *file)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, file);
    assert_int_equal(pyrolua_configure(runtime, name, path), PYROLUA_OK);
}

/* A runtime whose daemons, and proxies, speak TLS; both sides have certificates if it is `mutual`.
 */
static pyrolua_runtime *new_runtime(int mutual)
{
    pyrolua_runtime *runtime;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "SSL", "1"), PYROLUA_OK);
    configure(runtime, "SSL_SERVERCERT", "server.pem");
    configure(runtime, "SSL_SERVERKEY", "server.key");
    configure(runtime, "SSL_CACERTS", "ca.pem");
    if (!mutual)
        return runtime;
    assert_int_equal(pyrolua_configure(runtime, "SSL_REQUIRECLIENTCERT", "yes"), PYROLUA_OK);
    configure(runtime, "SSL_CLIENTCERT", "client.pem");
    configure(runtime, "SSL_CLIENTKEY", "client.key");
    return runtime;
}

static int tell_who(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    pyrolua_certificate client;
    (void)self;
    (void)arguments;
    int code = pyrolua_client_certificate(result, &client);
    pyrolua_put_text(result, code == PYROLUA_OK ? client.subject : "nobody");
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {{.name = "who", .call = tell_who}, {.name = NULL}};
static const pyrolua_class desk_class = {.members = members};

/* Calls the method; returns what it said. */
static void ask(pyrolua_proxy *proxy, char *out, size_t size)
{
    pyrolua_call *call;
    assert_int_equal(pyrolua_call_new(proxy, "who", &call), PYROLUA_OK);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    snprintf(out, size, "%s", pyrolua_read_text(pyrolua_call_result(call), NULL));
    pyrolua_call_free(call);
}

static void both_sides_show_certificates(void **state)
{
    (void)state;
    for (int mutual = 0; mutual < 2; mutual++) {
        pyrolua_runtime *runtime = new_runtime(mutual);
        pyrolua_daemon *daemon;
        pyrolua_proxy *proxy;
        pyrolua_certificate server;
        const char *uri;
        char who[100];
        assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
        assert_int_equal(pyrolua_daemon_register(daemon, "desk", &desk_class, NULL, &uri),
                         PYROLUA_OK);
        assert_int_equal(pyrolua_proxy_new(runtime, uri, &proxy), PYROLUA_OK);
        assert_int_equal(pyrolua_proxy_certificate(proxy, &server), PYROLUA_EVALUE);
        assert_string_equal(pyrolua_last_error(runtime)->message,
                            "the other side has shown no certificate");
        ask(proxy, who, sizeof(who));
        assert_string_equal(who, mutual ? "CN=client,O=pyrolua example" : "nobody");
        assert_int_equal(pyrolua_proxy_certificate(proxy, &server), PYROLUA_OK);
        assert_string_equal(server.subject, "CN=localhost,O=pyrolua example");
        assert_string_equal(server.issuer, "CN=authority,O=pyrolua example");
        assert_non_null(strstr(server.names, "IP Address:127.0.0.1"));
        assert_int_equal(strlen(server.serial_number), 32);
        assert_non_null(strstr(server.not_after, " GMT"));
        pyrolua_proxy_free(proxy);
        pyrolua_free(runtime);
    }
}

static void certificates_that_are_wrong_are_told(void **state)
{
    (void)state;
    pyrolua_runtime *runtime = new_runtime(0);
    pyrolua_daemon *daemon;
    pyrolua_certificate none;
    char expected[200];
    configure(runtime, "SSL_SERVERCERT", "missing.pem");
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_ESYSTEM);
    snprintf(expected, sizeof(expected),
             "SSL_SERVERCERT: cannot read %s/missing.pem: No such file or directory", folder);
    assert_string_equal(pyrolua_last_error(runtime)->message, expected);
    assert_int_equal(pyrolua_client_certificate(NULL, &none), PYROLUA_EVALUE);
    assert_int_equal(pyrolua_proxy_certificate(NULL, &none), PYROLUA_EVALUE);
    pyrolua_free(runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_show_certificates),
        cmocka_unit_test(certificates_that_are_wrong_are_told),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
