/* Tests of core/http: TLS. The clients are streams of core/net. */
#include "http_fixture.h"

#include "net/connect.h"
#include "net/tls.h"

static char folder[64]; /* of certificates */
static struct pyro_tls_contexts *contexts;

static int make_certificates(void **state)
{
    char command[128];
    (void)state;
    snprintf(folder, sizeof(folder), "%s/pyrolua-https-%d", P_tmpdir, (int)getpid());
    snprintf(command, sizeof(command), "scripts/certs %s >/dev/null", folder);
    return system(command);
}

static int remove_certificates(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static int set_up(void **state)
{
    site_set_up(state);
    contexts = pyro_tls_contexts_new(&site.log, NULL);
    return contexts ? 0 : -1;
}

static int tear_down(void **state)
{
    pyro_http_server_free(site.server);
    site.server = NULL;
    faults_clear();
    fake_clock_stop();
    pyro_loop_free(site.loop);
    pyro_tls_contexts_free(contexts);
    pyro_log_close(&site.log);
    (void)state;
    return 0;
}

static const char *path(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", folder, name);
    return out;
}

/* Starts a server with TLS, which asks for a client's certificate where that is required. */
static struct pyro_tls_context *serve(struct pyro_http_options options, bool require)
{
    char certificate[128], key[128], authority[128];
    struct pyro_tls_settings settings = {.server = true,
                                         .require = require,
                                         .certificate = path("server.pem", certificate),
                                         .key = path("server.key", key),
                                         .authorities = path("ca.pem", authority)};
    options.tls = pyro_tls_context_get(contexts, &settings, NULL);
    assert_non_null(options.tls);
    site_serve(options);
    return options.tls;
}

/* A client with TLS, and all that it has read. */
struct client {
    struct pyro_stream *stream;
    char got[2 * MIB];
    size_t length;
    bool ended, paused;
};

static void client_space(void *owner, char **at, size_t *size)
{
    struct client *client = owner;
    *at = client->got + client->length;
    *size = sizeof(client->got) - client->length;
}

static bool client_filled(void *owner, size_t size)
{
    struct client *client = owner;
    client->length += size;
    return !client->paused;
}

static void client_nothing(void *owner)
{
    (void)owner;
}

static void client_ended(void *owner, const struct pyro_error *why)
{
    struct client *client = owner;
    (void)why;
    client->ended = true;
}

static const struct pyro_stream_ops client_ops = {.space = client_space,
                                                  .filled = client_filled,
                                                  .input = client_nothing,
                                                  .connected = client_nothing,
                                                  .drained = client_nothing,
                                                  .ended = client_ended};

static void client_say(struct client *client, const char *data, size_t length)
{
    assert_true(pyro_buffer_append(pyro_stream_output(client->stream), data, length));
    pyro_stream_changed(client->stream);
}

static bool client_has(const struct client *client, const char *text)
{
    return memmem(client->got, client->length, text, strlen(text)) != NULL;
}

static void client_connect(struct client *client)
{
    char authority[128];
    struct pyro_uri uri = {.host = "127.0.0.1", .port = pyro_http_server_port(site.server)};
    struct pyro_tls_settings settings = {.authorities = path("ca.pem", authority)};
    struct pyro_tls_context *context = pyro_tls_context_get(contexts, &settings, NULL);
    client->length = 0;
    client->ended = client->paused = false;
    assert_non_null(context);
    client->stream = pyro_stream_connect(site.loop, &uri, 4, &client_ops, client, NULL);
    assert_int_equal(pyro_tls_start(client->stream, context, "127.0.0.1", uri.port, NULL), PYRO_OK);
    pyro_tls_context_release(context);
}

static void client_leave(struct client *client)
{
    pyro_stream_close(client->stream);
}

#define REQUEST "GET /safe HTTP/1.1\r\nHost: x\r\n\r\n"

static void request_and_answer_are_encrypted(void **state)
{
    static struct client client;
    (void)state;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    client_connect(&client);
    for (int i = 0; i < 3; i++) {
        client.length = 0;
        client_say(&client, REQUEST, strlen(REQUEST));
        wait_until(site.loop, client_has(&client, "GET /safe "));
    }
    client_leave(&client);
    struct visitor plain = visit();
    visitor_say(&plain, REQUEST);
    wait_until(site.loop, visitor_over(&plain));
    assert_false(visitor_has(&plain, "GET /safe "));
    assert_int_equal(site.count, 3);
    visitor_leave(&plain);
    pyro_tls_context_release(context);
}

static void client_without_a_certificate_is_refused(void **state)
{
    static struct client client;
    (void)state;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, true);
    client_connect(&client);
    client_say(&client, REQUEST, strlen(REQUEST));
    wait_until(site.loop, client.ended);
    assert_int_equal(site.count, 0);
    client_leave(&client);
    pyro_tls_context_release(context);
}

/* More passes in both directions than any of the buffers hold, and the reader pauses. */
static void much_passes_both_ways(void **state)
{
    enum { MUCH = MIB - 100 };
    static struct client client;
    static char body[MUCH];
    char head[128];
    (void)state;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    for (size_t i = 0; i < MUCH; i++)
        body[i] = (char)('a' + i % 23);
    client_connect(&client);
    client.paused = true;
    snprintf(head, sizeof(head), "POST /much HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n",
             MUCH);
    client_say(&client, head, strlen(head));
    client_say(&client, body, MUCH);
    wait_until(site.loop, site.count == 1);
    step_for(site.loop, 0.05);
    assert_true(client.length < MUCH);
    client.paused = false;
    pyro_stream_resume(client.stream);
    wait_until(site.loop, client.length > MUCH);
    step_for(site.loop, 0.02);
    assert_memory_equal(client.got + client.length - MUCH, body, MUCH);
    client_leave(&client);
    pyro_tls_context_release(context);
}

static void answer_is_whole_though_the_server_closes(void **state)
{
    static struct client client;
    (void)state;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    const char *request = "GET /last HTTP/1.0\r\n\r\n";
    client_connect(&client);
    client_say(&client, request, strlen(request));
    wait_until(site.loop, client.ended);
    assert_true(client_has(&client, "GET /last "));
    client_leave(&client);
    pyro_tls_context_release(context);
}

static void server_that_stops_answers_with_tls(void **state)
{
    static struct client pending, idle;
    (void)state;
    site.keep = true;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    client_connect(&idle);
    client_connect(&pending);
    client_say(&pending, REQUEST, strlen(REQUEST));
    wait_until(site.loop, site.count == 1);
    site_stop();
    wait_until(site.loop, pending.ended && idle.ended);
    assert_true(client_has(&pending, " 503 "));
    pyro_http_release(site.kept[0]);
    client_leave(&pending);
    client_leave(&idle);
    pyro_tls_context_release(context);
}

static void handshake_that_does_not_end_is_cut_off(void **state)
{
    (void)state;
    struct pyro_tls_context *context =
        serve((struct pyro_http_options){.request_timeout = 5}, false);
    fake_clock_start();
    struct visitor visitor = visit();
    visitor_send(&visitor, "\x16\x03\x01", 3);
    wait_until(site.loop, visitor_over(&visitor));
    assert_true(fake_clock_passed() >= 5);
    visitor_leave(&visitor);
    pyro_tls_context_release(context);
}

static void gone(void *owner)
{
    *(bool *)owner = true;
}

static void producer_hears_that_the_client_has_gone(void **state)
{
    static const struct pyro_http_stream_ops ops = {.drained = client_nothing, .gone = gone};
    static struct client client;
    bool has_gone = false;
    (void)state;
    site.keep = true;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    client_connect(&client);
    client_say(&client, REQUEST, strlen(REQUEST));
    wait_until(site.loop, site.count == 1);
    assert_int_equal(pyro_http_stream_begin(site.kept[0], 200, NULL, 0, &ops, &has_gone, NULL),
                     PYRO_OK);
    assert_int_equal(pyro_http_stream_write(site.kept[0], pyro_slice_text("event"), NULL), PYRO_OK);
    wait_until(site.loop, client_has(&client, "event"));
    client_leave(&client);
    wait_until(site.loop, has_gone);
    pyro_http_release(site.kept[0]);
    pyro_tls_context_release(context);
}

/* Each allocation of ours fails in turn: the client is refused, or served. */
static void client_without_memory_is_closed(void **state)
{
    static struct client client;
    bool failed = true;
    (void)state;
    struct pyro_tls_context *context = serve((struct pyro_http_options){.port = 0}, false);
    for (unsigned long n = 1; failed; n++) {
        client_connect(&client);
        client_say(&client, REQUEST, strlen(REQUEST));
        pyro_memory_fail_at(n);
        double begun = seconds_now();
        while (!client.ended && !client_has(&client, "GET /safe ") &&
               seconds_now() - begun < CEILING)
            pyro_loop_step(site.loop, 0.05);
        failed = pyro_memory_fail_at(0) == 0;
        assert_true(client.ended || client_has(&client, "GET /safe "));
        client_leave(&client);
        step_for(site.loop, 0.005);
    }
    pyro_tls_context_release(context);
}

#define TLS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(request_and_answer_are_encrypted),
        TLS_TEST(client_without_a_certificate_is_refused),
        TLS_TEST(much_passes_both_ways),
        TLS_TEST(answer_is_whole_though_the_server_closes),
        TLS_TEST(server_that_stops_answers_with_tls),
        TLS_TEST(handshake_that_does_not_end_is_cut_off),
        TLS_TEST(producer_hears_that_the_client_has_gone),
        TLS_TEST(client_without_memory_is_closed),
    };
    return cmocka_run_group_tests_name("http tls", tests, make_certificates, remove_certificates);
}
