/* Parts that the tests of TLS share: two streams, with the test itself as the wire in between, and
 * certificates. */
#ifndef NET_TLS_FIXTURE_H
#define NET_TLS_FIXTURE_H

#include "net_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#include "net/tls.h"
#include "support/fake_clock.h"
#include "support/faults.h"

enum { MIB = 1024 * 1024 };

/* Returns how many bytes apart those are at which something happens once: each one, but a sample
 * where a program takes long (SAMPLE, in the environment). */
static inline size_t step(size_t usual)
{
    const char *sample = getenv("SAMPLE");
    return sample ? usual * strtoul(sample, NULL, 10) : usual;
}

/* --- certificates --- */

static char folder[64]; /* of certificates, made once */

static inline void run(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

/* Returns the path of a certificate or key; one of 64 at a time. */
static const char *path(const char *name)
{
    static char paths[64][128];
    static unsigned next;
    char *to = paths[next++ % 64];
    snprintf(to, 128, "%s/%s", folder, name);
    return to;
}

static inline int make_certificates(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "%s/pyrolua-tls-%d", P_tmpdir, (int)getpid());
    run("spec/support/certificates %s >/dev/null", folder);
    return 0;
}

static inline int remove_certificates(void **state)
{
    (void)state;
    run("rm -r %s", folder);
    return 0;
}

/* --- two streams, and the wire --- */

struct wire {
    int a, b; /* the far ends of the streams' sockets */
    size_t moved[2];
    size_t cut; /* so many bytes are moved to the server (else to the client) before the others */
    bool cut_to_server;
    size_t piece; /* bytes moved at a time; 0: any */
    size_t wrong; /* which byte is changed on its way; 0: none */
    bool wrong_to_server;
};

struct world {
    struct pyro_loop *loop;
    struct pyro_log log;
    struct pyro_tls_contexts *contexts;
    struct end client, server;
    struct wire wire;
    int listening;
    unsigned idle; /* turns in which nothing moved */
    char to_client[MIB], to_server[MIB];
};

static struct world world;

static inline struct pyro_tls_settings server_settings(void)
{
    return (struct pyro_tls_settings){
        .server = true, .certificate = path("server.pem"), .key = path("server.key")};
}

static inline struct pyro_tls_settings client_settings(void)
{
    return (struct pyro_tls_settings){.authorities = path("ca.pem")};
}

static inline int set_up(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    memset(&world, 0, sizeof(world));
    world.loop = pyro_loop_new(NULL);
    world.contexts = pyro_tls_contexts_new(&world.log, NULL);
    assert_int_equal(
        pyro_log_set(&world.log, &(struct pyro_log_settings){NULL, path("log"), NULL}, NULL),
        PYRO_OK);
    assert_non_null(world.contexts);
    world.listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(world.listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(world.listening, 8), 0);
    world.wire = (struct wire){.a = -1, .b = -1};
    *state = &world;
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    faults_clear();
    pyro_loop_free(world.loop);
    pyro_tls_contexts_free(world.contexts);
    pyro_log_close(&world.log);
    close(world.listening);
    return 0;
}

static inline struct pyro_tls_context *context(const struct pyro_tls_settings *settings)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tls_context *made = pyro_tls_context_get(world.contexts, settings, &err);
    if (!made)
        fail_msg("%s", err.message);
    return made;
}

static inline uint16_t listening_port(void)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);
    getsockname(world.listening, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

static inline void start_tls(struct end *end, const struct pyro_tls_settings *settings,
                             const char *host)
{
    struct pyro_tls_context *made = context(settings);
    assert_int_equal(pyro_tls_start(end->stream, made, host, 4711, NULL), PYRO_OK);
    pyro_tls_context_release(made);
}

/* Connects a client to the wire. NULL: it speaks no TLS. */
static inline void open_client(const struct pyro_tls_settings *settings, const char *host)
{
    char loopback[] = "127.0.0.1";
    struct pyro_uri uri = {.host = loopback, .port = listening_port()};
    world.client = (struct end){.loop = world.loop, .space = world.to_client, .size = MIB};
    world.client.stream = pyro_stream_connect(world.loop, &uri, 4, &end_ops, &world.client, NULL);
    if (settings)
        start_tls(&world.client, settings, host);
    faults_suspend();
    world.wire.a = accept4(world.listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    faults_resume();
    assert_true(world.wire.a >= 0);
    setsockopt(world.wire.a, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static inline void open_server(const struct pyro_tls_settings *settings)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    world.server = (struct end){.loop = world.loop, .space = world.to_server, .size = MIB};
    world.server.stream = pyro_stream_adopt(world.loop, pair[0], NULL);
    assert_non_null(world.server.stream);
    pyro_stream_start(world.server.stream, &end_ops, &world.server);
    if (settings)
        start_tls(&world.server, settings, NULL);
    world.wire.b = pair[1];
}

static inline void close_wire(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Moves what there is from one end to the other. Returns whether there was something. */
static inline bool move(int *from, int *to, bool to_server)
{
    static char bytes[MIB];
    struct wire *wire = &world.wire;
    size_t *moved = &wire->moved[to_server];
    size_t size = wire->piece ? wire->piece : sizeof(bytes);
    if (wire->cut_to_server == to_server && *moved < wire->cut && size > wire->cut - *moved)
        size = wire->cut - *moved;
    faults_suspend();
    ssize_t count = *from < 0 ? -1 : read(*from, bytes, size);
    if (count > 0 && wire->wrong_to_server == to_server && wire->wrong > *moved &&
        wire->wrong <= *moved + (size_t)count)
        bytes[wire->wrong - *moved - 1] ^= 0x10;
    if (count > 0 && *to >= 0) {
        for (ssize_t sent = 0, now; sent < count; sent += now) {
            now = send(*to, bytes + sent, (size_t)(count - sent), MSG_NOSIGNAL);
            if (now < 0 && errno == EAGAIN) {
                faults_resume();
                pyro_loop_step(world.loop, 0);
                faults_suspend();
                now = 0;
            } else if (now < 0) {
                break;
            }
        }
        *moved += (size_t)count;
    }
    faults_resume();
    if (count == 0) {
        close_wire(from);
        close_wire(to);
    }
    return count > 0;
}

/* Moves bytes, and steps. */
static inline void turn(void)
{
    bool moved = move(&world.wire.a, &world.wire.b, true);
    pyro_loop_step(world.loop, 0);
    moved = move(&world.wire.b, &world.wire.a, false) || moved;
    pyro_loop_step(world.loop, 0);
    world.idle = moved ? 0 : world.idle + 1;
    if (world.idle > 20)
        usleep(100);
}

#define turn_until(condition)                                                                      \
    do {                                                                                           \
        double begun_ = seconds_now();                                                             \
        while (!(condition) && seconds_now() - begun_ < CEILING)                                   \
            turn();                                                                                \
        assert_true(condition);                                                                    \
    } while (0)

static inline void close_world(void)
{
    if (world.client.stream)
        end_close(&world.client);
    if (world.server.stream)
        end_close(&world.server);
    for (int i = 0; i < 4; i++)
        turn();
    close_wire(&world.wire.a);
    close_wire(&world.wire.b);
    world.wire = (struct wire){.a = -1, .b = -1};
}

static inline void open_world(const struct pyro_tls_settings *server,
                              const struct pyro_tls_settings *client, const char *host)
{
    open_client(client, host);
    open_server(server);
}

/* Opens both with the usual settings, until they are connected. */
static inline void open_usual(void)
{
    struct pyro_tls_settings server = server_settings(), client = client_settings();
    open_world(&server, &client, "localhost");
    turn_until(world.client.connected);
    end_send(&world.client, "!", 1);
    turn_until(world.server.received == 1);
    world.server.received = 0;
}

static inline void append(struct end *end, size_t length)
{
    struct pyro_buffer *output = pyro_stream_output(end->stream);
    char *to = pyro_buffer_reserve(output, length);
    assert_non_null(to);
    for (size_t i = 0; i < length; i++)
        to[i] = (char)('a' + i % 26);
    output->length += length;
    pyro_stream_changed(end->stream);
}

#define TLS_TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
