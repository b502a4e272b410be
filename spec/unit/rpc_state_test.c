/* The states in which URIs and proxies travel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rpc/client.h"
#include "rpc/members.h"
#include "rpc/proxy_state.h"
#include "rpc/uri_state.h"
#include "value/tree.h"

static struct pyro_error err;

static struct pyro_uri parse(const char *string)
{
    struct pyro_uri uri = {.object = NULL};
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(string), 9090, &err), PYRO_OK);
    return uri;
}

/* --- proxies --- */

static enum pyro_code put_password(void *owner, const struct pyro_protocol *protocol,
                                   struct pyro_sink *to)
{
    (void)protocol;
    return pyro_put_text(to, owner);
}

/* Sends a proxy, and returns its state. */
static const struct pyro_value *send_proxy(struct pyro_tree *tree,
                                           const struct pyro_protocol *protocol,
                                           const struct pyro_proxy_state *state)
{
    pyro_tree_init(tree, &err);
    assert_int_equal(pyro_put_proxy(&tree->sink, protocol, state), PYRO_OK);
    const struct pyro_value *dict = pyro_value_at(&tree->root, 0);
    assert_true(pyro_value_is(pyro_value_get(dict, "__class__"), protocol->proxy_class));
    return pyro_value_get(dict, "state");
}

static void check_layout(const struct pyro_protocol *protocol,
                         const struct pyro_proxy_layout *layout)
{
    struct pyro_uri uri = parse("PYRO:x@h:1");
    struct pyro_map members = {0};
    struct pyro_tree tree;
    assert_true(pyro_add_member(&members, pyro_slice_text("do"), PYRO_METHOD));
    assert_true(pyro_add_member(&members, pyro_slice_text("say"), PYRO_METHOD | PYRO_ONEWAY));
    assert_true(pyro_add_member(&members, pyro_slice_text("age"), PYRO_ATTRIBUTE));
    const struct pyro_proxy_state sent = {.uri = &uri,
                                          .members = &members,
                                          .serializer = PYRO_SERIALIZER_JSON,
                                          .handshake = put_password,
                                          .owner = "secret"};
    const struct pyro_value *state = send_proxy(&tree, protocol, &sent);
    assert_int_equal(state->kind, PYRO_TUPLE);
    assert_int_equal(state->u.of.count, layout->count);
    assert_true(pyro_value_is(pyro_value_at(state, layout->uri), "PYRO:x@h:1"));
    assert_int_equal(pyro_value_at(state, layout->methods)->u.of.count, 2);
    const struct pyro_value *oneway = pyro_value_at(state, layout->oneway);
    assert_int_equal(oneway->u.of.count, 1);
    assert_true(pyro_value_is(pyro_value_at(oneway, 0), "say"));
    const struct pyro_value *attributes = pyro_value_at(state, layout->attributes);
    assert_true(pyro_value_is(pyro_value_at(attributes, 0), "age"));
    assert_true(pyro_value_is(pyro_value_at(state, layout->handshake), "secret"));
    assert_true(pyro_value_is(pyro_value_at(state, layout->serializer), "json"));
    pyro_tree_free(&tree);
    pyro_map_free(&members);
    pyro_uri_free(&uri);
}

static void a_proxy_has_its_parts_where_pyro_looks_for_them(void **state)
{
    (void)state;
    check_layout(&pyro_protocol_48, &pyro_proxy_layout_4);
    check_layout(&pyro_protocol_502, &pyro_proxy_layout_5);
}

static void a_proxy_without_settings_says_hello(void **state)
{
    struct pyro_uri uri = parse("PYRO:x@h:1");
    const struct pyro_proxy_state sent = {.uri = &uri};
    struct pyro_tree tree;
    (void)state;
    const struct pyro_value *got = send_proxy(&tree, &pyro_protocol_48, &sent);
    assert_true(pyro_value_is(pyro_value_at(got, pyro_proxy_layout_4.handshake), "hello"));
    assert_int_equal(pyro_value_at(got, pyro_proxy_layout_4.serializer)->type, PYRO_NIL);
    assert_int_equal(pyro_value_at(got, pyro_proxy_layout_4.hmac)->type, PYRO_NIL);
    assert_int_equal(pyro_value_at(got, pyro_proxy_layout_4.methods)->u.of.count, 0);
    pyro_tree_free(&tree);
    pyro_uri_free(&uri);
}

/* --- URIs --- */

static void a_uri_is_read_as_it_was_sent(void **state)
{
    static const char *const strings[] = {"PYRO:x@h:1",     "PYRO:x@./u:/tmp/s", "PYRO:x@[::1]:5",
                                          "PYRONAME:a.b",   "PYRONAME:a@h:77",   "PYROMETA:a,b",
                                          "PYROMETA:b@h:9", "PYRO:x@h:0"};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(strings); i++) {
        struct pyro_uri sent = parse(strings[i]), got = {.object = NULL};
        struct pyro_tree tree;
        pyro_tree_init(&tree, &err);
        assert_int_equal(pyro_put_uri(&tree.sink, &pyro_protocol_502, &sent), PYRO_OK);
        const struct pyro_value *dict = pyro_value_at(&tree.root, 0);
        assert_true(pyro_value_is(pyro_value_get(dict, "__class__"), "Pyro5.core.URI"));
        assert_int_equal(pyro_uri_state_read(pyro_value_get(dict, "state"), &got, &err), PYRO_OK);
        assert_true(pyro_uri_equals(&sent, &got));
        pyro_uri_free(&got);
        pyro_uri_free(&sent);
        pyro_tree_free(&tree);
    }
}

/* Sends a state: protocol, object, port (-2: none); a socket name and a host are missing. */
static enum pyro_code read_state(const char *protocol, const char *object, int64_t port)
{
    struct pyro_uri uri = {.object = NULL};
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    pyro_begin(&tree.sink, PYRO_TUPLE, 5);
    pyro_put_text(&tree.sink, protocol);
    if (object)
        pyro_put_text(&tree.sink, object);
    else
        pyro_put_nil(&tree.sink);
    pyro_put_nil(&tree.sink);
    pyro_put_nil(&tree.sink);
    pyro_put_int(&tree.sink, port);
    pyro_end(&tree.sink, PYRO_TUPLE);
    enum pyro_code code = pyro_uri_state_read(pyro_value_at(&tree.root, 0), &uri, &err);
    pyro_uri_free(&uri);
    pyro_tree_free(&tree);
    return code;
}

static void a_malformed_uri_is_refused(void **state)
{
    (void)state;
    assert_int_equal(read_state("PYRONAME", "a", 0), PYRO_OK);
    assert_int_equal(read_state("HTTP", "a", 0), PYRO_ETYPE);
    assert_string_equal(err.message, "malformed URI");
    assert_int_equal(read_state("PYRONAME", NULL, 0), PYRO_ETYPE);
    assert_int_equal(read_state("PYRONAME", "a", -1), PYRO_ETYPE);
    assert_int_equal(read_state("PYRONAME", "a", 65536), PYRO_ETYPE);
    assert_int_not_equal(read_state("PYRO", "a", 0), PYRO_OK); /* it has no location */
    assert_int_equal(pyro_uri_state_read(NULL, &(struct pyro_uri){.object = NULL}, &err),
                     PYRO_ETYPE);
}

/* Reads a state: object, socket name and host, some of which are missing. */
static enum pyro_code read_strings(struct pyro_slice object, struct pyro_slice socket,
                                   struct pyro_slice host)
{
    struct pyro_uri uri = {.object = NULL};
    struct pyro_tree tree;
    pyro_tree_init(&tree, &err);
    pyro_begin(&tree.sink, PYRO_TUPLE, 5);
    pyro_put_text(&tree.sink, "PYRO");
    pyro_put_str(&tree.sink, object);
    socket.data ? pyro_put_str(&tree.sink, socket) : pyro_put_nil(&tree.sink);
    host.data ? pyro_put_str(&tree.sink, host) : pyro_put_nil(&tree.sink);
    pyro_put_int(&tree.sink, 1);
    pyro_end(&tree.sink, PYRO_TUPLE);
    enum pyro_code code = pyro_uri_state_read(pyro_value_at(&tree.root, 0), &uri, &err);
    pyro_uri_free(&uri);
    pyro_tree_free(&tree);
    return code;
}

static void a_uri_with_a_zero_byte_is_refused(void **state)
{
    static const struct pyro_slice none, good = {"good", 4}, bad = {"good\0evil", 9};
    (void)state;
    assert_int_equal(read_strings(good, none, good), PYRO_OK);
    assert_int_equal(read_strings(good, good, none), PYRO_OK);
    assert_int_equal(read_strings(bad, none, good), PYRO_EVALUE);
    assert_string_equal(err.message, "a URI cannot have a zero byte in it");
    assert_int_equal(read_strings(good, bad, none), PYRO_EVALUE);
    assert_int_equal(read_strings(good, none, bad), PYRO_EVALUE);
}

static void a_tag_with_a_zero_byte_is_refused(void **state)
{
    struct pyro_uri uri = {.object = NULL};
    struct pyro_tree tree;
    (void)state;
    pyro_tree_init(&tree, &err);
    pyro_begin(&tree.sink, PYRO_TUPLE, 2);
    pyro_put_text(&tree.sink, "PYROMETA");
    pyro_begin(&tree.sink, PYRO_SET, 2);
    pyro_put_text(&tree.sink, "a");
    pyro_put_str(&tree.sink, pyro_slice("b\0c", 3));
    pyro_end(&tree.sink, PYRO_SET);
    pyro_end(&tree.sink, PYRO_TUPLE);
    assert_int_equal(pyro_uri_state_read(pyro_value_at(&tree.root, 0), &uri, &err), PYRO_EVALUE);
    pyro_tree_free(&tree);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proxy_has_its_parts_where_pyro_looks_for_them),
        cmocka_unit_test(a_proxy_without_settings_says_hello),
        cmocka_unit_test(a_uri_is_read_as_it_was_sent),
        cmocka_unit_test(a_malformed_uri_is_refused),
        cmocka_unit_test(a_uri_with_a_zero_byte_is_refused),
        cmocka_unit_test(a_tag_with_a_zero_byte_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
