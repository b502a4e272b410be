#include "support/scripted_peer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/fake_clock.h"
#include "support/faults.h"

#define CEILING 20.0  /* seconds: no peer waits longer */
#define SETTLING 10   /* steps in which all is done that there is to do */
#define A_MOMENT 0.01 /* seconds of a step, where the clock is real */

static void step(struct scripted_peer *peer)
{
    pyro_loop_step(peer->loop, fake_clock_is_on() ? 0 : A_MOMENT);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    return address;
}

static int new_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    return fd;
}

int peer_pair(struct scripted_peer *peer, struct pyro_loop *loop)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    *peer = (struct scripted_peer){.loop = loop, .descriptor = pair[0], .listening = -1};
    return pair[1];
}

void peer_connect(struct scripted_peer *peer, struct pyro_loop *loop, const char *path)
{
    struct sockaddr_un address = address_of(path);
    faults_suspend();
    *peer = (struct scripted_peer){.loop = loop, .descriptor = new_socket(), .listening = -1};
    assert_int_equal(connect(peer->descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    faults_resume();
}

void peer_listen(struct scripted_peer *peer, struct pyro_loop *loop, const char *path)
{
    struct sockaddr_un address = address_of(path);
    faults_suspend();
    *peer = (struct scripted_peer){.loop = loop, .descriptor = -1, .listening = new_socket()};
    faults_resume();
    unlink(path);
    assert_int_equal(bind(peer->listening, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(peer->listening, 8), 0);
    snprintf(peer->path, sizeof(peer->path), "%s", path);
}

static int accept_now(struct scripted_peer *peer)
{
    faults_suspend();
    int fd = accept4(peer->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    faults_resume();
    return fd;
}

void peer_accept(struct scripted_peer *peer)
{
    double begun = real_seconds();
    while ((peer->descriptor = accept_now(peer)) < 0) {
        assert_true(real_seconds() - begun < CEILING);
        step(peer);
    }
}

/* Returns how many bytes left; 0 where there is no room for them. */
static size_t send_some(struct scripted_peer *peer, const char *data, size_t length)
{
    faults_suspend();
    ssize_t sent = send(peer->descriptor, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    faults_resume();
    assert_true(sent >= 0 || errno == EAGAIN);
    return sent > 0 ? (size_t)sent : 0;
}

void peer_send(struct scripted_peer *peer, const void *data, size_t length)
{
    double begun = real_seconds();
    for (size_t sent = 0; sent < length;) {
        assert_true(real_seconds() - begun < CEILING);
        sent += send_some(peer, (const char *)data + sent, length - sent);
        step(peer);
    }
}

void peer_send_slowly(struct scripted_peer *peer, const void *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        peer_send(peer, (const char *)data + i, 1);
}

void peer_send_message(struct scripted_peer *peer, const struct pyro_protocol *protocol,
                       const struct pyro_header *header, const void *data, size_t length)
{
    struct pyro_buffer out = {.data = NULL};
    struct pyro_draft draft;
    assert_int_equal(pyro_message_begin(&draft, &out, protocol, header, NULL, 0, NULL), PYRO_OK);
    assert_true(pyro_buffer_append(&out, data, length));
    assert_int_equal(pyro_message_end(&draft, 0, false, NULL), PYRO_OK);
    peer_send(peer, out.data, out.length);
    pyro_buffer_free(&out);
}

void peer_receive(struct scripted_peer *peer, void *out, size_t length)
{
    double begun = real_seconds();
    for (size_t received = 0; received < length;) {
        ssize_t size =
            recv(peer->descriptor, (char *)out + received, length - received, MSG_DONTWAIT);
        assert_true(size > 0 || (size < 0 && errno == EAGAIN));
        assert_true(real_seconds() - begun < CEILING);
        if (size > 0)
            received += (size_t)size;
        else
            step(peer);
    }
}

void peer_expect(struct scripted_peer *peer, const void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        char got[1024];
        size_t size = length - done < sizeof(got) ? length - done : sizeof(got);
        peer_receive(peer, got, size);
        assert_memory_equal(got, (const char *)data + done, size);
        done += size;
    }
}

/* Receives bytes into an input. */
static void take(struct scripted_peer *peer, struct pyro_input *input, size_t length)
{
    while (length > 0) {
        char *at;
        size_t size;
        pyro_input_space(input, &at, &size);
        assert_true(size > 0);
        size = size < length ? size : length;
        peer_receive(peer, at, size);
        pyro_input_filled(input, size);
        length -= size;
    }
}

void peer_expect_message(struct scripted_peer *peer, struct pyro_message *out)
{
    unsigned char bytes[64];
    struct pyro_header header;
    struct pyro_input input = {.limit = 0};
    bool ready = false;
    memset(out, 0, sizeof(*out));
    peer_receive(peer, bytes, PYRO_TAG_SIZE);
    const struct pyro_protocol *protocol =
        pyro_protocol_find((unsigned)bytes[4] << 8 | (unsigned)bytes[5]);
    assert_non_null(protocol);
    peer_receive(peer, bytes + PYRO_TAG_SIZE, protocol->header_size - PYRO_TAG_SIZE);
    assert_int_equal(protocol->parse(bytes, &header, NULL), PYRO_OK);
    char *at;
    size_t size;
    pyro_input_space(&input, &at, &size);
    assert_true(size >= protocol->header_size);
    memcpy(at, bytes, protocol->header_size);
    pyro_input_filled(&input, protocol->header_size);
    assert_int_equal(pyro_input_next(&input, out, &ready, NULL), PYRO_OK);
    if (!ready) {
        take(peer, &input, (size_t)header.annotations_length + header.data_length);
        assert_int_equal(pyro_input_next(&input, out, &ready, NULL), PYRO_OK);
    }
    assert_true(ready);
    pyro_input_free(&input);
}

void peer_expect_nothing(struct scripted_peer *peer)
{
    char byte;
    for (int i = 0; i < SETTLING; i++)
        pyro_loop_step(peer->loop, 0);
    assert_true(recv(peer->descriptor, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
}

void peer_expect_end(struct scripted_peer *peer)
{
    double begun = real_seconds();
    char byte;
    ssize_t size;
    while ((size = recv(peer->descriptor, &byte, 1, MSG_DONTWAIT)) < 0 && errno == EAGAIN) {
        assert_true(real_seconds() - begun < CEILING);
        step(peer);
    }
    assert_true(size == 0 || (size < 0 && errno == ECONNRESET));
}

void peer_shut(struct scripted_peer *peer)
{
    shutdown(peer->descriptor, SHUT_WR);
}

void peer_close(struct scripted_peer *peer)
{
    if (peer->descriptor >= 0)
        close(peer->descriptor);
    if (peer->listening >= 0)
        close(peer->listening);
    if (*peer->path)
        unlink(peer->path);
    *peer = (struct scripted_peer){.loop = peer->loop, .descriptor = -1, .listening = -1};
}
