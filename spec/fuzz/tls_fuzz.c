/* TLS between a stream and its owner, where the input is the wire: our stream at one end, server or
 * client, OpenSSL's own at the other. The first byte says who is who and what they speak; each
 * further one, with one behind it, what happens next: bytes go on, a few or many; are changed,
 * repeated, lost, made up; either end says something, reads no more for a while, ends.
 *
 * What arrives is always the beginning of what was sent. Where the wire was true, all arrives, and
 * neither end has anything to complain of. A stream ends once, and says why. */
#include "tls_ends.h"

/* --- the wire --- */

static void take_front(struct pyro_buffer *bytes, size_t size)
{
    if (size == 0)
        return;
    bytes->length -= size;
    memmove(bytes->data, bytes->data + size, bytes->length);
}

/* Moves up to `size` bytes to our end. Returns how many. */
static size_t move_to_ours(struct link *link, size_t size)
{
    struct wire *wire = &link->wire;
    size = size < wire->to_ours.length ? size : wire->to_ours.length;
    ssize_t sent =
        size == 0 ? 0
                  : send(wire->descriptor, wire->to_ours.data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0)
        take_front(&wire->to_ours, (size_t)sent);
    pyro_loop_step(link->ours.runtime->loop, 0);
    return sent > 0 ? (size_t)sent : 0;
}

/* Moves up to `size` bytes to the other end. Returns how many. */
static size_t move_to_peer(struct link *link, size_t size)
{
    struct pyro_buffer *bytes = &link->wire.to_peer;
    char *at = pyro_buffer_reserve(bytes, ROOM);
    ssize_t count = at ? recv(link->wire.descriptor, at, ROOM, MSG_DONTWAIT) : 0;
    bytes->length += count > 0 ? (size_t)count : 0;
    size = size < bytes->length ? size : bytes->length;
    if (size > 0) {
        demand(BIO_write(link->peer.in, bytes->data, (int)size) == (int)size);
        take_front(bytes, size);
    }
    run_peer(link);
    return size;
}

/* Spoils what is under way to one of the ends: changes, repeats, loses, invents. */
static void spoil(struct link *link, unsigned how, struct pyro_buffer *bytes, unsigned number,
                  struct pyro_slice *in)
{
    size_t size = number < bytes->length ? number : bytes->length;
    struct pyro_slice invented;
    if (how == 0 && number < bytes->length) {
        bytes->data[number] = (char)(bytes->data[number] ^ (1 << (take_byte(in) & 7)));
    } else if (how == 1) {
        demand(pyro_buffer_reserve(bytes, size) != NULL);
        demand(pyro_buffer_append(bytes, bytes->data, size));
    } else if (how == 2) {
        take_front(bytes, size);
    } else if (pyro_slice_take(in, number < in->length ? number : in->length, &invented)) {
        demand(pyro_buffer_append(bytes, invented.data, invented.length));
    }
    link->wire.wrong = true;
}

/* --- what happens --- */

enum event { PASS_SOME, PASS_ALL, SAY, SAY_MUCH, RESUME, ASK, END, SPOIL, EVENTS };

/* Lets one thing happen: to our end, and what goes there, or to the other. */
static void happen(struct link *link, struct pyro_slice *in)
{
    unsigned what = take_byte(in), number = take_byte(in);
    bool ours = what & EVENTS;
    size_t size = what % EVENTS == PASS_ALL   ? SIZE_MAX
                  : what % EVENTS == SAY_MUCH ? (size_t)number * number
                                              : number;
    switch ((enum event)(what % EVENTS)) {
    case PASS_SOME:
    case PASS_ALL:
        ours ? move_to_ours(link, size) : move_to_peer(link, size);
        break;
    case SAY:
    case SAY_MUCH:
        ours ? ours_say(&link->ours, size) : peer_say(link, size);
        break;
    case RESUME:
        ours_resume(&link->ours);
        break;
    case ASK:
        peer_ask(link, ours);
        break;
    case END:
        ours ? ours_close(&link->ours) : peer_end(link);
        break;
    default:
        spoil(link, what / (2 * EVENTS) % 4, ours ? &link->wire.to_ours : &link->wire.to_peer,
              number, in);
    }
    pyro_loop_step(link->ours.runtime->loop, 0);
}

/* Lets all arrive that is under way. */
static void settle(struct link *link)
{
    for (int quiet = 0, moves = 0; quiet < 3;) {
        size_t received = link->ours.received;
        size_t moved = move_to_ours(link, SIZE_MAX);
        moved += move_to_peer(link, SIZE_MAX);
        moves += moved > 0;
        demand(moves < 10000);
        ours_resume(&link->ours);
        quiet = moved > 0 || link->ours.received > received ? 0 : quiet + 1;
    }
}

/* Where the wire was true, all has arrived. */
static void check_arrival(const struct link *link)
{
    const struct ours *ours = &link->ours;
    const struct peer *peer = &link->peer;
    bool closed = !ours->stream;
    if (link->wire.wrong)
        return;
    demand(!ours->hurt && (closed || ours->connected == 1));
    demand(closed || ours->received == peer->sent);
    demand(closed || ours->ended == peer->over);
    demand(peer->received == ours->sent || (closed && ours->connected == 0));
    demand(peer->heard_end == (closed && ours->connected == 1));
}

static void open_link(struct link *link)
{
    int pair[2];
    if (!*folder)
        make_certificates();
    demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
    link->wire.descriptor = pair[0];
    open_peer(&link->peer, link->ours.mode);
    open_ours(&link->ours, pair[1]);
    run_peer(link);
}

static void close_link(struct link *link)
{
    struct ours *ours = &link->ours;
    close(link->wire.descriptor);
    run_loop(ours->runtime);
    demand(!ours->stream || ours->paused || ours->ended == 1);
    ours_close(ours);
    run_loop(ours->runtime);
    close_peer(&link->peer);
    pyro_buffer_free(&link->wire.to_ours);
    pyro_buffer_free(&link->wire.to_peer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_slice in = pyro_slice((const char *)data, size);
    struct link link = {.ours.runtime = fuzz_runtime(), .ours.mode = take_byte(&in)};
    open_link(&link);
    while (in.length > 0)
        happen(&link, &in);
    settle(&link);
    check_arrival(&link);
    close_link(&link);
    return 0;
}
