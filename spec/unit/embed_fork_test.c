/* Tests of the embedding API: a program that is forked frees what is its parent's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/child.h"
#include "support/embed_peer.h"

static int outcome_of(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* A child ends as another program, whose memory is its own: what its parent's other threads had
 * allocated is lost in the child, and would count as leaked. */
static void end_child(const char *program)
{
    keep_coverage();
    execlp(program, program, (char *)NULL);
    _exit(99);
}

static void call_scale(struct client *client)
{
    pyrolua_call *call = new_call(client, "scale");
    pyrolua_put_real(pyrolua_call_arguments(call), 2);
    assert_int_equal(pyrolua_call_wait(call), PYROLUA_OK);
    pyrolua_call_free(call);
}

static void a_child_frees_its_parents_client(void **state)
{
    struct client *client = *state;
    call_scale(client);
    pyrolua_call *unread = new_call(client, "scale");
    pyrolua_put_real(pyrolua_call_arguments(unread), 3);
    pid_t child = fork();
    if (child == 0) {
        bool waited = pyrolua_call_wait(unread) == PYROLUA_OK;
        pyrolua_free(client->runtime);
        end_child(waited ? "false" : "true");
    }
    assert_int_equal(outcome_of(child), 0);
    assert_int_equal(pyrolua_call_wait(unread), PYROLUA_OK);
    pyrolua_call_free(unread);
    call_scale(client);
}

static void a_child_frees_its_parents_server(void **state)
{
    char path[64];
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    (void)state;
    snprintf(path, sizeof(path), "%s/pyrolua-fork-%d", P_tmpdir, (int)getpid());
    unlink(path);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    pyrolua_place place = {.unixsocket = path};
    assert_int_equal(pyrolua_daemon_new(runtime, &place, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_step(runtime, 0), PYROLUA_OK);
    pid_t child = fork();
    if (child == 0) {
        pyrolua_free(runtime);
        end_child("true");
    }
    assert_int_equal(outcome_of(child), 0);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(
        pyrolua_run_text(runtime,
                         "local pyro = require 'pyro'\n"
                         "local q = pyro.Proxy('PYRO:Pyro.Daemon@./u:' .. os.getenv 'P')\n"
                         "q:ping()",
                         "visit"),
        PYROLUA_OK);
    pyrolua_free(runtime);
    assert_int_equal(access(path, F_OK), -1);
}

static const pyrolua_member no_members[] = {{.name = NULL}};
static const pyrolua_class empty_class = {.members = no_members};

/* The names of the parent's daemon stay. */
static void a_child_withdraws_no_names_of_its_parents(void **state)
{
    pyrolua_runtime *runtime;
    pyrolua_daemon *names, *daemon;
    char code[300];
    (void)state;
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_nameserver_new(runtime, &(pyrolua_place){.port = -1}, 0, &names),
                     PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_new(runtime, NULL, &daemon), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_register(daemon, "x", &empty_class, NULL, NULL), PYROLUA_OK);
    const pyrolua_publication publication = {
        .nameserver = "localhost",
        .port = atoi(strchr(pyrolua_daemon_location(names), ':') + 1),
    };
    assert_int_equal(pyrolua_daemon_publish(daemon, "a.name", "x", &publication), PYROLUA_OK);
    pid_t child = fork();
    if (child == 0) {
        pyrolua_free(runtime);
        end_child("true");
    }
    assert_int_equal(outcome_of(child), 0);
    snprintf(code, sizeof(code),
             "local pyro = require 'pyro'\n"
             "local ns <close> = pyro.locateNS('localhost', %d)\n"
             "pyro.sleep(0.01)\n"
             "ns:lookup 'a.name'",
             publication.port);
    assert_int_equal(pyrolua_run_text(runtime, code, "look"), PYROLUA_OK);
    assert_int_equal(pyrolua_daemon_unpublish(daemon, "a.name"), PYROLUA_OK);
    pyrolua_free(runtime);
}

/* Opens what a service manager hears of its services by. */
static int open_manager(struct sockaddr_un *address)
{
    int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof(address->sun_path), "%s/pyrolua-manager-%d", P_tmpdir,
             (int)getpid());
    unlink(address->sun_path);
    assert_int_equal(bind(manager, (struct sockaddr *)address, sizeof(*address)), 0);
    setenv("NOTIFY_SOCKET", address->sun_path, 1);
    return manager;
}

/* Expects what the manager was told; NULL: nothing. */
static void assert_told(int manager, const char *expected)
{
    char told[100];
    ssize_t length = recv(manager, told, sizeof(told) - 1, 0);
    assert_int_equal(length, expected ? (ssize_t)strlen(expected) : -1);
    if (expected)
        assert_memory_equal(told, expected, strlen(expected));
}

static void a_child_does_not_tell_that_its_parent_ends(void **state)
{
    pyrolua_runtime *runtime;
    struct sockaddr_un address;
    (void)state;
    int manager = open_manager(&address);
    assert_int_equal(pyrolua_new(&runtime), PYROLUA_OK);
    assert_int_equal(pyrolua_run_text(runtime, "require('pyro').ready()", "ready"), PYROLUA_OK);
    assert_told(manager, "READY=1");
    pid_t child = fork();
    if (child == 0) {
        pyrolua_free(runtime);
        end_child("true");
    }
    assert_int_equal(outcome_of(child), 0);
    assert_told(manager, NULL);
    pyrolua_free(runtime);
    assert_told(manager, "STOPPING=1");
    unsetenv("NOTIFY_SOCKET");
    unlink(address.sun_path);
    close(manager);
}

static int set_path(void **state)
{
    char path[64];
    (void)state;
    snprintf(path, sizeof(path), "%s/pyrolua-fork-%d", P_tmpdir, (int)getpid());
    return setenv("P", path, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(a_child_frees_its_parents_client),
        cmocka_unit_test_setup(a_child_frees_its_parents_server, set_path),
        cmocka_unit_test(a_child_withdraws_no_names_of_its_parents),
        cmocka_unit_test(a_child_does_not_tell_that_its_parent_ends),
    };
    return cmocka_run_group_tests_name("embed fork", tests, NULL, NULL);
}
