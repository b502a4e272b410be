/* Parts that the tests of core/net share: a clock, a wait with a ceiling, and a stream's owner that
 * records what it is told. */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "net/adopt.h"
#include "net/connect.h"
#include "net/listener.h"
#include "net/socket.h"

#define CEILING 20.0 /* seconds: no test waits longer */

/* Steps until `condition` holds. */
#define wait_until(loop, condition)                                                                \
    do {                                                                                           \
        double begun_ = seconds_now();                                                             \
        while (!(condition) && seconds_now() - begun_ < CEILING)                                   \
            pyro_loop_step(loop, 0.05);                                                            \
        assert_true(condition);                                                                    \
    } while (0)

static inline double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Steps for a while, whatever happens. */
static inline void step_for(struct pyro_loop *loop, double seconds)
{
    double end = seconds_now() + seconds;
    while (seconds_now() < end)
        if (!pyro_loop_step(loop, 0.01))
            usleep(1000);
}

/* A stream's owner. */
struct end {
    struct pyro_loop *loop;
    struct pyro_stream *stream;
    char *space; /* what was read last */
    size_t size, received;
    size_t pause_at; /* `filled` returns false from so many bytes on; 0: never */
    unsigned connected, inputs, drained, ended;
    struct pyro_error why;
    bool echo;            /* sends back what comes in */
    const char *close_in; /* the function in which it closes its stream */
    const char *pause_in; /* that in which it pauses */
    const char *step_in;  /* the function in which it steps the loop */
    bool no_space;        /* as out of memory */
};

static inline void end_close(struct end *end)
{
    pyro_stream_close(end->stream);
    end->stream = NULL;
}

static inline void end_called(struct end *end, const char *name)
{
    if (end->step_in && strcmp(end->step_in, name) == 0) {
        end->step_in = NULL;
        step_for(end->loop, 0.05);
    }
    if (end->pause_in && strcmp(end->pause_in, name) == 0)
        pyro_stream_pause(end->stream);
    if (end->close_in && strcmp(end->close_in, name) == 0)
        end_close(end);
}

static inline void end_space(void *owner, char **at, size_t *size)
{
    struct end *end = owner;
    *at = end->no_space ? NULL : end->space;
    *size = end->no_space ? 0 : end->size;
}

static inline void end_send(struct end *end, const void *data, size_t length)
{
    assert_true(pyro_buffer_append(pyro_stream_output(end->stream), data, length));
    pyro_stream_changed(end->stream);
}

static inline bool end_filled(void *owner, size_t size)
{
    struct end *end = owner;
    end->received += size;
    if (end->echo)
        end_send(end, end->space, size);
    return end->pause_at == 0 || end->received < end->pause_at;
}

static inline void end_input(void *owner)
{
    ((struct end *)owner)->inputs++;
    end_called(owner, "input");
}

static inline void end_connected(void *owner)
{
    ((struct end *)owner)->connected++;
    end_called(owner, "connected");
}

static inline void end_drained(void *owner)
{
    ((struct end *)owner)->drained++;
    end_called(owner, "drained");
}

static inline void end_ended(void *owner, const struct pyro_error *why)
{
    struct end *end = owner;
    end->ended++;
    end->why = *why;
    end_called(owner, "ended");
}

static const struct pyro_stream_ops end_ops = {.space = end_space,
                                               .filled = end_filled,
                                               .input = end_input,
                                               .connected = end_connected,
                                               .drained = end_drained,
                                               .ended = end_ended};

/* The owner of a listener: takes the last connection as `server`. */
static inline void end_accept(void *owner, struct pyro_stream *stream)
{
    struct end *end = owner;
    assert_null(end->stream);
    end->stream = stream;
    pyro_stream_start(stream, &end_ops, end);
}

/* The path of a socket file that is not there yet. */
static inline const char *socket_path(char *out, size_t size)
{
    static int count; /* of paths made by this program */
    snprintf(out, size, "%s/pyrolua-net-%d-%d", P_tmpdir, (int)getpid(), ++count);
    unlink(out);
    return out;
}

/* A plain socket, connected to `port` here. */
static inline int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static inline int loop_set_up(void **state)
{
    *state = pyro_loop_new(NULL);
    return *state ? 0 : -1;
}

static inline int loop_tear_down(void **state)
{
    pyro_loop_free(*state);
    return 0;
}

/* A test that gets a loop as its state. */
#define LOOP_TEST(function) cmocka_unit_test_setup_teardown(function, loop_set_up, loop_tear_down)

#endif
