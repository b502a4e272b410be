/* Tests of core/net: TLS: bytes, the end, certificates, sessions, files that change. */
#include "net_tls_fixture.h"

#include <sys/resource.h>

#include "net/tls_context_private.h"

/* --- bytes --- */

static void bytes_go_both_ways(void **state)
{
    (void)state;
    open_usual();
    world.server.echo = true;
    end_send(&world.client, "hello", 5);
    turn_until(world.client.received == 5);
    assert_memory_equal(world.to_client, "hello", 5);
    assert_int_equal(world.client.connected, 1);
    assert_int_equal(world.client.inputs, 1);
    assert_true(pyro_tls_is_used(world.client.stream));
    close_world();
    assert_int_equal(world.client.ended + world.server.ended, 0);
}

/* Each byte that goes to that side is once the last that has come for a while. From the second time
 * on the session is resumed, which takes fewer bytes. */
static void cut_everywhere(bool to_server)
{
    bool done = false;
    for (size_t cut = 1; !done; cut += step(1)) {
        struct pyro_tls_settings server = server_settings(), client = client_settings();
        world.wire.cut = cut;
        world.wire.cut_to_server = to_server;
        open_world(&server, &client, "localhost");
        turn_until(world.client.connected);
        world.server.echo = true;
        end_send(&world.client, "hello", 5);
        turn_until(world.client.received == 5);
        done = world.wire.moved[to_server] < cut;
        assert_int_equal(world.client.ended + world.server.ended, 0);
        close_world();
    }
}

static void handshake_can_be_cut_at_each_byte_to_the_server(void **state)
{
    (void)state;
    cut_everywhere(true);
}

static void handshake_can_be_cut_at_each_byte_to_the_client(void **state)
{
    (void)state;
    cut_everywhere(false);
}

static void bytes_may_come_one_by_one(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 8; piece++) {
        struct pyro_tls_settings server = server_settings(), client = client_settings();
        server.require = true;
        server.authorities = path("ca.pem");
        client.certificate = path("client.pem");
        client.key = path("client.key");
        open_client(&client, piece % 2 ? "localhost" : "127.0.0.1");
        open_server(&server);
        world.wire.piece = piece;
        turn_until(world.client.connected);
        world.server.echo = true;
        end_send(&world.client, "hello", 5);
        turn_until(world.client.received == 5);
        close_world();
    }
}

static void much_goes_both_ways(void **state)
{
    (void)state;
    open_usual();
    append(&world.client, 8 * MIB);
    append(&world.server, 8 * MIB);
    assert_true(pyro_stream_unsent(world.client.stream) >= 8 * MIB);
    turn_until(world.client.received == 8 * MIB && world.server.received == 8 * MIB);
    assert_int_equal(pyro_stream_unsent(world.client.stream), 0);
    assert_int_equal(world.client.drained, 1);
    close_world();
}

static void owner_that_reads_into_little_room_gets_all(void **state)
{
    (void)state;
    open_usual();
    world.client.size = 7;
    append(&world.server, 100000);
    turn_until(world.client.received == 100000);
    close_world();
}

static void owner_that_pauses_gets_the_rest_later(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 100, 16384, 16385, 60000};
    for (size_t i = 0; i < PYRO_COUNT(sizes); i++) {
        open_usual();
        world.client.size = 1000;
        world.client.pause_at = 1;
        append(&world.server, sizes[i]);
        turn_until(world.client.received > 0);
        for (int n = 0; n < 5; n++)
            turn();
        assert_int_equal(world.client.received, sizes[i] < 1000 ? sizes[i] : 1000);
        pyro_stream_resume(world.client.stream); /* pauses again at once */
        turn_until(world.client.received == (sizes[i] < 2000 ? sizes[i] : 2000));
        world.client.pause_at = 0;
        pyro_stream_resume(world.client.stream);
        append(&world.server, 10);
        turn_until(world.client.received == sizes[i] + 10);
        close_world();
    }
}

static void what_waits_comes_before_what_comes_in(void **state)
{
    (void)state;
    open_usual();
    world.client.size = 1000;
    world.client.pause_at = 1;
    append(&world.server, 40000); /* in several records */
    turn_until(world.client.received == 1000);
    append(&world.server, 40000);
    pyro_loop_step(world.loop, 0);
    assert_true(move(&world.wire.b, &world.wire.a, false));
    world.client.pause_at = 0;
    pyro_stream_resume(world.client.stream);
    turn_until(world.client.received == 80000);
    close_world();
}

/* --- the end --- */

static void end_is_told_and_output_leaves_first(void **state)
{
    (void)state;
    open_usual();
    append(&world.server, 300000);
    end_close(&world.server);
    turn_until(world.client.ended);
    assert_int_equal(world.client.received, 300000);
    assert_int_equal(world.client.why.code, PYRO_ECLOSED);
    assert_string_equal(world.client.why.message, "connection closed by peer");
    close_world();
}

static void end_waits_while_the_owner_pauses(void **state)
{
    (void)state;
    static const char *const pauses[] = {"input", NULL};
    for (size_t i = 0; i < PYRO_COUNT(pauses); i++) {
        open_usual();
        world.client.size = 1000;
        world.client.pause_in = pauses[i];
        world.client.pause_at = pauses[i] ? 0 : 1;
        append(&world.server, 5500);
        end_close(&world.server);
        turn_until(world.client.inputs);
        for (int n = 0; n < 5; n++)
            turn();
        assert_int_equal(world.client.ended, 0);
        for (size_t had = 0; had < 5500; had = world.client.received) {
            assert_int_equal(world.client.ended, 0);
            pyro_stream_resume(world.client.stream);
            for (int n = 0; n < 5; n++)
                turn();
        }
        pyro_stream_resume(world.client.stream);
        turn_until(world.client.ended);
        assert_string_equal(world.client.why.message, "connection closed by peer");
        close_world();
    }
}

/* Input that came before is still there for the owner, who waits for no output meanwhile. */
static void loss_waits_while_the_owner_pauses(void **state)
{
    (void)state;
    open_usual();
    world.client.size = 1000;
    world.client.pause_at = 1;
    append(&world.server, 5500);
    turn_until(world.client.received == 1000);
    fault_fail_all(FAULT_WRITE, EPIPE);
    append(&world.client, 8 * MIB);
    turn_until(world.client.drained);
    assert_int_equal(pyro_stream_unsent(world.client.stream), 0);
    world.client.pause_at = 0;
    assert_int_equal(world.client.ended, 0);
    pyro_stream_resume(world.client.stream);
    turn_until(world.client.ended);
    assert_int_equal(world.client.received, 5500);
    assert_string_equal(world.client.why.message, "connection lost: broken pipe");
    faults_clear();
    close_world();
}

static void end_without_notice_is_an_end(void **state)
{
    (void)state;
    open_usual();
    close_wire(&world.wire.a);
    turn_until(world.client.ended);
    assert_int_equal(world.client.why.code, PYRO_ECLOSED);
    assert_string_equal(world.client.why.message, "connection closed by peer");
    close_world();
}

static void owner_may_close_in_any_function(void **state)
{
    (void)state;
    static const char *const functions[] = {"connected", "input", "ended"};
    for (size_t i = 0; i < PYRO_COUNT(functions); i++) {
        struct pyro_tls_settings server = server_settings(), client = client_settings();
        open_world(&server, &client, "localhost");
        world.client.close_in = functions[i];
        world.client.step_in = functions[i];
        append(&world.server, 5);
        for (int n = 0; n < 10; n++)
            turn();
        if (world.client.stream)
            end_close(&world.server);
        turn_until(!world.client.stream);
        close_world();
    }
}

/* --- certificates --- */

static void certificates_can_be_read(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.require = true;
    server.authorities = path("ca.pem");
    client.certificate = path("client.pem");
    client.key = path("client.key");
    open_world(&server, &client, "localhost");
    assert_null(pyro_tls_certificate(world.server.stream));
    turn_until(world.client.connected);
    append(&world.client, 1);
    turn_until(world.server.received == 1);
    size_t count;
    struct pyro_certificate *theirs = pyro_tls_certificate(world.server.stream);
    assert_non_null(theirs);
    assert_string_equal(pyro_certificate_text(theirs, theirs->subject),
                        "CN=client,O=pyrolua example");
    assert_int_equal(theirs->version, 3);
    const struct pyro_certificate_part *parts = pyro_certificate_parts(theirs, &count);
    assert_int_equal(count, 5);
    assert_int_equal(parts[1].list, PYRO_CERTIFICATE_SUBJECT);
    assert_string_equal(pyro_certificate_text(theirs, parts[1].field), "commonName");
    assert_string_equal(pyro_certificate_text(theirs, parts[1].value), "client");
    assert_string_equal(pyro_certificate_text(theirs, parts[4].field), "DNS");
    pyro_certificate_free(theirs);
    close_world();
}

static void names_with_commas_stay_one(void **state)
{
    (void)state;
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.certificate = path("comma.pem");
    server.key = path("comma.key");
    open_world(&server, &client, "localhost");
    turn_until(world.client.connected);
    struct pyro_certificate *theirs = pyro_tls_certificate(world.client.stream);
    assert_non_null(theirs);
    assert_string_equal(pyro_certificate_text(theirs, theirs->names),
                        "DNS:localhost, URI:x:y\\x2c DNS:admin");
    pyro_certificate_free(theirs);
    close_world();
}

/* --- sessions --- */

/* Returns whether a client goes on with its session, and gets another one. */
static bool resumes_usually(void)
{
    open_usual();
    world.server.echo = true;
    end_send(&world.client, "hello", 5);
    turn_until(world.client.received == 5);
    bool resumed = pyro_tls_resumed(world.client.stream);
    close_world();
    return resumed;
}

static void sessions_resume(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(resumes_usually(), i > 0);
}

static void sessions_with_which_a_handshake_failed_are_forgotten(void **state)
{
    (void)state;
    const struct pyro_slice answers[] = {
        pyro_slice_text("PYRO and so on"),
        pyro_slice("\x15\x03\x03\x00\x02\x02\x28", 7), /* an alert */
        pyro_slice_text("")};
    for (size_t i = 0; i < PYRO_COUNT(answers); i++) {
        struct pyro_tls_settings client = client_settings();
        resumes_usually();
        assert_true(resumes_usually());
        open_world(NULL, &client, "localhost");
        turn_until(world.server.received > 0);
        end_send(&world.server, answers[i].data, answers[i].length);
        end_close(&world.server);
        turn_until(world.client.ended);
        close_world();
        assert_false(resumes_usually());
    }
}

/* Connects a client with a certificate to a server that wants one. */
static void open_mutual(const char *authorities)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    server.require = true;
    server.authorities = path(authorities);
    client.certificate = path("client.pem");
    client.key = path("client.key");
    open_world(&server, &client, "localhost");
    turn_until(world.client.connected);
}

/* Returns whether a client goes on with its session. */
static bool resumes(void)
{
    open_mutual("ca.pem");
    world.server.echo = true;
    end_send(&world.client, "hello", 5);
    turn_until(world.client.received == 5);
    bool resumed = pyro_tls_resumed(world.client.stream);
    assert_int_equal(pyro_tls_resumed(world.server.stream), resumed);
    struct pyro_certificate *theirs = pyro_tls_certificate(world.server.stream);
    assert_non_null(theirs);
    pyro_certificate_free(theirs);
    close_world();
    return resumed;
}

static void sessions_resume_with_client_certificates(void **state)
{
    (void)state;
    assert_false(resumes());
    assert_true(resumes());
}

static void sessions_end_when_the_certificate_of_the_client_expires(void **state)
{
    (void)state;
    const double day = 24 * 60 * 60;
    fake_clock_start();
    assert_false(resumes());
    fake_clock_advance(365 * day);
    assert_true(resumes()); /* and has another ticket */
    fake_clock_advance(366 * day);
    assert_false(resumes());
    fake_clock_stop();
}

/* --- files that change --- */

static void exchange_once(const char *subject)
{
    open_usual();
    struct pyro_certificate *theirs = pyro_tls_certificate(world.client.stream);
    assert_non_null(theirs);
    assert_string_equal(pyro_certificate_text(theirs, theirs->subject), subject);
    pyro_certificate_free(theirs);
    close_world();
}

static void files_are_read_again(void **state)
{
    (void)state;
    run("cp %s %s; cp %s %s", path("server.pem"), path("kept.pem"), path("server.key"),
        path("kept.key"));
    fake_clock_start();
    exchange_once("CN=localhost,O=pyrolua example");
    run("cp %s %s; cp %s %s", path("second.pem"), path("server.pem"), path("second.key"),
        path("server.key"));
    fake_clock_advance(2);
    exchange_once("CN=second,O=pyrolua example");
    run("echo rubbish > %s", path("server.pem"));
    fake_clock_advance(2);
    exchange_once("CN=second,O=pyrolua example");
    run("mv %s %s; mv %s %s", path("kept.pem"), path("server.pem"), path("kept.key"),
        path("server.key"));
    fake_clock_advance(2);
    exchange_once("CN=localhost,O=pyrolua example");
    fake_clock_stop();
    run("grep -c 'WARNING. the certificates have changed, but stay as they were: SSL_SERVERCERT: "
        "%s holds no certificate that can be used: no start line' %s | grep -qx 1",
        path("server.pem"), path("log"));
}

/* Looks at the files of a context, where the process may open no descriptor from `limit` on. */
static void refresh_with(struct pyro_tls_context *context, rlim_t limit)
{
    struct rlimit before, few;
    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = limit;
    fake_clock_advance(2);
    setrlimit(RLIMIT_NOFILE, &few);
    pyro_tls_context_refresh(context, world.loop);
    setrlimit(RLIMIT_NOFILE, &before);
}

static void files_are_read_again_where_no_descriptor_is_left(void **state)
{
    struct pyro_tls_settings settings = server_settings();
    (void)state;
    fake_clock_start();
    struct pyro_tls_context *kept = context(&settings);
    const SSL_CTX *first = kept->ssl;
    run("touch %s", path("server.pem"));
    int lowest = dup(STDERR_FILENO);
    close(lowest);
    refresh_with(kept, (rlim_t)lowest);
    assert_ptr_not_equal(kept->ssl, first);
    pyro_tls_context_release(kept);
    fake_clock_stop();
}

static void files_that_cannot_be_read_are_tried_again(void **state)
{
    struct pyro_tls_settings settings = server_settings();
    (void)state;
    fake_clock_start();
    struct pyro_tls_context *kept = context(&settings);
    const SSL_CTX *first = kept->ssl;
    pyro_log_write(&world.log, PYRO_WARNING, "test", "opens the file");
    run("touch %s", path("server.pem"));
    for (int i = 0; i < 3; i++)
        refresh_with(kept, 0);
    assert_ptr_equal(kept->ssl, first);
    refresh_with(kept, RLIM_INFINITY);
    assert_ptr_not_equal(kept->ssl, first);
    run("grep -c 'stay as they were: SSL_SERVERCERT: cannot read .*: Too many open files' %s | "
        "grep -qx 1",
        path("log"));
    pyro_tls_context_release(kept);
    fake_clock_stop();
}

static void authorities_in_a_folder_are_read_again(void **state)
{
    (void)state;
    fake_clock_start();
    open_mutual("folder");
    close_world();
    run("cp %s %s", path("stranger.pem"), path("folder/ca.pem")); /* the folder does not change */
    fake_clock_advance(2);
    open_mutual("folder");
    turn_until(world.client.ended);
    close_world();
    fake_clock_stop();
    run("cp %s %s", path("ca.pem"), path("folder/ca.pem"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TLS_TEST(bytes_go_both_ways),
        TLS_TEST(handshake_can_be_cut_at_each_byte_to_the_server),
        TLS_TEST(handshake_can_be_cut_at_each_byte_to_the_client),
        TLS_TEST(bytes_may_come_one_by_one),
        TLS_TEST(much_goes_both_ways),
        TLS_TEST(owner_that_reads_into_little_room_gets_all),
        TLS_TEST(owner_that_pauses_gets_the_rest_later),
        TLS_TEST(what_waits_comes_before_what_comes_in),
        TLS_TEST(end_is_told_and_output_leaves_first),
        TLS_TEST(end_waits_while_the_owner_pauses),
        TLS_TEST(loss_waits_while_the_owner_pauses),
        TLS_TEST(end_without_notice_is_an_end),
        TLS_TEST(owner_may_close_in_any_function),
        TLS_TEST(certificates_can_be_read),
        TLS_TEST(names_with_commas_stay_one),
        TLS_TEST(sessions_resume),
        TLS_TEST(sessions_with_which_a_handshake_failed_are_forgotten),
        TLS_TEST(sessions_resume_with_client_certificates),
        TLS_TEST(sessions_end_when_the_certificate_of_the_client_expires),
        TLS_TEST(files_are_read_again),
        TLS_TEST(files_are_read_again_where_no_descriptor_is_left),
        TLS_TEST(files_that_cannot_be_read_are_tried_again),
        TLS_TEST(authorities_in_a_folder_are_read_again),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
