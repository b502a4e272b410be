/* Tests of what a daemon with rules, or with a function that decides, serves and refuses. Clients
 * are scripts of bytes at a Unix socket; the clock is fake. */
#include "rpc_fixture.h"

#include <sys/resource.h>

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

static void write_rules(const char *text)
{
    char fresh[80];
    snprintf(fresh, sizeof(fresh), "%s.new", rules_path());
    FILE *file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(fresh, rules_path()), 0);
}

static enum pyro_code desk_describe(struct pyro_object *self, struct pyro_sink *to)
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

static void desk_invoke(struct pyro_object *self, struct pyro_request *request)
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

static void desk_release(struct pyro_object *self)
{
    (void)self;
}

static const struct pyro_object_ops desk_ops = {desk_describe, desk_invoke, desk_release};

static void items_next(struct pyro_items *self, struct pyro_request *request)
{
    (void)self;
    desk_invoke(NULL, request);
}

static void items_release(struct pyro_items *self)
{
    (void)self;
}

static const struct pyro_items_ops items_ops = {items_next, items_release};

static enum pyro_code authorize(void *owner, struct pyro_connection *connection,
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

static void disconnected(void *owner, struct pyro_connection *connection, bool accepted)
{
    (void)connection;
    ((struct world *)owner)->departed += accepted;
}

static const struct pyro_daemon_hooks plain = {.disconnected = disconnected};
static const struct pyro_daemon_hooks asking = {.authorize = authorize,
                                                .disconnected = disconnected};

/* Opens a daemon with these rules (NULL: none). */
static void begin_world(struct world *world, void **state, const char *rules,
                        const struct pyro_daemon_hooks *hooks)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *world = (struct world){.runtime = *state, .desk.ops = &desk_ops, .items.ops = &items_ops};
    the_world = world;
    unlink(log_path());
    assert_int_equal(pyro_log_set(&world->runtime->log, "WARNING", log_path(), &err), PYRO_OK);
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

static void end_world(struct world *world)
{
    struct pyro_error err;
    peer_close(&world->peer);
    run_loop(world->runtime);
    pyro_daemon_free(world->daemon);
    run_loop(world->runtime);
    assert_int_equal(pyro_log_set(&world->runtime->log, "CRITICAL", NULL, &err), PYRO_OK);
    unlink(rules_path());
    unlink(log_path());
}

/* --- what clients send and get --- */

static void put_hex(char *out, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sprintf(out + strlen(out), "%02x", (unsigned char)data[i]);
}

static void put_str(char *out, const char *text, size_t length)
{
    sprintf(out + strlen(out), "%02x", 0xa0 | (unsigned)length); /* up to 31 bytes */
    put_hex(out, text, length);
}

#define S(text) (text), sizeof(text) - 1

/* Sends {"handshake": "hello", "object": …}. Clients of protocol 502 want to know its members. */
static void greet(struct world *world, const char *object)
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
static void expect_message(struct world *world, enum pyro_message_type type, unsigned flags,
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

static void connect_to(struct world *world, const char *object)
{
    greet(world, object);
    expect_message(world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "hello", "methods");
}

static void connect_world(struct world *world, void **state, const char *rules,
                          const struct pyro_daemon_hooks *hooks)
{
    begin_world(world, state, rules, hooks);
    connect_to(world, "desk");
    world->asked = 0;
}

/* `args`: in hexadecimal digits. */
static void send_call(struct world *world, unsigned flags, const char *object, size_t object_length,
                      const char *method, size_t method_length, const char *args)
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

static void expect_answer(struct world *world)
{
    expect_message(world, PYRO_RESULT, 0, "42", "");
}

static void expect_exception(struct world *world, const char *class, const char *message)
{
    expect_message(world, PYRO_RESULT, PYRO_FLAG_EXCEPTION, class, message);
}

static void expect_refusal(struct world *world, const char *message)
{
    expect_exception(world, "PermissionError", message);
}

/* Expects that the client is refused, and its connection closed. */
static void expect_rejection(struct world *world, const char *message)
{
    expect_message(world, PYRO_CONNECTFAIL, 0, message, "");
    peer_expect_end(&world->peer);
}

static char *read_log(void)
{
    static char text[20000];
    FILE *file = fopen(log_path(), "r");
    size_t length = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return text;
}

static unsigned count_logged(const char *part)
{
    unsigned count = 0;
    for (const char *p = read_log(); (p = strstr(p, part)) != NULL; p++)
        count++;
    return count;
}

static void expect_logged(const char *part)
{
    if (count_logged(part) != 1)
        fail_msg("not once '%s' in: %s", part, read_log());
}

#define NO_ARGS "90"
#define DESK "91a46465736b" /* ["desk"] */

/* --- connecting --- */

static void whoever_is_allowed_nothing_is_closed(void **state)
{
    struct world world;
    begin_world(&world, state, "deny * close\nallow * from 10.0.0.0/8\n", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to connect");
    expect_logged("unix socket: handshake failed: not allowed to connect");
    assert_int_equal(world.departed, 0);
    end_world(&world);
}

static void empty_rules_refuse_everyone(void **state)
{
    struct world world;
    begin_world(&world, state, "", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to connect");
    end_world(&world);
}

static void members_of_a_forbidden_object_are_not_told(void **state)
{
    struct world world;
    begin_world(&world, state, "allow shop", &plain);
    greet(&world, "desk");
    expect_rejection(&world, "not allowed to use desk");
    peer_close(&world.peer);
    peer_connect(&world.peer, world.runtime->loop, socket_path());
    greet(&world, "none"); /* nor whether there is one */
    expect_rejection(&world, "not allowed to use none");
    peer_close(&world.peer);
    peer_connect(&world.peer, world.runtime->loop, socket_path());
    greet(&world, "shop");
    expect_rejection(&world, "unknown object");
    expect_logged("handshake failed: not allowed to use none");
    end_world(&world);
}

static void members_of_an_allowed_object_are_told(void **state)
{
    struct world world;
    begin_world(&world, state, "deny desk secret\nallow desk from unix", &plain);
    greet(&world, "desk");
    expect_message(&world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "methods", "hello");
    end_world(&world);
}

/* --- calls --- */

static void forbidden_calls_are_refused(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk secret\nallow desk\nallow Pyro.Daemon ping", &plain);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.secret");
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_answer(&world);
    CALL(&world, "none", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call none.echo");
    CALL(&world, "Pyro.Daemon", "info", NO_ARGS);
    expect_refusal(&world, "not allowed to call Pyro.Daemon.info");
    CALL(&world, "Pyro.Daemon", "ping", NO_ARGS);
    expect_message(&world, PYRO_RESULT, 0, "nil", "");
    assert_int_equal(world.invoked, 1);
    expect_logged("desk.secret: ");
    expect_logged("unix socket: not allowed to call none.echo: no rule of ");
    assert_int_equal(count_logged(".allow:1 denies it"), 1);
    end_world(&world);
}

static void names_are_not_confused(void **state)
{
    static const struct {
        const char *object;
        size_t object_length;
        const char *method;
        size_t method_length;
        const char *message;
    } others[] = {
        {S("desk\0x"), S("echo"), "desk\\x00x.echo"},
        {S("desk"), S("echo\0"), "desk.echo\\x00"},
        {S("Desk"), S("echo"), "Desk.echo"},
        {S("desk "), S("echo"), "desk .echo"},
        {S("*"), S("echo"), "*.echo"},
        {S("desk"), S("*"), "desk.*"},
        {S("desk"), S(""), "desk."},
        {S(""), S("echo"), "call .echo"},
        {S("desk"), S("<batch>"), "desk.<batch>"},
        {S("d\xc3\xabsk"), S("echo"), "d\xc3\xabsk.echo"},
        {S("desk"), S("__getattr__"), "desk.__getattr__"},
        {S("desk"), S("__setattr__"), "desk.__setattr__"},
        {S("desk"), S("_private"), "desk._private"},
    };
    struct world world;
    connect_world(&world, state, "allow desk echo", &plain);
    for (size_t i = 0; i < PYRO_COUNT(others); i++) {
        send_call(&world, 0, others[i].object, others[i].object_length, others[i].method,
                  others[i].method_length, NO_ARGS);
        expect_refusal(&world, others[i].message);
    }
    assert_int_equal(world.invoked, 0);
    end_world(&world);
}

static void long_names_are_refused(void **state)
{
    struct world world;
    char hex[4000] = "94a46465736bda03e9"; /* "desk", and 1001 bytes */
    connect_world(&world, state, "allow *", &plain);
    for (int i = 0; i < 1001; i++)
        strcat(hex, "78");
    strcat(hex, "9080");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
    expect_refusal(&world, "not allowed to call desk.xxx");
    end_world(&world);
    connect_world(&world, state, NULL, &asking);
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
    expect_refusal(&world, "not allowed to call desk.xxx");
    expect_logged("names have at most 1000 bytes");
    assert_int_equal(world.asked, 0);
    end_world(&world);
}

static void private_names_stay_private(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk", &plain);
    CALL(&world, "desk", "_private", NO_ARGS);
    expect_exception(&world, "AttributeError", "private");
    end_world(&world);
}

static void forbidden_oneway_calls_do_not_run(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk echo\nallow desk", &plain);
    send_call(&world, PYRO_FLAG_ONEWAY, S("desk"), S("echo"), NO_ARGS);
    peer_expect_nothing(&world.peer);
    assert_int_equal(world.invoked, 0);
    CALL(&world, "desk", "other", NO_ARGS);
    expect_answer(&world);
    end_world(&world);
}

static void malformed_arguments_of_forbidden_calls_are_not_read(void **state)
{
    struct world world;
    connect_world(&world, state, "deny Pyro.Daemon ping\nallow *", &plain);
    CALL(&world, "Pyro.Daemon", "ping", "c1"); /* no value */
    expect_refusal(&world, "not allowed to call Pyro.Daemon.ping");
    end_world(&world);
}

/* --- batches --- */

/* [["ping", [], {}], ["info", [], {}], ["ping", [], {}]] */
#define PING_INFO_PING "9393a470696e67908093a4696e666f908093a470696e679080"
#define PING "93a470696e679080"

static void entries_of_a_batch_are_asked_for(void **state)
{
    struct world world;
    begin_world(&world, state, "allow Pyro.Daemon ping", &plain);
    connect_to(&world, "Pyro.Daemon");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"), PING_INFO_PING);
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil",
                   "not allowed to call Pyro.Daemon.info");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"), "91" PING);
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil", "");
    send_call(&world, PYRO_FLAG_BATCH, S("desk"), S("<batch>"), "91" PING);
    expect_refusal(&world, "not allowed to use desk");
    send_call(&world, PYRO_FLAG_BATCH, S("desk"), S("ping"), "91" PING); /* its name says nothing */
    expect_refusal(&world, "not allowed to use desk");
    expect_logged("not allowed to call Pyro.Daemon.info");
    end_world(&world);
}

static void metadata_in_a_batch_are_asked_for(void **state)
{
    struct world world;
    begin_world(&world, state, "allow Pyro.Daemon", &plain);
    connect_to(&world, "Pyro.Daemon");
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"),
              "9193ac6765745f6d65746164617461" DESK "80");
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "PermissionError",
                   "not allowed to use desk");
    end_world(&world);
}

/* --- what is asked of Pyro.Daemon about others --- */

static void metadata_are_asked_for_as_the_object(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk echo", &plain);
    CALL(&world, "Pyro.Daemon", "get_metadata", DESK);
    expect_message(&world, PYRO_RESULT, 0, "methods", "");
    CALL(&world, "Pyro.Daemon", "get_metadata", "91a46e6f6e65");
    expect_refusal(&world, "not allowed to use none");
    CALL(&world, "Pyro.Daemon", "get_metadata", NO_ARGS);
    expect_refusal(&world, "not allowed to use ");
    end_world(&world);
}

/* Makes a stream, and writes its id as the only argument of a call to `args`. */
static void make_stream(struct world *world, char *args)
{
    CALL(world, "desk", "stream", NO_ARGS);
    expect_message(world, PYRO_RESULT, PYRO_FLAG_EXCEPTION | PYRO_FLAG_STREAM, "iterator", "");
    strcpy(args, "91d924");
    put_hex(args, world->items.id, strlen(world->items.id));
}

static void streams_are_asked_for_as_what_made_them(void **state)
{
    struct world world;
    char args[100];
    connect_world(&world, state, "allow desk", &plain);
    make_stream(&world, args);
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_answer(&world);
    write_rules("deny desk stream\nallow *");
    fake_clock_advance(1.5);
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_refusal(&world, "not allowed to call desk.stream");
    CALL(&world, "Pyro.Daemon", "close_stream", args);
    expect_refusal(&world, "not allowed to call desk.stream");
    write_rules("allow desk");
    fake_clock_advance(1.5);
    CALL(&world, "Pyro.Daemon", "close_stream", args);
    expect_message(&world, PYRO_RESULT, 0, "nil", "");
    CALL(&world, "Pyro.Daemon", "get_next_stream_item", args);
    expect_exception(&world, "PyroError", "item stream terminated");
    end_world(&world);
}

/* --- files --- */

static void changed_rules_are_read_again(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk", &plain);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_answer(&world);
    write_rules("allow desk other");
    CALL(&world, "desk", "echo", NO_ARGS); /* within a second */
    expect_answer(&world);
    fake_clock_advance(1.5);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    end_world(&world);
}

static void wrong_rules_are_logged_once_and_left_out(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk", &plain);
    write_rules("alow desk");
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(1.5);
        CALL(&world, "desk", "echo", NO_ARGS);
        expect_answer(&world);
    }
    expect_logged(":1: a rule begins with allow or deny, not 'alow'; the rules stay as they were");
    unlink(rules_path());
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(1.5);
        CALL(&world, "desk", "echo", NO_ARGS);
        expect_answer(&world);
    }
    expect_logged("No such file or directory; the rules stay as they were");
    write_rules("deny *");
    fake_clock_advance(1.5);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    end_world(&world);
}

/* Lets the process open no descriptor that is not below `limit`. */
static void limit_descriptors(rlim_t limit)
{
    struct rlimit now;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    now.rlim_cur = limit;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
}

static void changed_rules_are_read_where_no_descriptor_is_left(void **state)
{
    struct world world;
    struct rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    connect_world(&world, state, "allow desk", &plain);
    write_rules("deny desk");
    int lowest = dup(STDERR_FILENO);
    close(lowest);
    limit_descriptors((rlim_t)lowest);
    fake_clock_advance(1.5);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    limit_descriptors(before.rlim_cur);
    end_world(&world);
}

static void rules_that_cannot_be_read_are_tried_again(void **state)
{
    struct world world;
    struct rlimit before;
    getrlimit(RLIMIT_NOFILE, &before);
    connect_world(&world, state, "allow desk", &plain);
    CALL(&world, "other", "echo", NO_ARGS); /* opens the log */
    expect_refusal(&world, "not allowed to call other.echo");
    write_rules("deny desk");
    limit_descriptors(0);
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(1.5);
        CALL(&world, "desk", "echo", NO_ARGS);
        expect_answer(&world);
    }
    limit_descriptors(before.rlim_cur);
    fake_clock_advance(1.5);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    expect_logged("Too many open files; the rules stay as they were");
    end_world(&world);
}

static void rules_stay_where_they_were(void **state)
{
    struct world world;
    const char *name = rules_path() + strlen("/tmp/");
    struct pyro_runtime *runtime = *state;
    assert_int_equal(chdir("/tmp"), 0);
    pyro_free(runtime->config.ALLOW);
    runtime->config.ALLOW = pyro_copy_text(name, strlen(name));
    write_rules("allow desk");
    begin_world(&world, state, NULL, &plain);
    connect_to(&world, "desk");
    assert_int_equal(chdir("/"), 0);
    fake_clock_advance(1.5);
    write_rules("allow desk other");
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    assert_int_equal(count_logged("No such file"), 0);
    end_world(&world);
}

static void expect_no_daemon(void **state, const char *path, enum pyro_code code,
                             const char *message)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {.unixsocket = socket_path(),
                                                .natport = -1,
                                                .connected_socket = -1,
                                                .listening_socket = -1,
                                                .allow = path};
    assert_null(pyro_daemon_new(*state, &options, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
    assert_int_equal(access(socket_path(), F_OK), -1);
}

static void daemons_do_not_start_without_rules(void **state)
{
    char message[200];
    expect_no_daemon(state, "/tmp", PYRO_EVALUE, "/tmp: not a regular file");
    expect_no_daemon(state, "/dev/null", PYRO_EVALUE, "/dev/null: not a regular file");
    expect_no_daemon(state, "/tmp/there/is/none", PYRO_EOS,
                     "/tmp/there/is/none: No such file or directory");
    write_rules("allow desk\nallow desk from here");
    snprintf(message, sizeof(message),
             "%s:2: 'here' is no address; write one such as 10.0.0.0/8, fd00::/8, unix or *",
             rules_path());
    expect_no_daemon(state, rules_path(), PYRO_EVALUE, message);
    FILE *file = fopen(rules_path(), "w");
    assert_non_null(file);
    for (int i = 0; i < 1024 * 1024 / 16 + 1; i++)
        fputs("# 3456789012345\n", file);
    fclose(file);
    snprintf(message, sizeof(message), "%s: a file of rules has at most 1048576 bytes",
             rules_path());
    expect_no_daemon(state, rules_path(), PYRO_EVALUE, message);
    unlink(rules_path());
}

static void the_setting_names_a_file(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_runtime *runtime = *state;
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    pyro_free(runtime->config.ALLOW);
    runtime->config.ALLOW = pyro_copy_text("/none", 5);
    assert_null(pyro_daemon_new(runtime, &options, &err));
    assert_string_equal(err.message, "/none: No such file or directory");
}

static void refusals_in_the_log_have_a_bound(void **state)
{
    struct world world;
    connect_world(&world, state, "allow desk other", &plain);
    for (int i = 0; i < 30; i++) {
        CALL(&world, "desk", "echo", NO_ARGS);
        expect_refusal(&world, "desk.echo");
    }
    assert_int_equal(count_logged("not allowed to call desk.echo"), 20);
    fake_clock_advance(15);
    run_loop(*state);
    expect_logged("calls refused, as they are not allowed");
    end_world(&world);
}

/* --- a function that decides --- */

static void the_owner_decides(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    assert_int_equal(world.asked, 0);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not for you");
    assert_string_equal(world.wanted, "desk.secret from 1 with hello");
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_answer(&world);
    CALL(&world, "none", "echo", NO_ARGS);
    expect_exception(&world, "DaemonError", "unknown object");
    assert_string_equal(world.wanted, "none.echo from 1 with hello");
    CALL(&world, "Pyro.Daemon", "get_metadata", DESK);
    expect_message(&world, PYRO_RESULT, 0, "methods", "");
    assert_string_equal(world.wanted, "desk.get_metadata from 1 with hello");
    end_world(&world);
}

static void the_owner_decides_about_members(void **state)
{
    struct world world;
    begin_world(&world, state, NULL, &asking);
    greet(&world, "desk");
    expect_message(&world, PYRO_CONNECTOK, PYRO_FLAG_METADATA, "methods", "hello");
    assert_string_equal(world.wanted, "desk.get_metadata from 1 with hello");
    end_world(&world);
}

static void the_owner_decides_about_entries(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    send_call(&world, PYRO_FLAG_BATCH, S("Pyro.Daemon"), S("<batch>"),
              "92" PING "93a6736563726574"
              "9080");
    expect_message(&world, PYRO_RESULT, PYRO_FLAG_BATCH, "nil", "not for you");
    assert_int_equal(world.asked, 3);
    end_world(&world);
}

static void batches_do_not_tell_whether_there_is_the_object(void **state)
{
    static const char *const objects[] = {"desk", "none"};
    struct world world;
    connect_world(&world, state, NULL, &asking);
    world.refuses = true;
    for (size_t i = 0; i < PYRO_COUNT(objects); i++) {
        char wanted[80];
        snprintf(wanted, sizeof(wanted), "%s.get_metadata from 1 with hello", objects[i]);
        send_call(&world, PYRO_FLAG_BATCH, objects[i], strlen(objects[i]), S("<batch>"), "90");
        expect_refusal(&world, "not for you");
        assert_string_equal(world.wanted, wanted);
    }
    end_world(&world);
}

static void rules_come_before_the_owner(void **state)
{
    struct world world;
    connect_world(&world, state, "deny desk echo\nallow *", &asking);
    CALL(&world, "desk", "echo", NO_ARGS);
    expect_refusal(&world, "not allowed to call desk.echo");
    assert_int_equal(world.asked, 0);
    CALL(&world, "desk", "secret", NO_ARGS);
    expect_refusal(&world, "not for you");
    end_world(&world);
}

static void long_greetings_are_not_kept(void **state)
{
    struct world world;
    char hex[9000] = "82a968616e647368616b65c51000";
    begin_world(&world, state, NULL, &asking);
    for (int i = 0; i < 4096; i++)
        strcpy(hex + 28 + 2 * i, "78");
    strcat(hex, "a66f626a656374a46465736b");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, hex);
    expect_rejection(&world, "handshake data of more than 4096 bytes");
    end_world(&world);
}

/* They would take far more memory than came in, as long as the client is connected. */
static void greetings_of_many_values_are_not_kept(void **state)
{
    struct world world;
    char hex[9000] = "82a968616e647368616b65dc0f00";
    begin_world(&world, state, NULL, &asking);
    for (int i = 0; i < 0x0f00; i++)
        strcpy(hex + 28 + 2 * i, "c0");
    strcat(hex, "a66f626a656374a46465736b");
    send_hex(&world.peer, (struct pyro_header){.type = PYRO_CONNECT}, hex);
    expect_rejection(&world, "handshake data of too many values");
    end_world(&world);
}

static void the_owner_may_free_the_daemon(void **state)
{
    struct world world;
    connect_world(&world, state, NULL, &asking);
    world.frees_daemon = true;
    CALL(&world, "desk", "echo", NO_ARGS);
    peer_expect_end(&world.peer);
    assert_int_equal(world.invoked, 0);
    end_world(&world);
}

/* --- without memory --- */

static void nothing_is_allowed_for_lack_of_memory(void **state)
{
    struct world world;
    char args[100];
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        connect_world(&world, state, "deny Pyro.Daemon get_next_stream_item\nallow desk", &plain);
        make_stream(&world, args);
        write_rules("deny desk\nallow *");
        fake_clock_advance(1.5);
        world.invoked = 0;
        char hex[300] = "94";
        put_str(hex, S("Pyro.Daemon"));
        put_str(hex, S("get_next_stream_item"));
        strcat(hex, args);
        strcat(hex, "80");
        send_unheard(&world.peer, (struct pyro_header){.type = PYRO_INVOKE}, hex);
        reached = run_short_of_memory(*state, nth);
        /* where the new rules could not be read, the old ones allow it */
        assert_true(world.invoked == 0 || count_logged("the rules stay as they were") == 1);
        end_world(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(whoever_is_allowed_nothing_is_closed),
        WITH_RUNTIME(empty_rules_refuse_everyone),
        WITH_RUNTIME(members_of_a_forbidden_object_are_not_told),
        WITH_RUNTIME(members_of_an_allowed_object_are_told),
        WITH_RUNTIME(forbidden_calls_are_refused),
        WITH_RUNTIME(names_are_not_confused),
        WITH_RUNTIME(long_names_are_refused),
        WITH_RUNTIME(private_names_stay_private),
        WITH_RUNTIME(forbidden_oneway_calls_do_not_run),
        WITH_RUNTIME(malformed_arguments_of_forbidden_calls_are_not_read),
        WITH_RUNTIME(entries_of_a_batch_are_asked_for),
        WITH_RUNTIME(metadata_in_a_batch_are_asked_for),
        WITH_RUNTIME(metadata_are_asked_for_as_the_object),
        WITH_RUNTIME(streams_are_asked_for_as_what_made_them),
        WITH_RUNTIME(changed_rules_are_read_again),
        WITH_RUNTIME(wrong_rules_are_logged_once_and_left_out),
        WITH_RUNTIME(changed_rules_are_read_where_no_descriptor_is_left),
        WITH_RUNTIME(rules_that_cannot_be_read_are_tried_again),
        WITH_RUNTIME(rules_stay_where_they_were),
        WITH_RUNTIME(daemons_do_not_start_without_rules),
        WITH_RUNTIME(the_setting_names_a_file),
        WITH_RUNTIME(refusals_in_the_log_have_a_bound),
        WITH_RUNTIME(the_owner_decides),
        WITH_RUNTIME(the_owner_decides_about_members),
        WITH_RUNTIME(the_owner_decides_about_entries),
        WITH_RUNTIME(batches_do_not_tell_whether_there_is_the_object),
        WITH_RUNTIME(rules_come_before_the_owner),
        WITH_RUNTIME(long_greetings_are_not_kept),
        WITH_RUNTIME(greetings_of_many_values_are_not_kept),
        WITH_RUNTIME(the_owner_may_free_the_daemon),
        WITH_RUNTIME(nothing_is_allowed_for_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
