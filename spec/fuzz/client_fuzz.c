/* A client, whose server says what the input says: answers to the handshake, replies, metadata. The
 * first byte says how the client is set up; then come the sizes of the pieces; then bytes as they
 * are sent, or descriptions of messages whose framing is right. Where the client dials again,
 * because a refusal says so, the rest is said on the new connection. What the client sends has to
 * consist of messages, signed where there is a key. */
#include "conversation.h"

#include <sys/un.h>

#include "rpc/call.h"
#include "rpc/client_key.h"
#include "rpc/encryption.h"
#include "value/tree.h"

enum mode {
    FRAMED = 1,      /* descriptions of messages */
    ADOPTED = 2,     /* no handshake comes first */
    KEYED = 4,       /* the client has an HMAC key */
    COMPRESSED = 8,  /* */
    PROTOCOL = 48,   /* 16: protocol 48, 32: 502, else the server's */
    CONFIRMED = 64,  /* somebody confirms the connection */
    SERIALIZER = 128 /* the user chose one */
};

#define CALLS 3

struct caller {
    struct pyro_client *client;
    struct pyro_call bind, calls[CALLS];
    int bound, over, sent;
    bool confirms;
};

static void read_reply(struct pyro_call *call)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_tree tree;
    if (call->error.code != PYRO_OK) {
        demand(call->error.message[0] != '\0');
        return;
    }
    if (!call->reply.chunk)
        return;
    pyro_tree_init(&tree, &err);
    if (pyro_call_read(call, &tree.sink, &err) == PYRO_OK)
        demand(tree.root.u.of.count == 1);
    pyro_tree_free(&tree);
}

static void caller_on_bound(struct pyro_call *call)
{
    struct caller *caller = PYRO_CONTAINER(call, struct caller, bind);
    caller->bound++;
    read_reply(call);
    if (pyro_client_must_confirm(caller->client, call))
        pyro_client_confirm(caller->client, call, NULL);
}

static void caller_on_reply(struct pyro_call *call)
{
    demand(!call->client);
    read_reply(call);
}

static void call_once(struct caller *caller, struct pyro_call *call)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_call_head head = {.method = pyro_slice_text("echo")};
    struct pyro_sink *to = pyro_client_begin(caller->client, &head, &err);
    if (!to)
        return;
    if (pyro_begin(to, PYRO_TUPLE, 1) != PYRO_OK || pyro_put_text(to, "argument") != PYRO_OK ||
        pyro_end(to, PYRO_TUPLE) != PYRO_OK || pyro_begin(to, PYRO_DICT, 0) != PYRO_OK ||
        pyro_end(to, PYRO_DICT) != PYRO_OK)
        pyro_client_abort(caller->client);
    else
        pyro_client_send(caller->client, call, 0, &err);
}

/* Once it is connected, the client calls. */
static void call_all(struct caller *caller)
{
    if (caller->sent || !pyro_client_connected(caller->client))
        return;
    caller->sent = 1;
    for (int i = 0; i < CALLS; i++)
        call_once(caller, &caller->calls[i]);
}

/* --- the server --- */

static const char *socket_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-fuzz-%ld.sock", (long)getpid());
    return path;
}

static void forget_socket(void)
{
    unlink(socket_path());
}

static int listen_once(void)
{
    static int listening = -1;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (listening >= 0)
        return listening;
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path());
    unlink(socket_path());
    listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    demand(bind(listening, (struct sockaddr *)&address, sizeof(address)) == 0);
    demand(listen(listening, 16) == 0);
    atexit(forget_socket);
    return listening;
}

/* Accepts the client's next connection, if it makes one. */
static bool accept_next(struct listener *listener)
{
    end_listener(listener);
    listener->descriptor = accept4(listen_once(), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return listener->descriptor >= 0;
}

static struct pyro_client *new_client(struct pyro_runtime *runtime)
{
    char text[100];
    struct pyro_uri uri;
    struct pyro_error err;
    snprintf(text, sizeof(text), "PYRO:obj@./u:%s", socket_path());
    demand(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &err) == PYRO_OK);
    struct pyro_client *client = pyro_client_new(runtime, &uri, &err);
    demand(client != NULL);
    pyro_uri_free(&uri);
    return client;
}

static void dial(struct pyro_runtime *runtime, struct caller *caller, struct listener *listener,
                 unsigned mode)
{
    bool ready = false;
    struct pyro_error err = {.code = PYRO_OK};
    static const struct pyro_encryption plain;
    const struct pyro_connect_options options = {
        .version = (mode & PROTOCOL) == 16   ? 48
                   : (mode & PROTOCOL) == 32 ? 502
                                             : 0,
        .serializer = mode & SERIALIZER ? PYRO_SERIALIZER_MSGPACK : PYRO_SERIALIZER_UNKNOWN,
        .confirm = (mode & CONFIRMED) != 0};
    if (mode & ADOPTED)
        demand(pyro_client_adopt(caller->client, begin_listener(listener), &plain, &err) ==
               PYRO_OK);
    else
        listen_once();
    if (pyro_client_connect(caller->client, &options, &caller->bind, 0, &ready, &err) == PYRO_OK)
        run_loop(runtime);
}

/* Says the input, on as many connections as the client makes. */
static void converse(struct pyro_runtime *runtime, struct caller *caller, struct listener *listener,
                     struct pyro_slice in)
{
    struct pieces pieces = take_pieces(&in);
    struct pyro_hmac_key *key = listener->key;
    bool open = listener->descriptor >= 0 || accept_next(listener);
    for (int i = 0; open && i < 8 && in.length > 0; i++) {
        struct pyro_slice part = {NULL, 0};
        pyro_slice_take(&in, next_piece(&pieces, in.length), &part);
        struct pieces whole = {.next = 0};
        listener->key = key;
        open = say(runtime, listener, &whole, part);
        run_loop(runtime);
        call_all(caller);
        if (!open)
            open = accept_next(listener);
    }
    run_loop(runtime);
    if (open)
        hear(listener);
}

static void converse_framed(struct pyro_runtime *runtime, struct caller *caller,
                            struct listener *listener, struct pyro_slice in)
{
    struct pieces pieces = take_pieces(&in);
    bool open = listener->descriptor >= 0 || accept_next(listener);
    for (int i = 0; open && i < 16 && in.length > 0; i++) {
        struct pyro_buffer message = {.data = NULL};
        append_message(&message, &in, listener->key);
        open = say(runtime, listener, &pieces, pyro_slice(message.data, message.length));
        pyro_buffer_free(&message);
        run_loop(runtime);
        call_all(caller);
        if (!open)
            open = accept_next(listener);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_runtime *runtime = fuzz_runtime();
    struct pyro_slice in = pyro_slice((const char *)data, size);
    unsigned mode = take_byte(&in);
    struct listener listener = {.descriptor = -1};
    struct caller caller = {.client = new_client(runtime), .bind.done = caller_on_bound};
    for (int i = 0; i < CALLS; i++)
        caller.calls[i].done = caller_on_reply;
    runtime->config.COMPRESSION = (mode & COMPRESSED) != 0;
    struct pyro_hmac_key *key = mode & KEYED ? pyro_hmac_key_new(pyro_slice_text("secret")) : NULL;
    pyro_client_set_key(caller.client, key);
    dial(runtime, &caller, &listener, mode);
    listener.key = key;
    (mode & FRAMED ? converse_framed : converse)(runtime, &caller, &listener, in);
    demand(caller.bound <= 1);
    end_listener(&listener);
    run_loop(runtime);
    pyro_call_free(&caller.bind);
    for (int i = 0; i < CALLS; i++)
        pyro_call_free(&caller.calls[i]);
    pyro_client_free(caller.client);
    run_loop(runtime);
    while (accept_next(&listener)) /* what it dialled last */
        run_loop(runtime);
    pyro_hmac_key_release(key);
    return 0;
}
