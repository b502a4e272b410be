/* Tests of core/base: logs. */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "record.h"

static char log_text[4096];

static void read_log(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    log_text[fread(log_text, 1, sizeof(log_text) - 1, file)] = '\0';
    fclose(file);
}

static void logs_lines_as_pyro_does(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    char path[] = P_tmpdir "/pyrolua-log-XXXXXX";
    int year, month, day, hour, minute, second, thousandth, length = 0;
    (void)state;
    close(mkstemp(path));
    assert_int_equal(pyro_log_set(&log, "WARNING", path, &err), PYRO_OK);
    pyro_log_write(&log, PYRO_INFO, "daemon", "dropped");
    assert_null(log.file);
    pyro_log_write(&log, PYRO_WARNING, "daemon", "from %s", "a\r\nb\xff\xc3\xa9");
    pyro_log_write(&log, PYRO_CRITICAL, "ns", "%02000d", 0);
    pyro_log_close(&log);
    read_log(path);
    unlink(path);
    assert_int_equal(sscanf(log_text, "[%4d-%2d-%2d %2d:%2d:%2d.%3d%n", &year, &month, &day, &hour,
                            &minute, &second, &thousandth, &length),
                     7);
    assert_int_equal(length, 24);
    const char *expected = ",pyrolua.daemon,WARNING] from a\\x0d\\x0ab\\xff\xc3\xa9\n[";
    assert_memory_equal(log_text + length, expected, strlen(expected));
    assert_non_null(strstr(log_text, ",pyrolua.ns,CRITICAL] 000"));
    assert_string_equal(strrchr(log_text, '0'), "0\n");
}

static void log_levels_are_pyros(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    enum pyro_level level;
    (void)state;
    assert_int_equal(pyro_log_set(&log, NULL, NULL, &err), PYRO_OK);
    assert_int_equal(log.level, PYRO_WARNING);
    assert_null(log.path);
    assert_int_equal(pyro_log_set(&log, NULL, "x", &err), PYRO_OK);
    assert_int_equal(log.level, PYRO_WARNING);
    assert_string_equal(log.path, "x");
    log.quiet = true;
    assert_int_equal(pyro_log_set(&log, NULL, NULL, &err), PYRO_OK);
    assert_int_equal(log.level, PYRO_SILENT);
    pyro_log_write(&log, PYRO_CRITICAL, "daemon", "silent");
    assert_null(log.file);
    assert_int_equal(pyro_log_set(&log, "WARNING", NULL, &err), PYRO_OK);
    assert_string_equal(log.path, "pyro.log");
    assert_int_equal(pyro_log_set(&log, "", "{stderr}", &err), PYRO_OK);
    assert_int_equal(log.level, PYRO_SILENT);
    assert_null(log.path);
    assert_int_equal(pyro_log_set(&log, "DEBUG", "", &err), PYRO_OK);
    assert_int_equal(log.level, PYRO_DEBUG);
    assert_null(log.path);
    pyro_memory_fail_at(1);
    assert_int_equal(pyro_log_set(&log, "DEBUG", "x", &err), PYRO_EMEMORY);
    pyro_log_close(&log);
    assert_true(pyro_log_level("CRITICAL", &level) && level == PYRO_CRITICAL);
    assert_true(pyro_log_level("", &level) && level == PYRO_SILENT);
    assert_false(pyro_log_level("debug", &level));
}

static unsigned count_lines(const char *text)
{
    unsigned lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void floods_of_a_kind_are_counted(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_log_limit limit = {.since = 0}, other = {.since = 0};
    struct pyro_error err;
    char path[] = P_tmpdir "/pyrolua-log-XXXXXX";
    (void)state;
    close(mkstemp(path));
    pyro_log_set(&log, "WARNING", path, &err);
    for (int i = 0; i < 3000; i++) {
        pyro_log_limited(&log, &limit, PYRO_WARNING, "daemon", "again");
        pyro_log_limited(&log, &limit, PYRO_INFO, "daemon", "dropped");
    }
    pyro_log_limited(&log, &other, PYRO_WARNING, "daemon", "another");
    limit.since -= PYRO_LOG_PERIOD;
    pyro_log_limited(&log, &limit, PYRO_WARNING, "daemon", "later");
    pyro_log_limit_end(&log, &limit, PYRO_WARNING, "daemon");
    pyro_log_close(&log);
    read_log(path);
    assert_int_equal(count_lines(log_text), PYRO_LOG_BURST + 3);
    assert_non_null(strstr(log_text, "WARNING] another\n"));
    assert_non_null(strstr(log_text, "WARNING] 2950 more like the last were left out\n"));
    assert_non_null(strstr(log_text, "WARNING] later\n"));
    unlink(path);
}

/* A kind may have lines and words of its own; while a flood lasts, a period has one line. */
static void kinds_of_floods_differ(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_log_limit limit = {.what = "things went wrong", .most = 3};
    static const unsigned omitted[] = {7, 9, 9};
    struct pyro_error err;
    char path[] = P_tmpdir "/pyrolua-log-XXXXXX";
    (void)state;
    close(mkstemp(path));
    pyro_log_set(&log, "WARNING", path, &err);
    for (size_t period = 0; period < PYRO_COUNT(omitted); period++) {
        for (int i = 0; i < 10; i++)
            pyro_log_limited(&log, &limit, PYRO_WARNING, "daemon", "a thing");
        assert_int_equal(limit.left_out, omitted[period]);
        pyro_log_limit_turn(&log, &limit, PYRO_WARNING, "daemon"); /* it is too early */
        assert_int_equal(limit.left_out, omitted[period]);
        limit.since -= PYRO_LOG_PERIOD;
    }
    pyro_log_limit_turn(&log, &limit, PYRO_WARNING, "daemon");
    assert_int_equal(limit.left_out, 0);
    limit.since -= PYRO_LOG_PERIOD; /* a quiet one */
    for (int i = 0; i < 3; i++)
        pyro_log_limited(&log, &limit, PYRO_WARNING, "daemon", "a thing");
    assert_int_equal(limit.left_out, 0);
    pyro_log_close(&log);
    read_log(path);
    assert_int_equal(count_lines(log_text), 3 + 1 + 1 + 3 + 3);
    assert_non_null(strstr(log_text, "WARNING] 7 more things went wrong\n"));
    assert_non_null(strstr(log_text, "WARNING] 9 more things went wrong\n"));
    unlink(path);
}

static void a_log_at_debug_leaves_nothing_out(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_log_limit limit = {.since = 0};
    struct pyro_error err;
    char path[] = P_tmpdir "/pyrolua-log-XXXXXX";
    (void)state;
    close(mkstemp(path));
    pyro_log_set(&log, "DEBUG", path, &err);
    for (int i = 0; i < 60; i++)
        pyro_log_limited(&log, &limit, PYRO_WARNING, "daemon", "x");
    pyro_log_close(&log);
    read_log(path);
    assert_int_equal(count_lines(log_text), 60);
    unlink(path);
}

static void a_log_changes_its_file(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    char one[] = P_tmpdir "/pyrolua-log-XXXXXX", other[] = P_tmpdir "/pyrolua-log-XXXXXX";
    (void)state;
    close(mkstemp(one));
    close(mkstemp(other));
    assert_int_equal(pyro_log_set(&log, "ERROR", one, &err), PYRO_OK);
    pyro_log_write(&log, PYRO_ERROR, "ns", "first");
    assert_int_equal(pyro_log_set(&log, "INFO", one, &err), PYRO_OK);
    assert_non_null(log.file);
    assert_int_equal(pyro_log_set(&log, "INFO", other, &err), PYRO_OK);
    pyro_log_write(&log, PYRO_INFO, "ns", "second");
    pyro_log_close(&log);
    read_log(other);
    assert_null(strstr(log_text, "first"));
    assert_non_null(strstr(log_text, "second"));
    unlink(one);
    unlink(other);
}

static void an_unwritable_log_goes_to_the_standard_error(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    char path[] = P_tmpdir "/pyrolua-log-XXXXXX";
    int file = mkstemp(path), standard = dup(STDERR_FILENO);
    (void)state;
    dup2(file, STDERR_FILENO);
    pyro_log_set(&log, "ERROR", "/dev/null/pyro.log", &err);
    pyro_log_write(&log, PYRO_ERROR, "daemon", "one");
    pyro_log_write(&log, PYRO_ERROR, "daemon", "two");
    pyro_log_close(&log);
    dup2(standard, STDERR_FILENO);
    close(standard);
    close(file);
    read_log(path);
    unlink(path);
    assert_memory_equal(log_text, "pyrolua: cannot write the log file /dev/null/pyro.log; ", 55);
    assert_null(strstr(log_text + 1, "pyrolua: cannot"));
    assert_non_null(strstr(log_text, "daemon,ERROR] one\n"));
    assert_non_null(strstr(log_text, "daemon,ERROR] two\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logs_lines_as_pyro_does),
        cmocka_unit_test(log_levels_are_pyros),
        cmocka_unit_test(floods_of_a_kind_are_counted),
        cmocka_unit_test(kinds_of_floods_differ),
        cmocka_unit_test(a_log_at_debug_leaves_nothing_out),
        cmocka_unit_test(a_log_changes_its_file),
        cmocka_unit_test(an_unwritable_log_goes_to_the_standard_error),
    };
    return cmocka_run_group_tests_name("base log", tests, NULL, NULL);
}
