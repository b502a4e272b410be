/* Tests of core/net: TLS: what is refused, and in which words; system calls and memory that fail.
 */
#include "net_tls_fixture.h"

#include <dlfcn.h>

/* --- refusals --- */

/* Lets both shake hands in vain, and says what each heard. */
static void fail_to_connect(const struct pyro_tls_settings *server,
                            const struct pyro_tls_settings *client, const char *host)
{
    open_world(server, client, host);
    for (int n = 0; n < 200 && !world.client.ended; n++)
        turn();
    for (int n = 0; n < 20 && !world.server.ended; n++)
        turn();
}

static void assert_client(const char *message)
{
    char expected[400];
    assert_int_equal(world.client.ended, 1);
    assert_int_equal(world.client.why.code, PYRO_ECOMMUNICATION);
    snprintf(expected, sizeof(expected), "cannot connect to (%s", message);
    assert_string_equal(world.client.why.message, expected);
}

static void assert_server(const char *message)
{
    assert_int_equal(world.server.ended, 1);
    assert_string_equal(world.server.why.message, message);
}

static void other_hosts_are_refused(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.certificate = path("elsewhere.pem");
    server.key = path("elsewhere.key");
    fail_to_connect(&server, &client, "localhost");
    assert_client("'localhost', 4711): the certificate of the server is for elsewhere.test, "
                  "10.0.0.1, not for 'localhost': connect by such a name, or make a certificate "
                  "that has this one");
    assert_server("the client refused our certificate (sslv3 alert bad certificate): it may be "
                  "for another host");
    close_world();
    fail_to_connect(&server, &client, "127.0.0.1");
    assert_client("'127.0.0.1', 4711): the certificate of the server is for elsewhere.test, "
                  "10.0.0.1, not for '127.0.0.1': connect by such a name, or make a certificate "
                  "that has this one");
    close_world();
}

static void names_and_addresses_are_accepted(void **state)
{
    (void)state;
    static const char *const hosts[] = {"localhost", "127.0.0.1", "::1", "LOCALHOST"};
    for (size_t i = 0; i < PYRO_COUNT(hosts); i++) {
        struct pyro_tls_settings server = server_settings(), client = client_settings();
        open_world(&server, &client, hosts[i]);
        turn_until(world.client.connected);
        close_world();
    }
}

static void common_name_counts_without_others(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.certificate = path("plain-name.pem");
    server.key = path("plain-name.key");
    open_world(&server, &client, "localhost");
    turn_until(world.client.connected);
    close_world();
    fail_to_connect(&server, &client, "127.0.0.1");
    assert_client("'127.0.0.1', 4711): the certificate of the server is for CN=localhost, not for "
                  "'127.0.0.1': connect by such a name, or make a certificate that has this one");
    close_world();
}

static void unknown_authorities_are_refused(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = {.server = false};
    fail_to_connect(&server, &client, "localhost");
    assert_client("'localhost', 4711): the certificate of the server (CN=localhost,O=pyrolua "
                  "example) is of an authority that is not trusted here: put the authority's "
                  "certificate into SSL_CACERTS");
    assert_server("the client does not trust the authority of our certificate: it needs that "
                  "one's certificate in its SSL_CACERTS");
    close_world();
}

static void authorities_are_not_known_by_their_names(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.certificate = path("twin.pem");
    server.key = path("twin.key");
    fail_to_connect(&server, &client, "localhost");
    assert_client("'localhost', 4711): the certificate of the server (CN=localhost) is of an "
                  "authority that is not trusted here: put the authority's certificate into "
                  "SSL_CACERTS");
    close_world();
}

/* Longer ones than DNS has cannot be resolved, and are not out of memory. */
static void long_hosts_are_no_lack_of_memory(void **state)
{
    (void)state;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tls_settings client = client_settings();
    char host[300];
    memset(host, 'a', sizeof(host));
    host[sizeof(host) - 1] = '\0';
    open_client(NULL, NULL);
    struct pyro_tls_context *made = context(&client);
    assert_int_equal(pyro_tls_start(world.client.stream, made, host, 4711, &err), PYRO_OK);
    pyro_tls_context_release(made);
    close_world();
}

static void expired_certificates_are_refused(void **state)
{
    (void)state;
    struct pyro_error err;
    struct pyro_tls_settings server = server_settings();
    server.certificate = path("expired.pem");
    server.key = path("expired.key");
    assert_null(pyro_tls_context_get(world.contexts, &server, &err));
    assert_int_equal(err.code, PYRO_EVALUE);
    char expected[400];
    snprintf(expected, sizeof(expected),
             "SSL_SERVERCERT: the certificate in %s expired on Jan  2 00:00:00 2020 GMT: renew it",
             server.certificate);
    assert_string_equal(err.message, expected);
}

static void missing_client_certificates_are_refused(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.require = true;
    server.authorities = path("ca.pem");
    fail_to_connect(&server, &client, "localhost");
    assert_client("'localhost', 4711): the server wants a certificate of its clients (tlsv13 "
                  "alert certificate required): set SSL_CLIENTCERT");
    assert_server("the client sent no certificate, which SSL_REQUIRECLIENTCERT asks for");
    close_world();
}

static void strange_client_certificates_are_refused(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    char expected[400];
    server.require = true;
    server.authorities = path("ca.pem");
    client.certificate = path("stranger.pem");
    client.key = path("stranger.key");
    fail_to_connect(&server, &client, "localhost");
    snprintf(expected, sizeof(expected),
             "'localhost', 4711): the server does not trust the authority of our certificate "
             "(%s): it needs that one's certificate in its SSL_CACERTS",
             client.certificate);
    assert_client(expected);
    assert_server("the certificate of the client (CN=stranger) is of an authority that is not "
                  "trusted here: put the authority's certificate into SSL_CACERTS");
    close_world();
}

static void plain_peers_are_named(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    open_world(&server, NULL, NULL);
    end_send(&world.client, "PYRO and so on", 14);
    turn_until(world.server.ended);
    assert_int_equal(world.server.why.code, PYRO_ECOMMUNICATION);
    assert_server("the client does not speak TLS, as SSL asks for: set SSL there, too");
    end_close(&world.server);
    turn_until(world.client.received == 7); /* an alert: what is spoken here is TLS */
    assert_memory_equal(world.to_client, "\x15\x03\x01\x00\x02\x02\x46", 7);
    close_world();
    open_world(NULL, &client, "localhost");
    end_send(&world.server, "PYRO and so on", 14);
    turn_until(world.client.ended);
    assert_client("'localhost', 4711): the server does not speak TLS, as SSL asks for: set SSL "
                  "there, too");
    close_world();
    open_world(NULL, &client, "localhost");
    turn_until(world.server.received > 0);
    end_close(&world.server);
    turn_until(world.client.ended);
    assert_client(
        "'localhost', 4711): connection closed by peer, in the TLS handshake; perhaps it "
        "does not speak TLS, which SSL asks for: set SSL there, too; or it refused us: its "
        "log says why");
    close_world();
}

static void garbage_ends_the_connection(void **state)
{
    (void)state;
    open_usual();
    static const char record[] = "\x17\x03\x03\x00\x20garbage.garbage.garbage.garbage.";
    faults_suspend();
    assert_int_equal(send(world.wire.a, record, sizeof(record) - 1, 0), (int)sizeof(record) - 1);
    faults_resume();
    turn_until(world.client.ended);
    assert_int_equal(world.client.why.code, PYRO_ECLOSED);
    assert_string_equal(world.client.why.message,
                        "connection lost: TLS: decryption failed or bad record mac");
    close_world();
}

/* Each byte of a handshake and of what follows is once another one: that is noticed, or awaits more
 * bytes, and harms nobody. */
static void wrong_bytes_are_noticed(void **state)
{
    (void)state;
    for (int to_server = 0; to_server < 2; to_server++) {
        bool done = false;
        for (size_t wrong = 1; !done; wrong += step(3)) {
            struct pyro_tls_settings server = server_settings(), client = client_settings();
            open_world(&server, &client, wrong % 2 ? "localhost" : "127.0.0.1");
            world.wire.wrong = wrong;
            world.wire.wrong_to_server = to_server;
            world.server.echo = true;
            for (int idle = 0; idle < 60 && !world.client.ended && !world.server.ended; idle++) {
                if (world.client.connected == 1 && world.wire.piece == 0) {
                    end_send(&world.client, "hello", 5);
                    world.wire.piece = 100000;
                }
                turn();
                if (world.idle == 0)
                    idle = 0;
            }
            assert_true(world.client.received == 0 || world.client.received == 5);
            assert_true(world.client.received == 0 || memcmp(world.to_client, "hello", 5) == 0);
            done = world.wire.moved[to_server] < wrong;
            assert_true(!done || world.client.received == 5);
            world.server.echo = false;
            close_world();
        }
    }
}

/* --- settings --- */

static void assert_settings(const struct pyro_tls_settings *settings, enum pyro_code code,
                            const char *message, ...)
{
    char expected[400];
    struct pyro_error err;
    va_list args;
    va_start(args, message);
    vsnprintf(expected, sizeof(expected), message, args);
    va_end(args);
    assert_null(pyro_tls_context_get(world.contexts, settings, &err));
    assert_string_equal(err.message, expected);
    assert_int_equal(err.code, code);
}

static void bad_settings_are_named(void **state)
{
    (void)state;
    const char *missing = path("missing.pem"), *ca = path("ca.pem"), *key = path("server.key"),
               *locked = path("locked.key"), *client = path("client.key");
    struct pyro_tls_settings settings = {.server = true};
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL asks for TLS, which needs a certificate: set SSL_SERVERCERT to its file");
    settings.certificate = missing;
    assert_settings(&settings, PYRO_EOS,
                    "SSL_SERVERCERT: cannot read %s: No such file or directory", missing);
    settings.certificate = key;
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_SERVERCERT: %s holds no certificate that can be used: no start line", key);
    settings = server_settings();
    settings.key = NULL;
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_SERVERKEY: %s holds no private key that can be used: unsupported",
                    settings.certificate);
    settings.key = missing;
    assert_settings(&settings, PYRO_EOS, "SSL_SERVERKEY: cannot read %s: No such file or directory",
                    missing);
    settings.key = client;
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_SERVERKEY: the key in %s is not that of the certificate in %s", client,
                    settings.certificate);
    settings.key = locked;
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_SERVERKEY: the key in %s is encrypted: set SSL_SERVERKEYPASSWD", locked);
    settings.password = "wrong";
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_SERVERKEYPASSWD is not the password of the key in %s", locked);
    settings.password = "secret";
    pyro_tls_context_release(context(&settings));
    settings = server_settings();
    settings.require = true;
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_REQUIRECLIENTCERT needs the certificate of the clients' authority: set "
                    "SSL_CACERTS to its file");
    settings = (struct pyro_tls_settings){.authorities = missing};
    assert_settings(&settings, PYRO_EOS, "SSL_CACERTS: cannot read %s: No such file or directory",
                    missing);
    settings.authorities = key;
    assert_settings(&settings, PYRO_EVALUE, "SSL_CACERTS: %s holds no certificates: %s", key,
                    "no certificate or crl found");
    settings = (struct pyro_tls_settings){.key = client, .authorities = ca};
    assert_settings(&settings, PYRO_EVALUE,
                    "SSL_CLIENTKEY needs its certificate: set SSL_CLIENTCERT to its file");
}

static void contexts_are_shared_and_bounded(void **state)
{
    (void)state;
    struct pyro_tls_settings settings = server_settings();
    struct pyro_tls_context *first = context(&settings);
    pyro_tls_context_release(first);
    assert_ptr_equal(context(&settings), first);
    for (int i = 0; i < 50; i++) {
        char password[20];
        snprintf(password, sizeof(password), "%d", i);
        settings.password = password;
        pyro_tls_context_release(context(&settings));
    }
    settings.password = NULL;
    assert_ptr_equal(context(&settings), first); /* it was in use */
    pyro_tls_context_release(first);
    pyro_tls_context_release(first);
}

static void authorities_may_be_in_a_folder(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = {.authorities = path("folder")};
    open_world(&server, &client, "localhost");
    turn_until(world.client.connected);
    close_world();
}

/* --- faults --- */

/* One conversation, whatever happens; ends well, or with an error. */
static bool converse(void)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    open_world(&server, &client, "localhost");
    bool sent = false;
    for (int n = 0; n < 2000 && world.client.received < 5; n++) {
        turn();
        if (world.client.connected && !sent && !world.client.ended) {
            world.server.echo = !world.server.ended;
            end_send(&world.client, "hello", 5);
            sent = true;
        }
        if (world.client.ended)
            break;
    }
    bool good = world.client.received == 5;
    assert_true(good || world.client.ended || world.server.ended);
    close_world();
    return good;
}

static void system_calls_may_fail(void **state)
{
    (void)state;
    static const enum fault_call calls[] = {FAULT_READ, FAULT_WRITE};
    for (size_t i = 0; i < PYRO_COUNT(calls); i++) {
        for (unsigned n = 1;; n++) {
            fault_fail(calls[i], n, ECONNRESET);
            converse();
            if (faults_pending())
                break;
        }
        faults_clear();
    }
}

static void writes_may_be_short_or_wait(void **state)
{
    (void)state;
    for (unsigned n = 1;; n++) {
        fault_shorten(FAULT_WRITE, n, 3);
        assert_true(converse());
        if (faults_pending())
            break;
    }
    for (unsigned n = 1;; n++) {
        fault_fail(FAULT_WRITE, n, EAGAIN);
        assert_true(converse());
        if (faults_pending())
            break;
    }
    faults_clear();
}

/* Opens both with what memory there is. */
static bool try_to_converse(unsigned long failing)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    struct pyro_error err;
    pyro_memory_fail_at(failing);
    struct pyro_tls_context *made = pyro_tls_context_get(world.contexts, &server, &err);
    struct pyro_tls_context *other = pyro_tls_context_get(world.contexts, &client, &err);
    bool good = made && other;
    pyro_memory_fail_at(0);
    if (good) {
        open_world(NULL, NULL, NULL);
        pyro_memory_fail_at(failing);
        good = pyro_tls_start(world.client.stream, other, "localhost", 1, &err) == PYRO_OK &&
               pyro_tls_start(world.server.stream, made, NULL, 0, &err) == PYRO_OK;
        for (int n = 0; good && n < 200 && !world.client.ended && !world.server.ended; n++) {
            turn();
            if (world.client.connected)
                break;
        }
        good = good && world.client.connected > 0;
        pyro_memory_fail_at(0);
        close_world();
    }
    pyro_tls_context_release(made);
    pyro_tls_context_release(other);
    return good;
}

static void memory_may_be_out(void **state)
{
    (void)state;
    unsigned bad = 0;
    for (unsigned long n = 1; n < 4000; n++) {
        if (try_to_converse(n))
            break;
        bad++;
    }
    assert_true(bad > 5);
    assert_true(try_to_converse(0));
}

/* OpenSSL's memory is to fail, too. */
static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return pyro_malloc(size);
}

static void *crypto_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return pyro_realloc(memory, size);
}

static void crypto_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    pyro_free(memory);
}

typedef int set_mem_functions(void *(*)(size_t, const char *, int),
                              void *(*)(void *, size_t, const char *, int),
                              void (*)(void *, const char *, int));

static void let_openssl_fail(void)
{
    void *library = dlopen("libcrypto.so.3", RTLD_NOW);
    set_mem_functions *set =
        (set_mem_functions *)(uintptr_t)dlsym(library, "CRYPTO_set_mem_functions");
    assert_int_equal(set(crypto_malloc, crypto_realloc, crypto_free), 1);
}

int main(void)
{
    let_openssl_fail();
    const struct CMUnitTest tests[] = {
        TLS_TEST(other_hosts_are_refused),
        TLS_TEST(names_and_addresses_are_accepted),
        TLS_TEST(common_name_counts_without_others),
        TLS_TEST(unknown_authorities_are_refused),
        TLS_TEST(authorities_are_not_known_by_their_names),
        TLS_TEST(long_hosts_are_no_lack_of_memory),
        TLS_TEST(expired_certificates_are_refused),
        TLS_TEST(missing_client_certificates_are_refused),
        TLS_TEST(strange_client_certificates_are_refused),
        TLS_TEST(plain_peers_are_named),
        TLS_TEST(garbage_ends_the_connection),
        TLS_TEST(wrong_bytes_are_noticed),
        TLS_TEST(bad_settings_are_named),
        TLS_TEST(contexts_are_shared_and_bounded),
        TLS_TEST(authorities_may_be_in_a_folder),
        TLS_TEST(system_calls_may_fail),
        TLS_TEST(writes_may_be_short_or_wait),
        TLS_TEST(memory_may_be_out),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
