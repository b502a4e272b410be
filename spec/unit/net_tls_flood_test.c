/* Tests of core/net: TLS: what a peer sends that is allowed, but of which nobody needs so much. */
#include "net_tls_fixture.h"

#include <dlfcn.h>

#include "net/tls_private.h"

/* Lets the client ask for new keys so many times. */
static void ask_for_new_keys(unsigned count)
{
    struct pyro_stream *stream = world.client.stream;
    struct pyro_tls *tls = PYRO_CONTAINER(stream->layer, struct pyro_tls, layer);
    void *library = dlopen("libssl.so.3", RTLD_LAZY);
    int (*key_update)(SSL *, int);
    const void *function = dlsym(library, "SSL_key_update");
    assert_non_null(function);
    memcpy(&key_update, &function, sizeof(function));
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(key_update(tls->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        assert_int_equal(tls->api->SSL_do_handshake(tls->ssl), 1);
    }
    pyro_stream_changed(stream);
    dlclose(library);
}

static void keys_may_change(void **state)
{
    (void)state;
    open_usual();
    world.server.echo = true;
    for (unsigned i = 1; i <= 20; i++) {
        ask_for_new_keys(3);
        end_send(&world.client, "hello", 5);
        turn_until(world.client.received == 5 * i);
    }
    close_world();
}

static void floods_of_new_keys_end_the_connection(void **state)
{
    (void)state;
    open_usual();
    ask_for_new_keys(1000);
    turn_until(world.server.ended);
    assert_string_equal(world.server.why.message, "connection closed: the other side sends too "
                                                  "many records without contents");
    close_world();
}

static void floods_of_certificates_are_refused(void **state)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    (void)state;
    run("cd %s && cp client.pem many.pem && for i in $(seq 100); do cat ca.pem; done >> many.pem",
        folder);
    server.require = true;
    server.authorities = path("ca.pem");
    client.certificate = path("many.pem");
    client.key = path("client.key");
    open_world(&server, &client, "localhost");
    turn_until(world.server.ended);
    assert_string_equal(world.server.why.message,
                        "the TLS handshake failed: excessive message size");
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(keys_may_change),
        TLS_TEST(floods_of_new_keys_end_the_connection),
        TLS_TEST(floods_of_certificates_are_refused),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
