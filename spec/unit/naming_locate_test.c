/* Tests of core/naming: finding a name server by broadcasts, or at a host. No test sleeps: the
 * clock is fake. */
#include "rpc_fixture.h"

#include "naming/locate.h"
#include "naming/nameserver.h"
#include "net/datagram.h"

struct finder {
    int told;
    struct pyro_client *client;
    enum pyro_code code;
    char text[PYRO_ERROR_SIZE];
};

static void finder_found(void *owner, const struct pyro_found *found)
{
    struct finder *finder = owner;
    finder->told++;
    finder->client = found->client;
    finder->code = found->error ? found->error->code : PYRO_OK;
    if (found->error)
        snprintf(finder->text, sizeof(finder->text), "%s", found->error->message);
}

static void wait_for(struct pyro_runtime *runtime, const struct finder *finder)
{
    double begun = real_seconds();
    while (finder->told == 0 && real_seconds() - begun < 20)
        pyro_loop_step(runtime->loop, 0.01);
    assert_int_equal(finder->told, 1);
}

/* Looks for a name server where nobody is at port 1, by broadcasts to a port of this machine. */
static struct pyro_search *begin_find(struct pyro_runtime *runtime, uint16_t port,
                                      struct finder *finder)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_locate_options options = {.host = NULL};
    set_text(runtime, "BROADCAST_ADDRS", "127.0.0.1");
    set_text(runtime, "NS_HOST", "localhost");
    runtime->config.NS_PORT = 1;
    runtime->config.NS_BCPORT = port;
    *finder = (struct finder){.told = 0};
    return pyro_locate(runtime, &options, finder_found, finder, &err);
}

static void find(struct pyro_runtime *runtime, uint16_t port, struct finder *finder)
{
    assert_non_null(begin_find(runtime, port, finder));
    wait_for(runtime, finder);
}

static struct pyro_nameserver *new_server(struct pyro_runtime *runtime, uint16_t *port)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_daemon_options options = {
        .host = "127.0.0.1", .natport = -1, .connected_socket = -1, .listening_socket = -1};
    struct pyro_nameserver *ns = pyro_nameserver_new(runtime, &options, "memory", &err);
    if (!ns || pyro_nameserver_broadcast(ns, "127.0.0.1", 0, &err) != PYRO_OK)
        fail_msg("%s", err.message);
    const char *location = pyro_nameserver_broadcast_location(ns);
    *port = (uint16_t)atoi(strchr(location, ':') + 1);
    return ns;
}

static void name_server_answers_broadcasts(void **state)
{
    uint16_t port;
    struct finder finder;
    struct pyro_nameserver *ns = new_server(*state, &port);
    find(*state, port, &finder);
    assert_int_equal(finder.code, PYRO_OK);
    assert_true(pyro_client_connected(finder.client));
    pyro_client_free(finder.client);
    pyro_nameserver_free(ns);
    run_loop(*state);
}

/* Who answers broadcasts. */
struct liar {
    struct pyro_datagram *datagram;
    const char *answer;
    int asked;
    int silent; /* times that it does not answer, first */
};

static void liar_received(void *owner, struct pyro_slice data, const struct pyro_address *from)
{
    struct liar *liar = owner;
    assert_true(pyro_slice_equals(data, "GET_NSURI"));
    if (liar->asked++ < liar->silent)
        return;
    pyro_datagram_send(liar->datagram, from->text, from->port, pyro_slice_text(liar->answer), NULL);
}

/* Neither silence, nor what is no URI of a name server that shakes hands, counts; and nobody on the
 * network says that it is at a Unix socket of this machine. */
static void wrong_answers_to_broadcasts_count_for_nothing(void **state)
{
    static const struct {
        const char *text;
        int asked;
    } answers[] = {{"", 3},
                   {"nonsense", 3},
                   {"PYRONAME:x", 3},
                   {"PYRO:Pyro.NameServer@./u:/nowhere", 3},
                   {"PYRO:Pyro.NameServer@127.0.0.1:1", 3}};
    for (size_t i = 0; i < PYRO_COUNT(answers); i++) {
        struct finder finder;
        struct liar liar = {.answer = answers[i].text};
        struct pyro_runtime *runtime = *state;
        liar.datagram =
            pyro_datagram_new(runtime->loop, "127.0.0.1", 0, liar_received, &liar, NULL);
        find(runtime, pyro_datagram_port(liar.datagram), &finder);
        assert_int_equal(finder.code, PYRO_ENAMING);
        assert_non_null(strstr(finder.text, "Failed to locate the nameserver"));
        assert_int_equal(liar.asked, answers[i].asked);
        pyro_datagram_close(liar.datagram);
        run_loop(runtime);
    }
}

/* Somebody who answers first, and names a place where nobody is, hides no name server. */
static void name_server_is_found_after_forged_answers(void **state)
{
    char truth[64];
    struct finder finder;
    struct pyro_runtime *runtime = *state;
    struct liar liar = {.answer = "PYRO:Pyro.NameServer@127.0.0.1:1"};
    struct liar honest = {.answer = truth, .silent = 2};
    uint16_t port;
    struct pyro_nameserver *ns = new_server(runtime, &port);
    snprintf(truth, sizeof(truth), "PYRO:Pyro.NameServer@%s",
             pyro_daemon_location(pyro_nameserver_daemon(ns)));
    liar.datagram = pyro_datagram_new(runtime->loop, "127.0.0.1", 0, liar_received, &liar, NULL);
    port = pyro_datagram_port(liar.datagram);
    honest.datagram =
        pyro_datagram_new(runtime->loop, "127.0.0.2", port, liar_received, &honest, NULL);
    assert_non_null(honest.datagram);
    assert_non_null(begin_find(runtime, port, &finder));
    set_text(runtime, "BROADCAST_ADDRS", "127.0.0.1,127.0.0.2");
    wait_for(runtime, &finder);
    assert_int_equal(finder.code, PYRO_OK);
    assert_int_equal(liar.asked, 3);
    pyro_client_free(finder.client);
    pyro_datagram_close(liar.datagram);
    pyro_datagram_close(honest.datagram);
    pyro_nameserver_free(ns);
    run_loop(runtime);
}

static void host_may_be_in_brackets(void **state)
{
    struct finder finder = {.told = 0};
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_locate_options options = {.host = "[::1]", .port = 1};
    assert_non_null(pyro_locate(*state, &options, finder_found, &finder, &err));
    wait_for(*state, &finder);
    assert_int_equal(finder.code, PYRO_ENAMING);
    assert_non_null(strstr(finder.text, "tried ::1:1;"));
}

/* Each allocation fails in turn while a name server is looked for by broadcasts. */
static void lack_of_memory_may_hide_a_name_server(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        uint16_t port;
        struct finder finder;
        struct pyro_nameserver *ns = new_server(*state, &port);
        assert_non_null(begin_find(*state, port, &finder));
        pyro_memory_fail_at(nth);
        wait_for(*state, &finder);
        reached = pyro_memory_fail_at(0) == 0;
        assert_true(finder.code == PYRO_OK || finder.code == PYRO_ENAMING);
        if (finder.code == PYRO_OK)
            pyro_client_free(finder.client);
        pyro_nameserver_free(ns);
        run_loop(*state);
        assert_true(nth < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(name_server_answers_broadcasts),
        WITH_RUNTIME(wrong_answers_to_broadcasts_count_for_nothing),
        WITH_RUNTIME(name_server_is_found_after_forged_answers),
        WITH_RUNTIME(host_may_be_in_brackets),
        WITH_RUNTIME(lack_of_memory_may_hide_a_name_server),
    };
    return cmocka_run_group_tests_name("naming locate", tests, NULL, NULL);
}
