/* Tests of core/naming: a name server whose memory fails, the arguments of its methods, and regular
 * expressions. */
#include "rpc_fixture.h"

#include "naming/registry/text.h"
#include "naming/server/arguments.h"
#include "naming/server/nameserver.h"
#include "naming/server/regex.h"
#include "naming/server/selection.h"
#include "naming/server/storage_open.h"

struct server {
    struct pyro_runtime *runtime;
    struct pyro_nameserver *ns;
    struct scripted_peer peer;
};

static void begin_server(struct server *server, struct pyro_runtime *runtime)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_message welcome;
    const struct pyro_daemon_options options = {
        .unixsocket = socket_path(), .natport = -1, .connected_socket = -1, .listening_socket = -1};
    *server = (struct server){.runtime = runtime};
    server->ns = pyro_nameserver_new(runtime, &options, "memory", &err);
    if (!server->ns)
        fail_msg("%s", err.message);
    peer_connect(&server->peer, runtime->loop, socket_path());
    /* {"handshake": "hello", "object": "Pyro.NameServer"} */
    send_hex(&server->peer, (struct pyro_header){.type = PYRO_CONNECT},
             "82a968616e647368616b65a568656c6c6fa66f626a656374af5079726f2e4e616d65536572766572");
    run_loop(runtime);
    peer_expect_message(&server->peer, &welcome);
    assert_int_equal(welcome.header.type, PYRO_CONNECTOK);
    pyro_message_release(&welcome);
}

static void end_server(struct server *server)
{
    peer_close(&server->peer);
    run_loop(server->runtime);
    pyro_nameserver_free(server->ns);
    run_loop(server->runtime);
}

static bool call_server(struct server *server, const char *hex)
{
    struct pyro_message reply;
    send_hex(&server->peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, hex);
    run_loop(server->runtime);
    peer_expect_message(&server->peer, &reply);
    bool raised = (reply.header.flags & PYRO_FLAG_EXCEPTION) != 0;
    pyro_message_release(&reply);
    return !raised;
}

/** Pyro.NameServer.register("a", "PYRO:a@h:1") and .lookup("a") */
#define REGISTER                                                                                   \
    "94af5079726f2e4e616d65536572766572a8726567697374657292a161aa5059524f3a6140683a3180"
#define LOOKUP "94af5079726f2e4e616d65536572766572a66c6f6f6b757091a16180"

static void names_are_registered_and_found(void **state)
{
    struct server server;
    begin_server(&server, *state);
    assert_int_equal(pyro_nameserver_count(server.ns), 1);
    assert_false(call_server(&server, LOOKUP));
    assert_true(call_server(&server, REGISTER));
    assert_true(call_server(&server, LOOKUP));
    assert_int_equal(pyro_nameserver_count(server.ns), 2);
    end_server(&server);
}

static void lack_of_memory_registers_a_name_or_does_not(void **state)
{
    bool registered = false;
    for (unsigned long nth = 1; !registered; nth++) {
        struct server server;
        begin_server(&server, *state);
        send_hex(&server.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1}, REGISTER);
        pyro_memory_fail_at(nth);
        run_loop(*state);
        pyro_memory_fail_at(0);
        if (pyro_daemon_connections(pyro_nameserver_daemon(server.ns)) > 0) {
            struct pyro_message reply;
            peer_expect_message(&server.peer, &reply);
            registered = (reply.header.flags & PYRO_FLAG_EXCEPTION) == 0;
            pyro_message_release(&reply);
            assert_int_equal(call_server(&server, LOOKUP), registered);
        }
        end_server(&server);
        assert_true(nth < 1000);
    }
}

/** .lookup("a", True), .list(return_metadata=True), .yplookup(["t"]), .set_metadata("a", ["t"]),
 * .list(prefix="a") and .remove("a") */
#define CALL "94af5079726f2e4e616d65536572766572"
static const char *const calls[] = {
    CALL "a66c6f6f6b757092a161c380",
    CALL "a46c6973749081af72657475726e5f6d65746164617461c3",
    CALL "a879706c6f6f6b75709191a17480",
    CALL "ac7365745f6d6574616461746192a16191a17480",
    CALL "a46c6973749081a6707265666978a161",
    CALL "a672656d6f766591a16180",
};

/* Each allocation fails in turn: that costs the call, or its connection, and no other name. */
static void lack_of_memory_fails_one_call(void **state)
{
    for (size_t i = 0; i < PYRO_COUNT(calls); i++) {
        bool reached = true;
        for (unsigned long nth = 1; reached; nth++) {
            struct server server;
            begin_server(&server, *state);
            assert_true(call_server(&server, REGISTER));
            send_unheard(&server.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1},
                         calls[i]);
            reached = run_short_of_memory(*state, nth);
            size_t names = pyro_nameserver_count(server.ns);
            assert_in_range(names, i + 1 == PYRO_COUNT(calls) ? 1 : 2, 2);
            end_server(&server);
            assert_true(nth < 1000);
        }
    }
}

/* Pyro.NameServer.nothing() */
static void method_that_there_is_not_is_an_error(void **state)
{
    struct server server;
    struct pyro_message reply;
    begin_server(&server, *state);
    send_hex(&server.peer, (struct pyro_header){.type = PYRO_INVOKE, .seq = 1},
             CALL "a76e6f7468696e679080");
    peer_expect_message(&server.peer, &reply);
    assert_int_equal(reply.header.flags & PYRO_FLAG_EXCEPTION, PYRO_FLAG_EXCEPTION);
    static const char text[] = "'NameServer' object has no attribute 'nothing'";
    assert_non_null(memmem(reply.data.data, reply.data.length, text, sizeof(text) - 1));
    pyro_message_release(&reply);
    assert_true(call_server(&server, REGISTER));
    end_server(&server);
}

/* --- arguments --- */

/* Returns what a Python literal means; to be freed. */
static struct pyro_tree read_literal(const char *text)
{
    static struct pyro_error err;
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    if (pyro_codec_read(&pyro_codec_serpent, pyro_slice_text(text), &tree.sink, &err) != PYRO_OK)
        fail_msg("%s: %s", text, err.message);
    return tree;
}

static void arguments_that_do_not_fit_are_refused(void **state)
{
    static const struct signature signature = {"lookup", {"name", "return_metadata", NULL}, 1};
    static const struct {
        const char *args, *kwargs, *message;
    } calls_of[] = {
        {"[]", "{}", "lookup() missing 1 required argument: 'name'"},
        {"[1,2,3]", "{}", "lookup() takes 2 arguments but 3 were given"},
        {"['a']", "{'name':'b'}", "lookup() got multiple values for argument 'name'"},
        {"['a']", "{'other':1}", "lookup() got an unexpected keyword argument 'other'"},
        {"['a']", "{1:2}", "keywords must be strings"},
        {"{}", "{}", "arguments must be a list"},
        {"'a'", "None", "arguments must be a list"},
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(calls_of); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        const struct pyro_value *out[ARGUMENTS_MOST];
        struct pyro_tree args = read_literal(calls_of[i].args),
                         kwargs = read_literal(calls_of[i].kwargs);
        assert_int_equal(arguments_bind(&signature, pyro_value_at(&args.root, 0),
                                        pyro_value_at(&kwargs.root, 0), out, &err),
                         PYRO_ETYPE);
        assert_string_equal(err.message, calls_of[i].message);
        pyro_tree_free(&args);
        pyro_tree_free(&kwargs);
    }
}

static void truth_is_pythons(void **state)
{
    static const struct {
        const char *literal;
        bool is_true;
    } values[] = {{"None", false}, {"False", false}, {"True", true},  {"0", false},  {"-1", true},
                  {"0.0", false},  {"0.5", true},    {"''", false},   {"'x'", true}, {"()", false},
                  {"[0]", true},   {"{}", false},    {"(1+2j)", true}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(values); i++) {
        struct pyro_tree tree = read_literal(values[i].literal);
        if (argument_is_true(pyro_value_at(&tree.root, 0)) != values[i].is_true)
            fail_msg("%s", values[i].literal);
        pyro_tree_free(&tree);
    }
    assert_false(argument_is_true(NULL));
}

static void metadata_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *literal;
        enum pyro_code code;
        const char *message;
    } values[] = {
        {"'tag'", PYRO_ETYPE,
         "metadata should not be a str, but another iterable (set, list, etc)"},
        {"{}", PYRO_ETYPE, "'dict' object is not iterable"},
        {"1", PYRO_ETYPE, "'int' object is not iterable"},
        {"[1]", PYRO_ETYPE, "metadata tags must be a str"},
        {"['a\\0']", PYRO_EVALUE, "metadata tags may not contain NUL"},
    };
    struct pyro_error err = {.code = PYRO_OK};
    const char **tags;
    size_t count;
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(values); i++) {
        struct pyro_tree tree = read_literal(values[i].literal);
        assert_int_equal(
            text_read_tags(pyro_value_at(&tree.root, 0), "metadata", &tags, &count, &err),
            values[i].code);
        assert_string_equal(err.message, values[i].message);
        free(tags);
        pyro_tree_free(&tree);
    }
    struct pyro_tree tree = read_literal("['b','a','b']");
    pyro_memory_fail_at(1);
    assert_int_equal(text_read_tags(pyro_value_at(&tree.root, 0), "metadata", &tags, &count, &err),
                     PYRO_EMEMORY);
    assert_int_equal(text_read_tags(pyro_value_at(&tree.root, 0), "metadata", &tags, &count, &err),
                     PYRO_OK);
    assert_int_equal(count, 2);
    assert_string_equal(tags[0], "a");
    free(tags);
    pyro_tree_free(&tree);
}

/* --- regular expressions --- */

static void expressions_are_pythons(void **state)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } forms[] = {{"a{,2}b", "aab", true},    {"a{,2}b", "aaab", false}, {"a{,x}", "a{,x}", true},
                 {"a{,}", "a{,}", true},     {"[]a]+$", "]a", true},    {"[^a]b", "cb", true},
                 {"[{,2}]+$", "{,2}", true}, {"a\\Z", "a", true},       {"a\\Z", "ab", false},
                 {"\\d\\.", "1.", true},     {"", "x", true},           {"b", "ab", false}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        bool matches, slow;
        struct pyro_regex *regex = pyro_regex_new(pyro_slice_text(forms[i].pattern), &err);
        if (!regex)
            fail_msg("%s: %s", forms[i].pattern, err.message);
        assert_int_equal(
            pyro_regex_match(regex, pyro_slice_text(forms[i].text), &matches, &slow, &err),
            PYRO_OK);
        if (matches != forms[i].matches)
            fail_msg("%s and %s", forms[i].pattern, forms[i].text);
        pyro_regex_free(regex);
    }
}

static void malformed_expressions_are_refused(void **state)
{
    static char long_pattern[10002];
    static const struct {
        const char *pattern, *message;
    } forms[] = {
        {"\\Qa", "invalid regex: bad escape"},
        {"\\h", "invalid regex: bad escape"},
        {"(", "invalid regex: missing closing parenthesis at position 1"},
        {long_pattern, "invalid regex: longer than 10000 bytes"},
    };
    (void)state;
    memset(long_pattern, 'a', sizeof(long_pattern) - 1);
    for (size_t i = 0; i < PYRO_COUNT(forms); i++) {
        struct pyro_error err = {.code = PYRO_OK};
        assert_null(pyro_regex_new(pyro_slice_text(forms[i].pattern), &err));
        assert_int_equal(err.code, PYRO_ENAMING);
        assert_string_equal(err.message, forms[i].message);
    }
}

static void expression_needs_memory(void **state)
{
    struct pyro_regex *regex = NULL;
    (void)state;
    for (unsigned long nth = 1; !regex; nth++) {
        struct pyro_error err = {.code = PYRO_OK};
        pyro_memory_fail_at(nth);
        regex = pyro_regex_new(pyro_slice_text("a{,2}[b]\\d"), &err);
        pyro_memory_fail_at(0);
        assert_int_equal(err.code, regex ? PYRO_OK : PYRO_EMEMORY);
    }
    pyro_regex_free(regex);
}

/* --- storage --- */

static void storage_on_stored(struct change *change, const struct pyro_error *why)
{
    (void)change;
    assert_true(!why || why->code == PYRO_EMEMORY);
}

/* Stores names until one is not stored; returns how many were. */
static size_t store_names(struct storage *storage)
{
    const char *const tags[] = {"tag"};
    size_t stored = 0;
    for (bool goes_on = true; goes_on && stored < 40; stored += goes_on) {
        char name[16];
        snprintf(name, sizeof(name), "name%zu", stored);
        struct change change = {.kind = CHANGE_SET,
                                .name = pyro_slice_text(name),
                                .registration = {"PYRO:a@h:1", 1, tags},
                                .stored = storage_on_stored};
        storage_change(storage, &change);
        goes_on = change.applied == 1;
    }
    return stored;
}

/* Keeps names, and finds them, where each allocation fails in turn. */
static void storage_needs_memory(void **state)
{
    struct pyro_error err = {.code = PYRO_OK};
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct selection selection = {.names = NULL};
        size_t stored = 0;
        enum pyro_code code = PYRO_EMEMORY;
        pyro_memory_fail_at(nth);
        struct registry *registry = registry_new(0, &err);
        struct storage *storage = registry ? storage_open(*state, "memory", registry, &err) : NULL;
        if (storage)
            stored = store_names(storage);
        if (stored == 40)
            code =
                selection_find(&selection, registry, &(struct criteria){.prefix = NULL}, 1e9, &err);
        reached = pyro_memory_fail_at(0) == 0;
        assert_int_equal(code, reached ? PYRO_EMEMORY : PYRO_OK);
        assert_int_equal(selection.count, reached ? selection.count : 40);
        if (registry)
            assert_int_equal(registry_count(registry), stored);
        selection_free(&selection);
        if (storage)
            storage->ops->close(storage);
        registry_free(registry);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(names_are_registered_and_found),
        WITH_RUNTIME(lack_of_memory_registers_a_name_or_does_not),
        WITH_RUNTIME(lack_of_memory_fails_one_call),
        WITH_RUNTIME(method_that_there_is_not_is_an_error),
        cmocka_unit_test(arguments_that_do_not_fit_are_refused),
        cmocka_unit_test(truth_is_pythons),
        cmocka_unit_test(metadata_that_are_none_are_refused),
        cmocka_unit_test(expressions_are_pythons),
        cmocka_unit_test(malformed_expressions_are_refused),
        cmocka_unit_test(expression_needs_memory),
        WITH_RUNTIME(storage_needs_memory),
    };
    return cmocka_run_group_tests_name("naming calls", tests, NULL, NULL);
}
