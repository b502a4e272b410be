/* The other side of a connection, as a script of bytes: a test says what it sends, and what it is
 * sent. There is no other process; while the peer waits, it steps the loop of what is tested.
 *
 *     struct scripted_peer peer;
 *     pyro_client_adopt(client, peer_pair(&peer, loop), &err);   // adopted: no handshake
 *     …start a call…
 *     struct pyro_message request;
 *     peer_expect_message(&peer, &request);
 *     struct pyro_header header = {.type = PYRO_RESULT, .seq = request.header.seq,
 *                                  .serializer = request.header.serializer};
 *     peer_send_message(&peer, &pyro_protocol_502, &header, "42", 2);
 *     pyro_message_release(&request);
 *     peer_send(&peer, "PYRO\x01", 5);                           // or any bytes
 *     peer_expect_end(&peer);
 *     peer_close(&peer);
 *
 * With handshake: peer_connect() to a daemon's Unix socket, or peer_listen() and the URI
 * "PYRO:id@./u:PATH" for a client, then peer_accept().
 *
 * A peer expects by assertions of cmocka, and waits 20 s at most. With the fake clock on
 * (fake_clock.h) its waiting does not move the clock. Its own system calls are no faults'
 * (faults.h). Sending 1 byte at a time, and stepping, is peer_send_slowly(). */
#ifndef SCRIPTED_PEER_H
#define SCRIPTED_PEER_H

#include "net/loop.h"
#include "wire/message.h"

struct scripted_peer {
    struct pyro_loop *loop; /* borrowed */
    int descriptor;         /* -1: not connected, or closed */
    int listening;          /* -1: does not listen */
    char path[108];         /* of what it listens on */
};

/* Connects the peer to a descriptor that it returns, for adoption. */
int peer_pair(struct scripted_peer *peer, struct pyro_loop *loop);

/* Connects to a Unix socket. */
void peer_connect(struct scripted_peer *peer, struct pyro_loop *loop, const char *path);

/* Listens on a Unix socket, whose file it makes; then accepts one connection. */
void peer_listen(struct scripted_peer *peer, struct pyro_loop *loop, const char *path);
void peer_accept(struct scripted_peer *peer);

/* Sends bytes, as many as there is room for at a time; the loop steps after each time. */
void peer_send(struct scripted_peer *peer, const void *data, size_t length);

/* Sends bytes one by one, and lets the loop step after each. */
void peer_send_slowly(struct scripted_peer *peer, const void *data, size_t length);

/* Sends a message; `header` says all but the lengths. */
void peer_send_message(struct scripted_peer *peer, const struct pyro_protocol *protocol,
                       const struct pyro_header *header, const void *data, size_t length);

/* Waits for so many bytes, which it copies. */
void peer_receive(struct scripted_peer *peer, void *out, size_t length);

/* Waits for just these bytes. */
void peer_expect(struct scripted_peer *peer, const void *data, size_t length);

/* Waits for a message of either protocol. The caller releases it. */
void peer_expect_message(struct scripted_peer *peer, struct pyro_message *out);

/* Lets the loop do what there is to do, and expects that nothing was sent meanwhile. */
void peer_expect_nothing(struct scripted_peer *peer);

/* Waits for the end of the connection, before which nothing more may come. */
void peer_expect_end(struct scripted_peer *peer);

/* Sends no more (the other side reads the end), but still receives. */
void peer_shut(struct scripted_peer *peer);

/* Closes what is open. */
void peer_close(struct scripted_peer *peer);

#endif
