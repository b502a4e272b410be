/* Metrics of C programs, which are served while a daemon is open. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <pyrolua.h>

static const pyrolua_place here = {.host = "127.0.0.1"};

static struct sockaddr_in address_at(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* Returns a port that is free. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = address_at(0);
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* Returns a socket that is connected to the port, or -1. */
static int connect_to(uint16_t port)
{
    struct sockaddr_in address = address_at(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool is_served(uint16_t port)
{
    int fd = connect_to(port);
    close(fd);
    return fd >= 0;
}

/* Asks for the metrics; `out` becomes all that comes. */
static void scrape(pyrolua_runtime *runtime, uint16_t port, char *out, size_t size)
{
    static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
    size_t length = 0;
    ssize_t got;
    int fd = connect_to(port);
    assert_true(fd >= 0);
    assert_int_equal(send(fd, request, sizeof(request) - 1, 0), sizeof(request) - 1);
    while ((got = recv(fd, out + length, size - 1 - length, MSG_DONTWAIT)) != 0) {
        length += got > 0 ? (size_t)got : 0;
        assert_int_equal(pyrolua_step(runtime, 0.01), PYROLUA_OK);
    }
    out[length] = '\0';
    close(fd);
}

static pyrolua_runtime *open_runtime(uint16_t port)
{
    pyrolua_runtime *runtime;
    char place[32];
    snprintf(place, sizeof(place), "127.0.0.1:%u", (unsigned)port);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_configure(runtime, "METRICS", place), PYROLUA_OK);
    return runtime;
}

static void metrics_are_served_while_a_daemon_is_open(void **state)
{
    static char text[256 * 1024];
    uint16_t port = free_port();
    pyrolua_daemon *first, *second;
    (void)state;
    pyrolua_runtime *runtime = open_runtime(port);
    assert_false(is_served(port));
    assert_int_equal(pyrolua_daemon_new(runtime, &here, &first), PYROLUA_OK);
    assert_int_equal(pyrolua_nameserver_new(runtime, &here, 0, &second), PYROLUA_OK);
    scrape(runtime, port, text, sizeof(text));
    assert_non_null(strstr(text, " 200 OK\r\n"));
    assert_non_null(strstr(text, "\npyrolua_names 1\n"));
    pyrolua_daemon_free(first);
    assert_true(is_served(port));
    pyrolua_daemon_free(second);
    assert_false(is_served(port));
    assert_int_equal(pyrolua_daemon_new(runtime, &here, &first), PYROLUA_OK);
    assert_true(is_served(port));
    pyrolua_free(runtime);
    assert_false(is_served(port));
}

static void port_in_use_is_an_error_of_the_daemon(void **state)
{
    uint16_t port = free_port();
    pyrolua_daemon *daemon;
    char expected[100];
    (void)state;
    pyrolua_runtime *runtime = open_runtime(port), *other = open_runtime(port);
    assert_int_equal(pyrolua_daemon_new(runtime, &here, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(other, &here, &daemon), PYROLUA_ESYSTEM);
    assert_null(daemon);
    snprintf(expected, sizeof(expected),
             "METRICS: cannot listen on 127.0.0.1:%u: address already in use", (unsigned)port);
    assert_string_equal(pyrolua_last_error(other)->message, expected);
    assert_int_equal(pyrolua_configure(other, "METRICS", "nowhere"), PYROLUA_EVALUE);
    pyrolua_free(other);
    pyrolua_free(runtime);
}

static void metrics_end_where_the_daemon_is_not_made(void **state)
{
    const pyrolua_place nowhere = {.host = "192.0.2.1"};
    uint16_t port = free_port();
    pyrolua_daemon *daemon;
    (void)state;
    pyrolua_runtime *runtime = open_runtime(port);
    assert_int_equal(pyrolua_daemon_new(runtime, &nowhere, &daemon), PYROLUA_ESYSTEM);
    assert_false(is_served(port));
    pyrolua_free(runtime);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_served_while_a_daemon_is_open),
        cmocka_unit_test(port_in_use_is_an_error_of_the_daemon),
        cmocka_unit_test(metrics_end_where_the_daemon_is_not_made),
    };
    return cmocka_run_group_tests_name("embed metrics", tests, NULL, NULL);
}
