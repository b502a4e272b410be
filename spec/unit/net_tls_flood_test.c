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

/* --- lengths that messages of a handshake announce --- */

/* Changes the second byte of a message's header, the highest of its length: over a MiB. `before`
 * bytes come before its record, the first of them in this direction. */
static void announce_much(bool to_server, size_t before)
{
    world.wire.wrong = before + 5 + 2;
    world.wire.wrong_to_server = to_server;
}

#define TOO_MUCH "announced a message of over 32 KiB"

static void long_hellos_are_refused_at_once(void **state)
{
    struct pyro_tls_settings server = server_settings();
    static const char hello[] = "\x16\x03\x01\x00\x14\x01\x01\xff\xb8\x03\x03"; /* of 131,000 */
    (void)state;
    open_world(&server, NULL, NULL);
    end_send(&world.client, hello, sizeof(hello) - 1);
    turn_until(world.server.ended);
    assert_string_equal(world.server.why.message, "the TLS handshake failed: the client " TOO_MUCH);
    assert_int_equal(world.server.why.code, PYRO_ECOMMUNICATION);
    assert_true(pyro_tls_failed(world.server.stream));
    close_world();
}

/* The server wants another group than the client guessed: a second hello comes. */
static void long_second_hellos_are_refused(void **state)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    (void)state;
    open_world(&server, &client, "localhost");
    struct pyro_tls *tls = PYRO_CONTAINER(world.server.stream->layer, struct pyro_tls, layer);
    char group[] = "P-384";
    assert_int_equal(tls->api->SSL_ctrl(tls->ssl, SSL_CTRL_SET_GROUPS_LIST, 0, group), 1);
    turn_until(world.wire.moved[false] > 0);
    announce_much(true, world.wire.moved[true] + 6); /* a ChangeCipherSpec */
    turn_until(world.server.ended);
    assert_string_equal(world.server.why.message, "the TLS handshake failed: the client " TOO_MUCH);
    close_world();
}

static void long_messages_of_servers_are_refused(void **state)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    (void)state;
    open_world(&server, &client, "localhost");
    announce_much(false, 0);
    turn_until(world.client.ended);
    assert_string_equal(world.client.why.message,
                        "cannot connect to ('localhost', 4711): the TLS handshake failed: the "
                        "server " TOO_MUCH);
    close_world();
}

/* In TLS 1.2, messages after a ChangeCipherSpec are encrypted: nothing of them is a length. */
static void old_handshakes_are_followed_until_they_are_encrypted(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct pyro_tls_settings server = server_settings(), client = client_settings();
        open_world(&server, &client, "localhost");
        struct pyro_tls *tls = PYRO_CONTAINER(world.server.stream->layer, struct pyro_tls, layer);
        assert_int_equal(
            tls->api->SSL_ctrl(tls->ssl, SSL_CTRL_SET_MAX_PROTO_VERSION, TLS1_2_VERSION, NULL), 1);
        end_send(&world.client, "hello", 5);
        turn_until(world.server.received == 5);
        assert_int_equal(tls->api->SSL_version(tls->ssl), TLS1_2_VERSION);
        world.server.echo = true;
        end_send(&world.client, "hello", 5);
        turn_until(world.client.received == 5);
        assert_int_equal(pyro_tls_resumed(world.client.stream), i > 0);
        close_world();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(keys_may_change),
        TLS_TEST(floods_of_new_keys_end_the_connection),
        TLS_TEST(floods_of_certificates_are_refused),
        TLS_TEST(long_hellos_are_refused_at_once),
        TLS_TEST(long_second_hellos_are_refused),
        TLS_TEST(long_messages_of_servers_are_refused),
        TLS_TEST(old_handshakes_are_followed_until_they_are_encrypted),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
