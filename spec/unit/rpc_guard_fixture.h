/** @file
 * What the tests of rules share: a daemon with rules, or with a function that decides, and a client
 * that is a script of bytes at a Unix socket; the clock is fake. */
#ifndef RPC_GUARD_FIXTURE_H
#define RPC_GUARD_FIXTURE_H

#include "rpc_fixture.h"

#include "rpc/connection.h"
#include "rpc/handshake.h"
#include "rpc/items.h"
#include "rpc/request.h"

/* --- the world --- */

struct world {
    struct pyro_runtime *runtime;
    struct pyro_daemon *daemon;
    struct pyro_object desk;
    struct pyro_items items;
    struct scripted_peer peer;
    unsigned invoked, asked, departed;
    char wanted[200];  /* what authorize() was asked for last */
    bool refuses;      /* authorize() does: everything */
    bool frees_daemon; /* authorize() does */
};

static struct world *the_world; /* the desk has no room for it */

static const char *rules_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-%ld.allow", (long)getpid());
    return path;
}

static const char *log_path(void)
{
    static char path[64];
    snprintf(path, sizeof(path), "/tmp/pyrolua-%ld.log", (long)getpid());
    return path;
}

static inline void write_rules(const char *text)
{
    char fresh[80];
    snprintf(fresh, sizeof(fresh), "%s.new", rules_path());
    FILE *file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(fresh, rules_path()), 0);
}

static inline enum pyro_code desk_describe(struct pyro_object *self, struct pyro_sink *to)
{
    static const char *const lists[] = {"methods", "oneway", "attrs"};
    enum pyro_code code = pyro_begin(to, PYRO_DICT, 3);
    (void)self;
    for (size_t i = 0; i < 3 && code == PYRO_OK; i++)
        if ((code = pyro_put_text(to, lists[i])) == PYRO_OK &&
            (code = pyro_begin(to, PYRO_LIST, 0)) == PYRO_OK)
            code = pyro_end(to, PYRO_LIST);
    return code == PYRO_OK ? pyro_end(to, PYRO_DICT) : code;
}

static inline void desk_invoke(struct pyro_object *self, struct pyro_request *request)
{
    const struct pyro_value value = {.type = PYRO_INT, .u.integer = 42};
    struct pyro_error err = {.code = PYRO_OK};
    (void)self;
    the_world->invoked++;
    if (!pyro_request_wanted(request))
        pyro_request_finish(request);
    else if (pyro_slice_equals(request->call.method, "stream")) {
        the_world->items = (struct pyro_items){.ops = the_world->items.ops};
        if (pyro_request_stream(request, &the_world->items, &err) != PYRO_OK)
            pyro_request_fail(request, &err);
    } else if (pyro_request_answer(request, &value, &err) != PYRO_OK)
        pyro_request_fail(request, &err);
}

static inline void desk_release(struct pyro_object *self)
{
    (void)self;
}

static const struct pyro_object_ops desk_ops = {desk_describe, desk_invoke, desk_release, NULL};

static inline void items_next(struct pyro_items *self, struct pyro_request *request)
{
    (void)self;
    desk_invoke(NULL, request);
}

static inline void items_release(struct pyro_items *self)
{
    (void)self;
}

static const struct pyro_items_ops items_ops = {items_next, items_release};

static inline enum pyro_code authorize(void *owner, struct pyro_connection *connection,
                                       const struct pyro_wanted *wanted, struct pyro_error *err)
{
    struct world *world = owner;
    world->asked++;
    snprintf(world->wanted, sizeof(world->wanted), "%.*s.%.*s from %d with %s",
             (int)wanted->object.length, wanted->object.data, (int)wanted->method.length,
             wanted->method.data, (int)pyro_connection_identity(connection)->kind,
             pyro_value_is(pyro_connection_greeting(connection), "hello") ? "hello" : "nothing");
    if (world->frees_daemon) {
        pyro_daemon_free(world->daemon);
        world->daemon = NULL;
    }
    if (pyro_slice_equals(wanted->method, "secret") || world->refuses)
        return pyro_error_set(err, PYRO_EPERMISSION, "not for you");
    return PYRO_OK;
}

static inline void disconnected(void *owner, struct pyro_connection *connection, bool accepted)
{
    (void)connection;
    ((struct world *)owner)->departed += accepted;
}

static const struct pyro_daemon_hooks plain = {.disconnected = disconnected};
static const struct pyro_daemon_hooks asking = {.authorize = authorize,
                                                .disconnected = disconnected};

/* Opens a daemon with these rules (NULL: none). */
static inline void begin_world(struct world *world, void **state, const char *rules,
                               const struct pyro_daemon_hooks *hooks)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *world = (struct world){.runtime = *state, .desk.ops = &desk_ops, .items.ops = &items_ops};
    the_world = world;
    unlink(log_path());
    assert_int_equal(pyro_log_set(&world->runtime->log,
                                  &(struct pyro_log_settings){"WARNING", log_path(), NULL}, &err),
                     PYRO_OK);
    if (rules) {
        write_rules(rules);
        options.allow = rules_path();
    }
    world->daemon = pyro_daemon_new(world->runtime, &options, &err);
    if (!world->daemon)
        fail_msg("%s", err.message);
    pyro_daemon_hook(world->daemon, hooks, world);
    assert_int_equal(pyro_daemon_register(world->daemon, "desk", &world->desk, NULL, &err),
                     PYRO_OK);
    peer_connect(&world->peer, world->runtime->loop, socket_path());
}

static inline void end_world(struct world *world)
{
    struct pyro_error err;
    peer_close(&world->peer);
    run_loop(world->runtime);
    pyro_daemon_free(world->daemon);
    run_loop(world->runtime);
    assert_int_equal(pyro_log_set(&world->runtime->log,
                                  &(struct pyro_log_settings){"CRITICAL", NULL, NULL}, &err),
                     PYRO_OK);
    unlink(rules_path());
    unlink(log_path());
}

/* --- what clients send and get --- */

static inline void put_hex(char *out, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sprintf(out + strlen(out), "%02x", (unsigned char)data[i]);
}

static inline void put_str(char *out, const char *text, size_t length)
{
    sprintf(out + strlen(out), "%02x", 0xa0 | (unsigned)length); /* up to 31 bytes */
    put_hex(out, text, length);
}

#define S(text) (text), sizeof(text) - 1

/* Sends {"handshake": "hello", "object": …}. Clients of protocol 502 want to know its members. */
static inline void greet(struct world *world, const char *object)
{
    char hex[400] = "82";
    put_str(hex, S("handshake"));
    put_str(hex, S("hello"));
    put_str(hex, S("object"));
    put_str(hex, object, strlen(object));
    send_hex(&world->peer, (struct pyro_header){.type = PYRO_CONNECT}, hex);
    run_loop(world->runtime);
}

/* Expects a message; its value, as it is recorded, has both parts. */
static inline void expect_message(struct world *world, enum pyro_message_type type, unsigned flags,
                                  const char *part, const char *other)
{
    struct pyro_message reply;
    struct recorder r;
    peer_expect_message(&world->peer, &reply);
    assert_int_equal(reply.header.type, type);
    assert_int_equal(reply.header.flags, flags);
    recorder_init(&r);
    assert_int_equal(pyro_codec_read(&pyro_codec_msgpack, reply.data, &r.sink, &r.err), PYRO_OK);
    if (!strstr(recorded(&r), part) || !strstr(recorded(&r), other))
        fail_msg("'%s' lacks '%s' or '%s'", recorded(&r), part, other);
    recorder_free(&r);
    pyro_message_release(&reply);
}

static inline void connect_to(struct world *world, const char *object)
{
    greet(world, object);
    expect_message(world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "hello", "methods");
}

static inline void connect_world(struct world *world, void **state, const char *rules,
                                 const struct pyro_daemon_hooks *hooks)
{
    begin_world(world, state, rules, hooks);
    connect_to(world, "desk");
    world->asked = 0;
}

/* `args`: in hexadecimal digits. */
static inline void send_call(struct world *world, unsigned flags, const char *object,
                             size_t object_length, const char *method, size_t method_length,
                             const char *args)
{
    char hex[1000] = "94";
    put_str(hex, object, object_length);
    put_str(hex, method, method_length);
    strcat(hex, args);
    strcat(hex, "80");
    send_hex(&world->peer, (struct pyro_header){.type = PYRO_INVOKE, .flags = flags}, hex);
    run_loop(world->runtime);
}

#define CALL(world, object, method, args) send_call(world, 0, S(object), S(method), args)

static inline void expect_answer(struct world *world)
{
    expect_message(world, PYRO_RESULT, 0, "42", "");
}

static inline void expect_exception(struct world *world, const char *class, const char *message)
{
    expect_message(world, PYRO_RESULT, PYRO_FLAG_EXCEPTION, class, message);
}

static inline void expect_refusal(struct world *world, const char *message)
{
    expect_exception(world, "PermissionError", message);
}

/* Expects that the client is refused, and its connection closed. */
static inline void expect_rejection(struct world *world, const char *message)
{
    expect_message(world, PYRO_CONNECTFAIL, 0, message, "");
    peer_expect_end(&world->peer);
}

static inline char *read_log(void)
{
    static char text[20000];
    FILE *file = fopen(log_path(), "r");
    size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

static inline unsigned count_logged(const char *part)
{
    unsigned count = 0;
    for (const char *p = read_log(); (p = strstr(p, part)) != NULL; p++)
        count++;
    return count;
}

static inline void expect_logged(const char *part)
{
    if (count_logged(part) != 1)
        fail_msg("not once '%s' in: %s", part, read_log());
}

#define NO_ARGS "90"
#define DESK "91a46465736b" /* ["desk"] */

/* --- what several tests call --- */

/* [["ping", [], {}], ["info", [], {}], ["ping", [], {}]] */
#define PING_INFO_PING "9393a470696e67908093a4696e666f908093a470696e679080"
#define PING "93a470696e679080"

static inline void make_stream(struct world *world, char *args)
{
    CALL(world, "desk", "stream", NO_ARGS);
    expect_message(world, PYRO_RESULT, PYRO_FLAG_EXCEPTION | PYRO_FLAG_STREAM, "iterator", "");
    strcpy(args, "91d924");
    put_hex(args, world->items.id, strlen(world->items.id));
}

#endif
