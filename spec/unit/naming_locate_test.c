/* Tests of core/naming: finding a name server by broadcasts, or at a host. No test sleeps: the
 * clock is fake. */
#include "rpc_fixture.h"

#include "naming/client/hosts.h"
#include "naming/client/locate.h"
#include "naming/server/nameserver.h"
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

static uint16_t port_of(const struct pyro_nameserver *ns)
{
    return (uint16_t)atoi(strrchr(pyro_daemon_location(pyro_nameserver_daemon(ns)), ':') + 1);
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
    assert_non_null(strstr(finder.text, "tried [::1]:1;"));
}

/* Nobody else is asked, who might answer in its place. The address is this machine's, but not one
 * that is known as such. */
static void configured_host_comes_before_broadcasts(void **state)
{
    struct finder finder;
    struct pyro_runtime *runtime = *state;
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_locate_options options = {.host = NULL};
    struct liar liar = {.answer = "PYRO:Pyro.NameServer@127.0.0.1:1"};
    uint16_t port;
    struct pyro_nameserver *ns = new_server(runtime, &port);
    liar.datagram = pyro_datagram_new(runtime->loop, "127.0.0.1", 0, liar_received, &liar, NULL);
    set_text(runtime, "BROADCAST_ADDRS", "127.0.0.1");
    set_text(runtime, "NS_HOST", "0.0.0.0");
    runtime->config.NS_PORT = port_of(ns);
    runtime->config.NS_BCPORT = pyro_datagram_port(liar.datagram);
    finder = (struct finder){.told = 0};
    assert_non_null(pyro_locate(runtime, &options, finder_found, &finder, &err));
    wait_for(runtime, &finder);
    assert_int_equal(finder.code, PYRO_OK);
    assert_int_equal(liar.asked, 0);
    pyro_client_free(finder.client);
    pyro_nameserver_free(ns);
    runtime->config.NS_PORT = 1; /* nobody is there: then others are asked */
    finder = (struct finder){.told = 0};
    assert_non_null(pyro_locate(runtime, &options, finder_found, &finder, &err));
    wait_for(runtime, &finder);
    assert_int_equal(finder.code, PYRO_ENAMING);
    assert_int_equal(liar.asked, 3);
    assert_non_null(strstr(finder.text, "tried 0.0.0.0:1, broadcasts to 127.0.0.1:"));
    pyro_datagram_close(liar.datagram);
    run_loop(runtime);
}

/* --- NS_HOSTS --- */

/* Looks for a name server in NS_HOSTS, and drops it. */
static void find_listed(struct pyro_runtime *runtime, int port, struct finder *finder)
{
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_locate_options options = {.port = port};
    *finder = (struct finder){.told = 0};
    assert_non_null(pyro_locate(runtime, &options, finder_found, finder, &err));
    wait_for(runtime, finder);
    if (finder->client)
        snprintf(finder->text, sizeof(finder->text), "%u",
                 (unsigned)pyro_client_uri(finder->client)->port);
    pyro_client_free(finder->client);
    run_loop(runtime);
}

static void assert_found_at(struct pyro_runtime *runtime, uint16_t port)
{
    struct finder finder;
    char text[8];
    find_listed(runtime, 0, &finder);
    snprintf(text, sizeof(text), "%u", (unsigned)port);
    assert_string_equal(finder.text, text);
}

static void first_of_several_that_answers_is_kept(void **state)
{
    struct pyro_runtime *runtime = *state;
    uint16_t broadcast;
    char hosts[100];
    struct finder finder;
    struct pyro_nameserver *first = new_server(runtime, &broadcast);
    struct pyro_nameserver *second = new_server(runtime, &broadcast);
    uint16_t ports[] = {port_of(first), port_of(second)};
    snprintf(hosts, sizeof(hosts), "[::1]:1, 127.0.0.1:%u,127.0.0.1:%u,127.0.0.1", ports[0],
             ports[1]);
    set_text(runtime, "NS_HOSTS", hosts);
    runtime->config.NS_PORT = 1;
    assert_found_at(runtime, ports[0]);
    assert_int_equal(runtime->nameserver, 1);
    assert_found_at(runtime, ports[0]);
    pyro_nameserver_free(first);
    run_loop(runtime);
    assert_found_at(runtime, ports[1]);
    assert_int_equal(runtime->nameserver, 2);
    pyro_nameserver_free(second);
    run_loop(runtime);
    find_listed(runtime, 0, &finder);
    assert_int_equal(finder.code, PYRO_ENAMING);
    snprintf(hosts, sizeof(hosts), "by NS_HOSTS: cannot connect to ('127.0.0.1', %u): ", ports[1]);
    assert_non_null(strstr(finder.text, hosts));
    assert_non_null(strstr(finder.text, "; cannot connect to ('127.0.0.1', 1): "));
    assert_non_null(strstr(finder.text, "; cannot connect to ('::1', 1): "));
    snprintf(hosts, sizeof(hosts), "; cannot connect to ('127.0.0.1', %u): connection refused",
             ports[0]);
    assert_non_null(strstr(finder.text, hosts));
}

/* Asserts that a text has these, in their order. */
static void assert_in_order(const char *text, const char *first, const char *second,
                            const char *third)
{
    const char *found = strstr(text, first);
    found = found ? strstr(found, second) : NULL;
    assert_non_null(found ? strstr(found, third) : NULL);
}

static void list_may_change(void **state)
{
    struct pyro_runtime *runtime = *state;
    struct finder finder;
    runtime->nameserver = 7;
    set_text(runtime, "NS_HOSTS", "127.0.0.1:1,[::1]:2,127.0.0.2:3");
    find_listed(runtime, 0, &finder);
    assert_in_order(finder.text, "('::1', 2): ", "('127.0.0.2', 3): ", "('127.0.0.1', 1): ");
    find_listed(runtime, 1, &finder); /* a port that is given is that of all */
    assert_in_order(finder.text, "('::1', 1): ", "('127.0.0.2', 1): ", "('127.0.0.1', 1): ");
}

static void long_list_of_failures_is_cut(void **state)
{
    struct pyro_runtime *runtime = *state;
    struct finder finder;
    char hosts[1000] = "127.0.0.1:1";
    for (int i = 2; i < 20; i++)
        snprintf(hosts + strlen(hosts), sizeof(hosts) - strlen(hosts), ",127.0.0.1:%d", i);
    set_text(runtime, "NS_HOSTS", hosts);
    find_listed(runtime, 0, &finder);
    assert_non_null(strstr(finder.text, "('127.0.0.1', 1): connection refused; "));
    assert_string_equal(finder.text + strlen(finder.text) - 3, "...");
}

static void one_that_fails_is_followed_by_the_next(void **state)
{
    struct pyro_runtime *runtime = *state;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_uri uri;
    assert_int_equal(
        pyro_uri_parse(&uri, pyro_slice_text("PYRO:Pyro.NameServer@beta:9090"), 0, &err), PYRO_OK);
    hosts_failed(runtime, &uri); /* there is no list */
    assert_int_equal(runtime->nameserver, 0);
    set_text(runtime, "NS_HOSTS", "alpha,beta");
    hosts_failed(runtime, &uri); /* it was not the one that answered last */
    assert_int_equal(runtime->nameserver, 0);
    runtime->nameserver = 1;
    hosts_failed(runtime, &uri);
    assert_int_equal(runtime->nameserver, 0);
    pyro_uri_free(&uri);
}

static void silent_one_holds_things_up_for_5_seconds(void **state)
{
    struct pyro_runtime *runtime = *state;
    struct scripted_peer silent;
    uint16_t broadcast;
    char hosts[160];
    struct pyro_nameserver *ns = new_server(runtime, &broadcast);
    peer_listen(&silent, runtime->loop, socket_path());
    snprintf(hosts, sizeof(hosts), "./u:%s,127.0.0.1:%u", socket_path(), port_of(ns));
    set_text(runtime, "NS_HOSTS", hosts);
    double begun = fake_clock_passed();
    assert_found_at(runtime, port_of(ns));
    assert_true(fake_clock_passed() - begun >= 5 && fake_clock_passed() - begun < 6);
    begun = fake_clock_passed();
    assert_found_at(runtime, port_of(ns));
    assert_true(fake_clock_passed() - begun < 1);
    peer_close(&silent);
    pyro_nameserver_free(ns);
    run_loop(runtime);
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
        WITH_RUNTIME(configured_host_comes_before_broadcasts),
        WITH_RUNTIME(first_of_several_that_answers_is_kept),
        WITH_RUNTIME(list_may_change),
        WITH_RUNTIME(long_list_of_failures_is_cut),
        WITH_RUNTIME(one_that_fails_is_followed_by_the_next),
        WITH_RUNTIME(silent_one_holds_things_up_for_5_seconds),
        WITH_RUNTIME(lack_of_memory_may_hide_a_name_server),
    };
    return cmocka_run_group_tests_name("naming locate", tests, NULL, NULL);
}
