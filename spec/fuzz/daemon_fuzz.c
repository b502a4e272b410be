/* A whole connection of a daemon, from bytes to objects: strangers, handshakes, calls of all kinds,
 * batches, attributes, item streams, blobs. The first byte says how the daemon is set up; then come
 * the sizes of the pieces; then bytes as they are sent, or descriptions of messages whose framing
 * is right. All that comes back has to consist of messages, signed where there is a key. */
#include "conversation.h"

#include "net/adopt.h"
#include "rpc/daemon.h"
#include "rpc/items.h"
#include "rpc/listening.h"
#include "rpc/native.h"
#include "value/tree.h"

enum mode {
    FRAMED = 1,   /* descriptions of messages */
    ACCEPTED = 2, /* no handshake comes first */
    KEYED = 4,    /* the daemon has an HMAC key */
    COMPRESSED = 8,
    IN_ORDER = 16, /* oneway calls hold up their connection */
};

/* --- what is served --- */

struct desk {
    struct pyro_object object;
    struct pyro_deferred *deferred; /* an answer that is put off, or NULL */
};

struct items {
    struct pyro_items items;
    int left;
};

static enum pyro_code put_names(struct pyro_sink *to, const char *key, const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    enum pyro_code code = pyro_put_text(to, key);
    if (code == PYRO_OK)
        code = pyro_begin(to, PYRO_LIST, count);
    for (size_t i = 0; i < count && code == PYRO_OK; i++)
        code = pyro_put_text(to, names[i]);
    return code == PYRO_OK ? pyro_end(to, PYRO_LIST) : code;
}

static enum pyro_code desk_describe(struct pyro_object *self, struct pyro_sink *to)
{
    static const char *const methods[] = {"echo", "fail", "later", "items", NULL},
                             *const oneway[] = {"note", NULL}, *const attributes[] = {"age", NULL};
    enum pyro_code code;
    (void)self;
    if ((code = pyro_begin(to, PYRO_DICT, 3)) != PYRO_OK ||
        (code = put_names(to, "methods", methods)) != PYRO_OK ||
        (code = put_names(to, "oneway", oneway)) != PYRO_OK ||
        (code = put_names(to, "attrs", attributes)) != PYRO_OK)
        return code;
    return pyro_end(to, PYRO_DICT);
}

static void items_next(struct pyro_items *self, struct pyro_request *request)
{
    struct items *items = PYRO_CONTAINER(self, struct items, items);
    const struct pyro_value item = {.type = PYRO_INT, .u.integer = items->left};
    struct pyro_error err = {.code = PYRO_OK};
    if (items->left-- <= 0)
        pyro_error_set(&err, PYRO_ESTOP, "no more");
    else
        pyro_request_answer(request, &item, &err);
    if (err.code != PYRO_OK)
        pyro_request_fail(request, &err);
}

static void items_release(struct pyro_items *self)
{
    free(PYRO_CONTAINER(self, struct items, items));
}

static const struct pyro_items_ops items_ops = {items_next, items_release};

static void serve_items(struct pyro_request *request)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct items *items = calloc(1, sizeof(*items));
    demand(items != NULL);
    items->items.ops = &items_ops;
    items->left = 2;
    if (!pyro_request_wanted(request)) {
        items_release(&items->items);
        pyro_request_finish(request);
    } else if (pyro_request_stream(request, &items->items, &err) != PYRO_OK) {
        pyro_request_fail(request, &err);
    }
}

/* Puts the answer off, if none is put off already. */
static enum pyro_code put_off(const struct pyro_native_call *call)
{
    struct desk *desk = PYRO_CONTAINER(call->self, struct desk, object);
    if (desk->deferred)
        return pyro_put_nil(call->to);
    desk->deferred = pyro_native_defer(call);
    return desk->deferred ? PYRO_OK : pyro_error_memory(call->err);
}

static enum pyro_code desk_run(const struct pyro_native_call *call)
{
    if (pyro_slice_equals(call->method, "echo") || call->kind == PYRO_REQUEST_GET)
        return pyro_value_put(call->args, call->to);
    if (pyro_slice_equals(call->method, "later"))
        return put_off(call);
    if (pyro_slice_equals(call->method, "note") || call->kind == PYRO_REQUEST_SET)
        return pyro_put_nil(call->to);
    return pyro_error_set(call->err, PYRO_EATTRIBUTE, "no method '%.*s'", (int)call->method.length,
                          call->method.data);
}

static void desk_invoke(struct pyro_object *self, struct pyro_request *request)
{
    if (request->kind == PYRO_REQUEST_METHOD && pyro_slice_equals(request->call.method, "items"))
        serve_items(request);
    else
        pyro_native_serve(self, request, desk_run);
}

static void desk_release(struct pyro_object *self)
{
    (void)self;
}

static const struct pyro_object_ops desk_ops = {desk_describe, desk_invoke, desk_release, NULL};

static void answer_deferred(struct desk *desk)
{
    struct pyro_deferred *deferred = desk->deferred;
    struct pyro_error why = {.code = PYRO_OK};
    desk->deferred = NULL;
    if (!deferred)
        return;
    pyro_put_text(&deferred->answer.sink, "at last");
    deferred->ops->answer(deferred, &why);
}

/* --- the daemon --- */

static struct pyro_daemon *open_daemon(struct pyro_runtime *runtime, struct desk *desk,
                                       struct listener *listener, unsigned mode)
{
    int pair[2];
    struct pyro_error err = {.code = PYRO_OK};
    demand(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    const struct pyro_daemon_options options = {
        .natport = -1, .connected_socket = pair[0], .listening_socket = -1};
    struct pyro_daemon *daemon = pyro_daemon_new(runtime, &options, &err); /* listens nowhere */
    close(pair[1]);
    demand(daemon != NULL);
    demand(pyro_daemon_register(daemon, "desk", &desk->object, NULL, &err) == PYRO_OK);
    if (mode & KEYED) {
        listener->key = pyro_hmac_key_new(pyro_slice_text("secret"));
        pyro_daemon_set_key(daemon, listener->key);
    }
    return daemon;
}

static void serve(struct pyro_runtime *runtime, struct pyro_daemon *daemon, int descriptor,
                  bool accepted)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_stream *stream = pyro_stream_adopt(runtime->loop, descriptor, &err);
    demand(stream != NULL && pyro_daemon_serve(daemon, stream, accepted));
}

static void converse(struct pyro_runtime *runtime, struct desk *desk, struct listener *listener,
                     struct pyro_slice in, unsigned mode)
{
    struct pieces pieces = take_pieces(&in);
    struct pyro_buffer messages = {.data = NULL};
    while (mode & FRAMED && in.length > 0)
        append_message(&messages, &in, listener->key);
    if (mode & FRAMED)
        in = pyro_slice(messages.data, messages.length);
    say(runtime, listener, &pieces, in);
    run_loop(runtime);
    answer_deferred(desk);
    run_loop(runtime);
    hear(listener);
    pyro_buffer_free(&messages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_runtime *runtime = fuzz_runtime();
    struct pyro_slice in = pyro_slice((const char *)data, size);
    struct desk desk = {.object.ops = &desk_ops};
    struct listener listener;
    unsigned mode = take_byte(&in);
    runtime->config.COMPRESSION = (mode & COMPRESSED) != 0;
    runtime->config.ONEWAY_THREADED = !(mode & IN_ORDER);
    int descriptor = begin_listener(&listener);
    struct pyro_daemon *daemon = open_daemon(runtime, &desk, &listener, mode);
    serve(runtime, daemon, descriptor, (mode & ACCEPTED) != 0);
    converse(runtime, &desk, &listener, in, mode);
    end_listener(&listener);
    run_loop(runtime);
    answer_deferred(&desk);
    pyro_daemon_free(daemon);
    run_loop(runtime);
    pyro_hmac_key_release(listener.key);
    return 0;
}
