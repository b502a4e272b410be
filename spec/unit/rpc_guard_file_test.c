/* Tests of a daemon's rules as a file: when it is read, and what is wrong with it; and of what the
 * log says. */
#include "rpc_guard_fixture.h"

#include <sys/resource.h>

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
    assert_int_equal(count_logged("not allowed to call desk.echo"), PYRO_LOG_BURST);
    fake_clock_advance(1.1);
    run_loop(*state);
    expect_logged("10 more calls refused, as they are not allowed");
    end_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(changed_rules_are_read_again),
        WITH_RUNTIME(wrong_rules_are_logged_once_and_left_out),
        WITH_RUNTIME(changed_rules_are_read_where_no_descriptor_is_left),
        WITH_RUNTIME(rules_that_cannot_be_read_are_tried_again),
        WITH_RUNTIME(rules_stay_where_they_were),
        WITH_RUNTIME(daemons_do_not_start_without_rules),
        WITH_RUNTIME(the_setting_names_a_file),
        WITH_RUNTIME(refusals_in_the_log_have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
