/* Tests of core/base: logs, where they write, and what they count. Forms of lines have tests of
 * their own, base_log_line_test.c. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "record.h"
#include "support/fake_clock.h"

static char log_text[40000];
static char log_path[] = P_tmpdir "/pyrolua-log-XXXXXX";

static void read_log(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    log_text[fread(log_text, 1, sizeof(log_text) - 1, file)] = '\0';
    fclose(file);
}

static void set_log(struct pyro_log *log, const char *level, const char *path)
{
    struct pyro_error err;
    const struct pyro_log_settings settings = {level, path, NULL};
    assert_int_equal(pyro_log_set(log, &settings, &err), PYRO_OK);
}

/* A log with this level, in an empty file. */
static void begin_log(struct pyro_log *log, const char *level)
{
    strcpy(strrchr(log_path, '-'), "-XXXXXX");
    close(mkstemp(log_path));
    set_log(log, level, log_path);
}

/* Closes the log and reads its file. */
static void end_log(struct pyro_log *log)
{
    pyro_log_close(log);
    read_log(log_path);
    unlink(log_path);
}

static unsigned count(const char *part)
{
    unsigned found = 0;
    for (const char *p = log_text; (p = strstr(p, part)) != NULL; p++)
        found++;
    return found;
}

static unsigned count_lines(void)
{
    return count("\n");
}

/* --- levels and places --- */

static void log_levels_are_pyros(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    enum pyro_level level;
    (void)state;
    set_log(&log, NULL, NULL);
    assert_int_equal(log.level, PYRO_WARNING);
    assert_null(log.path);
    set_log(&log, NULL, "x");
    assert_int_equal(log.level, PYRO_WARNING);
    assert_string_equal(log.path, "x");
    log.quiet = true;
    set_log(&log, NULL, NULL);
    assert_int_equal(log.level, PYRO_SILENT);
    pyro_log_write(&log, PYRO_CRITICAL, "daemon", "silent");
    assert_false(log.open);
    set_log(&log, "WARNING", NULL);
    assert_string_equal(log.path, "pyro.log");
    set_log(&log, "", "{stderr}");
    assert_int_equal(log.level, PYRO_SILENT);
    assert_null(log.path);
    set_log(&log, "DEBUG", "");
    assert_int_equal(log.level, PYRO_DEBUG);
    assert_null(log.path);
    pyro_memory_fail_at(1);
    assert_int_equal(
        pyro_log_set(&log, &(struct pyro_log_settings){.level = "DEBUG", .file = "x"}, &err),
        PYRO_EMEMORY);
    pyro_log_close(&log);
    assert_true(pyro_log_level("CRITICAL", &level) && level == PYRO_CRITICAL);
    assert_true(pyro_log_level("", &level) && level == PYRO_SILENT);
    assert_false(pyro_log_level("debug", &level));
}

static void lines_below_the_level_are_dropped(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    begin_log(&log, "WARNING");
    pyro_log_write(&log, PYRO_INFO, "daemon", "dropped");
    assert_false(log.open);
    pyro_log_write(&log, PYRO_WARNING, "daemon", "kept");
    end_log(&log);
    assert_int_equal(count_lines(), 1);
    assert_int_equal(count("kept"), 1);
}

static void a_log_changes_its_file(void **state)
{
    struct pyro_log log = {.path = NULL};
    char other[] = P_tmpdir "/pyrolua-log-XXXXXX";
    (void)state;
    begin_log(&log, "ERROR");
    pyro_log_write(&log, PYRO_ERROR, "ns", "first");
    set_log(&log, "INFO", log_path);
    assert_true(log.open);
    close(mkstemp(other));
    set_log(&log, "INFO", other);
    pyro_log_write(&log, PYRO_INFO, "ns", "second");
    end_log(&log);
    assert_int_equal(count("first"), 1);
    read_log(other);
    unlink(other);
    assert_int_equal(count("first"), 0);
    assert_int_equal(count("second"), 1);
}

/* Has what is written to the standard error go to a file, until end_stderr(). */
static int begin_stderr(void)
{
    strcpy(strrchr(log_path, '-'), "-XXXXXX");
    int file = mkstemp(log_path), standard = dup(STDERR_FILENO);
    dup2(file, STDERR_FILENO);
    close(file);
    return standard;
}

static void end_stderr(int standard)
{
    dup2(standard, STDERR_FILENO);
    close(standard);
    read_log(log_path);
    unlink(log_path);
}

static void an_unwritable_log_goes_to_the_standard_error(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    int standard = begin_stderr();
    set_log(&log, "ERROR", "/dev/null/pyro.log");
    pyro_log_write(&log, PYRO_ERROR, "daemon", "one");
    pyro_log_write(&log, PYRO_ERROR, "daemon", "two");
    pyro_log_close(&log);
    end_stderr(standard);
    assert_memory_equal(log_text, "pyrolua: cannot write the log file /dev/null/pyro.log; ", 55);
    assert_int_equal(count("pyrolua: cannot"), 1);
    assert_int_equal(count("daemon,ERROR] one\n"), 1);
    assert_int_equal(count("daemon,ERROR] two\n"), 1);
}

/* A reader that has gone costs its lines, and nothing else. */
static void lines_that_cannot_be_written_are_lost(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    set_log(&log, "ERROR", "/dev/full");
    pyro_log_write(&log, PYRO_ERROR, "daemon", "lost");
    assert_true(log.open);
    pyro_log_close(&log);
}

static void the_journal_is_told_by_its_device(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct stat status;
    char where[60];
    (void)state;
    int standard = begin_stderr();
    assert_int_equal(fstat(STDERR_FILENO, &status), 0);
    static const char *const others[] = {"1:1", "x", "", "9"};
    for (size_t i = 0; i < PYRO_COUNT(others); i++) {
        setenv("JOURNAL_STREAM", others[i], 1);
        set_log(&log, "ERROR", "{stderr}");
        pyro_log_write(&log, PYRO_ERROR, "daemon", "other");
    }
    snprintf(where, sizeof(where), "%llu:%llu", (unsigned long long)status.st_dev,
             (unsigned long long)status.st_ino);
    setenv("JOURNAL_STREAM", where, 1);
    set_log(&log, "ERROR", "{stderr}");
    pyro_log_write(&log, PYRO_ERROR, "daemon", "journal");
    set_log(&log, "ERROR", "/dev/stderr"); /* what is a file has files' lines */
    pyro_log_write(&log, PYRO_ERROR, "daemon", "other");
    pyro_log_close(&log);
    unsetenv("JOURNAL_STREAM");
    end_stderr(standard);
    assert_int_equal(count("daemon,ERROR] other\n"), 5);
    assert_int_equal(count("\n<3>pyrolua.daemon: journal\n"), 1);
}

/* --- reopening --- */

static char moved[sizeof(log_path) + 2];

static void move_log(void)
{
    snprintf(moved, sizeof(moved), "%s.1", log_path);
    assert_int_equal(rename(log_path, moved), 0);
}

static void a_log_is_opened_again(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    begin_log(&log, "INFO");
    assert_int_equal(pyro_log_reopen(&log, NULL), PYRO_OK); /* nothing was written yet */
    assert_false(log.open);
    pyro_log_write(&log, PYRO_INFO, "daemon", "one");
    move_log();
    pyro_log_write(&log, PYRO_INFO, "daemon", "two");
    pyro_log_expire(&log);
    pyro_log_write(&log, PYRO_INFO, "daemon", "three");
    read_log(moved);
    assert_int_equal(count_lines(), 2);
    move_log();
    assert_int_equal(pyro_log_reopen(&log, NULL), PYRO_OK);
    read_log(log_path);
    assert_int_equal(count_lines(), 0);
    pyro_log_refresh(&log); /* nobody wants that */
    end_log(&log);
    read_log(moved);
    unlink(moved);
    assert_int_equal(count("three"), 1);
    assert_int_equal(count_lines(), 1);
}

static void a_log_that_cannot_be_opened_again_goes_on(void **state)
{
    struct pyro_log log = {.path = NULL};
    struct pyro_error err;
    char folder[] = P_tmpdir "/pyrolua-log-XXXXXX", away[sizeof(folder) + 1],
         path[sizeof(folder) + 4];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/log", folder);
    snprintf(away, sizeof(away), "%s-", folder);
    set_log(&log, "ERROR", path);
    pyro_log_write(&log, PYRO_ERROR, "daemon", "one");
    assert_int_equal(rename(folder, away), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pyro_log_reopen(&log, &err), PYRO_EOS);
        assert_non_null(strstr(err.message, "/log: No such file or directory"));
    }
    pyro_log_write(&log, PYRO_ERROR, "daemon", "two");
    assert_int_equal(rename(away, folder), 0);
    assert_int_equal(pyro_log_reopen(&log, &err), PYRO_OK);
    pyro_log_close(&log);
    read_log(path);
    unlink(path);
    rmdir(folder);
    assert_int_equal(count("ERROR] cannot open "), 1);
    assert_int_equal(count("/log again: No such file or directory; the old one is used"), 1);
    assert_int_equal(count("ERROR] two\n"), 1);
    assert_int_equal(count_lines(), 3);
}

/* --- listeners --- */

static void hear(void *context, const struct pyro_log_record *record)
{
    char *heard = context;
    sprintf(heard + strlen(heard), "%d %s %.*s;", (int)record->level, record->area,
            (int)record->message.length, record->message.data);
}

static void a_listener_has_the_lines(void **state)
{
    struct pyro_log log = {.quiet = true};
    char heard[300] = "";
    (void)state;
    begin_log(&log, NULL);
    pyro_log_write(&log, PYRO_WARNING, "daemon", "quiet");
    pyro_log_listen(&log, hear, heard);
    pyro_log_write(&log, PYRO_INFO, "daemon", "below");
    pyro_log_write(&log, PYRO_WARNING, "daemon", "heard");
    set_log(&log, "INFO", log_path);
    pyro_log_write(&log, PYRO_INFO, "ns", "too");
    set_log(&log, NULL, log_path);
    pyro_log_listen(&log, NULL, NULL);
    pyro_log_write(&log, PYRO_WARNING, "daemon", "quiet");
    set_log(&log, "INFO", log_path);
    pyro_log_listen(&log, hear, heard);
    pyro_log_listen(&log, NULL, NULL);
    pyro_log_write(&log, PYRO_INFO, "daemon", "written");
    end_log(&log);
    assert_string_equal(heard, "30 daemon heard;20 ns too;");
    assert_int_equal(count_lines(), 1);
    assert_int_equal(count("written"), 1);
}

/* --- floods --- */

static void write_many(struct pyro_log *log, const char *kind, int lines)
{
    const struct pyro_log_topic topic = {.kind = kind};
    for (int i = 0; i < lines; i++)
        pyro_log_about(log, &topic, PYRO_WARNING, "daemon", "%s, no. %d", kind, i);
}

static void floods_are_counted(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    fake_clock_start();
    begin_log(&log, "WARNING");
    for (int i = 0; i < 3000; i++) {
        pyro_log_write(&log, PYRO_ERROR, "ns", "failed: %d", i);
        pyro_log_write(&log, PYRO_INFO, "ns", "dropped");
    }
    pyro_log_write(&log, PYRO_WARNING, "daemon", "another");
    fake_clock_advance(0.9);
    pyro_log_write(&log, PYRO_ERROR, "ns", "failed: %d", 3000);
    fake_clock_advance(0.2);
    pyro_log_write(&log, PYRO_WARNING, "daemon", "later");
    fake_clock_stop();
    end_log(&log);
    assert_int_equal(count("ns,ERROR] failed: "), PYRO_LOG_BURST);
    assert_int_equal(count("another\n"), 1);
    assert_int_equal(count("ns,ERROR] 2981 more like this: failed: 20\n"), 1);
    assert_int_equal(count_lines(), PYRO_LOG_BURST + 3);
}

/* While a flood lasts, a second has one line, and the number of the others. */
static void kinds_have_their_own_floods(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    fake_clock_start();
    begin_log(&log, "WARNING");
    for (int second = 0; second < 3; second++) {
        write_many(&log, "things went wrong", 23);
        write_many(&log, "things went badly", 2);
        fake_clock_advance(1.1);
    }
    write_many(&log, "things went wrong", 1);
    fake_clock_advance(1.1); /* that was a quiet one */
    write_many(&log, "things went wrong", 23);
    pyro_log_turn(&log);
    fake_clock_stop();
    end_log(&log);
    assert_int_equal(count("WARNING] 3 more things went wrong\n"), 2);
    assert_int_equal(count("WARNING] 22 more things went wrong\n"), 2);
    assert_int_equal(count("WARNING] things went wrong, no. "), 20 + 1 + 1 + 1 + 20);
    assert_int_equal(count("WARNING] things went badly, no. "), 6);
    assert_int_equal(count_lines(), 43 + 6 + 4);
}

static void kinds_are_bounded(void **state)
{
    struct pyro_log log = {.path = NULL};
    char kind[40];
    (void)state;
    fake_clock_start();
    begin_log(&log, "WARNING");
    for (int i = 0; i < 1000; i++) {
        snprintf(kind, sizeof(kind), "trouble of kind %d", i);
        write_many(&log, kind, 2);
    }
    pyro_log_turn(&log);
    write_many(&log, "trouble of no other kind", 21);
    fake_clock_stop();
    end_log(&log);
    assert_int_equal(count("trouble of kind "), 2 * PYRO_LOG_KINDS + PYRO_LOG_BURST);
    assert_int_equal(count("1948 more of other kinds\n"), 1);
    assert_int_equal(count("1 more trouble of no other kind\n"), 1);
}

static void write_text(struct pyro_log *log, const char *text)
{
    static const struct pyro_log_fields none = {.client = {NULL, 0}};
    pyro_log_text(log, &none, PYRO_WARNING, "script", pyro_slice_text(text));
}

/* A program may have much to say. */
static void only_equal_texts_are_a_flood(void **state)
{
    struct pyro_log log = {.path = NULL};
    char text[20], large[400] = "";
    (void)state;
    fake_clock_start();
    begin_log(&log, "WARNING");
    for (int i = 0; i < 30; i++)
        write_text(&log, "again");
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof(text), "line %d", i);
        write_text(&log, text);
    }
    pyro_log_turn(&log);
    memset(large, 'x', sizeof(large) - 1);
    memcpy(large, "\xff", 1);
    for (int i = 0; i < 30; i++)
        write_text(&log, large);
    fake_clock_stop();
    end_log(&log);
    assert_int_equal(count("script,WARNING] again\n"), 20);
    assert_int_equal(count("script,WARNING] line "), 300);
    assert_int_equal(count("script,WARNING] 10 more like this: again\n"), 1);
    assert_int_equal(count("script,WARNING] 10 more like this: \\xffxxx"), 1);
    assert_string_equal(strrchr(log_text, 'x'), "x...\n");
}

static void a_log_at_debug_leaves_nothing_out(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    begin_log(&log, "DEBUG");
    for (int i = 0; i < 60; i++)
        pyro_log_write(&log, PYRO_WARNING, "daemon", "x");
    end_log(&log);
    assert_int_equal(count_lines(), 60);
}

static void what_is_not_logged_any_more_is_not_counted(void **state)
{
    struct pyro_log log = {.path = NULL};
    (void)state;
    begin_log(&log, "WARNING");
    write_many(&log, "trouble", 30);
    set_log(&log, "CRITICAL", log_path);
    end_log(&log);
    assert_int_equal(count_lines(), 20);
}

static unsigned begun;

static void flood_began(void *context)
{
    (*(unsigned *)context)++;
}

static void the_first_line_left_out_is_told(void **state)
{
    struct pyro_log log = {.flood = {.begun = flood_began, .context = &begun}};
    (void)state;
    begin_log(&log, "WARNING");
    write_many(&log, "trouble", 20);
    assert_int_equal(begun, 0);
    write_many(&log, "trouble", 5);
    assert_int_equal(begun, 1);
    pyro_log_turn(&log);
    write_many(&log, "trouble", 5);
    assert_int_equal(begun, 2);
    end_log(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_levels_are_pyros),
        cmocka_unit_test(lines_below_the_level_are_dropped),
        cmocka_unit_test(a_log_changes_its_file),
        cmocka_unit_test(an_unwritable_log_goes_to_the_standard_error),
        cmocka_unit_test(lines_that_cannot_be_written_are_lost),
        cmocka_unit_test(the_journal_is_told_by_its_device),
        cmocka_unit_test(a_log_is_opened_again),
        cmocka_unit_test(a_log_that_cannot_be_opened_again_goes_on),
        cmocka_unit_test(a_listener_has_the_lines),
        cmocka_unit_test(floods_are_counted),
        cmocka_unit_test(kinds_have_their_own_floods),
        cmocka_unit_test(kinds_are_bounded),
        cmocka_unit_test(only_equal_texts_are_a_flood),
        cmocka_unit_test(a_log_at_debug_leaves_nothing_out),
        cmocka_unit_test(what_is_not_logged_any_more_is_not_counted),
        cmocka_unit_test(the_first_line_left_out_is_told),
    };
    return cmocka_run_group_tests_name("base log", tests, NULL, NULL);
}
