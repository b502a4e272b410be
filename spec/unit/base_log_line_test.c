/* Tests of core/base: the forms of a log's lines. */
#include <stdlib.h>
#include <time.h>

#include "base/escape.h"
#include "base/log_line.h"
#include "record.h"

static struct pyro_log_line line;

/* Makes the line of a record; returns it, terminated. */
static const char *make(enum pyro_level level, const char *message, struct pyro_log_fields fields,
                        enum pyro_log_form form, bool journal)
{
    const struct pyro_log_record record = {level, "daemon", pyro_slice_text(message), &fields};
    pyro_log_line_make(&line, &record, form, journal);
    assert_true(line.length < sizeof(line.data));
    line.data[line.length] = '\0';
    return line.data;
}

static const struct pyro_log_fields none = {.client = {NULL, 0}};

static struct pyro_log_fields all(void)
{
    return (struct pyro_log_fields){.client = pyro_slice_text("127.0.0.1:5"),
                                    .object = pyro_slice_text("shop"),
                                    .method = pyro_slice_text("buy"),
                                    .error = pyro_slice_text("ValueError"),
                                    .correlation_id = pyro_slice_text("c-1"),
                                    .traceback = pyro_slice_text("Traceback:\n  line\n")};
}

/* Expects that a line begins with a time of this form; returns what follows it. */
static const char *past_time(const char *text, const char *form, int length)
{
    int year, month, day, hour, minute, second, thousandth, end = 0;
    assert_int_equal(
        sscanf(text, form, &year, &month, &day, &hour, &minute, &second, &thousandth, &end), 7);
    assert_int_equal(end, length);
    return text + end;
}

static const char *past_text_time(const char *text)
{
    return past_time(text, "[%4d-%2d-%2d %2d:%2d:%2d.%3d%n", 24);
}

static void text_is_as_pyro_has_it(void **state)
{
    (void)state;
    assert_string_equal(
        past_text_time(make(PYRO_WARNING, "from a\r\nb\xff\xc3\xa9", none, PYRO_LOG_TEXT, false)),
        ",pyrolua.daemon,WARNING] from a\\x0d\\x0ab\\xff\xc3\xa9\n");
}

static void text_has_the_fields_around_the_message(void **state)
{
    (void)state;
    const char *rest =
        past_text_time(make(PYRO_ERROR, "shop.buy: no", all(), PYRO_LOG_TEXT, false));
    const char *first = ",pyrolua.daemon,ERROR] 127.0.0.1:5: shop.buy: no [correlation_id=c-1]\n";
    assert_memory_equal(rest, first, strlen(first));
    rest = past_text_time(rest + strlen(first));
    const char *second = ",pyrolua.daemon,INFO] Traceback:\n";
    assert_memory_equal(rest, second, strlen(second));
    assert_string_equal(past_text_time(rest + strlen(second)), ",pyrolua.daemon,INFO]   line\n");
}

static void the_journal_has_levels_in_place_of_times(void **state)
{
    static const struct {
        enum pyro_level level;
        const char *line;
    } levels[] = {{PYRO_DEBUG, "<7>pyrolua.daemon: x\n"},
                  {PYRO_INFO, "<6>pyrolua.daemon: x\n"},
                  {PYRO_WARNING, "<4>pyrolua.daemon: x\n"},
                  {PYRO_ERROR, "<3>pyrolua.daemon: x\n"},
                  {PYRO_CRITICAL, "<2>pyrolua.daemon: x\n"}};
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(levels); i++)
        assert_string_equal(make(levels[i].level, "x", none, PYRO_LOG_TEXT, true), levels[i].line);
    assert_string_equal(make(PYRO_WARNING, "shop.buy: no", all(), PYRO_LOG_TEXT, true),
                        "<4>pyrolua.daemon: 127.0.0.1:5: shop.buy: no [correlation_id=c-1]\n"
                        "<6>pyrolua.daemon: Traceback:\n<6>pyrolua.daemon:   line\n");
    assert_memory_equal(make(PYRO_ERROR, "x", none, PYRO_LOG_JSON, true), "<3>{\"time\":", 11);
}

static void json_has_all_fields(void **state)
{
    (void)state;
    setenv("TZ", "XYZ-5:30", 1);
    tzset();
    const char *rest = past_time(make(PYRO_WARNING, "shop.buy: no", all(), PYRO_LOG_JSON, false),
                                 "{\"time\":\"%4d-%2d-%2dT%2d:%2d:%2d.%3d+05:30\"%n", 39);
    assert_string_equal(
        rest, ",\"level\":\"WARNING\",\"logger\":\"pyrolua.daemon\",\"message\":\"shop.buy: no\","
              "\"client\":\"127.0.0.1:5\",\"object\":\"shop\",\"method\":\"buy\","
              "\"error\":\"ValueError\",\"correlation_id\":\"c-1\","
              "\"traceback\":\"Traceback:\\n  line\\n\"}\n");
    setenv("TZ", "XYZ8", 1);
    tzset();
    rest = past_time(make(PYRO_WARNING, "x", none, PYRO_LOG_JSON, false),
                     "{\"time\":\"%4d-%2d-%2dT%2d:%2d:%2d.%3d-08:00\"%n", 39);
    assert_string_equal(rest, ",\"level\":\"WARNING\",\"logger\":\"pyrolua.daemon\","
                              "\"message\":\"x\"}\n");
    unsetenv("TZ");
    tzset();
}

static void json_escapes(void **state)
{
    char out[100];
    static const struct {
        const char *text, *json;
    } strings[] = {
        {"", ""},
        {"a\"b\\c/d", "a\\\"b\\\\c/d"},
        {"\n\r\t\f\b\x1b\x7f", "\\n\\r\\t\\f\\b\\u001b\\u007f"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\x8e", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\x8e"},
        {"\xe2\x80\xae\xc2\x85", "\\u202e\\u0085"}, /* a direction, an end of line */
        {"\xf3\xa0\x81\x81", "\\udb40\\udc41"},     /* a tag */
        {"\xff\xc3z\xed\xa0\x80", "\\\\xff\\\\xc3z\\\\xed\\\\xa0\\\\x80"}, /* no UTF-8 */
    };
    (void)state;
    for (size_t i = 0; i < PYRO_COUNT(strings); i++) {
        pyro_escape_json(out, sizeof(out), pyro_slice_text(strings[i].text));
        assert_string_equal(out, strings[i].json);
    }
    pyro_escape_json(out, sizeof(out), pyro_slice("a\0b", 3));
    assert_string_equal(out, "a\\u0000b");
    pyro_escape_json(out, 10, pyro_slice_text("12345\n89"));
    assert_string_equal(out, "12345\\n89");
    pyro_escape_json(out, 10, pyro_slice_text("12345\n8901"));
    assert_string_equal(out, "12345...");
}

/* The longest parts make one whole line, with nothing cut but the values. */
static void long_parts_are_cut(void **state)
{
    static char text[100000];
    static char lines[100001];
    struct pyro_log_fields fields;
    (void)state;
    memset(text, 0x1b, sizeof(text) - 1);
    for (size_t i = 0; i + 1 < sizeof(lines); i++)
        lines[i] = i % 2 == 0 ? 'x' : '\n';
#define X(name, place) fields.name = pyro_slice_text(text);
    PYRO_LOG_FIELDS(X)
#undef X
    const char *json = make(PYRO_WARNING, text, fields, PYRO_LOG_JSON, true);
    assert_ptr_equal(strchr(json, '\n'), json + line.length - 1);
    assert_memory_equal(json + line.length - 6, "...\"}\n", 6);
    make(PYRO_WARNING, text, fields, PYRO_LOG_TEXT, false);
    assert_memory_equal(line.data + line.length - 4, "...\n", 4);
    fields.traceback = pyro_slice_text(lines);
    make(PYRO_WARNING, "short", fields, PYRO_LOG_TEXT, false);
    assert_memory_equal(line.data + line.length - 9, ",INFO] x\n", 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_as_pyro_has_it),
        cmocka_unit_test(text_has_the_fields_around_the_message),
        cmocka_unit_test(the_journal_has_levels_in_place_of_times),
        cmocka_unit_test(json_has_all_fields),
        cmocka_unit_test(json_escapes),
        cmocka_unit_test(long_parts_are_cut),
    };
    return cmocka_run_group_tests_name("base log lines", tests, NULL, NULL);
}
